package lint_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/seaworthy-lint/seaworthy/lint"
	"github.com/seaworthy-lint/seaworthy/lint/linttest"
	"github.com/seaworthy-lint/seaworthy/lint/manifest"
)

// The rules of this file are small stand-ins: a risk, a hardening, and a
// weaker risk that the first one hides.

func eachContainer(check func(*lint.Pass, *manifest.Container)) func(*lint.Pass) {
	return func(p *lint.Pass) {
		for _, pod := range p.Object.Pods() {
			for _, c := range pod.Containers() {
				check(p.In(c), c)
			}
		}
	}
}

func flag(field string) func(*lint.Pass) {
	return eachContainer(func(p *lint.Pass, c *manifest.Container) {
		if n := c.At(field); n.True() {
			p.Reportf(n, "container %q has %s", c.Name(), field)
		}
	})
}

func testRules() []*lint.Rule {
	workloads := lint.Kinds{Workloads: true}
	return []*lint.Rule{
		{ID: "risk", Severity: lint.High, Points: -9, Kinds: workloads, Hides: []string{"weak"}, Check: flag("risky")},
		{ID: "weak", Severity: lint.Medium, Points: -2, Kinds: workloads, Check: flag("weak")},
		{ID: "hard", Severity: lint.Low, Points: 3, Kinds: workloads, Check: eachContainer(func(p *lint.Pass, c *manifest.Container) {
			switch n := c.At("hard"); n.Truth() {
			case manifest.True:
				p.Comply()
			case manifest.Unknown:
				p.UnknownValue(n)
			default:
				p.Missingf(c.Node, []string{"hard"}, "container %q is not hard", c.Name())
			}
		})},
		{ID: "hint", Severity: lint.Low, Points: -1, Kinds: workloads, Check: eachContainer(func(p *lint.Pass, c *manifest.Container) {
			if n := c.At("hint"); n.IsSet() {
				p.Reportf(n, "a hint").AsNote()
			}
		})},
	}
}

func check(t *testing.T, opts lint.Options, containers string) *lint.Report {
	t.Helper()
	if opts.Rules == nil {
		opts.Rules = testRules()
	}
	return linttest.Check(t, linttest.Load(t, "x.yaml", []byte("apiVersion: v1\nkind: Pod\nmetadata: {name: p}\nspec:\n  containers:\n"+containers)), opts)
}

func ids(findings []*lint.Finding) string {
	var list []string
	for _, f := range findings {
		list = append(list, f.Rule.ID+"/"+f.Container)
	}
	return strings.Join(list, " ")
}

func TestScore(t *testing.T) {
	for name, test := range map[string]struct {
		containers            string
		findings              string
		points, max, unknowns int
	}{
		"all comply":            {"  - {name: a, hard: true}\n  - {name: b, hard: true}\n", "", 3, 3, 0},
		"one complies":          {"  - {name: a, hard: true}\n  - {name: b}\n", "hard/b", 0, 3, 0},
		"risk counts once":      {"  - {name: a, risky: true, hard: true}\n  - {name: b, risky: true, hard: true}\n", "risk/a risk/b", -6, 3, 0},
		"folded":                {"  - {name: a, risky: true, weak: true, hard: true}\n", "risk/a", -6, 3, 0},
		"weak elsewhere stays":  {"  - {name: a, risky: true, hard: true}\n  - {name: b, weak: true, hard: true}\n", "risk/a weak/b", -8, 3, 0},
		"unknown earns nothing": {"  - {name: a, hard: true}\n  - {name: b, hard: \"${X}\"}\n", "", 0, 3, 1},
		"note":                  {"  - {name: a, hint: 1, hard: true}\n", "", 3, 3, 0},
	} {
		t.Run(name, func(t *testing.T) {
			r := check(t, lint.Options{}, test.containers)
			if got := ids(r.Findings); got != test.findings {
				t.Errorf("findings %q, want %q", got, test.findings)
			}
			s := r.Resources[0].Score
			if s.Points != test.points || s.Max != test.max || s.Unknown != test.unknowns {
				t.Errorf("score %d of %d with %d unknown, want %d, %d, %d", s.Points, s.Max, s.Unknown, test.points, test.max, test.unknowns)
			}
		})
	}
}

func TestNotes(t *testing.T) {
	r := check(t, lint.Options{Notes: true}, "  - {name: a, hint: 1, hard: true}\n")
	if ids(r.Findings) != "hint/a" || r.Count(lint.Low) != 0 {
		t.Error("a note is shown when asked for, and counts for nothing")
	}
}

func TestFoldedStaysKnown(t *testing.T) {
	r := check(t, lint.Options{}, "  - {name: a, risky: true, weak: true}\n")
	if len(r.Folded) != 1 || r.Folded[0].FoldedInto != "risk" {
		t.Errorf("folded %v", r.Folded)
	}
	weak := r.Rules[slices.IndexFunc(r.Rules, func(r *lint.Rule) bool { return r.ID == "weak" })]
	if r.Resources[0].Score.Outcome(weak) != lint.Failed {
		t.Error("the outcome of a folded rule is a failure all the same")
	}
}

// TestFingerprints shows what is the same finding and what is another one.
func TestFingerprints(t *testing.T) {
	of := func(containers string) string {
		return check(t, lint.Options{}, containers).Findings[0].Fingerprint
	}
	base := of("  - {name: a, risky: true, hard: true}\n")
	for name, containers := range map[string]string{
		"other lines":  "\n\n  # moved\n  - name: a\n    hard: true\n    risky: yes\n",
		"other order":  "  - {name: z, hard: true}\n  - {hard: true, risky: true, name: a}\n",
		"other fields": "  - {name: a, risky: true, hard: true, image: x}\n",
	} {
		if of(containers) != base {
			t.Errorf("%s: another fingerprint", name)
		}
	}
	if of("  - {name: b, risky: true, hard: true}\n") == base {
		t.Error("another container must be another finding")
	}
	twice := check(t, lint.Options{}, "  - {name: a, risky: true, hard: true}\n  - {name: a, risky: true, hard: true}\n").Findings
	if twice[0].Fingerprint == twice[1].Fingerprint {
		t.Error("two findings must not share a fingerprint")
	}
}

// TestPanickingRule shows that a bug in one rule neither ends the run nor
// passes for a clean result.
func TestPanickingRule(t *testing.T) {
	rules := append(testRules(), &lint.Rule{ID: "broken", Kinds: lint.Kinds{Any: true}, Check: func(*lint.Pass) { panic("secret value") }})
	r := check(t, lint.Options{Rules: rules}, "  - {name: a, risky: true}\n")
	if len(r.Unjudged()) != 1 || !strings.Contains(r.Unjudged()[0].Reason, "rule broken") || strings.Contains(r.Unjudged()[0].Reason, "secret") {
		t.Errorf("unjudged %+v", r.Unjudged())
	}
	if !strings.Contains(ids(r.Findings), "risk/a") {
		t.Errorf("findings %s", ids(r.Findings))
	}
}

func TestPartialTemplate(t *testing.T) {
	text := "apiVersion: monitoring.coreos.com/v1\nkind: Prometheus\nmetadata: {name: p}\nspec: {containers: [{name: a, risky: true}]}\n"
	r := linttest.Check(t, linttest.Load(t, "x.yaml", []byte(text)), lint.Options{Rules: testRules()})
	if ids(r.Findings) != "risk/a" || len(r.Unknown) != 1 {
		t.Errorf("what an operator may complete is unknown, what is wrong is found: %s, %v", ids(r.Findings), r.Unknown)
	}
}

func TestOrderDoesNotDependOnJobs(t *testing.T) {
	var text strings.Builder
	for range 200 {
		text.WriteString("---\napiVersion: v1\nkind: Pod\nmetadata: {name: p}\nspec: {containers: [{name: a, risky: true, weak: true}]}\n")
	}
	var first string
	for _, jobs := range []int{1, 2, 8} {
		r := linttest.Check(t, linttest.Load(t, "x.yaml", []byte(text.String())), lint.Options{Rules: testRules(), Jobs: jobs})
		var all strings.Builder
		for _, f := range r.Findings {
			all.WriteString(f.Fingerprint + f.Message)
		}
		if first == "" {
			first = all.String()
		}
		if all.String() != first || len(r.Findings) != 400 {
			t.Errorf("%d jobs give another report", jobs)
		}
	}
}

func TestParseVersion(t *testing.T) {
	for text, want := range map[string]lint.Version{
		"1.29": {Minor: 29, Patch: -1, Named: true}, "v1.5": {Minor: 5, Patch: -1, Named: true}, "1.19.3": {Minor: 19, Patch: 3, Named: true},
	} {
		if got, err := lint.ParseVersion(text); err != nil || got != want {
			t.Errorf("%s: %+v, %v", text, got, err)
		}
	}
	for _, text := range []string{"", "1", "2.0", "1.x", "1.2.3.4", "1.-1", "latest", "1.999"} {
		if _, err := lint.ParseVersion(text); err == nil {
			t.Errorf("%q must be an error", text)
		}
	}
}

func TestKindsNameGroups(t *testing.T) {
	kinds := lint.Kinds{Names: []string{"Pod", "a.example.com/Thing", "b.example.com/*"}, Context: []string{"c.example.com/*", "Node"}}
	for _, c := range []struct {
		apiVersion, kind string
		reads, loads     bool
	}{
		{"v1", "Pod", true, true},
		{"other.example.com/v1", "Pod", true, true},
		{"a.example.com/v1", "Thing", true, true},
		{"v1", "Thing", false, false},
		{"a.example.com/v1", "Other", false, false},
		{"b.example.com/v1", "Anything", true, true},
		{"c.example.com/v1", "Anything", false, true},
		{"v1", "Node", false, true},
	} {
		if reads := kinds.Reads(c.apiVersion, c.kind, false); reads != c.reads {
			t.Errorf("reads %s %s: %v", c.apiVersion, c.kind, reads)
		}
		if loads := kinds.Loads(c.apiVersion, c.kind); loads != c.loads {
			t.Errorf("loads %s %s: %v", c.apiVersion, c.kind, loads)
		}
	}
}
