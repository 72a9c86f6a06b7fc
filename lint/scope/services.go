package scope

import (
	"cmp"
	"slices"
	"strconv"

	"github.com/seaworthy-lint/seaworthy/lint/manifest"
)

// labelledServices finds Services by one label of their selector: the one that
// the fewest pods have.
type labelledServices struct {
	all []*manifest.Object
	by  map[labelKey][]*manifest.Object
	// untold are those whose label cannot be told; they are in no other index.
	untold []*manifest.Object
}

func newLabelledServices() *labelledServices {
	return &labelledServices{by: map[labelKey][]*manifest.Object{}}
}

func (l *labelledServices) add(service *manifest.Object, label *manifest.Node) {
	l.all = append(l.all, service)
	if label.Templated() {
		l.untold = append(l.untold, service)
		return
	}
	key := labelKey{label.Key, label.Str()}
	l.by[key] = append(l.by[key], service)
}

// having is how many pods may have a label.
func (l *labelledPods) having(label *manifest.Node) int {
	if label.Templated() {
		return len(l.withKey[label.Key])
	}
	return len(l.by[labelKey{label.Key, label.Str()}])
}

// rarestLabel is the label of a selector that the fewest pods have.
func (l *labelledPods) rarestLabel(selector *manifest.Node) *manifest.Node {
	return slices.MinFunc(selector.Fields(), func(a, b *manifest.Node) int { return cmp.Compare(l.having(a), l.having(b)) })
}

// like are the Services that may select pods with the labels.
func (l *labelledServices) like(labels *manifest.Node) []*manifest.Object {
	if labels.Templated() || slices.ContainsFunc(labels.Fields(), (*manifest.Node).Templated) {
		return l.all
	}
	var found []*manifest.Object
	for _, label := range labels.Fields() {
		found = append(found, l.by[labelKey{label.Key, label.Str()}]...)
	}
	return append(found, l.untold...)
}

type serviceIndex struct{ homes *placed[labelledServices] }

func (s *Scope) indexServices() *serviceIndex {
	index := &serviceIndex{homes: newPlaced(newLabelledServices)}
	pods := s.pods().homes.all
	for _, service := range s.Set.OfKind("", "Service") {
		if HasSelector(service) {
			label := pods.rarestLabel(service.At("spec", "selector"))
			index.homes.add(s.NamespaceOf(service), func(l *labelledServices) { l.add(service, label) })
		}
	}
	return index
}

// HasSelector tells whether a Service finds its pods by their labels.
func HasSelector(service *manifest.Object) bool {
	return len(service.At("spec", "selector").Fields()) > 0 && service.At("spec", "type").Str() != "ExternalName"
}

// Services are the Services that send traffic to a pod. Callers share the
// slices, and do not change them.
func (s *Scope) Services(pod *manifest.Pod) (sure, unsure []*manifest.Object) {
	labels := pod.Metadata.At("labels")
	question := PlainLabels(labels).key()
	if question != "" {
		question = strconv.Quote(s.NamespaceOf(pod.Object)) + question
	}
	return s.serving.to(question, func() (found answer[*manifest.Object]) {
		for _, home := range s.services().homes.near(s.NamespaceOf(pod.Object)) {
			for _, service := range home.like(labels) {
				switch s.selects(service.Namespace, PlainLabels(service.At("spec", "selector")), pod) {
				case manifest.True:
					found.sure = append(found.sure, service)
				case manifest.Unknown:
					found.unsure = append(found.unsure, service)
				}
			}
		}
		return found
	})
}

// PodsBehind are the pods that a Service sends traffic to. Callers share the
// slices, and do not change them.
func (s *Scope) PodsBehind(service *manifest.Object) (sure, unsure []*manifest.Pod) {
	if !HasSelector(service) {
		return nil, nil
	}
	return s.Selected(service.Namespace, PlainLabels(service.At("spec", "selector")))
}
