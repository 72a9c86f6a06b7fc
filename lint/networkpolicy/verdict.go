package networkpolicy

import (
	"slices"

	"github.com/seaworthy-lint/seaworthy/lint/manifest"
)

// State is what policies make of a direction of a pod's traffic.
type State uint8

// States of a direction. Restricted lets some through; DeniedByDefault lets
// nothing through.
const (
	Open State = iota
	Restricted
	DeniedByDefault
	Unknown
)

func (s State) String() string {
	return [...]string{"open", "restricted", "denied by default", "unknown"}[s]
}

// Verdict is what the policies of a scope say of a direction of a pod.
type Verdict struct {
	State State
	// Isolated tells whether a policy closes the pod to what no rule lets
	// through, even where a rule then lets everything through.
	Isolated manifest.Truth
	// OutOfReach tells that the pod has the network of its node, where no
	// policy holds.
	OutOfReach bool
	// Policies are some of those that say so.
	Policies []*manifest.Object
	// Why says what is not known; empty unless something is not.
	Why string
}

// manyPolicies is how many policies a verdict names.
const manyPolicies = 8

// summary is what several parts together make of each direction of a pod.
type summary [2]struct {
	isolated, opens manifest.Truth
	// lets tells that some rule lets something through.
	lets     bool
	policies []*manifest.Object
	// ordered tells that rules decide in an order, so that parts have to be
	// looked at one by one.
	ordered bool
}

func summaryOf(parts []applied) *summary {
	s := &summary{}
	for _, side := range Sides() {
		s[side.Direction].isolated, s[side.Direction].opens = manifest.False, manifest.False
	}
	for _, a := range parts {
		for _, side := range Sides() {
			s.add(a, side.Direction)
		}
	}
	return s
}

func (s *summary) add(a applied, d Direction) {
	of := &s[d]
	isolates := manifest.All(a.sure, a.part.isolates[d])
	of.isolated = manifest.Any(of.isolated, isolates)
	if isolates != manifest.False && len(of.policies) < manyPolicies && !slices.Contains(of.policies, a.part.Object) {
		of.policies = append(of.policies, a.part.Object)
	}
	of.ordered = of.ordered || a.part.isOrdered()
	for _, rule := range a.part.Rules {
		if rule.Direction != d {
			continue
		}
		of.ordered = of.ordered || rule.Action != Allow
		if rule.Action == Allow && len(rule.Peers) > 0 {
			of.lets = true
			of.opens = manifest.Any(of.opens, manifest.All(a.sure, rule.opens()))
		}
	}
}

// isOrdered tells whether it matters which rule comes first.
func (p *Part) isOrdered() bool { return p.layer != namespaced || IsCalico(p.Object) }

// opens tells whether a rule lets everyone through on every port.
func (r Rule) opens() manifest.Truth {
	answer := manifest.False
	for _, peer := range r.Peers {
		switch {
		case peer.Untold:
			answer = manifest.Unknown
		case peer.World && !r.Limited() && !r.Narrowed:
			answer = manifest.True
			if r.partial {
				answer = manifest.Unknown
			}
			return answer
		}
	}
	return answer
}

// join adds what others say.
func (s *summary) join(other *summary) {
	for d := range s {
		of, with := &s[d], other[d]
		of.isolated, of.opens = manifest.Any(of.isolated, with.isolated), manifest.Any(of.opens, with.opens)
		of.lets, of.ordered = of.lets || with.lets, of.ordered || with.ordered
		for _, o := range with.policies {
			if len(of.policies) < manyPolicies && !slices.Contains(of.policies, o) {
				of.policies = append(slices.Clip(of.policies), o)
			}
		}
	}
}

func (m *Model) summarize() {
	groups := []*group{&m.cluster, &m.vague, &m.all}
	for _, g := range m.whole {
		groups = append(groups, g)
	}
	for _, g := range groups {
		g.summary = summaryOf(g.parts)
	}
}

// Verdict tells what the policies of the scope make of a direction of a pod.
func (m *Model) Verdict(pod *manifest.Pod, d Direction) Verdict {
	switch network := pod.At("hostNetwork").Truth(); network {
	case manifest.True:
		return Verdict{State: Open, Isolated: manifest.False, OutOfReach: true}
	case manifest.Unknown:
		return Verdict{State: Unknown, Isolated: manifest.Unknown, Why: "whether the pod has the network of its node cannot be told"}
	}
	all := summaryOf(m.own[pod])
	for _, g := range m.groups(pod.Object.Namespace) {
		all.join(g.summary)
	}
	of := all[d]
	v := Verdict{Isolated: of.isolated, Policies: of.policies}
	everyone := of.opens
	if of.ordered {
		everyone = m.decide(pod, d, End{everyone: true}, Port{})
	}
	switch {
	case of.isolated == manifest.False, everyone == manifest.True:
		v.State = Open
	case of.isolated == manifest.Unknown:
		v.State, v.Why = Unknown, "whether a policy in view is about the pod cannot be told"
	case everyone == manifest.Unknown:
		v.State, v.Why = Unknown, "whether a policy lets everyone through cannot be told"
	case of.lets:
		v.State = Restricted
	default:
		v.State = DeniedByDefault
	}
	return v
}
