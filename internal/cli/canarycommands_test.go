package cli

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestNoSecretIsPrintedByCommands runs what else reads the planted files: it
// looks at what is printed and at what is written.
func TestNoSecretIsPrintedByCommands(t *testing.T) {
	c, dir := plant(t)
	file := filepath.Join(dir, "baseline.json")
	for _, args := range [][]string{
		{"baseline", "write", file, "."}, {"baseline", "write", "--profile", "all", file, "."}, {"baseline", "update", file, "plain"},
		{"baseline", "prune", file, "."},
		{"--baseline", file, "-v", "."}, {"--baseline", file, "-v", "-f", "json", "plain"}, {"--baseline", file, "-f", "sarif", "--profile", "all", "."},
		{"--in-context", "-v", "app/pod.yaml"}, {"--in-context", "-f", "json", "let/pod.yaml", "plain/data.yaml"},
		{"--profile", "all", "-v", "--notes", "-f", "json", "let"}, {"--profile", "all", "-v", "let"},
		{"suppressions", "migrate", "."}, {"suppressions", "migrate", "let/pod.yaml"},
		{"config", "explain", "let/pod.yaml"},
		{"rules"}, {"completion", "bash"},
		{"suppressions", "migrate", "--write", "."},
	} {
		env, stdout, stderr := environment(dir, args...)
		Run(context.Background(), env)
		run := strings.Join(args, " ")
		c.check(run, stdout.Bytes())
		c.check(run+" on standard error", stderr.Bytes())
		if written, err := os.ReadFile(file); err != nil {
			t.Fatalf("%s: %v: %s", run, err, stderr)
		} else {
			c.check(run+" in the baseline", written)
		}
	}
}

// TestNoSecretIsPrintedByErrors has arguments, configurations and baselines
// that are refused hold secrets.
func TestNoSecretIsPrintedByErrors(t *testing.T) {
	c, dir := plant(t)
	for _, args := range [][]string{
		{"--helm-set", "password=" + c.password("a flag word") + ",=x", "chart"},
		{"--helm-set", c.token("a flag"), "chart"},
		{"--helm-set", "db.password=" + c.password("a flag word") + ",a[", "chart"},
		{"--helm-set", "replicas.token=" + c.token("a flag") + ",replicas=2", "chart"},
		{"--config", "refused.yaml", "."}, {"--config", "broken.yaml", "."}, {"config", "explain", "--config", "refused.yaml", "x.yaml"},
		{"--baseline", "refused.json", "."}, {"--helm-values", "broken.yaml", "chart"}, {"--helm-values", "refused.yaml", "chart"},
		{"https://web:" + c.password("an argument word") + "@git.example.com/x"},
		{"--profile", c.token("a flag"), "."}, {"--since", "https://web:" + c.password("an argument word") + "@git.example.com", "."},
		{"--token=" + c.token("a flag")}, {c.token("a command"), "x"}, {"explain", c.token("an argument")},
	} {
		c.write(dir, "refused.yaml", "profile: ‹token›\nfail-on: [password=‹word›]\n‹token›: 1\nsuppressions: [{rules: [‹token›], value: ‹word›, reason: x}]\n")
		c.write(dir, "broken.yaml", "profile: default\nexternal: [{kind: Secret, password: ‹word›\n- *‹token›\n")
		c.write(dir, "refused.json", `{"schemaVersion": "‹token›", "findings": [{"password": ‹word›}]}`)
		env, stdout, stderr := environment(dir, args...)
		Run(context.Background(), env)
		run := strings.Join(args[:1], " ")
		if stderr.Len() == 0 && stdout.Len() == 0 {
			t.Errorf("%s says nothing", run)
		}
		c.check(run, stdout.Bytes())
		c.check(run+" on standard error", stderr.Bytes())
	}
}
