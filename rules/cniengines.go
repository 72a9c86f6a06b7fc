package rules

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/seaworthy-lint/seaworthy/lint"
	"github.com/seaworthy-lint/seaworthy/lint/manifest"
	"github.com/seaworthy-lint/seaworthy/lint/networkpolicy"
)

var cniRules = []lint.Rule{
	{
		ID:     "cni-without-network-policy",
		Family: "networkpolicy",
		Title:  "network plugin enforces no network policies",
		Why: "The API server takes network policies whether or not anything enforces them. With a plugin that does not, every " +
			"policy is without effect, and nothing says so.",
		Fix:        "add a policy engine, or turn the plugin's own on",
		FixKind:    lint.NoFix,
		Severity:   lint.Medium,
		Points:     -3,
		Profiles:   []string{"default", "strict", "cis", "nsa"},
		Aliases:    []string{"kics:03aabc8c-35d6-481e-9c85-20139cf72d23", "kubescape:C-0205", "kubescape:C-0230"},
		References: []string{"CIS:5.3.1", "NSA:network-policies", "NIST:4.3.3", "OWASP:K07"},
		Kinds: lint.Kinds{
			Names:   []string{"ConfigMap", "DaemonSet"},
			Context: append(networkpolicy.AllKinds(), "Deployment", "HelmRelease", "HelmChart", "argoproj.io/Application", "operator.tigera.io/Installation"),
		},
		Scope: lint.RepoScope,
		Check: cniWithoutNetworkPolicy,
	},
}

// policyEngines are the images that enforce network policies, by the end of
// their repository.
var policyEngines = []string{
	"calico/node", "cilium/cilium", "antrea/antrea-ubuntu", "antrea/antrea-agent-ubuntu", "antrea/antrea-agent-ubi", "antrea/antrea-ubi",
	"cloudnativelabs/kube-router", "weaveworks/weave-npc", "romana/agent", "kubeovn/kube-ovn", "ovn-kubernetes/ovn-kube", "ovn-daemonset-u",
	"ovn-daemonset-f", "contiv/netplugin", "azure-npm", "networking/kube-network-policies", "tigera/operator", "rancher/mirrored-calico-node",
	"rancher/mirrored-cilium-cilium", "canal-node",
}

// policyCharts are the charts that install one.
var policyCharts = []string{"cilium", "calico", "tigera-operator", "antrea", "kube-router", "kube-ovn", "canal", "aws-vpc-cni"}

// plainPlugins are the CNI plugins that connect pods and enforce nothing.
var plainPlugins = []string{"flannel", "bridge", "ptp", "ipvlan", "macvlan", "host-local"}

// installedNetwork is what a set installs for the network of pods.
type installedNetwork struct {
	// plain is the first object of a plugin that enforces nothing, and what of
	// it says so; at is nil when there is none.
	plain *manifest.Object
	at    *manifest.Node
	what  string
	// switchedOff tells that an engine's own configuration turns it off.
	switchedOff bool
	engine      bool
}

// cniWithoutNetworkPolicy reports the network of a set once.
func cniWithoutNetworkPolicy(p *lint.Pass) {
	network := manifest.Derived(p.Set, installedNetworkOf)
	if network.plain != p.Object || network.engine && !network.switchedOff {
		return
	}
	if p.Bounds == manifest.Files && !network.switchedOff {
		p.Unknown(network.at, "files were named one by one, so a policy engine may stand beside them")
		return
	}
	f := p.Reportf(network.at, "%s, so network policies are without effect", network.what)
	if policies := policies(p).Policies(); len(policies) > 0 {
		f.Severity = lint.High
		f.Relate(policies[0].At("metadata").Nearest("name"), "a policy that is without effect")
	}
}

func installedNetworkOf(set *manifest.Set) *installedNetwork {
	network := &installedNetwork{}
	for _, o := range set.Objects() {
		network.engine = network.engine || isPolicyEngine(o)
		at, what := plainNetwork(o)
		off := at != nil && isCiliumConfig(o)
		if at != nil && (network.plain == nil || off && !network.switchedOff) {
			network.plain, network.at, network.what, network.switchedOff = o, at, what, off
		}
	}
	return network
}

// isPolicyEngine tells whether an object installs what enforces policies.
func isPolicyEngine(o *manifest.Object) bool {
	switch o.Kind {
	case "HelmRelease", "HelmChart", "Application":
		return slices.Contains(policyCharts, chartOf(o))
	case "Installation":
		return o.Group() == "operator.tigera.io"
	}
	for _, pod := range o.Pods() {
		for _, c := range pod.Containers() {
			if c.Role != manifest.Init && isEngineImage(c) {
				return true
			}
		}
	}
	return false
}

// chartOf is the name of the chart that a HelmRelease, HelmChart or Application
// installs, without the path to it.
func chartOf(o *manifest.Object) string {
	chart := cmp.Or(o.At("spec", "chart", "spec", "chart").Str(), cmp.Or(o.At("spec", "source", "chart").Str(), o.At("spec", "chart").Str()))
	return chart[strings.LastIndexByte(chart, '/')+1:]
}

func isEngineImage(c *manifest.Container) bool {
	ref, ok := parseImage(c.At("image").Str())
	if !ok {
		return false
	}
	if strings.HasSuffix(ref.Repository, "aws-network-policy-agent") {
		return slices.ContainsFunc(c.At("args").Items(), func(arg *manifest.Node) bool { return arg.Str() == "--enable-network-policy=true" })
	}
	return slices.ContainsFunc(policyEngines, func(engine string) bool {
		return ref.Repository == engine || strings.HasSuffix(ref.Repository, "/"+engine)
	})
}

// plainNetwork is what of an object says that it connects pods and enforces
// nothing; nil when nothing does.
func plainNetwork(o *manifest.Object) (at *manifest.Node, what string) {
	switch {
	case isCiliumConfig(o):
		return ciliumSwitch(o)
	case o.Kind == "ConfigMap":
		return plainConfig(o)
	case o.Kind == "DaemonSet":
		return plainDaemon(o)
	}
	return nil, ""
}

func isCiliumConfig(o *manifest.Object) bool {
	return o.Kind == "ConfigMap" && o.Group() == "" && o.Name == "cilium-config"
}

// ciliumSwitch is the setting that turns enforcement off.
func ciliumSwitch(o *manifest.Object) (at *manifest.Node, what string) {
	if mode := o.At("data", "enable-policy"); mode.Str() == "never" {
		return mode, "Cilium enforces no policy (enable-policy: never)"
	}
	if audit := o.At("data", "policy-audit-mode"); audit.Str() == "true" {
		return audit, "Cilium only logs what policies deny (policy-audit-mode)"
	}
	return nil, ""
}

// plainConfig reads the CNI configuration in a ConfigMap.
func plainConfig(o *manifest.Object) (at *manifest.Node, what string) {
	for _, entry := range o.At("data").Fields() {
		if text := entry.Str(); strings.Contains(text, "cniVersion") && strings.Contains(text, `"type"`) {
			if plugin := mainPlugin(text); slices.Contains(plainPlugins, plugin) {
				return entry, fmt.Sprintf("the CNI plugin %s enforces nothing", plugin)
			}
		}
	}
	return nil, ""
}

// mainPlugin is the type of the first plugin of a CNI configuration, which
// connects pods; those after it add to that.
func mainPlugin(text string) string {
	file, err := manifest.NewFile("cni.json", []byte(text))
	if err != nil {
		return ""
	}
	tree, err := manifest.Parse(manifest.Span{File: file, End: len(file.Text)})
	if err != nil {
		return ""
	}
	if plugins := tree.Root.At("plugins").Items(); len(plugins) > 0 {
		return plugins[0].At("type").Str()
	}
	return tree.Root.At("type").Str()
}

// plainDaemon looks for the daemons of Flannel and of the VPC plugin of AWS,
// and for Weave without its policy controller.
func plainDaemon(o *manifest.Object) (at *manifest.Node, what string) {
	for _, pod := range o.Pods() {
		for _, c := range pod.Containers() {
			image := c.At("image")
			ref, ok := parseImage(image.Str())
			switch {
			case !ok || c.Role == manifest.Init:
			case isRepository(ref, "flannel") && !strings.Contains(ref.Repository, "cni-plugin"):
				return image, "Flannel connects pods and enforces nothing"
			case isRepository(ref, "amazon-k8s-cni"):
				return image, "the VPC plugin of AWS is installed without network policies"
			case isRepository(ref, "weave-kube"):
				return image, "Weave Net is installed without its policy controller"
			}
		}
	}
	return nil, ""
}

// isRepository compares the last part of a repository.
func isRepository(ref imageReference, name string) bool {
	return ref.Repository[strings.LastIndexByte(ref.Repository, '/')+1:] == name ||
		strings.HasSuffix(ref.Repository, "mirrored-flannel-io-"+name) || strings.HasSuffix(ref.Repository, "mirrored-coreos-"+name)
}
