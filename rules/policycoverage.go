package rules

import (
	"fmt"
	"slices"
	"strings"

	"github.com/seaworthy-lint/seaworthy/lint"
	"github.com/seaworthy-lint/seaworthy/lint/manifest"
	"github.com/seaworthy-lint/seaworthy/lint/networkpolicy"
	"github.com/seaworthy-lint/seaworthy/lint/scope"
)

// policyCoverage are the rules about policies that are missing: what they find
// is said once for each namespace.
var policyCoverage = []lint.Rule{
	{
		ID:     "network-policy-missing",
		Family: "networkpolicy",
		Title:  "no network policy isolates the workloads",
		Why: "A pod that no policy selects takes connections from every other pod of the cluster, so one that is taken over " +
			"reaches all the rest.",
		Fix:      "add a default-deny NetworkPolicy and one allow policy for each workload",
		FixKind:  lint.UnsafeFix,
		Severity: lint.Medium,
		Points:   -3,
		Profiles: []string{"default", "strict", "cis", "nsa"},
		Aliases: []string{
			"kube-linter:non-isolated-pod", "kube-score:pod-networkpolicy", "polaris:missingNetworkPolicy", "checkov:CKV2_K8S_6",
			"kubescape:C-0030", "kubescape:C-0049", "kubescape:C-0054", "kubescape:C-0206", "kubescape:C-0260",
			"kics:0401f71b-9c1e-4821-ab15-a955caa621be",
		},
		References: []string{"CIS:5.3.2", "NSA:network-policies", "NIST:3.3.3,4.3.3", "ATTACK:T1046", "OWASP:K07"},
		Kinds:      coverageKinds(),
		Scope:      lint.NamespaceScope,
		Hides:      []string{"egress-policy-missing", "default-deny-missing"},
		Check:      networkPolicyMissing,
	},
	{
		ID:     "egress-policy-missing",
		Family: "networkpolicy",
		Title:  "no network policy isolates the workloads for egress",
		Why: "A pod whose way out is open can send what it knows to anywhere, fetch tools, and reach the metadata service of " +
			"the cloud.",
		Fix:        "add a policy with policyTypes [Egress] that allows DNS and the peers that are needed",
		FixKind:    lint.UnsafeFix,
		Severity:   lint.Low,
		Points:     -1,
		Profiles:   []string{"strict", "cis", "nsa"},
		Aliases:    []string{"kube-score:pod-networkpolicy", "polaris:missingNetworkPolicy", "kubescape:C-0030"},
		References: []string{"CIS:5.3.2", "NSA:network-policies", "NIST:3.4.2,4.4.2", "ATTACK:T1041", "OWASP:K07"},
		Kinds:      coverageKinds(),
		Scope:      lint.NamespaceScope,
		Check:      egressPolicyMissing,
	},
	{
		ID:     "default-deny-missing",
		Family: "networkpolicy",
		Title:  "namespace has policies but no default deny",
		Why: "Policies that select by labels protect what has the labels. Without one for all pods, the next workload starts " +
			"unprotected, and nobody is told.",
		Fix:        "add a NetworkPolicy with podSelector {} and policyTypes [Ingress, Egress] that has no rules",
		FixKind:    lint.SafeFix,
		Severity:   lint.Low,
		Points:     -1,
		Profiles:   []string{"strict", "cis", "nsa", "novel"},
		References: []string{"CIS:5.3.2", "NSA:network-policies", "NIST:4.3.3", "OWASP:K07"},
		Kinds:      coverageKinds(),
		Scope:      lint.NamespaceScope,
		Check:      defaultDenyMissing,
	},
}

// coverageKinds are where what a namespace lacks is said, and what may have it.
func coverageKinds() lint.Kinds {
	return lint.Kinds{
		Workloads: true, Names: []string{"Namespace"},
		Context: slices.Concat(networkpolicy.AllKinds(), []string{"kyverno.io/ClusterPolicy", "kyverno.io/Policy", antreaGroup + "/*", "ConfigMap"}),
	}
}

// uncovered are the workloads of a namespace that no policy isolates in a
// direction.
type uncovered struct {
	pods []*manifest.Pod
	// unknown says why it cannot be told of some others, and where.
	unknown string
	at      *manifest.Object
}

// judgedNamespace is the namespace that the pass's object stands for: the one
// that a Namespace is, or that a workload is in.
func judgedNamespace(p *lint.Pass) *scope.Namespace {
	if p.Object.Kind == "Namespace" && p.Object.Group() == "" {
		return p.Scope().Namespace(p.Object.Name)
	}
	return p.Scope().Namespace(p.Object.Namespace)
}

// add asks whether a policy isolates a pod, and tells whether surely none does.
func (u *uncovered) add(p *lint.Pass, pod *manifest.Pod, d networkpolicy.Direction) bool {
	switch verdict := policies(p).Verdict(pod, d); {
	case verdict.OutOfReach || verdict.Isolated == manifest.True:
	case verdict.Isolated == manifest.Unknown:
		u.doubt(pod, "whether a policy in view isolates the pods cannot be told")
	case mayHaveOtherLabels(p, pod):
		u.doubt(pod, "the operator of this kind labels the pods, so a policy may select them")
	default:
		u.pods = append(u.pods, pod)
		return true
	}
	return false
}

func (u *uncovered) doubt(pod *manifest.Pod, why string) {
	if u.at == nil {
		u.at, u.unknown = pod.Object, why
	}
}

// mayHaveOtherLabels tells whether an operator labels the pods of a custom
// resource, and a policy beside it selects by labels.
func mayHaveOtherLabels(p *lint.Pass, pod *manifest.Pod) bool {
	return strings.Contains(pod.Object.Group(), ".") && len(pod.Metadata.At("labels").Fields()) == 0 &&
		len(policies(p).InNamespace(pod.Object.Namespace)) > 0
}

// uncoveredPods are what the rules found of the namespaces of a set.
type uncoveredPods struct{ ingress, egress map[string]uncovered }

// coverageOf looks at the workloads of all namespaces once. A workload that no
// policy isolates for ingress is not looked at for egress.
func coverageOf(p *lint.Pass) *uncoveredPods {
	return manifest.Derived(p.Set, func(*manifest.Set) *uncoveredPods {
		all := &uncoveredPods{ingress: map[string]uncovered{}, egress: map[string]uncovered{}}
		for _, n := range p.Scope().Namespaces() {
			var ingress, egress uncovered
			for _, pod := range n.Pods {
				if !ingress.add(p, pod, networkpolicy.Ingress) {
					egress.add(p, pod, networkpolicy.Egress)
				}
			}
			all.ingress[n.Name], all.egress[n.Name] = ingress, egress
		}
		return all
	})
}

func networkPolicyMissing(p *lint.Pass) {
	n := judgedNamespace(p)
	reportUncovered(p, n, coverageOf(p).ingress[n.Name], networkpolicy.Ingress)
}

func egressPolicyMissing(p *lint.Pass) {
	n := judgedNamespace(p)
	reportUncovered(p, n, coverageOf(p).egress[n.Name], networkpolicy.Egress)
}

// reportUncovered reports workloads on their Namespace, or on the first of
// them.
func reportUncovered(p *lint.Pass, n *scope.Namespace, found uncovered, d networkpolicy.Direction) {
	if p.Object == sayAt(n, found.at) {
		p.Unknown(p.Object.Nearest("metadata", "name"), found.unknown)
	}
	if len(found.pods) == 0 || p.Object != sayAt(n, found.pods[0].Object) {
		return
	}
	at := p.Object.Nearest("metadata", "name")
	if why := policiesElsewhere(p); why != "" {
		p.Unknown(at, why)
		return
	}
	f := p.Reportf(at, "no network policy isolates %s for %s%s", listed(found.pods), d, inNamespaceText(n)).About(d.String())
	for _, o := range owners(found.pods)[:min(len(owners(found.pods)), manyWorkloads)] {
		if o != p.Object {
			f.Relate(o.At("metadata").Nearest("name"), fmt.Sprintf("%s %q", o.Kind, o.Name))
		}
	}
	if p.Bounds == manifest.Open {
		f.AsNote()
	}
}

// sayAt is where something of a namespace is said: on the Namespace, else on an
// object in it.
func sayAt(n *scope.Namespace, otherwise *manifest.Object) *manifest.Object {
	if n.Object != nil && otherwise != nil {
		return n.Object
	}
	return otherwise
}

func inNamespaceText(n *scope.Namespace) string {
	if n.Name == "" {
		return ""
	}
	return fmt.Sprintf(" in namespace %q", n.Name)
}

// manyWorkloads is how many workloads a finding names.
const manyWorkloads = 5

// owners are the objects of pods, each once.
func owners(pods []*manifest.Pod) []*manifest.Object {
	var found []*manifest.Object
	for _, pod := range pods {
		if len(found) == 0 || found[len(found)-1] != pod.Object {
			found = append(found, pod.Object)
		}
	}
	return found
}

// listed names the first workloads of pods and counts the others.
func listed(pods []*manifest.Pod) string {
	objects := owners(pods)
	var names []string
	for _, o := range objects[:min(len(objects), manyWorkloads)] {
		names = append(names, fmt.Sprintf("%s %q", o.Kind, o.Name))
	}
	if more := len(objects) - len(names); more > 0 {
		names = append(names, fmt.Sprintf("%d more", more))
	}
	return joinWords(names)
}

// policiesElsewhere says why policies may be in force that are not in view;
// empty when none should be.
func policiesElsewhere(p *lint.Pass) string {
	switch {
	case p.Bounds == manifest.Files:
		return "files were named one by one, so policies may stand beside them"
	case p.Scope().MayHold(networkpolicy.AllKinds()):
		return "a document that may hold a policy could not be read"
	}
	return string(*manifest.Derived(p.Set, otherPolicies))
}

// antreaGroup is the group of Antrea's own policies, which are not read.
const antreaGroup = "crd.antrea.io"

// policySource says where policies come from that are not read.
type policySource string

// otherPolicies looks for what makes policies, or isolates pods without any.
func otherPolicies(set *manifest.Set) *policySource {
	source := policySource("")
	for _, o := range set.Objects() {
		switch {
		case o.Group() == antreaGroup && (o.Kind == "NetworkPolicy" || o.Kind == "ClusterNetworkPolicy"):
			source = "policies of Antrea are in view, which are not read"
		case o.Group() == "kyverno.io" && generatesPolicies(o):
			source = "a policy of Kyverno in view makes network policies"
		case isCiliumConfig(o) && o.At("data", "enable-policy").Str() == "always":
			source = "the configuration of Cilium in view isolates all pods"
		default:
			continue
		}
		break
	}
	return &source
}

func generatesPolicies(o *manifest.Object) bool {
	return slices.ContainsFunc(o.At("spec", "rules").Items(), func(rule *manifest.Node) bool {
		kind := rule.At("generate", "kind").Str()
		return strings.HasSuffix(kind, "NetworkPolicy") || strings.HasSuffix(kind, "NetworkPolicies") || rule.At("generate", "clone").IsSet() && kind == ""
	})
}

// defaultDenyMissing judges a namespace that has policies at all.
func defaultDenyMissing(p *lint.Pass) {
	n := judgedNamespace(p)
	if len(n.Pods) == 0 || p.Object != n.Representative() {
		return
	}
	policies, at := policies(p), p.Object.Nearest("metadata", "name")
	here := policies.InNamespace(n.Name)
	if len(here) == 0 {
		return
	}
	switch policies.DefaultDeny(n.Name, networkpolicy.Ingress) {
	case manifest.True:
	case manifest.Unknown:
		p.Unknown(at, "whether a policy for all pods is in force in the namespace cannot be told")
	default:
		if why := policiesElsewhere(p); why != "" {
			p.Unknown(at, why)
			return
		}
		f := p.Reportf(at, "no policy denies ingress to all pods%s by default, so a new workload starts unprotected", inNamespaceText(n))
		f.Relate(here[0].At("metadata").Nearest("name"), "a policy for some pods")
		if p.Bounds == manifest.Open {
			f.AsNote()
		}
	}
}
