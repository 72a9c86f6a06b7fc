package manifest

import (
	"strings"
	"testing"
)

func TestEmbedded(t *testing.T) {
	const source = `data:
  literal: |
    # first
    a: 1

    b:
    - c: {d: 2}
    ---
    e: 3
  stripped: |-
      f: 4
  folded: >
    g: 5

    h: 6
  quoted: "i: 7"
  escaped: "j: 8\nk: 9\n"
  empty: ""
  broken: |
    l: [
`
	root := parseText(t, source)
	for _, want := range []struct {
		key, path, line string
		document        int
		exact           bool
	}{
		{"literal", "a", "a: 1", 0, true},
		{"literal", "b", "b", 0, true},
		{"literal", "e", "e: 3", 1, true},
		{"stripped", "f", "f: 4", 0, true},
		{"folded", "h", "folded: >", 0, false},
		{"quoted", "i", `i: 7`, 0, true},
		{"escaped", "k", `escaped: "j: 8\nk: 9\n"`, 0, false},
	} {
		trees := root.At("data", want.key).Embedded()
		if len(trees) <= want.document {
			t.Errorf("%s holds %d documents", want.key, len(trees))
			continue
		}
		n := trees[want.document].Root.At(want.path)
		if got := n.Field().Text(); got != want.line || n.Exact() != want.exact {
			t.Errorf("%s of %s lies at %q, exact %t", want.path, want.key, got, n.Exact())
		}
		if got := n.Path(); got != "data."+want.key+"."+want.path {
			t.Errorf("path is %s", got)
		}
	}
	for _, key := range []string{"empty", "broken", "absent"} {
		if trees := root.At("data", key).Embedded(); len(trees) != 0 {
			t.Errorf("%s holds %d documents", key, len(trees))
		}
	}
	nested := root.At("data", "literal").Embedded()[0].Root.At("b").Items()[0].At("c", "d")
	if nested.Field().Text() != "d: 2" || nested.Path() != "data.literal.b[0].c.d" {
		t.Errorf("%s lies at %q", nested.Path(), nested.Field().Text())
	}
}

func TestInside(t *testing.T) {
	root := parseText(t, "a: |\n  x y\n  z\r\n  w\nb: x z\nc: \"x\\tz\"\n")
	for _, key := range []string{"a", "b", "c"} {
		n := root.At(key)
		at := strings.IndexByte(n.Value, 'z')
		span, exact := n.Inside(at, at+1)
		if exact != (key != "c") || exact && span.Text() != "z" {
			t.Errorf("z of %s lies at %q, exact %t", key, span.Text(), exact)
		}
	}
}

// FuzzEmbedded embeds text in text: whatever it is, its nodes lie in the file.
func FuzzEmbedded(f *testing.F) {
	f.Add("a: |\n  b: 1\n")
	f.Add("a: |2\n   b:\n    - c\n\n  d: \"e\nf\"\n")
	f.Add("a: \"b: |\\n  c\"\r\n")
	f.Fuzz(func(t *testing.T, text string) {
		file, err := NewFile("x.yaml", []byte(text))
		if err != nil {
			return
		}
		for _, span := range Documents(file) {
			tree, err := Parse(span)
			if err != nil {
				continue
			}
			for _, kid := range tree.Root.Kids {
				for _, inner := range kid.Embedded() {
					checkInside(t, inner.Root, file)
				}
			}
		}
	})
}

func checkInside(t *testing.T, n *Node, file *File) {
	for _, s := range []Span{n.Span(), n.KeySpan(), n.Field(), n.Anchor()} {
		if s.File != file || s.Start < 0 || s.End < s.Start || s.End > len(file.Text) {
			t.Errorf("%q lies at %d..%d of %d", n.Path(), s.Start, s.End, len(file.Text))
		}
	}
	for _, kid := range n.Kids {
		checkInside(t, kid, file)
	}
}

func parseText(t *testing.T, text string) *Node {
	t.Helper()
	file, err := NewFile("x.yaml", []byte(text))
	if err != nil {
		t.Fatal(err)
	}
	tree, err := Parse(Span{File: file, End: len(file.Text)})
	if err != nil {
		t.Fatal(err)
	}
	return tree.Root
}
