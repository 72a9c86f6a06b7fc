package rules

import (
	"slices"
	"strings"

	"github.com/seaworthy-lint/seaworthy/lint"
	"github.com/seaworthy-lint/seaworthy/lint/manifest"
)

// isServer tells pods that are meant to run until they are deleted.
func isServer(pod *manifest.Pod) bool {
	restart := pod.At("restartPolicy").Str()
	return !pod.Batch && restart != "Never" && restart != "OnFailure"
}

// eachServer makes a rule's check of a check for one container that runs as
// long as its pod does: app containers and native sidecars, not in jobs.
func eachServer(check func(*lint.Pass, *manifest.Container)) func(*lint.Pass) {
	return eachContainer(func(p *lint.Pass, c *manifest.Container) {
		if isServer(c.Pod) && (c.Role == manifest.App || c.Role == manifest.Sidecar) {
			check(p, c)
		}
	})
}

func livenessProbeMissing(p *lint.Pass, c *manifest.Container) {
	if (c.Role == manifest.App || p.Strict) && lacksProbe(p, c, "livenessProbe") {
		p.Missingf(c.Node, []string{"livenessProbe"}, "container %q has no liveness probe", c.Name())
	}
}

// lacksProbe tells whether a container has no probe of a kind, or one that
// asks nothing.
func lacksProbe(p *lint.Pass, c *manifest.Container, key string) bool {
	probe := c.At(key)
	if probe.IsSet() && probe.Kind != manifest.Map {
		p.UnknownValue(probe)
		return false
	}
	return len(probe.Fields()) == 0
}

// readinessProbeMissing asks for probes where a Service sends traffic or, when
// there is no Service in view at all, where ports are declared. Knative adds
// the probe itself.
func readinessProbeMissing(p *lint.Pass, pod *manifest.Pod) {
	if !isServer(pod) || p.Object.Group() == "serving.knative.dev" {
		return
	}
	served := isServed(p.Set, pod)
	if served == manifest.False && !serviceNear(p) {
		served = manifest.TruthOf(declaresPorts(pod))
	}
	for _, c := range pod.Containers() {
		if served == manifest.False || c.Role != manifest.App || !lacksProbe(p.In(c), c, "readinessProbe") {
			continue
		}
		if served == manifest.Unknown {
			p.Unknown(c.Node, "a Service in view may or may not select the pod")
			continue
		}
		p.In(c).Missingf(c.Node, []string{"readinessProbe"}, "container %q has no readiness probe", c.Name())
	}
}

// serviceNear tells whether a Service in view may be in the object's namespace.
func serviceNear(p *lint.Pass) bool {
	return slices.ContainsFunc(p.Set.OfKind("", "Service"), func(service *manifest.Object) bool {
		return p.Scope().SameNamespace(service.Namespace, p.Object.Namespace) != manifest.False
	})
}

func declaresPorts(pod *manifest.Pod) bool {
	return slices.ContainsFunc(pod.Containers(), func(c *manifest.Container) bool {
		return c.Role == manifest.App && len(c.At("ports").Items()) > 0
	})
}

func probesIdentical(p *lint.Pass, c *manifest.Container) {
	liveness, readiness := c.At("livenessProbe"), c.At("readinessProbe")
	asked, other := probeQuestion(c, liveness), probeQuestion(c, readiness)
	switch same := sameQuestion(asked, other); {
	case len(asked) == 0 || same == manifest.False:
		return
	case same == manifest.Unknown:
		p.Unknown(liveness, "the value is templated")
		return
	}
	patience, patienceKnown := probePatience(liveness)
	ready, readyKnown := probePatience(readiness)
	switch {
	case !patienceKnown || !readyKnown:
		p.Unknown(liveness, "the number of failures that it bears is not known")
	case patience <= ready:
		p.Reportf(liveness, "container %q has one handler for both probes, and liveness gives up after %d s, readiness after %d s", c.Name(), patience, ready).
			Relate(readiness, "the readiness probe")
	}
}

// probeQuestion is what a probe asks, with what the API server and the kubelet
// add filled in.
func probeQuestion(c *manifest.Container, probe *manifest.Node) []string {
	http, tcp, grpc, exec := probe.At("httpGet"), probe.At("tcpSocket"), probe.At("grpc"), probe.At("exec")
	switch {
	case http.IsSet():
		scheme := http.At("scheme").Str()
		if scheme == "" {
			scheme = "HTTP"
		}
		question := []string{"http", "/" + strings.TrimPrefix(http.At("path").Str(), "/"), probePort(c, http), scheme, http.At("host").Str()}
		var headers []string
		for _, h := range http.At("httpHeaders").Items() {
			headers = append(headers, strings.ToLower(h.At("name").Str())+":"+h.At("value").Str())
		}
		slices.Sort(headers)
		return append(question, headers...)
	case tcp.IsSet():
		return []string{"tcp", probePort(c, tcp), tcp.At("host").Str()}
	case grpc.IsSet():
		return []string{"grpc", probePort(c, grpc), grpc.At("service").Str()}
	}
	var question []string
	for i, word := range exec.At("command").Items() {
		if i == 0 {
			question = append(question, "exec")
		}
		question = append(question, word.Str())
	}
	return question
}

// probePort is the number of the port that a handler names.
func probePort(c *manifest.Container, handler *manifest.Node) string {
	port := handler.At("port").Str()
	for _, declared := range c.At("ports").Items() {
		if declared.At("name").Str() == port && port != "" {
			return declared.At("containerPort").Str()
		}
	}
	return port
}

func sameQuestion(a, b []string) manifest.Truth {
	if len(a) != len(b) {
		return manifest.False
	}
	same := manifest.True
	for i := range a {
		same = manifest.All(same, sameText(a[i], b[i]))
	}
	return same
}

// probePatience is how many seconds of failures a probe bears. Zero stands for
// the default, as the API server has it.
func probePatience(probe *manifest.Node) (seconds int64, known bool) {
	product := int64(1)
	for key, unset := range map[string]int64{"failureThreshold": 3, "periodSeconds": 10} {
		n, ok := countAt(probe.At(key), unset)
		if !ok {
			return 0, false
		}
		if n == 0 {
			n = unset
		}
		product *= n
	}
	return product, true
}
