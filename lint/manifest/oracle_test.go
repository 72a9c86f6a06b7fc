package manifest

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"sigs.k8s.io/yaml"
)

// value is a node as encoding/json would decode it with UseNumber.
func value(n *Node) any {
	switch n.Kind {
	case Map:
		m := map[string]any{}
		for _, kid := range n.Kids {
			m[kid.Key] = value(kid)
		}
		return m
	case List:
		l := []any{}
		for _, kid := range n.Kids {
			l = append(l, value(kid))
		}
		return l
	}
	switch n.Type {
	case Null:
		return nil
	case Bool:
		return n.Value == "true"
	case Int, Float:
		return json.Number(n.Value)
	}
	return n.Value
}

// decodeOracle reads a document with the library that kubectl and the API
// server use.
func decodeOracle(text []byte) (any, error) {
	data, err := yaml.YAMLToJSON(text)
	if err != nil {
		return nil, err
	}
	dec := json.NewDecoder(bytes.NewReader(data))
	dec.UseNumber()
	var v any
	err = dec.Decode(&v)
	return v, err
}

// readings are documents whose reading differs between YAML versions and
// libraries.
var readings = []string{
	"a: yes\nb: No\nc: on\nd: OFF\ne: y\nf: N\ng: True\nh: ~\ni: null\nj:\nk: 'yes'\nl: \"on\"",
	"a: 0o0\nb: 0x0\nc: 010\nd: 0b11\ne: 1_000\nf: -0x1F\ng: +5\nh: 0o17\ni: 08\nj: 1__0\nk: -0b11\nl: 0b1_1",
	"a: 1.0\nb: 1e3\nc: .5\nd: 1.\ne: -1.5e-3\nf: 1_0.5\ng: 12e03\nh: .5_0\ni: 18446744073709551615\nj: 18446744073709551616",
	"a: 2001-12-14\nb: 2001-12-14T21:59:43.10Z\nc: 12:30:45\nd: 190:20:30",
	"a: !!str 5\nb: !!int \"5\"\nc: !!float 5\nd: !!bool \"yes\"\ne: !!binary aGk=\nf: !custom x\ng: ! 5\nh: !!null ''",
	"base: &b {x: 1, y: 2}\nm1:\n  <<: *b\n  x: 9\nm2:\n  x: 9\n  <<: *b",
	"a: &a {x: 1}\nb: &b {x: 2, y: 3}\nm:\n  <<: [*a, *b]\n  z: 1\nn:\n  <<: {q: 1}\n  <<: {q: 2}",
	"a: 1\na: 2\nb: {c: 1, c: 2}",
	"l: &l [1, 2]\nm: *l\nn: [*l, *l]",
	"? a\n: b\n? [x]\n: c",
	"1: a\n1.5: b\ntrue: c\nno: d\n2001-01-01: e\n0x10: f",
	"\"a\\u0062\": \"\\x41\\t\\\n  x\"\nb: 'it''s'",
	"a: |\n  x\n   y\n\nb: >-\n  folded\n  text\n\nc: |2\n    z\n",
	"{\"a\": [1, true, null, \"x\"], 'b': y}",
	"a: *b",
	"- a\n- b: c\n-\n  - d",
	"%YAML 1.1\n---\na: yes",
	"%TAG ! tag:yaml.org,2002:\n---\na: !int \"3\"",
	"a: .inf",
	"a: .nan",
	"a: << \n",
	"\"<<\": {a: 1}\nb: 2",
	"!!map {a: 1}",
	"plain text",
	"a: b: c",
	"a: 'x\n  y'\nb: x\n  y",
	"a:\u2028b: c",
	"a: \u00e9\u4e2d\U0001F600\nb: c",
	"{\"a\": \"\\ud83d\\ude00\", \"b\": yes}",
	"a: &x !!int \"7\"\nb: *x",
	"~: 1",
	"[a]: 1",
	"a: 0x_1\nb: 0_0\nc: 1_\nd: _1\ne: +.5\nf: -.inf\ng: 1e400",
}

func TestReadsLikeTheAPIServer(t *testing.T) {
	for _, text := range readings {
		compareWithOracle(t, []byte(text), true)
	}
}

// TestReadsExamplesLikeTheAPIServer runs over the project's own fixtures.
func TestReadsFixturesLikeTheAPIServer(t *testing.T) {
	files, err := filepath.Glob("../../rules/testdata/*.yaml")
	if err != nil || len(files) == 0 {
		t.Fatalf("no fixtures: %v", err)
	}
	for _, path := range files {
		content, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		compareWithOracle(t, content, true)
	}
}

// compareWithOracle requires that where both read a document, they read the
// same; strict requires that both or neither can.
func compareWithOracle(t *testing.T, content []byte, strict bool) {
	t.Helper()
	f, err := NewFile("x.yaml", content)
	if err != nil {
		return
	}
	for _, span := range Documents(f) {
		if isMultipleJSON(f) {
			continue
		}
		tree, err := Parse(span)
		want, oracleErr := decodeOracle([]byte(span.Text()))
		switch {
		case err == nil && oracleErr == nil:
			if got := value(tree.Root); !reflect.DeepEqual(got, want) {
				t.Errorf("%q\n got %#v\nwant %#v", span.Text(), got, want)
			}
			checkSpans(t, tree.Root)
		case strict && (err == nil) != (oracleErr == nil):
			t.Errorf("%q\nwe say %v, the oracle says %v", span.Text(), err, oracleErr)
		}
		if err != nil {
			checkSyntaxError(t, span, err)
		}
	}
}

func isMultipleJSON(f *File) bool {
	return strings.HasPrefix(strings.TrimLeft(string(f.Text), " \t\r\n"), "{")
}

func checkSyntaxError(t *testing.T, span Span, err error) {
	t.Helper()
	syntax, ok := err.(*SyntaxError)
	if !ok || syntax.Reason == "" || syntax.Span.File == nil || syntax.Span.Start < span.Start || syntax.Span.Start > span.End {
		t.Errorf("%q: error without a place or reason: %#v", span.Text(), err)
	}
}

// checkSpans requires that every node lies in its file and that a plain string
// stands where its span says.
func checkSpans(t *testing.T, n *Node) {
	t.Helper()
	s, key := n.Span(), n.KeySpan()
	for _, span := range []Span{s, key, n.Field(), n.Anchor()} {
		if span.Start < 0 || span.End < span.Start || span.End > len(span.File.Text) {
			t.Fatalf("%s: span %d..%d is outside the text %q", n.Path(), span.Start, span.End, span.File.Text)
		}
	}
	for _, kid := range n.Kids {
		if kid.Parent != n {
			t.Fatalf("%s: wrong parent", kid.Path())
		}
		checkSpans(t, kid)
	}
}

func FuzzParse(f *testing.F) {
	for _, text := range readings {
		f.Add([]byte(text))
	}
	for _, text := range []string{
		"---\r\na: b\r\n--- # x\r\nc: d\r\n...\r\n", "\ufeffa: b", "a:\tb", "a: |\n\n  x", "a: \"x\ny\"", "- - - a", "{a: [b, {c: d}]}",
		"kind: Pod\napiVersion: v1\nspec: {containers: [{name: a}]}", "a: &a [*a]", "&a a: *a", "a: 'b'  # c\n", "? |\n  x\n: y",
	} {
		f.Add([]byte(text))
	}
	f.Fuzz(func(t *testing.T, content []byte) {
		if len(content) > 1<<14 {
			return
		}
		compareWithOracle(t, content, false)
	})
}

// FuzzSniff holds the scan of lines against the parser: when it is sure, it
// must be right, or objects could hide from the rules.
func FuzzSniff(f *testing.F) {
	for _, text := range []string{
		"apiVersion: v1\nkind: Pod\n", "kind: A\nx: \"\nkind: B\n\"\napiVersion: v1", "\"\\x6bind\": Pod\napiVersion: v1", "apiVersion: v1\r\nkind: Pod\r\n",
		"apiVersion: v1\rkind: Pod", "kind: Pod # x\napiVersion: v1", "  kind: Pod\n  apiVersion: v1", "<<: &a {kind: X}\napiVersion: v1", "? kind\n: Pod\napiVersion: v1",
		"apiVersion: v1\nkind: CustomResourceDefinition\nx: |\n  kind: Pod\n", "kind: 'A'\napiVersion: \"v1\"", "kind:\n  Pod\napiVersion: v1", "a: b\nkind\n: c",
		"kind: A\n B\napiVersion: v1", "x: [\nkind: A\n]\nkind: B\napiVersion: v1", "x: 'a\nkind: A\napiVersion: b'\n", "x: {\nkind: A,\napiVersion: b}\n",
	} {
		f.Add([]byte(text))
	}
	f.Fuzz(func(t *testing.T, content []byte) {
		if len(content) > 1<<12 {
			return
		}
		file, err := NewFile("x.yaml", content)
		if err != nil {
			return
		}
		for _, span := range Documents(file) {
			header := Sniff(span)
			if !header.Sure {
				continue
			}
			tree, err := Parse(span)
			if err != nil {
				continue
			}
			apiVersion, kind := tree.Root.At("apiVersion").Str(), tree.Root.At("kind").Str()
			isObject := apiVersion != "" && kind != ""
			if sniffed := header.APIVersion != "" && header.Kind != ""; isObject != sniffed || isObject && (header.APIVersion != apiVersion || header.Kind != kind) {
				t.Errorf("%q\nsniffed %q %q, parsed %q %q", span.Text(), header.APIVersion, header.Kind, apiVersion, kind)
			}
		}
	})
}
