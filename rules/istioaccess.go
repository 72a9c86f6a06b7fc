package rules

import (
	"net/netip"
	"slices"
	"strings"

	"github.com/seaworthy-lint/seaworthy/lint"
	"github.com/seaworthy-lint/seaworthy/lint/manifest"
	"github.com/seaworthy-lint/seaworthy/lint/scope"
)

const (
	istioSecurityGroup   = "security.istio.io"
	istioNetworkingGroup = "networking.istio.io"
)

// istioAuthorizationAllowAll judges each rule of an ALLOW policy, which is the
// action when none is named: a rule holds when a source, an operation and all
// conditions do.
func istioAuthorizationAllowAll(p *lint.Pass) {
	action := p.Object.At("spec", "action")
	switch {
	case action.Templated():
		p.UnknownValue(action)
		return
	case action.IsSet() && action.Str() != "ALLOW", atIngressGateway(p.Object):
		return
	}
	for _, rule := range p.Object.At("spec", "rules").Items() {
		from, to := rule.At("from").Items(), rule.At("to").Items()
		if len(rule.At("when").Items()) > 0 || rule.Kind != manifest.Map || !anyOperation(to) {
			continue
		}
		if len(from) == 0 {
			allowsEvery(p, rule, to)
			continue
		}
		for _, source := range from {
			if wildcard := everySource(source.At("source")); wildcard != nil {
				reportWildcard(p, wildcard)
				break
			}
		}
	}
}

func allowsEvery(p *lint.Pass, rule *manifest.Node, to []*manifest.Node) {
	if len(to) == 0 {
		p.Reportf(rule, "the policy allows every request by a rule without conditions")
		return
	}
	p.Reportf(rule.At("to"), "the policy allows every request: its rule names no source and every operation")
}

// reportWildcard is milder on requests with a token: whoever has one of a
// trusted issuer gets in, but not everyone.
func reportWildcard(p *lint.Pass, wildcard *manifest.Node) {
	f := p.Reportf(wildcard, "the policy allows requests from all %s (*)", wildcard.Key).Showing("*")
	if wildcard.Key == "requestPrincipals" {
		f.Lower()
	}
}

// everySource is a field by which a source is about all clients; nil when it
// names some. Fields of a source must all hold, entries of one need not.
func everySource(source *manifest.Node) *manifest.Node {
	var wildcard *manifest.Node
	for _, field := range source.Fields() {
		switch {
		case len(field.Items()) == 0:
		case !slices.ContainsFunc(field.Items(), isEveryValue):
			return nil
		case strings.HasPrefix(field.Key, "not"):
			return nil
		default:
			wildcard = field
		}
	}
	return wildcard
}

// isEveryValue tells a value that all match. A block of all addresses counts.
func isEveryValue(n *manifest.Node) bool {
	prefix, err := netip.ParsePrefix(n.Str())
	return n.Str() == "*" || n.Str() == "/*" || err == nil && prefix.Bits() == 0
}

// anyOperation tells whether operations leave nothing out.
func anyOperation(to []*manifest.Node) bool {
	return len(to) == 0 || slices.ContainsFunc(to, func(n *manifest.Node) bool {
		return everySource(n.At("operation")) != nil
	})
}

// atIngressGateway tells whether a policy holds only for the gateways by which
// requests come in from outside: by the labels that Istio gives them, or as
// objects of the Gateway API, of which those inside the mesh are waypoints.
func atIngressGateway(o *manifest.Object) bool {
	entrance := func(name *manifest.Node) bool {
		return name.Str() != "" && !strings.Contains(name.Str(), "waypoint")
	}
	labels := o.At("spec", "selector", "matchLabels")
	for _, key := range []string{"istio", "app"} {
		if value := labels.At(key).Str(); strings.Contains(value, "ingress") && strings.Contains(value, "gateway") {
			return true
		}
	}
	for _, key := range []string{"gateway.networking.k8s.io/gateway-name", "istio.io/gateway-name"} {
		if entrance(labels.At(key)) {
			return true
		}
	}
	return slices.ContainsFunc(targetRefs(o), func(ref *manifest.Node) bool {
		return ref.At("kind").Str() == "Gateway" && entrance(ref.At("name"))
	})
}

// targetRefs are the objects that a policy is attached to, by the present field
// and the one before it.
func targetRefs(o *manifest.Object) []*manifest.Node {
	refs := o.At("spec", "targetRefs").Items()
	if ref := o.At("spec", "targetRef"); ref.IsSet() {
		return append([]*manifest.Node{ref}, refs...)
	}
	return refs
}

// istioJWTNotRequired gives notes: the policy that makes a token a must may
// stand where we do not look.
func istioJWTNotRequired(p *lint.Pass) {
	rules := p.Object.At("spec", "jwtRules")
	if len(rules.Items()) == 0 {
		return
	}
	for _, policy := range p.Set.OfKind(istioSecurityGroup, "AuthorizationPolicy") {
		if requiresToken(policy) && coversWorkloadsOf(p, policy) {
			return
		}
	}
	p.Reportf(rules, "requests without a token pass: no AuthorizationPolicy in view asks for one").AsNote()
}

// requiresToken tells whether a policy lets in only requests with a token, or
// keeps out those without.
func requiresToken(policy *manifest.Object) bool {
	sources, conditions := []string{"requestPrincipals"}, "values"
	switch policy.At("spec", "action").Str() {
	case "", "ALLOW":
	case "DENY":
		sources, conditions = []string{"notRequestPrincipals"}, "notValues"
	default:
		return false
	}
	for _, rule := range policy.At("spec", "rules").Items() {
		for _, from := range rule.At("from").Items() {
			if len(from.At("source", sources[0]).Items()) > 0 {
				return true
			}
		}
		for _, when := range rule.At("when").Items() {
			if strings.HasPrefix(when.At("key").Str(), "request.auth.") && len(when.At(conditions).Items()) > 0 {
				return true
			}
		}
	}
	return false
}

// coversWorkloadsOf tells whether a policy holds for all workloads that the
// pass's object is about: it stands in the same namespace or in the mesh's root
// namespace, and selects no fewer.
func coversWorkloadsOf(p *lint.Pass, policy *manifest.Object) bool {
	near := p.Scope().SameNamespace(p.Object.Namespace, policy.Namespace) != manifest.False
	if !near && policy.Namespace != meshRootNamespace(p.Set) {
		return false
	}
	labels := p.Object.At("spec", "selector", "matchLabels")
	if scope.PlainLabels(policy.At("spec", "selector", "matchLabels")).Matches(labels) == manifest.False {
		return false
	}
	theirs := targetRefs(policy)
	for _, mine := range targetRefs(p.Object) {
		same := func(n *manifest.Node) bool {
			return n.At("kind").Str() == mine.At("kind").Str() && n.At("name").Str() == mine.At("name").Str()
		}
		if len(theirs) > 0 && !slices.ContainsFunc(theirs, same) {
			return false
		}
	}
	return len(theirs) == 0 || len(targetRefs(p.Object)) > 0
}

// meshConfig is the configuration of the whole mesh in an object of one of
// Istio's installers; nil for any other object.
func meshConfig(o *manifest.Object) *manifest.Node {
	switch o.Group() + "/" + o.Kind {
	case "install.istio.io/IstioOperator":
		return o.At("spec", "meshConfig")
	case "sailoperator.io/Istio", fluxHelmGroup + "/HelmRelease":
		return o.At("spec", "values", "meshConfig")
	case "/ConfigMap":
		if o.Name != "istio" && !strings.HasPrefix(o.Name, "istio-") { // of a revision
			return nil
		}
		if configs := o.At("data", "mesh").Embedded(); len(configs) > 0 {
			return configs[0].Root
		}
	}
	return nil
}

// meshConfigKinds are the kinds that hold the settings of the mesh.
var meshConfigKinds = []string{"install.istio.io/IstioOperator", "sailoperator.io/Istio", fluxHelmGroup + "/HelmRelease", "/ConfigMap"}

// meshRootNamespace is the namespace whose policies hold for the whole mesh.
func meshRootNamespace(set *manifest.Set) string {
	type rootNamespace string
	return string(*manifest.Derived(set, func(set *manifest.Set) *rootNamespace {
		root := rootNamespace("istio-system")
		for _, name := range meshConfigKinds {
			for _, o := range set.OfKind(splitKind(name)) {
				if named := meshConfig(o).At("rootNamespace").Str(); named != "" {
					root = rootNamespace(named)
					return &root
				}
			}
		}
		return &root
	}))
}
