package component

import (
	"strings"

	"github.com/seaworthy-lint/seaworthy/lint/manifest"
)

// File is a file as a path names it: documents of the tree, or the text of a
// ConfigMap, a Secret or a node's files in Cluster API.
type File struct {
	// Name is the key of a ConfigMap or Secret, or the path on the node.
	Name string
	// Node is the text; nil for a file of the tree.
	Node *manifest.Node
	// Object is the resource that findings in the file belong to.
	Object *manifest.Object
	// Documents are the Kubernetes-like documents in the file.
	Documents []*manifest.Object
}

// configGroups are words in the text of documents that configure a cluster: a
// text without one is not parsed.
var configGroups = []string{
	"kubeadm.k8s.io/", "kubelet.config.k8s.io/", "kubeproxy.config.k8s.io/", "kubescheduler.config.k8s.io/", "kubecontrollermanager.config.k8s.io/",
	"apiserver.config.k8s.io/", "audit.k8s.io/", "apiserver.k8s.io/", "abac.authorization.kubernetes.io/", "admission.config.k8s.io/",
	"eventratelimit.admission.k8s.io/", "imagepolicy.k8s.io/", "EncryptionConfig", "ImagePolicyWebhook",
}

func configures(text string) bool {
	if !strings.Contains(text, "kind") {
		return false
	}
	for _, group := range configGroups {
		if strings.Contains(text, group) {
			return true
		}
	}
	return false
}

// readCarried are the files that an object carries as text: the data of a
// ConfigMap, the stringData of a Secret, the files of Cluster API's
// KubeadmConfigSpec. Documents in them are parsed only where a text names a
// group that configures a cluster.
func readCarried(o *manifest.Object) []*File {
	var files []*File
	add := func(name string, text *manifest.Node) {
		if !text.IsString() || text.Value == "" {
			return
		}
		f := &File{Name: name, Node: text, Object: o}
		if configures(text.Value) {
			f.Documents = embedded(text)
		}
		files = append(files, f)
	}
	switch {
	case o.Group() != "":
		for _, f := range o.At(specKeys(o)...).At("files").Items() {
			add(f.At("path").Str(), f.At("content"))
		}
	case o.Kind == "ConfigMap":
		for _, field := range o.At("data").Fields() {
			add(field.Key, field)
		}
	case o.Kind == "Secret":
		for _, field := range o.At("stringData").Fields() {
			add(field.Key, field)
		}
	}
	return files
}

// embedded are the documents with apiVersion and kind in a text.
func embedded(text *manifest.Node) []*manifest.Object {
	var found []*manifest.Object
	for _, tree := range text.Embedded() {
		if o, _ := manifest.NewObject(tree.Root, tree.Duplicates); o != nil {
			found = append(found, o)
		}
	}
	return found
}

// specKeys is where the KubeadmConfigSpec of a kind of Cluster API stands.
func specKeys(o *manifest.Object) []string {
	switch o.Kind {
	case "KubeadmControlPlane":
		return []string{"spec", "kubeadmConfigSpec"}
	case "KubeadmControlPlaneTemplate":
		return []string{"spec", "template", "spec", "kubeadmConfigSpec"}
	case "KubeadmConfig":
		return []string{"spec"}
	case "KubeadmConfigTemplate":
		return []string{"spec", "template", "spec"}
	}
	return []string{""}
}
