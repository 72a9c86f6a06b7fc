package render

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/seaworthy-lint/seaworthy/lint/manifest"
)

// objects are the rendered objects by kind and name.
func objects(docs []*manifest.Document) map[string]*manifest.Object {
	found := map[string]*manifest.Object{}
	for _, d := range docs {
		if d.Object != nil {
			found[d.Object.Kind+"/"+d.Object.Name] = d.Object
		}
	}
	return found
}

// follow walks along a path of keys and names or indexes of items.
func follow(n *manifest.Node, path string) *manifest.Node {
	for _, part := range strings.Fields(path) {
		var next *manifest.Node
		for i, kid := range n.Kids {
			if n.Kind == manifest.Map && kid.Key == part || n.Kind == manifest.List && (kid.At("name").Str() == part || part == string(rune('0'+i))) {
				next = kid
			}
		}
		n = next
		if n == nil {
			return nil
		}
	}
	return n
}

// TestPlaces is what a person expects of each feature, counted by hand.
func TestPlaces(t *testing.T) {
	dir, err := filepath.Abs(filepath.Join("testdata", "helm", "shop"))
	if err != nil {
		t.Fatal(err)
	}
	release := releaseFor(dir)
	release.Set = []string{"archive.image.tag=pinned,other=1"}
	found := objects(Chart(dir, release, options(filepath.Dir(dir))).Documents)
	const deployment, config, set = "Deployment/release-name-shop", "ConfigMap/release-name-shop-config", "StatefulSet/release-name-db"
	tests := []struct{ object, path, field, want string }{
		{deployment, "spec template spec hostNetwork", "hostNetwork: true", "shop/templates/deployment.yaml:25 exact=true"},
		{deployment, "spec minReadySeconds", "minReadySeconds: 5", "shop/templates/deployment.yaml:13 exact=true"},
		{deployment, "metadata name", `name: {{ include "shop.name" . }}`, "shop/templates/deployment.yaml:5 exact=true"},
		{deployment, "spec replicas", "replicas: {{ .Values.replicas }}",
			"shop/templates/deployment.yaml:11 exact=true; set by values key replicas (shop/ci.yaml:1)"},
		{deployment, "metadata labels app.kubernetes.io/name", "app.kubernetes.io/name: shop",
			"shop/templates/_helpers.tpl:6 exact=true; included here (shop/templates/deployment.yaml:7)"},
		{deployment, "metadata labels tier", "{{ toYaml . }}",
			"shop/templates/_helpers.tpl:9 exact=false; included here (shop/templates/deployment.yaml:7); set by values key labels.tier (shop/values.yaml:21)"},
		{deployment, "spec template spec securityContext", "securityContext",
			"shop/templates/deployment.yaml:27 exact=true; set by values key podSecurityContext (shop/values.yaml:6)"},
		{deployment, "spec template spec securityContext fsGroup", "{{- toYaml . | nindent 8 }}",
			"shop/templates/deployment.yaml:28 exact=false; set by values key podSecurityContext.fsGroup (shop/values.yaml:8)"},
		{deployment, "spec template spec containers web", "name: web",
			"shop/templates/deployment.yaml:31 exact=true; the chart offers values key securityContext (shop/values.yaml:5)"},
		{deployment, "spec template spec containers web image",
			`image: "{{ .Values.image.repository }}:{{ .Values.image.tag | default .Chart.AppVersion }}"`,
			"shop/templates/deployment.yaml:32 exact=true; set by values key image.repository (shop/values.yaml:3); set by values key image.tag (shop/ci.yaml:3)"},
		{deployment, "spec template spec containers web resources limits memory", "{{- toYaml .Values.resources | nindent 12 }}",
			"shop/templates/deployment.yaml:38 exact=false; set by values key resources.limits.memory (shop/values.yaml:11)"},
		{deployment, "spec template spec containers web args 0", `"--mode"`, "shop/templates/deployment.yaml:33 exact=true"},
		{deployment, "spec template spec containers proxy", "name: {{ .name }}", "shop/templates/deployment.yaml:46 exact=true"},
		{deployment, "spec template spec containers proxy securityContext privileged", "privileged: {{ .privileged }}",
			"shop/templates/deployment.yaml:49 exact=true; set by values key sidecars.0.privileged (shop/values.yaml:16)"},
		{deployment, "spec template spec containers logs image", "image: {{ .image }}",
			"shop/templates/deployment.yaml:47 exact=true; set by values key sidecars.1.image (shop/values.yaml:18)"},
		{deployment, "spec template spec containers image-from-define image",
			`image: {{ include "shop.image" (dict "image" .Values.image "root" $) }}`,
			"shop/templates/deployment.yaml:52 exact=true; set by values key image (shop/ci.yaml:2)"},
		{config, "data greeting", "{{- tpl .Values.snippet . | nindent 2 }}",
			"shop/templates/config.yaml:6 exact=false; set by values key snippet (shop/values.yaml:24)"},
		{config, "data port-1", "port-{{ $i }}: {{ $port }}",
			"shop/templates/config.yaml:13 exact=false; set by values key ports.1 (shop/values.yaml:23)"},
		{config, "data outside", `outside: {{ .Files.Get "../secret.txt" | quote }}`, "shop/templates/config.yaml:8 exact=true"},
		{set, "spec template spec containers db image", "image: {{ .Values.image.repository }}:{{ .Values.image.tag }}",
			"shop/charts/db/templates/set.yaml:10 exact=true; set by values key image.repository (shop/charts/db/values.yaml:2); set by values key db.image.tag (shop/values.yaml:34)"},
		{set, "spec template spec containers db env DEPTH value", "value: {{ .Values.settings.depth | quote }}",
			"shop/charts/db/templates/set.yaml:12 exact=true; set by values key db.settings.depth (shop/values.yaml:36)"},
		{set, "spec template spec containers db env WIDTH value", "value: {{ .Values.settings.width | quote }}",
			"shop/charts/db/templates/set.yaml:14 exact=true; set by values key db.settings.width (shop/ci.yaml:6)"},
		{set, "spec template spec containers db env REGISTRY value", "value: {{ .Values.global.registry }}",
			"shop/charts/db/templates/set.yaml:16 exact=true; set by values key global.registry (shop/values.yaml:38)"},
		{"StatefulSet/release-name-archive", "spec template spec containers db image", "image: {{ .Values.image.repository }}:{{ .Values.image.tag }}",
			"shop/charts/db/templates/set.yaml:10 exact=true; set by values key image.repository (shop/charts/db/values.yaml:2); set by an assignment of values key archive.image.tag"},
		{"Service/release-name", "spec externalIPs", "externalIPs",
			"shop/charts/lib/templates/_service.tpl:7 exact=true; included here (shop/templates/from-library.yaml:1)"},
		{"Secret/release-name-shop-a", "stringData password", "password: {{ randAlphaNum 12 | quote }}", "shop/templates/secrets.yaml:9 exact=true"},
		{"CustomResourceDefinition/gadgets.example.com", "metadata name", "name: gadgets.example.com", "shop/crds/gadget.yaml:4 exact=true"},
	}
	for _, test := range tests {
		o := found[test.object]
		if o == nil {
			t.Errorf("no %s", test.object)
			continue
		}
		if len(o.Via) != 1 || o.Via[0].Message != "rendered by chart web-shop" || o.Via[0].Span.Text() != "name: web-shop" {
			t.Errorf("%s: via %v", test.object, o.Via)
		}
		n := follow(o.Node, test.path)
		if n == nil {
			t.Errorf("no %s in %s", test.path, test.object)
			continue
		}
		field := n.Field().Text()
		if n.Kind == manifest.Map {
			field = n.Anchor().Text()
		}
		if field != test.field || describe(n) != test.want {
			t.Errorf("%s %s:\n got %s at %s\nwant %s at %s", test.object, test.path, field, describe(n), test.field, test.want)
		}
	}
	if found["Pod/connect"] != nil {
		t.Error("the test hook is judged")
	}
}

func TestFailures(t *testing.T) {
	dir, err := filepath.Abs(filepath.Join("testdata", "helm", "failing"))
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, d := range Chart(dir, Release{}, options(dir)).Documents {
		got = append(got, d.File.Path+" "+string(d.Status)+" "+d.Span.Text()+" | "+d.Reason)
	}
	want := []string{
		"Chart.yaml template-not-rendered name: absent | dependency absent 2.x is not in charts/, and no chart in view fits: 'helm dependency build' fetches it",
		"templates/broken.yaml parse-error : | mapping values are not allowed in this context",
		`templates/fail.yaml template-not-rendered {{ fail "not in this life" }} | templates/fail.yaml line 2: not in this life`,
		"templates/nil.yaml template-not-rendered name: {{ .Values.a.b.c }} | templates/nil.yaml line 4: <.Values.a.b.c>: nil pointer evaluating interface {}.b",
		`templates/_helpers.tpl template-not-rendered {{ required "host is what the service answers to" .Values.host }} | templates/_helpers.tpl line 3: host is what the service answers to (values key host) (rendering failing/templates/required.yaml)`,
		"templates/sound.yaml linted apiVersion: v1 | ",
		"templates/syntax.yaml template-not-rendered kind: {{ if }} | templates/syntax.yaml line 2: missing value for if",
	}
	if !slices.Equal(got, want) {
		t.Errorf("got\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
}

func TestSchema(t *testing.T) {
	dir, err := filepath.Abs(filepath.Join("testdata", "helm", "strict"))
	if err != nil {
		t.Fatal(err)
	}
	tests := map[string]string{
		"port=0":    "values key port does not meet values.schema.json: minimum: got 0, want 1",
		"name=ab":   "values key name does not meet values.schema.json",
		"name=good": "",
	}
	for set, want := range tests {
		result := Chart(dir, Release{Set: []string{set}}, options(dir))
		reason := result.Documents[0].Reason
		if want == "" && result.Documents[0].Object == nil || !strings.HasPrefix(reason, want) {
			t.Errorf("%s: %s", set, reason)
		}
	}
	for name, schema := range map[string]string{
		"network": `{"$ref": "http://127.0.0.1:1/a.json"}`,
		"disk":    `{"$ref": "file:///etc/passwd"}`,
	} {
		made := writeChart(t, t.TempDir(), map[string]string{"values.schema.json": schema, "templates/a.yaml": "apiVersion: v1\nkind: ConfigMap\n"})
		if docs := Chart(made, Release{}, options(made)).Documents; len(docs) != 1 || !strings.Contains(docs[0].Reason, "is outside of the chart") {
			t.Errorf("%s: %s", name, docs[0].Reason)
		}
	}
	made := writeChart(t, t.TempDir(), map[string]string{"values.yaml": "a:\n  b: 1\n", "values.schema.json": `{"properties": {"a": {"properties": {"b": {"type": "string"}}}}}`})
	docs := Chart(made, Release{}, options(made)).Documents
	if len(docs) != 1 || docs[0].File.Path != "values.yaml" || docs[0].Span.Text() != "b: 1" {
		t.Errorf("%s %q: %s", docs[0].File.Path, docs[0].Span.Text(), docs[0].Reason)
	}
}

// TestPackaged holds that what a packaged chart holds stands at what calls it,
// else at its entry in Chart.yaml.
func TestPackaged(t *testing.T) {
	root := t.TempDir()
	packed := archive(t,
		entry{name: "dep/Chart.yaml", text: "apiVersion: v2\nname: dep\nversion: 1.0.0\n"},
		entry{name: "dep/values.yaml", text: "image: registry.example.com/dep\n"},
		entry{name: "dep/crds/c.yaml", text: "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: crd}\n"},
		entry{name: "dep/templates/_h.tpl", text: `{{ define "dep.labels" }}app: dep{{ end }}`},
		entry{name: "dep/templates/pod.yaml", text: "apiVersion: v1\nkind: Pod\nmetadata: {name: packed}\nspec:\n  containers:\n  - name: a\n    image: {{ .Values.image }}\n"},
	)
	dir := writeChart(t, filepath.Join(root, "parent"), map[string]string{
		"Chart.yaml":          "apiVersion: v2\nname: parent\nversion: 1.0.0\ndependencies:\n- version: 1.x\n  name: dep\n",
		"values.yaml":         "dep:\n  image: registry.example.com/other\n",
		"charts/dep-1.tgz":    string(packed),
		"templates/own.yaml":  "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: own\n  labels:\n    {{- include \"dep.labels\" . | nindent 4 }}\n",
		"templates/none.yaml": "{{/* nothing */}}\n",
	})
	result := Chart(dir, Release{}, options(root))
	found := objects(result.Documents)
	if len(found) != 3 || len(result.Documents) != 3 {
		t.Fatalf("%d objects, %d documents", len(found), len(result.Documents))
	}
	for object, want := range map[string]map[string]string{
		"Pod/packed":    {"spec containers a image": "parent/Chart.yaml:6 exact=false", "spec": "parent/Chart.yaml:6 exact=false"},
		"ConfigMap/crd": {"metadata name": "parent/Chart.yaml:6 exact=false"},
		"ConfigMap/own": {"metadata labels app": "parent/templates/own.yaml:6 exact=false"},
	} {
		for path, place := range want {
			if got := describe(follow(found[object].Node, path)); got != place {
				t.Errorf("%s %s at %s, want %s", object, path, got, place)
			}
		}
	}
	if image := follow(found["Pod/packed"].Node, "spec containers a image"); image.Value != "registry.example.com/other" {
		t.Errorf("image %s", image.Value)
	}
	if !slices.Contains(result.Inputs, filepath.Join(dir, "charts", "dep-1.tgz")) || len(result.Inputs) != 5 {
		t.Errorf("inputs %v", result.Inputs)
	}
	alone := filepath.Join(root, "dep-1.tgz")
	if err := os.WriteFile(alone, packed, 0o644); err != nil {
		t.Fatal(err)
	}
	for _, d := range Chart(alone, Release{}, options(root)).Documents {
		if d.Object == nil || d.File.Path != "dep-1.tgz" || d.Object.At("metadata", "name").Span().File.Path != "dep-1.tgz" {
			t.Errorf("%s: %s", d.File.Path, d.Reason)
		}
	}
}

func TestSiblings(t *testing.T) {
	root := t.TempDir()
	sibling := writeChart(t, filepath.Join(root, "sibling"), map[string]string{
		"Chart.yaml":       "apiVersion: v2\nname: sib\nversion: 1.4.0\n",
		"values.yaml":      "a: 1\n",
		"templates/a.yaml": "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: sib\ndata: {a: {{ .Values.a | quote }}}\n",
	})
	dir := writeChart(t, filepath.Join(root, "umbrella"), map[string]string{
		"Chart.yaml":  "apiVersion: v2\nname: umbrella\nversion: 1.0.0\ndependencies:\n- name: sib\n  version: ^1.2\n",
		"values.yaml": "sib:\n  a: 2\n",
	})
	asked := ""
	find := func(name, constraint string) string { asked = name + " " + constraint; return sibling }
	result := Chart(dir, Release{Siblings: find}, options(root))
	o := objects(result.Documents)["ConfigMap/sib"]
	if asked != "sib ^1.2" || o == nil {
		t.Fatalf("asked for %q", asked)
	}
	want := "sibling/templates/a.yaml:5 exact=true; set by values key sib.a (umbrella/values.yaml:2)"
	if got := describe(follow(o.Node, "data a")); got != want {
		t.Errorf("%s, want %s", got, want)
	}
	for _, input := range result.Inputs {
		if strings.HasPrefix(input, sibling) {
			t.Errorf("the sibling's %s would not be judged by itself", input)
		}
	}
}

func TestRelease(t *testing.T) {
	dir := writeChart(t, t.TempDir(), map[string]string{
		"Chart.yaml": "apiVersion: v2\nname: made\nversion: 0.1.0\nkubeVersion: '>=1.30'\n",
		"templates/a.yaml": "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: {{ .Release.Name }}, namespace: {{ .Release.Namespace }}}\n" +
			"data:\n  version: {{ .Capabilities.KubeVersion }}\n  has: {{ .Capabilities.APIVersions.Has \"example.com/v1\" | quote }}\n",
	})
	o := Chart(dir, Release{Name: "shop", Namespace: "ns", KubeVersion: "1.31.2", APIVersions: []string{"example.com/v1"}}, options(dir)).Documents[0].Object
	if o == nil || o.Name != "shop" || o.Namespace != "ns" || o.At("data", "version").Str() != "v1.31.2" || o.At("data", "has").Str() != "true" {
		t.Errorf("%+v", o)
	}
	for _, release := range []Release{{KubeVersion: "1.29"}, {KubeVersion: "soon"}, {Set: []string{"a[=1"}}, {ValuesFiles: []string{filepath.Join(dir, "none.yaml")}}} {
		docs := Chart(dir, release, options(dir)).Documents
		if len(docs) != 1 || docs[0].Status != manifest.TemplateNotRendered || docs[0].File == nil {
			t.Errorf("%+v: %+v", release, docs[0])
		}
	}
	library := writeChart(t, t.TempDir(), map[string]string{"Chart.yaml": "apiVersion: v2\nname: lib\nversion: 0.1.0\ntype: library\n", "templates/a.yaml": "{{ fail \"x\" }}"})
	if result := Chart(library, Release{}, options(library)); len(result.Documents) != 1 || result.Documents[0].Status.Unjudged() || len(result.Inputs) != 2 {
		t.Errorf("a library: %d documents, inputs %v", len(result.Documents), result.Inputs)
	}
	if docs := Chart(filepath.Join(dir, "none"), Release{}, options(dir)).Documents; len(docs) != 1 || docs[0].Object != nil {
		t.Error("no chart at all")
	}
}

// TestFallback renders a define in which a mark would stand inside an action,
// so that only the templates themselves can have marks.
func TestFallback(t *testing.T) {
	dir := writeChart(t, t.TempDir(), map[string]string{
		"values.yaml":       "name: shop\n",
		"templates/_h.tpl":  "{{ define \"t\" }}{{ \"{{ .Values.name\" }}\n| quote {{ \"}}\" }}{{ end }}",
		"templates/a.yaml":  "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: {{ tpl (include \"t\" .) . }}\n  labels: {a: b}\n",
		"templates/b.yaml":  "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: b}\n",
		"templates/pua.txt": "",
	})
	found := objects(Chart(dir, Release{}, options(dir)).Documents)
	for path, want := range map[string]string{
		"metadata name": "templates/a.yaml:4 exact=true", "metadata labels a": "templates/a.yaml:5 exact=true",
	} {
		if got := describe(follow(found["ConfigMap/shop"].Node, path)); got != want {
			t.Errorf("%s at %s, want %s", path, got, want)
		}
	}
	writeChart(t, dir, map[string]string{"templates/pua.txt": "{{/* \U00100000\U00104000 */}}"})
	found = objects(Chart(dir, Release{}, options(dir)).Documents)
	if got := describe(follow(found["ConfigMap/b"].Node, "metadata name")); got != "templates/b.yaml:1 exact=false" {
		t.Errorf("without marks: %s", got)
	}
}

// TestKubeVersion holds the default against the client library that Helm is
// built with, from which helm template takes it.
func TestKubeVersion(t *testing.T) {
	modules, err := os.ReadFile(filepath.Join("..", "..", "go.mod"))
	if err != nil {
		t.Fatal(err)
	}
	_, version, _ := strings.Cut(string(modules), "k8s.io/client-go v0.")
	minor, _, _ := strings.Cut(version, ".")
	if defaultKubeVersion != "v1."+minor+".0" {
		t.Errorf("%s, but client-go is v0.%s", defaultKubeVersion, minor)
	}
}
