package render

import (
	"bytes"
	"encoding/json"
	"io/fs"
	"os"
	"path/filepath"
	"reflect"
	"strconv"
	"strings"
	"testing"

	"sigs.k8s.io/kustomize/api/konfig"
	"sigs.k8s.io/kustomize/api/krusty"
	"sigs.k8s.io/kustomize/api/types"
	"sigs.k8s.io/kustomize/kyaml/filesys"
	"sigs.k8s.io/kustomize/kyaml/openapi"

	"github.com/seaworthy-lint/seaworthy/lint/manifest"
)

// exceptDefinitions wants all kinds parsed but resource definitions.
func exceptDefinitions(_, kind string) bool { return kind != definitionKind }

func optionsFor(root string) Options {
	return Options{Root: root, Reads: exceptDefinitions, Name: func(abs string) string {
		rel, err := filepath.Rel(root, abs)
		if err != nil {
			return abs
		}
		return filepath.ToSlash(rel)
	}}
}

// corpusRoot finds shared/corpus above the working directory.
func corpusRoot() string {
	dir, _ := os.Getwd()
	for ; ; dir = filepath.Dir(dir) {
		root := filepath.Join(dir, "shared", "corpus", "kustomize")
		if _, err := os.Stat(root); err == nil {
			return root
		}
		if dir == filepath.Dir(dir) {
			return ""
		}
	}
}

// kustomizationsBelow are the folders with a kustomization.
func kustomizationsBelow(t testing.TB, root string) []string {
	t.Helper()
	var dirs []string
	err := filepath.WalkDir(root, func(path string, entry fs.DirEntry, err error) error {
		for _, name := range konfig.RecognizedKustomizationFileNames() {
			if err == nil && entry.Name() == name {
				dirs = append(dirs, filepath.Dir(path))
			}
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return dirs
}

// testRoots are the trees that the tests build everything in.
func testRoots(t testing.TB) []string {
	t.Helper()
	own, err := filepath.Abs("testdata/kustomize")
	if err != nil {
		t.Fatal(err)
	}
	roots := []string{own}
	if corpus := corpusRoot(); corpus != "" {
		roots = append(roots, corpus)
	}
	return roots
}

// plainKustomize builds with kustomize as it comes.
func plainKustomize(t testing.TB, dir string) ([]any, error) {
	t.Helper()
	stderr := os.Stderr
	os.Stderr = nil
	defer func() { os.Stderr = stderr }()
	openapi.ResetOpenAPI()
	defer openapi.ResetOpenAPI()
	o := krusty.MakeDefaultOptions()
	o.LoadRestrictions = types.LoadRestrictionsNone
	m, err := krusty.MakeKustomizer(o).Run(filesys.MakeFsOnDisk(), dir)
	if err != nil {
		return nil, err
	}
	var out []any
	for _, r := range m.Resources() {
		text, err := r.MarshalJSON()
		if err != nil {
			return nil, err
		}
		dec := json.NewDecoder(bytes.NewReader(text))
		dec.UseNumber()
		var v any
		if err := dec.Decode(&v); err != nil {
			return nil, err
		}
		out = append(out, v)
	}
	return out, nil
}

// leftOut tells whether something was left out, so that kustomize builds
// otherwise.
func leftOut(r Result) bool {
	for _, d := range r.Documents {
		if d.Status == manifest.TemplateNotRendered && !strings.HasPrefix(d.Reason, "a component") {
			return true
		}
	}
	return false
}

// TestBuildsLikeKustomize compares every object with what kustomize alone
// makes of the same folder.
func TestBuildsLikeKustomize(t *testing.T) {
	built, objects, refused := 0, 0, 0
	for _, root := range testRoots(t) {
		k := NewKustomizer(optionsFor(root))
		for _, dir := range kustomizationsBelow(t, root) {
			name, _ := filepath.Rel(root, dir)
			got := k.Build(dir)
			if leftOut(got) {
				continue
			}
			want, err := plainKustomize(t, dir)
			if err != nil {
				refused++
				if len(got.Documents) == 0 || !got.Documents[0].Status.Unjudged() {
					t.Errorf("%s: kustomize says %v, we say nothing", name, err)
				}
				continue
			}
			built++
			objects += compareBuild(t, name, got, want)
		}
	}
	t.Logf("%d folders built alike with %d objects, %d refused by both", built, objects, refused)
	if built < 10 {
		t.Errorf("only %d folders were built", built)
	}
}

func compareBuild(t *testing.T, name string, got Result, want []any) int {
	t.Helper()
	if len(got.Documents) != len(want) {
		t.Errorf("%s: %d documents, want %d: %s", name, len(got.Documents), len(want), reasons(got))
		return 0
	}
	for i, d := range got.Documents {
		kind := want[i].(map[string]any)["kind"]
		if d.Kind != kind {
			t.Errorf("%s: document %d is a %s, want a %s", name, i, d.Kind, kind)
			continue
		}
		if d.Kind == definitionKind {
			continue
		}
		if d.Object == nil {
			t.Errorf("%s: %s: %s", name, d.Status, d.Reason)
			continue
		}
		if v := value(d.Object.Node); !reflect.DeepEqual(v, want[i]) {
			a, _ := json.Marshal(v)
			b, _ := json.Marshal(want[i])
			t.Errorf("%s: %s differs\n%s\nwant\n%s", name, d.Object.ID(), a, b)
		}
	}
	return len(want)
}

func reasons(r Result) string {
	var out []string
	for _, d := range r.Documents {
		if d.Reason != "" {
			p := d.File.Position(d.Span.Start)
			out = append(out, d.File.Path+":"+strconv.Itoa(p.Line)+": "+string(d.Status)+" "+d.Reason)
		}
	}
	return strings.Join(out, "; ")
}

// TestNodesLieInSources takes each scalar's place and looks whether it is there.
func TestNodesLieInSources(t *testing.T) {
	for _, root := range testRoots(t) {
		var count placeCount
		k := NewKustomizer(optionsFor(root))
		for _, dir := range kustomizationsBelow(t, root) {
			for _, d := range k.Build(dir).Documents {
				if d.Object != nil {
					count.node(t, root, d.Object.Node)
				}
			}
		}
		t.Logf("%s: %d scalars, %d exact, %d computed by a named entry, %d near", filepath.Base(root), count.total, count.exact, count.computed, count.near)
		if count.exact*100 < count.total*80 {
			t.Errorf("%s: only %d of %d scalars are exact", root, count.exact, count.total)
		}
	}
}

type placeCount struct {
	total, exact, computed, near int
	known                        map[string]bool
}

func (c *placeCount) node(t *testing.T, root string, n *manifest.Node) {
	t.Helper()
	span := n.Span()
	if span.File == nil || span.Start < 0 || span.End > len(span.File.Text) || span.Start > span.End {
		t.Fatalf("%s has no place: %+v", n.Path(), span)
	}
	if c.known == nil {
		c.known = map[string]bool{}
	}
	if path := span.File.Path; !c.known[path] {
		if _, err := os.Stat(filepath.Join(root, path)); err != nil {
			t.Fatalf("%s lies in %s, which is not there", n.Path(), path)
		}
		c.known[path] = true
	}
	if n.Kind != manifest.Scalar {
		for _, kid := range n.Kids {
			c.node(t, root, kid)
		}
		return
	}
	c.total++
	text := span.Text()
	switch {
	case n.Exact():
		c.exact++
		if !textHolds(text, n.Value) && !isPartOfImage(n, text) && span.File.Path != "" && !strings.ContainsAny(text, "|>\\\"'\n") {
			t.Errorf("%s: %s is said to be %q", span.File.Path, n.Path(), text)
		}
	case strings.Contains(filepath.Base(span.File.Path), "ustomization") || strings.Contains(n.Value, text) && text != "":
		c.computed++
	default:
		c.near++
		if testing.Verbose() && c.near < 40 {
			t.Logf("near: %s:%d %s %s = %q at %q", span.File.Path, span.File.Position(span.Start).Line, n.Path(), n.Key, clip(n.Value), clip(text))
		}
	}
}

// isPartOfImage tells whether the source holds the part of an image reference
// that an images entry sets.
func isPartOfImage(n *manifest.Node, text string) bool {
	return strings.Contains(n.Value, "/") && strings.Contains(n.Value, strings.Trim(text, `"'`))
}

func clip(s string) string { return s[:min(len(s), 60)] }

// textHolds tells whether source text holds a value, quoted or in another form.
func textHolds(text, value string) bool {
	tree, err := manifest.Parse(wholeSpan(text))
	return strings.Contains(text, value) || err == nil && tree.Root.Value == value
}

func wholeSpan(text string) manifest.Span {
	f, _ := manifest.NewFile("", []byte(text))
	return manifest.Span{File: f, End: len(f.Text)}
}

// argoFolders are the kustomizations of the yardstick.
func argoFolders(b *testing.B) (root string, dirs []string) {
	root = corpusRoot()
	if root == "" {
		b.Skip("no corpus")
	}
	return root, kustomizationsBelow(b, filepath.Join(root, "argo-cd"))
}

func BenchmarkKustomize(b *testing.B) {
	root, dirs := argoFolders(b)
	for b.Loop() {
		k := NewKustomizer(optionsFor(root))
		for _, dir := range dirs {
			k.Build(dir)
		}
	}
}
