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

func TestID(t *testing.T) {
	for want, text := range map[string]string{
		"apps/v1/Deployment/shop/web":                 "{apiVersion: apps/v1, kind: Deployment, metadata: {name: web, namespace: shop}}",
		"v1/Namespace/shop":                           "{apiVersion: v1, kind: Namespace, metadata: {name: shop}}",
		"kubeadm.k8s.io/v1beta4/ClusterConfiguration": "{apiVersion: kubeadm.k8s.io/v1beta4, kind: ClusterConfiguration}",
	} {
		if got := Read("x.yaml", []byte(text), nil)[0].Object.ID(); got != want {
			t.Errorf("%s is named %q", text, got)
		}
	}
}
