package networkpolicy

import (
	"github.com/seaworthy-lint/seaworthy/lint/manifest"
	"github.com/seaworthy-lint/seaworthy/lint/scope"
)

// readKubernetes reads a NetworkPolicy. Without policyTypes it is about
// ingress, and about egress when it has rules for that.
func readKubernetes(o *manifest.Object) *Part {
	spec := o.At("spec")
	part := &Part{Object: o, Spec: spec, layer: namespaced, tier: defaultTier, order: kubernetesOrder}
	selector := scope.LabelSelector(spec.At("podSelector"))
	part.subject = subject{namespace: o.Namespace, labels: selector, every: selector.IsEmpty()}
	types := spec.At("policyTypes")
	for _, side := range Sides() {
		isolates := has(types, side.Kind)
		if !types.Templated() && len(types.Items()) == 0 {
			isolates = manifest.TruthOf(side.Direction == Ingress || len(spec.At(side.Key).Items()) > 0)
			if side.Direction == Egress && spec.At(side.Key).Templated() {
				isolates = manifest.Unknown
			}
		}
		part.isolates[side.Direction] = isolates
		if isolates == manifest.False {
			continue
		}
		if rules := spec.At(side.Key); rules.Templated() {
			part.Rules = append(part.Rules, Rule{Direction: side.Direction, Peers: []Peer{{At: rules, Untold: true}}})
		}
		for _, n := range spec.At(side.Key).Items() {
			part.Rules = append(part.Rules, kubernetesRule(o, n, side))
		}
	}
	return part
}

func kubernetesRule(o *manifest.Object, n *manifest.Node, side Side) Rule {
	rule := Rule{Direction: side.Direction}
	for _, port := range n.At("ports").Items() {
		rule.Ports = append(rule.Ports, readPorts(protocolOf(port), port.At("port"), port.At("endPort")))
	}
	rule.partial = n.At("ports").Templated()
	list := n.At(side.Peers)
	for _, peer := range list.Items() {
		rule.Peers = append(rule.Peers, kubernetesPeer(o, peer))
	}
	switch {
	case n.Templated():
		rule.Peers = []Peer{{At: n, Untold: true}}
	case list.Templated():
		rule.Peers = []Peer{{At: list, Untold: true}}
	case len(rule.Peers) == 0:
		rule.Peers = []Peer{anyPeer(n, side)}
	}
	return rule
}

func kubernetesPeer(o *manifest.Object, n *manifest.Node) Peer {
	if block := n.At("ipBlock"); block.IsSet() {
		return cidrPeer(block.At("cidr"), block.At("except").Items(), block)
	}
	namespaces, pods := n.At("namespaceSelector"), n.At("podSelector")
	peer := Peer{At: n, Untold: n.Templated()}
	if scope.SelectsAll(namespaces) && (!pods.IsSet() || scope.SelectsAll(pods)) {
		peer.Everyone, peer.everyPod = "every pod of every namespace", true
	}
	selector := scope.LabelSelector(pods)
	peer.pods = func(s *scope.Scope, pod *manifest.Pod) manifest.Truth {
		near := manifest.False
		switch {
		case namespaces.IsSet():
			near = s.Namespace(pod.Object.Namespace).Matches(namespaces)
		case pods.IsSet():
			near = s.SameNamespace(o.Namespace, pod.Object.Namespace)
		}
		return manifest.All(near, selector.Matches(pod.Metadata.At("labels")))
	}
	return peer
}
