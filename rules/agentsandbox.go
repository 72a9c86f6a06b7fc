package rules

import (
	"net/netip"
	"path"
	"slices"

	"github.com/seaworthy-lint/seaworthy/lint"
	"github.com/seaworthy-lint/seaworthy/lint/manifest"
)

var agentSandboxRules = []lint.Rule{
	{
		ID:     "agent-sandbox-unhardened",
		Family: "securitycontext",
		Title:  "sandbox for agents is open",
		Why: "A sandbox runs code that nobody has read. Without a runtime class that puts a kernel between it and the " +
			"node, or with open egress, that code can escape, or take data out.",
		Fix:        "set spec.runtimeClassName: gvisor, networkPolicyManagement: Managed and named egress peers",
		FixKind:    lint.UnsafeFix,
		Severity:   lint.High,
		Points:     -5,
		Profiles:   []string{"default", "strict"},
		Aliases:    []string{"kubescape:C-0297", "kubescape:C-0301"},
		References: []string{"NIST:3.5.2,4.4.1,4.4.2", "ATTACK:T1611,T1041"},
		Kinds:      sandboxes,
		Scope:      lint.PodScope,
		Params:     &agentSandboxParams{RuntimeClasses: []string{"gvisor", "kata*", "firecracker"}},
		Check:      agentSandboxUnhardened,
	},
}

// agentSandboxParams are the parameters of agent-sandbox-unhardened.
type agentSandboxParams struct {
	RuntimeClasses    []string          `doc:"globs of the runtime classes that put a kernel of its own between a sandbox and the node" form:"glob"`
	UntrustedSelector map[string]string `doc:"labels of the pods of ordinary workloads that need such a runtime class too"`
}

// sandboxes are the kinds of kubernetes-sigs/agent-sandbox, and the workloads
// that a selector may choose.
var sandboxes = lint.Kinds{Workloads: true, Names: []string{
	"agents.x-k8s.io/Sandbox", "agents.x-k8s.io/SandboxTemplate",
	"extensions.agents.x-k8s.io/Sandbox", "extensions.agents.x-k8s.io/SandboxTemplate",
}}

func agentSandboxUnhardened(p *lint.Pass) {
	params, _ := p.Rule.Params.(*agentSandboxParams)
	isSandbox := slices.Contains(sandboxes.Names, p.Object.Group()+"/"+p.Object.Kind)
	for _, pod := range p.Object.Pods() {
		if pod.Spec.IsSet() && (isSandbox || params.selects(pod)) {
			sandboxRuntime(p.InPod(pod), pod, params.RuntimeClasses)
		}
	}
	if isSandbox && p.Object.Kind == "SandboxTemplate" {
		sandboxEgress(p)
	}
}

func (params *agentSandboxParams) selects(pod *manifest.Pod) bool {
	for key, value := range params.UntrustedSelector {
		if label := pod.Metadata.At("labels", key); !label.IsSet() || label.Str() != value {
			return false
		}
	}
	return len(params.UntrustedSelector) > 0
}

func sandboxRuntime(p *lint.Pass, pod *manifest.Pod, isolating []string) {
	n := pod.At("runtimeClassName")
	matches := func(pattern string) bool {
		matched, err := path.Match(pattern, n.Str())
		return err == nil && matched
	}
	switch {
	case n.Str() == "" && !n.IsSet():
		p.Missingf(pod.Spec, []string{"runtimeClassName"}, "pod of a sandbox names no runtime class and shares the kernel of the node")
	case !readable(n, "runtimeClassName"):
		p.UnknownValue(n)
	case !slices.ContainsFunc(isolating, matches):
		p.Reportf(n, "pod of a sandbox has the runtime class %q, which is not known to isolate it", n.Str())
	}
}

// sandboxEgress judges what the controller makes of a template: one
// NetworkPolicy, which allows the whole internet unless the template says
// otherwise.
func sandboxEgress(p *lint.Pass) {
	spec := p.Object.At("spec")
	management, policy := along(spec, "networkPolicyManagement"), along(spec, "networkPolicy")
	switch {
	case !spec.IsSet():
	case management.IsSet() && !readable(management, "networkPolicyManagement"):
		p.UnknownValue(management)
	case management.IsSet() && management.Str() != "Managed":
		p.Reportf(management, "no network policy is made for the sandboxes: networkPolicyManagement is %s", management.Str())
	case !policy.IsSet():
		p.Missingf(spec, []string{"networkPolicy"}, "sandboxes may reach the whole internet: there is no networkPolicy")
	case policy.Kind == manifest.Scalar:
		p.UnknownValue(policy)
	default:
		for _, rule := range policy.At("egress").Items() {
			openEgress(p, rule)
		}
	}
}

func openEgress(p *lint.Pass, rule *manifest.Node) {
	to := rule.At("to")
	if rule.Kind == manifest.Map && (!to.IsSet() || to.Kind == manifest.List && len(to.Kids) == 0) {
		p.Reportf(rule, "sandboxes may reach every address: an egress rule has no peers")
		return
	}
	for _, peer := range to.Items() {
		cidr := peer.At("ipBlock", "cidr")
		prefix, err := netip.ParsePrefix(cidr.Str())
		switch {
		case cidr.Templated():
			p.UnknownValue(cidr)
		case err == nil && prefix.Bits() == 0:
			p.Reportf(cidr, "sandboxes may reach every address: an egress rule allows %s", cidr.Str())
		case selectsEverything(peer):
			p.Reportf(peer, "sandboxes may reach every pod that an empty selector finds")
		}
	}
}

// selectsEverything tells whether all selectors of a peer are there and empty.
func selectsEverything(peer *manifest.Node) bool {
	selectors := 0
	for _, key := range []string{"namespaceSelector", "podSelector"} {
		selector := peer.At(key)
		if len(selector.At("matchLabels").Fields())+len(selector.At("matchExpressions").Items()) > 0 {
			return false
		}
		if selector.IsSet() {
			selectors++
		}
	}
	return selectors > 0
}
