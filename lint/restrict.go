package lint

import (
	"slices"

	"github.com/seaworthy-lint/seaworthy/lint/manifest"
)

// Restrict narrows a report to a part of what was judged, such as what some
// files cause: to the findings and documents of which the functions say so, and
// the resources of these. A nil function keeps all. Fingerprints stay those of
// the whole.
func (r *Report) Restrict(finding func(*Finding) bool, document func(*manifest.Document) bool) {
	defer r.countKnown()
	kept := map[*manifest.Object]bool{}
	for _, list := range []*[]*Finding{&r.Findings, &r.Folded, &r.Suppressed} {
		*list = slices.DeleteFunc(*list, func(f *Finding) bool { return finding != nil && !finding(f) })
		for _, f := range *list {
			kept[f.Object] = true
		}
	}
	if document == nil {
		return
	}
	r.Documents = slices.DeleteFunc(r.Documents, func(d *manifest.Document) bool { return !document(d) })
	r.Resources = slices.DeleteFunc(r.Resources, func(s *Resource) bool { return !kept[s.Object] && !document(s.Document) })
	judged := map[*manifest.Object]bool{}
	for _, s := range r.Resources {
		judged[s.Object] = true
	}
	r.Unknown = slices.DeleteFunc(r.Unknown, func(u Unknown) bool { return !judged[u.Object] })
}

// countKnown counts anew which findings of the baseline the report has.
func (r *Report) countKnown() {
	if r.Baseline == nil {
		return
	}
	r.Baseline.Known = 0
	for _, f := range r.Suppressed {
		if f.Suppressed.By == Baseline {
			r.Baseline.Known++
		}
	}
}

// LetBe moves the findings for which suppressed is not nil, folded ones too, to
// the suppressed ones, and leaves their points out unless score says otherwise.
func (r *Report) LetBe(score bool, suppressed func(*Finding) *Suppression) {
	for _, list := range []*[]*Finding{&r.Findings, &r.Folded} {
		*list = slices.DeleteFunc(*list, func(f *Finding) bool {
			if f.Suppressed = suppressed(f); f.Suppressed != nil {
				r.Suppressed = append(r.Suppressed, f)
			}
			return f.Suppressed != nil
		})
	}
	slices.SortStableFunc(r.Suppressed, compareFindings)
	if !score {
		r.leaveOutSuppressed()
	}
}
