package networkpolicy

import (
	"math"
	"strconv"
	"strings"

	"github.com/seaworthy-lint/seaworthy/lint/manifest"
	"github.com/seaworthy-lint/seaworthy/lint/scope"
)

// Policies of Kubernetes are to Calico policies of this order in this tier.
const (
	defaultTier     = "default"
	kubernetesOrder = 1000
)

// readCalico reads a Calico policy, whose rules decide in their order. Without
// types it is about the directions for which it has rules, or about ingress.
// One that is applied before connections are tracked is about hosts only.
func readCalico(o *manifest.Object) *Part {
	spec := o.At("spec")
	part := &Part{Object: o, Spec: spec, layer: namespaced, tier: spec.At("tier").Str(), order: calicoOrder(spec.At("order")), subject: calicoSubject(o)}
	if part.tier == "" {
		part.tier = defaultTier
	}
	if spec.At("doNotTrack").True() || spec.At("preDNAT").True() {
		part.subject = subject{none: true}
	}
	types := spec.At("types")
	for _, side := range Sides() {
		isolates := has(types, side.Kind)
		if !types.Templated() && len(types.Items()) == 0 {
			rules, others := spec.At(side.Key).IsSet(), spec.At("egress").IsSet()
			isolates = manifest.TruthOf(rules || side.Direction == Ingress && !others)
		}
		part.isolates[side.Direction] = isolates
		if isolates == manifest.False {
			continue
		}
		if rules := spec.At(side.Key); rules.Templated() {
			part.Rules = append(part.Rules, Rule{Direction: side.Direction, Peers: []Peer{{At: rules, Untold: true}}})
		}
		part.Rules = append(part.Rules, calicoRules(o, side)...)
	}
	return part
}

// calicoOrder is infinite where none is given (Policy.spec.order of Calico).
func calicoOrder(n *manifest.Node) float64 {
	order, err := strconv.ParseFloat(n.Str(), 64)
	if err != nil {
		return math.Inf(1)
	}
	return order
}

func calicoRules(o *manifest.Object, side Side) []Rule {
	var rules []Rule
	narrowed := false
	for _, n := range o.At("spec", side.Key).Items() {
		rule := Rule{Direction: side.Direction, Narrowed: narrowed, Ports: calicoPorts(n)}
		switch action := n.At("action"); strings.ToLower(action.Str()) {
		case "allow":
		case "deny":
			rule.Action, narrowed = Deny, true
		case "pass":
			rule.Action = Pass
		default:
			if !n.Templated() && !action.Templated() {
				continue
			}
			rule.partial = true
		}
		rule.Peers = calicoPeers(o, n, side)
		rule.partial = rule.partial || narrowsCalico(n, side)
		rules = append(rules, rule)
	}
	return rules
}

// narrowsCalico tells whether a rule asks for something of the pod's own end,
// or for what is not modelled.
func narrowsCalico(rule *manifest.Node, side Side) bool {
	own := rule.At("source")
	if side.Direction == Ingress {
		own = rule.At("destination")
	}
	for _, key := range []string{"selector", "notSelector", "namespaceSelector", "nets", "notNets", "serviceAccounts"} {
		if own.At(key).IsSet() {
			return true
		}
	}
	return rule.At("source", "ports").IsSet() || rule.At("source", "notPorts").IsSet() || rule.At("destination", "notPorts").IsSet() ||
		rule.At("notProtocol").IsSet() || rule.At("ipVersion").IsSet()
}

// calicoPeers reads one end of a rule, where all that is named must hold.
func calicoPeers(o *manifest.Object, rule *manifest.Node, side Side) []Peer {
	end := rule.At(side.end)
	if end.Templated() || rule.Templated() {
		return []Peer{{At: rule, Untold: true}}
	}
	for _, key := range []string{"notSelector", "serviceAccounts", "services", "domains"} {
		if end.At(key).IsSet() {
			return []Peer{{At: end, other: true}}
		}
	}
	selector, namespaces := end.At("selector"), end.At("namespaceSelector")
	selects := selector.IsSet() || namespaces.IsSet()
	switch nets := end.At("nets").Items(); {
	case !selects && len(nets) > 0:
		var peers []Peer
		for _, net := range nets {
			peers = append(peers, cidrPeer(net, end.At("notNets").Items(), net))
		}
		return peers
	case len(nets) > 0 || end.At("notNets").IsSet():
		return []Peer{{At: end, other: true}}
	case !selects:
		peer := anyPeer(rule, side)
		peer.Everyone = "everyone, by an Allow rule without " + side.end
		return []Peer{peer}
	}
	return []Peer{calicoPods(o, end)}
}

// calicoPods reads the selectors of a rule. One for namespaces looks beyond the
// policy's own.
func calicoPods(o *manifest.Object, end *manifest.Node) Peer {
	selector, err := parseCalicoSelector(end.At("selector").Str())
	namespaces, failed := parseCalicoSelector(end.At("namespaceSelector").Str())
	peer := Peer{At: end, Untold: end.At("selector").Templated() || end.At("namespaceSelector").Templated()}
	if err != nil || failed != nil || selector.global {
		peer.other = true
		return peer
	}
	inNamespaces, wide := end.At("namespaceSelector").IsSet(), o.Kind == "GlobalNetworkPolicy"
	if selector.every && (inNamespaces && namespaces.every || !inNamespaces && wide) {
		peer.Everyone, peer.everyPod = "every pod of every namespace", true
	}
	peer.pods = func(s *scope.Scope, pod *manifest.Pod) manifest.Truth {
		near := manifest.True
		switch {
		case inNamespaces:
			near = namespaces.matches(calicoNamespaceLabels(s.Namespace(pod.Object.Namespace)))
		case !wide:
			near = s.SameNamespace(o.Namespace, pod.Object.Namespace)
		}
		return manifest.All(near, selector.matches(calicoPodLabels(s, pod)))
	}
	return peer
}

// calicoSubject are the pods of a policy.
func calicoSubject(o *manifest.Object) subject {
	spec := o.At("spec")
	wide := o.Kind == "GlobalNetworkPolicy"
	var selectors [3]calicoSelector
	for i, key := range []string{"selector", "namespaceSelector", "serviceAccountSelector"} {
		var err error
		if selectors[i], err = parseCalicoSelector(spec.At(key).Str()); err != nil || spec.At(key).Templated() {
			selectors[i] = calicoSelector{matches: func(labelOf) manifest.Truth { return manifest.Unknown }}
		}
	}
	pods, namespaces, accounts := selectors[0], selectors[1], selectors[2]
	known := &manifest.Node{Kind: manifest.Map}
	for key, value := range pods.equals {
		if !strings.HasPrefix(key, "projectcalico.org/") {
			known.Kids = append(known.Kids, &manifest.Node{Key: key, Value: value})
		}
	}
	found := subject{
		namespace: o.Namespace, clusterWide: wide, labels: scope.PlainLabels(known), every: pods.every && accounts.every,
		exact: func(s *scope.Scope, pod *manifest.Pod) manifest.Truth {
			match := pods.matches(calicoPodLabels(s, pod))
			if wide {
				match = manifest.All(match, namespaces.matches(calicoNamespaceLabels(s.Namespace(pod.Object.Namespace))))
			}
			if !accounts.every {
				match = manifest.All(match, manifest.Unknown)
			}
			return match
		},
	}
	if wide && !namespaces.every {
		found.inNamespace = func(n *scope.Namespace) manifest.Truth { return namespaces.matches(calicoNamespaceLabels(n)) }
	}
	return found
}

// calicoPodLabels are the labels of a pod, and those that Calico adds.
func calicoPodLabels(s *scope.Scope, pod *manifest.Pod) labelOf {
	return func(key string) (string, manifest.Truth) {
		switch key {
		case "projectcalico.org/namespace":
			namespace := s.Namespace(pod.Object.Namespace)
			if !namespace.Told() {
				return "", manifest.Unknown
			}
			return namespace.Name, manifest.True
		case "projectcalico.org/orchestrator":
			return "k8s", manifest.True
		case "projectcalico.org/serviceaccount":
			name, _ := scope.AccountName(pod)
			if name == "" {
				return "", manifest.Unknown
			}
			return name, manifest.True
		}
		return labelAt(pod.Metadata.At("labels"), key)
	}
}

// calicoNamespaceLabels are the labels of a namespace, and its name by two.
func calicoNamespaceLabels(n *scope.Namespace) labelOf {
	return func(key string) (string, manifest.Truth) {
		if key == "projectcalico.org/name" {
			key = scope.NameLabel
		}
		if !n.Knows(key) {
			return "", manifest.Unknown
		}
		return labelAt(n.Labels(), key)
	}
}

func labelAt(labels *manifest.Node, key string) (string, manifest.Truth) {
	label := labels.At(key)
	switch {
	case labels.Templated() || label.Templated():
		return "", manifest.Unknown
	case label.IsSet():
		return label.Str(), manifest.True
	}
	return "", manifest.False
}

// calicoPorts reads the ports of a rule: numbers, names and ranges as 80:90.
// What it says of HTTP and ICMP limits it as ports do.
func calicoPorts(rule *manifest.Node) []PortRange {
	named := rule.At("protocol").Str()
	var ports []PortRange
	for _, n := range rule.At("destination", "ports").Items() {
		ports = append(ports, calicoPort(named, n.Str()))
	}
	switch {
	case rule.At("http").IsSet(), rule.At("icmp").IsSet():
		ports = append(ports, PortRange{Protocol: named, First: -1, Last: -1})
	case len(ports) == 0 && named != "":
		ports = []PortRange{{Protocol: named, Last: lastPort}}
	}
	return ports
}

func calicoPort(protocol, text string) PortRange {
	first, last, ok := strings.Cut(text, ":")
	if !ok {
		last = first
	}
	port := PortRange{Protocol: protocol, First: portNumber(first), Last: portNumber(last)}
	if port.First < 0 {
		port.Name, port.Last = text, -1
	}
	return port
}
