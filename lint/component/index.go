package component

import (
	"slices"
	"strings"

	"github.com/seaworthy-lint/seaworthy/lint/manifest"
)

// index is what the objects of a set say of components.
type index struct {
	components map[*manifest.Object][]*Component
	all        []*Component
}

// Of are the components of the names, or of all, that an object of a set
// configures, in the order of its text.
func Of(set *manifest.Set, o *manifest.Object, of ...Name) []*Component {
	return chosen(manifest.Derived(set, newIndex).components[o], of)
}

// All are the components of the names, or of all, that a set configures.
func All(set *manifest.Set, of ...Name) []*Component {
	return chosen(manifest.Derived(set, newIndex).all, of)
}

func chosen(all []*Component, of []Name) []*Component {
	if len(of) == 0 || len(all) == 0 {
		return all
	}
	var found []*Component
	for _, c := range all {
		if slices.Contains(of, c.Name) {
			found = append(found, c)
		}
	}
	return found
}

func newIndex(set *manifest.Set) *index {
	x := &index{components: map[*manifest.Object][]*Component{}}
	files := ConfigFilesIn(set)
	for _, o := range set.Objects() {
		found := ofDocument(o)
		for _, pod := range o.Pods() {
			for _, c := range pod.Containers() {
				found = append(found, inContainer(c)...)
			}
		}
		for _, f := range files.In(o) {
			if f.Object != o {
				found = append(found, ofDocument(f.Object)...)
			}
		}
		for _, text := range carriedBy(o) {
			if text.decoded == nil {
				found = append(found, unitFile(text.node)...)
				found = append(found, carriedK3s(text)...)
			}
		}
		for _, c := range found {
			c.Object = o
			if c.Root == nil {
				c.Root = o.Node
			}
		}
		if len(found) > 0 {
			x.components[o] = found
			x.all = append(x.all, found...)
		}
	}
	x.link(set)
	return x
}

// ofDocument are the components that a document configures by its kind.
func ofDocument(o *manifest.Object) []*Component {
	var found []*Component
	switch group := o.Group(); {
	case group == "":
		return nil
	case group == "kubeadm.k8s.io" && o.Kind == "ClusterConfiguration":
		found = clusterConfiguration(o.Node)
	case group == "kubeadm.k8s.io" && (o.Kind == "InitConfiguration" || o.Kind == "JoinConfiguration"):
		found = nodeRegistration(o.Kind == "JoinConfiguration", o.Node)
	case strings.HasSuffix(group, ".cluster.x-k8s.io") && strings.HasPrefix(o.Kind, "Kubeadm"):
		found = kubeadmSpec(o.Node, strings.HasPrefix(o.Kind, "KubeadmControlPlane"), specKeys(o.Kind)...)
		if version := o.At("spec", "version").Str(); version != "" {
			for _, c := range found {
				c.Version = version
			}
		}
	default:
		found = append(configKind(o), distribution(o)...)
	}
	for _, c := range found {
		if c.Root == nil {
			c.Root = o.Node
		}
	}
	return found
}

// link lets configuration files and command lines in view know each other, and
// the files of kubeadm that are read together.
func (x *index) link(set *manifest.Set) {
	kubeadm, patchedFiles := map[*manifest.File]bool{}, map[*manifest.File]bool{}
	for _, o := range set.Objects() {
		if o.Group() == "kubeadm.k8s.io" {
			file := o.Span().File
			kubeadm[file] = true
			patchedFiles[file] = patchedFiles[file] || o.At("patches", "directory").IsSet()
		}
	}
	byRoot := map[*manifest.Node]*Component{}
	hasKubeletFile := false
	for _, c := range x.all {
		if c.fields != nil {
			byRoot[c.Root] = c
		}
		hasKubeletFile = hasKubeletFile || c.Name == Kubelet && c.Source == OwnFile
	}
	for _, c := range x.all {
		file := c.Root.Span().File
		switch {
		case c.Name == Kubelet && c.Source == OwnFile && (kubeadm[file] || isKubeletConfig(c.Object)):
			c.Source = Kubeadm
		case c.Name == Kubelet && c.Source == Kubeadm && hasKubeletFile && c.fields == nil:
			c.doubt = judgedElsewhere
		case c.Source == Kubeadm && patchedFiles[file] && c.doubt == "":
			c.doubt = patched
		}
		x.linkConfigFlag(set, c, byRoot)
	}
}

// isKubeletConfig tells the ConfigMap in which kubeadm keeps the
// KubeletConfiguration of a cluster.
func isKubeletConfig(o *manifest.Object) bool {
	return o.Kind == "ConfigMap" && o.Namespace == "kube-system" && strings.HasPrefix(o.Name, "kubelet-config")
}

// linkConfigFlag joins a command line with the configuration file in view that
// it is given.
func (x *index) linkConfigFlag(set *manifest.Set, c *Component, byRoot map[*manifest.Node]*Component) {
	if c.Container == nil {
		return
	}
	flag := "config"
	if c.Name == Etcd {
		flag = "config-file"
	}
	named := c.Setting(flag)
	if !named.IsGiven() {
		return
	}
	for _, document := range FileIn(set, c, named.Text) {
		other := byRoot[document.Node]
		if other == nil || other.Name != c.Name {
			continue
		}
		if c.doubt == notInView {
			c.doubt = judgedElsewhere
		}
		for flag := range c.decided {
			c.decided[flag] = judgedElsewhere
		}
		if c.Name == Kubelet {
			other.overrides = append(other.overrides, c)
		}
	}
}
