package baseline

import (
	"strings"

	"github.com/seaworthy-lint/seaworthy/lint"
)

// unit is a finding in one chart or overlay: the same defect in another
// overlay is another one.
type unit struct {
	finding  *lint.Finding
	path, in string
	held     bool // an entry answers to it
}

// slot is an entry in one chart or overlay, which one unit may take.
type slot struct {
	entry int
	in    string
	taken bool
}

// matcher brings the entries of a baseline together with findings.
type matcher struct {
	entries []Entry
	slots   map[string][]*slot // by identity
	exists  func(path string) bool

	rules    map[string]bool // that ran
	files    map[string]bool // that were read
	targets  map[string]bool
	resource map[resourceFile]bool
}

// resourceFile is a resource in the file that it stands in.
type resourceFile struct{ id, path string }

func newMatcher(b *Baseline, report *lint.Report, exists func(path string) bool) *matcher {
	m := &matcher{
		entries: b.Entries, slots: map[string][]*slot{}, exists: exists,
		rules: map[string]bool{}, files: map[string]bool{}, targets: map[string]bool{}, resource: map[resourceFile]bool{},
	}
	for i, e := range b.Entries {
		for _, in := range orPlain(e.In) {
			m.slots[e.Identity] = append(m.slots[e.Identity], &slot{entry: i, in: in})
		}
	}
	for _, rule := range report.Rules {
		m.rules[rule.ID] = true
	}
	for _, d := range report.Documents {
		if d.Span.File != nil {
			m.files[d.Span.File.Path] = true
		}
		if d.File != nil {
			m.files[d.File.Path] = true
		}
	}
	for _, r := range report.Resources {
		m.targets[r.Target.Path] = true
		m.resource[resourceFile{r.Object.ID(), r.Object.Anchor().File.Path}] = true
	}
	return m
}

// orPlain is where an entry or finding shows: "" stands for plain manifests.
func orPlain(in []string) []string {
	if len(in) == 0 {
		return []string{""}
	}
	return in
}

func (m *matcher) units(findings []*lint.Finding) []*unit {
	var units []*unit
	for _, f := range findings {
		for _, in := range orPlain(f.RenderedIn()) {
			units = append(units, &unit{finding: f, path: f.Span.File.Path, in: in})
		}
	}
	return units
}

// match gives each unit that has none a free slot of its identity.
func (m *matcher) match(units []*unit, fits fit) {
	for _, u := range units {
		if u.held {
			continue
		}
		for _, s := range m.slots[u.finding.Identity()] {
			if !s.taken && fits(&m.entries[s.entry], s.in, u) {
				s.taken, u.held = true, true
				break
			}
		}
	}
}

// fit tells whether an entry, in one chart or overlay, is a unit of the same
// identity.
type fit func(e *Entry, in string, u *unit) bool

func (m *matcher) unchanged(e *Entry, in string, u *unit) bool { return e.Path == u.path && in == u.in }

func (m *matcher) elsewhere(e *Entry, in string, u *unit) bool { return in == u.in && m.moved(e) }

func (m *matcher) underAnotherName(e *Entry, in string, u *unit) bool {
	return m.renamed(in) && (e.Path == u.path || m.moved(e))
}

// moved tells that the entry's resource no longer stands in the entry's file.
func (m *matcher) moved(e *Entry) bool {
	return m.spokenOf(e.Path) && !m.resource[resourceFile{e.Resource, e.Path}]
}

// renamed tells that a chart or overlay is no longer there.
func (m *matcher) renamed(in string) bool {
	folder, _, _ := strings.Cut(in, " (release ")
	return in != "" && !m.targets[in] && !m.exists(folder)
}

// spokenOf tells whether the report would hold what is in a file: it was read,
// or is gone.
func (m *matcher) spokenOf(path string) bool { return m.files[path] || !m.exists(path) }

func (m *matcher) outcome() Outcome {
	stays, taken := make([][]string, len(m.entries)), make([]bool, len(m.entries))
	for _, slots := range m.slots {
		for _, s := range slots {
			taken[s.entry] = taken[s.entry] || s.taken
			if s.taken || s.in != "" && !m.targets[s.in] && !m.renamed(s.in) {
				stays[s.entry] = append(stays[s.entry], s.in)
			}
		}
	}
	var o Outcome
	for i, e := range m.entries {
		switch {
		case !taken[i] && (!m.rules[e.Rule] || !m.spokenOf(e.Path)):
			o.unseen = append(o.unseen, e)
		case len(stays[i]) == 0:
			o.Gone = append(o.Gone, e)
		default:
			if len(e.In) > 0 {
				e.In = stays[i]
			}
			o.left = append(o.left, e)
		}
	}
	return o
}
