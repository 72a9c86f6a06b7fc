package manifest

import (
	"bytes"
	"path"
	"regexp"
	"strings"
	"sync"
)

// Configuration of a cluster that names neither apiVersion nor kind is known
// by its path or its keys, and read as an object of a kind of ours.
const (
	// K3sConfig is the config.yaml of k3s and rke2.
	K3sConfig = "K3sConfig"
	// TalosConfig is the machine configuration of Talos, or a patch of one.
	TalosConfig = "TalosConfig"
	// RKEConfig is the cluster.yml of RKE 1.
	RKEConfig = "RKEConfig"
	// EtcdConfig is the file that etcd's --config-file names.
	EtcdConfig = "EtcdConfig"
	// KubesprayVars are the group variables of kubespray.
	KubesprayVars = "KubesprayVars"
	// KubeadmPatch is a file of the folder of patches of kubeadm.
	KubeadmPatch = "KubeadmPatch"
)

// ConfigFileVersion is the apiVersion of the objects that are made of such
// files.
const ConfigFileVersion = "config-file/v1"

// maxConfigFile is the size in bytes from where on a file is taken for data.
const maxConfigFile = 1 << 20

// lazyPattern compiles a pattern when it is first asked for.
func lazyPattern(pattern string) func() *regexp.Regexp {
	return sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(pattern) })
}

var (
	k3sPath  = lazyPattern(`(?:^|/)rancher/(?:k3s|rke2)/config\.yaml(?:\.d/[^/]+\.ya?ml)?$`)
	k3sKey   = lazyPattern(`(?m)^(?:kube-apiserver|kube-controller-manager|kube-scheduler|kubelet|kube-proxy|etcd)-arg\+?:`)
	etcdKey  = lazyPattern(`(?m)^(?:client|peer)-transport-security:`)
	rkeNodes = lazyPattern(`(?m)^nodes:`)
	rkeKey   = lazyPattern(`(?m)^services: *(?:#.*)?\n(?: .*\n|#.*\n|\n)*? +(?:kube-api|kube-controller): *(?:#.*)?$`)
	talosKey = lazyPattern(`(?m)^(?:machine|cluster):`)
	// talosOnly are keys that tell Talos from other files with a cluster key.
	talosOnly = lazyPattern(`(?m)^version: *v1alpha1 *(?:#.*)?$|^ +(?:apiServer|controllerManager|scheduler|kubelet): *(?:#.*)?$(?:\n.*){0,40}\n +(?:extraArgs|extraConfig):`)
	// kubesprayKey are variables of kubespray's roles kubernetes/control-plane
	// and kubernetes/node.
	kubesprayKey = lazyPattern(`(?m)^(?:kube_kubeadm_(?:apiserver|controller|scheduler)_extra_args|kube_api_anonymous_auth|kube_apiserver_[a-z_]+|kubelet_(?:authorization|authentication|rotate|protect|streaming|make|seccomp|event|config_extra)[a-z_]*|kube_read_only_port|kube_profiling|kube_(?:controller_manager|scheduler)_bind_address|kubernetes_audit|kube_encrypt_secret_data):`)
	kubesprayDir = lazyPattern(`(?:^|/)(?:group_vars|inventory)/`)
	patchPath    = lazyPattern(`(?:^|/)[^/]*patches[^/]*/(?:kube-apiserver|kube-controller-manager|kube-scheduler|etcd|kubeletconfiguration)[^/.]*\.(?:ya?ml|json)$`)
)

// configFileKind is the kind of a configuration file that names none; "" for
// any other file.
func configFileKind(span Span) string {
	text := span.File.Text[span.Start:span.End]
	if len(text) > maxConfigFile {
		return ""
	}
	holds := func(word string) bool { return bytes.Contains(text, []byte(word)) }
	name := span.File.Path
	switch {
	case strings.Contains(name, "rancher/") && k3sPath().MatchString(name), holds("-arg") && k3sKey().Match(text):
		return K3sConfig
	case strings.Contains(name, "patches") && patchPath().MatchString(name):
		return KubeadmPatch
	case holds("-transport-security:") && etcdKey().Match(text):
		return EtcdConfig
	case (holds("kube_") || holds("kubelet_")) && kubesprayDir().MatchString(name) && kubesprayKey().Match(text):
		return KubesprayVars
	case holds("nodes:") && (holds("kube-api:") || holds("kube-controller:")) && rkeNodes().Match(text) && rkeKey().Match(text):
		return RKEConfig
	case (holds("machine:") || holds("cluster:")) && talosKey().Match(text) && talosOnly().Match(text):
		return TalosConfig
	}
	return ""
}

// newConfigFile makes an object of a configuration file that names no kind.
func newConfigFile(kind string, root *Node, duplicates []Duplicate) *Object {
	return &Object{
		Node:       root,
		APIVersion: ConfigFileVersion,
		Kind:       kind,
		Name:       path.Base(root.file.Path),
		Duplicates: duplicates,
	}
}
