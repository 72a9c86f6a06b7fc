package rules

import (
	"slices"
	"strings"

	"github.com/seaworthy-lint/seaworthy/lint"
	"github.com/seaworthy-lint/seaworthy/lint/manifest"
)

func ingressTLSMissing(p *lint.Pass) {
	switch o := p.Object; {
	case isIngress(o):
		ingressWithoutTLS(p)
	case isOpenShiftRoute(o):
		if !o.At("spec", "tls").IsSet() {
			p.Missingf(o.Node, []string{"spec", "tls"}, "Route %q has no TLS", o.Name)
		}
	case o.Kind == "HTTPProxy" && o.Group() == "projectcontour.io":
		// One without a virtual host is a part of another.
		if host := o.At("spec", "virtualhost"); host.IsSet() && !host.At("tls").IsSet() {
			p.Missingf(o.Node, []string{"spec", "virtualhost", "tls"}, "HTTPProxy %q has no TLS", o.Name)
		}
	case o.Kind == "IngressRoute":
		traefikWithoutTLS(p)
	}
}

// balancerCertificates are annotations that end TLS at the load balancer, or
// pass it on to the backend, by their last part, and the value that does; any
// when it is empty. They are those of AWS, GKE, Azure, OCI, Naver Cloud,
// ingress-nginx, HAProxy and Traefik.
var balancerCertificates = map[string]string{
	"alb.ingress.kubernetes.io/certificate-arn":             "",
	"alb.ingress.kubernetes.io/ssl-certificate-no":          "",
	"networking.gke.io/managed-certificates":                "",
	"networking.gke.io/certmap":                             "",
	"ingress.gcp.kubernetes.io/pre-shared-cert":             "",
	"appgw.ingress.kubernetes.io/appgw-ssl-certificate":     "",
	"oci-native-ingress.oraclecloud.com/certificate-ocid":   "",
	"haproxy.org/ssl-certificate":                           "",
	"haproxy.org/ssl-passthrough":                           "true",
	"haproxy-ingress.github.io/ssl-passthrough":             "true",
	"ingress.kubernetes.io/ssl-passthrough":                 "true",
	"nginx.ingress.kubernetes.io/ssl-passthrough":           "true",
	"traefik.ingress.kubernetes.io/router.tls":              "true",
	"traefik.ingress.kubernetes.io/router.tls.certresolver": "",
	"traefik.ingress.kubernetes.io/router.tls.options":      "",
}

func ingressWithoutTLS(p *lint.Pass) {
	o := p.Object
	if tlsAtBalancer(o) {
		return
	}
	tls := o.At("spec", "tls")
	if tls.IsSet() && tls.Kind != manifest.List {
		p.UnknownValue(tls)
		return
	}
	own := tlsHosts(o)
	if len(tls.Items()) > 0 {
		for _, rule := range o.At("spec", "rules").Items() {
			host := rule.At("host")
			if covered := own.covers(host); covered == manifest.Unknown {
				p.UnknownValue(host)
			} else if covered == manifest.False && !coveredElsewhere(p, host) {
				p.Reportf(host, "no tls entry of Ingress %q holds host %q", o.Name, host.Str())
			}
		}
		return
	}
	switch {
	case allCoveredElsewhere(p):
	case nginxAnnotation(o, "canary").Str() == "true":
		p.Unknown(nginxAnnotation(o, "canary"), "the Ingress that the canary belongs to may have TLS")
	default:
		p.Missingf(o.Node, []string{"spec", "tls"}, "Ingress %q has no TLS", o.Name)
	}
}

// balancedClasses are the classes of controllers that always end TLS in the
// network of their provider.
var balancedClasses = []string{"cloudflare-tunnel", "tailscale"}

func tlsAtBalancer(o *manifest.Object) bool {
	if slices.Contains(balancedClasses, ingressClass(o)) {
		return true
	}
	for _, n := range o.At("metadata", "annotations").Fields() {
		value, known := balancerCertificates[n.Key]
		if known && n.Str() != "" && (value == "" || n.Str() == value) {
			return true
		}
		if n.Key == "alb.ingress.kubernetes.io/listen-ports" && strings.Contains(n.Str(), "HTTPS") {
			return true
		}
	}
	return false
}

// hostSet are the hosts of the tls entries of an Ingress.
type hostSet struct {
	hosts []string
	// all tells of an entry without hosts, which is the default certificate.
	all bool
	// open tells of hosts that a template supplies.
	open bool
}

func tlsHosts(o *manifest.Object) hostSet {
	var set hostSet
	for _, entry := range o.At("spec", "tls").Items() {
		hosts := entry.At("hosts").Items()
		set.all = set.all || len(hosts) == 0
		for _, host := range hosts {
			set.open = set.open || host.Templated()
			set.hosts = append(set.hosts, strings.ToLower(host.Str()))
		}
	}
	return set
}

// covers tells whether a certificate is there for a rule's host: the very host,
// or a wildcard for its first label. A rule without one is served by whatever
// certificate there is.
func (s hostSet) covers(host *manifest.Node) manifest.Truth {
	name := strings.ToLower(host.Str())
	_, parent, _ := strings.Cut(name, ".")
	switch {
	case s.all, name == "", slices.Contains(s.hosts, name), slices.Contains(s.hosts, "*."+parent):
		return manifest.True
	case s.open, host.Templated():
		return manifest.Unknown
	}
	return manifest.False
}

// coveredElsewhere tells whether another Ingress in view has TLS for the host:
// controllers serve all Ingresses of a host with one set of certificates.
func coveredElsewhere(p *lint.Pass, host *manifest.Node) bool {
	if host.Str() == "" {
		return false
	}
	for _, group := range ingressGroups {
		for _, o := range p.Set.OfKind(group, "Ingress") {
			if o == p.Object || len(o.At("spec", "tls").Items()) == 0 {
				continue
			}
			set := tlsHosts(o)
			set.all = false // a default certificate is for the entry's own rules
			if set.covers(host) == manifest.True {
				return true
			}
		}
	}
	return false
}

func allCoveredElsewhere(p *lint.Pass) bool {
	rules := p.Object.At("spec", "rules").Items()
	for _, rule := range rules {
		if !coveredElsewhere(p, rule.At("host")) {
			return false
		}
	}
	return len(rules) > 0
}

// plainEntryPoints are the names that Traefik's documentation and chart give
// to the entry point for plain HTTP.
var plainEntryPoints = []string{"web", "http"}

// traefikWithoutTLS reads a router that answers plain HTTP. One with TLS does
// not, whatever its entry points are.
func traefikWithoutTLS(p *lint.Pass) {
	o := p.Object
	if o.Group() != "traefik.io" && o.Group() != "traefik.containo.us" || o.At("spec", "tls").IsSet() {
		return
	}
	points := o.At("spec", "entryPoints")
	if len(points.Items()) == 0 {
		p.Unknown(o.At("spec"), "the default entry points of Traefik are not in view")
		return
	}
	for _, point := range points.Items() {
		if !slices.Contains(plainEntryPoints, point.Str()) || entryPointRedirects(p.Set, point.Str()) {
			continue
		}
		switch redirectsAll(p) {
		case manifest.False:
			p.Reportf(point, "IngressRoute %q serves plain HTTP on entry point %s", o.Name, point.Str())
		case manifest.Unknown:
			p.Unknown(point, "the middlewares of the routes are not in view")
		}
	}
}

// entryPointRedirects tells whether a Traefik in view redirects all that
// reaches an entry point.
func entryPointRedirects(set *manifest.Set, point string) bool {
	option := "--entrypoints." + point + ".http.redirections.entrypoint.to="
	for _, o := range slices.Concat(set.OfKind("apps", "Deployment"), set.OfKind("apps", "DaemonSet")) {
		for _, pod := range o.Pods() {
			for _, c := range pod.Containers() {
				if slices.ContainsFunc(texts(c.At("args")), func(arg string) bool { return strings.HasPrefix(strings.ToLower(arg), option) }) {
					return true
				}
			}
		}
	}
	return false
}

// redirectsAll tells whether every route of an IngressRoute goes through a
// middleware that redirects to HTTPS.
func redirectsAll(p *lint.Pass) manifest.Truth {
	answer := manifest.True
	for _, route := range p.Object.At("spec", "routes").Items() {
		redirects := manifest.False
		for _, ref := range route.At("middlewares").Items() {
			redirects = manifest.Any(redirects, isRedirect(p.Set, ref.At("name").Str()))
		}
		switch redirects {
		case manifest.False:
			return manifest.False
		case manifest.Unknown:
			answer = manifest.Unknown
		}
	}
	return answer
}

func isRedirect(set *manifest.Set, name string) manifest.Truth {
	answer := manifest.Unknown
	for _, middleware := range middlewares(set) {
		if middleware.Name != name {
			continue
		}
		if strings.EqualFold(middleware.At("spec", "redirectScheme", "scheme").Str(), "https") {
			return manifest.True
		}
		answer = manifest.False
	}
	return answer
}
