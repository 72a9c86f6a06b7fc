package rules

import "strings"

// builtinRole is what a role that every cluster has allows, as far as it
// matters for taking over a namespace or the cluster
// (plugin/pkg/auth/authorizer/rbac/bootstrappolicy of Kubernetes).
type builtinRole struct {
	names []string
	rules []grantedRule
}

var builtinRoles = []builtinRole{
	{names: []string{"cluster-admin"}, rules: []grantedRule{
		{groups: []string{"*"}, resources: []string{"*"}, verbs: []string{"*"}},
	}},
	{names: []string{"admin", "edit", "system:aggregate-to-admin", "system:aggregate-to-edit"}, rules: []grantedRule{
		{groups: []string{""}, resources: []string{"secrets"}, verbs: []string{"get", "list", "watch", "create", "update", "patch", "delete"}},
		{groups: []string{""}, resources: []string{"pods", "replicationcontrollers"}, verbs: []string{"create", "update", "patch", "delete"}},
		{groups: []string{""}, resources: []string{"pods/exec", "pods/attach", "pods/portforward", "pods/proxy"}, verbs: []string{"get", "create"}},
		{groups: []string{"apps"}, resources: []string{"deployments", "daemonsets", "statefulsets", "replicasets"}, verbs: []string{"create", "update", "patch", "delete"}},
		{groups: []string{"batch"}, resources: []string{"jobs", "cronjobs"}, verbs: []string{"create", "update", "patch", "delete"}},
		{groups: []string{""}, resources: []string{"serviceaccounts"}, verbs: []string{"impersonate"}},
		{groups: []string{""}, resources: []string{"serviceaccounts/token"}, verbs: []string{"create"}},
	}},
	{names: []string{"system:node"}, rules: []grantedRule{
		{groups: []string{""}, resources: []string{"secrets"}, verbs: []string{"get", "list", "watch"}},
		{groups: []string{""}, resources: []string{"pods"}, verbs: []string{"create"}},
		{groups: []string{""}, resources: []string{"serviceaccounts/token"}, verbs: []string{"create"}},
	}},
	{names: []string{"system:kube-controller-manager"}, rules: []grantedRule{
		{groups: []string{"*"}, resources: []string{"*"}, verbs: []string{"list", "watch"}},
		{groups: []string{""}, resources: []string{"secrets"}, verbs: []string{"get", "create", "update"}},
		{groups: []string{""}, resources: []string{"serviceaccounts/token"}, verbs: []string{"create"}},
	}},
	{names: []string{"system:kubelet-api-admin"}, rules: []grantedRule{
		{groups: []string{""}, resources: []string{"nodes/proxy"}, verbs: []string{"*"}},
	}},
	{names: []string{"system:persistent-volume-provisioner"}, rules: []grantedRule{
		{groups: []string{""}, resources: []string{"persistentvolumes"}, verbs: []string{"create", "delete"}},
	}},
	// What these allow takes nothing over.
	{names: []string{
		"view", "system:aggregate-to-view", "system:auth-delegator", "system:basic-user", "system:discovery", "system:heapster",
		"system:kube-dns", "system:kube-scheduler", "system:monitoring", "system:node-bootstrapper", "system:node-problem-detector",
		"system:node-proxier", "system:public-info-viewer", "system:service-account-issuer-discovery", "system:volume-scheduler",
	}},
}

// authenticationReader is the Role of kube-system with which extension API
// servers read one ConfigMap, and nothing else.
const authenticationReader = "extension-apiserver-authentication-reader"

// builtinRules are the rules of a ClusterRole that every cluster has; known is
// false for any other.
func builtinRules(name string) (rules []grantedRule, known bool) {
	for _, role := range builtinRoles {
		for _, n := range role.names {
			if n == name {
				return role.rules, true
			}
		}
	}
	return nil, false
}

// isAdminRole tells whether a role's or group's name alone tells of power
// that must not be handed on.
func isAdminRole(name string) bool {
	return name == "cluster-admin" || name == "admin" || name == "edit" || strings.HasPrefix(name, "system:")
}
