package markers

import (
	"bytes"
	"slices"
	"testing"

	"github.com/seaworthy-lint/seaworthy/lint/manifest"
)

// FuzzSuppressionComment holds that a mark lies in its file and covers lines of
// it, and that rewriting changes no line that holds none.
func FuzzSuppressionComment(f *testing.F) {
	for _, seed := range []string{
		covered, "a: b # seaworthy:ignore x[container=\"a\", field=b[0]] until=2027-01-31 -- c",
		"# trivy:ignore:AVD-KSV-0010:exp:2027-01-31 # checkov:skip=CKV_K8S_17:x\r\nkind: Pod\r",
		"metadata:\n  annotations:\n    checkov.io/skip1: CKV_K8S_17=x\n    kube-score/ignore: b",
		"{{/* seaworthy:ignore\n a */}}\nb: |2-\n   # c\n'd': \"{{ e }}\"\n",
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, content []byte) {
		file, err := manifest.NewFile("x.yaml", content)
		if err != nil {
			t.Skip()
		}
		for _, m := range Comments(file) {
			if m.Span.Start < 0 || m.Span.End < m.Span.Start || m.Span.End > len(file.Text) {
				t.Fatalf("mark at %d to %d of %d", m.Span.Start, m.Span.End, len(file.Text))
			}
			if m.Covers.First < 0 || m.Covers.Last < m.Covers.First || m.Covers.Last > file.Lines() {
				t.Fatalf("mark covers %+v of %d lines", m.Covers, file.Lines())
			}
		}
		m := Migrate(file, answering)
		var kept [][]byte
		for n := 1; n <= file.Lines(); n++ {
			if _, changed := m.Lines[n]; !changed {
				whole, _ := wholeLine(file, n)
				kept = append(kept, whole)
			}
		}
		after := m.Apply(file)
		for _, line := range kept {
			i := bytes.Index(after, line)
			if i < 0 {
				t.Fatalf("line %q is gone", line)
			}
			after = after[i+len(line):]
		}
	})
}

// FuzzAnnotation holds that each mark of an annotation names something or says
// what is wrong with it.
func FuzzAnnotation(f *testing.F) {
	for _, seed := range [][2]string{
		{"seaworthy.dev/ignore", "a[container=b]: c\nd until=2027-01-31: e"},
		{"seaworthy.dev/ignored", "a"},
		{"checkov.io/skip1", "CKV_K8S_17=x"},
		{"polaris.fairwinds.com/x-exempt", "true"},
		{"kubescape.io/skip-controls", "C-0038,C-0057"},
	} {
		f.Add(seed[0], seed[1])
	}
	f.Fuzz(func(t *testing.T, key, value string) {
		n := &manifest.Node{Key: key, Value: value}
		metadata := &manifest.Node{Kind: manifest.Map, Kids: []*manifest.Node{{Kind: manifest.Map, Key: "annotations", Kids: []*manifest.Node{n}}}}
		marks := Annotations(metadata)
		if slices.ContainsFunc(marks, func(m Mark) bool { return (m.Name == "") == (m.Problem == "") }) {
			t.Fatalf("%q: %q makes %+v", key, value, marks)
		}
		if len(marks) > maxMarks+1 {
			t.Fatalf("%d marks", len(marks))
		}
	})
}
