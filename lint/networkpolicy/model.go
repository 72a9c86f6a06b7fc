package networkpolicy

import (
	"net/netip"
	"slices"
	"sync"

	"github.com/seaworthy-lint/seaworthy/lint/manifest"
	"github.com/seaworthy-lint/seaworthy/lint/scope"
)

// subject are the pods that a part is about.
type subject struct {
	// none is set for a part that is about no pods.
	none bool
	// namespace is where the pods are, unless clusterWide is set.
	namespace   string
	clusterWide bool
	// labels selects at least the pods that are meant; every tells that it asks
	// for nothing.
	labels scope.Selector
	every  bool
	// exact decides where labels do not; nil where they do.
	exact func(*scope.Scope, *manifest.Pod) manifest.Truth
	// inNamespace limits a cluster-wide part to some namespaces; nil for all.
	inNamespace func(*scope.Namespace) manifest.Truth
}

// applied is a part that is about a pod, or may be.
type applied struct {
	part *Part
	sure manifest.Truth
}

// group are parts that are about the same pods, with what they say together.
type group struct {
	parts   []applied
	summary *summary
}

// Model holds the policies of a scope by the pods that they are about.
type Model struct {
	scope   *scope.Scope
	objects []*manifest.Object
	parts   map[*manifest.Object][]*Part
	// cluster are about every pod, whole about every pod of a namespace, own
	// about one pod. vague are those of whole for namespaces that cannot be
	// told, all those for any: they may be about the pods of others.
	cluster, vague, all group
	whole               map[string]*group
	own                 map[*manifest.Pod][]applied

	byNamespace func() map[string][]*manifest.Object
	denying     sync.Map // of netip.AddrPort to func() []*manifest.Object
	inPlace     sync.Map // of a namespace to func() selection
}

// Of is the model of an indexed set.
func Of(set *manifest.Set) *Model {
	return manifest.Derived(set, func(set *manifest.Set) *Model {
		m := &Model{
			scope: scope.Of(set), parts: map[*manifest.Object][]*Part{},
			whole: map[string]*group{}, own: map[*manifest.Pod][]applied{},
		}
		for _, o := range set.Objects() {
			parts := read(o)
			if len(parts) == 0 {
				continue
			}
			m.objects = append(m.objects, o)
			m.parts[o] = parts
			for _, part := range parts {
				m.place(part)
			}
		}
		m.summarize()
		m.byNamespace = sync.OnceValue(m.indexNamespaces)
		return m
	})
}

// Policies are the policies of the scope, in the order of its documents.
func (m *Model) Policies() []*manifest.Object { return m.objects }

// Parts are what a policy of the scope says; nil for any other object.
func (m *Model) Parts(policy *manifest.Object) []*Part { return m.parts[policy] }

// Rules are the rules of a policy, as its kind defines them. A baseline has
// none: it only says what holds where no other policy speaks, as everything
// does there.
func (m *Model) Rules(policy *manifest.Object) []Rule {
	var rules []Rule
	for _, part := range m.parts[policy] {
		if part.layer != baseline {
			rules = append(rules, part.Rules...)
		}
	}
	return rules
}

// place puts a part where the pods that it is about find it.
func (m *Model) place(part *Part) {
	s := part.subject
	switch {
	case s.none:
	case s.every && s.clusterWide && s.inNamespace == nil:
		m.cluster.parts = append(m.cluster.parts, applied{part, manifest.True})
	case s.every && s.clusterWide:
		for _, n := range m.scope.Namespaces() {
			if match := s.inNamespace(n); match != manifest.False {
				m.inWhole(n.Name).parts = append(m.inWhole(n.Name).parts, applied{part, match})
			}
		}
	case s.every:
		namespace := m.scope.Namespace(s.namespace)
		m.inWhole(namespace.Name).parts = append(m.inWhole(namespace.Name).parts, applied{part, manifest.True})
		may := applied{part, manifest.Unknown}
		m.all.parts = append(m.all.parts, may)
		if !namespace.Told() {
			m.vague.parts = append(m.vague.parts, may)
		}
	default:
		sure, unsure := m.Selected(part)
		for _, pod := range sure {
			m.own[pod] = append(m.own[pod], applied{part, manifest.True})
		}
		for _, pod := range unsure {
			m.own[pod] = append(m.own[pod], applied{part, manifest.Unknown})
		}
	}
}

func (m *Model) inWhole(namespace string) *group {
	g := m.whole[namespace]
	if g == nil {
		g = &group{}
		m.whole[namespace] = g
	}
	return g
}

// selection are pods, and such as may be meant.
type selection struct{ sure, unsure []*manifest.Pod }

// Selected are the pods that a part is about. The lists are shared.
func (m *Model) Selected(part *Part) (sure, unsure []*manifest.Pod) {
	s := part.subject
	switch {
	case s.none:
		return nil, nil
	case s.every && !s.clusterWide:
		place := m.scope.Resolve(s.namespace)
		find, _ := m.inPlace.LoadOrStore(place, sync.OnceValue(func() (found selection) {
			found.sure, found.unsure = m.scope.Selected(place, s.labels)
			return selection{slices.Clip(found.sure), slices.Clip(found.unsure)}
		}))
		found := find.(func() selection)()
		return found.sure, found.unsure
	case s.clusterWide:
		sure, unsure = m.scope.SelectedAnywhere(s.labels)
	default:
		sure, unsure = m.scope.Selected(s.namespace, s.labels)
	}
	if s.exact == nil && s.inNamespace == nil {
		return sure, unsure
	}
	return m.exactly(s, sure, unsure)
}

// exactly looks again at the pods that labels select.
func (m *Model) exactly(s subject, like ...[]*manifest.Pod) (sure, unsure []*manifest.Pod) {
	for _, pods := range like {
		for _, pod := range pods {
			match := manifest.True
			if !s.clusterWide {
				match = m.scope.SameNamespace(s.namespace, pod.Object.Namespace)
			}
			if s.exact != nil {
				match = manifest.All(match, s.exact(m.scope, pod))
			}
			if s.inNamespace != nil {
				match = manifest.All(match, s.inNamespace(m.scope.Namespace(pod.Object.Namespace)))
			}
			switch match {
			case manifest.True:
				sure = append(sure, pod)
			case manifest.Unknown:
				unsure = append(unsure, pod)
			}
		}
	}
	return sure, unsure
}

// groups are the parts that are about every pod of a namespace, or may be.
func (m *Model) groups(name string) []*group {
	namespace := m.scope.Namespace(name)
	groups := []*group{&m.cluster, &m.all}
	if namespace.Told() {
		groups[1] = &m.vague
	}
	if whole := m.whole[namespace.Name]; whole != nil {
		groups = append(groups, whole)
	}
	return groups
}

// applying are all parts that are about a pod, or may be, the sure ones first.
func (m *Model) applying(pod *manifest.Pod) []applied {
	var parts []applied
	for _, g := range m.groups(pod.Object.Namespace) {
		parts = append(parts, g.parts...)
	}
	return append(parts, m.own[pod]...)
}

// Denying are the policies with a rule that denies pods the way to an address
// on a TCP port.
func (m *Model) Denying(address netip.Addr, port int64) []*manifest.Object {
	key := netip.AddrPortFrom(address, uint16(port))
	find, _ := m.denying.LoadOrStore(key, sync.OnceValue(func() []*manifest.Object {
		var found []*manifest.Object
		for _, o := range m.objects {
			if Denied(m.Rules(o), address, port) {
				found = append(found, o)
			}
		}
		return found
	}))
	return find.(func() []*manifest.Object)()
}

// Denied tells whether one of the rules denies pods the way to an address on a
// TCP port.
func Denied(rules []Rule, address netip.Addr, port int64) bool {
	for _, rule := range rules {
		if rule.Direction != Egress || rule.Action != Deny || !rule.Reaches(port) {
			continue
		}
		for _, peer := range rule.Peers {
			if peer.Means(address) {
				return true
			}
		}
	}
	return false
}
