package rules

import (
	"strings"
	"testing"

	"github.com/seaworthy-lint/seaworthy/lint"
	"github.com/seaworthy-lint/seaworthy/lint/linttest"
)

// TestTokenOutcomes tells the verdicts apart that fixtures cannot: credit,
// nothing to say, and not to be told.
func TestTokenOutcomes(t *testing.T) {
	for name, test := range map[string]struct {
		spec, others string
		automount    lint.Outcome
		account      lint.Outcome
	}{
		"pod says no":      {"automountServiceAccountToken: false", "", lint.Passed, lint.NotApplicable},
		"account says no":  {"serviceAccountName: web", "{apiVersion: v1, kind: ServiceAccount, metadata: {name: web}, automountServiceAccountToken: false}", lint.Passed, lint.Passed},
		"another says no":  {"serviceAccountName: web", "{apiVersion: v1, kind: ServiceAccount, metadata: {name: web, namespace: x}, automountServiceAccountToken: false}", lint.Undecided, lint.Passed},
		"no account":       {"serviceAccountName: web", "", lint.Failed, lint.Passed},
		"default":          {"{}", "", lint.Failed, lint.Failed},
		"templated":        {`serviceAccountName: "{{ name }}"`, "", lint.Undecided, lint.Undecided},
		"templated switch": {`automountServiceAccountToken: "${TOKEN}"`, "", lint.Undecided, lint.Failed},
		"asked and bound": {
			"{serviceAccountName: web, automountServiceAccountToken: true}",
			"{apiVersion: rbac.authorization.k8s.io/v1, kind: ClusterRoleBinding, metadata: {name: web}, subjects: [{kind: ServiceAccount, name: web}], roleRef: {kind: ClusterRole, name: view}}",
			lint.NotApplicable, lint.Passed,
		},
		"own volume": {
			"{automountServiceAccountToken: false, volumes: [{name: t, projected: {sources: [{serviceAccountToken: {path: t}}]}}]}",
			"", lint.NotApplicable, lint.NotApplicable,
		},
	} {
		t.Run(name, func(t *testing.T) {
			spec := test.spec
			if !strings.HasPrefix(spec, "{") {
				spec = "{" + spec + "}"
			}
			spec = strings.Replace(spec, "{", "{containers: [{name: web, image: web, volumeMounts: [{name: t, mountPath: /t}]}], ", 1)
			text := "{apiVersion: v1, kind: Pod, metadata: {name: web}, spec: " + spec + "}\n"
			if test.others != "" {
				text += "---\n" + test.others + "\n"
			}
			automount, account := lint.Find(All(), "service-account-token-automount")[0], lint.Find(All(), "default-service-account")[0]
			report := linttest.Check(t, linttest.Load(t, "pod.yaml", []byte(text)), lint.Options{Rules: []*lint.Rule{automount, account}})
			score := report.Resources[0].Score
			if got := score.Outcome(automount); got != test.automount {
				t.Errorf("token: outcome %d, want %d", got, test.automount)
			}
			if got := score.Outcome(account); got != test.account {
				t.Errorf("account: outcome %d, want %d", got, test.account)
			}
		})
	}
}

// TestPrivilegedTokenRelates names the rule of the role, the binding and the
// subject beside the finding.
func TestPrivilegedTokenRelates(t *testing.T) {
	rule := lint.Find(All(), "workload-privileged-token")[0]
	report := linttest.Check(t, linttest.Load(t, "bad.yaml", []byte(rule.Bad)), lint.Options{Rules: []*lint.Rule{rule}})
	if len(report.Findings) != 1 {
		t.Fatalf("%d findings, want 1", len(report.Findings))
	}
	var got []string
	for _, r := range report.Findings[0].Related {
		got = append(got, r.Span.Text())
	}
	want := []string{"resources", "name: web", "name: web"}
	if strings.Join(got, "|") != strings.Join(want, "|") {
		t.Errorf("related are %q, want %q", got, want)
	}
}
