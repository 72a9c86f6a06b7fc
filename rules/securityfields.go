package rules

import "github.com/seaworthy-lint/seaworthy/lint"

// securityFieldRules judge security settings that do not hold.
var securityFieldRules = []lint.Rule{
	{
		ID:     "security-context-conflict",
		Family: "correctness",
		Title:  "security settings contradict each other",
		Why: "The API server refuses the pod, or the kubelet does not start the container. Under pressure people then delete " +
			"the setting that protects.",
		Fix:        "decide which of the two is meant",
		FixKind:    lint.NoFix,
		Severity:   lint.Medium,
		Points:     -3,
		Profiles:   []string{"default", "strict", "reliability", "novel"},
		References: []string{"OWASP:K01"},
		Kinds:      workloads,
		Scope:      lint.ContainerScope,
		Check:      eachPod(securityContextConflict),
	},
	{
		ID:     "security-field-ignored",
		Family: "correctness",
		Title:  "security setting has no effect where it stands",
		Why: "The API server drops or refuses a field that it does not know at a place. Clients that only warn leave the pod " +
			"running without the protection that its author believes in.",
		Fix:        "move or rename the field",
		FixKind:    lint.SafeFix,
		Severity:   lint.High,
		Points:     -5,
		Profiles:   []string{"default", "strict", "cis", "novel"},
		References: []string{"CIS:5.2.1", "OWASP:K01,K04"},
		Kinds:      lint.Kinds{Workloads: true, Names: []string{"ServiceAccount", "networking.k8s.io/NetworkPolicy", "Namespace", "PodDisruptionBudget"}},
		Scope:      lint.PodScope,
		Hides:      []string{"schema-invalid"},
		Check:      securityFieldIgnored,
	},
}
