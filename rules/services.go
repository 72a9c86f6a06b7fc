package rules

import (
	"github.com/seaworthy-lint/seaworthy/lint"
	"github.com/seaworthy-lint/seaworthy/lint/manifest"
)

// selectedPods are the pods in view that the pass's Service sends traffic to.
// Pods that it may select or not, because a namespace or label is not known,
// come second.
func selectedPods(p *lint.Pass) (sure, unsure []*manifest.Pod) {
	return podsBehind(p.Set, p.Object)
}

// podsBehind is selectedPods for any Service of a set.
func podsBehind(set *manifest.Set, service *manifest.Object) (sure, unsure []*manifest.Pod) {
	if !hasSelector(service) {
		return nil, nil
	}
	selector := service.At("spec", "selector")
	return podsAmong(set.PodsLike(selector), service.Namespace, func(labels *manifest.Node) manifest.Truth { return matchesLabels(selector, labels) })
}

// podsWhere are the pods in view in a namespace whose labels match, and second
// those of which that cannot be told.
func podsWhere(set *manifest.Set, namespace string, match func(labels *manifest.Node) manifest.Truth) (sure, unsure []*manifest.Pod) {
	return podsAmong(set.AllPods(), namespace, match)
}

func podsAmong(pods []*manifest.Pod, namespace string, match func(labels *manifest.Node) manifest.Truth) (sure, unsure []*manifest.Pod) {
	for _, pod := range pods {
		near := sameNamespace(namespace, pod.Object.Namespace)
		if near == manifest.False {
			continue
		}
		switch both(near, match(pod.Metadata.At("labels"))) {
		case manifest.True:
			sure = append(sure, pod)
		case manifest.Unknown:
			unsure = append(unsure, pod)
		}
	}
	return sure, unsure
}

// hasSelector tells whether a Service finds its pods by their labels.
func hasSelector(service *manifest.Object) bool {
	return len(service.At("spec", "selector").Fields()) > 0 && service.At("spec", "type").Str() != "ExternalName"
}

// serviceSelects tells whether a Service sends traffic to a pod.
func serviceSelects(service *manifest.Object, pod *manifest.Pod) manifest.Truth {
	near := sameNamespace(service.Namespace, pod.Object.Namespace)
	if near == manifest.False || !hasSelector(service) {
		return manifest.False
	}
	return both(near, matchesLabels(service.At("spec", "selector"), pod.Metadata.At("labels")))
}

// isServed tells whether a Service in view sends traffic to the pod.
func isServed(set *manifest.Set, pod *manifest.Pod) manifest.Truth {
	served := manifest.False
	for _, service := range set.ServicesLike(pod.Metadata.At("labels")) {
		served = anyHolds(served, serviceSelects(service, pod))
	}
	return served
}

// matchesLabels tells whether labels have all that a selector of plain labels
// asks for.
func matchesLabels(selector, labels *manifest.Node) manifest.Truth {
	match := manifest.True
	for _, want := range selector.Fields() {
		match = both(match, matchesLabel(want, labels.At(want.Key)))
	}
	return match
}

// matchesLabel tells whether a label has the wanted value.
func matchesLabel(want, have *manifest.Node) manifest.Truth {
	switch {
	case have.IsSet() && have.Str() == want.Str():
		return manifest.True
	case have.Templated() || have.IsSet() && want.Templated():
		return manifest.Unknown
	}
	return manifest.False
}

// targetPorts are the declared ports of a pod that a port of a Service leads
// to: those with the name or number that it targets. Without a targetPort its
// own number is meant.
func targetPorts(servicePort *manifest.Node, pod *manifest.Pod) []containerPort {
	target := servicePort.At("targetPort")
	if !target.IsSet() {
		target = servicePort.At("port")
	}
	var found []containerPort
	for _, c := range pod.Containers() {
		for _, port := range c.At("ports").Items() {
			key := "containerPort"
			if target.IsString() {
				key = "name"
			}
			if port.At(key).Str() == target.Str() && protocol(port) == protocol(servicePort) {
				found = append(found, containerPort{c, port})
			}
		}
	}
	return found
}

// containerPort is an entry of a container's ports.
type containerPort struct {
	container *manifest.Container
	port      *manifest.Node
}
