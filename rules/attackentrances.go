package rules

import (
	"fmt"
	"slices"
	"strings"

	"github.com/seaworthy-lint/seaworthy/lint"
	"github.com/seaworthy-lint/seaworthy/lint/attackpath"
	"github.com/seaworthy-lint/seaworthy/lint/manifest"
	"github.com/seaworthy-lint/seaworthy/lint/networkpolicy"
	"github.com/seaworthy-lint/seaworthy/lint/scope"
)

// The ways in from outside.
var (
	byLoadBalancer    = &attackpath.Entrance{Name: "load balancer", Words: "a Service of type LoadBalancer that takes traffic from every address"}
	byIngress         = &attackpath.Entrance{Name: "Ingress", Words: "an Ingress with a Service in view as its backend", Proxied: true}
	byGateway         = &attackpath.Entrance{Name: "Gateway API", Words: "an HTTPRoute, GRPCRoute, TLSRoute or TCPRoute of a Gateway", Proxied: true}
	byOpenShiftRoute  = &attackpath.Entrance{Name: "Route", Words: "a Route of OpenShift", Proxied: true}
	byVirtualService  = &attackpath.Entrance{Name: "VirtualService", Words: "a VirtualService of an Istio Gateway", Proxied: true}
	byExternalAddress = &attackpath.Entrance{Name: "external address", Words: "a Service with externalIPs"}
	byNodePort        = &attackpath.Entrance{Name: "node port", Words: "a Service of type NodePort", FromNodes: true}
	byHostPort        = &attackpath.Entrance{Name: "host port", Words: "a container port with a hostPort", FromNodes: true}
	byHostNetwork     = &attackpath.Entrance{Name: "host network", Words: "a container port of a pod with hostNetwork", FromNodes: true}
)

// entranceKinds are the kinds that open ways in.
var entranceKinds = slices.Concat([]string{
	"Service", "Ingress", "HTTPRoute", "GRPCRoute", "TLSRoute", "TCPRoute", "route.openshift.io/Route", "networking.istio.io/VirtualService",
	"gateway.networking.k8s.io/Gateway", "networking.istio.io/Gateway",
}, addressPoolKinds, loginKinds, networkpolicy.AllKinds(), []string{"Namespace"})

// loginKinds are the kinds that ask for a login in front of a workload.
var loginKinds = []string{
	"Middleware", "gateway.envoyproxy.io/SecurityPolicy", "kuadrant.io/AuthPolicy", "security.istio.io/AuthorizationPolicy",
}

// published holds the ways that Services, Ingresses and routes open.
type published struct {
	ways map[*manifest.Pod][]attackpath.Way
	// sure is how many of them are known to be ways.
	sure map[*manifest.Pod]int
}

func publishedIn(set *manifest.Set) *published {
	return manifest.Derived(set, func(set *manifest.Set) *published {
		found := &published{ways: map[*manifest.Pod][]attackpath.Way{}, sure: map[*manifest.Pod]int{}}
		for _, o := range set.Objects() {
			found.add(scope.Of(set), o)
		}
		return found
	})
}

func (f *published) add(s *scope.Scope, o *manifest.Object) {
	by, known := entranceBy(s, o)
	if by == nil || known == manifest.False {
		return
	}
	led := map[*manifest.Object]bool{}
	text := wayText(o, by)
	for _, e := range entrancesBy(s, o, by) {
		if led[e.service] {
			continue
		}
		led[e.service] = true
		sure, unsure := s.PodsBehind(e.service)
		for i, pod := range slices.Concat(sure, unsure) {
			f.addPod(s, o, e, pod, attackpath.Way{Entrance: by, Text: text, Known: manifest.All(known, truthOf(e.sure), truthOf(i < len(sure)))})
		}
	}
}

// truthOf is what is known where something is not sure.
func truthOf(sure bool) manifest.Truth {
	if sure {
		return manifest.True
	}
	return manifest.Unknown
}

// manyWays is how many ways into a pod a path goes by. Those beyond tell
// nothing more, and there may be as many as Services times pods.
const manyWays = 8

func (f *published) addPod(s *scope.Scope, o *manifest.Object, e entrance, pod *manifest.Pod, way attackpath.Way) {
	if len(f.ways[pod]) >= manyWays && (way.Known != manifest.True || f.sure[pod] >= manyWays) {
		return
	}
	way.Known = manifest.All(way.Known, manifest.Not(asksBefore(s, o, pod)))
	if way.Known == manifest.False || hasAuthProxy(pod) {
		return
	}
	way.Steps = []attackpath.Fact{{Text: way.Text + " lets traffic from outside in", At: e.at}}
	if e.service != o {
		way.Steps = append(way.Steps, attackpath.Fact{Text: fmt.Sprintf("Service %q leads to the pod", e.service.Name), At: e.service.Nearest("spec", "selector")})
	}
	for _, c := range pod.Containers() {
		if e.leadsTo(c) {
			way.Container, way.Port = c, e.portOf(c)
			if way.Known == manifest.True {
				f.sure[pod]++
			}
			f.ways[pod] = append(f.ways[pod], way)
		}
	}
}

func wayText(o *manifest.Object, by *attackpath.Entrance) string {
	switch by {
	case byLoadBalancer, byNodePort, byExternalAddress:
		return fmt.Sprintf("%s of Service %q", by.Name, o.Name)
	}
	return fmt.Sprintf("%s %q", o.Kind, o.Name)
}

// entranceBy is the kind of way in that an object opens, and whether outside
// means more than a provider's or company's own network.
func entranceBy(s *scope.Scope, o *manifest.Object) (by *attackpath.Entrance, known manifest.Truth) {
	switch {
	case isService(o):
		return entranceByService(s, o)
	case isIngress(o):
		if internalIngress(o) {
			return byIngress, manifest.False
		}
		return byIngress, publicName(ingressClass(o))
	case isGatewayRoute(o):
		return byGateway, publicGateways(s, o)
	case isOpenShiftRoute(o):
		return byOpenShiftRoute, manifest.True
	case o.Kind == "VirtualService" && o.Group() == "networking.istio.io":
		return byVirtualService, publicIstioGateways(o)
	}
	return nil, manifest.False
}

func entranceByService(s *scope.Scope, o *manifest.Object) (by *attackpath.Entrance, known manifest.Truth) {
	switch o.At("spec", "type").Str() {
	case "LoadBalancer":
		known, _ = publicLoadBalancer(s.Set, o)
		return byLoadBalancer, known
	case "NodePort":
		return byNodePort, manifest.True
	case "ExternalName":
		return nil, manifest.False
	}
	if addresses := texts(o.At("spec", "externalIPs")); len(addresses) > 0 && !allPrivate(addresses) {
		return byExternalAddress, manifest.True
	}
	return nil, manifest.False
}

// entrancesBy are the ways that an object opens in its kind.
func entrancesBy(s *scope.Scope, o *manifest.Object, by *attackpath.Entrance) []entrance {
	switch by {
	case byExternalAddress:
		return []entrance{{at: o.At("spec", "externalIPs"), service: o, ports: o.At("spec", "ports").Items(), sure: true}}
	case byVirtualService:
		return entrancesTo(s, virtualServiceBackends(s.Set, o))
	}
	return entrancesOf(s, o)
}

// publicName does not know whether a class or Gateway that calls itself
// internal or private can be reached from outside.
func publicName(names ...string) manifest.Truth {
	for _, name := range names {
		for _, word := range []string{"internal", "private", "intranet", "rilb", "{{", "${"} {
			if strings.Contains(strings.ToLower(name), word) {
				return manifest.Unknown
			}
		}
	}
	return manifest.True
}

// publicGateways looks at the names of a route's Gateways, and at the classes
// of those in view.
func publicGateways(s *scope.Scope, route *manifest.Object) manifest.Truth {
	public := manifest.False
	for _, parent := range route.At("spec", "parentRefs").Items() {
		if kind := parent.At("kind").Str(); kind != "" && kind != "Gateway" {
			continue
		}
		names := []string{parent.At("name").Str(), parent.At("namespace").Str()}
		gateways, _ := s.Named(gatewayGroup, "Gateway", parent.At("name").Str(), namespaceOr(parent.At("namespace"), route.Namespace))
		for _, gateway := range gateways {
			names = append(names, gateway.At("spec", "gatewayClassName").Str())
		}
		public = manifest.Any(public, publicName(names...))
	}
	return public
}

// publicIstioGateways looks at the Gateways of a VirtualService: without any
// it is for the traffic of the mesh.
func publicIstioGateways(o *manifest.Object) manifest.Truth {
	public := manifest.False
	for _, gateway := range o.At("spec", "gateways").Items() {
		if name := gateway.Str(); name != "mesh" {
			public = manifest.Any(public, publicName(name))
		}
	}
	return public
}

// waysInto are the ways from outside into the containers of a pod. The agents
// of a cluster are on its nodes, and that near to them, by design.
func waysInto(p *lint.Pass, pod *manifest.Pod) []attackpath.Way {
	ways := publishedIn(p.Set).ways[pod]
	if isSystemComponent(pod.Object, nil) {
		return ways
	}
	return slices.Concat(ways, waysFromNodes(pod))
}

// waysFromNodes are the ports that a pod opens on its node by itself. What
// listens on the node's own loopback address alone is reached by nobody else.
func waysFromNodes(pod *manifest.Pod) []attackpath.Way {
	var ways []attackpath.Way
	onHost := pod.At("hostNetwork")
	for _, c := range pod.Containers() {
		for _, port := range c.At("ports").Items() {
			number, _ := port.At("containerPort").Int()
			way := attackpath.Way{Container: c, Port: number, Known: manifest.True}
			switch forwarded := port.At("hostPort"); {
			case isLoopback(port.At("hostIP").Str()):
				continue
			case onHost.True():
				way.Entrance, way.Text = byHostNetwork, "host network, port "+port.At("containerPort").Str()
				way.Steps = []attackpath.Fact{{Text: "the pod is on the network of its node", At: onHost}, {Text: "and listens there", At: port.Nearest("containerPort")}}
			case forwarded.IsSet() && forwarded.Str() != "0":
				way.Entrance, way.Text = byHostPort, "host port "+forwarded.Str()
				way.Steps = []attackpath.Fact{{Text: "the node forwards the port", At: forwarded}}
			default:
				continue
			}
			if c.Role == manifest.App || c.Role == manifest.Sidecar {
				ways = append(ways, way)
			}
		}
	}
	return ways
}
