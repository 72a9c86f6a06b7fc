package load_test

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/seaworthy-lint/seaworthy/lint"
	"github.com/seaworthy-lint/seaworthy/rules"
)

// The shapes in which one defect can be written. DEFECT stands for the text
// that a finding must show; name for a name that differs from case to case.
var shapes = map[string]string{
	"block":      "apiVersion: v1\nkind: Pod\nmetadata:\n  name: NAME\nspec:\n  containers:\n  - name: é\n    securityContext:\n      DEFECT\n",
	"flow":       "apiVersion: v1\nkind: Pod\nmetadata: {name: NAME}\nspec: {containers: [{name: é, securityContext: {DEFECT}}]}\n",
	"json":       "{\"apiVersion\": \"v1\", \"kind\": \"Pod\",\n \"metadata\": {\"name\": \"NAME\"},\n \"spec\": {\"containers\": [{\"name\": \"é\", \"securityContext\": {DEFECT}}]}}\n",
	"list":       "apiVersion: v1\nkind: List\nitems:\n- apiVersion: v1\n  kind: Pod\n  metadata: {name: NAME}\n  spec:\n    containers:\n    - name: é\n      securityContext:\n        DEFECT\n",
	"anchor":     "apiVersion: v1\nkind: Pod\nmetadata: {name: NAME}\nx-shared: &shared\n  DEFECT\nspec:\n  containers:\n  - name: é\n    securityContext: *shared\n",
	"merge":      "apiVersion: v1\nkind: Pod\nmetadata: {name: NAME}\nx-shared: &shared\n  DEFECT\nspec:\n  containers:\n  - name: é\n    securityContext:\n      <<: *shared\n      readOnlyRootFilesystem: true\n",
	"deployment": "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: NAME}\nspec:\n  template:\n    spec:\n      initContainers:\n      - name: é😀\n        securityContext:\n          # a comment\n          DEFECT # why\n",
	"duplicate":  "apiVersion: v1\nkind: Pod\nmetadata: {name: NAME}\nspec:\n  containers:\n  - name: é\n    securityContext:\n      privileged: false\n      DEFECT\n",
}

// TestPlaces writes one defect in many ways and requires that the finding lies
// on exactly its key and value.
func TestPlaces(t *testing.T) {
	var privileged []*lint.Rule
	for _, r := range rules.All() {
		if r.ID == "privileged-container" {
			privileged = append(privileged, r)
		}
	}
	cases := 0
	for shape, text := range shapes {
		for _, defect := range []string{"privileged: true", "privileged: yes", "privileged:   True", "\"privileged\": true", "'privileged': on"} {
			for _, wrap := range []string{"plain", "crlf", "bom", "second", "cr"} {
				if shape == "json" {
					defect = "\"privileged\" : true"
				}
				cases++
				checkPlace(t, fmt.Sprintf("%s/%s/%s", shape, defect, wrap), text, defect, wrap, privileged)
			}
		}
	}
	if cases < 200 {
		t.Errorf("only %d cases", cases)
	}
}

func checkPlace(t *testing.T, name, shape, defect, wrap string, chosen []*lint.Rule) {
	t.Helper()
	text := strings.ReplaceAll(strings.ReplaceAll(shape, "NAME", "web"), "DEFECT", "«"+defect+"»")
	switch wrap {
	case "crlf":
		text = strings.ReplaceAll(text, "\n", "\r\n")
	case "cr":
		text = strings.ReplaceAll(text, "\n", "\r")
	case "second":
		text = "# a comment\napiVersion: v1\nkind: Service\n--- # next\n" + text
	}
	before, _, _ := strings.Cut(text, "«")
	text = strings.NewReplacer("«", "", "»", "").Replace(text)
	lines := strings.Split(strings.NewReplacer("\r\n", "\n", "\r", "\n").Replace(before), "\n")
	line, column := len(lines), len([]rune(lines[len(lines)-1]))+1
	if wrap == "bom" {
		text = "\ufeff" + text
	}
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "x.yaml"), []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
	report, err := lint.Check(context.Background(), loadedFolder(t, dir), lint.Options{Rules: chosen, Version: lint.NewestVersion()})
	if err != nil {
		t.Fatal(err)
	}
	if len(report.Findings) != 1 {
		t.Errorf("%s: %d findings", name, len(report.Findings))
		return
	}
	f := report.Findings[0]
	if p := f.Span.File.Position(f.Span.Start); p.Line != line || p.Column != column || f.Span.Text() != defect {
		t.Errorf("%s: %q at %d:%d, want %q at %d:%d", name, f.Span.Text(), p.Line, p.Column, defect, line, column)
	}
}
