package rules

import (
	"encoding/base64"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/seaworthy-lint/seaworthy/lint"
	"github.com/seaworthy-lint/seaworthy/lint/linttest"
)

// clusterFindings are what the rules of the families controlplane and kubelet
// find in a file: lines and rules.
func clusterFindings(t *testing.T, file, text string) []string {
	t.Helper()
	var rules []*lint.Rule
	for _, r := range All() {
		if r.Family == "controlplane" || r.Family == "kubelet" {
			rules = append(rules, r)
		}
	}
	report := linttest.Check(t, linttest.Load(t, file, []byte(text)), lint.Options{Rules: rules, Version: lint.NewestVersion()})
	var found []string
	for _, f := range report.Findings {
		position := f.Span.File.Position(f.Span.Start)
		found = append(found, fmt.Sprintf("%s: %s", strings.TrimSpace(f.Span.File.Line(position.Line)), f.Rule.ID))
	}
	slices.Sort(found)
	return found
}

func readCluster(t *testing.T, name string) string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join("testdata", "clusters", filepath.FromSlash(name)))
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// compareClusters compares findings with what is expected, whatever the order.
func compareClusters(t *testing.T, name string, got, want []string) {
	t.Helper()
	slices.Sort(want)
	for _, f := range got {
		if !slices.Contains(want, f) {
			t.Errorf("%s: unexpected %s", name, f)
		}
	}
	for _, f := range want {
		if !slices.Contains(got, f) {
			t.Errorf("%s: missing %s", name, f)
		}
	}
	if len(got) != len(want) {
		t.Errorf("%s: %d findings, want %d", name, len(got), len(want))
	}
}

// listEntry is an extra argument in the list form of v1beta4.
var listEntry = regexp.MustCompile(`(?m)^  - \{name: ([^,]+), value: (.*)\}$`)

// TestKubeadmReleases judges what kubeadm init makes of its defaults, and a
// hardened cluster, for the releases from 1.28 on.
func TestKubeadmReleases(t *testing.T) {
	for minor := 28; minor <= lint.NewestMinor; minor++ {
		version, api := fmt.Sprintf("v1.%d.0", minor), "v1beta4"
		hardened := readCluster(t, "kubeadm-hardened.yaml")
		if minor < 31 {
			api = "v1beta3"
			hardened = listEntry.ReplaceAllString(strings.ReplaceAll(hardened, "v1beta4", api), "    $1: $2")
		}
		values := strings.NewReplacer("API", api, "VERSION", version, "TOKEN", "abcdef.0123456789abcdef")
		var old []string
		if minor < lint.NewestMinor-2 {
			old = []string{"kubernetesVersion: " + version + ": kubernetes-version-unsupported"}
		}
		compareClusters(t, "default "+version, clusterFindings(t, "kubeadm.yaml", values.Replace(readCluster(t, "kubeadm-default.yaml"))), append([]string{
			"apiServer: {}: apiserver-admission-plugin-missing",
			"apiServer: {}: apiserver-anonymous-auth",
			"apiServer: {}: apiserver-audit-disabled",
			"apiServer: {}: apiserver-encryption-missing",
			"apiServer: {}: apiserver-external-auth-missing",
			"apiServer: {}: apiserver-kubelet-tls",
			"apiServer: {}: control-plane-profiling-enabled",
			"controllerManager: {}: control-plane-profiling-enabled",
			"scheduler: {}: control-plane-profiling-enabled",
			"kind: KubeletConfiguration: kubelet-kernel-defaults",
			"kind: KubeletConfiguration: kubelet-limits-disabled",
			"kind: KubeletConfiguration: kubelet-seccomp-default-off",
			"kind: KubeletConfiguration: kubelet-serving-cert-missing",
		}, old...))
		compareClusters(t, "hardened "+version, clusterFindings(t, "kubeadm.yaml", values.Replace(hardened)), old)
	}
}

// TestClusters judges files as real clusters have them.
func TestClusters(t *testing.T) {
	for name, want := range map[string][]string{
		"static-pods.yaml": {
			"- --enable-admission-plugins=NodeRestriction: apiserver-admission-plugin-missing",
			"- command:: apiserver-anonymous-auth",
			"- command:: apiserver-audit-disabled",
			"- command:: apiserver-encryption-missing",
			"- command:: apiserver-external-auth-missing",
			"- command:: apiserver-kubelet-tls",
			"- command:: control-plane-profiling-enabled",
			"- command:: control-plane-profiling-enabled",
			"- command:: control-plane-profiling-enabled",
		},
		"kubelet-eks.json": {
			`"kind": "KubeletConfiguration",: kubelet-cert-rotation-disabled`,
			`"kind": "KubeletConfiguration",: kubelet-limits-disabled`,
			`"kind": "KubeletConfiguration",: kubelet-seccomp-default-off`,
		},
		"kubelet-gke.yaml": {
			"kind: KubeletConfiguration: kubelet-kernel-defaults",
			"kind: KubeletConfiguration: kubelet-limits-disabled",
			"kind: KubeletConfiguration: kubelet-seccomp-default-off",
			"readOnlyPort: 10255: kubelet-read-only-port",
		},
		"rancher/rke2/config.yaml": {
			`- "audit-log-maxage=7": apiserver-audit-log-rotation`,
			`- "bind-address=0.0.0.0": control-plane-bind-address`,
			`- "bind-address=0.0.0.0": control-plane-bind-address`,
			`kube-proxy-arg: "metrics-bind-address=0.0.0.0": kube-proxy-metrics-exposed`,
		},
		"cluster-api.yaml": {
			`anonymous-auth: "true": kubelet-anonymous-auth`,
			"bind-address: 0.0.0.0: control-plane-bind-address",
			"clusterConfiguration:: control-plane-profiling-enabled",
			"extraArgs:: apiserver-admission-plugin-missing",
			"extraArgs:: apiserver-kubelet-tls",
			"extraArgs:: control-plane-profiling-enabled",
			"kubeletExtraArgs:: kubelet-kernel-defaults",
			"kubeletExtraArgs:: kubelet-limits-disabled",
			"kubeletExtraArgs:: kubelet-serving-cert-missing",
			`read-only-port: "10255": kubelet-read-only-port`,
		},
	} {
		compareClusters(t, name, clusterFindings(t, name, readCluster(t, name)), want)
	}
}

// TestConfigFileSchema asks no schema of a file that is no object of an API.
func TestConfigFileSchema(t *testing.T) {
	rules := slices.DeleteFunc(All(), func(r *lint.Rule) bool { return r.ID != "schema-invalid" })
	name := "rancher/rke2/config.yaml"
	report := linttest.Check(t, linttest.Load(t, name, []byte(readCluster(t, name))), lint.Options{Rules: rules})
	if len(report.Unknown) != 0 || len(report.Findings) != 0 {
		t.Errorf("%d unknown, %d findings", len(report.Unknown), len(report.Findings))
	}
}

// BenchmarkClusters judges them with all rules of the two families, indexes and
// all.
func BenchmarkClusters(b *testing.B) {
	text, err := os.ReadFile("testdata/clusters/static-pods.yaml")
	if err != nil {
		b.Fatal(err)
	}
	rules := All()
	rules = slices.DeleteFunc(rules, func(r *lint.Rule) bool { return r.Family != "controlplane" && r.Family != "kubelet" })
	b.SetBytes(int64(len(text)))
	for b.Loop() {
		set := linttest.Load(b, "static-pods.yaml", text)
		linttest.Check(b, set, lint.Options{Rules: rules, Version: lint.NewestVersion(), Jobs: 1})
	}
}

// TestEncodedSource finds a defect in a file that stands in base64, near its
// place.
func TestEncodedSource(t *testing.T) {
	text := "apiVersion: kubelet.config.k8s.io/v1beta1\nkind: KubeletConfiguration\nreadOnlyPort: 10255\n"
	secret := "apiVersion: v1\nkind: Secret\nmetadata: {name: a}\ndata:\n  config: " + base64.StdEncoding.EncodeToString([]byte(text)) + "\n"
	rules := slices.DeleteFunc(All(), func(r *lint.Rule) bool { return r.ID != "kubelet-read-only-port" })
	report := linttest.Check(t, linttest.Load(t, "secret.yaml", []byte(secret)), lint.Options{Rules: rules})
	if len(report.Findings) != 1 || report.Findings[0].Exact || !strings.HasPrefix(report.Findings[0].Span.Text(), "config") {
		t.Errorf("found %d, exact %t, at %q", len(report.Findings), report.Findings[0].Exact, report.Findings[0].Span.Text())
	}
}

// TestKubeconfigReaders shows beside a finding on a kubeconfig the component
// that is given it.
func TestKubeconfigReaders(t *testing.T) {
	const text = `
apiVersion: v1
kind: Pod
metadata: {name: scheduler, namespace: kube-system}
spec:
  containers:
  - name: scheduler
    image: registry.example.com/kube-scheduler:v1
    command: [kube-scheduler, --kubeconfig=/etc/kubernetes/scheduler.conf]
    volumeMounts: [{name: conf, mountPath: /etc/kubernetes}]
  volumes: [{name: conf, configMap: {name: scheduler}}]
---
apiVersion: v1
kind: ConfigMap
metadata: {name: scheduler, namespace: kube-system}
data:
  scheduler.conf: |
    apiVersion: v1
    kind: Config
    clusters: [{name: a, cluster: {server: "https://api.example.com", insecure-skip-tls-verify: true}}]
    users: [{name: a, user: {password: not-a-real-one}}]
  other.conf: |
    apiVersion: v1
    kind: Config
    users: [{name: b, user: {password: not-a-real-one}}]
`
	for id, want := range map[string]string{"tls-verification-disabled": "1", "kubeconfig-committed": "1 0"} {
		var related []string
		for _, f := range judgeText(t, id, text).Findings {
			for _, r := range f.Related {
				if !strings.Contains(r.Span.Text(), "--kubeconfig") || !strings.Contains(r.Message, "kube-scheduler") {
					t.Errorf("%s: %s at %q", id, r.Message, r.Span.Text())
				}
			}
			related = append(related, strconv.Itoa(len(f.Related)))
		}
		if got := strings.Join(related, " "); got != want {
			t.Errorf("%s: related %q, want %q", id, got, want)
		}
	}
}
