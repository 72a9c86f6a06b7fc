package load_test

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/seaworthy-lint/seaworthy/lint"
	"github.com/seaworthy-lint/seaworthy/lint/load"
	"github.com/seaworthy-lint/seaworthy/lint/manifest"
	"github.com/seaworthy-lint/seaworthy/rules"
)

const deployment = `apiVersion: apps/v1
kind: Deployment
metadata: {name: web}
spec:
  template:
    spec:
      containers:
      - name: web
        image: registry.example.com/web:1
`

// loaded writes files and loads the folder that holds them.
func loaded(t *testing.T, files map[string]string) []*manifest.Set {
	t.Helper()
	dir := t.TempDir()
	for name, text := range files {
		path := filepath.Join(dir, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	return loadedFolder(t, dir)
}

func loadedFolder(t *testing.T, dir string) []*manifest.Set {
	t.Helper()
	opts := load.Options{Root: dir, Dir: dir}
	targets, err := load.Walk([]string{"."}, opts)
	if err != nil {
		t.Fatal(err)
	}
	sets, err := load.Read(context.Background(), targets, opts)
	if err != nil {
		t.Fatal(err)
	}
	return sets
}

// lines are the places of the findings of one rule, as "path:line text".
func lines(t *testing.T, sets []*manifest.Set, rule string) []string {
	t.Helper()
	report, err := lint.Check(context.Background(), sets, lint.Options{Rules: lint.Find(rules.All(), rule), Version: lint.NewestVersion()})
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, f := range report.Findings {
		got = append(got, fmt.Sprintf("%s:%d %s", f.Span.File.Path, f.Span.File.Position(f.Span.Start).Line, f.Span.Text()))
	}
	return got
}

// TestTextOfTemplates shows that an action of a template is not taken for the
// way in which its value is written.
func TestTextOfTemplates(t *testing.T) {
	sets := loaded(t, map[string]string{
		"Chart.yaml":  "apiVersion: v2\nname: web\nversion: 1.0.0\n",
		"values.yaml": "context: {runAsNonRoot: true, runAsUser: 1000}\nport: 0x10\n",
		"templates/web.yaml": deployment + "        securityContext: {{- toYaml .Values.context | nindent 10 }}\n" +
			"        ports:\n        - containerPort: {{ .Values.port }}\n          hostPort: 017\n",
	})
	want := []string{"templates/web.yaml:13 hostPort: 017"}
	if got := lines(t, sets, "yaml-ambiguous-scalar"); !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
}

// TestItemOfPatch shows that what a container lacks which a patch adds is
// missing at the name of that container.
func TestItemOfPatch(t *testing.T) {
	sets := loaded(t, map[string]string{
		"web.yaml": deployment,
		"kustomization.yaml": "resources: [web.yaml]\npatches:\n- target: {kind: Deployment}\n  patch: |\n" +
			"    - op: add\n      path: /spec/template/spec/containers/-\n      value:\n        image: registry.example.com/side:1\n        name: side\n",
	})
	want := []string{"kustomization.yaml:9 name: side", "web.yaml:8 name: web"}
	if got := lines(t, sets, "memory-limit-missing"); !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
}

// TestInputsOfWhatFails shows that the files of what could not be rendered do
// not pass for judged, unless they are judged through something else.
func TestInputsOfWhatFails(t *testing.T) {
	const broken = "resources: [../base]\npatches: [{path: gone.yaml}]\n"
	sets := loaded(t, map[string]string{
		"broken/Chart.yaml": "apiVersion: v2\nname: broken\nversion: 1.0.0\n", "broken/values.yaml": "a: b\n",
		"broken/templates/web.yaml": "{{ fail \"no\" }}\n", "broken/crds.yaml": "a: b\n",
		"half/Chart.yaml":       "apiVersion: v2\nname: half\nversion: 1.0.0\n",
		"half/templates/a.yaml": deployment, "half/templates/b.yaml": "{{ fail \"no\" }}\n",
		"base/kustomization.yaml": "resources: [web.yaml]\n", "base/web.yaml": deployment,
		"fine/kustomization.yaml": "resources: [../base]\n", "first/kustomization.yaml": broken, "wrong/kustomization.yaml": broken,
	})
	got := map[string]string{}
	for _, set := range sets {
		for _, d := range set.Documents {
			if d.Reason != "" && (d.Status == manifest.Rendered || strings.HasPrefix(d.Reason, "part of")) {
				got[d.File.Path] = string(d.Status) + ": " + d.Reason
			}
		}
	}
	const broke = "template-not-rendered: part of the chart broken, which could not be rendered"
	const fine = "rendered: judged through the kustomization fine"
	want := map[string]string{
		"broken/Chart.yaml": broke, "broken/values.yaml": broke, "broken/templates/web.yaml": broke,
		"half/Chart.yaml": "rendered: judged through the chart half", "half/templates/a.yaml": "rendered: judged through the chart half",
		"half/templates/b.yaml":   "rendered: judged through the chart half",
		"base/kustomization.yaml": fine, "base/web.yaml": fine, "fine/kustomization.yaml": fine,
		"first/kustomization.yaml": "template-not-rendered: part of the kustomization first, which could not be rendered",
		"wrong/kustomization.yaml": "template-not-rendered: part of the kustomization wrong, which could not be rendered",
	}
	for path, reason := range want {
		if got[path] != reason {
			t.Errorf("%s: %q, want %q", path, got[path], reason)
		}
	}
	if len(got) != len(want) {
		t.Errorf("got %q", got)
	}
}

// TestInflatedCharts shows that a chart which a kustomization inflates is
// judged through that, once, and another one by itself.
func TestInflatedCharts(t *testing.T) {
	const patch = "patches:\n- patch: |\n    apiVersion: apps/v1\n    kind: Deployment\n    metadata: {name: web}\n" +
		"    spec: {template: {spec: {hostPID: true}}}\n"
	sets := loaded(t, map[string]string{
		"base/kustomization.yaml":          "helmCharts: [{name: shop}]\n",
		"base/charts/shop/Chart.yaml":      "apiVersion: v2\nname: shop\nversion: 1.0.0\n",
		"base/charts/shop/templates/a.yml": deployment,
		"over/kustomization.yaml":          "resources: [../base]\n" + patch,
		"alone/Chart.yaml":                 "apiVersion: v2\nname: alone\nversion: 1.0.0\n",
		"alone/templates/a.yaml":           deployment,
	})
	status := map[string]string{}
	for _, set := range sets {
		for _, d := range set.Documents {
			if d.Reason != "" {
				status[d.File.Path] = string(d.Status) + ": " + d.Reason
			}
		}
	}
	for path, want := range map[string]string{
		"base/charts/shop/Chart.yaml":      "rendered: judged through the kustomization over",
		"base/charts/shop/templates/a.yml": "rendered: judged through the kustomization over",
		"alone/templates/a.yaml":           "rendered: judged through the chart alone",
	} {
		if status[path] != want {
			t.Errorf("%s: %q, want %q", path, status[path], want)
		}
	}
	got := lines(t, sets, "memory-limit-missing")
	if want := []string{"alone/templates/a.yaml:8 name: web", "base/charts/shop/templates/a.yml:8 name: web"}; !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
}
