package rules

import (
	"fmt"

	"github.com/seaworthy-lint/seaworthy/lint"
	"github.com/seaworthy-lint/seaworthy/lint/manifest"
	"github.com/seaworthy-lint/seaworthy/lint/rbac"
	"github.com/seaworthy-lint/seaworthy/lint/scope"
)

// sharedServiceAccount reports on the first of the workloads that share an
// account. Only an account that a role is bound to has something to share.
func sharedServiceAccount(p *lint.Pass, pod *manifest.Pod) {
	name, node := scope.AccountName(pod)
	if name == "" || name == scope.DefaultAccount {
		return
	}
	pods, _ := p.Scope().RunsAs(pod.Object.Namespace, name)
	if len(pods) < 2 || pods[0] != pod {
		return
	}
	sharing := differentWorkloads(pods)
	if len(sharing) < 2 {
		return
	}
	index := rbac.Of(p.Set)
	grant, bound := index.Bound(index.AccountOf(pod))
	if bound == manifest.Unknown {
		p.Unknown(node, "a binding may be for an account of the same name in another namespace")
	}
	if bound != manifest.True {
		return
	}
	finding := p.Reportf(node, "service account %q, which has %s, is shared by %s", name, grant.RoleText(), joinWords(few(workloadNames(sharing), manyWords)))
	for _, other := range sharing[1:min(len(sharing), manyWords)] {
		_, account := scope.AccountName(other)
		finding.Relate(account, fmt.Sprintf("%s %q runs as it", other.Object.Kind, other.Object.Name))
	}
	relateGrant(finding, grant)
}

// relateGrant names a binding and the subject that it gives a role to beside a
// finding.
func relateGrant(finding *lint.Finding, g rbac.Grant) {
	finding.Relate(g.Object.At("roleRef").Nearest("name"), fmt.Sprintf("%s %q gives %s", g.Object.Kind, g.Object.Name, g.RoleText()))
	finding.Relate(g.Subject.Nearest("name"), "to "+rbac.SubjectName(g.Subject))
}

// differentWorkloads are the first of the pods of each selector and name: two
// manifests of one workload, and its canary, are not different.
func differentWorkloads(pods []*manifest.Pod) []*manifest.Pod {
	var found []*manifest.Pod
	seen := map[string]bool{}
	for _, pod := range pods {
		selector, id := selectorText(pod), pod.Object.ID()
		if !seen[selector] && !seen[id] {
			found = append(found, pod)
		}
		seen[selector], seen[id] = true, true
	}
	return found
}

// selectorText is what the workload of a pod finds its pods by; its name where
// that is not stated.
func selectorText(pod *manifest.Pod) string {
	text := ""
	selector := pod.Object.At("spec", "selector")
	if labels := selector.At("matchLabels"); labels.IsSet() {
		selector = labels
	}
	for _, label := range selector.Fields() {
		text += label.Key + "=" + label.Str() + ","
	}
	if text == "" {
		text = pod.Object.Kind + "/" + pod.Object.Name
	}
	return text
}
