package rules

import (
	"slices"
	"strings"

	"github.com/seaworthy-lint/seaworthy/lint"
	"github.com/seaworthy-lint/seaworthy/lint/manifest"
	"github.com/seaworthy-lint/seaworthy/lint/networkpolicy"
)

func meshMTLSDisabled(p *lint.Pass) {
	switch p.Object.Kind {
	case "PeerAuthentication":
		for _, mode := range peerModes(p.Object) {
			reportMode(p, mode, "DISABLE", "workloads take nothing but plain text")
		}
	case "DestinationRule":
		plainDestination(p)
	default:
		for _, spec := range networkpolicy.CiliumSpecs(p.Object) {
			for _, side := range networkpolicy.Sides() {
				for _, rule := range spec.At(side.Key).Items() {
					reportMode(p, rule.At("authentication", "mode"), "disabled", "the identity of peers is not checked")
				}
			}
		}
	}
}

func meshMTLSPermissive(p *lint.Pass) {
	for _, mode := range peerModes(p.Object) {
		reportMode(p, mode, "PERMISSIVE", "workloads take plain text beside mutual TLS")
	}
	mode := p.Object.At("spec", "mtls", "mode")
	if p.Object.Namespace != meshRootNamespace(p.Set) || len(p.Object.At("spec", "selector", "matchLabels").Fields()) > 0 {
		return
	}
	const message = "the root of the mesh names no mode, so workloads take plain text beside mutual TLS"
	switch {
	case mode.Str() == "UNSET":
		p.Reportf(mode, message)
	case !mode.IsSet():
		p.Missingf(p.Object.Node, []string{"spec", "mtls", "mode"}, message)
	}
}

// peerModes are the modes that a PeerAuthentication names, for all ports and
// for single ones.
func peerModes(o *manifest.Object) []*manifest.Node {
	modes := []*manifest.Node{o.At("spec", "mtls", "mode")}
	for _, port := range o.At("spec", "portLevelMtls").Fields() {
		modes = append(modes, port.At("mode"))
	}
	return modes
}

func reportMode(p *lint.Pass, mode *manifest.Node, wrong, effect string) {
	switch {
	case mode.Templated():
		p.UnknownValue(mode)
	case mode.Str() == wrong:
		p.Reportf(mode, "%s: the mode is %s", effect, wrong)
	}
}

// plainDestination reports where a DestinationRule has clients speak plain text
// to a host of the mesh, for all of it, for a port or for a subset.
func plainDestination(p *lint.Pass) {
	policies := []*manifest.Node{p.Object.At("spec", "trafficPolicy")}
	for _, subset := range p.Object.At("spec", "subsets").Items() {
		policies = append(policies, subset.At("trafficPolicy"))
	}
	var modes []*manifest.Node
	for _, policy := range policies {
		modes = append(modes, policy.At("tls", "mode"))
		for _, port := range policy.At("portLevelSettings").Items() {
			modes = append(modes, port.At("tls", "mode"))
		}
	}
	for _, mode := range modes {
		if mode.Str() != "DISABLE" && !mode.Templated() {
			continue
		}
		switch isMeshHost(p) {
		case manifest.Unknown:
			p.Unknown(mode, "whether the host is a Service is not in view")
		case manifest.True:
			reportMode(p, mode, "DISABLE", "clients speak plain text to "+p.Object.At("spec", "host").Str())
		}
	}
}

// isMeshHost tells whether the host of a DestinationRule is a Service. The API
// server is none that a proxy stands before: it has TLS of its own.
func isMeshHost(p *lint.Pass) manifest.Truth {
	host := p.Object.At("spec", "host")
	parts := strings.Split(host.Str(), ".")
	switch {
	case !host.IsSet() || host.Templated():
		return manifest.Unknown
	case parts[0] == "kubernetes" && len(parts) > 1 && parts[1] == "default":
		return manifest.False
	case strings.HasSuffix(host.Str(), ".local") || strings.HasSuffix(host.Str(), ".svc"):
		return manifest.True
	}
	namespace := p.Object.Namespace
	if len(parts) == 2 {
		namespace = parts[1]
	}
	named := p.Set.Named("", "Service", parts[0])
	switch {
	case len(parts) <= 2 && slices.ContainsFunc(named, func(o *manifest.Object) bool { return p.Scope().SameNamespace(o.Namespace, namespace) == manifest.True }):
		return manifest.True
	case len(parts) == 1 || len(named) > 0:
		return manifest.Unknown
	}
	return manifest.False
}
