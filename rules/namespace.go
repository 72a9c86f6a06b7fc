package rules

import (
	"github.com/seaworthy-lint/seaworthy/lint"
	"github.com/seaworthy-lint/seaworthy/lint/rbac"
)

var namespaces = []lint.Rule{
	{
		ID:     "system-namespace-workload",
		Family: "namespace",
		Title:  "object lies in a namespace of the system",
		Why: "kube-system and its sisters hold what the cluster needs to live, with rights and exemptions that no " +
			"application should inherit. An object of an application there is easily overlooked and hard to limit.",
		Fix:        "use another namespace",
		FixKind:    lint.UnsafeFix,
		Severity:   lint.Medium,
		Points:     -2,
		Profiles:   []string{"strict", "nsa"},
		Aliases:    []string{"trivy-checks:KSV-0037", "kics:611ab018-c4aa-4ba2-b0f6-a448337509a6"},
		References: []string{"NSA:namespaces", "NIST:4.3.4", "OWASP:K07"},
		Kinds: lint.Kinds{Workloads: true, Names: []string{
			"Service", "ConfigMap", "Secret", rbac.Group + "/Role", rbac.Group + "/RoleBinding", "networking.k8s.io/Ingress", "extensions/Ingress",
		}},
		Scope:  lint.ResourceScope,
		Params: &systemComponentParams{},
		Check:  systemNamespaceWorkload,
	},
	{
		ID:     "pod-security-violated",
		Family: "namespace",
		Title:  "pod breaks the Pod Security level of its namespace",
		Why: "The API server accepts the Deployment and then rejects each of its pods, so the workload never starts " +
			"and the reason shows only in events.",
		Fix:        "fix the controls that the message lists",
		FixKind:    lint.NoFix,
		Severity:   lint.High,
		Points:     -5,
		Profiles:   []string{"default", "strict", "nsa", "novel"},
		References: []string{"NSA:pod-security-enforcement", "OWASP:K04"},
		Kinds:      lint.Kinds{Workloads: true, Context: []string{"Namespace"}},
		Scope:      lint.PodScope,
		Check:      eachPod(podSecurityViolated),
	},
}
