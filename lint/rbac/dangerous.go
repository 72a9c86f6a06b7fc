package rbac

import "slices"

// The tables of dangerous permissions, the worst of each first. They follow
// "Role Based Access Control Good Practices" of the Kubernetes documentation.

var (
	// WriteVerbs send an object to the API server.
	WriteVerbs = []string{"create", "update", "patch"}
	// ChangeVerbs change what is stored.
	ChangeVerbs = []string{"create", "update", "patch", "delete"}
	// StandardVerbs are what there is to do with most resources; deletecollection
	// adds nothing to delete but speed.
	StandardVerbs = []string{"get", "list", "watch", "create", "update", "patch", "delete"}
)

const (
	appsGroup      = "apps"
	batchGroup     = "batch"
	admissionGroup = "admissionregistration.k8s.io"
	identityGroup  = "authentication.k8s.io"
	csrGroup       = "certificates.k8s.io"
)

var (
	coreControllers  = []string{"pods", "replicationcontrollers"}
	appsControllers  = []string{"deployments", "daemonsets", "statefulsets", "replicasets"}
	batchControllers = []string{"jobs", "cronjobs"}
)

// ReadSecrets is the effect of reading them: it takes what is in them, and
// nothing else by itself.
const ReadSecrets = "read Secrets"

var secretReads = Table{
	{Effect: ReadSecrets, Resources: []string{"secrets"}, Verbs: []string{"get", "list", "watch"}},
}

// SecretAccess is reading and writing Secrets.
var SecretAccess = append(slices.Clip(secretReads),
	Permission{Effect: "write Secrets", Resources: []string{"secrets"}, Verbs: WriteVerbs},
)

// WorkloadWrites bring pods to run as any account of a namespace.
var WorkloadWrites = Table{
	{Effect: "create or change workloads", Resources: coreControllers, Verbs: WriteVerbs, Names: NamesSoften},
	{Effect: "create or change workloads", Group: appsGroup, Resources: appsControllers, Verbs: WriteVerbs, Names: NamesSoften},
	{Effect: "create or change workloads", Group: batchGroup, Resources: batchControllers, Verbs: WriteVerbs, Names: NamesSoften},
}

// podCommands: the upgrade to a WebSocket is a GET, which asked for no more
// than get until 1.35.
var podCommands = Table{
	{Effect: "run commands in pods", Resources: []string{"pods/exec", "pods/attach"}, Verbs: []string{"create"}},
	{Effect: "run commands in pods", Resources: []string{"pods/exec", "pods/attach"}, Verbs: []string{"get"}, Before: 35},
	{Effect: "add debug containers to pods", Resources: []string{"pods/ephemeralcontainers"}, Verbs: []string{"update", "patch"}},
}

// PodAccess reaches into running pods.
var PodAccess = append(slices.Clip(podCommands),
	Permission{
		Effect: "reach ports of pods that nothing exposes", Resources: []string{"pods/portforward", "pods/proxy", "services/proxy"},
		Verbs: []string{"get", "create"}, Lower: 1,
	},
)

// roleHandouts: bind is asked for in the namespace of the binding, also for a
// ClusterRole.
var roleHandouts = Table{
	{Effect: "bind powerful roles", Group: Group, Resources: []string{"roles", "clusterroles"}, Verbs: []string{"bind"}, Names: NamesOfRoles, ByVerb: true},
	{Effect: "escalate roles", Group: Group, Resources: []string{"roles"}, Verbs: []string{"escalate"}, ByVerb: true},
	{Effect: "escalate roles", Group: Group, Resources: []string{"clusterroles"}, Verbs: []string{"escalate"}, ClusterOnly: true, ByVerb: true},
}

// RoleEscalation hands out permissions, beyond those held by escalate and bind.
var RoleEscalation = append(slices.Clip(roleHandouts),
	Permission{Effect: "hand on the permissions that it has", Group: Group, Resources: []string{"roles", "rolebindings"}, Verbs: WriteVerbs, Lower: 2},
	Permission{
		Effect: "hand on the permissions that it has", Group: Group, Resources: []string{"clusterroles", "clusterrolebindings"},
		Verbs: WriteVerbs, ClusterOnly: true, Lower: 2,
	},
)

var identityTakeovers = Table{
	{Effect: "impersonate others", Resources: []string{"users", "groups"}, Verbs: []string{"impersonate"}, ClusterOnly: true, Names: NamesOfIdentities, ByVerb: true},
	{Effect: "impersonate service accounts", Resources: []string{"serviceaccounts"}, Verbs: []string{"impersonate"}, ByVerb: true},
}

// Impersonation is acting as somebody else. The verbs of constrained
// impersonation are on by default from 1.36 (KEP-5284): with them a holder does
// no more as another than the verbs impersonate-on allow it.
var Impersonation = append(slices.Clip(identityTakeovers),
	Permission{Effect: "impersonate others", Group: identityGroup, Resources: []string{"uids", "userextras/*"}, Verbs: []string{"impersonate"}, ClusterOnly: true, ByVerb: true},
	Permission{
		Effect: "impersonate others", Group: identityGroup, Resources: []string{"users", "groups", "uids", "userextras/*"},
		Verbs: []string{"impersonate:user-info"}, ClusterOnly: true, Names: NamesOfIdentities, Since: 36, ByVerb: true,
	},
	Permission{
		Effect: "impersonate service accounts", Group: identityGroup, Resources: []string{"serviceaccounts"},
		Verbs: []string{"impersonate:serviceaccount"}, Since: 36, ByVerb: true,
	},
	Permission{
		Effect: "impersonate nodes", Group: identityGroup, Resources: []string{"nodes"},
		Verbs: []string{"impersonate:arbitrary-node"}, ClusterOnly: true, Since: 36, ByVerb: true,
	},
)

// NodeProxy is the way to the kubelet through the API server.
var NodeProxy = Table{
	{Effect: "reach the kubelet through nodes/proxy", Resources: []string{"nodes/proxy"}, ClusterOnly: true, Names: NamesIgnored},
}

// TokenCreation mints tokens.
var TokenCreation = Table{
	{Effect: "create tokens of service accounts", Resources: []string{"serviceaccounts/token"}, Verbs: []string{"create"}},
}

// VolumeCreation reaches the files of nodes through claims.
var VolumeCreation = Table{
	{Effect: "create volumes on host paths", Resources: []string{"persistentvolumes"}, Verbs: []string{"create"}, ClusterOnly: true},
}

// CertificateApproval and SignerApproval are both asked for to approve a
// certificate request: that of the request, and that of its signer.
var (
	CertificateApproval = Table{{
		Effect: "approve client certificates", Group: csrGroup, Resources: []string{"certificatesigningrequests/approval"},
		Verbs: []string{"update", "patch"}, ClusterOnly: true,
	}}
	SignerApproval = Table{{
		Effect: "approve for signers", Group: csrGroup, Resources: []string{"signers"}, Verbs: []string{"approve"},
		ClusterOnly: true, Names: NamesOfSigners,
	}}
)

// AdmissionWrites steer what is admitted: a webhook configuration can be
// rewritten to see every object, whatever it is called.
var AdmissionWrites = Table{
	{
		Effect: "change admission control", Group: admissionGroup, Verbs: append([]string{"deletecollection"}, ChangeVerbs...),
		Resources: []string{
			"mutatingwebhookconfigurations", "validatingwebhookconfigurations", "mutatingadmissionpolicies",
			"mutatingadmissionpolicybindings", "validatingadmissionpolicies", "validatingadmissionpolicybindings",
		},
		ClusterOnly: true, Names: NamesSoften,
	},
	{
		Effect: "change admission control", Group: "kyverno.io", Resources: []string{"clusterpolicies"},
		Verbs: append([]string{"deletecollection"}, ChangeVerbs...), ClusterOnly: true, Names: NamesSoften, Controllers: []string{"kyverno"},
	},
	{
		Effect: "change admission control", Group: "kyverno.io", Resources: []string{"policies", "policyexceptions"},
		Verbs: append([]string{"deletecollection"}, ChangeVerbs...), Names: NamesSoften, Controllers: []string{"kyverno"},
	},
	{
		Effect: "change admission control", Group: "policies.kyverno.io",
		Resources: []string{"validatingpolicies", "mutatingpolicies", "generatingpolicies", "imagevalidatingpolicies"},
		Verbs:     append([]string{"deletecollection"}, ChangeVerbs...), ClusterOnly: true, Names: NamesSoften, Controllers: []string{"kyverno"},
	},
	{
		Effect: "change admission control", Group: "policies.kyverno.io", Resources: []string{"policyexceptions"},
		Verbs: append([]string{"deletecollection"}, ChangeVerbs...), Names: NamesSoften, Controllers: []string{"kyverno"},
	},
	{
		Effect: "change admission control", Group: "constraints.gatekeeper.sh", Verbs: append([]string{"deletecollection"}, ChangeVerbs...),
		ClusterOnly: true, Names: NamesSoften, Controllers: []string{"gatekeeper"},
	},
}

// IndirectAdmin steers controllers with wide rights, and admission. The API
// server takes a namespace for being in itself, so that a Role allows to change
// its own, not to create others.
var IndirectAdmin = Table{
	{
		Effect: "deploy through Argo CD", Group: "argoproj.io", Resources: []string{"applications", "applicationsets", "appprojects"},
		Verbs: WriteVerbs, Names: NamesSoften, Controllers: []string{"argocd", "argo-cd", "argo-cd-argocd", "openshift-gitops"},
	},
	{
		Effect: "deploy through Flux", Group: "kustomize.toolkit.fluxcd.io", Resources: []string{"kustomizations"},
		Verbs: WriteVerbs, Names: NamesSoften, Controllers: fluxControllers,
	},
	{
		Effect: "deploy through Flux", Group: "helm.toolkit.fluxcd.io", Resources: []string{"helmreleases"},
		Verbs: WriteVerbs, Names: NamesSoften, Controllers: fluxControllers,
	},
	{
		Effect: "deploy through Flux", Group: "source.toolkit.fluxcd.io", Resources: []string{"gitrepositories"},
		Verbs: WriteVerbs, Names: NamesSoften, Controllers: fluxControllers,
	},
	{
		Effect: "deploy through the Helm controller", Group: "helm.cattle.io", Resources: []string{"helmcharts"},
		Verbs: WriteVerbs, Names: NamesSoften, Controllers: []string{"helm-controller", "k3s", "rke2"},
	},
	{
		Effect: "read a store's secrets through External Secrets", Group: "external-secrets.io", Resources: []string{"clustersecretstores"},
		Verbs: WriteVerbs, ClusterOnly: true, Names: NamesSoften, Controllers: []string{"external-secrets"},
	},
	{
		Effect: "install operators", Group: "operators.coreos.com", Resources: []string{"subscriptions"},
		Verbs: WriteVerbs, Names: NamesSoften, Controllers: []string{"olm-operator"},
	},
	{Effect: "change the labels that admission checks go by", Resources: []string{"namespaces"}, Verbs: []string{"update", "patch"}, Names: NamesSoften},
	{Effect: "create namespaces with labels of its choice", Resources: []string{"namespaces"}, Verbs: []string{"create"}, ClusterOnly: true},
	{
		Effect: "run privileged pods", Group: "security.openshift.io", Resources: []string{"securitycontextconstraints"},
		Verbs: []string{"use"}, Names: NamesOfConstraints,
	},
}

var fluxControllers = []string{
	"flux", "kustomize-controller", "helm-controller", "source-controller", "image-automation-controller", "notification-controller",
}

// InfrastructureWrites move pods and traffic.
var InfrastructureWrites = Table{
	{Effect: "move pods between nodes", Resources: []string{"nodes", "nodes/status"}, Verbs: ChangeVerbs, ClusterOnly: true},
	{Effect: "redirect traffic", Resources: []string{"pods/status", "services/status"}, Verbs: ChangeVerbs},
	{Effect: "redirect traffic", Resources: []string{"services", "endpoints"}, Verbs: ChangeVerbs, Lower: 1},
	{Effect: "redirect traffic", Group: "networking.k8s.io", Resources: []string{"networkpolicies", "ingresses"}, Verbs: ChangeVerbs, Lower: 1},
	{Effect: "redirect traffic", Group: "discovery.k8s.io", Resources: []string{"endpointslices"}, Verbs: ChangeVerbs, Lower: 1},
	{
		Effect: "redirect traffic", Group: "gateway.networking.k8s.io", Verbs: ChangeVerbs, Lower: 1,
		Resources: []string{"gateways", "httproutes", "grpcroutes", "tlsroutes", "tcproutes", "udproutes"},
	},
}

// TraceDeletes hide what was done.
var TraceDeletes = Table{
	{Effect: "remove traces", Resources: []string{"events", "pods/log"}, Verbs: []string{"delete", "deletecollection"}, Lower: -1},
	{Effect: "remove traces", Group: "events.k8s.io", Resources: []string{"events"}, Verbs: []string{"delete", "deletecollection"}, Lower: -1},
}

// MassDeletes empty a namespace in one request.
var MassDeletes = Table{
	{
		Effect: "delete many at once", Verbs: []string{"deletecollection"},
		Resources: slices.Concat(coreControllers, []string{"secrets", "services", "namespaces", "persistentvolumeclaims"}),
	},
	{Effect: "delete many at once", Group: appsGroup, Resources: appsControllers, Verbs: []string{"deletecollection"}},
	{Effect: "delete many at once", Group: batchGroup, Resources: batchControllers, Verbs: []string{"deletecollection"}},
}

// ConfigMapWrites are harmless but for the ConfigMaps that configure the cluster.
var ConfigMapWrites = Table{
	{Effect: "change ConfigMaps", Resources: []string{"configmaps"}, Verbs: WriteVerbs},
}

// clusterWrites are what a role for the tenants of namespaces must not change.
var clusterWrites = Table{
	{
		Effect: "change nodes, volumes and namespaces of the cluster", Resources: []string{"nodes", "nodes/status", "persistentvolumes", "namespaces"},
		Verbs: ChangeVerbs, ClusterOnly: true,
	},
	{Effect: "change roles of the cluster", Group: Group, Resources: []string{"clusterroles", "clusterrolebindings"}, Verbs: ChangeVerbs, ClusterOnly: true},
	{
		Effect: "change the APIs of the cluster", Group: "apiextensions.k8s.io", Resources: []string{"customresourcedefinitions"},
		Verbs: ChangeVerbs, ClusterOnly: true,
	},
	{Effect: "change the APIs of the cluster", Group: "apiregistration.k8s.io", Resources: []string{"apiservices"}, Verbs: ChangeVerbs, ClusterOnly: true},
	{
		Effect: "change classes of the cluster", Group: "storage.k8s.io", Resources: []string{"storageclasses", "csidrivers", "csinodes", "volumeattachments"},
		Verbs: ChangeVerbs, ClusterOnly: true,
	},
	{Effect: "change classes of the cluster", Group: "scheduling.k8s.io", Resources: []string{"priorityclasses"}, Verbs: ChangeVerbs, ClusterOnly: true},
	{Effect: "change classes of the cluster", Group: "node.k8s.io", Resources: []string{"runtimeclasses"}, Verbs: ChangeVerbs, ClusterOnly: true},
	{
		Effect: "change the fairness of the API server", Group: "flowcontrol.apiserver.k8s.io",
		Resources: []string{"flowschemas", "prioritylevelconfigurations"}, Verbs: ChangeVerbs, ClusterOnly: true,
	},
}

// TenantEscalation is what neither edit nor admin have, ViewEscalation what
// view has not either.
var (
	TenantEscalation = slices.Concat(roleHandouts, identityTakeovers[:1], NodeProxy, CertificateApproval, AdmissionWrites, clusterWrites)
	ViewEscalation   = slices.Concat(SecretAccess, podCommands, identityTakeovers[1:], TokenCreation, TenantEscalation)
)
