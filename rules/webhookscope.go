package rules

import (
	"net/netip"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/seaworthy-lint/seaworthy/lint"
	"github.com/seaworthy-lint/seaworthy/lint/manifest"
	"github.com/seaworthy-lint/seaworthy/lint/scope"
)

// requirement is one condition of a label selector.
type requirement struct {
	key string
	// optsOut tells that the condition selects what lacks the label, or a value
	// of it, so that the label exempts.
	optsOut bool
	node    *manifest.Node
}

// requirements are the conditions of a label selector, all of which must hold.
func requirements(selector *manifest.Node) []requirement {
	var found []requirement
	for _, label := range selector.At("matchLabels").Fields() {
		found = append(found, requirement{key: label.Key, node: label})
	}
	for _, e := range selector.At("matchExpressions").Items() {
		operator := e.At("operator").Str()
		found = append(found, requirement{e.At("key").Str(), operator == "NotIn" || operator == "DoesNotExist", e.At("key")})
	}
	return found
}

// selectsNamespace tells whether a selector of a webhook selects the namespace
// of that name. Other labels than that of the name are known only when the
// namespace is in view.
func selectsNamespace(set *manifest.Set, selector *manifest.Node, name string) manifest.Truth {
	return scope.Of(set).Namespace(name).Matches(selector)
}

// webhookScopeTooBroad reads admission webhooks. Conversion webhooks are not
// read: they would cost the parsing of every CustomResourceDefinition.
func webhookScopeTooBroad(p *lint.Pass) {
	for _, webhook := range p.Object.At("webhooks").Items() {
		outsideWebhook(p, webhook.At("clientConfig", "url"), webhook.At("name").Str())
		if slices.ContainsFunc(requirements(webhook.At("objectSelector")), func(r requirement) bool { return !r.optsOut }) {
			continue // it is asked about what carries its label only
		}
		for _, rule := range webhook.At("rules").Items() {
			if !stopsTooMuch(p, webhook, rule) {
				sendsSecrets(p, webhook, rule)
			}
		}
	}
}

// outsideWebhook reports an address that is not of the cluster.
func outsideWebhook(p *lint.Pass, address *manifest.Node, name string) {
	if !address.IsSet() {
		return
	}
	target, err := url.Parse(address.Str())
	if address.Templated() || err != nil {
		p.UnknownValue(address)
		return
	}
	ip, notIP := netip.ParseAddr(target.Hostname())
	switch shown := target.Scheme + "://" + target.Host; {
	case strings.EqualFold(target.Scheme, "http"):
		p.Reportf(address, "webhook %q is called without TLS at %s", name, shown).Showing(shown)
	case isLoopback(target.Host) || isClusterHost(target.Hostname()):
	case notIP == nil && ip.IsPrivate():
		p.Unknown(address, "whether the address lies in the cluster cannot be told")
	default:
		p.Reportf(address, "webhook %q lies outside the cluster at %s", name, shown).Showing(shown)
	}
}

// isClusterHost tells whether a host name is that of a Service.
func isClusterHost(host string) bool {
	host = strings.ToLower(strings.TrimSuffix(host, "."))
	return strings.HasSuffix(host, ".svc") || strings.Contains(host, ".svc.")
}

// vital are the resources without whose changes the control plane stops.
// A namespace selector does not hold back those that have no namespace.
var vital = []struct {
	apiResource
	clusterScoped bool
}{
	{apiResource{"coordination.k8s.io", "leases"}, false},
	{apiResource{"", "nodes"}, true},
	{apiResource{"authentication.k8s.io", "tokenreviews"}, true},
}

// stopsTooMuch reports a rule of a webhook that refuses requests when it
// fails, and that the control plane or the webhook itself depends on.
func stopsTooMuch(p *lint.Pass, webhook, rule *manifest.Node) bool {
	what, sure := stoppedBy(p, webhook, rule)
	switch {
	case what == "" || webhookFailurePolicy(p.Object, webhook) != "Fail":
		return false
	case !sure || len(webhook.At("matchConditions").Items()) > 0:
		p.Unknown(rule.At("resources"), "what the webhook's selectors and conditions leave out cannot be told")
		return false
	}
	p.Reportf(rule.At("resources"), "webhook %q refuses every change of %s while it is down", webhook.At("name").Str(), what).Showing(what)
	return true
}

// stoppedBy says what stops with the webhook, "" when nothing vital does.
func stoppedBy(p *lint.Pass, webhook, rule *manifest.Node) (what string, sure bool) {
	selector := webhook.At("namespaceSelector")
	system := selectsNamespace(p.Set, selector, systemNamespace)
	sure = system == manifest.True
	everything := apiResource{"*", "*"}
	if ruleMatches(rule, everything, "CREATE", "UPDATE") && system != manifest.False {
		return "everything, kube-system included", sure
	}
	for _, v := range vital {
		if !ruleMatches(rule, v.apiResource, "CREATE", "UPDATE") || holdsAny(rule.At("resources"), "*", "*/*") {
			continue
		}
		if v.clusterScoped {
			return v.name, true
		}
		if system != manifest.False {
			return v.name + ", kube-system included", sure
		}
	}
	own := webhook.At("clientConfig", "service", "namespace").Str()
	exempts := len(requirements(webhook.At("objectSelector"))) > 0 // its own pods, as a rule
	if own == "" || exempts || manifest.IsTemplate(own) || system == manifest.False || !ruleMatches(rule, apiResource{"", "pods"}, "CREATE") {
		return "", false
	}
	mine := selectsNamespace(p.Set, selector, own)
	if mine == manifest.False {
		return "", false
	}
	return "pods in its own namespace " + strconv.Quote(own), sure && mine == manifest.True
}

// readsSecrets are words in the names of tools that are there to see Secrets,
// and of policy engines, which see everything.
var readsSecrets = lazyRegexp(`(?i)secret|vault|sops|conjur|akeyless|doppler|infisical|onepassword|cert-manager`)

func sendsSecrets(p *lint.Pass, webhook, rule *manifest.Node) {
	names := webhookNames(p.Object, webhook)
	if readsSecrets().MatchString(names) || controls().MatchString(names) ||
		!ruleMatches(rule, apiResource{"", "secrets"}, "CREATE", "UPDATE", "DELETE") {
		return
	}
	p.Reportf(rule.At("resources"), "webhook %q is sent every Secret", webhook.At("name").Str()).Showing("secrets")
}
