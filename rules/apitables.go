package rules

import (
	"slices"

	"github.com/seaworthy-lint/seaworthy/lint"
)

// apiVersion is the life of some kinds of an apiVersion: the minor releases in
// which it was deprecated and from which on it is not served.
type apiVersion struct {
	name       string
	kinds      []string
	deprecated int
	// gone is 0 for what is still served or read.
	gone int
	// successors come newest first; none for what was given up.
	successors []successor
}

// successor is an apiVersion to change to, and the minor release that brought
// it.
type successor struct {
	name string
	// kind is the kind there, when it is another one.
	kind  string
	since int
}

// kubeadmKinds are the kinds of kubeadm's configuration.
var kubeadmKinds = []string{"InitConfiguration", "ClusterConfiguration", "JoinConfiguration", "ClusterStatus", "ResetConfiguration", "UpgradeConfiguration"}

// apiVersionTable holds the built-in APIs with an end: from the lifecycle markers of
// k8s.io/api, and the deprecation guide for component configuration.
var apiVersionTable = []apiVersion{
	{"apps/v1beta1", []string{"ControllerRevision", "Deployment", "StatefulSet"}, 8, 16, []successor{{"apps/v1", "", 9}}},
	{"apps/v1beta2", []string{"ControllerRevision", "DaemonSet", "Deployment", "ReplicaSet", "StatefulSet"}, 9, 16, []successor{{"apps/v1", "", 9}}},
	{"extensions/v1beta1", []string{"DaemonSet", "Deployment", "ReplicaSet"}, 8, 16, []successor{{"apps/v1", "", 9}}},
	{"extensions/v1beta1", []string{"NetworkPolicy"}, 9, 16, []successor{{"networking.k8s.io/v1", "", 7}}},
	{"extensions/v1beta1", []string{"PodSecurityPolicy"}, 11, 16, nil},
	{"settings.k8s.io/v1alpha1", []string{"PodPreset"}, 19, 20, nil},
	{"batch/v2alpha1", []string{"CronJob"}, 8, 21, []successor{{"batch/v1", "", 21}}},
	{"flowcontrol.apiserver.k8s.io/v1alpha1", []string{"FlowSchema", "PriorityLevelConfiguration"}, 20, 21, []successor{{"flowcontrol.apiserver.k8s.io/v1", "", 29}}},
	{"admissionregistration.k8s.io/v1beta1", []string{"MutatingWebhookConfiguration", "ValidatingWebhookConfiguration"}, 16, 22, []successor{{"admissionregistration.k8s.io/v1", "", 16}}},
	{"apiextensions.k8s.io/v1beta1", []string{"CustomResourceDefinition"}, 16, 22, []successor{{"apiextensions.k8s.io/v1", "", 16}}},
	{"apiregistration.k8s.io/v1beta1", []string{"APIService"}, 19, 22, []successor{{"apiregistration.k8s.io/v1", "", 10}}},
	{"certificates.k8s.io/v1beta1", []string{"CertificateSigningRequest"}, 19, 22, []successor{{"certificates.k8s.io/v1", "", 19}}},
	{"coordination.k8s.io/v1beta1", []string{"Lease"}, 19, 22, []successor{{"coordination.k8s.io/v1", "", 14}}},
	{"extensions/v1beta1", []string{"Ingress"}, 14, 22, []successor{{"networking.k8s.io/v1", "", 19}}},
	{"kubeadm.k8s.io/v1beta1", kubeadmKinds, 15, 22, []successor{{"kubeadm.k8s.io/v1beta4", "", 31}}},
	{"networking.k8s.io/v1beta1", []string{"Ingress", "IngressClass"}, 19, 22, []successor{{"networking.k8s.io/v1", "", 19}}},
	{"rbac.authorization.k8s.io/v1beta1", []string{"ClusterRole", "ClusterRoleBinding", "Role", "RoleBinding"}, 17, 22, []successor{{"rbac.authorization.k8s.io/v1", "", 8}}},
	{"scheduling.k8s.io/v1beta1", []string{"PriorityClass"}, 14, 22, []successor{{"scheduling.k8s.io/v1", "", 14}}},
	{"storage.k8s.io/v1beta1", []string{"CSIDriver"}, 19, 22, []successor{{"storage.k8s.io/v1", "", 18}}},
	{"storage.k8s.io/v1beta1", []string{"StorageClass"}, 19, 22, []successor{{"storage.k8s.io/v1", "", 6}}},
	{"storage.k8s.io/v1beta1", []string{"VolumeAttachment"}, 19, 22, []successor{{"storage.k8s.io/v1", "", 13}}},
	{"storage.k8s.io/v1beta1", []string{"CSINode"}, 17, 22, []successor{{"storage.k8s.io/v1", "", 17}}},
	{"kubescheduler.config.k8s.io/v1beta1", []string{"KubeSchedulerConfiguration"}, 21, 23, []successor{{"kubescheduler.config.k8s.io/v1", "", 25}}},
	{"audit.k8s.io/v1alpha1", []string{"Policy"}, 21, 24, []successor{{"audit.k8s.io/v1", "", 12}}},
	{"audit.k8s.io/v1beta1", []string{"Policy"}, 21, 24, []successor{{"audit.k8s.io/v1", "", 12}}},
	{"client.authentication.k8s.io/v1alpha1", []string{"ExecCredential"}, 22, 24, []successor{{"client.authentication.k8s.io/v1", "", 22}}},
	{"storage.k8s.io/v1alpha1", []string{"CSIStorageCapacity"}, 21, 24, []successor{{"storage.k8s.io/v1", "", 24}}},
	{"storage.k8s.io/v1alpha1", []string{"VolumeAttachment"}, 21, 24, []successor{{"storage.k8s.io/v1", "", 13}}},
	{"autoscaling/v2beta1", []string{"HorizontalPodAutoscaler"}, 22, 25, []successor{{"autoscaling/v2", "", 23}}},
	{"batch/v1beta1", []string{"CronJob"}, 21, 25, []successor{{"batch/v1", "", 21}}},
	{"discovery.k8s.io/v1beta1", []string{"EndpointSlice"}, 21, 25, []successor{{"discovery.k8s.io/v1", "", 21}}},
	{"events.k8s.io/v1beta1", []string{"Event"}, 22, 25, []successor{{"events.k8s.io/v1", "", 19}}},
	{"node.k8s.io/v1beta1", []string{"RuntimeClass"}, 22, 25, []successor{{"node.k8s.io/v1", "", 20}}},
	{"policy/v1beta1", []string{"Eviction"}, 22, 25, []successor{{"policy/v1", "", 22}}},
	{"policy/v1beta1", []string{"PodDisruptionBudget"}, 21, 25, []successor{{"policy/v1", "", 21}}},
	{"policy/v1beta1", []string{"PodSecurityPolicy"}, 21, 25, nil},
	{"autoscaling/v2beta2", []string{"HorizontalPodAutoscaler"}, 23, 26, []successor{{"autoscaling/v2", "", 23}}},
	{"flowcontrol.apiserver.k8s.io/v1beta1", []string{"FlowSchema", "PriorityLevelConfiguration"}, 23, 26, []successor{{"flowcontrol.apiserver.k8s.io/v1", "", 29}}},
	{"kubeadm.k8s.io/v1beta2", kubeadmKinds, 22, 27, []successor{{"kubeadm.k8s.io/v1beta4", "", 31}}},
	{"resource.k8s.io/v1alpha1", []string{"ResourceClass", "ResourceClaim", "ResourceClaimTemplate", "PodScheduling"}, 27, 27, []successor{{"resource.k8s.io/v1", "", 34}}},
	{"storage.k8s.io/v1beta1", []string{"CSIStorageCapacity"}, 24, 27, []successor{{"storage.k8s.io/v1", "", 24}}},
	{"kubescheduler.config.k8s.io/v1beta2", []string{"KubeSchedulerConfiguration"}, 25, 28, []successor{{"kubescheduler.config.k8s.io/v1", "", 25}}},
	{"flowcontrol.apiserver.k8s.io/v1beta2", []string{"FlowSchema", "PriorityLevelConfiguration"}, 26, 29, []successor{{"flowcontrol.apiserver.k8s.io/v1", "", 29}}},
	{"kubescheduler.config.k8s.io/v1beta3", []string{"KubeSchedulerConfiguration"}, 26, 29, []successor{{"kubescheduler.config.k8s.io/v1", "", 25}}},
	{"networking.k8s.io/v1alpha1", []string{"ClusterCIDR"}, 28, 29, nil},
	{"resource.k8s.io/v1alpha2", []string{"ResourceClass", "ResourceClaim", "ResourceClaimTemplate", "PodSchedulingContext"}, 31, 31, []successor{{"resource.k8s.io/v1", "", 34}}},
	{"admissionregistration.k8s.io/v1alpha1", []string{"ValidatingAdmissionPolicy", "ValidatingAdmissionPolicyBinding"}, 29, 32, []successor{{"admissionregistration.k8s.io/v1", "", 30}}},
	{"coordination.k8s.io/v1alpha1", []string{"LeaseCandidate"}, 32, 32, []successor{{"coordination.k8s.io/v1beta1", "", 33}}},
	{"flowcontrol.apiserver.k8s.io/v1beta3", []string{"FlowSchema", "PriorityLevelConfiguration"}, 29, 32, []successor{{"flowcontrol.apiserver.k8s.io/v1", "", 29}}},
	{"networking.k8s.io/v1alpha1", []string{"IPAddress", "ServiceCIDR"}, 30, 33, []successor{{"networking.k8s.io/v1", "", 33}}},
	{"admissionregistration.k8s.io/v1beta1", []string{"ValidatingAdmissionPolicy", "ValidatingAdmissionPolicyBinding"}, 31, 34, []successor{{"admissionregistration.k8s.io/v1", "", 30}}},
	{"resource.k8s.io/v1alpha3", []string{"DeviceClass", "ResourceClaim", "ResourceClaimTemplate", "ResourceSlice"}, 34, 34, []successor{{"resource.k8s.io/v1", "", 34}}},
	{"apidiscovery.k8s.io/v2beta1", []string{"APIGroupDiscovery"}, 32, 35, []successor{{"apidiscovery.k8s.io/v2", "", 30}}},
	{"certificates.k8s.io/v1alpha1", []string{"PodCertificateRequest"}, 35, 35, []successor{{"certificates.k8s.io/v1", "", 37}, {"certificates.k8s.io/v1beta1", "", 35}}},
	{"storage.k8s.io/v1alpha1", []string{"VolumeAttributesClass"}, 32, 35, []successor{{"storage.k8s.io/v1", "", 34}}},
	{"storagemigration.k8s.io/v1alpha1", []string{"StorageVersionMigration"}, 33, 35, []successor{{"storagemigration.k8s.io/v1", "", 37}, {"storagemigration.k8s.io/v1beta1", "", 35}}},
	{"certificates.k8s.io/v1alpha1", []string{"ClusterTrustBundle"}, 34, 37, []successor{{"certificates.k8s.io/v1", "", 37}, {"certificates.k8s.io/v1beta1", "", 33}}},
	{"networking.k8s.io/v1beta1", []string{"IPAddress", "ServiceCIDR"}, 34, 37, []successor{{"networking.k8s.io/v1", "", 33}}},
	{"storage.k8s.io/v1beta1", []string{"VolumeAttributesClass"}, 34, 37, []successor{{"storage.k8s.io/v1", "", 34}}},
	{"admissionregistration.k8s.io/v1alpha1", []string{"MutatingAdmissionPolicy", "MutatingAdmissionPolicyBinding"}, 35, 38, []successor{{"admissionregistration.k8s.io/v1", "", 36}}},
	{"coordination.k8s.io/v1alpha2", []string{"LeaseCandidate"}, 35, 38, []successor{{"coordination.k8s.io/v1beta1", "", 33}}},
	{"resource.k8s.io/v1beta1", []string{"DeviceClass", "ResourceClaim", "ResourceClaimTemplate", "ResourceSlice"}, 35, 38, []successor{{"resource.k8s.io/v1", "", 34}}},
	{"coordination.k8s.io/v1beta1", []string{"LeaseCandidate"}, 36, 39, nil},
	{"resource.k8s.io/v1alpha3", []string{"DeviceTaintRule"}, 36, 39, []successor{{"resource.k8s.io/v1beta2", "", 36}}},
	{"resource.k8s.io/v1beta2", []string{"DeviceClass", "ResourceClaim", "ResourceClaimTemplate", "ResourceSlice"}, 36, 39, []successor{{"resource.k8s.io/v1", "", 34}}},
	{"admissionregistration.k8s.io/v1beta1", []string{"MutatingAdmissionPolicy", "MutatingAdmissionPolicyBinding"}, 37, 40, []successor{{"admissionregistration.k8s.io/v1", "", 36}}},
	{"certificates.k8s.io/v1beta1", []string{"ClusterTrustBundle", "PodCertificateRequest"}, 37, 40, []successor{{"certificates.k8s.io/v1", "", 37}}},
	{"storagemigration.k8s.io/v1beta1", []string{"StorageVersionMigration"}, 37, 40, []successor{{"storagemigration.k8s.io/v1", "", 37}}},
	{"kubeadm.k8s.io/v1beta3", kubeadmKinds, 31, 0, []successor{{"kubeadm.k8s.io/v1beta4", "", 31}}},
	{"pod-security.admission.config.k8s.io/v1alpha1", []string{"PodSecurityConfiguration"}, 25, 0, []successor{{"pod-security.admission.config.k8s.io/v1", "", 25}}},
	{"pod-security.admission.config.k8s.io/v1beta1", []string{"PodSecurityConfiguration"}, 25, 0, []successor{{"pod-security.admission.config.k8s.io/v1", "", 25}}},
	{"v1", []string{"Endpoints"}, 33, 0, []successor{{"discovery.k8s.io/v1", "EndpointSlice", 21}}},
	{"v1", []string{"ComponentStatus"}, 19, 0, nil},
	{"v1", []string{"EncryptionConfig"}, 13, 0, []successor{{"apiserver.config.k8s.io/v1", "EncryptionConfiguration", 13}}},
}

// apiVersionOf finds the row of an apiVersion and kind; nil for one without an
// end.
func apiVersionOf(name, kind string) *apiVersion {
	for i := range apiVersionTable {
		if row := &apiVersionTable[i]; row.name == name && slices.Contains(row.kinds, kind) {
			return row
		}
	}
	return nil
}

func (a *apiVersion) removedIn(v lint.Version) bool { return a.gone > 0 && v.AtLeast(a.gone) }

// removedVolume is a volume type whose driver is gone.
type removedVolume struct {
	source string
	gone   int
	// instead is what does its work now.
	instead string
}

// removedVolumes are from the change logs of Kubernetes; the types stay in the
// API so that old objects can be read.
var removedVolumes = []removedVolume{
	{"scaleIO", 22, "a CSI driver"},
	{"flocker", 25, "a CSI driver"},
	{"quobyte", 25, "a CSI driver"},
	{"storageos", 25, "a CSI driver"},
	{"glusterfs", 26, "a CSI driver"},
	{"cephfs", 31, "the CephFS CSI driver"},
	{"rbd", 31, "the Ceph RBD CSI driver"},
	{"gitRepo", 36, "an init container that clones into an emptyDir"},
}

// redirectedVolumes are volume types that still work, mostly through a CSI
// driver that the kubelet is redirected to, by the release that deprecated
// them.
var redirectedVolumes = map[string]int{
	"gcePersistentDisk": 17, "awsElasticBlockStore": 17, "cinder": 18, "azureDisk": 19, "vsphereVolume": 19, "azureFile": 21,
	"flexVolume": 23, "portworxVolume": 25,
}

// renamed is a label, taint or annotation with a successor.
type renamed struct {
	old, new string
	since    int
}

// renamedLabels are labels of nodes and volumes (well-known labels in the
// documentation of Kubernetes).
var renamedLabels = []renamed{
	{"beta.kubernetes.io/os", "kubernetes.io/os", 14},
	{"beta.kubernetes.io/arch", "kubernetes.io/arch", 14},
	{"beta.kubernetes.io/instance-type", "node.kubernetes.io/instance-type", 17},
	{"failure-domain.beta.kubernetes.io/zone", "topology.kubernetes.io/zone", 17},
	{"failure-domain.beta.kubernetes.io/region", "topology.kubernetes.io/region", 17},
	{"node-role.kubernetes.io/master", "node-role.kubernetes.io/control-plane", 24},
}

// renamedTaints are taints of nodes.
var renamedTaints = []renamed{{"node-role.kubernetes.io/master", "node-role.kubernetes.io/control-plane", 25}}

// renamedIn finds the row of a key that is deprecated in the version; nil for
// any other.
func renamedIn(table []renamed, key string, v lint.Version) *renamed {
	for i := range table {
		if table[i].old == key && v.AtLeast(table[i].since) {
			return &table[i]
		}
	}
	return nil
}
