package manifest

// Role is the part that a container plays in its pod.
type Role string

// The four container roles. A native sidecar is an init container with
// restartPolicy Always (KEP-753).
const (
	App       Role = "app"
	Init      Role = "init"
	Sidecar   Role = "sidecar"
	Ephemeral Role = "ephemeral"
)

// Pod is a pod template, wherever it stands, or a Pod itself.
type Pod struct {
	Object *Object
	// Metadata is the metadata of the template; nil where the kind has none.
	Metadata *Node
	// Spec holds the pod-level fields.
	Spec *Node
	// Batch tells that the pods run to completion.
	Batch bool
	// Partial tells that an operator completes the template, so that a field
	// that is absent here is not absent in the pod.
	Partial bool

	outer           *Node // pod-level fields that hold where Spec has none
	securityContext string
	containers      []*Container
}

// Container is a container of any role.
type Container struct {
	*Node
	Pod  *Pod
	Role Role
}

// Containers are the containers of all roles.
func (p *Pod) Containers() []*Container { return p.containers }

// Name is the container's name.
func (c *Container) Name() string { return c.At("name").Str() }

// Partial tells that an operator completes the container, so that a field that
// is absent here is not absent in the pod.
func (c *Container) Partial() bool { return c.Pod.Partial }

// At finds a pod-level field.
func (p *Pod) At(keys ...string) *Node {
	if len(keys) > 0 && keys[0] == "securityContext" {
		keys = append([]string{p.securityContext}, keys[1:]...)
	}
	if n := p.Spec.At(keys...); n.IsSet() || p.outer == nil {
		return n
	}
	return p.outer.At(keys...)
}

// Effective is the value that holds for the container where container and pod
// have the same field of their securityContext: the container's if it is set,
// else the pod's.
func (c *Container) Effective(keys ...string) *Node {
	path := append([]string{"securityContext"}, keys...)
	if n := c.At(path...); n.IsSet() {
		return n
	}
	return c.Pod.At(path...)
}

// Annotation is an annotation of the pod template.
func (p *Pod) Annotation(key string) *Node { return p.Metadata.At("annotations", key) }

// Volumes are the volumes of the pod.
func (p *Pod) Volumes() []*Node { return p.At("volumes").Items() }

// Windows tells whether the pod says that it runs on Windows, by spec.os, by a
// node selector or by required node affinity. A pod that says nothing runs on
// Linux.
func (p *Pod) Windows() bool {
	const osLabel = "kubernetes.io/os"
	if os := p.At("os", "name"); os.IsSet() {
		return os.Str() == "windows"
	}
	if p.At("nodeSelector", osLabel).Str() == "windows" {
		return true
	}
	terms := p.At("affinity", "nodeAffinity", "requiredDuringSchedulingIgnoredDuringExecution", "nodeSelectorTerms").Items()
	for _, term := range terms {
		if !selectsOnlyWindows(term, osLabel) {
			return false
		}
	}
	return len(terms) > 0
}

func selectsOnlyWindows(term *Node, osLabel string) bool {
	for _, e := range term.At("matchExpressions").Items() {
		values := e.At("values").Items()
		if e.At("key").Str() == osLabel && e.At("operator").Str() == "In" && len(values) == 1 && values[0].Str() == "windows" {
			return true
		}
	}
	return false
}
