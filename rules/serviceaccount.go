package rules

import (
	"slices"

	"github.com/seaworthy-lint/seaworthy/lint"
	"github.com/seaworthy-lint/seaworthy/lint/manifest"
	"github.com/seaworthy-lint/seaworthy/lint/rbac"
)

var serviceAccounts = []lint.Rule{
	{
		ID:     "service-account-token-automount",
		Family: "serviceaccount",
		Title:  "pod mounts a service account token that it does not ask for",
		Why: "Kubernetes puts a token for its API into every container unless it is told not to. " +
			"Whoever takes over a process finds the token and acts with the rights of the account.",
		Fix:      "set spec.automountServiceAccountToken: false in the pod template",
		FixKind:  lint.UnsafeFix,
		Severity: lint.Medium,
		Points:   +1,
		Profiles: []string{"default", "strict", "cis", "nsa", "kubesec"},
		Aliases: []string{
			"kubesec:AutomountServiceAccountToken", "polaris:automountServiceAccountToken", "trivy-checks:KSV-0036",
			"checkov:CKV_K8S_38", "kubescape:C-0034", "kubescape:C-0190", "kics:48471392-d4d0-47c0-b135-cdec95eb3eef",
			"checkov:CKV_K8S_41", "kubescape:C-0189", "kubescape:C-0225",
		},
		References: []string{
			"CIS:5.1.6", "NSA:service-account-tokens", "NIST:4.3.2", "ATTACK:T1528,T1552.007", "OWASP:K01,K03",
		},
		Kinds: lint.Kinds{Workloads: true, Names: []string{"ServiceAccount", "RoleBinding", "ClusterRoleBinding"}},
		Scope: lint.PodScope,
		Check: serviceAccountTokenAutomount,
	},
	{
		ID:     "default-service-account",
		Family: "serviceaccount",
		Title:  "pod runs as the default service account",
		Why: "Every pod of a namespace that names no account shares the default one, " +
			"so a right that is given to it for one workload is given to all.",
		Fix:      "create a ServiceAccount for the workload and set spec.serviceAccountName",
		FixKind:  lint.UnsafeFix,
		Severity: lint.Low,
		Points:   +3,
		Profiles: []string{"strict", "cis", "nsa", "kubesec"},
		Aliases: []string{
			"kubesec:ServiceAccountName", "kube-linter:default-service-account",
			"kics:591ade62-d6b0-4580-b1ae-209f80ba1cd9", "checkov:CKV_ARGO_1", "kubescape:C-0189",
		},
		References: []string{"CIS:5.1.5", "NSA:service-account-tokens", "ATTACK:T1078.001", "OWASP:K03"},
		Kinds: lint.Kinds{
			Workloads: true,
			Names:     []string{"argoproj.io/Workflow", "argoproj.io/WorkflowTemplate", "ServiceAccount"},
		},
		Scope: lint.PodScope,
		Check: eachPod(defaultServiceAccount),
	},
	{
		ID:     "cloud-identity-overshared",
		Family: "serviceaccount",
		Title:  "cloud identity is shared or too powerful",
		Why: "A service account that is tied to a cloud identity lends it to every pod that runs as the account. " +
			"On a default account, on one that several workloads use, or with an administrator's role, " +
			"one compromised pod reaches far into the cloud account.",
		Fix:        "move the annotation to a ServiceAccount used by one workload",
		FixKind:    lint.UnsafeFix,
		Severity:   lint.High,
		Points:     -5,
		Profiles:   []string{"default", "strict", "nsa"},
		Aliases:    []string{"kubescape-repo-rules:provider-iam-assumption-v1"},
		References: []string{"NSA:cloud-infrastructure", "ATTACK:T1078.004,T1528", "OWASP:K03"},
		Kinds:      lint.Kinds{Workloads: true, Names: []string{"ServiceAccount"}},
		Scope:      lint.ResourceScope,
		Check:      cloudIdentityOvershared,
	},
	{
		ID:     "shared-service-account",
		Family: "serviceaccount",
		Title:  "several workloads share a service account that has a role",
		Why: "A role for one workload is held by all that run as its account, " +
			"and the audit log cannot tell which of them used it.",
		Fix:        "give each workload a ServiceAccount of its own",
		FixKind:    lint.UnsafeFix,
		Severity:   lint.Low,
		Points:     -1,
		Profiles:   []string{"strict"},
		Aliases:    []string{"kics:c1032cf7-3628-44e2-bd53-38c17cf31b6b"},
		References: []string{"NIST:4.3.1", "OWASP:K03"},
		Kinds:      lint.Kinds{Workloads: true, Context: rbacKinds},
		Scope:      lint.NamespaceScope,
		Check:      eachPod(sharedServiceAccount),
	},
	{
		ID:     "workload-privileged-token",
		Family: "serviceaccount",
		Title:  "pod holds a token that can take over its namespace or the cluster",
		Why: "The token in a pod is the first thing that an intruder reads. " +
			"If its account may read Secrets, create pods, run commands in them or widen its own rights, " +
			"one flaw in one container becomes the loss of the namespace or the cluster.",
		Fix:      "split the role or disable the token; the finding lists role, binding and subject",
		FixKind:  lint.NoFix,
		Severity: lint.High,
		Points:   -9,
		Profiles: []string{"default", "strict", "cis", "nsa"},
		Aliases:  []string{"kubescape:C-0261", "kubescape:C-0267", "kubescape:C-0272"},
		References: []string{
			"CIS:5.1.6", "NSA:service-account-tokens", "NIST:4.3.1", "ATTACK:T1528,T1552.007", "OWASP:K03",
		},
		Kinds: lint.Kinds{
			Workloads: true,
			Names:     []string{"ServiceAccount", "Role", "ClusterRole", "RoleBinding", "ClusterRoleBinding"},
		},
		Scope: lint.PodScope,
		Check: eachPod(workloadPrivilegedToken),
	},
}

func serviceAccountTokenAutomount(p *lint.Pass) {
	if p.Object.Kind == "ServiceAccount" && p.Object.Group() == "" {
		if p.Strict {
			defaultAccountAutomount(p)
		}
		return
	}
	eachPod(podTokenAutomount)(p)
}

// defaultAccountAutomount asks the default account of a namespace to keep its
// token out of pods that do not ask. Of several manifests of one account, the
// first is reported.
func defaultAccountAutomount(p *lint.Pass) {
	if p.Object.Name != "default" || firstAccount(p.Set, p.Object.Namespace, "default") != p.Object {
		return
	}
	switch automount := p.Object.At("automountServiceAccountToken"); automount.Truth() {
	case manifest.Unset:
		p.Missingf(p.Object.Node, []string{"automountServiceAccountToken"}, "the default service account does not keep its token out of pods")
	case manifest.True:
		p.Reportf(automount, "the default service account mounts its token into pods")
	case manifest.Unknown:
		p.UnknownValue(automount)
	}
}

// firstAccount is the first manifest of a service account in the set.
func firstAccount(set *manifest.Set, namespace, name string) *manifest.Object {
	for _, o := range set.Named("", "ServiceAccount", name) {
		if o.Namespace == namespace {
			return o
		}
	}
	return nil
}

func podTokenAutomount(p *lint.Pass, pod *manifest.Pod) {
	if pod.Spec == nil || len(pod.Containers()) == 0 {
		return
	}
	account := rbac.Of(p.Set).AccountOf(pod)
	automount := pod.At("automountServiceAccountToken")
	switch automount.Truth() {
	case manifest.True:
		automountAsked(p, pod, account, automount)
	case manifest.Unset:
		automountUnset(p, pod, account)
	case manifest.False:
		complyWithoutToken(p, pod)
	case manifest.Unknown:
		p.UnknownValue(automount)
	}
}

// automountAsked judges a pod that asks for the token: a bound account shows
// that there is a use for it.
func automountAsked(p *lint.Pass, pod *manifest.Pod, account rbac.Account, automount *manifest.Node) {
	switch {
	case rbac.TokenHidden(pod):
	case !account.Known():
		p.UnknownValue(account.Node)
	default:
		switch _, bound := rbac.Of(p.Set).Bound(account); bound {
		case manifest.False:
			p.Reportf(automount, "the pod mounts the token of service account %q, which no binding in view gives a role", account.Name)
		case manifest.Unknown:
			p.Unknown(automount, "a binding may be for an account of the same name in another namespace")
		}
	}
}

func automountUnset(p *lint.Pass, pod *manifest.Pod, account rbac.Account) {
	keys := []string{"automountServiceAccountToken"}
	switch account.Automount {
	case manifest.False:
		complyWithoutToken(p, pod)
	case manifest.Unknown:
		p.Unknown(pod.Spec, "the service account may keep its token out of pods")
	default:
		switch {
		case rbac.TokenHidden(pod):
		case account.Object == nil:
			p.Missingf(pod.Spec, keys, "the pod does not keep out the token of service account %q, which is not in view and may do so itself", account.Name)
		default:
			p.Missingf(pod.Spec, keys, "the pod mounts the token of service account %q", account.Name)
		}
	}
}

// complyWithoutToken credits a pod that has no token. One that brings a token
// in by a volume of its own says that it needs it: no fault, and no credit.
func complyWithoutToken(p *lint.Pass, pod *manifest.Pod) {
	if rbac.ProjectedToken(pod) == nil {
		p.Comply()
	}
}

func defaultServiceAccount(p *lint.Pass, pod *manifest.Pod) {
	if pod.Spec == nil || len(pod.Containers()) == 0 {
		return
	}
	account := rbac.Of(p.Set).AccountOf(pod)
	if !account.Known() {
		p.UnknownValue(account.Node)
		return
	}
	if account.Name != "default" {
		p.Comply()
		return
	}
	finding := reportDefaultAccount(p, pod, account)
	automount := pod.At("automountServiceAccountToken").Truth()
	if automount == manifest.False || automount == manifest.Unset && account.Automount == manifest.False {
		finding.AsNote()
	}
}

func reportDefaultAccount(p *lint.Pass, pod *manifest.Pod, account rbac.Account) *lint.Finding {
	if account.Node.IsSet() {
		return p.Reportf(account.Node, "the pod runs as the default service account")
	}
	keys := []string{"serviceAccountName"}
	if isWorkflow(p.Object) {
		// The pods of a workflow take the account from its spec, and nothing
		// else completes that, so its templates do not count as partial.
		whole := p.InPod(nil)
		if ref := p.Object.At("spec", "workflowTemplateRef"); ref.IsSet() {
			whole.Unknown(ref, "the template that it refers to may name the account")
			return &lint.Finding{}
		}
		return whole.Missingf(p.Object.At("spec"), keys, "the workflow names no service account, so its pods run as the default one")
	}
	return p.Missingf(pod.Spec, keys, "the pod names no service account, so it runs as the default one")
}

func isWorkflow(o *manifest.Object) bool {
	return o.Group() == "argoproj.io" && slices.Contains([]string{"Workflow", "WorkflowTemplate"}, o.Kind)
}
