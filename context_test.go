package main

import (
	"bytes"
	"context"
	"encoding/json"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/seaworthy-lint/seaworthy/internal/cli"
)

// TestInContextEqualsWhole requires of every file of a repository that judging
// it in its context finds what judging all finds in it, or with a value from it.
func TestInContextEqualsWhole(t *testing.T) {
	repository := copyTree(t, "examples", 1)
	write(t, filepath.Join(repository, ".git", "HEAD"), "ref: refs/heads/main\n")
	write(t, filepath.Join(repository, "live.yaml"), "securityContext: {privileged: true}\nreplicaCount: 1\n")
	write(t, filepath.Join(repository, ".seaworthy.yaml"), "charts:\n- path: chart\n  releases: [{name: test}, {name: live, values: [live.yaml]}]\n")
	whole := findingsOf(t, repository, ".")
	compared := 0
	for _, file := range filesBelow(t, repository) {
		var want []any
		for _, f := range whole {
			if slices.Contains(placesOf(f), file) {
				want = append(want, f)
			}
		}
		compared += len(want)
		if got := findingsOf(t, repository, "--in-context", file); !reflect.DeepEqual(got, want) {
			t.Errorf("%s: %d findings in context, %d of all", file, len(got), len(want))
		}
	}
	if compared == 0 {
		t.Error("no finding was compared")
	}
}

func filesBelow(t *testing.T, root string) []string {
	t.Helper()
	var files []string
	err := filepath.WalkDir(root, func(path string, entry os.DirEntry, err error) error {
		if ext := filepath.Ext(path); err == nil && !entry.IsDir() && slices.Contains([]string{".yaml", ".yml", ".json", ".tpl"}, ext) {
			rel, err := filepath.Rel(root, path)
			files = append(files, filepath.ToSlash(rel))
			return err
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return files
}

func findingsOf(t *testing.T, dir string, args ...string) []any {
	t.Helper()
	var stdout, stderr bytes.Buffer
	cli.Run(context.Background(), cli.Environment{
		Args: append([]string{"seaworthy", "--profile", "all", "--notes", "-f", "json"}, args...),
		Dir:  dir, Stdin: strings.NewReader(""), Stdout: &stdout, Stderr: &stderr,
		Getenv: func(string) string { return "" }, Now: func() time.Time { return time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC) },
	})
	var report struct{ Findings []any }
	if err := json.Unmarshal(stdout.Bytes(), &report); err != nil {
		t.Fatalf("%v: %s", err, stderr.String())
	}
	if len(report.Findings) == 0 {
		return nil
	}
	return report.Findings
}

// placesOf are the files that a finding lies in or takes its value from: what
// it only came through is not its cause.
func placesOf(finding any) []string {
	f := finding.(map[string]any)
	path := func(of any) string { return of.(map[string]any)["location"].(map[string]any)["path"].(string) }
	places := []string{path(f)}
	related, _ := f["related"].([]any)
	for _, r := range related {
		message := r.(map[string]any)["message"].(string)
		if !strings.HasPrefix(message, "rendered by chart") && message != "through this kustomization" {
			places = append(places, path(r))
		}
	}
	return places
}
