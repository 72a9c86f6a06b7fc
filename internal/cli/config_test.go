package cli

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// monorepo is a repository with configurations at all levels, charts and
// kustomizations.
var monorepo = map[string]string{
	".git/HEAD":       "ref: refs/heads/main\n",
	".seaworthy.yaml": "profile: strict@1\nignore: [privileged-port]\nexclude: [vendor, '**/*.gen.yaml']\ncharts: [{path: 'teams/*/chart', releases: [{name: test}, {name: live, set: {hostPID: true}}]}]\n",
	"plain.yaml":      agent("plain"),
	"teams/a/.seaworthy.yaml": "rules:\n  low-user-id: {severity: high, min-uid: 20}\n  required-labels-missing: {labels: [team]}\n" +
		"overrides:\n- {kinds: [DaemonSet], ignore: [host-network]}\n- {paths: [deep], scope: closed, extend-select: [privileged-port]}\n",
	"teams/a/a.yaml":                       agent("a"),
	"teams/a/deep/b.yaml":                  agent("b"),
	"teams/a/deep/c.gen.yaml":              agent("c"),
	"teams/a/deep/vendor/d.yaml":           agent("d"),
	"teams/a/chart/Chart.yaml":             "apiVersion: v2\nname: web\nversion: 0.1.0\n",
	"teams/a/chart/values.yaml":            "hostPID: false\n",
	"teams/a/chart/templates/pod.yaml":     "apiVersion: v1\nkind: Pod\nmetadata: {name: web}\nspec:\n  hostPID: {{ .Values.hostPID }}\n  containers: [{name: a, image: a}]\n",
	"teams/b/.seaworthy.yaml":              "root: true\nselect: [host-pid, host-network, low-user-id]\n",
	"teams/b/base/kustomization.yaml":      "resources: [a.yaml]\n",
	"teams/b/base/a.yaml":                  agent("base"),
	"teams/b/overlay/.seaworthy.yaml":      "ignore: [low-user-id]\nextend-select: [host-ipc]\n",
	"teams/b/overlay/kustomization.yaml":   "resources: [../base]\npatches: [{path: patch.yaml}]\n",
	"teams/b/overlay/patch.yaml":           "apiVersion: apps/v1\nkind: DaemonSet\nmetadata: {name: base}\nspec: {template: {spec: {hostIPC: true}}}\n",
	"teams/b/overlay/more/.seaworthy.yaml": "include: [x]\n",
	"teams/b/overlay/more/y.yaml":          agent("y"),
	"teams/b/overlay/more/x/z.yaml":        agent("z"),
}

func agent(name string) string {
	return "apiVersion: apps/v1\nkind: DaemonSet\nmetadata: {name: " + name + "}\nspec:\n  selector: {matchLabels: {app: a}}\n  template:\n    metadata: {labels: {app: a}}\n" +
		"    spec:\n      hostPID: true\n      hostNetwork: true\n      containers:\n      - {name: a, image: 'a:1', ports: [{containerPort: 80}], securityContext: {runAsUser: 100}}\n"
}

// TestFolderEqualsRoot holds that linting a folder finds what linting the
// repository finds there, with the same severities, scores and statuses.
func TestFolderEqualsRoot(t *testing.T) {
	root := t.TempDir()
	for path, text := range monorepo {
		path = filepath.Join(root, path)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	whole := lintTree(t, root, ".")
	if len(whole) < 30 {
		t.Fatalf("only %d lines: %q", len(whole), whole)
	}
	for _, folder := range []string{"teams", "teams/a", "teams/a/deep", "teams/b", "teams/a/chart"} {
		var there []string
		for _, line := range whole {
			if strings.HasPrefix(line, folder+"/") {
				there = append(there, line)
			}
		}
		for _, from := range []struct{ dir, path string }{{root, folder}, {filepath.Join(root, folder), "."}} {
			if got := lintTree(t, from.dir, from.path); !slices.Equal(got, there) {
				t.Errorf("%s from %s:\n%s\nthe repository has\n%s", folder, from.path, strings.Join(got, "\n"), strings.Join(there, "\n"))
			}
		}
	}
}

// lintTree is what a run says of findings, scores and documents, each line
// beginning with the path.
func lintTree(t *testing.T, dir, path string) []string {
	t.Helper()
	env, stdout, stderr := environment(dir, "-f", "json", "--coverage", "full", path)
	Run(context.Background(), env)
	if stderr.Len() > 0 {
		t.Fatal(stderr)
	}
	type location struct {
		Path      string
		StartLine int
	}
	var report struct {
		Coverage struct {
			Entries []struct {
				Path, Status, Reason string
				Document             int
			}
		}
		Resources []struct {
			ID       string
			Location location
			Score    struct{ Points, Max int }
		}
		Findings []struct {
			Rule, Severity, Message, Fingerprint string
			AlsoIn                               []string
			Location                             location
		}
	}
	if err := json.Unmarshal(stdout.Bytes(), &report); err != nil {
		t.Fatal(err)
	}
	var lines []string
	for _, e := range report.Coverage.Entries {
		lines = append(lines, fmt.Sprintln(e.Path, e.Document, e.Status, e.Reason))
	}
	for _, r := range report.Resources {
		lines = append(lines, fmt.Sprintln(r.Location.Path, r.Location.StartLine, r.ID, r.Score))
	}
	for _, f := range report.Findings {
		lines = append(lines, fmt.Sprintln(f.Location.Path, f.Location.StartLine, f.Rule, f.Severity, f.Message, f.AlsoIn, f.Fingerprint))
	}
	slices.Sort(lines)
	return lines
}
