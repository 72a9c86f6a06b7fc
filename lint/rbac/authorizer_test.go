package rbac_test

import (
	"fmt"
	"math/rand"
	"slices"
	"strings"
	"testing"

	"github.com/seaworthy-lint/seaworthy/lint/linttest"
	"github.com/seaworthy-lint/seaworthy/lint/manifest"
	"github.com/seaworthy-lint/seaworthy/lint/rbac"
)

// world is a set of roles and bindings as the authorizer of the API server has
// them, judged without any index.
type world struct {
	roles    []testRole
	bindings []testBinding
}

type testRole struct {
	kind, namespace, name string
	labels                map[string]string
	collects              []map[string]string // aggregationRule
	rules                 []rbac.Rule
}

type testBinding struct {
	kind, namespace, name string
	roleKind, role        string
	subjects              []testSubject
}

type testSubject struct{ kind, namespace, name string }

// rulesOf are the rules of a role: the controller fills one that aggregates.
func (w world) rulesOf(role testRole, seen map[string]bool) []rbac.Rule {
	if len(role.collects) == 0 {
		return role.rules
	}
	if seen[role.name] {
		return nil
	}
	seen[role.name] = true
	var rules []rbac.Rule
	for _, part := range w.roles {
		for _, labels := range role.collects {
			matches := part.kind == "ClusterRole" && part.name != role.name
			for key, value := range labels {
				matches = matches && part.labels[key] == value
			}
			if matches {
				rules = append(rules, w.rulesOf(part, seen)...)
			}
		}
	}
	return rules
}

// allows asks every binding, as VisitRulesFor and RulesAllow of Kubernetes do.
func (w world) allows(namespace, account string, q rbac.Request) bool {
	for _, b := range w.bindings {
		if b.kind == "RoleBinding" && (q.URL != "" || q.Namespace == "" || q.Namespace != b.namespace) {
			continue
		}
		if !slices.ContainsFunc(b.subjects, func(s testSubject) bool { return s.is(namespace, account) }) {
			continue
		}
		for _, role := range w.roles {
			if role.kind == b.roleKind && role.name == b.role && (role.kind == "ClusterRole" || role.namespace == b.namespace) &&
				slices.ContainsFunc(w.rulesOf(role, map[string]bool{}), func(r rbac.Rule) bool { return ruleAllows(r, q) }) {
				return true
			}
		}
	}
	return false
}

func (s testSubject) is(namespace, account string) bool {
	switch s.kind {
	case "ServiceAccount":
		return s.namespace == namespace && s.name == account
	case "User":
		return s.name == "system:serviceaccount:"+namespace+":"+account
	}
	return slices.Contains([]string{"system:authenticated", "system:serviceaccounts", "system:serviceaccounts:" + namespace}, s.name)
}

func ruleAllows(r rbac.Rule, q rbac.Request) bool {
	if !slices.Contains(r.Verbs, "*") && !slices.Contains(r.Verbs, q.Verb) {
		return false
	}
	if q.URL != "" {
		for _, url := range r.URLs {
			if url == "*" || url == q.URL || strings.HasSuffix(url, "*") && strings.HasPrefix(q.URL, strings.TrimRight(url, "*")) {
				return true
			}
		}
		return false
	}
	if !slices.Contains(r.Groups, "*") && !slices.Contains(r.Groups, q.Group) {
		return false
	}
	if len(r.Names) > 0 && !slices.Contains(r.Names, q.Name) {
		return false
	}
	_, sub, _ := strings.Cut(q.Resource, "/")
	for _, resource := range r.Resources {
		if resource == "*" || resource == q.Resource || sub != "" && resource == "*/"+sub {
			return true
		}
	}
	return false
}

var (
	someNamespaces = []string{"x", "z"}
	someAccounts   = []string{"web", "db"}
	someGroups     = []string{"", "apps", "*"}
	someResources  = []string{"pods", "pods/exec", "secrets", "deployments", "serviceaccounts/token", "*", "*/exec", "pods/*"}
	someVerbs      = []string{"get", "list", "create", "patch", "*"}
	someNames      = []string{"a", "b", ""}
	someURLs       = []string{"/healthz", "/healthz/*", "/metrics", "*"}
)

func pick[T any](r *rand.Rand, from []T) T { return from[r.Intn(len(from))] }

func some(r *rand.Rand, from []string) []string {
	return slices.DeleteFunc(slices.Clone(from), func(string) bool { return r.Intn(4) > 0 })
}

func newWorld(r *rand.Rand) world {
	var w world
	for i := range 6 {
		role := testRole{kind: pick(r, []string{"Role", "ClusterRole"}), namespace: pick(r, someNamespaces), name: fmt.Sprintf("r%d", i)}
		for range r.Intn(3) {
			rule := rbac.Rule{Groups: some(r, someGroups), Resources: some(r, someResources), Verbs: some(r, someVerbs)}
			if r.Intn(3) == 0 {
				rule.Names = some(r, someNames)
			}
			if r.Intn(4) == 0 {
				rule.Groups, rule.Resources, rule.Names, rule.URLs = nil, nil, nil, some(r, someURLs)
			}
			role.rules = append(role.rules, rule)
		}
		if role.kind == "ClusterRole" {
			role.labels = map[string]string{pick(r, []string{"p", "q"}): pick(r, []string{"1", "2"})}
			for range r.Intn(3) {
				role.collects = append(role.collects, map[string]string{pick(r, []string{"p", "q"}): pick(r, []string{"1", "2"})})
			}
		}
		w.roles = append(w.roles, role)
	}
	for i := range 4 {
		role := pick(r, w.roles)
		b := testBinding{kind: "RoleBinding", namespace: pick(r, someNamespaces), name: fmt.Sprintf("b%d", i), roleKind: role.kind, role: role.name}
		if role.kind == "ClusterRole" && r.Intn(2) == 0 {
			b.kind = "ClusterRoleBinding"
		}
		for range 1 + r.Intn(2) {
			b.subjects = append(b.subjects, pick(r, []testSubject{
				{"ServiceAccount", pick(r, someNamespaces), pick(r, someAccounts)},
				{"User", "", "system:serviceaccount:" + pick(r, someNamespaces) + ":" + pick(r, someAccounts)},
				{"User", "", "jane"}, {"Group", "", "system:serviceaccounts:" + pick(r, someNamespaces)},
				{"Group", "", pick(r, []string{"system:serviceaccounts", "system:authenticated", "system:masters"})},
			}))
		}
		w.bindings = append(w.bindings, b)
	}
	return w
}

func quoted(list []string) string {
	text := make([]string, len(list))
	for i, s := range list {
		text[i] = fmt.Sprintf("%q", s)
	}
	return "[" + strings.Join(text, ", ") + "]"
}

func labelText(labels map[string]string) string {
	var pairs []string
	for key, value := range labels {
		pairs = append(pairs, fmt.Sprintf("%s: %q", key, value))
	}
	return "{" + strings.Join(pairs, ", ") + "}"
}

// manifests writes the world down, with a pod for each account.
func (w world) manifests() string {
	var docs []string
	for _, role := range w.roles {
		text := fmt.Sprintf("apiVersion: %s/v1\nkind: %s\nmetadata: {name: %s, namespace: %s, labels: %s}\n", rbac.Group, role.kind, role.name, role.namespace, labelText(role.labels))
		if len(role.collects) > 0 {
			text += "aggregationRule:\n  clusterRoleSelectors:\n"
			for _, labels := range role.collects {
				text += "  - matchLabels: " + labelText(labels) + "\n"
			}
		}
		text += "rules:\n"
		for _, rule := range role.rules {
			text += fmt.Sprintf("- {apiGroups: %s, resources: %s, verbs: %s, resourceNames: %s, nonResourceURLs: %s}\n",
				quoted(rule.Groups), quoted(rule.Resources), quoted(rule.Verbs), quoted(rule.Names), quoted(rule.URLs))
		}
		docs = append(docs, text)
	}
	for _, b := range w.bindings {
		text := fmt.Sprintf("apiVersion: %s/v1\nkind: %s\nmetadata: {name: %s, namespace: %s}\nroleRef: {kind: %s, name: %s}\nsubjects:\n", rbac.Group, b.kind, b.name, b.namespace, b.roleKind, b.role)
		for _, s := range b.subjects {
			text += fmt.Sprintf("- {kind: %s, name: %q, namespace: %q}\n", s.kind, s.name, s.namespace)
		}
		docs = append(docs, text)
	}
	for _, namespace := range someNamespaces {
		for _, account := range someAccounts {
			docs = append(docs, fmt.Sprintf("apiVersion: v1\nkind: Pod\nmetadata: {name: %s, namespace: %s}\nspec: {serviceAccountName: %s, containers: [{name: a}]}\n", account, namespace, account))
		}
	}
	return strings.Join(docs, "---\n")
}

func requests() []rbac.Request {
	var all []rbac.Request
	for _, verb := range []string{"get", "list", "create", "patch", "escalate"} {
		for _, url := range []string{"/healthz", "/healthz/etcd", "/metrics"} {
			all = append(all, rbac.Request{Verb: verb, URL: url})
		}
		for _, resource := range []string{"pods", "pods/exec", "pods/log", "secrets", "deployments", "serviceaccounts/token"} {
			for _, group := range []string{"", "apps"} {
				for _, namespace := range []string{"", "x", "z"} {
					for _, name := range []string{"", "a", "c"} {
						all = append(all, rbac.Request{Verb: verb, Group: group, Resource: resource, Namespace: namespace, Name: name})
					}
				}
			}
		}
	}
	return all
}

// TestAuthorizer compares the grants of accounts in generated worlds with what
// an authorizer decides that asks every binding.
func TestAuthorizer(t *testing.T) {
	random := rand.New(rand.NewSource(7))
	allowed, denied := 0, 0
	for range 150 {
		w := newWorld(random)
		set := linttest.Load(t, "world.yaml", []byte(w.manifests()))
		set.Index()
		index := rbac.Of(set)
		for _, o := range set.OfKind("", "Pod") {
			account := index.AccountOf(o.Pods()[0])
			grants := index.Grants(account)
			for _, q := range requests() {
				want := w.allows(o.Namespace, account.Name, q)
				got := slices.ContainsFunc(grants, func(g rbac.Grant) bool { return g.Allows(index, q) == manifest.True })
				if got != want {
					t.Fatalf("%s/%s: %+v allowed: %t, want %t\n%s", o.Namespace, account.Name, q, got, want, w.manifests())
				}
				if want {
					allowed++
				} else {
					denied++
				}
			}
		}
	}
	if allowed < 1000 || denied < 1000 {
		t.Errorf("%d requests allowed and %d denied: the worlds do not tell much", allowed, denied)
	}
}

// TestPowers compares what accounts take over with the requests that it takes.
func TestPowers(t *testing.T) {
	effects := map[string][]rbac.Request{
		"read Secrets":                      {{Verb: "get", Resource: "secrets"}, {Verb: "list", Resource: "secrets"}, {Verb: "watch", Resource: "secrets"}},
		"create tokens of service accounts": {{Verb: "create", Resource: "serviceaccounts/token"}},
		"add debug containers to pods":      {{Verb: "patch", Resource: "pods/ephemeralcontainers"}, {Verb: "update", Resource: "pods/ephemeralcontainers"}},
		"create volumes on host paths":      {{Verb: "create", Resource: "persistentvolumes"}},
	}
	random := rand.New(rand.NewSource(21))
	found := 0
	for range 500 {
		w := newWorld(random)
		set := linttest.Load(t, "world.yaml", []byte(w.manifests()))
		set.Index()
		index := rbac.Of(set)
		for _, o := range set.OfKind("", "Pod") {
			account := index.AccountOf(o.Pods()[0])
			powers, unsure := index.Powers(account, 37)
			if unsure {
				// An aggregated role without parts in view may have some elsewhere.
				continue
			}
			has := func(effect string) bool {
				return slices.ContainsFunc(powers, func(p rbac.Power) bool { return p.Permission.Effect == effect })
			}
			for effect, asked := range effects {
				want := slices.ContainsFunc(asked, func(q rbac.Request) bool {
					for _, q.Namespace = range []string{"", "x", "z"} {
						if (q.Resource != "persistentvolumes" || q.Namespace == "") && w.allows(o.Namespace, account.Name, q) {
							return true
						}
					}
					return false
				})
				everything := slices.ContainsFunc(powers, func(p rbac.Power) bool {
					return p.Permission.Effect == "do everything" && (p.Grant.ClusterWide || asked[0].Resource != "persistentvolumes")
				})
				if got := has(effect) || everything; got != want {
					t.Fatalf("%s/%s can %s: %t, want %t\n%s", o.Namespace, account.Name, effect, got, want, w.manifests())
				}
				if want {
					found++
				}
			}
		}
	}
	if found < 100 {
		t.Errorf("only %d takeovers: the worlds do not tell much", found)
	}
}
