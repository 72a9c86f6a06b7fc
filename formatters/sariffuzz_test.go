package formatters

import (
	"strings"
	"testing"

	"github.com/seaworthy-lint/seaworthy/lint"
	"github.com/seaworthy-lint/seaworthy/lint/linttest"
	"github.com/seaworthy-lint/seaworthy/lint/manifest"
	"github.com/seaworthy-lint/seaworthy/rules"
)

// sarifLoad reads what can be read of a text; the rest is a parse error.
func sarifLoad(path, text string) *manifest.Set {
	set := &manifest.Set{Target: manifest.Target{Type: "plain", Path: "."}}
	file, err := manifest.NewFile(path, []byte(text))
	if err != nil {
		set.Documents = append(set.Documents, &manifest.Document{File: file, Status: manifest.ParseError, Reason: err.Error()})
		return set
	}
	for i, span := range manifest.Documents(file) {
		d := &manifest.Document{File: file, Number: i + 1, Status: manifest.ParseError, Span: span}
		set.Documents = append(set.Documents, d)
		tree, err := manifest.Parse(span)
		if err != nil {
			d.Reason = err.Error()
			continue
		}
		object, problem := manifest.NewObject(tree.Root, tree.Duplicates)
		switch {
		case problem != nil:
			d.Reason = problem.Reason
		case object == nil:
			d.Status = manifest.NotKubernetes
		default:
			d.Status, d.Object, d.Kind = manifest.Linted, object, object.Kind
		}
	}
	return set
}

// FuzzSARIF looks at what must hold of the log of any text: regions on one
// line that exists, no two results that GitHub would take for one, and every
// finding in some result.
func FuzzSARIF(f *testing.F) {
	pod := "apiVersion: v1\nkind: Pod\nmetadata: {name: a}\nspec:\n  containers:\n  - name: web\n    securityContext: {capabilities: {add: [SYS_ADMIN, NET_RAW, ALL]}}\n"
	for _, text := range []string{
		"", pod, "\uFEFF" + pod, strings.ReplaceAll(pod, "\n", "\r\n"), strings.ReplaceAll(pod, "\n", "\r"), sarifUTF16(pod), pod + "---\n" + pod + "---\na: [\n",
		strings.Replace(pod, "name: web", "name: \"[x](y) \U0001F6A2 \u2028 \\n {0}\"", 1), pod + "  - &c {name: x, securityContext: {capabilities: {add: [\"SYS_ADMIN\"]}}}\n  - *c\n",
		`{"apiVersion": "v1", "kind": "Pod", "spec": {"containers": [{"name": "a"}, {"name": "b"}]}}`, "apiVersion: v1\nkind: Pod\nspec:\n  containers: [{name: }, {}]",
		"\xff\xfea\x00:\x00", "kind: Pod\napiVersion: v1\nspec: {containers: [{image: a\xe2\x82}]}",
	} {
		f.Add("a b/#%.yaml", text)
	}
	all := append(rules.All(), sarifProbes()...)
	f.Fuzz(func(t *testing.T, path, text string) {
		if path == "" || strings.HasPrefix(path, "/") {
			t.Skip()
		}
		report := linttest.Check(t, sarifLoad(path, text), lint.Options{Rules: all, Strict: true, Notes: true})
		run := sarifOf(t, report)
		sarifNoDuplicates(t, run.Results)
		for _, finding := range report.Findings {
			if finding.Note {
				continue
			}
			if len(report.Findings) <= sarifMaxResults && !sarifHolds(t, run.Results, finding) {
				t.Errorf("no result for %s at %d: %s", finding.Rule.ID, finding.Span.Start, finding.Message)
			}
		}
	})
}

func sarifNoDuplicates(t *testing.T, results []sarifResultOf) {
	type key struct{ rule, uri, hash string }
	seen := map[key]bool{}
	for _, got := range results {
		k := key{got.RuleID, got.Locations[0].uri(), got.PartialFingerprints["primaryLocationLineHash"]}
		if seen[k] || k.hash == "" || k.uri == "" || got.PartialFingerprints["seaworthy/v1"] == "" {
			t.Errorf("no identity of its own: %+v", k)
		}
		seen[k] = true
	}
}

// sarifHolds tells whether a result lies on the finding's line, in a region
// that exists.
func sarifHolds(t *testing.T, results []sarifResultOf, f *lint.Finding) bool {
	line := f.Span.File.Position(f.Span.Start).Line
	for _, got := range results {
		if got.RuleID == f.Rule.ID && got.Locations[0].PhysicalLocation.Region.StartLine == line {
			sarifCut(t, f.Span.File, got.Locations[0])
			return true
		}
	}
	return false
}
