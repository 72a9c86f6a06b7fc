package rules

import (
	"strings"

	"github.com/seaworthy-lint/seaworthy/lint"
	"github.com/seaworthy-lint/seaworthy/lint/manifest"
	"github.com/seaworthy-lint/seaworthy/lint/scope"
)

// splitKind takes a group/Kind apart.
func splitKind(name string) (group, kind string) {
	group, kind, _ = strings.Cut(name, "/")
	return group, kind
}

// policySelectors are the selectors of the pods that a policy is about, and how
// to read them; none for kinds whose selectors are not of labels alone.
func policySelectors(o *manifest.Object) ([]*manifest.Node, scope.LabelNames) {
	switch {
	case isKubernetesPolicy(o):
		return []*manifest.Node{o.At("spec", "podSelector")}, ownLabel
	case o.Kind == "CiliumNetworkPolicy" && o.Group() == "cilium.io":
		var selectors []*manifest.Node
		for _, spec := range ciliumSpecs(o) {
			if selector := spec.At("endpointSelector"); selector.IsSet() {
				selectors = append(selectors, selector)
			}
		}
		return selectors, ciliumLabel
	}
	return nil, nil
}

// podsOf are the pods in view that a selector of the pass's policy selects, and
// those for which that cannot be told.
func podsOf(p *lint.Pass, selector *manifest.Node, names scope.LabelNames) (sure, unsure []*manifest.Pod) {
	return p.Scope().Selected(p.Object.Namespace, scope.SelectorOf(selector, names))
}

// behindPublicService tells whether clients from outside the cluster are meant
// to come to a pod that the policy is about.
func behindPublicService(p *lint.Pass) manifest.Truth {
	selectors, names := policySelectors(p.Object)
	public := manifest.Unknown
	for _, selector := range selectors {
		sure, unsure := podsOf(p, selector, names)
		if len(sure) > 0 && len(unsure) == 0 && public == manifest.Unknown {
			public = manifest.False
		}
		for _, pod := range append(sure, unsure...) {
			if servedPublicly(p, pod) {
				public = manifest.True
			}
		}
	}
	return public
}

func servedPublicly(p *lint.Pass, pod *manifest.Pod) bool {
	for _, service := range p.Set.OfKind("", "Service") {
		selector := service.At("spec", "selector")
		if len(selector.Fields()) == 0 || p.Scope().SameNamespace(service.Namespace, pod.Object.Namespace) == manifest.False ||
			scope.PlainLabels(selector).Matches(pod.Metadata.At("labels")) == manifest.False {
			continue
		}
		if isPublic(p.Set, service) {
			return true
		}
	}
	return false
}

// isPublic tells whether a Service is open to the outside, by itself or through
// an Ingress or a route in view.
func isPublic(set *manifest.Set, service *manifest.Object) bool {
	kind := service.At("spec", "type").Str()
	if kind == "LoadBalancer" || kind == "NodePort" || len(service.At("spec", "externalIPs").Items()) > 0 {
		return true
	}
	for _, of := range publishers {
		for _, o := range set.OfKind(of.group, of.kind) {
			for _, b := range backends(o) {
				if b.name == service.Name && scope.Of(set).SameNamespace(b.namespace, service.Namespace) != manifest.False {
					return true
				}
			}
		}
	}
	return false
}

// publishers are kinds that open a Service to the outside.
var publishers = []struct{ group, kind string }{
	{"networking.k8s.io", "Ingress"}, {"extensions", "Ingress"}, {"gateway.networking.k8s.io", "HTTPRoute"},
}

func ownLabel(key string) (name string, ok bool) { return key, true }
