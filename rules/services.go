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
	selector := service.At("spec", "selector")
	if len(selector.Fields()) == 0 || service.At("spec", "type").Str() == "ExternalName" {
		return nil, nil
	}
	for _, o := range set.Objects() {
		near := sameNamespace(service.Namespace, o.Namespace)
		if near == manifest.False {
			continue
		}
		for _, pod := range o.Pods() {
			switch match := matchesLabels(selector, pod.Metadata.At("labels")); {
			case match == manifest.False:
			case match == manifest.True && near == manifest.True:
				sure = append(sure, pod)
			default:
				unsure = append(unsure, pod)
			}
		}
	}
	return sure, unsure
}

// matchesLabels tells whether labels have all that a selector of plain labels
// asks for.
func matchesLabels(selector, labels *manifest.Node) manifest.Truth {
	match := manifest.True
	for _, want := range selector.Fields() {
		have := labels.At(want.Key)
		switch {
		case have.IsSet() && have.Str() == want.Str():
		case have.Templated() || have.IsSet() && want.Templated():
			match = manifest.Unknown
		default:
			return manifest.False
		}
	}
	return match
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
