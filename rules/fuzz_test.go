package rules

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/seaworthy-lint/seaworthy/lint"
	"github.com/seaworthy-lint/seaworthy/lint/manifest"
)

// FuzzRules runs all rules over arbitrary documents: none may panic, and every
// finding lies inside its file.
func FuzzRules(f *testing.F) {
	fixtures, err := filepath.Glob("testdata/*.yaml")
	if err != nil || len(fixtures) == 0 {
		f.Fatalf("no fixtures: %v", err)
	}
	for _, path := range fixtures {
		content, err := os.ReadFile(path)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(content, uint8(37), false)
	}
	f.Add([]byte("apiVersion: v1\nkind: Pod\nspec: {containers: [null, 5, {name: [a], securityContext: 5, ports: {}, env: [[]], volumeMounts: [{}]}]}"), uint8(22), true)
	all := All()
	f.Fuzz(func(t *testing.T, content []byte, minor uint8, strict bool) {
		if len(content) > 1<<14 {
			return
		}
		for _, podSecurity := range []bool{false, true} {
			set := &manifest.Set{Documents: manifest.Read("x.yaml", content, nil)}
			opts := lint.Options{Rules: all, Version: lint.Version{Minor: int(minor % 40), Patch: -1, Named: true}, Strict: strict, Notes: true, PodSecurity: podSecurity, Restricted: strict, Jobs: 1}
			report, err := lint.Check(context.Background(), []*manifest.Set{set}, opts)
			if err != nil {
				t.Fatal(err)
			}
			for _, d := range report.Documents {
				if strings.Contains(d.Reason, "internal error") {
					t.Errorf("%s", d.Reason)
				}
			}
			for _, finding := range report.Findings {
				if s := finding.Span; s.Start < 0 || s.End < s.Start || s.End > len(s.File.Text) {
					t.Errorf("%s lies at %d..%d", finding.Rule.ID, s.Start, s.End)
				}
			}
		}
	})
}
