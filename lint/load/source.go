package load

import (
	"cmp"
	"fmt"
	"io/fs"
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	"github.com/seaworthy-lint/seaworthy/lint/manifest"
)

// sourceComment is what helm template writes above each resource.
var sourceComment = regexp.MustCompile(`^# Source: ([^/\s]+/(?:charts/[^/\s]+/)*(?:templates|crds)/\S.*?)\s*$`)

// sourced leads what helm template printed back to the templates that its
// comments name, where their chart is in view.
func (r *reader) sourced(docs []*manifest.Document) []*manifest.Document {
	if len(docs) == 0 || docs[0].Number == 0 {
		return docs
	}
	spans := manifest.Documents(docs[0].File)
	var view *chartsInView
	for _, d := range docs {
		name, comment := sourceOf(spans[d.Number-1])
		if name == "" {
			continue
		}
		if view == nil {
			view = r.opts.chartsInView()
		}
		if d.Status == manifest.ParseError || d.Status == manifest.TemplateNotRendered {
			d.Reason += ", from template " + name
			continue
		}
		if d.Object == nil {
			continue
		}
		if a := view.align(name, spans[d.Number-1]); a != nil {
			a.document(d)
			continue
		}
		d.Object.Via = append(d.Object.Via, manifest.Origin{Message: "from template " + name, Span: comment})
	}
	return docs
}

// sourceOf is the template that the comment above a document's content names.
func sourceOf(doc manifest.Span) (name string, comment manifest.Span) {
	for n := doc.File.Position(doc.Start).Line; n <= doc.File.Lines(); n++ {
		line := doc.File.Line(n)
		start := doc.File.LineStart(n)
		if trimmed := strings.TrimSpace(line); start >= doc.End || trimmed != "" && trimmed[0] != '#' && !strings.HasPrefix(trimmed, "---") {
			break
		}
		if m := sourceComment.FindStringSubmatch(line); m != nil && fs.ValidPath(m[1]) {
			return m[1], manifest.Span{File: doc.File, Start: start, End: start + len(strings.TrimRight(line, " \t"))}
		}
	}
	return "", manifest.Span{}
}

// chartsInView are the charts below the working directory.
type chartsInView struct {
	opts   Options
	root   string
	charts []viewedChart
	files  map[string]*manifest.File
	cells  int // how much comparing is still allowed
}

type viewedChart struct {
	dir, name string
	depth     int
}

// chartsInView finds them as a walk of the working directory does. One that
// cannot be walked has none.
func (o Options) chartsInView() *chartsInView {
	view := &chartsInView{opts: o, root: o.render(o.Dir).Root, files: map[string]*manifest.File{}, cells: maxComparedInAll}
	ignored, err := outerIgnores(o.Root, o.Dir)
	if err != nil {
		return view
	}
	var f found
	w := &walker{opts: o, seen: map[string]bool{}}
	if err := w.folder(&f, o.Dir, o.Dir, ignored); err != nil {
		return view
	}
	for _, dir := range f.charts {
		if name := chartMetadata(filepath.Join(dir, "Chart.yaml")).At("name").Str(); name != "" {
			view.charts = append(view.charts, viewedChart{dir: dir, name: name, depth: len(parts(o.Dir, dir))})
		}
	}
	slices.SortStableFunc(view.charts, func(a, b viewedChart) int {
		return cmp.Or(a.depth-b.depth, strings.Compare(a.dir, b.dir))
	})
	return view
}

// align compares a rendered document with the templates that may have made
// it. When charts of one name have it and it fits them alike, none is chosen.
func (v *chartsInView) align(name string, doc manifest.Span) *alignment {
	chart, rest, _ := strings.Cut(name, "/")
	var best *alignment
	depth, alike := 0, false
	for _, c := range v.charts {
		if c.name != chart {
			continue
		}
		file := v.template(c.dir, rest)
		if file == nil {
			continue
		}
		a := v.alignWith(file, doc)
		switch {
		case best == nil || a.score > best.score:
			best, depth, alike = a, c.depth, false
		case a.score == best.score && c.depth == depth:
			alike = true
		}
	}
	if alike {
		return nil
	}
	return best
}

// template is a file of a chart or of a chart in it.
func (v *chartsInView) template(dir, rest string) *manifest.File {
	for strings.HasPrefix(rest, "charts/") {
		name, inner, _ := strings.Cut(strings.TrimPrefix(rest, "charts/"), "/")
		if dir = v.subchart(dir, name); dir == "" {
			return nil
		}
		rest = inner
	}
	path := filepath.Join(dir, filepath.FromSlash(rest))
	if file, ok := v.files[path]; ok {
		return file
	}
	v.files[path] = nil
	if Within(v.root, path) {
		v.files[path] = textFile(path, v.opts.name(path))
	}
	return v.files[path]
}

// subchart is the folder of a dependency, which an alias may name: in charts/,
// else another chart in view.
func (v *chartsInView) subchart(parent, name string) string {
	for _, entry := range chartMetadata(filepath.Join(parent, "Chart.yaml")).At("dependencies").Items() {
		if entry.At("alias").Str() == name {
			name = entry.At("name").Str()
			break
		}
	}
	elsewhere := ""
	for _, c := range v.charts {
		switch {
		case c.name != name || c.dir == parent:
		case filepath.Dir(c.dir) == filepath.Join(parent, "charts"):
			return c.dir
		case elsewhere == "":
			elsewhere = c.dir
		}
	}
	return elsewhere
}

// document moves a document and its object to the template.
func (a *alignment) document(d *manifest.Document) {
	o := d.Object
	a.move(o.Node)
	for i := range o.Duplicates {
		o.Duplicates[i].Earlier, _ = a.place(o.Duplicates[i].Earlier)
	}
	start := d.Span
	start.End = min(start.Start+1, start.End)
	d.Span, _ = a.place(start)
	d.File, d.Number = a.template, 0
}

func (a *alignment) move(n *manifest.Node) {
	rendered, renderedKey := n.Span(), n.KeySpan()
	value, exact := a.place(rendered)
	key := manifest.Span{}
	if renderedKey != rendered {
		var exactKey bool
		key, exactKey = a.place(renderedKey)
		exact = exactKey && (exact || n.Kind != manifest.Scalar)
		if value.Start < key.End && rendered.Start >= renderedKey.End {
			value = manifest.Span{File: key.File, Start: key.End, End: max(key.End, value.End)}
		}
	}
	var origins []manifest.Origin
	if !exact {
		at := renderedKey.Start
		line := a.rendered.Position(at).Line
		start := a.rendered.LineStart(line)
		origins = []manifest.Origin{{
			Message: fmt.Sprintf("line %d of standard input", line),
			Span:    manifest.Span{File: a.rendered, Start: at, End: start + len(strings.TrimRight(a.rendered.Line(line), " \t"))},
		}}
	}
	n.Relocate(key, value, exact, origins...)
	for _, kid := range n.Kids {
		a.move(kid)
	}
}
