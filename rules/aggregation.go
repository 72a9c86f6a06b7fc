package rules

import (
	"fmt"
	"slices"
	"strings"

	"github.com/seaworthy-lint/seaworthy/lint"
	"github.com/seaworthy-lint/seaworthy/lint/manifest"
	"github.com/seaworthy-lint/seaworthy/lint/scope"
)

// aggregationLabel is the label that adds a ClusterRole to the first of the
// built-in roles that it is added to; nil when it is to none.
func aggregationLabel(o *manifest.Object, roles ...string) *manifest.Node {
	if o.Kind != "ClusterRole" {
		return nil
	}
	for _, role := range roles {
		if label := o.At("metadata", "labels", rbacGroup+"/aggregate-to-"+role); label.Str() == "true" {
			return label
		}
	}
	return nil
}

func rbacAggregatedEscalation(p *lint.Pass) {
	if isBootstrapRole(p.Object) {
		return
	}
	for _, selector := range p.Object.At("aggregationRule", "clusterRoleSelectors").Items() {
		if scope.LabelSelector(selector).Matches(clusterAdminLabels()) == manifest.True {
			p.Reportf(selector, "ClusterRole %q collects the rules of roles that its author did not choose, those of cluster-admin too", p.Object.Name)
		}
	}
	if aggregates(p.Object) {
		return
	}
	rules, _ := ownRules(p.Object)
	if label := aggregationLabel(p.Object, "view"); label != nil {
		for _, rule := range rules {
			addsToView(p, rule, label)
		}
	} else if label := aggregationLabel(p.Object, "edit", "admin"); label != nil {
		for _, rule := range rules {
			adds(p, rule, label, tenantEscalation)
		}
	}
}

// clusterAdminLabels are what the API server labels cluster-admin with: a
// selector that they match collects every right.
func clusterAdminLabels() *manifest.Node {
	return &manifest.Node{Kind: manifest.Map, Kids: []*manifest.Node{
		{Key: "kubernetes.io/bootstrapping", Kind: manifest.Scalar, Value: "rbac-defaults"},
	}}
}

// adds reports what of a table a rule adds to a built-in role.
func adds(p *lint.Pass, rule grantedRule, label *manifest.Node, table []permission) (found bool) {
	to := strings.TrimPrefix(label.Key, rbacGroup+"/aggregate-to-")
	var grants []grant
	for _, t := range table {
		if !p.Version.Named {
			t.before = 0
		}
		if t.of(p.Set, rule, true, p.Version) {
			t.lower = 0
			grants = addGrant(grants, t, rule)
		}
	}
	for _, g := range grants {
		p.Reportf(g.place, "ClusterRole %q adds to the built-in role %s what lets every holder %s (%s on %s)",
			p.Object.Name, to, joinWords(g.effects), strings.Join(g.verbs, ", "), strings.Join(few(g.resources), ", ")).
			Relate(label, "the label adds it to "+to).About(itemOf(rule, g.plain))
	}
	return len(grants) > 0
}

// addsToView reports what a role adds to view beyond reading: view is given to
// those who are to change nothing.
func addsToView(p *lint.Pass, rule grantedRule, label *manifest.Node) {
	if adds(p, rule, label, viewEscalation) {
		return
	}
	i := slices.IndexFunc(rule.verbs, func(verb string) bool { return !slices.Contains([]string{"get", "list", "watch"}, verb) })
	if i < 0 || len(rule.resources) == 0 || rule.reviewsOnly() {
		return
	}
	if verb := rule.entry("verbs", i); verb.Templated() {
		p.UnknownValue(verb)
	} else {
		p.Reportf(verb, "%s", fmt.Sprintf("ClusterRole %q adds %s on %s to the built-in role view, which is for reading",
			p.Object.Name, verbsText(rule.verbs), resourcesText(rule.resources))).Relate(label, "the label adds it to view").About(itemOf(rule, ""))
	}
}

// reviewsOnly tells whether all that the rule lets create are reviews, which
// are questions and change nothing.
func (r grantedRule) reviewsOnly() bool {
	return !slices.ContainsFunc(r.resources, func(resource string) bool { return !strings.HasSuffix(resource, "reviews") })
}
