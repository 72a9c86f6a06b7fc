package rules

import (
	"slices"
	"strings"

	"github.com/seaworthy-lint/seaworthy/lint"
	"github.com/seaworthy-lint/seaworthy/lint/manifest"
)

// weakProtocols are the names that settings have for versions before TLS 1.2,
// in lower case.
var weakProtocols = []string{
	"sslv2", "sslv3", "tlsv1", "tlsv1.0", "tlsv1.1", // nginx, HAProxy
	"tlsv1_0", "tlsv1_1", // Istio
	"versionssl30", "versiontls10", "versiontls11", // Traefik
	"1.0", "1.1", // Contour
}

// weakPolicies are the predefined policies of AWS load balancers that accept
// TLS 1.0 or 1.1 (security policies in the ELB documentation).
var weakPolicies = []string{
	"ELBSecurityPolicy-2015-03", "ELBSecurityPolicy-2015-05", "ELBSecurityPolicy-2016-08", "ELBSecurityPolicy-TLS-1-0-2015-04",
	"ELBSecurityPolicy-TLS-1-1-2017-01", "ELBSecurityPolicy-FS-2018-06", "ELBSecurityPolicy-FS-1-1-2019-08",
	"ELBSecurityPolicy-TLS13-1-0-2021-06", "ELBSecurityPolicy-TLS13-1-1-2021-06",
	"ELBSecurityPolicy-TLS13-1-0-FIPS-2023-04", "ELBSecurityPolicy-TLS13-1-1-FIPS-2023-04",
}

func weakTLSVersion(p *lint.Pass) {
	switch o := p.Object; {
	case o.Kind == "ConfigMap" && o.Group() == "":
		weakProxyConfig(p)
	case isIngress(o), isService(o):
		weakAnnotations(p)
	case isIstioGateway(o):
		for _, server := range o.At("spec", "servers").Items() {
			reportWeak(p, server.At("tls", "minProtocolVersion"))
		}
	case o.Kind == "TLSOption":
		reportWeak(p, o.At("spec", "minVersion"))
	case o.Kind == "HTTPProxy":
		reportWeak(p, o.At("spec", "virtualhost", "tls", "minimumProtocolVersion"))
	case o.Kind == "ContourConfiguration":
		reportWeak(p, o.At("spec", "envoy", "listener", "tls", "minimumProtocolVersion"))
	}
}

// reportWeak reports a setting that names versions before TLS 1.2.
func reportWeak(p *lint.Pass, n *manifest.Node) {
	if n.Templated() {
		p.UnknownValue(n)
		return
	}
	var weak []string
	for _, name := range splitList(n.Str()) {
		if slices.Contains(weakProtocols, strings.ToLower(name)) {
			weak = append(weak, name)
		}
	}
	if len(weak) > 0 {
		p.Reportf(n, "%s of %s %q accepts %s", lastPart(n.Key), p.Object.Kind, p.Object.Name, strings.Join(weak, ", "))
	}
}

// lastPart is what follows the slash of an annotation's name.
func lastPart(key string) string { return key[strings.LastIndexByte(key, '/')+1:] }

var (
	haproxyMinimum = lazyRegexp(`(?m)^[^#\n]*\bssl-min-ver\s+(SSLv3|TLSv1\.[01])\b`)
	contourMinimum = lazyRegexp(`(?m)^\s*minimum-protocol-version:\s*["']?(1\.[01])\b`)
)

// weakProxyConfig reads the settings of ingress-nginx and HAProxy, which are
// keys of a ConfigMap, and those that stand in a text of HAProxy's or
// Contour's own format.
func weakProxyConfig(p *lint.Pass) {
	for _, n := range p.Object.At("data").Fields() {
		switch n.Key {
		case "ssl-protocols", "proxy-ssl-protocols", "ssl-min-ver":
			reportWeak(p, n)
			continue
		case "contour.yaml":
			reportWeakText(p, n, contourMinimum().FindStringSubmatch(n.Str()))
		}
		if strings.Contains(n.Str(), "ssl-min-ver") {
			reportWeakText(p, n, haproxyMinimum().FindStringSubmatch(n.Str()))
		}
	}
}

// reportWeakText reports a text in which a version was found.
func reportWeakText(p *lint.Pass, n *manifest.Node, match []string) {
	if match != nil {
		p.Reportf(n, "%s of ConfigMap %q accepts %s", n.Key, p.Object.Name, match[1]).Showing(match[1])
	}
}

func weakAnnotations(p *lint.Pass) {
	for _, n := range p.Object.At("metadata", "annotations").Fields() {
		switch lastPart(n.Key) {
		case "ssl-protocols", "proxy-ssl-protocols":
			if isNginx(n) {
				reportWeak(p, n)
			}
		case "ssl-policy", "aws-load-balancer-ssl-negotiation-policy":
			if slices.Contains(weakPolicies, strings.TrimSpace(n.Str())) {
				p.Reportf(n, "%s %q has the policy %s, which accepts TLS before 1.2", p.Object.Kind, p.Object.Name, n.Str())
			}
		}
	}
}
