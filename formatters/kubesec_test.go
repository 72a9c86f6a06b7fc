package formatters

import (
	"bytes"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/seaworthy-lint/seaworthy/lint"
	"github.com/seaworthy-lint/seaworthy/lint/linttest"
	"github.com/seaworthy-lint/seaworthy/lint/manifest"
	"github.com/seaworthy-lint/seaworthy/rules"
)

// TestKubesec holds the format against a golden file, with a document of each
// kind that kubesec tells apart.
func TestKubesec(t *testing.T) {
	name := filepath.Join("testdata", "kubesec.yaml")
	content, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	set := kubesecLoad(t, "kubesec.yaml", content)
	set.Documents = append(set.Documents,
		&manifest.Document{File: set.Documents[0].File, Number: 9, Status: manifest.ParseError, Reason: "did not find expected key"},
		&manifest.Document{File: set.Documents[0].File, Number: 10, Status: manifest.Rendered, Kind: "Pod"},
		&manifest.Document{File: set.Documents[0].File, Status: manifest.NotKubernetes},
	)
	some := []string{
		"sys-admin-capability", "dangerous-capability", "capabilities-not-dropped", "capability-drop-missing", "cpu-limit-missing",
		"memory-request-missing", "secret-in-env", "rbac-anonymous-binding", "volume-claim-access-mode",
	}
	selected := slices.DeleteFunc(rules.All(), func(r *lint.Rule) bool { return !slices.Contains(some, r.ID) })
	for _, r := range selected {
		r.Why = "The reason of " + r.ID + "." // the file does not hold the rules' words
	}
	var got bytes.Buffer
	if err := kubesec(&got, linttest.Check(t, set, lint.Options{Rules: selected}), Options{}); err != nil {
		t.Fatal(err)
	}
	golden := filepath.Join("testdata", "kubesec.json")
	want, err := os.ReadFile(golden)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(got.Bytes(), want) {
		t.Errorf("%s differs, got:\n%s", golden, got.Bytes())
	}
}

// TestKubesecOfNothing: a reader of JSON expects an array, not null.
func TestKubesecOfNothing(t *testing.T) {
	var got bytes.Buffer
	if err := kubesec(&got, &lint.Report{}, Options{}); err != nil {
		t.Fatal(err)
	}
	if got.String() != "[]\n" {
		t.Errorf("got %q", got.String())
	}
}

// TestKubesecSelectors: the rules of the kubesec profile, and only they, have
// an id and a selector of kubesec's, each another one.
func TestKubesecSelectors(t *testing.T) {
	seen := map[string]string{}
	for _, r := range rules.All() {
		id := kubesecID(r)
		if (id != "") != r.InProfile("kubesec") {
			t.Errorf("%s: its id of kubesec is %q, and it must have one just when it is in the profile", r.ID, id)
		}
		if id == "" {
			continue
		}
		if other := seen[id]; other != "" {
			t.Errorf("%s: %s has the id %s too", r.ID, other, id)
		}
		seen[id] = r.ID
		if kubesecSelectors[id] == "" {
			t.Errorf("%s: no selector for %s", r.ID, id)
		}
	}
	for id := range kubesecSelectors {
		if seen[id] == "" {
			t.Errorf("no rule has the id %s", id)
		}
	}
}

// kubesecLoad reads a file as a set of its own. Documents that cannot be read
// become problems, as they are for users.
func kubesecLoad(t testing.TB, path string, content []byte) *manifest.Set {
	t.Helper()
	set := &manifest.Set{Target: manifest.Target{Type: "plain", Path: "."}}
	file, err := manifest.NewFile(path, content)
	if err != nil {
		set.Documents = append(set.Documents, &manifest.Document{File: file, Status: manifest.ParseError, Reason: err.Error()})
		return set
	}
	for i, span := range manifest.Documents(file) {
		tree, err := manifest.Parse(span)
		if err != nil {
			set.Documents = append(set.Documents, &manifest.Document{File: file, Number: i + 1, Status: manifest.ParseError, Span: span, Reason: err.Error()})
			continue
		}
		roots, isList := manifest.ListItems(tree.Root)
		if !isList {
			roots = []*manifest.Node{tree.Root}
		}
		for _, root := range roots {
			set.Documents = append(set.Documents, kubesecObject(root, manifest.Document{File: file, Number: i + 1, Span: span}))
		}
	}
	return set
}

func kubesecObject(root *manifest.Node, d manifest.Document) *manifest.Document {
	object, problem := manifest.NewObject(root, nil)
	switch {
	case problem != nil:
		d.Status, d.Reason = manifest.ParseError, problem.Reason
	case object == nil:
		d.Status = manifest.NotKubernetes
	case len(object.Problems) > 0:
		d.Status, d.Object, d.Reason = manifest.ParseError, object, object.Problems[0].Reason
	default:
		d.Status, d.Object, d.Kind = manifest.Linted, object, object.Kind
	}
	return &d
}
