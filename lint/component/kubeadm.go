package component

import (
	"github.com/seaworthy-lint/seaworthy/lint/manifest"
)

// kubeadmParts are the keys of a ClusterConfiguration and the components that
// they configure.
var kubeadmParts = []struct {
	name Name
	keys []string
}{
	{APIServer, []string{"apiServer"}},
	{ControllerManager, []string{"controllerManager"}},
	{Scheduler, []string{"scheduler"}},
	{Etcd, []string{"etcd", "local"}},
}

// clusterConfiguration reads the components of a kubeadm ClusterConfiguration,
// which may stand below keys of under. A cluster that is described at all has
// them all.
func clusterConfiguration(under *manifest.Node, keys ...string) []*Component {
	var found []*Component
	external := under.At(append(keys, "etcd", "external")...)
	for _, part := range kubeadmParts {
		if part.name == Etcd && external.IsSet() {
			continue
		}
		path := append(append([]string{}, keys...), append(part.keys, "extraArgs")...)
		c := &Component{Name: part.name, Source: Kubeadm, missing: Place{Under: under, Keys: path}}
		c.Version = under.At(append(keys, "kubernetesVersion")...).Str()
		c.extraArgs(under.At(path...))
		if part.name == APIServer && external.IsSet() {
			c.externalEtcd(external)
		}
		found = append(found, c)
	}
	return found
}

// externalEtcd takes what the API server is told of an etcd that kubeadm does
// not run.
func (c *Component) externalEtcd(external *manifest.Node) {
	c.moved = map[string]Place{}
	for flag, key := range map[string]string{"etcd-servers": "endpoints", "etcd-cafile": "caFile", "etcd-certfile": "certFile", "etcd-keyfile": "keyFile"} {
		c.moved[flag] = Place{Under: external, Keys: []string{key}}
		switch n := external.At(key); {
		case len(c.given[flag]) > 0: // an extra argument replaces what kubeadm sets
		case n.IsSet():
			c.addNode(flag, n)
		default:
			c.add(flag, occurrence{})
		}
	}
}

// extraArgs reads extra arguments: a map of v1beta3 and older, a list of names
// and values from v1beta4 on.
func (c *Component) extraArgs(args *manifest.Node) {
	for _, field := range args.Fields() {
		if field.IsSet() {
			c.add(flagName(c.Name, field.Key), occurrence{Part: Part{Text: field.Str(), Node: field, Exact: field.Exact()}})
		}
	}
	for _, item := range args.Items() {
		value := item.At("value")
		if value == nil {
			value = item
		}
		flag := flagName(c.Name, item.At("name").Str())
		if mode := item.At("mergeMethod").Str(); (mode == "append" || mode == "prepend") && len(c.given[flag]) == 0 {
			c.add(flag, occurrence{Part: Part{Text: c.defaultOf(flag), Node: value, Exact: value.Exact()}})
		}
		c.add(flag, occurrence{Part: Part{Text: value.Str(), Node: value, Exact: value.Exact()}})
	}
}

// nodeRegistration reads the kubelet's flags in an InitConfiguration or
// JoinConfiguration. They stand on kubeadm's defaults; what a node that joins
// leaves out, the configuration of its cluster decides.
func nodeRegistration(joins bool, under *manifest.Node, keys ...string) []*Component {
	path := append(append([]string{}, keys...), "nodeRegistration", "kubeletExtraArgs")
	args := under.At(path...)
	if len(args.Fields())+len(args.Items()) == 0 {
		return nil
	}
	c := &Component{Name: Kubelet, Source: Kubeadm, missing: Place{Under: under, Keys: path}}
	if joins {
		c.doubt = judgedElsewhere
	}
	c.extraArgs(args)
	return []*Component{c}
}

// kubeadmSpec reads the parts of a KubeadmConfigSpec of Cluster API. Cluster
// API hands an empty ClusterConfiguration to kubeadm when a control plane has
// none.
func kubeadmSpec(under *manifest.Node, controlPlane bool, keys ...string) []*Component {
	key := func(name string) []string { return append(append([]string{}, keys...), name) }
	var found []*Component
	if controlPlane || under.At(key("clusterConfiguration")...).IsSet() {
		found = clusterConfiguration(under, key("clusterConfiguration")...)
	}
	found = append(found, nodeRegistration(false, under, key("initConfiguration")...)...)
	found = append(found, nodeRegistration(true, under, key("joinConfiguration")...)...)
	for _, c := range found {
		if under.At(append(key("initConfiguration"), "patches", "directory")...).IsSet() {
			c.doubt = patched
		}
	}
	return found
}

// patched says why what a kubeadm file leaves out is unknown.
const patched = "patches may set it"

// specKeys is where the KubeadmConfigSpec of a kind of Cluster API stands.
func specKeys(kind string) []string {
	switch kind {
	case "KubeadmControlPlane":
		return []string{"spec", "kubeadmConfigSpec"}
	case "KubeadmControlPlaneTemplate":
		return []string{"spec", "template", "spec", "kubeadmConfigSpec"}
	case "KubeadmConfigTemplate":
		return []string{"spec", "template", "spec"}
	}
	return []string{"spec"}
}
