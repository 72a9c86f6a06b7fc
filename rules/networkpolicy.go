package rules

import (
	"net/netip"
	"slices"

	"github.com/seaworthy-lint/seaworthy/lint"
	"github.com/seaworthy-lint/seaworthy/lint/manifest"
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
		Kinds:      lint.Kinds{Names: policyKinds(), Context: slices.Concat(podKinds, []string{"Service", "Ingress", "HTTPRoute"})},
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
		Kinds:      lint.Kinds{Names: policyKinds()},
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
		Kinds:      lint.Kinds{Names: policyKinds(), Context: podKinds},
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

// policyKinds are the kinds of network policies.
func policyKinds() []string {
	return append([]string{"networking.k8s.io/NetworkPolicy", "extensions/NetworkPolicy"}, clusterPolicyKinds()...)
}

// clusterPolicyKinds are those that may reach beyond their namespace or deny.
func clusterPolicyKinds() []string {
	return []string{
		"cilium.io/CiliumNetworkPolicy", "cilium.io/CiliumClusterwideNetworkPolicy",
		"projectcalico.org/NetworkPolicy", "projectcalico.org/GlobalNetworkPolicy",
		"crd.projectcalico.org/NetworkPolicy", "crd.projectcalico.org/GlobalNetworkPolicy",
		adminPolicyGroup + "/AdminNetworkPolicy", adminPolicyGroup + "/ClusterNetworkPolicy",
	}
}

func networkPolicyAllowAll(p *lint.Pass) {
	for _, rule := range policyRules(p.Object) {
		for _, peer := range rule.peers {
			switch {
			case rule.denies || rule.narrowed:
			case peer.untold:
				p.UnknownValue(peer.at)
			case peer.everyone == "":
			case !rule.egress:
				admitsEveryone(p, rule, peer)
			case !rule.limited():
				p.Reportf(peer.at, "the policy lets pods out to %s", peer.everyone).AsNote()
			}
		}
	}
	if isKubernetesPolicy(p.Object) {
		alternativePeers(p)
	}
}

// admitsEveryone is milder on a rule for some ports: it passes where clients
// from outside are meant to come to the pods, and is one level lower elsewhere.
func admitsEveryone(p *lint.Pass, rule policyRule, peer policyPeer) {
	if !rule.limited() {
		p.Reportf(peer.at, "the policy admits %s", peer.everyone)
		return
	}
	switch behindPublicService(p) {
	case manifest.Unknown:
		p.Unknown(peer.at, "whether the pods are meant to be public is not in view")
	case manifest.False:
		f := p.Reportf(peer.at, "the policy admits %s, on some ports of pods that no public Service or Ingress in view leads to", peer.everyone).Lower()
		if peer.byPorts {
			f.AsNote()
		}
	}
}

// alternativePeers gives a note on two neighbouring peers of which one has
// nothing but namespaces and one nothing but pods: they are alternatives, where
// one peer with both selectors is usually meant.
func alternativePeers(p *lint.Pass) {
	only := func(n *manifest.Node, key string) bool {
		return len(n.Fields()) == 1 && n.At(key).IsSet() && !selectsAll(n.At(key))
	}
	for _, d := range directions() {
		for _, rule := range p.Object.At("spec", d.key).Items() {
			peers := rule.At(d.peers).Items()
			for i := 1; i < len(peers); i++ {
				if only(peers[i-1], "namespaceSelector") && only(peers[i], "podSelector") || only(peers[i-1], "podSelector") && only(peers[i], "namespaceSelector") {
					p.Reportf(peers[i], "the peer is an alternative to the one before it, so either selector suffices").AsNote()
				}
			}
		}
	}
}

// metadataAddresses are where clouds offer their metadata: over IPv4, and over
// IPv6 on AWS. They answer on port 80.
func metadataAddresses() []netip.Addr {
	return []netip.Addr{netip.MustParseAddr("169.254.169.254"), netip.MustParseAddr("fd00:ec2::254")}
}

const metadataPort = 80

func metadataEndpointEgress(p *lint.Pass) {
	rules := policyRules(p.Object)
	for i, rule := range rules {
		if !rule.egress || rule.denies || !rule.reaches(metadataPort) {
			continue
		}
		for _, peer := range rule.peers {
			reached := metadataReached(peer)
			switch {
			case peer.untold:
				p.UnknownValue(peer.at)
			case !reached.IsValid() || metadataDenied(deniedBefore(p.Object, rules, i), reached):
			case deniedElsewhere(p, reached):
				p.Unknown(peer.at, "another policy in view denies the metadata service")
			default:
				p.Reportf(peer.at, "the policy lets pods out to the metadata service of the cloud at %s", reached)
			}
		}
	}
}

// metadataReached is a metadata address among those of the peer, not valid
// when there is none. A peer that is a single address is meant.
func metadataReached(peer policyPeer) netip.Addr {
	for _, address := range metadataAddresses() {
		switch {
		case peer.world && !peer.cidr.IsValid():
			return address
		case peer.cidr.IsSingleIP() || !peer.cidr.Contains(address):
		case !contains(peer.excepted, address):
			return address
		}
	}
	return netip.Addr{}
}

func contains(prefixes []netip.Prefix, address netip.Addr) bool {
	for _, prefix := range prefixes {
		if prefix.Contains(address) {
			return true
		}
	}
	return false
}

// deniedBefore are the rules that decide before the i-th: those before it, and
// for Cilium, where denials win, all.
func deniedBefore(o *manifest.Object, rules []policyRule, i int) []policyRule {
	if o.Group() == "cilium.io" {
		return rules
	}
	return rules[:i]
}

// metadataDenied tells whether one of the rules denies the way to an address.
func metadataDenied(rules []policyRule, address netip.Addr) bool {
	for _, rule := range rules {
		if !rule.egress || !rule.denies || !rule.reaches(metadataPort) {
			continue
		}
		for _, peer := range rule.peers {
			if peer.world && !peer.cidr.IsValid() || peer.cidr.Contains(address) && !contains(peer.excepted, address) {
				return true
			}
		}
	}
	return false
}

// deniedElsewhere tells whether a policy of a kind that can deny does so: which
// of two decides depends on orders, tiers and selectors.
func deniedElsewhere(p *lint.Pass, address netip.Addr) bool {
	for _, name := range clusterPolicyKinds() {
		for _, o := range p.Set.OfKind(splitKind(name)) {
			if o != p.Object && metadataDenied(policyRules(o), address) {
				return true
			}
		}
	}
	return false
}
