package rules

import (
	"slices"

	"github.com/seaworthy-lint/seaworthy/lint"
	"github.com/seaworthy-lint/seaworthy/lint/manifest"
	"github.com/seaworthy-lint/seaworthy/lint/networkpolicy"
	"github.com/seaworthy-lint/seaworthy/lint/scope"
)

const linkerdPolicyGroup = "policy.linkerd.io"

// openInbound are the inbound policies of Linkerd that admit clients without an
// identity; audit only writes them down.
var openInbound = []string{"all-unauthenticated", "cluster-unauthenticated", "audit"}

const linkerdInbound = "config.linkerd.io/default-inbound-policy"

func linkerdUnauthenticatedAccess(p *lint.Pass) {
	switch o := p.Object; o.Group() + "/" + o.Kind {
	case "/Namespace":
		openPolicy(p, o.At("metadata", "annotations", linkerdInbound))
	case "helm.toolkit.fluxcd.io/HelmRelease":
		openPolicy(p, o.At("spec", "values", "proxy", "defaultInboundPolicy"))
		openPolicy(p, o.At("spec", "values", "policyController", "defaultAllowPolicy")) // until 2.11
	case linkerdPolicyGroup + "/Server":
		if !onlyProbed(p, o) {
			openPolicy(p, o.At("spec", "accessPolicy"))
		}
	case linkerdPolicyGroup + "/ServerAuthorization":
		serverAuthorization(p)
	case linkerdPolicyGroup + "/AuthorizationPolicy":
		linkerdAuthorization(p)
	default:
		eachPod(func(p *lint.Pass, pod *manifest.Pod) { openPolicy(p, pod.Annotation(linkerdInbound)) })(p)
	}
}

func openPolicy(p *lint.Pass, policy *manifest.Node) {
	switch {
	case policy.Templated():
		p.UnknownValue(policy)
	case slices.Contains(openInbound, policy.Str()):
		p.Reportf(policy, "Linkerd admits clients without a mesh identity: the policy is %s", policy.Str())
	}
}

// serverAuthorization is milder where the clients must come from some networks.
func serverAuthorization(p *lint.Pass) {
	name := p.Object.At("spec", "server", "name").Str()
	for _, server := range p.Set.Named(linkerdPolicyGroup, "Server", name) {
		if server.Namespace == p.Object.Namespace && onlyProbed(p, server) {
			return
		}
	}
	unauthenticated, networks := p.Object.At("spec", "client", "unauthenticated"), p.Object.At("spec", "client", "networks").Items()
	switch unauthenticated.Truth() {
	case manifest.Unknown:
		p.UnknownValue(unauthenticated)
	case manifest.True:
		f := p.Reportf(unauthenticated, "the server authorization admits clients without a mesh identity")
		if len(networks) > 0 && !slices.ContainsFunc(networks, isEveryNetwork) {
			f.Lower()
		}
	}
}

// isEveryNetwork tells a network of all addresses with no exception.
func isEveryNetwork(n *manifest.Node) bool {
	cidr := networkpolicy.Prefix(n.At("cidr"))
	return cidr.IsValid() && cidr.Bits() == 0 && len(n.At("except").Items()) == 0
}

// linkerdAuthorization reports a policy that asks for no more than an address,
// any address. What it asks for must all hold.
func linkerdAuthorization(p *lint.Pass) {
	refs := p.Object.At("spec", "requiredAuthenticationRefs")
	for _, ref := range refs.Items() {
		if ref.At("kind").Str() != "NetworkAuthentication" || !admitsEveryNetwork(p, ref) {
			return
		}
	}
	if len(refs.Items()) == 0 {
		return
	}
	switch onlyForProbes(p) {
	case manifest.Unknown:
		p.Unknown(refs, "what the policy is attached to is not in view")
	case manifest.False:
		p.Reportf(refs, "the policy asks clients for nothing but an address, and any address will do")
	}
}

func admitsEveryNetwork(p *lint.Pass, ref *manifest.Node) bool {
	namespace := ref.At("namespace").Str()
	if namespace == "" {
		namespace = p.Object.Namespace
	}
	for _, o := range p.Set.Named(linkerdPolicyGroup, "NetworkAuthentication", ref.At("name").Str()) {
		if p.Scope().SameNamespace(o.Namespace, namespace) == manifest.True && slices.ContainsFunc(o.At("spec", "networks").Items(), isEveryNetwork) {
			return true
		}
	}
	return false
}

// onlyForProbes tells whether a policy of Linkerd is attached to a server that
// only the kubelet connects to, or to a route for some paths of one.
func onlyForProbes(p *lint.Pass) manifest.Truth {
	target := p.Object.At("spec", "targetRef")
	kind, name := target.At("kind").Str(), target.At("name").Str()
	answer := manifest.False
	if kind == "HTTPRoute" {
		answer = manifest.Unknown
	}
	for _, group := range []string{linkerdPolicyGroup, "gateway.networking.k8s.io"} {
		for _, o := range p.Set.Named(group, kind, name) {
			switch {
			case o.Namespace != p.Object.Namespace:
			case kind == "Server" && onlyProbed(p, o), kind == "HTTPRoute" && isForSomePaths(o):
				return manifest.True
			default:
				answer = manifest.False
			}
		}
	}
	return answer
}

// isForSomePaths tells whether all matches of a route are of single paths.
func isForSomePaths(route *manifest.Object) bool {
	rules := route.At("spec", "rules").Items()
	for _, rule := range rules {
		matches := rule.At("matches").Items()
		for _, match := range matches {
			value := match.At("path", "value").Str()
			if value == "" || value == "/" || match.At("path", "type").Str() == "RegularExpression" {
				return false
			}
		}
		if len(matches) == 0 {
			return false
		}
	}
	return len(rules) > 0
}

// onlyProbed tells whether a Server of Linkerd stands for a port that probes
// connect to, in the pods in view, and that no Service in view leads to.
func onlyProbed(p *lint.Pass, server *manifest.Object) bool {
	selector, port := server.At("spec", "podSelector"), server.At("spec", "port")
	sure, unsure := p.Scope().Selected(p.Object.Namespace, scope.LabelSelector(selector))
	for _, pod := range append(sure, unsure...) {
		if !isProbed(pod, port) || servesPort(p.Set, pod, port) {
			return false
		}
	}
	return len(sure) > 0
}

// isProbed tells whether a probe of the pod connects to a port.
func isProbed(pod *manifest.Pod, port *manifest.Node) bool {
	for _, c := range pod.Containers() {
		for _, h := range handlers(c) {
			if h.probe && (h.At("port").Str() == port.Str() || isSamePort(c, h.At("port"), port)) {
				return true
			}
		}
	}
	return false
}

// isSamePort tells whether one of two ports is the name of the other.
func isSamePort(c *manifest.Container, a, b *manifest.Node) bool {
	for _, port := range c.At("ports").Items() {
		name, number := port.At("name").Str(), port.At("containerPort").Str()
		if name == a.Str() && number == b.Str() || number == a.Str() && name == b.Str() {
			return true
		}
	}
	return false
}

// servesPort tells whether a Service in view leads to the port of the pod.
func servesPort(set *manifest.Set, pod *manifest.Pod, port *manifest.Node) bool {
	sure, unsure := scope.Of(set).Services(pod)
	for _, service := range append(sure, unsure...) {
		for _, of := range service.At("spec", "ports").Items() {
			for _, target := range targetPorts(of, pod) {
				if target.port.At("name").Str() == port.Str() || target.port.At("containerPort").Str() == port.Str() {
					return true
				}
			}
		}
	}
	return false
}
