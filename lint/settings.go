package lint

import (
	"slices"
	"sync"

	"github.com/seaworthy-lint/seaworthy/lint/manifest"
)

// Settings say how an object is judged, and the findings in a file. They are
// shared and never change.
type Settings struct {
	// Rules are the rules to run, of those of the Options.
	Rules []*Rule
	// Tuned are the rules of which a severity or parameters are set.
	Tuned map[*Rule]Tuning
	// Bounds say what the absence of an object means; Bundle leaves that to
	// the target.
	Bounds manifest.Bounds
	// Strict, PodSecurity, Restricted and CIS are as in Options.
	Strict, PodSecurity, Restricted, CIS bool
	// External tells of objects that exist outside of what is in view, and of
	// their keys when key is not empty; nil when there are none.
	External func(group, kind, namespace, name, key string) bool
}

// Tuning is what is set of a rule.
type Tuning struct {
	// Severity replaces the rule's; 0 leaves it.
	Severity Severity
	// Params replace the rule's; nil leaves them.
	Params any
}

// tuned is the rule as the settings have it.
func (s *Settings) tuned(r *Rule) *Rule {
	params := s.Tuned[r].Params
	if params == nil {
		return r
	}
	tuned := *r
	tuned.Params = params
	return &tuned
}

// weigh gives a finding the severity that is set for its rule. What is less
// severe than its rule stays that far below it.
func (s *Settings) weigh(f *Finding) {
	if set := s.Tuned[f.Rule].Severity; set != 0 {
		below := max(f.Rule.Severity, f.Severity) - f.Severity
		f.Severity = max(Low, set-min(set, below))
	}
}

// bounds are those of an object of the target. Files that were named one by
// one stay a part of what is deployed, whatever is said of the whole.
func (s *Settings) bounds(t manifest.Target) manifest.Bounds {
	if s.Bounds == manifest.Bundle || t.Bounds == manifest.Files {
		return t.Bounds
	}
	return s.Bounds
}

// settings finds the settings of objects and files.
type settings struct {
	// of is nil when all have the same.
	of   func(path string, o *manifest.Object) *Settings
	same *Settings

	byKind sync.Map // of kindRules to []*Rule
}

type kindRules struct {
	settings *Settings
	kind     kindOf
}

func newSettings(opts Options) *settings {
	return &settings{of: opts.Settings, same: &Settings{
		Rules: opts.Rules, Strict: opts.Strict, PodSecurity: opts.PodSecurity, Restricted: opts.Restricted, CIS: opts.CIS,
	}}
}

// at are the settings of an object, or of its part, in a file.
func (s *settings) at(file *manifest.File, o *manifest.Object) *Settings {
	if s.of == nil || file == nil {
		return s.same
	}
	return s.of(file.Path, o)
}

// runs tells whether a rule of the options is not off for an object, or for its
// part, in a file.
func (s *settings) runs(r *Rule, file *manifest.File, o *manifest.Object) bool {
	return s == nil || s.of == nil || slices.Contains(s.at(file, o).Rules, r)
}

// all are the settings of the files that an object comes from, those of its
// own file first. Only what is rendered comes from several.
func (s *settings) all(j job) []*Settings {
	own := s.at(j.doc.File, j.doc.Object)
	all := []*Settings{own}
	if s.of == nil || len(j.doc.Object.Via) == 0 && j.set.Target.Type == "plain" {
		return all
	}
	last := j.doc.File
	seen := map[*manifest.File]bool{last: true}
	var visit func(n *manifest.Node)
	visit = func(n *manifest.Node) {
		if file := n.Span().File; file != last && file != nil {
			last = file
			if !seen[file] {
				seen[file] = true
				if of := s.at(file, j.doc.Object); !slices.Contains(all, of) {
					all = append(all, of)
				}
			}
		}
		for _, kid := range n.Kids {
			visit(kid)
		}
	}
	visit(j.doc.Object.Node)
	return all
}

// rules are those of the settings that read a kind.
func (s *settings) rules(of *Settings, kind kindOf) []*Rule {
	key := kindRules{of, kind}
	if known, ok := s.byKind.Load(key); ok {
		return known.([]*Rule)
	}
	var reading []*Rule
	for _, r := range of.Rules {
		if r.Kinds.Reads(kind.apiVersion, kind.kind, kind.hasPods) {
			reading = append(reading, r)
		}
	}
	s.byKind.Store(key, reading)
	return reading
}
