package rules

import (
	"cmp"
	"strconv"
	"strings"

	"github.com/seaworthy-lint/seaworthy/lint"
	"github.com/seaworthy-lint/seaworthy/lint/manifest"
	"github.com/seaworthy-lint/seaworthy/lint/scope"
)

// judgeClass reports a class of the whole cluster that is not in view.
func judgeClass(p *lint.Pass, n *manifest.Node, group, kind string) {
	switch {
	case !n.IsSet() || n.Str() == "" && n.IsString():
	case !n.IsString() || n.Templated():
		p.UnknownValue(n)
	case len(p.Set.Named(group, kind, n.Str())) == 0 && !p.External(group, kind, "", n.Str(), ""):
		reportAbsent(p, n, "%s %q is not in view", kind, n.Str())
	}
}

// podClasses judges the classes that a pod names. The system's own priorities
// are in every cluster.
func podClasses(p *lint.Pass, pod *manifest.Pod) {
	if class := pod.At("priorityClassName"); class.Str() != "system-node-critical" && class.Str() != "system-cluster-critical" {
		judgeClass(p, class, "scheduling.k8s.io", "PriorityClass")
	}
	judgeClass(p, pod.At("runtimeClassName"), "node.k8s.io", "RuntimeClass")
}

// judgeStorageClass judges the class of a claim; an empty one asks for none.
func judgeStorageClass(p *lint.Pass, claim *manifest.Node) {
	judgeClass(p, claim.At("storageClassName"), "storage.k8s.io", "StorageClass")
}

// networksAnnotation names the networks that Multus attaches a pod to: names,
// with a namespace and an interface around them, or a JSON list (Kubernetes
// Network Custom Resource Definition De-facto Standard, version 1.3).
const networksAnnotation = "k8s.v1.cni.cncf.io/networks"

func podNetworks(p *lint.Pass, pod *manifest.Pod) {
	n := pod.Annotation(networksAnnotation)
	switch {
	case !n.IsString() || n.Str() == "":
		return
	case n.Templated():
		p.UnknownValue(n)
		return
	}
	const group, kind = "k8s.cni.cncf.io", "NetworkAttachmentDefinition"
	var absent []string
	for _, network := range attachedNetworks(n) {
		namespace := cmp.Or(network.namespace, p.Object.Namespace)
		if len(near(p, group, kind, network.name, namespace)) == 0 && !p.External(group, kind, namespace, network.name, "") {
			absent = append(absent, strconv.Quote(network.name))
		}
	}
	if len(absent) > 0 {
		reportAbsent(p, n, "no %s %s is in view", kind, strings.Join(absent, " or "))
	}
}

// network is a NetworkAttachmentDefinition that a pod names.
type network struct{ namespace, name string }

func attachedNetworks(n *manifest.Node) []network {
	var networks []network
	if strings.HasPrefix(strings.TrimSpace(n.Str()), "[") {
		for _, tree := range n.Embedded() {
			for _, item := range tree.Root.Items() {
				networks = append(networks, network{item.At("namespace").Str(), item.At("name").Str()})
			}
		}
		return networks
	}
	for word := range strings.SplitSeq(n.Str(), ",") {
		word, _, _ = strings.Cut(strings.TrimSpace(word), "@")
		namespace, name, ok := strings.Cut(word, "/")
		if !ok {
			namespace, name = "", word
		}
		if name != "" {
			networks = append(networks, network{namespace, name})
		}
	}
	return networks
}

// danglingBudget reports a disruption budget for which there are no pods.
func danglingBudget(p *lint.Pass) {
	selector := p.Object.At("spec", "selector")
	if p.Object.Group() != "policy" || scope.LabelSelector(selector).IsEmpty() {
		return
	}
	switch sure, unsure := p.Scope().Selected(p.Object.Namespace, scope.LabelSelector(selector)); {
	case len(sure) > 0:
	case len(unsure) > 0 || selector.Templated():
		p.Unknown(selector, "pods in view may or may not be selected")
	default:
		reportAbsent(p, selector, "the budget selects no pod in view")
	}
}

// danglingParents judges the Gateways that a route asks to be attached to.
func danglingParents(p *lint.Pass) {
	for _, parent := range p.Object.At("spec", "parentRefs").Items() {
		group, kind := parent.At("group"), parent.At("kind")
		if group.IsSet() && group.Str() != gatewayGroup || kind.IsSet() && kind.Str() != "Gateway" {
			continue
		}
		name, namespace := parent.At("name"), namespaceOr(parent.At("namespace"), p.Object.Namespace)
		switch {
		case !name.IsString() || name.Templated():
			p.UnknownValue(name)
		case len(near(p, gatewayGroup, "Gateway", name.Str(), namespace)) == 0 && !p.External(gatewayGroup, "Gateway", namespace, name.Str(), ""):
			reportAbsent(p, name, "Gateway %q is not in view", name.Str())
		}
	}
}
