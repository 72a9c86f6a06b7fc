package rules

import (
	"slices"
	"strings"

	"github.com/seaworthy-lint/seaworthy/lint"
	"github.com/seaworthy-lint/seaworthy/lint/manifest"
)

// ingressClass is the class of an Ingress by its field or by the annotation
// that came before it; "" when it leaves that to the cluster's default.
func ingressClass(o *manifest.Object) string {
	if class := o.At("spec", "ingressClassName").Str(); class != "" {
		return class
	}
	return o.At("metadata", "annotations", "kubernetes.io/ingress.class").Str()
}

// eachAnnotation makes a rule's check of a check for one annotation of an
// Ingress that says something; name is the annotation's last part.
func eachAnnotation(check func(p *lint.Pass, n *manifest.Node, name string)) func(*lint.Pass) {
	return func(p *lint.Pass) {
		if !isIngress(p.Object) {
			return
		}
		for _, n := range p.Object.At("metadata", "annotations").Fields() {
			if strings.TrimSpace(n.Str()) != "" {
				check(p, n, lastPart(n.Key))
			}
		}
	}
}

// nginxAnnotation is an annotation of ingress-nginx, by its last part.
func nginxAnnotation(o *manifest.Object, name string) *manifest.Node {
	return o.At("metadata", "annotations", "nginx.ingress.kubernetes.io/"+name)
}

// isNginx tells annotations of ingress-nginx, the old prefix included.
func isNginx(n *manifest.Node) bool {
	return strings.HasPrefix(n.Key, "nginx.ingress.kubernetes.io/") || strings.HasPrefix(n.Key, "ingress.kubernetes.io/")
}

// snippetEndings end the names of annotations whose text becomes configuration
// of the proxy, in ingress-nginx and in NGINX's own controller.
var snippetEndings = []string{
	"configuration-snippet", "server-snippet", "auth-snippet", "stream-snippet", "modsecurity-snippet",
	"location-snippets", "server-snippets", "stream-snippets",
}

// snippetDangers are what makes a snippet reach beyond its Ingress.
var snippetDangers = lazyRegexp(`(?m)_by_lua|\blua_|^\s*alias\s|[;{]\s*alias\s|\bload_module\b|secrets/kubernetes\.io|` +
	`\bproxy_pass\s+https?://(?:localhost|127\.|10\.|192\.168\.|169\.254\.|172\.(?:1[6-9]|2\d|3[01])\.|\[::1\]|kubernetes\.default|[\w.-]+\.svc\b)`)

func ingressSnippetAnnotation(p *lint.Pass) {
	eachAnnotation(func(p *lint.Pass, n *manifest.Node, name string) {
		if !slices.ContainsFunc(snippetEndings, func(ending string) bool { return strings.HasSuffix(n.Key, ending) }) {
			return
		}
		// What a snippet holds may be a secret.
		f := p.Reportf(n, "Ingress %q adds raw configuration to the proxy by %s", p.Object.Name, name).Showing(name)
		if snippetDangers().MatchString(n.Str()) {
			f.Severity = lint.Critical
			f.Message += ", and reaches for code, files or addresses inside the cluster"
		}
	})(p)
}

// rawValues are the annotations whose values ingress-nginx writes into
// nginx.conf, by their last part.
var rawValues = []string{
	"auth-url", "auth-signin", "auth-tls-match-cn", "auth-tls-error-page", "mirror-target", "mirror-host", "upstream-vhost",
	"rewrite-target", "server-alias", "proxy-ssl-name", "permanent-redirect", "temporal-redirect", "canary-by-header", "x-forwarded-prefix",
}

// otherClasses are words in the names of classes that are not ingress-nginx's.
var otherClasses = []string{"alb", "gce", "traefik", "haproxy", "contour", "kong", "istio", "azure", "tailscale", "cilium", "ambassador", "apisix", "openshift"}

func ingressAnnotationInjection(p *lint.Pass) {
	eachAnnotation(func(p *lint.Pass, n *manifest.Node, name string) {
		if isNginx(n) && slices.Contains(rawValues, name) {
			reportEscape(p, n, "annotation "+name)
		}
	})(p)
	class := ingressClass(p.Object)
	if !isIngress(p.Object) || slices.ContainsFunc(otherClasses, func(word string) bool { return strings.Contains(class, word) }) {
		return
	}
	for _, rule := range p.Object.At("spec", "rules").Items() {
		for _, path := range rule.At("http", "paths").Items() {
			if kind := path.At("pathType").Str(); kind == "ImplementationSpecific" || kind == "" {
				reportEscape(p, path.At("path"), "a path")
			}
		}
	}
}

// reportEscape reports a value that leaves its place in nginx.conf. What a
// template will put there is not known, but what stands beside it is.
func reportEscape(p *lint.Pass, n *manifest.Node, what string) {
	text := n.Str()
	if n.Templated() {
		text = templates().ReplaceAllString(text, "x")
	}
	switch escape := escapeOf(strings.TrimSpace(text)); {
	case escape != "":
		p.Reportf(n, "%s of Ingress %q holds %s, which can leave its place in nginx.conf", what, p.Object.Name, escape).Showing(escape)
	case n.Templated():
		p.UnknownValue(n)
	}
}

var (
	templates = lazyRegexp(`\$\{[^{}]*\}|\{\{[^\n]*?\}\}|\{%[^\n]*?%\}`)
	// harmlessBraces are those of variables and of counts in expressions.
	harmlessBraces = lazyRegexp(`\{[\w,]*\}`)
	// quotedParentheses are those that an expression looks for.
	quotedParentheses = lazyRegexp(`\\[()]|\[[^\]]*\]`)
)

// escapeOf names what in a value ends the directive in which it stands. A hash
// begins a comment at the start of a word only; elsewhere it is a fragment.
func escapeOf(value string) string {
	value = harmlessBraces().ReplaceAllString(value, "")
	for _, escape := range []struct{ chars, name string }{
		{"\r\n", "a line break"}, {"\"'`", "a quote"}, {"{}", "a brace"}, {";", "a semicolon"},
	} {
		if strings.ContainsAny(value, escape.chars) {
			return escape.name
		}
	}
	if strings.HasPrefix(value, "#") || strings.Contains(value, " #") || strings.Contains(value, "\t#") {
		return "a comment"
	}
	depth := 0
	for _, r := range quotedParentheses().ReplaceAllString(value, "") {
		switch r {
		case '(':
			depth++
		case ')':
			depth--
		}
		if depth < 0 {
			break
		}
	}
	if depth != 0 {
		return "an unbalanced parenthesis"
	}
	return ""
}

// highRisk are the annotations that ingress-nginx itself counts as high risk
// (its annotations-risk.md), by their last part.
var highRisk = []string{
	"server-alias", "auth-tls-error-page", "auth-tls-match-cn", "auth-signin", "auth-url", "mirror-host", "mirror-target",
	"modsecurity-transaction-id", "proxy-ssl-name", "upstream-hash-by",
}

// uncheckedClients are the values of auth-tls-verify-client that let clients
// in without a verified certificate.
var uncheckedClients = []string{"off", "optional_no_ca"}

func ingressRiskyAnnotation(p *lint.Pass) {
	eachAnnotation(func(p *lint.Pass, n *manifest.Node, name string) {
		value := strings.ToLower(strings.TrimSpace(n.Str()))
		switch {
		case isNginx(n) && slices.Contains(highRisk, name):
			p.Reportf(n, "Ingress %q has %s, which ingress-nginx counts as high risk", p.Object.Name, name).Showing(name)
		case isNginx(n) && name == "proxy-ssl-verify" && value == "off":
			p.Reportf(n, "Ingress %q does not verify the certificates of its backends", p.Object.Name)
		case isNginx(n) && name == "auth-tls-verify-client" && slices.Contains(uncheckedClients, value):
			p.Reportf(n, "Ingress %q lets clients in without a verified certificate (%s)", p.Object.Name, value)
		case isNginx(n) && name == "cors-allow-origin" && slices.Contains(splitList(value), "*") && sharesCredentials(p.Object):
			p.Reportf(n, "Ingress %q allows requests with credentials from every origin", p.Object.Name)
		case isAllowList(n) && everyAddress([]*manifest.Node{n}) != nil:
			p.Reportf(n, "%s of Ingress %q holds every address and filters nothing", name, p.Object.Name)
		}
	})(p)
}

// sharesCredentials tells whether ingress-nginx answers for other origins with
// credentials, which it does by default once that is switched on.
func sharesCredentials(o *manifest.Object) bool {
	return nginxAnnotation(o, "enable-cors").Str() == "true" && nginxAnnotation(o, "cors-allow-credentials").Str() != "false"
}
