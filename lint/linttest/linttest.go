// Package linttest compares what rules find with the want comments of
// fixtures.
//
// A fixture is YAML in which a comment
//
//	# want rule-id "regexp"
//
// stands on the very line on which the finding must lie; its message must
// match. Several wants may stand in one comment; "# want+2 …" and "# want-1 …"
// speak of a line further down or up. Surplus and missing findings both fail.
//
// A first line "# test: strict notes pss 1.29" asks for the strict reading,
// for notes, for Pod Security Admission's own checks (pss for the Baseline
// level, restricted for Restricted), and for a Kubernetes version. The words
// files, open and closed say what the absence of an object from the fixture
// means; namespace=NAME says where deployment puts what names no namespace;
// assumed tells that the namespace is only what a chart was rendered with; cis
// asks for the reading of the CIS benchmark.
//
// A scope is a folder of YAML files that shows what no single object shows. A
// comment "# scope: …" in its first file says what; one without want comments
// says "# fine: …" there, why nothing is to be found.
package linttest

import (
	"context"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"github.com/seaworthy-lint/seaworthy/lint"
	"github.com/seaworthy-lint/seaworthy/lint/manifest"
)

// Load reads a file as a set of its own.
func Load(t testing.TB, path string, content []byte) *manifest.Set {
	t.Helper()
	set := &manifest.Set{Target: manifest.Target{Type: "plain", Path: "."}}
	AddFile(t, set, path, content)
	return set
}

// AddFile reads a file into a set.
func AddFile(t testing.TB, set *manifest.Set, path string, content []byte) {
	t.Helper()
	for _, d := range manifest.Read(path, content, nil) {
		if d.Object == nil {
			t.Fatalf("%s: document %d is no object to judge: %s", path, d.Number, d.Reason)
		}
		set.Documents = append(set.Documents, d)
	}
}

// Today is the day on which fixtures are judged, so that a suppression in them
// expires in no test run.
const Today lint.Date = "2026-06-15"

// Check runs the rules over a set and suppresses what the set says.
func Check(t testing.TB, set *manifest.Set, opts lint.Options) *lint.Report {
	t.Helper()
	if opts.Version == (lint.Version{}) {
		opts.Version = lint.NewestVersion()
	}
	report, err := lint.Check(context.Background(), []*manifest.Set{set}, opts)
	if err != nil {
		t.Fatal(err)
	}
	lint.Suppress(report, lint.SuppressOptions{Today: Today, Catalogue: opts.Rules})
	return report
}

// Run compares what the rules find in a fixture, a file or all YAML files of a
// folder, with its want comments.
func Run(t *testing.T, path string, rules ...*lint.Rule) {
	t.Helper()
	f := read(t, path, rules)
	if len(f.wants) == 0 {
		t.Fatalf("%s: no want comment: a fixture must show what is found", path)
	}
	compare(t, Check(t, f.set, f.opts), f.wants)
}

// RunScope compares what the rules find in a scope, a folder of YAML files,
// with its want comments. It tells whether the scope is fine as it is.
func RunScope(t *testing.T, path string, rules ...*lint.Rule) (fine bool) {
	t.Helper()
	f := read(t, path, rules)
	if !scopeComment.MatchString(f.first) {
		t.Errorf("%s: the first file says by no comment # scope: what it shows", path)
	}
	if fine = fineComment.MatchString(f.first); fine == (len(f.wants) > 0) {
		t.Errorf("%s: a scope has either want comments or a comment # fine: in its first file", path)
	}
	compare(t, Check(t, f.set, f.opts), f.wants)
	return fine
}

var (
	scopeComment = regexp.MustCompile(`(?m)^# scope: \S`)
	fineComment  = regexp.MustCompile(`(?m)^# fine: \S`)
)

// fixture is what was read of a fixture or scope.
type fixture struct {
	set   *manifest.Set
	opts  lint.Options
	wants []*want
	// first is the text of the first file.
	first string
}

func read(t *testing.T, path string, rules []*lint.Rule) fixture {
	t.Helper()
	files := []string{path}
	if info, err := os.Stat(path); err != nil {
		t.Fatal(err)
	} else if info.IsDir() {
		if files, err = filepath.Glob(filepath.Join(path, "*.yaml")); err != nil {
			t.Fatal(err)
		}
	}
	f := fixture{
		set:  &manifest.Set{Target: manifest.Target{Type: "plain", Path: "."}},
		opts: lint.Options{Rules: rules, Version: lint.NewestVersion()},
	}
	for i, file := range files {
		content, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		if i == 0 {
			f.first = string(content)
		}
		AddFile(t, f.set, file, content)
		readOptions(t, content, &f.opts, f.set)
		f.wants = append(f.wants, readWants(t, file, content)...)
	}
	return f
}

func readOptions(t testing.TB, content []byte, opts *lint.Options, set *manifest.Set) {
	t.Helper()
	first, _, _ := strings.Cut(string(content), "\n")
	words, ok := strings.CutPrefix(first, "# test:")
	if !ok {
		return
	}
	for _, word := range strings.Fields(words) {
		if namespace, ok := strings.CutPrefix(word, "namespace="); ok {
			set.Target.Namespace = namespace
			continue
		}
		switch word {
		case "assumed":
			set.Target.Assumed = true
		case "strict":
			opts.Strict = true
		case "notes":
			opts.Notes = true
		case "pss":
			opts.PodSecurity = true
		case "restricted":
			opts.PodSecurity, opts.Restricted = true, true
		case "cis":
			opts.CIS = true
		case "files":
			set.Target.Bounds = manifest.Files
		case "open":
			set.Target.Bounds = manifest.Open
		case "closed":
			set.Target.Bounds = manifest.Closed
		default:
			version, err := lint.ParseVersion(word)
			if err != nil {
				t.Fatalf("test line: %v", err)
			}
			opts.Version = version
		}
	}
}

type want struct {
	file    string
	line    int
	rule    string
	message *regexp.Regexp
	met     bool
}

var (
	wantComment = regexp.MustCompile(`# want([+-]\d+)?((?:\s+[a-z0-9-]+\s+"(?:[^"\\]|\\.)*")+)`)
	wantItem    = regexp.MustCompile(`([a-z0-9-]+)\s+("(?:[^"\\]|\\.)*")`)
)

func readWants(t testing.TB, file string, content []byte) []*want {
	t.Helper()
	var wants []*want
	for i, line := range strings.Split(string(content), "\n") {
		m := wantComment.FindStringSubmatch(line)
		if m == nil {
			if strings.Contains(line, "# want") {
				t.Errorf("%s:%d: cannot read the want comment", file, i+1)
			}
			continue
		}
		offset, _ := strconv.Atoi(m[1])
		for _, item := range wantItem.FindAllStringSubmatch(m[2], -1) {
			pattern, err := strconv.Unquote(item[2])
			if err != nil {
				t.Fatalf("%s:%d: %v", file, i+1, err)
			}
			message, err := regexp.Compile(pattern)
			if err != nil {
				t.Fatalf("%s:%d: %v", file, i+1, err)
			}
			wants = append(wants, &want{file: file, line: i + 1 + offset, rule: item[1], message: message})
		}
	}
	return wants
}

func compare(t testing.TB, report *lint.Report, wants []*want) {
	t.Helper()
	for _, f := range report.Findings {
		line := f.Span.File.Position(f.Span.Start).Line
		if !meet(wants, f, line) {
			t.Errorf("%s:%d: unexpected %s: %s", f.Span.File.Path, line, f.Rule.ID, f.Message)
		}
	}
	for _, w := range wants {
		if !w.met {
			t.Errorf("%s:%d: missing %s matching %q", w.file, w.line, w.rule, w.message)
		}
	}
}

func meet(wants []*want, f *lint.Finding, line int) bool {
	for _, w := range wants {
		if !w.met && w.file == f.Span.File.Path && w.line == line && w.rule == f.Rule.ID && w.message.MatchString(f.Message) {
			w.met = true
			return true
		}
	}
	return false
}
