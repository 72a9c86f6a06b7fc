package rules

import (
	"fmt"
	"slices"

	"github.com/seaworthy-lint/seaworthy/lint"
	"github.com/seaworthy-lint/seaworthy/lint/component"
	"github.com/seaworthy-lint/seaworthy/lint/manifest"
)

// clusterComponents are the programs that make a cluster.
var clusterComponents = []string{"etcd", "kube-apiserver", "kube-controller-manager", "kube-scheduler", "kube-proxy", "kubelet"}

// controlPlanePorts are the ports on which they listen: etcd's clients and
// peers, the kubelet and its read-only port, kube-proxy's health and metrics,
// the controller manager and the scheduler.
var controlPlanePorts = []int64{2379, 2380, 10249, 10250, 10255, 10256, 10257, 10259}

const systemNamespace = "kube-system"

func controlPlaneExposed(p *lint.Pass) {
	for _, e := range entrances(p) {
		what := controlPlaneBehind(p, e)
		switch {
		case what == "":
		case !e.sure:
			p.Unknown(e.at, "which Service is meant is not known")
		default:
			p.Reportf(e.at, "%s %q publishes %s", p.Object.Kind, p.Object.Name, what).Relate(e.service.Node, "the Service that leads there")
		}
	}
	for _, b := range backends(p.Object) {
		if b.name == "kubernetes" && b.namespace == "default" {
			p.Reportf(b.node, "%s %q publishes kube-apiserver", p.Object.Kind, p.Object.Name)
		}
	}
}

// controlPlaneBehind says which part of the control plane an entrance leads
// to, "" when none is known to be there.
func controlPlaneBehind(p *lint.Pass, e entrance) string {
	selector := e.service.At("spec", "selector")
	pods, unsure := p.Scope().PodsBehind(e.service)
	for _, pod := range pods {
		for _, c := range pod.Containers() {
			if name := component.InContainer(c); name != "" && e.leadsTo(c) {
				return string(name)
			}
		}
	}
	if name := selectedComponent(e.service); name != "" {
		return name
	}
	inSystem := e.service.Namespace == systemNamespace
	if inSystem && len(selector.Fields()) == 0 && slices.Contains(clusterComponents, e.service.Name) {
		return e.service.Name
	}
	if !inSystem || len(pods)+len(unsure) > 0 {
		return ""
	}
	for _, port := range e.ports {
		for _, n := range []*manifest.Node{port.At("targetPort"), port.At("port")} {
			if number, _ := n.Int(); slices.Contains(controlPlanePorts, number) {
				return fmt.Sprintf("port %d of pods in %s", number, systemNamespace)
			}
		}
	}
	return ""
}

// selectedComponent is the component that a Service selects by the labels that
// kubeadm and others give to its pods. An etcd that serves an application has
// such labels too, but is not in kube-system.
func selectedComponent(service *manifest.Object) string {
	selector := service.At("spec", "selector")
	for _, key := range []string{"component", "k8s-app", "app.kubernetes.io/name"} {
		name := selector.At(key).Str()
		if !slices.Contains(clusterComponents, name) {
			continue
		}
		if name != "etcd" || service.Namespace == systemNamespace || selector.At("tier").Str() == "control-plane" {
			return name
		}
	}
	return ""
}
