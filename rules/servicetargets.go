package rules

import (
	"slices"

	"github.com/seaworthy-lint/seaworthy/lint"
	"github.com/seaworthy-lint/seaworthy/lint/manifest"
	"github.com/seaworthy-lint/seaworthy/lint/scope"
)

func danglingService(p *lint.Pass) {
	switch {
	case isService(p.Object):
		danglingTargets(p)
	case p.Object.Group() == "monitoring.coreos.com":
		danglingMonitor(p)
	}
}

func danglingTargets(p *lint.Pass) {
	selector := p.Object.At("spec", "selector")
	switch {
	case p.Object.At("spec", "type").Str() == "ExternalName":
		return
	case selector.Templated():
		p.UnknownValue(selector)
		return
	case len(selector.Fields()) == 0:
		if !hasEndpoints(p) {
			absentTarget(p, []string{"spec", "selector"}, "Service %q has no selector, and no endpoints of its name are in view", p.Object.Name)
		}
		return
	}
	sure, unsure := p.Scope().PodsBehind(p.Object)
	switch {
	case len(sure)+len(unsure) == 0:
		reportAbsent(p, selector, "Service %q selects no pods in view", p.Object.Name)
	case len(sure) > 0 && len(unsure) == 0:
		for _, port := range p.Object.At("spec", "ports").Items() {
			undeclaredTarget(p, port, sure)
		}
	default:
		p.Unknown(selector, "the pods that it selects cannot all be told")
	}
}

func absentTarget(p *lint.Pass, keys []string, format string, args ...any) {
	if p.Scope().Incomplete() {
		p.Unknown(p.Object.Nearest(keys...), "a document that may hold the object could not be read")
		return
	}
	p.Missingf(p.Object.Node, keys, format, args...).AsNote()
}

// hasEndpoints tells whether endpoints for a Service without selector are in
// view: Endpoints of its name, or slices that carry it as a label.
func hasEndpoints(p *lint.Pass) bool {
	if len(near(p, "", "Endpoints", p.Object.Name, p.Object.Namespace)) > 0 {
		return true
	}
	sure, unsure := p.Scope().Objects("discovery.k8s.io", "EndpointSlice", p.Object.Namespace)
	return slices.ContainsFunc(append(sure, unsure...), func(o *manifest.Object) bool {
		return o.At("metadata", "labels", "kubernetes.io/service-name").Str() == p.Object.Name || o.Name == p.Object.Name
	})
}

// undeclaredTarget judges a port of a Service whose pods are all known. Only
// what stays can serve it: plain init containers do not count. A number need
// not be declared.
func undeclaredTarget(p *lint.Pass, port *manifest.Node, pods []*manifest.Pod) {
	target := port.At("targetPort")
	if target.Templated() || port.At("protocol").Templated() {
		p.UnknownValue(target)
		return
	}
	for _, pod := range pods {
		if slices.ContainsFunc(targetPorts(port, pod), func(found containerPort) bool { return stays(found.container) }) {
			return
		}
		if slices.ContainsFunc(pod.Containers(), hidesPorts) {
			p.Unknown(port, "the ports of the pods are not all in view")
			return
		}
	}
	switch number := target; {
	case target.IsString():
		p.Reportf(target, "Service %q targets the port %q, which none of its pods declares", p.Object.Name, target.Str())
	case target.IsSet() || port.At("port").IsSet():
		if !target.IsSet() {
			number = port.At("port")
		}
		p.Reportf(number, "Service %q targets port %s, which none of its pods lists", p.Object.Name, number.Str()).AsNote()
	}
}

func stays(c *manifest.Container) bool { return c.Role == manifest.App || c.Role == manifest.Sidecar }

// hidesPorts tells whether a container may have ports that are not in view.
func hidesPorts(c *manifest.Container) bool {
	ports := c.At("ports")
	return c.Partial() || ports.Templated() || slices.ContainsFunc(ports.Items(), func(port *manifest.Node) bool {
		return port.Templated() || port.At("name").Templated() || port.At("containerPort").Templated() || port.At("protocol").Templated()
	})
}

// danglingMonitor judges what a ServiceMonitor or PodMonitor selects.
func danglingMonitor(p *lint.Pass) {
	selector := p.Object.At("spec", "selector")
	var found bool
	if p.Object.Kind == "ServiceMonitor" {
		found = slices.ContainsFunc(p.Set.OfKind("", "Service"), func(o *manifest.Object) bool {
			return monitors(p, o.Namespace) && scope.LabelSelector(selector).Matches(o.At("metadata", "labels")) != manifest.False
		})
	} else {
		sure, unsure := p.Scope().SelectedAnywhere(scope.LabelSelector(selector))
		found = slices.ContainsFunc(append(sure, unsure...), func(pod *manifest.Pod) bool { return monitors(p, pod.Object.Namespace) })
	}
	if !found && selector.IsSet() {
		reportAbsent(p, selector, "%s %q selects nothing in view", p.Object.Kind, p.Object.Name)
	}
}

// monitors tells whether a monitor looks, or may look, into a namespace.
func monitors(p *lint.Pass, namespace string) bool {
	in := p.Object.At("spec", "namespaceSelector")
	names := in.At("matchNames").Items()
	switch {
	case in.At("any").True():
		return true
	case len(names) == 0:
		return p.Scope().SameNamespace(p.Object.Namespace, namespace) != manifest.False
	}
	return slices.ContainsFunc(names, func(n *manifest.Node) bool { return p.Scope().SameNamespace(n.Str(), namespace) != manifest.False })
}
