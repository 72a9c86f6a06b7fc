package rules

import (
	"net/netip"
	"slices"

	"github.com/seaworthy-lint/seaworthy/lint"
	"github.com/seaworthy-lint/seaworthy/lint/manifest"
	"github.com/seaworthy-lint/seaworthy/lint/networkpolicy"
	"github.com/seaworthy-lint/seaworthy/lint/scope"
)

var networkPolicies = []lint.Rule{
	{
		ID:     "network-policy-allow-all",
		Family: "networkpolicy",
		Title:  "network policy admits everyone",
		Why: "Policies add up: one rule that admits everyone opens the selected pods again, whatever the other policies " +
			"say, and the policy only looks like a protection.",
		Fix:        "name the peers",
		FixKind:    lint.UnsafeFix,
		Severity:   lint.Medium,
		Points:     -3,
		Profiles:   []string{"default", "strict", "nsa", "novel"},
		References: []string{"NSA:network-policies", "NIST:4.3.3,4.4.2", "ATTACK:T1190", "OWASP:K07"},
		Kinds:      lint.Kinds{Names: networkpolicy.Kinds(), Context: slices.Concat(podKinds, []string{"Service", "Ingress", "HTTPRoute"})},
		Scope:      lint.ResourceScope,
		Check:      networkPolicyAllowAll,
	},
	{
		ID:     "metadata-endpoint-egress",
		Family: "networkpolicy",
		Title:  "network policy lets pods reach the cloud metadata service",
		Why: "The metadata service of a cloud hands out the credentials of the node. A pod that reaches it can act as the " +
			"node does, unless the cloud itself keeps pods away from it.",
		Fix:        "add except: [169.254.169.254/32] to the ipBlock",
		FixKind:    lint.UnsafeFix,
		Severity:   lint.Medium,
		Points:     -3,
		Profiles:   []string{"strict", "nsa", "novel"},
		References: []string{"NSA:cloud-infrastructure", "NIST:4.4.2", "ATTACK:T1552.005", "OWASP:K07,K08"},
		Kinds:      lint.Kinds{Names: networkpolicy.Kinds()},
		Scope:      lint.ResourceScope,
		Check:      metadataEndpointEgress,
	},
	{
		ID:     "network-policy-ineffective",
		Family: "networkpolicy",
		Title:  "network policy cannot do what it says",
		Why: "Rules for a direction that a policy does not isolate are ignored, pods on the network of their node are out " +
			"of its reach, and the API server rejects an exception that lies outside its block.",
		Fix:        "add the direction to policyTypes; correct the except, or take the pods off the host network",
		FixKind:    lint.SafeFix,
		Severity:   lint.Medium,
		Points:     -3,
		Profiles:   []string{"default", "strict", "novel"},
		References: []string{"NIST:4.3.3,4.4.2", "OWASP:K07"},
		Kinds:      lint.Kinds{Names: networkpolicy.Kinds(), Context: podKinds},
		Scope:      lint.ResourceScope,
		Check:      networkPolicyIneffective,
	},
	{
		ID:     "dangling-network-policy",
		Family: "networkpolicy",
		Title:  "network policy selects no pod",
		Why: "A selector with a label that no pod has protects nothing, or admits nobody, and nothing says so: most often " +
			"the label is misspelt or was renamed.",
		Fix:      "correct the selector or delete the policy",
		FixKind:  lint.NoFix,
		Severity: lint.Low,
		Points:   -1,
		Profiles: []string{"strict", "reliability"},
		Aliases: []string{
			"kube-linter:dangling-networkpolicy", "kube-linter:dangling-networkpolicypeer-podselector",
			"kube-score:networkpolicy-targets-pod", "kubescape:C-0299", "kics:85ab1c5b-014e-4352-b5f8-d7dea3bb4fd3",
		},
		References: []string{"NIST:4.3.3", "OWASP:K07"},
		Kinds:      lint.Kinds{Names: []string{"networking.k8s.io/NetworkPolicy", "extensions/NetworkPolicy", "cilium.io/CiliumNetworkPolicy"}, Context: podKinds},
		Scope:      lint.ResourceScope,
		Check:      danglingNetworkPolicy,
	},
}

func networkPolicyAllowAll(p *lint.Pass) {
	for _, rule := range policies(p).Rules(p.Object) {
		for _, peer := range rule.Peers {
			switch {
			case rule.Action != networkpolicy.Allow || rule.Narrowed:
			case peer.Untold:
				p.UnknownValue(peer.At)
			case peer.Everyone == "":
			case rule.Direction == networkpolicy.Ingress:
				admitsEveryone(p, rule, peer)
			case !rule.Limited():
				p.Reportf(peer.At, "the policy lets pods out to %s", peer.Everyone).AsNote()
			}
		}
	}
	if networkpolicy.IsKubernetes(p.Object) {
		alternativePeers(p)
	}
}

// admitsEveryone is milder on a rule for some ports: it passes where clients
// from outside are meant to come to the pods, and is one level lower elsewhere.
func admitsEveryone(p *lint.Pass, rule networkpolicy.Rule, peer networkpolicy.Peer) {
	if !rule.Limited() {
		p.Reportf(peer.At, "the policy admits %s", peer.Everyone)
		return
	}
	switch behindPublicService(p) {
	case manifest.Unknown:
		p.Unknown(peer.At, "whether the pods are meant to be public is not in view")
	case manifest.False:
		f := p.Reportf(peer.At, "the policy admits %s, on some ports of pods that no public Service or Ingress in view leads to", peer.Everyone).Lower()
		if peer.ByPorts {
			f.AsNote()
		}
	}
}

// alternativePeers gives a note on two neighbouring peers of which one has
// nothing but namespaces and one nothing but pods: they are alternatives, where
// one peer with both selectors is usually meant.
func alternativePeers(p *lint.Pass) {
	only := func(n *manifest.Node, key string) bool {
		return len(n.Fields()) == 1 && n.At(key).IsSet() && !scope.SelectsAll(n.At(key))
	}
	for _, side := range networkpolicy.Sides() {
		for _, rule := range p.Object.At("spec", side.Key).Items() {
			peers := rule.At(side.Peers).Items()
			for i := 1; i < len(peers); i++ {
				if only(peers[i-1], "namespaceSelector") && only(peers[i], "podSelector") || only(peers[i-1], "podSelector") && only(peers[i], "namespaceSelector") {
					p.Reportf(peers[i], "the peer is an alternative to the one before it, so either selector suffices").AsNote()
				}
			}
		}
	}
}

func metadataEndpointEgress(p *lint.Pass) {
	rules := policies(p).Rules(p.Object)
	for i, rule := range rules {
		if rule.Direction != networkpolicy.Egress || rule.Action != networkpolicy.Allow || !rule.Reaches(networkpolicy.MetadataPort) {
			continue
		}
		for _, peer := range rule.Peers {
			reached := metadataReached(peer)
			switch {
			case peer.Untold:
				p.UnknownValue(peer.At)
			case !reached.IsValid() || networkpolicy.Denied(deniedBefore(p.Object, rules, i), reached, networkpolicy.MetadataPort):
			case deniedElsewhere(p, reached):
				p.Unknown(peer.At, "another policy in view denies the metadata service")
			default:
				p.Reportf(peer.At, "the policy lets pods out to the metadata service of the cloud at %s", reached)
			}
		}
	}
}

// metadataReached is a metadata address among those of the peer, not valid
// when there is none. A peer that is a single address is meant.
func metadataReached(peer networkpolicy.Peer) netip.Addr {
	for _, address := range networkpolicy.MetadataAddresses() {
		switch {
		case peer.World && !peer.CIDR.IsValid():
			return address
		case peer.CIDR.IsSingleIP() || !peer.CIDR.Contains(address):
		case peer.Means(address):
			return address
		}
	}
	return netip.Addr{}
}

// deniedBefore are the rules that decide before the i-th: those before it, and
// for Cilium, where denials win, all.
func deniedBefore(o *manifest.Object, rules []networkpolicy.Rule, i int) []networkpolicy.Rule {
	if networkpolicy.IsCilium(o) {
		return rules
	}
	return rules[:i]
}

// deniedElsewhere tells whether a policy of a kind that can deny does so: which
// of two decides depends on orders, tiers and selectors.
func deniedElsewhere(p *lint.Pass, address netip.Addr) bool {
	return slices.ContainsFunc(policies(p).Denying(address, networkpolicy.MetadataPort), func(o *manifest.Object) bool { return o != p.Object })
}
