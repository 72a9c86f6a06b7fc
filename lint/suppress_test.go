package lint_test

import (
	"context"
	"strings"
	"testing"

	"github.com/seaworthy-lint/seaworthy/lint"
	"github.com/seaworthy-lint/seaworthy/lint/linttest"
	"github.com/seaworthy-lint/seaworthy/lint/manifest"
)

// suppressionRules are the stand-ins with those about suppressions.
func suppressionRules() []*lint.Rule {
	all := testRules()
	all[0].Aliases, all[1].Aliases = []string{"kube-linter:both", "checkov:CKV_1"}, []string{"kube-linter:both"}
	for _, id := range []string{"unused-suppression", "suppression-without-reason", "invalid-suppression"} {
		all = append(all, &lint.Rule{ID: id, Severity: lint.Low})
	}
	return all
}

// suppressed judges a Pod with some containers, with suppressions of a
// configuration.
func suppressed(t *testing.T, containers string, notes bool, opts lint.SuppressOptions) *lint.Report {
	t.Helper()
	set := linttest.Load(t, "deploy/x.yaml", []byte("apiVersion: v1\nkind: Pod\nmetadata: {name: p, namespace: shop}\nspec:\n  containers:\n"+containers))
	rules := suppressionRules()
	report, err := lint.Check(context.Background(), []*manifest.Set{set}, lint.Options{Rules: rules, Notes: notes})
	if err != nil {
		t.Fatal(err)
	}
	opts.Today, opts.Catalogue = linttest.Today, rules
	lint.Suppress(report, opts)
	return report
}

func TestSuppress(t *testing.T) {
	for name, test := range map[string]struct {
		containers       string
		notes            bool
		open, suppressed string
		points, max      int
	}{
		"a container": {
			containers: "  - {name: a, hard: true, risky: true}\n  - {name: b, hard: true, risky: true} # seaworthy:ignore risk -- x\n",
			open:       "risk/a", suppressed: "risk/b", points: 3 - 9, max: 3,
		},
		"both containers": {
			containers: "  - {name: a, hard: true, risky: true} # seaworthy:ignore RISK -- x\n  - {name: b, hard: true, risky: true} # checkov:skip=ckv_1\n",
			suppressed: "risk/a risk/b", points: 3, max: 3,
		},
		"advice": {
			containers: "  # seaworthy:ignore hard -- x\n  - name: a\n",
			suppressed: "hard/a",
		},
		"advice of one container": {
			containers: "  # seaworthy:ignore hard -- x\n  - name: a\n  - name: b\n",
			open:       "hard/b", suppressed: "hard/a", max: 3,
		},
		"a folded finding stays folded": {
			containers: "  - {name: a, hard: true, risky: true, weak: true} # seaworthy:ignore risk -- x\n",
			suppressed: "risk/a", points: 3, max: 3,
		},
		"a folded finding is a match": {
			containers: "  - {name: a, hard: true, risky: true, weak: true} # seaworthy:ignore weak -- x\n",
			open:       "risk/a", points: 3 - 9, max: 3,
		},
		"a note": {
			containers: "  - {name: a, hard: true, hint: 1} # seaworthy:ignore hint -- x\n", notes: true,
			suppressed: "hint/a", points: 3, max: 3,
		},
		"a note that was not asked for is a match": {
			containers: "  - {name: a, hard: true, hint: 1} # seaworthy:ignore hint -- x\n", points: 3, max: 3,
		},
		"every check of a tool": {
			containers: "  - {name: a, hard: true, risky: true, weak: true} # seaworthy:ignore Kube-Linter:* -- x\n",
			suppressed: "risk/a", points: 3, max: 3,
		},
		"one rule of an alias is enough": {
			containers: "  - {name: a, hard: true, weak: true} # seaworthy:ignore both -- x\n",
			suppressed: "weak/a", points: 3, max: 3,
		},
		"the last day": {
			containers: "  - {name: a, hard: true, risky: true} # seaworthy:ignore risk until=2026-06-15 -- x\n",
			suppressed: "risk/a", points: 3, max: 3,
		},
		"the day after": {
			containers: "  - {name: a, hard: true, risky: true} # seaworthy:ignore risk until=2026-06-14 -- x\n",
			open:       "risk/a", points: 3 - 9, max: 3,
		},
		"a valid name beside an unknown one": {
			containers: "  - {name: a, hard: true, risky: true} # seaworthy:ignore risk rsk -- x\n",
			open:       "invalid-suppression/", suppressed: "risk/a", points: 3, max: 3,
		},
		"a peer's check that we do not have": {
			containers: "  - {name: a, hard: true, risky: true} # trivy:ignore:KSV-9999\n",
			open:       "risk/a", points: 3 - 9, max: 3,
		},
		"nothing below": {
			containers: "  - {name: a, hard: true}\n# seaworthy:ignore risk -- x\n",
			points:     3, max: 3,
		},
	} {
		t.Run(name, func(t *testing.T) {
			report := suppressed(t, test.containers, test.notes, lint.SuppressOptions{})
			if open, gone := ids(report.Findings), ids(report.Suppressed); open != test.open || gone != test.suppressed {
				t.Errorf("open %q, suppressed %q; want %q, %q", open, gone, test.open, test.suppressed)
			}
			if s := report.Resources[0].Score; s.Points != test.points || s.Max != test.max {
				t.Errorf("score %d of %d, want %d of %d", s.Points, s.Max, test.points, test.max)
			}
		})
	}
}

// TestSuppressedScore shows that the points of what is suppressed are known,
// and count where that is asked for.
func TestSuppressedScore(t *testing.T) {
	const containers = "  - {name: a, risky: true} # seaworthy:ignore risk, hard -- x\n"
	score := suppressed(t, containers, false, lint.SuppressOptions{}).Resources[0].Score
	if score.Points != 0 || score.Max != 0 || score.SuppressedPoints() != -9 || len(score.Suppressed) != 2 || !score.Scored() {
		t.Errorf("%+v", score)
	}
	score = suppressed(t, containers, false, lint.SuppressOptions{Score: true}).Resources[0].Score
	if score.Points != -9 || score.Max != 3 || len(score.Suppressed) != 0 {
		t.Errorf("with suppressed points: %+v", score)
	}
}

// TestExpired shows how a finding that is back tells why.
func TestExpired(t *testing.T) {
	report := suppressed(t, "  - {name: a, hard: true, risky: true} # seaworthy:ignore risk until=2026-06-14 -- moves soon\n", false, lint.SuppressOptions{})
	f := report.Findings[0]
	if len(f.Related) != 1 || !strings.Contains(f.Related[0].Message, "until 2026-06-14: moves soon") || f.Related[0].Span.Text()[0] != '#' {
		t.Errorf("%+v", f.Related)
	}
}

// TestSelectors narrows an entry of the configuration down.
func TestSelectors(t *testing.T) {
	for selector, matches := range map[lint.Selector]bool{
		{}:                                  true,
		{Path: "deploy/**"}:                 true,
		{Path: "deploy"}:                    true,
		{Path: "deploy/*.yml"}:              false,
		{Path: "dep"}:                       false,
		{Kind: "Pod"}:                       true,
		{Kind: "Deployment"}:                false,
		{Name: "p*"}:                        true,
		{Name: "q"}:                         false,
		{Namespace: "shop"}:                 true,
		{Namespace: "other"}:                false,
		{Container: "a"}:                    true,
		{Container: "b"}:                    false,
		{Field: "spec"}:                     true,
		{Field: "spe"}:                      false,
		{Field: "spec.containers[0].risky"}: true,
		{Field: "spec.containers[a]"}:       true,
		{Field: "spec.containers[1]"}:       false,
		{Value: "true"}:                     true,
		{Value: "false"}:                    false,
		{Value: "sha256:b5bea41b6c62"}:      true,
		{Value: "sha256:B5BEA41B6C623F7C09F1BF24DCAE58EBAB3C0CDD90AD966BC43A45B44867E12B"}: true,
		{Value: "sha256:b5bea41b6c63"}:                       false,
		{Path: "deploy/x.yaml", Kind: "Pod", Container: "a"}: true,
		{Path: "deploy/x.yaml", Kind: "Pod", Container: "b"}: false,
	} {
		report := suppressed(t, "  - {name: a, hard: true, risky: true}\n", false, lint.SuppressOptions{
			Entries: []lint.Suppression{{Rules: []string{"risk"}, Reason: "x", Selector: selector}},
		})
		if got := len(report.Suppressed) == 1; got != matches {
			t.Errorf("%+v matches: %v", selector, got)
		}
	}
	if hash := suppressed(t, "  - {name: a, hard: true, risky: true}\n", false, lint.SuppressOptions{}).Findings[0].ValueHash(); hash != "sha256:b5bea41b6c623f7c" {
		t.Errorf("the hash of true is %s", hash)
	}
	for _, s := range []lint.Selector{{Path: "["}, {Name: "[a"}, {Value: "sha256:123"}, {Value: "sha256:xyzxyzxyzxyz"}} {
		if s.Validate() == nil {
			t.Errorf("%+v is valid", s)
		}
	}
}

// TestEntries shows which entries of the configuration are reported: not one
// whose object may be out of view.
func TestEntries(t *testing.T) {
	for name, test := range map[string]struct {
		entry lint.Suppression
		whole bool
		want  string
	}{
		"out of view":      {entry: lint.Suppression{Rules: []string{"weak"}, Reason: "x"}},
		"the whole":        {entry: lint.Suppression{Rules: []string{"weak"}, Reason: "x"}, whole: true, want: "the suppression of weak matches no finding"},
		"in view":          {entry: lint.Suppression{Rules: []string{"weak"}, Reason: "x", Selector: lint.Selector{Name: "p", Container: "b"}}, want: "the suppression of weak[name=p, container=b] matches no finding"},
		"another object":   {entry: lint.Suppression{Rules: []string{"weak"}, Reason: "x", Selector: lint.Selector{Name: "q"}}},
		"no reason":        {entry: lint.Suppression{Rules: []string{"risk"}}, want: "no reason"},
		"an unknown rule":  {entry: lint.Suppression{Rules: []string{"rsk"}, Reason: "x"}, want: "no rule rsk (did you mean risk?)"},
		"no date":          {entry: lint.Suppression{Rules: []string{"risk"}, Reason: "x", Until: "soon"}, want: "use YYYY-MM-DD"},
		"what is matching": {entry: lint.Suppression{Rules: []string{"risk"}, Reason: "x"}, whole: true},
	} {
		config, err := manifest.NewFile(".seaworthy.yaml", []byte("suppressions: []\n"))
		if err != nil {
			t.Fatal(err)
		}
		test.entry.Span = manifest.Span{File: config, End: 12}
		report := suppressed(t, "  - {name: a, hard: true, risky: true}\n", false, lint.SuppressOptions{Entries: []lint.Suppression{test.entry}, Whole: test.whole})
		var got string
		for _, f := range report.Findings {
			if f.Object == nil {
				got += f.Message
			}
		}
		if (got == "") != (test.want == "") || !strings.Contains(got, test.want) {
			t.Errorf("%s: %q, want %q", name, got, test.want)
		}
	}
}

// TestSuppressedFingerprint holds that a finding stays the same one.
func TestSuppressedFingerprint(t *testing.T) {
	open := suppressed(t, "  - {name: a, hard: true, risky: true}\n", false, lint.SuppressOptions{})
	gone := suppressed(t, "  - {name: a, hard: true, risky: true} # seaworthy:ignore risk -- x\n", false, lint.SuppressOptions{})
	if a, b := open.Findings[0].Fingerprint, gone.Suppressed[0].Fingerprint; a != b || a == "" {
		t.Errorf("%s, suppressed %s", a, b)
	}
}

// TestSuppressedTemplates holds that an annotation on one of several pod
// templates speaks for that template, and one on the resource for all.
func TestSuppressedTemplates(t *testing.T) {
	const job = `apiVersion: kubeflow.org/v1
kind: PyTorchJob
metadata: {name: train, annotations: {seaworthy.dev/ignore: "hard: x"}}
spec:
  pytorchReplicaSpecs:
    Master: {template: {spec: {containers: [{name: m, image: i, risky: true}]}}}
    Worker:
      template:
        metadata: {annotations: {seaworthy.dev/ignore: "risk: x"}}
        spec: {containers: [{name: w, image: i, risky: true}]}
`
	report := linttest.Check(t, linttest.Load(t, "x.yaml", []byte(job)), lint.Options{Rules: suppressionRules()})
	if open, gone := ids(report.Findings), ids(report.Suppressed); open != "risk/m" || gone != "hard/m hard/w risk/w" {
		t.Errorf("open %q, suppressed %q", open, gone)
	}
}
