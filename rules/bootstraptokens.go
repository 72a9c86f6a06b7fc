package rules

import (
	"regexp"
	"slices"
	"strings"

	"github.com/seaworthy-lint/seaworthy/lint"
	"github.com/seaworthy-lint/seaworthy/lint/manifest"
	"github.com/seaworthy-lint/seaworthy/lint/secret"
)

// exampleBootstrapToken is the token of kubeadm's documentation.
const exampleBootstrapToken = "abcdef.0123456789abcdef"

var (
	bootstrapToken = lazyRegexp(`^[a-z0-9]{6}\.[a-z0-9]{16}$`)
	certificateKey = lazyRegexp(`^[0-9a-f]{64}$`)
)

// joinCredential is what lets a node join a cluster.
type joinCredential struct {
	node *manifest.Node
	kind string
	// ttl is how long it is valid, where that is said.
	ttl *manifest.Node
}

// joinCredentials are the bootstrap tokens and certificate keys of kubeadm
// configurations, also of those that cluster API embeds.
func joinCredentials(o *manifest.Object) []joinCredential {
	var found []joinCredential
	for _, config := range kubeadmConfigurations(o) {
		add := func(n *manifest.Node, kind string, form func() *regexp.Regexp, ttl *manifest.Node) {
			if n.IsString() && form().MatchString(n.Value) {
				found = append(found, joinCredential{n, kind, ttl})
			}
		}
		for _, token := range config.At("bootstrapTokens").Items() {
			add(token.At("token"), "bootstrap token", bootstrapToken, token.At("ttl"))
		}
		add(config.At("discovery", "bootstrapToken", "token"), "bootstrap token", bootstrapToken, nil)
		add(config.At("discovery", "tlsBootstrapToken"), "bootstrap token", bootstrapToken, nil)
		add(config.At("token"), "bootstrap token", bootstrapToken, config.At("tokenTTL"))
		add(config.At("certificateKey"), "certificate key", certificateKey, nil)
		add(config.At("controlPlane", "certificateKey"), "certificate key", certificateKey, nil)
	}
	return found
}

func kubeadmConfigurations(o *manifest.Object) []*manifest.Node {
	if slices.Contains(kubeadmKinds, o.Kind) {
		return []*manifest.Node{o.Node}
	}
	var configs []*manifest.Node
	for _, keys := range kubeadmPaths[1:] {
		spec := o.At(keys...)
		for _, part := range []string{"initConfiguration", "joinConfiguration", "clusterConfiguration"} {
			if config := spec.At(part); config.IsSet() {
				configs = append(configs, config)
			}
		}
	}
	return configs
}

// bootstrapTokenExposed reports each credential, and a token that never
// expires with it.
func bootstrapTokenExposed(p *lint.Pass) {
	for _, entry := range bootstrapSecret(p.Object) {
		how := ""
		if len(p.Object.At("data", "expiration").Str()+p.Object.At("stringData", "expiration").Str()) == 0 {
			how = " and never expires"
		}
		shown := secret.Show("bootstrap token", entry.text).String()
		p.Reportf(entry.node, "Secret %q holds the secret of a bootstrap token in clear%s: %s", p.Object.Name, how, shown).Showing(shown)
	}
	if p.Object.Kind == "Secret" {
		return
	}
	for _, c := range joinCredentials(p.Object) {
		if c.node.Value == exampleBootstrapToken {
			continue // placeholder-credential
		}
		how := ""
		if ttl := c.ttl.Str(); ttl != "" && strings.Trim(ttl, "0hms") == "" {
			how = " and never expires"
		}
		shown := secret.Show(c.kind, c.node.Value).String()
		p.Reportf(c.node, "%s holds a %s in clear%s: %s", p.Object.Kind, c.kind, how, shown).Showing(shown).About(c.node.Path())
	}
}

// bootstrapSecret are the entries of a Secret of a bootstrap token that hold
// its secret as a literal.
func bootstrapSecret(o *manifest.Object) []secretText {
	if o.Kind != "Secret" || o.Group() != "" || o.At("type").Str() != "bootstrap.kubernetes.io/token" {
		return nil
	}
	var found []secretText
	for _, entry := range secretEntries(o) {
		if entry.node.Key == "token-secret" && entry.text != "" && !entry.node.Templated() && !secret.Encrypted(entry.node.Str()) && !secret.Refers(entry.text) {
			found = append(found, entry)
		}
	}
	return found
}
