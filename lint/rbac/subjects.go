package rbac

import (
	"fmt"
	"slices"
	"strings"

	"github.com/seaworthy-lint/seaworthy/lint/manifest"
)

// The names of service accounts as users and groups of the API server
// (staging/src/k8s.io/apiserver/pkg/authentication/serviceaccount).
const (
	accountUser   = "system:serviceaccount:"
	accountGroup  = "system:serviceaccounts"
	authenticated = "system:authenticated"
)

// Grant is a role that a binding in view gives to a service account.
type Grant struct {
	*Binding
	// Subject is the entry of the binding that the account is.
	Subject *manifest.Node
	// Sure is false when the subject or the role may be another one, or the
	// rules cannot all be read.
	Sure bool
}

// RoleText is how the role is called.
func (g Grant) RoleText() string { return fmt.Sprintf("%s %q", g.Role.Kind, g.Role.Name) }

func (g Grant) String() string {
	return fmt.Sprintf("%s by %s %q to %s", g.RoleText(), g.Object.Kind, g.Object.Name, SubjectName(g.Subject))
}

// Allows tells whether the grant lets a request through.
func (g Grant) Allows(x *Index, q Request) manifest.Truth {
	where := manifest.True
	if !g.ClusterWide {
		if q.URL != "" || q.Namespace == "" {
			return manifest.False
		}
		where = x.scope.SameNamespace(q.Namespace, g.Object.Namespace)
	}
	allowed := manifest.TruthOf(slices.ContainsFunc(g.Role.Rules, func(r Rule) bool { return r.Allows(q) }))
	return manifest.All(where, allowed)
}

// SubjectName is how a subject of a binding is called in a message.
func SubjectName(subject *manifest.Node) string {
	name := subject.At("name").Str()
	if namespace := subject.At("namespace").Str(); namespace != "" {
		name = namespace + "/" + name
	}
	return subject.At("kind").Str() + " " + name
}

// subjects finds grants by what can be told of their subjects.
type subjects struct {
	accounts map[string][]Grant    // by the account's name
	groups   map[string][]Grant    // by the group's name, for groups of service accounts
	untold   []Grant               // those whose name is templated
	bindings map[string][]*Binding // by what they call each subject
	// ofGroup are the worst of what a group gives, for each takeover once.
	ofGroup map[string]*held
}

func (x *Index) newSubjects() *subjects {
	s := &subjects{accounts: map[string][]Grant{}, groups: map[string][]Grant{}, ofGroup: map[string]*held{}, bindings: map[string][]*Binding{}}
	for _, b := range x.bindings {
		for _, subject := range b.Subjects() {
			key := SubjectName(subject)
			s.bindings[key] = append(s.bindings[key], b)
			x.addGrant(s, Grant{Binding: b, Subject: subject, Sure: b.Role.Complete})
		}
	}
	for group, grants := range s.groups {
		s.ofGroup[group] = &held{}
		for _, g := range grants {
			s.ofGroup[group].add(g)
		}
	}
	return s
}

func (x *Index) addGrant(s *subjects, g Grant) {
	name := g.Subject.At("name")
	if name.Templated() {
		s.untold = append(s.untold, g)
		return
	}
	switch g.Subject.At("kind").Str() {
	case "ServiceAccount":
		s.accounts[name.Str()] = append(s.accounts[name.Str()], g)
	case "User":
		if user, ok := strings.CutPrefix(name.Str(), accountUser); ok {
			if _, account, ok := strings.Cut(user, ":"); ok {
				s.accounts[account] = append(s.accounts[account], g)
			}
		}
	case "Group":
		if group := name.Str(); group == authenticated || group == accountGroup {
			s.groups[group] = append(s.groups[group], g)
		} else if namespace, ok := strings.CutPrefix(group, accountGroup+":"); ok {
			group = accountGroup + ":" + x.scope.Resolve(namespace)
			s.groups[group] = append(s.groups[group], g)
		}
	}
}

// GivenTo are the bindings that name a subject in the same words as another
// binding does.
func (x *Index) GivenTo(subject *manifest.Node) []*Binding {
	return x.subjects.bindings[SubjectName(subject)]
}

// groupsOf are the groups of bindings in view that an account is in, and those
// that it may be in.
func (x *Index) groupsOf(a Account) (sure, unsure []string) {
	for _, group := range []string{authenticated, accountGroup} {
		if len(x.subjects.groups[group]) > 0 {
			sure = append(sure, group)
		}
	}
	own := accountGroup + ":" + x.scope.Resolve(a.Namespace)
	if len(x.subjects.groups[own]) > 0 {
		return append(sure, own), nil
	}
	for group := range x.subjects.groups {
		namespace, ok := strings.CutPrefix(group, accountGroup+":")
		if ok && x.scope.SameNamespace(a.Namespace, namespace) == manifest.Unknown {
			unsure = append(unsure, group)
		}
	}
	slices.Sort(unsure)
	return sure, unsure
}

// Grants are the roles that an account holds by the bindings of the set, its
// own and those of the groups that service accounts are in.
func (x *Index) Grants(a Account) []Grant {
	grants := x.ownGrants(a)
	sure, unsure := x.groupsOf(a)
	for _, group := range sure {
		grants = append(grants, x.subjects.groups[group]...)
	}
	for _, group := range unsure {
		for _, g := range x.subjects.groups[group] {
			g.Sure = false
			grants = append(grants, g)
		}
	}
	return grants
}

// ownGrants are those that name the account itself, or may.
func (x *Index) ownGrants(a Account) []Grant {
	var grants []Grant
	for _, g := range x.subjects.accounts[a.Name] {
		switch x.Matches(a, g.Object, g.Subject) {
		case manifest.True:
			grants = append(grants, g)
		case manifest.Unknown:
			g.Sure = false
			grants = append(grants, g)
		}
	}
	for _, g := range x.subjects.untold {
		g.Sure = false
		grants = append(grants, g)
	}
	return grants
}

// Bound tells whether a binding in view names the account itself, and what the
// first that does gives.
func (x *Index) Bound(a Account) (first Grant, bound manifest.Truth) {
	bound = manifest.False
	for _, g := range x.ownGrants(a) {
		switch x.Matches(a, g.Object, g.Subject) {
		case manifest.True:
			return g, manifest.True
		case manifest.Unknown:
			if g.Subject.At("kind").Str() != "Group" {
				bound = manifest.Unknown
			}
		}
	}
	return Grant{}, bound
}

// Matches tells whether a subject of a binding names the account: by its name,
// or as the user that it is to the API server.
func (x *Index) Matches(a Account, binding *manifest.Object, subject *manifest.Node) manifest.Truth {
	name := subject.At("name")
	if name.Templated() {
		return manifest.Unknown
	}
	switch subject.At("kind").Str() {
	case "ServiceAccount":
		if name.Str() != a.Name {
			return manifest.False
		}
		return x.inNamespace(a, binding, subject.At("namespace"))
	case "User":
		user, _ := strings.CutPrefix(name.Str(), accountUser)
		if namespace, account, ok := strings.Cut(user, ":"); ok && user != name.Str() && account == a.Name {
			return x.scope.SameNamespace(namespace, a.Namespace)
		}
	}
	return manifest.False
}

// inNamespace compares the namespace of a subject. A subject that leaves it
// out is completed by the tools that set namespaces, from the binding.
func (x *Index) inNamespace(a Account, binding *manifest.Object, namespace *manifest.Node) manifest.Truth {
	switch {
	case namespace.Templated():
		return manifest.Unknown
	case namespace.Str() != "":
		return x.scope.SameNamespace(namespace.Str(), a.Namespace)
	case binding.Kind == clusterRoleBinding && a.Namespace != "":
		return manifest.Unknown
	}
	return x.scope.SameNamespace(binding.Namespace, a.Namespace)
}

// RunAs are the pods that run as a subject of a binding which is a service
// account, and those that may.
func (x *Index) RunAs(binding *manifest.Object, subject *manifest.Node) (sure, unsure []*manifest.Pod) {
	name, namespace := subject.At("name").Str(), subject.At("namespace").Str()
	switch subject.At("kind").Str() {
	case "ServiceAccount":
		if namespace == "" && binding.Kind != clusterRoleBinding {
			namespace = binding.Namespace
		}
	case "User":
		user, ok := strings.CutPrefix(name, accountUser)
		if !ok {
			return nil, nil
		}
		namespace, name, _ = strings.Cut(user, ":")
	default:
		return nil, nil
	}
	if name == "" || manifest.IsTemplate(name) {
		return nil, nil
	}
	return x.scope.RunsAs(namespace, name)
}
