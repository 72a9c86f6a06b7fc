package config

import (
	"cmp"
	"fmt"
	"reflect"
	"slices"
	"strconv"
	"strings"

	"github.com/seaworthy-lint/seaworthy/lint"
	"github.com/seaworthy-lint/seaworthy/lint/manifest"
)

// Explanation is what holds for a file, and why.
type Explanation struct {
	Path string
	// Files are the configuration files that hold, the nearest last.
	Files []string
	// Excluded says why the file is not judged; empty for one that is.
	Excluded *Fact
	Settings []Fact
	// Running counts the rules that run. Rules are those of which something is
	// said beyond the profile or the selection: what runs beside it, what does
	// not, severities and parameters; and at last what chose the others.
	Running int
	Rules   []Fact
	// Overrides are for some objects of the file only, in the order in which
	// they are applied; Others are the rest that is said of objects.
	Overrides, Others []Fact
}

// Fact is one setting with its origin.
type Fact struct {
	Name, Value string
	Origin      Origin
}

// Explain tells what holds for the file of a report path.
func (t *Tree) Explain(file string) Explanation {
	t.lock.Lock()
	defer t.lock.Unlock()
	s := t.scope(file)
	x := Explanation{Path: file}
	for _, c := range s.configs {
		x.Files = append(x.Files, c.file.Path)
		x.Others = append(x.Others, c.others(file)...)
	}
	if s.excluded.value != "" {
		x.Excluded = &Fact{"excluded", s.excluded.value, s.excluded.origin}
	}
	e := t.resolved(s, s.layers(nil))
	x.Settings = e.facts()
	x.Running = len(e.Rules)
	x.Rules = e.ruleFacts(t.catalogue)
	for _, step := range s.steps {
		if step.selector.readsObjects() {
			x.Overrides = append(x.Overrides, Fact{step.selector.String(), step.String(), step.origin})
		}
	}
	return x
}

var boundsNames = map[manifest.Bounds]string{manifest.Open: "open", manifest.Closed: "closed"}

func (e *Effective) facts() []Fact {
	gate, score := "never", "none"
	if e.FailOn != 0 {
		gate = e.FailOn.String()
	}
	if e.MinScore != nil {
		score = strconv.Itoa(*e.MinScore)
	}
	return []Fact{
		{"profile", e.Profile.String(), e.origins.profile},
		{"scope", cmp.Or(boundsNames[e.Bounds], "neither open nor closed"), e.origins.bounds},
		{"fail-on", gate, e.origins.failOn},
		{"min-score", score, e.origins.minScore},
	}
}

// ruleFacts are what is said of single rules.
func (e *Effective) ruleFacts(catalogue Catalogue) []Fact {
	var facts []Fact
	for _, r := range catalogue.Rules {
		c := e.origins.choices[r]
		switch {
		case c.runs() && !c.base:
			facts = append(facts, Fact{r.ID, "on", c.why})
		case !c.runs() && c.base:
			facts = append(facts, Fact{r.ID, "off", c.why})
		}
		if origin, ok := e.origins.severities[r]; ok {
			facts = append(facts, Fact{r.ID, "severity: " + e.Tuned[r].Severity.String(), origin})
		}
		for _, p := range e.origins.parameters[r] {
			value := reflect.ValueOf(e.Tuned[r].Params).Elem().Field(p.field).Interface()
			facts = append(facts, Fact{r.ID, p.name + ": " + valueText(value), p.origin()})
		}
	}
	all := Fact{"all others", "as in profile " + e.Profile.String(), e.origins.profile}
	if e.origins.selects != nil {
		all.Value, all.Origin = "only what is selected", *e.origins.selects
	}
	return append(facts, all)
}

// others are what a file says of objects, as far as it concerns the file of a
// report path.
func (c *Config) others(file string) []Fact {
	var facts []Fact
	for _, x := range c.external {
		facts = append(facts, Fact{"external", x.String(), x.origin})
	}
	for _, s := range c.suppressions {
		if s.Path == "" || lint.MatchesPath(s.Path, file) {
			facts = append(facts, Fact{"suppression", strings.Join(s.Rules, ", "), Origin{
				File: s.Span.File.Path, Line: s.Span.File.Position(s.Span.Start).Line,
			}})
		}
	}
	return facts
}

func (e external) String() string {
	text := e.kind + " " + cmp.Or(e.namespace, "*") + "/" + e.name
	if len(e.keys) > 0 {
		text += " with " + strings.Join(e.keys, ", ")
	}
	return text
}

func (s selector) String() string {
	var parts []string
	for _, list := range []struct {
		name  string
		items []string
	}{{"kinds", s.kinds}, {"namespaces", s.namespaces}} {
		if len(list.items) > 0 {
			parts = append(parts, list.name+" "+strings.Join(list.items, ", "))
		}
	}
	if len(s.labels) > 0 {
		parts = append(parts, "labels "+valueText(s.labels))
	}
	return strings.Join(parts, " and ")
}

// String lists what a layer says, in the words of its file.
func (l *layer) String() string {
	var parts []string
	add := func(name, value string) { parts = append(parts, name+": "+value) }
	if l.profile != nil {
		add("profile", l.profile.value.String())
	}
	if l.bounds != nil {
		add("scope", boundsNames[l.bounds.value])
	}
	for _, list := range []struct {
		name  string
		rules map[*lint.Rule]Origin
	}{{"select", l.selected}, {"extend-select", l.added}, {"ignore", l.ignored}} {
		if len(list.rules) > 0 {
			add(list.name, valueText(sortedIDs(list.rules)))
		}
	}
	if l.failOn != nil {
		add("fail-on", cmp.Or(l.failOn.value.String(), "never"))
	}
	if l.minScore != nil {
		add("min-score", strconv.Itoa(l.minScore.value))
	}
	return strings.Join(append(parts, l.tuning()...), "; ")
}

func sortedIDs(rules map[*lint.Rule]Origin) []string {
	var ids []string
	for r := range rules {
		ids = append(ids, r.ID)
	}
	slices.Sort(ids)
	return ids
}

// tuning lists severities and parameters, by rule.
func (l *layer) tuning() []string {
	var parts []string
	for r, set := range l.severities {
		parts = append(parts, fmt.Sprintf("%s severity: %s", r.ID, set.value))
	}
	for r, set := range l.parameters {
		params := reflect.ValueOf(withParameters(r, set)).Elem()
		for _, p := range set {
			parts = append(parts, fmt.Sprintf("%s %s: %s", r.ID, p.name, valueText(params.Field(p.field).Interface())))
		}
	}
	slices.Sort(parts)
	return parts
}
