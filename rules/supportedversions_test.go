package rules

import (
	"testing"

	"github.com/seaworthy-lint/seaworthy/lint"
	"github.com/seaworthy-lint/seaworthy/lint/linttest"
)

// TestOldTable wants less of a finding where the releases that are declared
// show that the build is older than a year.
func TestOldTable(t *testing.T) {
	const old = "apiVersion: kubeadm.k8s.io/v1beta4\nkind: ClusterConfiguration\nkubernetesVersion: v1.28.0\n"
	const kops = "---\napiVersion: kops.k8s.io/v1alpha2\nkind: Cluster\nmetadata: {name: a}\nspec: {kubernetesVersion: "
	rule := lint.Find(All(), "kubernetes-version-unsupported")
	for _, test := range []struct {
		text  string
		named int
		want  lint.Severity
	}{
		{old, lint.NewestMinor, lint.Medium},
		{old, lint.NewestMinor + 2, lint.Medium},
		{old, lint.NewestMinor + 3, lint.Low},
		{old + kops + "1.39.0}\n", lint.NewestMinor, lint.Medium},
		{old + kops + "1.40.1}\n", lint.NewestMinor, lint.Low},
	} {
		opts := lint.Options{Rules: rule, Version: lint.Version{Minor: test.named, Patch: -1, Named: true}}
		report := linttest.Check(t, linttest.Load(t, "x.yaml", []byte(test.text)), opts)
		if len(report.Findings) != 1 || report.Findings[0].Severity != test.want {
			t.Errorf("%q for 1.%d: %d findings, want one of severity %v", test.text, test.named, len(report.Findings), test.want)
		}
	}
}
