package rules

import (
	"slices"
	"strconv"

	"github.com/seaworthy-lint/seaworthy/lint"
	"github.com/seaworthy-lint/seaworthy/lint/manifest"
	"github.com/seaworthy-lint/seaworthy/lint/secret"
	"github.com/seaworthy-lint/seaworthy/lint/secret/carrier"
)

var (
	valuesKinds = []string{
		"helm.toolkit.fluxcd.io/HelmRelease", "helm.fluxcd.io/HelmRelease", "helm.cattle.io/HelmChart", "helm.cattle.io/HelmChartConfig",
		"argoproj.io/Application", "argoproj.io/ApplicationSet", "kustomize.toolkit.fluxcd.io/Kustomization",
		"infra.contrib.fluxcd.io/Terraform", "tf.upbound.io/*", "opentofu.upbound.io/*", "app.terraform.io/Workspace",
		"helm.crossplane.io/Release", "kubernetes.crossplane.io/Object", "addons.cluster.x-k8s.io/HelmChartProxy",
		"fluxcd.controlplane.io/ResourceSet", "template.openshift.io/Template", manifest.ValuesKind,
	}
	placeholderKinds = slices.Concat([]string{"ConfigMap", "Secret", "KubeadmConfig", "KubeadmConfigTemplate"}, kubeadmKinds, valuesKinds)
)

// reportCredential reports a credential, of which nothing but what secret.Show makes is
// shown. what says where it is.
func reportCredential(p *lint.Pass, h *carrier.Hit, what string) *lint.Finding {
	if h.Container != nil {
		p = p.In(h.Container)
	}
	shown := h.Shown().String()
	f := p.Reportf(h.Node, "%s: %s", what, shown).Showing(shown).About(h.Node.Path()).At(h.Span)
	f.Exact = h.Exact
	if h.Note {
		f.AsNote()
	}
	return f
}

// credentialsIn are the credentials in the places, but for those that a
// template makes, which are unknown.
func credentialsIn(p *lint.Pass, class secret.Class, places ...carrier.Place) []*carrier.Hit {
	var hits []*carrier.Hit
	for _, h := range carrier.In(p.Set, p.Object) {
		switch {
		case h.Class != class || !slices.Contains(places, h.Place):
		case h.Computed:
			p.Unknown(h.Node, "the value is templated")
		default:
			hits = append(hits, h)
		}
	}
	return hits
}

// called is what a credential is called in its field, after a word that
// introduces it; "" where it has no name.
func called(h *carrier.Hit, word string) string {
	if h.Name == "" {
		return ""
	}
	return " " + word + " " + h.Name
}

func plaintextInPod(p *lint.Pass) {
	for _, h := range credentialsIn(p, secret.Credential, carrier.Container) {
		reportCredential(p, h, "container "+strconv.Quote(h.Container.Name())+" has a credential in clear"+called(h, "in"))
	}
}

func plaintextInConfigMap(p *lint.Pass) {
	for _, h := range credentialsIn(p, secret.Credential, carrier.ConfigMap) {
		name := ""
		if h.Name != h.Node.Key {
			name = called(h, "as")
		}
		reportCredential(p, h, "ConfigMap "+strconv.Quote(p.Object.Name)+" holds a credential in "+h.Node.Key+name)
	}
}

func plaintextInValues(p *lint.Pass) {
	for _, h := range credentialsIn(p, secret.Credential, carrier.Values) {
		reportCredential(p, h, "values of "+p.Object.Kind+" "+strconv.Quote(p.Object.Name)+" hold a credential in clear"+called(h, "in"))
	}
}

// credentialLiteral reports what formats give away in any field, and what
// names do in the objects that annotations hold.
func credentialLiteral(p *lint.Pass) {
	for _, h := range carrier.In(p.Set, p.Object) {
		if h.Class != secret.Credential || h.Computed || h.Named && h.Place != carrier.Elsewhere {
			continue
		}
		reportCredential(p, h, p.Object.Kind+" "+strconv.Quote(p.Object.Name)+" holds a credential in clear"+called(h, "in"))
	}
}

func placeholderCredential(p *lint.Pass) {
	for _, h := range credentialsIn(p, secret.Default, carrier.Container, carrier.ConfigMap, carrier.Secret, carrier.Values, carrier.SecretTemplate) {
		reportCredential(p, h, p.Object.Kind+" "+strconv.Quote(p.Object.Name)+" has a well-known default"+called(h, "for"))
	}
	for _, c := range joinCredentials(p.Object) {
		if c.node.Str() == exampleBootstrapToken {
			p.Reportf(c.node, "%s has the bootstrap token of Kubernetes' documentation", p.Object.Kind).Showing("").About(c.node.Path())
		}
	}
}
