package load

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/seaworthy-lint/seaworthy/lint/manifest"
)

const pod = "apiVersion: v1\nkind: Pod\nmetadata: {name: a}\n"

// tree writes files; a name that ends in / is a folder, a content that begins
// with -> a symbolic link.
func tree(t *testing.T, files map[string]string) string {
	t.Helper()
	dir := t.TempDir()
	for name, content := range files {
		path := filepath.Join(dir, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		var err error
		if target, ok := strings.CutPrefix(content, "->"); ok {
			err = os.Symlink(target, path)
		} else {
			err = os.WriteFile(path, []byte(content), 0o644)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

// walkAndRead reads what paths name.
func walkAndRead(t *testing.T, opts Options, paths ...string) []*manifest.Set {
	t.Helper()
	targets, err := Walk(paths, opts)
	if err != nil {
		t.Fatal(err)
	}
	sets, err := Read(context.Background(), targets, opts)
	if err != nil {
		t.Fatal(err)
	}
	return sets
}

// read lists what became of each document as "path#number status".
func read(t *testing.T, opts Options, paths ...string) []string {
	t.Helper()
	if opts.Root == "" {
		opts.Root = opts.Dir
	}
	var got []string
	for _, set := range walkAndRead(t, opts, paths...) {
		for _, d := range set.Documents {
			got = append(got, fmt.Sprintf("%s#%d %s", d.File.Path, d.Number, d.Status))
		}
	}
	return got
}

func equal(t *testing.T, got []string, want ...string) {
	t.Helper()
	if !slices.Equal(got, want) {
		t.Errorf("got\n  %s\nwant\n  %s", strings.Join(got, "\n  "), strings.Join(want, "\n  "))
	}
}

func TestWalkFolder(t *testing.T) {
	dir := tree(t, map[string]string{
		"a.yaml": pod, "b.YML": pod, "c.Json": `{"apiVersion":"v1","kind":"Pod"}`, "README.md": pod, "values.yaml": "a: b\n",
		".git/x.yaml": pod, "node_modules/x.yaml": pod, ".github/workflow.yml": "on: push\n",
		".gitignore": "ignored/\n*.gen.yaml\n!keep.gen.yaml\n", "ignored/x.yaml": pod, "x.gen.yaml": pod, "keep.gen.yaml": pod,
		"sub/.gitignore": "local.yaml\n/anchored.yaml\n", "sub/local.yaml": pod, "local.yaml": pod, "sub/deep/anchored.yaml": pod, "sub/anchored.yaml": pod,
		"empty.yaml": "",
	})
	equal(t, read(t, Options{Dir: dir}, "."),
		".github/workflow.yml#1 not-kubernetes", "a.yaml#1 linted", "b.YML#1 linted", "c.Json#1 linted", "empty.yaml#0 not-kubernetes",
		"keep.gen.yaml#1 linted", "local.yaml#1 linted", "sub/deep/anchored.yaml#1 linted", "values.yaml#1 not-kubernetes")
}

func TestNamedPaths(t *testing.T) {
	dir := tree(t, map[string]string{"a.yaml": pod, "b.txt": pod, "d/c.yaml": pod, "d/e.yaml": pod, ".gitignore": "d\n"})
	opts := Options{Dir: dir}
	equal(t, read(t, opts, "b.txt", "a.yaml", "./a.yaml", "d/c.yaml"), "b.txt#1 linted", "a.yaml#1 linted", "d/c.yaml#1 linted")
	equal(t, read(t, opts, "d"), "d/c.yaml#1 linted", "d/e.yaml#1 linted")
	equal(t, read(t, opts, "**/c.yaml", "a*"), "d/c.yaml#1 linted", "a.yaml#1 linted")
	opts.Excluded = func(path string) string {
		if path == "b.txt" || strings.HasPrefix(path, "d/") {
			return "not wanted"
		}
		return ""
	}
	equal(t, read(t, opts, "d", "b.txt"), "b.txt#0 excluded", "d/c.yaml#0 excluded", "d/e.yaml#0 excluded")
}

func TestStdin(t *testing.T) {
	opts := Options{Dir: t.TempDir(), Stdin: strings.NewReader(pod + "---\n" + pod), StdinName: "rendered.yaml"}
	equal(t, read(t, opts, "-"), "rendered.yaml#1 linted", "rendered.yaml#2 linted")
}

func TestLinks(t *testing.T) {
	outside := tree(t, map[string]string{"secret.yaml": pod})
	dir := tree(t, map[string]string{
		"real.yaml": pod, "data": pod,
		"again.yaml": "->real.yaml", "data.yaml": "->data", "out.yaml": "->" + outside + "/secret.yaml", "outdir": "->" + outside,
		"gone.yaml": "->nothing", "self": "->.",
	})
	equal(t, read(t, Options{Dir: dir}, "."),
		"real.yaml#1 linted", "data#1 linted", "gone.yaml#0 excluded", "out.yaml#0 excluded", "outdir#0 excluded")
	if _, err := Walk([]string{"out.yaml"}, Options{Dir: dir, Root: dir}); err == nil || !strings.Contains(err.Error(), "leads out of") {
		t.Errorf("a named link out of the repository: %v", err)
	}
}

func TestWalkErrors(t *testing.T) {
	dir := tree(t, map[string]string{"empty/README.md": "x", "secret.yaml": pod})
	for path, want := range map[string]string{
		"nowhere.yaml": "reading nowhere.yaml: no such file",
		"empty":        "no manifests found in empty",
		"*.nope":       "no file matches *.nope",
	} {
		if _, err := Walk([]string{path}, Options{Dir: dir, Root: dir}); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, want %q", path, err, want)
		}
	}
}

func TestDocumentStatuses(t *testing.T) {
	wanted := func(_, kind string) bool { return kind == "Pod" }
	for name, test := range map[string]struct {
		text   string
		status manifest.Status
		reason string
		line   int
	}{
		"broken":            {"# c\n" + pod + "spec:\n\tx: 1\n", manifest.ParseError, "cannot start any token", 6},
		"template":          {"{{ if .Values.x }}\n" + pod + "{{ end }}\n", manifest.TemplateNotRendered, "template expressions", 1},
		"jinja":             {"{% if x %}\n" + pod + "{% endif %}\n", manifest.TemplateNotRendered, "template expressions", 1},
		"kind is a number":  {"apiVersion: v1\nkind: 5\n", manifest.ParseError, "kind must be a string", 2},
		"spec is null":      {pod + "spec: null\n", manifest.ParseError, "spec must be a map", 4},
		"containers is map": {pod + "spec:\n  containers: {}\n", manifest.ParseError, "containers must be a list", 5},
		"container is text": {pod + "spec:\n  containers:\n  - web\n", manifest.ParseError, "containers[0] must be a map", 6},
		"no apiVersion":     {"kind: Pod\n", manifest.NotKubernetes, "kind Pod but no apiVersion", 1},
		"other kind":        {"apiVersion: v1\nkind: Service\n", manifest.NoRulesForKind, "no selected rule", 1},
		"binary":            {"a\x00b", manifest.ParseError, "NUL byte", 1},
		"latin1":            {"a: \xe9\n", manifest.ParseError, "not UTF-8", 1},
		"git-crypt":         {"\x00GITCRYPT\x00abc", manifest.Encrypted, "git-crypt", 0},
		"empty list":        {"apiVersion: v1\nkind: List\nitems: []\n", manifest.NoRulesForKind, "empty", 1},
		"truncated":         {"apiVersion: v1\nkin", manifest.ParseError, "could not find expected", 2},
		"neither":           {"\\: 1\n", manifest.NotKubernetes, "no apiVersion and kind", 1},
	} {
		t.Run(name, func(t *testing.T) {
			docs := manifest.Read("x.yaml", []byte(test.text), wanted)
			if len(docs) != 1 {
				t.Fatalf("%d documents", len(docs))
			}
			d := docs[0]
			if d.Status != test.status || !strings.Contains(d.Reason, test.reason) {
				t.Errorf("%s: %s", d.Status, d.Reason)
			}
			if line := lineOf(d); line != test.line {
				t.Errorf("line %d, want %d", line, test.line)
			}
		})
	}
}

func lineOf(d *manifest.Document) int {
	if d.Span.File == nil {
		return 0
	}
	return d.Span.File.Position(d.Span.Start).Line
}

// TestNeighbours shows that a broken document does not cost the others.
func TestNeighbours(t *testing.T) {
	dir := tree(t, map[string]string{"a.yaml": pod + "---\nkind: [\n---\n" + pod + "---\nkind: {{ y }}\n---\n" + pod})
	equal(t, read(t, Options{Dir: dir}, "a.yaml"),
		"a.yaml#1 linted", "a.yaml#2 parse-error", "a.yaml#3 linted", "a.yaml#4 template-not-rendered", "a.yaml#5 linted")
}

// TestLists shows that each item of a list is a resource with its own lines.
func TestLists(t *testing.T) {
	for name, text := range map[string]string{
		"List":  "apiVersion: v1\nkind: List\nitems:\n- apiVersion: v1\n  kind: Pod\n  metadata: {name: one}\n  metadata: {name: one}\n-\n  apiVersion: v1\n  kind: Pod\n  metadata: {name: two}\n",
		"typed": "apiVersion: v1\nkind: PodList\nitems:\n- metadata: {name: one}\n  x: 1\n  spec: {a: 1}\n  spec: {a: 1}\n- metadata: {name: two}\n",
		"array": "[\n {\"apiVersion\": \"v1\",\n\n\"kind\": \"Pod\", \"metadata\": {\"name\": \"one\", \"name\": \"one\"}},\n\n\n\n\n {\"apiVersion\": \"v1\", \"kind\": \"Pod\", \"metadata\": {\"name\": \"two\"}}]",
	} {
		t.Run(name, func(t *testing.T) {
			docs := manifest.Read("x.yaml", []byte(text), nil)
			if len(docs) != 2 || docs[0].Object == nil || docs[1].Object == nil {
				t.Fatalf("documents %+v", docs)
			}
			for i, want := range []string{"v1/Pod/one", "v1/Pod/two"} {
				if got := docs[i].Object.ID(); got != want {
					t.Errorf("item %d is %s", i, got)
				}
			}
			if len(docs[0].Object.Duplicates) != 1 || len(docs[1].Object.Duplicates) != 0 {
				t.Error("the duplicate key belongs to the first item")
			}
			if path := docs[1].Object.At("metadata", "name").Path(); path != "metadata.name" {
				t.Errorf("path %s", path)
			}
		})
	}
}

func TestTooLarge(t *testing.T) {
	dir := t.TempDir()
	f, err := os.Create(filepath.Join(dir, "big.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	if err := f.Truncate(200 << 20); err != nil { // sparse
		t.Fatal(err)
	}
	if err := f.Close(); err != nil {
		t.Fatal(err)
	}
	equal(t, read(t, Options{Dir: dir}, "big.yaml"), "big.yaml#0 parse-error")
}

func TestRoot(t *testing.T) {
	dir := tree(t, map[string]string{"repo/.git/HEAD": "x", "repo/sub/a.yaml": pod, "plain/a.yaml": pod})
	for path, want := range map[string]string{"repo/sub": "repo", "repo/sub/a.yaml": "repo", "repo": "repo", "plain": ""} {
		if got := Root(dir, []string{path}); got != filepath.Join(dir, want) {
			t.Errorf("%s: root %s", path, got)
		}
	}
}
