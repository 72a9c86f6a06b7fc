package rules

import (
	"slices"
	"strings"

	"github.com/seaworthy-lint/seaworthy/lint"
	"github.com/seaworthy-lint/seaworthy/lint/manifest"
)

func autoscalerIneffective(p *lint.Pass) {
	switch p.Object.Group() {
	case "autoscaling":
		autoscalerBounds(p)
		for _, metric := range p.Object.At("spec", "metrics").Items() {
			metricFields(p, metric)
		}
	case "keda.sh":
		autoscalerBounds(p)
	default:
		return
	}
	utilizationRequests(p)
}

func autoscalerBounds(p *lint.Pass) {
	a := autoscalerOf(p.Object)
	least, leastKnown := a.minimum()
	most, mostKnown := countAt(a.most, 100) // KEDA's default
	switch {
	case !leastKnown:
		p.UnknownValue(a.least)
	case least < minReplicas(p):
		fewReplicas(p, a, least)
	}
	switch {
	case !mostKnown:
		p.UnknownValue(a.most)
	case !a.most.IsSet() && a.Kind == "HorizontalPodAutoscaler":
		p.Missingf(a.Node, []string{"spec", "maxReplicas"}, "the autoscaler has no maxReplicas")
	case leastKnown && most <= least:
		at := a.most
		if !at.IsSet() {
			at = a.least
		}
		p.Reportf(at, "the autoscaler goes from %d to no more than %d", least, most)
	}
}

// fewReplicas passes a stated zero: who scales to zero means it.
func fewReplicas(p *lint.Pass, a autoscaler, least int64) {
	idle := a.At("spec", "idleReplicaCount")
	switch {
	case a.least.IsSet() && least == 0, a.Kind == "ScaledObject" && idle.Str() == "0":
	case a.least.IsSet():
		p.Reportf(a.least, "the autoscaler may go down to %d", least)
	case a.Kind == "ScaledObject":
		p.Missingf(a.Node, []string{"spec", "minReplicaCount"}, "the autoscaler names no minReplicaCount, which makes it 0")
	default:
		p.Missingf(a.Node, []string{"spec", "minReplicas"}, "the autoscaler names no minReplicas, which makes it 1")
	}
}

// metricForm is what a type of metric needs: the field that describes it and
// the fields in there.
type metricForm struct {
	field    string
	required [][]string
}

// metricForms are those of autoscaling/v2 and v2beta2; betaMetricForms those
// of v2beta1, which names other fields.
var (
	metricForms = map[string]metricForm{
		"Resource":          {"resource", [][]string{{"name"}, {"target"}}},
		"ContainerResource": {"containerResource", [][]string{{"name"}, {"container"}, {"target"}}},
		"Pods":              {"pods", [][]string{{"metric", "name"}, {"target"}}},
		"Object":            {"object", [][]string{{"describedObject", "kind"}, {"describedObject", "name"}, {"metric", "name"}, {"target"}}},
		"External":          {"external", [][]string{{"metric", "name"}, {"target"}}},
	}
	betaMetricForms = map[string]metricForm{
		"Resource":          {"resource", [][]string{{"name"}}},
		"ContainerResource": {"containerResource", [][]string{{"name"}, {"container"}}},
		"Pods":              {"pods", [][]string{{"metricName"}, {"targetAverageValue"}}},
		"Object":            {"object", [][]string{{"target"}, {"metricName"}, {"targetValue"}}},
		"External":          {"external", [][]string{{"metricName"}}},
	}
)

func metricFields(p *lint.Pass, metric *manifest.Node) {
	typ := metric.At("type")
	forms := metricForms
	if p.Object.APIVersion == "autoscaling/v2beta1" {
		forms = betaMetricForms
	}
	form, ok := forms[typ.Str()]
	switch {
	case typ.Templated() || metric.Templated():
		p.UnknownValue(metric)
		return
	case !typ.IsSet():
		p.Missingf(metric, []string{"type"}, "a metric of the autoscaler has no type")
		return
	case !ok:
		p.Reportf(typ, "the autoscaler has a metric of type %q, which Kubernetes does not know", typ.Str())
		return
	}
	for _, keys := range form.required {
		if path := append([]string{form.field}, keys...); !metric.At(path...).IsSet() {
			p.Missingf(metric, path, "a metric of type %s has no %s", typ.Str(), strings.Join(path, "."))
			return
		}
	}
	metricTarget(p, metric.At(form.field, "target"))
}

// targetFields are the fields that the types of targets ask for.
var targetFields = map[string]string{"Utilization": "averageUtilization", "Value": "value", "AverageValue": "averageValue"}

func metricTarget(p *lint.Pass, target *manifest.Node) {
	if p.Object.APIVersion == "autoscaling/v2beta1" {
		return
	}
	typ := target.At("type")
	key, ok := targetFields[typ.Str()]
	switch {
	case target.Templated() || typ.Templated():
		p.UnknownValue(target)
	case !typ.IsSet():
		p.Missingf(target, []string{"type"}, "the target of a metric has no type")
	case !ok:
		p.Reportf(typ, "the target of a metric has type %q, which Kubernetes does not know", typ.Str())
	case !target.At(key).IsSet():
		p.Missingf(target, []string{key}, "the %s target of a metric has no %s", typ.Str(), key)
	}
}

// utilization is a metric that counts in percent of what containers request.
type utilization struct {
	at       *manifest.Node
	resource string
	// container is the one that is measured; all are when it is "".
	container string
}

// utilizationRequests reports percentages that cannot be computed: one
// container without the request spoils the metric for its pod.
func utilizationRequests(p *lint.Pass) {
	pods := targetPods(p)
	for _, u := range utilizations(p.Object) {
		for _, c := range containersOf(pods) {
			if u.container != "" && u.container != c.Name() {
				continue
			}
			source := statedQuantity(p, c, "requests", u.resource)
			switch {
			case source.known == manifest.Unknown || source.known == manifest.False && c.Partial():
				p.Unknown(u.at, "a request of the target is not known")
			case source.known == manifest.False:
				p.Reportf(u.at, "the autoscaler reads the %s utilization of %s %q, whose container %q has no %s request",
					u.resource, c.Pod.Object.Kind, c.Pod.Object.Name, c.Name(), u.resource).Relate(c.Nearest("resources", "requests"), "the container")
			}
		}
	}
}

// targetPods are the pods in view that the autoscaler surely scales.
func targetPods(p *lint.Pass) []*manifest.Pod {
	a := autoscalerOf(p.Object)
	var pods []*manifest.Pod
	for _, kind := range evictedKinds {
		for _, o := range p.Set.Named(kind[0], kind[1], p.Object.At("spec", "scaleTargetRef", "name").Str()) {
			if a.targets(p.Set, o) == manifest.True {
				pods = append(pods, o.Pods()...)
			}
		}
	}
	return pods
}

// containersOf are the containers that run as long as their pods do.
func containersOf(pods []*manifest.Pod) []*manifest.Container {
	var found []*manifest.Container
	for _, pod := range pods {
		for _, c := range pod.Containers() {
			if c.Role == manifest.App || c.Role == manifest.Sidecar {
				found = append(found, c)
			}
		}
	}
	return found
}

func utilizations(o *manifest.Object) []utilization {
	if o.Kind == "ScaledObject" {
		return triggerUtilizations(o)
	}
	var found []utilization
	for _, metric := range o.At("spec", "metrics").Items() {
		for _, field := range []string{"resource", "containerResource"} {
			m := metric.At(field)
			percent := m.At("target", "averageUtilization")
			if old := m.At("targetAverageUtilization"); old.IsSet() {
				percent = old
			}
			if percent.IsSet() && isMeasured(m.At("name").Str()) {
				found = append(found, utilization{percent, m.At("name").Str(), m.At("container").Str()})
			}
		}
	}
	if len(o.At("spec", "metrics").Items()) == 0 { // the CPU is then what is measured
		found = append(found, utilization{at: o.Nearest("spec", "targetCPUUtilizationPercentage"), resource: "cpu"})
	}
	return found
}

// triggerUtilizations are those of KEDA, whose triggers once named the kind of
// measure among their metadata.
func triggerUtilizations(o *manifest.Object) []utilization {
	var found []utilization
	for _, trigger := range o.At("spec", "triggers").Items() {
		measures := []string{trigger.At("metricType").Str(), trigger.At("metadata", "type").Str()}
		if typ := trigger.At("type"); isMeasured(typ.Str()) && slices.Contains(measures, "Utilization") {
			found = append(found, utilization{typ, typ.Str(), trigger.At("metadata", "containerName").Str()})
		}
	}
	return found
}

// isMeasured tells the resources whose use the kubelet reports.
func isMeasured(resource string) bool { return resource == "cpu" || resource == "memory" }
