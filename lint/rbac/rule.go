// Package rbac knows what the roles and bindings of a set allow, as the RBAC
// authorizer of the API server decides
// (plugin/pkg/auth/authorizer/rbac and pkg/apis/rbac/v1 of Kubernetes), and
// which of it is dangerous.
package rbac

import (
	"slices"
	"strings"

	"github.com/seaworthy-lint/seaworthy/lint/manifest"
)

// Group is the API group of roles and bindings.
const Group = "rbac.authorization.k8s.io"

// Rule is one rule of a role: what it allows on what.
type Rule struct {
	// Groups, Resources and Verbs are of the API; Names limit them to objects,
	// URLs are paths of the API server that are no resources.
	Groups, Resources, Verbs, Names, URLs []string
	// Node is the rule in its manifest; nil for a role that every cluster has.
	Node *manifest.Node
	// Unsure is a list that cannot be told in full, nil when all can.
	Unsure *manifest.Node
}

// Request is what somebody asks of the API server.
type Request struct {
	Verb string
	// Group and Resource are what is asked for; a subresource stands behind a
	// slash.
	Group, Resource string
	// Name is the object's, empty for a request that names none, such as create
	// and most lists.
	Name string
	// Namespace is where the resource is; empty for what has none, and for
	// requests over all namespaces.
	Namespace string
	// URL is the path of a request that is for no resource.
	URL string
}

// Allows tells whether the rule lets a request through, wherever it holds.
func (r Rule) Allows(q Request) bool {
	if r.VerbEntry(q.Verb) < 0 {
		return false
	}
	if q.URL != "" {
		return slices.ContainsFunc(r.URLs, func(entry string) bool { return matchesURL(entry, q.URL) })
	}
	return r.InGroup(q.Group) && r.ResourceEntry(q.Resource) >= 0 && (len(r.Names) == 0 || slices.Contains(r.Names, q.Name))
}

// matchesURL compares a path with an entry, whose last character may stand for
// every continuation.
func matchesURL(entry, url string) bool {
	prefix, open := strings.CutSuffix(entry, "*")
	return entry == url || open && strings.HasPrefix(url, strings.TrimRight(prefix, "*"))
}

// InGroup tells whether the rule is for resources of an API group.
func (r Rule) InGroup(group string) bool {
	return slices.Contains(r.Groups, "*") || slices.Contains(r.Groups, group)
}

// ResourceEntry is the index of the entry of Resources that lets a resource
// through, -1 when none does: an entry matches as it is written, "*" matches
// all, "*/scale" the subresource of every resource, and "pods/*" nothing. The
// plainest comes first. Asked for "x/*", it is any entry that allows some
// subresource of x.
func (r Rule) ResourceEntry(resource string) int {
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
		if i := slices.IndexFunc(r.Resources, matches); i >= 0 {
			return i
		}
	}
	return -1
}

// VerbEntry is the index of the entry that allows a verb, -1 when none does.
func (r Rule) VerbEntry(verb string) int {
	if i := slices.Index(r.Verbs, verb); i >= 0 {
		return i
	}
	return slices.Index(r.Verbs, "*")
}

// Entry is an entry of a list of the rule, or the list when it is none.
func (r Rule) Entry(key string, i int) *manifest.Node {
	if items := r.Node.At(key).Items(); i < len(items) {
		return items[i]
	}
	return r.Node.Nearest(key)
}

// Limited tells whether the rule is for named objects only. The empty name is
// that of requests that name none.
func (r Rule) Limited() bool { return len(r.Names) > 0 && !slices.Contains(r.Names, "") }

// AllowsEverything tells whether a rule allows every standard verb on
// everything.
func (r Rule) AllowsEverything() bool {
	return !r.Limited() && slices.Contains(r.Groups, "*") && slices.Contains(r.Resources, "*") &&
		!slices.ContainsFunc(StandardVerbs, func(verb string) bool { return r.VerbEntry(verb) < 0 })
}

// WithoutWildcards is what the rule says without resorting to wildcards.
func (r Rule) WithoutWildcards() Rule {
	wild := func(entry string) bool { return strings.Contains(entry, "*") }
	r.Resources = slices.DeleteFunc(slices.Clone(r.Resources), wild)
	r.Verbs = slices.DeleteFunc(slices.Clone(r.Verbs), wild)
	return r
}

// AtWorst is the rule with all that cannot be told taken for a wildcard.
func (r Rule) AtWorst() Rule {
	worst := func(entries []string) []string {
		if slices.ContainsFunc(entries, manifest.IsTemplate) {
			return append(slices.Clone(entries), "*")
		}
		return entries
	}
	r.Groups, r.Resources, r.Verbs = worst(r.Groups), worst(r.Resources), worst(r.Verbs)
	if slices.ContainsFunc(r.Names, manifest.IsTemplate) {
		r.Names = nil
	}
	return r
}

// noList stands in a list of a rule for a value that is none, which the API
// server refuses unless something replaces it.
const noList = "{{ }}"

// RulesIn are the rules that stand in a role; complete is false when some
// cannot be told.
func RulesIn(role *manifest.Object) (rules []Rule, complete bool) {
	complete = true
	for _, n := range role.At("rules").Items() {
		rule := Rule{Node: n}
		for _, list := range []struct {
			key  string
			into *[]string
		}{
			{"apiGroups", &rule.Groups}, {"resources", &rule.Resources}, {"verbs", &rule.Verbs},
			{"resourceNames", &rule.Names}, {"nonResourceURLs", &rule.URLs},
		} {
			entries := n.At(list.key)
			if entries.IsSet() && entries.Kind != manifest.List {
				*list.into, rule.Unsure = []string{noList}, entries
			}
			for _, entry := range entries.Items() {
				*list.into = append(*list.into, entry.Str())
				if entry.Templated() {
					rule.Unsure = entry
				}
			}
		}
		complete = complete && rule.Unsure == nil
		rules = append(rules, rule)
	}
	return rules, complete && !role.At("rules").Templated()
}
