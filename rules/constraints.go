package rules

import (
	"slices"
	"strings"

	"github.com/seaworthy-lint/seaworthy/lint"
	"github.com/seaworthy-lint/seaworthy/lint/manifest"
)

// gatekeeperRepoPrefix judges each entry as what it is, the start of a name.
func gatekeeperRepoPrefix(p *lint.Pass) {
	for _, entry := range p.Object.At("spec", "parameters", "repos").Items() {
		switch example := extended(entry.Str()); {
		case entry.Templated() && !strings.HasSuffix(entry.Str(), "/"):
			p.UnknownValue(entry)
		case entry.Str() == "":
			p.Reportf(entry, "an empty prefix allows every image")
		case example != "":
			p.Reportf(entry, "the prefix %q also allows %s", entry.Str(), example)
		}
	}
}

// extended is the name of a repository that somebody else may own and that
// begins with the prefix, "" when there is none. Behind the slash after the
// organisation everything is the organisation's, and what follows a tag or
// digest is still the same repository.
func extended(prefix string) string {
	first, rest, hasSlash := strings.Cut(prefix, "/")
	name, _, hasColon := strings.Cut(first, ":")
	isHost := strings.Contains(name, ".") || hasColon || first == "localhost"
	switch {
	case prefix == "" || strings.Contains(prefix, "@") || strings.HasSuffix(prefix, "/"):
		return ""
	case !hasSlash && hasColon && !strings.Contains(name, "."):
		return "" // an image and its tag
	case !hasSlash && isHost:
		return prefix + ".evil.example/image"
	case !hasSlash:
		return prefix + "-evil/image"
	case isHost && !strings.ContainsAny(rest, "/:"):
		return prefix + "-evil/image"
	}
	return ""
}

// openShiftConstraints are the constraints that OpenShift comes with.
var openShiftConstraints = []string{
	"anyuid", "hostaccess", "hostmount-anyuid", "hostmount-anyuid-v2", "hostnetwork", "hostnetwork-v2", "machine-api-termination-handler",
	"nested-container", "node-exporter", "nonroot", "nonroot-v2", "privileged", "restricted", "restricted-v2", "restricted-v3",
}

// grantedAccess are the switches of constraints that lead to the node.
var grantedAccess = []struct{ field, what string }{
	{"allowPrivilegedContainer", "privileged containers"},
	{"allowHostNetwork", "the host's network"},
	{"allowHostPID", "the host's processes"},
	{"allowHostIPC", "the host's IPC"},
	{"allowHostDirVolumePlugin", "host path volumes"},
}

func securityContextConstraintsPrivileged(p *lint.Pass) {
	o := p.Object
	if slices.Contains(openShiftConstraints, o.Name) {
		return
	}
	for _, access := range grantedAccess {
		switch field := o.At(access.field); field.Truth() {
		case manifest.True:
			p.Reportf(field, "constraints %q allow %s", o.Name, access.what)
		case manifest.Unknown:
			p.UnknownValue(field)
		}
	}
	for _, capability := range o.At("allowedCapabilities").Items() {
		if capability.Str() == "*" {
			p.Reportf(capability, "constraints %q allow every capability", o.Name)
		}
	}
	for _, group := range o.At("groups").Items() {
		if slices.Contains(everybody, group.Str()) {
			p.Reportf(group, "constraints %q hold for the group %s, which everybody is in", o.Name, group.Str())
		}
	}
	rootEscalation(p)
}

// rootEscalation: without a word about it OpenShift lets pods ask for
// privilege escalation.
func rootEscalation(p *lint.Pass) {
	user, escalation := p.Object.At("runAsUser", "type"), p.Object.At("allowPrivilegeEscalation")
	if user.Str() != "RunAsAny" || escalation.Truth() == manifest.False || escalation.Truth() == manifest.Unknown {
		return
	}
	p.Reportf(user, "constraints %q allow any user, and to gain privileges", p.Object.Name)
}
