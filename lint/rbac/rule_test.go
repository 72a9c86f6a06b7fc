package rbac_test

import (
	"testing"

	"github.com/seaworthy-lint/seaworthy/lint/rbac"
)

// TestRuleAllows tells what a rule lets through as the authorizer compares it.
func TestRuleAllows(t *testing.T) {
	rule := func(group, resource, verb string) rbac.Rule {
		return rbac.Rule{Groups: []string{group}, Resources: []string{resource}, Verbs: []string{verb}}
	}
	for _, test := range []struct {
		rule            rbac.Rule
		group, resource string
		want            bool
	}{
		{rule("", "pods/exec", "create"), "", "pods/exec", true},
		{rule("*", "*", "*"), "", "pods/exec", true},
		{rule("", "*/exec", "create"), "", "pods/exec", true},
		{rule("", "pods", "create"), "", "pods/exec", false},
		{rule("", "pods/*", "create"), "", "pods/exec", false},
		{rule("", "pods/exec", "get"), "", "pods/exec", false},
		{rule("apps", "pods/exec", "create"), "", "pods/exec", false},
		{rule("", "Pods/Exec", "create"), "", "pods/exec", false},
		{rbac.Rule{Resources: []string{"pods/exec"}, Verbs: []string{"create"}}, "", "pods/exec", false},
	} {
		if got := test.rule.Allows(rbac.Request{Group: test.group, Resource: test.resource, Verb: "create"}); got != test.want {
			t.Errorf("%+v allows %s: %t", test.rule, test.resource, got)
		}
	}
}
