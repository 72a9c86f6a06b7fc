package baseline

import (
	"slices"

	"github.com/seaworthy-lint/seaworthy/lint"
)

// Outcome is what came of comparing a report with a baseline.
type Outcome struct {
	// Known counts the findings that the baseline holds.
	Known int
	// Gone are the entries that nothing in the report answers to any more,
	// although the report could hold them.
	Gone []Entry
	// left are the entries that stay, without the charts and overlays in which
	// they no longer show.
	left []Entry
	// unseen are the entries of which the report says nothing, in the charts and
	// overlays of which it does not speak.
	unseen []Entry
}

// Apply marks the findings of a report that the baseline holds as suppressed
// by it, and those that a rule found which the baseline does not know. exists
// tells whether a file of the repository is there, for files that the report
// does not speak of. score keeps the points of what the baseline holds in the
// scores.
func (b *Baseline) Apply(report *lint.Report, score bool, exists func(path string) bool) Outcome {
	m := newMatcher(b, report, exists)
	units := m.units(accepted(report))
	for _, fits := range []fit{m.unchanged, m.elsewhere, m.underAnotherName} {
		m.match(units, fits)
	}
	known := map[*lint.Finding]bool{}
	for _, u := range units {
		held, seen := known[u.finding]
		known[u.finding] = u.held && (held || !seen)
	}
	report.LetBe(score, func(f *lint.Finding) *lint.Suppression {
		if known[f] {
			return &lint.Suppression{By: lint.Baseline, Reason: "in the baseline"}
		}
		return nil
	})
	outcome := m.outcome()
	for _, f := range report.Suppressed {
		if f.Suppressed.By == lint.Baseline {
			outcome.Known++
		}
	}
	for _, f := range report.Findings {
		f.NewRule = !slices.Contains(b.Rules, f.Rule.ID)
	}
	return outcome
}

// Updated is the baseline that accepts a report that it was compared with: what
// the report does not speak of stays.
func (b *Baseline) Updated(report *lint.Report, outcome Outcome) *Baseline {
	updated := Of(report)
	for _, rule := range b.Rules {
		if !slices.Contains(updated.Rules, rule) {
			updated.Rules = append(updated.Rules, rule)
		}
	}
	updated.Entries = append(updated.Entries, outcome.unseen...)
	updated.sort()
	updated.join()
	return updated
}

// Pruned is the baseline without the entries that are gone.
func (b *Baseline) Pruned(outcome Outcome) *Baseline {
	pruned := &Baseline{Rules: b.Rules, Entries: outcome.left}
	pruned.sort()
	return pruned
}
