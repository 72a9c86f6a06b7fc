package rules

import (
	"slices"
	"strings"

	"github.com/seaworthy-lint/seaworthy/lint"
	"github.com/seaworthy-lint/seaworthy/lint/manifest"
)

const podSecurityLabel = "pod-security.kubernetes.io/"

// podSecurityLevel is what a namespace asks of its pods in one mode.
type podSecurityLevel struct {
	mode, level string
	version     lint.Version
	label       *manifest.Node
}

// podSecurityViolated judges a pod as the admission controller will. A cluster
// may have defaults for namespaces without labels, of which nothing is known.
func podSecurityViolated(p *lint.Pass, pod *manifest.Pod) {
	if len(pod.Containers()) == 0 {
		return
	}
	namespace, unsure := namespaceOf(p)
	if unsure {
		p.Unknown(specOf(pod), "the namespace is not known")
	}
	var judged []podSecurityLevel
	for _, mode := range []string{"enforce", "audit", "warn"} {
		asked, ok := levelOf(p, namespace, mode)
		same := func(l podSecurityLevel) bool { return l.level == asked.level && l.version == asked.version }
		if !ok || slices.ContainsFunc(judged, same) {
			continue
		}
		judged = append(judged, asked)
		judgeLevel(p, pod, asked)
	}
}

// namespaceOf is the manifest of the object's namespace; nil when none is in
// view. Manifests that disagree, and an object without a namespace beside
// namespaces that ask for something, leave it unsure.
func namespaceOf(p *lint.Pass) (namespace *manifest.Object, unsure bool) {
	name := p.Object.Namespace
	if name == "" || manifest.IsTemplate(name) {
		return nil, slices.ContainsFunc(p.Set.OfKind("", "Namespace"), asksForLevel)
	}
	for _, o := range p.Set.Named("", "Namespace", name) {
		if namespace != nil && !sameLevels(namespace, o) {
			return nil, true
		}
		namespace = o
	}
	return namespace, false
}

func asksForLevel(namespace *manifest.Object) bool {
	return slices.ContainsFunc(namespace.At("metadata", "labels").Fields(), func(label *manifest.Node) bool {
		return strings.HasPrefix(label.Key, podSecurityLabel) && label.Str() != "privileged"
	})
}

func sameLevels(a, b *manifest.Object) bool {
	for _, mode := range []string{"enforce", "audit", "warn"} {
		for _, key := range []string{mode, mode + "-version"} {
			if a.At("metadata", "labels", podSecurityLabel+key).Str() != b.At("metadata", "labels", podSecurityLabel+key).Str() {
				return false
			}
		}
	}
	return true
}

// levelOf reads the labels of one mode; ok is false where they ask nothing. A
// version that the cluster does not know yet counts as its newest.
func levelOf(p *lint.Pass, namespace *manifest.Object, mode string) (asked podSecurityLevel, ok bool) {
	if namespace == nil {
		return asked, false
	}
	labels := namespace.At("metadata", "labels")
	label, version := labels.At(podSecurityLabel+mode), labels.At(podSecurityLabel+mode+"-version")
	asked = podSecurityLevel{mode: mode, level: label.Str(), version: p.Version, label: label}
	if label.Templated() || version.Templated() {
		p.Unknown(p.Object.At("metadata", "namespace"), "the labels of the namespace are templated")
		return asked, false
	}
	if v, err := lint.ParseVersion(version.Str()); err == nil && !v.AtLeast(p.Version.Minor) {
		asked.version = v
	}
	return asked, asked.level == "baseline" || asked.level == "restricted"
}

func judgeLevel(p *lint.Pass, pod *manifest.Pod, asked podSecurityLevel) {
	var broken []string
	var places []*lint.Finding
	unknown := false
	for _, r := range podSecurityRules(asked.level) {
		found, unsure := p.PodSecurity(r, asked.version, asked.level == "restricted")
		unknown = unknown || unsure
		if len(found) > 0 {
			broken = append(broken, r.ID)
			places = append(places, found...)
		}
	}
	switch {
	case len(broken) > 0:
		reportLevel(p, pod, asked, broken, places)
	case unknown:
		p.Unknown(specOf(pod), "a control of the level cannot be judged")
	}
}

func reportLevel(p *lint.Pass, pod *manifest.Pod, asked podSecurityLevel, broken []string, places []*lint.Finding) {
	slices.Sort(broken)
	list := strings.Join(broken, ", ")
	message := "namespace %q rejects the pods, which break its level %s: %s"
	if asked.mode != "enforce" {
		message = "namespace %q accepts the pods, though they break the level %s that it asks for in mode " + asked.mode + ": %s"
	}
	f := p.Reportf(specOf(pod), message, p.Object.Namespace, asked.level, list).About(asked.mode).Showing(list).
		Relate(asked.label, "the level of the namespace")
	for _, place := range places {
		f.Related = append(f.Related, lint.Related{Message: place.Message, Span: place.Span})
	}
	if asked.mode != "enforce" {
		f.AsNote()
	}
}

// specOf is the spec of a pod, or a container where a custom resource has
// containers and nothing around them.
func specOf(pod *manifest.Pod) *manifest.Node {
	if pod.Spec.IsSet() {
		return pod.Spec
	}
	return pod.Containers()[0].Node
}

// podSecurityRules are the rules that make up a level.
func podSecurityRules(level string) []*lint.Rule {
	var chosen []*lint.Rule
	for _, family := range [][]lint.Rule{securityContext, hostAccess, capabilities, ports} {
		for i := range family {
			if family[i].InProfile("pss-" + level) {
				chosen = append(chosen, &family[i])
			}
		}
	}
	return chosen
}
