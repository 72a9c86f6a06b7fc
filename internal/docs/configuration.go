package docs

import (
	_ "embed"
	"fmt"
	"strings"

	"github.com/seaworthy-lint/seaworthy/lint/config"
)

//go:embed configuration.md
var configurationProse string

// configurationPage describes the configuration: what it means, then each key
// and parameter.
func configurationPage(catalogue config.Catalogue) string {
	var b strings.Builder
	b.WriteString(configurationProse)
	b.WriteString("\n## Keys\n")
	for _, section := range config.Reference(catalogue) {
		if section.Name != "" {
			fmt.Fprintf(&b, "\n### `%s`\n", section.Name)
		}
		if section.Name == "overrides[]" {
			b.WriteString("\nBeside these, the keys from `profile` to `min-score` as at the top.\n")
		}
		b.WriteString("\n| key | value | |\n|---|---|---|\n")
		for _, k := range section.Keys {
			fmt.Fprintf(&b, "| `%s` | %s | %s |\n", k.Name, k.Type, k.Doc)
		}
	}
	b.WriteString("\n## Parameters of rules\n\n| rule | parameter | value | default | |\n|---|---|---|---|---|\n")
	for _, p := range config.Parameters(catalogue) {
		fmt.Fprintf(&b, "| [%s](rules/%s.md) | `%s` | %s | %s | %s |\n", p.Rule, p.Rule, p.Name, p.Type, p.Default, p.Doc)
	}
	return b.String()
}
