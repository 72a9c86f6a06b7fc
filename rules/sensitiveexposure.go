package rules

import (
	"slices"
	"strings"

	"github.com/seaworthy-lint/seaworthy/lint"
	"github.com/seaworthy-lint/seaworthy/lint/manifest"
	"github.com/seaworthy-lint/seaworthy/lint/scope"
)

// sensitiveInterfaceExposed judges what is published, not the workload behind
// it: that is where the way in can be closed.
func sensitiveInterfaceExposed(p *lint.Pass) {
	public := manifest.True
	if isService(p.Object) && p.Object.At("spec", "type").Str() == "LoadBalancer" {
		public, _ = publicLoadBalancer(p.Set, p.Object)
	}
	if public == manifest.False || internalIngress(p.Object) {
		return
	}
	for _, b := range backends(p.Object) {
		if len(p.Set.Named("", "Service", b.name)) == 0 {
			p.Unknown(b.node, "the Service is not in view")
		}
	}
	for _, e := range entrances(p) {
		sure, unsure := p.Scope().PodsBehind(e.service)
		if len(sure)+len(unsure) == 0 {
			p.Unknown(e.at, "the pods behind the Service are not in view")
		}
		for _, pod := range sure {
			known := public
			if !e.sure {
				known = manifest.Unknown
			}
			if reportInterface(p, e, pod, known) {
				break
			}
		}
		for _, pod := range unsure {
			if len(sure) == 0 && reportInterface(p, e, pod, manifest.Unknown) {
				break
			}
		}
	}
}

// reportInterface reports the interface that an entrance opens in a pod, and
// tells whether there is one.
func reportInterface(p *lint.Pass, e entrance, pod *manifest.Pod, known manifest.Truth) bool {
	interfaces := interfacesOf(p.Scope(), pod)
	if len(interfaces) == 0 {
		return false
	}
	for _, c := range pod.Containers() {
		entry := interfaces[c.Node]
		if entry == nil || !e.leadsTo(c, entry.ports...) || hasAuthProxy(pod) {
			continue
		}
		switch authenticated := asksBefore(p.Scope(), p.Object, pod); {
		case authenticated == manifest.True:
		case known == manifest.Unknown:
			p.Unknown(e.at, "whether "+entry.product+" is published cannot be told")
		case authenticated == manifest.Unknown:
			p.Unknown(e.at, "whether a login stands before "+entry.product+" cannot be told")
		default:
			f := p.Reportf(e.at, "%s %q publishes %s without authentication in front of it", p.Object.Kind, p.Object.Name, entry.product)
			f.Relate(c.At("image"), "the interface")
			lessForLogin(p, f, entry.asksForLogin(c))
		}
		return true
	}
	return false
}

// lessForLogin takes a product that asks for a password itself less seriously:
// behind an Ingress that is how it is meant to be used.
func lessForLogin(p *lint.Pass, f *lint.Finding, login bool) {
	switch {
	case login && isService(p.Object):
		f.Lower()
	case login:
		f.Lower().AsNote()
	}
}

// internalIngress tells whether an Ingress is served inside of a provider's
// network only. The AWS Load Balancer Controller makes internal load balancers
// unless it is told otherwise.
func internalIngress(o *manifest.Object) bool {
	if !isIngress(o) {
		return false
	}
	scheme := o.At("metadata", "annotations", "alb.ingress.kubernetes.io/scheme").Str()
	switch class := ingressClass(o); {
	case scheme != "":
		return scheme == "internal"
	case class == "alb", class == "gce-internal":
		return true
	}
	return false
}

// loginAnnotations make an Ingress ask who is there, by their last part: those
// of ingress-nginx, HAProxy and the AWS Load Balancer Controller.
var loginAnnotations = []string{"auth-url", "auth-type", "auth-tls-secret", "auth-secret", "basic-auth-secret", "jwt-key"}

// asksBefore tells whether something in front of a pod asks for a login.
func asksBefore(s *scope.Scope, o *manifest.Object, pod *manifest.Pod) manifest.Truth {
	answer := meshLogin(s.Set, pod)
	if isService(o) {
		return answer
	}
	for _, n := range o.At("metadata", "annotations").Fields() {
		switch name := lastPart(n.Key); {
		case isProxy(n) && slices.Contains(loginAnnotations, name) && n.Str() != "" && n.Str() != "none",
			isAllowList(n) && allPrivate(splitList(n.Str())):
			return manifest.True
		case n.Key == "traefik.ingress.kubernetes.io/router.middlewares":
			answer = manifest.Any(answer, middlewareLogin(s.Set, n))
		case n.Key == "konghq.com/plugins":
			answer = manifest.Any(answer, manifest.Unknown)
		}
	}
	if isGatewayRoute(o) {
		answer = manifest.Any(answer, gatewayLogin(s.Set, o))
	}
	return answer
}

// allowLists are annotations that list the addresses that may connect, by
// their last part.
var allowLists = []string{"whitelist-source-range", "allowlist-source-range", "inbound-cidrs", "ip_whitelist", "whitelist", "allow-list"}

// isProxy tells annotations of the proxies that serve Ingresses and Routes.
func isProxy(n *manifest.Node) bool {
	prefix, _, _ := strings.Cut(n.Key, "/")
	return slices.ContainsFunc([]string{"ingress", "haproxy", "nginx"}, func(word string) bool { return strings.Contains(prefix, word) })
}

func isAllowList(n *manifest.Node) bool {
	return isProxy(n) && slices.Contains(allowLists, lastPart(n.Key))
}

// middlewareLogin reads the middlewares of Traefik that an annotation names as
// namespace-name@kubernetescrd.
func middlewareLogin(set *manifest.Set, annotation *manifest.Node) manifest.Truth {
	answer := manifest.False
	for _, ref := range splitList(annotation.Str()) {
		name, _, _ := strings.Cut(ref, "@")
		found := false
		for _, middleware := range middlewares(set) {
			if name != middleware.Name && !strings.HasSuffix(name, "-"+middleware.Name) {
				continue
			}
			found = true
			for _, key := range []string{"basicAuth", "digestAuth", "forwardAuth"} {
				if middleware.At("spec", key).IsSet() {
					return manifest.True
				}
			}
		}
		if !found {
			answer = manifest.Unknown
		}
	}
	return answer
}

func middlewares(set *manifest.Set) []*manifest.Object {
	return slices.Concat(set.OfKind("traefik.io", "Middleware"), set.OfKind("traefik.containo.us", "Middleware"))
}

// gatewayLogin reads the policies that ask for a login at a route or at the
// Gateway that it belongs to. A filter of an implementation's own may ask too.
func gatewayLogin(set *manifest.Set, route *manifest.Object) manifest.Truth {
	policies := slices.Concat(set.OfKind("gateway.envoyproxy.io", "SecurityPolicy"), set.OfKind("kuadrant.io", "AuthPolicy"))
	for _, policy := range policies {
		targets := slices.Concat(policy.At("spec", "targetRefs").Items(), []*manifest.Node{policy.At("spec", "targetRef")})
		for _, target := range targets {
			if attachesTo(route, target) && (policy.Kind == "AuthPolicy" || asksAnyone(policy)) {
				return manifest.True
			}
		}
	}
	for _, rule := range route.At("spec", "rules").Items() {
		for _, filter := range rule.At("filters").Items() {
			if filter.At("type").Str() == "ExtensionRef" {
				return manifest.Unknown
			}
		}
	}
	return manifest.False
}

func asksAnyone(policy *manifest.Object) bool {
	return slices.ContainsFunc([]string{"basicAuth", "oidc", "jwt", "extAuth", "apiKeyAuth"}, func(key string) bool {
		return policy.At("spec", key).IsSet()
	})
}

// attachesTo tells whether a policy's target is a route or one of its parents.
func attachesTo(route *manifest.Object, target *manifest.Node) bool {
	name, kind := target.At("name").Str(), target.At("kind").Str()
	if kind == route.Kind && name == route.Name {
		return true
	}
	return kind == "Gateway" && slices.ContainsFunc(route.At("spec", "parentRefs").Items(), func(parent *manifest.Node) bool {
		return parent.At("name").Str() == name
	})
}

// meshLogin tells whether a policy of Istio lets only requests with a verified
// token into a pod.
func meshLogin(set *manifest.Set, pod *manifest.Pod) manifest.Truth {
	for _, policy := range set.OfKind("security.istio.io", "AuthorizationPolicy") {
		if scope.Of(set).SameNamespace(policy.Namespace, pod.Object.Namespace) != manifest.True || !needsPrincipal(policy) {
			continue
		}
		if scope.PlainLabels(policy.At("spec", "selector", "matchLabels")).Matches(pod.Metadata.At("labels")) == manifest.True {
			return manifest.True
		}
	}
	return manifest.False
}

func needsPrincipal(policy *manifest.Object) bool {
	key := "requestPrincipals"
	switch policy.At("spec", "action").Str() {
	case "CUSTOM":
		return true
	case "DENY":
		key = "notRequestPrincipals"
	}
	for _, rule := range policy.At("spec", "rules").Items() {
		for _, from := range rule.At("from").Items() {
			if len(from.At("source", key).Items()) > 0 {
				return true
			}
		}
	}
	return false
}
