package rules

import (
	"slices"

	"github.com/seaworthy-lint/seaworthy/lint"
	"github.com/seaworthy-lint/seaworthy/lint/manifest"
)

// systemPriorityParams are the parameters of system-priority-class.
type systemPriorityParams struct {
	Namespaces []string `doc:"namespaces that may use the classes of the system too"`
}

// systemCriticalPriority is the least priority of the system classes, and more
// than a PriorityClass of a user can have.
const systemCriticalPriority = 2_000_000_000

func systemPriorityClass(p *lint.Pass, pod *manifest.Pod) {
	params, _ := p.Rule.Params.(*systemPriorityParams)
	namespace := p.Object.Namespace
	if namespace == "kube-system" || slices.Contains(params.Namespaces, namespace) || isMirrorPod(pod) {
		return
	}
	class, priority := pod.At("priorityClassName"), pod.At("priority")
	number, _ := priority.Int()
	at := priority
	switch {
	case class.Str() == "system-node-critical" || class.Str() == "system-cluster-critical":
		at = class
	case number >= systemCriticalPriority:
	case class.Templated():
		p.UnknownValue(class)
		return
	default:
		return
	}
	if namespace == "" || manifest.IsTemplate(namespace) {
		p.Unknown(at, "the namespace is not known")
		return
	}
	p.Reportf(at, "the pod has the %s %s in namespace %q", at.Key, at.Str(), namespace)
}
