// Package formatters writes reports: a file for each format, and a map of
// them. A formatter opens nothing, reads no environment and decides nothing.
package formatters

import (
	"io"
	"slices"

	"github.com/seaworthy-lint/seaworthy/lint"
)

// Options say how a report is to look. The zero value is plain text with the
// coverage of what was not linted.
type Options struct {
	// Color allows terminal colours.
	Color bool
	// FullCoverage lists every document, not only those that were not linted.
	FullCoverage bool
	// Quiet leaves everything out of a text report but the findings and what
	// could not be judged.
	Quiet bool
	// Suppressed lists suppressed findings in a text report, which else only
	// counts them.
	Suppressed bool
	// SARIFFull keeps suppressed findings in a SARIF log, which GitHub would
	// take for open alerts.
	SARIFFull bool
}

// Formatter writes a report.
type Formatter func(w io.Writer, r *lint.Report, o Options) error

// All are the formats by name.
var All = map[string]Formatter{
	"json":    JSON,
	"jsonl":   JSONLines,
	"kubesec": kubesec,
	"sarif":   SARIF,
	"text":    Text,
}

// relatedPlaces are the places that belong to a finding, and what its object
// came through.
func relatedPlaces(f *lint.Finding) []lint.Related {
	places := slices.Clone(f.Related)
	if f.Object != nil {
		for _, via := range f.Object.Via {
			places = append(places, lint.Related(via))
		}
	}
	return places
}
