package render

import (
	"path/filepath"
	"strings"
	"testing"

	"helm.sh/helm/v3/pkg/chartutil"
	"helm.sh/helm/v3/pkg/engine"
)

// prepared is a chart that is ready to be rendered, with fresh values.
func prepared(t testing.TB, path string) (*helm, *program, func() chartutil.Values) {
	o := options(filepath.Dir(path))
	h := &helm{path: path, opts: o, loaded: newChartLoader(path, o)}
	c, err := h.loaded.load()
	if err != nil {
		t.Fatal(err)
	}
	user, err := h.userValues()
	if err != nil {
		t.Fatal(err)
	}
	if err := chartutil.ProcessDependenciesWithMerge(c, user); err != nil {
		t.Fatal(err)
	}
	sources := map[string]*source{}
	h.collect(c, nil, sources)
	p := newProgram(inOrder(sources))
	caps, err := h.release.capabilities()
	if err != nil {
		t.Fatal(err)
	}
	return h, p, func() chartutil.Values {
		top, err := chartutil.ToRenderValuesWithSchemaValidation(c, user, chartutil.ReleaseOptions{Name: "x", IsInstall: true}, caps, true)
		if err != nil {
			t.Fatal(err)
		}
		return top
	}
}

func benchmarked(b *testing.B) []string {
	return append(features(b), corpus(b)...)
}

// BenchmarkHelm compares Helm's own engine with what is done here: run without
// marks, run with marks, and the whole of loading, rendering and placing.
func BenchmarkHelm(b *testing.B) {
	for _, path := range benchmarked(b) {
		name := filepath.Base(path)
		b.Run(name+"/helm", func(b *testing.B) {
			for b.Loop() {
				if _, _, err := oracle(path, Release{}); err != nil && name != "failing" {
					b.Skip(err)
				}
			}
		})
		b.Run(name+"/chart", func(b *testing.B) {
			for b.Loop() {
				Chart(path, Release{}, options(filepath.Dir(path)))
			}
		})
		_, p, fresh := prepared(b, path)
		c := p.sources[0].chart.Root()
		b.Run(name+"/unmarked", func(b *testing.B) {
			for b.Loop() {
				p.execute(freshData(c, fresh()), nil)
			}
		})
		b.Run(name+"/marked", func(b *testing.B) {
			for b.Loop() {
				p.execute(freshData(c, fresh()), func(string) bool { return true })
			}
		})
	}
}

// FuzzChart renders a template in a small chart: no panic, what Helm renders
// is rendered alike, and all places lie in files.
func FuzzChart(f *testing.F) {
	for _, seed := range []string{
		"apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: {{ .Values.name }}\n",
		"{{- define \"a\" }}a: {{ . }}{{ end }}\nkind: A\napiVersion: v1\n{{ include \"a\" .Values.list | nindent 2 }}",
		"{{ range $i, $v := .Values.list }}\n---\napiVersion: v1\nkind: K{{ $i }}\nv: {{ $v }}{{ end }}",
		"{{ with .Values.map }}apiVersion: v1\nkind: K\nspec:\n{{ toYaml . | indent 2 }}{{ end }}",
		"{{ tpl \"{{ .Values.name | quote }}\" . }}{{ if eq (include \"h\" .) \"hello\" }}x: y{{ end }}",
		"apiVersion: v1\nkind: K\na: |\n  {{ .Values.text | nindent 2 }}\nb: {{ required \"b\" .Values.b }}",
		"{{ $d := dict \"k\" (include \"h\" .) }}{{ trim (toYaml $d) }}: {{ printf \"%s-%d\" (get $d \"k\") 1 }}",
	} {
		f.Add(seed)
	}
	dir := writeChart(f, f.TempDir(), map[string]string{
		"values.yaml":         "name: n1\nlist: [a, b]\nmap: {x: 1, y: {z: true}}\ntext: |\n  two\n  lines\n",
		"templates/_h.tpl":    "{{ define \"h\" }}hello{{ end }}",
		"templates/fuzz.yaml": "",
	})
	f.Fuzz(func(t *testing.T, text string) {
		writeChart(t, dir, map[string]string{"templates/fuzz.yaml": text})
		h, p, fresh := prepared(t, dir)
		c := p.sources[0].chart.Root()
		plain := p.execute(freshData(c, fresh()), nil)
		const name = "made/templates/fuzz.yaml"
		if got := plain[name]; got.err == nil {
			want, err := engine.Render(c, fresh())
			if err == nil && got.text != want[name] && !drawsLots(text) {
				t.Fatalf("rendered\n%q\nHelm renders\n%q", got.text, want[name])
			}
		}
		for name, from := range h.marked(p, c, plain, func() (chartutil.Values, error) { return fresh(), nil }) {
			for i, hit := range from.hits {
				if hit.offset > len(plain[name].text) || from.mark(i).start > len(from.mark(i).source.text) {
					t.Fatalf("a mark outside of the text: %+v", hit)
				}
			}
		}
		for _, d := range Chart(dir, Release{}, h.opts).Documents {
			if d.File == nil {
				t.Fatalf("no file: %s", d.Reason)
			}
			if d.Object != nil {
				d.Object.Anchor()
				for _, n := range d.Object.Fields() {
					if n.Span().File == nil {
						t.Fatalf("%s has no place", n.Path())
					}
					n.Field()
				}
			}
		}
	})
}

// drawsLots tells that a template may call what gives something else each time.
func drawsLots(text string) bool {
	for name := range unsteady {
		if strings.Contains(text, name) {
			return true
		}
	}
	return strings.Contains(text, "keys") || strings.Contains(text, "values") || strings.Contains(text, "seaworthy")
}
