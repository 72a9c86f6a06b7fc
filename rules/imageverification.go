package rules

import (
	"slices"

	"github.com/seaworthy-lint/seaworthy/lint"
	"github.com/seaworthy-lint/seaworthy/lint/component"
	"github.com/seaworthy-lint/seaworthy/lint/manifest"
)

// imageVerificationWeak reads the policies of Kyverno and Sigstore, and the
// API server's own ImagePolicyWebhook.
func imageVerificationWeak(p *lint.Pass) {
	spec := p.Object.At("spec")
	eachConfigFile(imagePolicyWebhook, component.Admission)(p)
	switch p.Object.Group() {
	case kyvernoGroup:
		for _, rule := range spec.At("rules").Items() {
			for _, entry := range rule.At("verifyImages").Items() {
				kyvernoVerification(p, spec, entry)
			}
		}
	case kyvernoCELGroup:
		actionsWithoutDeny(p, spec, false)
		optionalVerification(p, spec.At("validationConfigurations"))
		for _, attestor := range spec.At("attestors").Items() {
			cosign := attestor.At("cosign")
			keylessAttestor(p, cosign.At("keyless"), cosign.At("ctlog"))
		}
	case "policy.sigstore.dev":
		sigstoreVerification(p, spec)
	}
}

// faultyValue reports a field that has the value in question.
func faultyValue(p *lint.Pass, n *manifest.Node, bad, format string, args ...any) {
	switch {
	case n.Templated():
		p.UnknownValue(n)
	case n.IsSet() && n.Str() == bad:
		p.Reportf(n, format, args...)
	}
}

// optionalVerification reads the two switches that make Kyverno insist.
func optionalVerification(p *lint.Pass, config *manifest.Node) {
	faultyValue(p, config.At("required"), "false", "policy %q admits images that were not verified", p.Object.Name)
	if config.At("mutateDigest").Truth() == manifest.False { // else the digest is put in
		faultyValue(p, config.At("verifyDigest"), "false", "policy %q admits images without a digest, which may change after they were verified", p.Object.Name)
	}
}

func kyvernoVerification(p *lint.Pass, spec, entry *manifest.Node) {
	optionalVerification(p, entry)
	const message = "policy %q admits images that fail verification"
	switch action := kyvernoActionOf(spec, entry); {
	case action.enforce:
	case action.node.Templated():
		p.UnknownValue(action.node)
	case action.node.IsSet():
		p.Reportf(action.node, message, p.Object.Name)
	default:
		p.Missingf(entry, []string{"failureAction"}, message+", which is the default", p.Object.Name)
	}
	identity(p, entry)
	attestorSets(p, entry.At("attestors"))
	for _, attestation := range entry.At("attestations").Items() {
		attestorSets(p, attestation.At("attestors"))
	}
}

// attestorSets reads the signers that a Kyverno rule accepts. An entry may
// hold a set of its own.
func attestorSets(p *lint.Pass, sets *manifest.Node) {
	for _, set := range sets.Items() {
		attestorEntries(p, set)
	}
}

func attestorEntries(p *lint.Pass, set *manifest.Node) {
	for _, entry := range set.At("entries").Items() {
		keyless := entry.At("keyless")
		identity(p, keyless)
		ignoredLogs(p, keyless, keyless.At("rekor"))
		ignoredLogs(p, keyless, keyless.At("ctlog"))
		attestorEntries(p, entry.At("attestor"))
	}
}

// keylessAttestor reads keyless verification as Cosign's own types have it.
func keylessAttestor(p *lint.Pass, keyless, log *manifest.Node) {
	for _, accepted := range keyless.At("identities").Items() {
		identity(p, accepted)
	}
	ignoredLogs(p, keyless, log)
	ignoredLogs(p, keyless, keyless)
}

// anyone are issuers, subjects and patterns that every signer satisfies.
var anyone = []string{"*", "**", ".*", ".+", "^.*$", "^.+$"}

func identity(p *lint.Pass, signer *manifest.Node) {
	for _, key := range []string{"issuer", "subject", "issuerRegExp", "subjectRegExp"} {
		n := signer.At(key)
		if n.IsString() && slices.Contains(anyone, n.Value) {
			p.Reportf(n, "%s %q accepts every keyless %s", p.Object.Kind, p.Object.Name, key)
		}
	}
}

// ignoredLogs reports transparency logs that are not consulted. Only they show
// that a keyless certificate, which lives for minutes, was valid when it was
// used.
func ignoredLogs(p *lint.Pass, keyless, settings *manifest.Node) {
	if !keyless.IsSet() {
		return
	}
	for _, key := range []string{"ignoreTlog", "ignoreSCT", "insecureIgnoreTlog", "insecureIgnoreSCT"} {
		faultyValue(p, settings.At(key), "true", "%s %q does without the log that a keyless signature is proven by", p.Object.Kind, p.Object.Name)
	}
}

func sigstoreVerification(p *lint.Pass, spec *manifest.Node) {
	faultyValue(p, spec.At("mode"), "warn", "policy %q admits images that fail verification", p.Object.Name)
	for _, authority := range spec.At("authorities").Items() {
		faultyValue(p, authority.At("static", "action"), "pass", "policy %q admits its images without a signature", p.Object.Name)
		keylessAttestor(p, authority.At("keyless"), nil)
	}
}

// imagePolicyWebhook reads the configuration that stands in the file itself, or
// in a file beside it that the plugin names.
func imagePolicyWebhook(p *lint.Pass, file *component.ConfigFile) {
	for _, plugin := range component.AdmissionPlugins(file.Node) {
		if plugin.Name != component.ImagePolicyWebhookPlugin {
			continue
		}
		configs := []*manifest.Node{plugin.Configuration}
		if named := plugin.Path.Str(); named != "" {
			if configs = file.Beside(named); len(configs) == 0 {
				p.Unknown(plugin.Path, "the file is not in view")
			}
		}
		for _, config := range configs {
			faultyValue(p, config.At("imagePolicy", "defaultAllow"), "true", "images are admitted while the image policy webhook does not answer")
		}
	}
}
