package rules

import (
	"fmt"
	"slices"

	"github.com/seaworthy-lint/seaworthy/lint"
	"github.com/seaworthy-lint/seaworthy/lint/manifest"
	"github.com/seaworthy-lint/seaworthy/lint/networkpolicy"
	"github.com/seaworthy-lint/seaworthy/lint/scope"
)

func networkPolicyIneffective(p *lint.Pass) {
	switch {
	case networkpolicy.IsKubernetes(p.Object):
		directionLeftOut(p, "policyTypes")
		for _, side := range networkpolicy.Sides() {
			for _, peer := range flatten(p.Object.At("spec", side.Key).Items(), side.Peers) {
				exceptOutside(p, peer.At("ipBlock"))
			}
		}
	case networkpolicy.IsCalico(p.Object):
		directionLeftOut(p, "types")
	case networkpolicy.IsCilium(p.Object):
		for _, spec := range networkpolicy.CiliumSpecs(p.Object) {
			for _, side := range networkpolicy.Sides() {
				withoutDefaultDeny(p, spec, side)
				for _, block := range flatten(spec.At(side.Key).Items(), side.Peers+"CIDRSet") {
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
	for _, side := range networkpolicy.Sides() {
		rules := p.Object.At("spec", side.Key)
		if len(types.Items()) > 0 && len(rules.Items()) > 0 && !slices.ContainsFunc(types.Items(), func(n *manifest.Node) bool { return n.Str() == side.Kind }) {
			p.Reportf(types, "%s leaves out %s, so the %s rules of the policy are ignored", key, side.Kind, side.Key).
				About(side.Key).Relate(rules, "the rules that are ignored")
		}
	}
}

// exceptOutside reports exceptions that the API server rejects, since they are
// no part of their block, or all of it.
func exceptOutside(p *lint.Pass, block *manifest.Node) {
	cidr := networkpolicy.Prefix(block.At("cidr"))
	for _, e := range block.At("except").Items() {
		except := networkpolicy.Prefix(e)
		if cidr.IsValid() && except.IsValid() && (!cidr.Contains(except.Addr()) || except.Bits() <= cidr.Bits()) {
			p.Reportf(e, "the exception %s is not a part of the block %s", e.Str(), block.At("cidr").Str())
		}
	}
}

// withoutDefaultDeny reports rules that let through what nothing holds back.
// Rules about the application layer still work: they lead traffic through a
// proxy. A policy for the whole cluster most often adds to the policies of
// others, so there it is a note.
func withoutDefaultDeny(p *lint.Pass, spec *manifest.Node, side networkpolicy.Side) {
	denied := spec.At("enableDefaultDeny", side.Key)
	rules := spec.At(side.Key).Items()
	proxied := slices.ContainsFunc(flatten(rules, "toPorts"), func(n *manifest.Node) bool { return n.At("rules").IsSet() })
	switch {
	case len(rules) == 0 || proxied:
	case denied.Truth() == manifest.Unknown:
		p.UnknownValue(denied)
	case denied.Truth() == manifest.False:
		f := p.Reportf(denied, "the policy does not isolate %s, so its %s rules hold nothing back", side.Key, side.Key)
		if p.Object.Kind == "CiliumClusterwideNetworkPolicy" {
			f.AsNote()
		}
	}
}

// onlyHostNetwork reports a policy when all pods in view that it selects have
// the network of their node, where no policy holds. A policy for all pods of a
// namespace may be meant for others.
func onlyHostNetwork(p *lint.Pass) {
	for _, part := range namespaceParts(p) {
		sure, unsure := policies(p).Selected(part)
		selector := podSelector(part)
		if len(sure) == 0 || len(unsure) > 0 || slices.ContainsFunc(sure, onOwnNetwork) {
			continue
		}
		if !selector.IsSet() {
			selector = p.Object.At("spec")
		}
		f := p.Reportf(selector, "the pods that the policy selects have the host network, where policies do not hold (%s)", podOwner(sure[0]))
		if scope.SelectsAll(selector) || selector.Key == "spec" {
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
	names := networkpolicy.CiliumLabel
	if networkpolicy.IsKubernetes(p.Object) {
		names = func(key string) (string, bool) { return key, true }
	}
	selectors := peerSelectors(p.Object)
	for _, part := range namespaceParts(p) {
		selectors = append(selectors, podSelector(part))
	}
	for _, selector := range selectors {
		if !selector.IsSet() || scope.SelectsAll(selector) {
			continue
		}
		sure, unsure := p.Scope().Selected(p.Object.Namespace, scope.SelectorOf(selector, names))
		switch {
		case len(sure)+len(unsure) > 0:
		case p.Scope().Incomplete():
			p.Unknown(selector, "a document in view could not be read")
		default:
			p.Reportf(selector, "no pod in view has the labels that the policy selects by %s", selector.Path()).AsNote()
		}
	}
}

// peerSelectors are the selectors of peers in the policy's own namespace.
func peerSelectors(o *manifest.Object) []*manifest.Node {
	var selectors []*manifest.Node
	for _, side := range networkpolicy.Sides() {
		if networkpolicy.IsKubernetes(o) {
			for _, peer := range flatten(o.At("spec", side.Key).Items(), side.Peers) {
				if !peer.At("namespaceSelector").IsSet() {
					selectors = append(selectors, peer.At("podSelector"))
				}
			}
			continue
		}
		for _, spec := range networkpolicy.CiliumSpecs(o) {
			for _, peer := range flatten(spec.At(side.Key).Items(), side.Peers+"Endpoints") {
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
		if _, ok := networkpolicy.CiliumLabel(e.At("key").Str()); !ok {
			return false
		}
	}
	return !slices.ContainsFunc(keys, func(n *manifest.Node) bool {
		_, ok := networkpolicy.CiliumLabel(n.Key)
		return !ok
	})
}
