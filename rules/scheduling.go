package rules

import (
	"path"
	"slices"
	"strings"

	"github.com/seaworthy-lint/seaworthy/lint"
	"github.com/seaworthy-lint/seaworthy/lint/manifest"
)

// steering is a field that brings a pod to control-plane nodes.
type steering struct {
	*manifest.Node
	how string
}

func controlPlaneScheduling(p *lint.Pass, pod *manifest.Pod) {
	namespace := p.Object.At("metadata", "namespace")
	if namespace.Str() == "kube-system" || isMirrorPod(pod) {
		return
	}
	for _, s := range steered(p, pod) {
		if namespace.Str() == "" || namespace.Templated() {
			p.Unknown(s.Node, "the namespace is not known")
			continue
		}
		p.Reportf(s.Node, "the pod %s", s.how)
	}
}

// isMirrorPod tells a pod that a kubelet shows for one of its static pods.
func isMirrorPod(pod *manifest.Pod) bool {
	source := pod.Annotation("kubernetes.io/config.source")
	ofNode := slices.ContainsFunc(pod.Metadata.At("ownerReferences").Items(), func(owner *manifest.Node) bool {
		return owner.At("kind").Str() == "Node"
	})
	return ofNode || source.IsSet() && source.Str() != "api"
}

func steered(p *lint.Pass, pod *manifest.Pod) []steering {
	var found []steering
	for _, label := range pod.At("nodeSelector").Fields() {
		if isControlPlaneLabel(label.Key) {
			found = append(found, steering{label, "selects control-plane nodes"})
		}
	}
	found = append(found, controlPlaneAffinity(pod)...)
	switch n := pod.At("nodeName"); {
	case n.Templated():
		p.UnknownValue(n)
	case n.Str() != "" && !inStaticPodDirectory(n):
		found = append(found, steering{n, "names its node, past the scheduler and the taints that it heeds"})
	}
	if p.Strict {
		for _, t := range pod.At("tolerations").Items() {
			if isBlanketToleration(t) {
				found = append(found, steering{t, "tolerates every taint, that of control-plane nodes too"})
			}
		}
	}
	return found
}

func isControlPlaneLabel(key string) bool {
	return key == "node-role.kubernetes.io/control-plane" || key == "node-role.kubernetes.io/master"
}

// controlPlaneAffinity are the expressions that ask for control-plane nodes,
// when every term has one: terms are alternatives.
func controlPlaneAffinity(pod *manifest.Pod) []steering {
	var found []steering
	terms := pod.At("affinity", "nodeAffinity", "requiredDuringSchedulingIgnoredDuringExecution", "nodeSelectorTerms").Items()
	for _, term := range terms {
		before := len(found)
		for _, e := range term.At("matchExpressions").Items() {
			operator := e.At("operator").Str()
			if key := e.At("key"); isControlPlaneLabel(key.Str()) && (operator == "Exists" || operator == "In") {
				found = append(found, steering{key, "requires control-plane nodes"})
			}
		}
		if len(found) == before {
			return nil
		}
	}
	return found
}

// isBlanketToleration tells whether a toleration covers the NoSchedule taint of
// control-plane nodes by covering every taint.
func isBlanketToleration(t *manifest.Node) bool {
	effect := t.At("effect").Str()
	return t.At("operator").Str() == "Exists" && t.At("key").Str() == "" && (effect == "" || effect == "NoSchedule")
}

// inStaticPodDirectory tells whether the file lies where kubelets read pods
// from: by kubeadm's path, or by a directory named for it.
func inStaticPodDirectory(n *manifest.Node) bool {
	dir := path.Dir(strings.ReplaceAll(n.Span().File.Path, `\`, "/"))
	if strings.HasSuffix("/"+dir, "/etc/kubernetes/manifests") {
		return true
	}
	switch strings.NewReplacer("-", "", "_", "").Replace(path.Base(dir)) {
	case "staticpods", "staticpod", "staticmanifests", "podmanifests":
		return true
	}
	return false
}
