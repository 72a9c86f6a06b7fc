package rules

import (
	"strings"

	"github.com/seaworthy-lint/seaworthy/lint/manifest"
)

// ciliumSpecs are the rule sets of a CiliumNetworkPolicy, or of its form for
// the whole cluster.
func ciliumSpecs(o *manifest.Object) []*manifest.Node {
	specs := o.At("specs").Items()
	if spec := o.At("spec"); spec.IsSet() {
		specs = append([]*manifest.Node{spec}, specs...)
	}
	return specs
}

// ciliumRules reads a Cilium policy, where what a deny rule stops no other rule
// lets through.
func ciliumRules(o *manifest.Object) []policyRule {
	var rules []policyRule
	for _, spec := range ciliumSpecs(o) {
		for _, d := range directions() {
			denials := spec.At(d.key + "Deny").Items()
			for _, n := range denials {
				rules = append(rules, ciliumRule(o, n, d, policyRule{egress: d.egress, denies: true}))
			}
			for _, n := range spec.At(d.key).Items() {
				rules = append(rules, ciliumRule(o, n, d, policyRule{egress: d.egress, narrowed: len(denials) > 0}))
			}
		}
	}
	return rules
}

// ciliumRule reads one rule. One that names no peers is about everyone when it
// names ports; an empty one is about nobody.
func ciliumRule(o *manifest.Object, n *manifest.Node, d direction, rule policyRule) policyRule {
	rule.ports = ciliumPorts(n)
	named := false
	for _, field := range n.Fields() {
		if !strings.HasPrefix(field.Key, d.peers) || field.Key == "toPorts" || !field.IsSet() {
			continue
		}
		named = true
		for _, item := range field.Items() {
			rule.peers = append(rule.peers, ciliumPeer(o, strings.TrimPrefix(field.Key, d.peers), item))
		}
	}
	if !named && len(rule.ports) > 0 {
		rule.peers = []policyPeer{anyPeer(n, d)}
	}
	return rule
}

func ciliumPeer(o *manifest.Object, kind string, n *manifest.Node) policyPeer {
	switch kind {
	case "CIDR":
		return cidrPeer(n, nil, n)
	case "CIDRSet":
		return cidrPeer(n.At("cidr"), n.At("except").Items(), n)
	case "Entities":
		peer := policyPeer{at: n, untold: n.Templated(), byPorts: true}
		if entity := n.Str(); entity == "all" || entity == "world" || entity == "world-ipv4" || entity == "world-ipv6" {
			peer.everyone, peer.world = "the entity "+entity, true
		}
		return peer
	case "Endpoints":
		if selectsAll(n) && o.Kind == "CiliumClusterwideNetworkPolicy" || selectsEveryNamespace(n) {
			return policyPeer{at: n, everyone: "every pod of every namespace"}
		}
	}
	return policyPeer{at: n, untold: n.Templated()}
}

const ciliumNamespaceLabel = "io.kubernetes.pod.namespace"

// selectsEveryNamespace tells of a selector that asks for nothing but some
// namespace: without that, it would mean the policy's own.
func selectsEveryNamespace(selector *manifest.Node) bool {
	expressions := selector.At("matchExpressions").Items()
	return len(selector.At("matchLabels").Fields()) == 0 && len(expressions) == 1 && expressions[0].At("operator").Str() == "Exists" &&
		strings.TrimPrefix(expressions[0].At("key").Str(), "k8s:") == ciliumNamespaceLabel
}

func ciliumPorts(rule *manifest.Node) []portRange {
	var ports []portRange
	for _, n := range flatten(rule.At("toPorts").Items(), "ports") {
		ports = append(ports, portsOf(n.At("protocol").Str(), n.At("port"), n.At("endPort")))
	}
	return ports
}

// ciliumLabel is the name of a pod's label in a Cilium selector; ok is false
// for what Cilium derives from other things than the labels of the pod.
func ciliumLabel(key string) (name string, ok bool) {
	name = strings.TrimPrefix(strings.TrimPrefix(key, "k8s:"), "any:")
	return name, !strings.Contains(name, ":") && !strings.HasPrefix(name, "io.kubernetes.pod.") && !strings.HasPrefix(name, "io.cilium.")
}

func isCalicoPolicy(o *manifest.Object) bool {
	return (o.Group() == "projectcalico.org" || o.Group() == "crd.projectcalico.org") &&
		(o.Kind == "NetworkPolicy" || o.Kind == "GlobalNetworkPolicy")
}

// calicoRules reads a Calico policy, whose rules decide in their order. Without
// types it is about the directions for which it has rules, or about ingress.
func calicoRules(o *manifest.Object) []policyRule {
	var rules []policyRule
	spec := o.At("spec")
	types := spec.At("types").Items()
	for _, d := range directions() {
		if len(types) > 0 && !holds(types, d.kind) {
			continue
		}
		narrowed := false
		for _, n := range spec.At(d.key).Items() {
			rule := policyRule{egress: d.egress, narrowed: narrowed, ports: calicoPorts(n)}
			switch strings.ToLower(n.At("action").Str()) {
			case "allow":
			case "deny":
				rule.denies, narrowed = true, true
			default:
				continue
			}
			rule.peers = calicoPeers(o, n, d)
			rules = append(rules, rule)
		}
	}
	return rules
}

// calicoPeers reads one end of a rule, where all that is named must hold.
func calicoPeers(o *manifest.Object, rule *manifest.Node, d direction) []policyPeer {
	end := rule.At(d.end)
	selector, namespaces := calicoSelector(end.At("selector")), calicoSelector(end.At("namespaceSelector"))
	for _, key := range []string{"notSelector", "serviceAccounts", "services", "domains"} {
		if end.At(key).IsSet() {
			return []policyPeer{{at: end}}
		}
	}
	switch nets := end.At("nets").Items(); {
	case selector == "" && namespaces == "" && len(nets) > 0:
		var peers []policyPeer
		for _, net := range nets {
			peers = append(peers, cidrPeer(net, end.At("notNets").Items(), net))
		}
		return peers
	case len(nets) > 0 || end.At("notNets").IsSet():
		return []policyPeer{{at: end}}
	case selector == "" && namespaces == "":
		peer := anyPeer(rule, d)
		peer.everyone = "everyone, by an Allow rule without " + d.end
		return []policyPeer{peer}
	case (selector == "all()" || selector == "") && namespaces == "all()", selector == "all()" && namespaces == "" && o.Kind == "GlobalNetworkPolicy":
		return []policyPeer{{at: end, everyone: "every pod of every namespace"}}
	}
	return []policyPeer{{at: end}}
}

func calicoSelector(n *manifest.Node) string { return strings.ReplaceAll(n.Str(), " ", "") }

// calicoPorts reads the ports of a rule: numbers, names and ranges as 80:90.
// What it says of HTTP and ICMP limits it as ports do.
func calicoPorts(rule *manifest.Node) []portRange {
	named := rule.At("protocol").Str()
	var ports []portRange
	for _, n := range rule.At("destination", "ports").Items() {
		ports = append(ports, calicoPort(named, n))
	}
	switch {
	case rule.At("http").IsSet(), rule.At("icmp").IsSet():
		ports = append(ports, portRange{named, -1, -1})
	case len(ports) == 0 && named != "":
		ports = []portRange{{named, 0, lastPort}}
	}
	return ports
}

func calicoPort(protocol string, n *manifest.Node) portRange {
	first, last, ok := strings.Cut(n.Str(), ":")
	if !ok {
		last = first
	}
	return portRange{protocol, policyPortText(first), policyPortText(last)}
}

const adminPolicyGroup = "policy.networking.k8s.io"

// adminRules reads an AdminNetworkPolicy, or the ClusterNetworkPolicy that
// took its place, whose rules decide in their order. Those of the Baseline tier
// only say what holds where no other policy speaks, as everything does there.
func adminRules(o *manifest.Object) []policyRule {
	if o.Kind == "BaselineAdminNetworkPolicy" || o.At("spec", "tier").Str() == "Baseline" {
		return nil
	}
	var rules []policyRule
	for _, d := range directions() {
		narrowed := false
		for _, n := range o.At("spec", d.key).Items() {
			rule := policyRule{egress: d.egress, narrowed: narrowed, ports: adminPorts(n)}
			switch n.At("action").Str() {
			case "Allow", "Accept":
			case "Deny":
				rule.denies, narrowed = true, true
			default:
				continue
			}
			for _, peer := range n.At(d.peers).Items() {
				rule.peers = append(rule.peers, adminPeers(peer)...)
			}
			rules = append(rules, rule)
		}
	}
	return rules
}

func adminPeers(n *manifest.Node) []policyPeer {
	pods := n.At("pods")
	if selectsAll(n.At("namespaces")) || selectsAll(pods.At("namespaceSelector")) && selectsAll(pods.At("podSelector")) {
		return []policyPeer{{at: n, everyone: "every pod of every namespace"}}
	}
	var peers []policyPeer
	for _, network := range n.At("networks").Items() {
		peers = append(peers, cidrPeer(network, nil, network))
	}
	return peers
}

// adminPorts reads the ports of AdminNetworkPolicies and the protocols of
// ClusterNetworkPolicies.
func adminPorts(rule *manifest.Node) []portRange {
	var ports []portRange
	for _, n := range rule.At("ports").Items() {
		one, some := n.At("policyPort"), n.At("portRange")
		switch {
		case one.IsSet():
			ports = append(ports, portsOf(protocol(one), one.At("port"), nil))
		case some.IsSet():
			ports = append(ports, portsOf(protocol(some), some.At("start"), some.At("end")))
		default:
			ports = append(ports, portRange{"", -1, -1})
		}
	}
	for _, n := range rule.At("protocols").Items() {
		for _, named := range n.Fields() {
			port := named.At("destinationPort")
			if some := port.At("range"); some.IsSet() {
				ports = append(ports, portsOf(named.Key, some.At("start"), some.At("end")))
				continue
			}
			ports = append(ports, portsOf(named.Key, port.At("number"), nil))
		}
	}
	return ports
}
