package main

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"sigs.k8s.io/yaml"
)

const badPod = `apiVersion: v1
kind: Pod
metadata: {name: web}
spec:
  containers:
  - name: web
    image: registry.example.com/web:1.4.2
    securityContext:
      privileged: true
`

const goodAccount = `apiVersion: v1
kind: ServiceAccount
metadata: {name: web}
automountServiceAccountToken: false
`

func write(t *testing.T, path, content string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(content), 0o644); err != nil {
		t.Fatal(err)
	}
}

// command runs a program in a folder and returns all it printed and its exit
// status.
func command(t *testing.T, dir string, env []string, name string, args ...string) (output string, status int) {
	t.Helper()
	cmd := exec.Command(name, args...)
	cmd.Dir = dir
	cmd.Env = append(os.Environ(), env...)
	out, err := cmd.CombinedOutput()
	if exit, ok := err.(*exec.ExitError); ok {
		return string(out), exit.ExitCode()
	}
	if err != nil {
		t.Fatalf("%s: %v", name, err)
	}
	return string(out), 0
}

func git(t *testing.T, dir string, args ...string) {
	t.Helper()
	args = append([]string{"-c", "user.name=t", "-c", "user.email=t@example.com", "-c", "commit.gpgsign=false"}, args...)
	if out, status := command(t, dir, nil, "git", args...); status != 0 {
		t.Fatalf("git %s: %s", strings.Join(args, " "), out)
	}
}

// TestPreCommit runs the hook with the real pre-commit, on a throw-away
// repository, from the project as it stands.
func TestPreCommit(t *testing.T) {
	if testing.Short() {
		t.Skip("builds the project anew")
	}
	if _, err := exec.LookPath("pre-commit"); err != nil {
		t.Skip("pre-commit is not installed (Debian's package pre-commit)")
	}
	project, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	hook := filepath.Join(t.TempDir(), "hook")
	if out, status := command(t, project, nil, "git", "clone", "-q", project, hook); status != 0 {
		t.Fatal(out)
	}
	repo := t.TempDir()
	git(t, repo, "init", "-q")
	write(t, filepath.Join(repo, "deploy", "account.yaml"), goodAccount)
	write(t, filepath.Join(repo, "README.md"), "kind: Pod\n")
	write(t, filepath.Join(repo, ".pre-commit-config.yaml"), fmt.Sprintf("repos:\n- repo: file://%s\n  rev: %s\n  hooks: [{id: seaworthy}, {id: seaworthy-all}]\n", hook, revision(t, hook)))
	env := []string{"PRE_COMMIT_HOME=" + filepath.Join(t.TempDir(), "cache"), "GOFLAGS=-buildvcs=false -modcacherw"}

	runHook := func(id string) (string, int) {
		git(t, repo, "add", "-A")
		return command(t, repo, env, "pre-commit", "run", "--verbose", id)
	}
	run := func() (string, int) { return runHook("seaworthy") }
	if out, status := run(); status != 0 || !strings.Contains(out, "Passed") {
		t.Fatalf("a clean manifest: status %d\n%s", status, out)
	}
	bad := filepath.Join(repo, "deploy", "pod.yaml")
	write(t, bad, badPod)
	out, status := run()
	if status != 1 || !strings.Contains(out, "privileged-container") || !strings.Contains(out, "deploy/pod.yaml:9:7") {
		t.Errorf("a bad manifest: status %d\n%s", status, out)
	}
	if content, err := os.ReadFile(bad); err != nil || string(content) != badPod {
		t.Error("the hook changed the file")
	}
	write(t, bad, "apiVersion: v1\nkind: Pod\nmetadata: {name: web\n")
	if out, status := run(); status != 1 || !strings.Contains(out, "deploy/pod.yaml:") {
		t.Errorf("a broken manifest: status %d\n%s", status, out)
	}
	git(t, repo, "commit", "-q", "-m", "broken")

	// A template is judged through its chart, and what lies elsewhere is left to
	// the hook for the whole repository.
	write(t, filepath.Join(repo, "chart", "Chart.yaml"), "apiVersion: v2\nname: web\nversion: 1.0.0\n")
	write(t, filepath.Join(repo, "chart", "templates", "_pod.tpl"), "{{ define \"web.privileged\" }}true{{ end }}\n")
	write(t, filepath.Join(repo, "chart", "templates", "pod.yaml"), strings.Replace(badPod, ": true", `: {{ include "web.privileged" . }}`, 1))
	out, status = run()
	if status != 1 || !strings.Contains(out, "chart/templates/pod.yaml:9:7") || strings.Contains(out, "deploy/") {
		t.Errorf("a template of a chart: status %d\n%s", status, out)
	}
	out, status = runHook("seaworthy-all")
	if status != 1 || !strings.Contains(out, "chart/templates/pod.yaml:9:7") || !strings.Contains(out, "deploy/pod.yaml") {
		t.Errorf("the whole repository: status %d\n%s", status, out)
	}
}

func revision(t *testing.T, dir string) string {
	t.Helper()
	out, status := command(t, dir, nil, "git", "rev-parse", "HEAD")
	if status != 0 {
		t.Fatal(out)
	}
	return strings.TrimSpace(out)
}

// TestAction runs the commands of action.yml as a runner would.
func TestAction(t *testing.T) {
	content, err := os.ReadFile("action.yml")
	if err != nil {
		t.Fatal(err)
	}
	var action struct {
		Inputs map[string]struct{ Default string }
		Runs   struct {
			Steps []struct {
				Shell, Run string
				Env        map[string]string
			}
		}
	}
	if err := yaml.Unmarshal(content, &action); err != nil {
		t.Fatal(err)
	}
	project, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	workspace := t.TempDir()
	write(t, filepath.Join(workspace, "deploy", "pod file.yaml"), badPod)
	write(t, filepath.Join(workspace, "other", "account.yaml"), goodAccount)
	env := []string{"GITHUB_ACTION_PATH=" + project, "RUNNER_TEMP=" + t.TempDir()}
	ran, last := 0, 0
	for _, step := range action.Runs.Steps {
		if step.Run == "" {
			continue
		}
		stepEnv := env
		for name, value := range step.Env {
			for input, declared := range action.Inputs {
				value = strings.ReplaceAll(value, "${{ inputs."+input+" }}", declared.Default)
			}
			if strings.Contains(value, "${{") {
				t.Errorf("%s: cannot resolve %s", name, value)
			}
			if name == "INPUT_PATH" {
				value = "deploy/pod file.yaml\nother\n"
			}
			stepEnv = append(stepEnv, name+"="+value)
		}
		if strings.Contains(step.Run, "${{") {
			t.Errorf("a step pastes an input into its script: %s", step.Run)
		}
		var out string
		out, last = command(t, workspace, stepEnv, step.Shell, "-e", "-c", step.Run)
		ran++
		if ran < 2 && last != 0 {
			t.Fatalf("%s\n%s", step.Run, out)
		}
	}
	if ran != 2 || last != 1 {
		t.Errorf("%d steps ran, the last ended with %d, want 2 and 1", ran, last)
	}
	report, err := os.ReadFile(filepath.Join(workspace, "seaworthy.sarif"))
	if err != nil || !strings.Contains(string(report), `"uri":"deploy/pod%20file.yaml"`) {
		t.Errorf("the report: %v\n%s", err, report)
	}
}
