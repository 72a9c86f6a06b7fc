package rules

import (
	"cmp"
	"slices"

	"github.com/seaworthy-lint/seaworthy/lint"
	"github.com/seaworthy-lint/seaworthy/lint/manifest"
	"github.com/seaworthy-lint/seaworthy/lint/scope"
)

var missingMTLS = []lint.Rule{
	{
		ID:     "mesh-mtls-missing",
		Family: "mesh",
		Title:  "mesh does not insist on mutual TLS",
		Why: "Without a policy that says STRICT, Istio's proxies take plain text from whoever sends it, and Cilium encrypts " +
			"nothing unless it is told to.",
		Fix:        `add a PeerAuthentication with mode STRICT in the root namespace (Cilium: enable-wireguard "true")`,
		FixKind:    lint.UnsafeFix,
		Severity:   lint.Low,
		Points:     -1,
		Profiles:   []string{"strict", "nsa", "novel"},
		References: []string{"NSA:encryption", "NIST:4.3.3", "ATTACK:T1040", "OWASP:K07"},
		Kinds: lint.Kinds{
			Names: []string{"/Namespace", "/ConfigMap", fluxHelmGroup + "/HelmRelease"},
			Context: slices.Concat(podKinds, meshConfigKinds, []string{
				"security.istio.io/PeerAuthentication", linkerdPolicyGroup + "/Server",
			}),
		},
		Scope: lint.NamespaceScope,
		Check: meshMTLSMissing,
	},
}

func meshMTLSMissing(p *lint.Pass) {
	switch {
	case p.Object.Kind != "Namespace":
		ciliumEncryption(p)
	case inIstio(p.Object):
		namespaceMTLS(p, p.Scope().Namespace(p.Object.Name))
	}
}

// inIstio tells whether Istio's proxies serve the pods of a namespace.
func inIstio(namespace *manifest.Object) bool {
	return slices.ContainsFunc(meshOptOuts(), func(out meshOptOut) bool { return out.key != linkerdInject && out.injected(namespace) })
}

// inMesh tells whether the proxies of some mesh serve the pods of a namespace.
func inMesh(namespace *manifest.Object) bool {
	return slices.ContainsFunc(meshOptOuts(), func(out meshOptOut) bool { return out.injected(namespace) })
}

// leavesMesh tells whether a pod has no proxy, whatever its namespace says.
func leavesMesh(pod *manifest.Pod) bool {
	return slices.ContainsFunc(meshOptOuts(), func(out meshOptOut) bool { return mark(pod.Metadata, out.key).Str() == out.value })
}

// namespaceMTLS asks for a mode as Istio resolves it: of a policy that selects
// the workload, else of one for the namespace, else of one for the mesh
// (PeerAuthentication, "Policy precedence").
func namespaceMTLS(p *lint.Pass, namespace *scope.Namespace) {
	mesh := modeOf(p, meshRootNamespace(p.Set), nil)
	own := modeOf(p, namespace.Name, nil)
	missing := cmp.Or(own, mesh) == ""
	if missing && len(namespace.Pods) > 0 {
		missing = slices.ContainsFunc(namespace.Pods, func(pod *manifest.Pod) bool {
			return !leavesMesh(pod) && modeOf(p, namespace.Name, pod) == ""
		})
	}
	if !missing {
		return
	}
	at := p.Object.Nearest("metadata", "name")
	if why := outOfView(p, []string{"security.istio.io/PeerAuthentication"}); why != "" {
		p.Unknown(at, why)
		return
	}
	noteIfOpen(p, p.Reportf(at, "namespace %q is in the mesh, and no PeerAuthentication says STRICT for it", p.Object.Name))
}

// modeOf is the mode that the PeerAuthentications of a namespace state for a
// pod, or, without one, for the namespace; "" when none does. A mode other than
// STRICT is stated too: other rules judge it.
func modeOf(p *lint.Pass, namespace string, pod *manifest.Pod) string {
	sure, unsure := p.Scope().Objects("security.istio.io", "PeerAuthentication", namespace)
	for _, policy := range slices.Concat(sure, unsure) {
		selector := policy.At("spec", "selector")
		selects := len(selector.Fields()) == 0
		if pod != nil {
			selects = scope.LabelSelector(selector).Matches(pod.Metadata.At("labels")) != manifest.False && len(selector.Fields()) > 0
		}
		if mode := policy.At("spec", "mtls", "mode").Str(); selects && mode != "" && mode != "UNSET" {
			return mode
		}
	}
	return ""
}

// ciliumEncryption judges the configuration of Cilium, in a cluster without
// another mesh in view.
func ciliumEncryption(p *lint.Pass) {
	settings, keys := ciliumSettings(p.Object)
	if keys == nil || slices.ContainsFunc(p.Set.OfKind("", "Namespace"), inMesh) || len(p.Set.OfKind(linkerdPolicyGroup, "Server")) > 0 {
		return
	}
	for _, key := range keys {
		if n := settings.At(key...); n.True() || n.Str() == "true" {
			return
		} else if n.Templated() {
			p.UnknownValue(n)
			return
		}
	}
	if from := p.Object.At("spec", "valuesFrom"); from.IsSet() {
		p.Unknown(from, "the values of the release are not all in view")
		return
	}
	noteIfOpen(p, p.Missingf(settings, keys[0], "Cilium does not encrypt the traffic between nodes, and no mesh in view does"))
}

// ciliumSettings are the settings of Cilium in an object, and the switches
// among them of which one turns encryption on; no keys where there are none.
func ciliumSettings(o *manifest.Object) (settings *manifest.Node, keys [][]string) {
	switch {
	case isCiliumConfig(o):
		return o.At("data"), [][]string{{"enable-wireguard"}, {"enable-ipsec"}, {"enable-ztunnel"}}
	case o.Kind == "HelmRelease" && chartOf(o) == "cilium":
		return o.Nearest("spec", "values"), [][]string{{"encryption", "enabled"}}
	}
	return nil, nil
}
