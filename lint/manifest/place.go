package manifest

import "bytes"

// Nearest is the deepest node that exists on the way from n along keys: where
// a missing field is to be added. It is n itself when not even the first key
// is there.
func (n *Node) Nearest(keys ...string) *Node {
	for _, key := range keys {
		next := n.field(key)
		if next == nil {
			break
		}
		n = next
	}
	return n
}

// Field is the span of a wrong value: key and value when both stand on one
// line, else the key, so that a region stays small. A value that an alias
// brought in stands at its anchor, where it can be edited.
func (n *Node) Field() Span {
	if n == nil {
		return Span{}
	}
	hasKey := n.keyEnd > n.keyStart
	switch {
	case !hasKey && n.Kind != Scalar:
		return n.Anchor()
	case !hasKey || n.keyStart > n.start: // an alias: the value stands before the key
		return n.firstLine(n.start, n.end)
	case n.Kind != Scalar:
		return n.KeySpan()
	}
	return n.firstLine(n.keyStart, n.end)
}

// firstLine cuts a span at the end of its first line.
func (n *Node) firstLine(start, end int32) Span {
	s := Span{File: n.file, Start: int(start), End: int(end)}
	if i := bytes.IndexAny(n.file.Text[s.Start:s.End], "\r\n"); i >= 0 {
		s.End = s.Start + len(bytes.TrimRight(n.file.Text[s.Start:s.Start+i], " \t"))
	}
	return s
}

// Anchor is the place that stands for a whole map, list or object when
// something inside it is missing: its key; for a list item its name; for an
// object its metadata.name, else its kind.
func (n *Node) Anchor() Span {
	switch {
	case n == nil:
		return Span{}
	case n.keyEnd > n.keyStart:
		return n.KeySpan()
	case n.Kind == Scalar:
		return n.Field()
	}
	for _, name := range []*Node{n.At("name"), n.At("metadata", "name"), n.At("kind")} {
		if name != nil && name.Kind == Scalar {
			return name.Field()
		}
	}
	if len(n.Kids) > 0 && n.Kind == Map {
		return n.Kids[0].Field()
	}
	return n.firstLine(n.start, n.end)
}
