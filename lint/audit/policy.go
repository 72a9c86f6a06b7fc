// Package audit decides what an audit policy makes the API server log, as the
// API server does: the first rule that matches a request gives its level
// (k8s.io/apiserver, pkg/audit/policy).
package audit

import (
	"errors"
	"fmt"
	"strings"

	"github.com/seaworthy-lint/seaworthy/lint/manifest"
)

// Level is how much of a request is logged.
type Level uint8

// Levels, each of which logs more than the one before. A request that no rule
// matches has None.
const (
	None Level = iota
	Metadata
	Request
	RequestResponse
)

var levelNames = []string{"None", "Metadata", "Request", "RequestResponse"}

func (l Level) String() string { return levelNames[l] }

// stages are the moments at which a request may be logged, as bits.
type stages uint8

const (
	requestReceived stages = 1 << iota
	responseStarted        // of requests that take long, such as watch and exec
	responseComplete
	panicked
)

var stageNames = map[string]stages{
	"RequestReceived": requestReceived, "ResponseStarted": responseStarted, "ResponseComplete": responseComplete, "Panic": panicked,
}

// Policy is an audit policy.
type Policy struct {
	Rules []*Rule
}

// Rule is one rule of a policy. An empty list limits nothing.
type Rule struct {
	// Node is the rule in its file, Number its place in the list, from 1.
	Node   *manifest.Node
	Number int
	Level  Level
	// Users, UserGroups, Verbs and Namespaces are those that the rule is limited
	// to.
	Users, UserGroups, Verbs, Namespaces List
	// Resources are the API groups and resources that it is limited to.
	Resources []GroupResources
	// NonResourceURLs are the paths that it is limited to.
	NonResourceURLs List

	omitted stages // the policy's among them
}

// GroupResources are resources of one API group. No Resources are all of the
// group.
type GroupResources struct {
	Group            string
	Resources, Names List
}

// List is a list of strings that can be searched fast.
type List struct {
	Items []string
	set   map[string]bool
}

// Has tells whether the list holds an item.
func (l List) Has(item string) bool { return l.set[item] }

func (l List) empty() bool { return len(l.Items) == 0 }

// within tells whether a limit to the list allows no more than a limit to
// other does.
func (l List) within(other List) bool {
	if other.empty() {
		return true
	}
	for _, item := range l.Items {
		if !other.Has(item) {
			return false
		}
	}
	return !l.empty()
}

// maxRules keeps hostile policies bounded. The longest in use have some fifty.
const maxRules = 200

// ErrTooLong is given for a policy of more rules than are judged.
var ErrTooLong = fmt.Errorf("the policy has more than %d rules", maxRules)

// UnreadableError says which value of a policy cannot be told, or that the API
// server would refuse it.
type UnreadableError struct{ Node *manifest.Node }

func (e *UnreadableError) Error() string { return "unreadable value at " + e.Node.Path() }

// Read reads an audit policy. The error is ErrTooLong or an *UnreadableError.
func Read(policy *manifest.Node) (*Policy, error) {
	list := policy.At("rules")
	if len(list.Items()) > maxRules {
		return nil, ErrTooLong
	}
	if list.IsSet() && list.Kind != manifest.List {
		return nil, &UnreadableError{list}
	}
	var r reader
	omitted := r.stages(policy.At("omitStages"))
	p := &Policy{}
	for i, n := range list.Items() {
		rule := r.rule(n)
		rule.Number = i + 1
		rule.omitted |= omitted
		p.Rules = append(p.Rules, rule)
	}
	if r.unreadable != nil {
		return nil, &UnreadableError{r.unreadable}
	}
	return p, nil
}

// IsUnreadable gives the value for which a policy cannot be read.
func IsUnreadable(err error) (*manifest.Node, bool) {
	if unreadable, ok := errors.AsType[*UnreadableError](err); ok {
		return unreadable.Node, true
	}
	return nil, false
}

// reader keeps the first value that it cannot read.
type reader struct{ unreadable *manifest.Node }

func (r *reader) fail(n *manifest.Node) {
	if r.unreadable == nil {
		r.unreadable = n
	}
}

func (r *reader) rule(n *manifest.Node) *Rule {
	rule := &Rule{
		Node:            n,
		Level:           r.level(n),
		Users:           r.list(n.At("users")),
		UserGroups:      r.list(n.At("userGroups")),
		Verbs:           r.list(n.At("verbs")),
		Namespaces:      r.list(n.At("namespaces")),
		NonResourceURLs: r.list(n.At("nonResourceURLs")),
		omitted:         r.stages(n.At("omitStages")),
	}
	for _, entry := range n.At("resources").Items() {
		group := entry.At("group")
		if group.IsSet() && !group.IsString() || group.Templated() || entry.Kind != manifest.Map {
			r.fail(entry)
		}
		rule.Resources = append(rule.Resources, GroupResources{
			Group: group.Str(), Resources: r.list(entry.At("resources")), Names: r.list(entry.At("resourceNames")),
		})
	}
	return rule
}

func (r *reader) level(rule *manifest.Node) Level {
	n := rule.At("level")
	for level, name := range levelNames {
		if n.IsString() && n.Value == name {
			return Level(level)
		}
	}
	if n == nil {
		n = rule
	}
	r.fail(n)
	return None
}

func (r *reader) list(n *manifest.Node) List {
	l := List{set: map[string]bool{}}
	if n.IsSet() && n.Kind != manifest.List {
		r.fail(n)
	}
	for _, item := range n.Items() {
		if !item.IsString() || item.Templated() {
			r.fail(item)
		}
		l.Items = append(l.Items, item.Str())
		l.set[item.Str()] = true
	}
	return l
}

func (r *reader) stages(n *manifest.Node) stages {
	var omitted stages
	for _, name := range r.list(n).Items {
		stage, known := stageNames[name]
		if !known {
			r.fail(n)
		}
		omitted |= stage
	}
	return omitted
}

// Limits says in a few words which verbs, users and namespaces a rule is limited
// to; "" when it is not.
func (r *Rule) Limits() string {
	var limits []string
	for _, limit := range []struct {
		to   string
		list List
	}{{"with verbs ", r.Verbs}, {"by ", r.Users}, {"by ", r.UserGroups}, {"in ", r.Namespaces}} {
		if !limit.list.empty() {
			limits = append(limits, limit.to+shorten(limit.list.Items))
		}
	}
	return strings.Join(limits, " ")
}

// shorten lists the first few of some names.
func shorten(names []string) string {
	const shown = 3
	if more := len(names) - shown; more > 0 {
		return strings.Join(names[:shown], ", ") + fmt.Sprintf(" and %d more", more)
	}
	return strings.Join(names, ", ")
}
