package scope

import (
	"slices"
	"strconv"
	"sync"

	"github.com/seaworthy-lint/seaworthy/lint/manifest"
)

type labelKey struct{ key, value string }

// labelledPods finds pods by their labels.
type labelledPods struct {
	all     []*manifest.Pod
	by      map[labelKey][]*manifest.Pod
	withKey map[string][]*manifest.Pod
	// untold are those whose labels cannot all be told; they are in no other
	// index.
	untold []*manifest.Pod
}

func newLabelledPods() *labelledPods {
	return &labelledPods{by: map[labelKey][]*manifest.Pod{}, withKey: map[string][]*manifest.Pod{}}
}

func (l *labelledPods) add(pod *manifest.Pod) {
	l.all = append(l.all, pod)
	labels := pod.Metadata.At("labels")
	if labels.Templated() || slices.ContainsFunc(labels.Fields(), (*manifest.Node).Templated) {
		l.untold = append(l.untold, pod)
		return
	}
	for _, label := range labels.Fields() {
		key := labelKey{label.Key, label.Str()}
		l.by[key] = append(l.by[key], pod)
		l.withKey[label.Key] = append(l.withKey[label.Key], pod)
	}
}

// like are the pods that a selector may select: those that meet the rarest of
// its conditions that an index can answer.
func (l *labelledPods) like(s Selector) []*manifest.Pod {
	if s.node.Templated() {
		return l.all
	}
	var rarest []*manifest.Pod
	found := false
	consider := func(pods []*manifest.Pod) {
		if !found || len(pods) < len(rarest) {
			rarest, found = pods, true
		}
	}
	for _, want := range s.labels().Fields() {
		if name, ok := s.names(want.Key); ok && want.Templated() {
			consider(l.withKey[name])
		} else if ok {
			consider(l.by[labelKey{name, want.Str()}])
		}
	}
	for _, e := range s.expressions() {
		if name, ok := s.names(e.At("key").Str()); ok && !e.At("key").Templated() {
			if operator := e.At("operator").Str(); operator == "In" || operator == "Exists" {
				consider(l.among(name, operator, e.At("values").Items()))
			}
		}
	}
	if !found {
		return l.all
	}
	return slices.Concat(rarest, l.untold)
}

// among are the pods with a label, for the operator In with one of the values.
func (l *labelledPods) among(name, operator string, values []*manifest.Node) []*manifest.Pod {
	if operator == "Exists" || slices.ContainsFunc(values, (*manifest.Node).Templated) {
		return l.withKey[name]
	}
	var pods []*manifest.Pod
	seen := map[string]bool{}
	for _, v := range values {
		if !seen[v.Str()] {
			seen[v.Str()] = true
			pods = append(pods, l.by[labelKey{name, v.Str()}]...)
		}
	}
	return pods
}

type podIndex struct {
	all   []*manifest.Pod
	homes *placed[labelledPods]
}

func (s *Scope) indexPods() *podIndex {
	index := &podIndex{homes: newPlaced(newLabelledPods)}
	for _, o := range s.Set.Objects() {
		for _, pod := range o.Pods() {
			index.all = append(index.all, pod)
			index.homes.add(s.NamespaceOf(o), func(l *labelledPods) { l.add(pod) })
		}
	}
	return index
}

// Pods are all pod templates of the scope, in the order of its documents.
func (s *Scope) Pods() []*manifest.Pod { return s.pods().all }

// answer is the pods or Services that a question leads to.
type answer[T any] struct{ sure, unsure []T }

// answers remembers what was asked: many objects of a scope often ask the same.
type answers[T any] struct{ known sync.Map }

// to is the answer to a question, which find looks for when it is asked for the
// first time; an empty question is asked anew each time. Callers share it.
func (a *answers[T]) to(question string, find func() answer[T]) (sure, unsure []T) {
	if question != "" {
		if known, ok := a.known.Load(question); ok {
			found, _ := known.(answer[T])
			return found.sure, found.unsure
		}
	}
	found := find()
	found.sure, found.unsure = slices.Clip(found.sure), slices.Clip(found.unsure)
	if question != "" {
		a.known.Store(question, found)
	}
	return found.sure, found.unsure
}

// Selected are the pods of a namespace that a selector selects. Callers share
// the slices, and do not change them.
func (s *Scope) Selected(namespace string, selector Selector) (sure, unsure []*manifest.Pod) {
	question := selector.key()
	if question != "" {
		question = strconv.Quote(s.Resolve(namespace)) + question
	}
	return s.selected.to(question, func() (found answer[*manifest.Pod]) {
		for _, home := range s.pods().homes.near(s.Resolve(namespace)) {
			for _, pod := range home.like(selector) {
				switch s.selects(namespace, selector, pod) {
				case manifest.True:
					found.sure = append(found.sure, pod)
				case manifest.Unknown:
					found.unsure = append(found.unsure, pod)
				}
			}
		}
		return found
	})
}

func (s *Scope) selects(namespace string, selector Selector, pod *manifest.Pod) manifest.Truth {
	return manifest.All(s.SameNamespace(namespace, pod.Object.Namespace), selector.Matches(pod.Metadata.At("labels")))
}

// SelectedAnywhere are the pods of all namespaces that a selector selects.
func (s *Scope) SelectedAnywhere(selector Selector) (sure, unsure []*manifest.Pod) {
	for _, pod := range s.pods().homes.all.like(selector) {
		s.compared.Add(1)
		switch selector.Matches(pod.Metadata.At("labels")) {
		case manifest.True:
			sure = append(sure, pod)
		case manifest.Unknown:
			unsure = append(unsure, pod)
		}
	}
	return sure, unsure
}
