package rbac_test

import (
	"fmt"
	"testing"

	"github.com/seaworthy-lint/seaworthy/lint/linttest"
	"github.com/seaworthy-lint/seaworthy/lint/manifest"
	"github.com/seaworthy-lint/seaworthy/lint/rbac"
)

// TestBuiltinRoles asks what the roles of every cluster allow that a binding in
// view gives, and no manifest holds.
func TestBuiltinRoles(t *testing.T) {
	const (
		everywhere = "ClusterRoleBinding"
		here       = "RoleBinding"
	)
	for _, test := range []struct {
		role, binding string
		request       rbac.Request
		want          manifest.Truth
	}{
		{"cluster-admin", everywhere, rbac.Request{Verb: "escalate", Group: rbac.Group, Resource: "clusterroles"}, manifest.True},
		{"cluster-admin", everywhere, rbac.Request{Verb: "get", URL: "/metrics"}, manifest.True},
		{"cluster-admin", here, rbac.Request{Verb: "get", URL: "/metrics"}, manifest.False},
		{"cluster-admin", here, rbac.Request{Verb: "get", Resource: "nodes"}, manifest.False},
		{"cluster-admin", here, rbac.Request{Verb: "get", Resource: "secrets", Namespace: "shop"}, manifest.True},
		{"cluster-admin", here, rbac.Request{Verb: "get", Resource: "secrets", Namespace: "other"}, manifest.False},
		{"admin", here, rbac.Request{Verb: "create", Group: rbac.Group, Resource: "rolebindings", Namespace: "shop"}, manifest.True},
		{"admin", here, rbac.Request{Verb: "create", Resource: "pods/exec", Namespace: "shop"}, manifest.True},
		{"admin", here, rbac.Request{Verb: "get", Resource: "pods/log", Namespace: "shop"}, manifest.True},
		{"edit", here, rbac.Request{Verb: "create", Group: rbac.Group, Resource: "rolebindings", Namespace: "shop"}, manifest.False},
		{"edit", here, rbac.Request{Verb: "impersonate", Resource: "serviceaccounts", Namespace: "shop"}, manifest.True},
		{"edit", here, rbac.Request{Verb: "list", Group: "apps", Resource: "deployments", Namespace: "shop"}, manifest.True},
		{"edit", here, rbac.Request{Verb: "patch", Resource: "pods/ephemeralcontainers", Namespace: "shop"}, manifest.False},
		{"view", everywhere, rbac.Request{Verb: "list", Resource: "pods"}, manifest.True},
		{"view", everywhere, rbac.Request{Verb: "get", Resource: "secrets", Namespace: "shop"}, manifest.False},
		{"view", everywhere, rbac.Request{Verb: "create", Resource: "pods", Namespace: "shop"}, manifest.False},
		{"view", everywhere, rbac.Request{Verb: "get", Group: "shop.example.com", Resource: "carts", Namespace: "shop"}, manifest.True},
		{"edit", here, rbac.Request{Verb: "get", Group: "shop.example.com", Resource: "carts", Namespace: "shop"}, manifest.True},
		{"system:kubelet-api-admin", everywhere, rbac.Request{Verb: "create", Resource: "nodes/proxy"}, manifest.True},
		{"system:auth-delegator", everywhere, rbac.Request{Verb: "get", Resource: "secrets", Namespace: "shop"}, manifest.False},
	} {
		text := fmt.Sprintf(`{apiVersion: v1, kind: Pod, metadata: {name: web, namespace: shop}, spec: {serviceAccountName: web, containers: [{name: web}]}}
---
{apiVersion: rbac.authorization.k8s.io/v1, kind: ClusterRole, metadata: {name: carts, labels: {rbac.authorization.k8s.io/aggregate-to-view: "true"}},
 rules: [{apiGroups: [shop.example.com], resources: [carts], verbs: [get]}]}
---
{apiVersion: rbac.authorization.k8s.io/v1, kind: %s, metadata: {name: web, namespace: shop}, roleRef: {kind: ClusterRole, name: %q},
 subjects: [{kind: ServiceAccount, name: web, namespace: shop}]}
`, test.binding, test.role)
		set := linttest.Load(t, "x.yaml", []byte(text))
		set.Index()
		index := rbac.Of(set)
		grants := index.Grants(index.AccountOf(set.OfKind("", "Pod")[0].Pods()[0]))
		if len(grants) != 1 || !grants[0].Sure {
			t.Fatalf("%s by %s: grants %v, want one that is sure", test.role, test.binding, grants)
		}
		if got := grants[0].Allows(index, test.request); got != test.want {
			t.Errorf("%s by %s: %+v is allowed: %v, want %v", test.role, test.binding, test.request, got, test.want)
		}
	}
}

// TestUnresolved tells grants of which not everything is known from those that
// are sure.
func TestUnresolved(t *testing.T) {
	for name, test := range map[string]struct {
		others string
		sure   bool
	}{
		"role out of view": {`{apiVersion: rbac.authorization.k8s.io/v1, kind: RoleBinding, metadata: {name: b, namespace: shop}, roleRef: {kind: Role, name: r}, subjects: [{kind: ServiceAccount, name: web}]}`, false},
		"role of another namespace": {`{apiVersion: rbac.authorization.k8s.io/v1, kind: RoleBinding, metadata: {name: b, namespace: shop}, roleRef: {kind: Role, name: r}, subjects: [{kind: ServiceAccount, name: web}]}
---
{apiVersion: rbac.authorization.k8s.io/v1, kind: Role, metadata: {name: r, namespace: other}, rules: []}`, false},
		"templated rule": {`{apiVersion: rbac.authorization.k8s.io/v1, kind: RoleBinding, metadata: {name: b, namespace: shop}, roleRef: {kind: Role, name: r}, subjects: [{kind: ServiceAccount, name: web}]}
---
{apiVersion: rbac.authorization.k8s.io/v1, kind: Role, metadata: {name: r, namespace: shop}, rules: [{verbs: ["${VERBS}"]}]}`, false},
		"templated subject": {`{apiVersion: rbac.authorization.k8s.io/v1, kind: ClusterRoleBinding, metadata: {name: b}, roleRef: {kind: ClusterRole, name: view}, subjects: [{kind: ServiceAccount, name: "${NAME}"}]}`, false},
		"parts of a role out of view": {`{apiVersion: rbac.authorization.k8s.io/v1, kind: ClusterRoleBinding, metadata: {name: b}, roleRef: {kind: ClusterRole, name: r}, subjects: [{kind: ServiceAccount, name: web, namespace: shop}]}
---
{apiVersion: rbac.authorization.k8s.io/v1, kind: ClusterRole, metadata: {name: r}, aggregationRule: {clusterRoleSelectors: [{matchLabels: {a: b}}]}}`, false},
		"known role of the system":   {`{apiVersion: rbac.authorization.k8s.io/v1, kind: ClusterRoleBinding, metadata: {name: b}, roleRef: {kind: ClusterRole, name: "system:discovery"}, subjects: [{kind: Group, name: "system:serviceaccounts"}]}`, true},
		"unknown role of the system": {`{apiVersion: rbac.authorization.k8s.io/v1, kind: ClusterRoleBinding, metadata: {name: b}, roleRef: {kind: ClusterRole, name: "system:openshift:x"}, subjects: [{kind: Group, name: "system:serviceaccounts:shop"}]}`, false},
	} {
		text := `{apiVersion: v1, kind: Pod, metadata: {name: web, namespace: shop}, spec: {serviceAccountName: web, containers: [{name: web}]}}` + "\n---\n" + test.others + "\n"
		set := linttest.Load(t, "x.yaml", []byte(text))
		set.Index()
		index := rbac.Of(set)
		account := index.AccountOf(set.OfKind("", "Pod")[0].Pods()[0])
		grants := index.Grants(account)
		if len(grants) != 1 || grants[0].Sure != test.sure {
			t.Errorf("%s: grants %v, want one that is sure: %t", name, grants, test.sure)
		}
		if powers, unsure := index.Powers(account, 37); len(powers) > 0 || unsure == test.sure {
			t.Errorf("%s: powers %v, unsure: %t", name, powers, unsure)
		}
	}
}
