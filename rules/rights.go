package rules

import (
	"slices"
	"strings"

	"github.com/seaworthy-lint/seaworthy/lint"
	"github.com/seaworthy-lint/seaworthy/lint/manifest"
)

// permission is something dangerous that the rules of roles may grant.
type permission struct {
	// effect completes "lets its holder".
	effect string
	group  string
	// resources are any when empty; "x/*" stands for every subresource of x.
	resources []string
	// verbs are any when empty.
	verbs []string
	// clusterOnly marks what has no namespace, which neither a Role nor a
	// RoleBinding grants.
	clusterOnly bool
	// named tells what a list of resourceNames leaves of it.
	named nameLimit
	// since is the minor version from which on the verbs mean something, before
	// the one from which on they do not suffice.
	since, before int
	// lower is how many levels less severe than its rule the permission is.
	lower int
	// byVerb tells that the verb is what is wrong, and not the resource.
	byVerb bool
	// controllers begin the names of the accounts that the permission is made
	// for.
	controllers []string
}

// nameLimit tells what a list of resourceNames leaves of a permission.
type nameLimit uint8

const (
	// The zero value leaves what is needed and no harm.
	_ nameLimit = iota
	// namesSoften leaves the same power by way of fewer objects: what is named
	// can be made into anything.
	namesSoften
	// namesIgnored leaves everything that matters.
	namesIgnored
	// The others leave it where a name is one of these.
	namesOfRoles
	namesOfIdentities
	namesOfSigners
	namesOfConstraints
)

// leaves tells whether the names leave the permission.
func (l nameLimit) leaves(set *manifest.Set, names []string, clusterWide bool) bool {
	switch l {
	case namesSoften, namesIgnored:
		return true
	case namesOfRoles:
		return slices.ContainsFunc(names, func(name string) bool { return powerfulName(set, name, clusterWide) })
	case namesOfIdentities:
		return slices.ContainsFunc(names, isPowerfulIdentity)
	case namesOfSigners:
		return slices.ContainsFunc(names, signsClients)
	case namesOfConstraints:
		return slices.ContainsFunc(names, isPrivilegedConstraint)
	}
	return false
}

// isPowerfulIdentity tells whether impersonating the user or group is as good
// as being a node or a cluster administrator.
func isPowerfulIdentity(name string) bool {
	return name == "system:masters" || name == "system:nodes" || strings.HasPrefix(name, "system:node:")
}

// signsClients tells whether a signer's certificates are trusted by the API
// server or the kubelets.
func signsClients(signer string) bool {
	return slices.Contains([]string{
		"*", "kubernetes.io/*", "kubernetes.io/kube-apiserver-client", "kubernetes.io/kube-apiserver-client-kubelet", "kubernetes.io/kubelet-serving",
	}, signer)
}

// isPrivilegedConstraint tells whether a SecurityContextConstraints of
// OpenShift lets pods do to the node what they like.
func isPrivilegedConstraint(name string) bool {
	return name == "privileged" || name == "hostaccess" || name == "hostmount-anyuid"
}

// powerfulName tells whether a role is one that must not be handed on: by its
// name, or by what it allows where it is in view.
func powerfulName(set *manifest.Set, name string, clusterWide bool) bool {
	if isAdminRole(name) {
		return true
	}
	for _, kind := range []string{"ClusterRole", "Role"} {
		for _, o := range set.Named(rbacGroup, kind, name) {
			if rules, _ := rulesOf(set, o); slices.ContainsFunc(rules, func(r grantedRule) bool { return r.takesOver(clusterWide) }) {
				return true
			}
		}
	}
	return false
}

// takesOver tells whether a rule without resourceNames takes over by itself.
func (r grantedRule) takesOver(clusterWide bool) bool {
	return !r.limited() && slices.ContainsFunc(takeovers, func(t permission) bool { return t.of(nil, r, clusterWide, lint.NewestVersion()) })
}

// of tells whether a rule grants the permission.
func (t permission) of(set *manifest.Set, rule grantedRule, clusterWide bool, version lint.Version) bool {
	if t.clusterOnly && !clusterWide || !version.AtLeast(t.since) || t.before > 0 && version.AtLeast(t.before) {
		return false
	}
	if rule.limited() && !t.named.leaves(set, rule.names, clusterWide) {
		return false
	}
	resources, _ := t.granted(rule)
	return len(resources) > 0
}

// granted are the entries of a rule's resources and verbs that together grant
// the permission, whatever its names; none when it does not. A request that
// creates an object or deletes a collection names none, so that a rule with
// names does not let it through.
func (t permission) granted(rule grantedRule) (resources, verbs []int) {
	if !rule.inGroup(t.group) {
		return nil, nil
	}
	for _, resource := range t.wanted(rule) {
		resources = appendEntry(resources, rule.resourceEntry(resource))
	}
	for _, verb := range t.verbs {
		ofSubresource := len(t.resources) > 0 && strings.Contains(t.resources[0], "/")
		if rule.limited() && (verb == "deletecollection" || verb == "create" && !ofSubresource) {
			continue
		}
		verbs = appendEntry(verbs, rule.verbEntry(verb))
	}
	if len(t.verbs) == 0 {
		for i := range rule.verbs {
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
func (t permission) wanted(rule grantedRule) []string {
	switch {
	case len(t.resources) > 0:
		return t.resources
	case !slices.Contains(rule.groups, t.group):
		return []string{"*"}
	}
	return slices.DeleteFunc(slices.Clone(rule.resources), func(entry string) bool { return strings.Contains(entry, "/") })
}

// appendEntry adds the index of an entry once, and none for -1.
func appendEntry(entries []int, i int) []int {
	if i < 0 || slices.Contains(entries, i) {
		return entries
	}
	return append(entries, i)
}
