package networkpolicy

import (
	"strings"

	"github.com/seaworthy-lint/seaworthy/lint/manifest"
	"github.com/seaworthy-lint/seaworthy/lint/scope"
)

// CiliumSpecs are the sets of rules of a CiliumNetworkPolicy, or of its form
// for the whole cluster.
func CiliumSpecs(o *manifest.Object) []*manifest.Node {
	specs := o.At("specs").Items()
	if spec := o.At("spec"); spec.IsSet() {
		specs = append([]*manifest.Node{spec}, specs...)
	}
	return specs
}

// readCilium reads a Cilium policy, where what a deny rule stops no other rule
// lets through. A set of rules isolates the directions for which it has rules,
// unless it says otherwise (Rule.Sanitize in pkg/policy/api of Cilium).
func readCilium(o *manifest.Object) []*Part {
	var parts []*Part
	for _, spec := range CiliumSpecs(o) {
		part := &Part{Object: o, Spec: spec, layer: namespaced, subject: ciliumSubject(o, spec)}
		for _, side := range Sides() {
			denials, rules := spec.At(side.Key+"Deny"), spec.At(side.Key)
			for _, n := range denials.Items() {
				part.Rules = append(part.Rules, ciliumRule(o, n, side, Rule{Direction: side.Direction, Action: Deny}))
			}
			for _, n := range rules.Items() {
				part.Rules = append(part.Rules, ciliumRule(o, n, side, Rule{Direction: side.Direction, Narrowed: len(denials.Items()) > 0}))
			}
			isolates := spec.At("enableDefaultDeny", side.Key).Truth()
			if isolates == manifest.Unset {
				isolates = manifest.TruthOf(len(denials.Items())+len(rules.Items()) > 0)
			}
			if denials.Templated() || rules.Templated() {
				isolates = manifest.Unknown
			}
			part.isolates[side.Direction] = isolates
		}
		parts = append(parts, part)
	}
	return parts
}

// ciliumSubject are the pods of an endpointSelector; a nodeSelector is about
// nodes.
func ciliumSubject(o *manifest.Object, spec *manifest.Node) subject {
	selector := spec.At("endpointSelector")
	if !selector.IsSet() {
		return subject{none: true}
	}
	labels := scope.SelectorOf(selector, CiliumLabel)
	return subject{
		namespace: o.Namespace, clusterWide: o.Kind == "CiliumClusterwideNetworkPolicy", labels: labels, every: labels.IsEmpty(),
		exact: func(s *scope.Scope, pod *manifest.Pod) manifest.Truth { return ciliumMatches(s, selector, pod) },
	}
}

// ciliumRule reads one rule. One that names no peers is about everyone when it
// names ports; an empty one is about nobody.
func ciliumRule(o *manifest.Object, n *manifest.Node, side Side, rule Rule) Rule {
	for _, list := range n.At("toPorts").Items() {
		for _, port := range list.At("ports").Items() {
			rule.Ports = append(rule.Ports, readPorts(port.At("protocol").Str(), port.At("port"), port.At("endPort")))
		}
	}
	rule.partial = n.Templated() || n.At("toPorts").Templated() || n.At(side.Peers+"Requires").IsSet()
	if n.At("icmps").IsSet() {
		rule.Ports = append(rule.Ports, PortRange{Protocol: "ICMP", First: -1, Last: -1})
	}
	named := false
	for _, field := range n.Fields() {
		if !strings.HasPrefix(field.Key, side.Peers) || field.Key == "toPorts" || field.Key == side.Peers+"Requires" || !field.IsSet() {
			continue
		}
		named = true
		for _, item := range field.Items() {
			rule.Peers = append(rule.Peers, ciliumPeer(o, strings.TrimPrefix(field.Key, side.Peers), item))
		}
		if field.Templated() {
			rule.Peers = append(rule.Peers, Peer{At: field, Untold: true})
		}
	}
	if !named && len(rule.Ports) > 0 {
		rule.Peers = []Peer{anyPeer(n, side)}
	}
	return rule
}

func ciliumPeer(o *manifest.Object, kind string, n *manifest.Node) Peer {
	switch kind {
	case "CIDR", "CIDRSet":
		peer := cidrPeer(n, nil, n)
		if kind == "CIDRSet" {
			peer = cidrPeer(n.At("cidr"), n.At("except").Items(), n)
		}
		peer.noPods, peer.other = true, peer.At == n && !n.IsString()
		return peer
	case "Entities":
		return entityPeer(n)
	case "Endpoints":
		return ciliumEndpoints(o, n)
	}
	return Peer{At: n, Untold: n.Templated(), other: true}
}

// entityPeer reads one of Cilium's names for groups of peers.
func entityPeer(n *manifest.Node) Peer {
	peer := Peer{At: n, Untold: n.Templated(), ByPorts: true}
	switch entity := n.Str(); entity {
	case "all":
		peer.Everyone, peer.World, peer.everyPod = "the entity all", true, true
	case "world", "world-ipv4", "world-ipv6":
		peer.Everyone, peer.World = "the entity "+entity, true
	case "cluster":
		peer.everyPod = true
	case "kube-apiserver":
		peer.other = true
	}
	return peer
}

func ciliumEndpoints(o *manifest.Object, n *manifest.Node) Peer {
	wide := o.Kind == "CiliumClusterwideNetworkPolicy"
	peer := Peer{At: n, Untold: n.Templated()}
	if scope.SelectsAll(n) && wide || selectsEveryNamespace(n) {
		peer.Everyone, peer.everyPod = "every pod of every namespace", true
		return peer
	}
	ownOnly := !wide && !namesNamespace(n)
	peer.pods = func(s *scope.Scope, pod *manifest.Pod) manifest.Truth {
		match := ciliumMatches(s, n, pod)
		if ownOnly {
			match = manifest.All(match, s.SameNamespace(o.Namespace, pod.Object.Namespace))
		}
		return match
	}
	return peer
}

const (
	ciliumNamespace      = "io.kubernetes.pod.namespace"
	ciliumNamespaceLabel = "io.cilium.k8s.namespace.labels."
	ciliumAccount        = "io.cilium.k8s.policy.serviceaccount"
)

// selectsEveryNamespace tells of a selector that asks for nothing but some
// namespace: without that, it would mean the policy's own.
func selectsEveryNamespace(selector *manifest.Node) bool {
	expressions := selector.At("matchExpressions").Items()
	return len(selector.At("matchLabels").Fields()) == 0 && len(expressions) == 1 && expressions[0].At("operator").Str() == "Exists" &&
		ciliumKey(expressions[0].At("key").Str()) == ciliumNamespace
}

// namesNamespace tells whether a selector looks beyond its own namespace.
func namesNamespace(selector *manifest.Node) bool {
	keys := []string{}
	for _, label := range selector.At("matchLabels").Fields() {
		keys = append(keys, label.Key)
	}
	for _, e := range selector.At("matchExpressions").Items() {
		keys = append(keys, e.At("key").Str())
	}
	for _, key := range keys {
		if name := ciliumKey(key); name == ciliumNamespace || strings.HasPrefix(name, ciliumNamespaceLabel) {
			return true
		}
	}
	return false
}

// ciliumKey is a key of a selector without the source of the label.
func ciliumKey(key string) string {
	return strings.TrimPrefix(strings.TrimPrefix(key, "k8s:"), "any:")
}

// CiliumLabel is the name of a pod's label in a Cilium selector; ok is false
// for what Cilium derives from other things than the labels of the pod.
func CiliumLabel(key string) (name string, ok bool) {
	name = ciliumKey(key)
	return name, !strings.Contains(name, ":") && !strings.HasPrefix(name, "io.kubernetes.pod.") && !strings.HasPrefix(name, "io.cilium.")
}

// ciliumMatches tells whether a selector selects a pod by its labels and by
// those that Cilium derives of its namespace and account.
func ciliumMatches(s *scope.Scope, selector *manifest.Node, pod *manifest.Pod) manifest.Truth {
	namespace := s.Namespace(pod.Object.Namespace)
	account, _ := scope.AccountName(pod)
	derived := []*manifest.Node{{Key: ciliumNamespace, Value: namespace.Name}, {Key: ciliumAccount, Value: account}}
	for _, label := range namespace.Labels().Fields() {
		derived = append(derived, &manifest.Node{Key: ciliumNamespaceLabel + label.Key, Value: label.Value})
	}
	labels := pod.Metadata.At("labels")
	if labels.Templated() {
		return scope.LabelSelector(selector).Matches(labels)
	}
	all := &manifest.Node{Kind: manifest.Map, Kids: append(derived, labels.Fields()...)}
	names := func(key string) (string, bool) {
		name, plain := CiliumLabel(key)
		switch {
		case plain:
			return name, true
		case name == ciliumNamespace:
			return name, namespace.Told()
		case name == ciliumAccount:
			return name, account != ""
		case strings.HasPrefix(name, ciliumNamespaceLabel):
			return name, namespace.Knows(strings.TrimPrefix(name, ciliumNamespaceLabel))
		}
		return name, strings.HasPrefix(key, "reserved:")
	}
	return scope.SelectorOf(selector, names).Matches(all)
}
