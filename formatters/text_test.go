package formatters

import (
	"errors"
	"fmt"
	"io"
	"regexp"
	"strings"
	"testing"
	"unicode"

	"github.com/seaworthy-lint/seaworthy/lint"
	"github.com/seaworthy-lint/seaworthy/lint/linttest"
	"github.com/seaworthy-lint/seaworthy/lint/manifest"
)

func TestText(t *testing.T) {
	for name, test := range map[string]struct {
		files sources
		o     Options
	}{
		"port.txt":        {sources{"deploy/port.yaml", port}, Options{}},
		"port-color.txt":  {sources{"deploy/port.yaml", port}, Options{Color: true}},
		"port-quiet.txt":  {sources{"deploy/port.yaml", port}, Options{Quiet: true}},
		"port-full.txt":   {sources{"deploy/port.yaml", port}, Options{FullCoverage: true}},
		"clean.txt":       {sources{"deploy/a.yaml", fleet("a", 0), "deploy/b.yaml", fleet("b", 0)}, Options{}},
		"clean-quiet.txt": {sources{"deploy/a.yaml", fleet("a", 0)}, Options{Quiet: true}},
		"empty.txt":       {nil, Options{}},
	} {
		t.Run(name, func(t *testing.T) {
			golden(t, name, written(t, "text", judge(t, test.files), test.o))
		})
	}
}

// TestTextOfMany holds that a long report stays short beside its findings.
func TestTextOfMany(t *testing.T) {
	var files sources
	for i := range 50 {
		files = append(files, fmt.Sprintf("deploy/%02d.yaml", i), fleet(fmt.Sprintf("ship-%02d", i), 20))
	}
	report := judge(t, files)
	for i := range 70 {
		report.Documents = append(report.Documents, whole(fmt.Sprintf("docs/%02d.yaml", i), manifest.NotKubernetes, "no apiVersion and kind"))
	}
	report.Documents = append(report.Documents, whole("vendor/crds.yaml", manifest.Excluded, "matches vendor/**"))
	out := string(written(t, "text", report, Options{}))
	if found := len(report.Findings); found != 1000 {
		t.Fatalf("%d findings", found)
	}
	rest := out[strings.Index(out, "\nScores"):]
	golden(t, "many.txt", []byte(rest))
	if strings.Contains(out, "\n\n\n") || strings.Count(out, "\n\n") > len(files)/2+6 {
		t.Error("blank lines stand elsewhere than between resources and parts")
	}
	if lines := strings.Count(out, "\n"); lines > 5*1000+2*50+80 {
		t.Errorf("%d lines for 1000 findings", lines)
	}
}

// sharedField reports a field of the pod once for each container that
// inherits it, and a note.
func sharedField() *lint.Rule {
	return &lint.Rule{
		ID: "shared-field", Family: "test", Title: "field is shared", Severity: lint.High, Fix: "take it away",
		Kinds: lint.Kinds{Workloads: true}, Scope: lint.ContainerScope,
		Check: func(p *lint.Pass) {
			for _, pod := range p.Object.Pods() {
				for _, c := range pod.Containers() {
					p.In(c).Reportf(p.Object.At("spec", "shared"), "container %q inherits it", c.Name())
				}
			}
			p.Reportf(p.Object.At("metadata", "name"), "named so").AsNote().Relate(p.Object.At("kind"), "the kind")
		},
	}
}

const sharing = `apiVersion: v1
kind: Pod
metadata: {name: ships}
spec:
  shared: true
  containers: [{name: a}, {name: b}, {name: c}, {name: d}, {name: e}, {name: f}]
`

func TestTextJoinsAPlace(t *testing.T) {
	set := linttest.Load(t, "a.yaml", []byte(sharing))
	report := linttest.Check(t, set, lint.Options{Rules: []*lint.Rule{sharedField()}, Notes: true})
	report.Findings[1].Exact = false
	golden(t, "shared.txt", written(t, "text", report, Options{}))
}

// TestTextIsSafe gives the report hostile text in every place that takes text.
func TestTextIsSafe(t *testing.T) {
	const evil = "x\x1b[2J\u202e\x07\u009b\n- https://me:hunter2@example.com"
	hostile := strings.NewReplacer("ships", `"x\e[2J\u202E\a\x9b\n- https://me:hunter2@example.com"`, "name: a}", `name: "\e]0;\a"}`).Replace(sharing)
	set := linttest.Load(t, evil, []byte(hostile))
	set.Target = manifest.Target{Type: "chart", Path: evil}
	report := linttest.Check(t, set, lint.Options{Rules: []*lint.Rule{sharedField()}, Notes: true})
	for _, f := range report.Findings {
		f.Message += evil
		f.Relate(report.Resources[0].Object.At("kind"), evil)
	}
	report.Resources[0].Score.Unknown = 1
	report.Unknown = append(report.Unknown, lint.Unknown{Rule: sharedField(), Span: report.Findings[0].Span, Reason: evil})
	for _, status := range []manifest.Status{manifest.ParseError, manifest.Excluded, manifest.NotKubernetes} {
		d := whole(evil, status, evil)
		d.Kind = evil
		report.Documents = append(report.Documents, d)
	}
	for range 2 * shownDocuments {
		report.Documents = append(report.Documents, whole(evil, manifest.NotKubernetes, evil))
	}
	out := string(written(t, "text", report, Options{FullCoverage: false}))
	for _, r := range strings.ReplaceAll(out, "\n", "") {
		if unicode.IsControl(r) || unicode.Is(unicode.Cf, r) {
			t.Fatalf("%U is written:\n%s", r, out)
		}
	}
	if strings.Contains(out, "hunter2") || regexp.MustCompile(`(?m)^- https`).MatchString(out) {
		t.Errorf("a credential or a forged line is written:\n%s", out)
	}
}

func TestVerdict(t *testing.T) {
	finding := judge(t, sources{"a.yaml", fleet("a", 1)})
	clean := judge(t, sources{"a.yaml", fleet("a", 0)})
	broken := judge(t, sources{"a.yaml", fleet("a", 0), "b.yaml", "a: ["})
	for _, test := range []struct {
		report *lint.Report
		status int
		want   string
	}{
		{clean, 0, "passed: 1 resource in 1 file judged by 7 rules, nothing found (exit status 0)"},
		{clean, 1, "failed: the findings or scores do not pass the gate; 1 resource in 1 file judged by 7 rules, nothing found (exit status 1)"},
		{clean, 2, "incomplete: not everything could be judged; 1 resource in 1 file judged by 7 rules, nothing found (exit status 2)"},
		{finding, 0, "passed: no finding reaches the gate; 1 resource in 1 file judged by 7 rules, 1 finding (exit status 0)"},
		{finding, 1, "failed: the findings or scores do not pass the gate; 1 resource in 1 file judged by 7 rules, 1 finding (exit status 1)"},
		{broken, 0, "passed: no finding reaches the gate, but 1 document could not be judged; 1 resource in 1 file judged by 7 rules, nothing found (exit status 0)"},
		{broken, 2, "incomplete: 1 document could not be judged; 1 resource in 1 file judged by 7 rules, nothing found (exit status 2)"},
		{&lint.Report{}, 2, "incomplete: there was nothing to judge; 0 resources in 0 files judged by 0 rules, nothing found (exit status 2)"},
	} {
		test.report.ExitStatus = test.status
		lines := strings.Split(strings.TrimSpace(string(written(t, "text", test.report, Options{}))), "\n")
		if got := lines[len(lines)-1]; got != test.want {
			t.Errorf("got  %s\nwant %s", got, test.want)
		}
	}
}

type brokenWriter struct{}

func (brokenWriter) Write([]byte) (int, error) { return 0, io.ErrShortWrite }

func TestFormattersTellWriteErrors(t *testing.T) {
	report := judge(t, sources{"a.yaml", port})
	for _, format := range []string{"json", "jsonl", "text"} {
		if err := All[format](brokenWriter{}, report, Options{}); !errors.Is(err, io.ErrShortWrite) {
			t.Errorf("%s: %v", format, err)
		}
	}
}
