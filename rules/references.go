package rules

import (
	"slices"

	"github.com/seaworthy-lint/seaworthy/lint"
)

const gatewayGroup = "gateway.networking.k8s.io"

// podKinds are the usual kinds of workloads, for rules that look for the pods
// that others select.
var podKinds = []string{
	"Pod", "PodTemplate", "ReplicationController", "ReplicaSet", "Deployment", "DaemonSet", "StatefulSet", "Job", "CronJob", "Rollout",
}

// referredKinds are the kinds that pods and autoscalers name, and those of
// which an operator makes a Secret.
var referredKinds = slices.Concat(podKinds, []string{
	"ConfigMap", "Secret", "PersistentVolumeClaim", "ServiceAccount", "Service", "StatefulSet", "Kustomization", "ExternalSecret",
	"SealedSecret", "Certificate", "VaultStaticSecret", "VaultDynamicSecret", "VaultPKISecret", "OnePasswordItem", "SopsSecret",
	"InfisicalSecret", "scheduling.k8s.io/PriorityClass", "node.k8s.io/RuntimeClass", "storage.k8s.io/StorageClass",
	"k8s.cni.cncf.io/NetworkAttachmentDefinition", gatewayGroup + "/Gateway",
})

// referenceRules judge what objects say of one another.
var referenceRules = []lint.Rule{
	{
		ID:     "dangling-backend",
		Family: "correctness",
		Title:  "traffic goes to a Service that is not there",
		Why: "An Ingress or route whose Service or port does not exist answers every request with an error, and whoever later " +
			"creates a Service of that name gets the traffic.",
		Fix:      "correct the name or port",
		FixKind:  lint.NoFix,
		Severity: lint.Medium,
		Points:   -2,
		Profiles: []string{"reliability"},
		Aliases:  []string{"kube-linter:dangling-ingress", "kube-score:ingress-targets-service", "kubescape:C-0298", "kubescape:C-0302"},
		Kinds: lint.Kinds{
			Names: []string{
				"networking.k8s.io/Ingress", "extensions/Ingress", "networking.istio.io/VirtualService", gatewayGroup + "/HTTPRoute",
				gatewayGroup + "/TCPRoute", gatewayGroup + "/UDPRoute", gatewayGroup + "/TLSRoute", gatewayGroup + "/GRPCRoute",
			},
			Context: []string{"Service", "ServiceEntry"},
		},
		Scope: lint.ResourceScope,
		Check: danglingBackend,
	},
	{
		ID:     "dangling-service",
		Family: "correctness",
		Title:  "Service or monitor leads nowhere",
		Why: "A Service that selects no pods, or targets a port name that they do not declare, has no endpoints. A monitor " +
			"that selects nothing collects nothing, and nobody is told.",
		Fix:      "correct the selector or port",
		FixKind:  lint.NoFix,
		Severity: lint.Low,
		Points:   -1,
		Profiles: []string{"reliability"},
		Aliases: []string{
			"kube-linter:dangling-service", "kube-linter:dangling-servicemonitor", "kube-score:service-targets-pod",
			"kubescape:C-0293", "kics:3ca03a61-3249-4c16-8427-6f8e47dda729",
		},
		Kinds: lint.Kinds{
			Names:   []string{"Service", "monitoring.coreos.com/ServiceMonitor", "monitoring.coreos.com/PodMonitor"},
			Context: slices.Concat(podKinds, []string{"Endpoints", "EndpointSlice"}),
		},
		Scope: lint.ResourceScope,
		Check: danglingService,
	},
	{
		ID:     "dangling-reference",
		Family: "correctness",
		Title:  "object that is referred to does not exist",
		Why: "A pod whose ConfigMap, Secret, volume claim or service account is missing does not start, and one whose Secret " +
			"lacks a key does not either. An autoscaler without target does nothing.",
		Fix:      "correct the name or add the object",
		FixKind:  lint.NoFix,
		Severity: lint.Medium,
		Points:   -2,
		Profiles: []string{"reliability"},
		Aliases: []string{
			"kube-linter:env-value-from", "kube-linter:non-existent-service-account",
			"kube-linter:dangling-horizontalpodautoscaler", "kube-score:horizontalpodautoscaler-has-target",
			"kube-score:statefulset-has-servicename", "kubescape:C-0300", "kubescape:C-0307",
			"kics:bb241e61-77c3-4b97-9575-c0f8a1e008d0",
		},
		Kinds: lint.Kinds{
			Workloads: true,
			Names: []string{
				"HorizontalPodAutoscaler", "ScaledObject", "/PersistentVolumeClaim", "policy/PodDisruptionBudget", gatewayGroup + "/HTTPRoute",
				gatewayGroup + "/GRPCRoute", gatewayGroup + "/TLSRoute", gatewayGroup + "/TCPRoute", gatewayGroup + "/UDPRoute",
			},
			Context: referredKinds,
		},
		Scope: lint.ResourceScope,
		Check: danglingReference,
	},
	{
		ID:     "dangling-role-binding",
		Family: "correctness",
		Title:  "binding refers to a role or account that does not exist",
		Why: "Such a binding grants nothing today, but whoever creates the role decides what it grants, and whoever creates " +
			"the account gets it.",
		Fix:        "correct the reference or delete the binding",
		FixKind:    lint.NoFix,
		Severity:   lint.Low,
		Points:     -1,
		Profiles:   []string{"strict", "reliability"},
		Aliases:    []string{"polaris:rolebindingRolePodExecAttach", "polaris:rolebindingClusterAdminRole"},
		References: []string{"ATTACK:T1098.006", "OWASP:K03"},
		Kinds:      lint.Kinds{Names: bindings.Names, Context: []string{"Role", "ClusterRole", "ServiceAccount"}},
		Scope:      lint.ResourceScope,
		Check:      danglingRoleBinding,
	},
	{
		ID:     "selector-mismatch",
		Family: "correctness",
		Title:  "selector does not match the pods of its controller",
		Why: "The API server refuses a controller whose selector is empty or does not take in the labels of its own pod " +
			"template, so nothing is deployed.",
		Fix:      "copy the template labels into the selector",
		FixKind:  lint.UnsafeFix,
		Severity: lint.High,
		Points:   -5,
		Profiles: []string{"reliability"},
		Aliases: []string{
			"kube-linter:mismatching-selector", "kube-score:deployment-pod-selector-labels-match-template-metadata-labels",
			"kube-score:statefulset-pod-selector-labels-match-template-metadata-labels", "kubescape:C-0296",
		},
		Kinds: lint.Kinds{Names: []string{
			"apps/Deployment", "apps/StatefulSet", "apps/DaemonSet", "apps/ReplicaSet", "extensions/Deployment", "extensions/DaemonSet",
			"extensions/ReplicaSet", "ReplicationController", "batch/Job", "DeploymentConfig",
		}},
		Scope: lint.ResourceScope,
		Check: selectorMismatch,
	},
}
