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
func reportCredential(p *lint.Pass, h *carrier.Hit, what string) {
	if h.Container != nil {
		p = p.In(h.Container)
	}
	shown := h.Shown().String()
	f := p.Reportf(h.Node, "%s: %s", what, shown).Showing(shown).About(h.Node.Path()).At(h.Span)
	f.Exact = h.Exact
	if h.Note {
		f.AsNote()
	}
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

// owner names an object in a message; values are those of their chart.
func owner(o *manifest.Object) string {
	if o.Kind == manifest.ValuesKind {
		return "chart " + strconv.Quote(o.Name)
	}
	return o.Kind + " " + strconv.Quote(o.Name)
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
	owner := owner(p.Object)
	named := map[*manifest.Node]bool{}
	for _, h := range credentialsIn(p, secret.Credential, carrier.Values) {
		named[h.Node] = true
		reportCredential(p, h, "values of "+owner+" hold a credential in clear"+called(h, "in"))
	}
	if p.Object.Kind != manifest.ValuesKind {
		return
	}
	used := manifest.Derived(p.Set, newUsedValues)
	eachScalar(p.Object.Node, func(n *manifest.Node) {
		if use := used.of(n); use != nil && !named[n] && !carrier.Computed(n, n.Value) {
			shown := secret.Show("credential", n.Value).String()
			p.Reportf(n, "values of %s hold a credential in clear in %s, which a template takes for one: %s", owner, n.Key, shown).
				Showing(shown).About(n.Path()).Relate(use, "used here")
		}
	})
}

// usedValues are the values of charts that templates use where credentials
// belong, by the place of the value.
type usedValues struct{ uses map[valuePlace][]*carrier.Hit }

type valuePlace struct {
	file  string
	start int
}

func newUsedValues(set *manifest.Set) *usedValues {
	u := &usedValues{uses: map[valuePlace][]*carrier.Hit{}}
	for _, o := range set.Objects() {
		for _, h := range carrier.In(set, o) {
			if !h.Computed || h.Class != secret.Credential {
				continue
			}
			for _, origin := range h.Node.Origins() {
				at := valuePlace{origin.Span.File.Path, origin.Span.Start}
				u.uses[at] = append(u.uses[at], h)
			}
		}
	}
	return u
}

// of is the field in which a template uses a value as it is; nil when none
// does.
func (u *usedValues) of(n *manifest.Node) *manifest.Node {
	at := n.Field()
	for _, h := range u.uses[valuePlace{at.File.Path, at.Start}] {
		if h.Is(n.Value) {
			return h.Node
		}
	}
	return nil
}

// holdsCredential tells whether formats give a credential in a text away.
func holdsCredential(text string) bool { return len(secret.Find(text)) > 0 }

// credentialFormats are the kinds of credentials that their form gives away.
func credentialFormats() []lint.ModelPart {
	part := lint.ModelPart{Title: "Formats that are recognised"}
	for _, format := range secret.Formats() {
		part.Rows = append(part.Rows, format.Name+" ("+format.ID+")")
	}
	return []lint.ModelPart{part}
}

// credentialLiteral reports what formats give away in any field, and what
// names do in the objects that annotations hold.
func credentialLiteral(p *lint.Pass) {
	for _, h := range carrier.In(p.Set, p.Object) {
		if h.Class != secret.Credential || h.Computed || h.Named && h.Place != carrier.Elsewhere {
			continue
		}
		reportCredential(p, h, owner(p.Object)+" holds a credential in clear"+called(h, "in"))
	}
}

func placeholderCredential(p *lint.Pass) {
	for _, h := range credentialsIn(p, secret.Default, carrier.Container, carrier.ConfigMap, carrier.Secret, carrier.Values, carrier.SecretTemplate) {
		reportCredential(p, h, owner(p.Object)+" has a well-known default"+called(h, "for"))
	}
	for _, c := range joinCredentials(p.Object) {
		if c.node.Str() == exampleBootstrapToken {
			p.Reportf(c.node, "%s has the bootstrap token of Kubernetes' documentation", p.Object.Kind).Showing("").About(c.node.Path())
		}
	}
}
