package load

import (
	"fmt"
	"strings"
	"testing"

	"github.com/seaworthy-lint/seaworthy/lint/manifest"
	"github.com/seaworthy-lint/seaworthy/lint/render"
)

const (
	application = "apiVersion: argoproj.io/v1alpha1\nkind: Application\n"
	helmRelease = "apiVersion: helm.toolkit.fluxcd.io/v2\nkind: HelmRelease\n"
	shownPod    = "apiVersion: v1\nkind: Pod\nmetadata:\n  name: {{ .Release.Name }}\n  namespace: {{ .Release.Namespace }}\nspec:\n  containers:\n    - name: c\n      image: {{ .Values.image }}\n"
)

// deployed judges a folder with a chart whose only template shows the release,
// and lists "namespace/name image setter" of each release, and the entries of
// the coverage that say why something is not judged.
func deployed(t *testing.T, opts Options, files map[string]string) []string {
	t.Helper()
	files["charts/web/Chart.yaml"] = "apiVersion: v2\nname: web\nversion: 1.0.0\n"
	files["charts/web/values.yaml"] = "image: a/own:1\n"
	files["charts/web/templates/pod.yaml"] = shownPod
	opts.Dir = tree(t, files)
	opts.Root = opts.Dir
	var got []string
	for _, set := range walkAndRead(t, opts, ".") {
		for _, d := range set.Documents {
			switch {
			case d.Kind == "Pod" && d.Object != nil:
				got = append(got, shown(d.Object))
			case d.Status == manifest.Excluded || d.Status.Unjudged():
				at := d.Span.File.Position(d.Span.Start)
				got = append(got, fmt.Sprintf("%s %s:%d %s", d.Status, d.File.Path, at.Line, d.Reason))
			}
		}
	}
	return got
}

func shown(o *manifest.Object) string {
	image := o.At("spec", "containers").Items()[0].At("image")
	at := image.Field()
	text := fmt.Sprintf("%s/%s %s at %s:%d", o.Namespace, o.Name, image.Value, at.File.Path, at.File.Position(at.Start).Line)
	for _, origin := range image.Origins() {
		if origin.Span.File != nil {
			text += fmt.Sprintf(" from %s:%d", origin.Span.File.Path, origin.Span.File.Position(origin.Span.Start).Line)
		}
	}
	for _, via := range o.Via[1:] {
		text += " " + via.Message
	}
	return text
}

const place = " at charts/web/templates/pod.yaml:9 from "

func TestDeclaredReleases(t *testing.T) {
	for name, test := range map[string]struct {
		text string
		want []string
	}{
		"nothing": {"kind: x\n", []string{"default/release-name a/own:1" + place + "charts/web/values.yaml:1"}},
		"argo": {application + "metadata: {name: shop}\nspec:\n  source: {repoURL: https://u:p@x.test/y, path: charts/web}\n  destination: {namespace: prod}\n",
			[]string{"prod/shop a/own:1" + place + "charts/web/values.yaml:1 deployed by Application shop"}},
		"argo values text": {application + "metadata: {name: shop}\nspec:\n  source:\n    path: ./charts/web/\n    helm:\n      releaseName: r\n      values: |\n        # set\n        image: a/text:1\n",
			[]string{"default/r a/text:1" + place + "app.yaml:11 deployed by Application shop"}},
		"argo quoted values": {application + "metadata: {name: shop}\nspec:\n  source:\n    path: charts/web\n    helm:\n      values: \"image: a/quoted:1\\n\"\n",
			[]string{"default/shop a/quoted:1" + place + "app.yaml:8 deployed by Application shop"}},
		"argo values object": {application + "metadata: {name: shop}\nspec:\n  sources:\n  - path: charts/web\n    helm:\n      values: 'image: a/text:1'\n      valuesObject:\n        image: a/object:1\n  - {repoURL: x, ref: values}\n",
			[]string{"default/shop a/object:1" + place + "app.yaml:10 deployed by Application shop"}},
		"argo files": {application + "metadata: {name: shop}\nspec:\n  source:\n    path: charts/web\n    helm: {valueFiles: [../../env/a.yaml, $values/env/b.yaml, ../../../../etc/passwd, https://u:p@x.test/v.yaml]}\n",
			[]string{"default/shop a/b:1" + place + "env/b.yaml:1 deployed by Application shop",
				"excluded app.yaml:7 values file ../../../../etc/passwd is not in the tree, so the chart is rendered without it; values file https://x.test/v.yaml is not in the tree, so the chart is rendered without it"}},
		"argo parameters": {application + "metadata: {name: shop}\nspec:\n  source:\n    path: charts/web\n    helm: {valuesObject: {image: a/o}, parameters: [{name: image, value: \"a,b\"}]}\n",
			[]string{"default/shop a,b at charts/web/templates/pod.yaml:9 deployed by Application shop"}},
		"two": {application + "metadata: {name: one}\nspec: {source: {path: charts/web}, destination: {namespace: a}}\n---\n" + application + "metadata: {name: two}\nspec: {source: {path: charts/web}, destination: {namespace: b}}\n",
			[]string{"a/one a/own:1" + place + "charts/web/values.yaml:1 deployed by Application one", "b/two a/own:1" + place + "charts/web/values.yaml:1 deployed by Application two"}},
		"argo elsewhere": {application + "metadata: {name: shop}\nspec:\n  sources:\n  - {repoURL: https://u:p@charts.test/stable, chart: redis}\n  - {repoURL: https://x.test/y.git, path: gone}\n",
			[]string{"default/release-name a/own:1" + place + "charts/web/values.yaml:1",
				"excluded app.yaml:6 chart redis of https://charts.test/stable is not in the tree, so what it renders to is not judged; path gone of https://x.test/y.git is not in the tree, so what lies there is not judged"}},
		"argo missing": {application + "metadata: {name: shop}\nspec: {source: {path: gone}}\n",
			[]string{"default/release-name a/own:1" + place + "charts/web/values.yaml:1", "template-not-rendered app.yaml:4 path gone is not in the tree, so what lies there is not judged"}},
		"argo out": {application + "metadata: {name: shop}\nspec: {source: {repoURL: x, path: ../../etc}}\n",
			[]string{"default/release-name a/own:1" + place + "charts/web/values.yaml:1", "excluded app.yaml:4 path ../../etc of x is not in the tree, so what lies there is not judged"}},
		"application set": {"apiVersion: argoproj.io/v1alpha1\nkind: ApplicationSet\nmetadata: {name: set}\nspec:\n  template:\n    metadata: {name: '{{ cluster }}'}\n    spec: {source: {path: charts/web}, destination: {namespace: prod, server: '{{ url }}'}}\n",
			[]string{"prod/set a/own:1" + place + "charts/web/values.yaml:1 deployed by ApplicationSet set"}},
		"application set with variables": {"apiVersion: argoproj.io/v1alpha1\nkind: ApplicationSet\nmetadata: {name: set}\nspec:\n  template:\n    spec: {source: {path: 'charts/{{ name }}'}}\n",
			[]string{"default/release-name a/own:1" + place + "charts/web/values.yaml:1",
				"excluded app.yaml:6 the template of an ApplicationSet is not expanded, so what it deploys is not judged"}},
		"flux": {helmRelease + "metadata: {name: shop, namespace: team}\nspec:\n  chart: {spec: {chart: ./charts/web, sourceRef: {kind: GitRepository, name: flux-system}}}\n  values:\n    image: a/flux:1\n",
			[]string{"team/shop a/flux:1" + place + "app.yaml:7 deployed by HelmRelease shop"}},
		"flux target": {helmRelease + "metadata: {name: shop, namespace: team}\nspec:\n  targetNamespace: prod\n  valuesFrom: [{kind: Secret, name: v}]\n  chart: {spec: {chart: ./charts/web, sourceRef: {kind: Bucket, name: b}}}\n",
			[]string{"prod/prod-shop a/own:1" + place + "charts/web/values.yaml:1 deployed by HelmRelease shop", "excluded app.yaml:6 values of Secret v are not read, so the chart is rendered without them"}},
		"flux elsewhere": {helmRelease + "metadata: {name: shop}\nspec:\n  chart: {spec: {chart: redis, sourceRef: {kind: HelmRepository, name: stable}}}\n",
			[]string{"default/release-name a/own:1" + place + "charts/web/values.yaml:1", "excluded app.yaml:5 chart redis of HelmRepository stable is not in the tree, so what it renders to is not judged"}},
		"flux patch":       {helmRelease + "metadata: {name: shop}\nspec: {values: {image: b}, chart: {spec: {sourceRef: {kind: HelmRepository, name: x}}}}\n", []string{"default/release-name a/own:1" + place + "charts/web/values.yaml:1"}},
		"flux reference":   {helmRelease + "metadata: {name: shop}\nspec: {chartRef: {kind: OCIRepository}}\n---\n" + helmRelease + "metadata: {name: shop}\nspec: {chartRef: {kind: OCIRepository, name: oci}}\n", []string{"default/release-name a/own:1" + place + "charts/web/values.yaml:1", "excluded app.yaml:9 chart oci of OCIRepository is not in the tree, so what it renders to is not judged"}},
		"flux kustomize":   {"apiVersion: kustomize.toolkit.fluxcd.io/v1\nkind: Kustomization\nmetadata: {name: x}\nspec: {path: ./env, sourceRef: {kind: GitRepository, name: x}}\n", []string{"default/release-name a/own:1" + place + "charts/web/values.yaml:1"}},
		"flux no such dir": {"apiVersion: kustomize.toolkit.fluxcd.io/v1\nkind: Kustomization\nmetadata: {name: x}\nspec: {path: ./gone, sourceRef: {kind: GitRepository, name: x}}\n", []string{"default/release-name a/own:1" + place + "charts/web/values.yaml:1", "excluded app.yaml:4 path ./gone of GitRepository x is not in the tree, so what lies there is not judged"}},
	} {
		t.Run(name, func(t *testing.T) {
			got := deployed(t, Options{}, map[string]string{"app.yaml": test.text, "env/a.yaml": "image: a/a:1\n", "env/b.yaml": "image: a/b:1\n"})
			equal(t, got, test.want...)
		})
	}
}

// TestConfiguredReleases shows that the configuration wins over what is
// declared, and that flags hold for both.
func TestConfiguredReleases(t *testing.T) {
	files := map[string]string{"app.yaml": application + "metadata: {name: shop}\nspec: {source: {path: charts/web}}\n"}
	opts := Options{Release: render.Release{Namespace: "flag", Set: []string{"image=a/flag:1"}}}
	equal(t, deployed(t, opts, files), "flag/shop a/flag:1 at charts/web/templates/pod.yaml:9 deployed by Application shop")
	opts.Releases = func(string) []render.Release { return []render.Release{{Name: "configured"}} }
	equal(t, deployed(t, opts, files), "default/configured a/own:1"+place+"charts/web/values.yaml:1")
}

// TestManyReleases bounds how often one chart is rendered.
func TestManyReleases(t *testing.T) {
	var many strings.Builder
	for i := range maxReleases + 1 {
		fmt.Fprintf(&many, "---\n%smetadata: {name: r%d}\nspec: {source: {path: charts/web}}\n", application, i)
	}
	got := deployed(t, Options{}, map[string]string{"app.yaml": many.String()})
	if want := fmt.Sprintf("the chart charts/web has more than %d releases", maxReleases); len(got) != maxReleases+1 || !strings.Contains(got[maxReleases], want) {
		t.Errorf("%d entries, the last is %s", len(got), got[len(got)-1])
	}
}

// TestDestinations carries the namespace of a release or destination on the
// target, which is assumed for a chart that nothing deploys.
func TestDestinations(t *testing.T) {
	const flux = "apiVersion: kustomize.toolkit.fluxcd.io/v1\nkind: Kustomization\nmetadata: {name: x}\nspec: {path: ./env, %s}\n"
	argo := application + "metadata: {name: shop}\nspec: {source: {path: %s}, destination: {namespace: prod}}\n"
	for name, test := range map[string]struct{ text, want string }{
		"nothing":         {"kind: x\n", "chart default assumed, kustomization , plain "},
		"argo chart":      {fmt.Sprintf(argo, "charts/web"), "chart prod, kustomization , plain "},
		"argo folder":     {fmt.Sprintf(argo, "env"), "chart default assumed, kustomization prod, plain "},
		"argo kustomize":  {fmt.Sprintf(argo, "env, kustomize: {namespace: own}"), "chart default assumed, kustomization own, plain "},
		"flux":            {fmt.Sprintf(flux, "targetNamespace: team"), "chart default assumed, kustomization team, plain "},
		"flux template":   {fmt.Sprintf(flux, "targetNamespace: '${NS}'"), "chart default assumed, kustomization , plain "},
		"twice the same":  {fmt.Sprintf(argo, "env") + "---\n" + fmt.Sprintf(argo, "./env/"), "chart default assumed, kustomization prod, plain "},
		"twice otherwise": {fmt.Sprintf(argo, "env") + "---\n" + fmt.Sprintf(flux, "targetNamespace: team"), "chart default assumed, kustomization , plain "},
		"once not said":   {fmt.Sprintf(argo, "env") + "---\n" + fmt.Sprintf(flux, "prune: true"), "chart default assumed, kustomization , plain "},
	} {
		t.Run(name, func(t *testing.T) {
			opts := Options{Dir: tree(t, map[string]string{
				"app.yaml": test.text, "env/kustomization.yaml": "resources: [pod.yaml]\n", "env/pod.yaml": "apiVersion: v1\nkind: Pod\nmetadata: {name: p}\n",
				"charts/web/Chart.yaml": "apiVersion: v2\nname: web\nversion: 1.0.0\n",
			})}
			opts.Root = opts.Dir
			var got []string
			for _, set := range walkAndRead(t, opts, ".") {
				target := set.Target.Type + " " + set.Target.Namespace
				if set.Target.Assumed {
					target += " assumed"
				}
				got = append(got, target)
			}
			equal(t, []string{strings.Join(got, ", ")}, test.want)
		})
	}
}
