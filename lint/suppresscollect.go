package lint

import (
	"cmp"
	"maps"
	"slices"
	"strings"

	"github.com/seaworthy-lint/seaworthy/lint/manifest"
	"github.com/seaworthy-lint/seaworthy/lint/markers"
	"github.com/seaworthy-lint/seaworthy/lint/secret/carrier"
)

// collect reads the suppressions of the files, of the resources and of the
// configuration.
func (s *suppressor) collect() {
	for _, file := range s.files() {
		for _, m := range markers.Comments(file) {
			h := &held{from: file.LineStart(m.Covers.First), to: len(file.Text)}
			if m.Covers.Last < file.Lines() {
				h.to = file.LineStart(m.Covers.Last + 1)
			}
			if m.Covers.Last == 0 { // nothing follows the comment
				h.from, h.to = 0, 0
			}
			s.mark(m, Comment, h)
		}
	}
	for _, resource := range s.report.Resources {
		s.annotations(resource.Object)
	}
	for _, entry := range s.opts.Entries {
		for _, name := range entry.Rules {
			one := entry
			one.By, one.Rules, one.Reason = Config, []string{name}, carrier.Redact(entry.Reason)
			s.hold(&held{Suppression: &one})
		}
	}
}

// files are the files that findings may lie in, by path.
func (s *suppressor) files() []*manifest.File {
	byPath := map[string]*manifest.File{}
	add := func(file *manifest.File) {
		if file != nil && byPath[file.Path] == nil {
			byPath[file.Path] = file
		}
	}
	for _, d := range s.report.Documents {
		if d.Status == manifest.Excluded {
			continue
		}
		add(d.Span.File)
		add(d.File)
	}
	for _, list := range [][]*Finding{s.report.Findings, s.report.Folded, s.report.unasked} {
		for _, f := range list {
			for _, member := range f.members() {
				add(member.Span.File)
				for _, origin := range member.origins {
					add(origin.File)
				}
			}
		}
	}
	return slices.SortedFunc(maps.Values(byPath), func(a, b *manifest.File) int { return cmp.Compare(a.Path, b.Path) })
}

// annotations reads those of a resource and of its pod templates. One on the
// only template speaks for the resource.
func (s *suppressor) annotations(o *manifest.Object) {
	metadata := o.At("metadata")
	for _, m := range markers.Annotations(metadata) {
		s.mark(m, Annotation, &held{object: o})
	}
	for _, pod := range o.Pods() {
		if pod.Metadata == metadata {
			continue
		}
		h := held{object: o}
		if len(o.Pods()) > 1 {
			h.pod = pod
		}
		for _, m := range markers.Annotations(pod.Metadata) {
			of := h
			s.mark(m, Annotation, &of)
		}
	}
}

// mark takes up what was read in a file or resource.
func (s *suppressor) mark(m markers.Mark, by Carrier, h *held) {
	h.Suppression = &Suppression{
		By: by, Tool: m.Tool, Rules: []string{m.Name}, Reason: carrier.Redact(m.Reason), Until: Date(m.Until),
		Selector: selectorOf(m.Selectors), Span: m.Span,
	}
	if m.Problem != "" {
		h.unread = true
		s.complain(invalidSuppression, h, "the suppression cannot be read: "+m.Problem)
		return
	}
	s.hold(h)
}

// hold takes up a suppression of one name, unless it means nothing.
func (s *suppressor) hold(h *held) {
	name := h.Rules[0]
	h.rules = s.named(name)
	if problem := s.problem(h, name); problem != "" {
		if h.Tool == "" {
			s.complain(invalidSuppression, h, problem)
		}
		return
	}
	if h.Tool == "" && h.Reason == "" {
		s.complain(suppressionWithoutReason, h, "the suppression gives no reason: say why after \"--\"")
	}
	s.held = append(s.held, h)
	place := holder{object: h.object}
	if h.By == Comment {
		place.path = h.Span.File.Path
	}
	for _, rule := range h.rules {
		place.rule = rule
		s.holders[place] = append(s.holders[place], h)
	}
}

// problem says why a suppression means nothing, "" when it means something.
func (s *suppressor) problem(h *held, name string) string {
	if len(h.rules) == 0 {
		return "it suppresses nothing: there is no rule " + name + Suggest(s.opts.Catalogue, name)
	}
	if h.Until != "" {
		if _, err := ParseDate(string(h.Until)); err != nil {
			return "it suppresses nothing: " + err.Error()
		}
	}
	if err := h.Validate(); err != nil {
		return "it suppresses nothing: " + err.Error()
	}
	return ""
}

// named are the rules that a name means, looked up once.
func (s *suppressor) named(name string) []*Rule {
	key := strings.ToLower(name)
	found, known := s.rules[key]
	if !known {
		found = namedRules(s.opts.Catalogue, name)
		s.rules[key] = found
	}
	return found
}

// namedRules are the rules that answer to a name, or, for tool:*, those that
// cover a check of the tool.
func namedRules(all []*Rule, name string) []*Rule {
	tool, ok := strings.CutSuffix(name, "*")
	if !ok || !strings.HasSuffix(tool, ":") {
		return Find(all, name)
	}
	var found []*Rule
	for _, r := range all {
		if slices.ContainsFunc(r.Aliases, func(alias string) bool {
			return len(alias) > len(tool) && strings.EqualFold(alias[:len(tool)], tool)
		}) {
			found = append(found, r)
		}
	}
	return found
}
