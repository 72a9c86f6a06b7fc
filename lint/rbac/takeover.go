package rbac

import (
	"slices"
	"sync"
)

// takeovers are the permissions with which a namespace or the cluster can be
// taken over; the first holds all the others. The last two count together.
var takeovers = slices.Concat(
	Table{{Effect: "do everything", Group: "*", Resources: []string{"*"}, Verbs: []string{"*"}}},
	secretReads, WorkloadWrites, podCommands, roleHandouts, identityTakeovers, NodeProxy, TokenCreation, AdmissionWrites, VolumeCreation,
	CertificateApproval, SignerApproval,
)

// everything, approval and signing are places in takeovers.
const everything = 0

var (
	approval = len(takeovers) - 2
	signing  = len(takeovers) - 1
)

// Power is one way in which a token takes over, and what grants it.
type Power struct {
	Permission Permission
	Rule       Rule
	Grant      Grant

	at int // its place in takeovers
}

// judge has a role say who holds it and what it takes over when it is first
// asked.
func (r *Role) judge(x *Index) {
	r.holders = sync.OnceValue(func() Holders { return x.holdersOf(r) })
	for _, clusterWide := range []bool{false, true} {
		r.takesOver[extent(clusterWide)] = sync.OnceValue(func() bool {
			return slices.ContainsFunc(r.Rules, func(rule Rule) bool { return !rule.Limited() && takesOver(rule, clusterWide) })
		})
		r.powers[extent(clusterWide)] = sync.OnceValue(func() []Power { return x.powersOf(r, clusterWide) })
	}
}

// takesOver tells whether a rule without resourceNames takes over by itself, in
// all versions.
func takesOver(rule Rule, clusterWide bool) bool {
	return slices.ContainsFunc(takeovers[:approval], func(p Permission) bool {
		return p.Before == 0 && (clusterWide || !p.ClusterOnly) && p.grantedBy(rule)
	})
}

func (x *Index) powersOf(role *Role, clusterWide bool) []Power {
	var powers []Power
	for at, p := range takeovers {
		for _, rule := range role.Rules {
			if !(rule.Limited() && p.Names == NamesSoften) && x.Gives(p, rule, clusterWide) {
				powers = append(powers, Power{Permission: p, Rule: rule, at: at})
				break
			}
		}
	}
	return powers
}

// held are the strongest of what several grants take over.
type held struct {
	powers map[int]Power // by place in takeovers
	unsure bool
}

func (h *held) add(g Grant) {
	if !g.Sure {
		h.unsure = true
		return
	}
	for _, power := range g.Role.powers[extent(g.ClusterWide)]() {
		power.Grant = g
		h.hold(power)
	}
}

// hold keeps the first, and one that holds in the whole cluster over one that
// does not.
func (h *held) hold(power Power) {
	if h.powers == nil {
		h.powers = map[int]Power{}
	}
	if known, ok := h.powers[power.at]; !ok || power.Grant.ClusterWide && !known.Grant.ClusterWide {
		h.powers[power.at] = power
	}
}

// join adds what a group holds, in the order of the table.
func (h *held) join(group *held) {
	h.unsure = h.unsure || group.unsure
	for at := range takeovers {
		if power, ok := group.powers[at]; ok {
			h.hold(power)
		}
	}
}

// Powers are the takeovers that an account's grants amount to in Kubernetes
// 1.minor, the worst first. Unsure tells that grants which cannot be resolved
// may add others.
func (x *Index) Powers(a Account, minor int) (powers []Power, unsure bool) {
	h := &held{}
	for _, g := range x.ownGrants(a) {
		h.add(g)
	}
	sure, maybe := x.groupsOf(a)
	for _, group := range sure {
		h.join(x.subjects.ofGroup[group])
	}
	all, hasAll := h.powers[everything]
	_, signs := h.powers[signing]
	for at, p := range takeovers {
		power, ok := h.powers[at]
		implied := hasAll && at != everything && (all.Grant.ClusterWide || all.Grant.Binding == power.Grant.Binding)
		if ok && !implied && at != signing && (at != approval || signs) && p.meansSomething(minor) {
			powers = append(powers, power)
		}
	}
	return powers, h.unsure || len(maybe) > 0
}
