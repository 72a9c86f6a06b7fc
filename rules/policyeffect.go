package rules

import (
	"fmt"
	"slices"

	"github.com/seaworthy-lint/seaworthy/lint"
	"github.com/seaworthy-lint/seaworthy/lint/manifest"
)

func networkPolicyIneffective(p *lint.Pass) {
	switch {
	case isKubernetesPolicy(p.Object):
		directionLeftOut(p, "policyTypes")
		for _, d := range directions() {
			for _, peer := range flatten(p.Object.At("spec", d.key).Items(), d.peers) {
				exceptOutside(p, peer.At("ipBlock"))
			}
		}
	case isCalicoPolicy(p.Object):
		directionLeftOut(p, "types")
	case p.Object.Group() == "cilium.io":
		for _, spec := range ciliumSpecs(p.Object) {
			for _, d := range directions() {
				withoutDefaultDeny(p, spec, d)
				for _, block := range flatten(spec.At(d.key).Items(), d.peers+"CIDRSet") {
					exceptOutside(p, block)
				}
			}
		}
	}
	onlyHostNetwork(p)
}

// directionLeftOut reports rules for a direction that is not among those named.
// Naming none is naming those that have rules.
func directionLeftOut(p *lint.Pass, key string) {
	types := p.Object.At("spec", key)
	for _, item := range types.Items() {
		if item.Templated() {
			p.UnknownValue(item)
			return
		}
	}
	for _, d := range directions() {
		rules := p.Object.At("spec", d.key)
		if len(types.Items()) > 0 && len(rules.Items()) > 0 && !holds(types.Items(), d.kind) {
			p.Reportf(types, "%s leaves out %s, so the %s rules of the policy are ignored", key, d.kind, d.key).
				About(d.key).Relate(rules, "the rules that are ignored")
		}
	}
}

// exceptOutside reports exceptions that the API server rejects, since they are
// no part of their block, or all of it.
func exceptOutside(p *lint.Pass, block *manifest.Node) {
	cidr := prefixOf(block.At("cidr"))
	for _, e := range block.At("except").Items() {
		except := prefixOf(e)
		if cidr.IsValid() && except.IsValid() && (!cidr.Contains(except.Addr()) || except.Bits() <= cidr.Bits()) {
			p.Reportf(e, "the exception %s is not a part of the block %s", e.Str(), block.At("cidr").Str())
		}
	}
}

// withoutDefaultDeny reports rules that let through what nothing holds back.
// Rules about the application layer still work: they lead traffic through a
// proxy. A policy for the whole cluster most often adds to the policies of
// others, so there it is a note.
func withoutDefaultDeny(p *lint.Pass, spec *manifest.Node, d direction) {
	denied := spec.At("enableDefaultDeny", d.key)
	rules := spec.At(d.key).Items()
	proxied := slices.ContainsFunc(flatten(rules, "toPorts"), func(n *manifest.Node) bool { return n.At("rules").IsSet() })
	switch {
	case len(rules) == 0 || proxied:
	case denied.Truth() == manifest.Unknown:
		p.UnknownValue(denied)
	case denied.Truth() == manifest.False:
		f := p.Reportf(denied, "the policy does not isolate %s, so its %s rules hold nothing back", d.key, d.key)
		if p.Object.Kind == "CiliumClusterwideNetworkPolicy" {
			f.AsNote()
		}
	}
}

// onlyHostNetwork reports a policy when all pods in view that it selects have
// the network of their node, where no policy holds. A policy for all pods of a
// namespace may be meant for others.
func onlyHostNetwork(p *lint.Pass) {
	selectors, names := policySelectors(p.Object)
	for _, selector := range selectors {
		sure, unsure := podsOf(p, selector, names)
		if len(sure) == 0 || len(unsure) > 0 || slices.ContainsFunc(sure, onOwnNetwork) {
			continue
		}
		if !selector.IsSet() {
			selector = p.Object.At("spec")
		}
		f := p.Reportf(selector, "the pods that the policy selects have the host network, where policies do not hold (%s)", podOwner(sure[0]))
		if selectsAll(selector) || selector.Key == "spec" {
			f.AsNote()
		}
	}
}

func onOwnNetwork(pod *manifest.Pod) bool { return !pod.At("hostNetwork").True() }

func podOwner(pod *manifest.Pod) string {
	return fmt.Sprintf("%s %q", pod.Object.Kind, pod.Object.Name)
}

// danglingNetworkPolicy gives notes: the pods may stand where we do not look.
func danglingNetworkPolicy(p *lint.Pass) {
	selectors, names := policySelectors(p.Object)
	selectors = append(selectors, peerSelectors(p.Object)...)
	for _, selector := range selectors {
		if !selector.IsSet() || selectsAll(selector) {
			continue
		}
		sure, unsure := podsOf(p, selector, names)
		switch {
		case len(sure)+len(unsure) > 0:
		case slices.ContainsFunc(p.Set.Documents, unreadable):
			p.Unknown(selector, "a document in view could not be read")
		default:
			p.Reportf(selector, "no pod in view has the labels that the policy selects by %s", selector.Path()).AsNote()
		}
	}
}

func unreadable(d *manifest.Document) bool { return d.Status.Unjudged() }

// peerSelectors are the selectors of peers in the policy's own namespace.
func peerSelectors(o *manifest.Object) []*manifest.Node {
	var selectors []*manifest.Node
	for _, d := range directions() {
		if isKubernetesPolicy(o) {
			for _, peer := range flatten(o.At("spec", d.key).Items(), d.peers) {
				if !peer.At("namespaceSelector").IsSet() {
					selectors = append(selectors, peer.At("podSelector"))
				}
			}
			continue
		}
		for _, spec := range ciliumSpecs(o) {
			for _, peer := range flatten(spec.At(d.key).Items(), d.peers+"Endpoints") {
				if readsPodLabels(peer) {
					selectors = append(selectors, peer)
				}
			}
		}
	}
	return selectors
}

// readsPodLabels tells whether a Cilium selector asks for labels of pods only,
// and so stays in its own namespace.
func readsPodLabels(selector *manifest.Node) bool {
	keys := selector.At("matchLabels").Fields()
	for _, e := range selector.At("matchExpressions").Items() {
		if _, ok := ciliumLabel(e.At("key").Str()); !ok {
			return false
		}
	}
	return !slices.ContainsFunc(keys, func(n *manifest.Node) bool {
		_, ok := ciliumLabel(n.Key)
		return !ok
	})
}
