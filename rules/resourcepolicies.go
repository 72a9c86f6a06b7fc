package rules

import (
	"slices"
	"strings"

	"github.com/seaworthy-lint/seaworthy/lint"
	"github.com/seaworthy-lint/seaworthy/lint/manifest"
	"github.com/seaworthy-lint/seaworthy/lint/scope"
)

var resourcePolicies = []lint.Rule{
	{
		ID:     "resource-policy-missing",
		Family: "namespace",
		Title:  "namespace sets no limit to what it uses",
		Why: "Without a quota one namespace can use up the cluster, by accident or on purpose, and without defaults each " +
			"container that states no limit may use up its node.",
		Fix:      "add a LimitRange and a ResourceQuota",
		FixKind:  lint.NoFix,
		Severity: lint.Low,
		Points:   -1,
		Profiles: []string{"strict", "nsa"},
		Aliases: []string{
			"trivy-checks:KSV-0039", "trivy-checks:KSV-0040", "kics:4a20ebac-1060-4c81-95d1-1f7f620e983b",
			"kics:48a5beba-e4c0-4584-a2aa-e6894e4cf424",
		},
		References: []string{"NSA:resource-policies", "NIST:4.3.4", "ATTACK:T1499"},
		Kinds:      lint.Kinds{Names: []string{"/Namespace", "/LimitRange", "/ResourceQuota"}, Context: podKinds},
		Scope:      lint.NamespaceScope,
		Check:      resourcePolicyMissing,
	},
}

// resourcePolicyMissing judges a namespace with workloads as a whole, and its
// quotas and limit ranges by themselves where the Namespace is not in view.
func resourcePolicyMissing(p *lint.Pass) {
	namespace := p.Scope().Namespace(p.Object.Namespace)
	switch {
	case p.Object.Kind == "Namespace":
		namespaceLimits(p, p.Scope().Namespace(p.Object.Name))
	case namespace.Object != nil:
	case p.Object.Kind == "ResourceQuota":
		if lacking := lackingQuotas(quotasOf(namespace)); len(lacking) > 0 && isFirst(p, namespace) {
			p.Missingf(p.Object.Node, []string{"spec", "hard"}, "the quota sets no %s", strings.Join(lacking, ", no "))
		}
	case p.Object.Kind == "LimitRange":
		if !setsDefaults(namespace) && isFirst(p, namespace) {
			p.Missingf(p.Object.Node, []string{"spec", "limits"}, "the LimitRange sets no default and defaultRequest for containers")
		}
	}
}

// isFirst tells whether the object is the first of its kind in the namespace:
// several are judged together.
func isFirst(p *lint.Pass, namespace *scope.Namespace) bool {
	i := slices.IndexFunc(namespace.Objects, func(o *manifest.Object) bool { return o.Kind == p.Object.Kind && o.Group() == "" })
	return i >= 0 && namespace.Objects[i] == p.Object
}

func namespaceLimits(p *lint.Pass, namespace *scope.Namespace) {
	if len(namespace.Pods) == 0 {
		return
	}
	var missing []string
	quotas := quotasOf(namespace)
	switch lacking := lackingQuotas(quotas); {
	case len(quotas) == 0:
		missing = append(missing, "no ResourceQuota")
	case len(lacking) > 0:
		missing = append(missing, "no quota for "+strings.Join(lacking, ", "))
	}
	if unlimited := unlimitedContainers(namespace); len(unlimited) > 0 && !setsDefaults(namespace) {
		missing = append(missing, "no LimitRange with defaults for containers without limits, as "+unlimited[0])
	}
	if len(missing) == 0 {
		return
	}
	at := p.Object.Nearest("metadata", "name")
	if why := outOfView(p, []string{"/LimitRange", "/ResourceQuota"}); why != "" {
		p.Unknown(at, why)
		return
	}
	noteIfOpen(p, p.Reportf(at, "namespace %q has %s", namespace.Name, strings.Join(missing, " and ")).Showing(strings.Join(missing, "; ")))
}

func quotasOf(namespace *scope.Namespace) []*manifest.Object {
	var quotas []*manifest.Object
	for _, o := range namespace.Objects {
		if o.Kind == "ResourceQuota" && o.Group() == "" {
			quotas = append(quotas, o)
		}
	}
	return quotas
}

// lackingQuotas are the resources that no quota limits. cpu and memory stand
// for the requests (ResourceQuota, "Compute Resource Quota").
func lackingQuotas(quotas []*manifest.Object) []string {
	var lacking []string
	for _, resource := range []string{"requests.cpu", "requests.memory", "limits.memory"} {
		set := func(o *manifest.Object) bool {
			hard := o.At("spec", "hard")
			return hard.Templated() || hard.At(resource).IsSet() || hard.At(strings.TrimPrefix(resource, "requests.")).IsSet()
		}
		if !slices.ContainsFunc(quotas, set) {
			lacking = append(lacking, resource)
		}
	}
	return lacking
}

// setsDefaults tells whether a LimitRange of the namespace gives limits to
// containers that state none.
func setsDefaults(namespace *scope.Namespace) bool {
	return slices.ContainsFunc(namespace.Objects, func(o *manifest.Object) bool {
		limits := o.At("spec", "limits")
		return o.Kind == "LimitRange" && o.Group() == "" && (limits.Templated() || slices.ContainsFunc(limits.Items(), func(item *manifest.Node) bool {
			return item.Templated() || item.At("type").Str() == "Container" && item.At("default").IsSet() && item.At("defaultRequest").IsSet()
		}))
	})
}

// unlimitedContainers are the names of the containers that state no limits.
func unlimitedContainers(namespace *scope.Namespace) []string {
	var names []string
	for _, pod := range namespace.Pods {
		for _, c := range pod.Containers() {
			if c.Role != manifest.Ephemeral && !c.At("resources", "limits").IsSet() && !pod.At("resources", "limits").IsSet() {
				names = append(names, c.Name())
			}
		}
	}
	return names
}
