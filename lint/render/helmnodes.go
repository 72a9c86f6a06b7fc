package render

import (
	"bytes"
	"slices"
	"strings"

	"github.com/seaworthy-lint/seaworthy/lint/manifest"
)

// placed is where a part of a rendered text is written.
type placed struct {
	manifest.Span
	// exact tells that the same text stands there, and begins that it begins
	// with literal text of the template.
	exact, begins bool
	// called tells that the place is the action that wrote the text.
	called bool
}

// relocation moves the nodes of a rendered text to where they come from.
type relocation struct {
	helm    *helm
	source  *source
	origins origins
	text    string
	data    map[string]any
	place   func(manifest.Span) placed
	spans   map[*manifest.Node]nodeSpans
}

// nodeSpans are the places of a node in the rendered text.
type nodeSpans struct {
	key, value manifest.Span
	keyed      bool
}

// document moves a document and its object.
func (r *relocation) document(d *manifest.Document) {
	r.spans = map[*manifest.Node]nodeSpans{}
	start := d.Span
	if start.Start >= start.End && start.End < len(r.text) {
		start.End = start.Start + 1
	}
	at := r.place(start)
	if end := bytes.IndexAny(textOf(at.Span), "\r\n"); end >= 0 {
		at.End = at.Start + end
	}
	if o := d.Object; o != nil {
		r.remember(o.Node)
		for i := range o.Duplicates {
			o.Duplicates[i].Earlier = r.place(o.Duplicates[i].Earlier).Span
		}
		for i := range o.Problems {
			o.Problems[i].Span = r.place(o.Problems[i].Span).Span
		}
		r.move(o.Node)
		if d.Status == manifest.ParseError && len(o.Problems) > 0 {
			at.Span = o.Problems[0].Span
		}
	}
	d.Span, d.Number = at.Span, 0
	if r.source != nil {
		d.File = r.helm.templateSpan(r.source, 0).File
	}
}

func textOf(span manifest.Span) []byte {
	if span.File == nil || span.Start > span.End || span.End > len(span.File.Text) {
		return nil
	}
	return span.File.Text[span.Start:span.End]
}

func (r *relocation) remember(n *manifest.Node) {
	value, key := n.Span(), n.KeySpan()
	r.spans[n] = nodeSpans{key: key, value: value, keyed: key != value}
	for _, kid := range n.Kids {
		r.remember(kid)
	}
}

// move places a node's parts; a node has one file, so a value that is written
// in another file than its key stands where that is called.
func (r *relocation) move(n *manifest.Node) {
	s := r.spans[n]
	value := r.place(s.value)
	if !s.keyed {
		exact := value.exact || value.called || value.begins && n.Kind != manifest.Scalar
		n.Relocate(manifest.Span{}, value.Span, exact, r.origin(n, s)...)
	} else {
		key := r.place(s.key)
		switch {
		case s.value.Start >= s.value.End:
			value = placed{Span: manifest.Span{File: key.File, Start: key.End, End: key.End}, exact: true}
		case value.File != key.File || value.Start < key.Start:
			value = placed{Span: r.calledFrom(s, key), called: true}
		}
		exact := key.exact
		n.Relocate(key.Span, value.Span, exact, r.origin(n, s)...)
	}
	for _, kid := range n.Kids {
		r.move(kid)
	}
}

// placeOf is where a range of the rendered text is written.
func (r *relocation) placeOf(span manifest.Span) placed {
	i := r.origins.at(span.Start)
	if i < 0 {
		return placed{Span: r.helm.templateSpan(r.source, 0)}
	}
	m := r.origins.mark(i)
	file := m.source.file
	if m.action() {
		return placed{Span: manifest.Span{File: file, Start: m.start, End: r.sameLineEnd(i, span.End, m)}, called: true}
	}
	start := m.start + span.Start - r.origins.hits[i].offset
	end := r.sourceEnd(i, start, span)
	if start > end || end > len(file.Text) {
		return placed{Span: lineSpan(file, file.Position(m.start).Line)}
	}
	at := manifest.Span{File: file, Start: start, End: end}
	if string(textOf(at)) == r.text[span.Start:span.End] {
		return placed{Span: at, exact: true, begins: true}
	}
	if start < len(file.Text) && span.Start < len(r.text) && file.Text[start] == r.text[span.Start] {
		return placed{Span: at, begins: true}
	}
	return placed{Span: lineSpan(file, file.Position(m.start).Line)}
}

// sourceEnd is where a range that begins in literal text ends in that text's
// file: with its last character, if that is written further on in the same
// file, else with the literal text.
func (r *relocation) sourceEnd(i, start int, span manifest.Span) int {
	if span.End <= span.Start {
		return start
	}
	m, last := r.origins.mark(i), r.origins.at(span.End-1)
	if last == i {
		return start + span.End - span.Start
	}
	end := r.origins.mark(last)
	switch {
	case end.source != m.source || end.start <= start:
		literal := strings.TrimRight(r.text[span.Start:r.origins.hits[i+1].offset], " \t\r\n")
		return start + len(literal)
	case end.action():
		return end.end
	}
	return end.start + span.End - r.origins.hits[last].offset
}

// sameLineEnd is where a value ends that an action begins: at the end of the
// last thing on the action's line that it is made of.
func (r *relocation) sameLineEnd(i, stop int, m mark) int {
	end := m.end
	for j := i + 1; j < len(r.origins.hits) && r.origins.hits[j].offset < stop; j++ {
		next := r.origins.mark(j)
		if next.source != m.source || next.start < end || bytes.IndexByte(m.source.file.Text[end:next.start], '\n') >= 0 {
			continue
		}
		end = max(end, next.end)
		if !next.action() {
			limit := stop
			if j+1 < len(r.origins.hits) {
				limit = min(limit, r.origins.hits[j+1].offset)
			}
			text := strings.TrimRight(r.text[r.origins.hits[j].offset:limit], " \t\r\n")
			end = min(next.start+len(text), len(m.source.file.Text))
		}
	}
	return end
}

// calledFrom is the action in the file of a key that gave its value.
func (r *relocation) calledFrom(s nodeSpans, key placed) manifest.Span {
	for i := r.origins.at(s.value.Start); i > r.origins.at(s.key.Start); i-- {
		if m := r.origins.mark(i); m.action() && m.source.file == key.File && m.start >= key.Start {
			return manifest.Span{File: key.File, Start: m.start, End: m.end}
		}
	}
	return key.Span
}

// maxOrigins bounds the values keys that are shown for one value.
const maxOrigins = 4

// origin lists the other places that a node comes from: the call of the define
// in which it is written, and the values keys that its text is made of.
func (r *relocation) origin(n *manifest.Node, s nodeSpans) []manifest.Origin {
	start := s.value.Start
	if s.keyed {
		start = s.key.Start
	}
	i := r.origins.at(start)
	if r.helm == nil || i < 0 {
		return nil
	}
	var list []manifest.Origin
	m := r.origins.mark(i)
	call := r.call(i)
	if m.define && call >= 0 {
		c := r.origins.mark(call)
		list = append(list, manifest.Origin{Message: "included here", Span: manifest.Span{File: c.source.file, Start: c.start, End: c.end}})
	}
	if m.action() && s.value.Start < s.value.End {
		refs := m.refs
		if len(refs) == 0 && m.define && call >= 0 {
			refs = r.origins.mark(call).refs
		}
		return append(list, r.followed(n, i, refs)...)
	}
	list = append(list, r.setBy(n, r.refsIn(n, s, i))...)
	return append(list, r.offers(n)...)
}

// call is the action of the template itself that gave what hit i stands for.
func (r *relocation) call(i int) int {
	for ; i >= 0; i-- {
		if m := r.origins.mark(i); !m.define {
			if m.action() {
				return i
			}
			return -1
		}
	}
	return -1
}

// refsIn are the values used by the actions that wrote a value; of a map or
// list only by the one that wrote all of it.
func (r *relocation) refsIn(n *manifest.Node, s nodeSpans, first int) []valuesPath {
	stop := s.value.End
	if s.value.Start >= s.value.End {
		stop = s.key.End
		if i := strings.IndexByte(r.text[stop:], '\n'); i >= 0 {
			stop += i
		}
	}
	var refs []valuesPath
	for i := first + 1; i < len(r.origins.hits) && r.origins.hits[i].offset < max(stop, s.value.Start+1); i++ {
		if n.Kind != manifest.Scalar && (i != r.origins.at(s.value.Start) || i != r.origins.at(s.value.End-1)) {
			continue
		}
		refs = append(refs, r.origins.mark(i).refs...)
	}
	return refs
}

// setBy finds who set the values that a text is made of.
func (r *relocation) setBy(n *manifest.Node, refs []valuesPath) []manifest.Origin {
	var list []manifest.Origin
	var seen []string
	for _, ref := range refs {
		if i := slices.Index(ref, anyItem); i >= 0 {
			item, ok := r.matching(n, ref)
			if !ok {
				item = ref[:i]
			}
			ref = item
		}
		if len(ref) == 0 || slices.Contains(seen, ref.String()) || len(list) == maxOrigins {
			continue
		}
		seen = append(seen, ref.String())
		if origin, ok := r.helm.values.setBy(r.source.scope, ref); ok {
			list = append(list, origin)
		}
	}
	return list
}

// testHook tells that an object is only made by helm test.
func testHook(o *manifest.Object) bool {
	if o == nil {
		return false
	}
	for _, hook := range strings.Split(o.At("metadata", "annotations", "helm.sh/hook").Str(), ",") {
		if strings.HasPrefix(strings.ToLower(strings.TrimSpace(hook)), "test") {
			return true
		}
	}
	return false
}
