package rules

import (
	"slices"

	"github.com/seaworthy-lint/seaworthy/lint"
	"github.com/seaworthy-lint/seaworthy/lint/manifest"
	"github.com/seaworthy-lint/seaworthy/lint/scope"
)

// ingressGroups are the API groups that have served the kind Ingress.
var ingressGroups = []string{"networking.k8s.io", "extensions"}

func isIngress(o *manifest.Object) bool {
	return o.Kind == "Ingress" && (o.Group() == "networking.k8s.io" || o.Group() == "extensions")
}

// isGatewayRoute tells the routes of the Gateway API.
func isGatewayRoute(o *manifest.Object) bool {
	switch o.Kind {
	case "HTTPRoute", "GRPCRoute", "TCPRoute", "TLSRoute":
		return o.Group() == "gateway.networking.k8s.io"
	}
	return false
}

func isOpenShiftRoute(o *manifest.Object) bool {
	return o.Kind == "Route" && o.Group() == "route.openshift.io"
}

// backends are the Services that an Ingress or a route names.
func backends(o *manifest.Object) []backend {
	switch {
	case isIngress(o):
		return ingressBackends(o)
	case isGatewayRoute(o):
		return routeBackends(o)
	case isOpenShiftRoute(o):
		return openShiftBackends(o)
	}
	return nil
}

// openShiftBackends are those of a Route, whose port is the target of the
// Service's.
func openShiftBackends(o *manifest.Object) []backend {
	names := []*manifest.Node{o.At("spec", "to", "name")}
	for _, other := range o.At("spec", "alternateBackends").Items() {
		names = append(names, other.At("name"))
	}
	var found []backend
	for _, n := range names {
		if n.IsSet() {
			found = append(found, backend{node: n, name: n.Str(), namespace: o.Namespace, port: o.At("spec", "port", "targetPort")})
		}
	}
	return found
}

// entrance is a way from outside into a Service in view.
type entrance struct {
	// at is the field that opens it.
	at      *manifest.Node
	service *manifest.Object
	// ports are the ports of the Service that it leads to.
	ports []*manifest.Node
	// sure is false when the Service may be another one of that name.
	sure bool
}

// entrances are the ways that the pass's object opens.
func entrances(p *lint.Pass) []entrance {
	if isService(p.Object) && serviceType(p) == "" {
		return nil
	}
	return entrancesOf(p.Scope(), p.Object)
}

// entrancesOf are the ways that an object opens: a Service by its type, an
// Ingress or a route by its backends.
func entrancesOf(s *scope.Scope, o *manifest.Object) []entrance {
	if isService(o) {
		switch o.At("spec", "type").Str() {
		case "NodePort", "LoadBalancer":
			return []entrance{{o.At("spec", "type"), o, o.At("spec", "ports").Items(), true}}
		}
		return nil
	}
	if meshRoute(o) {
		return nil
	}
	return entrancesTo(s, backends(o))
}

// entrancesTo are the Services in view that backends name.
func entrancesTo(s *scope.Scope, backends []backend) []entrance {
	var found []entrance
	for _, b := range backends {
		sure, unsure := s.Named("", "Service", b.name, b.namespace)
		for i, service := range slices.Concat(sure, unsure) {
			e := entrance{at: b.node, service: service, sure: i < len(sure)}
			for _, port := range service.At("spec", "ports").Items() {
				if b.names(port) {
					e.ports = append(e.ports, port)
				}
			}
			found = append(found, e)
		}
	}
	return found
}

// meshRoute tells whether a route of the Gateway API belongs to Services only,
// so that it is for traffic inside of a mesh.
func meshRoute(o *manifest.Object) bool {
	parents := o.At("spec", "parentRefs").Items()
	return isGatewayRoute(o) && len(parents) > 0 && !slices.ContainsFunc(parents, func(parent *manifest.Node) bool {
		return parent.At("kind").Str() != "Service"
	})
}

// names tells whether a port of the Service is the one that the backend names:
// by number, by name, or for routes of OpenShift by target.
func (b backend) names(port *manifest.Node) bool {
	wanted := b.port.Str()
	return wanted == "" || wanted == port.At("port").Str() || wanted == port.At("name").Str() ||
		b.port != nil && b.port.Key == "targetPort" && wanted == port.At("targetPort").Str()
}

// leadsTo tells whether one of the ports of a Service ends in a container: the
// container declares its target, or nobody does and the container has that
// number by custom or is the only one that can listen.
func (e entrance) leadsTo(c *manifest.Container, customary ...int64) bool {
	for _, port := range e.ports {
		if declared := targetPorts(port, c.Pod); len(declared) > 0 {
			for _, d := range declared {
				if d.container.Node == c.Node && fits(d.port.At("containerPort"), customary) {
					return true
				}
			}
			continue
		}
		target := port.At("targetPort")
		if !target.IsSet() {
			target = port.At("port")
		}
		if _, numbered := target.Int(); numbered && fits(target, customary) && (len(customary) > 0 || alone(c)) {
			return true
		}
	}
	return false
}

// portOf is the port of a container on which an entrance ends, 0 when there are
// several or it has no number.
func (e entrance) portOf(c *manifest.Container) int64 {
	var ports []int64
	for _, port := range e.ports {
		target := port.At("targetPort")
		if !target.IsSet() {
			target = port.At("port")
		}
		for _, d := range targetPorts(port, c.Pod) {
			if d.container.Node == c.Node {
				target = d.port.At("containerPort")
			}
		}
		if number, ok := target.Int(); ok && !slices.Contains(ports, number) {
			ports = append(ports, number)
		}
	}
	if len(ports) != 1 {
		return 0
	}
	return ports[0]
}

// fits tells whether a port is one of the wanted; all are when none is named.
func fits(port *manifest.Node, wanted []int64) bool {
	value, _ := port.Int()
	return len(wanted) == 0 || slices.Contains(wanted, value)
}

// alone tells whether the container is the only one of its pod that serves.
func alone(c *manifest.Container) bool {
	for _, other := range c.Pod.Containers() {
		if other.Node != c.Node && (other.Role == manifest.App || other.Role == manifest.Sidecar) {
			return false
		}
	}
	return c.Role == manifest.App || c.Role == manifest.Sidecar
}
