package rules

import (
	"slices"
	"strings"

	"github.com/seaworthy-lint/seaworthy/lint"
	"github.com/seaworthy-lint/seaworthy/lint/manifest"
)

// argoSwitches are settings of Argo CD that admit too much when they are
// "true".
var argoSwitches = []struct{ configMap, key, what string }{
	{"argocd-cm", "users.anonymous.enabled", "Argo CD answers people who have not logged in"},
	{"argocd-cm", "exec.enabled", "Argo CD opens terminals in the pods that it deploys"},
	{"argocd-cmd-params-cm", "server.disable.auth", "Argo CD does not ask who somebody is"},
}

// argocdAccessOpen reads Argo CD's ConfigMaps, which have fixed names, and the
// command line of its server.
func argocdAccessOpen(p *lint.Pass) {
	eachContainer(argoServer)(p)
	if p.Object.Kind != "ConfigMap" || p.Object.Group() != "" {
		return
	}
	data := p.Object.At("data")
	for _, s := range argoSwitches {
		if p.Object.Name == s.configMap {
			faultyValue(p, data.At(s.key), "true", "%s", s.what)
		}
	}
	switch p.Object.Name {
	case "argocd-cm":
		buildOptions(p, data)
	case "argocd-cmd-params-cm":
		if insecure := data.At("server.insecure"); insecure.Str() == "true" {
			publishedPlainly(p, insecure)
		}
	case "argocd-rbac-cm":
		defaultRole(p, data)
	}
}

// unsafeOptions are options of kustomize that run programs of a repository, or
// let it read other files.
var unsafeOptions = []string{"LoadRestrictionsNone", "--enable-exec", "--enable-alpha-plugins"}

// buildOptions reads the options for all versions of kustomize.
func buildOptions(p *lint.Pass, data *manifest.Node) {
	for _, field := range data.Fields() {
		if field.Key != "kustomize.buildOptions" && !strings.HasPrefix(field.Key, "kustomize.buildOptions.") {
			continue
		}
		for _, option := range unsafeOptions {
			if strings.Contains(field.Str(), option) {
				p.Reportf(field, "Argo CD builds kustomizations with %s", option).About(option)
			}
		}
	}
}

// defaultRole judges what everybody who has logged in may do.
func defaultRole(p *lint.Pass, data *manifest.Node) {
	role := data.At("policy.default")
	if role.Templated() {
		p.UnknownValue(role)
		return
	}
	var lines [][]string
	for _, field := range data.Fields() {
		if strings.HasPrefix(field.Key, "policy.") && strings.HasSuffix(field.Key, "csv") {
			lines = append(lines, policyLines(field.Str())...)
		}
	}
	if power := rolePower(lines, role.Str(), nil); power != "" {
		p.Reportf(role, "everybody who has logged in may %s", power)
	}
}

// policyLines are the lines of an RBAC policy of Argo CD: "p, role, resource,
// action, object, effect" and "g, member, role".
func policyLines(text string) [][]string {
	var lines [][]string
	for _, line := range strings.Split(text, "\n") {
		fields := strings.Split(line, ",")
		for i := range fields {
			fields[i] = strings.TrimSpace(fields[i])
		}
		lines = append(lines, fields)
	}
	return lines
}

// rolePower is something that a role lets its members change, "" when it only
// reads. seen are the roles that led to it.
func rolePower(lines [][]string, role string, seen []string) string {
	if role == "role:admin" {
		return "do everything"
	}
	for _, f := range lines {
		switch {
		case len(f) < 3 || f[1] != role:
		case f[0] == "g" && !slices.Contains(seen, f[2]):
			if power := rolePower(lines, f[2], append(seen, role)); power != "" {
				return power
			}
		case f[0] == "p" && len(f) >= 6 && f[5] == "allow" && f[3] != "get":
			if f[3] == "*" {
				return "do everything with " + f[2]
			}
			return f[3] + " " + f[2]
		}
	}
	return ""
}

// argoServer reads how the API server of Argo CD is started: flags, and the
// variables that stand for them.
func argoServer(p *lint.Pass, c *manifest.Container) {
	for _, line := range commandLines(c) {
		rest, ok := after(line, "argocd-server")
		if !ok {
			continue
		}
		for _, w := range rest {
			if flag([]word{w}, "--disable-auth") {
				p.Reportf(w.node, "container %q does not ask who somebody is", c.Name()).Showing("--disable-auth")
			}
			if flag([]word{w}, "--insecure") {
				publishedPlainly(p, w.node)
			}
		}
		if v := variable(c, "ARGOCD_SERVER_DISABLE_AUTH").At("value"); v.Str() == "true" {
			p.Reportf(v, "container %q does not ask who somebody is", c.Name())
		}
		if v := variable(c, "ARGOCD_SERVER_INSECURE").At("value"); v.Str() == "true" {
			publishedPlainly(p, v)
		}
		return
	}
}

// publishedPlainly reports a server without TLS that something in view
// publishes without TLS of its own. Behind an Ingress that ends TLS it is as
// it should be.
func publishedPlainly(p *lint.Pass, setting *manifest.Node) {
	for _, o := range slices.Concat(p.Set.OfKind("", "Service"), p.Set.OfKind("networking.k8s.io", "Ingress")) {
		if p.Scope().SameNamespace(o.Namespace, p.Object.Namespace) == manifest.False || endsTLS(o) {
			continue
		}
		if n := publishes(o); n != nil {
			p.Reportf(setting, "Argo CD's server speaks plain HTTP and %s %q publishes it without TLS", o.Kind, o.Name).Relate(n, "published here")
			return
		}
	}
}

// endsTLS tells whether a load balancer or an ingress controller ends TLS
// before Argo CD: by spec.tls, or by an annotation about certificates.
func endsTLS(o *manifest.Object) bool {
	if len(o.At("spec", "tls").Items()) > 0 {
		return true
	}
	return slices.ContainsFunc(o.At("metadata", "annotations").Fields(), func(a *manifest.Node) bool {
		key := strings.ToLower(a.Key)
		return strings.Contains(key, "cert") || strings.Contains(key, "tls") || strings.Contains(key, "ssl")
	})
}

// publishes is where an object opens Argo CD's server to the outside, nil when
// it does not. The server's Service is known by its name.
func publishes(o *manifest.Object) *manifest.Node {
	const server = "argocd-server"
	if o.Kind == "Service" {
		kind := o.At("spec", "type")
		if strings.HasSuffix(o.Name, server) && (kind.Str() == "LoadBalancer" || kind.Str() == "NodePort") {
			return kind
		}
		return nil
	}
	for _, b := range backends(o) {
		if strings.HasSuffix(b.name, server) {
			return b.node
		}
	}
	return nil
}
