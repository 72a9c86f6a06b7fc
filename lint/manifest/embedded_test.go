package manifest

import (
	"strings"
	"testing"
)

// parseOne reads the only document of a file.
func parseOne(t *testing.T, content string) *Node {
	t.Helper()
	spans := Documents(file(t, content))
	if len(spans) != 1 {
		t.Fatalf("%d documents in %q", len(spans), content)
	}
	tree, err := Parse(spans[0])
	if err != nil {
		t.Fatal(err)
	}
	return tree.Root
}

// TestEmbeddedPlaces marks where the field a.b of the document in data.x must
// lie; ~ before the text says that the place is not exact.
func TestEmbeddedPlaces(t *testing.T) {
	for name, text := range map[string]string{
		"literal":              "data:\n  x: |\n    a:\n      «b: true» # c\n    c: 1\n",
		"first of the block":   "data:\n  x: |\n    a: {«b: 1»}\n",
		"stripped":             "data:\n  x: |-\n    a:\n      «b: true»",
		"kept":                 "data:\n  x: |+\n    a:\n      «b: true»\n\n\n  y: 1\n",
		"indicator":            "data:\n  x: |4\n      a:\n        «b: 1»\n",
		"anchor and tag":       "data:\n  x: &v !!str |\n    a:\n      «b: 1»\n",
		"comment on header":    "data:\n  x: | # the file\n    a:\n      «b: 1»\n",
		"blank lines":          "data:\n  x: |\n\n    a:\n\n      «b: 1»\n   \n    c: 2\n",
		"blank lines indented": "data:\n  x: |\n    a:\n      c: |\n        one\n          \n        two\n      «b: 1»\n",
		"CRLF":                 "data:\r\n  x: |\r\n    a:\r\n      «b: 1»\r\n",
		"wide":                 "data:\n  x: |\n    a: {é: 中, «b: 😀»}\n",
		"second document":      "data:\n  x: |\n    c: 1\n    ---\n    a:\n      «b: 1»\n",
		"JSON in a block":      "data:\n  x: |\n    {\"a\":\n      {«\"b\": true»}}\n",
		"map":                  "data:\n  x: |\n    a:\n      «b»:\n        c: 1\n",
		"single quoted":        "data:\n  x: 'a: {«b: 1»}'\n",
		"double quoted":        "data:\n  x: \"a: {«b: 1»}\" # c\n",
		"folded":               "~data:\n  «x»: >\n    a:\n\n      b: 1\n",
		"escaped":              "~data:\n  «x»: \"a:\\n  b: 1\"\n",
		"JSON file":            "~{\"data\": {«\"x\"»: \"a:\\n  b: 1\"}}",
		"quoted lines":         "~data:\n  «x»: '{a:\n\n    {b: 1}}'\n",
	} {
		t.Run(name, func(t *testing.T) {
			text, approximate := strings.CutPrefix(text, "~")
			before, rest, _ := strings.Cut(text, "«")
			inside, after, _ := strings.Cut(rest, "»")
			scalar := parseOne(t, before+inside+after).At("data", "x")
			trees, err := Embedded(scalar, nil)
			if err != nil {
				t.Fatal(err)
			}
			n := trees[len(trees)-1].Root.At("a", "b")
			if n == nil {
				t.Fatal("the field is not there")
			}
			if s := n.Field(); s.Start != len(before) || s.Text() != inside {
				t.Errorf("lies at %d %q, want %d %q", s.Start, s.Text(), len(before), inside)
			}
			if n.Exact() == approximate {
				t.Errorf("exact is %t", n.Exact())
			}
			if got, want := n.Path(), "data.x.a.b"; got != want {
				t.Errorf("path %q, want %q", got, want)
			}
			checkSpans(t, trees[len(trees)-1].Root)
		})
	}
}

func TestEmbeddedReads(t *testing.T) {
	scalar := parseOne(t, "x: |\n  kind: A\n  apiVersion: v1\n  ---\n  {kind: B, apiVersion: v1}\n  ---\n  just: text\n").At("x")
	for kind, want := range map[string]int{"A": 1, "B": 1, "C": 0, "": 1} {
		trees, err := Embedded(scalar, func(_, k string) bool { return k == kind })
		if err != nil || len(trees) != want {
			t.Errorf("%q: %d documents, error %v; want %d", kind, len(trees), err, want)
		}
	}
	if trees, _ := Embedded(nil, nil); trees != nil {
		t.Error("an absent field holds documents")
	}
}

// TestEmbeddedError wants the place of a broken document, and the others.
func TestEmbeddedError(t *testing.T) {
	const before = "x: |\n  a: 1\n  ---\n"
	scalar := parseOne(t, before+"  b: [\n  ---\n  c: 1\n").At("x")
	trees, err := Embedded(scalar, nil)
	if len(trees) != 2 || !trees[1].Root.At("c").IsSet() {
		t.Errorf("%d documents, want the two that parse", len(trees))
	}
	syntax, ok := err.(*SyntaxError)
	if !ok || syntax.Span.File != scalar.Span().File || syntax.Span.Start < len(before) {
		t.Errorf("error %#v", err)
	}
}

func TestEmbeddedText(t *testing.T) {
	scalar := parseOne(t, "data: {x: YTogMQ==}\n").At("data", "x")
	trees, err := EmbeddedText(scalar, "a: 1\na: 2\n", nil)
	if err != nil || len(trees) != 1 || trees[0].Root.At("a").Str() != "2" {
		t.Fatalf("%v, %v", trees, err)
	}
	a := trees[0].Root.At("a")
	if a.Exact() || a.Field() != scalar.KeySpan() {
		t.Errorf("lies at %q, exact %t", a.Field().Text(), a.Exact())
	}
	if d := trees[0].Duplicates; len(d) != 1 || d[0].Earlier != scalar.KeySpan() {
		t.Errorf("duplicates %v", d)
	}
	if trees, err := EmbeddedText(scalar, "\xff", nil); err == nil || trees != nil {
		t.Errorf("bytes that are no text give %v, %v", trees, err)
	}
	if trees, err := EmbeddedText(nil, "a: 1", nil); err != nil || trees != nil {
		t.Errorf("an absent field gives %v, %v", trees, err)
	}
}

// FuzzEmbedded puts a text into a literal block: what is read from there is
// what is read from the text alone, and lies where the text stands.
func FuzzEmbedded(f *testing.F) {
	for _, text := range readings {
		f.Add(text)
	}
	for _, text := range []string{"a:\n  b: 1\n---\nc: &x [1, *y]\n", "\n\n a: |\n  x\n\n  y\n", "{\"a\": \"b\\n\"}\n", "é: \u2028x\n", "a: b\r\nc: d\r\n", "\ta: 1"} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		if len(text) > 1<<12 {
			return
		}
		outer, err := NewFile("x.yaml", []byte("x: |2\n  "+strings.ReplaceAll(text, "\n", "\n  ")))
		if err != nil {
			return
		}
		tree, err := Parse(Span{File: outer, End: len(outer.Text)})
		if err != nil || tree.Root.At("x") == nil {
			return
		}
		scalar := tree.Root.At("x")
		alone, err := NewFile("", []byte(scalar.Value))
		if err != nil {
			return
		}
		trees, failed := Embedded(scalar, nil)
		if syntax, ok := failed.(*SyntaxError); ok && (syntax.Span.File != outer || syntax.Span.End > len(outer.Text)) {
			t.Fatalf("%q: the error lies outside the file", text)
		}
		for _, span := range Documents(alone) {
			want, err := Parse(span)
			if err != nil {
				continue
			}
			if len(trees) == 0 {
				t.Fatalf("%q: a document is missing", text)
			}
			sameTree(t, trees[0].Root, want.Root)
			trees = trees[1:]
		}
	})
}

// sameTree requires that a tree holds what another does, and where it is exact
// stands on the same text.
func sameTree(t *testing.T, got, want *Node) {
	t.Helper()
	if got.Kind != want.Kind || got.Type != want.Type || got.Value != want.Value || got.Key != want.Key || len(got.Kids) != len(want.Kids) {
		t.Fatalf("%#v, want %#v", got, want)
	}
	for _, spans := range [][2]Span{{got.Span(), want.Span()}, {got.KeySpan(), want.KeySpan()}} {
		at, of := spans[0], spans[1]
		if at.Start < 0 || at.End < at.Start || at.End > len(at.File.Text) {
			t.Fatalf("span %d..%d is outside the text", at.Start, at.End)
		}
		if text := of.Text(); got.Exact() && !strings.Contains(text, "\n") && at.Text() != text {
			t.Fatalf("%s lies on %q, want %q", got.Path(), at.Text(), text)
		}
	}
	for i := range want.Kids {
		sameTree(t, got.Kids[i], want.Kids[i])
	}
}
