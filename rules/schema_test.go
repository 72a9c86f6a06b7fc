package rules

import (
	"bytes"
	"go/build"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"k8s.io/apimachinery/pkg/api/resource"
	"k8s.io/apimachinery/pkg/util/validation"

	"github.com/seaworthy-lint/seaworthy/lint"
	"github.com/seaworthy-lint/seaworthy/lint/linttest"
	"github.com/seaworthy-lint/seaworthy/lint/nearest"
)

// TestSchemaTable holds that the table has no loose ends: each type that a
// field names is there.
func TestSchemaTable(t *testing.T) {
	table := builtinSchemas()
	if len(table.kinds) < 100 {
		t.Errorf("only %d kinds", len(table.kinds))
	}
	for name, s := range table.types {
		described := strings.Contains(builtinSchemaText, "\ntype "+name+" ") || strings.Contains(builtinSchemaText, "\ntype "+name+"\n")
		if !described && len(s.values) == 0 {
			t.Errorf("type %s is named and not described", name)
		}
	}
}

// TestEveryField judges the objects of the API's own round-trip tests, which
// set every field: each must be known, and of a type that it takes.
func TestEveryField(t *testing.T) {
	pkg, err := build.Import("k8s.io/api/core/v1", ".", build.FindOnly)
	if err != nil {
		t.Fatal(err)
	}
	paths, err := filepath.Glob(filepath.Join(pkg.Dir, "../../testdata/HEAD/*.yaml"))
	if err != nil || len(paths) == 0 {
		t.Fatalf("no objects in %s: %v", pkg.Dir, err)
	}
	judged := 0
	rule := lint.Find(All(), "schema-invalid")
	for _, path := range paths {
		content, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		if !bytes.HasPrefix(content, []byte("apiVersion: ")) { // the events of a watch
			continue
		}
		report := linttest.Check(t, linttest.Load(t, filepath.Base(path), content), lint.Options{Rules: rule})
		if len(report.Unknown) == 0 {
			judged++
		}
		for _, f := range report.Findings {
			if strings.Contains(f.Message, "has no field") || strings.Contains(f.Message, "where the API takes") {
				t.Errorf("%s: %s", filepath.Base(path), f.Message)
			}
		}
	}
	if judged < 100 {
		t.Errorf("only %d of %d objects were judged", judged, len(paths))
	}
}

// TestRequiredFields holds the hand-written table against the generated one.
func TestRequiredFields(t *testing.T) {
	for name, keys := range requiredFields {
		s := builtinSchemas().types[name]
		if s == nil {
			t.Errorf("no type %s", name)
			continue
		}
		for _, key := range keys {
			if s.field(key) == nil {
				t.Errorf("%s has no field %s", name, key)
			}
		}
	}
}

// TestSecurityFieldPlaces holds the fields that security-field-ignored knows
// against the generated table: each is where it is said to be, none is where
// it is said to have no effect, and no other field is an edit away from one.
func TestSecurityFieldPlaces(t *testing.T) {
	for name, place := range map[string]fieldPlace{
		"core/v1.PodSpec":                   {holds: slices.Concat(contextField, podSpecFields), foreign: slices.Concat(containerContextFields, anyContextFields, podContextFields)},
		"core/v1.PodSecurityContext":        {holds: slices.Concat(anyContextFields, podContextFields), foreign: slices.Concat(containerContextFields, podSpecFields)},
		"core/v1.SecurityContext":           {holds: slices.Concat(anyContextFields, containerContextFields), foreign: slices.Concat(podContextFields, podSpecFields)},
		"core/v1.Container":                 {holds: contextField, foreign: slices.Concat(containerContextFields, anyContextFields, podContextFields, podSpecFields)},
		"core/v1.ServiceAccount":            {holds: []string{"automountServiceAccountToken"}},
		"networking/v1.NetworkPolicySpec":   {holds: []string{"podSelector", "policyTypes", "ingress", "egress"}},
		"policy/v1.PodDisruptionBudgetSpec": {holds: []string{"minAvailable", "maxUnavailable", "selector", "unhealthyPodEvictionPolicy"}},
	} {
		s := builtinSchemas().types[name]
		for _, key := range place.holds {
			if s.field(key) == nil {
				t.Errorf("%s has no field %s", name, key)
			}
		}
		for _, key := range place.foreign {
			if s.field(key) != nil {
				t.Errorf("%s has the field %s", name, key)
			}
		}
		for _, key := range s.names() {
			if !slices.Contains(place.holds, key) && meantField(key, place.holds) != "" {
				t.Errorf("%s: the field %s would be taken for a misspelt one", name, key)
			}
		}
	}
	if nearest.Distance("hostIP", "hostIPC") != 1 {
		t.Error("the look-alike of the fixture is none")
	}
}

func TestCronSchedule(t *testing.T) {
	for text, want := range map[string]bool{
		"* * * * *": true, "*/5 * * * *": true, "0 0 1 1 0": true, "0 0 ? JAN-DEC sun,SAT": true, "@daily": true, "@every 1h30m": true,
		"5/15 1-5/2 * * *": true, "": false, "* * * *": false, "* * * * * *": false, "60 * * * *": false, "0 24 * * *": false,
		"0 0 0 * *": false, "0 0 * 13 *": false, "0 0 * * 7": false, "*/0 * * * *": false, "5-1 * * * *": false, "@reboot": false,
		"@every day": false, "a * * * *": false, "TZ=UTC 0 0 * * *": false, "1, * * * *": false,
	} {
		if got := isCronSchedule(text); got != want {
			t.Errorf("isCronSchedule(%q) = %v", text, got)
		}
	}
}

// TestForms holds the forms of texts against those of the API machinery.
func TestForms(t *testing.T) {
	isQuantity := textForms[quantityValue]
	for _, text := range []string{
		"1", "1.5Gi", "500m", "1e3", "1E6", "1E", ".5", "5.", "-1", "+2Ki", "1k", "1n", "1u",
		"e3", "-", "+", "m", "1e+", "1GB", "1 Gi", "1gi", "Gi", "1e", "0x10", "ten", ".", "1K", "1Mi1", "--1", "1e3k",
	} {
		if _, err := resource.ParseQuantity(text); isQuantity(text) != (err == nil) {
			t.Errorf("quantity %q: %v", text, isQuantity(text))
		}
	}
	long := strings.Repeat("a", 64)
	for _, text := range []string{"", "a", "A.b-c_d", "-a", "a-", "a b", "a/b", long, long[1:], "1.0", "ä"} {
		if got, want := len(text) <= 63 && labelText().MatchString(text), len(validation.IsValidLabelValue(text)) == 0; got != want {
			t.Errorf("label value %q: %v", text, got)
		}
		if got, want := isDNSSubdomain(text), len(validation.IsDNS1123Subdomain(text)) == 0; got != want {
			t.Errorf("name %q: %v", text, got)
		}
		if got, want := isDNSLabel(text), len(validation.IsDNS1123Label(text)) == 0; got != want {
			t.Errorf("label name %q: %v", text, got)
		}
	}
}

// TestPlaceholderByTarget holds that a template is wrong only in what has been
// rendered.
func TestPlaceholderByTarget(t *testing.T) {
	const text = "apiVersion: v1\nkind: Pod\nmetadata: {name: \"${NAME}\", annotations: {a: \"${X}\"}}\nspec: {nodeName: \"{{ node }}\"}\n"
	rule := lint.Find(All(), "unresolved-placeholder")
	for target, want := range map[string][2]int{"plain": {0, 0}, "stdin": {0, 0}, "kustomization": {2, 2}, "chart": {2, 0}} {
		set := linttest.Load(t, "pod.yaml", []byte(text))
		set.Target.Type = target
		report := linttest.Check(t, set, lint.Options{Rules: rule, Notes: true})
		notes := 0
		for _, f := range report.Findings {
			if f.Note {
				notes++
			}
		}
		if got := [2]int{len(report.Findings), notes}; got != want {
			t.Errorf("%s: %d findings, %d of them notes; want %v", target, got[0], got[1], want)
		}
	}
}

// TestOneFindingForOneKey holds that what two rules see wrong in one key is one
// finding.
func TestOneFindingForOneKey(t *testing.T) {
	const text = `apiVersion: v1
kind: Pod
metadata: {name: x, labels: {a: yes}}
spec:
  privileged: true
  containers:
  - name: app
    image: registry.example.com/app:1
    args: [1]
    runAsUser: 0
    securityContext: {runasuser: 0, privileged: "false"}
`
	var chosen []*lint.Rule
	for _, id := range []string{"schema-invalid", "security-field-ignored", "yaml-ambiguous-scalar", "invalid-label"} {
		chosen = append(chosen, lint.Find(All(), id)...)
	}
	report := linttest.Check(t, linttest.Load(t, "pod.yaml", []byte(text)), lint.Options{Rules: chosen})
	for _, f := range report.Findings {
		if f.Rule.ID == "schema-invalid" || f.Rule.ID == "invalid-label" {
			t.Errorf("%s beside another finding: %s", f.Rule.ID, f.Message)
		}
	}
	if len(report.Findings) != 6 || len(report.Folded) != 7 {
		t.Errorf("%d findings, %d folded", len(report.Findings), len(report.Folded))
	}
}
