package rules

import (
	"slices"

	"github.com/seaworthy-lint/seaworthy/lint"
	"github.com/seaworthy-lint/seaworthy/lint/manifest"
)

// limitedWorkloads are workloads, judged together with the LimitRanges that
// complete them.
var limitedWorkloads = lint.Kinds{Workloads: true, Context: []string{"LimitRange"}}

var resources = []lint.Rule{
	{
		ID:       "cpu-request-missing",
		Family:   "resources",
		Title:    "container has no CPU request",
		Why:      "The scheduler counts a container without a CPU request as needing none, so nodes fill up until everything on them is slow.",
		Fix:      "set resources.requests.cpu to what was measured",
		FixKind:  lint.NoFix,
		Versions: "Resources of the whole pod count from 1.34 on.",
		Severity: lint.Low,
		Points:   +1,
		Profiles: []string{"reliability", "nsa", "kubesec"},
		Aliases: []string{
			"kubesec:RequestsCPU", "kube-linter:unset-cpu-requirements", "kube-score:container-resources",
			"polaris:cpuRequestsMissing", "trivy-checks:KSV-0015", "checkov:CKV_K8S_10", "kubescape:C-0050",
			"kubescape:C-0268", "kics:ca469dd4-c736-448f-8ac1-30a642705e0a",
		},
		References: []string{"NSA:resource-policies", "NIST:4.3.4", "OWASP:K01"},
		Kinds:      limitedWorkloads,
		Scope:      lint.ContainerScope,
		Check:      quantityMissing("requests", "cpu", "CPU request"),
	},
	{
		ID:     "cpu-limit-missing",
		Family: "resources",
		Title:  "container has no CPU limit",
		Why: "A container without a CPU limit may use all spare CPU of its node. " +
			"Limits also throttle bursts that would have harmed nobody, which is why only the kubesec profile asks for them.",
		Fix:      "set resources.limits.cpu if the platform asks for it",
		FixKind:  lint.NoFix,
		Versions: "Resources of the whole pod count from 1.34 on.",
		Severity: lint.Low,
		Points:   +1,
		Profiles: []string{"kubesec"},
		Aliases: []string{
			"kubesec:LimitsCPU", "kube-score:container-resources", "polaris:cpuLimitsMissing", "trivy-checks:KSV-0011",
			"checkov:CKV_K8S_11", "kubescape:C-0009", "kubescape:C-0050", "kubescape:C-0270", "kubescape:C-0303",
			"kics:4ac0e2b7-d2d2-4af7-8799-e8de6721ccda",
		},
		References: []string{"ATTACK:T1499", "OWASP:K01"},
		Kinds:      limitedWorkloads,
		Scope:      lint.ContainerScope,
		Check:      quantityMissing("limits", "cpu", "CPU limit"),
	},
	{
		ID:     "memory-request-missing",
		Family: "resources",
		Title:  "container has no memory request",
		Why: "The scheduler counts a container without a memory request as needing none, " +
			"and the kernel kills such containers among the first when a node runs out of memory.",
		Fix:      "set resources.requests.memory to what was measured",
		FixKind:  lint.NoFix,
		Versions: "Resources of the whole pod count from 1.34 on.",
		Severity: lint.Low,
		Points:   +1,
		Profiles: []string{"reliability", "nsa", "kubesec"},
		Aliases: []string{
			"kubesec:RequestsMemory", "kube-score:container-resources", "polaris:memoryRequestsMissing",
			"trivy-checks:KSV-0016", "checkov:CKV_K8S_12", "kubescape:C-0004", "kubescape:C-0269",
			"kics:229588ef-8fde-40c8-8756-f4f2b5825ded",
		},
		References: []string{"NSA:resource-policies", "NIST:4.3.4", "OWASP:K01"},
		Kinds:      limitedWorkloads,
		Scope:      lint.ContainerScope,
		Check:      quantityMissing("requests", "memory", "memory request"),
	},
	{
		ID:     "memory-limit-missing",
		Family: "resources",
		Title:  "container has no memory limit",
		Why: "A container without a memory limit can take all memory of its node, by a leak or by intent, " +
			"and take the other pods there down with it.",
		Fix:      "set resources.limits.memory to what was measured",
		FixKind:  lint.NoFix,
		Versions: "Resources of the whole pod count from 1.34 on.",
		Severity: lint.Medium,
		Points:   +1,
		Profiles: []string{"default", "strict", "reliability", "nsa", "kubesec"},
		Aliases: []string{
			"kubesec:LimitsMemory", "kube-linter:unset-memory-requirements", "kube-score:container-resources",
			"polaris:memoryLimitsMissing", "trivy-checks:KSV-0018", "checkov:CKV_K8S_13", "kubescape:C-0004",
			"kubescape:C-0009", "kubescape:C-0271", "kubescape:C-0303", "kics:b14d1bc4-a208-45db-92f0-e21f8e2588e9",
		},
		References: []string{"NSA:resource-policies", "NIST:4.3.4", "ATTACK:T1499", "OWASP:K01"},
		Kinds:      limitedWorkloads,
		Scope:      lint.ContainerScope,
		Check:      quantityMissing("limits", "memory", "memory limit"),
	},
	{
		ID:     "ephemeral-storage-missing",
		Family: "resources",
		Title:  "container may fill the disk of its node",
		Why: "Logs, emptyDir volumes and the writable layer of a container without a limit may take all disk space " +
			"of the node, and the kubelet then evicts pods that have done nothing wrong.",
		Fix:        "set requests and limits for ephemeral-storage",
		FixKind:    lint.NoFix,
		Severity:   lint.Low,
		Points:     -1,
		Profiles:   []string{"reliability"},
		Aliases:    []string{"kube-score:container-ephemeral-storage-request-and-limit"},
		References: []string{"ATTACK:T1499"},
		Kinds:      limitedWorkloads,
		Scope:      lint.ContainerScope,
		Check:      quantityMissing("limits", "ephemeral-storage", "ephemeral storage limit"),
	},
	{
		ID:     "memory-overcommitted",
		Family: "resources",
		Title:  "memory limit is far above the request",
		Why: "The scheduler counts only the request. When several containers use what their limits allow, the node " +
			"runs out of memory and the kernel kills processes on it.",
		Fix:      "raise the request or lower the limit",
		FixKind:  lint.NoFix,
		Versions: "Resources of the whole pod count from 1.34 on.",
		Severity: lint.Low,
		Points:   -1,
		Profiles: []string{"reliability"},
		Aliases: []string{
			"kube-score:container-resource-requests-equal-limits", "kube-score:container-memory-requests-equal-limits",
			"kube-score:container-ephemeral-storage-request-equals-limit",
		},
		Kinds:  limitedWorkloads,
		Scope:  lint.ContainerScope,
		Params: &overcommitParams{Ratio: 2},
		Check:  eachPod(memoryOvercommitted),
	},
	{
		ID:     "suspicious-quantity",
		Family: "resources",
		Title:  "quantity has a unit that cannot be meant",
		Why: "512m of memory is half a byte, and 1000 of cpu is a thousand cores: such a container starts nowhere " +
			"or is killed at once. A quantity with a wrong unit passes every schema.",
		Fix:      "write Mi in place of m for memory and m behind thousandths of a core, as the message proposes",
		FixKind:  lint.UnsafeFix,
		Severity: lint.Medium,
		Points:   -2,
		Profiles: []string{"default", "strict", "reliability", "novel"},
		Kinds:    lint.Kinds{Workloads: true, Names: []string{"ResourceQuota", "LimitRange", "PersistentVolumeClaim"}},
		Scope:    lint.ResourceScope,
		Check:    suspiciousQuantity,
	},
	{
		ID:     "volume-claim-access-mode",
		Family: "resources",
		Title:  "volume of a StatefulSet can be mounted on several nodes",
		Why: "Each replica of a StatefulSet gets a volume of its own. With ReadWriteOnce or ReadWriteOncePod " +
			"only the node or pod that uses it can mount it; other modes let other nodes read or write its data.",
		Fix:      "set accessModes: [ReadWriteOnce]",
		FixKind:  lint.NoFix,
		Severity: lint.Low,
		Points:   +1,
		Profiles: []string{"kubesec"},
		Aliases:  []string{"kubesec:VolumeClaimAccessModeReadWriteOnce", "kics:3878dc92-8e5d-47cf-9cdd-7590f71d21b9"},
		Kinds:    lint.Kinds{Names: []string{"StatefulSet"}},
		Scope:    lint.ResourceScope,
		Check:    eachClaimTemplate(volumeClaimAccessMode),
	},
	{
		ID:     "volume-claim-storage-missing",
		Family: "resources",
		Title:  "volume claim requests no storage",
		Why: "A claim that does not say how much storage it needs is rejected, or bound to whatever volume is free, " +
			"which may be far too small or far too large.",
		Fix:      "set resources.requests.storage",
		FixKind:  lint.NoFix,
		Severity: lint.Low,
		Points:   +1,
		Profiles: []string{"kubesec"},
		Aliases:  []string{"kubesec:VolumeClaimRequestsStorage", "kics:8cf4671a-cf3d-46fc-8389-21e7405063a2"},
		Kinds:    lint.Kinds{Names: []string{"StatefulSet", "PersistentVolumeClaim"}},
		Scope:    lint.ResourceScope,
		Check:    volumeClaimStorageMissing,
	},
	{
		ID:     "system-priority-class",
		Family: "resources",
		Title:  "pod has the priority of system components",
		Why: "Pods of the system priority classes push other pods off a full node and are the last to go when it " +
			"runs out of memory. An application that takes the class can starve the components that the cluster " +
			"needs to live.",
		Fix:        "use a PriorityClass of your own",
		FixKind:    lint.UnsafeFix,
		Severity:   lint.Medium,
		Points:     -2,
		Profiles:   []string{"strict", "nsa"},
		Aliases:    []string{"kube-linter:priority-class-name"},
		References: []string{"NSA:resource-policies", "ATTACK:T1499"},
		Kinds:      workloads,
		Scope:      lint.PodScope,
		Params:     &systemPriorityParams{},
		Check:      eachPod(systemPriorityClass),
	},
}

// quantityMissing reports containers for which nobody states a quantity. The
// API server rejects resources in ephemeral containers.
func quantityMissing(section, resource, noun string) func(*lint.Pass) {
	return eachContainer(func(p *lint.Pass, c *manifest.Container) {
		if c.Role == manifest.Ephemeral {
			return
		}
		source := statedQuantity(p, c, section, resource)
		switch source.known {
		case manifest.True:
			p.Comply()
		case manifest.Unknown:
			p.Unknown(source.at, source.reason)
		default:
			p.Missingf(c.Node, []string{"resources", section, resource}, "container %q has no %s", c.Name(), noun)
		}
	})
}

// quantity is where a quantity is stated, and whether it is known to be.
type quantity struct {
	known  manifest.Truth
	at     *manifest.Node
	reason string
}

// statedQuantity finds the quantity in the container, in the pod (KEP-2837, on
// by default from 1.34; not for ephemeral storage) or in a LimitRange.
func statedQuantity(p *lint.Pass, c *manifest.Container, section, resource string) quantity {
	sources := ownQuantities(c.At("resources"), section, resource)
	if p.Version.AtLeast(34) && !c.Partial() && resource != "ephemeral-storage" {
		sources = append(sources, ownQuantities(c.Pod.At("resources"), section, resource)...)
	}
	best := surest(sources)
	if best.known == manifest.True {
		return best
	}
	return surest(append(limitRangeQuantities(p, c, section, resource), best))
}

// ownQuantities are where resources state a quantity: a limit is also the
// request where no request is stated.
func ownQuantities(resources *manifest.Node, section, resource string) []quantity {
	sources := []quantity{quantityAt(resources, section, resource)}
	if section == "requests" {
		sources = append(sources, quantityAt(resources, "limits", resource))
	}
	return sources
}

// surest is the source that settles the question best: one that is known to
// state the quantity, else one that may.
func surest(sources []quantity) quantity {
	for _, known := range []manifest.Truth{manifest.True, manifest.Unknown} {
		if i := slices.IndexFunc(sources, func(q quantity) bool { return q.known == known }); i >= 0 {
			return sources[i]
		}
	}
	return quantity{known: manifest.False}
}

// quantityAt follows keys to a quantity.
func quantityAt(n *manifest.Node, keys ...string) quantity {
	for _, key := range keys {
		if n.IsSet() && n.Kind != manifest.Map {
			break
		}
		n = n.At(key)
	}
	switch {
	case !n.IsSet():
		return quantity{known: manifest.False}
	case n.Templated():
		return quantity{manifest.Unknown, n, "the value is templated"}
	case n.Kind != manifest.Scalar || n.Str() == "" || n.Key != keys[len(keys)-1]:
		return quantity{manifest.Unknown, n, "the value has the wrong type"}
	}
	return quantity{known: manifest.True, at: n}
}

// limitRangeFields are the fields of a LimitRange's item that supply a
// quantity which a container leaves out: the API server fills the default from
// max, and the default request from default, then min.
var limitRangeFields = map[string][]string{
	"limits":   {"default", "max"},
	"requests": {"defaultRequest", "default", "max", "min"},
}

// limitRangeQuantities are what the LimitRanges in view supply to containers
// in the namespace of the pass's object.
func limitRangeQuantities(p *lint.Pass, c *manifest.Container, section, resource string) []quantity {
	var sources []quantity
	for _, o := range p.Set.OfKind("", "LimitRange") {
		same := p.Scope().SameNamespace(o.Namespace, p.Object.Namespace)
		for _, item := range o.At("spec", "limits").Items() {
			if same == manifest.False || item.At("type").Str() != "Container" {
				continue
			}
			for _, field := range limitRangeFields[section] {
				q := quantityAt(item, field, resource)
				if q.known == manifest.True && same == manifest.Unknown {
					q = quantity{manifest.Unknown, c.Node, "a LimitRange that supplies it may or may not be in the same namespace"}
				}
				sources = append(sources, q)
			}
		}
	}
	return sources
}

// eachClaimTemplate makes a rule's check of a check for the spec of one volume
// claim template of a StatefulSet. One without templates complies.
func eachClaimTemplate(check func(p *lint.Pass, template *manifest.Node)) func(*lint.Pass) {
	return func(p *lint.Pass) {
		templates := p.Object.At("spec", "volumeClaimTemplates")
		switch {
		case templates.IsSet() && templates.Kind != manifest.List:
			p.UnknownValue(templates)
		case len(templates.Items()) == 0:
			p.Comply()
		}
		for _, template := range templates.Items() {
			check(p, template)
		}
	}
}

func volumeClaimAccessMode(p *lint.Pass, template *manifest.Node) {
	modes := template.At("spec", "accessModes")
	name := template.At("metadata", "name").Str()
	switch items := modes.Items(); {
	case modes.IsSet() && modes.Kind != manifest.List:
		p.UnknownValue(modes)
	case len(items) == 0:
		p.Missingf(template, []string{"spec", "accessModes"}, "volume claim template %q states no access mode", name)
	case len(items) > 1 && !slices.ContainsFunc(items, isSharedMode):
		p.Reportf(modes, "volume claim template %q states %d access modes", name, len(items))
	default:
		for _, mode := range items {
			switch {
			case mode.Templated() || !mode.IsString():
				p.UnknownValue(mode)
			case isSharedMode(mode):
				p.Reportf(mode, "volume claim template %q has access mode %s", name, mode.Str())
			default:
				p.Comply()
			}
		}
	}
}

// isSharedMode tells whether an access mode lets more than one node mount the
// volume.
func isSharedMode(mode *manifest.Node) bool {
	return mode.Str() != "ReadWriteOnce" && mode.Str() != "ReadWriteOncePod"
}

func volumeClaimStorageMissing(p *lint.Pass) {
	if p.Object.Kind != "PersistentVolumeClaim" {
		eachClaimTemplate(func(p *lint.Pass, template *manifest.Node) {
			requestsStorage(p, template, "volume claim template", template.At("metadata", "name").Str())
		})(p)
		return
	}
	if !p.Object.At("spec", "volumeName").IsSet() {
		requestsStorage(p, p.Object.Node, "volume claim", p.Object.Name)
	}
}

func requestsStorage(p *lint.Pass, claim *manifest.Node, what, name string) {
	q := quantityAt(claim, "spec", "resources", "requests", "storage")
	switch q.known {
	case manifest.True:
		p.Comply()
	case manifest.Unknown:
		p.Unknown(q.at, q.reason)
	default:
		p.Missingf(claim, []string{"spec", "resources", "requests", "storage"}, "%s %q requests no storage", what, name)
	}
}
