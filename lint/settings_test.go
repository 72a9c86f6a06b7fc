package lint_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/seaworthy-lint/seaworthy/lint"
	"github.com/seaworthy-lint/seaworthy/lint/linttest"
	"github.com/seaworthy-lint/seaworthy/lint/manifest"
)

// TestSeverities shows what becomes of findings, at or beside the severity of
// their rule, when another one is set.
func TestSeverities(t *testing.T) {
	for _, test := range []struct{ rule, found, set, want lint.Severity }{
		{lint.High, lint.High, lint.Low, lint.Low},
		{lint.High, lint.High, lint.Critical, lint.Critical},
		{lint.High, lint.Medium, lint.Critical, lint.High},
		{lint.High, lint.Low, lint.Medium, lint.Low},
		{lint.High, lint.Critical, lint.Low, lint.Low},
		{lint.Medium, lint.Low, 0, lint.Low},
	} {
		rule := &lint.Rule{ID: "r", Severity: test.rule, Kinds: lint.Kinds{Any: true}, Check: func(p *lint.Pass) {
			p.Reportf(p.Object.At("kind"), "found").Severity = test.found
		}}
		settings := &lint.Settings{Rules: []*lint.Rule{rule}, Tuned: map[*lint.Rule]lint.Tuning{rule: {Severity: test.set}}}
		report := check(t, lint.Options{Rules: settings.Rules, Settings: func(string, *manifest.Object) *lint.Settings { return settings }}, "  - {name: a}\n")
		if got := report.Findings[0].Severity; got != test.want || report.Findings[0].Rule != rule {
			t.Errorf("%+v: %s", test, got)
		}
	}
}

// TestBoundsOfSettings shows what a scope that is set makes of the bounds of a
// target.
func TestBoundsOfSettings(t *testing.T) {
	for _, test := range []struct{ target, set, want manifest.Bounds }{
		{manifest.Bundle, manifest.Bundle, manifest.Bundle},
		{manifest.Bundle, manifest.Closed, manifest.Closed},
		{manifest.Bundle, manifest.Open, manifest.Open},
		{manifest.Files, manifest.Closed, manifest.Files},
		{manifest.Closed, manifest.Bundle, manifest.Closed},
	} {
		seen := false
		rule := &lint.Rule{ID: "r", Kinds: lint.Kinds{Any: true}, Check: func(p *lint.Pass) {
			seen = true
			if p.Bounds != test.want {
				t.Errorf("%+v: %d", test, p.Bounds)
			}
		}}
		settings := &lint.Settings{Rules: []*lint.Rule{rule}, Bounds: test.set}
		set := linttest.Load(t, "a.yaml", []byte("apiVersion: v1\nkind: Pod\nmetadata: {name: a}\n"))
		set.Target.Bounds = test.target
		linttest.Check(t, set, lint.Options{Rules: settings.Rules, Settings: func(string, *manifest.Object) *lint.Settings { return settings }})
		if !seen {
			t.Error("the rule did not run")
		}
	}
}

// TestSettingsOfFiles judges an object that is rendered from two files with
// different settings: each is held against its own, and the score counts what
// is found in both.
func TestSettingsOfFiles(t *testing.T) {
	all := testRules()
	byID := map[string]*lint.Rule{}
	for _, r := range all {
		byID[r.ID] = r
	}
	of := map[string]*lint.Settings{
		"base.yaml":  {Rules: []*lint.Rule{byID["risk"], byID["hard"]}},
		"patch.yaml": {Rules: []*lint.Rule{byID["weak"], byID["hard"]}, Tuned: map[*lint.Rule]lint.Tuning{byID["hard"]: {Severity: lint.Critical}}},
	}
	text := "apiVersion: v1\nkind: Pod\nmetadata: {name: p}\nspec:\n  containers:\n" +
		"  - {name: a, risky: true, weak: true, hard: false}\n  - {name: b, risky: true, weak: true, hard: \"{{ x }}\"}\n"
	set := linttest.Load(t, "base.yaml", []byte(text))
	set.Target.Type = "kustomization"
	patch, err := manifest.NewFile("patch.yaml", []byte(text))
	if err != nil {
		t.Fatal(err)
	}
	move(set.Documents[0].Object.At("spec", "containers").Items()[1], patch)
	report := linttest.Check(t, set, lint.Options{Rules: all, Settings: func(path string, _ *manifest.Object) *lint.Settings { return of[path] }})
	var got []string
	for _, f := range report.Findings {
		got = append(got, fmt.Sprintf("%s %s/%s %s", f.Span.File.Path, f.Rule.ID, f.Container, f.Severity))
	}
	if text := strings.Join(got, ", "); text != "base.yaml risk/a high, base.yaml hard/a low, patch.yaml weak/b medium" {
		t.Error(text)
	}
	if len(report.Unknown) != 1 || report.Unknown[0].Span.File != patch {
		t.Errorf("%d unknown values", len(report.Unknown))
	}
	if score := report.Resources[0].Score; score.Points != -11 {
		t.Errorf("%d points", score.Points)
	}
}

// move says that a node and all below it come from a file.
func move(n *manifest.Node, to *manifest.File) {
	key, value := n.KeySpan(), n.Span()
	key.File, value.File = to, to
	n.Relocate(key, value, true)
	for _, kid := range n.Kids {
		move(kid, to)
	}
}

// TestRulesThatAreOff shows that a document for which no rule is left says so.
func TestRulesThatAreOff(t *testing.T) {
	report := check(t, lint.Options{Settings: func(string, *manifest.Object) *lint.Settings { return &lint.Settings{} }}, "  - {name: a, risky: true}\n")
	if len(report.Findings) != 0 || report.Documents[0].Status != manifest.NoRulesForKind {
		t.Errorf("%d findings, %s", len(report.Findings), report.Documents[0].Status)
	}
}

func TestParseProfile(t *testing.T) {
	known := []string{"default", "strict"}
	for text, want := range map[string]string{
		"default": "default@1", "strict@1": "strict@1", "strct": `unknown profile "strct" (did you mean strict?): use default, strict`,
		"default@2": `unknown version of profile "default@2" (did you mean default@1?): the newest is 1`,
		"default@0": `unknown version of profile "default@0" (did you mean default@1?): the newest is 1`,
		"default@":  `unknown version of profile "default@" (did you mean default@1?): the newest is 1`,
	} {
		profile, err := lint.ParseProfile(text, known)
		got := profile.String()
		if err != nil {
			got = err.Error()
		}
		if got != want {
			t.Errorf("%s: %s", text, got)
		}
	}
}
