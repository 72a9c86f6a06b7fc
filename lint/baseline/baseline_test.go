package baseline_test

import (
	"bytes"
	"fmt"
	"strings"
	"testing"

	"github.com/seaworthy-lint/seaworthy/lint"
	"github.com/seaworthy-lint/seaworthy/lint/baseline"
	"github.com/seaworthy-lint/seaworthy/lint/linttest"
	"github.com/seaworthy-lint/seaworthy/lint/manifest"
	"github.com/seaworthy-lint/seaworthy/rules"
)

func pod(name, namespace string, containers ...string) string {
	text := fmt.Sprintf("apiVersion: v1\nkind: Pod\nmetadata: {name: %s, namespace: %s}\nspec:\n  containers:\n", name, namespace)
	for _, c := range containers {
		text += fmt.Sprintf("  - name: %s\n    image: example.com/web:1\n    securityContext: {privileged: true}\n", c)
	}
	return text
}

// judge reports the privileged containers of some files, by path.
func judge(t *testing.T, files map[string]string) *lint.Report {
	t.Helper()
	set := &manifest.Set{Target: manifest.Target{Type: "plain", Path: "."}}
	for path, text := range files {
		linttest.AddFile(t, set, path, []byte(text))
	}
	return linttest.Check(t, set, lint.Options{Rules: lint.Find(rules.All(), "privileged-container")})
}

// exists is a repository that holds some files beside those that are judged.
func exists(paths ...string) func(string) bool {
	return func(path string) bool {
		for _, p := range paths {
			if p == path {
				return true
			}
		}
		return false
	}
}

func TestApply(t *testing.T) {
	dev, prod := "clusters/dev/web.yaml", "clusters/prod/web.yaml"
	web := pod("web", "shop", "web")
	fixed := strings.Replace(web, "true", "false", 1)
	for _, test := range []struct {
		name               string
		before, after      map[string]string
		others             []string
		known, fresh, gone int
	}{
		{"the same", map[string]string{dev: web}, map[string]string{dev: web}, nil, 1, 0, 0},
		{"renamed file", map[string]string{dev: web}, map[string]string{"web.yaml": web}, nil, 1, 0, 0},
		{"moved into another file that was there", map[string]string{"a.yaml": web, "b.yaml": pod("b", "shop", "b")},
			map[string]string{"a.yaml": pod("c", "shop"), "b.yaml": pod("b", "shop", "b") + "---\n" + web}, nil, 2, 0, 0},
		{"the same defect in another copy", map[string]string{dev: web}, map[string]string{dev: web, prod: web}, nil, 1, 1, 0},
		{"mended in one copy, broken in another", map[string]string{dev: web}, map[string]string{dev: fixed, prod: web}, nil, 0, 1, 1},
		{"only another copy is judged", map[string]string{dev: web}, map[string]string{prod: web}, []string{dev}, 0, 1, 0},
		{"another container", map[string]string{dev: web}, map[string]string{dev: pod("web", "shop", "web", "two")}, nil, 1, 1, 0},
		{"another namespace", map[string]string{dev: web}, map[string]string{dev: pod("web", "other", "web")}, nil, 0, 1, 1},
		{"mended", map[string]string{dev: web}, map[string]string{dev: fixed}, nil, 0, 0, 1},
		{"deleted file", map[string]string{dev: web, prod: web}, map[string]string{prod: web}, nil, 1, 0, 1},
		{"file out of view", map[string]string{dev: web, prod: web}, map[string]string{prod: web}, []string{dev}, 1, 0, 0},
	} {
		t.Run(test.name, func(t *testing.T) {
			accepted := baseline.Of(judge(t, test.before))
			report := judge(t, test.after)
			outcome := accepted.Apply(report, false, exists(test.others...))
			if outcome.Known != test.known || len(report.Findings) != test.fresh || len(outcome.Gone) != test.gone {
				t.Errorf("%d known, %d new, %d gone; want %d, %d, %d", outcome.Known, len(report.Findings), len(outcome.Gone), test.known, test.fresh, test.gone)
			}
			if pruned := accepted.Pruned(outcome); len(pruned.Entries) != len(accepted.Entries)-test.gone {
				t.Errorf("pruning leaves %d of %d entries", len(pruned.Entries), len(accepted.Entries))
			}
			updated := accepted.Updated(report, outcome)
			again := judge(t, test.after)
			if updated.Apply(again, false, exists(test.others...)); len(again.Findings) > 0 {
				t.Errorf("%d findings are new after an update", len(again.Findings))
			}
		})
	}
}

// FuzzParse requires that what can be read is written as it was.
func FuzzParse(f *testing.F) {
	f.Add([]byte(`{"schemaVersion":"1","rules":["a"],"findings":[{"rule":"a","path":"b","resource":"c","identity":"d","in":["e"]}]}`))
	f.Add([]byte("{\n<<<<<<< HEAD\n"))
	f.Fuzz(func(t *testing.T, content []byte) {
		b, err := baseline.Parse(content)
		if err != nil {
			return
		}
		first, err := b.Marshal()
		if err != nil {
			t.Fatal(err)
		}
		again, err := baseline.Parse(first)
		if err != nil {
			t.Fatalf("cannot read what was written: %v\n%s", err, first)
		}
		second, err := again.Marshal()
		if err != nil || !bytes.Equal(first, second) {
			t.Fatalf("%v\n%s\n%s", err, first, second)
		}
		if len(b.Entries) != len(again.Entries) {
			t.Fatal("entries were lost")
		}
	})
}
