package rules

import "slices"

// The tables of dangerous permissions, the worst of each first. They follow
// the good practices for RBAC of the Kubernetes documentation.

var (
	writeVerbs  = []string{"create", "update", "patch"}
	changeVerbs = []string{"create", "update", "patch", "delete"}
	// standardVerbs are what there is to do with most resources; deletecollection
	// adds nothing to delete but speed.
	standardVerbs = []string{"get", "list", "watch", "create", "update", "patch", "delete"}
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

var secretReads = []permission{
	{effect: "read Secrets", resources: []string{"secrets"}, verbs: []string{"get", "list", "watch"}},
}

var secretAccess = append(slices.Clip(secretReads),
	permission{effect: "write Secrets", resources: []string{"secrets"}, verbs: writeVerbs},
)

var workloadWrites = []permission{
	{effect: "create or change workloads", resources: coreControllers, verbs: writeVerbs, named: namesSoften},
	{effect: "create or change workloads", group: appsGroup, resources: appsControllers, verbs: writeVerbs, named: namesSoften},
	{effect: "create or change workloads", group: batchGroup, resources: batchControllers, verbs: writeVerbs, named: namesSoften},
}

// podCommands: the upgrade to a WebSocket is a GET, which asked for no more
// than get until 1.35.
var podCommands = []permission{
	{effect: "run commands in pods", resources: []string{"pods/exec", "pods/attach"}, verbs: []string{"create"}},
	{effect: "run commands in pods", resources: []string{"pods/exec", "pods/attach"}, verbs: []string{"get"}, before: 35},
	{effect: "add debug containers to pods", resources: []string{"pods/ephemeralcontainers"}, verbs: []string{"update", "patch"}},
}

var podAccess = append(slices.Clip(podCommands),
	permission{
		effect: "reach ports of pods that nothing exposes", resources: []string{"pods/portforward", "pods/proxy", "services/proxy"},
		verbs: []string{"get", "create"}, lower: 1,
	},
)

// roleHandouts: bind is asked for in the namespace of the binding, also for a
// ClusterRole.
var roleHandouts = []permission{
	{effect: "bind powerful roles", group: rbacGroup, resources: []string{"roles", "clusterroles"}, verbs: []string{"bind"}, named: namesOfRoles, byVerb: true},
	{effect: "escalate roles", group: rbacGroup, resources: []string{"roles"}, verbs: []string{"escalate"}, byVerb: true},
	{effect: "escalate roles", group: rbacGroup, resources: []string{"clusterroles"}, verbs: []string{"escalate"}, clusterOnly: true, byVerb: true},
}

var roleEscalation = append(slices.Clip(roleHandouts),
	permission{effect: "hand on the permissions that it has", group: rbacGroup, resources: []string{"roles", "rolebindings"}, verbs: writeVerbs, lower: 2},
	permission{
		effect: "hand on the permissions that it has", group: rbacGroup, resources: []string{"clusterroles", "clusterrolebindings"},
		verbs: writeVerbs, clusterOnly: true, lower: 2,
	},
)

var identityTakeovers = []permission{
	{effect: "impersonate others", resources: []string{"users", "groups"}, verbs: []string{"impersonate"}, clusterOnly: true, named: namesOfIdentities, byVerb: true},
	{effect: "impersonate service accounts", resources: []string{"serviceaccounts"}, verbs: []string{"impersonate"}, byVerb: true},
}

// impersonation holds the verbs of constrained impersonation too, which are on
// by default from 1.36 (KEP 5284). With them a holder does no more as another
// than the verbs impersonate-on allow it.
var impersonation = append(slices.Clip(identityTakeovers),
	permission{effect: "impersonate others", group: identityGroup, resources: []string{"uids", "userextras/*"}, verbs: []string{"impersonate"}, clusterOnly: true, byVerb: true},
	permission{
		effect: "impersonate others", group: identityGroup, resources: []string{"users", "groups", "uids", "userextras/*"},
		verbs: []string{"impersonate:user-info"}, clusterOnly: true, named: namesOfIdentities, since: 36, byVerb: true,
	},
	permission{
		effect: "impersonate service accounts", group: identityGroup, resources: []string{"serviceaccounts"},
		verbs: []string{"impersonate:serviceaccount"}, since: 36, byVerb: true,
	},
	permission{
		effect: "impersonate nodes", group: identityGroup, resources: []string{"nodes"},
		verbs: []string{"impersonate:arbitrary-node"}, clusterOnly: true, since: 36, byVerb: true,
	},
)

var nodeProxy = []permission{
	{effect: "reach the kubelet through nodes/proxy", resources: []string{"nodes/proxy"}, clusterOnly: true, named: namesIgnored},
}

var tokenCreation = []permission{
	{effect: "create tokens of service accounts", resources: []string{"serviceaccounts/token"}, verbs: []string{"create"}},
}

var volumeCreation = []permission{
	{effect: "create volumes on host paths", resources: []string{"persistentvolumes"}, verbs: []string{"create"}, clusterOnly: true},
}

// To approve a certificate request takes both: the request and its signer.
var (
	certificateApproval = []permission{{
		effect: "approve client certificates", group: csrGroup, resources: []string{"certificatesigningrequests/approval"},
		verbs: []string{"update", "patch"}, clusterOnly: true,
	}}
	signerApproval = []permission{{
		effect: "approve for signers", group: csrGroup, resources: []string{"signers"}, verbs: []string{"approve"},
		clusterOnly: true, named: namesOfSigners,
	}}
)

// admissionWrites: a webhook configuration can be rewritten to see every
// object, whatever it is called.
var admissionWrites = []permission{
	{
		effect: "change admission control", group: admissionGroup, verbs: append([]string{"deletecollection"}, changeVerbs...),
		resources: []string{
			"mutatingwebhookconfigurations", "validatingwebhookconfigurations", "mutatingadmissionpolicies",
			"mutatingadmissionpolicybindings", "validatingadmissionpolicies", "validatingadmissionpolicybindings",
		},
		clusterOnly: true, named: namesSoften,
	},
	{
		effect: "change admission control", group: "kyverno.io", resources: []string{"clusterpolicies"},
		verbs: append([]string{"deletecollection"}, changeVerbs...), clusterOnly: true, named: namesSoften, controllers: []string{"kyverno"},
	},
	{
		effect: "change admission control", group: "kyverno.io", resources: []string{"policies", "policyexceptions"},
		verbs: append([]string{"deletecollection"}, changeVerbs...), named: namesSoften, controllers: []string{"kyverno"},
	},
	{
		effect: "change admission control", group: "policies.kyverno.io",
		resources: []string{"validatingpolicies", "mutatingpolicies", "generatingpolicies", "imagevalidatingpolicies"},
		verbs:     append([]string{"deletecollection"}, changeVerbs...), clusterOnly: true, named: namesSoften, controllers: []string{"kyverno"},
	},
	{
		effect: "change admission control", group: "policies.kyverno.io", resources: []string{"policyexceptions"},
		verbs: append([]string{"deletecollection"}, changeVerbs...), named: namesSoften, controllers: []string{"kyverno"},
	},
	{
		effect: "change admission control", group: "constraints.gatekeeper.sh", verbs: append([]string{"deletecollection"}, changeVerbs...),
		clusterOnly: true, named: namesSoften, controllers: []string{"gatekeeper"},
	},
}

// indirectAdmin: the API server takes a namespace for being in itself, so that
// a Role allows to change its own, not to create others.
var indirectAdmin = []permission{
	{
		effect: "deploy through Argo CD", group: "argoproj.io", resources: []string{"applications", "applicationsets", "appprojects"},
		verbs: writeVerbs, named: namesSoften, controllers: []string{"argocd", "argo-cd", "argo-cd-argocd", "openshift-gitops"},
	},
	{
		effect: "deploy through Flux", group: "kustomize.toolkit.fluxcd.io", resources: []string{"kustomizations"},
		verbs: writeVerbs, named: namesSoften, controllers: fluxControllers,
	},
	{
		effect: "deploy through Flux", group: "helm.toolkit.fluxcd.io", resources: []string{"helmreleases"},
		verbs: writeVerbs, named: namesSoften, controllers: fluxControllers,
	},
	{
		effect: "deploy through Flux", group: "source.toolkit.fluxcd.io", resources: []string{"gitrepositories"},
		verbs: writeVerbs, named: namesSoften, controllers: fluxControllers,
	},
	{
		effect: "deploy through the Helm controller", group: "helm.cattle.io", resources: []string{"helmcharts"},
		verbs: writeVerbs, named: namesSoften, controllers: []string{"helm-controller", "k3s", "rke2"},
	},
	{
		effect: "read a store's secrets through External Secrets", group: "external-secrets.io", resources: []string{"clustersecretstores"},
		verbs: writeVerbs, clusterOnly: true, named: namesSoften, controllers: []string{"external-secrets"},
	},
	{
		effect: "install operators", group: "operators.coreos.com", resources: []string{"subscriptions"},
		verbs: writeVerbs, named: namesSoften, controllers: []string{"olm-operator"},
	},
	{effect: "change the labels that admission checks go by", resources: []string{"namespaces"}, verbs: []string{"update", "patch"}, named: namesSoften},
	{effect: "create namespaces with labels of its choice", resources: []string{"namespaces"}, verbs: []string{"create"}, clusterOnly: true},
	{
		effect: "run privileged pods", group: "security.openshift.io", resources: []string{"securitycontextconstraints"},
		verbs: []string{"use"}, named: namesOfConstraints,
	},
}

var fluxControllers = []string{
	"flux", "kustomize-controller", "helm-controller", "source-controller", "image-automation-controller", "notification-controller",
}

var infrastructureWrites = []permission{
	{effect: "move pods between nodes", resources: []string{"nodes", "nodes/status"}, verbs: changeVerbs, clusterOnly: true},
	{effect: "redirect traffic", resources: []string{"pods/status", "services/status"}, verbs: changeVerbs},
	{effect: "redirect traffic", resources: []string{"services", "endpoints"}, verbs: changeVerbs, lower: 1},
	{effect: "redirect traffic", group: "networking.k8s.io", resources: []string{"networkpolicies", "ingresses"}, verbs: changeVerbs, lower: 1},
	{effect: "redirect traffic", group: "discovery.k8s.io", resources: []string{"endpointslices"}, verbs: changeVerbs, lower: 1},
	{
		effect: "redirect traffic", group: "gateway.networking.k8s.io", verbs: changeVerbs, lower: 1,
		resources: []string{"gateways", "httproutes", "grpcroutes", "tlsroutes", "tcproutes", "udproutes"},
	},
}

var traceDeletes = []permission{
	{effect: "remove traces", resources: []string{"events", "pods/log"}, verbs: []string{"delete", "deletecollection"}, lower: -1},
	{effect: "remove traces", group: "events.k8s.io", resources: []string{"events"}, verbs: []string{"delete", "deletecollection"}, lower: -1},
}

var massDeletes = []permission{
	{
		effect: "delete many at once", verbs: []string{"deletecollection"},
		resources: slices.Concat(coreControllers, []string{"secrets", "services", "namespaces", "persistentvolumeclaims"}),
	},
	{effect: "delete many at once", group: appsGroup, resources: appsControllers, verbs: []string{"deletecollection"}},
	{effect: "delete many at once", group: batchGroup, resources: batchControllers, verbs: []string{"deletecollection"}},
}

var configMapWrites = []permission{
	{effect: "change ConfigMaps", resources: []string{"configmaps"}, verbs: writeVerbs},
}

// clusterWrites are what a role for the tenants of namespaces must not change.
var clusterWrites = []permission{
	{
		effect: "change nodes, volumes and namespaces of the cluster", resources: []string{"nodes", "nodes/status", "persistentvolumes", "namespaces"},
		verbs: changeVerbs, clusterOnly: true,
	},
	{effect: "change roles of the cluster", group: rbacGroup, resources: []string{"clusterroles", "clusterrolebindings"}, verbs: changeVerbs, clusterOnly: true},
	{
		effect: "change the APIs of the cluster", group: "apiextensions.k8s.io", resources: []string{"customresourcedefinitions"},
		verbs: changeVerbs, clusterOnly: true,
	},
	{effect: "change the APIs of the cluster", group: "apiregistration.k8s.io", resources: []string{"apiservices"}, verbs: changeVerbs, clusterOnly: true},
	{
		effect: "change classes of the cluster", group: "storage.k8s.io", resources: []string{"storageclasses", "csidrivers", "csinodes", "volumeattachments"},
		verbs: changeVerbs, clusterOnly: true,
	},
	{effect: "change classes of the cluster", group: "scheduling.k8s.io", resources: []string{"priorityclasses"}, verbs: changeVerbs, clusterOnly: true},
	{effect: "change classes of the cluster", group: "node.k8s.io", resources: []string{"runtimeclasses"}, verbs: changeVerbs, clusterOnly: true},
	{
		effect: "change the fairness of the API server", group: "flowcontrol.apiserver.k8s.io",
		resources: []string{"flowschemas", "prioritylevelconfigurations"}, verbs: changeVerbs, clusterOnly: true,
	},
}

// tenantEscalation is what neither edit nor admin have, viewEscalation what
// view has not either.
var (
	tenantEscalation = slices.Concat(roleHandouts, identityTakeovers[:1], nodeProxy, certificateApproval, admissionWrites, clusterWrites)
	viewEscalation   = slices.Concat(secretAccess, podCommands, identityTakeovers[1:], tokenCreation, tenantEscalation)
)
