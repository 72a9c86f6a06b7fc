// Package docs makes the pages of the documentation that come from the code.
package docs

import (
	"bytes"
	"fmt"
	"strings"

	"github.com/seaworthy-lint/seaworthy/formatters"
	"github.com/seaworthy-lint/seaworthy/lint"
	"github.com/seaworthy-lint/seaworthy/lint/config"
	"github.com/seaworthy-lint/seaworthy/rules"
)

// Pages are the generated pages by their path below docs: the list of rules, a
// page for each, and the page and the schema of the configuration.
func Pages() (map[string][]byte, error) {
	all := rules.All()
	var list bytes.Buffer
	if err := formatters.Catalogue["markdown"](&list, all); err != nil {
		return nil, fmt.Errorf("listing the rules: %w", err)
	}
	pages := map[string][]byte{"rules.md": list.Bytes()}
	catalogue := config.Catalogue{Rules: all, Profiles: rules.Profiles}
	schema, err := config.Schema(catalogue)
	if err != nil {
		return nil, err
	}
	pages["seaworthy.schema.json"] = schema
	pages["configuration.md"] = []byte(configurationPage(catalogue))
	for _, r := range all {
		pages["rules/"+r.ID+".md"] = []byte(page(r))
	}
	return pages, nil
}

// page is a rule's help with the facts that its table row has.
func page(r *lint.Rule) string {
	var b strings.Builder
	b.WriteString(formatters.HelpMarkdown(r))
	fmt.Fprintf(&b, "\n## Facts\n\n| | |\n|---|---|\n| family | %s |\n| severity | %s |\n| points | %+d |\n| judged | each %s |\n| profiles | %s |\n",
		r.Family, r.Severity, r.Points, r.Scope, strings.Join(r.Profiles, ", "))
	if len(r.Hides) > 0 {
		fmt.Fprintf(&b, "| hides on the same unit | %s |\n", strings.Join(r.Hides, ", "))
	}
	return b.String()
}
