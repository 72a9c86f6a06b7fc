package component

import (
	"path"
	"strings"

	"github.com/seaworthy-lint/seaworthy/lint/manifest"
)

// distributionKinds read the files of installers, whose own defaults are not
// judged: only what they set.
var distributionKinds = map[string]func(*manifest.Object) []*Component{
	manifest.ConfigFileVersion + "/" + manifest.K3sConfig:     func(o *manifest.Object) []*Component { return k3sConfig(o.Node) },
	manifest.ConfigFileVersion + "/" + manifest.TalosConfig:   talosConfig,
	manifest.ConfigFileVersion + "/" + manifest.RKEConfig:     rkeConfig,
	manifest.ConfigFileVersion + "/" + manifest.EtcdConfig:    etcdConfig,
	manifest.ConfigFileVersion + "/" + manifest.KubesprayVars: kubesprayVars,
	manifest.ConfigFileVersion + "/" + manifest.KubeadmPatch:  kubeadmPatch,
	"kops.k8s.io/Cluster":       kopsSpec,
	"kops.k8s.io/InstanceGroup": kopsSpec,
	"kind.x-k8s.io/Cluster":     kindCluster,
	"k3d.io/Simple":             k3dCluster,
	"provisioning.cattle.io/Cluster": func(o *manifest.Object) []*Component {
		return k3sConfig(o.At("spec", "rkeConfig", "machineGlobalConfig"))
	},
	"node.eks.aws/NodeConfig": func(o *manifest.Object) []*Component {
		c := fromFields(Kubelet, o.At("spec", "kubelet", "config"), kubeletFields, Distribution)
		for _, flag := range o.At("spec", "kubelet", "flags").Items() {
			c.handedOn(Part{Text: flag.Str(), Node: flag, Exact: flag.Exact()})
		}
		return []*Component{c}
	},
	"machineconfiguration.openshift.io/KubeletConfig": func(o *manifest.Object) []*Component {
		return []*Component{fromFields(Kubelet, o.At("spec", "kubeletConfig"), kubeletFields, Distribution)}
	},
}

// distribution reads a file of an installer; nil for other objects.
func distribution(o *manifest.Object) []*Component {
	key := o.Group() + "/" + o.Kind
	if o.APIVersion == manifest.ConfigFileVersion {
		key = o.APIVersion + "/" + o.Kind
	}
	if read := distributionKinds[key]; read != nil {
		return read(o)
	}
	return nil
}

// k3sConfig reads the options of k3s and rke2 that hand flags on.
func k3sConfig(root *manifest.Node) []*Component {
	var found []*Component
	for _, name := range names {
		c := &Component{Name: name, Source: Distribution, missing: Place{Under: root, Keys: []string{string(name) + argKey}}}
		for _, key := range []string{string(name) + argKey, string(name) + argKey + "+"} {
			args := root.At(key)
			items := args.Items()
			if args.Str() != "" {
				items = []*manifest.Node{args}
			}
			for _, item := range items {
				c.handedOn(Part{Text: item.Str(), Node: item, Exact: item.Exact()})
			}
		}
		if c.given != nil {
			found = append(found, c)
		}
	}
	return found
}

// carriedK3s reads the options of k3s or rke2 in a file that an object carries,
// which is known by its path.
func carriedK3s(text carriedText) []*Component {
	if !strings.Contains(text.path, "rancher/") || !strings.Contains(text.node.Str(), argKey) {
		return nil
	}
	var found []*Component
	for _, tree := range text.node.Embedded() {
		for _, c := range k3sConfig(tree.Root) {
			c.Root = tree.Root
			found = append(found, c)
		}
	}
	return found
}

// k3dCluster reads the options that k3d hands to k3s.
func k3dCluster(o *manifest.Object) []*Component {
	var words []word
	for _, item := range o.At("options", "k3s", "extraArgs").Items() {
		arg := item.At("arg")
		words = append(words, word{text: arg.Str(), node: arg, exact: arg.Exact()})
	}
	return handedOnByFlags(words)
}

// talosConfig reads the extraArgs and the kubelet's extraConfig of Talos.
func talosConfig(o *manifest.Object) []*Component {
	var found []*Component
	for _, part := range []struct {
		name Name
		keys []string
	}{
		{APIServer, []string{"cluster", "apiServer"}},
		{ControllerManager, []string{"cluster", "controllerManager"}},
		{Scheduler, []string{"cluster", "scheduler"}},
		{Etcd, []string{"cluster", "etcd"}},
		{Proxy, []string{"cluster", "proxy"}},
		{Kubelet, []string{"machine", "kubelet"}},
	} {
		at := o.At(part.keys...)
		c := &Component{Name: part.name, Source: Distribution}
		if part.name == Kubelet {
			c = fromFields(Kubelet, at.At("extraConfig"), kubeletFields, Distribution)
		}
		c.missing = Place{Under: o.Node, Keys: append(part.keys, "extraArgs")}
		c.extraArgs(at.At("extraArgs"))
		found = append(found, c)
	}
	return found
}

// rkeConfig reads the extra_args of the services of RKE 1.
func rkeConfig(o *manifest.Object) []*Component {
	var found []*Component
	for _, part := range []struct {
		name Name
		key  string
	}{
		{APIServer, "kube-api"},
		{ControllerManager, "kube-controller"},
		{Scheduler, "scheduler"},
		{Etcd, "etcd"},
		{Kubelet, "kubelet"},
		{Proxy, "kubeproxy"},
	} {
		keys := []string{"services", part.key, "extra_args"}
		c := &Component{Name: part.name, Source: Distribution, missing: Place{Under: o.Node, Keys: keys}}
		c.extraArgs(o.At(keys...))
		found = append(found, c)
	}
	return found
}

// etcdConfig reads etcd's own configuration file, whose defaults are those of
// the flags.
func etcdConfig(o *manifest.Object) []*Component {
	return []*Component{fromFields(Etcd, o.Node, etcdFields, CommandLine)}
}

// kopsParts are the keys of a kOps cluster and the components they configure.
var kopsParts = []struct {
	key  string
	name Name
}{
	{"kubeAPIServer", APIServer},
	{"kubeControllerManager", ControllerManager},
	{"kubeScheduler", Scheduler},
	{"kubelet", Kubelet},
	{"masterKubelet", Kubelet},
	{"controlPlaneKubelet", Kubelet},
	{"kubeProxy", Proxy},
}

// kopsNames are the fields of kOps that are not named as the flag is.
var kopsNames = map[string]string{
	"auditlogmaxbackups": "audit-log-maxbackup",
	"enableprofiling":    "profiling",
	"podpidslimit":       "pod-max-pids",
	"eventqps":           "event-qps",
}

// kopsSpec reads a kOps Cluster or InstanceGroup, whose fields are named as
// the flags are, in camel case.
func kopsSpec(o *manifest.Object) []*Component {
	var found []*Component
	for _, part := range kopsParts {
		fields := o.At("spec", part.key).Fields()
		if len(fields) == 0 {
			continue
		}
		c := &Component{Name: part.name, Source: Distribution, Version: o.At("spec", "kubernetesVersion").Str(), missing: Place{Under: o.Node, Keys: []string{"spec", part.key}}}
		flags := flagsByLetters(part.name)
		for _, field := range fields {
			letters := strings.ToLower(field.Key)
			if flag := kopsNames[letters]; flag != "" {
				c.addNode(flag, field)
			} else if flag = flags[letters]; flag != "" {
				c.addNode(flag, field)
			}
		}
		found = append(found, c)
	}
	if all := o.At("spec", "authorization", "alwaysAllow"); all != nil && o.Kind == "Cluster" {
		c := &Component{Name: APIServer, Source: Distribution}
		c.add("authorization-mode", occurrence{Part: Part{Text: "AlwaysAllow", Node: all, Exact: all.Exact()}})
		found = append(found, c)
	}
	return found
}

// known are the flags that rules ask for and that have no default.
var known = map[Name][]string{
	APIServer: {
		"admission-control", "admission-control-config-file", "audit-log-maxage", "audit-log-maxbackup", "audit-log-maxsize", "audit-log-path", "audit-policy-file",
		"audit-webhook-config-file", "authentication-config", "authentication-token-webhook-config-file", "authorization-config",
		"authorization-policy-file", "authorization-webhook-config-file", "basic-auth-file", "disable-admission-plugins",
		"encryption-provider-config", "feature-gates", "insecure-bind-address", "kubelet-certificate-authority", "oidc-groups-claim",
		"oidc-groups-prefix", "oidc-issuer-url", "oidc-username-claim", "oidc-username-prefix", "requestheader-client-ca-file",
		"tls-cipher-suites", "tls-min-version", "token-auth-file",
	},
	ControllerManager: {"feature-gates", "tls-cipher-suites", "tls-min-version"},
	Scheduler:         {"tls-cipher-suites", "tls-min-version"},
	Kubelet:           {"allowed-unsafe-sysctls", "feature-gates", "hostname-override", "manifest-url", "tls-cert-file", "tls-cipher-suites", "tls-min-version", "tls-private-key-file"},
}

// flagsByLetters are the flags of a component by their letters, without
// dashes.
func flagsByLetters(name Name) map[string]string {
	flags := map[string]string{}
	for flag := range defaults[name] {
		flags[strings.ReplaceAll(flag, "-", "")] = flag
	}
	for _, flag := range known[name] {
		flags[strings.ReplaceAll(flag, "-", "")] = flag
	}
	return flags
}

// kindCluster reads the patches of kubeadm's files in the configuration of
// kind, for the cluster and for each node.
func kindCluster(o *manifest.Object) []*Component {
	patches := o.At("kubeadmConfigPatches").Items()
	for _, node := range o.At("nodes").Items() {
		patches = append(patches, node.At("kubeadmConfigPatches").Items()...)
	}
	var found []*Component
	for _, patch := range patches {
		for _, tree := range patch.Embedded() {
			found = append(found, patchedDocument(tree.Root)...)
		}
	}
	return found
}

// patchedDocument reads a part of a document whose other part is not judged:
// kind leaves apiVersion out.
func patchedDocument(root *manifest.Node) []*Component {
	var found []*Component
	switch root.At("kind").Str() {
	case "ClusterConfiguration":
		found = clusterConfiguration(root)
	case "InitConfiguration", "JoinConfiguration":
		found = nodeRegistration(true, root)
	case "KubeletConfiguration":
		found = []*Component{fromFields(Kubelet, root, kubeletFields, OwnFile)}
	}
	for _, c := range found {
		c.Source, c.Root = Distribution, root
	}
	return found
}

// kubeadmPatch reads a file of kubeadm's folder of patches: a part of a static
// pod or of the KubeletConfiguration, or JSON operations on one.
func kubeadmPatch(o *manifest.Object) []*Component {
	target := path.Base(o.Name)
	if strings.HasPrefix(target, "kubeletconfiguration") {
		if o.Node.Kind != manifest.Map {
			return nil
		}
		return []*Component{fromFields(Kubelet, o.Node, kubeletFields, Distribution)}
	}
	var words []word
	for _, operation := range o.Items() {
		if value := operation.At("value"); strings.HasPrefix(value.Str(), "-") {
			words = append(words, word{text: value.Str(), node: value, exact: value.Exact()})
		}
	}
	for _, container := range o.At("spec", "containers").Items() {
		for _, item := range container.At("command").Items() {
			words = append(words, word{text: item.Str(), node: item, exact: item.Exact()})
		}
	}
	for _, name := range names {
		if strings.HasPrefix(target, string(name)) {
			c := &Component{Name: name, Source: Distribution}
			c.readFlags(words)
			return []*Component{c}
		}
	}
	return nil
}
