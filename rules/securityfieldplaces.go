package rules

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/seaworthy-lint/seaworthy/lint"
	"github.com/seaworthy-lint/seaworthy/lint/manifest"
	"github.com/seaworthy-lint/seaworthy/lint/nearest"
)

// The security fields of a pod, by where they hold (PodSpec,
// PodSecurityContext and SecurityContext of core/v1).
var (
	containerContextFields = []string{"privileged", "capabilities", "allowPrivilegeEscalation", "readOnlyRootFilesystem", "procMount"}
	anyContextFields       = []string{"runAsUser", "runAsGroup", "runAsNonRoot", "seccompProfile", "appArmorProfile", "seLinuxOptions", "windowsOptions"}
	podContextFields       = []string{"fsGroup", "fsGroupChangePolicy", "supplementalGroups", "supplementalGroupsPolicy", "sysctls", "seLinuxChangePolicy"}
	podSpecFields          = []string{"hostNetwork", "hostPID", "hostIPC", "hostUsers", "automountServiceAccountToken", "shareProcessNamespace"}
	contextField           = []string{"securityContext"}

	booleanFields = []string{
		"privileged", "allowPrivilegeEscalation", "readOnlyRootFilesystem", "runAsNonRoot", "hostNetwork", "hostPID", "hostIPC",
		"hostUsers", "automountServiceAccountToken",
	}
)

// fieldPlace is a map in which some security fields hold, and others stand in
// vain.
type fieldPlace struct {
	node *manifest.Node
	// called is the place in messages.
	called         string
	holds, foreign []string
}

// judge reports the fields of a place that have no effect there, and those
// that are misspelt.
func (f fieldPlace) judge(p *lint.Pass) {
	for _, n := range f.node.Fields() {
		switch {
		case slices.Contains(f.holds, n.Key):
			notBoolean(p, n)
		case slices.Contains(f.foreign, n.Key):
			reportField(p, n, fmt.Sprintf("%s has no effect in %s", n.Key, f.called))
		default:
			if meant := meantField(n.Key, f.holds); meant != "" {
				reportField(p, n, fmt.Sprintf("%s has no field %q (did you mean %s?)", f.called, n.Key, meant))
			}
		}
	}
}

// reportField names the key, so that a broader rule is silent about it.
func reportField(p *lint.Pass, n *manifest.Node, message string) {
	p.Reportf(n, "%s", message).About(n.Path())
}

// notBoolean reports a value that the API server refuses: what it was to
// switch off or on stays as it is.
func notBoolean(p *lint.Pass, n *manifest.Node) {
	if slices.Contains(booleanFields, n.Key) && n.IsSet() && !n.Templated() && n.Truth() == manifest.Unknown {
		reportField(p, n, fmt.Sprintf("%s is %s, where the API takes a boolean", n.Key, describe(n)))
	}
}

// meantField is the field that a key is one edit or letters' case away from.
// Short names have too many words near them for an edit.
func meantField(key string, fields []string) string {
	for _, field := range fields {
		distance := nearest.Distance(strings.ToLower(key), strings.ToLower(field))
		if distance == 0 || distance == 1 && len(field) > 5 {
			return field
		}
	}
	return ""
}

func securityFieldIgnored(p *lint.Pass) {
	for _, pod := range p.Object.Pods() {
		ignoredInPod(p.InPod(pod), pod)
	}
	switch group := p.Object.Group(); {
	case p.Object.Kind == "Namespace" && group == "":
		podSecurityLabels(p)
	case p.Object.Kind == "ServiceAccount" && group == "":
		token := []string{"automountServiceAccountToken"}
		fieldPlace{p.Object.Node, "the ServiceAccount", token, nil}.judge(p)
		fieldPlace{p.Object.At("metadata"), "the metadata of the ServiceAccount", nil, token}.judge(p)
		fieldPlace{p.Object.At("spec"), "a spec of the ServiceAccount", nil, token}.judge(p)
	case p.Object.Kind == "NetworkPolicy" && group == "networking.k8s.io":
		ignoredInPolicy(p)
	case p.Object.Kind == "PodDisruptionBudget":
		fields := []string{"minAvailable", "maxUnavailable", "selector", "unhealthyPodEvictionPolicy"}
		fieldPlace{p.Object.Node, "the PodDisruptionBudget outside its spec", []string{"spec"}, fields}.judge(p)
		fieldPlace{p.Object.At("spec"), "the spec of the PodDisruptionBudget", fields, nil}.judge(p)
	}
}

// ignoredInPod leaves out templates that an operator completes: their fields
// are not those of a pod.
func ignoredInPod(p *lint.Pass, pod *manifest.Pod) {
	if pod.Partial {
		return
	}
	inContext := slices.Concat(containerContextFields, anyContextFields, podContextFields)
	fieldPlace{
		pod.At("securityContext"), "the securityContext of the pod",
		slices.Concat(anyContextFields, podContextFields), slices.Concat(containerContextFields, podSpecFields),
	}.judge(p)
	for _, c := range pod.Containers() {
		own := p.In(c)
		fieldPlace{
			c.At("securityContext"), fmt.Sprintf("the securityContext of container %q", c.Name()),
			slices.Concat(anyContextFields, containerContextFields), slices.Concat(podContextFields, podSpecFields),
		}.judge(own)
		fieldPlace{c.Node, fmt.Sprintf("container %q", c.Name()), contextField, slices.Concat(inContext, podSpecFields)}.judge(own)
	}
	if hasBuiltinPods(p.Object) {
		fieldPlace{pod.Spec, "the pod's spec", slices.Concat(contextField, podSpecFields), inContext}.judge(p)
		ignoredAround(p, pod, slices.Concat(contextField, inContext, podSpecFields))
	}
}

// hasBuiltinPods tells whether the pods of an object are those of a built-in
// kind, with the fields of a pod and no others.
func hasBuiltinPods(o *manifest.Object) bool {
	group := o.Group()
	return group == "" || group == "apps" || group == "batch" || group == "extensions"
}

// ignoredAround judges the objects around a pod's spec.
func ignoredAround(p *lint.Pass, pod *manifest.Pod, fields []string) {
	if pod.Spec == nil {
		return
	}
	for n := pod.Spec.Parent; n != nil; n = n.Parent {
		fieldPlace{n, cmp.Or(n.Path(), "the "+p.Object.Kind) + ", outside the pod's spec", nil, fields}.judge(p)
	}
}

// ignoredInPolicy judges a NetworkPolicy: a rule whose from or to is misspelt
// lets everybody in or out.
func ignoredInPolicy(p *lint.Pass) {
	fields := []string{"podSelector", "policyTypes", "ingress", "egress"}
	fieldPlace{p.Object.Node, "the NetworkPolicy outside its spec", []string{"spec"}, fields}.judge(p)
	spec := p.Object.At("spec")
	fieldPlace{spec, "the spec of the NetworkPolicy", fields, nil}.judge(p)
	for direction, peers := range map[string]string{"ingress": "from", "egress": "to"} {
		for _, rule := range spec.At(direction).Items() {
			fieldPlace{rule, "an " + direction + " rule", []string{peers, "ports"}, nil}.judge(p)
			for _, peer := range rule.At(peers).Items() {
				fieldPlace{peer, "a peer of an " + direction + " rule", []string{"podSelector", "namespaceSelector", "ipBlock"}, nil}.judge(p)
			}
		}
	}
}

const podSecurityPrefix = "pod-security.kubernetes.io/"

var podSecurityVersion = lazyRegexp(`^(latest|v1\.(0|[1-9][0-9]*))$`)

// podSecurityLabels judges the labels by which a namespace asks for a Pod
// Security Standard. The admission controller takes a level that it does not
// know for restricted in requests, but the API server refuses new ones.
func podSecurityLabels(p *lint.Pass) {
	for _, label := range p.Object.At("metadata", "labels").Fields() {
		key, ok := strings.CutPrefix(label.Key, podSecurityPrefix)
		if !ok {
			continue
		}
		mode, isVersion := strings.CutSuffix(key, "-version")
		switch value := label.Str(); {
		case !slices.Contains([]string{"enforce", "audit", "warn"}, mode):
			reportField(p, label, fmt.Sprintf("Pod Security Admission knows no label %q", label.Key))
		case label.Templated():
			p.UnknownValue(label)
		case isVersion && !podSecurityVersion().MatchString(value):
			reportField(p, label, fmt.Sprintf("label %q names %q, which is no version such as latest or v1.30", label.Key, value))
		case !isVersion && !slices.Contains([]string{"privileged", "baseline", "restricted"}, value):
			reportField(p, label, fmt.Sprintf("label %q names %q, which is no level of the Pod Security Standards", label.Key, value))
		}
	}
}
