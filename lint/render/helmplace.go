package render

import (
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"

	"helm.sh/helm/v3/pkg/chart"
	"helm.sh/helm/v3/pkg/chartutil"

	"github.com/seaworthy-lint/seaworthy/lint/manifest"
)

// adopt fills in dependencies that charts/ does not hold with charts of the
// tree, and returns those of which there is none.
func (h *helm) adopt(c *chart.Chart, depth int) []*chart.Dependency {
	var missing []*chart.Dependency
	for _, wanted := range c.Metadata.Dependencies {
		if wanted == nil || holds(c, wanted) {
			continue
		}
		path := ""
		if h.release.Siblings != nil {
			path = h.release.Siblings(wanted.Name, wanted.Version)
		}
		if path == "" || path == h.path || depth > maxChartDepth {
			missing = append(missing, wanted)
			continue
		}
		sibling, err := h.loaded.loadAt(path)
		if err != nil {
			h.refuse(h.dependency(wanted), fmt.Sprintf("dependency %s: %v", wanted.Name, err))
			continue
		}
		c.AddDependency(sibling)
		for _, further := range h.adopt(sibling, depth+1) {
			h.refuse(h.loaded.dependencySpan(h.loaded.chartFile(sibling), further.Name), missingReason(further))
		}
	}
	return missing
}

func missingReason(d *chart.Dependency) string {
	return fmt.Sprintf("dependency %s %s is not in charts/, and no chart in view fits: 'helm dependency build' fetches it", d.Name, d.Version)
}

func holds(c *chart.Chart, wanted *chart.Dependency) bool {
	for _, sub := range c.Dependencies() {
		if sub.Name() == wanted.Name {
			return true
		}
	}
	return false
}

func (h *helm) dependency(d *chart.Dependency) manifest.Span {
	return h.loaded.dependencySpan(h.chartSpan().File, d.Name)
}

// reportMissing names the missing dependencies that are not switched off.
func (h *helm) reportMissing(c *chart.Chart, missing []*chart.Dependency) {
	for _, wanted := range missing {
		for _, enabled := range c.Metadata.Dependencies {
			if enabled == wanted {
				h.refuse(h.dependency(wanted), missingReason(wanted))
			}
		}
	}
}

// customResources reads the crds directories, which Helm does not render.
func (h *helm) customResources(c *chart.Chart) {
	for _, crd := range c.CRDObjects() {
		at := h.loaded.homes[crd.File]
		name := h.opts.Name(at.path)
		docs := manifest.Read(name, crd.File.Data, h.opts.Reads)
		for _, d := range docs {
			if at.packaged {
				whole := func(manifest.Span) placed { return placed{Span: at.dependency} }
				(&relocation{place: whole}).document(d)
				d.File, d.Number, d.Span = at.dependency.File, 0, at.dependency
			}
			if d.Object != nil {
				d.Object.Via = slices.Clone(h.via)
			}
		}
		h.documents = append(h.documents, docs...)
	}
}

// templates renders all templates, with marks and without, and makes documents
// of what they give.
func (h *helm) templates(c *chart.Chart, top chartutil.Values, fresh func() (chartutil.Values, error)) {
	h.values.know(c, nil, h.loaded)
	sources := map[string]*source{}
	h.collect(c, nil, sources)
	p := newProgram(inOrder(sources))
	data := freshData(c, top)
	plain := p.execute(data, nil)
	marked := h.marked(p, c, plain, fresh)
	for _, name := range sortedNames(plain) {
		s, result := p.byName[name], plain[name]
		switch {
		case s.notes():
		case result.err != nil:
			h.failed(p, s, result.err)
		default:
			h.rendered(s, result.text, marked[name], data[s.chart])
		}
	}
}

func sortedNames(results map[string]rendered) []string {
	names := map[string]any{}
	for name := range results {
		names[name] = nil
	}
	return keysOf(names)
}

// marked renders with marks, and keeps those of templates that render the same
// with marks as without. Where marks in defines change what is rendered, they
// are only put into the templates themselves.
func (h *helm) marked(p *program, c *chart.Chart, plain map[string]rendered, fresh func() (chartutil.Values, error)) map[string]origins {
	found := map[string]origins{}
	if tooMuch(plain) || p.foreignMarks(plain) {
		return found
	}
	everywhere := func(string) bool { return true }
	outside := func(tree string) bool { return p.byName[tree] != nil && !p.byName[tree].partial() }
	for _, where := range []func(string) bool{everywhere, outside} {
		top, err := fresh()
		if err != nil {
			return found
		}
		same := true
		for name, result := range p.execute(freshData(c, top), where) {
			text, hits := unmark(result.text)
			switch _, known := found[name]; {
			case known || plain[name].err != nil:
			case result.err == nil && text == plain[name].text:
				found[name] = origins{hits: hits, table: p.marks}
			default:
				same = false
			}
		}
		if same {
			break
		}
	}
	return found
}

// foreignMarks tells that the chart itself holds what marks are made of.
func (p *program) foreignMarks(plain map[string]rendered) bool {
	for _, s := range p.sources {
		if hasMark(s.text) {
			return true
		}
	}
	for _, result := range plain {
		if hasMark(result.text) {
			return true
		}
	}
	return false
}

// rendered makes documents of what a template gave.
func (h *helm) rendered(s *source, text string, from origins, data map[string]any) {
	if strings.TrimSpace(text) == "" {
		return
	}
	r := &relocation{helm: h, source: s, origins: from, text: text, data: data}
	r.place = r.placeOf
	docs := manifest.Read(h.opts.Name(s.home.path), []byte(text), h.opts.Reads)
	for _, d := range docs {
		if d.Number == 0 && d.Status == manifest.NotKubernetes {
			continue
		}
		hook := testHook(d.Object)
		r.document(d)
		if hook && !h.release.TestHooks {
			d.Object, d.Status, d.Reason = nil, manifest.Excluded, "a hook of helm test"
		}
		if d.Object != nil {
			d.Object.Via = slices.Clone(h.via)
		}
		h.documents = append(h.documents, d)
	}
}

var (
	errorPlace = onFirstUse(`template: ([^:\s]+):(\d+)(?::\d+)?:`)
	valuesKey  = onFirstUse(`\.Values(?:\.\w+)+`)
	errorAt    = onFirstUse(`executing "[^"]*" at (<.*?>): `)
)

// onFirstUse compiles a pattern when it is needed, and not at start-up.
func onFirstUse(pattern string) func() *regexp.Regexp {
	return sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(pattern) })
}

// failed says which template could not be rendered, and why.
func (h *helm) failed(p *program, s *source, err error) {
	var limit errTooMuch
	var given givenUp
	message := strings.NewReplacer(" | "+shownName, "", plainName+" ", "").Replace(err.Error())
	places := errorPlace().FindAllStringSubmatchIndex(message, -1)
	at, line, reason := s, 0, message
	for _, m := range places {
		if inner := p.byName[message[m[2]:m[3]]]; inner != nil && inner.file != nil {
			at, reason = inner, strings.TrimSpace(message[m[1]:])
			line, _ = strconv.Atoi(message[m[4]:m[5]])
		}
	}
	where := errorAt().FindStringSubmatch(reason)
	switch {
	case errors.As(err, &limit):
		reason = limit.Error()
	case errors.As(err, &given):
		reason = given.Error()
		if key := valuesKey().FindString(strings.Join(where, " ")); key != "" {
			reason += " (values key " + strings.TrimPrefix(key, ".Values.") + ")"
		}
	default:
		reason = lastReason(reason)
		if len(where) > 1 {
			reason = where[1] + ": " + reason
		}
	}
	span := h.templateSpan(at, line)
	if line > 0 {
		reason = fmt.Sprintf("line %d: %s", line, reason)
	}
	reason = strings.TrimPrefix(at.name, strings.Split(at.name, "/")[0]+"/") + " " + reason
	if at != s {
		reason += " (rendering " + s.name + ")"
	}
	h.refuse(span, shortened(reason))
}

// lastReason is what stands after the places in an error of text/template.
func lastReason(message string) string {
	if i := strings.LastIndex(message, ">: "); i >= 0 {
		message = message[i+len(">: "):]
	}
	return message
}

const maxReason = 300

func shortened(text string) string {
	text = strings.Join(strings.Fields(text), " ")
	if len(text) > maxReason {
		return strings.ToValidUTF8(text[:maxReason], "") + "…"
	}
	return text
}

// templateSpan is a line of a template, without the blanks around it; line 0
// is the first that holds anything.
func (h *helm) templateSpan(s *source, line int) manifest.Span {
	if s.file == nil {
		return s.home.dependency
	}
	for line == 0 || line <= s.file.Lines() && line > 0 && strings.TrimSpace(s.file.Line(line)) == "" {
		line++
	}
	return lineSpan(s.file, line)
}

func lineSpan(file *manifest.File, line int) manifest.Span {
	text := file.Line(line)
	start := file.LineStart(line) + len(text) - len(strings.TrimLeft(text, " \t"))
	return manifest.Span{File: file, Start: start, End: start + len(strings.TrimSpace(text))}
}
