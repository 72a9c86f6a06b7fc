package rules

import (
	"github.com/seaworthy-lint/seaworthy/lint"
)

// sealedClusterWide is the annotation of a SealedSecret that any namespace may
// unseal under any name.
const sealedClusterWide = "sealedsecrets.bitnami.com/cluster-wide"

// secretScopeTooWide reports secrets that every namespace can take.
func secretScopeTooWide(p *lint.Pass) {
	spec := p.Object.At("spec")
	switch p.Object.Kind {
	case "SealedSecret":
		annotation := p.Object.At("metadata", "annotations", sealedClusterWide)
		if !annotation.IsSet() {
			annotation = spec.At("template", "metadata", "annotations", sealedClusterWide)
		}
		switch {
		case isOn(annotation):
			p.Reportf(annotation, "SealedSecret %q can be unsealed in every namespace", p.Object.Name)
		case annotation.Templated():
			p.UnknownValue(annotation)
		}
	case "ClusterSecretStore":
		switch conditions := spec.At("conditions"); {
		case conditions.Templated():
			p.UnknownValue(conditions)
		case len(conditions.Items()) == 0:
			p.Missingf(spec, []string{"conditions"}, "ClusterSecretStore %q serves every namespace", p.Object.Name)
		}
	case "ClusterExternalSecret":
		clusterExternalSecret(p)
	}
}

// clusterExternalSecret reports a selector that selects every namespace: the
// deprecated single one, or one of the list. Namespaces may be named instead.
func clusterExternalSecret(p *lint.Pass) {
	spec := p.Object.At("spec")
	selectors := spec.At("namespaceSelectors").Items()
	if single := spec.At("namespaceSelector"); single != nil {
		selectors = append(selectors, single)
	}
	for _, selector := range selectors {
		if len(selector.At("matchLabels").Fields()) == 0 && len(selector.At("matchExpressions").Items()) == 0 && !selector.Templated() {
			p.Reportf(selector, "ClusterExternalSecret %q makes its Secret in every namespace", p.Object.Name).Showing("")
		}
	}
}
