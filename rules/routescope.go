package rules

import (
	"strings"

	"github.com/seaworthy-lint/seaworthy/lint"
	"github.com/seaworthy-lint/seaworthy/lint/manifest"
)

func routeScopeTooWide(p *lint.Pass) {
	switch o := p.Object; {
	case isIngress(o):
		ingressForAll(p)
	case isIstioGateway(o):
		for _, server := range o.At("spec", "servers").Items() {
			reportAnyHost(p, server.At("hosts"))
		}
	case o.Kind == "VirtualService" && o.Group() == "networking.istio.io":
		reportAnyHost(p, o.At("spec", "hosts"))
	case o.Kind == "Gateway" && o.Group() == "gateway.networking.k8s.io":
		for _, listener := range o.At("spec", "listeners").Items() {
			openListener(p, listener)
		}
	case o.Kind == "ReferenceGrant" && o.Group() == "gateway.networking.k8s.io":
		for _, to := range o.At("spec", "to").Items() {
			kind := to.At("kind").Str()
			if (kind == "Secret" || kind == "Service") && to.At("group").Str() == "" && to.At("name").Str() == "" {
				p.Reportf(to.At("kind"), "ReferenceGrant %q lends every %s of its namespace", o.Name, kind)
			}
		}
	}
}

// ingressForAll reports rules that take requests for every host, and an
// Ingress that has a default backend only.
func ingressForAll(p *lint.Pass) {
	rules := p.Object.At("spec", "rules").Items()
	for _, rule := range rules {
		switch host := rule.At("host"); {
		case host.Str() == "*":
			p.Reportf(host, "Ingress %q takes requests for every host", p.Object.Name)
		case host.IsSet() && host.Str() == "":
			p.Reportf(host, "a rule of Ingress %q names no host", p.Object.Name)
		case !host.IsSet():
			p.Missingf(rule, []string{"host"}, "a rule of Ingress %q names no host", p.Object.Name)
		}
	}
	for _, key := range []string{"defaultBackend", "backend"} {
		if n := p.Object.At("spec", key); n.IsSet() && len(rules) == 0 {
			p.Reportf(n, "Ingress %q takes requests for every host by its default backend", p.Object.Name)
		}
	}
}

// reportAnyHost reports the hosts of Istio that are *, also behind a
// namespace.
func reportAnyHost(p *lint.Pass, hosts *manifest.Node) {
	for _, host := range hosts.Items() {
		if text := host.Str(); text == "*" || strings.HasSuffix(text, "/*") {
			p.Reportf(host, "%s %q takes requests for every host", p.Object.Kind, p.Object.Name)
		}
	}
}

func openListener(p *lint.Pass, listener *manifest.Node) {
	from := listener.At("allowedRoutes", "namespaces", "from")
	host := listener.At("hostname")
	switch {
	case from.Str() != "All":
	case host.Templated():
		p.UnknownValue(host)
	case host.Str() == "" || strings.HasPrefix(host.Str(), "*"):
		p.Reportf(from, "listener %q of Gateway %q lets routes of every namespace take any of its hosts", listener.At("name").Str(), p.Object.Name)
	}
}
