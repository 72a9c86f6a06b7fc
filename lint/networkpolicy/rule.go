package networkpolicy

import (
	"net/netip"
	"strconv"
	"strings"

	"github.com/seaworthy-lint/seaworthy/lint/manifest"
	"github.com/seaworthy-lint/seaworthy/lint/scope"
)

// Action is what a rule does with the traffic that it matches.
type Action uint8

// Actions of rules. Pass leaves the decision to the next layer.
const (
	Allow Action = iota
	Deny
	Pass
)

// Rule is one rule of a policy, whatever the policy's kind.
type Rule struct {
	Direction Direction
	Action    Action
	// Narrowed tells that a rule of the same policy which decides earlier stops
	// some of it.
	Narrowed bool
	Peers    []Peer
	// Ports are all when empty.
	Ports []PortRange

	// partial tells that the rule asks for more than is modelled.
	partial bool
}

// Peer is one of those to whom a rule applies.
type Peer struct {
	At *manifest.Node
	// Everyone says how the peer means everyone; empty when it does not.
	Everyone string
	// World tells that everyone includes what is outside the cluster.
	World bool
	// ByPorts marks a peer that means everyone by what is left out.
	ByPorts bool
	// CIDR are the addresses that are meant, less the excepted ones; it is not
	// valid for a peer that is selected in another way.
	CIDR     netip.Prefix
	Excepted []netip.Prefix
	// Untold marks a peer that is templated.
	Untold bool

	// pods tells whether a pod is meant; none when nil.
	pods func(*scope.Scope, *manifest.Pod) manifest.Truth
	// everyPod tells that every pod of every namespace is meant.
	everyPod bool
	// other marks what neither labels nor addresses show, such as names of
	// hosts.
	other bool
	// noPods tells that the addresses never mean pods.
	noPods bool
}

// PortRange are ports of a protocol, TCP, UDP and so on; any when empty. A
// named port has no number, First and Last are then -1.
type PortRange struct {
	Protocol    string
	First, Last int64
	Name        string
}

const lastPort = 65535

// Limited tells whether the rule leaves out some TCP ports.
func (r Rule) Limited() bool {
	for _, ports := range r.Ports {
		if ports.speaks("TCP") && ports.First <= 1 && ports.First >= 0 && ports.Last == lastPort {
			return false
		}
	}
	return len(r.Ports) > 0
}

// Reaches tells whether the rule applies to a TCP port by its number.
func (r Rule) Reaches(port int64) bool {
	for _, ports := range r.Ports {
		if ports.speaks("TCP") && ports.First <= port && port <= ports.Last {
			return true
		}
	}
	return len(r.Ports) == 0
}

// speaks tells whether ports are of a protocol. Calico takes numbers too.
func (r PortRange) speaks(protocol string) bool {
	return r.Protocol == "" || strings.EqualFold(r.Protocol, protocol) || strings.EqualFold(r.Protocol, "ANY") ||
		r.Protocol == protocolNumbers[strings.ToUpper(protocol)]
}

var protocolNumbers = map[string]string{"TCP": "6", "UDP": "17", "SCTP": "132"}

// readPorts reads a port, or a range that begins with one. A port that is
// absent or 0 means all.
func readPorts(protocol string, first, last *manifest.Node) PortRange {
	from := portNumber(first.Str())
	switch {
	case !first.IsSet() || from == 0:
		return PortRange{Protocol: protocol, Last: lastPort}
	case from < 0:
		return PortRange{Protocol: protocol, First: -1, Last: -1, Name: first.Str()}
	case last.IsSet():
		return PortRange{Protocol: protocol, First: from, Last: portNumber(last.Str())}
	}
	return PortRange{Protocol: protocol, First: from, Last: from}
}

// portNumber reads a number that may be written as a string; -1 for a name.
func portNumber(text string) int64 {
	number, err := strconv.ParseInt(text, 10, 32)
	if err != nil {
		return -1
	}
	return number
}

// anyPeer is the peer of a rule that names none.
func anyPeer(rule *manifest.Node, side Side) Peer {
	return Peer{At: rule, Everyone: "everyone, by a rule without " + side.Peers, World: true, ByPorts: true, everyPod: true}
}

// cidrPeer reads a block of addresses; owner stands for one that is missing.
func cidrPeer(cidr *manifest.Node, except []*manifest.Node, owner *manifest.Node) Peer {
	if !cidr.IsSet() {
		return Peer{At: owner}
	}
	peer := Peer{At: cidr, Untold: cidr.Templated(), CIDR: Prefix(cidr)}
	for _, e := range except {
		if prefix := Prefix(e); prefix.IsValid() {
			peer.Excepted = append(peer.Excepted, prefix)
		}
		peer.Untold = peer.Untold || e.Templated()
	}
	if peer.CIDR.IsValid() && peer.CIDR.Bits() == 0 && len(except) == 0 {
		peer.Everyone, peer.World = "every address ("+cidr.Str()+")", true
	}
	return peer
}

// Prefix reads a block of addresses or a single address; it is not valid for
// anything else.
func Prefix(n *manifest.Node) netip.Prefix {
	if prefix, err := netip.ParsePrefix(n.Str()); err == nil {
		return prefix.Masked()
	}
	if addr, err := netip.ParseAddr(n.Str()); err == nil {
		return netip.PrefixFrom(addr, addr.BitLen())
	}
	return netip.Prefix{}
}

func contains(prefixes []netip.Prefix, address netip.Addr) bool {
	for _, prefix := range prefixes {
		if prefix.Contains(address) {
			return true
		}
	}
	return false
}

// Means tells whether the peer is an address by its blocks, or by meaning the
// whole world.
func (p Peer) Means(address netip.Addr) bool {
	return p.World && !p.CIDR.IsValid() || p.CIDR.IsValid() && p.CIDR.Contains(address) && !contains(p.Excepted, address)
}
