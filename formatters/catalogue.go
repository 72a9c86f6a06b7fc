package formatters

import (
	"cmp"
	"encoding/json"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/seaworthy-lint/seaworthy/lint"
)

// Catalogue are the formats in which the list of rules is written.
var Catalogue = map[string]func(io.Writer, []*lint.Rule) error{
	"text":     catalogueText,
	"json":     catalogueJSON,
	"markdown": catalogueMarkdown,
}

func catalogueText(w io.Writer, rules []*lint.Rule) error {
	var b strings.Builder
	width := 0
	for _, r := range rules {
		width = max(width, len(r.ID))
	}
	for _, r := range rules {
		fmt.Fprintf(&b, "%-8s  %-*s  %+3d  %s\n", r.Severity, width, r.ID, r.Points, r.Title)
	}
	fmt.Fprintf(&b, "\n%d rules; 'seaworthy explain RULE' says more of one\n", len(rules))
	_, err := io.WriteString(w, b.String())
	return err
}

// catalogueRule is a rule in the JSON list of rules.
type catalogueRule struct {
	ID         string       `json:"id"`
	Family     string       `json:"family"`
	Severity   string       `json:"severity"`
	Points     int          `json:"points"`
	Title      string       `json:"title"`
	Profiles   []string     `json:"profiles"`
	Kinds      []string     `json:"kinds"`
	Scope      lint.Scope   `json:"scope"`
	Aliases    []string     `json:"aliases"`
	References []string     `json:"references"`
	Fix        lint.FixKind `json:"fix"`
	FixText    string       `json:"fixText"`
}

func catalogueJSON(w io.Writer, rules []*lint.Rule) error {
	list := make([]catalogueRule, len(rules))
	for i, r := range rules {
		list[i] = catalogueRule{
			ID: r.ID, Family: r.Family, Severity: r.Severity.String(), Points: r.Points, Title: r.Title,
			Profiles: orEmpty(r.Profiles), Kinds: kindNames(r.Kinds), Scope: r.Scope,
			Aliases: orEmpty(r.Aliases), References: orEmpty(r.References), Fix: r.FixKind, FixText: r.Fix,
		}
	}
	enc := json.NewEncoder(w)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "  ")
	return enc.Encode(list)
}

func orEmpty(list []string) []string {
	if list == nil {
		return []string{}
	}
	return list
}

func kindNames(k lint.Kinds) []string {
	names := []string{}
	if k.Any {
		names = append(names, "any")
	}
	if k.Workloads {
		names = append(names, "workloads")
	}
	return append(names, k.Names...)
}

func catalogueMarkdown(w io.Writer, rules []*lint.Rule) error {
	var b strings.Builder
	b.WriteString("# Rules\n\nGenerated from the code by `go generate ./...`. `seaworthy explain RULE` says the same on the terminal.\n\n")
	b.WriteString("Points are added to a resource's score: negative ones once when a rule fails anywhere in it, positive ones when everything it applies to complies.\n")
	family := ""
	for _, r := range byFamily(rules) {
		if r.Family != family {
			family = r.Family
			fmt.Fprintf(&b, "\n## %s\n\n| rule | severity | points | what | fix | profiles |\n|---|---|---|---|---|---|\n", family)
		}
		fmt.Fprintf(&b, "| [%s](rules/%s.md) | %s | %+d | %s | %s: %s | %s |\n", r.ID, r.ID, r.Severity, r.Points, cell(r.Title), r.FixKind, cell(r.Fix), strings.Join(r.Profiles, " "))
	}
	_, err := io.WriteString(w, b.String())
	return err
}

// byFamily keeps the rules in order within their families.
func byFamily(rules []*lint.Rule) []*lint.Rule {
	sorted := slices.Clone(rules)
	slices.SortStableFunc(sorted, func(a, b *lint.Rule) int { return cmp.Compare(a.Family, b.Family) })
	return sorted
}

// cell is text that does not end its table cell.
func cell(text string) string { return strings.ReplaceAll(text, "|", `\|`) }
