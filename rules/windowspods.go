package rules

import (
	"strings"

	"github.com/seaworthy-lint/seaworthy/lint"
	"github.com/seaworthy-lint/seaworthy/lint/manifest"
)

var windowsRules = []lint.Rule{
	{
		ID:     "windows-host-process",
		Family: "securitycontext",
		Title:  "Windows container runs on the host",
		Why: "A HostProcess container is no container: it runs on the Windows node itself, with its file system and " +
			"network, mostly as an administrator.",
		Fix:      "delete windowsOptions.hostProcess, and hostNetwork with it",
		FixKind:  lint.UnsafeFix,
		Severity: lint.Critical,
		Points:   -30,
		Profiles: []string{"default", "strict", "pss-baseline", "pss-restricted", "cis"},
		Aliases: []string{
			"polaris:hostProcess", "trivy-checks:KSV-0103", "kubescape:C-0211",
			"pod-security-admission:windowsHostProcess",
		},
		References:  []string{"CIS:5.2.11", "PSS:baseline", "ATTACK:T1611", "OWASP:K01"},
		Kinds:       workloads,
		Scope:       lint.PodScope,
		Check:       eachPod(inContexts(windowsHostProcess)),
		PodSecurity: eachPod(inContexts(windowsHostProcess)),
	},
	{
		ID:     "windows-run-as-administrator",
		Family: "securitycontext",
		Title:  "Windows container runs as an administrator",
		Why: "An administrator of a Windows container can change everything in it and reaches far more of the shared " +
			"kernel than ContainerUser does.",
		Fix:        "set windowsOptions.runAsUserName: ContainerUser",
		FixKind:    lint.UnsafeFix,
		Severity:   lint.Medium,
		Points:     -2,
		Profiles:   []string{"default", "strict"},
		Aliases:    []string{"kubescape:C-0211"},
		References: []string{"NIST:4.4.3", "OWASP:K01"},
		Kinds:      workloads,
		Scope:      lint.ContainerScope,
		Check:      eachContainer(windowsAdministrator),
	},
}

// windowsHostProcess holds whatever the pod says of its operating system: the
// field itself asks for Windows.
func windowsHostProcess(p *lint.Pass, owner string, context *manifest.Node) {
	reportTrue(p, along(context, "windowsOptions", "hostProcess"), "%s runs as a HostProcess on the node", owner)
}

func windowsAdministrator(p *lint.Pass, c *manifest.Container) {
	if !c.Pod.Windows() {
		return
	}
	switch n := effectiveContext(c, "windowsOptions", "runAsUserName"); {
	case n.IsSet() && !readable(n, "runAsUserName"):
		p.UnknownValue(n)
	case isWindowsAdministrator(n.Str()):
		p.Reportf(n, "container %q runs as %s", c.Name(), n.Str())
	case !n.IsSet() && p.Strict:
		p.Missingf(c.Node, []string{"securityContext", "windowsOptions", "runAsUserName"}, "container %q leaves to the image whether it runs as an administrator", c.Name())
	}
}

// isWindowsAdministrator compares account names as Windows does, without case;
// the first two also with the domain of the container itself.
func isWindowsAdministrator(account string) bool {
	account = strings.ToLower(account)
	if account == `nt authority\system` {
		return true
	}
	for _, domain := range []string{`user manager\`, `.\`} {
		account = strings.TrimPrefix(account, domain)
	}
	return account == "containeradministrator" || account == "administrator"
}
