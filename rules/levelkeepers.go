package rules

import (
	"slices"
	"strings"

	"github.com/seaworthy-lint/seaworthy/lint/manifest"
)

// admissionKinds are what sets or enforces a level for namespaces without
// labels.
var admissionKinds = []string{
	"AdmissionConfiguration", "PodSecurityConfiguration", "kyverno.io/ClusterPolicy", "kyverno.io/Policy", "policies.kyverno.io/ValidatingPolicy",
	"admissionregistration.k8s.io/ValidatingAdmissionPolicy", "admissionregistration.k8s.io/ValidatingAdmissionPolicyBinding",
	"constraints.gatekeeper.sh/*",
}

// isHeldToLevel tells whether something in view other than its labels holds the
// pods of a namespace to baseline or more.
func isHeldToLevel(set *manifest.Set, namespace string) bool {
	return slices.ContainsFunc(*manifest.Derived(set, findLevelKeepers), func(k levelKeeper) bool {
		return (len(k.in) == 0 || matchesGlob(k.in, namespace)) && !matchesGlob(k.but, namespace)
	})
}

// levelKeeper is what holds the pods of some namespaces to a level.
type levelKeeper struct {
	// in are globs of the namespaces; none stands for all.
	in []string
	// but are globs of those that are left out.
	but []string
}

func findLevelKeepers(set *manifest.Set) *[]levelKeeper {
	var keepers []levelKeeper
	for _, o := range set.Objects() {
		switch {
		case o.Kind == "PodSecurityConfiguration":
			keepers = append(keepers, levelDefaults(o.Node)...)
		case o.Kind == "AdmissionConfiguration":
			for _, plugin := range o.At("plugins").Items() {
				if plugin.At("name").Str() == "PodSecurity" {
					keepers = append(keepers, levelDefaults(plugin.At("configuration"))...)
				}
			}
		case o.Group() == kyvernoGroup && o.Kind == "ClusterPolicy":
			keepers = append(keepers, kyvernoKeepers(o)...)
		case o.Group() == constraintsGroup && o.Kind == "K8sPSPPrivilegedContainer":
			if action := o.At("spec", "enforcementAction").Str(); action == "" || action == "deny" {
				keepers = append(keepers, levelKeeper{in: texts(o.At("spec", "match", "namespaces")), but: texts(o.At("spec", "match", "excludedNamespaces"))})
			}
		case o.Kind == "ValidatingAdmissionPolicy" && readsPrivileged(o) && isBoundToDeny(set, o), o.Kind == "ValidatingPolicy" && readsPrivileged(o) && denies(o):
			keepers = append(keepers, levelKeeper{})
		}
	}
	return &keepers
}

func levelDefaults(configuration *manifest.Node) []levelKeeper {
	if level := configuration.At("defaults", "enforce").Str(); level != "baseline" && level != "restricted" {
		return nil
	}
	return []levelKeeper{{but: texts(configuration.At("exemptions", "namespaces"))}}
}

// kyvernoKeepers are the rules of a policy that enforce a level, or refuse
// privileged containers by a pattern.
func kyvernoKeepers(policy *manifest.Object) []levelKeeper {
	var keepers []levelKeeper
	for _, rule := range policy.At("spec", "rules").Items() {
		validate := rule.At("validate")
		if (validate.At("podSecurity").IsSet() || namesPrivileged(validate)) && kyvernoActionOf(policy.At("spec"), validate).enforce {
			in, everywhere := kyvernoNamespaces(rule.At("match"))
			but, _ := kyvernoNamespaces(rule.At("exclude"))
			if everywhere {
				in = nil
			}
			keepers = append(keepers, levelKeeper{in: in, but: but})
		}
	}
	return keepers
}

// kyvernoNamespaces are the globs of the namespaces that the filters of a
// match or exclude block name; everywhere tells that one names none.
func kyvernoNamespaces(block *manifest.Node) (globs []string, everywhere bool) {
	filters := slices.Concat(block.At("any").Items(), block.At("all").Items())
	if block.At("resources").IsSet() {
		filters = append(filters, block)
	}
	for _, filter := range filters {
		named := texts(filter.At("resources", "namespaces"))
		globs = append(globs, named...)
		everywhere = everywhere || len(named) == 0
	}
	return globs, everywhere
}

// namesPrivileged tells whether a pattern says something of privileged
// containers, whatever anchor stands around the key.
func namesPrivileged(n *manifest.Node) bool {
	return strings.Trim(n.Key, "=()+<>X^") == "privileged" ||
		slices.ContainsFunc(n.Fields(), namesPrivileged) || slices.ContainsFunc(n.Items(), namesPrivileged)
}

// readsPrivileged tells of a policy that looks at privileged containers.
func readsPrivileged(policy *manifest.Object) bool {
	return slices.ContainsFunc(policy.At("spec", "validations").Items(), func(v *manifest.Node) bool {
		return strings.Contains(v.At("expression").Str(), "privileged")
	})
}

// isBoundToDeny tells whether a ValidatingAdmissionPolicy has a binding that
// denies.
func isBoundToDeny(set *manifest.Set, policy *manifest.Object) bool {
	return slices.ContainsFunc(set.OfKind("admissionregistration.k8s.io", "ValidatingAdmissionPolicyBinding"), func(b *manifest.Object) bool {
		return b.At("spec", "policyName").Str() == policy.Name && denies(b)
	})
}

func denies(o *manifest.Object) bool {
	return slices.ContainsFunc(o.At("spec", "validationActions").Items(), func(a *manifest.Node) bool { return a.Str() == "Deny" })
}
