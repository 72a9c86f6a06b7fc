package networkpolicy

import (
	"math"
	"strings"

	"github.com/seaworthy-lint/seaworthy/lint/manifest"
	"github.com/seaworthy-lint/seaworthy/lint/scope"
)

// readAdmin reads an AdminNetworkPolicy, a BaselineAdminNetworkPolicy, or the
// ClusterNetworkPolicy that took the place of both, whose rules decide in their
// order (sigs.k8s.io/network-policy-api, v1alpha1 and v1alpha2). It closes pods
// only by a rule that denies everyone.
func readAdmin(o *manifest.Object) *Part {
	spec := o.At("spec")
	part := &Part{Object: o, Spec: spec, order: math.Inf(1), subject: adminSubject(spec.At("subject"))}
	if priority, ok := spec.At("priority").Int(); ok {
		part.order = float64(priority)
	}
	if o.Kind == "BaselineAdminNetworkPolicy" || spec.At("tier").Str() == "Baseline" {
		part.layer = baseline
	}
	for _, side := range Sides() {
		narrowed := false
		part.isolates[side.Direction] = manifest.False
		for _, n := range spec.At(side.Key).Items() {
			rule := Rule{Direction: side.Direction, Narrowed: narrowed, Ports: adminPorts(n)}
			switch n.At("action").Str() {
			case "Allow", "Accept":
			case "Deny":
				rule.Action, narrowed = Deny, true
			case "Pass":
				rule.Action = Pass
			default:
				continue
			}
			for _, peer := range n.At(side.Peers).Items() {
				rule.Peers = append(rule.Peers, adminPeers(peer)...)
			}
			if rule.Action == Deny && !rule.Limited() && meansEveryone(rule) {
				part.isolates[side.Direction] = manifest.True
			}
			part.Rules = append(part.Rules, rule)
		}
	}
	return part
}

// meansEveryone tells whether a rule is about every pod: an administrator can
// say nothing of others for ingress.
func meansEveryone(rule Rule) bool {
	for _, peer := range rule.Peers {
		if peer.Everyone != "" {
			return true
		}
	}
	return false
}

// adminSubject are the pods of a policy: those of namespaces, or some of them.
func adminSubject(n *manifest.Node) subject {
	namespaces, pods := n.At("namespaces"), n.At("pods", "podSelector")
	if chosen := n.At("pods", "namespaceSelector"); chosen.IsSet() {
		namespaces = chosen
	}
	labels := scope.LabelSelector(pods)
	found := subject{clusterWide: true, labels: labels, every: labels.IsEmpty()}
	if !scope.SelectsAll(namespaces) {
		found.inNamespace = func(n *scope.Namespace) manifest.Truth { return n.Matches(namespaces) }
	}
	return found
}

func adminPeers(n *manifest.Node) []Peer {
	namespaces, pods := n.At("namespaces"), n.At("pods", "podSelector")
	if chosen := n.At("pods", "namespaceSelector"); chosen.IsSet() {
		namespaces = chosen
	}
	var peers []Peer
	if namespaces.IsSet() {
		peer := Peer{At: n, Untold: namespaces.Templated() || pods.Templated()}
		if scope.SelectsAll(namespaces) && (!pods.IsSet() || scope.SelectsAll(pods)) {
			peer.Everyone, peer.everyPod = "every pod of every namespace", true
		}
		peer.pods = func(s *scope.Scope, pod *manifest.Pod) manifest.Truth {
			return manifest.All(s.Namespace(pod.Object.Namespace).Matches(namespaces), scope.LabelSelector(pods).Matches(pod.Metadata.At("labels")))
		}
		peers = append(peers, peer)
	}
	for _, network := range n.At("networks").Items() {
		peers = append(peers, cidrPeer(network, nil, network))
	}
	if n.Templated() || n.At("nodes").IsSet() || n.At("domainNames").IsSet() {
		peers = append(peers, Peer{At: n, Untold: n.Templated(), other: true})
	}
	return peers
}

// adminPorts reads the ports of AdminNetworkPolicies and the protocols of
// ClusterNetworkPolicies.
func adminPorts(rule *manifest.Node) []PortRange {
	var ports []PortRange
	for _, n := range rule.At("ports").Items() {
		one, some := n.At("portNumber"), n.At("portRange")
		switch {
		case one.IsSet():
			ports = append(ports, readPorts(protocolOf(one), one.At("port"), nil))
		case some.IsSet():
			ports = append(ports, readPorts(protocolOf(some), some.At("start"), some.At("end")))
		default:
			ports = append(ports, PortRange{First: -1, Last: -1, Name: n.At("namedPort").Str()})
		}
	}
	for _, n := range rule.At("protocols").Items() {
		for _, named := range n.Fields() {
			ports = append(ports, clusterPort(named))
		}
	}
	return ports
}

// clusterPort reads a protocol of a ClusterNetworkPolicy.
func clusterPort(named *manifest.Node) PortRange {
	port := named.At("destinationPort")
	switch some := port.At("range"); {
	case named.Key == "destinationNamedPort":
		return PortRange{First: -1, Last: -1, Name: named.Str()}
	case some.IsSet():
		return readPorts(named.Key, some.At("start"), some.At("end"))
	}
	return readPorts(named.Key, port.At("number"), nil)
}

// protocolOf is the protocol that a port names, TCP when it names none.
func protocolOf(port *manifest.Node) string {
	if named := port.At("protocol").Str(); named != "" {
		return strings.ToUpper(named)
	}
	return "TCP"
}
