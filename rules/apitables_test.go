package rules

import (
	"maps"
	"os"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/seaworthy-lint/seaworthy/lint/manifest"
)

// life is a row of the table of API versions in a form that compares: the
// minor releases of deprecation and removal, and what comes after.
type life struct {
	deprecated, gone int
	successors       string
}

// TestAPIVersionTable holds the table against the one of the design, where it
// stands beside the checkout.
func TestAPIVersionTable(t *testing.T) {
	const name = "shared/design/rules-table-api-lifecycle.tsv"
	path := beside(t, name)
	if path == "" {
		t.Skipf("no %s beside the checkout: the table is not checked", name)
	}
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	want := map[string]life{}
	for _, line := range strings.Split(strings.TrimSpace(string(text)), "\n")[1:] {
		maps.Copy(want, lives(t, strings.Split(line, "\t")))
	}
	got := map[string]life{}
	for _, row := range apiVersionTable {
		l := life{deprecated: row.deprecated, gone: row.gone}
		for _, s := range row.successors {
			l.successors += s.name + " " + s.kind + " since " + strconv.Itoa(s.since) + "; "
		}
		for _, kind := range row.kinds {
			if apiVersionOf(row.name, kind).deprecated != row.deprecated {
				t.Errorf("%s %s stands twice", row.name, kind)
			}
			got[row.name+" "+kind] = l
		}
	}
	if len(want) < 100 {
		t.Errorf("only %d rows read", len(want))
	}
	for key := range maps.Keys(want) {
		if got[key] != want[key] {
			t.Errorf("%s is %+v, in the design %+v", key, got[key], want[key])
		}
	}
	if len(got) != len(want) {
		t.Errorf("%d rows, in the design %d", len(got), len(want))
	}
}

var (
	inBrackets = regexp.MustCompile(`\s*\([^)]*\)`)
	minor      = regexp.MustCompile(`1\.(\d+)`)
	successors = regexp.MustCompile(`([\w.-]+/)?(v\d\w*)(?: (\w+))?(?: \(([^)]*)\))?`)
)

// lives are the kinds of a row of the design's table.
func lives(t *testing.T, cells []string) map[string]life {
	t.Helper()
	row := map[string]life{}
	kinds := strings.Split(inBrackets.ReplaceAllString(cells[1], ""), ", ")
	if cells[1] == "all" {
		kinds = kubeadmKinds
	}
	for _, kind := range kinds {
		l := life{deprecated: minorIn(cells[2]), gone: minorIn(cells[3]), successors: successorsIn(cells[4], kind)}
		for i, version := range strings.Split(cells[0], ", ") {
			if i > 0 {
				version = manifest.GroupOf(cells[0]) + "/" + version
			}
			row[version+" "+kind] = l
		}
	}
	return row
}

func minorIn(text string) int {
	m := minor.FindStringSubmatch(text)
	if m == nil {
		return 0
	}
	n, _ := strconv.Atoi(m[1])
	return n
}

// successorsIn reads "g/v1 (1.37), v1beta1 (1.35)", where the brackets may name
// the kinds one by one; a successor without brackets is EndpointSlice's, which
// came with 1.21.
func successorsIn(text, kind string) string {
	if strings.HasPrefix(text, "none") {
		return ""
	}
	group, all := "", ""
	for _, m := range successors.FindAllStringSubmatch(text, -1) {
		if m[1] != "" {
			group = m[1]
		}
		since := m[4]
		if i := strings.Index(since, kind+" "); i >= 0 {
			since = since[i:]
		}
		if since == "" {
			since = "1.21"
		}
		all += group + m[2] + " " + m[3] + " since " + strconv.Itoa(minorIn(since)) + "; "
	}
	return all
}

// TestSuccessors holds that what an API version is replaced by is served when
// it goes, where the table knows of anything.
func TestSuccessors(t *testing.T) {
	for _, row := range apiVersionTable {
		if !slices.IsSortedFunc(row.successors, func(a, b successor) int { return b.since - a.since }) {
			t.Errorf("%s: successors come newest first", row.name)
		}
		for _, s := range row.successors {
			if s.name == row.name || s.since > 37 {
				t.Errorf("%s: successor %+v", row.name, s)
			}
		}
	}
}
