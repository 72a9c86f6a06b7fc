package scope_test

import (
	"fmt"
	"math/rand"
	"strings"
	"testing"

	"github.com/seaworthy-lint/seaworthy/lint/linttest"
	"github.com/seaworthy-lint/seaworthy/lint/manifest"
	"github.com/seaworthy-lint/seaworthy/lint/scope"
)

// scopeOf reads documents into a scope.
func scopeOf(t testing.TB, text string, target manifest.Target) *scope.Scope {
	t.Helper()
	set := linttest.Load(t, "x.yaml", []byte(text))
	set.Target = target
	set.Index()
	return scope.Of(set)
}

func podNames(pods []*manifest.Pod) string {
	var names []string
	for _, pod := range pods {
		names = append(names, pod.Object.Name)
	}
	return strings.Join(names, " ")
}

func objectNames(objects []*manifest.Object) string {
	var names []string
	for _, o := range objects {
		names = append(names, o.Name)
	}
	return strings.Join(names, " ")
}

// TestSameNamespace asks for the places of objects under each kind of target.
func TestSameNamespace(t *testing.T) {
	for _, c := range []struct {
		name   string
		target manifest.Target
		a, b   string
		want   manifest.Truth
	}{
		{"both unset", manifest.Target{}, "", "", manifest.True},
		{"one unset", manifest.Target{}, "", "x", manifest.Unknown},
		{"both named", manifest.Target{}, "x", "y", manifest.False},
		{"one template", manifest.Target{}, "${NS}", "${NS}", manifest.True},
		{"two templates", manifest.Target{}, "${NS}", "${OTHER}", manifest.Unknown},
		{"release namespace", manifest.Target{Namespace: "prod"}, "", "prod", manifest.True},
		{"beside the release namespace", manifest.Target{Namespace: "prod"}, "", "x", manifest.False},
		{"assumed namespace", manifest.Target{Namespace: "default", Assumed: true}, "", "default", manifest.True},
		{"beside the assumed namespace", manifest.Target{Namespace: "default", Assumed: true}, "default", "x", manifest.Unknown},
	} {
		s := scopeOf(t, "{apiVersion: v1, kind: Pod, metadata: {name: p}, spec: {containers: []}}", c.target)
		if got := s.SameNamespace(c.a, c.b); got != c.want {
			t.Errorf("%s: %d, want %d", c.name, got, c.want)
		}
		if got := s.SameNamespace(c.b, c.a); got != c.want {
			t.Errorf("%s, the other way round: %d, want %d", c.name, got, c.want)
		}
	}
}

const shop = `{apiVersion: v1, kind: ConfigMap, metadata: {name: early, namespace: x}, data: {key: value}}
---
{apiVersion: apps/v1, kind: Deployment, metadata: {name: web, namespace: x}, spec: {template: {metadata: {labels: {app: web, tier: front}}, spec: {serviceAccountName: web, containers: [{name: c}]}}}}
---
{apiVersion: v1, kind: Namespace, metadata: {name: x, labels: {team: shop}}}
---
{apiVersion: v1, kind: Pod, metadata: {name: lone, labels: {app: web}}, spec: {serviceAccount: web, containers: [{name: c}]}}
---
{apiVersion: batch/v1, kind: CronJob, metadata: {name: nightly, namespace: yard}, spec: {jobTemplate: {spec: {template: {metadata: {labels: {app: nightly}}, spec: {containers: [{name: c}]}}}}}}
---
{apiVersion: example.com/v1, kind: Server, metadata: {name: custom, namespace: yard}, spec: {template: {metadata: {labels: {app: "${APP}"}}, spec: {serviceAccountName: "${SA}", containers: [{name: c, image: i}]}}}}
---
{apiVersion: v1, kind: Secret, metadata: {name: filled, namespace: x}}
`

// TestNamespaces finds the namespaces of a scope, their labels and where what
// is wrong with each is said.
func TestNamespaces(t *testing.T) {
	s := scopeOf(t, shop, manifest.Target{})
	var got []string
	for _, n := range s.Namespaces() {
		got = append(got, fmt.Sprintf("%s:%s:%s", n.Name, n.Representative().Name, podNames(n.Pods)))
	}
	if want := "x:x:web|:lone:lone|yard:nightly:nightly custom"; strings.Join(got, "|") != want {
		t.Errorf("namespaces are %s, want %s", strings.Join(got, "|"), want)
	}
	if n := s.Namespace("z"); n.Representative() != nil || n.Object != nil {
		t.Error("a namespace that nothing is in has a representative")
	}
	for _, c := range []struct {
		namespace, selector string
		want                manifest.Truth
	}{
		{"x", "{}", manifest.True},
		{"x", "{matchLabels: {team: shop}}", manifest.True},
		{"x", "{matchLabels: {team: other}}", manifest.False},
		{"x", "{matchLabels: {kubernetes.io/metadata.name: x}}", manifest.True},
		{"yard", "{matchLabels: {kubernetes.io/metadata.name: x}}", manifest.False},
		{"yard", "{matchLabels: {team: shop}}", manifest.Unknown},
		{"", "{matchExpressions: [{key: kubernetes.io/metadata.name, operator: In, values: [x]}]}", manifest.Unknown},
		{"", "{}", manifest.True},
	} {
		if got := s.Namespace(c.namespace).Matches(node(t, c.selector)); got != c.want {
			t.Errorf("%s selects namespace %q: %d, want %d", c.selector, c.namespace, got, c.want)
		}
	}
}

func node(t testing.TB, text string) *manifest.Node {
	t.Helper()
	file, err := manifest.NewFile("n.yaml", []byte(text))
	if err != nil {
		t.Fatal(err)
	}
	tree, err := manifest.Parse(manifest.Span{File: file, End: len(file.Text)})
	if err != nil {
		t.Fatal(err)
	}
	return tree.Root
}

// TestSelected asks which pods selectors select.
func TestSelected(t *testing.T) {
	s := scopeOf(t, shop, manifest.Target{})
	for _, c := range []struct{ namespace, selector, sure, unsure string }{
		{"x", "{}", "web", "lone"},
		{"", "{}", "lone", "web nightly custom"},
		{"x", "{matchLabels: {app: web}}", "web", "lone"},
		{"x", "{matchLabels: {app: web, tier: front}}", "web", ""},
		{"x", "{matchExpressions: [{key: tier, operator: Exists}]}", "web", ""},
		{"x", "{matchExpressions: [{key: tier, operator: DoesNotExist}]}", "", "lone"},
		{"x", "{matchExpressions: [{key: app, operator: In, values: [a, web, web]}]}", "web", "lone"},
		{"x", "{matchExpressions: [{key: app, operator: NotIn, values: [web]}]}", "", ""},
		{"x", "{matchExpressions: [{key: app, operator: In, values: ['${X}']}]}", "", "web lone"},
		{"x", "{matchLabels: {app: '${X}'}}", "", "web lone"},
		{"x", "{matchLabels: '${X}'}", "", "web lone"},
		{"yard", "{matchLabels: {app: web}}", "", "custom lone"},
		{"yard", "{matchLabels: {app: nightly}}", "nightly", "custom"},
		{"z", "{matchLabels: {app: nightly}}", "", ""},
	} {
		sure, unsure := s.Selected(c.namespace, scope.LabelSelector(node(t, c.selector)))
		if podNames(sure) != c.sure || podNames(unsure) != c.unsure {
			t.Errorf("%s in %q: %s and perhaps %s; want %s and %s", c.selector, c.namespace, podNames(sure), podNames(unsure), c.sure, c.unsure)
		}
	}
	sure, unsure := s.SelectedAnywhere(scope.PlainLabels(node(t, "{app: web}")))
	if podNames(sure) != "web lone" || podNames(unsure) != "custom" {
		t.Errorf("everywhere: %s and perhaps %s; want web lone and custom", podNames(sure), podNames(unsure))
	}
}

// TestNamed finds objects by name and namespace, and their entries.
func TestNamed(t *testing.T) {
	s := scopeOf(t, shop, manifest.Target{})
	for _, c := range []struct{ kind, name, namespace, sure, unsure string }{
		{"ConfigMap", "early", "x", "early", ""},
		{"ConfigMap", "early", "yard", "", ""},
		{"ConfigMap", "early", "", "", "early"},
		{"Pod", "lone", "yard", "", "lone"},
	} {
		sure, unsure := s.Named("", c.kind, c.name, c.namespace)
		if objectNames(sure) != c.sure || objectNames(unsure) != c.unsure {
			t.Errorf("%s %s in %q: %s and perhaps %s", c.kind, c.name, c.namespace, objectNames(sure), objectNames(unsure))
		}
	}
	if sure, unsure := s.Objects("", "Pod", "x"); len(sure) != 0 || objectNames(unsure) != "lone" {
		t.Errorf("pods of x are %s and perhaps %s, want lone perhaps", objectNames(sure), objectNames(unsure))
	}
	config, _ := s.Named("", "ConfigMap", "early", "x")
	filled, _ := s.Named("", "Secret", "filled", "x")
	if scope.HasKey(config[0], "key") != manifest.True || scope.HasKey(config[0], "other") != manifest.False || scope.HasKey(filled[0], "key") != manifest.Unknown {
		t.Error("keys are not as the objects state them")
	}
}

// TestRunsAs finds the pods of a service account.
func TestRunsAs(t *testing.T) {
	s := scopeOf(t, shop, manifest.Target{})
	for _, c := range []struct{ namespace, account, sure, unsure string }{
		{"x", "web", "web", "lone"},
		{"yard", "default", "nightly", "custom"},
		{"x", "default", "", ""},
	} {
		sure, unsure := s.RunsAs(c.namespace, c.account)
		if podNames(sure) != c.sure || podNames(unsure) != c.unsure {
			t.Errorf("%s/%s: %s and perhaps %s; want %s and %s", c.namespace, c.account, podNames(sure), podNames(unsure), c.sure, c.unsure)
		}
	}
}

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
	s := scopeOf(t, text.String(), manifest.Target{})
	type pair struct {
		service *manifest.Object
		pod     *manifest.Pod
	}
	forwards, backwards := map[pair]manifest.Truth{}, map[pair]manifest.Truth{}
	for _, service := range s.Set.OfKind("", "Service") {
		sure, unsure := s.PodsBehind(service)
		for _, pod := range sure {
			forwards[pair{service, pod}] = manifest.True
		}
		for _, pod := range unsure {
			forwards[pair{service, pod}] = manifest.Unknown
		}
	}
	for _, pod := range s.Pods() {
		sure, unsure := s.Services(pod)
		for _, service := range sure {
			backwards[pair{service, pod}] = manifest.True
		}
		for _, service := range unsure {
			backwards[pair{service, pod}] = manifest.Unknown
		}
	}
	met := 0
	for _, service := range s.Set.OfKind("", "Service") {
		for _, pod := range s.Pods() {
			want := manifest.Unset
			if scope.HasSelector(service) {
				match := scope.PlainLabels(service.At("spec", "selector")).Matches(pod.Metadata.At("labels"))
				if want = manifest.All(s.SameNamespace(service.Namespace, pod.Object.Namespace), match); want == manifest.False {
					want = manifest.Unset
				}
			}
			p := pair{service, pod}
			if forwards[p] != want || backwards[p] != want {
				t.Errorf("%s and %s: %d and %d, want %d", service.Name, pod.Object.Name, forwards[p], backwards[p], want)
			}
			if want == manifest.True {
				met++
			}
		}
	}
	if met == 0 {
		t.Error("no Service selects a pod")
	}
}

// TestLinear doubles the input and compares the comparisons: twice the
// namespaces, and twice the workloads in one namespace.
func TestLinear(t *testing.T) {
	work := func(namespaces, workloads int) int64 {
		var text strings.Builder
		for n := range namespaces {
			for w := range workloads {
				fmt.Fprintf(&text, "---\n{apiVersion: v1, kind: Pod, metadata: {namespace: n%d, name: p%d, labels: {app: p%d, team: t}}, spec: {serviceAccountName: p%d}}\n", n, w, w, w)
				fmt.Fprintf(&text, "---\n{apiVersion: v1, kind: Service, metadata: {namespace: n%d, name: p%d}, spec: {selector: {team: t, app: p%d}}}\n", n, w, w)
				fmt.Fprintf(&text, "---\n{apiVersion: v1, kind: ConfigMap, metadata: {namespace: n%d, name: p%d}}\n", n, w)
			}
		}
		s := scopeOf(t, text.String(), manifest.Target{})
		for _, service := range s.Set.OfKind("", "Service") {
			if pods, _ := s.PodsBehind(service); len(pods) != 1 {
				t.Fatalf("%s selects %d pods, want 1", service.Name, len(pods))
			}
		}
		for _, pod := range s.Pods() {
			if services, _ := s.Services(pod); len(services) != 1 {
				t.Fatalf("%s is behind %d Services, want 1", pod.Object.Name, len(services))
			}
			if pods, _ := s.RunsAs(pod.Object.Namespace, pod.Object.Name); len(pods) != 1 {
				t.Fatalf("%s shares its account", pod.Object.Name)
			}
			if configs, _ := s.Named("", "ConfigMap", pod.Object.Name, pod.Object.Namespace); len(configs) != 1 {
				t.Fatalf("%s has %d ConfigMaps, want 1", pod.Object.Name, len(configs))
			}
		}
		return s.Comparisons()
	}
	base := work(10, 20)
	for name, doubled := range map[string]int64{"namespaces": work(20, 20), "workloads": work(10, 40)} {
		if ratio := float64(doubled) / float64(base); ratio > 2.1 {
			t.Errorf("twice the %s take %.1f times the comparisons (%d, %d)", name, ratio, base, doubled)
		}
	}
}

// TestLinearWithOneLabel doubles Services and pods that all have the same label.
func TestLinearWithOneLabel(t *testing.T) {
	work := func(many int) int64 {
		var text strings.Builder
		for i := range many {
			fmt.Fprintf(&text, "---\n{apiVersion: v1, kind: Pod, metadata: {namespace: n, name: p%d, labels: {app: a}}, spec: {}}\n", i)
			fmt.Fprintf(&text, "---\n{apiVersion: v1, kind: Service, metadata: {namespace: n, name: p%d}, spec: {selector: {app: a}}}\n", i)
		}
		s := scopeOf(t, text.String(), manifest.Target{})
		for _, service := range s.Set.OfKind("", "Service") {
			if pods, _ := s.PodsBehind(service); len(pods) != many {
				t.Fatalf("%s selects %d pods, want %d", service.Name, len(pods), many)
			}
		}
		for _, pod := range s.Pods() {
			if services, _ := s.Services(pod); len(services) != many {
				t.Fatalf("%s is behind %d Services, want %d", pod.Object.Name, len(services), many)
			}
		}
		return s.Comparisons()
	}
	if base, doubled := work(30), work(60); float64(doubled)/float64(base) > 2.1 {
		t.Errorf("twice the input takes %d comparisons after %d", doubled, base)
	}
}

// TestMayHold asks what a document that could not be read may hold.
func TestMayHold(t *testing.T) {
	kinds := []string{"networking.k8s.io/NetworkPolicy"}
	for kind, want := range map[string]bool{"": true, "NetworkPolicy": true, "Kustomization": true, "NetworkPolicyList": true, "Deployment": false} {
		set := linttest.Load(t, "x.yaml", []byte(shop))
		if scope.Of(set).Incomplete() {
			t.Fatal("a scope of which everything was read is incomplete")
		}
		set.Documents = append(set.Documents, &manifest.Document{Status: manifest.ParseError, Kind: kind})
		set.Index()
		if s := scope.Of(set); s.MayHold(kinds) != want || !s.Incomplete() {
			t.Errorf("an unread %q may hold a policy: %v, want %v", kind, s.MayHold(kinds), want)
		}
	}
}
