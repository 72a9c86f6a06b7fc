package render

import (
	"bytes"
	"sort"
	"strings"
	"text/template/parse"
	"unicode/utf8"
)

// Where a rendered character comes from is known by marks: before they run,
// templates get a mark of two private-use characters in front of the literal
// text of each line, and in front of what each action writes. The marks go
// where the text goes, through include, nindent and range, and are taken out
// of the result.

// A mark is a pair of characters from the last plane for private use; the
// first holds the high bits of its number and the second the low ones.
const (
	markHigh   = 0x100000
	markLow    = 0x104000
	markBits   = 14
	markLength = 8
	markByte   = 0xF4
)

// mark says where the text after it comes from.
type mark struct {
	source *source
	// start is where in the template the text or action stands; end is where
	// an action ends and 0 for text.
	start, end int
	// define tells that it stands in a define, and not in the template itself.
	define bool
	// refs are the values that an action uses.
	refs []valuesPath
}

func (m mark) action() bool { return m.end > 0 }

// markTable numbers the marks of a program.
type markTable struct {
	program *program
	marks   []mark
	// uses are the places at which each template file uses values.
	uses map[*source][]use
}

func newMarkTable(p *program) *markTable { return &markTable{program: p, uses: map[*source][]use{}} }

func (t *markTable) add(m mark) string {
	n := len(t.marks)
	t.marks = append(t.marks, m)
	var b [markLength]byte
	utf8.EncodeRune(b[:4], rune(markHigh+n>>markBits))
	utf8.EncodeRune(b[4:], rune(markLow+n&(1<<markBits-1)))
	return string(b[:])
}

func hasMark(text string) bool {
	return strings.IndexByte(text, markByte) >= 0 && nextMark(text, 0) >= 0
}

// nextMark is where the first mark at or after i is, or -1.
func nextMark(text string, i int) int {
	for i < len(text) {
		at := strings.IndexByte(text[i:], markByte)
		if at < 0 {
			return -1
		}
		if i += at; markNumber(text, i) >= 0 {
			return i
		}
		i++
	}
	return -1
}

// markNumber is the number of the mark at i, or -1 when there is none.
func markNumber(text string, i int) int {
	if i+markLength > len(text) {
		return -1
	}
	high, _ := utf8.DecodeRuneInString(text[i:])
	low, _ := utf8.DecodeRuneInString(text[i+markLength/2:])
	if high < markHigh || high >= markLow || low < markLow || low >= markLow+1<<markBits {
		return -1
	}
	return int(high-markHigh)<<markBits | int(low-markLow)
}

// hit is a mark in a rendered text.
type hit struct{ offset, mark int }

// unmark takes the marks out of a text and tells where they were.
func unmark(text string) (plain string, hits []hit) {
	at := nextMark(text, 0)
	if at < 0 {
		return text, nil
	}
	var b strings.Builder
	b.Grow(len(text))
	from := 0
	for at >= 0 {
		b.WriteString(text[from:at])
		hits = append(hits, hit{b.Len(), markNumber(text, at)})
		from = at + markLength
		at = nextMark(text, from)
	}
	b.WriteString(text[from:])
	return b.String(), hits
}

func unmarked(text string) string {
	plain, _ := unmark(text)
	return plain
}

// trimMarked trims white space, also where marks hide it.
func trimMarked(text string) string {
	if !hasMark(text) {
		return strings.TrimSpace(text)
	}
	plain, hits := unmark(text)
	trimmed := strings.TrimSpace(plain)
	start := strings.Index(plain, trimmed)
	var b strings.Builder
	from := 0
	for _, h := range hits {
		at := max(0, min(h.offset-start, len(trimmed)))
		b.WriteString(trimmed[from:at])
		b.WriteRune(rune(markHigh + h.mark>>markBits))
		b.WriteRune(rune(markLow + h.mark&(1<<markBits-1)))
		from = at
	}
	b.WriteString(trimmed[from:])
	return b.String()
}

// into puts marks into a tree; one of a packaged chart has no lines to point
// at and gets none.
func (t *markTable) into(tree *parse.Tree) {
	s := t.program.byName[tree.ParseName]
	if s == nil || tree.Root == nil {
		return
	}
	w := marker{table: t, source: s, define: tree.Name != s.name}
	w.list(tree.Root, newValuesScope())
}

type marker struct {
	table  *markTable
	source *source
	define bool
}

func (w *marker) list(l *parse.ListNode, scope valuesScope) {
	if l == nil {
		return
	}
	nodes := make([]parse.Node, 0, 2*len(l.Nodes))
	for _, n := range l.Nodes {
		switch n := n.(type) {
		case *parse.TextNode:
			w.text(n)
		case *parse.ActionNode:
			refs := w.pipe(n.Pipe, scope, "")
			if len(n.Pipe.Decl) == 0 {
				nodes = w.action(nodes, int(n.Pos), refs)
			}
		case *parse.TemplateNode:
			nodes = w.action(nodes, int(n.Pos), w.pipe(n.Pipe, scope, ""))
		case *parse.IfNode:
			inner := scope.copy()
			w.pipe(n.Pipe, inner, firstKey(n.List))
			w.list(n.List, inner)
			w.list(n.ElseList, scope.copy())
		case *parse.WithNode:
			inner := scope.copy()
			w.pipe(n.Pipe, inner, firstKey(n.List))
			inner.dot = inner.pipe(n.Pipe)
			w.list(n.List, inner)
			w.list(n.ElseList, scope.copy())
		case *parse.RangeNode:
			inner := scope.copy()
			w.pipe(n.Pipe, inner, firstKey(n.List))
			inner.dot = inner.elements(n.Pipe)
			w.list(n.List, inner)
			w.list(n.ElseList, scope.copy())
		}
		nodes = append(nodes, n)
	}
	l.Nodes = nodes
}

// text puts a mark before what is not blank of each line.
func (w *marker) text(n *parse.TextNode) {
	if w.source.file == nil {
		return
	}
	var marked bytes.Buffer
	for at := 0; at < len(n.Text); {
		end := len(n.Text)
		if i := bytes.IndexByte(n.Text[at:], '\n'); i >= 0 {
			end = at + i + 1
		}
		line := n.Text[at:end]
		blank := len(line) - len(bytes.TrimLeft(line, " \t\r\n"))
		marked.Write(line[:blank])
		if blank < len(line) {
			marked.WriteString(w.table.add(mark{source: w.source, start: int(n.Pos) + at + blank, define: w.define}))
		}
		marked.Write(line[blank:])
		at = end
	}
	n.Text = marked.Bytes()
}

// action puts a mark before what an action writes.
func (w *marker) action(nodes []parse.Node, pos int, refs []valuesPath) []parse.Node {
	if w.source.file == nil {
		return nodes
	}
	start, end := braces(w.source.text, pos)
	m := w.table.add(mark{source: w.source, start: start, end: end, define: w.define, refs: refs})
	return append(nodes, &parse.TextNode{NodeType: parse.NodeText, Pos: parse.Pos(start), Text: []byte(m)})
}

// pipe notes the values that a pipe uses; key is that of the text which it
// decides on.
func (w *marker) pipe(p *parse.PipeNode, scope valuesScope, key string) []valuesPath {
	if p == nil {
		return nil
	}
	refs := scope.pipe(p).paths
	scope.declare(p)
	for _, ref := range refs {
		w.table.uses[w.source] = append(w.table.uses[w.source], use{at: int(p.Pos), path: ref, key: key})
	}
	return refs
}

// braces finds the whole of the action in which pos lies.
func braces(text string, pos int) (start, end int) {
	pos = min(pos, len(text))
	start = max(0, strings.LastIndex(text[:pos], "{{"))
	for i := pos; i < len(text); i++ {
		switch c := text[i]; c {
		case '"', '`', '\'':
			for i++; i < len(text) && text[i] != c; i++ {
				if text[i] == '\\' && c != '`' {
					i++
				}
			}
		case '}':
			if strings.HasPrefix(text[i:], "}}") {
				return start, i + len("}}")
			}
		}
	}
	return start, max(start+1, pos)
}

// firstKey is the key with which the text of a branch begins.
func firstKey(l *parse.ListNode) string {
	for _, n := range l.Nodes {
		t, ok := n.(*parse.TextNode)
		if !ok {
			return ""
		}
		line := strings.TrimSpace(string(t.Text))
		if line == "" {
			continue
		}
		line, _, _ = strings.Cut(line, "\n")
		if key, _, ok := strings.Cut(line, ":"); ok && !strings.ContainsAny(key, " -#\"'") {
			return key
		}
		return ""
	}
	return ""
}

// origins is where the parts of a rendered text come from.
type origins struct {
	hits  []hit
	table *markTable
}

// at is the index of the hit that governs an offset, or -1.
func (o origins) at(offset int) int {
	return sort.Search(len(o.hits), func(i int) bool { return o.hits[i].offset > offset }) - 1
}

func (o origins) mark(i int) mark { return o.table.marks[o.hits[i].mark] }

func (o origins) uses(s *source) []use { return o.table.uses[s] }
