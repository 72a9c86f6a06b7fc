package rbac

import (
	"github.com/seaworthy-lint/seaworthy/lint/manifest"
	"github.com/seaworthy-lint/seaworthy/lint/scope"
)

// AggregationLabel is the label that adds a ClusterRole to the first of the
// built-in roles that it is added to; nil when it is to none.
func AggregationLabel(o *manifest.Object, roles ...string) *manifest.Node {
	if o.Kind != clusterRole {
		return nil
	}
	for _, role := range roles {
		if label := o.At("metadata", "labels", aggregationKey(role)); label.Str() == "true" {
			return label
		}
	}
	return nil
}

// Aggregates tells whether the controller fills a ClusterRole from others, and
// so overwrites the rules that stand in it.
func Aggregates(o *manifest.Object) bool {
	return o.Kind == clusterRole && len(o.At("aggregationRule", "clusterRoleSelectors").Items()) > 0
}

// CollectsAdmin tells whether the selector of an aggregated role matches what
// the API server labels cluster-admin with, and so collects every right.
func CollectsAdmin(selector *manifest.Node) bool {
	return scope.LabelSelector(selector).Matches(labelMap("kubernetes.io/bootstrapping", "rbac-defaults")) == manifest.True
}

type label struct{ key, value string }

// manyComparisons bounds what is compared to aggregate the roles of a set. Real
// sets need hundreds; roles that are left over are not complete.
const manyComparisons = 50_000

// labelledRoles finds ClusterRoles by their labels.
type labelledRoles struct {
	all []*Role
	by  map[label][]*Role
}

// like are the roles that a selector may select.
func (l *labelledRoles) like(selector *manifest.Node) []*Role {
	for _, want := range selector.At("matchLabels").Fields() {
		if !want.Templated() {
			return l.by[label{want.Key, want.Str()}]
		}
	}
	return l.all
}

// aggregate gives the roles that aggregate others the rules of those.
func (x *Index) aggregate() {
	roles := &labelledRoles{by: map[label][]*Role{}}
	var wholes []*Role
	for _, role := range x.all {
		if role.Kind != clusterRole {
			continue
		}
		roles.all = append(roles.all, role)
		for _, l := range role.labels.Fields() {
			roles.by[label{l.Key, l.Str()}] = append(roles.by[label{l.Key, l.Str()}], role)
		}
		if len(role.selectors) > 0 {
			wholes = append(wholes, role)
		}
	}
	parts, left := map[*Role][]*Role{}, manyComparisons
	for _, whole := range wholes {
		parts[whole] = roles.partsOf(whole, &left)
		for _, part := range parts[whole] {
			part.wholes = append(part.wholes, whole)
		}
	}
	for _, whole := range wholes {
		whole.collect(parts, &left)
	}
}

func (l *labelledRoles) partsOf(whole *Role, left *int) []*Role {
	var parts []*Role
	seen := map[*Role]bool{whole: true}
	for _, selector := range whole.selectors {
		for _, part := range l.like(selector) {
			if *left--; *left < 0 {
				return nil
			}
			if !seen[part] && scope.LabelSelector(selector).Matches(part.labels) == manifest.True {
				seen[part] = true
				parts = append(parts, part)
			}
		}
	}
	return parts
}

// collect gives a role the rules of its parts, and of theirs. Where none is in
// view they live elsewhere.
func (r *Role) collect(parts map[*Role][]*Role, left *int) {
	r.Rules, r.Complete = nil, true
	seen := map[*Role]bool{r: true}
	var add func(whole *Role)
	add = func(whole *Role) {
		for _, part := range parts[whole] {
			*left--
			switch {
			case seen[part] || *left < 0:
			case len(part.selectors) > 0:
				seen[part] = true
				r.Complete = r.Complete && len(parts[part]) > 0
				add(part)
			default:
				seen[part] = true
				r.Rules = append(r.Rules, part.Rules...)
				r.Complete = r.Complete && part.Complete
			}
		}
	}
	add(r)
	r.Complete = r.Complete && len(seen) > 1 && *left >= 0
}
