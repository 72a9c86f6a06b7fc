package rules

import (
	"slices"

	"github.com/seaworthy-lint/seaworthy/lint"
	"github.com/seaworthy-lint/seaworthy/lint/component"
)

// Groups of the kinds that control admission.
const (
	kyvernoGroup     = "kyverno.io"
	kyvernoCELGroup  = "policies.kyverno.io"
	constraintsGroup = "constraints.gatekeeper.sh"
)

// webhookKinds are the kinds that register admission webhooks.
var webhookKinds = []string{"ValidatingWebhookConfiguration", "MutatingWebhookConfiguration"}

// kyvernoPolicies are the kinds of Kyverno's first policy language.
var kyvernoPolicies = []string{kyvernoGroup + "/ClusterPolicy", kyvernoGroup + "/Policy"}

var admission = []lint.Rule{
	{
		ID:     "admission-fail-open",
		Family: "admission",
		Title:  "security admission control lets requests through when it fails",
		Why: "With failurePolicy Ignore the API server admits what it could not have checked. " +
			"Whoever can crash, overload or time out the webhook switches the control off.",
		Fix:        "set failurePolicy: Fail",
		FixKind:    lint.UnsafeFix,
		Severity:   lint.Medium,
		Points:     -3,
		Profiles:   []string{"default", "strict", "novel"},
		References: []string{"NIST:4.3.1", "ATTACK:T1562.001", "OWASP:K04"},
		Kinds: lint.Kinds{Names: append([]string{
			"ValidatingWebhookConfiguration", "MutatingWebhookConfiguration", "ValidatingAdmissionPolicy", "MutatingAdmissionPolicy",
			kyvernoCELGroup + "/*", fluxHelmGroup + "/HelmRelease",
		}, kyvernoPolicies...)},
		Scope: lint.ResourceScope,
		Check: admissionFailOpen,
	},
	{
		ID:     "gatekeeper-repo-prefix",
		Family: "admission",
		Title:  "allowed repository is a prefix that others can extend",
		Why: "Gatekeeper's K8sAllowedRepos compares the start of an image's name with each entry. " +
			"Without a closing slash, registry.example.com also allows registry.example.com.evil.io.",
		Fix:        "end the entry with /",
		FixKind:    lint.SafeFix,
		Severity:   lint.Medium,
		Points:     -3,
		Profiles:   []string{"default", "strict"},
		Aliases:    []string{"trivy-checks:KSV-0124"},
		References: []string{"NIST:4.1.5", "ATTACK:T1204.003", "OWASP:K02,K04"},
		Kinds:      lint.Kinds{Names: []string{constraintsGroup + "/K8sAllowedRepos"}},
		Scope:      lint.ResourceScope,
		Check:      gatekeeperRepoPrefix,
	},
	{
		ID:     "security-context-constraints-privileged",
		Family: "admission",
		Title:  "security context constraints admit privileged pods",
		Why: "Constraints of OpenShift decide which pods an account may run. " +
			"Those that allow privileged containers, host access or every capability hand out the node.",
		Fix:        "copy restricted-v2 and add the one permission",
		FixKind:    lint.NoFix,
		Severity:   lint.High,
		Points:     -7,
		Profiles:   []string{"default", "strict"},
		Aliases:    []string{"kube-linter:scc-deny-privileged-container"},
		References: []string{"NIST:4.4.3", "ATTACK:T1611", "OWASP:K01,K04"},
		Kinds:      lint.Kinds{Names: []string{"SecurityContextConstraints"}},
		Scope:      lint.ResourceScope,
		Check:      securityContextConstraintsPrivileged,
	},
	{
		ID:     "webhook-scope-too-broad",
		Family: "admission",
		Title:  "webhook sees or stops too much",
		Why: "A webhook that must answer before nodes, leases or everything can change stops the cluster when it is down. " +
			"One that is sent Secrets, or lies outside the cluster, carries its data away.",
		Fix:        "narrow rules, exclude kube-system and secrets, use clientConfig.service",
		FixKind:    lint.UnsafeFix,
		Severity:   lint.Medium,
		Points:     -3,
		Profiles:   []string{"default", "strict", "reliability", "nsa", "novel"},
		References: []string{"NSA:secrets", "NIST:4.4.2", "ATTACK:T1552.007", "OWASP:K04,K08"},
		Kinds:      lint.Kinds{Names: webhookKinds, Context: []string{"Namespace"}},
		Scope:      lint.ResourceScope,
		Check:      webhookScopeTooBroad,
	},
	{
		ID:     "admission-policy-unbound",
		Family: "admission",
		Title:  "admission policy takes no effect",
		Why: "A ValidatingAdmissionPolicy does nothing until a binding names it, and nothing without the parameters it asks for. " +
			"A ConstraintTemplate is only the code of a check that a constraint has to call.",
		Fix:        "add a ValidatingAdmissionPolicyBinding with validationActions [Deny]",
		FixKind:    lint.UnsafeFix,
		Severity:   lint.Medium,
		Points:     -3,
		Profiles:   []string{"default", "strict", "novel"},
		References: []string{"OWASP:K04"},
		Kinds: lint.Kinds{
			Names: []string{
				"ValidatingAdmissionPolicy", "MutatingAdmissionPolicy", "ValidatingAdmissionPolicyBinding", "MutatingAdmissionPolicyBinding", "ConstraintTemplate",
			},
			Context: []string{"ConfigMap", constraintsGroup + "/*"},
		},
		Scope: lint.ResourceScope,
		Check: admissionPolicyUnbound,
	},
	{
		ID:     "admission-policy-not-enforced",
		Family: "admission",
		Title:  "admission policy only reports",
		Why: "A policy in audit, warn or dry-run mode writes down what breaks it and admits it all the same. " +
			"That is right while a policy is tried out, and no control after that.",
		Fix:        "set Deny, Enforce or deny",
		FixKind:    lint.UnsafeFix,
		Severity:   lint.Low,
		Points:     -1,
		Profiles:   []string{"strict", "novel"},
		References: []string{"OWASP:K04"},
		Kinds: lint.Kinds{Names: append([]string{
			"ValidatingAdmissionPolicyBinding", constraintsGroup + "/*",
			kyvernoCELGroup + "/ValidatingPolicy", kyvernoCELGroup + "/NamespacedValidatingPolicy",
		}, kyvernoPolicies...)},
		Scope: lint.ResourceScope,
		Check: admissionPolicyNotEnforced,
	},
	{
		ID:     "policy-exception-broad",
		Family: "admission",
		Title:  "policy exception covers too much, or can be taken at will",
		Why: "An exception that matches every kind, namespace or user leaves little of the policy. " +
			"One that a label grants is open to everyone who may set the label.",
		Fix:        "name the resource and namespace",
		FixKind:    lint.UnsafeFix,
		Severity:   lint.Medium,
		Points:     -3,
		Profiles:   []string{"default", "strict", "novel"},
		References: []string{"ATTACK:T1562.001", "OWASP:K04"},
		Kinds: lint.Kinds{
			Names: append([]string{
				kyvernoGroup + "/PolicyException", kyvernoCELGroup + "/PolicyException", "config.gatekeeper.sh/Config", constraintsGroup + "/*",
				"ValidatingWebhookConfiguration", "MutatingWebhookConfiguration", "ValidatingAdmissionPolicyBinding",
			}, kyvernoPolicies...),
			Context: []string{"ValidatingAdmissionPolicy"},
		},
		Scope: lint.ResourceScope,
		Check: policyExceptionBroad,
	},
	{
		ID:     "image-verification-weak",
		Family: "admission",
		Title:  "image verification can be passed without a signature",
		Why: "Verification that only warns, that accepts any signer or that is optional admits images nobody vouched for, " +
			"and reads in review as if it did not.",
		Fix:        "set required and verifyDigest true, mode enforce, defaultAllow false",
		FixKind:    lint.UnsafeFix,
		Severity:   lint.Medium,
		Points:     -3,
		Profiles:   []string{"default", "strict", "cis", "novel"},
		References: []string{"CIS:5.5.1", "NIST:4.1.5", "ATTACK:T1525", "OWASP:K02,K04"},
		Kinds: lint.Kinds{Names: slices.Concat([]string{
			kyvernoCELGroup + "/ImageValidatingPolicy", kyvernoCELGroup + "/NamespacedImageValidatingPolicy",
			"policy.sigstore.dev/ClusterImagePolicy",
		}, kyvernoPolicies, configFileKinds(component.Admission).Names)},
		Scope: lint.ResourceScope,
		Check: imageVerificationWeak,
	},
}
