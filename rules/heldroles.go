package rules

import (
	"fmt"
	"slices"
	"strings"

	"github.com/seaworthy-lint/seaworthy/lint"
	"github.com/seaworthy-lint/seaworthy/lint/manifest"
	"github.com/seaworthy-lint/seaworthy/lint/rbac"
)

// heldRole is a role under judgement.
type heldRole struct {
	*rbac.Role
	index *rbac.Index
}

// eachRule makes a rule's check of a check for one entry of a role's rules.
// What every cluster has is not judged, nor what the controller overwrites in
// a role that aggregates others.
func eachRule(check func(*lint.Pass, heldRole, rbac.Rule)) func(*lint.Pass) {
	return func(p *lint.Pass) {
		index := rbac.Of(p.Set)
		role := heldRole{Role: index.RoleOf(p.Object), index: index}
		if role.Role == nil || isBootstrapRole(p.Object) || rbac.Aggregates(p.Object) {
			return
		}
		if rules := role.Object.At("rules"); rules.Templated() {
			p.UnknownValue(rules)
		}
		for _, rule := range role.Rules {
			check(p, role, rule)
		}
	}
}

// isBootstrap tells whether the object has the label of those that the API
// server itself creates.
func isBootstrap(o *manifest.Object) bool {
	return o.At("metadata", "labels", "kubernetes.io/bootstrapping").Str() == "rbac-defaults"
}

// isBootstrapRole asks for a name that the API server gives too: it does not
// take away what others add to its label.
func isBootstrapRole(o *manifest.Object) bool {
	return isBootstrap(o) && (strings.HasPrefix(o.Name, "system:") || slices.Contains([]string{"cluster-admin", "admin", "edit", "view"}, o.Name))
}

// granting makes a rule's check of a table: it reports what of it an entry of
// a role's rules grants.
func granting(table rbac.Table) func(*lint.Pass) {
	return eachRule(func(p *lint.Pass, role heldRole, rule rbac.Rule) {
		for _, g := range role.grants(p, rule, table) {
			role.report(p, rule, g)
		}
	})
}

func (r heldRole) holders() rbac.Holders { return r.index.Holders(r.Role) }

// grant is what an entry of a role's rules gives of a table of permissions, at
// one place.
type grant struct {
	effects, resources, verbs []string
	place                     *manifest.Node
	lower                     int
	// plain names the first of the permissions that no wildcard is needed for.
	plain string
}

// grants are what an entry of the rules grants of a table. What cannot be told
// and may grant it is unknown.
func (r heldRole) grants(p *lint.Pass, rule rbac.Rule, table rbac.Table) []grant {
	found := r.granted(p, rule, table)
	if len(found) == 0 && rule.Unsure != nil && len(r.granted(p, rule.AtWorst(), table)) > 0 {
		p.UnknownValue(rule.Unsure)
	}
	return found
}

func (r heldRole) granted(p *lint.Pass, rule rbac.Rule, table rbac.Table) []grant {
	var found []grant
	var held rbac.Holders
	known := false
	for _, t := range inVersion(p, table) {
		if !r.index.Gives(t, rule, r.Kind == "ClusterRole") {
			continue
		}
		if !known {
			held, known = r.holders(), true
		}
		if held.HandedOn || t.ClusterOnly && !held.ClusterWide || r.madeFor(held, t.Controllers) {
			continue
		}
		found = addGrant(found, t, rule)
	}
	return found
}

// inVersion is what of a table counts for the version to judge for: where that
// is only supposed, what suffices in older ones too.
func inVersion(p *lint.Pass, table rbac.Table) rbac.Table {
	if p.Version.Named {
		return table.In(p.Version.Minor)
	}
	return table.InAny(p.Version.Minor)
}

// addGrant adds a permission to those at its place; what is weaker there goes
// without saying.
func addGrant(found []grant, t rbac.Permission, rule rbac.Rule) []grant {
	resources, verbs := t.Entries(rule)
	resource, verb := rule.Entry("resources", resources[0]), rule.Entry("verbs", verbs[0])
	g := grant{lower: t.Lower, place: resource}
	if t.ByVerb {
		g.place = verb
	}
	if rule.Limited() && (t.Names == rbac.NamesSoften || t.Names == rbac.NamesOfRoles) {
		g.lower++
	}
	i := slices.IndexFunc(found, func(other grant) bool {
		return other.place == resource || other.place == verb || other.lower == g.lower && slices.Contains(other.effects, t.Effect)
	})
	if i < 0 {
		i, found = len(found), append(found, g)
	}
	if found[i].lower != g.lower {
		return found
	}
	found[i].add(t, rule, resources, verbs)
	return found
}

func (g *grant) add(t rbac.Permission, rule rbac.Rule, resources, verbs []int) {
	g.effects = appendText(g.effects, t.Effect)
	for _, n := range resources {
		g.resources = appendText(g.resources, rule.Resources[n])
	}
	for _, n := range verbs {
		g.verbs = appendText(g.verbs, rule.Verbs[n])
	}
	if plain, _ := t.Entries(rule.WithoutWildcards()); g.plain == "" && len(plain) > 0 {
		g.plain = rule.WithoutWildcards().Resources[plain[0]]
	}
}

func appendText(list []string, text string) []string {
	if slices.Contains(list, text) {
		return list
	}
	return append(list, text)
}

// madeFor tells whether the role is that of a controller that works with the
// permission: all its holders are accounts with the controller's name, or
// nobody holds it and it is called so itself.
func (r heldRole) madeFor(held rbac.Holders, controllers []string) bool {
	isController := func(name string) bool {
		return slices.ContainsFunc(controllers, func(c string) bool { return strings.HasPrefix(name, c) })
	}
	if held.None() {
		return isController(r.Name)
	}
	return !slices.ContainsFunc(held.Bindings, func(b *rbac.Binding) bool {
		return slices.ContainsFunc(b.Subjects(), func(s *manifest.Node) bool {
			return s.At("kind").Str() != "ServiceAccount" || !isController(s.At("name").Str())
		})
	})
}

// report reports a grant, a level lower when nobody in view holds the role.
func (r heldRole) report(p *lint.Pass, rule rbac.Rule, g grant) *lint.Finding {
	return r.reportAt(p, g.place, g.lower, fmt.Sprintf("lets its holder %s (%s on %s)",
		joinWords(g.effects), strings.Join(g.verbs, ", "), strings.Join(few(g.resources, manyWords), ", "))).About(itemOf(rule, g.plain))
}

// reportAt reports what a rule of the role does, and who holds the role.
func (r heldRole) reportAt(p *lint.Pass, place *manifest.Node, lower int, does string) *lint.Finding {
	held := r.holders()
	if held.None() {
		lower++
	}
	finding := p.Reportf(place, "%s %q %s%s", r.Kind, r.Name, does, holdersText(p.Scope(), r.index, held))
	finding.Severity = min(lint.Critical, max(lint.Low, finding.Severity-lint.Severity(lower)))
	relateHolders(finding, r.index, held)
	return finding
}

// itemOf names an entry of the rules, so that a finding about its wildcards
// hides what only they imply, and not what is granted in plain words.
func itemOf(rule rbac.Rule, plain string) string {
	item := fmt.Sprintf("rules/%d", rule.Node.Index)
	if plain != "" {
		item += "/" + plain
	}
	return item
}

// manyWords is how many words a list in a message has room for.
const manyWords = 6

// few are the first of many words, and how many more there are.
func few(words []string, many int) []string {
	if len(words) <= many {
		return words
	}
	return append(slices.Clone(words[:many-1]), fmt.Sprintf("%d more", len(words)-many+1))
}

// joinWords lists words as a sentence does.
func joinWords(words []string) string {
	last := len(words) - 1
	if last < 1 {
		return strings.Join(words, "")
	}
	return strings.Join(words[:last], ", ") + " and " + words[last]
}
