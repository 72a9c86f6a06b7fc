package rules

import (
	"fmt"
	"slices"

	"github.com/seaworthy-lint/seaworthy/lint"
	"github.com/seaworthy-lint/seaworthy/lint/manifest"
	"github.com/seaworthy-lint/seaworthy/lint/rbac"
	"github.com/seaworthy-lint/seaworthy/lint/scope"
)

// How many bindings, and subjects of each, a finding names.
const (
	manyBindings = 3
	manySubjects = 3
)

// holdersText says where a role holds and for whom.
func holdersText(s *scope.Scope, index *rbac.Index, h rbac.Holders) string {
	if h.None() {
		return "; nothing in view binds it"
	}
	first := h.Bindings[0]
	text := fmt.Sprintf("%s: %s %q gives it to %s", extentOfRole(s, h), first.Object.Kind, first.Object.Name, subjectsText(index, first.Object))
	if more := len(bindingNames(h)) - 1; more > 0 {
		text += fmt.Sprintf(" (and %d more)", more)
	}
	return text
}

// bindingNames are what bindings are called, those of one name once.
func bindingNames(h rbac.Holders) []string {
	var names []string
	for _, b := range h.Bindings {
		names = appendText(names, b.Object.ID())
	}
	return names
}

// extentOfRole says where a role holds that is bound.
func extentOfRole(s *scope.Scope, h rbac.Holders) string {
	if h.ClusterWide {
		return " in the whole cluster"
	}
	namespace := h.Bindings[0].Object.Namespace
	if slices.ContainsFunc(h.Bindings, func(b *rbac.Binding) bool { return b.Object.Namespace != namespace }) {
		return " in several namespaces"
	}
	return extentOfNamespace(s, namespace)
}

// extentOfNamespace names the namespace that an object of the scope is in,
// unless that is up to the deployer.
func extentOfNamespace(s *scope.Scope, named string) string {
	if namespace := s.Resolve(named); namespace != "" {
		return fmt.Sprintf(" in namespace %q", namespace)
	}
	return " in its namespace"
}

// subjectsText names the subjects of a binding.
func subjectsText(index *rbac.Index, binding *manifest.Object) string {
	var names []string
	for _, subject := range binding.At("subjects").Items() {
		names = appendText(names, subjectText(index, binding, subject))
	}
	return joinWords(few(names, manySubjects))
}

// subjectText names a subject of a binding, with the workloads that run as it.
func subjectText(index *rbac.Index, binding *manifest.Object, subject *manifest.Node) string {
	name := rbac.SubjectName(subject)
	sure, _ := index.RunAs(binding, subject)
	if workloads := workloadNames(sure); len(workloads) > 0 {
		name += " (account of " + joinWords(few(workloads, manyWorkloads)) + ")"
	}
	return name
}

// workloadNames are the kinds and names of workloads, each once.
func workloadNames(pods []*manifest.Pod) []string {
	var names []string
	seen := map[string]bool{}
	for _, pod := range pods {
		if name := fmt.Sprintf("%s %q", pod.Object.Kind, pod.Object.Name); !seen[name] {
			seen[name] = true
			names = append(names, name)
		}
	}
	return names
}

// relateHolders names the bindings beside a finding, those of one name once,
// their subjects and what runs as these.
func relateHolders(finding *lint.Finding, index *rbac.Index, h rbac.Holders) {
	var named []string
	for _, b := range h.Bindings {
		if id := b.Object.ID(); len(named) < manyBindings && !slices.Contains(named, id) {
			named = append(named, id)
			finding.Relate(b.Object.At("roleRef").Nearest("name"), fmt.Sprintf("%s %q binds it", b.Object.Kind, b.Object.Name))
			relateSubjects(finding, index, b.Object)
		}
	}
}

// relateSubjects names the subjects of a binding beside a finding, and what
// runs as these.
func relateSubjects(finding *lint.Finding, index *rbac.Index, binding *manifest.Object) {
	subjects := binding.At("subjects").Items()
	for _, subject := range subjects[:min(len(subjects), manySubjects)] {
		finding.Relate(subject.Nearest("name"), "to "+rbac.SubjectName(subject))
		relateWorkloads(finding, index, binding, subject)
	}
}

// relateWorkloads names the pods that run as a subject of a binding beside a
// finding, by the field that chooses their account.
func relateWorkloads(finding *lint.Finding, index *rbac.Index, binding *manifest.Object, subject *manifest.Node) {
	sure, unsure := index.RunAs(binding, subject)
	for i, pod := range slices.Concat(sure, unsure) {
		if i == manyWorkloads {
			return
		}
		runs := "runs"
		if i >= len(sure) {
			runs = "may run"
		}
		_, account := scope.AccountName(pod)
		if account == nil {
			account = pod.Spec
		}
		finding.Relate(account, fmt.Sprintf("%s %q %s as it", pod.Object.Kind, pod.Object.Name, runs))
	}
}
