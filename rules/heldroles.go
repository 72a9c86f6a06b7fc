package rules

import (
	"fmt"
	"slices"
	"strings"

	"github.com/seaworthy-lint/seaworthy/lint"
	"github.com/seaworthy-lint/seaworthy/lint/manifest"
	"github.com/seaworthy-lint/seaworthy/lint/scope"
)

// heldRole is a role under judgement.
type heldRole struct {
	*manifest.Object
	set   *manifest.Set
	rules []grantedRule
}

// eachRule makes a rule's check of a check for one entry of a role's rules.
// What every cluster has is not judged, nor what the controller overwrites in
// a role that aggregates others.
func eachRule(check func(*lint.Pass, heldRole, grantedRule)) func(*lint.Pass) {
	return func(p *lint.Pass) {
		if isBootstrapRole(p.Object) || aggregates(p.Object) {
			return
		}
		role := heldRole{Object: p.Object, set: p.Set}
		role.rules, _ = ownRules(p.Object)
		if rules := role.At("rules"); rules.Templated() {
			p.UnknownValue(rules)
		}
		for _, rule := range role.rules {
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

func aggregates(o *manifest.Object) bool {
	return o.Kind == "ClusterRole" && len(o.At("aggregationRule", "clusterRoleSelectors").Items()) > 0
}

// granting makes a rule's check of a table: it reports what of it an entry of
// a role's rules grants.
func granting(table []permission) func(*lint.Pass) {
	return eachRule(func(p *lint.Pass, role heldRole, rule grantedRule) {
		for _, g := range role.grants(p, rule, table) {
			role.report(p, rule, g)
		}
	})
}

// holders tell who holds a role by the bindings in view.
type holders struct {
	bindings []*manifest.Object
	// clusterWide tells that the role holds in every namespace and for what has
	// none, or would if it were bound.
	clusterWide bool
	// handedOn tells that a label adds the role to one that every cluster has,
	// and nothing else gives it to anybody.
	handedOn bool
}

func (h holders) none() bool { return len(h.bindings) == 0 }

func (r heldRole) holders() holders {
	h := holders{bindings: bindingsOf(r.set, r.Object, nil)}
	h.clusterWide = r.Kind == "ClusterRole" &&
		(h.none() || slices.ContainsFunc(h.bindings, func(b *manifest.Object) bool { return b.Kind == "ClusterRoleBinding" }))
	h.handedOn = h.none() && aggregationLabel(r.Object, "admin", "edit", "view") != nil
	return h
}

// bindingsOf are the bindings that give a role to anybody, by itself or through
// the roles that aggregate it.
func bindingsOf(set *manifest.Set, role *manifest.Object, seen []*manifest.Object) []*manifest.Object {
	var found []*manifest.Object
	for _, binding := range scope.Of(set).Bindings(role.Kind, role.Name) {
		if binds(set, binding, role) {
			found = append(found, binding)
		}
	}
	if role.Kind != "ClusterRole" {
		return found
	}
	seen = append(slices.Clip(seen), role)
	for _, whole := range scope.Of(set).Aggregates() {
		if !slices.Contains(seen, whole) && selectsAny(whole.At("aggregationRule", "clusterRoleSelectors").Items(), role) {
			found = append(found, bindingsOf(set, whole, seen)...)
		}
	}
	return found
}

// binds tells whether a binding that names the role gives it to anybody.
func binds(set *manifest.Set, binding, role *manifest.Object) bool {
	if len(binding.At("subjects").Items()) == 0 {
		return false
	}
	return role.Kind == "ClusterRole" || binding.Kind == "RoleBinding" && scope.Of(set).SameNamespace(binding.Namespace, role.Namespace) != manifest.False
}

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
func (r heldRole) grants(p *lint.Pass, rule grantedRule, table []permission) []grant {
	found := r.granted(p, rule, table)
	if len(found) == 0 && rule.unsure != nil && len(r.granted(p, rule.atWorst(), table)) > 0 {
		p.UnknownValue(rule.unsure)
	}
	return found
}

func (r heldRole) granted(p *lint.Pass, rule grantedRule, table []permission) []grant {
	var found []grant
	var held holders
	known := false
	for _, t := range table {
		if !p.Version.Named {
			t.before = 0
		}
		if !t.of(r.set, rule, r.Kind == "ClusterRole", p.Version) {
			continue
		}
		if !known {
			held, known = r.holders(), true
		}
		if held.handedOn || t.clusterOnly && !held.clusterWide || r.madeFor(held, t.controllers) {
			continue
		}
		found = addGrant(found, t, rule)
	}
	return found
}

// addGrant adds a permission to those at its place; what is weaker there goes
// without saying.
func addGrant(found []grant, t permission, rule grantedRule) []grant {
	resources, verbs := t.granted(rule)
	resource, verb := rule.entry("resources", resources[0]), rule.entry("verbs", verbs[0])
	g := grant{lower: t.lower, place: resource}
	if t.byVerb {
		g.place = verb
	}
	if rule.limited() && (t.named == namesSoften || t.named == namesOfRoles) {
		g.lower++
	}
	i := slices.IndexFunc(found, func(other grant) bool {
		return other.place == resource || other.place == verb || other.lower == g.lower && slices.Contains(other.effects, t.effect)
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

func (g *grant) add(t permission, rule grantedRule, resources, verbs []int) {
	g.effects = appendText(g.effects, t.effect)
	for _, n := range resources {
		g.resources = appendText(g.resources, rule.resources[n])
	}
	for _, n := range verbs {
		g.verbs = appendText(g.verbs, rule.verbs[n])
	}
	if plain, _ := t.granted(rule.withoutWildcards()); g.plain == "" && len(plain) > 0 {
		g.plain = rule.withoutWildcards().resources[plain[0]]
	}
}

func appendText(list []string, text string) []string {
	if slices.Contains(list, text) {
		return list
	}
	return append(list, text)
}

// entry is an entry of a list of the rule, or the list when it is none.
func (r grantedRule) entry(key string, i int) *manifest.Node {
	if items := r.node.At(key).Items(); i < len(items) {
		return items[i]
	}
	return r.node.Nearest(key)
}

// madeFor tells whether the role is that of a controller that works with the
// permission: all its holders are accounts with the controller's name, or
// nobody holds it and it is called so itself.
func (r heldRole) madeFor(held holders, controllers []string) bool {
	isController := func(name string) bool {
		return slices.ContainsFunc(controllers, func(c string) bool { return strings.HasPrefix(name, c) })
	}
	if held.none() {
		return isController(r.Name)
	}
	return !slices.ContainsFunc(held.bindings, func(b *manifest.Object) bool {
		return slices.ContainsFunc(b.At("subjects").Items(), func(s *manifest.Node) bool {
			return s.At("kind").Str() != "ServiceAccount" || !isController(s.At("name").Str())
		})
	})
}

// report reports a grant, a level lower when nobody in view holds the role.
func (r heldRole) report(p *lint.Pass, rule grantedRule, g grant) *lint.Finding {
	return r.reportAt(p, g.place, g.lower, fmt.Sprintf("lets its holder %s (%s on %s)",
		joinWords(g.effects), strings.Join(g.verbs, ", "), strings.Join(few(g.resources), ", "))).About(itemOf(rule, g.plain))
}

// reportAt reports what a rule of the role does, and who holds the role.
func (r heldRole) reportAt(p *lint.Pass, place *manifest.Node, lower int, does string) *lint.Finding {
	held := r.holders()
	extent := held.extent()
	if held.none() {
		lower++
	}
	finding := p.Reportf(place, "%s %q %s%s", r.Kind, r.Name, does, extent)
	finding.Severity = min(lint.Critical, max(lint.Low, finding.Severity-lint.Severity(lower)))
	held.relate(finding)
	return finding
}

// relate names the bindings beside a finding, those of one name once.
func (h holders) relate(finding *lint.Finding) {
	var named []string
	for _, b := range h.bindings {
		if id := b.ID(); len(named) < manyBindings && !slices.Contains(named, id) {
			named = append(named, id)
			finding.Relate(b.At("roleRef").Nearest("name"), fmt.Sprintf("%s %q binds it", b.Kind, b.Name))
		}
	}
}

// manyBindings is how many bindings a finding names.
const manyBindings = 3

// extent says where a role holds.
func (h holders) extent() string {
	switch {
	case h.none():
		return "; nothing in view binds it"
	case h.clusterWide:
		return " in the whole cluster"
	}
	namespace := h.bindings[0].Namespace
	if slices.ContainsFunc(h.bindings, func(b *manifest.Object) bool { return b.Namespace != namespace }) {
		return " in several namespaces"
	}
	if namespace == "" {
		return " in its namespace"
	}
	return fmt.Sprintf(" in namespace %q", namespace)
}

// itemOf names an entry of the rules, so that a finding about its wildcards
// hides what only they imply, and not what is granted in plain words.
func itemOf(rule grantedRule, plain string) string {
	item := fmt.Sprintf("rules/%d", rule.node.Index)
	if plain != "" {
		item += "/" + plain
	}
	return item
}

// few are words that a message has room for.
func few(words []string) []string {
	const many = 6
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
