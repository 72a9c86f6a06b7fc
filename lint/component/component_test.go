package component

import (
	"fmt"
	"strings"
	"testing"

	"github.com/seaworthy-lint/seaworthy/lint/manifest"
)

// load makes a set of files: a name, and the text after it.
func load(t testing.TB, files ...string) *manifest.Set {
	t.Helper()
	set := &manifest.Set{}
	for i := 0; i+1 < len(files); i += 2 {
		set.Documents = append(set.Documents, manifest.Read(files[i], []byte(files[i+1]), nil)...)
	}
	set.Index()
	return set
}

func pod(name, commandLine string) string {
	return "apiVersion: v1\nkind: Pod\nmetadata: {name: x, namespace: kube-system}\nspec:\n  containers:\n  - name: " + name + "\n" + commandLine
}

// TestCommandLines reads one flag of the API server from command lines.
func TestCommandLines(t *testing.T) {
	for _, test := range []struct {
		name, container, flag, want string
	}{
		{"equals", "    command: [kube-apiserver, --anonymous-auth=false]\n", "anonymous-auth", "given false"},
		{"path", "    command: [/usr/local/bin/kube-apiserver, --profiling=false]\n", "profiling", "given false"},
		{"args", "    args: [kube-apiserver, --profiling=false]\n", "profiling", "given false"},
		{"command and args", "    command: [kube-apiserver]\n    args: [--profiling=false]\n", "profiling", "given false"},
		{"bare switch", "    command: [kube-apiserver, --profiling, --v=2]\n", "profiling", "given true"},
		{"a switch takes no value", "    command: [kube-apiserver, --anonymous-auth, \"false\"]\n", "anonymous-auth", "given true"},
		{"separate value", "    command: [kube-apiserver, --audit-log-path, /log]\n", "audit-log-path", "given /log"},
		{"underscores", "    command: [kube-apiserver, --audit_log_path=/log]\n", "audit-log-path", "given /log"},
		{"last wins", "    command: [kube-apiserver, --profiling=true, --profiling=false]\n", "profiling", "given false"},
		{"accumulates", "    command: [kube-apiserver, --authorization-mode=Node, --authorization-mode=RBAC]\n", "authorization-mode", "given Node,RBAC"},
		{"default", "    command: [kube-apiserver]\n", "authorization-mode", "default AlwaysAllow"},
		{"no default", "    command: [kube-apiserver]\n", "audit-log-path", "default "},
		{"empty", "    command: [kube-apiserver, --audit-log-path=]\n", "audit-log-path", "given "},
		{"variable", "    command: [kube-apiserver, --audit-log-path=$(LOG)]\n", "audit-log-path", "unknown /$(LOG)"},
		{"template", "    command: [kube-apiserver, \"--profiling=${PROFILING}\"]\n", "profiling", "unknown"},
		{"other arguments", "    command: [kube-apiserver, $(EXTRA)]\n", "profiling", "unknown"},
		{"shell", "    command: [sh, -c, exec kube-apiserver --profiling=false --v=2]\n", "profiling", "given false"},
		{"shell lines", "    command:\n    - /bin/sh\n    - -ec\n    - |\n      set -x\n      exec /bin/kube-apiserver \\\n        --v=2 \\\n        --profiling=false >>/log 2>&1\n", "profiling", "given false"},
		{"shell default", "    command: [sh, -c, kube-apiserver --v=2]\n", "profiling", "default true"},
		{"shell variable", "    command: [sh, -c, kube-apiserver $ARGS]\n", "profiling", "unknown"},
		{"launcher", "    command: [/go-runner, --log-file=/log, --also-stdout=false, /usr/bin/kube-apiserver, --profiling=false]\n", "profiling", "given false"},
		{"hyperkube", "    command: [/hyperkube, apiserver, --profiling=false]\n", "profiling", "given false"},
		{"hyperkube, long", "    command: [/hyperkube, kube-apiserver, --profiling=false]\n", "profiling", "given false"},
		{"k3s", "    command: [k3s, server, --kube-apiserver-arg=profiling=false]\n", "profiling", "given false"},
		{"k3s, separate", "    command: [k3s, server, --kube-apiserver-arg, profiling=true, --kube-apiserver-arg, v=2]\n", "profiling", "given true"},
		{"k3s leaves out", "    command: [k3s, server, --kube-apiserver-arg=v=2]\n", "profiling", "elsewhere"},
		{"only the image names it", "    image: registry.k8s.io/kube-apiserver:v1.36.0\n    args: [--profiling=false]\n", "profiling", "given false"},
		{"the image of k3s", "    image: rancher/k3s:v1.36.0-k3s1\n    args: [server, --kube-apiserver-arg=profiling=true]\n", "profiling", "given true"},
		{"the image of an architecture", "    image: a.example.com:5000/kube-apiserver-amd64@sha256:0\n    args: [--profiling=false]\n", "profiling", "given false"},
		{"what the image's entry point sets", "    image: registry.k8s.io/kube-apiserver:v1.36.0\n    args: [--v=2]\n", "profiling", "unknown"},
		{"a command of the image's own", "    image: registry.k8s.io/kube-apiserver:v1.36.0\n    command: [sleep]\n    args: [--profiling]\n", "profiling", "none"},
		{"an image that is called alike", "    image: a.example.com/kube-apiserver-proxy:v1\n    args: [--profiling]\n", "profiling", "none"},
		{"another program", "    command: [kube-apiserver-proxy, --profiling]\n", "profiling", "none"},
		{"an argument that ends like one", "    args: [--proxy=kube-system/kube-apiserver, --profiling]\n", "profiling", "none"},
		{"only its version", "    command: [sh, -c, kube-apiserver --version]\n", "profiling", "none"},
		{"only an argument", "    command: [echo, kube-apiserver]\n", "profiling", "none"},
	} {
		set := load(t, "pod.yaml", pod("x", test.container))
		if got := describe(Of(set, set.Objects()[0], APIServer), test.flag); !strings.HasPrefix(got, strings.TrimSuffix(test.want, "/$(LOG)")) {
			t.Errorf("%s: %s, want %s", test.name, got, test.want)
		}
	}
}

func describe(components []*Component, flag string) string {
	if len(components) == 0 {
		return "none"
	}
	s := components[0].Setting(flag)
	return fmt.Sprintf("%s %s", [...]string{"default", "given", "unknown", "elsewhere"}[s.State], s.Text)
}

// TestPlaces shows the source of a flag, and where a missing one is written.
func TestPlaces(t *testing.T) {
	const scalar = "    command:\n    - sh\n    - -c\n    - |\n      set -e\n      exec kube-apiserver \\\n        --profiling=true\n"
	set := load(t, "pod.yaml", pod("x", scalar))
	c := Of(set, set.Objects()[0])[0]
	if part := c.Setting("profiling").Part(); part.Span.Text() != "--profiling=true" || !part.Exact {
		t.Errorf("profiling lies at %q", part.Span.Text())
	}
	if place := c.Setting("audit-log-path").Missing(); place.Span.Text() != "exec" && place.Span.Text() != "kube-apiserver" {
		t.Errorf("a missing flag lies at %q", place.Span.Text())
	}
	set = load(t, "kubeadm.yaml", "apiVersion: kubeadm.k8s.io/v1beta4\nkind: ClusterConfiguration\napiServer:\n  extraArgs:\n  - name: profiling\n    value: \"true\"\n")
	s := Of(set, set.Objects()[0], APIServer)[0].Setting("profiling")
	if got := s.Part().Node.Field().Text(); got != `value: "true"` {
		t.Errorf("profiling lies at %q", got)
	}
	place := Of(set, set.Objects()[0], Scheduler)[0].Setting("profiling").Missing()
	if got := place.Under.Nearest(place.Keys...).Anchor().Text(); got != "kind: ClusterConfiguration" {
		t.Errorf("a missing flag lies at %q", got)
	}
}

func TestSources(t *testing.T) {
	const configMap = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: kubelet-config, namespace: kube-system}\ndata:\n  kubelet: |\n    apiVersion: kubelet.config.k8s.io/v1beta1\n    kind: KubeletConfiguration\n    readOnlyPort: 10255\n"
	for _, test := range []struct {
		name, file, text, flag, want string
		component                    Name
	}{
		{"ConfigMap", "x.yaml", configMap, "read-only-port", "given 10255", Kubelet},
		{"ConfigMap, kubeadm's default", "x.yaml", configMap, "rotate-certificates", "default true", Kubelet},
		{"file", "x.yaml", "apiVersion: kubelet.config.k8s.io/v1beta1\nkind: KubeletConfiguration\n", "rotate-certificates", "default false", Kubelet},
		{"no field", "x.yaml", "apiVersion: kubelet.config.k8s.io/v1beta1\nkind: KubeletConfiguration\n", "hostname-override", "elsewhere", Kubelet},
		{"kubeadm's default", "x.yaml", "apiVersion: kubeadm.k8s.io/v1beta3\nkind: ClusterConfiguration\n", "authorization-mode", "default Node,RBAC", APIServer},
		{"kubeadm map", "x.yaml", "apiVersion: kubeadm.k8s.io/v1beta3\nkind: ClusterConfiguration\napiServer: {extraArgs: {authorization-mode: RBAC}}\n", "authorization-mode", "given RBAC", APIServer},
		{"kubeadm appends", "x.yaml", "apiVersion: kubeadm.k8s.io/v1\nkind: ClusterConfiguration\napiServer: {extraArgs: [{name: enable-admission-plugins, value: EventRateLimit, mergeMethod: append}]}\n", "enable-admission-plugins", "given NodeRestriction,EventRateLimit", APIServer},
		{"external etcd", "x.yaml", "apiVersion: kubeadm.k8s.io/v1beta3\nkind: ClusterConfiguration\netcd: {external: {endpoints: [\"http://a\", \"http://b\"]}}\n", "etcd-servers", "given http://a,http://b", APIServer},
		{"external etcd without CA", "x.yaml", "apiVersion: kubeadm.k8s.io/v1beta3\nkind: ClusterConfiguration\netcd: {external: {endpoints: [\"http://a\"]}}\n", "etcd-cafile", "given ", APIServer},
		{"external etcd is not ours", "x.yaml", "apiVersion: kubeadm.k8s.io/v1beta3\nkind: ClusterConfiguration\netcd: {external: {endpoints: [\"http://a\"]}}\n", "auto-tls", "none", Etcd},
		{"Cluster API", "x.yaml", "apiVersion: controlplane.cluster.x-k8s.io/v1beta1\nkind: KubeadmControlPlane\nspec: {kubeadmConfigSpec: {clusterConfiguration: {scheduler: {extraArgs: {profiling: \"false\"}}}}}\n", "profiling", "given false", Scheduler},
		{"Cluster API without ClusterConfiguration", "x.yaml", "apiVersion: controlplane.cluster.x-k8s.io/v1beta1\nkind: KubeadmControlPlane\nspec: {kubeadmConfigSpec: {}}\n", "profiling", "default true", Scheduler},
		{"workers have no control plane", "x.yaml", "apiVersion: bootstrap.cluster.x-k8s.io/v1beta1\nkind: KubeadmConfigTemplate\nspec: {template: {spec: {joinConfiguration: {nodeRegistration: {kubeletExtraArgs: {v: \"2\"}}}}}}\n", "profiling", "none", Scheduler},
		{"nodes of Cluster API", "x.yaml", "apiVersion: bootstrap.cluster.x-k8s.io/v1beta1\nkind: KubeadmConfigTemplate\nspec: {template: {spec: {joinConfiguration: {nodeRegistration: {kubeletExtraArgs: {v: \"2\"}}}}}}\n", "seccomp-default", "elsewhere", Kubelet},
		{"kOps", "x.yaml", "apiVersion: kops.k8s.io/v1alpha2\nkind: Cluster\nspec: {kubeAPIServer: {anonymousAuth: true, auditLogMaxBackups: 3}}\n", "audit-log-maxbackup", "given 3", APIServer},
		{"RKE", "cluster.yml", "nodes:\n- {address: a}\nservices:\n  etcd: {}\n  kube-api:\n    extra_args: {profiling: \"true\"}\n", "profiling", "given true", APIServer},
		{"RKE leaves out", "cluster.yml", "nodes:\n- {address: a}\nservices:\n  kube-api:\n    extra_args: {v: 2}\n", "profiling", "elsewhere", APIServer},
		{"k3s by path", "etc/rancher/k3s/config.yaml", "kube-apiserver-arg:\n- anonymous-auth=false\n- --profiling=true\n", "profiling", "given true", APIServer},
		{"rke2 by key", "some.yaml", "kubelet-arg: read-only-port=10255\n", "read-only-port", "given 10255", Kubelet},
		{"Talos", "talos.yaml", "version: v1alpha1\ncluster:\n  apiServer:\n    extraArgs:\n      anonymous-auth: true\n", "anonymous-auth", "given true", APIServer},
		{"Talos kubelet", "talos.yaml", "version: v1alpha1\nmachine:\n  kubelet:\n    extraConfig: {seccompDefault: false}\n", "seccomp-default", "given false", Kubelet},
		{"etcd's file", "etcd.conf.yml", "name: a\nclient-transport-security:\n  client-cert-auth: true\n", "client-cert-auth", "given true", Etcd},
		{"etcd's file leaves out", "etcd.conf.yml", "name: a\nclient-transport-security:\n  client-cert-auth: true\n", "peer-client-cert-auth", "default false", Etcd},
		{"kubespray", "inventory/group_vars/k8s_cluster/k8s-cluster.yml", "kube_api_anonymous_auth: true\n", "anonymous-auth", "given true", APIServer},
		{"kubespray's kubelet", "group_vars/all.yml", "kubelet_authorization_mode_webhook: false\nkubelet_rotate_certificates: true\n", "authorization-mode", "given AlwaysAllow", Kubelet},
		{"kOps's authorization", "x.yaml", "apiVersion: kops.k8s.io/v1alpha2\nkind: Cluster\nspec: {authorization: {alwaysAllow: {}}}\n", "authorization-mode", "given AlwaysAllow", APIServer},
		{"a patch of kubeadm's kubelet", "patches/kubeletconfiguration0+merge.yaml", "apiVersion: kubelet.config.k8s.io/v1beta1\nkind: KubeletConfiguration\n", "seccomp-default", "elsewhere", Kubelet},
		{"a drop-in of the kubelet", "kubelet.conf.d/10-a.yaml", "apiVersion: kubelet.config.k8s.io/v1beta1\nkind: KubeletConfiguration\nreadOnlyPort: 1\n", "read-only-port", "given 1", Kubelet},
		{"kind", "kind.yaml", "apiVersion: kind.x-k8s.io/v1alpha4\nkind: Cluster\nkubeadmConfigPatches:\n- |\n  kind: ClusterConfiguration\n  apiServer:\n    extraArgs:\n      profiling: \"true\"\n", "profiling", "given true", APIServer},
		{"k3d", "k3d.yaml", "apiVersion: k3d.io/v1alpha5\nkind: Simple\noptions: {k3s: {extraArgs: [{arg: --kubelet-arg=read-only-port=1}]}}\n", "read-only-port", "given 1", Kubelet},
		{"patch", "patches/kube-apiserver0+merge.yaml", "spec:\n  containers:\n  - name: kube-apiserver\n    command: [kube-apiserver, --profiling=true]\n", "profiling", "given true", APIServer},
		{"JSON patch", "patches/kube-scheduler+json.json", `[{"op": "add", "path": "/spec/containers/0/command/-", "value": "--profiling=true"}]`, "profiling", "given true", Scheduler},
		{"drop-in", "x.yaml", "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\ndata:\n  10.conf: |\n    [Service]\n    ExecStart=\n    ExecStart=/usr/bin/kubelet \\\n      --read-only-port=10255 $EXTRA\n", "read-only-port", "given 10255", Kubelet},
		{"etcd's environment", "x.yaml", pod("etcd", "    command: [etcd]\n    env: [{name: ETCD_CLIENT_CERT_AUTH, value: \"true\"}]\n"), "client-cert-auth", "given true", Etcd},
		{"etcd's flag over environment", "x.yaml", pod("etcd", "    command: [etcd, -client-cert-auth=false]\n    env: [{name: ETCD_CLIENT_CERT_AUTH, value: \"true\"}]\n"), "client-cert-auth", "given false", Etcd},
		{"scheduler's file makes flags dead", "x.yaml", pod("s", "    command: [kube-scheduler, --config=/s.yaml, --profiling=false, --bind-address=127.0.0.1]\n"), "profiling", "unknown", Scheduler},
		{"an application's etcd", "x.yaml", "apiVersion: v1\nkind: Pod\nmetadata: {name: etcd, namespace: app}\nspec: {containers: [{name: etcd, command: [etcd]}]}\n", "auto-tls", "none", Etcd},
	} {
		set := load(t, test.file, test.text)
		if got := describe(All(set, test.component), test.flag); !strings.HasPrefix(got, test.want) {
			t.Errorf("%s: %s, want %s", test.name, got, test.want)
		}
	}
}

// TestKubeletFile joins a kubelet's command line with its file.
func TestKubeletFile(t *testing.T) {
	set := load(t,
		"pod.yaml", pod("kubelet", "    command: [kubelet, --config=/etc/kubelet/config.yaml, --read-only-port=0]\n    volumeMounts: [{name: c, mountPath: /etc/kubelet}]\n  volumes: [{name: c, configMap: {name: kubelet}}]\n"),
		"config.yaml", "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: kubelet, namespace: kube-system}\ndata:\n  config.yaml: |\n    apiVersion: kubelet.config.k8s.io/v1beta1\n    kind: KubeletConfiguration\n    readOnlyPort: 10255\n    seccompDefault: true\n")
	commandLine, file := All(set)[0], All(set)[1]
	for flag, want := range map[string]string{"read-only-port": "given 0, elsewhere ", "seccomp-default": "elsewhere , given true", "protect-kernel-defaults": "elsewhere , default false"} {
		if got := describe([]*Component{commandLine}, flag) + ", " + describe([]*Component{file}, flag); got != want {
			t.Errorf("%s: %s, want %s", flag, got, want)
		}
	}
}

func TestFileIn(t *testing.T) {
	const policy = "apiVersion: audit.k8s.io/v1\nkind: Policy\nrules: [{level: None}]\n"
	apiServer := pod("kube-apiserver", `    command: [kube-apiserver, --audit-policy-file=/etc/kubernetes/audit/policy.yaml]
    volumeMounts: [{name: audit, mountPath: /etc/kubernetes/audit}]
  volumes: [{name: audit, VOLUME}]
`)
	configMap := "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: audit, namespace: kube-system}\ndata:\n  p: |\n    " + strings.ReplaceAll(policy, "\n", "\n    ")
	for _, test := range []struct {
		name, want string
		files      []string
	}{
		{"not in view", "", []string{"a.yaml", strings.Replace(apiServer, "VOLUME", "hostPath: {path: /etc/kubernetes/audit}", 1)}},
		{"in the tree", "files/policy.yaml", []string{"a.yaml", strings.Replace(apiServer, "VOLUME", "hostPath: {path: /srv}", 1), "files/policy.yaml", policy}},
		{"the nearer of two", "audit/policy.yaml", []string{"a.yaml", strings.Replace(apiServer, "VOLUME", "hostPath: {path: /srv/audit}", 1), "files/policy.yaml", policy, "audit/policy.yaml", policy}},
		{"two alike", "", []string{"a.yaml", strings.Replace(apiServer, "VOLUME", "hostPath: {path: /srv/audit}", 1), "a/policy.yaml", policy, "b/policy.yaml", policy}},
		{"in the folder of the component", "one/policy.yaml", []string{"one/a.yaml", strings.Replace(apiServer, "VOLUME", "hostPath: {path: /srv/audit}", 1), "two/policy.yaml", policy, "one/policy.yaml", policy}},
		{"of another kind", "", []string{"a.yaml", strings.Replace(apiServer, "VOLUME", "hostPath: {path: /srv}", 1), "policy.yaml", "apiVersion: kyverno.io/v1\nkind: Policy\n"}},
		{"mounted", "p", []string{"a.yaml", strings.Replace(apiServer, "VOLUME", "configMap: {name: audit, items: [{key: p, path: policy.yaml}]}", 1), "b.yaml", configMap}},
		{"mounted, not in view", "", []string{"a.yaml", strings.Replace(apiServer, "VOLUME", "configMap: {name: other}", 1), "policy.yaml", policy}},
		{"kubeadm's volumes", "x/policy.yaml", []string{"a.yaml", "apiVersion: kubeadm.k8s.io/v1beta3\nkind: ClusterConfiguration\napiServer:\n  extraArgs: {audit-policy-file: /etc/p.yaml}\n  extraVolumes: [{name: a, hostPath: /srv/x/policy.yaml, mountPath: /etc/p.yaml}]\n", "x/policy.yaml", policy}},
		{"Cluster API's files", "/etc/p.yaml", []string{"a.yaml", "apiVersion: controlplane.cluster.x-k8s.io/v1beta1\nkind: KubeadmControlPlane\nspec:\n  kubeadmConfigSpec:\n    files:\n    - path: /etc/p.yaml\n      content: |\n        " + strings.ReplaceAll(policy, "\n", "\n        ") + "\n    clusterConfiguration: {apiServer: {extraArgs: {audit-policy-file: /etc/p.yaml}}}\n"}},
	} {
		set := load(t, test.files...)
		c := All(set, APIServer)[0]
		got := ""
		if files := FileIn(set, c, c.Setting("audit-policy-file").Text, AuditPolicy); len(files) == 1 {
			got = files[0].Path
		}
		if got != test.want {
			t.Errorf("%s: found %q, want %q", test.name, got, test.want)
		}
	}
}

// TestManyNamesakes gives up on a name that very many files have.
func TestManyNamesakes(t *testing.T) {
	files := []string{"a.yaml", pod("kube-apiserver", "    command: [kube-apiserver, --audit-policy-file=/etc/policy.yaml]\n")}
	for i := range maxNamesakes + 1 {
		files = append(files, fmt.Sprintf("etc%d/policy.yaml", i), "apiVersion: audit.k8s.io/v1\nkind: Policy\n")
	}
	files[2] = "etc/policy.yaml"
	for many, want := range map[int]int{len(files): 0, 6: 1} {
		set := load(t, files[:many]...)
		c := All(set, APIServer)[0]
		if found := FileIn(set, c, c.Setting("audit-policy-file").Text, AuditPolicy); len(found) != want {
			t.Errorf("%d of %d files could be meant", len(found), many/2)
		}
	}
}

// TestHostileScripts reads scripts of many commands, of which no more than
// maxRuns count.
func TestHostileScripts(t *testing.T) {
	const lines = 20000
	script := strings.Repeat("      kube-apiserver --v=1\n", lines)
	set := load(t, "pod.yaml", pod("x", "    command:\n    - sh\n    - -c\n    - |\n"+script))
	if n := len(All(set)); n != maxRuns {
		t.Errorf("script: %d components, want %d", n, maxRuns)
	}
	set = load(t, "pod.yaml", pod("x", "    command:\n    - sh\n    - -c\n    - |\n"+strings.Repeat("      echo kube\n", lines)+"      kube-apiserver --profiling=false\n"))
	if got := describe(All(set), "profiling"); got != "given false" {
		t.Errorf("after many commands: %s", got)
	}
	set = load(t, "pod.yaml", pod("x", "    command:\n    - sh\n    - -c\n    - kube-apiserver"+strings.Repeat(" --v=1", lines)+"\n"))
	if n := len(All(set)); n != 0 {
		t.Errorf("a command of %d words: %d components", lines, n)
	}
	set = load(t, "pod.yaml", pod("x", "    command:\n    - kube-apiserver\n    - --authorization-mode=RBAC"+strings.Repeat(",A", lines)+"\n"))
	if n := len(All(set)[0].Setting("authorization-mode").Items()); n != maxItems {
		t.Errorf("a list of %d items: %d are judged", lines, n)
	}
	unit := strings.Repeat("    ExecStart=/usr/bin/kubelet --v=1\n", lines)
	set = load(t, "x.yaml", "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\ndata:\n  a: |\n"+unit)
	if n := len(All(set)); n != maxRuns {
		t.Errorf("unit: %d components, want %d", n, maxRuns)
	}
}
