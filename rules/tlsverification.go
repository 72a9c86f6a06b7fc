package rules

import (
	"slices"
	"strings"

	"github.com/seaworthy-lint/seaworthy/lint"
	"github.com/seaworthy-lint/seaworthy/lint/component"
	"github.com/seaworthy-lint/seaworthy/lint/manifest"
)

func tlsVerificationDisabled(p *lint.Pass) {
	eachPod(func(p *lint.Pass, pod *manifest.Pod) {
		if n := pod.Annotation("vault.hashicorp.com/tls-skip-verify"); isOn(n) {
			p.Reportf(n, "the Vault agent of %s %q does not verify its server", p.Object.Kind, p.Object.Name)
		}
	})(p)
	eachContainer(func(p *lint.Pass, c *manifest.Container) {
		for _, entry := range c.At("env").Items() {
			unverifiedByVariable(p, c, entry)
		}
		unverifiedByCommand(p, c)
	})(p)
	switch o := p.Object; o.Group() {
	case "apiregistration.k8s.io":
		reportSwitch(p, o.At("spec", "insecureSkipTLSVerify"), "%s %q does not verify the server of the API")
	case "monitoring.coreos.com":
		unverifiedScrapes(p)
	case "external-secrets.io":
		plainStore(p, o.At("spec", "provider"))
	case "secrets-store.csi.x-k8s.io":
		plainStore(p, o.At("spec", "parameters"))
	case "networking.istio.io":
		unverifiedDestination(p)
	case "":
		for _, file := range configurations(p, component.Kubeconfig) {
			unverifiedClusters(p, file)
		}
	}
}

// reportSwitch reports a boolean that is true. The format takes the object's
// kind and name.
func reportSwitch(p *lint.Pass, n *manifest.Node, format string) {
	switch n.Truth() {
	case manifest.True:
		p.Reportf(n, format, p.Object.Kind, p.Object.Name)
	case manifest.Unknown:
		p.UnknownValue(n)
	}
}

// unverifiedScrapes reads the endpoints of a ServiceMonitor or PodMonitor,
// which use TLS only when their scheme says so.
func unverifiedScrapes(p *lint.Pass) {
	spec := p.Object.At("spec")
	for _, endpoint := range slices.Concat(spec.At("endpoints").Items(), spec.At("podMetricsEndpoints").Items()) {
		if scheme := endpoint.At("scheme"); strings.EqualFold(scheme.Str(), "https") || scheme.Templated() {
			reportSwitch(p, endpoint.At("tlsConfig", "insecureSkipVerify"), "%s %q does not verify what it scrapes")
		}
		reportSwitch(p, endpoint.At("oauth2", "tlsConfig", "insecureSkipVerify"), "%s %q does not verify the server of its tokens")
	}
}

func unverifiedDestination(p *lint.Pass) {
	const format = "%s %q does not verify its servers"
	policies := []*manifest.Node{p.Object.At("spec", "trafficPolicy")}
	for _, subset := range p.Object.At("spec", "subsets").Items() {
		policies = append(policies, subset.At("trafficPolicy"))
	}
	for _, policy := range policies {
		reportSwitch(p, policy.At("tls", "insecureSkipVerify"), format)
		for _, port := range policy.At("portLevelSettings").Items() {
			reportSwitch(p, port.At("tls", "insecureSkipVerify"), format)
		}
	}
}

func unverifiedClusters(p *lint.Pass, kubeconfig *component.ConfigFile) {
	for _, entry := range kubeconfig.At("clusters").Items() {
		cluster := entry.At("cluster")
		if isLoopback(urlHost(cluster.At("server").Str())) {
			continue
		}
		switch n := cluster.At("insecure-skip-tls-verify"); n.Truth() {
		case manifest.True:
			f := p.Reportf(n, "kubeconfig does not verify cluster %q", entry.At("name").Str())
			relateReaders(p, f, kubeconfig)
		case manifest.Unknown:
			p.UnknownValue(n)
		}
	}
}

// storeAddresses end the names of fields that say where a secret store is, in
// lower case.
var storeAddresses = []string{"url", "server", "host", "address", "endpoint"}

// plainStore looks through the settings of a secret store for an address with
// plain HTTP, or a switch that turns verification off.
func plainStore(p *lint.Pass, settings *manifest.Node) {
	for _, n := range settings.Fields() {
		key := strings.ToLower(n.Key)
		switch {
		case n.Kind == manifest.Map:
			plainStore(p, n)
		case key == "vaultskiptlsverify" && isOn(n):
			p.Reportf(n, "%s %q does not verify its secret store", p.Object.Kind, p.Object.Name)
		case slices.ContainsFunc(storeAddresses, func(end string) bool { return strings.HasSuffix(key, end) }) && isPlainEndpoint(n.Str()):
			p.Reportf(n, "%s %q reads its secrets over plain HTTP", p.Object.Kind, p.Object.Name).Showing("http://")
		}
	}
}

// urlHost is the host of a URL, or of an address without a scheme, with its
// port.
func urlHost(url string) string {
	if _, rest, ok := strings.Cut(url, "://"); ok {
		url = rest
	}
	if i := strings.IndexAny(url, "/?#"); i >= 0 {
		url = url[:i]
	}
	return url[strings.LastIndexByte(url, '@')+1:]
}

// exactVariables are variables that turn verification off, and whether 0 or a
// true value does.
var exactVariables = map[string]bool{"NODE_TLS_REJECT_UNAUTHORIZED": false, "PYTHONHTTPSVERIFY": false, "GIT_SSL_NO_VERIFY": true}

// negations in the name of a variable turn the meaning of its ending round; a
// cookie is sent by browsers and has no certificate.
var negations = []string{"NO", "NOT", "DISABLE", "DISABLED", "DENY", "BLOCK", "REJECT", "FORBID", "WARN", "COOKIE", "COOKIES"}

// unverifiedByVariable reports a variable of the container by its name alone:
// its value says no more.
func unverifiedByVariable(p *lint.Pass, c *manifest.Container, entry *manifest.Node) {
	name, value := entry.At("name").Str(), entry.At("value")
	byTrue, exact := exactVariables[name]
	if !exact {
		byTrue = true
		if !turnsVerificationOff(name) {
			return
		}
	}
	text := strings.ToLower(strings.TrimSpace(value.Str()))
	switch {
	case variable(c, name) != entry: // a later entry is in force
	case value.IsSet() && !value.IsString():
		p.UnknownValue(value)
	case entry.At("valueFrom").IsSet():
		p.Unknown(entry.At("valueFrom"), "the value of "+name+" is not in view")
	case value.Templated() || strings.Contains(text, "$("):
		p.Unknown(value, "the value of "+name+" is not known")
	case byTrue && !slices.Contains([]string{"true", "1", "yes", "on"}, text), !byTrue && text != "0":
	case !exact && talksToItself(c, name):
	default:
		p.Reportf(value, "container %q does without verified certificates (%s)", c.Name(), name)
	}
}

// turnsVerificationOff tells of names such as VAULT_SKIP_VERIFY and
// OTEL_EXPORTER_OTLP_INSECURE.
func turnsVerificationOff(name string) bool {
	if !strings.HasSuffix(name, "_SKIP_VERIFY") && !strings.HasSuffix(name, "_INSECURE") {
		return false
	}
	words := strings.Split(name, "_")
	return !slices.ContainsFunc(words, func(word string) bool { return slices.Contains(negations, word) })
}

// talksToItself tells whether the variables that share the first word of a
// name say where the traffic goes, and it is nowhere but the pod.
func talksToItself(c *manifest.Container, name string) bool {
	prefix, _, _ := strings.Cut(name, "_")
	seen := false
	for _, entry := range c.At("env").Items() {
		other := entry.At("name").Str()
		if !strings.HasPrefix(other, prefix+"_") || !strings.Contains(entry.At("value").Str(), ":") {
			continue
		}
		if !isLoopback(urlHost(entry.At("value").Str())) {
			return false
		}
		seen = true
	}
	return seen
}
