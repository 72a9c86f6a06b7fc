package rules

import (
	"github.com/seaworthy-lint/seaworthy/lint/manifest"
	"github.com/seaworthy-lint/seaworthy/lint/scope"
)

// isServed tells whether a Service in view sends traffic to the pod.
func isServed(set *manifest.Set, pod *manifest.Pod) manifest.Truth {
	switch sure, unsure := scope.Of(set).Services(pod); {
	case len(sure) > 0:
		return manifest.True
	case len(unsure) > 0:
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
