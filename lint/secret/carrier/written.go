package carrier

import (
	"strings"

	"github.com/seaworthy-lint/seaworthy/lint/manifest"
	"github.com/seaworthy-lint/seaworthy/lint/secret"
)

// written is a scalar as it is written in its file.
type written struct {
	node   *manifest.Node
	source string
	// lines tells that it takes several lines, template that it may be what a
	// template makes.
	lines, template bool
	// places tells where parts of its text stand; nil until it is asked for.
	places func(start, end int) (manifest.Span, bool)
}

func newWritten(n *manifest.Node, virtual bool) written {
	if virtual {
		return written{node: n}
	}
	w := written{node: n, source: n.Span().Text()}
	w.lines = strings.Contains(w.source, "\n")
	w.template = strings.Contains(w.source, "{{") || isTemplateFile(n.Span())
	return w
}

// maxSearched is how much of a source is searched for a credential, once for
// each.
const maxSearched = 1 << 16

// place is where a part of the scalar stands: the field, but in a scalar of
// several lines the line. Where the lines are not those of the text, as in a
// template, the part is looked for.
func (w *written) place(text string, m secret.Match) (at manifest.Span, exact bool) {
	if !w.lines {
		return w.node.Field(), w.node.Exact()
	}
	if w.places == nil {
		w.places = w.node.TextPlaces()
	}
	if at, exact = w.places(m.Start, m.End); exact {
		return at, exact
	}
	line := firstLine(text)
	if i := strings.Index(w.source[:min(len(w.source), maxSearched)], line); i >= 0 {
		span := w.node.Span()
		return manifest.Span{File: span.File, Start: span.Start + i, End: span.Start + i + len(line)}, true
	}
	return w.node.Field(), false
}

// computed tells whether a part comes out of a template: what stands at its
// place is an expression, or in a template and not the value.
func (w *written) computed(text string) bool {
	return w.template && !strings.Contains(w.source, firstLine(text))
}

// Computed tells whether a value comes out of a template and is not written at
// its place.
func Computed(n *manifest.Node, text string) bool {
	w := newWritten(n, false)
	return w.computed(text)
}

// isTemplateFile tells whether a place stands for what a chart renders: one of
// its templates, or the chart as a whole.
func isTemplateFile(span manifest.Span) bool {
	if span.File == nil {
		return false
	}
	path := "/" + span.File.Path
	return strings.Contains(path, "/templates/") || strings.HasSuffix(path, "/Chart.yaml") || strings.HasSuffix(path, ".tgz")
}

func firstLine(text string) string {
	line, _, _ := strings.Cut(text, "\n")
	return strings.TrimRight(line, "\r")
}
