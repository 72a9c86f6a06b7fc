package config

import (
	"cmp"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/seaworthy-lint/seaworthy/lint"
	"github.com/seaworthy-lint/seaworthy/lint/manifest"
)

// open writes configuration files, by folder, and opens the tree of them.
func open(t *testing.T, files map[string]string, flags Flags) *Tree {
	t.Helper()
	root := t.TempDir()
	for dir, text := range files {
		write(t, filepath.Join(root, dir, FileName), text)
	}
	tree, err := Open(Options{Root: root, Catalogue: testCatalogue(), Flags: flags})
	if err != nil {
		t.Fatal(err)
	}
	return tree
}

func write(t *testing.T, path, text string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
}

func object(t *testing.T, text string) *manifest.Object {
	t.Helper()
	file, err := manifest.NewFile("o.yaml", []byte(text))
	if err != nil {
		t.Fatal(err)
	}
	tree, err := manifest.Parse(manifest.Documents(file)[0])
	if err != nil {
		t.Fatal(err)
	}
	o, problem := manifest.NewObject(tree.Root, nil)
	if problem != nil {
		t.Fatal(problem.Reason)
	}
	return o
}

// TestRulesOfFiles shows how layers decide what runs, the nearest last.
func TestRulesOfFiles(t *testing.T) {
	for name, test := range map[string]struct {
		files map[string]string
		flags Flags
		path  string
		want  string
	}{
		"nothing is said":                {nil, Flags{}, "a/b.yaml", "host-network host-pid"},
		"a profile":                      {map[string]string{"": "profile: strict@1"}, Flags{}, "a/b.yaml", "host-network host-pid low-user-id"},
		"a nearer profile":               {map[string]string{"": "profile: strict", "a": "profile: default"}, Flags{}, "a/b/c.yaml", "host-network host-pid"},
		"the profile of a folder":        {map[string]string{"a": "profile: strict"}, Flags{}, "b/c.yaml", "host-network host-pid"},
		"an ignored alias":               {map[string]string{"": "ignore: [ckv_k8s_17]"}, Flags{}, "a.yaml", "host-network"},
		"ignored far, profile near":      {map[string]string{"": "ignore: [host-pid]", "a": "profile: strict"}, Flags{}, "a/b.yaml", "host-network low-user-id"},
		"ignored far, selected near":     {map[string]string{"": "ignore: [host-pid]", "a": "select: [HOST-PID]"}, Flags{}, "a/b.yaml", "host-pid"},
		"ignored far, added near":        {map[string]string{"": "ignore: [host-pid]", "a": "extend-select: [host-pid]"}, Flags{}, "a/b.yaml", "host-network host-pid"},
		"selected far, profile near":     {map[string]string{"": "select: [host-pid]", "a": "profile: strict"}, Flags{}, "a/b.yaml", "host-network host-pid low-user-id"},
		"added far, selected near":       {map[string]string{"": "extend-select: [low-user-id]", "a": "select: [host-pid]"}, Flags{}, "a/b.yaml", "host-pid"},
		"ignored beats selected":         {map[string]string{"": "select: [host-pid, host-network]\nignore: [host-pid]"}, Flags{}, "a.yaml", "host-network"},
		"root stops":                     {map[string]string{"": "profile: strict", "a": "root: true", "a/b": "ignore: [host-pid]"}, Flags{}, "a/b/c.yaml", "host-network"},
		"parameters of an opt-in rule":   {map[string]string{"": "rules: {labels: {most: 3}}"}, Flags{}, "a.yaml", "host-network host-pid labels"},
		"a severity of an opt-in rule":   {map[string]string{"": "rules: {labels: {severity: high}}"}, Flags{}, "a.yaml", "host-network host-pid"},
		"an override":                    {map[string]string{"a": "overrides: [{paths: [b], ignore: [host-pid]}]"}, Flags{}, "a/b/c.yaml", "host-network"},
		"an override of another path":    {map[string]string{"a": "overrides: [{paths: [b], ignore: [host-pid]}]"}, Flags{}, "b/c.yaml", "host-network host-pid"},
		"a nearer file over an override": {map[string]string{"": "overrides: [{paths: [a], ignore: [host-pid]}]", "a": "extend-select: [host-pid]"}, Flags{}, "a/c.yaml", "host-network host-pid"},
		"a flag":                         {map[string]string{"": "profile: strict"}, Flags{Profile: &lint.Profile{Name: "default", Version: 1}}, "a.yaml", "host-network host-pid"},
		"excluded":                       {map[string]string{"": "exclude: [a]"}, Flags{}, "a/b.yaml", ""},
		"a file outside":                 {map[string]string{"": "ignore: [host-pid]"}, Flags{}, "../other/b.yaml", "host-network"},
	} {
		tree := open(t, test.files, test.flags)
		if got := names(tree.At(test.path, nil).Rules); got != test.want {
			t.Errorf("%s: %q, want %q", name, got, test.want)
		}
		if err := tree.Err(); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestFlagsWin(t *testing.T) {
	catalogue := testCatalogue()
	one, low := 1, lint.Low
	tree, err := Open(Options{Root: t.TempDir(), Catalogue: catalogue, Flags: Flags{
		Select: catalogue.Rules[:2], Ignore: catalogue.Rules[:1], FailOn: &low, MinScore: &one, Exclude: []string{"./x/"},
	}})
	if err != nil {
		t.Fatal(err)
	}
	write(t, filepath.Join(tree.root, FileName), "ignore: [host-pid]\nfail-on: never\nmin-score: 5\ninclude: [x]\n")
	e := tree.At("x.yaml", nil)
	if tree.Excluded("x/y.yaml") != "excluded by ./x/" {
		t.Errorf("%q", tree.Excluded("x/y.yaml"))
	}
	if e == nil || len(e.Rules) != 0 {
		t.Errorf("a file that is not included has rules %v", names(e.Rules))
	}
	write(t, filepath.Join(tree.root, "a", FileName), "root: true\nignore: [host-pid]\nfail-on: never\nmin-score: 5\n")
	e = tree.At("a/x.yaml", nil)
	if names(e.Rules) != "host-pid" || e.FailOn != lint.Low || *e.MinScore != 1 {
		t.Errorf("%s %v %v", names(e.Rules), e.FailOn, *e.MinScore)
	}
}

// TestObjects shows each kind of selector of an override.
func TestObjects(t *testing.T) {
	tree := open(t, map[string]string{"": `
overrides:
- {kinds: [Job, apps/deployment], ignore: [host-pid]}
- {namespaces: ["ci-*"], ignore: [host-network]}
- {labels: {tier: "*", team: pay*}, scope: closed}
- {kinds: [Pod], namespaces: [shop], fail-on: never, rules: {host-pid: {severity: low}}}
`}, Flags{})
	for text, want := range map[string]string{
		"{apiVersion: batch/v1, kind: Job, metadata: {name: a}}":                                          "host-network medium bundle high",
		"{apiVersion: apps/v1, kind: Deployment, metadata: {name: a, namespace: ci-1}}":                   " medium bundle high",
		"{apiVersion: other/v1, kind: Deployment, metadata: {name: a}}":                                   "host-network host-pid medium bundle high",
		"{apiVersion: v1, kind: Pod, metadata: {name: a, namespace: shop}}":                               "host-network host-pid never bundle low",
		"{apiVersion: v1, kind: Pod, metadata: {name: a, labels: {tier: web, team: payments}}}":           "host-network host-pid medium closed high",
		"{apiVersion: v1, kind: Pod, metadata: {name: a, labels: {tier: web, team: other}}}":              "host-network host-pid medium bundle high",
		"{apiVersion: v1, kind: Pod, metadata: {name: a, namespace: ci-2, labels: {team: payments}}}":     "host-pid medium bundle high",
		"{apiVersion: apps/v1, kind: Deployment, metadata: {name: a, namespace: shop}}":                   "host-network medium bundle high",
		"{apiVersion: v1, kind: Pod, metadata: {name: a, namespace: shop, labels: {tier: a, team: pay}}}": "host-network host-pid never closed low",
	} {
		e := tree.At("a.yaml", object(t, text))
		gate := e.FailOn.String()
		if e.FailOn == 0 {
			gate = "never"
		}
		severity := lint.High
		for r, tuned := range e.Tuned {
			if r.ID == "host-pid" {
				severity = tuned.Severity
			}
		}
		if got := strings.Join([]string{names(e.Rules), gate, cmp.Or(boundsNames[e.Bounds], "bundle"), severity.String()}, " "); got != want {
			t.Errorf("%s: %q, want %q", text, got, want)
		}
	}
	if tree.At("a.yaml", object(t, "{apiVersion: batch/v1, kind: Job, metadata: {name: a}}")) != tree.At("b.yaml", object(t, "{apiVersion: batch/v1, kind: Job, metadata: {name: b}}")) {
		t.Error("the same settings come back anew")
	}
}

// TestParametersOfLayers shows that each parameter is set by itself.
func TestParametersOfLayers(t *testing.T) {
	tree := open(t, map[string]string{
		"":  "profile: strict\nrules: {low-user-id: {most: 5, allowed-names: [a, b], severity: high}}",
		"a": "rules: {LOW-USER-ID: {most: 6, ratio: 3.5, renamed: {x: y}, strictly: true}}",
	}, Flags{})
	e := tree.At("a/b.yaml", nil)
	rule := e.Rules[2]
	want := limits{Most: 6, Allowed: []string{"a", "b"}, Ratio: 3.5, Renamed: map[string]string{"x": "y"}, Strictly: true}
	got, ok := e.Tuned[rule].Params.(*limits)
	if !ok || valueText(*got) != valueText(want) || e.Tuned[rule].Severity != lint.High {
		t.Errorf("%+v %v", got, e.Tuned[rule].Severity)
	}
	if own, ok := rule.Params.(*limits); !ok || own.Most != 10000 {
		t.Error("the rule itself was changed")
	}
}

// TestUnionOfRules holds that whatever may run for some object is loaded, and
// nothing that cannot.
func TestUnionOfRules(t *testing.T) {
	files := map[string]string{
		"": "ignore: [host-network]", "a": "overrides: [{kinds: [Pod], extend-select: [low-user-id]}, {kinds: [Job], ignore: [low-user-id, host-pid]}]",
		"c": "overrides: [{kinds: [Pod], extend-select: [labels]}]\n", "c/d": "root: true\nselect: [host-network]",
	}
	for folders, want := range map[string]string{
		".": "host-pid", "a/b": "host-pid low-user-id", "c": "host-pid labels", "c/d": "host-network", "a c/d": "host-network host-pid low-user-id",
	} {
		tree := open(t, files, Flags{})
		if err := tree.Load(strings.Fields(folders)); err != nil {
			t.Fatal(err)
		}
		if got := names(tree.Rules()); got != want {
			t.Errorf("%s: %q, want %q", folders, got, want)
		}
	}
}

func TestIncludesAndExcludes(t *testing.T) {
	tree := open(t, map[string]string{
		"": "exclude: ['**/*.gen.yaml', vendor]\ninclude: [apps, vendor]", "apps/web": "include: ['*.yaml']\nexclude: [old]", "apps/api": "root: true",
	}, Flags{})
	for path, want := range map[string]string{
		"a.yaml": "not included by .seaworthy.yaml", "apps/a.yaml": "", "apps/a.gen.yaml": "excluded by **/*.gen.yaml in .seaworthy.yaml",
		"vendor/x/a.yaml": "excluded by vendor in .seaworthy.yaml", "apps/web/a.yaml": "", "apps/web/sub/a.yaml": "not included by apps/web/.seaworthy.yaml",
		"apps/web/old/a.yaml": "excluded by old in apps/web/.seaworthy.yaml", "apps/api/b/a.gen.yaml": "",
	} {
		if got := tree.Excluded(path); got != want {
			t.Errorf("%s: %q, want %q", path, got, want)
		}
	}
}

func TestExternal(t *testing.T) {
	tree := open(t, map[string]string{
		"":  "external: [{kind: secret, namespace: shop, name: 'db-*', keys: [user]}]",
		"a": "external: [{kind: apps/Deployment, name: web}]",
	}, Flags{})
	near, far := tree.At("a/b.yaml", nil).External, tree.At("b.yaml", nil).External
	for _, test := range []struct {
		group, kind, namespace, name, key string
		near, far                         bool
	}{
		{"", "Secret", "shop", "db-1", "", true, true},
		{"", "Secret", "", "db-1", "user", true, true},
		{"", "Secret", "shop", "db-1", "password", false, false},
		{"", "Secret", "other", "db-1", "", false, false},
		{"", "Secret", "shop", "web", "", false, false},
		{"apps", "Deployment", "x", "web", "", true, false},
		{"other", "Deployment", "x", "web", "", false, false},
	} {
		if got := near(test.group, test.kind, test.namespace, test.name, test.key); got != test.near {
			t.Errorf("near: %+v", test)
		}
		if got := far(test.group, test.kind, test.namespace, test.name, test.key); got != test.far {
			t.Errorf("far: %+v", test)
		}
	}
}

func TestReleasesOfCharts(t *testing.T) {
	tree := open(t, map[string]string{
		"":           "charts: [{path: 'charts/*', releases: [{name: far}]}]",
		"charts/web": "charts: [{path: ., releases: [{name: near}]}]",
		"charts/api": "fail-on: never",
	}, Flags{})
	for chart, want := range map[string]string{"charts/web": "near", "charts/api": "far", "other": "", "charts/packed-1.tgz": "far"} {
		got := ""
		for _, release := range tree.Releases(chart) {
			got += release.Name
		}
		if got != want {
			t.Errorf("%s: %q, want %q", chart, got, want)
		}
	}
}

func TestSuppressionsOfFolders(t *testing.T) {
	tree := open(t, map[string]string{
		"":     "suppressions: [{rules: [host-pid], path: ./a/b.yaml, reason: x, until: 2027-01-31}]",
		"a[1]": "suppressions: [{rules: [CKV_K8S_19], container: c}, {rules: [host-pid], path: b}]",
	}, Flags{})
	if err := tree.Load([]string{"a[1]"}); err != nil {
		t.Fatal(err)
	}
	var paths []string
	for _, s := range tree.Suppressions() {
		paths = append(paths, s.Path)
	}
	if got := strings.Join(paths, " "); got != `a/b.yaml a\[1]/** a\[1]/b` {
		t.Errorf("%s", got)
	}
	if s := tree.Suppressions()[0]; s.Until != "2027-01-31" || s.Reason != "x" || s.By != lint.Config || s.Span.File.Path != FileName {
		t.Errorf("%+v", s)
	}
	if !lint.MatchesPath(`a\[1]/b`, "a[1]/b/c.yaml") {
		t.Error("the path of the folder does not match itself")
	}
}

// TestLinksOutOfTheTree holds that a stranger's link shows nothing of other
// files, and that a folder beyond one has no configuration.
func TestLinksOutOfTheTree(t *testing.T) {
	outside := t.TempDir()
	write(t, filepath.Join(outside, FileName), "ignore: [host-pid]")
	tree := open(t, map[string]string{"inside": "ignore: [host-network]"}, Flags{})
	for link, target := range map[string]string{"out": outside, "in": "inside"} {
		if err := os.Symlink(target, filepath.Join(tree.root, link)); err != nil {
			t.Fatal(err)
		}
	}
	if got := names(tree.At("out/a.yaml", nil).Rules); got != "host-network host-pid" {
		t.Errorf("a folder outside: %s", got)
	}
	if got := names(tree.At("in/a.yaml", nil).Rules); got != "host-pid" {
		t.Errorf("a folder inside: %s", got)
	}
	if err := tree.Err(); err != nil {
		t.Error(err)
	}
	if err := os.Symlink(filepath.Join(outside, FileName), filepath.Join(tree.root, FileName)); err != nil {
		t.Fatal(err)
	}
	if err := tree.Load([]string{"."}); err != nil {
		t.Fatal("what was loaded is read again")
	}
	again, err := Open(Options{Root: tree.root, Catalogue: testCatalogue()})
	if err != nil {
		t.Fatal(err)
	}
	if err := again.Load([]string{"."}); err == nil || !strings.Contains(err.Error(), "reading .seaworthy.yaml: path escapes") {
		t.Errorf("a file that is a link out: %v", err)
	}
}

func TestUnreadableFiles(t *testing.T) {
	tree := open(t, map[string]string{"a": "nope: 1", "b": "scope: x", "big": strings.Repeat("#", maxSize+1), "text": "a: \xff"}, Flags{})
	if err := os.MkdirAll(filepath.Join(tree.root, "dir", FileName), 0o755); err != nil {
		t.Fatal(err)
	}
	err := tree.Load([]string{"a", "b", "a/c", "big", "text", "dir"})
	for _, want := range []string{"a/.seaworthy.yaml:1: unknown key", "b/.seaworthy.yaml:1: scope", "big/.seaworthy.yaml: larger than", "reading text/", "dir/.seaworthy.yaml: it is no file"} {
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%v, want %q", err, want)
		}
	}
	if strings.Count(err.Error(), "a/.seaworthy.yaml:1:") != 1 {
		t.Errorf("told twice: %v", err)
	}
}

func TestNamedFile(t *testing.T) {
	tree := open(t, map[string]string{"": "profile: strict", "a": "ignore: [host-network]"}, Flags{})
	path := filepath.Join(t.TempDir(), "ci.yaml")
	write(t, path, "overrides: [{paths: [a], ignore: [host-pid]}]\n")
	named, err := Open(Options{Root: tree.root, File: path, Name: "ci.yaml", Catalogue: testCatalogue()})
	if err != nil {
		t.Fatal(err)
	}
	if got := names(named.At("a/b.yaml", nil).Rules); got != "host-network" {
		t.Errorf("%s", got)
	}
	if err := named.Load([]string{"."}); err != nil {
		t.Fatal(err)
	}
	if got := names(named.Rules()); got != "host-network host-pid" {
		t.Errorf("%s", got)
	}
	if _, err := Open(Options{Root: tree.root, File: path + "x", Name: "x.yaml", Catalogue: testCatalogue()}); err == nil || !strings.HasPrefix(err.Error(), "reading x.yaml: no such file") {
		t.Errorf("%v", err)
	}
}

// TestManyAtOnce asks from several goroutines, for the race detector.
func TestManyAtOnce(t *testing.T) {
	tree := open(t, map[string]string{"a": "overrides: [{kinds: [Pod], ignore: [host-pid]}]"}, Flags{})
	pod := object(t, "{apiVersion: v1, kind: Pod, metadata: {name: a}}")
	var group sync.WaitGroup
	for range 4 {
		group.Go(func() {
			for range 100 {
				if got := names(tree.At("a/b.yaml", pod).Rules); got != "host-network" {
					t.Error(got)
				}
			}
		})
	}
	group.Wait()
}
