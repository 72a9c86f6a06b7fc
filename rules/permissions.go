package rules

import (
	"fmt"
	"slices"
	"strings"

	"github.com/seaworthy-lint/seaworthy/lint/manifest"
	"github.com/seaworthy-lint/seaworthy/lint/scope"
)

const rbacGroup = "rbac.authorization.k8s.io"

// grantedRule is one rule of a role: what it allows on what.
type grantedRule struct {
	groups, resources, verbs, names, urls []string
	// node is the rule in its manifest; nil for a role that every cluster has.
	node *manifest.Node
	// unsure is a list that cannot be told in full, nil when all can.
	unsure *manifest.Node
}

// allows tells whether the rule lets a request through that names no single
// object, as the RBAC authorizer decides (pkg/apis/rbac/v1 of Kubernetes).
func (r grantedRule) allows(group, resource string, verbs ...string) bool {
	return r.inGroup(group) && r.resourceEntry(resource) >= 0 &&
		slices.ContainsFunc(verbs, func(verb string) bool { return r.verbEntry(verb) >= 0 })
}

func (r grantedRule) inGroup(group string) bool {
	return slices.Contains(r.groups, "*") || slices.Contains(r.groups, group)
}

// resourceEntry is the index of the entry of resources that lets a resource
// through, -1 when none does: an entry matches as it is written, "*" matches
// all, "*/scale" the subresource of every resource, and "pods/*" nothing. The
// plainest comes first. Asked for "x/*", it is any entry that allows some
// subresource of x.
func (r grantedRule) resourceEntry(resource string) int {
	name, sub, isSub := strings.Cut(resource, "/")
	plain := func(entry string) bool { return entry == resource }
	if sub == "*" {
		plain = func(entry string) bool { return entry != resource && strings.HasPrefix(entry, name+"/") }
	}
	for _, matches := range []func(entry string) bool{
		plain,
		func(entry string) bool { return isSub && sub != "*" && entry == "*/"+sub },
		func(entry string) bool { return entry == "*" },
	} {
		if i := slices.IndexFunc(r.resources, matches); i >= 0 {
			return i
		}
	}
	return -1
}

// verbEntry is the index of the entry that allows a verb, -1 when none does.
func (r grantedRule) verbEntry(verb string) int {
	if i := slices.Index(r.verbs, verb); i >= 0 {
		return i
	}
	return slices.Index(r.verbs, "*")
}

// limited tells whether the rule is for named objects only. The empty name is
// that of requests that name none.
func (r grantedRule) limited() bool { return len(r.names) > 0 && !slices.Contains(r.names, "") }

// withoutWildcards is what the rule says without resorting to wildcards.
func (r grantedRule) withoutWildcards() grantedRule {
	wild := func(entry string) bool { return strings.Contains(entry, "*") }
	r.resources = slices.DeleteFunc(slices.Clone(r.resources), wild)
	r.verbs = slices.DeleteFunc(slices.Clone(r.verbs), wild)
	return r
}

// atWorst is the rule with all that cannot be told taken for a wildcard.
func (r grantedRule) atWorst() grantedRule {
	worst := func(entries []string) []string {
		if slices.ContainsFunc(entries, manifest.IsTemplate) {
			return append(slices.Clone(entries), "*")
		}
		return entries
	}
	r.groups, r.resources, r.verbs = worst(r.groups), worst(r.resources), worst(r.verbs)
	if slices.ContainsFunc(r.names, manifest.IsTemplate) {
		r.names = nil
	}
	return r
}

// accountGrant is a role that a binding in view gives to a service account.
type accountGrant struct {
	binding *manifest.Object
	subject *manifest.Node
	// role is how the role is called; object is nil when it is not in view.
	role   string
	object *manifest.Object
	rules  []grantedRule
	// clusterWide tells that the rights hold in every namespace and for what
	// has none.
	clusterWide bool
	// sure is false when the subject or the role may be another one, or the
	// rules cannot all be read.
	sure bool
}

// bound tells whether a binding in view names the account itself.
func (a podAccount) bound(set *manifest.Set) manifest.Truth {
	bound := manifest.False
	for _, binding := range scope.Of(set).AllBindings() {
		for _, subject := range binding.At("subjects").Items() {
			if subject.At("kind").Str() == "Group" {
				continue
			}
			switch a.matches(set, binding, subject) {
			case manifest.True:
				return manifest.True
			case manifest.Unknown:
				bound = manifest.Unknown
			}
		}
	}
	return bound
}

// grants are the roles that the account holds by the bindings of the set, its
// own and those of the groups that every service account is in.
func (a podAccount) grants(set *manifest.Set) []accountGrant {
	var grants []accountGrant
	for _, binding := range scope.Of(set).AllBindings() {
		if subject, match := a.subjectOf(set, binding); match != manifest.False {
			grant := grantOf(set, binding, subject)
			grant.sure = grant.sure && match == manifest.True
			grants = append(grants, grant)
		}
	}
	return grants
}

// subjectOf is the subject of a binding that the account is, or may be.
func (a podAccount) subjectOf(set *manifest.Set, binding *manifest.Object) (subject *manifest.Node, match manifest.Truth) {
	match = manifest.False
	for _, s := range binding.At("subjects").Items() {
		switch a.matches(set, binding, s) {
		case manifest.True:
			return s, manifest.True
		case manifest.Unknown:
			subject, match = s, manifest.Unknown
		}
	}
	return subject, match
}

// matches tells whether a subject of a binding is the account: by name, as the
// user that it is to the API server, or as a group of service accounts.
func (a podAccount) matches(set *manifest.Set, binding *manifest.Object, subject *manifest.Node) manifest.Truth {
	name := subject.At("name")
	if name.Templated() {
		return manifest.Unknown
	}
	const prefix = "system:serviceaccount"
	switch subject.At("kind").Str() {
	case "ServiceAccount":
		if name.Str() != a.name {
			return manifest.False
		}
		return a.inNamespace(set, binding, subject.At("namespace"))
	case "User":
		if user, ok := strings.CutPrefix(name.Str(), prefix+":"); ok {
			if namespace, account, ok := strings.Cut(user, ":"); ok && account == a.name {
				return scope.Of(set).SameNamespace(namespace, a.namespace)
			}
		}
	case "Group":
		if namespace, ok := strings.CutPrefix(name.Str(), prefix+"s:"); ok {
			return scope.Of(set).SameNamespace(namespace, a.namespace)
		}
		if name.Str() == prefix+"s" || name.Str() == "system:authenticated" {
			return manifest.True
		}
	}
	return manifest.False
}

// inNamespace compares the namespace of a subject. A subject that leaves it
// out is completed by the tools that set namespaces, from the binding.
func (a podAccount) inNamespace(set *manifest.Set, binding *manifest.Object, namespace *manifest.Node) manifest.Truth {
	switch {
	case namespace.Templated():
		return manifest.Unknown
	case namespace.Str() != "":
		return scope.Of(set).SameNamespace(namespace.Str(), a.namespace)
	case binding.Kind == "ClusterRoleBinding" && a.namespace != "":
		return manifest.Unknown
	}
	return scope.Of(set).SameNamespace(binding.Namespace, a.namespace)
}

// grantOf resolves the role that a binding gives to one of its subjects.
func grantOf(set *manifest.Set, binding *manifest.Object, subject *manifest.Node) accountGrant {
	ref := binding.At("roleRef")
	kind, name := ref.At("kind").Str(), ref.At("name")
	grant := accountGrant{
		binding: binding, subject: subject, role: fmt.Sprintf("%s %q", kind, name.Str()),
		clusterWide: binding.Kind == "ClusterRoleBinding",
	}
	namespace := ""
	if kind == "Role" {
		namespace = binding.Namespace
	}
	if name.Templated() {
		return grant
	}
	grant.object = roleObject(set, kind, name.Str(), namespace)
	if grant.object != nil {
		grant.rules, grant.sure = rulesOf(set, grant.object)
	} else if kind == "ClusterRole" {
		grant.rules, grant.sure = builtinRules(name.Str())
	} else {
		grant.sure = namespace == "kube-system" && name.Str() == authenticationReader
	}
	if kind == "ClusterRole" {
		grant.rules = append(slices.Clip(grant.rules), aggregatedInto(set, name.Str())...)
	}
	return grant
}

func roleObject(set *manifest.Set, kind, name, namespace string) *manifest.Object {
	for _, o := range set.Named(rbacGroup, kind, name) {
		if kind == "ClusterRole" || o.Namespace == namespace {
			return o
		}
	}
	return nil
}

// rulesOf are the rules of a role in view; complete is false when some cannot
// be told. The controller fills an aggregated role from the roles that its
// selectors choose, and overwrites what stands in it.
func rulesOf(set *manifest.Set, role *manifest.Object) (rules []grantedRule, complete bool) {
	selectors := role.At("aggregationRule", "clusterRoleSelectors").Items()
	if role.Kind != "ClusterRole" || len(selectors) == 0 {
		return ownRules(role)
	}
	for _, part := range set.OfKind(rbacGroup, "ClusterRole") {
		if part == role || !selectsAny(selectors, part) {
			continue
		}
		own, ok := ownRules(part)
		rules = append(rules, own...)
		complete = complete || ok
	}
	return rules, complete
}

// noList stands in a list of a rule for a value that is none, which the API
// server refuses unless something replaces it.
const noList = "{{ }}"

func ownRules(role *manifest.Object) (rules []grantedRule, complete bool) {
	complete = true
	for _, n := range role.At("rules").Items() {
		rule := grantedRule{node: n}
		for _, list := range []struct {
			key  string
			into *[]string
		}{
			{"apiGroups", &rule.groups}, {"resources", &rule.resources}, {"verbs", &rule.verbs},
			{"resourceNames", &rule.names}, {"nonResourceURLs", &rule.urls},
		} {
			entries := n.At(list.key)
			if entries.IsSet() && entries.Kind != manifest.List {
				*list.into, rule.unsure = []string{noList}, entries
			}
			for _, entry := range entries.Items() {
				*list.into = append(*list.into, entry.Str())
				if entry.Templated() {
					rule.unsure = entry
				}
			}
		}
		complete = complete && rule.unsure == nil
		rules = append(rules, rule)
	}
	return rules, complete && !role.At("rules").Templated()
}

// aggregatedInto are the rules of the roles in view whose label adds them to
// admin, edit or view.
func aggregatedInto(set *manifest.Set, name string) []grantedRule {
	if name != "admin" && name != "edit" && name != "view" {
		return nil
	}
	var rules []grantedRule
	for _, o := range set.OfKind(rbacGroup, "ClusterRole") {
		if o.At("metadata", "labels", rbacGroup+"/aggregate-to-"+name).Str() == "true" {
			own, _ := ownRules(o)
			rules = append(rules, own...)
		}
	}
	return rules
}

func selectsAny(selectors []*manifest.Node, o *manifest.Object) bool {
	labels := o.At("metadata", "labels")
	return slices.ContainsFunc(selectors, func(s *manifest.Node) bool { return scope.LabelSelector(s).Matches(labels) == manifest.True })
}
