package scope

import (
	"slices"

	"github.com/seaworthy-lint/seaworthy/lint/manifest"
)

type kindKey struct{ group, kind string }

type nameKey struct {
	kindKey
	name string
}

type homeObjects struct {
	byKind map[kindKey][]*manifest.Object
	byName map[nameKey][]*manifest.Object
}

func newHomeObjects() *homeObjects {
	return &homeObjects{byKind: map[kindKey][]*manifest.Object{}, byName: map[nameKey][]*manifest.Object{}}
}

func (h *homeObjects) add(o *manifest.Object) {
	kind := kindKey{o.Group(), o.Kind}
	h.byKind[kind] = append(h.byKind[kind], o)
	h.byName[nameKey{kind, o.Name}] = append(h.byName[nameKey{kind, o.Name}], o)
}

type objectIndex struct{ homes *placed[homeObjects] }

func (s *Scope) indexObjects() *objectIndex {
	index := &objectIndex{homes: newPlaced(newHomeObjects)}
	for _, o := range s.Set.Objects() {
		index.homes.add(s.NamespaceOf(o), func(h *homeObjects) { h.add(o) })
	}
	return index
}

// Objects are the resources of a group and kind in a namespace.
func (s *Scope) Objects(group, kind, namespace string) (sure, unsure []*manifest.Object) {
	return s.placedIn(namespace, func(h *homeObjects) []*manifest.Object { return h.byKind[kindKey{group, kind}] })
}

// Named are the resources of a group, kind and name in a namespace.
func (s *Scope) Named(group, kind, name, namespace string) (sure, unsure []*manifest.Object) {
	return s.placedIn(namespace, func(h *homeObjects) []*manifest.Object { return h.byName[nameKey{kindKey{group, kind}, name}] })
}

func (s *Scope) placedIn(namespace string, of func(*homeObjects) []*manifest.Object) (sure, unsure []*manifest.Object) {
	for _, home := range s.objects().homes.near(s.Resolve(namespace)) {
		for _, o := range of(home) {
			switch s.SameNamespace(namespace, o.Namespace) {
			case manifest.True:
				sure = append(sure, o)
			case manifest.Unknown:
				unsure = append(unsure, o)
			}
		}
	}
	return sure, unsure
}

// HasKey tells whether a ConfigMap or Secret has an entry; it is unknown for
// one that is filled elsewhere.
func HasKey(o *manifest.Object, key string) manifest.Truth {
	for _, list := range []string{"data", "stringData", "binaryData"} {
		if o.At(list, key) != nil {
			return manifest.True
		}
	}
	if FilledElsewhere(o) {
		return manifest.Unknown
	}
	return manifest.False
}

// FilledElsewhere tells whether a ConfigMap or Secret gets its entries from a
// controller or before it is deployed: it states none, holds the token of a
// service account, or its keys are templated.
func FilledElsewhere(o *manifest.Object) bool {
	empty := true
	for _, list := range []string{"data", "stringData", "binaryData"} {
		data := o.At(list)
		empty = empty && len(data.Fields()) == 0
		if data.Templated() || slices.ContainsFunc(data.Fields(), func(f *manifest.Node) bool { return manifest.IsTemplate(f.Key) }) {
			return true
		}
	}
	return empty || o.At("type").Str() == "kubernetes.io/service-account-token"
}
