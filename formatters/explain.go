package formatters

import (
	"io"
	"strings"

	"github.com/seaworthy-lint/seaworthy/lint"
)

// Explain writes all that is known of the rules, for a terminal.
func Explain(w io.Writer, rules []*lint.Rule) error {
	var texts []string
	for _, r := range rules {
		texts = append(texts, HelpText(r))
	}
	_, err := io.WriteString(w, strings.Join(texts, "\n"+strings.Repeat("-", 72)+"\n\n"))
	return err
}
