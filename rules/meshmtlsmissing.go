package rules

import (
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
			Names: []string{"/Namespace", "/ConfigMap"},
			Context: slices.Concat(podKinds, []string{
				"security.istio.io/PeerAuthentication", "install.istio.io/IstioOperator", "sailoperator.io/Istio", "policy.linkerd.io/Server",
			}),
		},
		Scope: lint.NamespaceScope,
		Check: meshMTLSMissing,
	},
}

func meshMTLSMissing(p *lint.Pass) {
	switch {
	case p.Object.Kind == "ConfigMap":
		ciliumEncryption(p)
	case inIstio(p.Object):
		namespaceMTLS(p, p.Scope().Namespace(p.Object.Name))
	}
}

// inIstio tells whether Istio's proxies serve the pods of a namespace.
func inIstio(namespace *manifest.Object) bool {
	return slices.ContainsFunc(meshOptOuts(), func(out meshOptOut) bool {
		return out.key != "linkerd.io/inject" && out.injected(namespace)
	})
}

// namespaceMTLS asks for a mode as Istio resolves it: of a policy that selects
// the workload, else of one for the namespace, else of one for the mesh
// (PeerAuthentication, "Policy precedence").
func namespaceMTLS(p *lint.Pass, namespace *scope.Namespace) {
	mesh := modeOf(p, meshRootNamespace(p.Set), nil)
	own := modeOf(p, namespace.Name, nil)
	missing := firstOf(own, mesh) == ""
	if missing && len(namespace.Pods) > 0 {
		missing = slices.ContainsFunc(namespace.Pods, func(pod *manifest.Pod) bool { return modeOf(p, namespace.Name, pod) == "" })
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
	if p.Object.Name != "cilium-config" || slices.ContainsFunc(p.Set.OfKind("", "Namespace"), inIstio) || len(p.Set.OfKind("policy.linkerd.io", "Server")) > 0 {
		return
	}
	data := p.Object.At("data")
	for _, key := range []string{"enable-wireguard", "enable-ipsec", "enable-ztunnel"} {
		if n := data.At(key); n.True() || n.Str() == "true" {
			return
		} else if n.Templated() {
			p.UnknownValue(n)
			return
		}
	}
	noteIfOpen(p, p.Missingf(data, []string{"enable-wireguard"}, "Cilium does not encrypt the traffic between nodes, and no mesh in view does"))
}
