package scope

import (
	"slices"
	"strings"
	"sync"
	"sync/atomic"

	"github.com/seaworthy-lint/seaworthy/lint/manifest"
)

// Scope is the model of one indexed set.
type Scope struct {
	// Set holds the objects of the scope.
	Set *manifest.Set

	objects    func() *objectIndex
	pods       func() *podIndex
	services   func() *serviceIndex
	accounts   func() *accountIndex
	namespaces func() *namespaceIndex
	unread     func() map[string]bool
	selected   answers[*manifest.Pod]
	serving    answers[*manifest.Object]
	compared   atomic.Int64
}

// Of is the scope of an indexed set. Several goroutines may use it at once.
func Of(set *manifest.Set) *Scope {
	return manifest.Derived(set, func(set *manifest.Set) *Scope {
		s := &Scope{Set: set}
		s.objects = sync.OnceValue(s.indexObjects)
		s.pods = sync.OnceValue(s.indexPods)
		s.services = sync.OnceValue(s.indexServices)
		s.accounts = sync.OnceValue(s.indexAccounts)
		s.namespaces = sync.OnceValue(s.indexNamespaces)
		s.unread = sync.OnceValue(s.unreadKinds)
		return s
	})
}

// Comparisons is how many objects were compared with what was asked for: a
// measure of work that does not depend on the machine.
func (s *Scope) Comparisons() int64 { return s.compared.Load() }

// Compare counts a comparison that is made for the scope by others.
func (s *Scope) Compare() { s.compared.Add(1) }

// Incomplete tells whether a document of the scope could not be read, so that
// what seems absent may stand in it.
func (s *Scope) Incomplete() bool { return len(s.unread()) > 0 }

// MayHold tells whether a document that could not be read may hold an object of
// one of the kinds, each as group/Kind.
func (s *Scope) MayHold(kinds []string) bool {
	for kind := range s.unread() {
		switch {
		case kind == "", kind == "Kustomization", kind == "Component", strings.HasSuffix(kind, "List"):
			return true
		case slices.ContainsFunc(kinds, func(name string) bool { return name[strings.LastIndexByte(name, '/')+1:] == kind }):
			return true
		}
	}
	return false
}

// unreadKinds are the kinds of the documents that could not be read; "" where
// not even that is known.
func (s *Scope) unreadKinds() map[string]bool {
	kinds := map[string]bool{}
	for _, d := range s.Set.Documents {
		if d.Object == nil && d.Status.Unjudged() {
			kinds[d.Kind] = true
		}
	}
	return kinds
}

// placed keeps an index for each namespace, one for the namespaces that cannot
// be told, and one for all.
type placed[T any] struct {
	in         map[string]*T
	vague, all *T
	newIndex   func() *T
}

func newPlaced[T any](newIndex func() *T) *placed[T] {
	return &placed[T]{in: map[string]*T{}, vague: newIndex(), all: newIndex(), newIndex: newIndex}
}

// add hands over the indexes that what is in a namespace belongs to.
func (p *placed[T]) add(namespace string, add func(*T)) {
	add(p.all)
	if isVague(namespace) {
		add(p.vague)
		return
	}
	index := p.in[namespace]
	if index == nil {
		index = p.newIndex()
		p.in[namespace] = index
	}
	add(index)
}

// near are the indexes of what is in a namespace, or may be.
func (p *placed[T]) near(namespace string) []*T {
	if isVague(namespace) {
		return []*T{p.all}
	}
	if index := p.in[namespace]; index != nil {
		return []*T{index, p.vague}
	}
	return []*T{p.vague}
}
