package baseline

import (
	"slices"
	"strings"

	"github.com/seaworthy-lint/seaworthy/lint"
	"github.com/seaworthy-lint/seaworthy/lint/manifest"
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
	files    map[string]bool // that were read; false for one of which something could not be judged
	targets  map[string]bool // as in the report
	folders  map[string]bool // of the targets; false for one of which something could not be judged
	resource map[resourceFile]bool
}

// resourceFile is a resource in the file that it stands in.
type resourceFile struct{ id, path string }

func newMatcher(b *Baseline, report *lint.Report, exists func(path string) bool) *matcher {
	m := &matcher{
		entries: b.Entries, slots: map[string][]*slot{}, exists: exists,
		rules: map[string]bool{}, files: map[string]bool{}, targets: report.Targets, folders: map[string]bool{}, resource: map[resourceFile]bool{},
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
		for _, file := range []*manifest.File{d.Span.File, d.File} {
			if file != nil {
				read(m.files, file.Path, !d.Status.Unjudged())
			}
		}
	}
	for in, whole := range m.targets {
		read(m.folders, folderOf(in), whole)
	}
	for _, r := range report.Resources {
		m.resource[resourceFile{r.Object.ID(), r.Object.Anchor().File.Path}] = true
	}
	return m
}

// read takes down that something was read, and keeps what is worst of it.
func read(of map[string]bool, name string, whole bool) {
	known, seen := of[name]
	of[name] = whole && (known || !seen)
}

// folderOf is the folder of a chart or overlay, whose releases have a name
// beside it.
func folderOf(in string) string {
	folder, _, _ := strings.Cut(in, " (release ")
	return folder
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

// renamed tells that a chart or overlay is no longer there: its folder is gone,
// or was judged and is released under other names.
func (m *matcher) renamed(in string) bool {
	if _, there := m.targets[in]; there || in == "" {
		return false
	}
	folder := folderOf(in)
	_, judged := m.folders[folder]
	return judged || !m.exists(folder)
}

// spokenOf tells whether the report would hold what is in a file: all of it was
// judged, or it is gone.
func (m *matcher) spokenOf(path string) bool { return m.speaks(m.files, path) }

func (m *matcher) speaks(read map[string]bool, path string) bool {
	whole, known := read[path]
	return whole || !known && !m.exists(path)
}

// speaksOf tells whether the report would hold what an entry accepts in a chart
// or overlay, or, where in is "", in plain manifests.
func (m *matcher) speaksOf(e *Entry, in string) bool {
	return m.rules[e.Rule] && m.spokenOf(e.Path) && (in == "" || m.targets[in] || m.renamed(in) && m.speaks(m.folders, folderOf(in)))
}

func (m *matcher) outcome() Outcome {
	o := Outcome{}
	taken, unseen := make([][]string, len(m.entries)), make([][]string, len(m.entries))
	for _, slots := range m.slots {
		for _, s := range slots {
			switch {
			case s.taken:
				taken[s.entry] = append(taken[s.entry], s.in)
			case !m.speaksOf(&m.entries[s.entry], s.in):
				unseen[s.entry] = append(unseen[s.entry], s.in)
			}
		}
	}
	for i, e := range m.entries {
		if stays := slices.Concat(taken[i], unseen[i]); len(stays) > 0 {
			o.left = append(o.left, e.within(stays))
		} else {
			o.Gone = append(o.Gone, e)
		}
		if len(unseen[i]) > 0 {
			o.unseen = append(o.unseen, e.within(unseen[i]))
		}
	}
	return o
}

// within is the entry in some of the charts and overlays in which it shows.
func (e Entry) within(in []string) Entry {
	if len(e.In) > 0 {
		slices.Sort(in)
		e.In = in
	}
	return e
}
