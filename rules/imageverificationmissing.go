package rules

import (
	"slices"
	"strings"

	"github.com/seaworthy-lint/seaworthy/lint"
	"github.com/seaworthy-lint/seaworthy/lint/component"
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
		Kinds: componentKinds(admissionControllers, []string{
			"policies.kyverno.io/*", "policy.sigstore.dev/ClusterImagePolicy", "config.ratify.deislabs.io/*", "portieris.cloud.ibm.com/*",
			"externaldata.gatekeeper.sh/Provider", "Deployment", "ValidatingWebhookConfiguration", fluxHelmGroup + "/HelmRelease",
			"argoproj.io/Application",
		}, component.APIServer),
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
	first *manifest.Object
	// verifies tells that something verifies images, or may.
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
	servers := map[*manifest.Object]bool{}
	for _, c := range component.All(set, component.APIServer) {
		plugins := c.Setting("enable-admission-plugins")
		servers[c.Object] = servers[c.Object] || plugins.IsGiven()
		control.verifies = control.verifies || !plugins.Known() ||
			slices.ContainsFunc(plugins.Items(), func(item component.Part) bool { return item.Text == component.ImagePolicyWebhookPlugin })
	}
	for _, o := range set.Objects() {
		if control.first == nil && (servers[o] || configures.Reads(o.APIVersion, o.Kind, false)) {
			control.first = o
		}
		control.verifies = control.verifies || verifiesImages(o)
	}
	return control
}

// verifiers are names of the webhooks, providers and charts that verify images
// and need no object of their own.
var verifiers = []string{"connaisseur*", "ratify*", "*binary-authorization*", "*imagepolicywebhook*", "cosign*", "policy-controller*"}

func verifiesImages(o *manifest.Object) bool {
	switch {
	case o.Group() == "policy.sigstore.dev", o.Group() == "config.ratify.deislabs.io", o.Group() == "portieris.cloud.ibm.com",
		strings.HasSuffix(o.Kind, "ImageValidatingPolicy"), o.Kind == "ImageVerificationPolicy":
		return true
	case o.Group() == kyvernoGroup:
		return slices.ContainsFunc(o.At("spec", "rules").Items(), func(rule *manifest.Node) bool { return rule.At("verifyImages").IsSet() })
	case o.Kind == "AdmissionConfiguration":
		return slices.ContainsFunc(component.AdmissionPlugins(o.Node), func(plugin component.AdmissionPlugin) bool {
			return plugin.Name == component.ImagePolicyWebhookPlugin
		})
	case o.Kind == "HelmRelease", o.Kind == "Application":
		return matchesGlob(verifiers, chartOf(o))
	case o.Kind == "Deployment", o.Kind == "ValidatingWebhookConfiguration", o.Kind == "Provider" && o.Group() == "externaldata.gatekeeper.sh":
		return matchesGlob(verifiers, o.Name)
	}
	return false
}
