package formatters

import (
	"fmt"
	"io"
	"strings"

	"github.com/seaworthy-lint/seaworthy/lint"
)

// Unseen are the formats in which the recommendations of a benchmark are listed
// that no file shows, below the list of the rules that judge the others. The
// JSON list of rules has rules only.
var Unseen = map[string]func(w io.Writer, benchmark string, list []lint.Recommendation) error{
	"text":     unseenText,
	"markdown": unseenMarkdown,
}

func unseenText(w io.Writer, benchmark string, list []lint.Recommendation) error {
	var b strings.Builder
	fmt.Fprintf(&b, "\n%d recommendations of the %s show in no file, and are to be checked on the machines:\n\n", len(list), benchmark)
	for _, r := range list {
		fmt.Fprintf(&b, "%-8s  %s\n", r.Number, r.Title)
	}
	_, err := io.WriteString(w, b.String())
	return err
}

func unseenMarkdown(w io.Writer, benchmark string, list []lint.Recommendation) error {
	var b strings.Builder
	fmt.Fprintf(&b, "\n## What no file shows\n\nThese recommendations of the %s are to be checked on the machines.\n\n| recommendation | what |\n|---|---|\n", benchmark)
	for _, r := range list {
		fmt.Fprintf(&b, "| %s | %s |\n", r.Number, cell(r.Title))
	}
	_, err := io.WriteString(w, b.String())
	return err
}
