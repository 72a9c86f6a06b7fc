package lint

import (
	"github.com/seaworthy-lint/seaworthy/lint/manifest"
)

// Report is all that a run found out: what formatters write.
type Report struct {
	// Rules are the rules that ran, by id.
	Rules []*Rule
	// Findings are the findings by file and place, without notes unless they
	// were asked for.
	Findings []*Finding
	// Folded are the findings that a stronger rule on the same unit hides.
	Folded []*Finding
	// Suppressed are the findings that a suppression or a baseline lets be, by
	// file and place. They pass no gate.
	Suppressed []*Finding
	// Resources are the resources that a rule judged, in the order of their
	// documents.
	Resources []*Resource
	// Documents are all documents that were found, in order.
	Documents []*manifest.Document
	// Targets tells of the path of each chart and overlay that was rendered
	// whether all of it could be judged.
	Targets map[string]bool
	// Unknown are the values that could not be told, by rule and place.
	Unknown []Unknown
	// Baseline is what came of comparing with a baseline; nil without one.
	Baseline *BaselineCounts
	// Profile names the profile that chose the rules.
	Profile string
	Version Version
	// ExitStatus is what the program will exit with.
	ExitStatus int
	// ToolVersion is the version of the program.
	ToolVersion string

	settings *settings // with which Check judged; nil for a report made otherwise

	unasked []*Finding // notes that were not asked for
}

// BaselineCounts sum up the comparison of a report with a baseline.
type BaselineCounts struct {
	// File is how the baseline was named. Known are its findings that are still
	// there, Gone those that are not.
	File        string
	Known, Gone int
}

// Resource is one resource with its score.
type Resource struct {
	Object   *manifest.Object
	Document *manifest.Document
	Target   manifest.Target
	Score    Score
}

// Unknown is a value that a rule could not tell.
type Unknown struct {
	Rule   *Rule
	Object *manifest.Object
	Span   manifest.Span
	Reason string
}

// Count counts the findings of a severity that are no notes.
func (r *Report) Count(s Severity) int {
	count := 0
	for _, f := range r.Findings {
		if !f.Note && f.Severity == s {
			count++
		}
	}
	return count
}

// Unjudged are the documents that may hold what should have been judged and
// was not.
func (r *Report) Unjudged() []*manifest.Document {
	var docs []*manifest.Document
	for _, d := range r.Documents {
		if d.Status.Unjudged() {
			docs = append(docs, d)
		}
	}
	return docs
}

// ByStatus counts the documents of each status.
func (r *Report) ByStatus() map[manifest.Status]int {
	counts := map[manifest.Status]int{}
	for _, d := range r.Documents {
		counts[d.Status]++
	}
	return counts
}
