package rules

import (
	"fmt"
	"net/netip"
	"strconv"
	"strings"

	"github.com/seaworthy-lint/seaworthy/lint/manifest"
)

// policyRule is one rule of a network policy, whatever the policy's kind: what
// it lets through, or stops.
type policyRule struct {
	egress bool
	denies bool
	// narrowed tells that a rule which decides earlier stops some of it.
	narrowed bool
	peers    []policyPeer
	// ports are all when empty.
	ports []portRange
}

// policyPeer is one of those to whom a rule applies.
type policyPeer struct {
	at *manifest.Node
	// everyone says how the peer means everyone; empty when it does not.
	everyone string
	// world tells that everyone includes what is outside the cluster.
	world bool
	// byPorts marks a peer that means everyone by what is left out.
	byPorts bool
	// cidr are the addresses that are meant, less the excepted ones; it is not
	// valid for a peer that is selected in another way.
	cidr     netip.Prefix
	excepted []netip.Prefix
	// untold marks a peer that is templated.
	untold bool
}

// portRange are ports of a protocol, TCP, UDP and so on; any when empty. A
// named port has no number.
type portRange struct {
	protocol    string
	first, last int64
}

const lastPort = 65535

// limited tells whether the rule leaves out some TCP ports.
func (r policyRule) limited() bool {
	for _, ports := range r.ports {
		if ports.isTCP() && ports.first <= 1 && ports.last == lastPort {
			return false
		}
	}
	return len(r.ports) > 0
}

// reaches tells whether the rule applies to a TCP port.
func (r policyRule) reaches(port int64) bool {
	for _, ports := range r.ports {
		if ports.isTCP() && ports.first <= port && port <= ports.last {
			return true
		}
	}
	return len(r.ports) == 0
}

func (r portRange) isTCP() bool {
	return r.protocol == "" || strings.EqualFold(r.protocol, "TCP") || strings.EqualFold(r.protocol, "ANY") || r.protocol == "6"
}

// policyRules are the rules of a network policy that are in force, as its kind
// defines them; none for any other object.
func policyRules(o *manifest.Object) []policyRule {
	switch group := o.Group(); {
	case isKubernetesPolicy(o):
		return kubernetesRules(o)
	case group == "cilium.io":
		return ciliumRules(o)
	case isCalicoPolicy(o):
		return calicoRules(o)
	case group == adminPolicyGroup:
		return adminRules(o)
	}
	return nil
}

func isKubernetesPolicy(o *manifest.Object) bool {
	return o.Kind == "NetworkPolicy" && (o.Group() == "networking.k8s.io" || o.Group() == "extensions")
}

// direction is a side of a policy and the keys of its peers.
type direction struct {
	egress                bool
	key, kind, peers, end string
}

func directions() []direction {
	return []direction{
		{false, "ingress", "Ingress", "from", "source"},
		{true, "egress", "Egress", "to", "destination"},
	}
}

// kubernetesRules reads a NetworkPolicy. Without policyTypes it is about
// ingress, and about egress when it has rules for that.
func kubernetesRules(o *manifest.Object) []policyRule {
	var rules []policyRule
	spec := o.At("spec")
	types := spec.At("policyTypes").Items()
	for _, d := range directions() {
		if len(types) > 0 && !holds(types, d.kind) {
			continue
		}
		for _, n := range spec.At(d.key).Items() {
			rule := policyRule{egress: d.egress, ports: kubernetesPorts(n)}
			list := n.At(d.peers)
			for _, peer := range list.Items() {
				rule.peers = append(rule.peers, kubernetesPeer(peer))
			}
			switch {
			case list.Templated() || n.Templated():
				rule.peers = []policyPeer{{at: list, untold: true}}
				if n.Templated() {
					rule.peers[0].at = n
				}
			case len(rule.peers) == 0:
				rule.peers = []policyPeer{anyPeer(n, d)}
			}
			rules = append(rules, rule)
		}
	}
	return rules
}

// holds tells whether a list has a text among its items.
func holds(items []*manifest.Node, text string) bool {
	for _, item := range items {
		if item.Str() == text {
			return true
		}
	}
	return false
}

// anyPeer is the peer of a rule that names none.
func anyPeer(rule *manifest.Node, d direction) policyPeer {
	return policyPeer{at: rule, everyone: "everyone, by a rule without " + d.peers, world: true, byPorts: true}
}

func kubernetesPeer(n *manifest.Node) policyPeer {
	if block := n.At("ipBlock"); block.IsSet() {
		return cidrPeer(block.At("cidr"), block.At("except").Items(), block)
	}
	peer := policyPeer{at: n, untold: n.Templated()}
	namespaces, pods := n.At("namespaceSelector"), n.At("podSelector")
	if selectsAll(namespaces) && (!pods.IsSet() || selectsAll(pods)) {
		peer.everyone = "every pod of every namespace"
	}
	return peer
}

// selectsAll tells whether a label selector is there and empty.
func selectsAll(selector *manifest.Node) bool {
	return selector.IsSet() && selector.Kind == manifest.Map &&
		len(selector.At("matchLabels").Fields()) == 0 && len(selector.At("matchExpressions").Items()) == 0
}

// cidrPeer reads a block of addresses; owner stands for one that is missing.
func cidrPeer(cidr *manifest.Node, except []*manifest.Node, owner *manifest.Node) policyPeer {
	if !cidr.IsSet() {
		return policyPeer{at: owner}
	}
	peer := policyPeer{at: cidr, untold: cidr.Templated(), cidr: prefixOf(cidr)}
	for _, e := range except {
		if prefix := prefixOf(e); prefix.IsValid() {
			peer.excepted = append(peer.excepted, prefix)
		}
		peer.untold = peer.untold || e.Templated()
	}
	if peer.cidr.IsValid() && peer.cidr.Bits() == 0 && len(except) == 0 {
		peer.everyone, peer.world = fmt.Sprintf("every address (%s)", cidr.Str()), true
	}
	return peer
}

// prefixOf reads a block of addresses or a single address.
func prefixOf(n *manifest.Node) netip.Prefix {
	if prefix, err := netip.ParsePrefix(n.Str()); err == nil {
		return prefix.Masked()
	}
	if addr, err := netip.ParseAddr(n.Str()); err == nil {
		return netip.PrefixFrom(addr, addr.BitLen())
	}
	return netip.Prefix{}
}

func kubernetesPorts(rule *manifest.Node) []portRange {
	var ports []portRange
	for _, n := range rule.At("ports").Items() {
		ports = append(ports, portsOf(protocol(n), n.At("port"), n.At("endPort")))
	}
	return ports
}

// portsOf reads a port, or a range that begins with one. A port that is absent
// or 0 means all.
func portsOf(protocol string, first, last *manifest.Node) portRange {
	from := policyPort(first)
	switch {
	case !first.IsSet() || from == 0:
		return portRange{protocol, 0, lastPort}
	case last.IsSet():
		return portRange{protocol, from, policyPort(last)}
	}
	return portRange{protocol, from, from}
}

// policyPort reads a number that may be written as a string; -1 for a name.
func policyPort(n *manifest.Node) int64 { return policyPortText(n.Str()) }

func policyPortText(text string) int64 {
	number, err := strconv.ParseInt(text, 10, 32)
	if err != nil {
		return -1
	}
	return number
}
