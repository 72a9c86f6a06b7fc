package rules

import (
	"slices"
	"strings"

	"github.com/seaworthy-lint/seaworthy/lint"
	"github.com/seaworthy-lint/seaworthy/lint/manifest"
)

var kernelRules = []lint.Rule{
	{
		ID:     "selinux-options-unsafe",
		Family: "securitycontext",
		Title:  "SELinux options leave the container types",
		Why: "A custom SELinux user or role, or a type such as spc_t, takes the container out of the policy that keeps " +
			"it from the files and processes of the node.",
		Fix:         "remove seLinuxOptions.user and role and set type: container_t",
		FixKind:     lint.UnsafeFix,
		Versions:    "The type container_engine_t is allowed from 1.31 on.",
		Severity:    lint.Medium,
		Points:      -3,
		Profiles:    []string{"default", "strict", "pss-baseline", "pss-restricted"},
		Aliases:     []string{"trivy-checks:KSV-0025", "pod-security-admission:seLinuxOptions"},
		References:  []string{"NIST:4.4.3", "PSS:baseline", "ATTACK:T1611", "OWASP:K01"},
		Kinds:       workloads,
		Scope:       lint.PodScope,
		Check:       eachLinuxPod(inContexts(selinuxOptions)),
		PodSecurity: eachPod(inContexts(selinuxOptions)),
	},
	{
		ID:     "proc-mount-unmasked",
		Family: "securitycontext",
		Title:  "/proc of the container is not masked",
		Why: "Runtimes hide and write-protect parts of /proc that show or change the kernel. Unmasked gives them to the " +
			"container.",
		Fix:      "delete securityContext.procMount",
		FixKind:  lint.SafeFix,
		Versions: "Pod Security allows it from 1.35 on, at the Baseline level, for pods with hostUsers: false.",
		Severity: lint.High,
		Points:   -5,
		Profiles: []string{"default", "strict", "pss-baseline", "pss-restricted"},
		Aliases: []string{
			"kube-linter:unsafe-proc-mount", "polaris:procMount", "trivy-checks:KSV-0027", "kubescape:C-0211",
			"pod-security-admission:procMount", "pod-security-admission:procMount_restricted",
		},
		References:  []string{"NIST:4.4.3", "PSS:baseline", "ATTACK:T1611", "OWASP:K01"},
		Kinds:       workloads,
		Scope:       lint.ContainerScope,
		Check:       eachLinuxContainer(procMountUnmasked),
		PodSecurity: podSecurityProcMount,
	},
	{
		ID:     "unsafe-sysctl",
		Family: "securitycontext",
		Title:  "pod sets a kernel parameter that is not known to be safe",
		Why: "Only a few kernel parameters are known to stay within the pod. Others can starve or crash the node and " +
			"its other pods.",
		Fix:      "delete the sysctl entry",
		FixKind:  lint.UnsafeFix,
		Versions: "The set of safe sysctls grew in 1.27, 1.29, 1.32 and 1.37.",
		Severity: lint.Medium,
		Points:   -3,
		Profiles: []string{"default", "strict", "pss-baseline", "pss-restricted"},
		Aliases: []string{
			"kube-linter:unsafe-sysctls", "trivy-checks:KSV-0026", "kubescape:C-0211",
			"pod-security-admission:sysctls", "kics:9127f0d9-2310-42e7-866f-5fd9d20dcbad",
		},
		References:  []string{"NIST:4.4.3", "PSS:baseline", "OWASP:K01"},
		Kinds:       workloads,
		Scope:       lint.PodScope,
		Check:       eachLinuxPod(unsafeSysctl),
		PodSecurity: eachPod(podSecuritySysctls),
	},
}

// selinuxTypes are the types that the Baseline standard allows; none stands
// for the default.
func selinuxTypes(v lint.Version) []string {
	types := []string{"", "container_t", "container_init_t", "container_kvm_t"}
	if v.AtLeast(31) {
		types = append(types, "container_engine_t")
	}
	return types
}

func selinuxOptions(p *lint.Pass, owner string, context *manifest.Node) {
	options := along(context, "seLinuxOptions")
	for _, field := range []string{"type", "user", "role"} {
		switch n := along(options, field); {
		case !n.IsSet():
		case !readable(n, field):
			p.UnknownValue(n)
		case field == "type" && !slices.Contains(selinuxTypes(p.Version), n.Str()):
			p.Reportf(n, "%s has the SELinux type %q", owner, n.Str())
		case field != "type" && n.Str() != "":
			p.Reportf(n, "%s sets the SELinux %s %q", owner, field, n.Str())
		}
	}
}

func procMountUnmasked(p *lint.Pass, c *manifest.Container) {
	switch n := ownContext(c, "procMount"); {
	case !n.IsSet():
	case !readable(n, "procMount"):
		p.UnknownValue(n)
	case n.Str() != "Default":
		p.Reportf(n, "container %q has procMount %s", c.Name(), n.Str())
	}
}

// safeSysctls are the kernel parameters that the Baseline standard allows, by
// the minor version from which on it does.
var safeSysctls = map[int][]string{
	0: {
		"kernel.shm_rmid_forced", "net.ipv4.ip_local_port_range", "net.ipv4.tcp_syncookies", "net.ipv4.ping_group_range",
		"net.ipv4.ip_unprivileged_port_start",
	},
	27: {"net.ipv4.ip_local_reserved_ports"},
	29: {
		"net.ipv4.tcp_keepalive_time", "net.ipv4.tcp_fin_timeout", "net.ipv4.tcp_keepalive_intvl", "net.ipv4.tcp_keepalive_probes",
	},
	32: {"net.ipv4.tcp_rmem", "net.ipv4.tcp_wmem"},
	37: {"net.ipv4.tcp_slow_start_after_idle", "net.ipv4.tcp_notsent_lowat"},
}

func isSafeSysctl(name string, v lint.Version) bool {
	for minor, names := range safeSysctls {
		if v.AtLeast(minor) && slices.Contains(names, name) {
			return true
		}
	}
	return false
}

// unsafeSysctl takes slashes for dots, as the kubelet does.
func unsafeSysctl(p *lint.Pass, pod *manifest.Pod) {
	for _, item := range podContext(pod, "sysctls").Items() {
		switch n := along(item, "name"); {
		case !n.IsSet():
		case !readable(n, "name"):
			p.UnknownValue(n)
		case !isSafeSysctl(strings.ReplaceAll(n.Str(), "/", "."), p.Version):
			p.Reportf(n, "pod sets the kernel parameter %s", n.Str()).About(n.Str())
		}
	}
}
