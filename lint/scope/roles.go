package scope

import "github.com/seaworthy-lint/seaworthy/lint/manifest"

// rbacGroup is the API group of roles and bindings.
const rbacGroup = "rbac.authorization.k8s.io"

type roleIndex struct {
	bindings map[nameKey][]*manifest.Object // by the role that they give
	all      []*manifest.Object
	// aggregates are the ClusterRoles that collect the rules of others.
	aggregates []*manifest.Object
}

func (s *Scope) indexRoles() *roleIndex {
	index := &roleIndex{bindings: map[nameKey][]*manifest.Object{}}
	for _, o := range s.Set.Objects() {
		if o.Group() != rbacGroup {
			continue
		}
		switch o.Kind {
		case "RoleBinding", "ClusterRoleBinding":
			ref := o.At("roleRef")
			role := nameKey{kindKey{rbacGroup, ref.At("kind").Str()}, ref.At("name").Str()}
			index.bindings[role] = append(index.bindings[role], o)
			index.all = append(index.all, o)
		case "ClusterRole":
			if len(o.At("aggregationRule", "clusterRoleSelectors").Items()) > 0 {
				index.aggregates = append(index.aggregates, o)
			}
		}
	}
	return index
}

// Bindings are the bindings that give a Role or ClusterRole of that name, in
// all namespaces.
func (s *Scope) Bindings(kind, role string) []*manifest.Object {
	return s.roles().bindings[nameKey{kindKey{rbacGroup, kind}, role}]
}

// AllBindings are the RoleBindings and ClusterRoleBindings of the scope.
func (s *Scope) AllBindings() []*manifest.Object { return s.roles().all }

// Aggregates are the ClusterRoles that collect the rules of others.
func (s *Scope) Aggregates() []*manifest.Object { return s.roles().aggregates }
