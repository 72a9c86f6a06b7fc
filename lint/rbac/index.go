package rbac

import (
	"slices"

	"github.com/seaworthy-lint/seaworthy/lint/manifest"
	"github.com/seaworthy-lint/seaworthy/lint/scope"
)

const (
	clusterRole        = "ClusterRole"
	clusterRoleBinding = "ClusterRoleBinding"
)

// Index holds the roles and bindings of a set, each resolved once.
type Index struct {
	scope    *scope.Scope
	all      []*Role
	roles    map[roleName][]*Role
	byObject map[*manifest.Object]*Role
	bindings []*Binding
	named    map[roleName][]*Binding
	subjects *subjects
}

type roleName struct{ kind, name string }

// Role is a role in view, or one that every cluster has.
type Role struct {
	Kind, Name string
	// Object is nil for a role that is not in view.
	Object *manifest.Object
	// Rules are what it allows, with those of the roles that it aggregates.
	Rules []Rule
	// Complete is false when some of the rules cannot be told.
	Complete bool

	labels    *manifest.Node
	selectors []*manifest.Node // of the roles that it aggregates
	wholes    []*Role          // those that aggregate it
	// What it takes over where it is bound in a namespace, and in the cluster.
	takesOver [2]func() bool
	powers    [2]func() []Power
	holders   func() Holders
}

// Binding gives a role to subjects.
type Binding struct {
	Object *manifest.Object
	// Role is what it gives; its Object is nil and it is not Complete where the
	// role is not in view and nothing is known of it.
	Role *Role
	// ClusterWide tells that the rules hold in every namespace and for what has
	// none.
	ClusterWide bool
}

// Subjects are those that it gives the role to.
func (b *Binding) Subjects() []*manifest.Node { return b.Object.At("subjects").Items() }

// Of is the index of a set. Several goroutines may use it at once.
func Of(set *manifest.Set) *Index {
	return manifest.Derived(set, func(set *manifest.Set) *Index {
		x := &Index{scope: scope.Of(set), roles: map[roleName][]*Role{}, byObject: map[*manifest.Object]*Role{}, named: map[roleName][]*Binding{}}
		x.addRoles(set)
		x.aggregate()
		x.addBindings(set)
		x.subjects = x.newSubjects()
		return x
	})
}

func (x *Index) addRoles(set *manifest.Set) {
	for _, kind := range []string{"Role", clusterRole} {
		for _, o := range set.OfKind(Group, kind) {
			role := &Role{Kind: kind, Name: o.Name, Object: o, labels: o.At("metadata", "labels")}
			if kind == clusterRole {
				role.selectors = o.At("aggregationRule", "clusterRoleSelectors").Items()
			}
			if len(role.selectors) == 0 {
				role.Rules, role.Complete = RulesIn(o)
			}
			x.addRole(role)
		}
	}
	for _, role := range newBuiltins() {
		if len(x.roles[roleName{clusterRole, role.Name}]) == 0 {
			x.addRole(role)
		}
	}
}

func (x *Index) addRole(role *Role) {
	key := roleName{role.Kind, role.Name}
	x.all, x.roles[key] = append(x.all, role), append(x.roles[key], role)
	role.judge(x)
	if role.Object != nil {
		x.byObject[role.Object] = role
	}
}

func (x *Index) addBindings(set *manifest.Set) {
	for _, kind := range []string{"RoleBinding", clusterRoleBinding} {
		for _, o := range set.OfKind(Group, kind) {
			ref := o.At("roleRef")
			key := roleName{ref.At("kind").Str(), ref.At("name").Str()}
			b := &Binding{Object: o, ClusterWide: kind == clusterRoleBinding, Role: x.resolve(key, ref, o.Namespace)}
			x.bindings, x.named[key] = append(x.bindings, b), append(x.named[key], b)
		}
	}
}

// resolve finds the role that a binding in a namespace refers to.
func (x *Index) resolve(key roleName, ref *manifest.Node, namespace string) *Role {
	if !ref.At("name").Templated() {
		for _, role := range x.roles[key] {
			if key.kind == clusterRole || x.scope.NamespaceOf(role.Object) == x.scope.Resolve(namespace) {
				return role
			}
		}
	}
	known := key.kind == "Role" && namespace == "kube-system" && key.name == AuthenticationReader
	role := &Role{Kind: key.kind, Name: key.name, Complete: known}
	role.judge(x)
	return role
}

// RoleOf is the role that an object of the set is; nil for other objects.
func (x *Index) RoleOf(o *manifest.Object) *Role { return x.byObject[o] }

// Given is the role that a binding gives, one of OpenShift's group too. It is
// not Complete where nothing is known of the role.
func (x *Index) Given(binding *manifest.Object) *Role {
	ref := binding.At("roleRef")
	key := roleName{ref.At("kind").Str(), ref.At("name").Str()}
	return x.resolve(key, ref, binding.Namespace)
}

// isPowerful tells whether a role is one that must not be handed on: by its
// name, or by what it allows where it is in view.
func (x *Index) isPowerful(name string, clusterWide bool) bool {
	return isAdminRole(name) || slices.ContainsFunc(slices.Concat(x.roles[roleName{clusterRole, name}], x.roles[roleName{"Role", name}]),
		func(role *Role) bool { return role.takesOver[extent(clusterWide)]() })
}

// extent is the index of what is kept for a namespace and for the cluster.
func extent(clusterWide bool) int {
	if clusterWide {
		return 1
	}
	return 0
}

// Holders tell who holds a role by the bindings in view.
type Holders struct {
	Bindings []*Binding
	// ClusterWide tells that the role holds in every namespace and for what has
	// none, or would if it were bound.
	ClusterWide bool
	// HandedOn tells that a label adds the role to one that every cluster has,
	// and nothing else gives it to anybody.
	HandedOn bool
}

// None tells that nothing in view gives the role to anybody.
func (h Holders) None() bool { return len(h.Bindings) == 0 }

// Holders are who holds a role in view, by itself or through the roles that
// aggregate it. What it adds to admin, edit and view is not counted: it is the
// label that gives it to all who hold those.
func (x *Index) Holders(role *Role) Holders { return role.holders() }

func (x *Index) holdersOf(role *Role) Holders {
	h := Holders{Bindings: x.bindingsOf(role, map[*Role]bool{})}
	h.ClusterWide = role.Kind == clusterRole && (h.None() || slices.ContainsFunc(h.Bindings, func(b *Binding) bool { return b.ClusterWide }))
	h.HandedOn = h.None() && role.Object != nil && AggregationLabel(role.Object, "admin", "edit", "view") != nil
	return h
}

func (x *Index) bindingsOf(role *Role, seen map[*Role]bool) []*Binding {
	if seen[role] {
		return nil
	}
	seen[role] = true
	var found []*Binding
	for _, b := range x.named[roleName{role.Kind, role.Name}] {
		if x.binds(b, role) {
			found = append(found, b)
		}
	}
	for _, whole := range role.wholes {
		if whole.collectsForTenants() {
			continue
		}
		found = append(found, x.bindingsOf(whole, seen)...)
	}
	return found
}

// collectsForTenants tells whether the role is one of those that every cluster
// has for the users of its namespaces.
func (r *Role) collectsForTenants() bool {
	return r.Name == "admin" || r.Name == "edit" || r.Name == "view"
}

// binds tells whether a binding that names the role gives it to anybody.
func (x *Index) binds(b *Binding, role *Role) bool {
	if len(b.Subjects()) == 0 {
		return false
	}
	return role.Kind == clusterRole || !b.ClusterWide && x.scope.SameNamespace(b.Object.Namespace, role.Object.Namespace) != manifest.False
}
