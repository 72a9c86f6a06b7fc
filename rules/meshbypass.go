package rules

import (
	"github.com/seaworthy-lint/seaworthy/lint"
	"github.com/seaworthy-lint/seaworthy/lint/manifest"
)

// meshOptOut is a label or annotation by which a pod leaves the mesh that its
// namespace is in.
type meshOptOut struct {
	key, value string
	// injected tells whether the namespace is in that mesh.
	injected func(namespace *manifest.Object) bool
}

// linkerdInject marks what Linkerd's proxies serve.
const linkerdInject = "linkerd.io/inject"

func meshOptOuts() []meshOptOut {
	return []meshOptOut{
		{"sidecar.istio.io/inject", "false", func(o *manifest.Object) bool {
			labels := o.At("metadata", "labels")
			if injection := labels.At("istio-injection"); injection.IsSet() { // it goes before istio.io/rev
				return injection.Str() == "enabled"
			}
			return labels.At("istio.io/rev").Str() != ""
		}},
		{"istio.io/dataplane-mode", "none", func(o *manifest.Object) bool {
			return mark(o.At("metadata"), "istio.io/dataplane-mode").Str() == "ambient"
		}},
		{linkerdInject, "disabled", func(o *manifest.Object) bool {
			value := mark(o.At("metadata"), linkerdInject).Str()
			return value == "enabled" || value == "ingress"
		}},
	}
}

// mark is a label or an annotation.
func mark(metadata *manifest.Node, key string) *manifest.Node {
	if n := metadata.At("labels", key); n.IsSet() {
		return n
	}
	return metadata.At("annotations", key)
}

// istioExclusions are annotations of pods that keep ports or addresses from
// Istio's proxy; linkerdExclusions those that keep ports from Linkerd's, which
// namespaces may have too.
var (
	istioExclusions = []string{
		"traffic.sidecar.istio.io/excludeInboundPorts", "traffic.sidecar.istio.io/excludeOutboundPorts",
		"traffic.sidecar.istio.io/excludeOutboundIPRanges",
	}
	linkerdExclusions = []string{"config.linkerd.io/skip-inbound-ports", "config.linkerd.io/skip-outbound-ports"}
)

func meshBypass(p *lint.Pass) {
	const policy, mode = "outboundTrafficPolicy", "mode"
	switch o := p.Object; o.Group() + "/" + o.Kind {
	case "/Namespace":
		for _, key := range linkerdExclusions {
			excluded(p, o.At("metadata", "annotations", key))
		}
	case istioNetworkingGroup + "/Sidecar":
		reportMode(p, o.At("spec", policy, mode), "ALLOW_ANY", "pods may reach any address outside the mesh")
	case "/ConfigMap", "install.istio.io/IstioOperator", "sailoperator.io/Istio":
		reportMode(p, meshConfig(o).At(policy, mode), "ALLOW_ANY", "pods may reach any address outside the mesh")
	default:
		eachPod(podBypass)(p)
	}
}

// podBypass gives notes on pods that a proxy does not suit: those on the host
// network, and those that run to completion, which it would keep alive.
func podBypass(p *lint.Pass, pod *manifest.Pod) {
	var found []*lint.Finding
	for _, out := range meshOptOuts() {
		n := mark(pod.Metadata, out.key)
		if n.Str() != out.value {
			continue
		}
		switch inInjectedNamespace(p, out) {
		case manifest.True:
			found = append(found, p.Reportf(n, "the pod leaves the mesh that its namespace is in: %s is %s", out.key, out.value))
		case manifest.Unknown:
			p.Unknown(n, "whether the namespace is in the mesh is not in view")
		}
	}
	for _, keys := range [][]string{istioExclusions, linkerdExclusions} {
		for _, key := range keys {
			if f := excluded(p, pod.Annotation(key)); f != nil {
				found = append(found, f)
			}
		}
	}
	const included = "traffic.sidecar.istio.io/includeInboundPorts"
	if n := pod.Annotation(included); n.IsString() && n.Str() == "" {
		found = append(found, p.Reportf(n, "no port leads through the proxy: %s is empty", included))
	}
	if pod.Batch || pod.At("hostNetwork").True() {
		for _, f := range found {
			f.AsNote()
		}
	}
}

// excluded reports an annotation that names what goes past the proxy; nil when
// it names nothing.
func excluded(p *lint.Pass, n *manifest.Node) *lint.Finding {
	switch {
	case n.Templated():
		p.UnknownValue(n)
	case n.Str() != "":
		return p.Reportf(n, "traffic goes past the proxy: %s is %q", n.Key, n.Str())
	}
	return nil
}

func inInjectedNamespace(p *lint.Pass, out meshOptOut) manifest.Truth {
	namespace := p.Scope().Namespace(p.Object.Namespace).Object
	if namespace == nil {
		return manifest.Unknown
	}
	return manifest.TruthOf(out.injected(namespace))
}
