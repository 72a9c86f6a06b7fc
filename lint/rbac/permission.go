package rbac

import (
	"slices"
	"strings"
)

// Permission is something dangerous that the rules of roles may grant.
type Permission struct {
	// Effect completes "lets its holder".
	Effect string
	Group  string
	// Resources are any when empty; "x/*" stands for every subresource of x.
	Resources []string
	// Verbs are any when empty.
	Verbs []string
	// ClusterOnly marks what has no namespace, which neither a Role nor a
	// RoleBinding grants.
	ClusterOnly bool
	// Names tells what a list of resourceNames leaves of it.
	Names NameLimit
	// Since is the minor version from which on the verbs mean something, Before
	// the one from which on they do not suffice.
	Since, Before int
	// Lower is how many levels less severe the permission is than the worst of
	// its table.
	Lower int
	// ByVerb tells that the verb is what is wrong, and not the resource.
	ByVerb bool
	// Controllers begin the names of the accounts that the permission is made
	// for.
	Controllers []string
}

// Table holds permissions of one topic.
type Table []Permission

// In is what of the table means something in Kubernetes 1.minor.
func (t Table) In(minor int) Table {
	return slices.DeleteFunc(slices.Clone(t), func(p Permission) bool { return !p.meansSomething(minor) })
}

func (p Permission) meansSomething(minor int) bool {
	return minor >= p.Since && (p.Before == 0 || minor < p.Before)
}

// InAny is In for a version that is only supposed: what suffices in older
// versions counts.
func (t Table) InAny(minor int) Table {
	return slices.DeleteFunc(slices.Clone(t), func(p Permission) bool { return minor < p.Since })
}

// NameLimit tells what a list of resourceNames leaves of a permission.
type NameLimit uint8

// Limits by resourceNames.
const (
	// NamesSuffice leaves what is needed and no harm.
	NamesSuffice NameLimit = iota
	// NamesSoften leaves the same power by way of fewer objects: what is named
	// can be made into anything.
	NamesSoften
	// NamesIgnored leaves everything that matters.
	NamesIgnored
	// NamesOfRoles leaves it where a name is that of a powerful role.
	NamesOfRoles
	// NamesOfIdentities leaves it where a name is as good as being a node or a
	// cluster administrator.
	NamesOfIdentities
	// NamesOfSigners leaves it where the certificates of a named signer are
	// trusted by the API server or the kubelets.
	NamesOfSigners
	// NamesOfConstraints leaves it where a named SecurityContextConstraints of
	// OpenShift lets pods do to the node what they like.
	NamesOfConstraints
)

// leaves tells whether the names leave the permission.
func (l NameLimit) leaves(x *Index, names []string, clusterWide bool) bool {
	switch l {
	case NamesSoften, NamesIgnored:
		return true
	case NamesOfRoles:
		return slices.ContainsFunc(names, func(name string) bool { return x.isPowerful(name, clusterWide) })
	case NamesOfIdentities:
		return slices.ContainsFunc(names, isPowerfulIdentity)
	case NamesOfSigners:
		return slices.ContainsFunc(names, signsClients)
	case NamesOfConstraints:
		return slices.ContainsFunc(names, isPrivilegedConstraint)
	}
	return false
}

func isPowerfulIdentity(name string) bool {
	return name == "system:masters" || name == "system:nodes" || strings.HasPrefix(name, "system:node:")
}

func signsClients(signer string) bool {
	return slices.Contains([]string{
		"*", "kubernetes.io/*", "kubernetes.io/kube-apiserver-client", "kubernetes.io/kube-apiserver-client-kubelet", "kubernetes.io/kubelet-serving",
	}, signer)
}

func isPrivilegedConstraint(name string) bool {
	return name == "privileged" || name == "hostaccess" || name == "hostmount-anyuid"
}

// Gives tells whether a rule grants the permission, where it holds in the
// whole cluster or only in a namespace.
func (x *Index) Gives(p Permission, rule Rule, clusterWide bool) bool {
	if p.ClusterOnly && !clusterWide || rule.Limited() && !p.Names.leaves(x, rule.Names, clusterWide) {
		return false
	}
	return p.grantedBy(rule)
}

func (p Permission) grantedBy(rule Rule) bool {
	resources, _ := p.Entries(rule)
	return len(resources) > 0
}

// GivesAny tells whether a rule that holds in the whole cluster grants one of
// the permissions of a table.
func (x *Index) GivesAny(table Table, rule Rule) bool {
	return slices.ContainsFunc(table, func(p Permission) bool { return x.Gives(p, rule, true) })
}

// Entries are the entries of a rule's resources and verbs that together grant
// the permission, whatever its names; none when it does not. A request that
// creates an object or deletes a collection names none, so that a rule with
// names does not let it through.
func (p Permission) Entries(rule Rule) (resources, verbs []int) {
	if !rule.InGroup(p.Group) {
		return nil, nil
	}
	for _, resource := range p.wanted(rule) {
		resources = appendEntry(resources, rule.ResourceEntry(resource))
	}
	for _, verb := range p.Verbs {
		ofSubresource := len(p.Resources) > 0 && strings.Contains(p.Resources[0], "/")
		if rule.Limited() && (verb == "deletecollection" || verb == "create" && !ofSubresource) {
			continue
		}
		verbs = appendEntry(verbs, rule.VerbEntry(verb))
	}
	if len(p.Verbs) == 0 {
		for i := range rule.Verbs {
			verbs = append(verbs, i)
		}
	}
	if len(resources) == 0 || len(verbs) == 0 {
		return nil, nil
	}
	return resources, verbs
}

// wanted are the resources to look for in a rule: for a permission on any
// resource of its group those that the rule names for the group. What it names
// for every group is mostly of another one.
func (p Permission) wanted(rule Rule) []string {
	switch {
	case len(p.Resources) > 0:
		return p.Resources
	case !slices.Contains(rule.Groups, p.Group):
		return []string{"*"}
	}
	return slices.DeleteFunc(slices.Clone(rule.Resources), func(entry string) bool { return strings.Contains(entry, "/") })
}

// appendEntry adds the index of an entry once, and none for -1.
func appendEntry(entries []int, i int) []int {
	if i < 0 || slices.Contains(entries, i) {
		return entries
	}
	return append(entries, i)
}
