package manifest

import "testing"

// TestSetBindings finds bindings by the role that they give, and the roles that
// collect others.
func TestSetBindings(t *testing.T) {
	const text = `{apiVersion: rbac.authorization.k8s.io/v1, kind: RoleBinding, metadata: {name: a, namespace: x}, roleRef: {kind: Role, name: r}}
---
{apiVersion: rbac.authorization.k8s.io/v1, kind: RoleBinding, metadata: {name: b}, roleRef: {kind: ClusterRole, name: r}}
---
{apiVersion: rbac.authorization.k8s.io/v1beta1, kind: ClusterRoleBinding, metadata: {name: c}, roleRef: {kind: ClusterRole, name: r}}
---
{apiVersion: example.com/v1, kind: RoleBinding, metadata: {name: d}, roleRef: {kind: Role, name: r}}
---
{apiVersion: rbac.authorization.k8s.io/v1, kind: ClusterRole, metadata: {name: r}, aggregationRule: {clusterRoleSelectors: [{matchLabels: {a: b}}]}}
---
{apiVersion: rbac.authorization.k8s.io/v1, kind: ClusterRole, metadata: {name: plain}, aggregationRule: {clusterRoleSelectors: []}}
`
	file, err := NewFile("set.yaml", []byte(text))
	if err != nil {
		t.Fatal(err)
	}
	set := &Set{}
	for _, span := range Documents(file) {
		tree, err := Parse(span)
		if err != nil {
			t.Fatal(err)
		}
		object, _ := NewObject(tree.Root, nil)
		set.Documents = append(set.Documents, &Document{Object: object})
	}
	set.Index()
	names := func(objects []*Object) (joined string) {
		for _, o := range objects {
			joined += o.Name + " "
		}
		return joined
	}
	if got := names(set.Bindings("Role", "r")); got != "a " {
		t.Errorf("the Role is bound by %q, want a", got)
	}
	if got := names(set.Bindings("ClusterRole", "r")); got != "b c " {
		t.Errorf("the ClusterRole is bound by %q, want b and c", got)
	}
	if got := names(set.Aggregates()); got != "r " {
		t.Errorf("roles that collect others are %q, want r", got)
	}
}
