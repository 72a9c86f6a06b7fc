package component

import (
	"path"
	"strings"

	"github.com/seaworthy-lint/seaworthy/lint/manifest"
)

// kubeletFields are the fields of a KubeletConfiguration by the flag that sets
// the same (kubelet.config.k8s.io/v1beta1).
var kubeletFields = map[string][]string{
	"allowed-unsafe-sysctls":            {"allowedUnsafeSysctls"},
	"anonymous-auth":                    {"authentication", "anonymous", "enabled"},
	"authorization-mode":                {"authorization", "mode"},
	"client-ca-file":                    {"authentication", "x509", "clientCAFile"},
	"event-qps":                         {"eventRecordQPS"},
	"feature-gates":                     {"featureGates"},
	"make-iptables-util-chains":         {"makeIPTablesUtilChains"},
	"manifest-url":                      {"staticPodURL"},
	"pod-max-pids":                      {"podPidsLimit"},
	"protect-kernel-defaults":           {"protectKernelDefaults"},
	"read-only-port":                    {"readOnlyPort"},
	"rotate-certificates":               {"rotateCertificates"},
	"rotate-server-certificates":        {"serverTLSBootstrap"},
	"seccomp-default":                   {"seccompDefault"},
	"streaming-connection-idle-timeout": {"streamingConnectionIdleTimeout"},
	"tls-cert-file":                     {"tlsCertFile"},
	"tls-cipher-suites":                 {"tlsCipherSuites"},
	"tls-min-version":                   {"tlsMinVersion"},
	"tls-private-key-file":              {"tlsPrivateKeyFile"},
}

// ownKinds are the configuration kinds of components and the fields that
// take what a flag sets. healthz and metrics addresses of the scheduler have no
// flag: its v1beta1 and v1beta2 had fields only.
var ownKinds = []struct {
	kind   ConfigKind
	name   Name
	fields map[string][]string
}{
	{KubeletOwn, Kubelet, kubeletFields},
	{SchedulerOwn, Scheduler, map[string][]string{
		"profiling":            {"enableProfiling"},
		"healthz-bind-address": {"healthzBindAddress"},
		"metrics-bind-address": {"metricsBindAddress"},
	}},
	{ManagerOwn, ControllerManager, map[string][]string{
		"profiling":                   {"generic", "debugging", "enableProfiling"},
		"terminated-pod-gc-threshold": {"podGCController", "terminatedPodGCThreshold"},
	}},
	{ProxyOwn, Proxy, map[string][]string{
		"metrics-bind-address": {"metricsBindAddress"},
	}},
}

// configKind reads a component's own configuration kind; nil for other kinds.
func configKind(o *manifest.Object) []*Component {
	for _, k := range ownKinds {
		if !k.kind.Is(o) {
			continue
		}
		source := OwnFile
		if isPart(o.Span().File.Path) {
			source = Distribution
		}
		return []*Component{fromFields(k.name, o.Node, k.fields, source)}
	}
	return nil
}

// isPart tells whether a file only adds to the configuration of a component: a
// patch of kubeadm, or a drop-in of the kubelet's --config-dir.
func isPart(name string) bool {
	return strings.HasPrefix(path.Base(name), "kubeletconfiguration") || strings.HasSuffix(path.Dir(name), ".d")
}

// fromFields reads a component whose settings are fields below a node.
func fromFields(name Name, under *manifest.Node, fields map[string][]string, source Source) *Component {
	c := &Component{Name: name, Source: source, missing: Place{Under: under}, fields: fields}
	for flag, keys := range fields {
		c.addNode(flag, under.At(keys...))
	}
	return c
}

// etcdFields are the keys of etcd's configuration file by flag: those of the
// transport's security stand below one key, all others are named as the flag.
var etcdFields = map[string][]string{
	"auto-tls":              {"client-transport-security", "auto-tls"},
	"cert-file":             {"client-transport-security", "cert-file"},
	"client-cert-auth":      {"client-transport-security", "client-cert-auth"},
	"key-file":              {"client-transport-security", "key-file"},
	"trusted-ca-file":       {"client-transport-security", "trusted-ca-file"},
	"peer-auto-tls":         {"peer-transport-security", "auto-tls"},
	"peer-cert-file":        {"peer-transport-security", "cert-file"},
	"peer-client-cert-auth": {"peer-transport-security", "client-cert-auth"},
	"peer-key-file":         {"peer-transport-security", "key-file"},
	"peer-trusted-ca-file":  {"peer-transport-security", "trusted-ca-file"},
	"advertise-client-urls": {"advertise-client-urls"},
	"cipher-suites":         {"cipher-suites"},
	"listen-client-urls":    {"listen-client-urls"},
	"listen-peer-urls":      {"listen-peer-urls"},
	"tls-min-version":       {"tls-min-version"},
}

// unitFile reads the kubelet in a systemd unit or drop-in that a text holds.
func unitFile(n *manifest.Node) []*Component {
	text := n.Str()
	if !strings.Contains(text, "ExecStart=") || !strings.Contains(text, string(Kubelet)) {
		return nil
	}
	const key = "ExecStart="
	var found []*Component
	places := n.TextPlaces()
	at := 0
	for line := range strings.SplitAfterSeq(text, "\n") {
		start, end := at, at+len(line)
		at = end
		if !strings.HasPrefix(line, key) {
			continue
		}
		for strings.HasSuffix(strings.TrimRight(text[start:end], "\r\n"), `\`) && end < len(text) {
			next := strings.IndexByte(text[end:], '\n')
			if next < 0 {
				next = len(text) - end - 1
			}
			end += next + 1
		}
		for _, run := range scriptRuns(n, places, start+len(key), end) {
			for _, c := range run.components() {
				if c.Name == Kubelet && len(found) < maxRuns {
					found = append(found, c)
				}
			}
		}
	}
	return found
}
