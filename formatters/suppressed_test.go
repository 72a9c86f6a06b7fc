package formatters

import (
	"bytes"
	"encoding/json"
	"testing"

	"github.com/seaworthy-lint/seaworthy/lint"
)

// quay holds findings that a comment suppresses, two that annotations do, one
// that is open, and one whose suppression has expired.
const quay = `apiVersion: v1
kind: Pod
metadata:
  name: quay
  annotations:
    seaworthy.dev/ignore: "capabilities-not-dropped[container=ferry] until=2026-12-31: until the new image"
    checkov.io/skip1: CKV_K8S_39=mounts the cargo
spec:
  containers:
  - name: crane
    securityContext:
      capabilities: {add: [SYS_ADMIN], drop: [ALL]}
  # seaworthy:ignore net-raw-capability, capability-beyond-baseline -- pings the ships
  - name: beacon
    securityContext:
      capabilities: {add: [NET_RAW], drop: [ALL]}
  - name: ferry
  - name: barge
    securityContext:
      capabilities: {add: [NET_RAW], drop: [ALL]} # seaworthy:ignore net-raw-capability until=2026-06-14 -- for the move
`

func TestSuppressed(t *testing.T) {
	report := judge(t, sources{"quay.yaml", quay})
	if len(report.Suppressed) != 4 || len(report.Findings) != 2 {
		t.Fatalf("%d suppressed, %d open", len(report.Suppressed), len(report.Findings))
	}
	golden(t, "suppressed.txt", written(t, "text", report, Options{Suppressed: true}))
	golden(t, "suppressed.json", written(t, "json", report, Options{}))
	counted := written(t, "text", report, Options{})
	if bytes.Contains(counted, []byte("pings")) || !bytes.Contains(counted, []byte("; 4 suppressed")) {
		t.Errorf("suppressed findings are to be counted, not listed:\n%s", counted)
	}
}

// TestSARIFSuppressed holds that GitHub sees no suppressed result, since it
// would open an alert for it, and that a full log tells who let it be.
func TestSARIFSuppressed(t *testing.T) {
	report := judge(t, sources{"quay.yaml", quay})
	if results := sarifOf(t, report).Results; len(results) != 2 {
		t.Errorf("%d results for GitHub", len(results))
	}
	report.Suppressed[0].Suppressed = &lint.Suppression{By: lint.Baseline}
	report.Baseline = &lint.BaselineCounts{File: "accepted.json", Known: 1}
	var log struct {
		Runs []struct {
			Results []struct {
				BaselineState string
				Suppressions  []struct {
					Kind, Status, GUID, Justification string
					Location                          map[string]any
				}
			}
		}
	}
	if err := json.Unmarshal(written(t, "sarif", report, Options{SARIFFull: true}), &log); err != nil {
		t.Fatal(err)
	}
	got, states := map[string]string{}, map[string]int{}
	for _, result := range log.Runs[0].Results {
		states[result.BaselineState]++
		for _, s := range result.Suppressions {
			got[s.Justification] = s.Kind
			if s.Status != "accepted" || len(s.GUID) != 36 || s.Location == nil {
				t.Errorf("a field that SARIF requires is missing: %+v", s)
			}
		}
	}
	want := map[string]string{"pings the ships": "inSource", "until the new image": "inSource"}
	if len(log.Runs[0].Results) != 6 || len(got) != len(want) {
		t.Errorf("%d results, suppressed %v", len(log.Runs[0].Results), got)
	}
	if states["unchanged"] != 1 || states["new"] != 5 {
		t.Errorf("states by the baseline: %v", states)
	}
	for justification, kind := range want {
		if got[justification] != kind {
			t.Errorf("%q is %q, want %q", justification, got[justification], kind)
		}
	}
	if omitted := SARIFOmitted(report, Options{SARIFFull: true}); omitted != 0 {
		t.Errorf("a full log leaves %d out", omitted)
	}
}
