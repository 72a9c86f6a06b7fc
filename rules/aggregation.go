package rules

import (
	"fmt"
	"slices"
	"strings"

	"github.com/seaworthy-lint/seaworthy/lint"
	"github.com/seaworthy-lint/seaworthy/lint/manifest"
	"github.com/seaworthy-lint/seaworthy/lint/rbac"
)

func rbacAggregatedEscalation(p *lint.Pass) {
	if isBootstrapRole(p.Object) {
		return
	}
	for _, selector := range p.Object.At("aggregationRule", "clusterRoleSelectors").Items() {
		if rbac.CollectsAdmin(selector) {
			p.Reportf(selector, "ClusterRole %q collects the rules of roles that its author did not choose, those of cluster-admin too", p.Object.Name)
		}
	}
	if rbac.Aggregates(p.Object) {
		return
	}
	rules, _ := rbac.RulesIn(p.Object)
	if label := rbac.AggregationLabel(p.Object, "view"); label != nil {
		for _, rule := range rules {
			addsToView(p, rule, label)
		}
	} else if label := rbac.AggregationLabel(p.Object, "edit", "admin"); label != nil {
		for _, rule := range rules {
			adds(p, rule, label, rbac.TenantEscalation)
		}
	}
}

// adds reports what of a table a rule adds to a built-in role.
func adds(p *lint.Pass, rule rbac.Rule, label *manifest.Node, table rbac.Table) (found bool) {
	to := strings.TrimPrefix(label.Key, rbac.Group+"/aggregate-to-")
	var grants []grant
	index := rbac.Of(p.Set)
	for _, t := range inVersion(p, table) {
		if index.Gives(t, rule, true) {
			t.Lower = 0
			grants = addGrant(grants, t, rule)
		}
	}
	for _, g := range grants {
		p.Reportf(g.place, "ClusterRole %q adds to the built-in role %s what lets every holder %s (%s on %s)",
			p.Object.Name, to, joinWords(g.effects), strings.Join(g.verbs, ", "), strings.Join(few(g.resources, manyWords), ", ")).
			Relate(label, "the label adds it to "+to).About(itemOf(rule, g.plain))
	}
	return len(grants) > 0
}

// addsToView reports what a role adds to view beyond reading: view is given to
// those who are to change nothing.
func addsToView(p *lint.Pass, rule rbac.Rule, label *manifest.Node) {
	if adds(p, rule, label, rbac.ViewEscalation) {
		return
	}
	i := slices.IndexFunc(rule.Verbs, func(verb string) bool { return !slices.Contains([]string{"get", "list", "watch"}, verb) })
	if i < 0 || len(rule.Resources) == 0 || reviewsOnly(rule) {
		return
	}
	if verb := rule.Entry("verbs", i); verb.Templated() {
		p.UnknownValue(verb)
	} else {
		p.Reportf(verb, "%s", fmt.Sprintf("ClusterRole %q adds %s on %s to the built-in role view, which is for reading",
			p.Object.Name, verbsText(rule.Verbs), resourcesText(rule.Resources))).Relate(label, "the label adds it to view").About(itemOf(rule, ""))
	}
}

// reviewsOnly tells whether all that the rule lets create are reviews, which
// are questions and change nothing.
func reviewsOnly(r rbac.Rule) bool {
	return !slices.ContainsFunc(r.Resources, func(resource string) bool { return !strings.HasSuffix(resource, "reviews") })
}
