package manifest

import (
	"slices"
	"strings"
)

// templateForm tells what stands at a path where pods are described.
type templateForm uint8

const (
	podTemplate templateForm = iota // a PodTemplateSpec: metadata and spec
	podSpec                         // a PodSpec
	podFields                       // some fields of a pod, and containers beside them
)

// podPlace tells where objects of some kinds describe pods. Paths are keys
// joined by dots; "key[]" goes into each item of a list, "*" into each field
// of a map, and "*Suffix" into each field whose key ends so.
type podPlace struct {
	groups, kinds []string
	at            []string
	form          templateForm
	// containers are paths below at; podContainers when nil.
	containers []string
	// pod is the path below at of the pod-level fields.
	pod string
	// podSecurity is the key of the pod-level security context where it is not
	// securityContext.
	podSecurity string
	// outer is the path from the root of fields that hold for every pod.
	outer   string
	batch   bool
	partial bool
}

var podContainers = []string{"containers[]", "initContainers[]", "ephemeralContainers[]"}

// findPods finds the pod templates of an object: by the built-in kinds, by the
// table of custom kinds, else by shape.
func (o *Object) findPods() []*Pod {
	group := o.Group()
	if path, batch, ok := builtinPath(group, o.Kind); ok {
		return o.builtinPods(path, batch)
	}
	if isSchemaOrPolicy(group, o.Kind) {
		return nil
	}
	if place := customPlace(group, o.Kind); place != nil {
		return o.podsAt(place)
	}
	if isBuiltinGroup(group) {
		return nil
	}
	return o.podsByShape()
}

// DescribesPods tells whether objects of the kind may hold a pod template, as
// far as the kind tells: any custom resource may, by its shape.
func DescribesPods(group, kind string) bool {
	if _, _, ok := builtinPath(group, kind); ok {
		return true
	}
	if isSchemaOrPolicy(group, kind) {
		return false
	}
	return !isBuiltinGroup(group) || customPlace(group, kind) != nil
}

// builtinPath is the path of the pod template of a built-in workload kind, in
// every apiVersion that was ever served. A kind with the group left out or
// mistaken for another built-in one is still meant.
func builtinPath(group, kind string) (path []string, batch, ok bool) {
	switch group {
	case "", "apps", "extensions", "batch":
	default:
		return nil, false, false
	}
	switch kind {
	case "Pod":
		return nil, false, true
	case "PodTemplate":
		return []string{"template"}, false, true
	case "ReplicationController", "ReplicaSet", "Deployment", "DaemonSet", "StatefulSet":
		return []string{"spec", "template"}, false, true
	case "Job":
		return []string{"spec", "template"}, true, true
	case "CronJob", "ScheduledJob":
		return []string{"spec", "jobTemplate", "spec", "template"}, true, true
	}
	return nil, false, false
}

func isBuiltinGroup(group string) bool {
	return !strings.Contains(group, ".") || strings.HasSuffix(group, ".k8s.io") && !strings.HasSuffix(group, ".x-k8s.io")
}

// isSchemaOrPolicy names kinds that hold patterns or schemas of pods, which
// are no pods.
func isSchemaOrPolicy(group, kind string) bool {
	switch {
	case kind == "CustomResourceDefinition", kind == "CompositeResourceDefinition":
		return true
	case strings.HasSuffix(group, "kyverno.io"), strings.HasSuffix(group, "gatekeeper.sh"):
		return true
	}
	return group == "admissionregistration.k8s.io" || group == "kustomize.config.k8s.io"
}

// builtinPods reads a built-in kind, whose shape the API server enforces:
// what it could not read is a problem.
func (o *Object) builtinPods(path []string, batch bool) []*Pod {
	template := o.Node
	for _, key := range path {
		if template = o.mapAt(template, key); template == nil {
			return nil
		}
	}
	if template.At("spec") != nil && o.mapAt(template, "spec") == nil {
		return nil
	}
	pod := &Pod{Object: o, Metadata: template.At("metadata"), Spec: template.At("spec"), Batch: batch, securityContext: "securityContext"}
	for _, key := range []string{"containers", "initContainers", "ephemeralContainers", "volumes"} {
		o.checkList(pod.Spec.At(key))
	}
	pod.addContainers(pod.Spec, podContainers)
	return []*Pod{pod}
}

// mapAt is the map at key; when there is something else, that is a problem.
func (o *Object) mapAt(n *Node, key string) *Node {
	next := n.At(key)
	if next == nil || next.Kind == Map {
		return next
	}
	o.Problems = append(o.Problems, Problem{Span: next.Field(), Reason: next.Path() + " must be a map: there is no pod to judge"})
	return nil
}

// checkList records what the API server could not decode as a list of maps.
func (o *Object) checkList(n *Node) {
	if !n.IsSet() || n.Templated() {
		return
	}
	if n.Kind != List {
		o.Problems = append(o.Problems, Problem{Span: n.Field(), Reason: n.Path() + " must be a list"})
		return
	}
	for _, item := range n.Kids {
		if item.Kind != Map && !item.Templated() {
			o.Problems = append(o.Problems, Problem{Span: item.Field(), Reason: item.Path() + " must be a map"})
		}
	}
}

func customPlace(group, kind string) *podPlace {
	for i := range customPods {
		if place := &customPods[i]; slices.Contains(place.kinds, kind) && slices.Contains(place.groups, group) {
			return place
		}
	}
	return nil
}

func (o *Object) podsAt(place *podPlace) []*Pod {
	if o.Kind == "Rollout" && o.At("spec", "workloadRef").IsSet() {
		return nil
	}
	var pods []*Pod
	for _, path := range place.at {
		for _, n := range o.follow(path) {
			pods = append(pods, o.customPod(place, n))
		}
	}
	return pods
}

func (o *Object) customPod(place *podPlace, n *Node) *Pod {
	pod := &Pod{Object: o, Spec: n, Batch: place.batch, Partial: place.partial || place.form == podFields, securityContext: "securityContext"}
	switch place.form {
	case podTemplate:
		pod.Metadata, pod.Spec = n.At("metadata"), n.At("spec")
	case podFields:
		pod.Metadata = n.At("metadata")
		if place.pod != "" {
			pod.Spec = n.At(place.pod)
		}
		if place.podSecurity != "" {
			pod.securityContext = place.podSecurity
		}
	}
	if place.outer != "" {
		pod.outer = o.At(strings.Split(place.outer, ".")...)
	}
	base := n
	if place.form == podTemplate {
		base = pod.Spec
	}
	paths := place.containers
	if paths == nil {
		paths = podContainers
	}
	pod.addContainers(base, paths)
	for _, c := range pod.containers {
		if !c.At("image").IsSet() {
			pod.Partial = true
		}
	}
	return pod
}

func (p *Pod) addContainers(base *Node, paths []string) {
	for _, path := range paths {
		for _, n := range base.follow(path) {
			if n.Kind == Map {
				p.containers = append(p.containers, &Container{Node: n, Pod: p, Role: roleOf(path, n)})
			}
		}
	}
}

func roleOf(path string, n *Node) Role {
	switch {
	case strings.HasSuffix(path, "ephemeralContainers[]"):
		return Ephemeral
	case !strings.HasSuffix(path, "initContainers[]"):
		return App
	case n.At("restartPolicy").Str() == "Always":
		return Sidecar
	}
	return Init
}

// follow finds the nodes at a path of podPlace.
func (n *Node) follow(path string) []*Node {
	if n == nil {
		return nil
	}
	nodes := []*Node{n}
	for _, step := range strings.Split(path, ".") {
		var next []*Node
		for _, at := range nodes {
			next = append(next, at.step(step)...)
		}
		nodes = next
	}
	return nodes
}

func (n *Node) step(step string) []*Node {
	if key, ok := strings.CutSuffix(step, "[]"); ok {
		return n.At(key).Items()
	}
	if suffix, ok := strings.CutPrefix(step, "*"); ok {
		var found []*Node
		for _, f := range n.Fields() {
			if strings.HasSuffix(f.Key, suffix) {
				found = append(found, f)
			}
		}
		return found
	}
	if kid := n.At(step); kid.IsSet() {
		return []*Node{kid}
	}
	return nil
}

// shapeDepth is how deep pod specs are looked for in an unknown kind.
const shapeDepth = 24

// podsByShape finds maps under a key spec that hold a non-empty list of
// containers, each with name and image.
func (o *Object) podsByShape() []*Pod {
	var pods []*Pod
	var walk func(n *Node, depth int)
	walk = func(n *Node, depth int) {
		if depth > shapeDepth || n.Kind == Scalar {
			return
		}
		if n.Key == "spec" && hasContainers(n) {
			pod := &Pod{Object: o, Spec: n, securityContext: "securityContext"}
			if n.Parent != o.Node {
				pod.Metadata = n.Parent.At("metadata")
			}
			pod.addContainers(n, podContainers)
			pods = append(pods, pod)
			return
		}
		for _, kid := range n.Kids {
			walk(kid, depth+1)
		}
	}
	walk(o.Node, 0)
	return pods
}

func hasContainers(spec *Node) bool {
	items := spec.At("containers").Items()
	for _, c := range items {
		if c.At("name").Str() == "" || c.At("image").Str() == "" {
			return false
		}
	}
	return len(items) > 0
}
