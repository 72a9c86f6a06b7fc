package load

import (
	"fmt"
	"strings"
	"testing"

	"github.com/seaworthy-lint/seaworthy/lint/manifest"
)

// piped reads standard input in a folder and lists where the containers'
// images of its objects stand, as path:line, with a question mark when they
// are not known to stand there.
func piped(t *testing.T, dir, text string) []string {
	t.Helper()
	opts := Options{Root: dir, Dir: dir, Stdin: strings.NewReader(text), StdinName: "stdin"}
	var got []string
	for _, d := range walkAndRead(t, opts, "-")[0].Documents {
		if d.Object == nil {
			got = append(got, fmt.Sprintf("%s: %s", d.Status, d.Reason))
			continue
		}
		got = append(got, imagePlace(d.Object))
	}
	return got
}

func imagePlace(o *manifest.Object) string {
	image := o.At("spec", "containers").Items()[0].At("image")
	at := image.Field()
	place := fmt.Sprintf("%s:%d", at.File.Path, at.File.Position(at.Start).Line)
	if !image.Exact() {
		place += "?"
	}
	return place
}

func podNamed(source, name string) string {
	return "---\n# Source: " + source + "\napiVersion: v1\nkind: Pod\nmetadata:\n  name: " + name + "\nspec:\n  containers:\n    - name: c\n      image: a/" + name + ":1\n"
}

const podTemplate = "{{- range .Values.pods }}\n---\napiVersion: v1\nkind: Pod\nmetadata:\n  name: {{ . }}\nspec:\n  containers:\n    - name: c\n      image: a/{{ . }}:1\n{{- end }}\n"

func literalTemplate(name string) string {
	return "{{/* made */}}\n" + strings.TrimPrefix(podNamed("x/templates/x", name), "---\n")
}

func TestSourceComments(t *testing.T) {
	const chart = "name: app\nversion: 1.0.0\n"
	dir := tree(t, map[string]string{
		"a/Chart.yaml":                   chart + "dependencies:\n- {name: db, alias: store}\n- {name: elsewhere}\n",
		"a/templates/each.yaml":          podTemplate,
		"a/templates/two.yaml":           literalTemplate("one") + "---\n" + literalTemplate("two"),
		"a/templates/out.yaml":           "->../../secret.yaml",
		"a/charts/db/Chart.yaml":         "name: db\nversion: 1.0.0\n",
		"a/charts/db/templates/pod.yaml": literalTemplate("db"),
		"b/Chart.yaml":                   "name: elsewhere\nversion: 1.0.0\n",
		"b/templates/pod.yaml":           literalTemplate("b"),
		"ignored/Chart.yaml":             "name: hidden\nversion: 1.0.0\n",
		"ignored/templates/pod.yaml":     literalTemplate("b"),
		".gitignore":                     "ignored\n",
		"secret.yaml":                    literalTemplate("secret"),
		"twin1/Chart.yaml":               "name: twin\n",
		"twin2/Chart.yaml":               "name: twin\n",
		"twin1/templates/same.yaml":      literalTemplate("twin"),
		"twin2/templates/same.yaml":      literalTemplate("twin"),
		"twin1/templates/own.yaml":       literalTemplate("other"),
		"twin2/templates/own.yaml":       literalTemplate("own"),
	})
	for _, test := range []struct{ text, want string }{
		{podNamed("app/templates/each.yaml", "x") + podNamed("app/templates/each.yaml", "y"), "a/templates/each.yaml:10? a/templates/each.yaml:10?"},
		{podNamed("app/templates/two.yaml", "two") + podNamed("app/templates/two.yaml", "one"), "a/templates/two.yaml:21 a/templates/two.yaml:10"},
		{podNamed("app/charts/store/templates/pod.yaml", "db"), "a/charts/db/templates/pod.yaml:10"},
		{podNamed("app/charts/elsewhere/templates/pod.yaml", "b"), "b/templates/pod.yaml:10"},
		{podNamed("app/charts/gone/templates/pod.yaml", "b"), "stdin:10"},
		{podNamed("hidden/templates/pod.yaml", "b"), "stdin:10"},
		{podNamed("app/templates/../../secret.yaml", "secret"), "stdin:10"},
		{podNamed("app/templates/out.yaml", "secret"), "stdin:10"},
		{podNamed("twin/templates/same.yaml", "twin"), "stdin:10"},
		{podNamed("twin/templates/own.yaml", "own"), "twin2/templates/own.yaml:10"},
		{"---\n# Source: app/templates/each.yaml\nkind: [\n", "parse-error: did not find expected node content, from template app/templates/each.yaml"},
	} {
		if got := strings.Join(piped(t, dir, test.text), " "); got != test.want {
			t.Errorf("%s: %s, want %s", strings.SplitN(test.text, "\n", 3)[1], got, test.want)
		}
	}
}

// TestSourceOfMuch pairs the lines of documents that are too large to compare
// each line with each.
func TestSourceOfMuch(t *testing.T) {
	filler := strings.Repeat("    # filler\n", 3000)
	filler += func() string {
		var b strings.Builder
		for i := range 3000 {
			fmt.Fprintf(&b, "    k%d: v\n", i)
		}
		return b.String()
	}()
	long := strings.Replace(literalTemplate("x"), "spec:\n", "  labels:\n"+filler+"spec:\n", 1)
	dir := tree(t, map[string]string{"Chart.yaml": "name: app\n", "templates/x.yaml": "{{ $x := 1 }}\n" + long})
	got := piped(t, dir, "---\n# Source: app/templates/x.yaml\n"+strings.TrimPrefix(long, "{{/* made */}}\n"))
	equal(t, got, "templates/x.yaml:6012")
}
