package rules

import (
	"slices"
	"strings"

	"github.com/seaworthy-lint/seaworthy/lint"
	"github.com/seaworthy-lint/seaworthy/lint/manifest"
)

// backend is a Service to which an object sends traffic.
type backend struct {
	// node is what names the Service.
	node            *manifest.Node
	name, namespace string
	// port is a number or a name; nil when none is stated.
	port *manifest.Node
}

// danglingBackend judges the Services that an Ingress, route or VirtualService
// sends traffic to.
func danglingBackend(p *lint.Pass) {
	var backends []backend
	switch p.Object.Kind {
	case "Ingress":
		backends = ingressBackends(p.Object)
	case "VirtualService":
		backends = virtualServiceBackends(p.Set, p.Object)
	default:
		backends = routeBackends(p.Object)
	}
	for _, b := range backends {
		judgeBackend(p, b)
	}
}

// ingressBackends are those of an Ingress in every version. A backend that is
// a resource has no Service, and a port "use-annotation" of the AWS load
// balancer controller stands for an action that an annotation states.
func ingressBackends(o *manifest.Object) []backend {
	nodes := []*manifest.Node{o.At("spec", "defaultBackend"), o.At("spec", "backend")}
	for _, rule := range o.At("spec", "rules").Items() {
		for _, path := range rule.At("http", "paths").Items() {
			nodes = append(nodes, path.At("backend"))
		}
	}
	var backends []backend
	for _, n := range nodes {
		b := backend{node: n.At("service", "name"), port: n.At("service", "port", "number"), namespace: o.Namespace}
		if named := n.At("service", "port", "name"); named.IsSet() {
			b.port = named
		}
		if old := n.At("serviceName"); old.IsSet() {
			b.node, b.port = old, n.At("servicePort")
		}
		if b.node.IsSet() && b.port.Str() != "use-annotation" {
			b.name = b.node.Str()
			backends = append(backends, b)
		}
	}
	return backends
}

// routeBackends are those of a route of the Gateway API. References to other
// kinds than Services are the business of who implements them.
func routeBackends(o *manifest.Object) []backend {
	var refs []*manifest.Node
	for _, rule := range o.At("spec", "rules").Items() {
		refs = append(refs, rule.At("backendRefs").Items()...)
		for _, filter := range rule.At("filters").Items() {
			refs = append(refs, filter.At("requestMirror", "backendRef"))
		}
	}
	var backends []backend
	for _, ref := range refs {
		name, kind := ref.At("name"), ref.At("kind").Str()
		if !name.IsSet() || ref.At("group").Str() != "" || kind != "" && kind != "Service" {
			continue
		}
		b := backend{node: name, name: name.Str(), namespace: o.Namespace, port: ref.At("port")}
		if other := ref.At("namespace").Str(); other != "" {
			b.namespace = other
		}
		backends = append(backends, b)
	}
	return backends
}

// virtualServiceBackends are the destinations of a VirtualService that are
// Services: a host without dots, or one of the cluster's domain. What a
// ServiceEntry may name is left out.
func virtualServiceBackends(set *manifest.Set, o *manifest.Object) []backend {
	var destinations []*manifest.Node
	for _, protocol := range []string{"http", "tls", "tcp"} {
		for _, route := range o.At("spec", protocol).Items() {
			for _, to := range slices.Concat(route.At("route").Items(), route.At("mirrors").Items()) {
				destinations = append(destinations, to.At("destination"))
			}
			destinations = append(destinations, route.At("mirror"))
		}
	}
	var backends []backend
	for _, d := range destinations {
		host := d.At("host")
		name, namespace, ok := clusterHost(host.Str(), o.Namespace)
		if host.IsSet() && ok && !isServiceEntry(set, host.Str()) {
			backends = append(backends, backend{node: host, name: name, namespace: namespace, port: d.At("port", "number")})
		}
	}
	return backends
}

// clusterHost takes the DNS name of a Service apart, as someone in the
// namespace would resolve it.
func clusterHost(host, namespace string) (name, of string, ok bool) {
	host = strings.TrimSuffix(host, ".cluster.local")
	parts := strings.Split(host, ".")
	switch {
	case manifest.IsTemplate(host) || len(parts) == 1:
		return host, namespace, true
	case len(parts) == 3 && parts[2] == "svc":
		return parts[0], parts[1], true
	}
	return "", "", false
}

func isServiceEntry(set *manifest.Set, host string) bool {
	return slices.ContainsFunc(set.OfKind("networking.istio.io", "ServiceEntry"), func(o *manifest.Object) bool {
		return slices.ContainsFunc(o.At("spec", "hosts").Items(), func(h *manifest.Node) bool { return h.Str() == host })
	})
}

// judgeBackend reports a Service that is not in view although others of its
// namespace are, and a port that no Service of the name has.
func judgeBackend(p *lint.Pass, b backend) {
	if !b.node.IsString() || b.node.Templated() {
		p.UnknownValue(b.node)
		return
	}
	services := near(p, "", "Service", b.name, b.namespace)
	if len(services) == 0 && p.External("", "Service", b.namespace, b.name, "") {
		return
	}
	if len(services) == 0 {
		f := p.Reportf(b.node, "%s sends traffic to the Service %q, which is not in view", p.Object.Kind, b.name)
		if !hasNeighbours(p, "", "Service", b.namespace) || operatorMakes(p, b.name, b.namespace) {
			f.AsNote()
		}
		return
	}
	if b.port.Templated() {
		p.UnknownValue(b.port)
		return
	}
	if b.port.IsSet() && !slices.ContainsFunc(services, func(o *manifest.Object) bool { return mayListen(o, b.port) }) {
		p.Reportf(b.port, "%s sends traffic to port %s of the Service %q, which has no such port", p.Object.Kind, b.port.Str(), b.name)
	}
}

// mayListen tells whether a Service has a port of the number or name, or may
// have it: one without ports leaves them to what is behind it.
func mayListen(service *manifest.Object, port *manifest.Node) bool {
	ports := service.At("spec", "ports")
	if len(ports.Items()) == 0 {
		return true
	}
	key := "port"
	if port.IsString() {
		key = "name"
	}
	return slices.ContainsFunc(ports.Items(), func(own *manifest.Node) bool {
		return own.Templated() || own.At(key).Templated() || own.At(key).Str() == port.Str()
	})
}
