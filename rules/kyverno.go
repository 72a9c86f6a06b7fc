package rules

import (
	"slices"
	"strings"
	"unicode"

	"github.com/seaworthy-lint/seaworthy/lint/manifest"
)

// kyvernoFilters are the filters of a match or exclude clause of a Kyverno
// rule: the items of any and of all, or the clause itself in its old form. All
// items of all must hold at once, so each alone says too much.
func kyvernoFilters(clause *manifest.Node) (anyOf, allOf []*manifest.Node) {
	anyOf = clause.At("any").Items()
	if clause.At("resources").IsSet() || clause.At("subjects").IsSet() {
		anyOf = append([]*manifest.Node{clause}, anyOf...)
	}
	return anyOf, clause.At("all").Items()
}

// guardedKinds are the kinds whose admission is a matter of security.
var guardedKinds = []string{
	"*", "Pod", "ReplicationController", "ReplicaSet", "Deployment", "DaemonSet", "StatefulSet", "Job", "CronJob",
	"Role", "ClusterRole", "RoleBinding", "ClusterRoleBinding",
}

// kyvernoGuards tells whether a policy checks or changes something whose
// admission is a matter of security.
func kyvernoGuards(spec *manifest.Node) bool {
	return slices.ContainsFunc(spec.At("rules").Items(), func(rule *manifest.Node) bool {
		checks := rule.At("validate").IsSet() || rule.At("verifyImages").IsSet() || rule.At("mutate").IsSet()
		anyOf, allOf := kyvernoFilters(rule.At("match"))
		return checks && slices.ContainsFunc(slices.Concat(anyOf, allOf), func(filter *manifest.Node) bool {
			return slices.ContainsFunc(filter.At("resources", "kinds").Items(), func(kind *manifest.Node) bool {
				return slices.Contains(guardedKinds, kyvernoKind(kind.Str()))
			})
		})
	})
}

// kyvernoKind is the kind in a name such as apps/v1/Deployment, "" for a
// subresource such as Pod/exec.
func kyvernoKind(name string) string {
	kind := name[strings.LastIndexByte(name, '/')+1:]
	if kind != "" && unicode.IsLower(rune(kind[0])) {
		return ""
	}
	return kind
}

// kyvernoAction is the failure action in force for a rule's validate or
// verifyImages entry: its own, else the policy's, which is Audit when it says
// nothing (api/kyverno/v1 of Kyverno). An override with Enforce in some
// namespaces counts as Enforce.
type kyvernoAction struct {
	// node is the field in force; nil when the policy has none.
	node    *manifest.Node
	enforce bool
}

func kyvernoActionOf(spec, entry *manifest.Node) kyvernoAction {
	action := kyvernoAction{node: entry.At("failureAction")}
	overrides := entry.At("failureActionOverrides")
	if !action.node.IsSet() {
		action.node = spec.At("validationFailureAction")
	}
	if len(overrides.Items()) == 0 {
		overrides = spec.At("validationFailureActionOverrides")
	}
	action.enforce = strings.EqualFold(action.node.Str(), "Enforce") ||
		slices.ContainsFunc(overrides.Items(), func(o *manifest.Node) bool { return strings.EqualFold(o.At("action").Str(), "Enforce") })
	return action
}
