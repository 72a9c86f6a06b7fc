package rules

import (
	"fmt"
	"math/rand"
	"strings"
	"testing"

	"github.com/seaworthy-lint/seaworthy/lint/linttest"
	"github.com/seaworthy-lint/seaworthy/lint/manifest"
)

// TestServicesByIndex brings Services and pods together by the index and by
// looking at each pair: over generated labels, templated ones among them, both
// must find the same.
func TestServicesByIndex(t *testing.T) {
	random := rand.New(rand.NewSource(1))
	labels := func() string {
		var parts []string
		for _, key := range []string{"app", "tier", "zone"} {
			if value := []string{"", "a", "b", "\"${X}\""}[random.Intn(4)]; value != "" {
				parts = append(parts, key+": "+value)
			}
		}
		return "{" + strings.Join(parts, ", ") + "}"
	}
	var text strings.Builder
	for i := range 120 {
		namespace := []string{"", "namespace: x, ", "namespace: y, "}[random.Intn(3)]
		fmt.Fprintf(&text, "---\napiVersion: v1\nkind: Pod\nmetadata: {%sname: p%d, labels: %s}\n", namespace, i, labels())
		fmt.Fprintf(&text, "---\napiVersion: v1\nkind: Service\nmetadata: {%sname: s%d}\nspec: {selector: %s}\n", namespace, i, labels())
	}
	set := linttest.Load(t, "x.yaml", []byte(text.String()))
	set.Index()
	met := 0
	for _, service := range set.OfKind("", "Service") {
		sure, unsure := podsBehind(set, service)
		found := map[*manifest.Pod]manifest.Truth{}
		for _, pod := range sure {
			found[pod] = manifest.True
		}
		for _, pod := range unsure {
			found[pod] = manifest.Unknown
		}
		for _, pod := range set.AllPods() {
			want := serviceSelects(service, pod)
			if got := found[pod]; want != manifest.False && got != want || want == manifest.False && got != manifest.Unset {
				t.Errorf("%s and %s: %d, want %d", service.Name, pod.Object.Name, got, want)
			}
			if want == manifest.True {
				met++
			}
		}
	}
	if met == 0 {
		t.Error("no Service selects a pod")
	}
	for _, pod := range set.AllPods() {
		want := manifest.False
		for _, service := range set.OfKind("", "Service") {
			want = anyHolds(want, serviceSelects(service, pod))
		}
		if got := isServed(set, pod); got != want {
			t.Errorf("%s is served: %d, want %d", pod.Object.Name, got, want)
		}
	}
}
