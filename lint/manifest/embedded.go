package manifest

import (
	"errors"
	"sort"
	"strings"
)

// Embedded reads the YAML or JSON documents in the text of a scalar, such as a
// file that a ConfigMap carries. reads tells which kinds are worth parsing, as
// for Read; nil means that all documents are, those without a kind too.
//
// The nodes lie where they are written: in the lines of a literal block, or
// inside a plain or quoted scalar that holds the very text. Where the source is
// not the text itself (folded, escaped, rendered) they lie at the scalar's key
// and are not Exact. The scalar is the Parent of each root, so that paths tell
// the whole way.
//
// The error, a *SyntaxError, is that of the first document that does not parse;
// the others are returned all the same.
func Embedded(scalar *Node, reads func(apiVersion, kind string) bool) ([]*Tree, error) {
	if !scalar.IsString() {
		return nil, nil
	}
	place := placeOfText(scalar)
	return readEmbedded(scalar, scalar.Value, place, reads)
}

// Embedded reads the documents in the text of a scalar, whatever their kind.
// What does not parse is left out. See the function Embedded.
func (n *Node) Embedded() []*Tree {
	trees, _ := Embedded(n, nil)
	return trees
}

// Inside is where the bytes from start to end of a scalar's text stand in its
// file. exact is false where the source does not hold the very text: the span
// is then the scalar's own.
func (n *Node) Inside(start, end int) (span Span, exact bool) {
	if n != nil && n.Kind == Scalar {
		if place := placeOfText(n); place != nil {
			return place.span(n, Span{Start: start, End: end})
		}
	}
	return n.Field(), false
}

// EmbeddedText is Embedded for a text that is not the scalar's own but decoded
// from it, as a Secret's data is from base64.
func EmbeddedText(scalar *Node, text string, reads func(apiVersion, kind string) bool) ([]*Tree, error) {
	if scalar == nil {
		return nil, nil
	}
	return readEmbedded(scalar, text, nil, reads)
}

func readEmbedded(scalar *Node, text string, place *textPlace, reads func(apiVersion, kind string) bool) ([]*Tree, error) {
	file, err := NewFile(scalar.Span().File.Path, []byte(text))
	if err != nil {
		return nil, &SyntaxError{Span: scalar.KeySpan(), Reason: err.Error()}
	}
	var trees []*Tree
	var failed error
	for _, span := range Documents(file) {
		if header := Sniff(span); reads != nil && header.Sure && !reads(header.APIVersion, header.Kind) {
			continue
		}
		tree, err := Parse(span)
		if err != nil {
			if syntax, ok := errors.AsType[*SyntaxError](err); ok && failed == nil {
				at, _ := place.span(scalar, syntax.Span)
				failed = &SyntaxError{Span: at, Reason: syntax.Reason}
			}
			continue
		}
		if reads != nil && !reads(tree.Root.At("apiVersion").Str(), tree.Root.At("kind").Str()) {
			continue
		}
		for i, d := range tree.Duplicates {
			tree.Duplicates[i].Earlier, _ = place.span(scalar, d.Earlier)
		}
		place.move(scalar, tree.Root)
		tree.Root.Parent = scalar
		trees = append(trees, tree)
	}
	return trees, failed
}

// TextPlaces gives a function that tells where a part of a scalar's text,
// given by byte offsets, is written: on its own line in a literal block, inside
// a plain or quoted scalar that holds the very text, else at the scalar's key
// and its first line, which is not exact.
func (n *Node) TextPlaces() func(start, end int) (at Span, exact bool) {
	place := placeOfText(n)
	return func(start, end int) (Span, bool) {
		if place == nil {
			return n.Field(), false
		}
		return place.span(n, Span{Start: start, End: end})
	}
}

// textPlace tells where each line of a scalar's text stands in its file. A nil
// one stands for a text that is nowhere written as it is.
type textPlace struct {
	file *File
	// starts are where the lines begin in the text, sources where they do in the
	// file and ends where they end there.
	starts, sources, ends []int
}

// span is where a part of the text stands, or the scalar's key.
func (p *textPlace) span(scalar *Node, part Span) (at Span, exact bool) {
	if p == nil {
		return scalar.KeySpan(), false
	}
	start := p.offset(part.Start)
	return Span{File: p.file, Start: start, End: max(start, p.offset(part.End))}, true
}

func (p *textPlace) offset(of int) int {
	line := max(sort.SearchInts(p.starts, of+1)-1, 0)
	return min(p.sources[line]+of-p.starts[line], p.ends[line])
}

// move puts a tree that was read from the text where it is written.
func (p *textPlace) move(scalar, n *Node) {
	value, exact := p.span(scalar, n.Span())
	var key Span
	if exact && n.keyEnd > n.keyStart {
		key, _ = p.span(scalar, n.KeySpan())
	}
	n.Relocate(key, value, exact, scalar.origins...)
	for _, kid := range n.Kids {
		p.move(scalar, kid)
	}
}

// placeOfText is nil unless the scalar's source holds its text as it is.
func placeOfText(scalar *Node) *textPlace {
	span := scalar.Span()
	if !scalar.Exact() {
		return nil
	}
	source := newSource(span)
	raw := span.Text()
	at := source.skipProperties(0)
	written := raw[at:]
	switch {
	case strings.HasPrefix(written, "|"):
		return placeOfLiteral(span, at, scalar.Value)
	case written == scalar.Value:
	case len(written) >= 2 && (written[0] == '\'' || written[0] == '"') && written[1:len(written)-1] == scalar.Value:
		at++
	default:
		return nil
	}
	start := span.Start + at
	return &textPlace{file: span.File, starts: []int{0}, sources: []int{start}, ends: []int{start + len(scalar.Value)}}
}

// placeOfLiteral compares the lines of a literal block, whose header stands at
// an offset of its source, with those of its text: they are the same but for
// the indentation, which the first line that is not blank tells.
func placeOfLiteral(span Span, header int, text string) *textPlace {
	file := span.File
	first := file.Position(span.Start+header).Line + 1
	p := &textPlace{file: file}
	indent, at := -1, 0
	for i, line := range strings.Split(text, "\n") {
		source, start := "", len(file.Text)
		if n := first + i; n <= file.Lines() {
			source, start = file.Line(n), file.LineStart(n)
		}
		if indent < 0 && strings.TrimSpace(line) != "" {
			if indent = len(source) - len(line); indent < 0 {
				return nil
			}
		}
		body := min(max(indent, 0), len(source))
		if source[body:] != line && (line != "" || strings.TrimSpace(source) != "" && start < span.End) {
			return nil
		}
		if source[body:] != line {
			body = 0
		}
		p.starts, p.sources = append(p.starts, at), append(p.sources, start+body)
		p.ends = append(p.ends, start+body+len(line))
		at += len(line) + 1
	}
	return p
}
