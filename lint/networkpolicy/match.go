package networkpolicy

import (
	"net/netip"

	"github.com/seaworthy-lint/seaworthy/lint/manifest"
)

// matches tells whether a rule is about the connection.
func (c connection) matches(rule Rule) manifest.Truth {
	peers := manifest.False
	for _, peer := range rule.Peers {
		peers = manifest.Any(peers, c.isPeer(rule, peer))
	}
	match := manifest.All(peers, c.isPort(rule))
	if rule.partial {
		match = manifest.All(match, manifest.Unknown)
	}
	return match
}

// isPeer tells whether the other end is one of those that a peer means.
func (c connection) isPeer(rule Rule, peer Peer) manifest.Truth {
	switch {
	case peer.Untold:
		return manifest.Unknown
	case peer.World && !peer.CIDR.IsValid() && (peer.everyPod || c.peer.pod == nil && !c.peer.somePod):
		return manifest.True
	case c.peer.everyone:
		// To stop some is not to let everyone through.
		return manifest.TruthOf(peer.World || rule.Action == Deny)
	case peer.other:
		return manifest.Unknown
	case c.peer.pod != nil:
		return c.isPod(peer)
	case c.peer.somePod:
		return isSomePod(peer)
	case peer.CIDR.IsValid() && c.peer.outside:
		return meansOutside(peer)
	case peer.CIDR.IsValid():
		return manifest.TruthOf(peer.Means(c.peer.address))
	}
	return manifest.False
}

// isPod tells whether a peer means a pod. The address of a pod is not known
// before it runs, and on the network of its node it is the node's, of which
// engines think differently.
func (c connection) isPod(peer Peer) manifest.Truth {
	switch {
	case peer.everyPod:
		return manifest.True
	case peer.CIDR.IsValid() && !peer.noPods:
		return manifest.Unknown
	case peer.pods != nil:
		c.scope.Compare()
		match := peer.pods(c.scope, c.peer.pod)
		if network := c.peer.pod.At("hostNetwork").Truth(); network == manifest.True || network == manifest.Unknown {
			match = manifest.All(match, manifest.Unknown)
		}
		return match
	}
	return manifest.False
}

func isSomePod(peer Peer) manifest.Truth {
	switch {
	case peer.everyPod:
		return manifest.True
	case peer.pods != nil, peer.CIDR.IsValid() && !peer.noPods:
		return manifest.Unknown
	}
	return manifest.False
}

// meansOutside tells whether a block of addresses means the outside: the whole
// world but for private addresses does, private addresses do not.
func meansOutside(peer Peer) manifest.Truth {
	if isPrivate(peer.CIDR) {
		return manifest.False
	}
	if peer.CIDR.Bits() > 0 {
		return manifest.Unknown
	}
	for _, except := range peer.Excepted {
		if !isPrivate(except) {
			return manifest.Unknown
		}
	}
	return manifest.True
}

// isPrivate tells whether all addresses of a block are of private networks, or
// of the link (RFC 1918, RFC 4193, RFC 3927, RFC 6598).
func isPrivate(prefix netip.Prefix) bool {
	address := prefix.Addr()
	if address.IsPrivate() {
		least := 7
		if address.Is4() {
			least = map[byte]int{10: 8, 172: 12, 192: 16}[address.As4()[0]]
		}
		return prefix.Bits() >= least
	}
	shared := netip.MustParsePrefix("100.64.0.0/10")
	return (address.IsLinkLocalUnicast() || address.IsLoopback() || shared.Contains(address)) && prefix.Bits() >= 8 && address.Is4() ||
		address.Is6() && (address.IsLinkLocalUnicast() || address.IsLoopback()) && prefix.Bits() >= 10
}

// isPort tells whether the rule is about the port.
func (c connection) isPort(rule Rule) manifest.Truth {
	if len(rule.Ports) == 0 {
		return manifest.True
	}
	protocol := c.port.Protocol
	if protocol == "" {
		protocol = "TCP"
	}
	if c.port.Number == 0 {
		return c.isEveryPort(rule)
	}
	match := manifest.False
	for _, ports := range rule.Ports {
		switch {
		case !ports.speaks(protocol):
		case ports.First >= 0 && ports.First <= c.port.Number && c.port.Number <= ports.Last:
			return manifest.True
		case ports.Name != "":
			match = manifest.Any(match, c.isNamed(ports.Name, protocol))
		case ports.Last < 0 && ports.First >= 0:
			match = manifest.Unknown // a range whose end is no number
		}
	}
	return match
}

// isEveryPort tells whether a rule is about all ports: for everyone it has to
// be, for others it may be about one of those that are meant.
func (c connection) isEveryPort(rule Rule) manifest.Truth {
	switch {
	case !rule.Limited():
		return manifest.True
	case c.peer.everyone:
		return manifest.TruthOf(rule.Action == Deny)
	}
	return manifest.Unknown
}

// isNamed tells whether the pod that the connection goes to has a port of that
// name and the number.
func (c connection) isNamed(name, protocol string) manifest.Truth {
	if manifest.IsTemplate(name) || c.to.somePod {
		return manifest.Unknown
	}
	if c.to.pod == nil {
		return manifest.False
	}
	match := manifest.False
	for _, container := range c.to.pod.Containers() {
		for _, port := range container.At("ports").Items() {
			number := port.At("containerPort")
			switch value, ok := number.Int(); {
			case port.At("name").Str() != name || protocolOf(port) != protocol:
			case ok && value == c.port.Number:
				return manifest.True
			case number.Templated():
				match = manifest.Unknown
			}
		}
	}
	return match
}
