package rules

import (
	"slices"
	"strings"

	"github.com/seaworthy-lint/seaworthy/lint"
	"github.com/seaworthy-lint/seaworthy/lint/manifest"
	"github.com/seaworthy-lint/seaworthy/lint/networkpolicy"
	"github.com/seaworthy-lint/seaworthy/lint/scope"
)

// splitKind takes a group/Kind apart.
func splitKind(name string) (group, kind string) {
	group, kind, _ = strings.Cut(name, "/")
	return group, kind
}

// policies are the network policies of the pass's scope.
func policies(p *lint.Pass) *networkpolicy.Model { return networkpolicy.Of(p.Set) }

// namespaceParts are what the pass's policy says, if it is of a kind that
// selects the pods of its namespace by their labels.
func namespaceParts(p *lint.Pass) []*networkpolicy.Part {
	if !networkpolicy.IsKubernetes(p.Object) && p.Object.Kind != "CiliumNetworkPolicy" {
		return nil
	}
	return slices.DeleteFunc(slices.Clone(policies(p).Parts(p.Object)), func(part *networkpolicy.Part) bool {
		return networkpolicy.IsCilium(p.Object) && !podSelector(part).IsSet()
	})
}

// podSelector is the LabelSelector of a part of such a policy.
func podSelector(part *networkpolicy.Part) *manifest.Node {
	if networkpolicy.IsCilium(part.Object) {
		return part.Spec.At("endpointSelector")
	}
	return part.Spec.At("podSelector")
}

// behindPublicService tells whether clients from outside the cluster are meant
// to come to a pod that the policy is about.
func behindPublicService(p *lint.Pass) manifest.Truth {
	public := manifest.Unknown
	for _, part := range namespaceParts(p) {
		sure, unsure := policies(p).Selected(part)
		if len(sure) > 0 && len(unsure) == 0 && public == manifest.Unknown {
			public = manifest.False
		}
		for _, pod := range append(sure, unsure...) {
			if servedPublicly(p, pod) {
				return manifest.True
			}
		}
	}
	return public
}

func servedPublicly(p *lint.Pass, pod *manifest.Pod) bool {
	sure, unsure := p.Scope().Services(pod)
	for _, service := range append(sure, unsure...) {
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
	published := manifest.Derived(set, indexPublished)
	for _, namespace := range (*published)[service.Name] {
		if scope.Of(set).SameNamespace(namespace, service.Namespace) != manifest.False {
			return true
		}
	}
	return false
}

// publishedServices are the namespaces of the Services that something opens to
// the outside, by their names.
type publishedServices map[string][]string

func indexPublished(set *manifest.Set) *publishedServices {
	published := publishedServices{}
	for _, of := range publishers {
		for _, o := range set.OfKind(of.group, of.kind) {
			for _, b := range backends(o) {
				published[b.name] = appendText(published[b.name], b.namespace)
			}
		}
	}
	return &published
}

// publishers are kinds that open a Service to the outside.
var publishers = []struct{ group, kind string }{
	{"networking.k8s.io", "Ingress"}, {"extensions", "Ingress"}, {"gateway.networking.k8s.io", "HTTPRoute"},
}
