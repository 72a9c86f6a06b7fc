package scope

import "github.com/seaworthy-lint/seaworthy/lint/manifest"

// DefaultAccount is the service account of pods that name none.
const DefaultAccount = "default"

// AccountName is the name of the service account that a pod runs as: by
// serviceAccountName, else by the deprecated serviceAccount, which the API
// server copies to it. The node is nil for a pod that leaves it to the
// default; the name is empty when it cannot be told.
func AccountName(pod *manifest.Pod) (name string, node *manifest.Node) {
	for _, key := range []string{"serviceAccountName", "serviceAccount"} {
		n := pod.At(key)
		if !n.IsSet() {
			continue
		}
		if node == nil || n.Str() != "" {
			node = n
		}
		if !n.IsString() || n.Templated() {
			return "", node
		}
		if n.Value != "" {
			return n.Value, node
		}
	}
	return DefaultAccount, node
}

// accountIndex finds pods by the name of their account; those whose account
// cannot be told are under the empty name.
type accountIndex struct {
	homes *placed[map[string][]*manifest.Pod]
}

func (s *Scope) indexAccounts() *accountIndex {
	index := &accountIndex{homes: newPlaced(func() *map[string][]*manifest.Pod { return &map[string][]*manifest.Pod{} })}
	for _, pod := range s.Pods() {
		name, _ := AccountName(pod)
		index.homes.add(s.NamespaceOf(pod.Object), func(m *map[string][]*manifest.Pod) { (*m)[name] = append((*m)[name], pod) })
	}
	return index
}

// RunsAs are the pods of a namespace that run as a service account.
func (s *Scope) RunsAs(namespace, account string) (sure, unsure []*manifest.Pod) {
	for _, home := range s.accounts().homes.near(s.Resolve(namespace)) {
		for _, pod := range (*home)[account] {
			switch s.SameNamespace(namespace, pod.Object.Namespace) {
			case manifest.True:
				sure = append(sure, pod)
			case manifest.Unknown:
				unsure = append(unsure, pod)
			}
		}
		if account != "" {
			unsure = append(unsure, (*home)[""]...)
		}
	}
	return sure, unsure
}
