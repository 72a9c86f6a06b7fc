package cli

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// environment is a run in a folder, with what it prints.
func environment(dir string, args ...string) (env Environment, stdout, stderr *bytes.Buffer) {
	stdout, stderr = new(bytes.Buffer), new(bytes.Buffer)
	return Environment{
		Args: append([]string{"seaworthy"}, args...), Dir: dir, Stdin: strings.NewReader(""), Stdout: stdout, Stderr: stderr,
		Getenv: func(string) string { return "" }, Now: time.Now,
	}, stdout, stderr
}

// TestProgress shows that a person is told of progress after a second, on a
// terminal only, and that the line is gone at the end.
func TestProgress(t *testing.T) {
	dir := manifests(t, 3)
	for _, terminal := range []bool{true, false} {
		env, _, stderr := environment(dir, ".")
		clock := time.Unix(0, 0)
		env.Now = func() time.Time { clock = clock.Add(600 * time.Millisecond); return clock }
		env.StderrIsTerminal = terminal
		Run(context.Background(), env)
		shown := stderr.String()
		if terminal && (!strings.Contains(shown, "reading 2 of 3 files") || strings.Contains(shown, "reading 1 of 3") || !strings.HasSuffix(shown, "\r\x1b[K")) {
			t.Errorf("a terminal shows %q", shown)
		}
		if !terminal && shown != "" {
			t.Errorf("a pipe gets %q", shown)
		}
	}
}

// TestManyPaths names thousands of files at once.
func TestManyPaths(t *testing.T) {
	const count = 5000
	dir := manifests(t, count)
	args := []string{"--fail-on", "never", "-f", "json"}
	for i := range count {
		args = append(args, fmt.Sprintf("%d.yaml", i))
	}
	env, stdout, stderr := environment(dir, args...)
	if status := Run(context.Background(), env); status != 0 || stderr.Len() > 0 {
		t.Fatalf("status %d: %s", status, stderr)
	}
	if !strings.Contains(stdout.String(), fmt.Sprintf("\"documents\": %d,", count)) {
		t.Error("not every path was judged")
	}
}

// TestColor shows when a report has colours.
func TestColor(t *testing.T) {
	dir := manifests(t, 1)
	for _, test := range []struct {
		flag, noColor string
		terminal      bool
		want          bool
	}{
		{"auto", "", true, true}, {"auto", "", false, false}, {"auto", "1", true, false},
		{"always", "1", false, true}, {"never", "", true, false},
	} {
		env, stdout, _ := environment(dir, "--color", test.flag, ".")
		env.StdoutIsTerminal = test.terminal
		env.Getenv = func(name string) string {
			if name == "NO_COLOR" {
				return test.noColor
			}
			return ""
		}
		Run(context.Background(), env)
		if got := strings.Contains(stdout.String(), "\x1b["); got != test.want {
			t.Errorf("%+v: colour %v", test, got)
		}
	}
}

func manifests(t *testing.T, count int) string {
	t.Helper()
	dir := t.TempDir()
	for i := range count {
		text := fmt.Sprintf("apiVersion: v1\nkind: Pod\nmetadata: {name: p%d}\nspec:\n  hostPID: true\n", i)
		if err := os.WriteFile(filepath.Join(dir, fmt.Sprintf("%d.yaml", i)), []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}
