package rules

import (
	"github.com/seaworthy-lint/seaworthy/lint"
)

var mesh = []lint.Rule{
	{
		ID:     "istio-authorization-allow-all",
		Family: "mesh",
		Title:  "Istio authorization policy lets every request in",
		Why: "An ALLOW policy with a rule that every request meets is as good as none, and takes the force out of stricter " +
			"ALLOW policies for the same workloads, since one that matches is enough.",
		Fix:        "name principals or namespaces",
		FixKind:    lint.UnsafeFix,
		Severity:   lint.High,
		Points:     -5,
		Profiles:   []string{"default", "strict", "novel"},
		References: []string{"NIST:4.3.1,4.3.3", "OWASP:K03,K07"},
		Kinds:      lint.Kinds{Names: []string{"security.istio.io/AuthorizationPolicy"}},
		Scope:      lint.ResourceScope,
		Check:      istioAuthorizationAllowAll,
	},
	{
		ID:     "istio-jwt-not-required",
		Family: "mesh",
		Title:  "Istio checks tokens and asks for none",
		Why: "A RequestAuthentication rejects requests with a wrong token and lets those without one pass; only an " +
			"AuthorizationPolicy makes the token a must.",
		Fix:        `add an AuthorizationPolicy with action DENY and notRequestPrincipals: ["*"]`,
		FixKind:    lint.UnsafeFix,
		Severity:   lint.High,
		Points:     -5,
		Profiles:   []string{"default", "strict", "novel"},
		References: []string{"NIST:4.3.2", "ATTACK:T1190", "OWASP:K06"},
		Kinds: lint.Kinds{
			Names:   []string{"security.istio.io/RequestAuthentication"},
			Context: append([]string{"AuthorizationPolicy"}, meshConfigKinds...),
		},
		Scope: lint.ResourceScope,
		Check: istioJWTNotRequired,
	},
	{
		ID:     "linkerd-unauthenticated-access",
		Family: "mesh",
		Title:  "Linkerd admits clients without a mesh identity",
		Why: "A client that is not in the mesh has no identity that could be checked, and its traffic is not encrypted; " +
			"whoever reaches the pod may use it.",
		Fix:        "set all-authenticated, and require a MeshTLSAuthentication",
		FixKind:    lint.UnsafeFix,
		Severity:   lint.Medium,
		Points:     -3,
		Profiles:   []string{"default", "strict", "nsa", "novel"},
		References: []string{"NSA:encryption", "NIST:4.3.2", "OWASP:K06,K07"},
		Kinds: lint.Kinds{
			Workloads: true,
			Names: []string{
				"/Namespace", "helm.toolkit.fluxcd.io/HelmRelease", linkerdPolicyGroup + "/Server",
				linkerdPolicyGroup + "/ServerAuthorization", linkerdPolicyGroup + "/AuthorizationPolicy",
			},
			Context: []string{"NetworkAuthentication", "HTTPRoute", "Service"},
		},
		Scope: lint.ResourceScope,
		Check: linkerdUnauthenticatedAccess,
	},
	{
		ID:     "mesh-mtls-disabled",
		Family: "mesh",
		Title:  "mutual TLS between workloads is switched off",
		Why: "Without mutual TLS traffic between pods can be read and changed by whoever sits on the way, and the other " +
			"side is whoever it claims to be.",
		Fix:        "set mode: STRICT in a PeerAuthentication, ISTIO_MUTUAL in a DestinationRule, required in Cilium",
		FixKind:    lint.UnsafeFix,
		Severity:   lint.High,
		Points:     -7,
		Profiles:   []string{"default", "strict", "nsa", "novel"},
		References: []string{"NSA:encryption", "NIST:4.3.3", "ATTACK:T1040,T1557", "OWASP:K06,K07"},
		Kinds: lint.Kinds{
			Names: []string{
				"security.istio.io/PeerAuthentication", "networking.istio.io/DestinationRule",
				"cilium.io/CiliumNetworkPolicy", "cilium.io/CiliumClusterwideNetworkPolicy",
			},
			Context: []string{"Service"},
		},
		Scope: lint.ResourceScope,
		Check: meshMTLSDisabled,
	},
	{
		ID:     "mesh-mtls-permissive",
		Family: "mesh",
		Title:  "mesh still accepts plain text",
		Why: "In permissive mode a workload takes plain text beside mutual TLS, so clients without an identity still get " +
			"in. It is meant for the time of a migration.",
		Fix:        "set mode: STRICT",
		FixKind:    lint.UnsafeFix,
		Severity:   lint.Medium,
		Points:     -3,
		Profiles:   []string{"default", "strict", "nsa", "novel"},
		References: []string{"NSA:encryption", "NIST:4.3.3", "ATTACK:T1557", "OWASP:K07"},
		Kinds:      lint.Kinds{Names: []string{"security.istio.io/PeerAuthentication"}, Context: meshConfigKinds},
		Scope:      lint.ResourceScope,
		Check:      meshMTLSPermissive,
	},
	{
		ID:     "mesh-bypass",
		Family: "mesh",
		Title:  "traffic goes past the service mesh",
		Why: "What does not go through the proxy is neither encrypted nor authenticated, and no policy of the mesh holds " +
			"for it.",
		Fix:        "delete the opt-out or exclusion",
		FixKind:    lint.UnsafeFix,
		Severity:   lint.Medium,
		Points:     -2,
		Profiles:   []string{"strict", "nsa", "novel"},
		References: []string{"NSA:encryption", "NIST:4.3.3,4.4.2", "ATTACK:T1557", "OWASP:K07"},
		Kinds: lint.Kinds{
			Workloads: true,
			Names: []string{
				"/Namespace", "/ConfigMap", "networking.istio.io/Sidecar", "install.istio.io/IstioOperator",
				"sailoperator.io/Istio",
			},
		},
		Scope: lint.PodScope,
		Check: meshBypass,
	},
	{
		ID:     "spiffe-identity-weak",
		Family: "mesh",
		Title:  "SPIFFE identity can be had by the wrong workload",
		Why: "An identity is worth what is checked before it is given out. Where SPIRE asks for too little, or trusts what " +
			"nobody vouched for, another workload can get it.",
		Fix:        "add selectors; set trust_bundle_path",
		FixKind:    lint.UnsafeFix,
		Severity:   lint.Medium,
		Points:     -3,
		Profiles:   []string{"default", "strict", "nsa", "novel"},
		References: []string{"NSA:authentication", "NIST:4.3.2,4.3.5", "ATTACK:T1078", "OWASP:K06"},
		Kinds: lint.Kinds{
			Names: []string{
				"spire.spiffe.io/ClusterSPIFFEID", "spire.spiffe.io/ClusterStaticEntry", "/ConfigMap",
				"helm.toolkit.fluxcd.io/HelmRelease",
			},
		},
		Scope: lint.ResourceScope,
		Check: spiffeIdentityWeak,
	},
}
