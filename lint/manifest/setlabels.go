package manifest

import "slices"

// indexLabels finds pods by their labels and Services by what they select, so
// that bringing them together takes no more than there is to bring.
func (s *Set) indexLabels(o *Object) {
	for _, pod := range o.Pods() {
		s.allPods = append(s.allPods, pod)
		labels := pod.Metadata.At("labels")
		unsure := labels.Templated()
		for _, label := range labels.Fields() {
			unsure = unsure || label.Templated()
			key := labelKey{label.Key, label.Str()}
			s.pods[key] = append(s.pods[key], pod)
		}
		if unsure {
			s.anyPods = append(s.anyPods, pod)
		}
	}
	if o.Kind != "Service" || o.Group() != "" {
		return
	}
	selector := o.At("spec", "selector").Fields()
	switch {
	case len(selector) == 0:
	case selector[0].Templated():
		s.anyServices = append(s.anyServices, o)
	default:
		key := labelKey{selector[0].Key, selector[0].Str()}
		s.services[key] = append(s.services[key], o)
	}
}

// AllPods are all pod templates of the set.
func (s *Set) AllPods() []*Pod { return s.allPods }

// PodsLike are the pods that a selector of plain labels may select: those that
// have its first label, and those whose labels cannot be told.
func (s *Set) PodsLike(selector *Node) []*Pod {
	fields := selector.Fields()
	if len(fields) == 0 || fields[0].Templated() {
		return s.allPods
	}
	return joined(s.pods[labelKey{fields[0].Key, fields[0].Str()}], s.anyPods)
}

// ServicesLike are the Services that may select pods with the labels.
func (s *Set) ServicesLike(labels *Node) []*Object {
	if labels.Templated() || slices.ContainsFunc(labels.Fields(), (*Node).Templated) {
		return s.OfKind("", "Service")
	}
	var found []*Object
	for _, label := range labels.Fields() {
		found = append(found, s.services[labelKey{label.Key, label.Str()}]...)
	}
	return joined(found, s.anyServices)
}

// joined is the first list with what only the second has.
func joined[T comparable](first, second []T) []T {
	if len(second) == 0 {
		return first
	}
	all := slices.Clone(first)
	for _, item := range second {
		if !slices.Contains(first, item) {
			all = append(all, item)
		}
	}
	return all
}
