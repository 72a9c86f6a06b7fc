package rules

import (
	"fmt"
	"slices"

	"github.com/seaworthy-lint/seaworthy/lint"
	"github.com/seaworthy-lint/seaworthy/lint/manifest"
)

// podSecurityLevels are the rules on the Pod Security level of a namespace.
var podSecurityLevels = []lint.Rule{
	{
		ID:     "pod-security-label-missing",
		Family: "namespace",
		Title:  "namespace sets no Pod Security level",
		Why: "Without a level the API server admits privileged pods to the namespace, whoever may create pods there and " +
			"whatever the manifests of today say.",
		Fix:      "add label pod-security.kubernetes.io/enforce: baseline, or restricted where the workloads satisfy it",
		FixKind:  lint.UnsafeFix,
		Severity: lint.Medium,
		Points:   -3,
		Profiles: []string{"default", "strict", "cis", "nsa"},
		Aliases: []string{
			"kubescape:C-0192", "kubescape:C-0193", "kubescape:C-0194", "kubescape:C-0195", "kubescape:C-0196", "kubescape:C-0199",
			"kubescape:C-0202", "kubescape:C-0203", "kubescape:C-0204",
		},
		References: []string{"CIS:5.2.1", "NSA:pod-security-enforcement", "NIST:4.4.3", "OWASP:K04"},
		Kinds:      lint.Kinds{Names: []string{"/Namespace"}, Context: slices.Concat(podKinds, admissionKinds)},
		Scope:      lint.NamespaceScope,
		Check:      podSecurityLabelMissing,
	},
	{
		ID:     "pod-security-privileged",
		Family: "namespace",
		Title:  "namespace admits privileged pods",
		Why: "The level privileged is no limit at all: whoever may create pods in the namespace may take the nodes that " +
			"they run on.",
		Fix:      "set enforce: baseline",
		FixKind:  lint.UnsafeFix,
		Severity: lint.High,
		Points:   -5,
		Profiles: []string{"default", "strict", "cis", "nsa"},
		Aliases: []string{
			"kubescape:C-0193", "kubescape:C-0194", "kubescape:C-0195", "kubescape:C-0196", "kubescape:C-0199", "kubescape:C-0202",
			"kubescape:C-0203", "kubescape:C-0204",
		},
		References: []string{"CIS:5.2.2", "NSA:pod-security-enforcement", "NIST:4.4.3", "OWASP:K04"},
		Kinds:      lint.Kinds{Names: []string{"/Namespace"}, Context: podKinds},
		Scope:      lint.NamespaceScope,
		Params: &privilegedNamespaceParams{Namespaces: []string{
			"kube-system", "*-csi*", "csi-*", "rook-ceph*", "longhorn-system", "openebs*", "democratic-csi", "portworx", "trident",
			"calico-*", "tigera-operator", "cilium*", "kube-flannel", "antrea*", "kube-ovn", "multus*", "metallb-system", "kube-router",
			"falco*", "node-exporter*", "tetragon*", "*-node-agent",
		}},
		Check: podSecurityPrivileged,
	},
	{
		ID:     "pod-security-not-restricted",
		Family: "namespace",
		Title:  "namespace could enforce the Restricted level",
		Why: "The workloads of the namespace keep the Restricted level already, and nothing makes sure that the next one " +
			"will.",
		Fix:        "set enforce: restricted",
		FixKind:    lint.UnsafeFix,
		Severity:   lint.Low,
		Points:     -1,
		Profiles:   []string{"strict", "cis"},
		Aliases:    []string{"kubescape:C-0197", "kubescape:C-0198", "kubescape:C-0200", "kubescape:C-0201"},
		References: []string{"CIS:5.2.6", "OWASP:K04"},
		Kinds:      lint.Kinds{Names: []string{"/Namespace"}, Context: podKinds},
		Scope:      lint.NamespaceScope,
		Check:      podSecurityNotRestricted,
	},
}

// privilegedNamespaceParams are the parameters of pod-security-privileged.
type privilegedNamespaceParams struct {
	Namespaces []string `doc:"globs of the namespaces whose pods need the node itself: storage, networks, agents" form:"glob"`
}

const enforceLabel = podSecurityLabel + "enforce"

// enforcedLevel is the label with the level that a namespace enforces; told is
// false for one that is templated.
func enforcedLevel(namespace *manifest.Object) (label *manifest.Node, told bool) {
	labels := namespace.At("metadata", "labels")
	label = labels.At(enforceLabel)
	return label, !labels.Templated() && !label.Templated()
}

// podSecurityLabelMissing judges each namespace by itself: one whose pods are
// held to a level by other means in view passes.
func podSecurityLabelMissing(p *lint.Pass) {
	label, told := enforcedLevel(p.Object)
	switch {
	case !told:
		p.UnknownValue(p.Object.Nearest("metadata", "labels", enforceLabel))
		return
	case label.Str() != "" || isHeldToLevel(p.Set, p.Object.Name):
		return
	}
	f := p.Missingf(p.Object.Node, []string{"metadata", "labels", enforceLabel},
		"namespace %q sets no Pod Security level%s", p.Object.Name, satisfaction(p))
	if p.Object.Name == "kube-system" {
		f.AsNote()
	}
}

// satisfaction tells which level the workloads of the namespace keep already.
func satisfaction(p *lint.Pass) string {
	pods := p.Scope().Namespace(p.Object.Name).Pods
	if len(pods) == 0 {
		return ""
	}
	for _, level := range []string{"restricted", "baseline"} {
		if satisfy(p, pods, level, p.Version) {
			return fmt.Sprintf(": its workloads in view satisfy %s", level)
		}
	}
	return ": not all of its workloads in view satisfy baseline"
}

// satisfy tells whether pods surely keep a level.
func satisfy(p *lint.Pass, pods []*manifest.Pod, level string, version lint.Version) bool {
	for _, pod := range pods {
		of := *p
		of.Object = pod.Object
		for _, r := range podSecurityRules(level) {
			if broken, unsure := of.InPod(pod).PodSecurity(r, version, level == "restricted"); len(broken) > 0 || unsure {
				return false
			}
		}
	}
	return true
}

func podSecurityPrivileged(p *lint.Pass) {
	params, _ := p.Rule.Params.(*privilegedNamespaceParams)
	label, told := enforcedLevel(p.Object)
	switch {
	case !told:
		p.UnknownValue(p.Object.Nearest("metadata", "labels", enforceLabel))
	case label.Str() == "privileged" && !matchesGlob(params.Namespaces, p.Object.Name):
		p.Reportf(label, "namespace %q admits privileged pods%s", p.Object.Name, satisfaction(p))
	}
}

// podSecurityNotRestricted asks for what costs nothing; the CIS benchmark asks
// for it whatever it costs.
func podSecurityNotRestricted(p *lint.Pass) {
	label, told := enforcedLevel(p.Object)
	asked, _ := levelOf(p, p.Object, "enforce")
	pods := p.Scope().Namespace(p.Object.Name).Pods
	switch {
	case !told || label.Str() == "restricted" || isHeldToLevel(p.Set, p.Object.Name) && label.Str() == "":
	case p.CIS && label.IsSet():
		p.Reportf(label, "namespace %q enforces %s, not restricted", p.Object.Name, label.Str())
	case p.CIS:
		p.Missingf(p.Object.Node, []string{"metadata", "labels", enforceLabel}, "namespace %q does not enforce the level restricted", p.Object.Name)
	case label.Str() == "baseline" && len(pods) > 0 && satisfy(p, pods, "restricted", asked.version):
		p.Reportf(label, "namespace %q enforces baseline, although its workloads in view satisfy restricted", p.Object.Name)
	}
}
