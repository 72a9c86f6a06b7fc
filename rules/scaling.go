package rules

import (
	"github.com/seaworthy-lint/seaworthy/lint"
	"github.com/seaworthy-lint/seaworthy/lint/manifest"
	"github.com/seaworthy-lint/seaworthy/lint/scope"
)

// scaled are kinds with a number of replicas, judged together with what
// changes that number.
func scaled(kinds ...string) lint.Kinds {
	return lint.Kinds{Names: kinds, Context: []string{
		"HorizontalPodAutoscaler", "ScaledObject", "PodDisruptionBudget", "PersistentVolumeClaim",
	}}
}

// autoscaler sets the replicas of a workload between two bounds.
type autoscaler struct {
	*manifest.Object
	// least and most are the fields of the bounds; leastDefault holds where
	// there is none.
	least, most  *manifest.Node
	leastDefault int64
}

// autoscalerOf reads a HorizontalPodAutoscaler or a ScaledObject of KEDA.
func autoscalerOf(o *manifest.Object) autoscaler {
	if o.Kind == "ScaledObject" {
		return autoscaler{Object: o, least: o.At("spec", "minReplicaCount"), most: o.At("spec", "maxReplicaCount")}
	}
	return autoscaler{Object: o, least: o.At("spec", "minReplicas"), most: o.At("spec", "maxReplicas"), leastDefault: 1}
}

// minimum is the lower bound; ok is false when it cannot be told.
func (a autoscaler) minimum() (least int64, ok bool) { return countAt(a.least, a.leastDefault) }

// countAt reads a number that has a default.
func countAt(n *manifest.Node, unset int64) (count int64, ok bool) {
	if !n.IsSet() {
		return unset, true
	}
	return n.Int()
}

// targets tells whether the autoscaler scales the workload.
func (a autoscaler) targets(set *manifest.Set, o *manifest.Object) manifest.Truth {
	ref := a.At("spec", "scaleTargetRef")
	kind, version := ref.At("kind").Str(), ref.At("apiVersion").Str()
	if a.Kind == "ScaledObject" && kind == "" {
		kind = "Deployment"
	}
	group := sameText(workloadGroup(version), workloadGroup(o.APIVersion))
	switch {
	case version != "":
	case a.Kind == "ScaledObject":
		group = manifest.TruthOf(workloadGroup(o.APIVersion) == "apps")
	case group == manifest.False: // required, and yet often left out
		group = manifest.Unknown
	}
	near := manifest.All(scope.Of(set).SameNamespace(a.Namespace, o.Namespace), sameText(ref.At("name").Str(), o.Name))
	return manifest.All(near, manifest.All(sameText(kind, o.Kind), group))
}

// workloadGroup is the API group of a version, with the group in which
// Deployments were once served put to the one in which they are.
func workloadGroup(apiVersion string) string {
	if group := manifest.GroupOf(apiVersion); group != "extensions" {
		return group
	}
	return "apps"
}

// sameText tells whether two texts are equal once templates are filled in.
func sameText(a, b string) manifest.Truth {
	if a != b && (manifest.IsTemplate(a) || manifest.IsTemplate(b)) {
		return manifest.Unknown
	}
	return manifest.TruthOf(a == b)
}

// autoscalersOf are the autoscalers in view that scale a workload. unsure
// tells that there is one of which that is not known.
func autoscalersOf(set *manifest.Set, o *manifest.Object) (found []autoscaler, unsure bool) {
	for _, kind := range [][2]string{{"autoscaling", "HorizontalPodAutoscaler"}, {"keda.sh", "ScaledObject"}} {
		for _, scaler := range set.OfKind(kind[0], kind[1]) {
			a := autoscalerOf(scaler)
			switch a.targets(set, o) {
			case manifest.True:
				found = append(found, a)
			case manifest.Unknown:
				unsure = true
			}
		}
	}
	return found, unsure
}

// leastReplicas is the number of pods that a workload keeps running at least:
// that of its autoscaler, else its own. Otherwise known is false, and why.
func leastReplicas(set *manifest.Set, o *manifest.Object) (least int64, known bool, why string) {
	scalers, unsure := autoscalersOf(set, o)
	switch {
	case len(scalers) > 0:
		least, known = scalers[0].minimum()
	case unsure:
		return 0, false, "an autoscaler in view may or may not scale the workload"
	default:
		least, known = ownReplicas(o)
	}
	return least, known, "the number of replicas is not known"
}

// ownReplicas is the number that the workload states. A DeploymentConfig has
// no default.
func ownReplicas(o *manifest.Object) (replicas int64, known bool) {
	field := o.At("spec", "replicas")
	if !field.IsSet() && o.Kind == "DeploymentConfig" {
		return 0, false
	}
	return countAt(field, 1)
}
