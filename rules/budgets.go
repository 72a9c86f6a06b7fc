package rules

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/seaworthy-lint/seaworthy/lint"
	"github.com/seaworthy-lint/seaworthy/lint/manifest"
	"github.com/seaworthy-lint/seaworthy/lint/scope"
)

// disruptionBudgetMissing only notes, since a budget is often kept elsewhere.
func disruptionBudgetMissing(p *lint.Pass) {
	least, several := severalReplicas(p)
	if !several {
		return
	}
	budgets := manifest.Derived(p.Set, indexBudgets)
	for _, pod := range p.Object.Pods() {
		switch {
		case len(budgets.sure[pod]) > 0:
		case budgets.unsure[pod]:
			p.Unknown(pod.Spec, "a disruption budget in view may or may not select the pods")
		default:
			p.Reportf(p.Object.Nearest("metadata", "name"), "no disruption budget in view covers the %d pods", least).
				AsNote()
		}
	}
}

// budgetsOfPods are the disruption budgets by the pods that they cover.
type budgetsOfPods struct {
	sure   map[*manifest.Pod][]*manifest.Object
	unsure map[*manifest.Pod]bool
}

func indexBudgets(set *manifest.Set) *budgetsOfPods {
	index := &budgetsOfPods{sure: map[*manifest.Pod][]*manifest.Object{}, unsure: map[*manifest.Pod]bool{}}
	for _, budget := range set.OfKind("policy", "PodDisruptionBudget") {
		sure, unsure := selectedByBudget(set, budget)
		for _, pod := range sure {
			index.sure[pod] = append(index.sure[pod], budget)
		}
		for _, pod := range unsure {
			index.unsure[pod] = true
		}
	}
	return index
}

// selectedByBudget are the pods that a disruption budget covers. An empty
// selector covers all pods of the namespace in policy/v1 and none in v1beta1.
func selectedByBudget(set *manifest.Set, budget *manifest.Object) (sure, unsure []*manifest.Pod) {
	selector := budget.At("spec", "selector")
	if !selector.IsSet() || budget.APIVersion == "policy/v1beta1" && len(selector.Fields()) == 0 {
		return nil, nil
	}
	return scope.Of(set).Selected(budget.Namespace, scope.LabelSelector(selector))
}

// evictedKinds are the kinds whose pods a drain evicts and counts: those of a
// DaemonSet stay.
var evictedKinds = [][2]string{
	{"apps", "Deployment"}, {"apps", "StatefulSet"}, {"apps", "ReplicaSet"}, {"extensions", "Deployment"}, {"", "ReplicationController"},
	{"argoproj.io", "Rollout"}, {"apps.openshift.io", "DeploymentConfig"}, {"apps.kruise.io", "CloneSet"}, {"apps.kruise.io", "StatefulSet"}, {"", "Pod"},
}

// evictedNames are the kinds among evictedKinds, for Kinds.Context.
var evictedNames = []string{
	"Deployment", "StatefulSet", "ReplicaSet", "ReplicationController", "Rollout", "DeploymentConfig", "CloneSet", "Pod",
}

// budgeted are the pods in view that a budget covers. unsure tells that there
// are pods of which that is not known.
func budgeted(set *manifest.Set, budget *manifest.Object) (pods []*manifest.Pod, unsure bool) {
	sure, may := selectedByBudget(set, budget)
	return slices.DeleteFunc(slices.Clone(sure), isStaying), slices.ContainsFunc(may, func(pod *manifest.Pod) bool { return !isStaying(pod) })
}

// isStaying tells whether a drain leaves the pods alone, or does not count them.
func isStaying(pod *manifest.Pod) bool {
	return !slices.Contains(evictedKinds, [2]string{pod.Object.Group(), pod.Object.Kind})
}

func disruptionBudgetBlocksDrain(p *lint.Pass) {
	if p.Object.Group() != "policy" {
		return
	}
	spec := p.Object.At("spec")
	least, most := spec.At("minAvailable"), spec.At("maxUnavailable")
	if !spec.At("selector").IsSet() {
		p.Missingf(p.Object.Node, []string{"spec", "selector"}, "the budget has no selector, so it covers no pod")
	}
	switch {
	case least.IsSet() && most.IsSet():
		p.Reportf(most, "the budget sets both minAvailable and maxUnavailable, which the API server rejects")
	case most.IsSet():
		noneUnavailable(p, most)
	case least.IsSet():
		allAvailable(p, least)
	default:
		p.Missingf(p.Object.Node, []string{"spec", "maxUnavailable"}, "the budget sets neither minAvailable nor maxUnavailable, which allows no eviction")
	}
	overlappingBudgets(p)
	if p.Version.AtLeast(27) && !spec.At("unhealthyPodEvictionPolicy").IsSet() {
		p.Missingf(p.Object.Node, []string{"spec", "unhealthyPodEvictionPolicy"}, "pods that crash again and again block drains too, since the budget sets no unhealthyPodEvictionPolicy").AsNote()
	}
}

func noneUnavailable(p *lint.Pass, most *manifest.Node) {
	switch n, percent, ok := budgetNumber(most); {
	case !ok:
		p.UnknownValue(most)
	case n == 0:
		p.Reportf(most, "the budget lets no pod be unavailable")
	case percent && n > 100, n < 0:
		p.Unknown(most, "the API server rejects the number")
	}
}

// allAvailable compares minAvailable with the pods that run at least. Percent
// round up, as in the disruption controller.
func allAvailable(p *lint.Pass, least *manifest.Node) {
	n, percent, ok := budgetNumber(least)
	switch {
	case !ok:
		p.UnknownValue(least)
		return
	case percent && n == 100:
		p.Reportf(least, "the budget asks for all pods to be available")
		return
	case n == 0:
		return
	}
	pods, unsure := budgeted(p.Set, p.Object)
	total, known := int64(0), !unsure
	for _, pod := range pods {
		replicas, ok := evictable(p.Set, pod)
		total += replicas
		known = known && ok
	}
	if percent {
		n = (n*total + 99) / 100
	}
	switch {
	case len(pods) == 0 && !unsure, known && total == 0, known && n < total:
	case !known:
		p.Unknown(least, "the number of pods that the budget covers is not known")
	default:
		p.Reportf(least, "the budget asks for %s available pods of as few as %d", least.Str(), total).
			Relate(pods[0].Object.Nearest("spec", "replicas"), fmt.Sprintf("%s %q", pods[0].Object.Kind, pods[0].Object.Name))
	}
}

// evictable is how many pods of a template run at least, when any run.
func evictable(set *manifest.Set, pod *manifest.Pod) (count int64, known bool) {
	if pod.Object.Kind == "Pod" {
		return 1, true
	}
	least, known, _ := leastReplicas(set, pod.Object)
	if scalers, _ := autoscalersOf(set, pod.Object); len(scalers) > 0 {
		least = max(1, least)
	}
	return least, known
}

// budgetNumber reads a number of pods or a percentage.
func budgetNumber(n *manifest.Node) (number int64, percent, ok bool) {
	if number, ok := n.Int(); ok {
		return number, false, true
	}
	digits, percent := strings.CutSuffix(n.Str(), "%")
	number, err := strconv.ParseInt(digits, 10, 32)
	return number, percent, percent && err == nil && n.IsString()
}

// overlappingBudgets reports pods that another budget covers too: the API
// server then refuses to evict them.
func overlappingBudgets(p *lint.Pass) {
	pods, _ := budgeted(p.Set, p.Object)
	budgets := manifest.Derived(p.Set, indexBudgets)
	seen := map[*manifest.Object]bool{p.Object: true}
	for _, pod := range pods {
		for _, other := range budgets.sure[pod] {
			if seen[other] || other.Name == p.Object.Name {
				continue
			}
			seen[other] = true
			p.Reportf(p.Object.At("spec", "selector"), "the budget covers pods of %s %q, and so does budget %q", pod.Object.Kind, pod.Object.Name, other.Name).
				Relate(other.At("spec", "selector"), "the other budget")
		}
	}
}
