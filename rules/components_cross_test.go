package rules

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/seaworthy-lint/seaworthy/lint"
	"github.com/seaworthy-lint/seaworthy/lint/component"
	"github.com/seaworthy-lint/seaworthy/lint/linttest"
)

// defect is a setting that breaks a rule, and a value that keeps it.
type defect struct {
	rule      string
	component component.Name
	flag      string
	bad, good string
	// with are other flags, as name=value, without which the setting means
	// nothing.
	with []string
}

var defects = []defect{
	{"apiserver-anonymous-auth", component.APIServer, "anonymous-auth", "true", "false", nil},
	{"apiserver-static-auth-file", component.APIServer, "token-auth-file", "/etc/tokens.csv", "", nil},
	{"apiserver-static-auth-file", component.APIServer, "basic-auth-file", "/etc/users.csv", "", nil},
	{"apiserver-oidc-unprefixed", component.APIServer, "oidc-groups-claim", "groups", "", []string{"oidc-issuer-url=https://a.example.com"}},
	{"apiserver-oidc-unprefixed", component.APIServer, "oidc-username-prefix", "-", "oidc:", []string{"oidc-issuer-url=https://a.example.com"}},
	{"apiserver-authorization-always-allow", component.APIServer, "authorization-mode", "AlwaysAllow", "Node,RBAC", nil},
	{"apiserver-authorization-mode", component.APIServer, "authorization-mode", "RBAC", "Node,RBAC", nil},
	{"apiserver-authorization-mode", component.APIServer, "authorization-policy-file", "/abac", "", []string{"authorization-mode=Node,RBAC"}},
	{"apiserver-node-restriction-missing", component.APIServer, "enable-admission-plugins", "AlwaysPullImages", "NodeRestriction", nil},
	{"apiserver-admission-plugin-missing", component.APIServer, "enable-admission-plugins", "NodeRestriction", "EventRateLimit,AlwaysPullImages,DenyServiceExternalIPs", []string{"admission-control-config-file=/etc/a.yaml"}},
	{"apiserver-admission-disabled", component.APIServer, "disable-admission-plugins", "PodSecurity", "DefaultStorageClass", nil},
	{"apiserver-admission-disabled", component.APIServer, "enable-admission-plugins", "AlwaysAdmit", "NodeRestriction", nil},
	{"apiserver-insecure-serving", component.APIServer, "insecure-port", "8080", "0", nil},
	{"apiserver-insecure-serving", component.APIServer, "secure-port", "0", "6443", nil},
	{"apiserver-kubelet-tls", component.APIServer, "kubelet-https", "false", "true", nil},
	{"apiserver-kubelet-tls", component.APIServer, "kubelet-certificate-authority", "", "/pki/ca.crt", nil},
	{"apiserver-audit-disabled", component.APIServer, "audit-policy-file", "", "/etc/audit.yaml", nil},
	{"apiserver-audit-log-rotation", component.APIServer, "audit-log-maxage", "7", "30", []string{"audit-log-path=/log"}},
	{"apiserver-audit-log-rotation", component.APIServer, "audit-log-maxbackup", "1", "10", []string{"audit-log-path=/log"}},
	{"apiserver-audit-log-rotation", component.APIServer, "audit-log-maxsize", "10", "100", []string{"audit-log-path=/log"}},
	{"apiserver-encryption-missing", component.APIServer, "encryption-provider-config", "", "/etc/encryption.yaml", nil},
	{"apiserver-service-account-tokens", component.APIServer, "service-account-lookup", "false", "true", nil},
	{"apiserver-service-account-tokens", component.APIServer, "service-account-extend-token-expiration", "true", "false", nil},
	{"apiserver-etcd-tls", component.APIServer, "etcd-servers", "http://etcd.example.com:2379", "https://etcd.example.com:2379", nil},
	{"apiserver-etcd-tls", component.APIServer, "etcd-cafile", "", "/pki/ca.crt", nil},
	{"control-plane-profiling-enabled", component.APIServer, "profiling", "true", "false", nil},
	{"control-plane-profiling-enabled", component.ControllerManager, "profiling", "true", "false", nil},
	{"control-plane-profiling-enabled", component.Scheduler, "profiling", "true", "false", nil},
	{"control-plane-weak-tls", component.APIServer, "tls-min-version", "VersionTLS10", "VersionTLS12", nil},
	{"control-plane-weak-tls", component.Scheduler, "tls-cipher-suites", "TLS_RSA_WITH_AES_128_CBC_SHA", "TLS_AES_128_GCM_SHA256", nil},
	{"control-plane-weak-tls", component.Kubelet, "tls-min-version", "VersionTLS11", "VersionTLS13", nil},
	{"control-plane-weak-tls", component.Etcd, "cipher-suites", "TLS_RSA_WITH_AES_128_CBC_SHA", "TLS_AES_128_GCM_SHA256", nil},
	{"control-plane-bind-address", component.ControllerManager, "bind-address", "0.0.0.0", "127.0.0.1", nil},
	{"control-plane-bind-address", component.Scheduler, "bind-address", "0.0.0.0", "127.0.0.1", nil},
	{"control-plane-limits", component.APIServer, "request-timeout", "0", "60s", nil},
	{"control-plane-limits", component.ControllerManager, "terminated-pod-gc-threshold", "0", "100", nil},
	{"control-plane-certificates-missing", component.APIServer, "client-ca-file", "", "/pki/ca.pem", nil},
	{"control-plane-certificates-missing", component.ControllerManager, "root-ca-file", "", "/pki/ca.pem", nil},
	{"controller-manager-shared-credentials", component.ControllerManager, "use-service-account-credentials", "false", "true", nil},
	{"etcd-auto-tls", component.Etcd, "auto-tls", "true", "false", nil},
	{"etcd-auto-tls", component.Etcd, "peer-auto-tls", "true", "false", nil},
	{"etcd-client-tls", component.Etcd, "client-cert-auth", "false", "true", nil},
	{"etcd-client-tls", component.Etcd, "listen-client-urls", "http://10.0.0.1:2379", "https://10.0.0.1:2379", nil},
	{"etcd-peer-tls", component.Etcd, "listen-peer-urls", "http://10.0.0.1:2380", "https://10.0.0.1:2380", nil},
	{"etcd-peer-tls", component.Etcd, "peer-client-cert-auth", "false", "true", []string{"listen-peer-urls=https://10.0.0.1:2380"}},
	{"kubelet-anonymous-auth", component.Kubelet, "anonymous-auth", "true", "false", nil},
	{"kubelet-authorization-always-allow", component.Kubelet, "authorization-mode", "AlwaysAllow", "Webhook", nil},
	{"kubelet-client-ca-missing", component.Kubelet, "client-ca-file", "", "/pki/ca.crt", nil},
	{"kubelet-read-only-port", component.Kubelet, "read-only-port", "10255", "0", nil},
	{"kubelet-hostname-override", component.Kubelet, "hostname-override", "node-1", "", nil},
	{"kubelet-serving-cert-missing", component.Kubelet, "rotate-server-certificates", "false", "true", []string{"tls-cert-file=", "tls-private-key-file="}},
	{"kubelet-seccomp-default-off", component.Kubelet, "seccomp-default", "false", "true", nil},
	{"kubelet-static-pod-url", component.Kubelet, "manifest-url", "https://a.example.com", "", nil},
	{"kubelet-limits-disabled", component.Kubelet, "pod-max-pids", "-1", "4096", nil},
	{"kubelet-limits-disabled", component.Kubelet, "event-qps", "0", "5", nil},
	{"kubelet-limits-disabled", component.Kubelet, "streaming-connection-idle-timeout", "0", "5m", nil},
	{"kubelet-kernel-defaults", component.Kubelet, "protect-kernel-defaults", "false", "true", nil},
	{"kubelet-kernel-defaults", component.Kubelet, "make-iptables-util-chains", "false", "true", nil},
	{"kubelet-cert-rotation-disabled", component.Kubelet, "rotate-certificates", "false", "true", nil},
	{"kubelet-cert-rotation-disabled", component.ControllerManager, "feature-gates", "RotateKubeletServerCertificate=false", "RotateKubeletServerCertificate=true", nil},
	{"kube-proxy-metrics-exposed", component.Proxy, "metrics-bind-address", "0.0.0.0:10249", "127.0.0.1:10249", nil},
}

// TestSources crosses every setting with every source that can express it: the
// defect gives its rule on the line that holds it, and a good value none.
func TestSources(t *testing.T) {
	byID := map[string]*lint.Rule{}
	for _, r := range All() {
		byID[r.ID] = r
	}
	pairs := 0
	for _, d := range defects {
		for _, s := range sources() {
			bad := s.write(d, d.bad)
			if bad == "" {
				continue
			}
			pairs++
			name := fmt.Sprintf("%s, --%s of %s in %s", d.rule, d.flag, d.component, s.name)
			file := strings.Replace(s.file, "NAME", string(d.component), 1)
			if line, lines := findingLines(t, byID[d.rule], file, bad); !slices.Contains(lines, line) {
				t.Errorf("%s: not found on line %d, but on %v of\n%s", name, line, lines, strings.ReplaceAll(bad, blame, "»"))
			}
			good := s.write(d, d.good)
			if line, lines := findingLines(t, byID[d.rule], file, good); slices.Contains(lines, line) {
				t.Errorf("%s: a good value is found on line %d of\n%s", name, line, strings.ReplaceAll(good, blame, "»"))
			}
		}
	}
	t.Logf("%d pairs of setting and source", pairs)
	if pairs < 1000 {
		t.Errorf("only %d pairs", pairs)
	}
}

// findingLines are the line of the blame, and the lines on which a rule finds
// something.
func findingLines(t *testing.T, r *lint.Rule, file, text string) (line int, lines []int) {
	t.Helper()
	line = 1 + strings.Count(text[:strings.Index(text, blame)], "\n")
	set := linttest.Load(t, file, []byte(strings.ReplaceAll(text, blame, "")))
	report := linttest.Check(t, set, lint.Options{Rules: []*lint.Rule{r}, Notes: true, Version: lint.NewestVersion()})
	for _, f := range report.Findings {
		if !f.Exact {
			t.Errorf("%s: %q is said to lie only near its place", r.ID, f.Message)
		}
		lines = append(lines, f.Span.File.Position(f.Span.Start).Line)
	}
	return line, lines
}

// TestDefectsComplete requires a setting for each rule on flags and fields.
func TestDefectsComplete(t *testing.T) {
	elsewhere := []string{"apiserver-external-auth-missing", "etcd-shared-ca"} // what several settings break together
	for _, r := range slices.Concat(apiServerRules, controlPlaneComponentRules, etcdRules, kubelet) {
		has := slices.ContainsFunc(defects, func(d defect) bool { return d.rule == r.ID })
		if has == slices.Contains(elsewhere, r.ID) {
			t.Errorf("%s: has a setting to cross with sources: %t", r.ID, has)
		}
	}
}

// TestMissingSettings crosses rules on what is left out with the sources in
// which leaving it out means the default: the finding lies where it is to be
// written.
func TestMissingSettings(t *testing.T) {
	byID := map[string]*lint.Rule{}
	for _, r := range All() {
		byID[r.ID] = r
	}
	always := []string{"apiserver-anonymous-auth", "apiserver-external-auth-missing", "apiserver-kubelet-tls", "apiserver-audit-disabled", "apiserver-encryption-missing", "apiserver-admission-plugin-missing", "apiserver-service-account-tokens", "control-plane-profiling-enabled"}
	plain := append([]string{"apiserver-authorization-always-allow", "apiserver-authorization-mode", "apiserver-node-restriction-missing", "apiserver-etcd-tls", "control-plane-certificates-missing"}, always...)
	ofKubelet := []string{"kubelet-serving-cert-missing", "kubelet-seccomp-default-off", "kubelet-limits-disabled", "kubelet-kernel-defaults"}
	ownKubelet := append([]string{"kubelet-client-ca-missing", "kubelet-cert-rotation-disabled"}, ofKubelet...)
	plainKubelet := append([]string{"kubelet-anonymous-auth", "kubelet-authorization-always-allow", "kubelet-read-only-port"}, ownKubelet...)
	const kubeadm = "apiVersion: kubeadm.k8s.io/v1beta4\n" + blame + "kind: ClusterConfiguration\n"
	configMap := func(text string) string {
		return "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: kubelet-config, namespace: kube-system}\ndata:\n  config: |\n" + indented(text, "    ")
	}
	ownKind := ownHeads[component.Kubelet]
	ownKind = strings.Replace(ownKind, "kind:", blame+"kind:", 1)
	for _, test := range []struct {
		name, text string
		rules      []string
	}{
		{"command", staticPod("    " + blame + "command: [kube-apiserver]\n"), plain},
		{"command and args", staticPod("    " + blame + "command: [kube-apiserver]\n    args: [--v=2]\n"), plain},
		{"args", staticPod("    " + blame + "args: [kube-apiserver]\n"), plain},
		{"shell", staticPod("    command:\n    - sh\n    - -c\n    - |\n      set -e\n      " + blame + "exec kube-apiserver --v=2\n"), plain},
		{"kubeadm", kubeadm, always},
		{"kubeadm's part", strings.Replace(kubeadm, blame, "", 1) + blame + "apiServer: {}\n", always},
		{"kubeadm's arguments", strings.Replace(kubeadm, blame, "", 1) + "apiServer:\n  " + blame + "extraArgs:\n  - {name: v, value: \"2\"}\n", always},
		{"kubeadm-config", configMap(kubeadm), always},
		{"Cluster API", "apiVersion: controlplane.cluster.x-k8s.io/v1beta1\nkind: KubeadmControlPlane\nmetadata: {name: a}\nspec:\n  " + blame + "kubeadmConfigSpec: {}\n", always},
		{"kubelet's command", staticPod("    " + blame + "command: [kubelet]\n"), plainKubelet},
		{"KubeletConfiguration", ownKind, ownKubelet},
		{"kubelet-config", configMap(ownKind), ofKubelet},
		{"kubeadm init", "apiVersion: kubeadm.k8s.io/v1beta3\nkind: InitConfiguration\nnodeRegistration:\n  " + blame + "kubeletExtraArgs: {v: \"2\"}\n", ofKubelet},
		{"etcd's command", staticPod("    " + blame + "command: [etcd, \"--listen-peer-urls=https://10.0.0.1:2380\"]\n"), []string{"etcd-client-tls", "etcd-peer-tls"}},
		{"controller manager's command", staticPod("    " + blame + "command: [kube-controller-manager]\n"), []string{"control-plane-profiling-enabled", "control-plane-bind-address", "control-plane-certificates-missing", "controller-manager-shared-credentials"}},
		{"scheduler's file", strings.Replace(ownHeads[component.Scheduler], "kind:", blame+"kind:", 1), []string{"control-plane-profiling-enabled"}},
	} {
		for _, r := range slices.Concat(apiServerRules, controlPlaneComponentRules, etcdRules, kubelet) {
			line, lines := findingLines(t, byID[r.ID], "a.yaml", test.text)
			if found, want := slices.Contains(lines, line), slices.Contains(test.rules, r.ID); found != want {
				t.Errorf("%s: %s found %t on line %d, but on %v", test.name, r.ID, found, line, lines)
			}
		}
	}
}
