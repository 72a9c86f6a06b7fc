package rules

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/seaworthy-lint/seaworthy/lint"
	"github.com/seaworthy-lint/seaworthy/lint/linttest"
)

// rbacManifests writes a role with one rule, and bindings of the kinds to it.
func rbacManifests(kind, rule string, bindings ...string) string {
	const head = "apiVersion: rbac.authorization.k8s.io/v1\nkind: %s\nmetadata: {name: r, namespace: shop}\n"
	text := fmt.Sprintf(head, kind) + "rules:\n- " + rule + "\n"
	for _, b := range bindings {
		text += "---\n" + fmt.Sprintf(head, b) + "roleRef: {kind: " + kind + ", name: r}\nsubjects: [{kind: User, name: jane}]\n"
	}
	return text
}

// TestRoleSeverities holds how far a role reaches against how bad a finding is.
func TestRoleSeverities(t *testing.T) {
	const (
		full    = `{apiGroups: ["*"], resources: ["*"], verbs: ["*"]}`
		secrets = `{apiGroups: [""], resources: [secrets], verbs: [get]}`
		exec    = `{apiGroups: [""], resources: [pods/exec], verbs: [create]}`
		forward = `{apiGroups: [""], resources: [pods/portforward], verbs: [create]}`
		bind    = `{apiGroups: [rbac.authorization.k8s.io], resources: [roles], verbs: [bind]}`
		named   = `{apiGroups: [rbac.authorization.k8s.io], resources: [roles], verbs: [bind], resourceNames: [admin]}`
		writes  = `{apiGroups: [rbac.authorization.k8s.io], resources: [roles], verbs: [create]}`
		events  = `{apiGroups: [""], resources: [events], verbs: [delete]}`
		deletes = `{apiGroups: [""], resources: [pods], verbs: [deletecollection]}`
		configs = `{apiGroups: [""], resources: [configmaps], verbs: [update]}`
		meant   = `{apiGroups: [""], resources: [pods/*], verbs: [get]}`
		patch   = `{apiGroups: [apps], resources: [deployments], verbs: [patch], resourceNames: [web]}`
	)
	everywhere, here := []string{"ClusterRoleBinding"}, []string{"RoleBinding"}
	for _, test := range []struct {
		id, kind, rule string
		bindings       []string
		want           lint.Severity
	}{
		{"rbac-full-wildcard", "ClusterRole", full, everywhere, lint.Critical},
		{"rbac-full-wildcard", "ClusterRole", full, here, lint.High},
		{"rbac-full-wildcard", "ClusterRole", full, nil, lint.High},
		{"rbac-full-wildcard", "Role", full, here, lint.High},
		{"rbac-full-wildcard", "Role", full, nil, lint.Medium},
		{"rbac-secret-access", "ClusterRole", secrets, everywhere, lint.High},
		{"rbac-secret-access", "Role", secrets, here, lint.High},
		{"rbac-secret-access", "Role", secrets, nil, lint.Medium},
		{"rbac-pod-exec", "Role", exec, here, lint.High},
		{"rbac-pod-exec", "Role", forward, here, lint.Medium},
		{"rbac-pod-exec", "Role", forward, nil, lint.Low},
		{"rbac-escalate", "Role", bind, here, lint.Critical},
		{"rbac-escalate", "Role", named, here, lint.High},
		{"rbac-escalate", "Role", writes, here, lint.Medium},
		{"rbac-escalate", "Role", writes, nil, lint.Low},
		{"rbac-destructive-delete", "Role", deletes, here, lint.Low},
		{"rbac-destructive-delete", "Role", events, here, lint.Medium},
		{"rbac-configmap-write", "ClusterRole", configs, everywhere, lint.High},
		{"rbac-configmap-write", "ClusterRole", configs, nil, lint.Medium},
		{"rbac-wildcard", "Role", meant, here, lint.Medium},
		{"rbac-workload-create", "Role", patch, here, lint.Medium},
	} {
		text := rbacManifests(test.kind, test.rule, test.bindings...)
		report := linttest.Check(t, linttest.Load(t, "role.yaml", []byte(text)), lint.Options{Rules: lint.Find(All(), test.id)})
		if len(report.Findings) != 1 || report.Findings[0].Severity != test.want {
			t.Errorf("%s of a %s with %v: findings %v, want one that is %s", test.id, test.kind, test.bindings, report.Findings, test.want)
		}
	}
}

// TestBindingSeverities tells the lesser bindings from the worst.
func TestBindingSeverities(t *testing.T) {
	for _, test := range []struct {
		id, kind, role, subject string
		want                    lint.Severity
	}{
		{"cluster-admin-binding", "ClusterRoleBinding", "cluster-admin", "{kind: User, name: jane}", lint.Critical},
		{"cluster-admin-binding", "RoleBinding", "cluster-admin", "{kind: User, name: jane}", lint.High},
		{"cluster-admin-binding", "ClusterRoleBinding", "edit", "{kind: User, name: jane}", lint.High},
		{"rbac-broad-group-binding", "ClusterRoleBinding", "view", `{kind: Group, name: "system:serviceaccounts"}`, lint.High},
		{"rbac-broad-group-binding", "ClusterRoleBinding", "view", `{kind: Group, name: "system:serviceaccounts:shop"}`, lint.Medium},
	} {
		text := "apiVersion: rbac.authorization.k8s.io/v1\nkind: " + test.kind + "\nmetadata: {name: b}\n" +
			"roleRef: {kind: ClusterRole, name: " + test.role + "}\nsubjects: [" + test.subject + "]\n"
		report := linttest.Check(t, linttest.Load(t, "binding.yaml", []byte(text)), lint.Options{Rules: lint.Find(All(), test.id)})
		if len(report.Findings) != 1 || report.Findings[0].Severity != test.want {
			t.Errorf("%s of %s %s to %s: findings %v, want one that is %s", test.id, test.kind, test.role, test.subject, report.Findings, test.want)
		}
	}
}

// TestRoleFindingsFold keeps one finding for one cause: what a wildcard implies
// is folded into it, what is granted in plain words beside it is not.
func TestRoleFindingsFold(t *testing.T) {
	for rule, want := range map[string]string{
		`{apiGroups: ["*"], resources: ["*"], verbs: ["*"]}`:                       "rbac-full-wildcard",
		`{apiGroups: [""], resources: ["*"], verbs: [get, create]}`:                "rbac-wildcard",
		`{apiGroups: [""], resources: [secrets], verbs: ["*"]}`:                    "rbac-wildcard",
		`{apiGroups: [""], resources: [secrets, "*/scale"], verbs: ["*"]}`:         "rbac-wildcard",
		`{apiGroups: [""], resources: [secrets, "*"], verbs: [get]}`:               "rbac-secret-access rbac-wildcard",
		`{apiGroups: [""], resources: [secrets, pods/*], verbs: [get]}`:            "rbac-secret-access rbac-wildcard",
		`{apiGroups: ["*"], resources: [secrets], verbs: [get]}`:                   "rbac-secret-access",
		`{apiGroups: [""], resources: [secrets, pods/exec], verbs: [get, create]}`: "rbac-pod-exec rbac-secret-access",
	} {
		text := rbacManifests("ClusterRole", rule, "ClusterRoleBinding")
		opts := lint.Options{Rules: All(), Strict: true}
		var got []string
		for _, f := range linttest.Check(t, linttest.Load(t, "role.yaml", []byte(text)), opts).Findings {
			if f.Rule.Family == "rbac" {
				got = append(got, f.Rule.ID)
			}
		}
		slices.Sort(got)
		if text := strings.Join(slices.Compact(got), " "); text != want {
			t.Errorf("%s: findings of %s, want %s", rule, text, want)
		}
	}
}

// TestRoleUnknowns tells what cannot be judged from what is right.
func TestRoleUnknowns(t *testing.T) {
	for rule, want := range map[string]lint.Outcome{
		`{apiGroups: [""], resources: [secrets], verbs: ["${VERBS}"]}`:                         lint.Undecided,
		`{apiGroups: [""], resources: secrets, verbs: [get]}`:                                  lint.Undecided,
		`{apiGroups: [""], resources: [secrets], verbs: [get], resourceNames: ["{{ name }}"]}`: lint.Undecided,
		`{apiGroups: [""], resources: [configmaps], verbs: ["${VERBS}"]}`:                      lint.NotApplicable,
		`{apiGroups: [""], resources: [secrets, "${RESOURCE}"], verbs: [get]}`:                 lint.Failed,
		`{apiGroups: [""], resources: [secrets], verbs: [get], resourceNames: [own]}`:          lint.NotApplicable,
	} {
		r := lint.Find(All(), "rbac-secret-access")[0]
		text := rbacManifests("Role", rule, "RoleBinding")
		report := linttest.Check(t, linttest.Load(t, "role.yaml", []byte(text)), lint.Options{Rules: []*lint.Rule{r}})
		if got := report.Resources[0].Score.Outcome(r); got != want {
			t.Errorf("%s: outcome %d, want %d", rule, got, want)
		}
	}
}

// TestRoleFindingsRelate names the binding, the subject and what runs as it
// beside a finding about a role, and in its message.
func TestRoleFindingsRelate(t *testing.T) {
	const text = `apiVersion: rbac.authorization.k8s.io/v1
kind: Role
metadata: {name: reader, namespace: shop}
rules: [{apiGroups: [""], resources: [secrets], verbs: [get]}]
---
apiVersion: rbac.authorization.k8s.io/v1
kind: RoleBinding
metadata: {name: web, namespace: shop}
roleRef: {kind: Role, name: reader}
subjects: [{kind: ServiceAccount, name: web}]
---
apiVersion: batch/v1
kind: Job
metadata: {name: import, namespace: shop}
spec: {template: {spec: {serviceAccountName: web, containers: [{name: a, image: a}]}}}
`
	report := linttest.Check(t, linttest.Load(t, "role.yaml", []byte(text)), lint.Options{Rules: lint.Find(All(), "rbac-secret-access")})
	if len(report.Findings) != 1 {
		t.Fatalf("%d findings, want 1", len(report.Findings))
	}
	finding := report.Findings[0]
	if want := `RoleBinding "web" gives it to ServiceAccount web (account of Job "import")`; !strings.HasSuffix(finding.Message, want) {
		t.Errorf("message %q, want it to end in %q", finding.Message, want)
	}
	var got []string
	for _, r := range finding.Related {
		got = append(got, r.Span.Text())
	}
	if want := "name: reader|name: web|serviceAccountName: web"; strings.Join(got, "|") != want {
		t.Errorf("related are %q, want %s", got, want)
	}
}
