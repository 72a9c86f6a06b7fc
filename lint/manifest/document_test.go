package manifest

import (
	"fmt"
	"strings"
	"testing"
)

func file(t *testing.T, content string) *File {
	t.Helper()
	f, err := NewFile("x.yaml", []byte(content))
	if err != nil {
		t.Fatal(err)
	}
	return f
}

func TestDocuments(t *testing.T) {
	const a, b = "kind: A\n", "kind: B\n"
	for name, test := range map[string]struct {
		text string
		want []string // kinds
	}{
		"one":                {a, []string{"A"}},
		"plain separator":    {a + "---\n" + b, []string{"A", "B"}},
		"blanks":             {a + "---   \n" + b, []string{"A", "B"}},
		"tab":                {a + "---\t\n" + b, []string{"A", "B"}},
		"comment":            {a + "--- # the second\n" + b, []string{"A", "B"}},
		"CRLF":               {"kind: A\r\n---\r\nkind: B\r\n", []string{"A", "B"}},
		"CR":                 {"kind: A\r---\rkind: B\r", []string{"A", "B"}},
		"content on marker":  {"--- {kind: A}\n--- {kind: B}\n", []string{"A", "B"}},
		"document end":       {a + "...\n" + b, []string{"A", "B"}},
		"end and start":      {a + "...\n---\n" + b + "...\n", []string{"A", "B"}},
		"directives":         {"%YAML 1.1\n---\n" + a + "...\n%YAML 1.1\n--- # x\n" + b, []string{"A", "B"}},
		"empty documents":    {"---\n---\n# nothing\n---\n" + a + "---\n\n--- # nothing\n", []string{"A"}},
		"only comments":      {"# a\n\n# b\n", nil},
		"nothing":            {"", nil},
		"marker in a scalar": {"kind: A\ntext: |\n  ---\n  x\n", []string{"A"}},
		"not a marker":       {"kind: A\n---x: 1\n", []string{"A"}},
		"line separator":     {"kind: A\u2028---\u2028kind: B\n", []string{"A", "B"}},
		"BOM":                {"\ufeff" + a + "---\n" + b, []string{"A", "B"}},
		"JSON":               {`{"kind": "A"}`, []string{"A"}},
		"JSON stream":        {"{\"kind\": \"A\"}\n{\"kind\": \"B\"}", []string{"A", "B"}},
		"JSON documents":     {"{\"kind\": \"A\"}\n---\n{\"kind\": \"B\"}", []string{"A", "B"}},
		"UTF-16LE":           {asUTF16("\ufeff"+a+"---\n"+b, false), []string{"A", "B"}},
		"UTF-16BE":           {asUTF16("\ufeff"+a+"---\n"+b, true), []string{"A", "B"}},
	} {
		t.Run(name, func(t *testing.T) {
			var got []string
			for _, span := range Documents(file(t, test.text)) {
				tree, err := Parse(span)
				if err != nil {
					t.Fatalf("%q: %v", span.Text(), err)
				}
				got = append(got, tree.Root.At("kind").Str())
			}
			if fmt.Sprint(got) != fmt.Sprint(test.want) {
				t.Errorf("kinds %v, want %v", got, test.want)
			}
		})
	}
}

func asUTF16(text string, bigEndian bool) string {
	var b strings.Builder
	for _, r := range text {
		low, high := byte(r), byte(r>>8)
		if bigEndian {
			low, high = high, low
		}
		b.WriteByte(low)
		b.WriteByte(high)
	}
	return b.String()
}

// TestPositions marks where a value must lie: the text between « and » is the
// span that a finding on at would show.
func TestPositions(t *testing.T) {
	for name, test := range map[string]struct {
		text string
		at   []string
	}{
		"block":            {"a:\n  «b: true»\n  c: 1\n", []string{"a", "b"}},
		"comment":          {"a:\n  «b: true» # why\n", []string{"a", "b"}},
		"flow":             {"a: {x: 1, «b: true», c: 2}\n", []string{"a", "b"}},
		"quoted":           {"a: {«\"b\": 'it''s'», c: 2}\n", []string{"a", "b"}},
		"double quoted":    {"a: {«b: \"x\\\" y\"», c: 2}\n", []string{"a", "b"}},
		"json":             {"{\"a\": {\"x\": 1, «\"b\" : true» }}", []string{"a", "b"}},
		"json list":        {"{\"a\": {«\"b\"»: [1, 2]}}", []string{"a", "b"}},
		"map":              {"a:\n  «b»:\n    c: d\n", []string{"a", "b"}},
		"null":             {"a:\n  «b:»\n  c: 1\n", []string{"a", "b"}},
		"CRLF":             {"a:\r\n  «b: yes»\r\n  c: 1\r\n", []string{"a", "b"}},
		"CR":               {"a:\r  «b: yes»\r  c: 1\r", []string{"a", "b"}},
		"BOM":              {"\ufeff«a: b»\n", []string{"a"}},
		"wide":             {"é中😀: 1\na: {é: 中, «b: 😀», c: d}\n", []string{"a", "b"}},
		"second document":  {"x: y\n---\n# c\na:\n  «b: 1»\n", []string{"a", "b"}},
		"on the marker":    {"--- {a: {«b: 1»}}\n", []string{"a", "b"}},
		"last duplicate":   {"a:\n  b: 1\n  «b: 2»\n", []string{"a", "b"}},
		"block scalar":     {"a:\n  «b: |»\n    one\n    two\n  c: d\n", []string{"a", "b"}},
		"folded plain":     {"a:\n  «b: one»\n    two\n", []string{"a", "b"}},
		"plain with blank": {"a:\n  «b: one two» # c\n", []string{"a", "b"}},
		"tag and anchor":   {"a:\n  «b: &x !!str 5»\n", []string{"a", "b"}},
		"alias":            {"x: &x {b: «1»}\n", []string{"x", "b"}},
		"LS is no line":    {"x: \"a\u2028b\"\na:\n  «b: 1»\n", []string{"a", "b"}},
		"tab":              {"a:\n  «b:\t1»\n", []string{"a", "b"}},
		"quoted key":       {"a:\n  «'b': 1»\n", []string{"a", "b"}},
	} {
		t.Run(name, func(t *testing.T) {
			before, rest, _ := strings.Cut(test.text, "«")
			inside, after, _ := strings.Cut(rest, "»")
			f := file(t, before+inside+after)
			docs := Documents(f)
			tree, err := Parse(docs[len(docs)-1])
			if err != nil {
				t.Fatal(err)
			}
			n := tree.Root.At(test.at...)
			span := n.Field()
			if name == "alias" {
				span = n.Span()
			}
			if span.Text() != inside {
				t.Errorf("%q, want %q", span.Text(), inside)
			}
			if want := len(strings.TrimPrefix(before, "\ufeff")); span.Start != want {
				t.Errorf("starts at %d, want %d", span.Start, want)
			}
		})
	}
}

// TestAliasPlaces shows where findings on aliased and merged values lie: a
// wrong value at its anchor, a missing one at the use.
func TestAliasPlaces(t *testing.T) {
	f := file(t, "base: &base\n  privileged: true\none: *base\ntwo:\n  <<: *base\n  other: 1\n")
	tree, err := Parse(Documents(f)[0])
	if err != nil {
		t.Fatal(err)
	}
	for _, path := range []string{"one", "two"} {
		n := tree.Root.At(path)
		if got := f.Position(n.At("privileged").Field().Start).Line; got != 2 {
			t.Errorf("%s: the value is on line %d, want its anchor's line 2", path, got)
		}
		if got := n.At("privileged").Path(); got != path+".privileged" {
			t.Errorf("path %q", got)
		}
	}
	if got := f.Position(tree.Root.At("one").Nearest("missing").Anchor().Start).Line; got != 3 {
		t.Errorf("what is missing in an alias is on line %d, want its use on line 3", got)
	}
}

func TestAnchors(t *testing.T) {
	f := file(t, "metadata: {name: x}\nspec:\n  containers:\n  - image: i\n    name: web\n    securityContext: {}\n  - image: only\n")
	tree, err := Parse(Documents(f)[0])
	if err != nil {
		t.Fatal(err)
	}
	containers := tree.Root.At("spec", "containers").Items()
	for _, test := range []struct {
		under *Node
		keys  []string
		want  string
	}{
		{containers[0], []string{"securityContext", "privileged"}, "securityContext"},
		{containers[0], []string{"resources", "limits"}, "name: web"},
		{containers[1], []string{"securityContext"}, "image: only"},
		{tree.Root, []string{"spec", "securityContext"}, "spec"},
		{tree.Root, []string{"status"}, "name: x"},
	} {
		if got := test.under.Nearest(test.keys...).Anchor().Text(); got != test.want {
			t.Errorf("%v: %q, want %q", test.keys, got, test.want)
		}
	}
	if got := containers[1].Path(); got != "spec.containers[1]" {
		t.Errorf("path %q", got)
	}
	if got := containers[0].At("image").StablePath(); got != "spec.containers[web].image" {
		t.Errorf("stable path %q", got)
	}
}

func TestSyntaxErrors(t *testing.T) {
	for name, test := range map[string]struct {
		text         string
		line, column int
		reason       string
	}{
		"tab":            {"a:\n\tb: c\n", 2, 1, "cannot start any token"},
		"bad indent":     {"a:\n  b: c\n d: e\n", 3, 2, "did not find expected key"},
		"mapping values": {"a: b\nc: d: e\n", 2, 5, "mapping values"},
		"truncated":      {"a: {b: c\n", 0, 0, "did not find expected"},
		"unknown anchor": {"a: 1\nb: *nope\n", 2, 4, "unknown anchor"},
		"self reference": {"a: &a\n  b: *a\n", 2, 6, "contains itself"},
		"null key":       {"a: 1\n~: 2\n", 2, 1, "must not be null"},
		"complex key":    {"a: 1\n? [x]\n: 2\n", 2, 3, "must be a scalar"},
		"second":         {"ok: 1\n---\n# c\na: *x\n", 4, 4, "unknown anchor"},
		"wrong tag":      {"a: !!int x\n", 1, 4, "tag !!int"},
		"merge":          {"a:\n  <<: 5\n", 2, 7, "merge key"},
	} {
		t.Run(name, func(t *testing.T) {
			f := file(t, test.text)
			docs := Documents(f)
			_, err := Parse(docs[len(docs)-1])
			syntax, ok := err.(*SyntaxError)
			if !ok {
				t.Fatalf("error %v", err)
			}
			if !strings.Contains(syntax.Reason, test.reason) {
				t.Errorf("reason %q, want %q", syntax.Reason, test.reason)
			}
			if p := f.Position(syntax.Span.Start); test.line > 0 && (p.Line != test.line || p.Column != test.column) {
				t.Errorf("at %d:%d, want %d:%d", p.Line, p.Column, test.line, test.column)
			}
		})
	}
}

// TestBounded shows that hostile documents end in an error.
func TestBounded(t *testing.T) {
	bomb := "a: &a [x, x, x, x, x, x, x, x, x]\n"
	for c := 'b'; c <= 'k'; c++ {
		bomb += fmt.Sprintf("%c: &%c [%s]\n", c, c, strings.TrimSuffix(strings.Repeat(fmt.Sprintf("*%c, ", c-1), 9), ", "))
	}
	for name, text := range map[string]string{
		"billion laughs": bomb,
		"deep flow":      "a: " + strings.Repeat("[", 100_000) + strings.Repeat("]", 100_000),
		"deep map":       strings.Repeat("{a: ", 100_000) + "x" + strings.Repeat("}", 100_000),
		"deep sequence":  strings.Repeat("- ", 100_000) + "x",
		"deep JSON":      strings.Repeat(`{"a":`, 100_000) + "1" + strings.Repeat("}", 100_000),
		"2,000 JSON":     strings.Repeat(`{"a":`, 2000) + "1" + strings.Repeat("}", 2000),
		"2,000 YAML":     "x: " + strings.Repeat("[", 2000) + strings.Repeat("]", 2000),
	} {
		t.Run(name, func(t *testing.T) {
			_, err := Parse(Documents(file(t, text))[0])
			syntax, ok := err.(*SyntaxError)
			if !ok || syntax.Span.File == nil {
				t.Fatalf("error %v", err)
			}
		})
	}
}

func TestNotText(t *testing.T) {
	for text, want := range map[string]TextError{
		"a: b\nc: \x00\n":  {2, 4, "not text: it holds a NUL byte"},
		"é: ok\nb: \xe9\n": {2, 4, "not UTF-8: byte 0xE9 (save the file as UTF-8)"},
		"\xff\xfea\x00b":   {1, 1, "UTF-16 text ends in the middle of a character"},
	} {
		_, err := NewFile("x.yaml", []byte(text))
		if got, ok := err.(*TextError); !ok || *got != want {
			t.Errorf("%q: %#v, want %#v", text, err, want)
		}
	}
}
