package markers

import (
	"fmt"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/seaworthy-lint/seaworthy/lint/manifest"
)

func fileOf(t testing.TB, path, text string) *manifest.File {
	t.Helper()
	file, err := manifest.NewFile(path, []byte(text))
	if err != nil {
		t.Fatal(err)
	}
	return file
}

// TestParse reads what stands after seaworthy:ignore, or in the annotation.
func TestParse(t *testing.T) {
	web := []Selector{{"container", "web"}}
	for text, want := range map[string][]Mark{
		"host-pid -- sees the node":                           {{Name: "host-pid", Reason: "sees the node"}},
		"host-pid: sees the node":                             {{Name: "host-pid", Reason: "sees the node"}},
		"host-pid":                                            {{Name: "host-pid"}},
		"host-pid --":                                         {{Name: "host-pid"}},
		"a b,c , d -- why":                                    {{Name: "a", Reason: "why"}, {Name: "b", Reason: "why"}, {Name: "c", Reason: "why"}, {Name: "d", Reason: "why"}},
		"a until=2027-01-31 -- why":                           {{Name: "a", Reason: "why", Until: "2027-01-31"}},
		"a until=2027-01-31: why":                             {{Name: "a", Reason: "why", Until: "2027-01-31"}},
		"a -- why, until=2027-01-31.":                         {{Name: "a", Reason: "why,", Until: "2027-01-31"}},
		"a -- until=2027-01-31 why":                           {{Name: "a", Reason: "why", Until: "2027-01-31"}},
		"kube-linter:host-pid: why":                           {{Name: "kube-linter:host-pid", Reason: "why"}},
		"polaris:*: why":                                      {{Name: "polaris:*", Reason: "why"}},
		"CKV_K8S_16 -- why":                                   {{Name: "CKV_K8S_16", Reason: "why"}},
		"a[container=web]: why":                               {{Name: "a", Selectors: web, Reason: "why"}},
		"a[container=web] b: why":                             {{Name: "a", Selectors: web, Reason: "why"}, {Name: "b", Reason: "why"}},
		"a[ container = web , field=spec.x[0].y ] -- why":     {{Name: "a", Selectors: []Selector{{"container", "web"}, {"field", "spec.x[0].y"}}, Reason: "why"}},
		`a[value="x, [y]: z"] -- why`:                         {{Name: "a", Selectors: []Selector{{"value", "x, [y]: z"}}, Reason: "why"}},
		"a[path=**/x.yaml,name=web-*] -- see #12 -- and a: b": {{Name: "a", Selectors: []Selector{{"path", "**/x.yaml"}, {"name", "web-*"}}, Reason: "see #12 -- and a: b"}},
		"a — why is not set apart":                            nil,
		"":                                                    nil,
		"-- why":                                              nil,
		"a[container] -- why":                                 nil,
		"a[container=] -- why":                                nil,
		"a[container=web -- why":                              nil,
		"a[pod=web] -- why":                                   nil,
		"a[container=web]x -- why":                            nil,
		"a until= -- why":                                     nil,
		"a until=2027-01-31 -- until=2027-02-28":              nil,
	} {
		marks, problem := parse(text)
		if (problem == "") != (want != nil) || !reflect.DeepEqual(marks, want) {
			t.Errorf("%q: %+v, problem %q; want %+v", text, marks, problem, want)
		}
	}
}

// TestScan finds comments, and nothing that only looks like one.
func TestScan(t *testing.T) {
	for name, test := range map[string]struct {
		path, text string
		want       []string
	}{
		"comments":          {text: "# a\nb: c # d\n  # e\n#f\n", want: []string{" a", " d", " e", "f"}},
		"strings":           {text: "a: \"x # y\" # 1\nb: 'x # ''y # z' # 2\nc: \"\\\" # x\" # 3\n", want: []string{" 1", " 2", " 3"}},
		"long strings":      {text: "a: \"x\n  # y\n  z\" # 1\nb: 'x\n\n  # y' # 2\n", want: []string{" 1", " 2"}},
		"no strings":        {text: "a: don't # 1\nb: x\"y # 2\nc: it's # 3\n- 'x' # 4\n", want: []string{" 1", " 2", " 3", " 4"}},
		"no comments":       {text: "a: b#c\nd: #\ne: f# g\n", want: []string{""}},
		"block scalars":     {text: "a: | # 1\n  # x\n\n  # y\nb: # 2\n- >-\n  # x\n # y\n- c: |2\n    # x\n  d: e # 3\n", want: []string{" 1", " 2", " 3"}},
		"tagged":            {text: "a: !!str |\n  # x\nb: &c 'x # y' # 1\nc: !t \"# x\"\n", want: []string{" 1"}},
		"flow":              {text: "{a: [\"# x\", '# y', z], # 1\n b: \"c\"} # 2\n", want: []string{" 1", " 2"}},
		"pipes":             {text: "a: x | y # 1\nb: [|] # 2\nc: {{ .x | quote }} # 3\n", want: []string{" 1", " 2", " 3"}},
		"templates":         {text: "a: {{ \"# x\" }} # 1\n{{- /* 2 */ -}}\n{{/* 3\n  4\n*/}}\nb: \"{{ default \"# x\" .y }}\" # 5\n", want: []string{" 1", " 2 ", " 3", "  4", "", " 5"}},
		"a broken quote":    {text: "a: \"x\n---\nb: c # 1\n", want: []string{" 1"}},
		"a configuration":   {path: "x/kustomization.yaml", text: "patch: |-\n  # 1\n  a: b # 2\n", want: []string{" 1", " 2"}},
		"Windows line ends": {text: "a: b # 1\r\nc: |\r\n  # x\r\nd: e # 2\r\n", want: []string{" 1", " 2"}},
	} {
		file := fileOf(t, "x.yaml", test.text)
		if test.path != "" {
			file.Path = test.path
		}
		var got []string
		for _, c := range scan(file).found {
			got = append(got, c.text)
		}
		if !slices.Equal(got, test.want) {
			t.Errorf("%s: %q, want %q", name, got, test.want)
		}
	}
}

// covered is a file in which each reason says which lines the mark covers.
const covered = `# seaworthy:ignore-file x -- 1-49
# seaworthy:ignore x -- 4-23
---
apiVersion: v1 # seaworthy:ignore x -- 4-4
kind: Pod
metadata:
  # seaworthy:ignore x -- 8-8
  name: a
# seaworthy:ignore x -- 10-22
spec:
  # seaworthy:ignore x -- 12-20
  containers:
  # seaworthy:ignore x -- 15-17
  # seaworthy:ignore y -- 15-17
  - image: b

    command: [c]

  # seaworthy:ignore x -- 20-20
  - name: d
  # seaworthy:ignore x -- 22-22
  hostPID: true
  # seaworthy:ignore x -- 28-38
---
{{- if .Values.x }}
# seaworthy:ignore x -- 28-38
{{- end }}
kind: Pod
spec:
  {{/* seaworthy:ignore x -- 33-37
       and so on */}}
  {{- with .Values.y }}
  containers:
  - name: {{ .z }}
    {{- end }}
{{- if .Values.x }}
    image: e
{{- end }}
---
# seaworthy:ignore x -- 41-43
list:
- a
- b
# trivy:ignore:KSV-0001 45-45
other: b
---
metadata: # checkov:skip=CKV_K8S_1,CKV_K8S_2:47-49
# seaworthy:ignore x -- 0-0
`

func TestCovers(t *testing.T) {
	marks := Comments(fileOf(t, "x.yaml", covered))
	if len(marks) != 18 {
		t.Errorf("%d marks", len(marks))
	}
	for _, m := range marks {
		want := strings.Fields(m.Reason + " " + m.Problem)[0]
		if got := fmt.Sprintf("%d-%d", m.Covers.First, m.Covers.Last); got != want {
			line := m.Span.File.Position(m.Span.Start).Line
			t.Errorf("line %d: covers %s, want %s", line, got, want)
		}
	}
}

// TestComments reads the comments of all tools.
func TestComments(t *testing.T) {
	for text, want := range map[string]string{
		"#seaworthy:ignore a -- b":                       " a b ",
		"# seaworthy:ignore a # trivy:ignore:KSV014 why": " a  |trivy-checks trivy-checks:KSV-0014 why ",
		"# trivy:ignore:avd-ksv-0014":                    "trivy-checks trivy-checks:KSV-0014  ",
		"# trivy:ignore:KSV-0014:exp:2027-01-31 why":     "trivy-checks trivy-checks:KSV-0014 why 2027-01-31",
		"#trivy:ignore:*":                                "trivy-checks trivy-checks:*  ",
		"#trivy:ignore:a #trivy:ignore:b":                "trivy-checks trivy-checks:A  |trivy-checks trivy-checks:B  ",
		"#trivy:ignore:KSV-0014[name=x]":                 "",
		"#trivy:ignore:":                                 "",
		"#checkov:skip=CKV_K8S_1:why: so":                "checkov checkov:CKV_K8S_1 why: so ",
		"# checkov:skip = CKV_K8S_1, CKV_K8S_2":          "checkov checkov:CKV_K8S_1  |checkov checkov:CKV_K8S_2  ",
		"# see seaworthy:ignore a":                       "",
		"# seaworthy: ignore a":                          "",
		"# the seaworthy:ignore comment":                 "",
	} {
		var got []string
		for _, m := range Comments(fileOf(t, "x.yaml", "a: b "+text+"\n")) {
			got = append(got, m.Tool+" "+m.Name+" "+m.Reason+" "+m.Until)
		}
		if joined := strings.Join(got, "|"); joined != want {
			t.Errorf("%q: %q, want %q", text, joined, want)
		}
	}
}

// TestAnnotations reads the annotations of all tools.
func TestAnnotations(t *testing.T) {
	for text, want := range map[string]string{
		`seaworthy.dev/ignore: "a: why"`:                            " a why ",
		"seaworthy.dev/ignore: |\n  a: why\n\n  b until=2027-01-31": " a why | b  2027-01-31",
		`ignore-check.kube-linter.io/host-pid: why`:                 "kube-linter kube-linter:host-pid why ",
		`kube-linter.io/ignore-all: why`:                            "kube-linter kube-linter:* why ",
		`kube-score/ignore: a, b,`:                                  "kube-score kube-score:a  |kube-score kube-score:b  ",
		`kube-score/enable: a`:                                      "",
		`polaris.fairwinds.com/exempt: "true"`:                      "polaris polaris:*  ",
		`polaris.fairwinds.com/exempt: "false"`:                     "",
		`polaris.fairwinds.com/hostPIDSet-exempt: "true"`:           "polaris polaris:hostPIDSet  ",
		`polaris.fairwinds.com/hostPIDSet-exempt: "no"`:             "",
		`polaris.fairwinds.com/-exempt: "true"`:                     "",
		`checkov.io/skip12: CKV_K8S_17=why = so`:                    "checkov checkov:CKV_K8S_17 why = so ",
		`checkov.io/skip1: CKV_K8S_17`:                              "checkov checkov:CKV_K8S_17  ",
		"kubescape.io/skip-controls: C-0001,C-0002\nkubescape.io/skip-reason: why\nkubescape.io/skip-expiry: 2027-01-31T23:59:59Z": "kubescape kubescape:C-0001 why 2027-01-31|kubescape kubescape:C-0002 why 2027-01-31",
		`kubescape.io/ignore: "Yes"`: "kubescape kubescape:*  ",
		`kubescape.io/ignore: "no"`:  "",
		`example.com/ignore: a`:      "",
	} {
		file := fileOf(t, "x.yaml", "annotations:\n  "+strings.ReplaceAll(text, "\n", "\n  ")+"\n")
		tree, err := manifest.Parse(manifest.Span{File: file, End: len(file.Text)})
		if err != nil {
			t.Fatal(err)
		}
		var got []string
		for _, m := range Annotations(tree.Root) {
			got = append(got, m.Tool+" "+m.Name+" "+m.Reason+" "+m.Until)
		}
		if joined := strings.Join(got, "|"); joined != want {
			t.Errorf("%q: %q, want %q", text, joined, want)
		}
	}
	if marks := Annotations(nil); marks != nil {
		t.Errorf("nothing has marks: %+v", marks)
	}
}

// TestTooMany bounds what a hostile file may ask for.
func TestTooMany(t *testing.T) {
	marks := Comments(fileOf(t, "x.yaml", strings.Repeat("# seaworthy:ignore a -- b\n", 3*maxMarks)))
	if len(marks) != maxMarks+1 || marks[maxMarks].Problem == "" || marks[maxMarks-1].Problem != "" {
		t.Errorf("%d marks, the last %+v", len(marks), marks[len(marks)-1])
	}
}
