package rules

import (
	"fmt"
	"testing"

	"github.com/seaworthy-lint/seaworthy/lint"
	"github.com/seaworthy-lint/seaworthy/lint/linttest"
)

// TestNamedFiles follows the flags of an API server: a file in view is judged
// with it, what is not in view is unknown.
func TestNamedFiles(t *testing.T) {
	const audit = "apiVersion: audit.k8s.io/v1\nkind: Policy\nrules: [{level: None}]\n"
	const encryption = "apiVersion: apiserver.config.k8s.io/v1\nkind: EncryptionConfiguration\nresources: [{resources: [secrets], providers: [{identity: {}}]}]\n"
	const admission = "apiVersion: apiserver.config.k8s.io/v1\nkind: AdmissionConfiguration\nplugins: [{name: PodSecurity, configuration: {defaults: {enforce: privileged}}}]\n"
	const pod = `apiVersion: v1
kind: Pod
metadata: {name: kube-apiserver, namespace: kube-system}
spec:
  containers:
  - name: kube-apiserver
    command: [kube-apiserver, --%s=/etc/kubernetes/policies/%s]
    volumeMounts: [{name: policies, mountPath: /etc/kubernetes/policies}]
  volumes: [{name: policies, %s}]
---
`
	const host, carried = "hostPath: {path: /etc/kubernetes/policies}", "configMap: {name: policies}"
	for _, test := range []struct{ rule, flag, file string }{
		{"audit-policy-gap", "audit-policy-file", audit},
		{"encryption-secrets-unencrypted", "encryption-provider-config", encryption},
		{"pod-security-defaults-weak", "admission-control-config-file", admission},
	} {
		config := fmt.Sprintf("apiVersion: v1\nkind: ConfigMap\nmetadata: {name: policies, namespace: kube-system}\ndata: {cluster.yaml: %q}\n", test.file)
		for name, in := range map[string]struct {
			text              string
			findings, unknown int
		}{
			"in the tree":        {fmt.Sprintf(pod, test.flag, "cluster.yaml", host) + test.file, 1, 0},
			"mounted":            {fmt.Sprintf(pod, test.flag, "cluster.yaml", carried) + config, 1, 0},
			"not mounted":        {fmt.Sprintf(pod, test.flag, "other.yaml", carried) + config, 1, 1},
			"on the node":        {fmt.Sprintf(pod, test.flag, "other.yaml", host), 0, 1},
			"of another kind":    {fmt.Sprintf(pod, test.flag, "cluster.yaml", host) + "apiVersion: v1\nkind: Namespace\nmetadata: {name: a}\n", 0, 1},
			"by no flag of ours": {fmt.Sprintf(pod, "profiling", "cluster.yaml", host), 0, 0},
		} {
			report := linttest.Check(t, linttest.Load(t, "policies/cluster.yaml", []byte(in.text)), lint.Options{Rules: lint.Find(All(), test.rule), Version: lint.NewestVersion()})
			if len(report.Findings) != in.findings || len(report.Unknown) != in.unknown {
				t.Errorf("%s, %s: %d findings and %d unknown, want %d and %d", test.rule, name, len(report.Findings), len(report.Unknown), in.findings, in.unknown)
			}
		}
	}
}
