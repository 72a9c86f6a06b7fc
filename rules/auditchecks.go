package rules

import (
	"fmt"
	"slices"

	"github.com/seaworthy-lint/seaworthy/lint"
	"github.com/seaworthy-lint/seaworthy/lint/audit"
	"github.com/seaworthy-lint/seaworthy/lint/manifest"
	"github.com/seaworthy-lint/seaworthy/lint/rbac"
)

// auditGap is what a rule, or nil for the end of the policy, keeps from being
// logged.
type auditGap struct {
	rule     *audit.Rule
	what     []string
	requests []audit.Attributes
}

func auditPolicyGap(p *lint.Pass, root *manifest.Node, policy *audit.Policy) {
	for _, gap := range gapsOf(policy) {
		what := joinWords(few(gap.what, manyWords))
		if gap.rule == nil {
			reportUnmatched(p, root, what)
			continue
		}
		rule := gap.rule
		message := fmt.Sprintf("rule %d of the audit policy keeps %s", rule.Number, what)
		if limits := rule.Limits(); limits != "" {
			message += " " + limits
		}
		message += " from being logged"
		shadowed := gap.shadowed(policy)
		if shadowed != nil {
			message += fmt.Sprintf(", and rule %d, which would log them, is never reached", shadowed.Number)
		}
		at := rule.Node.At("level")
		if rule.Level > audit.None { // every stage is omitted
			if at = rule.Node.At("omitStages"); !at.IsSet() {
				at = root.At("omitStages")
			}
		}
		f := p.Reportf(at, "%s", message)
		if shadowed != nil {
			f.Relate(shadowed.Node.At("level"), "never reached")
		}
	}
}

func reportUnmatched(p *lint.Pass, root *manifest.Node, what string) {
	const message = "the audit policy does not log %s: no rule matches them"
	if rules := root.At("rules"); rules.IsSet() {
		p.Reportf(rules, message, what)
		return
	}
	p.Missingf(root, []string{"rules"}, message, what)
}

// gapsOf are the gaps of a policy in the order of its rules, that of its end
// last.
func gapsOf(policy *audit.Policy) []*auditGap {
	gaps := map[*audit.Rule]*auditGap{}
	try := func(by requester, namespace string) {
		for _, w := range watchedRequests {
			for _, a := range w.requests(by, namespace) {
				rule := policy.Decide(a)
				if rule != nil && rule.Logs() {
					continue
				}
				gap := gaps[rule]
				if gap == nil {
					gap = &auditGap{rule: rule}
					gaps[rule] = gap
				}
				gap.what, gap.requests = appendText(gap.what, w.what), append(gap.requests, a)
			}
		}
	}
	named, namespaces := namedByGaps(policy)
	for _, namespace := range append([]string{anyOther}, namespaces...) {
		for _, by := range requesters {
			try(by, namespace)
		}
	}
	for _, by := range named {
		try(by, anyOther)
	}
	var found []*auditGap
	for _, rule := range append(slices.Clone(policy.Rules), nil) {
		if gap := gaps[rule]; gap != nil {
			found = append(found, gap)
		}
	}
	return found
}

// quietUsers write nothing that is watched: the API server's requests to itself,
// which nobody else can make, and kube-proxy, whose role lets it read.
var quietUsers = []string{"system:apiserver", "system:kube-proxy"}

// namedByGaps are the users, groups and namespaces that rules exempt from being
// logged.
func namedByGaps(policy *audit.Policy) (named []requester, namespaces []string) {
	const most = 20 // of each: nobody names more, and the work is bounded
	for _, rule := range policy.Rules {
		if rule.Logs() {
			continue
		}
		for _, user := range rule.Users.Items {
			if !slices.Contains(quietUsers, user) {
				named = append(named, requester{user: user, groups: []string{authenticated}, onlyWrites: true})
			}
		}
		for _, group := range rule.UserGroups.Items {
			named = append(named, requester{user: anyOther, groups: []string{group, authenticated}, onlyWrites: true})
		}
		namespaces = append(namespaces, rule.Namespaces.Items...)
	}
	return named[:min(len(named), 2*most)], namespaces[:min(len(namespaces), most)]
}

// shadowed is the first rule that would log what the gap leaves out if the
// gap's rule did not match all that it does; nil when there is none.
func (g *auditGap) shadowed(policy *audit.Policy) *audit.Rule {
	for _, later := range policy.Rules[g.rule.Number:] {
		if later.Logs() && g.rule.Covers(later) && slices.ContainsFunc(g.requests, later.Matches) {
			return later
		}
	}
	return nil
}

// confidential is a kind of object whose body holds credentials.
type confidential struct {
	what                         string
	group, resource, subresource string
	// sent and answered are the verbs whose requests and whose responses hold
	// the credentials.
	sent, answered []string
	global         bool
}

// confidentialBodies: the request for a service account's token does not hold
// the token, its response does.
var confidentialBodies = []confidential{
	{what: "secrets", resource: "secrets", sent: rbac.WriteVerbs, answered: []string{"get", "list"}},
	{what: "configmaps", resource: "configmaps", sent: rbac.WriteVerbs, answered: []string{"get", "list"}},
	{what: "tokenreviews", group: "authentication.k8s.io", resource: "tokenreviews", sent: []string{"create"}, global: true},
	{what: "new tokens of service accounts", resource: "serviceaccounts", subresource: "token", answered: []string{"create"}},
}

func auditPolicyLogsSecrets(p *lint.Pass, _ *manifest.Node, policy *audit.Policy) {
	for _, rule := range policy.Rules {
		var what []string
		for _, body := range confidentialBodies {
			var verbs []string
			if rule.LogsRequest() {
				verbs = body.sent
			}
			if rule.LogsResponse() {
				verbs = slices.Concat(verbs, body.answered)
			}
			if policy.Reaches(rule, body.request(), verbs) {
				what = append(what, body.what)
			}
		}
		if len(what) > 0 {
			p.Reportf(rule.Node.At("level"), "rule %d of the audit policy writes the bodies of %s to the log: level %s is the first that matches them",
				rule.Number, joinWords(what), rule.Level)
		}
	}
}

// request is a request for the object by somebody whom no rule names.
func (c confidential) request() audit.Attributes {
	a := audit.Attributes{User: anyOther, Groups: []string{authenticated}, Namespace: anyOther, APIGroup: c.group, Resource: c.resource, Subresource: c.subresource, Name: anyOther}
	if c.global {
		a.Namespace = ""
	}
	return a
}
