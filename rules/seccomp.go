package rules

import (
	"strings"

	"github.com/seaworthy-lint/seaworthy/lint"
	"github.com/seaworthy-lint/seaworthy/lint/manifest"
)

var seccompRules = []lint.Rule{
	{
		ID:     "seccomp-unconfined",
		Family: "securitycontext",
		Title:  "seccomp is switched off for the container",
		Why: "Without a seccomp profile every system call reaches the kernel, also those that containers never need and " +
			"that most kernel exploits start from.",
		Fix:      "set seccompProfile.type: RuntimeDefault",
		FixKind:  lint.SafeFix,
		Versions: "The annotations that came before the field count below 1.27 only.",
		Severity: lint.Medium,
		Points:   -1,
		Profiles: []string{"default", "strict", "pss-baseline", "pss-restricted", "cis", "nsa", "kubesec"},
		Aliases: []string{
			"kubesec:SeccompUnconfined", "trivy-checks:KSV-0030", "trivy-checks:KSV-0104", "checkov:CKV_K8S_31",
			"kubescape:C-0210", "pod-security-admission:seccompProfile_baseline",
			"pod-security-admission:seccompProfile_restricted", "kics:f377b83e-bd07-4f48-a591-60c82b14a78b",
		},
		References: []string{
			"CIS:5.7.2", "NSA:hardening-container-environments", "NIST:4.4.3", "PSS:baseline", "ATTACK:T1611",
			"OWASP:K01",
		},
		Kinds:       workloads,
		Scope:       lint.ContainerScope,
		Check:       eachLinuxContainer(seccompUnconfined),
		PodSecurity: podSecuritySeccomp,
	},
	{
		ID:     "seccomp-profile-missing",
		Family: "securitycontext",
		Title:  "container names no seccomp profile",
		Why: "Unless the kubelet is set up otherwise, a container that names no seccomp profile runs without one, and " +
			"every system call reaches the kernel.",
		Fix:      "add seccompProfile.type: RuntimeDefault to the pod securityContext",
		FixKind:  lint.SafeFix,
		Versions: "The annotations that came before the field count below 1.27 only.",
		Severity: lint.Medium,
		Points:   +1,
		Profiles: []string{"default", "strict", "pss-restricted", "cis", "nsa", "kubesec"},
		Aliases: []string{
			"kubesec:SeccompAny", "kube-score:container-seccomp-profile", "polaris:linuxHardening",
			"trivy-checks:KSV-0030", "trivy-checks:KSV-0104", "trivy-checks:KSV-0118", "checkov:CKV_K8S_29",
			"checkov:CKV_K8S_31", "kubescape:C-0055", "kubescape:C-0210", "kubescape:C-0211",
			"pod-security-admission:seccompProfile_restricted", "kics:f377b83e-bd07-4f48-a591-60c82b14a78b",
			"kics:a97a340a-0063-418e-b3a1-3028941d0995",
		},
		References: []string{
			"CIS:5.7.2", "NSA:hardening-container-environments", "NIST:4.4.3", "PSS:restricted", "OWASP:K01",
		},
		Kinds:       workloads,
		Scope:       lint.ContainerScope,
		Check:       eachLinuxContainer(seccompProfileMissing),
		PodSecurity: podSecuritySeccompUnset,
	},
}

// Annotations that named seccomp profiles before 1.19 and were read, where no
// field said otherwise, until 1.27.
const (
	seccompPodAnnotation       = "seccomp.security.alpha.kubernetes.io/pod"
	seccompContainerAnnotation = "container.seccomp.security.alpha.kubernetes.io/"
)

// seccompProfile is what names the container's profile, in the order in which
// the kubelet looked: its field, its annotation, the pod's field, the pod's
// annotation.
func seccompProfile(p *lint.Pass, c *manifest.Container) *manifest.Node {
	annotated := !p.Version.AtLeast(27)
	candidates := []struct {
		n    *manifest.Node
		read bool
	}{
		{ownContext(c, "seccompProfile"), true},
		{c.Pod.Annotation(seccompContainerAnnotation + c.Name()), annotated},
		{podContext(c.Pod, "seccompProfile"), true},
		{c.Pod.Annotation(seccompPodAnnotation), annotated},
	}
	for _, candidate := range candidates {
		if candidate.read && candidate.n.IsSet() {
			return candidate.n
		}
	}
	return nil
}

func seccompConfinement(profile *manifest.Node) (confinement, *manifest.Node) {
	switch {
	case !isAnnotation(profile):
		return fieldConfinement(profile)
	case profile.Str() == "unconfined":
		return unconfined, profile
	case isSeccompAnnotation(profile.Str()):
		return confined, profile
	}
	return untold, profile
}

func isSeccompAnnotation(value string) bool {
	return value == "runtime/default" || value == "docker/default" || strings.HasPrefix(value, "localhost/")
}

// seccompUnconfined is silent on privileged containers: they run unconfined
// whatever the profile says.
func seccompUnconfined(p *lint.Pass, c *manifest.Container) {
	if ownContext(c, "privileged").True() {
		return
	}
	switch state, at := seccompConfinement(seccompProfile(p, c)); state {
	case unconfined:
		p.Reportf(at, "container %q runs without seccomp: its profile is %s", c.Name(), at.Str())
	case untold:
		unknownProfile(p, at)
	}
}

func seccompProfileMissing(p *lint.Pass, c *manifest.Container) {
	profile := seccompProfile(p, c)
	switch state, at := seccompConfinement(profile); {
	case state == unconfined:
		p.Forfeit()
	case state == untold:
		unknownProfile(p, at)
	case state == unnamed:
		p.Missingf(c.Node, []string{"securityContext", "seccompProfile", "type"}, "container %q names no seccomp profile", c.Name())
	case at.Str() == "Localhost" && !profile.At("localhostProfile").IsSet():
		p.Missingf(profile, []string{"localhostProfile"}, "container %q has a seccomp profile of type Localhost without localhostProfile", c.Name())
	default:
		p.Comply()
	}
}
