package rules

import (
	"slices"

	"github.com/seaworthy-lint/seaworthy/lint"
	"github.com/seaworthy-lint/seaworthy/lint/manifest"
)

var privilegeRules = []lint.Rule{
	{
		ID:     "privileged-container",
		Family: "securitycontext",
		Title:  "container runs privileged",
		Why: "A privileged container has every capability, all devices of the node and no seccomp, AppArmor or SELinux " +
			"confinement. Whoever takes it over owns the node.",
		Fix:      "delete securityContext.privileged (or set it to false) and add only the capabilities that the process needs",
		FixKind:  lint.UnsafeFix,
		Severity: lint.Critical,
		Points:   -30,
		Profiles: []string{"default", "strict", "pss-baseline", "pss-restricted", "cis", "nsa", "kubesec"},
		Aliases: []string{
			"kubesec:Privileged", "kube-linter:privileged-container", "kube-linter:privilege-escalation-container",
			"kube-score:container-security-context-privileged", "polaris:runAsPrivileged", "trivy-checks:KSV-0017",
			"checkov:CKV_K8S_16", "kubescape:C-0057", "kubescape:C-0211", "pod-security-admission:privileged",
			"kics:dd29336b-fe57-445b-a26e-e6aa867ae609",
		},
		References: []string{
			"CIS:5.2.2", "NSA:pod-security", "NIST:3.4.3,4.4.3", "PSS:baseline", "ATTACK:T1611", "OWASP:K01",
		},
		Kinds: workloads,
		Scope: lint.ContainerScope,
		Hides: []string{
			"seccomp-unconfined", "privilege-escalation-not-disabled", "sys-admin-capability", "dangerous-capability",
			"capability-beyond-baseline", "capability-added", "net-raw-capability", "capabilities-not-dropped",
			"capability-drop-missing", "capability-name-invalid",
		},
		Check:       eachLinuxContainer(privilegedContainer),
		PodSecurity: eachContainer(privilegedContainer),
	},
	{
		ID:     "allow-privilege-escalation",
		Family: "securitycontext",
		Title:  "container asks for privilege escalation",
		Why: "With allowPrivilegeEscalation: true a process may gain more rights than its parent, through a set-user-ID " +
			"program or file capabilities. It undoes running as an ordinary user.",
		Fix:      "set securityContext.allowPrivilegeEscalation: false",
		FixKind:  lint.SafeFix,
		Versions: "Pod Security exempts Windows pods from 1.25 on.",
		Severity: lint.High,
		Points:   -7,
		Profiles: []string{"default", "strict", "pss-restricted", "cis", "nsa", "kubesec"},
		Aliases: []string{
			"kubesec:AllowPrivilegeEscalation", "kube-linter:privilege-escalation-container",
			"polaris:privilegeEscalationAllowed", "trivy-checks:KSV-0001", "checkov:CKV_K8S_20", "kubescape:C-0016",
			"kubescape:C-0211", "pod-security-admission:allowPrivilegeEscalation",
			"kics:5572cc5e-1e4c-4113-92a6-7a8a3bd25e6d",
		},
		References: []string{
			"CIS:5.2.6", "NSA:pod-security", "NIST:4.4.3", "PSS:restricted", "ATTACK:T1548", "OWASP:K01",
		},
		Kinds:       workloads,
		Scope:       lint.ContainerScope,
		Check:       eachLinuxContainer(allowPrivilegeEscalation),
		PodSecurity: podSecurityEscalation(allowPrivilegeEscalation),
	},
	{
		ID:     "privilege-escalation-not-disabled",
		Family: "securitycontext",
		Title:  "container does not disable privilege escalation",
		Why: "Kubernetes lets a process gain more rights than its parent unless it is told otherwise. One set-user-ID " +
			"program in the image is then enough to become root in the container.",
		Fix:      "add securityContext.allowPrivilegeEscalation: false",
		FixKind:  lint.SafeFix,
		Versions: "Pod Security exempts Windows pods from 1.25 on.",
		Severity: lint.Medium,
		Points:   +1,
		Profiles: []string{"default", "strict", "pss-restricted", "cis", "nsa"},
		Aliases: []string{
			"polaris:privilegeEscalationAllowed", "trivy-checks:KSV-0001", "trivy-checks:KSV-0118",
			"checkov:CKV_K8S_20", "checkov:CKV_K8S_30", "kubescape:C-0016", "kubescape:C-0211",
			"pod-security-admission:allowPrivilegeEscalation", "kics:5572cc5e-1e4c-4113-92a6-7a8a3bd25e6d",
			"kics:a97a340a-0063-418e-b3a1-3028941d0995",
		},
		References: []string{
			"CIS:5.2.6", "NSA:pod-security", "NIST:4.4.3", "PSS:restricted", "ATTACK:T1548", "OWASP:K01",
		},
		Kinds:       workloads,
		Scope:       lint.ContainerScope,
		Check:       eachLinuxContainer(escalationNotDisabled),
		PodSecurity: podSecurityEscalation(escalationUnset),
	},
	{
		ID:     "writable-root-filesystem",
		Family: "securitycontext",
		Title:  "root file system of the container is writable",
		Why: "On a writable root file system an intruder can replace programs, drop tools and change configuration. A " +
			"read-only one leaves only the volumes that were meant to be written.",
		Fix:      "set readOnlyRootFilesystem: true and mount emptyDir volumes on the paths that the process writes, such as /tmp",
		FixKind:  lint.UnsafeFix,
		Severity: lint.Medium,
		Points:   +1,
		Profiles: []string{"default", "strict", "cis", "nsa", "kubesec"},
		Aliases: []string{
			"kubesec:ReadOnlyRootFilesystem", "kube-linter:no-read-only-root-fs",
			"kube-score:container-security-context-readonlyrootfilesystem", "polaris:notReadOnlyRootFilesystem",
			"trivy-checks:KSV-0014", "trivy-checks:KSV-0118", "checkov:CKV_K8S_22", "kubescape:C-0017",
			"kubescape:C-0211", "kics:a9c2f49d-0671-4fc9-9ece-f4e261e128d0",
		},
		References: []string{"CIS:5.7.3", "NSA:immutable-filesystem", "NIST:4.4.4", "OWASP:K01"},
		Kinds:      workloads,
		Scope:      lint.ContainerScope,
		Check:      eachLinuxContainer(writableRootFilesystem),
	},
}

func privilegedContainer(p *lint.Pass, c *manifest.Container) {
	reportTrue(p, ownContext(c, "privileged"), "container %q runs privileged", c.Name())
}

func allowPrivilegeEscalation(p *lint.Pass, c *manifest.Container) {
	reportTrue(p, ownContext(c, "allowPrivilegeEscalation"), "container %q allows privilege escalation", c.Name())
}

func reportTrue(p *lint.Pass, n *manifest.Node, format string, args ...any) {
	switch n.Truth() {
	case manifest.True:
		p.Reportf(n, format, args...)
	case manifest.Unknown:
		p.UnknownValue(n)
	}
}

// escalationNotDisabled leaves to stronger rules what the kubelet forces: a
// privileged container and one with SYS_ADMIN can always escalate.
func escalationNotDisabled(p *lint.Pass, c *manifest.Container) {
	if forcesEscalation(c) {
		p.Forfeit()
		return
	}
	escalationUnset(p, c)
}

func forcesEscalation(c *manifest.Container) bool {
	added := c.At("securityContext", "capabilities", "add").Items()
	return ownContext(c, "privileged").True() ||
		slices.ContainsFunc(added, func(entry *manifest.Node) bool { return capabilityName(entry) == "SYS_ADMIN" })
}

func escalationUnset(p *lint.Pass, c *manifest.Container) {
	switch n := ownContext(c, "allowPrivilegeEscalation"); n.Truth() {
	case manifest.False:
		p.Comply()
	case manifest.True:
		p.Forfeit()
	case manifest.Unknown:
		p.UnknownValue(n)
	default:
		p.Missingf(c.Node, []string{"securityContext", "allowPrivilegeEscalation"}, "container %q does not disable privilege escalation", c.Name())
	}
}

func writableRootFilesystem(p *lint.Pass, c *manifest.Container) {
	switch n := ownContext(c, "readOnlyRootFilesystem"); n.Truth() {
	case manifest.True:
		p.Comply()
	case manifest.False:
		p.Reportf(n, "container %q asks for a writable root file system", c.Name())
	case manifest.Unknown:
		p.UnknownValue(n)
	default:
		p.Missingf(c.Node, []string{"securityContext", "readOnlyRootFilesystem"}, "container %q has a writable root file system", c.Name())
	}
}
