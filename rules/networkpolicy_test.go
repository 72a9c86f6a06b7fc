package rules

import (
	"slices"
	"strings"
	"testing"

	"github.com/seaworthy-lint/seaworthy/lint"
	"github.com/seaworthy-lint/seaworthy/lint/linttest"
	"github.com/seaworthy-lint/seaworthy/lint/manifest"
)

// TestDanglingIsWithheld: what a document that could not be read holds may be
// the pod that a policy selects.
func TestDanglingIsWithheld(t *testing.T) {
	rules := lint.Find(All(), "dangling-network-policy")
	set := linttest.Load(t, "policy.yaml", []byte(rules[0].Bad))
	opts := lint.Options{Rules: rules, Notes: true}
	if report := linttest.Check(t, set, opts); len(report.Findings) != 1 || len(report.Unknown) != 0 {
		t.Fatalf("%d findings, %d unknown", len(report.Findings), len(report.Unknown))
	}
	set.Documents = append(set.Documents, &manifest.Document{File: set.Documents[0].File, Number: 9, Status: manifest.ParseError})
	if report := linttest.Check(t, set, opts); len(report.Findings) != 0 || len(report.Unknown) != 1 {
		t.Errorf("%d findings, %d unknown with a document that could not be read", len(report.Findings), len(report.Unknown))
	}
}

// TestLimitedPorts: what is milder for some ports depends on the pods in view.
func TestLimitedPorts(t *testing.T) {
	const policy = `apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: {name: db}
spec:
  podSelector: {matchLabels: {app: db}}
  ingress:
  - from: [{namespaceSelector: {}}]
    ports: [{port: 5432}]
`
	const pod = `---
apiVersion: v1
kind: Pod
metadata: {name: db, labels: {app: db}}
spec: {containers: [{name: app, image: registry.example.com/db:1}]}
`
	opts := lint.Options{Rules: lint.Find(All(), "network-policy-allow-all")}
	report := linttest.Check(t, linttest.Load(t, "policy.yaml", []byte(policy)), opts)
	if len(report.Findings) != 0 || len(report.Unknown) != 1 {
		t.Errorf("alone: %d findings, %d unknown", len(report.Findings), len(report.Unknown))
	}
	report = linttest.Check(t, linttest.Load(t, "policy.yaml", []byte(policy+pod)), opts)
	if len(report.Findings) != 1 || report.Findings[0].Severity != lint.Low {
		t.Errorf("with the pod: %v", report.Findings)
	}
}

// TestMissingPoliciesUnknown: what may stand where nobody looks is unknown, which
// is said, and is no failure.
func TestMissingPoliciesUnknown(t *testing.T) {
	const pod = `apiVersion: v1
kind: Pod
metadata: {name: web, namespace: shop, labels: {app: web}}
spec: {containers: [{name: app, image: registry.example.com/web:1}]}
`
	const policy = `---
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: {name: web}
spec: {podSelector: {matchLabels: {app: web}}, policyTypes: [Ingress, Egress]}
`
	for name, test := range map[string]struct {
		text    string
		bounds  manifest.Bounds
		unread  string
		unknown int
	}{
		"files":                       {text: pod, bounds: manifest.Files, unknown: 1},
		"policy that was not read":    {text: pod, unread: "NetworkPolicy", unknown: 1},
		"another namespace perhaps":   {text: pod + policy, unknown: 2},
		"template of a label":         {text: strings.Replace(pod, "app: web", "app: '${APP}'", 1) + strings.Replace(policy, "name: web", "name: web, namespace: shop", 1), unknown: 2},
		"host network, by a template": {text: strings.Replace(pod, "spec: {", "spec: {hostNetwork: '${HOST}', ", 1), unknown: 2},
	} {
		t.Run(name, func(t *testing.T) {
			set := linttest.Load(t, "x.yaml", []byte(test.text))
			set.Target.Bounds = test.bounds
			if test.unread != "" {
				set.Documents = append(set.Documents, &manifest.Document{File: set.Documents[0].File, Number: 9, Status: manifest.ParseError, Kind: test.unread})
			}
			rules := slices.Concat(lint.Find(All(), "network-policy-missing"), lint.Find(All(), "egress-policy-missing"))
			report := linttest.Check(t, set, lint.Options{Rules: rules, Notes: true})
			if len(report.Findings) != 0 || len(report.Unknown) != test.unknown {
				t.Errorf("%d findings, %d unknown, want %d unknown", len(report.Findings), len(report.Unknown), test.unknown)
			}
		})
	}
}

// TestPluginRaised: policies in view that nothing enforces make the finding
// about the plugin a level higher.
func TestPluginRaised(t *testing.T) {
	rules := lint.Find(All(), "cni-without-network-policy")
	const policy = "---\napiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\nmetadata: {name: p}\nspec: {podSelector: {}}\n"
	for text, want := range map[string]lint.Severity{rules[0].Bad: lint.Medium, rules[0].Bad + policy: lint.High} {
		report := linttest.Check(t, linttest.Load(t, "x.yaml", []byte(text)), lint.Options{Rules: rules})
		if len(report.Findings) != 1 || report.Findings[0].Severity != want {
			t.Errorf("%v, want one of severity %v", report.Findings, want)
		}
	}
}

// TestCoverageFolded: what network-policy-missing says hides a missing
// default deny of the same namespace, and not egress of other workloads.
func TestCoverageFolded(t *testing.T) {
	const text = `apiVersion: v1
kind: Namespace
metadata: {name: shop}
---
apiVersion: v1
kind: Pod
metadata: {name: bare, namespace: shop, labels: {app: bare}}
spec: {containers: [{name: app, image: registry.example.com/web:1}]}
---
apiVersion: v1
kind: Pod
metadata: {name: half, namespace: shop, labels: {app: half}}
spec: {containers: [{name: app, image: registry.example.com/web:1}]}
---
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: {name: half, namespace: shop}
spec: {podSelector: {matchLabels: {app: half}}}
`
	rules := slices.Concat(lint.Find(All(), "network-policy-missing"), lint.Find(All(), "egress-policy-missing"), lint.Find(All(), "default-deny-missing"))
	report := linttest.Check(t, linttest.Load(t, "x.yaml", []byte(text)), lint.Options{Rules: rules})
	var found []string
	for _, f := range report.Findings {
		found = append(found, f.Rule.ID)
	}
	if want := []string{"network-policy-missing", "egress-policy-missing"}; !slices.Equal(found, want) {
		t.Errorf("findings %v, want %v", found, want)
	}
	if len(report.Folded) != 1 || report.Folded[0].Rule.ID != "default-deny-missing" {
		t.Errorf("folded: %v", report.Folded)
	}
}
