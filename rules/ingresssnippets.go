package rules

import (
	"path"
	"slices"
	"strings"

	"github.com/seaworthy-lint/seaworthy/lint"
	"github.com/seaworthy-lint/seaworthy/lint/manifest"
)

// Keys of ingress-nginx's ConfigMap.
const (
	allowSnippets = "allow-snippet-annotations"
	riskLevel     = "annotations-risk-level"
)

func ingressSnippetsEnabled(p *lint.Pass) {
	switch group := p.Object.Group(); {
	case p.Object.Kind == "ConfigMap" && group == "":
		reportSnippetConfig(p, p.Object.At("data"))
	case p.Object.Kind == "HelmRelease" && strings.HasSuffix(group, "toolkit.fluxcd.io"):
		snippetValues(p)
	default:
		eachContainer(snippetController)(p)
	}
}

// reportSnippetConfig reads the controller's settings, which are strings.
func reportSnippetConfig(p *lint.Pass, data *manifest.Node) {
	for _, setting := range []struct{ key, bad string }{{allowSnippets, "true"}, {riskLevel, "critical"}} {
		switch n := data.At(setting.key); {
		case n.Templated():
			p.UnknownValue(n)
		case strings.EqualFold(n.Str(), setting.bad):
			p.Reportf(n, "%s %q accepts snippets (%s: %s)", p.Object.Kind, p.Object.Name, setting.key, n.Str())
		}
	}
}

// snippetValues reads the values of the ingress-nginx chart, by itself or as a
// part of another one.
func snippetValues(p *lint.Pass) {
	values := p.Object.At("spec", "values")
	for _, controller := range []*manifest.Node{values.At("controller"), values.At("ingress-nginx", "controller")} {
		reportSnippetConfig(p, controller.At("config"))
		switch allow := controller.At("allowSnippetAnnotations"); allow.Truth() {
		case manifest.True:
			p.Reportf(allow, "HelmRelease %q accepts snippets", p.Object.Name)
		case manifest.Unknown:
			p.UnknownValue(allow)
		}
		if n := controller.At("extraArgs", "enable-annotation-validation"); strings.EqualFold(n.Str(), "false") {
			p.Reportf(n, "HelmRelease %q turns off the validation of annotations", p.Object.Name)
		}
	}
}

func snippetController(p *lint.Pass, c *manifest.Container) {
	image := readImage(c.At("image"))
	isController := vulnerableImage{repositories: ingressNginx}.matches(image.ref.Repository)
	for _, n := range commandTexts(c) {
		if path.Base(n.Str()) == "nginx-ingress-controller" {
			isController = true
		}
	}
	if !isController {
		return
	}
	for _, n := range commandTexts(c) {
		if value, ok := strings.CutPrefix(strings.TrimLeft(n.Str(), "-"), "enable-annotation-validation="); ok && (strings.EqualFold(value, "false") || value == "0") {
			p.Reportf(n, "container %q turns off the validation of annotations", c.Name())
		}
	}
	judgeSnippetVersion(p, c, image)
}

// judgeSnippetVersion knows that snippets cannot be switched off before 0.49.1
// and in 1.0.0, and are on before 1.9 unless the ConfigMap says no.
func judgeSnippetVersion(p *lint.Pass, c *manifest.Container, image podImage) {
	version, ok := parseVersion(image.ref.Tag)
	switch {
	case !ok && image.ref.Repository != "":
		p.Unknown(image.node, "the version of the image cannot be told")
	case !ok || !version.before(imageVersion{1, 9, 0}):
	case version.before(imageVersion{0, 49, 1}) || version == imageVersion{1, 0, 0}:
		p.Reportf(image.node, "container %q runs ingress-nginx %s, in which snippets cannot be switched off", c.Name(), image.ref.Tag)
	default:
		switch snippetsRefused(p, c) {
		case manifest.False:
			p.Reportf(image.node, "container %q runs ingress-nginx %s, which accepts snippets by default", c.Name(), image.ref.Tag)
		case manifest.Unknown:
			p.Unknown(image.node, "the ConfigMap of the controller is not in view")
		}
	}
}

// snippetsRefused tells whether the ConfigMap that the controller is told to
// read refuses snippets. A controller without one has the defaults.
func snippetsRefused(p *lint.Pass, c *manifest.Container) manifest.Truth {
	var names []word
	for _, line := range commandLines(c) {
		names = append(names, options(line, "--configmap")...)
	}
	if len(names) == 0 {
		return manifest.False
	}
	name := path.Base(names[len(names)-1].text)
	configs := slices.DeleteFunc(slices.Clone(p.Set.Named("", "ConfigMap", name)), func(o *manifest.Object) bool {
		return p.Scope().SameNamespace(o.Namespace, p.Object.Namespace) != manifest.True
	})
	if len(configs) == 0 {
		return manifest.Unknown
	}
	switch n := configs[0].At("data", allowSnippets); {
	case n.Templated():
		return manifest.Unknown
	case strings.EqualFold(n.Str(), "false"):
		return manifest.True
	case strings.EqualFold(n.Str(), "true"):
		return manifest.Unset // the ConfigMap has the finding
	}
	return manifest.False
}
