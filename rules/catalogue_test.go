package rules

import (
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/seaworthy-lint/seaworthy/lint"
)

// differences are where a rule differs from the catalogue on purpose: rule and
// column, and why.
var differences = map[[2]string]string{}

// TestCatalogueComplete requires every rule of the catalogue.
func TestCatalogueComplete(t *testing.T) {
	written := map[string]bool{}
	for _, r := range All() {
		written[r.ID] = true
	}
	for id := range readCatalogue(t) {
		if !written[id] {
			t.Errorf("%s is not written", id)
		}
	}
}

// TestCatalogue holds the rules against the catalogue of the design, where it
// stands beside the checkout.
func TestCatalogue(t *testing.T) {
	catalogue := readCatalogue(t)
	differed := map[[2]string]bool{}
	all := All()
	for _, r := range all {
		row, ok := catalogue[r.ID]
		if !ok {
			t.Errorf("%s: not in the catalogue", r.ID)
			continue
		}
		for column, got := range catalogueColumns(r) {
			want := row[column]
			if slices.Equal(got, want) {
				continue
			}
			key := [2]string{r.ID, column}
			differed[key] = true
			if differences[key] == "" {
				t.Errorf("%s: %s is %q, in the catalogue %q", r.ID, column, got, want)
			}
		}
	}
	for key := range differences {
		if !differed[key] {
			t.Errorf("%s: %s no longer differs from the catalogue", key[0], key[1])
		}
	}
	t.Logf("%d rules agree", len(all))
}

// catalogueColumns are the columns of the catalogue as the rule has them. The
// order of profiles means nothing, that of aliases and references is kept.
func catalogueColumns(r *lint.Rule) map[string][]string {
	return map[string][]string{
		"family":     {r.Family},
		"severity":   {r.Severity.String()},
		"points":     {strconv.Itoa(r.Points)},
		"profiles":   slices.Sorted(slices.Values(r.Profiles)),
		"scope":      {string(r.Scope)},
		"fix":        {string(r.FixKind)},
		"aliases":    r.Aliases,
		"references": r.References,
	}
}

// readCatalogue reads the rows of the catalogue by id and column.
func readCatalogue(t *testing.T) map[string]map[string][]string {
	t.Helper()
	const name = "shared/design/rules.tsv"
	path := beside(t, name)
	if path == "" {
		t.Skipf("no %s beside the checkout: the catalogue is not checked", name)
	}
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	lines := strings.Split(strings.TrimSpace(string(text)), "\n")
	header := strings.Split(lines[0], "\t")
	rows := map[string]map[string][]string{}
	for _, line := range lines[1:] {
		row := map[string][]string{}
		for i, cell := range strings.Split(line, "\t") {
			row[header[i]] = catalogueCell(header[i], cell)
		}
		rows[row["id"][0]] = row
	}
	return rows
}

func catalogueCell(column, cell string) []string {
	switch column {
	case "points":
		return []string{strings.TrimPrefix(cell, "+")}
	case "fix":
		kind, _, _ := strings.Cut(cell, ":")
		return []string{kind}
	case "profiles":
		return slices.Sorted(strings.FieldsSeq(cell))
	case "aliases", "references":
		if cell == "-" {
			return nil
		}
		return strings.Fields(cell)
	}
	return []string{cell}
}

// beside finds a file that stands beside an ancestor of the working directory;
// "" when there is none.
func beside(t *testing.T, name string) string {
	t.Helper()
	dir, err := filepath.Abs(".")
	if err != nil {
		t.Fatal(err)
	}
	for ; dir != filepath.Dir(dir); dir = filepath.Dir(dir) {
		path := filepath.Join(filepath.Dir(dir), filepath.FromSlash(name))
		if _, err := os.Stat(path); err == nil {
			return path
		}
	}
	return ""
}
