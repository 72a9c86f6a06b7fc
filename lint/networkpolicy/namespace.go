package networkpolicy

import (
	"github.com/seaworthy-lint/seaworthy/lint/manifest"
)

// DefaultDeny tells whether a policy closes a direction for every pod of a
// namespace, whatever its labels, and lets nothing through.
func (m *Model) DefaultDeny(namespace string, d Direction) manifest.Truth {
	answer := manifest.False
	for _, g := range m.groups(namespace) {
		for _, a := range g.parts {
			if answer = manifest.Any(answer, manifest.All(a.sure, a.part.Denies(d))); answer == manifest.True {
				return answer
			}
		}
	}
	return answer
}

// InNamespace are the policies of a namespace, in the order of the documents.
// Those for the whole cluster are in none.
func (m *Model) InNamespace(namespace string) []*manifest.Object {
	return m.byNamespace()[m.scope.Resolve(namespace)]
}

func (m *Model) indexNamespaces() map[string][]*manifest.Object {
	index := map[string][]*manifest.Object{}
	for _, o := range m.objects {
		if !m.parts[o][0].ClusterWide() {
			namespace := m.scope.NamespaceOf(o)
			index[namespace] = append(index[namespace], o)
		}
	}
	return index
}
