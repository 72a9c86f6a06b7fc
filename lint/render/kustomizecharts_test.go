package render

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"helm.sh/helm/v3/pkg/chart/loader"
	"helm.sh/helm/v3/pkg/chartutil"
	"helm.sh/helm/v3/pkg/engine"
	"sigs.k8s.io/kustomize/api/konfig"
	"sigs.k8s.io/yaml"

	"github.com/seaworthy-lint/seaworthy/lint/manifest"
)

// inflations are the folders of testdata/inflate, and the values that helm is
// given in each as kustomize documents it.
var inflations = []struct {
	dir, chart, release, namespace string
	values                         map[string]any
}{
	{"app", "app/charts/shop", "store", "prod", map[string]any{"image": map[string]any{"tag": "2"}, "replicas": 4, "debug": true}},
	{"old", "shared/shop", "elder", "default", map[string]any{"replicas": 7}},
}

// TestInflatesLikeHelm compares with what kustomize makes of a copy of the
// tree in which the output of helm's own engine is a resource.
func TestInflatesLikeHelm(t *testing.T) {
	root, err := filepath.Abs("testdata/inflate")
	if err != nil {
		t.Fatal(err)
	}
	for _, x := range inflations {
		t.Run(x.dir, func(t *testing.T) {
			got := NewKustomizer(optionsFor(root)).Build(filepath.Join(root, x.dir))
			if leftOut(got) {
				t.Fatal(reasons(got))
			}
			tree := t.TempDir()
			if err := os.CopyFS(tree, os.DirFS(root)); err != nil {
				t.Fatal(err)
			}
			file := filepath.Join(tree, x.dir, "kustomization.yaml")
			text, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			var spec map[string]any
			if err := yaml.Unmarshal(text, &spec); err != nil {
				t.Fatal(err)
			}
			for _, list := range []string{"helmCharts", "helmGlobals", "helmChartInflationGenerator"} {
				delete(spec, list)
			}
			resources, _ := spec["resources"].([]any)
			spec["resources"] = append(resources, "inflated.yaml")
			text, err = yaml.Marshal(spec)
			if err != nil {
				t.Fatal(err)
			}
			output := helmOutput(t, filepath.Join(root, x.chart), x.release, x.namespace, x.values, spec["namespace"] != nil)
			for path, content := range map[string][]byte{file: text, filepath.Join(tree, x.dir, "inflated.yaml"): output} {
				if err := os.WriteFile(path, content, 0o644); err != nil {
					t.Fatal(err)
				}
			}
			want, err := plainKustomize(t, filepath.Join(tree, x.dir))
			if err != nil {
				t.Fatal(err)
			}
			if compareBuild(t, x.dir, got, want) < 2 {
				t.Error("too few objects to compare")
			}
		})
	}
}

// helmOutput renders templates with helm's engine; marked sets the annotation
// that kustomize's own generator sets.
func helmOutput(t *testing.T, path, release, namespace string, user map[string]any, marked bool) []byte {
	t.Helper()
	c, err := loader.Load(path)
	if err != nil {
		t.Fatal(err)
	}
	values, err := chartutil.ToRenderValues(c, user, chartutil.ReleaseOptions{Name: release, Namespace: namespace, IsInstall: true}, nil)
	if err != nil {
		t.Fatal(err)
	}
	texts, err := engine.Render(c, values)
	if err != nil {
		t.Fatal(err)
	}
	var out []byte
	for _, name := range sortedTexts(texts) {
		var object map[string]any
		if err := yaml.Unmarshal([]byte(texts[name]), &object); err != nil {
			t.Fatal(err)
		}
		if marked {
			object["metadata"].(map[string]any)["annotations"] = map[string]any{konfig.HelmGeneratedAnnotation: "true"}
		}
		text, err := json.Marshal(object)
		if err != nil {
			t.Fatal(err)
		}
		out = append(append(append(out, "---\n"...), text...), '\n')
	}
	return out
}

func sortedTexts(texts map[string]string) []string {
	names := map[string]any{}
	for name := range texts {
		names[name] = nil
	}
	return keysOf(names)
}

func TestInflatedPlaces(t *testing.T) {
	root, err := filepath.Abs("testdata/inflate")
	if err != nil {
		t.Fatal(err)
	}
	r := NewKustomizer(optionsFor(root)).Build(filepath.Join(root, "app"))
	const template = "app/charts/shop/templates/deployment.yaml"
	for _, want := range []struct {
		place
		origin string
	}{
		{place{path: podPath + "hostNetwork", file: template, line: "hostNetwork: true"}, ""},
		{place{path: podPath + "hostPID", file: "app/kustomization.yaml", line: "hostPID: true"}, ""},
		{place{path: "spec.replicas", file: template, line: "replicas: {{ .Values.replicas }}"}, "set by values key replicas (app/kustomization.yaml)"},
		{place{path: webPath + "env[TAG].value", file: template, line: "value: {{ .Values.image.tag | quote }}"}, "set by values key image.tag (app/values.yaml)"},
		{place{path: webPath + "image", file: "app/kustomization.yaml", line: "newName: mirror.example.com/shop"}, "set by values key image.tag (app/values.yaml)"},
	} {
		t.Run(want.path, func(t *testing.T) {
			for _, d := range r.Documents {
				if d.Object == nil || d.Kind != "Deployment" {
					continue
				}
				for n := range everyNode(d.Object.Node) {
					if n.StablePath() == want.path {
						want.holds(t, n, want.origin)
						return
					}
				}
			}
			t.Fatalf("nothing there: %s", reasons(r))
		})
	}
}

// holds compares the line of a node and, if one is wanted, an origin.
func (p place) holds(t *testing.T, n *manifest.Node, origin string) {
	t.Helper()
	span := n.Field()
	line := strings.TrimSpace(span.File.Line(span.File.Position(span.Start).Line))
	if span.File.Path != p.file || line != p.line {
		t.Errorf("lies in %s at %q", span.File.Path, line)
	}
	var origins []string
	for _, o := range n.Origins() {
		origins = append(origins, o.Message+" ("+o.Span.File.Path+")")
	}
	if found := strings.Join(origins, "; "); !strings.Contains(found, origin) {
		t.Errorf("comes from %q, want %q", found, origin)
	}
}

// TestInflatedInputs shows that the files of the chart are accounted for.
func TestInflatedInputs(t *testing.T) {
	root, err := filepath.Abs("testdata/inflate")
	if err != nil {
		t.Fatal(err)
	}
	got := map[string]bool{}
	for _, path := range NewKustomizer(optionsFor(root)).Build(filepath.Join(root, "app")).Inputs {
		got[path] = true
		if _, err := os.Stat(path); err != nil {
			t.Errorf("%s is no file", path)
		}
	}
	for _, name := range []string{"app/values.yaml", "app/charts/shop/Chart.yaml", "app/charts/shop/templates/deployment.yaml"} {
		if !got[filepath.Join(root, name)] {
			t.Errorf("%s is missing", name)
		}
	}
}

func TestRefusedInflations(t *testing.T) {
	outside := writeTree(t, map[string]string{
		"outside/shop/Chart.yaml":       "apiVersion: v2\nname: shop\nversion: 1.0.0\n",
		"outside/shop/templates/a.yaml": smallMap,
		"outside/values.yaml":           "a: b\n",
		"in/charts/shop/Chart.yaml":     "apiVersion: v2\nname: shop\nversion: 1.0.0\n",
		"in/charts/shop/values.yaml":    "a: own\n",
		"in/charts/shop/templates/a.yaml": "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: big\ndata:\n" +
			"  a: {{ .Values.a }}\n",
	})
	for name, x := range map[string]struct {
		entry, says string
		objects     int
	}{
		"home outside":       {"helmGlobals: {chartHome: ../../outside}\nhelmCharts:\n- name: shop\n", "chart-not-inflated: shop: lies outside", 1},
		"name outside":       {"helmCharts:\n- name: ../../../outside/shop\n", "lies outside", 1},
		"values outside":     {"helmCharts:\n- {name: shop, valuesFile: ../../outside/values.yaml}\n", "values file ../../outside/values.yaml: lies outside", 1},
		"more outside":       {"helmCharts:\n- {name: shop, additionalValuesFiles: [../../outside/values.yaml]}\n", "lies outside", 1},
		"missing":            {"helmCharts:\n- name: none\n", "chart-not-inflated: none", 1},
		"missing repository": {"helmCharts:\n- {name: shop, version: 2.0.0, repo: 'https://example.com/c'}\n", "remote-base-not-fetched: https://example.com/c/shop", 1},
		"bad merge":          {"helmCharts:\n- {name: shop, valuesMerge: mix, valuesInline: {a: c}}\n", "valuesMerge", 1},
		"many":               {"helmCharts:\n" + strings.Repeat("- name: none\n", maxCharts+1), "more than 50 charts", 1},
		"held":               {"helmCharts:\n- {name: shop, repo: 'https://example.com/c'}\n", "", 2},
	} {
		t.Run(name, func(t *testing.T) {
			root := filepath.Join(outside, "in")
			for file, text := range map[string]string{"kustomization.yaml": smallEntry + x.entry, "cm.yaml": smallMap} {
				if err := os.WriteFile(filepath.Join(root, file), []byte(text), 0o644); err != nil {
					t.Fatal(err)
				}
			}
			r := NewKustomizer(optionsFor(root)).Build(root)
			objects := 0
			for _, d := range r.Documents {
				if d.Object != nil {
					objects++
				}
			}
			if objects != x.objects || !strings.Contains(reasons(r), x.says) || x.says == "" && reasons(r) != "" {
				t.Errorf("%d objects: %s", objects, reasons(r))
			}
		})
	}
}

// TestValuesMerge shows who wins in each way that kustomize merges values.
func TestValuesMerge(t *testing.T) {
	for merge, want := range map[string]string{
		"":         "inline base own",
		"override": "inline base own",
		"merge":    "base base own",
		"replace":  "inline own own",
	} {
		root := writeTree(t, map[string]string{
			"kustomization.yaml": "helmCharts:\n- name: shop\n  valuesFile: v.yaml\n  valuesMerge: '" + merge + "'\n" +
				"  valuesInline: {a: inline, c: null}\n",
			"v.yaml":                    "a: base\nb: base\n",
			"charts/shop/Chart.yaml":    "apiVersion: v2\nname: shop\nversion: 1.0.0\n",
			"charts/shop/values.yaml":   "a: own\nb: own\nc: own\n",
			"charts/shop/crds/crd.yaml": "apiVersion: apiextensions.k8s.io/v1\nkind: CustomResourceDefinition\nmetadata: {name: c}\n",
			"charts/shop/templates/a.yaml": "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: x}\n" +
				"data: {all: '{{ .Values.a }} {{ .Values.b }} {{ .Values.c | default \"own\" }}'}\n",
		})
		r := NewKustomizer(optionsFor(root)).Build(root)
		if len(r.Documents) != 1 || r.Documents[0].Object == nil {
			t.Fatalf("%q: %s", merge, reasons(r))
		}
		if got := r.Documents[0].Object.Node.At("data", "all").Str(); got != want {
			t.Errorf("%q: got %q, want %q", merge, got, want)
		}
	}
}

// TestUnfitInflation shows that what kustomize refuses of a chart is said at
// the entry.
func TestUnfitInflation(t *testing.T) {
	root := writeTree(t, map[string]string{
		"kustomization.yaml":           smallEntry + "helmCharts:\n- name: shop\n",
		"cm.yaml":                      smallMap,
		"charts/shop/Chart.yaml":       "apiVersion: v2\nname: shop\nversion: 1.0.0\n",
		"charts/shop/templates/a.yaml": smallMap,
	})
	r := NewKustomizer(optionsFor(root)).Build(root)
	if len(r.Documents) != 1 || !strings.HasPrefix(reasons(r), "kustomization.yaml:3: parse-error") || !strings.Contains(reasons(r), "from 'chart shop': may not add") {
		t.Error(reasons(r))
	}
}
