package scope

import "github.com/seaworthy-lint/seaworthy/lint/manifest"

// NameLabel is the label with a namespace's name, which the API server sets
// itself and nobody can change (KEP-2161).
const NameLabel = "kubernetes.io/metadata.name"

// Namespace is one namespace of a scope.
type Namespace struct {
	// Name is empty for the one that objects share which name none.
	Name string
	// Object is the Namespace itself; nil when it is not in view.
	Object *manifest.Object
	// Pods are the pod templates in it, in the order of the documents.
	Pods []*manifest.Pod

	labels *manifest.Node
}

// Representative is where what is wrong with the namespace as a whole is said
// once: the Namespace, else its first workload; nil when it has neither.
func (n *Namespace) Representative() *manifest.Object {
	switch {
	case n == nil:
		return nil
	case n.Object != nil:
		return n.Object
	case len(n.Pods) > 0:
		return n.Pods[0].Object
	}
	return nil
}

// Told tells whether the name is known.
func (n *Namespace) Told() bool { return !isVague(n.Name) }

// Knows tells whether it can be told what the label of a key is, or that there
// is none: of a namespace that is not in view only the name is known.
func (n *Namespace) Knows(key string) bool {
	if key == NameLabel {
		return n.Told()
	}
	return n.Object != nil
}

// Labels are the labels of the namespace as far as they are known, that of its
// name among them.
func (n *Namespace) Labels() *manifest.Node { return n.labels }

// Matches tells whether a LabelSelector selects the namespace.
func (n *Namespace) Matches(selector *manifest.Node) manifest.Truth {
	return SelectorOf(selector, func(key string) (string, bool) { return key, n.Knows(key) }).Matches(n.labels)
}

type namespaceIndex struct {
	all    []*Namespace
	byName map[string]*Namespace
}

func (s *Scope) indexNamespaces() *namespaceIndex {
	index := &namespaceIndex{byName: map[string]*Namespace{}}
	for _, o := range s.Set.Objects() {
		if o.Kind == "Namespace" && o.Group() == "" {
			if n := index.named(o.Name); n.Object == nil {
				n.Object = o
			}
			continue
		}
		n := index.named(s.NamespaceOf(o))
		n.Pods = append(n.Pods, o.Pods()...)
	}
	for _, n := range index.all {
		n.label()
	}
	return index
}

func (i *namespaceIndex) named(name string) *Namespace {
	n := i.byName[name]
	if n == nil {
		n = &Namespace{Name: name}
		i.byName[name] = n
		i.all = append(i.all, n)
	}
	return n
}

func (n *Namespace) label() {
	n.labels = &manifest.Node{Kind: manifest.Map, Kids: []*manifest.Node{{Key: NameLabel, Value: n.Name}}}
	if n.Object != nil {
		labels := n.Object.At("metadata", "labels")
		if labels.Templated() {
			n.labels = labels
			return
		}
		n.labels.Kids = append(n.labels.Kids, labels.Fields()...)
	}
}

// Namespaces are those that objects of the scope are in, in the order in which
// they first appear.
func (s *Scope) Namespaces() []*Namespace { return s.namespaces().all }

// Namespace is the namespace that a name in the set means. One that nothing in
// view is in has no object and no pods.
func (s *Scope) Namespace(name string) *Namespace {
	name = s.Resolve(name)
	if n := s.namespaces().byName[name]; n != nil {
		return n
	}
	n := &Namespace{Name: name}
	n.label()
	return n
}

// Resolve is the namespace that an object of the set is in which names it so:
// deployment decides for one that names none. It is empty for the one namespace
// that such objects share where nothing in view says which it is.
func (s *Scope) Resolve(name string) string {
	target := s.Set.Target
	switch {
	case name == "" && !target.Assumed:
		return target.Namespace
	case target.Assumed && name == target.Namespace:
		return ""
	}
	return name
}

// NamespaceOf is the namespace that an object is in; see Resolve.
func (s *Scope) NamespaceOf(o *manifest.Object) string { return s.Resolve(o.Namespace) }

// SameNamespace tells whether two namespaces, as objects of the set name them,
// are one. Objects that name none go where the deployer says, which may be a
// namespace that another object names.
func (s *Scope) SameNamespace(a, b string) manifest.Truth {
	s.compared.Add(1)
	a, b = s.Resolve(a), s.Resolve(b)
	switch {
	case a == b:
		return manifest.True
	case isVague(a) || isVague(b):
		return manifest.Unknown
	}
	return manifest.False
}

// isVague tells whether a resolved namespace may be any.
func isVague(name string) bool { return name == "" || manifest.IsTemplate(name) }
