package formatters

import (
	"bytes"
	"errors"
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/seaworthy-lint/seaworthy/lint"
	"github.com/seaworthy-lint/seaworthy/lint/linttest"
	"github.com/seaworthy-lint/seaworthy/lint/manifest"
	"github.com/seaworthy-lint/seaworthy/rules"
)

var update = flag.Bool("update", false, "rewrite the golden files")

// golden compares what a formatter wrote with testdata/<name>.
func golden(t *testing.T, name string, got []byte) {
	t.Helper()
	path := filepath.Join("testdata", name)
	if *update {
		if err := os.MkdirAll("testdata", 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, got, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(got, want) {
		t.Errorf("%s differs; go test ./formatters -update rewrites it. Got:\n%s", path, got)
	}
}

// written is what a formatter writes of a report.
func written(t testing.TB, format string, r *lint.Report, o Options) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := All[format](&b, r, o); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// capabilityRules are a fixed choice of rules, so that the golden files do not
// change with every new rule.
func capabilityRules(t testing.TB) []*lint.Rule {
	t.Helper()
	var chosen []*lint.Rule
	all := rules.All()
	for _, id := range []string{
		"sys-admin-capability", "dangerous-capability", "capability-beyond-baseline", "capability-added",
		"net-raw-capability", "capabilities-not-dropped", "capability-name-invalid",
	} {
		found := lint.Find(all, id)
		if len(found) != 1 {
			t.Fatalf("%d rules answer to %s", len(found), id)
		}
		chosen = append(chosen, found[0])
	}
	return chosen
}

// sources are files of a test, by path and text in turn.
type sources []string

// judge lints files with the fixed choice of rules.
func judge(t testing.TB, files sources) *lint.Report {
	t.Helper()
	set := &manifest.Set{Target: manifest.Target{Type: "plain", Path: "."}}
	for i := 0; i+1 < len(files); i += 2 {
		file, err := manifest.NewFile(files[i], []byte(files[i+1]))
		if err != nil {
			t.Fatal(err)
		}
		for n, span := range manifest.Documents(file) {
			set.Documents = append(set.Documents, readDocument(file, n+1, span))
		}
	}
	report := linttest.Check(t, set, lint.Options{Rules: capabilityRules(t)})
	report.ToolVersion, report.Profile, report.ExitStatus = "1.0.0", "default", 0
	switch {
	case len(report.Unjudged()) > 0:
		report.ExitStatus = 2
	case report.Count(lint.Critical)+report.Count(lint.High)+report.Count(lint.Medium) > 0:
		report.ExitStatus = 1
	}
	return report
}

func readDocument(file *manifest.File, number int, span manifest.Span) *manifest.Document {
	d := &manifest.Document{File: file, Number: number, Span: span}
	tree, err := manifest.Parse(span)
	if err != nil {
		d.Status, d.Reason = manifest.ParseError, err.Error()
		var syntax *manifest.SyntaxError
		if errors.As(err, &syntax) {
			d.Span = syntax.Span
		}
		return d
	}
	object, _ := manifest.NewObject(tree.Root, tree.Duplicates)
	if object == nil {
		d.Status, d.Reason = manifest.NotKubernetes, "no apiVersion and kind"
		return d
	}
	d.Status, d.Kind, d.Object = manifest.Linted, object.Kind, object
	return d
}

// port holds documents of every sort: findings of several severities at one
// place and in several containers, a folded one, an unknown value, a kind
// without rules, a document that is no resource and one that does not parse.
const port = `apiVersion: apps/v1
kind: Deployment
metadata:
  name: crane
  namespace: harbour
spec:
  template:
    spec:
      containers:
      - name: lift
        image: registry.example.com/lift:1.4.2
        securityContext:
          capabilities:
            drop: [ALL]
            add: [SYS_ADMIN, chown]
      - name: café-小舟
        image: registry.example.com/boat:2.0.0
        env: [{name: BOAT_PASSWORD, value: anchor-chain-7}]
        securityContext: {capabilities: {drop: ["${DROPPED}"], add: [NET_ADMIN]}}
      initContainers:
      - name: tug
        image: registry.example.com/tug:3.1.0
---
apiVersion: v1
kind: Service
metadata: {name: crane, namespace: harbour}
spec: {ports: [{port: 80}]}
---
harbour: master
---
apiVersion: v1
kind: Pod
metadata:
  name: [torn
---
apiVersion: v1
kind: Pod
metadata:
  name: moored
spec:
  containers:
  - name: boat
    image: registry.example.com/boat:2.0.0
    securityContext: {capabilities: {drop: [ALL]}}
`

// fleet is a Pod whose containers have as many findings as are asked for.
func fleet(name string, findings int) string {
	return "apiVersion: v1\nkind: Pod\nmetadata: {name: " + name + "}\nspec:\n  containers:\n" +
		strings.Repeat("  - {name: boat, image: registry.example.com/boat:1.0.0, securityContext: {capabilities: {drop: [NET_RAW]}}}\n", findings)
}
