package rbac

import (
	"slices"
	"strings"

	"github.com/seaworthy-lint/seaworthy/lint/manifest"
)

// builtinRole is a ClusterRole that every cluster has: in full for those that
// are given to users, else what matters for taking over a namespace or the
// cluster (plugin/pkg/auth/authorizer/rbac/bootstrappolicy of Kubernetes).
type builtinRole struct {
	names []string
	rules []Rule
	// label adds it to another role; collects is the label of the roles that it
	// is made of.
	label, collects string
}

var (
	readVerbs  = []string{"get", "list", "watch"}
	tenantEdit = append([]string{"deletecollection"}, ChangeVerbs...)
	everyVerb  = slices.Concat(readVerbs, tenantEdit)
)

var builtinRoles = []builtinRole{
	{names: []string{"cluster-admin"}, rules: []Rule{
		{Groups: []string{"*"}, Resources: []string{"*"}, Verbs: []string{"*"}},
		{URLs: []string{"*"}, Verbs: []string{"*"}},
	}},
	{names: []string{"admin"}, collects: "admin"},
	{names: []string{"edit"}, collects: "edit", label: "admin"},
	{names: []string{"view"}, collects: "view", label: "edit"},
	{names: []string{"system:aggregate-to-admin"}, label: "admin", rules: []Rule{
		{Groups: []string{"authorization.k8s.io"}, Resources: []string{"localsubjectaccessreviews"}, Verbs: []string{"create"}},
		{Groups: []string{Group}, Resources: []string{"roles", "rolebindings"}, Verbs: everyVerb},
	}},
	{names: []string{"system:aggregate-to-edit"}, label: "edit", rules: tenantEditRules},
	{names: []string{"system:aggregate-to-view"}, label: "view", rules: tenantViewRules},
	{names: []string{"system:node"}, rules: []Rule{
		{Groups: []string{""}, Resources: []string{"secrets", "configmaps"}, Verbs: readVerbs},
		{Groups: []string{""}, Resources: []string{"pods"}, Verbs: []string{"create", "delete"}},
		{Groups: []string{""}, Resources: []string{"serviceaccounts/token"}, Verbs: []string{"create"}},
	}},
	{names: []string{"system:kube-controller-manager"}, rules: []Rule{
		{Groups: []string{"*"}, Resources: []string{"*"}, Verbs: []string{"list", "watch"}},
		{Groups: []string{""}, Resources: []string{"secrets"}, Verbs: []string{"get", "create", "update", "delete"}},
		{Groups: []string{""}, Resources: []string{"serviceaccounts/token"}, Verbs: []string{"create"}},
	}},
	{names: []string{"system:kubelet-api-admin"}, rules: []Rule{
		{Groups: []string{""}, Resources: []string{"nodes"}, Verbs: []string{"get", "list", "watch", "proxy"}},
		{Groups: []string{""}, Resources: []string{"nodes/proxy", "nodes/log", "nodes/metrics", "nodes/stats"}, Verbs: []string{"*"}},
	}},
	{names: []string{"system:persistent-volume-provisioner"}, rules: []Rule{
		{Groups: []string{""}, Resources: []string{"persistentvolumes"}, Verbs: []string{"get", "list", "watch", "create", "delete"}},
	}},
	{names: []string{"system:certificates.k8s.io:kube-apiserver-client-approver"}, rules: approves("kubernetes.io/kube-apiserver-client")},
	{names: []string{"system:certificates.k8s.io:kube-apiserver-client-kubelet-approver"}, rules: approves("kubernetes.io/kube-apiserver-client-kubelet")},
	{names: []string{"system:certificates.k8s.io:kubelet-serving-approver"}, rules: approves("kubernetes.io/kubelet-serving")},
	// What these allow takes nothing over.
	{names: []string{
		"system:auth-delegator", "system:basic-user", "system:certificates.k8s.io:certificatesigningrequests:nodeclient",
		"system:certificates.k8s.io:certificatesigningrequests:selfnodeclient", "system:certificates.k8s.io:legacy-unknown-approver",
		"system:discovery", "system:heapster", "system:kube-aggregator", "system:kube-dns", "system:kube-scheduler", "system:monitoring",
		"system:node-bootstrapper", "system:node-problem-detector", "system:node-proxier", "system:public-info-viewer",
		"system:service-account-issuer-discovery", "system:volume-scheduler",
	}},
}

var tenantEditRules = []Rule{
	{Groups: []string{""}, Verbs: readVerbs, Resources: []string{
		"pods/attach", "pods/exec", "pods/portforward", "pods/proxy", "secrets", "services/proxy",
	}},
	{Groups: []string{""}, Resources: []string{"serviceaccounts"}, Verbs: []string{"impersonate"}},
	{Groups: []string{""}, Resources: []string{"pods", "pods/attach", "pods/exec", "pods/portforward", "pods/proxy"}, Verbs: tenantEdit},
	{Groups: []string{""}, Resources: []string{"pods/eviction", "serviceaccounts/token"}, Verbs: []string{"create"}},
	{Groups: []string{""}, Verbs: tenantEdit, Resources: []string{
		"configmaps", "events", "persistentvolumeclaims", "replicationcontrollers", "replicationcontrollers/scale", "secrets",
		"serviceaccounts", "services", "services/proxy",
	}},
	{Groups: []string{appsGroup}, Verbs: tenantEdit, Resources: []string{
		"daemonsets", "deployments", "deployments/rollback", "deployments/scale", "replicasets", "replicasets/scale", "statefulsets",
		"statefulsets/scale",
	}},
	{Groups: []string{"autoscaling"}, Resources: []string{"horizontalpodautoscalers"}, Verbs: tenantEdit},
	{Groups: []string{batchGroup}, Resources: []string{"cronjobs", "jobs"}, Verbs: tenantEdit},
	{Groups: []string{"policy"}, Resources: []string{"poddisruptionbudgets"}, Verbs: tenantEdit},
	{Groups: []string{"networking.k8s.io"}, Resources: []string{"ingresses", "networkpolicies"}, Verbs: tenantEdit},
	{Groups: []string{"coordination.k8s.io"}, Resources: []string{"leases"}, Verbs: everyVerb},
}

var tenantViewRules = []Rule{
	{Groups: []string{""}, Verbs: readVerbs, Resources: []string{
		"bindings", "configmaps", "endpoints", "events", "limitranges", "namespaces", "namespaces/status", "persistentvolumeclaims",
		"persistentvolumeclaims/status", "pods", "pods/log", "pods/status", "replicationcontrollers", "replicationcontrollers/scale",
		"replicationcontrollers/status", "resourcequotas", "resourcequotas/status", "serviceaccounts", "services", "services/status",
	}},
	{Groups: []string{"discovery.k8s.io"}, Resources: []string{"endpointslices"}, Verbs: readVerbs},
	{Groups: []string{appsGroup}, Verbs: readVerbs, Resources: []string{
		"controllerrevisions", "daemonsets", "daemonsets/status", "deployments", "deployments/scale", "deployments/status", "replicasets",
		"replicasets/scale", "replicasets/status", "statefulsets", "statefulsets/scale", "statefulsets/status",
	}},
	{Groups: []string{"autoscaling"}, Resources: []string{"horizontalpodautoscalers", "horizontalpodautoscalers/status"}, Verbs: readVerbs},
	{Groups: []string{batchGroup}, Resources: []string{"cronjobs", "cronjobs/status", "jobs", "jobs/status"}, Verbs: readVerbs},
	{Groups: []string{"policy"}, Resources: []string{"poddisruptionbudgets", "poddisruptionbudgets/status"}, Verbs: readVerbs},
	{Groups: []string{"networking.k8s.io"}, Resources: []string{"ingresses", "ingresses/status", "networkpolicies"}, Verbs: readVerbs},
}

// approves is the rule of the roles for approving for one signer.
func approves(signer string) []Rule {
	return []Rule{{Groups: []string{csrGroup}, Resources: []string{"signers"}, Verbs: []string{"approve"}, Names: []string{signer}}}
}

// AuthenticationReader is the Role of kube-system with which extension API
// servers read one ConfigMap, and nothing else.
const AuthenticationReader = "extension-apiserver-authentication-reader"

// newBuiltins makes the roles that every cluster has.
func newBuiltins() []*Role {
	var roles []*Role
	for _, b := range builtinRoles {
		for _, name := range b.names {
			role := &Role{Kind: clusterRole, Name: name, Rules: b.rules, Complete: true}
			role.labels = labelMap("kubernetes.io/bootstrapping", "rbac-defaults")
			if b.label != "" {
				role.labels = labelMap("kubernetes.io/bootstrapping", "rbac-defaults", aggregationKey(b.label), "true")
			}
			if b.collects != "" {
				role.selectors = []*manifest.Node{{Kind: manifest.Map, Kids: []*manifest.Node{labelMap(aggregationKey(b.collects), "true")}}}
				role.selectors[0].Kids[0].Key = "matchLabels"
			}
			roles = append(roles, role)
		}
	}
	return roles
}

func aggregationKey(role string) string { return Group + "/aggregate-to-" + role }

// labelMap is a map of labels, given as keys and values in turn.
func labelMap(pairs ...string) *manifest.Node {
	labels := &manifest.Node{Kind: manifest.Map}
	for pair := range slices.Chunk(pairs, 2) {
		labels.Kids = append(labels.Kids, &manifest.Node{Key: pair[0], Kind: manifest.Scalar, Value: pair[1]})
	}
	return labels
}

// IsBuiltin tells whether every cluster has a ClusterRole of the name. Not all
// that begin with system: are known by name.
func IsBuiltin(name string) bool {
	return strings.HasPrefix(name, "system:") || slices.ContainsFunc(builtinRoles, func(b builtinRole) bool { return slices.Contains(b.names, name) })
}

// isAdminRole tells whether a role's name alone tells of power that must not be
// handed on.
func isAdminRole(name string) bool {
	return name == "cluster-admin" || name == "admin" || name == "edit" || strings.HasPrefix(name, "system:")
}
