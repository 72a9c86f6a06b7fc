package networkpolicy

import (
	"cmp"
	"net/netip"
	"slices"

	"github.com/seaworthy-lint/seaworthy/lint/manifest"
	"github.com/seaworthy-lint/seaworthy/lint/scope"
)

// End is one end of a connection.
type End struct {
	pod     *manifest.Pod
	address netip.Addr
	// outside is an address that is not known, of the world or of the cluster.
	outside, somePod bool
	// everyone are all peers at once.
	everyone bool
}

// PodEnd is a pod of the scope.
func PodEnd(pod *manifest.Pod) End { return End{pod: pod} }

// AddressEnd is an address that is no pod's.
func AddressEnd(address netip.Addr) End { return End{address: address} }

// Outside is anyone outside of the cluster.
func Outside() End { return End{outside: true} }

// SomePod is a pod of which nothing is known, such as one of another scope.
func SomePod() End { return End{somePod: true} }

// MetadataAddresses are where clouds offer their metadata: over IPv4, and over
// IPv6 on AWS. They answer on MetadataPort.
func MetadataAddresses() []netip.Addr {
	return []netip.Addr{netip.MustParseAddr("169.254.169.254"), netip.MustParseAddr("fd00:ec2::254")}
}

// MetadataPort is the port of the metadata service.
const MetadataPort = 80

// MetadataEnd is the metadata service of a cloud.
func MetadataEnd() End { return AddressEnd(MetadataAddresses()[0]) }

// Port is where a connection goes to.
type Port struct {
	// Protocol is TCP when empty.
	Protocol string
	// Number is 0 for any port.
	Number int64
}

// Allows tells whether policies let a connection through, at both of its ends.
func (m *Model) Allows(from, to End, port Port) manifest.Truth {
	allowed := manifest.True
	if to.pod != nil {
		allowed = manifest.All(allowed, m.atEnd(to.pod, Ingress, from, to, port))
	}
	if from.pod != nil {
		allowed = manifest.All(allowed, m.atEnd(from.pod, Egress, to, to, port))
	}
	return allowed
}

// atEnd tells whether the policies of a pod let a connection through.
func (m *Model) atEnd(pod *manifest.Pod, d Direction, peer, to End, port Port) manifest.Truth {
	answer := m.decideAt(pod, d, peer, to, port)
	switch pod.At("hostNetwork").Truth() {
	case manifest.True:
		return manifest.True
	case manifest.Unknown:
		return manifest.Any(answer, manifest.Unknown)
	}
	return answer
}

func (m *Model) decide(pod *manifest.Pod, d Direction, peer End, port Port) manifest.Truth {
	return m.decideAt(pod, d, peer, PodEnd(pod), port)
}

// outcome is what may become of a connection: several bits where it cannot be
// told.
type outcome uint8

const (
	allowed outcome = 1 << iota
	denied
	passed // the next layer decides
)

var outcomes = map[Action]outcome{Allow: allowed, Deny: denied, Pass: passed}

// connection is one that policies of a pod decide on.
type connection struct {
	scope *scope.Scope
	side  Direction
	peer  End
	to    End
	port  Port
}

// decideAt asks one layer after the other.
func (m *Model) decideAt(pod *manifest.Pod, d Direction, peer, to End, port Port) manifest.Truth {
	c := connection{scope: m.scope, side: d, peer: peer, to: to, port: port}
	layers := map[layer][]applied{}
	for _, a := range m.applying(pod) {
		layers[a.part.layer] = append(layers[a.part.layer], a)
	}
	result := passed
	for _, decide := range []func() outcome{
		func() outcome { return c.inOrder(byOrder(layers[admin])) },
		func() outcome { return c.namespaced(layers[namespaced]) },
		func() outcome { return c.inOrder(byOrder(layers[baseline])) },
	} {
		if result&passed != 0 {
			result = result&^passed | decide()
		}
	}
	if result&passed != 0 {
		result = result&^passed | allowed
	}
	switch result {
	case allowed:
		return manifest.True
	case denied:
		return manifest.False
	}
	return manifest.Unknown
}

// byOrder sorts parts as they decide; of the same order, as they stand.
func byOrder(parts []applied) []applied {
	slices.SortStableFunc(parts, func(a, b applied) int { return cmp.Compare(a.part.order, b.part.order) })
	return parts
}

// inOrder lets the first rule that matches decide.
func (c connection) inOrder(parts []applied) outcome {
	var result outcome
	for _, a := range parts {
		for _, rule := range a.part.Rules {
			if rule.Direction != c.side {
				continue
			}
			switch manifest.All(a.sure, c.matches(rule)) {
			case manifest.True:
				return result | outcomes[rule.Action]
			case manifest.Unknown:
				result |= outcomes[rule.Action]
			}
		}
	}
	return result | passed
}

// namespaced asks the policies of namespaces. Those of Kubernetes are among
// Calico's where there are any.
func (c connection) namespaced(parts []applied) outcome {
	if !slices.ContainsFunc(parts, func(a applied) bool { return IsCalico(a.part.Object) }) {
		return c.addedUp(parts)
	}
	var others, ordered []applied
	for _, a := range parts {
		if IsCilium(a.part.Object) {
			others = append(others, a)
		} else {
			ordered = append(ordered, a)
		}
	}
	return combined(c.inTiers(ordered), c.addedUp(others))
}

// addedUp adds up what rules let through: those that deny win, and what
// isolates the pod closes it to the rest.
func (c connection) addedUp(parts []applied) outcome {
	isolated, lets, stops := manifest.False, manifest.False, manifest.False
	for _, a := range parts {
		isolated = manifest.Any(isolated, manifest.All(a.sure, a.part.isolates[c.side]))
		for _, rule := range a.part.Rules {
			if rule.Direction != c.side {
				continue
			}
			match := manifest.All(a.sure, c.matches(rule))
			if rule.Action == Deny {
				stops = manifest.Any(stops, match)
			} else {
				lets = manifest.Any(lets, match)
			}
		}
	}
	var result outcome
	if stops != manifest.False {
		result |= denied
	}
	if stops == manifest.True {
		return result
	}
	if isolated != manifest.True {
		result |= passed
	}
	if isolated != manifest.False && lets != manifest.False {
		result |= allowed
	}
	if isolated != manifest.False && lets != manifest.True {
		result |= denied
	}
	return result
}

// combined is what becomes of a connection on which two engines decide.
func combined(a, b outcome) outcome {
	var result outcome
	for _, x := range []outcome{allowed, denied, passed} {
		for _, y := range []outcome{allowed, denied, passed} {
			switch {
			case a&x == 0 || b&y == 0:
			case x == denied || y == denied:
				result |= denied
			case x == allowed || y == allowed:
				result |= allowed
			default:
				result |= passed
			}
		}
	}
	return result
}

// inTiers asks Calico's tiers, the default one last. What no rule of a tier
// decides is denied if a policy of the tier isolates the pod. Which of the other
// tiers comes first is not read.
func (c connection) inTiers(parts []applied) outcome {
	tiers := map[string][]applied{}
	var names []string
	for _, a := range parts {
		if tiers[a.part.tier] == nil {
			names = append(names, a.part.tier)
		}
		tiers[a.part.tier] = append(tiers[a.part.tier], a)
	}
	slices.SortStableFunc(names, func(a, b string) int {
		return cmp.Compare(isDefaultTier(a), isDefaultTier(b))
	})
	result := passed
	for _, name := range names {
		if result&passed == 0 {
			break
		}
		result = result&^passed | c.inTier(byOrder(tiers[name]))
	}
	return result
}

func isDefaultTier(name string) int {
	if name == defaultTier {
		return 1
	}
	return 0
}

func (c connection) inTier(parts []applied) outcome {
	result := c.inOrder(parts)
	if result&passed == 0 {
		return result
	}
	isolated := manifest.False
	passes := manifest.False
	for _, a := range parts {
		isolated = manifest.Any(isolated, manifest.All(a.sure, a.part.isolates[c.side]))
		for _, rule := range a.part.Rules {
			if rule.Direction == c.side && rule.Action == Pass {
				passes = manifest.Any(passes, manifest.All(a.sure, c.matches(rule)))
			}
		}
	}
	if passes == manifest.True || isolated == manifest.False {
		return result
	}
	if isolated == manifest.True && passes == manifest.False {
		result &^= passed
	}
	return result | denied
}
