package rules

import (
	"fmt"
	"slices"

	"github.com/seaworthy-lint/seaworthy/lint"
	"github.com/seaworthy-lint/seaworthy/lint/manifest"
	"github.com/seaworthy-lint/seaworthy/lint/rbac"
)

var defaultNamespaces = []lint.Rule{
	{
		ID:     "default-namespace",
		Family: "namespace",
		Title:  "objects go to the namespace default",
		Why: "Whatever names no namespace ends up in default, so quotas, policies and rights that suit everything there " +
			"suit nothing, and one compromised workload is near to all the others.",
		Fix:      "set metadata.namespace",
		FixKind:  lint.UnsafeFix,
		Severity: lint.Low,
		Points:   -1,
		Profiles: []string{"strict", "cis", "nsa"},
		Aliases: []string{
			"kube-linter:use-namespace", "trivy-checks:KSV-0110", "checkov:CKV_K8S_21", "kubescape:C-0061", "kubescape:C-0212",
			"kics:611ab018-c4aa-4ba2-b0f6-a448337509a6",
		},
		References: []string{"CIS:5.7.4", "NSA:namespaces", "NIST:4.3.4", "OWASP:K07"},
		Kinds:      lint.Kinds{Any: true},
		Scope:      lint.NamespaceScope,
		Check:      defaultNamespace,
	},
}

// clusterKinds are the built-in kinds that have no namespace (kubectl
// api-resources --namespaced=false of Kubernetes 1.37), and files that
// describe clusters rather than objects.
var clusterKinds = map[string]bool{
	"APIService": true, "CertificateSigningRequest": true, "ClusterRole": true, "ClusterRoleBinding": true, "ClusterTrustBundle": true,
	"CSIDriver": true, "CSINode": true, "CustomResourceDefinition": true, "DeviceClass": true, "FlowSchema": true, "IngressClass": true,
	"IPAddress": true, "GatewayClass": true, "MutatingAdmissionPolicy": true, "MutatingAdmissionPolicyBinding": true,
	"MutatingWebhookConfiguration": true, "Namespace": true, "Node": true, "PersistentVolume": true, "PodSecurityPolicy": true,
	"PriorityClass": true, "PriorityLevelConfiguration": true, "ResourceSlice": true, "RuntimeClass": true, "ServiceCIDR": true,
	"StorageClass": true, "StorageVersionMigration": true, "ValidatingAdmissionPolicy": true, "ValidatingAdmissionPolicyBinding": true,
	"ValidatingWebhookConfiguration": true, "VolumeAttachment": true, "VolumeAttributesClass": true, "VolumeSnapshotClass": true,
}

// defaultObjects are the objects of a set that go to the namespace default.
type defaultObjects struct {
	first *manifest.Object
	count int
	// unnamed is the first that names no namespace where nothing in view says
	// which it goes to.
	unnamed *manifest.Object
}

// defaultNamespace reports the first object that goes to default, for all of
// them. Where objects name no namespace and nothing in view says which they go
// to, that is not known.
func defaultNamespace(p *lint.Pass) {
	found := manifest.Derived(p.Set, func(*manifest.Set) *defaultObjects {
		d := &defaultObjects{}
		for _, namespace := range p.Scope().Namespaces() {
			switch namespace.Name {
			case "default":
				d.add(namespace.Objects)
			case "":
				if i := slices.IndexFunc(namespace.Objects, isNamespaced); i >= 0 {
					d.unnamed = namespace.Objects[i]
				}
			}
		}
		return d
	})
	if p.Object == found.unnamed {
		p.Unknown(p.Object.Nearest("metadata", "namespace"), "the namespace is not known")
	}
	if p.Object != found.first {
		return
	}
	others := ""
	switch more := found.count - 1; {
	case more == 1:
		others = ", and so does 1 more object in view"
	case more > 1:
		others = fmt.Sprintf(", and so do %d more objects in view", more)
	}
	if n := p.Object.At("metadata", "namespace"); n.IsSet() {
		p.Reportf(n, "%s %q lies in the namespace default%s", p.Object.Kind, p.Object.Name, others)
		return
	}
	p.Missingf(p.Object.Node, []string{"metadata", "namespace"}, "%s %q is deployed to the namespace default%s", p.Object.Kind, p.Object.Name, others)
}

func (d *defaultObjects) add(objects []*manifest.Object) {
	for _, o := range objects {
		if belongsElsewhere(o) {
			if d.count++; d.first == nil {
				d.first = o
			}
		}
	}
}

// belongsElsewhere tells of an object in default that could be in another
// namespace: not what the cluster keeps there, and not what has none.
func belongsElsewhere(o *manifest.Object) bool {
	switch {
	case o.Kind == "ServiceAccount" && o.Name == "default", o.Kind == "Service" && o.Name == "kubernetes":
		return false
	case o.Namespace == "":
		return isNamespaced(o)
	}
	return !clusterKinds[o.Kind]
}

// isNamespaced tells whether an object surely has a namespace: it names one,
// or is of a built-in kind that has.
func isNamespaced(o *manifest.Object) bool {
	if o.Namespace != "" {
		return true
	}
	return !clusterKinds[o.Kind] && (len(o.Pods()) > 0 || slices.Contains([]string{"", "apps", "batch", "networking.k8s.io", "policy", "autoscaling", rbac.Group}, o.Group()))
}
