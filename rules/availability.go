package rules

import (
	"slices"
	"strings"

	"github.com/seaworthy-lint/seaworthy/lint"
	"github.com/seaworthy-lint/seaworthy/lint/manifest"
	"github.com/seaworthy-lint/seaworthy/lint/scope"
)

// replicated are the kinds that keep a number of equal pods running.
var replicated = []string{
	"Deployment", "StatefulSet", "ReplicaSet", "ReplicationController", "argoproj.io/Rollout", "CloneSet", "DeploymentConfig",
}

// replicaParams are the parameters of rules that ask for replicas.
type replicaParams struct {
	MinReplicas int64 `doc:"how many replicas are asked for" min:"1"`
}

func minReplicas(p *lint.Pass) int64 {
	params, _ := p.Rule.Params.(*replicaParams)
	return params.MinReplicas
}

func singleReplica(p *lint.Pass) {
	field := p.Object.At("spec", "replicas")
	scalers, unsure := autoscalersOf(p.Set, p.Object)
	replicas, known := ownReplicas(p.Object)
	switch {
	case len(scalers) > 0 || known && (replicas == 0 || replicas >= minReplicas(p)):
		return
	case !known:
		p.Unknown(p.Object.Nearest("spec", "replicas"), "the number of replicas is not known")
		return
	case unsure:
		p.Unknown(p.Object.Nearest("spec", "replicas"), "an autoscaler in view may or may not scale the workload")
		return
	}
	if recreates(p.Object) {
		switch claim, single := singleNodeClaim(p.Set, p.Object); single {
		case manifest.True:
			return
		case manifest.Unknown:
			p.Unknown(claim, "the access modes of the claim are not known")
			return
		}
	}
	if field.IsSet() {
		p.Reportf(field, "the replica count is %d", replicas)
		return
	}
	p.Missingf(p.Object.Node, []string{"spec", "replicas"}, "no replica count is named, which makes it 1")
}

func recreates(o *manifest.Object) bool { return o.At("spec", "strategy", "type").Str() == "Recreate" }

// singleNodeClaim tells whether a workload mounts a volume claim that only one
// node can use at a time, and which.
func singleNodeClaim(set *manifest.Set, o *manifest.Object) (claim *manifest.Node, single manifest.Truth) {
	single = manifest.False
	for _, pod := range o.Pods() {
		for _, volume := range pod.Volumes() {
			name := volume.At("persistentVolumeClaim", "claimName")
			if !name.IsSet() {
				continue
			}
			switch isSingleNode(set, o, name.Str()) {
			case manifest.True:
				return name, manifest.True
			case manifest.Unknown:
				claim, single = name, manifest.Unknown
			}
		}
	}
	return claim, single
}

func isSingleNode(set *manifest.Set, o *manifest.Object, claim string) manifest.Truth {
	for _, c := range set.Named("", "PersistentVolumeClaim", claim) {
		modes := c.At("spec", "accessModes").Items()
		if scope.Of(set).SameNamespace(c.Namespace, o.Namespace) == manifest.True && len(modes) > 0 && !slices.ContainsFunc(modes, (*manifest.Node).Templated) {
			return manifest.TruthOf(!slices.ContainsFunc(modes, isSharedMode))
		}
	}
	return manifest.Unknown
}

func recreateStrategy(p *lint.Pass) {
	if !recreates(p.Object) {
		return
	}
	strategy := p.Object.At("spec", "strategy", "type")
	claim, single := singleNodeClaim(p.Set, p.Object)
	for _, pod := range p.Object.Pods() {
		switch served := isServed(p.Set, pod); {
		case served == manifest.False || single == manifest.True:
		case single == manifest.Unknown:
			p.Unknown(claim, "the access modes of the claim are not known")
		case served == manifest.Unknown:
			p.Unknown(strategy, "a Service in view may or may not select the pods")
		default:
			p.Reportf(strategy, "the workload serves traffic and stops all its pods on each update")
		}
	}
}

func autoscalerReplicasConflict(p *lint.Pass) {
	replicas := p.Object.At("spec", "replicas")
	if !replicas.IsSet() {
		return
	}
	scalers, unsure := autoscalersOf(p.Set, p.Object)
	switch {
	case len(scalers) > 0:
		scaler := scalers[0]
		p.Reportf(replicas, "the replica count is set to %s here, and by %s %q too", replicas.Str(), scaler.Kind, scaler.Name).
			Relate(scaler.At("spec", "scaleTargetRef"), "the autoscaler's target")
	case unsure:
		p.Unknown(replicas, "an autoscaler in view may or may not scale the workload")
	}
}

// severalReplicas tells whether at least two of the object's pods run at any
// time, and how many.
func severalReplicas(p *lint.Pass) (least int64, several bool) {
	least, known, why := leastReplicas(p.Set, p.Object)
	if !known {
		p.Unknown(p.Object.Nearest("spec", "replicas"), why)
	}
	return least, known && least >= 2
}

// podSpreadMissing is about the replicas of one template.
func podSpreadMissing(p *lint.Pass) {
	least, several := severalReplicas(p)
	if !several {
		return
	}
	for _, pod := range p.Object.Pods() {
		switch spread := isSpread(p.Set, pod); spread {
		case manifest.Unknown:
			p.Unknown(pod.Spec, "a constraint may or may not select the pods")
		case manifest.False:
			p.InPod(pod).Missingf(pod.Spec, []string{"topologySpreadConstraints"}, "all %d pods may run on one node", least)
		}
	}
}

// isSpread tells whether anything asks the scheduler to keep the pods apart.
func isSpread(set *manifest.Set, pod *manifest.Pod) manifest.Truth {
	affinity := pod.At("affinity", "podAntiAffinity")
	spread := manifest.False
	for _, term := range affinity.At("requiredDuringSchedulingIgnoredDuringExecution").Items() {
		spread = manifest.Any(spread, keepsApart(set, term, pod))
	}
	for _, term := range affinity.At("preferredDuringSchedulingIgnoredDuringExecution").Items() {
		spread = manifest.Any(spread, keepsApart(set, term.At("podAffinityTerm"), pod))
	}
	for _, constraint := range pod.At("topologySpreadConstraints").Items() {
		spread = manifest.Any(spread, spreads(constraint, pod))
	}
	for _, field := range []*manifest.Node{pod.At("affinity"), affinity, pod.At("topologySpreadConstraints")} {
		if field.Templated() {
			spread = manifest.Any(spread, manifest.Unknown)
		}
	}
	return spread
}

// keepsApart tells whether a term of anti-affinity is about the pod's own kind
// and about nodes, zones or regions.
func keepsApart(set *manifest.Set, term *manifest.Node, pod *manifest.Pod) manifest.Truth {
	key, selector := term.At("topologyKey"), term.At("labelSelector")
	if !selector.IsSet() {
		return manifest.False
	}
	domain := manifest.TruthOf(isFailureDomain(key.Str()))
	if key.Templated() {
		domain = manifest.Unknown
	}
	return manifest.All(manifest.All(domain, ownNamespace(set, term, pod)), scope.LabelSelector(selector).Matches(pod.Metadata.At("labels")))
}

// ownNamespace tells whether a term looks at the pod's namespace, as it does
// when it names none.
func ownNamespace(set *manifest.Set, term *manifest.Node, pod *manifest.Pod) manifest.Truth {
	names := term.At("namespaces").Items()
	selector := term.At("namespaceSelector")
	if selector.IsSet() {
		if len(selector.Fields()) == 0 {
			return manifest.True
		}
		return manifest.Unknown
	}
	if len(names) == 0 {
		return manifest.True
	}
	own := manifest.False
	for _, name := range names {
		own = manifest.Any(own, scope.Of(set).SameNamespace(name.Str(), pod.Object.Namespace))
	}
	return own
}

func isFailureDomain(topologyKey string) bool {
	switch strings.TrimPrefix(topologyKey, "failure-domain.beta.kubernetes.io/") {
	case "kubernetes.io/hostname", "topology.kubernetes.io/zone", "topology.kubernetes.io/region", "zone", "region":
		return true
	}
	return false
}

// spreads tells whether a topology spread constraint is one that the API
// server accepts and that counts the pod itself.
func spreads(constraint *manifest.Node, pod *manifest.Pod) manifest.Truth {
	selector := constraint.At("labelSelector")
	if !selector.IsSet() {
		return manifest.False
	}
	valid := atLeastOne(constraint.At("maxSkew"))
	if domains := constraint.At("minDomains"); domains.IsSet() {
		valid = manifest.All(valid, atLeastOne(domains))
	}
	key, when := constraint.At("topologyKey"), constraint.At("whenUnsatisfiable")
	known := manifest.Any(sameText(when.Str(), "DoNotSchedule"), sameText(when.Str(), "ScheduleAnyway"))
	return manifest.All(manifest.All(valid, known), manifest.All(manifest.TruthOf(key.Str() != ""), scope.LabelSelector(selector).Matches(pod.Metadata.At("labels"))))
}

func atLeastOne(n *manifest.Node) manifest.Truth {
	if n.Templated() {
		return manifest.Unknown
	}
	count, ok := n.Int()
	return manifest.TruthOf(ok && count >= 1)
}
