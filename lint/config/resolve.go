package config

import (
	"slices"

	"github.com/seaworthy-lint/seaworthy/lint"
	"github.com/seaworthy-lint/seaworthy/lint/manifest"
)

// Effective is what holds for an object in a file.
type Effective struct {
	lint.Settings
	Profile lint.Profile
	// FailOn is the gate; 0 is none.
	FailOn lint.Severity
	// MinScore is the least score that passes the gate; nil when any does.
	MinScore *int

	origins origins
}

// origins are where the settings come from. What none says is the default.
type origins struct {
	profile, bounds, failOn, minScore Origin
	selects                           *Origin // nil when the profile chooses the rules
	choices                           map[*lint.Rule]choice
	severities                        map[*lint.Rule]Origin
	parameters                        map[*lint.Rule][]tunedParameter
}

// defaultGate is the gate when nothing is said of one.
const defaultGate = lint.Medium

// defaultProfile is the profile when none is named.
const defaultProfile = "default"

// choice is whether a rule runs, as the layers decide one after the other.
type choice struct {
	base, added, ignored bool
	// why is the layer's word that was the last to matter.
	why Origin
}

func (c choice) runs() bool { return (c.base || c.added) && !c.ignored }

// through is the choice after a layer: a profile or a selection decides anew
// what runs; what is named stands over what is not.
func (c choice) through(l *layer, r *lint.Rule) choice {
	if l.profile != nil {
		c.base, c.why = r.InProfile(l.profile.value.Name), l.profile.origin
	}
	if l.selects != nil {
		at, selected := l.selected[r]
		c = choice{base: selected, ignored: c.ignored && !selected, why: *l.selects}
		if selected {
			c.why = at
		}
	}
	if at, ok := l.added[r]; ok {
		c.added, c.ignored, c.why = true, false, at
	}
	if at, ok := l.ignored[r]; ok {
		c.added, c.ignored, c.why = false, true, at
	}
	return c
}

// resolve puts layers together, the nearest last.
func resolve(catalogue Catalogue, layers []*layer, externals []external) *Effective {
	e := &Effective{FailOn: defaultGate, Profile: lint.Profile{Name: defaultProfile, Version: lint.ProfileVersion}}
	e.origins = origins{
		choices: map[*lint.Rule]choice{}, severities: map[*lint.Rule]Origin{}, parameters: map[*lint.Rule][]tunedParameter{},
	}
	for _, l := range layers {
		e.take(l)
	}
	e.Strict, e.PodSecurity, e.Restricted, e.CIS = e.Profile.Strict(), e.Profile.PodSecurity(), e.Profile.Restricted(), e.Profile.CIS()
	e.Tuned = map[*lint.Rule]lint.Tuning{}
	for _, r := range catalogue.Rules {
		c := choice{base: r.InProfile(defaultProfile)}
		for _, l := range layers {
			c = c.through(l, r)
			e.tune(l, r)
		}
		e.origins.choices[r] = c
		if c.runs() {
			e.Rules = append(e.Rules, r)
		}
		if set := e.origins.parameters[r]; len(set) > 0 {
			e.Tuned[r] = lint.Tuning{Severity: e.Tuned[r].Severity, Params: withParameters(r, set)}
		}
	}
	if len(externals) > 0 {
		e.External = func(group, kind, namespace, name, key string) bool {
			return slices.ContainsFunc(externals, func(x external) bool { return x.holds(group, kind, namespace, name, key) })
		}
	}
	return e
}

func (e *Effective) take(l *layer) {
	if l.profile != nil {
		e.Profile, e.origins.profile, e.origins.selects = l.profile.value, l.profile.origin, nil
	}
	if l.selects != nil {
		e.origins.selects = l.selects
	}
	if l.bounds != nil {
		e.Bounds, e.origins.bounds = l.bounds.value, l.bounds.origin
	}
	if l.failOn != nil {
		e.FailOn, e.origins.failOn = l.failOn.value, l.failOn.origin
	}
	if l.minScore != nil {
		e.MinScore, e.origins.minScore = &l.minScore.value, l.minScore.origin
	}
}

// tune takes over what a layer sets of a rule; each parameter by itself.
func (e *Effective) tune(l *layer, r *lint.Rule) {
	if set, ok := l.severities[r]; ok {
		e.Tuned[r] = lint.Tuning{Severity: set.value}
		e.origins.severities[r] = set.origin
	}
	for _, p := range l.parameters[r] {
		set := slices.DeleteFunc(e.origins.parameters[r], func(earlier tunedParameter) bool { return earlier.field == p.field })
		e.origins.parameters[r] = append(set, p)
	}
}

// scope is what holds in a file: its layers, of which some are for some of its
// objects only.
type scope struct {
	configs   []*Config // the nearest last
	steps     []override
	externals []external
	// excluded says why the file is not to be judged; empty for one that is.
	excluded setting[string]
	// byObject tells that objects of the file may differ.
	byObject bool
	// same is what holds for the objects of a file when they do not differ.
	same *Effective
}

// layers are those that hold for an object.
func (s *scope) layers(o *manifest.Object) []*layer {
	var layers []*layer
	for _, step := range s.steps {
		if step.selector.choosesObject(o) {
			layers = append(layers, step.layer)
		}
	}
	return layers
}

// possible are the rules that may run for some object.
func (s *scope) possible(catalogue Catalogue) []*lint.Rule {
	var rules []*lint.Rule
	for _, r := range catalogue.Rules {
		choices := []choice{{base: r.InProfile(defaultProfile)}}
		for _, step := range s.steps {
			choices = throughStep(choices, step, r)
		}
		if slices.ContainsFunc(choices, choice.runs) {
			rules = append(rules, r)
		}
	}
	return rules
}

// throughStep are the choices after a layer that holds for some objects, or
// for all. There are never more than the states of a choice.
func throughStep(choices []choice, step override, r *lint.Rule) []choice {
	var after []choice
	add := func(c choice) {
		c.why = Origin{}
		if !slices.Contains(after, c) {
			after = append(after, c)
		}
	}
	for _, c := range choices {
		add(c.through(step.layer, r))
		if step.selector.readsObjects() || len(step.selector.paths) > 0 {
			add(c)
		}
	}
	return after
}
