package lint

import (
	"cmp"
	"context"
	"slices"
	"strconv"

	"github.com/seaworthy-lint/seaworthy/lint/manifest"
	"github.com/seaworthy-lint/seaworthy/lint/par"
)

// Options say how to judge. The zero value judges nothing: it has no rules.
type Options struct {
	// Rules are the rules to run.
	Rules []*Rule
	// Version is the Kubernetes version to judge for.
	Version Version
	// Strict asks for the stricter reading of rules that have two.
	Strict bool
	// PodSecurity judges pods exactly as Pod Security Admission does.
	PodSecurity bool
	// Restricted asks Pod Security Admission's checks for the Restricted level
	// in place of Baseline: it forgives Windows pods and user namespaces what
	// Baseline does not, and the other way round.
	Restricted bool
	// CIS asks for the reading of the CIS benchmark of rules that are milder
	// elsewhere.
	CIS bool
	// Notes keeps findings that only a fuller context could turn into
	// failures.
	Notes bool
	// Settings are those of an object in the file of a path; nil when the
	// options are those of all. Several goroutines may ask at once, and the
	// same settings come back as the same pointer.
	Settings func(path string, o *manifest.Object) *Settings
	// Jobs is how many objects are judged at once; all processors when less
	// than one.
	Jobs int
}

// Check runs the rules over the objects of each set.
func Check(ctx context.Context, sets []*manifest.Set, opts Options) (*Report, error) {
	report := &Report{Rules: slices.Clone(opts.Rules), Version: opts.Version, Targets: rendered(sets)}
	slices.SortFunc(report.Rules, func(a, b *Rule) int { return cmp.Compare(a.ID, b.ID) })
	var jobs []job
	failures := map[failure]bool{}
	for _, set := range sets {
		set.Index()
		for _, d := range set.Documents {
			redactReason(d)
			if d.Number == 0 && d.Status.Unjudged() && d.Object == nil {
				key := failure{d.File.Path, d.Reason, d.Span.Start}
				if failures[key] {
					continue
				}
				failures[key] = true
			}
			report.Documents = append(report.Documents, d)
			if d.Object != nil {
				jobs = append(jobs, job{set: set, doc: d})
			}
		}
	}
	opts.Rules = report.Rules
	report.settings = newSettings(opts)
	c := &checker{settings: report.settings, version: opts.Version}
	judged, err := par.Map(ctx, opts.Jobs, jobs, nil, c.judge)
	if err != nil {
		return nil, err
	}
	for _, j := range judged {
		report.add(j, opts.Notes)
	}
	report.finish()
	return report, nil
}

// rendered tells of each rendered target whether all of it could be judged.
func rendered(sets []*manifest.Set) map[string]bool {
	targets := map[string]bool{}
	for _, set := range sets {
		if set.Target.Rendered() {
			targets[set.Target.Path] = !slices.ContainsFunc(set.Documents, func(d *manifest.Document) bool { return d.Status.Unjudged() })
		}
	}
	return targets
}

// failure is what could not be rendered: overlays that share a base share it.
type failure struct {
	file, reason string
	start        int
}

type job struct {
	set *manifest.Set
	doc *manifest.Document
}

// judgement is what all rules said of one object.
type judgement struct {
	doc      *manifest.Document
	resource *Resource // nil when no rule reads the object
	findings []*Finding
	unknown  []Unknown
}

type checker struct {
	settings *settings
	version  Version
}

// kindOf is what decides which rules read an object.
type kindOf struct {
	apiVersion, kind string
	hasPods          bool
}

func kindOfObject(o *manifest.Object) kindOf {
	return kindOf{o.APIVersion, o.Kind, len(o.Pods()) > 0}
}

func (c *checker) judge(j job) judgement {
	o := j.doc.Object
	result := judgement{doc: j.doc}
	var ran []outcome
	all := c.settings.all(j)
	for i, s := range all {
		for _, r := range c.settings.rules(s, kindOfObject(o)) {
			v := c.run(j, s, r)
			if v == nil {
				continue
			}
			if c.settings.of != nil {
				c.keep(v, o, r, s, all)
			}
			ran = addOutcome(ran, r, v, i > 0)
		}
	}
	if len(ran) == 0 {
		return result
	}
	for _, out := range ran {
		for _, f := range out.findings {
			f.target = j.set.Target
		}
		result.findings = append(result.findings, out.findings...)
		for _, u := range out.unknown {
			result.unknown = append(result.unknown, Unknown{Rule: out.rule, Object: o, Span: u.at, Reason: u.reason})
		}
	}
	redact(j, &result)
	fold(result.findings)
	resource := &Resource{Object: o, Document: j.doc, Target: j.set.Target, Score: Score{outcomes: map[*Rule]Outcome{}}}
	for _, out := range ran {
		if out.rule.Scope.Wide() && o.Kind != "Namespace" {
			continue
		}
		resource.Score.add(out.rule, out.verdict, slices.ContainsFunc(out.findings, func(f *Finding) bool { return f.FoldedInto == "" && !f.Note }))
	}
	result.resource = resource
	return result
}

// outcome is what a rule said of an object.
type outcome struct {
	rule *Rule
	*verdict
}

// addOutcome takes up what a rule said. The settings of another file than the
// object's own add only what they find.
func addOutcome(ran []outcome, r *Rule, v *verdict, elsewhere bool) []outcome {
	if !elsewhere {
		return append(ran, outcome{r, v})
	}
	if len(v.findings)+len(v.unknown) == 0 {
		return ran
	}
	for _, out := range ran {
		if out.rule == r {
			out.findings = append(out.findings, v.findings...)
			out.unknown = append(out.unknown, v.unknown...)
			return ran
		}
	}
	return append(ran, outcome{r, v})
}

// run runs a rule as the settings have it; nil when it failed.
func (c *checker) run(j job, s *Settings, r *Rule) *verdict {
	p := &Pass{
		Rule: s.tuned(r), Object: j.doc.Object, Set: j.set, Bounds: s.bounds(j.set.Target), Version: c.version,
		Strict: s.Strict, Restricted: s.Restricted, CIS: s.CIS, external: s.External, result: &verdict{},
	}
	check := r.Check
	if s.PodSecurity && r.PodSecurity != nil {
		check = r.PodSecurity
	}
	if !survives(check, p) {
		j.doc.Status, j.doc.Reason = manifest.ParseError, "internal error in rule "+r.ID+": please report it with the document"
		return nil
	}
	for _, f := range p.result.findings {
		f.Rule = r
	}
	return p.result
}

// keep leaves of what a rule said, run by the settings s, what lies in files
// that have these settings, at the severity that is set. The object's own
// settings, the first of all, speak also for files that were not known to
// belong to it, unless the rule is off there.
func (c *checker) keep(v *verdict, o *manifest.Object, r *Rule, s *Settings, all []*Settings) {
	speaks := func(at *Settings) bool {
		return at == s || s == all[0] && !slices.Contains(all, at) && slices.Contains(at.Rules, r)
	}
	v.findings = slices.DeleteFunc(v.findings, func(f *Finding) bool {
		at := c.settings.at(f.Span.File, o)
		if !speaks(at) {
			return true
		}
		at.weigh(f)
		return false
	})
	v.unknown = slices.DeleteFunc(v.unknown, func(u unknownValue) bool { return !speaks(c.settings.at(u.at.File, o)) })
}

// survives runs a check and tells whether it came to its end: a bug in a rule
// must not cost the rest of the input, and must not pass for a clean result.
func survives(check func(*Pass), p *Pass) (ok bool) {
	defer func() {
		if recover() != nil {
			p.result = &verdict{}
			ok = false
		}
	}()
	check(p)
	return true
}

// fold marks the findings that a stronger rule reports for the same unit.
func fold(findings []*Finding) {
	type hiddenItem struct{ rule, item string }
	byItem, byRule := map[hiddenItem][]*Finding{}, map[string][]*Finding{}
	for _, strong := range findings {
		if strong.Note {
			continue
		}
		for _, rule := range strong.Rule.Hides {
			byRule[rule] = append(byRule[rule], strong)
			byItem[hiddenItem{rule, strong.Item}] = append(byItem[hiddenItem{rule, strong.Item}], strong)
		}
	}
	for _, weak := range findings {
		candidates := byRule[weak.Rule.ID]
		if weak.Item != "" {
			candidates = slices.Concat(byItem[hiddenItem{weak.Rule.ID, ""}], byItem[hiddenItem{weak.Rule.ID, weak.Item}])
		}
		for _, strong := range candidates {
			if strong.covers(weak) {
				weak.FoldedInto = strong.Rule.ID
				break
			}
		}
	}
}

// covers tells whether a finding is about the unit of another one, or about a
// larger one that holds it.
func (f *Finding) covers(other *Finding) bool {
	return (f.pod == nil || f.pod == other.pod) &&
		(f.Container == "" || f.Container == other.Container && f.Role == other.Role) &&
		(f.Item == "" || other.Item == "" || f.Item == other.Item)
}

func (r *Report) add(j judgement, notes bool) {
	if j.resource == nil {
		if j.doc.Status != manifest.Linted {
			return
		}
		j.doc.Status, j.doc.Reason = manifest.NoRulesForKind, "no selected rule reads this kind"
		return
	}
	if !manifest.OfTool(j.doc.Object.APIVersion) {
		r.Resources = append(r.Resources, j.resource)
	}
	r.Unknown = append(r.Unknown, j.unknown...)
	for _, f := range j.findings {
		switch {
		case f.Note && !notes:
			r.unasked = append(r.unasked, f)
		case f.FoldedInto != "":
			r.Folded = append(r.Folded, f)
		default:
			r.Findings = append(r.Findings, f)
		}
	}
}

// finish sorts findings, makes one of those that several targets share, and
// gives each its fingerprint.
func (r *Report) finish() {
	for _, list := range []*[]*Finding{&r.Findings, &r.Folded} {
		slices.SortStableFunc(*list, compareFindings)
		*list = mergeTargets(*list)
		fingerprint(*list)
	}
}

// fingerprint gives each of some sorted findings its fingerprint.
func fingerprint(sorted []*Finding) {
	seen := map[string]int{}
	for _, f := range sorted {
		f.Fingerprint = hash(f.identity())
		if seen[f.Fingerprint]++; seen[f.Fingerprint] > 1 {
			f.Fingerprint = hash(f.identity() + "\x00" + strconv.Itoa(seen[f.Fingerprint]))
		}
	}
}

// mergeTargets makes one finding of those that say the same of the same place:
// a defect in a base shows in each overlay that uses it.
func mergeTargets(sorted []*Finding) []*Finding {
	type key struct {
		file, rule, container, field, item, value string
		start                                     int
	}
	first := map[key]*Finding{}
	merged := sorted[:0]
	for _, f := range sorted {
		k := key{f.Span.File.Path, f.Rule.ID, f.Container, f.stableField, f.Item, f.Value, f.Span.Start}
		known := first[k]
		switch {
		case known == nil:
			first[k] = f
			merged = append(merged, f)
		case known.target != f.target:
			known.merged = append(known.merged, f)
			known.relateAll(f.Related)
			if !slices.Contains(known.AlsoIn, f.target.Path) {
				known.AlsoIn = append(known.AlsoIn, f.target.Path)
			}
		case known.target == f.target && known.Object != f.Object:
			merged = append(merged, f)
		}
	}
	return merged
}

func compareFindings(a, b *Finding) int {
	return cmp.Or(
		cmp.Compare(a.Span.File.Path, b.Span.File.Path),
		cmp.Compare(a.Span.Start, b.Span.Start),
		cmp.Compare(b.Severity, a.Severity),
		cmp.Compare(a.Rule.ID, b.Rule.ID),
		cmp.Compare(a.Container, b.Container),
		cmp.Compare(a.Message, b.Message),
	)
}
