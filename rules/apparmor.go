package rules

import (
	"strings"

	"github.com/seaworthy-lint/seaworthy/lint"
	"github.com/seaworthy-lint/seaworthy/lint/manifest"
)

var appArmorRules = []lint.Rule{
	{
		ID:     "apparmor-unconfined",
		Family: "securitycontext",
		Title:  "AppArmor is switched off for the container",
		Why: "Runtimes confine containers with an AppArmor profile that protects mounts, /proc and /sys. Unconfined " +
			"takes this layer away.",
		Fix:      "set appArmorProfile.type: RuntimeDefault (below 1.30 the annotation value runtime/default)",
		FixKind:  lint.SafeFix,
		Versions: "The field appArmorProfile is read from 1.30 on, where it wins over the annotation.",
		Severity: lint.Medium,
		Points:   -1,
		Profiles: []string{"default", "strict", "pss-baseline", "pss-restricted", "nsa", "kubesec"},
		Aliases: []string{
			"kubesec:ApparmorUnconfined", "trivy-checks:KSV-0002", "pod-security-admission:appArmorProfile",
			"kics:8b36775e-183d-4d46-b0f7-96a6f34a723f",
		},
		References: []string{
			"NSA:hardening-container-environments", "NIST:4.4.3", "PSS:baseline", "ATTACK:T1611", "OWASP:K01",
		},
		Kinds:       workloads,
		Scope:       lint.ContainerScope,
		Check:       eachLinuxContainer(appArmorUnconfined),
		PodSecurity: podSecurityAppArmor,
	},
	{
		ID:     "apparmor-profile-missing",
		Family: "securitycontext",
		Title:  "container names no AppArmor profile",
		Why: "A container that names no AppArmor profile gets the default of its runtime where the node has AppArmor " +
			"and may get none elsewhere. Naming it makes a node that cannot confine refuse the pod.",
		Fix:      "add appArmorProfile.type: RuntimeDefault to the pod securityContext (1.30 or later) or the annotation to the pod template",
		FixKind:  lint.SafeFix,
		Versions: "The field appArmorProfile is advised from 1.30 on, the annotation below.",
		Severity: lint.Low,
		Points:   +3,
		Profiles: []string{"strict", "nsa", "kubesec"},
		Aliases: []string{
			"kubesec:ApparmorAny", "polaris:linuxHardening", "kics:8b36775e-183d-4d46-b0f7-96a6f34a723f",
		},
		References: []string{"NSA:hardening-container-environments", "NIST:4.4.3"},
		Kinds:      workloads,
		Scope:      lint.ContainerScope,
		Check:      eachLinuxContainer(appArmorProfileMissing),
	},
}

// appArmorAnnotation names the profile of the container whose name follows; a
// field took its place in 1.30.
const appArmorAnnotation = "container.apparmor.security.beta.kubernetes.io/"

// appArmorProfile is what names the container's profile. From 1.30 on the
// container's field comes before its annotation, which comes before the pod's
// field; before, only the annotation was read.
func appArmorProfile(p *lint.Pass, c *manifest.Container) *manifest.Node {
	field, annotation := ownContext(c, "appArmorProfile"), c.Pod.Annotation(appArmorAnnotation+c.Name())
	switch {
	case field.IsSet() && p.Version.AtLeast(30):
		return field
	case annotation.Str() != "":
		return annotation
	case field.IsSet():
		return field
	}
	return podContext(c.Pod, "appArmorProfile")
}

func appArmorConfinement(profile *manifest.Node) (confinement, *manifest.Node) {
	switch {
	case !isAnnotation(profile):
		return fieldConfinement(profile)
	case profile.Templated():
		return untold, profile
	case isAppArmorAnnotation(profile.Str()):
		return confined, profile
	}
	return unconfined, profile
}

func isAppArmorAnnotation(value string) bool {
	return value == "" || value == "runtime/default" || strings.HasPrefix(value, "localhost/")
}

func appArmorUnconfined(p *lint.Pass, c *manifest.Container) {
	switch state, at := appArmorConfinement(appArmorProfile(p, c)); state {
	case unconfined:
		p.Reportf(at, "container %q runs without AppArmor: its profile is %s", c.Name(), at.Str())
	case untold:
		unknownProfile(p, at)
	}
}

func appArmorProfileMissing(p *lint.Pass, c *manifest.Container) {
	switch state, at := appArmorConfinement(appArmorProfile(p, c)); {
	case state == confined:
		p.Comply()
	case state == unconfined:
		p.Forfeit()
	case state == untold:
		unknownProfile(p, at)
	case p.Version.AtLeast(30) || !c.Pod.Metadata.IsSet():
		p.Missingf(c.Node, []string{"securityContext", "appArmorProfile", "type"}, "container %q names no AppArmor profile", c.Name())
	default:
		p.Missingf(c.Pod.Metadata, []string{"annotations", appArmorAnnotation + c.Name()}, "container %q has no AppArmor annotation", c.Name())
	}
}
