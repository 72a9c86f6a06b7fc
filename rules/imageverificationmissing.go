package rules

import (
	"slices"

	"github.com/seaworthy-lint/seaworthy/lint"
	"github.com/seaworthy-lint/seaworthy/lint/manifest"
)

var missingImageVerification = []lint.Rule{
	{
		ID:     "image-verification-missing",
		Family: "admission",
		Title:  "admission control verifies no image",
		Why: "Policies that look at everything but where an image comes from let anyone who can push to a registry run " +
			"code in the cluster.",
		Fix:        "add a verification policy",
		FixKind:    lint.NoFix,
		Severity:   lint.Low,
		Points:     -1,
		Profiles:   []string{"strict", "cis", "nsa"},
		Aliases:    []string{"kubescape:C-0289", "kics:14abda69-8e91-4acb-9931-76e2bee90284"},
		References: []string{"CIS:5.5.1", "NSA:secure-images", "NIST:4.1.5", "ATTACK:T1525", "OWASP:K02"},
		Kinds: lint.Kinds{
			Names: admissionControllers,
			Context: []string{
				"policies.kyverno.io/ImageValidatingPolicy", "policies.kyverno.io/ImageVerificationPolicy", "policy.sigstore.dev/ClusterImagePolicy",
				"config.ratify.deislabs.io/*", "portieris.cloud.ibm.com/*", "Deployment", "ValidatingWebhookConfiguration",
			},
		},
		Scope: lint.RepoScope,
		Check: imageVerificationMissing,
	},
}

// admissionControllers are the kinds that configure admission.
var admissionControllers = []string{
	"kyverno.io/ClusterPolicy", "kyverno.io/Policy", "policies.kyverno.io/ValidatingPolicy", "templates.gatekeeper.sh/ConstraintTemplate",
	"constraints.gatekeeper.sh/*", "admissionregistration.k8s.io/ValidatingAdmissionPolicy", "AdmissionConfiguration",
}

// admission is what a scope says of admission control.
type admissionControl struct {
	// first is the first object that configures it.
	first    *manifest.Object
	verifies bool
}

// imageVerificationMissing speaks once for the scope, on the first object that
// configures admission.
func imageVerificationMissing(p *lint.Pass) {
	control := manifest.Derived(p.Set, findAdmissionControl)
	if control.verifies || p.Object != control.first {
		return
	}
	if p.Scope().Incomplete() {
		p.Unknown(p.Object.Node, "a document that may hold a policy could not be read")
		return
	}
	f := p.Reportf(p.Object.Nearest("metadata", "name"), "admission is controlled here, and nothing in view verifies images")
	if p.Bounds != manifest.Closed {
		f.AsNote()
	}
}

func findAdmissionControl(set *manifest.Set) *admissionControl {
	control := &admissionControl{}
	configures := lint.Kinds{Names: admissionControllers}
	for _, o := range set.Objects() {
		if control.first == nil && configures.Reads(o.APIVersion, o.Kind, false) {
			control.first = o
		}
		control.verifies = control.verifies || verifiesImages(o)
	}
	return control
}

// verifiers are names of the webhooks that verify images and need no object of
// their own.
var verifiers = []string{"connaisseur*", "ratify*", "*binary-authorization*", "*imagepolicywebhook*", "cosign*", "policy-controller*"}

func verifiesImages(o *manifest.Object) bool {
	switch {
	case o.Group() == "policy.sigstore.dev", o.Group() == "config.ratify.deislabs.io", o.Group() == "portieris.cloud.ibm.com",
		o.Kind == "ImageValidatingPolicy", o.Kind == "ImageVerificationPolicy":
		return true
	case o.Group() == kyvernoGroup:
		return slices.ContainsFunc(o.At("spec", "rules").Items(), func(rule *manifest.Node) bool { return rule.At("verifyImages").IsSet() })
	case o.Kind == "AdmissionConfiguration":
		return slices.ContainsFunc(o.At("plugins").Items(), func(plugin *manifest.Node) bool { return plugin.At("name").Str() == "ImagePolicyWebhook" })
	case o.Kind == "Deployment", o.Kind == "ValidatingWebhookConfiguration":
		return matchesGlob(verifiers, o.Name)
	}
	return false
}
