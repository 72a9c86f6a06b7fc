package formatters

import (
	"io"

	"github.com/seaworthy-lint/seaworthy/lint"
)

// Explain writes all that is known of the rules.
func Explain(w io.Writer, rules []*lint.Rule) error {
	for _, r := range rules {
		if _, err := io.WriteString(w, r.Title); err != nil {
			return err
		}
	}
	return nil
}
