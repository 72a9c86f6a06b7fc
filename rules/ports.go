package rules

import (
	"slices"
	"strconv"
	"strings"

	"github.com/seaworthy-lint/seaworthy/lint"
	"github.com/seaworthy-lint/seaworthy/lint/manifest"
)

var ports = []lint.Rule{
	{
		ID:     "host-port",
		Family: "ports",
		Title:  "container takes a port of the node",
		Why: "A host port is open on every address of the node past Services and most network policies, and keeps two " +
			"such pods off one node.",
		Fix:      "delete hostPort and expose the port with a Service",
		FixKind:  lint.UnsafeFix,
		Severity: lint.Medium,
		Points:   -3,
		Profiles: []string{"default", "strict", "pss-baseline", "pss-restricted", "cis", "nsa"},
		Aliases: []string{
			"polaris:hostPortSet", "trivy-checks:KSV-0024", "checkov:CKV_K8S_26", "kubescape:C-0044",
			"pod-security-admission:hostPorts", "kics:2b1836f1-dcce-416e-8e16-da8c71920633",
		},
		References:  []string{"CIS:5.2.13", "NSA:pod-security", "PSS:baseline", "OWASP:K01"},
		Kinds:       workloads,
		Scope:       lint.ContainerScope,
		Params:      &portParams{},
		Check:       eachContainer(hostPort),
		PodSecurity: eachContainer(podSecurityHostPort),
	},
	{
		ID:     "privileged-port",
		Family: "ports",
		Title:  "container listens on a privileged port",
		Why: "On Linux a port below 1024 takes root or NET_BIND_SERVICE unless a sysctl lowers the limit; a Service " +
			"can offer the low port while the process listens on a high one.",
		Fix:        "listen on 8080 or 8443 and keep the low number as the Service's port",
		FixKind:    lint.UnsafeFix,
		Severity:   lint.Low,
		Points:     -1,
		Profiles:   []string{"default", "strict"},
		Aliases:    []string{"kube-linter:privileged-ports", "trivy-checks:KSV-0117"},
		References: []string{"NIST:4.4.3", "OWASP:K01"},
		Kinds:      workloads,
		Scope:      lint.ContainerScope,
		Params:     &portParams{},
		Check:      eachLinuxContainer(privilegedPort),
	},
	{
		ID:     "ssh-port",
		Family: "ports",
		Title:  "workload offers SSH",
		Why: "An SSH server in a container is a second way in with credentials of its own, which neither RBAC nor the " +
			"audit log of the cluster sees.",
		Fix:        "remove the SSH server and use kubectl exec or kubectl debug",
		FixKind:    lint.NoFix,
		Severity:   lint.Medium,
		Points:     -2,
		Profiles:   []string{"strict"},
		Aliases:    []string{"kube-linter:ssh-port", "kubescape:C-0042"},
		References: []string{"NIST:4.4.3", "ATTACK:T1021.004", "OWASP:K01"},
		Kinds:      portKinds,
		Scope:      lint.ContainerScope,
		Check:      sshPort,
	},
	{
		ID:     "unauthenticated-debug-port",
		Family: "ports",
		Title:  "container opens a control port without authentication",
		Why: "Debuggers, JMX and the Docker API run whatever a client sends. Where they listen beyond loopback without " +
			"authentication, every pod that reaches them runs code in the container or, through Docker, on the node.",
		Fix:        "delete the option, bind it to 127.0.0.1, or use TLS",
		FixKind:    lint.UnsafeFix,
		Severity:   lint.High,
		Points:     -7,
		Profiles:   []string{"default", "strict", "novel"},
		References: []string{"NIST:4.4.3", "ATTACK:T1190,T1610", "OWASP:K01"},
		Kinds:      workloads,
		Scope:      lint.ContainerScope,
		Check:      eachContainer(unauthenticatedDebugPort),
	},
	{
		ID:     "invalid-port",
		Family: "ports",
		Title:  "port is invalid or undeclared",
		Why: "The API server rejects ports out of range, malformed names and duplicates, and a probe of a port name " +
			"that its container does not declare never succeeds.",
		Fix:      "rename, renumber or declare the port",
		FixKind:  lint.UnsafeFix,
		Severity: lint.Medium,
		Points:   -2,
		Profiles: []string{"reliability"},
		Aliases: []string{
			"kube-linter:invalid-target-ports", "kube-linter:liveness-port", "kube-linter:readiness-port",
			"kube-linter:startup-port", "kube-score:container-ports-check",
		},
		Kinds: portKinds,
		Scope: lint.ResourceScope,
		Check: invalidPort,
	},
}

// portKinds are the kinds in which ports stand.
var portKinds = lint.Kinds{Workloads: true, Names: []string{"Service"}}

// isService tells a Service from the kinds of other groups with that name.
func isService(o *manifest.Object) bool { return o.Kind == "Service" && o.Group() == "" }

// number reads a port's number. What is there and no number is unknown, and
// counts as absent.
func number(p *lint.Pass, n *manifest.Node) (port int64, ok bool) {
	port, ok = n.Int()
	if !ok && n.IsSet() {
		p.UnknownValue(n)
	}
	return port, ok
}

// protocol is the protocol of a port, TCP where none is named.
func protocol(port *manifest.Node) string {
	if named := port.At("protocol").Str(); named != "" {
		return named
	}
	return "TCP"
}

// portParams are the parameters of rules that refuse ports.
type portParams struct {
	AllowedPorts []int64 `doc:"numbers of ports that are let be" min:"1"`
}

func allowsPort(p *lint.Pass, number int64) bool {
	params, _ := p.Rule.Params.(*portParams)
	return slices.Contains(params.AllowedPorts, number)
}

func hostPort(p *lint.Pass, c *manifest.Container) {
	for _, port := range c.At("ports").Items() {
		n := port.At("hostPort")
		if value, ok := number(p, n); ok && value != 0 && !allowsPort(p, value) {
			p.Reportf(n, "container %q takes port %d of the node", c.Name(), value)
		}
	}
}

func privilegedPort(p *lint.Pass, c *manifest.Container) {
	for _, port := range c.At("ports").Items() {
		n := port.At("containerPort")
		value, ok := number(p, n)
		if !ok || value < 1 || value > 1023 || allowsPort(p, value) {
			continue
		}
		switch start := unprivilegedStart(c.Pod); {
		case start == nil:
			p.Reportf(n, "container %q listens on port %d, which takes privileges", c.Name(), value)
		case start.Templated():
			p.UnknownValue(start)
		default:
			if first, err := strconv.ParseInt(start.Str(), 10, 32); err != nil || value < first {
				p.Reportf(n, "container %q listens on port %d, below the sysctl's %q", c.Name(), value, start.Str())
			}
		}
	}
}

// unprivilegedStart is the value of the sysctl from which on ports take no
// privileges; nil when the pod does not set it.
func unprivilegedStart(pod *manifest.Pod) *manifest.Node {
	var value *manifest.Node
	for _, sysctl := range pod.At("securityContext", "sysctls").Items() {
		if strings.ReplaceAll(sysctl.At("name").Str(), "/", ".") == "net.ipv4.ip_unprivileged_port_start" {
			value = sysctl.At("value")
		}
	}
	return value
}
