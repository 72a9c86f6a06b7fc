package rules

import (
	"path"
	"slices"

	"github.com/seaworthy-lint/seaworthy/lint"
	"github.com/seaworthy-lint/seaworthy/lint/manifest"
	"github.com/seaworthy-lint/seaworthy/lint/rbac"
)

// systemComponentParams are the parameters of system-namespace-workload.
type systemComponentParams struct {
	Components []string `doc:"globs of names of components that belong into the namespaces of the system too" form:"glob"`
}

// systemNamespaces are the namespaces that every cluster has for itself.
var systemNamespaces = []string{"kube-system", "kube-public", "kube-node-lease"}

// systemComponents are globs of the names of what clusters, and the tools that
// set them up, keep in the namespaces of the system.
var systemComponents = []string{
	// control plane, and what kubeadm and the API server keep beside it
	"kube-apiserver*", "kube-controller-manager*", "kube-scheduler*", "etcd*", "kube-vip*", "konnectivity-*", "*cloud-controller-manager*",
	"kubeadm*", "kubelet*", "cluster-info", "bootstrap-token-*", "system:*", "extension-apiserver-authentication*", "kube-root-ca.crt",
	// DNS, proxy, metrics, scaling, health
	"coredns*", "kube-dns*", "node-local-dns*", "nodelocaldns*", "kube-proxy*", "metrics-server*", "*cluster-autoscaler*", "karpenter*",
	"*node-problem-detector*", "*sealed-secrets*", "nvidia-device-plugin*",
	// pod networks
	"calico*", "canal*", "tigera-operator*", "cilium*", "hubble*", "*flannel*", "weave*", "antrea*", "kube-router*", "kube-ovn*", "ovs-ovn*",
	"kindnet*", "aws-node*", "azure-cni*", "azure-cns*", "multus*", "*whereabouts*", "ip-masq-agent*", "azure-ip-masq-agent*",
	// storage
	"csi-*", "*-csi-*", "*-csi", "snapshot-controller*", "snapshot-validation*",
	// helpers of the cloud providers
	"gke-*", "eks-*", "aks-*", "aws-auth",
}

// componentLabels are labels in which components state their name.
var componentLabels = []string{"k8s-app", "app.kubernetes.io/name", "app.kubernetes.io/part-of", "app", "component"}

func systemNamespaceWorkload(p *lint.Pass) {
	namespace := p.Object.At("metadata", "namespace")
	named := slices.Contains(systemNamespaces, namespace.Str())
	unknown := namespace.Str() == "" || namespace.Templated()
	if !named && !unknown || isSystemComponent(p.Object, ownComponents(p)) || grantsToOthers(p) {
		return
	}
	if unknown {
		p.Unknown(p.Object.Nearest("metadata", "namespace"), "the namespace is not known")
		return
	}
	p.Reportf(namespace, "the %s lies in %s and is no known component of a cluster", p.Object.Kind, namespace.Str())
}

// ownComponents are globs of the names that the user counts as components.
func ownComponents(p *lint.Pass) []string {
	params, _ := p.Rule.Params.(*systemComponentParams)
	return params.Components
}

// isSystemComponent tells whether an object belongs to what clusters keep for
// themselves, by its name or by a label; more are globs of further names.
func isSystemComponent(o *manifest.Object, more []string) bool {
	names := []string{o.Name}
	metadata := []*manifest.Node{o.At("metadata")}
	for _, pod := range o.Pods() {
		metadata = append(metadata, pod.Metadata)
	}
	for _, m := range metadata {
		if m.At("labels", "kubernetes.io/cluster-service").Str() == "true" {
			return true
		}
		for _, label := range componentLabels {
			names = append(names, m.At("labels", label).Str())
		}
	}
	globs := slices.Concat(systemComponents, more)
	return slices.ContainsFunc(names, func(name string) bool { return matchesGlob(globs, name) })
}

// matchesGlob tells whether a name matches one of the globs.
func matchesGlob(globs []string, name string) bool {
	return slices.ContainsFunc(globs, func(glob string) bool {
		matched, err := path.Match(glob, name)
		return matched && err == nil
	})
}

// grantsToOthers tells roles and bindings that must lie where they do: they let
// accounts of other namespaces, or an extension of the API server, read what
// is there.
func grantsToOthers(p *lint.Pass) bool {
	switch {
	case p.Object.Group() != rbac.Group:
		return false
	case p.Object.Kind == "RoleBinding":
		return bindsOthers(p.Object)
	}
	index := rbac.Of(p.Set)
	role := index.RoleOf(p.Object)
	if role == nil {
		return false
	}
	bound := false
	for _, binding := range index.Holders(role).Bindings {
		if binding.Object.Namespace != p.Object.Namespace {
			continue
		}
		if !bindsOthers(binding.Object) {
			return false
		}
		bound = true
	}
	return bound
}

func bindsOthers(binding *manifest.Object) bool {
	subjects := binding.At("subjects").Items()
	own := func(s *manifest.Node) bool {
		return s.At("kind").Str() != "ServiceAccount" || slices.Contains(systemNamespaces, s.At("namespace").Str())
	}
	return binding.At("roleRef", "name").Str() == "extension-apiserver-authentication-reader" ||
		len(subjects) > 0 && !slices.ContainsFunc(subjects, own)
}
