package rules

import (
	"slices"

	"github.com/seaworthy-lint/seaworthy/lint"
	"github.com/seaworthy-lint/seaworthy/lint/manifest"
	"github.com/seaworthy-lint/seaworthy/lint/rbac"
)

// admissionGroup is the API group of webhook configurations and admission
// policies.
const admissionGroup = "admissionregistration.k8s.io"

// apiResource is a resource of an API group, as admission rules name it.
type apiResource struct{ group, name string }

// guardedResources are those whose admission is a matter of security:
// workloads, which run images, and RBAC.
var guardedResources = []apiResource{
	{"", "pods"},
	{"", "replicationcontrollers"},
	{"apps", "deployments"},
	{"apps", "daemonsets"},
	{"apps", "statefulsets"},
	{"apps", "replicasets"},
	{"batch", "jobs"},
	{"batch", "cronjobs"},
	{rbac.Group, "roles"},
	{rbac.Group, "clusterroles"},
	{rbac.Group, "rolebindings"},
	{rbac.Group, "clusterrolebindings"},
}

// holdsAny tells whether a list of strings holds one of the values.
func holdsAny(list *manifest.Node, values ...string) bool {
	return slices.ContainsFunc(list.Items(), func(n *manifest.Node) bool { return slices.Contains(values, n.Str()) })
}

// ruleMatches tells whether a rule of a webhook or policy matches one of the
// operations on a resource. "*" is every resource, "*/*" their subresources
// too, and "pods/*" pods and theirs (pkg/webhook/predicates/rules of
// k8s.io/apiserver).
func ruleMatches(rule *manifest.Node, resource apiResource, operations ...string) bool {
	return holdsAny(rule.At("apiGroups"), "*", resource.group) &&
		holdsAny(rule.At("resources"), "*", "*/*", resource.name, resource.name+"/*") &&
		holdsAny(rule.At("operations"), append([]string{"*"}, operations...)...)
}

// guards tells whether rules match the creation of something whose admission
// is a matter of security.
func guards(rules *manifest.Node) bool {
	return slices.ContainsFunc(rules.Items(), func(rule *manifest.Node) bool {
		return slices.ContainsFunc(guardedResources, func(r apiResource) bool { return ruleMatches(rule, r, "CREATE") })
	})
}

var (
	// addsOnly are words in the names of webhooks that add something to pods
	// and refuse nothing.
	addsOnly = lazyRegexp(`(?i)inject|sidecar|proxy|mesh|metric|telemetry|identity|prometheus`)
	// controls are words in the names of webhooks that control security.
	controls = lazyRegexp(`(?i)gatekeeper|kyverno|kubewarden|polaris|ratify|connaisseur|portieris|cosign|sigstore|policy|policies|security|signature|\bopa\b`)
)

// isControl tells whether a webhook is there for security: a validating one
// unless its name says that it only serves sidecars or metrics, a mutating one,
// most of which only add something, when its name says so.
func isControl(o *manifest.Object, webhook *manifest.Node) bool {
	names := webhookNames(o, webhook)
	if o.Kind == "MutatingWebhookConfiguration" {
		return controls().MatchString(names)
	}
	return !addsOnly().MatchString(names)
}

func webhookNames(o *manifest.Object, webhook *manifest.Node) string {
	service := webhook.At("clientConfig", "service")
	return o.Name + " " + webhook.At("name").Str() + " " + service.At("name").Str() + " " + service.At("namespace").Str()
}

// webhookFailurePolicy is what the API server does when a webhook fails:
// v1beta1 let requests through where v1 refuses them.
func webhookFailurePolicy(o *manifest.Object, webhook *manifest.Node) string {
	policy := webhook.At("failurePolicy")
	switch {
	case policy.IsSet():
		return policy.Str()
	case o.APIVersion == admissionGroup+"/v1beta1":
		return "Ignore"
	}
	return "Fail"
}

// admissionFailOpen reads webhooks, admission policies of the API server and
// of Kyverno, and the charts that install policy engines.
func admissionFailOpen(p *lint.Pass) {
	spec := p.Object.At("spec")
	switch group := p.Object.Group(); {
	case slices.Contains(webhookKinds, p.Object.Kind):
		for _, webhook := range p.Object.At("webhooks").Items() {
			webhookFailOpen(p, webhook)
		}
	case group == fluxHelmGroup:
		chartFailOpen(p)
	case group == kyvernoGroup:
		if kyvernoGuards(spec) {
			policyFailOpen(p, kyvernoFailurePolicy(spec))
		}
	case guards(spec.At("matchConstraints", "resourceRules")):
		policyFailOpen(p, spec.At("failurePolicy"))
	}
}

func webhookFailOpen(p *lint.Pass, webhook *manifest.Node) {
	if !guards(webhook.At("rules")) {
		return
	}
	const message = "webhook %q lets requests through when it fails"
	policy, name := webhook.At("failurePolicy"), webhook.At("name").Str()
	var finding *lint.Finding
	switch {
	case policy.Templated():
		p.UnknownValue(policy)
		return
	case webhookFailurePolicy(p.Object, webhook) != "Ignore":
		return
	case policy.IsSet():
		finding = p.Reportf(policy, message, name)
	default:
		finding = p.Missingf(webhook, []string{"failurePolicy"}, message+", which is the default in v1beta1", name)
	}
	if !isControl(p.Object, webhook) {
		finding.AsNote()
	}
}

// policyFailOpen judges the failure policy of an admission policy, which is
// Fail by default.
func policyFailOpen(p *lint.Pass, policy *manifest.Node) {
	switch {
	case policy.Templated():
		p.UnknownValue(policy)
	case policy.Str() == "Ignore":
		p.Reportf(policy, "policy %q lets requests through when it fails", p.Object.Name)
	}
}

// kyvernoFailurePolicy is the field in force: that of webhookConfiguration
// wins over its deprecated forerunner (api/kyverno/v1 of Kyverno).
func kyvernoFailurePolicy(spec *manifest.Node) *manifest.Node {
	if policy := spec.At("webhookConfiguration", "failurePolicy"); policy.IsSet() {
		return policy
	}
	return spec.At("failurePolicy")
}

// chartSwitch is the value of a policy engine's chart that makes it fail open.
type chartSwitch struct {
	chart  string
	value  []string
	open   string
	unset  bool // the chart's own default is open
	engine string
}

// The values are those of the projects' charts.
var chartSwitches = []chartSwitch{
	{chart: "gatekeeper", value: []string{"validatingWebhookFailurePolicy"}, open: "Ignore", unset: true, engine: "Gatekeeper"},
	{chart: "kyverno", value: []string{"features", "forceFailurePolicyIgnore", "enabled"}, open: "true", engine: "Kyverno"},
	{chart: "kyverno-policies", value: []string{"failurePolicy"}, open: "Ignore", engine: "Kyverno's policies"},
	{chart: "policy-controller", value: []string{"webhook", "failurePolicy"}, open: "Ignore", engine: "Sigstore's policy controller"},
}

func chartFailOpen(p *lint.Pass) {
	spec := p.Object.At("spec")
	for _, s := range chartSwitches {
		if spec.At("chart", "spec", "chart").Str() != s.chart {
			continue
		}
		path := append([]string{"values"}, s.value...)
		const message = "release %q lets requests through when %s fails"
		switch value := spec.At(path...); {
		case value.Templated():
			p.UnknownValue(value)
		case value.IsSet() && value.Str() == s.open:
			p.Reportf(value, message, p.Object.Name, s.engine)
		case value.IsSet() || !s.unset:
		case spec.At("valuesFrom").IsSet():
			p.Unknown(spec.At("valuesFrom"), "the chart's values come from elsewhere")
		default:
			p.Missingf(spec, path, message+", which is the chart's default", p.Object.Name, s.engine)
		}
	}
}
