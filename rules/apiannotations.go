package rules

import (
	"slices"
	"strings"

	"github.com/seaworthy-lint/seaworthy/lint"
	"github.com/seaworthy-lint/seaworthy/lint/manifest"
)

func ignoredSecurityAnnotation(p *lint.Pass) {
	if p.Object.Kind == "PodSecurityPolicy" {
		ignoredPodSecurityPolicy(p)
		return
	}
	eachLinuxPod(ignoredAnnotations)(p)
}

// ignoredAnnotations judges the annotations of the pod, and those of its
// controller, which nothing copies to the pod.
func ignoredAnnotations(p *lint.Pass, pod *manifest.Pod) {
	own := pod.Metadata.At("annotations")
	for _, annotation := range own.Fields() {
		name, isAppArmor := strings.CutPrefix(annotation.Key, appArmorAnnotation)
		switch {
		case isAppArmor:
			strayAppArmor(p, pod, annotation, name)
		case p.Version.AtLeast(27):
			ignoredSeccomp(p, pod, annotation, "which Kubernetes ignores from 1.27 on")
		}
	}
	critical := own.At("scheduler.alpha.kubernetes.io/critical-pod")
	if critical.IsSet() && p.Version.AtLeast(16) && pod.At("priorityClassName").Str() == "" {
		p.Reportf(critical, "annotation %s is ignored from Kubernetes 1.16 on", critical.Key).AsNote()
	}
	if outer := p.Object.At("metadata"); outer != pod.Metadata && len(p.Object.Pods()) == 1 {
		ignoredOnController(p, pod, outer.At("annotations"))
	}
}

// ignoredOnController reports what stands on the controller and not on its pod
// template.
func ignoredOnController(p *lint.Pass, pod *manifest.Pod, annotations *manifest.Node) {
	for _, annotation := range annotations.Fields() {
		name, isAppArmor := strings.CutPrefix(annotation.Key, appArmorAnnotation)
		switch {
		case pod.Annotation(annotation.Key).IsSet():
		case !isAppArmor:
			ignoredSeccomp(p, pod, annotation, "which is read from pods and not from their controllers")
		case protects(p, annotation) && !confinedBy(pod, "appArmorProfile", name):
			p.Reportf(annotation, "AppArmor profile %q stands on the %s, not on its pod template, and is ignored", annotation.Str(), p.Object.Kind)
		}
	}
}

// strayAppArmor reports an annotation for a container that is not there.
func strayAppArmor(p *lint.Pass, pod *manifest.Pod, annotation *manifest.Node, name string) {
	exists := func(c *manifest.Container) bool { return c.Name() == name }
	untold := func(c *manifest.Container) bool { return c.At("name").Templated() }
	switch containers := pod.Containers(); {
	case slices.ContainsFunc(containers, exists) || pod.Partial || !protects(p, annotation):
	case manifest.IsTemplate(name) || slices.ContainsFunc(containers, untold):
		p.Unknown(annotation, "the name of the container is templated")
	default:
		p.Reportf(annotation, "AppArmor profile %q is for container %q, which the pod does not have", annotation.Str(), name)
	}
}

// ignoredSeccomp reports a seccomp annotation where no field names a profile
// for the containers that it is for.
func ignoredSeccomp(p *lint.Pass, pod *manifest.Pod, annotation *manifest.Node, why string) {
	name, ofContainer := strings.CutPrefix(annotation.Key, seccompContainerAnnotation)
	if !ofContainer && annotation.Key != seccompPodAnnotation || !protects(p, annotation) {
		return
	}
	if !confinedBy(pod, "seccompProfile", name) {
		p.Reportf(annotation, "seccomp profile %q is set by an annotation, %s", annotation.Str(), why)
	}
}

// protects tells whether an annotation asks for a profile; "unconfined" does
// not, and losing it costs nothing.
func protects(p *lint.Pass, annotation *manifest.Node) bool {
	if annotation.Templated() {
		p.UnknownValue(annotation)
		return false
	}
	return annotation.Str() != "" && annotation.Str() != "unconfined"
}

// confinedBy tells whether a field of the security contexts names a profile
// for the container with the name, or for all when that is not there. An
// operator that completes the pod may set one.
func confinedBy(pod *manifest.Pod, field, name string) bool {
	named := slices.ContainsFunc(pod.Containers(), func(c *manifest.Container) bool { return c.Name() == name })
	for _, c := range pod.Containers() {
		if (!named || c.Name() == name) && !effectiveContext(c, field).IsSet() {
			return pod.Partial
		}
	}
	return true
}

// ignoredPodSecurityPolicy reports a policy that nothing enforces, when no
// other pod policy took its place.
func ignoredPodSecurityPolicy(p *lint.Pass) {
	if !p.Version.AtLeast(25) || slices.ContainsFunc(p.Set.Objects(), isPodPolicy) {
		return
	}
	p.Reportf(p.Object.At("kind"), "PodSecurityPolicy %q has no effect from Kubernetes 1.25 on, and no other pod policy is in view", p.Object.Name)
}

// isPodPolicy tells what decides today which pods are let in.
func isPodPolicy(o *manifest.Object) bool {
	switch group := o.Group(); {
	case group == "" && o.Kind == "Namespace":
		return o.At("metadata", "labels", "pod-security.kubernetes.io/enforce").IsSet()
	case strings.HasSuffix(group, "kyverno.io"):
		return o.Kind == "ClusterPolicy" || o.Kind == "Policy" || o.Kind == "ValidatingPolicy"
	case group == "admissionregistration.k8s.io":
		return o.Kind == "ValidatingAdmissionPolicyBinding"
	}
	return o.Group() == "constraints.gatekeeper.sh"
}
