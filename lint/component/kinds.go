package component

import "github.com/seaworthy-lint/seaworthy/lint/manifest"

// Kinds are the kinds that may configure components, beside workloads, as rules
// name them: those that carry files as text among them.
func Kinds(of ...Name) []string {
	kinds := append(Carriers(),
		"kubeadm.k8s.io/ClusterConfiguration", "kubeadm.k8s.io/InitConfiguration", "kubeadm.k8s.io/JoinConfiguration",
		"kops.k8s.io/InstanceGroup", "kind.x-k8s.io/Cluster", "k3d.io/Simple", "provisioning.cattle.io/Cluster",
		manifest.ConfigFileVersion+"/"+manifest.K3sConfig,
		manifest.ConfigFileVersion+"/"+manifest.TalosConfig,
		manifest.ConfigFileVersion+"/"+manifest.RKEConfig,
		manifest.ConfigFileVersion+"/"+manifest.KubesprayVars,
		manifest.ConfigFileVersion+"/"+manifest.KubeadmPatch,
	)
	for _, name := range of {
		switch name {
		case Etcd:
			kinds = append(kinds, manifest.ConfigFileVersion+"/"+manifest.EtcdConfig)
		case Kubelet:
			kinds = append(kinds, "node.eks.aws/NodeConfig", "machineconfiguration.openshift.io/KubeletConfig")
		}
		for _, k := range ownKinds {
			if k.name == name {
				kinds = append(kinds, k.kind.Names()...)
			}
		}
	}
	return kinds
}
