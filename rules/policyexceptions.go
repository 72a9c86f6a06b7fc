package rules

import (
	"slices"
	"strings"

	"github.com/seaworthy-lint/seaworthy/lint"
	"github.com/seaworthy-lint/seaworthy/lint/manifest"
	"github.com/seaworthy-lint/seaworthy/lint/scope"
)

// policyExceptionBroad reads what admission policies and webhooks leave out.
func policyExceptionBroad(p *lint.Pass) {
	spec := p.Object.At("spec")
	switch group, kind := p.Object.Group(), p.Object.Kind; {
	case slices.Contains(webhookKinds, kind):
		for _, webhook := range p.Object.At("webhooks").Items() {
			if guards(webhook.At("rules")) && isControl(p.Object, webhook) {
				labelExemptions(p, webhook, "webhook", webhook.At("name").Str())
			}
		}
	case group == admissionGroup:
		if boundPolicyGuards(p.Set, spec.At("policyName").Str()) {
			labelExemptions(p, spec.At("matchResources"), "binding", p.Object.Name)
		}
	case group == constraintsGroup:
		excludedNamespaces(p, spec.At("match", "excludedNamespaces"))
	case kind == "Config":
		for _, match := range spec.At("match").Items() {
			if holdsAny(match.At("processes"), "*", "webhook") {
				excludedNamespaces(p, match.At("excludedNamespaces"))
			}
		}
	case group == kyvernoCELGroup:
		unconditionalException(p, spec)
	case kind == "PolicyException":
		kyvernoException(p, spec)
	default:
		for _, rule := range spec.At("rules").Items() {
			kyvernoExclude(p, rule.At("exclude"))
		}
	}
}

// boundPolicyGuards tells whether a policy checks something whose admission is
// a matter of security; one that is not in view may.
func boundPolicyGuards(set *manifest.Set, name string) bool {
	policies := set.Named(admissionGroup, "ValidatingAdmissionPolicy", name)
	return len(policies) == 0 || guards(policies[0].At("spec", "matchConstraints", "resourceRules"))
}

// guardedLabels are labels that a webhook of their own keeps people from
// setting: Gatekeeper refuses this one on namespaces that it was not told of.
var guardedLabels = []string{scope.NameLabel, "admission.gatekeeper.sh/ignore"}

// labelExemptions reports the labels by which objects and namespaces get past
// a control: those that exempt, and on objects also those that must be there
// for the control to see them. A label that chooses namespaces is a note: it
// says where a policy holds.
func labelExemptions(p *lint.Pass, from *manifest.Node, what, name string) {
	for _, r := range requirements(from.At("objectSelector")) {
		if r.optsOut {
			p.Reportf(r.node, "whoever writes an object can exempt it from %s %q by the label %s", what, name, r.key).Showing(r.key)
			continue
		}
		p.Reportf(r.node, "whoever writes an object can keep it from %s %q by leaving out the label %s", what, name, r.key).Showing(r.key)
	}
	for _, r := range requirements(from.At("namespaceSelector")) {
		if slices.Contains(guardedLabels, r.key) {
			continue
		}
		if r.optsOut {
			p.Reportf(r.node, "whoever edits a namespace can exempt it from %s %q by the label %s", what, name, r.key).Showing(r.key)
			continue
		}
		p.Reportf(r.node, "%s %q holds only in namespaces with the label %s", what, name, r.key).Showing(r.key).AsNote()
	}
}

// platformNamespaces are wildcards that cover namespaces of the platform.
var platformNamespaces = lazyRegexp(`^(?:kube|openshift|gke|gmp|aks|eks|azure|amazon|cattle|fleet|gatekeeper|kyverno|istio|linkerd|calico|tigera|cilium|cert-manager|flux|argocd|rook|longhorn|metallb)|-system$`)

// isWideNamespace tells whether an entry is a wildcard over namespaces of
// applications.
func isWideNamespace(entry string) bool {
	return strings.Contains(entry, "*") && !platformNamespaces().MatchString(strings.ReplaceAll(entry, "*", ""))
}

func excludedNamespaces(p *lint.Pass, list *manifest.Node) {
	for _, entry := range list.Items() {
		switch {
		case entry.Templated():
			p.UnknownValue(entry)
		case isWideNamespace(entry.Str()):
			p.Reportf(entry, "%s %q leaves out all namespaces that match %q", p.Object.Kind, p.Object.Name, entry.Str())
		}
	}
}

// unconditionalException reads the exceptions of Kyverno's CEL policies, which
// are limited by conditions, or to images and values.
func unconditionalException(p *lint.Pass, spec *manifest.Node) {
	conditions := spec.At("matchConditions").Items()
	for _, condition := range conditions {
		if strings.TrimSpace(condition.At("expression").Str()) == "true" {
			p.Reportf(condition.At("expression"), "exception %q holds for every object", p.Object.Name)
		}
	}
	if len(conditions) == 0 && !spec.At("images").IsSet() && !spec.At("allowedValues").IsSet() {
		p.Missingf(spec, []string{"matchConditions"}, "exception %q holds for every object", p.Object.Name)
	}
}

func kyvernoException(p *lint.Pass, spec *manifest.Node) {
	for _, exception := range spec.At("exceptions").Items() {
		policy := exception.At("policyName")
		if policy.Str() == "*" {
			p.Reportf(policy, "exception %q is from every policy", p.Object.Name)
		}
		for _, rule := range exception.At("ruleNames").Items() {
			if rule.Str() == "*" {
				p.Reportf(rule, "exception %q is from every rule of policy %q", p.Object.Name, policy.Str())
			}
		}
	}
	anyOf, allOf := kyvernoFilters(spec.At("match"))
	if len(allOf) == 1 {
		anyOf = slices.Concat(anyOf, allOf)
	}
	limited := spec.At("conditions").IsSet() || spec.At("podSecurity").IsSet()
	for _, filter := range anyOf {
		exceptedResources(p, filter, limited)
	}
}

// exceptedResources judges a filter of an exception: limited tells that the
// exception has conditions of its own.
func exceptedResources(p *lint.Pass, filter *manifest.Node, limited bool) {
	resources := filter.At("resources")
	kinds := resources.At("kinds")
	for _, kind := range kinds.Items() {
		if kind.Str() == "*" {
			p.Reportf(kind, "exception %q is for every kind", p.Object.Name)
		}
	}
	for _, namespace := range resources.At("namespaces").Items() {
		if namespace.Str() == "*" {
			p.Reportf(namespace, "exception %q is for every namespace", p.Object.Name)
		}
	}
	if !limited && kinds.IsSet() && !holdsAny(kinds, "*") && !resources.At("namespaces").IsSet() && !narrows(resources, "namespaceSelector") && !narrows(filter, "subjects", "roles", "clusterRoles") {
		p.Reportf(kinds, "exception %q is for every object of its kinds in every namespace", p.Object.Name).Showing(strings.Join(texts(kinds), ", "))
	}
}

// narrows tells whether a filter names the objects it is for, or has one of
// the other fields.
func narrows(filter *manifest.Node, fields ...string) bool {
	return slices.ContainsFunc(append(fields, "name", "names", "selector", "annotations"), func(field string) bool {
		return filter.At(field).IsSet() && !holdsAny(filter.At(field), "*")
	})
}

// everybody are the groups that every user and every account is in.
var everybody = []string{"system:authenticated", "system:serviceaccounts"}

// kyvernoExclude reads what a rule of a policy leaves out.
func kyvernoExclude(p *lint.Pass, exclude *manifest.Node) {
	anyOf, allOf := kyvernoFilters(exclude)
	if len(allOf) == 1 {
		anyOf = slices.Concat(anyOf, allOf)
	}
	for _, filter := range anyOf {
		resources := filter.At("resources")
		for _, subject := range filter.At("subjects").Items() {
			if name := subject.At("name"); !resources.IsSet() && slices.Contains(everybody, name.Str()) {
				p.Reportf(name, "policy %q leaves out the group %s, which everybody is in", p.Object.Name, name.Str())
			}
		}
		if !narrows(resources) && !narrows(filter, "subjects", "roles", "clusterRoles") {
			excludedNamespaces(p, resources.At("namespaces"))
		}
	}
}
