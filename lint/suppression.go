package lint

import (
	"fmt"
	"time"

	"github.com/seaworthy-lint/seaworthy/lint/manifest"
)

// Suppression says that findings are to be let be, why, and until when.
// Whatever carries it, it means the same.
type Suppression struct {
	By Carrier
	// Tool is the other tool whose marker it is, as in Rule.Aliases; empty for
	// one of ours.
	Tool string
	// Rules name what is suppressed: ids and aliases, in any case, or tool:*
	// for every rule that covers a check of a tool.
	Rules []string
	// Reason says why; empty where nobody did.
	Reason string
	// Until is the last day on which it holds; empty for one without end.
	Until Date
	Selector
	// Span is where the marker stands: the comment, the annotation's key, the
	// entry.
	Span manifest.Span
}

// Selector narrows a suppression down. An empty field selects everything.
type Selector struct {
	// Path is a glob over the report path of the finding's file (doublestar
	// syntax).
	Path string
	// Kind, Name, Namespace and Container are globs (path.Match) over what the
	// finding is about.
	Kind, Name, Namespace, Container string
	// Field is the path of a field, with list items by index or by name, and
	// stands for all below it.
	Field string
	// Value is the value of the field, or "sha256:" and at least 12 hexadecimal
	// digits of its SHA-256 hash: another value is another finding.
	Value string
}

// Carrier is what holds a suppression.
type Carrier string

// Carriers of suppressions.
const (
	Comment    Carrier = "comment"
	Annotation Carrier = "annotation"
	Config     Carrier = "config"
	Baseline   Carrier = "baseline"
)

// Date is a day as YYYY-MM-DD. Dates compare as strings do; "" is none.
type Date string

// ParseDate reads a day as YYYY-MM-DD.
func ParseDate(text string) (Date, error) {
	if _, err := time.Parse(time.DateOnly, text); err != nil {
		return "", fmt.Errorf("%q is no date: use YYYY-MM-DD", text)
	}
	return Date(text), nil
}

// DateOf is the day of a moment, in UTC, so that a report does not depend on
// where it is made.
func DateOf(t time.Time) Date { return Date(t.UTC().Format(time.DateOnly)) }

// SuppressOptions say what suppresses findings beside the comments and
// annotations in the manifests.
type SuppressOptions struct {
	// Today decides what has expired.
	Today Date
	// Entries are the suppressions of the configuration.
	Entries []Suppression
	// Catalogue are all rules, also those that did not run: a suppression of a
	// rule outside the profile is neither unknown nor unused.
	Catalogue []*Rule
	// Whole tells that all was read that the entries may speak for, so that an
	// entry that matches nothing is of no use.
	Whole bool
	// Score keeps the points of suppressed findings in the score.
	Score bool
}
