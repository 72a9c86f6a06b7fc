package formatters

import (
	"bytes"
	"cmp"
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/seaworthy-lint/seaworthy/lint"
	"github.com/seaworthy-lint/seaworthy/lint/linttest"
	"github.com/seaworthy-lint/seaworthy/lint/manifest"
	"github.com/seaworthy-lint/seaworthy/rules"
)

// TestKubesecParity holds our reports against what kubesec itself printed for
// the same files, where these stand beside the checkout. Every report must
// have the same rules in the same lists and the same score, except those that
// testdata/kubesec_differences.tsv names; and for each of these the reason
// given there must be found true again.
func TestKubesecParity(t *testing.T) {
	base := parityFolder(t)
	known := parityDifferences(t)
	if have, want := len(kubesecRules()), len(parityIDs()); have != want {
		t.Fatalf("kubesec has %d rules, the profile %d", want, have)
	}
	counts := map[string]int{}
	for expectations, files := range map[string]string{
		"expected-assets.json": filepath.Join(base, "assets"),
		"expected-corpus.json": filepath.Join(base, "..", "..", "corpus", "plain"),
	} {
		expected := parityExpectations(t, filepath.Join(base, expectations))
		for _, name := range slices.Sorted(maps.Keys(expected)) {
			if expected[name].Error != "" {
				counts["files that kubesec gave up on"]++
				continue
			}
			content, err := os.ReadFile(filepath.Join(files, filepath.FromSlash(name)))
			if err != nil {
				t.Fatal(err)
			}
			for _, c := range parityCases(t, name, content, expected[name].Reports) {
				c.check(t, known, counts)
			}
		}
	}
	for key := range known {
		t.Errorf("kubesec_differences.tsv: %s no longer differs", strings.ReplaceAll(key, "\t", " "))
	}
	for _, what := range slices.Sorted(maps.Keys(counts)) {
		t.Logf("%4d %s", counts[what], what)
	}
}

// parityReport is one of the reports that kubesec printed.
type parityReport struct {
	Object                   string
	Score                    int
	Critical, Passed, Advise []string
}

// verdicts are the lists in which the rules stand, by their ids.
func (r *parityReport) verdicts() map[string]string {
	lists := map[string]string{}
	if r != nil {
		for list, ids := range map[string][]string{"critical": r.Critical, "passed": r.Passed, "advise": r.Advise} {
			for _, id := range ids {
				lists[id] = list
			}
		}
	}
	return lists
}

// points is the sum of the points of our rules that the report lists.
func (r *parityReport) points() int {
	sum := 0
	for _, rule := range kubesecRules() {
		if list := r.verdicts()[kubesecID(rule)]; list == "critical" || list == "passed" {
			sum += rule.Points
		}
	}
	return sum
}

// parityCase is a document with kubesec's report and ours; either is nil where
// there is none.
type parityCase struct {
	file string
	// nth counts the reports of the file on objects of the same name.
	nth       int
	want, got *parityReport
	doc       *manifest.Document
	// documents is how many documents the file holds.
	documents int
}

func (c *parityCase) object() string { return cmp.Or(c.want, c.got).Object }

// key is how kubesec_differences.tsv names the case.
func (c *parityCase) key() string {
	if c.nth > 0 {
		return fmt.Sprintf("%s\t%s#%d", c.file, c.object(), c.nth+1)
	}
	return c.file + "\t" + c.object()
}

// check compares both reports, and looks for the reasons of what differs.
func (c *parityCase) check(t *testing.T, known map[string]string, counts map[string]int) {
	counts["reports compared"]++
	for _, r := range []*parityReport{c.want, c.got} {
		if r != nil && r.Score != r.points() {
			t.Errorf("%s: the score is %d, the points are %d", c.key(), r.Score, r.points())
		}
	}
	reasons := c.differences(t)
	if len(reasons) == 0 {
		counts["reports equal"]++
		return
	}
	key, found := c.key(), strings.Join(reasons, " ")
	if known[key] != found {
		t.Errorf("unexpected difference, add it when it is kubesec's fault:\n%s\t%s", key, found)
	}
	delete(known, key)
	counts["reports explained"]++
	for _, reason := range reasons {
		counts["explained by "+reason]++
	}
}

// differences are the reasons why the reports differ, in order.
func (c *parityCase) differences(t *testing.T) []string {
	t.Helper()
	found := map[string]bool{}
	switch {
	case c.got == nil && c.want.Object == "Unknown" && c.documents == 0:
		return []string{"only-comments"} // no document at all, but a report of kubesec's
	case c.want == nil || c.got == nil:
		return []string{"UNEXPLAINED-REPORT"}
	}
	want, got := c.want.verdicts(), c.got.verdicts()
	for _, id := range parityIDs() {
		if want[id] == got[id] {
			continue
		}
		reason := "UNEXPLAINED:" + id + ":" + want[id] + ":" + got[id]
		for _, name := range slices.Sorted(maps.Keys(parityReasons)) {
			if parityReasons[name](parityDifference{t, c, id, want[id], got[id]}) {
				reason = name
				break
			}
		}
		found[reason] = true
	}
	return slices.Sorted(maps.Keys(found))
}

func parityFolder(t *testing.T) string {
	t.Helper()
	const name = "shared/parity/kubesec"
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
	t.Skipf("no %s beside the checkout: nothing to compare with", name)
	return ""
}

type parityExpectation struct {
	Error   string
	Reports []*parityReport
}

func parityExpectations(t *testing.T, path string) map[string]parityExpectation {
	t.Helper()
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	var expected map[string]parityExpectation
	if err := json.Unmarshal(text, &expected); err != nil {
		t.Fatal(err)
	}
	return expected
}

// parityDifferences reads the known differences: file, object and reasons.
func parityDifferences(t *testing.T) map[string]string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join("testdata", "kubesec_differences.tsv"))
	if err != nil {
		t.Fatal(err)
	}
	known := map[string]string{}
	for line := range strings.Lines(string(text)) {
		if strings.HasPrefix(line, "#") {
			continue
		}
		cells := strings.Split(strings.TrimSpace(line), "\t")
		if len(cells) != 3 {
			t.Fatalf("kubesec_differences.tsv: cannot read %q", line)
		}
		known[cells[0]+"\t"+cells[1]] = cells[2]
	}
	return known
}

// parityCases lints a file and pairs our reports with kubesec's, by the names
// of the objects.
func parityCases(t *testing.T, name string, content []byte, expected []*parityReport) []*parityCase {
	t.Helper()
	set := kubesecLoad(t, name, content)
	report := linttest.Check(t, set, lint.Options{Rules: kubesecRules()})
	var text bytes.Buffer
	if err := kubesec(&text, report, Options{}); err != nil {
		t.Fatal(err)
	}
	var got []kubesecReport
	if err := json.Unmarshal(text.Bytes(), &got); err != nil {
		t.Fatal(err)
	}
	if len(got) != len(set.Documents) {
		t.Fatalf("%s: %d reports of %d documents", name, len(got), len(set.Documents))
	}
	var cases []*parityCase
	seen := map[string]int{}
	for i, r := range got {
		c := &parityCase{file: name, nth: seen[r.Object], got: r.parity(), doc: set.Documents[i], documents: len(got)}
		seen[r.Object]++
		cases = append(cases, c)
	}
	return pairParity(name, cases, expected)
}

func pairParity(name string, cases []*parityCase, expected []*parityReport) []*parityCase {
	seen := map[string]int{}
	for _, want := range expected {
		nth := seen[want.Object]
		seen[want.Object]++
		i := slices.IndexFunc(cases, func(c *parityCase) bool { return c.got != nil && c.got.Object == want.Object && c.nth == nth })
		if i < 0 {
			cases = append(cases, &parityCase{file: name, nth: nth, want: want})
			continue
		}
		cases[i].want = want
	}
	return cases
}

// parity is our report in the form in which kubesec's were kept.
func (k kubesecReport) parity() *parityReport {
	ids := func(list []kubesecRule) []string {
		var ids []string
		for _, r := range list {
			ids = append(ids, r.ID)
		}
		return ids
	}
	return &parityReport{k.Object, k.Score, ids(k.Scoring.Critical), ids(k.Scoring.Passed), ids(k.Scoring.Advise)}
}

func kubesecRules() []*lint.Rule {
	return slices.DeleteFunc(rules.All(), func(r *lint.Rule) bool { return !r.InProfile("kubesec") })
}

// parityIDs are kubesec's 30 ids.
func parityIDs() []string { return slices.Sorted(maps.Keys(kubesecSelectors)) }
