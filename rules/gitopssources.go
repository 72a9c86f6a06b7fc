package rules

import (
	"encoding/json"
	"slices"
	"strings"

	"github.com/seaworthy-lint/seaworthy/lint"
	"github.com/seaworthy-lint/seaworthy/lint/manifest"
)

// gitopsSourceInsecure reads the sources of Flux and Argo CD, and the Secrets
// in which Argo CD keeps repositories and clusters.
func gitopsSourceInsecure(p *lint.Pass) {
	spec := p.Object.At("spec")
	switch p.Object.Kind {
	case "Secret":
		argoSecret(p)
	case "Application", "ApplicationSet":
		for _, source := range argoSources(p.Object) {
			plainAddress(p, secretText{source.At("repoURL"), source.At("repoURL").Str()})
		}
	case "HelmRelease": // of the first Flux, which names the repository itself
		for _, key := range []string{"repository", "git"} {
			plainAddress(p, secretText{spec.At("chart", key), spec.At("chart", key).Str()})
		}
	default:
		fluxSourceInsecure(p, spec)
	}
}

// argoApplication is the specification of the application that an Application
// is, or that an ApplicationSet makes.
func argoApplication(o *manifest.Object) *manifest.Node {
	if o.Kind == "ApplicationSet" {
		return o.At("spec", "template", "spec")
	}
	return o.At("spec")
}

// argoSources are the sources of an application.
func argoSources(o *manifest.Object) []*manifest.Node {
	spec := argoApplication(o)
	var sources []*manifest.Node
	for _, source := range slices.Concat(spec.At("sources").Items(), []*manifest.Node{spec.At("source"), spec.At("sourceHydrator", "drySource")}) {
		if source.IsSet() {
			sources = append(sources, source)
		}
	}
	return sources
}

// fluxSourceInsecure reads the address of a source and the switches that do
// without TLS or its verification. A HelmRepository heeds the switch only with
// type oci.
func fluxSourceInsecure(p *lint.Pass, spec *manifest.Node) {
	address := spec.At("url")
	for _, key := range []string{"endpoint", "image"} {
		if !address.IsSet() {
			address = spec.At(key)
		}
	}
	plainAddress(p, secretText{address, address.Str()})
	if p.Object.Kind == "HelmRepository" && spec.At("type").Str() != "oci" {
		return
	}
	host := sourceHost(address.Str())
	for _, key := range []string{"insecure", "insecureSkipTLSVerify", "insecureIgnoreHostKey"} {
		switch field := spec.At(key); {
		case isLoopback(host):
		case field.Truth() == manifest.True:
			insecureSource(p, field, host, "does without verified TLS")
		case field.Truth() == manifest.Unknown:
			p.UnknownValue(field)
		}
	}
}

// sourceHost is the host of an address with its port, without scheme, user and
// path.
func sourceHost(address string) string {
	if _, rest, ok := strings.Cut(address, "://"); ok {
		address = rest
	}
	host, _, _ := strings.Cut(address, "/")
	return host[strings.LastIndexByte(host, '@')+1:]
}

// plainAddress reports an address whose scheme knows no TLS. The address
// itself may hold credentials and is not shown.
func plainAddress(p *lint.Pass, address secretText) {
	scheme, _, ok := strings.Cut(address.text, "://")
	scheme = strings.ToLower(strings.TrimSpace(scheme))
	host := sourceHost(address.text)
	switch {
	case !ok || scheme != "http" && scheme != "git" || isLoopback(host):
	case manifest.IsTemplate(address.text):
		p.Unknown(address.node, "the value is templated")
	default:
		insecureSource(p, address.node, host, "is fetched over "+scheme+"://")
	}
}

// insecureSource reports a source, one level lower when it lies in the cluster.
func insecureSource(p *lint.Pass, n *manifest.Node, host, how string) {
	where := ""
	if host != "" {
		where = " from " + host
	}
	f := p.Reportf(n, "%s %q%s %s", p.Object.Kind, p.Object.Name, where, how).Showing(how)
	if isClusterHost(hostOf(host)) {
		f.Lower()
	}
}

// argoSecret reads the Secrets that hold repositories, their credentials, and
// clusters (docs/operator-manual/declarative-setup of Argo CD).
func argoSecret(p *lint.Pass) {
	switch p.Object.At("metadata", "labels", "argocd.argoproj.io/secret-type").Str() {
	case "repository", "repo-creds":
		address := secretField(p.Object, "url")
		plainAddress(p, address)
		for _, key := range []string{"insecure", "insecureIgnoreHostKey", "insecureOCIForceHttp"} {
			if field := secretField(p.Object, key); field.text == "true" && !isLoopback(sourceHost(address.text)) {
				insecureSource(p, field.node, sourceHost(address.text), "does without verifying its host")
			}
		}
	case "cluster":
		address := secretField(p.Object, "server")
		plainAddress(p, address)
		var config struct {
			TLS struct {
				Insecure bool `json:"insecure"`
			} `json:"tlsClientConfig"`
		}
		field := secretField(p.Object, "config")
		if json.Unmarshal([]byte(field.text), &config) == nil && config.TLS.Insecure {
			insecureSource(p, field.node, sourceHost(address.text), "does without verifying the cluster's API server")
		}
	}
}
