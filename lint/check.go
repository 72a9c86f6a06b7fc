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
	// Notes keeps findings that only a fuller context could turn into
	// failures.
	Notes bool
	// Jobs is how many objects are judged at once; all processors when less
	// than one.
	Jobs int
}

// Check runs the rules over the objects of each set.
func Check(ctx context.Context, sets []*manifest.Set, opts Options) (*Report, error) {
	report := &Report{Rules: slices.Clone(opts.Rules), Version: opts.Version}
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
	c := newChecker(jobs, report.Rules, opts)
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
	rules map[kindOf][]*Rule
	opts  Options
}

// kindOf is what decides which rules read an object.
type kindOf struct {
	apiVersion, kind string
	hasPods          bool
}

func kindOfObject(o *manifest.Object) kindOf {
	return kindOf{o.APIVersion, o.Kind, len(o.Pods()) > 0}
}

// newChecker looks once for the rules that read each kind.
func newChecker(jobs []job, rules []*Rule, opts Options) *checker {
	c := &checker{rules: map[kindOf][]*Rule{}, opts: opts}
	for _, j := range jobs {
		k := kindOfObject(j.doc.Object)
		if _, known := c.rules[k]; known {
			continue
		}
		c.rules[k] = nil
		for _, r := range rules {
			if r.Kinds.Reads(k.apiVersion, k.kind, k.hasPods) {
				c.rules[k] = append(c.rules[k], r)
			}
		}
	}
	return c
}

func (c *checker) judge(j job) judgement {
	o := j.doc.Object
	resource := &Resource{Object: o, Document: j.doc, Target: j.set.Target, Score: Score{outcomes: map[*Rule]Outcome{}}}
	result := judgement{doc: j.doc}
	var verdicts []*verdict
	var ran []*Rule
	for _, r := range c.rules[kindOfObject(o)] {
		check := r.Check
		if c.opts.PodSecurity && r.PodSecurity != nil {
			check = r.PodSecurity
		}
		p := &Pass{Rule: r, Object: o, Set: j.set, Bounds: j.set.Target.Bounds, Version: c.opts.Version, Strict: c.opts.Strict, Restricted: c.opts.Restricted, result: &verdict{}}
		if !survives(check, p) {
			j.doc.Status, j.doc.Reason = manifest.ParseError, "internal error in rule "+r.ID+": please report it with the document"
			continue
		}
		verdicts, ran = append(verdicts, p.result), append(ran, r)
		for _, f := range p.result.findings {
			f.target = j.set.Target.Path
		}
		result.findings = append(result.findings, p.result.findings...)
		for _, u := range p.result.unknown {
			result.unknown = append(result.unknown, Unknown{Rule: r, Object: o, Span: u.at, Reason: u.reason})
		}
	}
	if len(ran) == 0 {
		return result
	}
	redact(j, &result)
	fold(result.findings)
	for i, r := range ran {
		if r.Scope.Wide() {
			continue
		}
		resource.Score.add(r, verdicts[i], slices.ContainsFunc(verdicts[i].findings, func(f *Finding) bool { return f.FoldedInto == "" && !f.Note }))
	}
	result.resource = resource
	return result
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
		seen := map[string]int{}
		for _, f := range *list {
			f.Fingerprint = hash(f.identity())
			if seen[f.Fingerprint]++; seen[f.Fingerprint] > 1 {
				f.Fingerprint = hash(f.identity() + "\x00" + strconv.Itoa(seen[f.Fingerprint]))
			}
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
		case known.target != f.target && !slices.Contains(known.AlsoIn, f.target):
			known.AlsoIn = append(known.AlsoIn, f.target)
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
