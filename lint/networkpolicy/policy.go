package networkpolicy

import (
	"github.com/seaworthy-lint/seaworthy/lint/manifest"
)

// API groups of policies.
const (
	ciliumGroup = "cilium.io"
	adminGroup  = "policy.networking.k8s.io"
)

// Kinds are the kinds of policies that decide what gets through, as group/Kind.
func Kinds() []string {
	return []string{
		"networking.k8s.io/NetworkPolicy", "extensions/NetworkPolicy",
		ciliumGroup + "/CiliumNetworkPolicy", ciliumGroup + "/CiliumClusterwideNetworkPolicy",
		"projectcalico.org/NetworkPolicy", "projectcalico.org/GlobalNetworkPolicy",
		"crd.projectcalico.org/NetworkPolicy", "crd.projectcalico.org/GlobalNetworkPolicy",
		adminGroup + "/AdminNetworkPolicy", adminGroup + "/ClusterNetworkPolicy",
	}
}

// AllKinds are all kinds of policies that are read: those of Kinds, and the one
// that says what holds where no other speaks.
func AllKinds() []string { return append(Kinds(), adminGroup+"/BaselineAdminNetworkPolicy") }

// Direction is the way that traffic goes, seen from a pod.
type Direction uint8

// The two directions.
const (
	Ingress Direction = iota
	Egress
)

// Side is a direction with its words in policies.
type Side struct {
	Direction Direction
	// Key holds the rules, Kind is the policy type, Peers is the key of the
	// peers in a rule.
	Key, Kind, Peers string
	// end is the key of the peers in a rule of Calico.
	end string
}

// Sides are both directions.
func Sides() []Side {
	return []Side{
		{Ingress, "ingress", "Ingress", "from", "source"},
		{Egress, "egress", "Egress", "to", "destination"},
	}
}

func (d Direction) String() string { return Sides()[d].Key }

// layer is when a policy decides.
type layer uint8

const (
	admin layer = iota
	namespaced
	baseline
)

// Part is what a policy says: all of it, or one of the sets of rules that a
// policy of Cilium may have.
type Part struct {
	Object *manifest.Object
	// Spec is where the part stands.
	Spec *manifest.Node
	// Rules are in the order in which they decide, where they have one.
	Rules []Rule

	subject subject
	layer   layer
	// tier and order are those of Calico, order the priority of an
	// administrator's policy; a lower one decides earlier.
	tier  string
	order float64
	// isolates tells for each direction whether the selected pods are closed
	// to all that no rule lets through.
	isolates [2]manifest.Truth
}

// Isolates tells whether the pods that the part selects are closed, in a
// direction, to all that no rule lets through.
func (p *Part) Isolates(d Direction) manifest.Truth { return p.isolates[d] }

// SelectsAll tells whether the part is about every pod of its namespace, or of
// all namespaces.
func (p *Part) SelectsAll() bool { return p.subject.every && p.subject.inNamespace == nil }

// ClusterWide tells whether the part is about pods of all namespaces.
func (p *Part) ClusterWide() bool { return p.subject.clusterWide }

// Denies tells whether the part isolates a direction and lets nothing through.
func (p *Part) Denies(d Direction) manifest.Truth {
	for _, rule := range p.Rules {
		if rule.Direction == d && rule.Action != Deny && len(rule.Peers) > 0 {
			return manifest.False
		}
	}
	return p.isolates[d]
}

// read takes a policy apart; nil for any other object.
func read(o *manifest.Object) []*Part {
	switch {
	case IsKubernetes(o):
		return []*Part{readKubernetes(o)}
	case IsCilium(o):
		return readCilium(o)
	case IsCalico(o):
		return []*Part{readCalico(o)}
	case isAdmin(o):
		return []*Part{readAdmin(o)}
	}
	return nil
}

// IsKubernetes tells whether the object is a NetworkPolicy of Kubernetes.
func IsKubernetes(o *manifest.Object) bool {
	return o.Kind == "NetworkPolicy" && (o.Group() == "networking.k8s.io" || o.Group() == "extensions")
}

// IsCilium tells whether the object is a policy of Cilium.
func IsCilium(o *manifest.Object) bool {
	return o.Group() == ciliumGroup && (o.Kind == "CiliumNetworkPolicy" || o.Kind == "CiliumClusterwideNetworkPolicy")
}

// IsCalico tells whether the object is a policy of Calico.
func IsCalico(o *manifest.Object) bool {
	return (o.Group() == "projectcalico.org" || o.Group() == "crd.projectcalico.org") &&
		(o.Kind == "NetworkPolicy" || o.Kind == "GlobalNetworkPolicy")
}

func isAdmin(o *manifest.Object) bool {
	switch o.Kind {
	case "AdminNetworkPolicy", "BaselineAdminNetworkPolicy", "ClusterNetworkPolicy":
		return o.Group() == adminGroup
	}
	return false
}

// has tells whether a list has a text among its items. A templated item may be
// the text.
func has(list *manifest.Node, text string) manifest.Truth {
	found := manifest.False
	if list.Templated() {
		return manifest.Unknown
	}
	for _, item := range list.Items() {
		switch {
		case item.Str() == text:
			return manifest.True
		case item.Templated():
			found = manifest.Unknown
		}
	}
	return found
}
