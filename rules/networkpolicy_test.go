package rules

import (
	"testing"

	"github.com/seaworthy-lint/seaworthy/lint"
	"github.com/seaworthy-lint/seaworthy/lint/linttest"
	"github.com/seaworthy-lint/seaworthy/lint/manifest"
)

// TestDanglingIsWithheld: what a document that could not be read holds may be
// the pod that a policy selects.
func TestDanglingIsWithheld(t *testing.T) {
	rules := Find(All(), "dangling-network-policy")
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
	opts := lint.Options{Rules: Find(All(), "network-policy-allow-all")}
	report := linttest.Check(t, linttest.Load(t, "policy.yaml", []byte(policy)), opts)
	if len(report.Findings) != 0 || len(report.Unknown) != 1 {
		t.Errorf("alone: %d findings, %d unknown", len(report.Findings), len(report.Unknown))
	}
	report = linttest.Check(t, linttest.Load(t, "policy.yaml", []byte(policy+pod)), opts)
	if len(report.Findings) != 1 || report.Findings[0].Severity != lint.Low {
		t.Errorf("with the pod: %v", report.Findings)
	}
}
