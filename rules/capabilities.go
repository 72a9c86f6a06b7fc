package rules

import (
	"slices"
	"strings"

	"github.com/seaworthy-lint/seaworthy/lint"
	"github.com/seaworthy-lint/seaworthy/lint/manifest"
)

var capabilities = []lint.Rule{
	{
		ID:     "sys-admin-capability",
		Family: "capabilities",
		Title:  "container adds SYS_ADMIN or ALL",
		Why: "CAP_SYS_ADMIN lets a process mount file systems, load BPF programs and enter namespaces, " +
			"so a container with it, or with ALL, is as good as root on the node.",
		Fix:      "delete the entry from capabilities.add",
		FixKind:  lint.UnsafeFix,
		Severity: lint.Critical,
		Points:   -30,
		Profiles: []string{"default", "strict", "pss-baseline", "pss-restricted", "cis", "nsa", "kubesec"},
		Aliases: []string{
			"kubesec:CapSysAdmin", "kube-linter:privilege-escalation-container", "kube-linter:drop-net-raw-capability",
			"polaris:dangerousCapabilities", "trivy-checks:KSV-0005", "trivy-checks:KSV-0022", "checkov:CKV_K8S_25",
			"checkov:CKV_K8S_39", "kubescape:C-0046", "pod-security-admission:capabilities_baseline",
			"kics:235236ee-ad78-4065-bd29-61b061f28ce0", "kics:19ebaa28-fc86-4a58-bcfa-015c9e22fe40",
		},
		References:  []string{"CIS:5.2.9", "NSA:pod-security", "NIST:4.4.3", "PSS:baseline", "ATTACK:T1611", "OWASP:K01"},
		Kinds:       workloads,
		Scope:       lint.ContainerScope,
		Hides:       []string{"dangerous-capability", "net-raw-capability", "privilege-escalation-not-disabled"},
		Check:       addedCapabilities(isRootCapability, "container %q adds capability %s, which is as good as root on the node"),
		PodSecurity: podSecurityAdds(isRootCapability),
	},
	{
		ID:     "dangerous-capability",
		Family: "capabilities",
		Title:  "container adds a capability that leads out of it",
		Why: "Capabilities such as SYS_PTRACE, NET_ADMIN or DAC_READ_SEARCH give a process power over the node's " +
			"kernel, network or files; each of them has been used to break out of containers.",
		Fix:      "delete the entry from capabilities.add",
		FixKind:  lint.UnsafeFix,
		Severity: lint.High,
		Points:   -9,
		Profiles: []string{"default", "strict", "pss-baseline", "pss-restricted", "cis", "nsa"},
		Aliases: []string{
			"polaris:dangerousCapabilities", "trivy-checks:KSV-0022", "trivy-checks:KSV-0120", "checkov:CKV_K8S_25",
			"kubescape:C-0046", "pod-security-admission:capabilities_baseline", "kics:19ebaa28-fc86-4a58-bcfa-015c9e22fe40",
		},
		References:  []string{"CIS:5.2.9", "NSA:pod-security", "NIST:4.4.3", "PSS:baseline", "ATTACK:T1611", "OWASP:K01"},
		Kinds:       workloads,
		Scope:       lint.ContainerScope,
		Hides:       []string{"capability-beyond-baseline", "capability-added"},
		Check:       addedCapabilities(isDangerousCapability, "container %q adds the dangerous capability %s"),
		PodSecurity: podSecurityAdds(isDangerousCapability),
	},
	{
		ID:     "capability-beyond-baseline",
		Family: "capabilities",
		Title:  "container adds a capability beyond the Baseline standard",
		Why: "The Baseline Pod Security Standard allows 13 capabilities, those that runtimes give anyway without NET_RAW. " +
			"Anything else widens what a compromised process can do, for example spoof traffic with NET_RAW.",
		Fix:      "delete the entry from capabilities.add",
		FixKind:  lint.UnsafeFix,
		Severity: lint.Medium,
		Points:   -3,
		Profiles: []string{"default", "strict", "pss-baseline", "pss-restricted", "cis", "nsa"},
		Aliases: []string{
			"trivy-checks:KSV-0022", "trivy-checks:KSV-0119", "checkov:CKV_K8S_25", "kubescape:C-0046",
			"pod-security-admission:capabilities_baseline", "kics:19ebaa28-fc86-4a58-bcfa-015c9e22fe40",
		},
		References:  []string{"CIS:5.2.9", "NSA:pod-security", "NIST:4.4.3", "PSS:baseline", "OWASP:K01"},
		Kinds:       workloads,
		Scope:       lint.ContainerScope,
		Hides:       []string{"capability-added"},
		Check:       addedCapabilities(isBeyondBaseline, "container %q adds capability %s, which the Baseline standard does not allow"),
		PodSecurity: podSecurityAdds(isBeyondBaseline),
	},
	{
		ID:     "capability-added",
		Family: "capabilities",
		Title:  "container adds a capability that the Restricted standard forbids",
		Why: "A container seldom needs capabilities beyond binding a low port. " +
			"The Restricted Pod Security Standard allows NET_BIND_SERVICE only.",
		Fix:      "delete the entry from capabilities.add",
		FixKind:  lint.UnsafeFix,
		Versions: "Pod Security exempts Windows pods from 1.25 on.",
		Severity: lint.Low,
		Points:   -1,
		Profiles: []string{"strict", "pss-restricted", "cis"},
		Aliases: []string{
			"trivy-checks:KSV-0022", "trivy-checks:KSV-0106", "checkov:CKV_K8S_25",
			"pod-security-admission:capabilities_restricted", "kics:19ebaa28-fc86-4a58-bcfa-015c9e22fe40",
		},
		References:  []string{"CIS:5.2.10", "PSS:restricted", "OWASP:K01"},
		Kinds:       workloads,
		Scope:       lint.ContainerScope,
		Check:       addedCapabilities(isBaselineOnly, "container %q adds capability %s, which the Restricted standard does not allow"),
		PodSecurity: podSecurityRestrictedAdds,
	},
	{
		ID:     "net-raw-capability",
		Family: "capabilities",
		Title:  "container keeps NET_RAW",
		Why: "Runtimes give NET_RAW by default. With it a compromised process can forge packets " +
			"and answer for other pods and the DNS service of the node's network.",
		Fix:      "add NET_RAW (better ALL) to capabilities.drop and remove it from add",
		FixKind:  lint.SafeFix,
		Severity: lint.Medium,
		Points:   -2,
		Profiles: []string{"strict", "cis", "nsa"},
		Aliases: []string{
			"kube-linter:drop-net-raw-capability", "trivy-checks:KSV-0119", "checkov:CKV_K8S_28", "kubescape:C-0046",
			"kubescape:C-0211", "kics:dbbc6705-d541-43b0-b166-dd4be8208b54",
		},
		References: []string{"CIS:5.2.8", "NSA:pod-security", "NIST:4.4.2", "ATTACK:T1557,T1040", "OWASP:K01"},
		Kinds:      workloads,
		Scope:      lint.ContainerScope,
		Check:      eachLinuxContainer(netRawCapability),
	},
	{
		ID:     "capabilities-not-dropped",
		Family: "capabilities",
		Title:  "container does not drop all capabilities",
		Why: "A container starts with about 14 capabilities that most processes never use. " +
			"Dropping ALL and adding back what is needed takes them from an attacker too.",
		Fix:      `set capabilities.drop: ["ALL"] and add back only what is needed`,
		FixKind:  lint.UnsafeFix,
		Versions: "Pod Security exempts Windows pods from 1.25 on.",
		Severity: lint.Medium,
		Points:   +1,
		Profiles: []string{"default", "strict", "pss-restricted", "cis", "nsa", "kubesec"},
		Aliases: []string{
			"kubesec:CapDropAll", "polaris:insecureCapabilities", "polaris:linuxHardening", "trivy-checks:KSV-0003",
			"trivy-checks:KSV-0106", "trivy-checks:KSV-0118", "checkov:CKV_K8S_30", "checkov:CKV_K8S_37",
			"pod-security-admission:capabilities_restricted", "kics:a97a340a-0063-418e-b3a1-3028941d0995",
		},
		References:  []string{"CIS:5.2.10", "NSA:pod-security", "NIST:4.4.3", "PSS:restricted", "OWASP:K01"},
		Kinds:       workloads,
		Scope:       lint.ContainerScope,
		Hides:       []string{"net-raw-capability", "capability-drop-missing"},
		Check:       eachLinuxContainer(capabilitiesNotDropped),
		PodSecurity: podSecurityDropAll,
	},
	{
		ID:       "capability-drop-missing",
		Family:   "capabilities",
		Title:    "container drops no capability",
		Why:      "A container that drops no capability keeps the whole default set of its runtime.",
		Fix:      `add capabilities.drop: ["ALL"]`,
		FixKind:  lint.SafeFix,
		Severity: lint.Low,
		Points:   +1,
		Profiles: []string{"kubesec"},
		Aliases: []string{
			"kubesec:CapDropAny", "polaris:insecureCapabilities", "trivy-checks:KSV-0004",
			"kics:268ca686-7fb7-4ae9-b129-955a2a89064e",
		},
		References: []string{"NIST:4.4.3"},
		Kinds:      workloads,
		Scope:      lint.ContainerScope,
		Check:      eachLinuxContainer(capabilityDropMissing),
	},
	{
		ID:     "capability-name-invalid",
		Family: "capabilities",
		Title:  "capability is not spelled as Kubernetes expects it",
		Why: "Capabilities are upper-case names without CAP_. Some runtimes accept other spellings, others ignore them, " +
			"and Pod Security Admission does not count a lower-case drop: [\"all\"] as dropped.",
		Fix:      "rewrite to the upper-case name without CAP_",
		FixKind:  lint.SafeFix,
		Severity: lint.Medium,
		Points:   -2,
		Profiles: []string{"default", "strict", "novel"},
		Kinds:    workloads,
		Scope:    lint.ContainerScope,
		Check:    eachContainer(capabilityNameInvalid),
	},
}

// The Linux capabilities, by what they lead to (capabilities(7)).
var (
	dangerousCapabilities = []string{
		"SYS_MODULE", "SYS_RAWIO", "SYS_PTRACE", "DAC_READ_SEARCH", "NET_ADMIN", "BPF", "PERFMON", "SYS_BOOT", "MAC_ADMIN",
		"MAC_OVERRIDE", "SYS_TIME", "SYSLOG", "CHECKPOINT_RESTORE", "IPC_OWNER", "LINUX_IMMUTABLE", "AUDIT_CONTROL",
	}
	// baselineCapabilities may be added under the Baseline Pod Security
	// Standard.
	baselineCapabilities = []string{
		"AUDIT_WRITE", "CHOWN", "DAC_OVERRIDE", "FOWNER", "FSETID", "KILL", "MKNOD", "NET_BIND_SERVICE", "SETFCAP",
		"SETGID", "SETPCAP", "SETUID", "SYS_CHROOT",
	}
	otherCapabilities = []string{
		"NET_RAW", "SYS_NICE", "SYS_RESOURCE", "SYS_TTY_CONFIG", "SYS_PACCT", "IPC_LOCK", "LEASE", "AUDIT_READ",
		"BLOCK_SUSPEND", "WAKE_ALARM", "NET_BROADCAST",
	}
)

// capabilityName is the name that runtimes understand an entry as: upper case,
// without CAP_.
func capabilityName(entry *manifest.Node) string {
	return strings.TrimPrefix(strings.ToUpper(entry.Str()), "CAP_")
}

func isRootCapability(name string) bool { return name == "SYS_ADMIN" || name == "ALL" }

func isDangerousCapability(name string) bool { return slices.Contains(dangerousCapabilities, name) }

func isBeyondBaseline(name string) bool {
	return !isRootCapability(name) && !isDangerousCapability(name) && !slices.Contains(baselineCapabilities, name)
}

func isBaselineOnly(name string) bool {
	return name != "NET_BIND_SERVICE" && slices.Contains(baselineCapabilities, name)
}

// addedCapabilities reports each entry of capabilities.add that is in the set.
func addedCapabilities(in func(name string) bool, message string) func(*lint.Pass) {
	return eachLinuxContainer(func(p *lint.Pass, c *manifest.Container) {
		for _, entry := range c.At("securityContext", "capabilities", "add").Items() {
			switch name := capabilityName(entry); {
			case entry.Templated():
				p.UnknownValue(entry)
			case in(name):
				p.Reportf(entry, message, c.Name(), entry.Str()).About(name)
			}
		}
	})
}

// drops tells whether the container drops one of the capabilities, however
// they are spelled.
func drops(c *manifest.Container, names ...string) manifest.Truth {
	found := manifest.False
	for _, entry := range c.At("securityContext", "capabilities", "drop").Items() {
		if slices.Contains(names, capabilityName(entry)) {
			return manifest.True
		}
		if entry.Templated() {
			found = manifest.Unknown
		}
	}
	return found
}

func netRawCapability(p *lint.Pass, c *manifest.Container) {
	for _, entry := range c.At("securityContext", "capabilities", "add").Items() {
		if name := capabilityName(entry); name == "NET_RAW" || name == "ALL" {
			p.Reportf(entry, "container %q adds %s, which wins over what it drops", c.Name(), entry.Str()).About(name)
			return
		}
	}
	missingDrop(p, c, "container %q keeps the capability NET_RAW", "NET_RAW", "ALL")
}

func capabilitiesNotDropped(p *lint.Pass, c *manifest.Container) {
	missingDrop(p, c, "container %q does not drop all capabilities", "ALL")
}

func missingDrop(p *lint.Pass, c *manifest.Container, message string, names ...string) {
	switch drops(c, names...) {
	case manifest.True:
		p.Comply()
	case manifest.Unknown:
		p.Unknown(c.At("securityContext", "capabilities", "drop"), "the value is templated")
	default:
		p.Missingf(c.Node, []string{"securityContext", "capabilities", "drop"}, message, c.Name())
	}
}

func capabilityDropMissing(p *lint.Pass, c *manifest.Container) {
	if len(c.At("securityContext", "capabilities", "drop").Items()) > 0 {
		p.Comply()
		return
	}
	p.Missingf(c.Node, []string{"securityContext", "capabilities", "drop"}, "container %q drops no capability", c.Name())
}

func capabilityNameInvalid(p *lint.Pass, c *manifest.Container) {
	known := slices.Concat(dangerousCapabilities, baselineCapabilities, otherCapabilities, []string{"SYS_ADMIN", "ALL"})
	for _, list := range []string{"add", "drop"} {
		for _, entry := range c.At("securityContext", "capabilities", list).Items() {
			switch {
			case entry.Templated():
				p.UnknownValue(entry)
			case slices.Contains(known, entry.Str()):
			case slices.Contains(known, capabilityName(entry)):
				p.Reportf(entry, "container %q spells capability %s as %q", c.Name(), capabilityName(entry), entry.Str())
			default:
				p.Reportf(entry, "container %q names %q, which is no Linux capability", c.Name(), entry.Str())
			}
		}
	}
}
