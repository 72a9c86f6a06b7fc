package rules

import (
	"encoding/json"
	"slices"
	"strings"

	"github.com/seaworthy-lint/seaworthy/lint"
	"github.com/seaworthy-lint/seaworthy/lint/manifest"
	"github.com/seaworthy-lint/seaworthy/lint/scope"
)

func plainHTTPExposed(p *lint.Pass) {
	switch o := p.Object; {
	case isIngress(o):
		plainIngress(p)
		plainBalancer(p)
	case o.Kind == "ConfigMap" && o.Group() == "":
		if n := o.At("data", "ssl-redirect"); isOff(n) && !isOn(o.At("data", "force-ssl-redirect")) {
			p.Reportf(n, "ConfigMap %q turns off the redirect to HTTPS", o.Name)
		}
	case o.Kind == "Gateway" && o.Group() == "gateway.networking.k8s.io":
		for _, listener := range o.At("spec", "listeners").Items() {
			plainListener(p, listener)
		}
	case isIstioGateway(o):
		plainIstioServers(p)
	}
}

func isIstioGateway(o *manifest.Object) bool {
	return o.Kind == "Gateway" && o.Group() == "networking.istio.io"
}

// isOn and isOff read settings that are strings.
func isOn(n *manifest.Node) bool  { return strings.EqualFold(strings.TrimSpace(n.Str()), "true") }
func isOff(n *manifest.Node) bool { return strings.EqualFold(strings.TrimSpace(n.Str()), "false") }

// plainIngress reads the annotations by which controllers are told to go on
// serving plain HTTP.
func plainIngress(p *lint.Pass) {
	eachAnnotation(func(p *lint.Pass, n *manifest.Node, name string) {
		prefix := strings.TrimSuffix(n.Key, name)
		isAWS := prefix == "alb.ingress.kubernetes.io/" // its ssl-redirect is a port
		switch {
		case name == "ssl-redirect" && !isAWS && n.Templated():
			p.UnknownValue(n)
		case name == "ssl-redirect" && !isAWS && isOff(n) && !isOn(p.Object.At("metadata", "annotations", prefix+"force-ssl-redirect")):
			p.Reportf(n, "Ingress %q turns off the redirect to HTTPS", p.Object.Name)
		case n.Key == "kubernetes.io/ingress.allow-http" && isOn(n):
			p.Reportf(n, "Ingress %q allows plain HTTP", p.Object.Name)
		}
	})(p)
}

const albPrefix = "alb.ingress.kubernetes.io/"

// plainBalancer reads the listeners of an AWS load balancer. A redirect counts
// for all Ingresses of its group.
func plainBalancer(p *lint.Pass) {
	ports := p.Object.At("metadata", "annotations", albPrefix+"listen-ports")
	var listeners []map[string]int
	if ports.Templated() {
		p.UnknownValue(ports)
		return
	}
	if json.Unmarshal([]byte(ports.Str()), &listeners) != nil || albRedirects(p.Object) {
		return
	}
	if !slices.ContainsFunc(listeners, func(l map[string]int) bool { _, plain := l["HTTP"]; return plain }) {
		return
	}
	group := p.Object.At("metadata", "annotations", albPrefix+"group.name")
	if group.Str() == "" {
		p.Reportf(ports, "load balancer of Ingress %q listens on plain HTTP and redirects nothing", p.Object.Name)
		return
	}
	for _, o := range p.Set.OfKind("networking.k8s.io", "Ingress") {
		if o.At("metadata", "annotations", albPrefix+"group.name").Str() == group.Str() && albRedirects(o) {
			return
		}
	}
	p.Unknown(ports, "another Ingress of the group may redirect to HTTPS")
}

func albRedirects(o *manifest.Object) bool {
	for _, n := range o.At("metadata", "annotations").Fields() {
		name, isAWS := strings.CutPrefix(n.Key, albPrefix)
		if isAWS && (name == "ssl-redirect" || strings.HasPrefix(name, "actions.") && strings.Contains(n.Str(), "HTTPS")) {
			return true
		}
	}
	return false
}

// plainListener reports a listener without TLS when a route in view serves
// more through it than a redirect to HTTPS.
func plainListener(p *lint.Pass, listener *manifest.Node) {
	protocol := listener.At("protocol")
	if protocol.Str() != "HTTP" && protocol.Str() != "TCP" {
		return
	}
	seen := false
	for _, kind := range []string{"HTTPRoute", "GRPCRoute", "TCPRoute"} {
		for _, route := range p.Set.OfKind("gateway.networking.k8s.io", kind) {
			attached := attachedTo(p.Set, route, p.Object, listener)
			seen = seen || attached != manifest.False
			if attached == manifest.True && !redirectsOnly(route) {
				p.Reportf(protocol, "listener %q of Gateway %q serves %s %q without TLS", listener.At("name").Str(), p.Object.Name, kind, route.Name).
					Relate(route.Node, "the route")
				return
			}
		}
	}
	if !seen {
		p.Unknown(protocol, "the routes of the listener are not in view")
	}
}

// attachedTo tells whether a route belongs to a listener of a Gateway.
func attachedTo(set *manifest.Set, route, gateway *manifest.Object, listener *manifest.Node) manifest.Truth {
	answer := manifest.False
	for _, parent := range route.At("spec", "parentRefs").Items() {
		section, port := parent.At("sectionName"), parent.At("port")
		switch {
		case parent.At("name").Str() != gateway.Name,
			parent.At("kind").IsSet() && parent.At("kind").Str() != "Gateway",
			section.IsSet() && section.Str() != listener.At("name").Str(),
			port.IsSet() && port.Str() != listener.At("port").Str():
			continue
		}
		near := scope.Of(set).SameNamespace(namespaceOr(parent.At("namespace"), route.Namespace), gateway.Namespace)
		answer = manifest.Any(answer, near)
	}
	return answer
}

// redirectsOnly tells whether all that a route does is to send clients to
// HTTPS.
func redirectsOnly(route *manifest.Object) bool {
	rules := route.At("spec", "rules").Items()
	for _, rule := range rules {
		if !slices.ContainsFunc(rule.At("filters").Items(), func(filter *manifest.Node) bool {
			return filter.At("type").Str() == "RequestRedirect" && filter.At("requestRedirect", "scheme").Str() == "https"
		}) {
			return false
		}
	}
	return len(rules) > 0
}

// plainIstioServers reports the servers of an Istio Gateway that take plain
// HTTP. A gateway for what leaves the mesh is no entry point.
func plainIstioServers(p *lint.Pass) {
	for _, label := range p.Object.At("spec", "selector").Fields() {
		if strings.Contains(label.Str(), "egress") {
			return
		}
	}
	for _, server := range p.Object.At("spec", "servers").Items() {
		protocol := server.At("port", "protocol")
		redirect := server.At("tls", "httpsRedirect")
		switch {
		case !strings.EqualFold(protocol.Str(), "HTTP") && !strings.EqualFold(protocol.Str(), "HTTP2"):
		case redirect.Truth() == manifest.Unknown:
			p.UnknownValue(redirect)
		case !redirect.True():
			p.Reportf(protocol, "Gateway %q serves plain HTTP on port %s", p.Object.Name, server.At("port", "number").Str())
		}
	}
}
