package manifest

import (
	"bytes"
	"sort"
	"strings"
)

// Inside is where the bytes from start to end of a scalar's decoded text stand
// in its file. exact is false where quotes, folding or rendering hide it: the
// span is then the scalar's own.
func (n *Node) Inside(start, end int) (span Span, exact bool) {
	return newInnerText(n).span(start, end)
}

// Embedded reads the YAML documents that the text of a scalar holds, such as
// a file in a ConfigMap. Their nodes lie where they are written, and their
// paths go on from that of the scalar. What does not parse is left out.
func (n *Node) Embedded() []*Tree {
	if n.Str() == "" {
		return nil
	}
	file, err := NewFile(n.file.Path, []byte(n.Value))
	if err != nil {
		return nil
	}
	inner := newInnerText(n)
	var trees []*Tree
	for _, span := range Documents(file) {
		tree, err := Parse(span)
		if err != nil {
			continue
		}
		inner.relocate(tree.Root)
		for i, d := range tree.Duplicates {
			tree.Duplicates[i].Earlier, _ = inner.span(d.Earlier.Start, d.Earlier.End)
		}
		tree.Root.Parent, tree.Root.Key, tree.Root.Index = n.Parent, n.Key, n.Index
		trees = append(trees, tree)
	}
	return trees
}

// innerText leads from the decoded text of a scalar to its source, line by
// line.
type innerText struct {
	node *Node
	// lines are the offsets of the text's lines, sources where each stands in
	// the file; there are fewer of them where the source cannot be followed.
	lines, sources []int
}

func newInnerText(n *Node) *innerText {
	t := &innerText{node: n}
	if n == nil || n.approximate || n.file == nil || n.Kind != Scalar {
		return t
	}
	t.lines = []int{0}
	for i := range len(n.Value) {
		if n.Value[i] == '\n' {
			t.lines = append(t.lines, i+1)
		}
	}
	source := n.file.Text[n.start:n.end]
	for _, quote := range []string{"", "'", `"`} {
		if string(source) == quote+n.Value+quote {
			t.sources = []int{int(n.start) + len(quote)}
			return t
		}
	}
	t.followBlock(source)
	return t
}

// followBlock walks a literal block and its text side by side, as long as they
// differ in nothing but the indentation.
func (t *innerText) followBlock(source []byte) {
	header := bytes.IndexByte(source, '\n')
	if header < 0 || bytes.IndexByte(source[:header], '|') < 0 {
		return
	}
	indent := -1
	at := header + 1
	for _, start := range t.lines {
		if at > len(source) {
			return
		}
		line := source[at:]
		if i := bytes.IndexByte(line, '\n'); i >= 0 {
			line = line[:i]
		}
		text, _, _ := strings.Cut(t.node.Value[start:], "\n")
		body := strings.TrimSuffix(string(line), "\r")
		if indent < 0 && strings.TrimSpace(body) != "" {
			indent = len(body) - len(text)
		}
		switch {
		case strings.TrimSpace(body) == "" && strings.TrimSpace(text) == "":
			t.sources = append(t.sources, int(t.node.start)+at+max(0, len(body)-len(text)))
		case indent >= 0 && len(body) == indent+len(text) && strings.HasSuffix(body, text):
			t.sources = append(t.sources, int(t.node.start)+at+indent)
		default:
			return
		}
		at += len(line) + 1
	}
}

// offset is where a byte of the text stands in the file.
func (t *innerText) offset(at int) (int, bool) {
	line := sort.SearchInts(t.lines, at+1) - 1
	if line < 0 || line >= len(t.sources) {
		return 0, false
	}
	return min(t.sources[line]+at-t.lines[line], int(t.node.end)), true
}

func (t *innerText) span(start, end int) (Span, bool) {
	from, ok := t.offset(start)
	to, reaches := t.offset(end)
	if !ok || !reaches || to < from {
		return t.node.Field(), false
	}
	return Span{File: t.node.file, Start: from, End: to}, true
}

// relocate moves nodes from the text into the file.
func (t *innerText) relocate(n *Node) {
	value, exact := t.span(int(n.start), int(n.end))
	key := Span{}
	if n.keyEnd > n.keyStart && exact {
		key, exact = t.span(int(n.keyStart), int(n.keyEnd))
	}
	n.Relocate(key, value, exact, t.node.origins...)
	for _, kid := range n.Kids {
		t.relocate(kid)
	}
}
