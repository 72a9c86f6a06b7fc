package rules

import (
	"fmt"
	"slices"
	"strings"

	"github.com/seaworthy-lint/seaworthy/lint/component"
)

// blame stands in front of what a source is to be blamed for.
const blame = "\x01"

// source writes a file that sets a flag of a component; text is empty when it
// cannot.
type source struct {
	name, file string
	write      func(d defect, value string) string
}

// others are the flags that a defect needs, each by form.
func others(d defect, form func(flag, value string) string) string {
	var b strings.Builder
	for _, with := range d.with {
		flag, value, _ := strings.Cut(with, "=")
		b.WriteString(form(flag, value))
	}
	return b.String()
}

func staticPod(command string) string {
	return fmt.Sprintf("apiVersion: v1\nkind: Pod\nmetadata: {name: a, namespace: kube-system}\nspec:\n  containers:\n  - name: a\n    image: registry.example.com/a:1\n%s", command)
}

func item(flag, value string) string { return fmt.Sprintf("    - %q\n", "--"+flag+"="+value) }

// kubeadmKeys are the keys of kubeadm's parts.
var kubeadmKeys = map[component.Name]string{
	component.APIServer: "apiServer:", component.ControllerManager: "controllerManager:", component.Scheduler: "scheduler:", component.Etcd: "etcd:\n  local:",
}

func argMap(indent string) func(flag, value string) string {
	return func(flag, value string) string { return fmt.Sprintf("%s%s: %q\n", indent, flag, value) }
}

func argList(indent string) func(flag, value string) string {
	return func(flag, value string) string {
		return fmt.Sprintf("%s- name: %s\n%s  value: %q\n", indent, flag, indent, value)
	}
}

// marked puts the blame into the line that the form writes for the value.
func marked(form func(flag, value string) string, flag, value string) string {
	text := form(flag, value)
	at := strings.LastIndex(strings.TrimRight(text, "\n"), "\n") + 1
	return text[:at] + blame + text[at:]
}

func indented(text, by string) string {
	return by + strings.ReplaceAll(strings.TrimRight(text, "\n"), "\n", "\n"+by) + "\n"
}

func clusterConfiguration(version string, form func(indent string) func(flag, value string) string) func(defect, string) string {
	return func(d defect, value string) string {
		key := kubeadmKeys[d.component]
		if key == "" {
			return ""
		}
		indent := "      "
		args := others(d, form(indent)) + marked(form(indent), d.flag, value)
		return "apiVersion: kubeadm.k8s.io/" + version + "\nkind: ClusterConfiguration\n" + key + "\n    extraArgs:\n" + args
	}
}

func nodeRegistration(kind string, form func(indent string) func(flag, value string) string) func(defect, string) string {
	return func(d defect, value string) string {
		if d.component != component.Kubelet {
			return ""
		}
		return "apiVersion: kubeadm.k8s.io/v1beta4\nkind: " + kind + "\nnodeRegistration:\n  kubeletExtraArgs:\n" + others(d, form("    ")) + marked(form("    "), d.flag, value)
	}
}

// inConfigMap carries what another source writes.
func inConfigMap(name string, write func(defect, string) string) func(defect, string) string {
	return func(d defect, value string) string {
		text := write(d, value)
		if text == "" {
			return ""
		}
		return "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: " + name + ", namespace: kube-system}\ndata:\n  config: |\n" + indented(text, "    ")
	}
}

// clusterAPI embeds what kubeadm reads, whose form keys leads to.
func clusterAPI(kind, group, keys string, write func(defect, string) string) func(defect, string) string {
	return func(d defect, value string) string {
		text := write(d, value)
		if text == "" {
			return ""
		}
		_, text, _ = strings.Cut(text, "\n")
		what, text, _ := strings.Cut(text, "\n")
		what = strings.TrimPrefix(what, "kind: ")
		what = strings.ToLower(what[:1]) + what[1:]
		head := "apiVersion: " + group + ".cluster.x-k8s.io/v1beta1\nkind: " + kind + "\nmetadata: {name: a}\n"
		indent := ""
		for _, key := range append(strings.Split(keys, "."), what) {
			head += indent + key + ":\n"
			indent += "  "
		}
		return head + indented(text, indent)
	}
}

// fields are kubelet's, kube-proxy's and the scheduler's own.
func ownFields(d defect, value string, empty bool) string {
	path := map[component.Name]map[string]string{
		component.Kubelet: {
			"anonymous-auth": "authentication.anonymous.enabled", "authorization-mode": "authorization.mode", "client-ca-file": "authentication.x509.clientCAFile",
			"read-only-port": "readOnlyPort", "rotate-server-certificates": "serverTLSBootstrap", "seccomp-default": "seccompDefault", "manifest-url": "staticPodURL",
			"pod-max-pids": "podPidsLimit", "event-qps": "eventRecordQPS", "streaming-connection-idle-timeout": "streamingConnectionIdleTimeout",
			"protect-kernel-defaults": "protectKernelDefaults", "make-iptables-util-chains": "makeIPTablesUtilChains", "rotate-certificates": "rotateCertificates",
			"tls-min-version": "tlsMinVersion", "tls-cert-file": "tlsCertFile", "tls-private-key-file": "tlsPrivateKeyFile",
		},
		component.Proxy:             {"metrics-bind-address": "metricsBindAddress"},
		component.Scheduler:         {"profiling": "enableProfiling"},
		component.ControllerManager: {"profiling": "generic.debugging.enableProfiling", "terminated-pod-gc-threshold": "podGCController.terminatedPodGCThreshold"},
	}[d.component][d.flag]
	if path == "" {
		return ""
	}
	keys := strings.Split(path, ".")
	var b strings.Builder
	if !empty {
		for _, with := range d.with {
			flag, other, _ := strings.Cut(with, "=")
			b.WriteString(strings.ReplaceAll(ownFields(defect{component: d.component, flag: flag}, other, true), blame, ""))
		}
	}
	for i, key := range keys[:len(keys)-1] {
		fmt.Fprintf(&b, "%s%s:\n", strings.Repeat("  ", i), key)
	}
	if value == "" {
		value = `""`
	}
	fmt.Fprintf(&b, "%s%s%s: %s\n", strings.Repeat("  ", len(keys)-1), blame, keys[len(keys)-1], value)
	return b.String()
}

var ownHeads = map[component.Name]string{
	component.Kubelet:           "apiVersion: kubelet.config.k8s.io/v1beta1\nkind: KubeletConfiguration\n",
	component.Proxy:             "apiVersion: kubeproxy.config.k8s.io/v1alpha1\nkind: KubeProxyConfiguration\n",
	component.Scheduler:         "apiVersion: kubescheduler.config.k8s.io/v1\nkind: KubeSchedulerConfiguration\n",
	component.ControllerManager: "apiVersion: kubecontrollermanager.config.k8s.io/v1alpha1\nkind: KubeControllerManagerConfiguration\n",
}

func ownKind(d defect, value string) string {
	fields := ownFields(d, value, false)
	if fields == "" {
		return ""
	}
	return ownHeads[d.component] + fields
}

func only(names ...component.Name) func(defect) bool {
	return func(d defect) bool { return slices.Contains(names, d.component) }
}

// where restricts a source to some components.
func where(applies func(defect) bool, write func(defect, string) string) func(defect, string) string {
	return func(d defect, value string) string {
		if !applies(d) {
			return ""
		}
		return write(d, value)
	}
}

// handed writes the list of flags that k3s hands on.
func handed(indent string) func(flag, value string) string {
	return func(flag, value string) string { return fmt.Sprintf("%s- %q\n", indent, flag+"="+value) }
}

// kopsField names a flag as kOps does, whose values have the types of fields.
func kopsField(indent string) func(flag, value string) string {
	names := map[string]string{"profiling": "enableProfiling", "audit-log-maxbackup": "auditLogMaxBackups", "audit-log-maxage": "auditLogMaxAge", "audit-log-maxsize": "auditLogMaxSize", "pod-max-pids": "podPidsLimit", "etcd-cafile": "etcdCAFile"}
	lists := []string{"enable-admission-plugins", "disable-admission-plugins", "etcd-servers", "tls-cipher-suites"}
	return func(flag, value string) string {
		name := names[flag]
		if name == "" {
			parts := strings.Split(flag, "-")
			for i := range parts[1:] {
				parts[i+1] = strings.ToUpper(parts[i+1][:1]) + parts[i+1][1:]
			}
			name = strings.Join(parts, "")
		}
		switch {
		case slices.Contains(lists, flag):
			return fmt.Sprintf("%s%s: [%s]\n", indent, name, strings.ReplaceAll(value, ",", ", "))
		case flag == "feature-gates":
			key, on, _ := strings.Cut(value, "=")
			return fmt.Sprintf("%s%s: {%s: %q}\n", indent, name, key, on)
		case value == "" || value == "-" || strings.HasSuffix(value, ":"):
			value = fmt.Sprintf("%q", value)
		}
		return fmt.Sprintf("%s%s: %s\n", indent, name, value)
	}
}

// command is a shell line that runs a component with a flag on a line of its
// own.
func shellLine(d defect, program, value, indent string) string {
	text := indent + "set -e\n" + indent + "exec " + program + " \\\n" + indent + "  --v=2 \\\n"
	text += others(d, func(flag, value string) string { return fmt.Sprintf("%s  --%s=%s \\\n", indent, flag, value) })
	return text + fmt.Sprintf("%s  %s--%s=%s >>/var/log/a.log 2>&1\n", indent, blame, d.flag, value)
}

var kopsKeys = map[component.Name]string{
	component.APIServer: "kubeAPIServer", component.ControllerManager: "kubeControllerManager", component.Scheduler: "kubeScheduler", component.Kubelet: "kubelet", component.Proxy: "kubeProxy",
}

var talosKeys = map[component.Name]string{
	component.APIServer: "cluster:\n  apiServer:", component.ControllerManager: "cluster:\n  controllerManager:", component.Scheduler: "cluster:\n  scheduler:",
	component.Etcd: "cluster:\n  etcd:", component.Kubelet: "machine:\n  kubelet:", component.Proxy: "cluster:\n  proxy:",
}

var listForm = clusterConfiguration("v1beta4", argList)

func sources() []source {
	k3s := func(d defect, value string) string {
		return "write-kubeconfig-mode: \"0600\"\n" + string(d.component) + "-arg:\n" + others(d, handed("")) + marked(handed(""), d.flag, value)
	}
	k3sNames := only(component.APIServer, component.ControllerManager, component.Scheduler, component.Etcd, component.Kubelet, component.Proxy)
	return []source{
		{"command", "pod.yaml", func(d defect, value string) string {
			return staticPod("    command:\n    - " + string(d.component) + "\n" + others(d, item) + marked(item, d.flag, value) + "    - --v=2\n")
		}},
		{"path and args", "pod.yaml", func(d defect, value string) string {
			return staticPod("    command: [/usr/local/bin/" + string(d.component) + "]\n    args:\n" + others(d, item) + marked(item, d.flag, value))
		}},
		{"last of repeated", "pod.yaml", func(d defect, value string) string {
			switch d.flag { // these accumulate
			case "authorization-mode", "enable-admission-plugins", "disable-admission-plugins", "etcd-servers", "tls-cipher-suites", "feature-gates":
				return ""
			}
			return staticPod("    command:\n    - " + string(d.component) + "\n" + others(d, item) + item(d.flag, d.good) + marked(item, d.flag, value))
		}},
		{"value of its own", "pod.yaml", func(d defect, value string) string {
			if value == "true" || value == "false" || strings.HasPrefix(value, "-") {
				return "" // switches take none
			}
			return staticPod("    command:\n    - " + string(d.component) + "\n" + others(d, item) + "    " + blame + "- --" + d.flag + "\n    - \"" + value + "\"\n")
		}},
		{"shell", "pod.yaml", func(d defect, value string) string {
			return staticPod("    command:\n    - /bin/sh\n    - -ec\n    - |\n" + shellLine(d, string(d.component), value, "      "))
		}},
		{"launcher", "pod.yaml", func(d defect, value string) string {
			return staticPod("    command:\n    - /go-runner\n    - --log-file=/var/log/a.log\n    - /usr/local/bin/" + string(d.component) + "\n" + others(d, item) + marked(item, d.flag, value))
		}},
		{"hyperkube", "pod.yaml", where(only(component.APIServer, component.ControllerManager, component.Scheduler, component.Kubelet, component.Proxy), func(d defect, value string) string {
			return staticPod("    command:\n    - /hyperkube\n    - " + strings.TrimPrefix(string(d.component), "kube-") + "\n" + others(d, item) + marked(item, d.flag, value))
		})},
		{"DaemonSet", "pod.yaml", where(only(component.APIServer, component.Scheduler, component.Proxy), func(d defect, value string) string {
			pod := staticPod("    command:\n    - " + string(d.component) + "\n" + others(d, item) + marked(item, d.flag, value))
			_, spec, _ := strings.Cut(pod, "spec:\n")
			return "apiVersion: apps/v1\nkind: DaemonSet\nmetadata: {name: a, namespace: kube-system}\nspec:\n  selector: {matchLabels: {a: b}}\n  template:\n    metadata: {labels: {a: b}}\n    spec:\n" + indented(spec, "    ")
		})},
		{"etcd's variables", "pod.yaml", where(only(component.Etcd), func(d defect, value string) string {
			env := func(flag, value string) string {
				return fmt.Sprintf("    - name: ETCD_%s\n      value: %q\n", strings.ToUpper(strings.ReplaceAll(flag, "-", "_")), value)
			}
			return staticPod("    command: [etcd]\n    env:\n" + others(d, env) + marked(env, d.flag, value))
		})},
		{"etcd's file", "etcd.conf.yml", where(only(component.Etcd), func(d defect, value string) string {
			transport := func(flag, value string) string {
				side, name := "client", strings.TrimPrefix(flag, "peer-")
				if name != flag {
					side = "peer"
				}
				if slices.Contains([]string{"auto-tls", "client-cert-auth"}, name) {
					return fmt.Sprintf("%s-transport-security:\n  %s: %s\n", side, name, value)
				}
				return fmt.Sprintf("%s: %s\n", flag, value)
			}
			return "name: a\npeer-transport-security: {}\n" + others(d, transport) + marked(transport, d.flag, value)
		})},
		{"kubeadm v1beta2", "kubeadm.yaml", clusterConfiguration("v1beta2", argMap)},
		{"kubeadm v1beta3", "kubeadm.yaml", clusterConfiguration("v1beta3", argMap)},
		{"kubeadm v1beta4", "kubeadm.yaml", listForm},
		{"kubeadm v1", "kubeadm.yaml", clusterConfiguration("v1", argList)},
		{"kubeadm-config", "cm.yaml", inConfigMap("kubeadm-config", listForm)},
		{"init, map", "kubeadm.yaml", nodeRegistration("InitConfiguration", argMap)},
		{"init, list", "kubeadm.yaml", nodeRegistration("InitConfiguration", argList)},
		{"join, map", "kubeadm.yaml", nodeRegistration("JoinConfiguration", argMap)},
		{"join, list", "kubeadm.yaml", nodeRegistration("JoinConfiguration", argList)},
		{"KubeadmControlPlane", "capi.yaml", clusterAPI("KubeadmControlPlane", "controlplane", "spec.kubeadmConfigSpec", clusterConfiguration("v1beta3", argMap))},
		{"KubeadmControlPlane, list", "capi.yaml", clusterAPI("KubeadmControlPlane", "controlplane", "spec.kubeadmConfigSpec", listForm)},
		{"KubeadmControlPlaneTemplate", "capi.yaml", clusterAPI("KubeadmControlPlaneTemplate", "controlplane", "spec.template.spec.kubeadmConfigSpec", listForm)},
		{"KubeadmConfig", "capi.yaml", clusterAPI("KubeadmConfig", "bootstrap", "spec", listForm)},
		{"KubeadmConfigTemplate", "capi.yaml", clusterAPI("KubeadmConfigTemplate", "bootstrap", "spec.template.spec", nodeRegistration("JoinConfiguration", argMap))},
		{"own kind", "config.yaml", ownKind},
		{"own kind in a ConfigMap", "cm.yaml", inConfigMap("component", ownKind)},
		{"kubelet-config", "cm.yaml", where(only(component.Kubelet), inConfigMap("kubelet-config", ownKind))},
		{"NodeConfig of EKS", "node.yaml", where(only(component.Kubelet), func(d defect, value string) string {
			return "apiVersion: node.eks.aws/v1alpha1\nkind: NodeConfig\nspec:\n  kubelet:\n    flags:\n" + others(d, handed("    ")) + marked(handed("    "), d.flag, value)
		})},
		{"KubeletConfig of OpenShift", "node.yaml", where(only(component.Kubelet), func(d defect, value string) string {
			fields := ownFields(d, value, false)
			if fields == "" {
				return ""
			}
			return "apiVersion: machineconfiguration.openshift.io/v1\nkind: KubeletConfig\nmetadata: {name: a}\nspec:\n  kubeletConfig:\n" + indented(fields, "    ")
		})},
		{"unit in a ConfigMap", "cm.yaml", where(only(component.Kubelet), func(d defect, value string) string {
			text := "[Service]\nExecStart=/usr/bin/kubelet \\\n  --v=2 \\\n"
			text += others(d, func(flag, value string) string { return fmt.Sprintf("  --%s=%s \\\n", flag, value) })
			return "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: unit}\ndata:\n  kubelet.service: |\n" + indented(text+fmt.Sprintf("  %s--%s=%s\n", blame, d.flag, value), "    ")
		})},
		{"k3s by path", "etc/rancher/k3s/config.yaml", where(k3sNames, k3s)},
		{"rke2 by path", "files/rancher/rke2/config.yaml.d/50-a.yaml", where(k3sNames, k3s)},
		{"k3s by key", "config.yaml", where(k3sNames, k3s)},
		{"k3s server", "pod.yaml", func(d defect, value string) string {
			form := func(flag, value string) string {
				return fmt.Sprintf("    - %q\n", "--"+string(d.component)+"-arg="+flag+"="+value)
			}
			return staticPod("    command: [k3s, server]\n    args:\n" + others(d, form) + marked(form, d.flag, value))
		}},
		{"k3d", "k3d.yaml", func(d defect, value string) string {
			form := func(flag, value string) string {
				return fmt.Sprintf("    - arg: %q\n      nodeFilters: [\"server:*\"]\n", "--"+string(d.component)+"-arg="+flag+"="+value)
			}
			return "apiVersion: k3d.io/v1alpha5\nkind: Simple\noptions:\n  k3s:\n    extraArgs:\n" + others(d, form) + blame + form(d.flag, value)
		}},
		{"Rancher", "cluster.yaml", func(d defect, value string) string {
			return "apiVersion: provisioning.cattle.io/v1\nkind: Cluster\nmetadata: {name: a}\nspec:\n  rkeConfig:\n    machineGlobalConfig:\n      " + string(d.component) + "-arg:\n" + others(d, handed("      ")) + marked(handed("      "), d.flag, value)
		}},
		{"rke2's file in Cluster API", "rke2.yaml", where(k3sNames, func(d defect, value string) string {
			return "apiVersion: bootstrap.cluster.x-k8s.io/v1beta1\nkind: RKE2ConfigTemplate\nmetadata: {name: a}\nspec:\n  template:\n    spec:\n      files:\n      - path: /etc/rancher/rke2/config.yaml.d/10-a.yaml\n        content: |\n" + indented(k3s(d, value), "          ")
		})},
		{"Talos", "talos.yaml", func(d defect, value string) string {
			return "version: v1alpha1\n" + talosKeys[d.component] + "\n    extraArgs:\n" + others(d, argMap("      ")) + marked(argMap("      "), d.flag, value)
		}},
		{"kOps", "kops.yaml", func(d defect, value string) string {
			key := kopsKeys[d.component]
			if key == "" {
				return ""
			}
			return "apiVersion: kops.k8s.io/v1alpha2\nkind: Cluster\nmetadata: {name: a}\nspec:\n  " + key + ":\n" + others(d, kopsField("    ")) + marked(kopsField("    "), d.flag, value)
		}},
		{"kind", "kind.yaml", func(d defect, value string) string {
			text := listForm(d, value)
			if d.component == component.Kubelet {
				text = nodeRegistration("JoinConfiguration", argMap)(d, value)
			}
			if text == "" {
				return ""
			}
			return "apiVersion: kind.x-k8s.io/v1alpha4\nkind: Cluster\nnodes:\n- role: control-plane\n  kubeadmConfigPatches:\n  - |\n" + indented(text, "    ")
		}},
		{"kubespray", "inventory/group_vars/k8s_cluster/k8s-cluster.yml", func(d defect, value string) string {
			key := map[component.Name]string{component.APIServer: "apiserver", component.ControllerManager: "controller", component.Scheduler: "scheduler"}[d.component]
			if key == "" {
				return ""
			}
			return "kube_kubeadm_" + key + "_extra_args:\n" + others(d, argMap("  ")) + marked(argMap("  "), d.flag, value)
		}},
		{"kubeadm's merge patch", "patches/NAME0+merge.yaml", where(only(component.APIServer, component.ControllerManager, component.Scheduler, component.Etcd), func(d defect, value string) string {
			return "spec:\n  containers:\n  - name: a\n    command:\n    - " + string(d.component) + "\n" + others(d, item) + marked(item, d.flag, value)
		})},
		{"kubeadm's JSON patch", "patches/NAME+json.yaml", where(only(component.APIServer, component.ControllerManager, component.Scheduler, component.Etcd), func(d defect, value string) string {
			form := func(flag, value string) string {
				return fmt.Sprintf("- op: add\n  path: /spec/containers/0/command/-\n  value: %q\n", "--"+flag+"="+value)
			}
			return others(d, form) + marked(form, d.flag, value)
		})},
	}
}
