package main

import (
	"bytes"
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/seaworthy-lint/seaworthy/internal/cli"
	"github.com/seaworthy-lint/seaworthy/internal/docs"
	"github.com/seaworthy-lint/seaworthy/rules"
)

// seaworthy runs the program in this folder and returns what it prints on
// standard output and its exit status.
func seaworthy(t *testing.T, args ...string) (string, int) {
	t.Helper()
	env := cli.System()
	env.Args = append([]string{"seaworthy"}, args...)
	var stdout, stderr bytes.Buffer
	env.Stdout, env.Stderr = &stdout, &stderr
	env.StdoutIsTerminal, env.StderrIsTerminal = false, false
	status := cli.Run(context.Background(), env)
	if stderr.Len() > 0 {
		t.Errorf("standard error: %s", stderr.String())
	}
	return stdout.String(), status
}

// TestGeneratedDocs fails when a generated page is stale, missing or left over:
// run go generate.
func TestGeneratedDocs(t *testing.T) {
	pages, err := docs.Pages()
	if err != nil {
		t.Fatal(err)
	}
	for path, want := range pages {
		if got, err := os.ReadFile(filepath.Join("docs", path)); err != nil || !bytes.Equal(got, want) {
			t.Errorf("docs/%s is stale (%v): run go generate ./...", path, err)
		}
	}
	written, err := filepath.Glob("docs/rules/*.md")
	if err != nil {
		t.Fatal(err)
	}
	if want := len(rules.All()); len(written) != want {
		t.Errorf("%d pages of rules for %d rules: run go generate ./...", len(written), want)
	}
}

// TestReadme holds the output that the README shows against the program: each
// piece between lines of "…" must be part of it.
func TestReadme(t *testing.T) {
	readme, err := os.ReadFile("README.md")
	if err != nil {
		t.Fatal(err)
	}
	const prompt = "$ go run . "
	blocks := strings.Split(string(readme), "\n"+prompt)[1:]
	if len(blocks) < 3 {
		t.Fatalf("the README shows the output of %d commands", len(blocks))
	}
	for _, block := range blocks {
		args, rest, _ := strings.Cut(block, "\n")
		t.Run(args, func(t *testing.T) {
			shown, _, closed := strings.Cut(rest, "```")
			if !closed {
				t.Fatal("the output has no end")
			}
			real, status := seaworthy(t, strings.Fields(args)...)
			if status != 1 {
				t.Errorf("exit status %d", status)
			}
			pieces := strings.Split(shown, "…\n")
			if len(pieces) < 2 {
				t.Error("the README shows too little")
			}
			for _, piece := range pieces {
				if !strings.Contains(real, strings.Trim(piece, "\n")) {
					t.Errorf("the program does not print\n%s", piece)
				}
			}
		})
	}
}

// TestHardenedCluster wants the example of a hardened cluster to keep what the
// README says of it.
func TestHardenedCluster(t *testing.T) {
	for _, profile := range []string{"default", "strict", "cis", "nsa"} {
		if out, status := seaworthy(t, "--profile", profile, "--fail-on", "low", "examples/cluster/hardened"); status != 0 {
			t.Errorf("profile %s: exit status %d\n%s", profile, status, out)
		}
	}
}
