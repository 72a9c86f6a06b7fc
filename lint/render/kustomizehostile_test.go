package render

import (
	"errors"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/seaworthy-lint/seaworthy/lint/manifest"
)

// writeTree writes files below a folder of their own.
func writeTree(t testing.TB, files map[string]string) string {
	t.Helper()
	root := t.TempDir()
	for name, text := range files {
		path := filepath.Join(root, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	return root
}

const (
	smallMap   = "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: small\ndata:\n  a: b\n"
	smallEntry = "resources: [cm.yaml]\n"
)

// hostile are kustomizations that must not be followed: what must be said of
// them, where, and how many objects are built all the same.
var hostile = []struct {
	name    string
	files   map[string]string
	says    string
	where   string
	objects int
}{
	{"cycle of two", map[string]string{"a/kustomization.yaml": "resources:\n- ../b\n", "b/kustomization.yaml": "resources:\n- ../a\n"}, "builds on itself", "b/kustomization.yaml:2", 0},
	{"its own base", map[string]string{"a/kustomization.yaml": "resources: [.]\n"}, "builds on itself", "a/kustomization.yaml:1", 0},
	{"the folder above", map[string]string{"kustomization.yaml": "resources: [a]", "a/kustomization.yaml": "components: [..]\n"}, "builds on itself", "a/kustomization.yaml:1", 0},
	{"outside", map[string]string{"a/kustomization.yaml": "resources:\n- ../../outside.yaml\n"}, "outside of the repository", "a/kustomization.yaml:2", 0},
	{"absolute", map[string]string{"a/kustomization.yaml": "resources:\n- /etc/passwd\n"}, "outside of the repository", "a/kustomization.yaml:2", 0},
	{"generator outside", map[string]string{"a/kustomization.yaml": "configMapGenerator:\n- name: x\n  files:\n  - ../../../../../../etc/passwd\n"}, "outside of the repository", "a/kustomization.yaml:4", 0},
	{"missing", map[string]string{"a/kustomization.yaml": "resources:\n- none.yaml\n"}, "no such file", "a/kustomization.yaml:2", 0},
	{"url", map[string]string{"a/kustomization.yaml": "resources:\n- cm.yaml\n- https://example.com/x.yaml\n", "a/cm.yaml": smallMap}, "remote-base-not-fetched: https://example.com/x.yaml", "a/kustomization.yaml:3", 1},
	{"repository", map[string]string{"a/kustomization.yaml": "resources:\n- cm.yaml\n- github.com/org/repo//path?ref=v1\n", "a/cm.yaml": smallMap}, "remote-base-not-fetched: github.com/org/repo//path?ref=v1", "a/kustomization.yaml:3", 1},
	{"ssh", map[string]string{"a/kustomization.yaml": "bases:\n- git@host.example:org/repo.git\nresources: [cm.yaml]\n", "a/cm.yaml": smallMap}, "remote-base-not-fetched: git@host.example:org/repo.git", "a/kustomization.yaml:2", 1},
	{"forced git", map[string]string{"a/kustomization.yaml": "resources: [cm.yaml, 'git::https://example.com/org/repo']\n", "a/cm.yaml": smallMap}, "remote-base-not-fetched: git::", "a/kustomization.yaml:1", 1},
	{"registry", map[string]string{"a/kustomization.yaml": "resources: [cm.yaml]\ncomponents: ['oci://example.com/x']\n", "a/cm.yaml": smallMap}, "remote-base-not-fetched: oci://example.com/x", "a/kustomization.yaml:2", 1},
	{"other case", map[string]string{"a/kustomization.yaml": "RESOURCES:\n- https://example.com/x.yaml\n"}, "remote-base-not-fetched", "a/kustomization.yaml:2", 0},
	{"two cases", map[string]string{"a/kustomization.yaml": "RESOURCES: [cm.yaml]\nresources: ['https://example.com/x.yaml']\n", "a/cm.yaml": smallMap}, "remote-base-not-fetched", "a/kustomization.yaml:2", 0},
	{"only remote", map[string]string{"a/kustomization.yaml": "resources: ['https://example.com/x.yaml']\n"}, "remote-base-not-fetched", "a/kustomization.yaml:1", 0},
	{"remote below", map[string]string{"a/kustomization.yaml": "resources: [../b]\n", "b/kustomization.yaml": "resources: [cm.yaml, 'https://example.com/x.yaml']\n", "b/cm.yaml": smallMap}, "remote-base-not-fetched", "b/kustomization.yaml:1", 1},
	{"remote patch", map[string]string{"a/kustomization.yaml": smallEntry + "patches:\n- path: https://example.com/p.yaml\n", "a/cm.yaml": smallMap}, "remote-base-not-fetched", "a/kustomization.yaml:3", 1},
	{"remote data", map[string]string{"a/kustomization.yaml": smallEntry + "secretGenerator:\n- name: x\n  files: ['a=https://example.com/p.yaml']\n", "a/cm.yaml": smallMap}, "remote-base-not-fetched", "a/kustomization.yaml:4", 1},
	{"remote schema", map[string]string{"a/kustomization.yaml": smallEntry + "openapi: {path: 'http://example.com/s.json'}\n", "a/cm.yaml": smallMap}, "remote-base-not-fetched", "a/kustomization.yaml:2", 1},
	{"remote transformer", map[string]string{"a/kustomization.yaml": smallEntry + "transformers: [t.yaml]\n", "a/cm.yaml": smallMap, "a/t.yaml": "apiVersion: builtin\nkind: PatchTransformer\nmetadata: {name: t}\npath: https://example.com/p\n"}, "remote-base-not-fetched", "a/kustomization.yaml:2", 1},
	{"chart", map[string]string{"a/kustomization.yaml": smallEntry + "helmCharts:\n- name: redis\n  repo: https://example.com/charts\n", "a/cm.yaml": smallMap}, "remote-base-not-fetched: https://example.com/charts/redis", "a/kustomization.yaml:3", 1},
	{"local chart", map[string]string{"a/kustomization.yaml": smallEntry + "helmCharts:\n- name: redis\n", "a/cm.yaml": smallMap}, "chart-not-inflated: redis", "a/kustomization.yaml:3", 1},
	{"function", map[string]string{"a/kustomization.yaml": smallEntry + "transformers:\n- t.yaml\n", "a/cm.yaml": smallMap, "a/t.yaml": "apiVersion: v1\nkind: Evil\nmetadata:\n  name: t\n  annotations:\n    config.kubernetes.io/function: 'exec: {path: ./evil.sh}'\n"}, "function-not-run: Evil", "a/kustomization.yaml:3", 1},
	{"alias bomb", map[string]string{"a/kustomization.yaml": smallEntry, "a/cm.yaml": bomb()}, "aliases expand", "", 0},
	{"alias in itself", map[string]string{"a/kustomization.yaml": smallEntry, "a/cm.yaml": "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: x}\ndata: &a {b: *a}\n"}, "contains itself", "", 0},
	{"bomb in a patch", map[string]string{"a/kustomization.yaml": smallEntry + "patches:\n- patch: |\n" + indent(bomb()), "a/cm.yaml": smallMap}, "aliases expand", "a/kustomization.yaml:3", 0},
	{"copies", map[string]string{"a/kustomization.yaml": smallEntry + "patches:\n- target: {kind: ConfigMap}\n  path: p.yaml\n", "a/cm.yaml": smallMap, "a/p.yaml": strings.Repeat("- {op: copy, from: /data, path: /data/a}\n", 60)}, "copy operations", "a/kustomization.yaml:3", 0},
	{"many objects", map[string]string{"a/kustomization.yaml": smallEntry, "a/cm.yaml": strings.Repeat("---\n"+smallMap, 3001)}, "more than 3000 objects", "a/kustomization.yaml:1", 0},
	{"large data", map[string]string{"a/kustomization.yaml": "configMapGenerator:\n- name: x\n  files: [big.bin]\n", "a/big.bin": strings.Repeat("x", maxKustomizeFile+1)}, "larger than", "a/kustomization.yaml:3", 0},
	{"deep", map[string]string{"a/kustomization.yaml": smallEntry, "a/cm.yaml": "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: x}\ndata: " + strings.Repeat("[", 5000) + strings.Repeat("]", 5000)}, "", "", 0},
	{"broken", map[string]string{"a/kustomization.yaml": "resources: [\n"}, "", "a/kustomization.yaml:1", 0},
	{"unknown field", map[string]string{"a/kustomization.yaml": "resuorces: [x]\n"}, "resuorces", "a/kustomization.yaml:1", 0},
	{"empty", map[string]string{"a/kustomization.yaml": ""}, "empty", "a/kustomization.yaml:1", 0},
	{"two files", map[string]string{"a/kustomization.yaml": smallEntry, "a/kustomization.yml": smallEntry, "a/cm.yaml": smallMap}, "both", "", 0},
	{"bad selector", map[string]string{"a/kustomization.yaml": smallEntry + "patches:\n- target: {name: '('}\n  patch: '[]'\n", "a/cm.yaml": smallMap}, "target", "a/kustomization.yaml:3", 0},
}

func bomb() string {
	var b strings.Builder
	b.WriteString("apiVersion: v1\nkind: ConfigMap\nmetadata: {name: small}\ndata:\n  a0: &a0 {x: y}\n")
	for i := range 40 {
		fmt.Fprintf(&b, "  a%d: &a%d {l: *a%d, r: *a%d}\n", i+1, i+1, i, i)
	}
	return b.String()
}

func indent(text string) string {
	return "    " + strings.ReplaceAll(strings.TrimSuffix(text, "\n"), "\n", "\n    ") + "\n"
}

type noNetwork struct{ t *testing.T }

func (n noNetwork) RoundTrip(r *http.Request) (*http.Response, error) {
	n.t.Errorf("asks for %s", r.URL)
	return nil, errors.New("no network")
}

func TestHostileKustomizations(t *testing.T) {
	transport := http.DefaultTransport
	http.DefaultTransport = noNetwork{t}
	defer func() { http.DefaultTransport = transport }()
	for _, h := range hostile {
		t.Run(h.name, func(t *testing.T) {
			root := writeTree(t, h.files)
			t.Setenv("PATH", forbiddenGit(t))
			before := listing(t, root)
			r := NewKustomizer(optionsFor(root)).Build(filepath.Join(root, "a"))
			if after := listing(t, root); !slices.Equal(before, after) {
				t.Errorf("wrote: %v", after)
			}
			objects, said := 0, false
			for _, d := range r.Documents {
				if d.Object != nil {
					objects++
				}
				at := fmt.Sprintf("%s:%d", d.File.Path, d.File.Position(d.Span.Start).Line)
				said = said || d.Status.Unjudged() && strings.Contains(d.Reason, h.says) && (h.where == "" || at == h.where)
			}
			if !said || objects != h.objects {
				t.Errorf("%d objects, want %d, and %q at %s: %s", objects, h.objects, h.says, h.where, reasons(r))
			}
		})
	}
}

// forbiddenGit is a folder with a git that leaves a trace when it is run.
func forbiddenGit(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	trace := filepath.Join(dir, "trace")
	script := "#!/bin/sh\necho run >" + trace + "\n"
	if err := os.WriteFile(filepath.Join(dir, "git"), []byte(script), 0o755); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if _, err := os.Stat(trace); err == nil {
			t.Error("git was run")
		}
	})
	return dir
}

func listing(t *testing.T, root string) []string {
	t.Helper()
	var out []string
	err := filepath.WalkDir(root, func(path string, entry os.DirEntry, err error) error {
		if err != nil {
			return err
		}
		info, err := entry.Info()
		out = append(out, fmt.Sprintf("%s %d %s", path, info.Size(), info.ModTime()))
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func TestLinksOutOfTheRoot(t *testing.T) {
	outside := writeTree(t, map[string]string{"cm.yaml": smallMap, "kustomization.yaml": smallEntry})
	root := writeTree(t, map[string]string{"a/kustomization.yaml": smallEntry, "b/kustomization.yaml": "resources: [../link]\n"})
	for link, target := range map[string]string{"a/cm.yaml": "cm.yaml", "link": "."} {
		if err := os.Symlink(filepath.Join(outside, target), filepath.Join(root, link)); err != nil {
			t.Skip(err)
		}
	}
	for _, dir := range []string{"a", "b", "link"} {
		r := NewKustomizer(optionsFor(root)).Build(filepath.Join(root, dir))
		if len(r.Documents) != 1 || r.Documents[0].Status != manifest.ParseError || !strings.Contains(r.Documents[0].Reason, "outside") {
			t.Errorf("%s: %s", dir, reasons(r))
		}
	}
}

func TestReferences(t *testing.T) {
	root := writeTree(t, map[string]string{"a/kustomization.yaml": `
resources: [../base, cm.yaml, 'https://example.com/x.yaml']
components: [../component]
patches:
- path: p.yaml
- patch: '[]'
configMapGenerator:
- name: x
  files: [k=data/f.txt]
  envs: [app.env]
replacements: [{path: r.yaml}]
transformers: [t.yaml]
helmCharts: [{name: c, valuesFile: v.yaml}]
`})
	got := NewKustomizer(optionsFor(root)).References(filepath.Join(root, "a"))
	var names []string
	for _, path := range got {
		rel, err := filepath.Rel(root, path)
		if err != nil {
			t.Fatal(err)
		}
		names = append(names, filepath.ToSlash(rel))
	}
	want := []string{"a/app.env", "a/charts/c", "a/cm.yaml", "a/data/f.txt", "a/p.yaml", "a/r.yaml", "a/t.yaml", "a/v.yaml", "base", "component"}
	if !slices.Equal(names, want) {
		t.Errorf("got %v\nwant %v", names, want)
	}
}

func TestVia(t *testing.T) {
	root, err := filepath.Abs("testdata/kustomize")
	if err != nil {
		t.Fatal(err)
	}
	r := NewKustomizer(optionsFor(root)).Build(filepath.Join(root, "shop/prod"))
	var via []string
	for _, o := range r.Documents[0].Object.Via {
		via = append(via, fmt.Sprintf("%s %s", o.Span.File.Path, o.Span.Text()))
	}
	want := []string{"shop/base/kustomization.yaml web.yaml", "shop/stage/kustomization.yaml ../base", "shop/prod/kustomization.yaml ../stage"}
	if !slices.Equal(via, want) {
		t.Errorf("through %v, want %v", via, want)
	}
	for _, file := range []string{"shop/base/web.yaml", "shop/base/app.conf", "shop/prod/mend.json", "shop/component/ops.yaml", "shop/stage/kustomization.yaml"} {
		if !slices.Contains(r.Inputs, filepath.Join(root, file)) {
			t.Errorf("%s is not among the inputs", file)
		}
	}
}

// TestSharedKustomizer builds the same folders several times at once.
func TestSharedKustomizer(t *testing.T) {
	root, err := filepath.Abs("testdata/kustomize")
	if err != nil {
		t.Fatal(err)
	}
	k := NewKustomizer(optionsFor(root))
	want := len(k.Build(filepath.Join(root, "shop/prod")).Documents)
	for i := range 4 {
		for _, dir := range []string{"shop/prod", "shop/stage", "shop/dev", "old"} {
			t.Run(fmt.Sprintf("%s %d", dir, i), func(t *testing.T) {
				t.Parallel()
				r := k.Build(filepath.Join(root, dir))
				if len(r.Documents) == 0 || dir == "shop/prod" && len(r.Documents) != want {
					t.Errorf("%d documents", len(r.Documents))
				}
			})
		}
	}
}

// FuzzKustomization builds a kustomization of any text over a few files.
func FuzzKustomization(f *testing.F) {
	for _, h := range hostile {
		if text := h.files["a/kustomization.yaml"]; len(text) < 4096 {
			f.Add(text)
		}
	}
	f.Add(smallEntry + "namePrefix: x-\nimages: [{name: a, newTag: b}]\nreplicas: [{name: small, count: 3}]\n")
	f.Add(smallEntry + "patches:\n- target: {kind: ConfigMap}\n  patch: |-\n    - {op: replace, path: /data/a, value: c}\n")
	f.Add(smallEntry + "replacements:\n- source: {kind: ConfigMap, fieldPath: data.a}\n  targets: [{select: {kind: ConfigMap}, fieldPaths: [data.b]}]\n")
	f.Add(smallEntry + "vars: [{name: X, objref: {kind: ConfigMap, name: small, apiVersion: v1}}]\ncommonLabels: {a: b}\n")
	f.Fuzz(func(t *testing.T, text string) {
		root := writeTree(t, map[string]string{
			"a/kustomization.yaml": text, "a/cm.yaml": smallMap, "a/p.yaml": smallMap,
			"base/kustomization.yaml": smallEntry, "base/cm.yaml": smallMap,
		})
		var count placeCount
		for _, d := range NewKustomizer(optionsFor(root)).Build(filepath.Join(root, "a")).Documents {
			if d.File == nil || d.Span.End > len(d.File.Text) {
				t.Fatalf("%+v has no place", d)
			}
			if d.Object != nil {
				count.node(t, root, d.Object.Node)
			}
		}
	})
}

// TestEncryptedResource builds what is left beside a file that git-crypt
// encrypted.
func TestEncryptedResource(t *testing.T) {
	dir := t.TempDir()
	for name, text := range map[string]string{
		"kustomization.yaml": "resources: [secret.yaml, web.yaml]\n",
		"secret.yaml":        "\x00GITCRYPT\x00\x01\x02",
		"web.yaml":           "apiVersion: v1\nkind: Service\nmetadata: {name: web}\n",
	} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	docs := NewKustomizer(optionsFor(dir)).Build(dir).Documents
	if len(docs) != 2 || docs[0].Status != manifest.Encrypted || docs[1].Kind != "Service" || docs[1].Status != manifest.Linted {
		for _, d := range docs {
			t.Errorf("%s %s: %s", d.Status, d.Kind, d.Reason)
		}
	}
}
