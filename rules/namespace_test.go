package rules

import (
	"fmt"
	"math/rand"
	"slices"
	"strings"
	"testing"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/pod-security-admission/api"
	"k8s.io/pod-security-admission/policy"
	"sigs.k8s.io/yaml"

	"github.com/seaworthy-lint/seaworthy/lint"
	"github.com/seaworthy-lint/seaworthy/lint/linttest"
)

// TestPodSecurityRules: no rule of a level is left out.
func TestPodSecurityRules(t *testing.T) {
	for _, level := range []string{"baseline", "restricted"} {
		var want, got []string
		for _, r := range podSecurityOptions(level, lint.NewestVersion()).Rules {
			want = append(want, r.ID)
		}
		for _, r := range podSecurityRules(level) {
			got = append(got, r.ID)
		}
		slices.Sort(got)
		if len(want) == 0 || !slices.Equal(got, want) {
			t.Errorf("%s has %q, want %q", level, got, want)
		}
	}
}

// TestPodSecurityViolatedGenerated compares verdicts on generated pods, in
// namespaces of any level and version, with those of Pod Security Admission.
func TestPodSecurityViolatedGenerated(t *testing.T) {
	const pods = 1500
	evaluator, err := policy.NewEvaluator(policy.DefaultChecks(), nil)
	if err != nil {
		t.Fatal(err)
	}
	g := podGenerator{rand.New(rand.NewSource(129))}
	allowed := map[bool]int{}
	opts := lint.Options{Rules: lint.Find(All(), "pod-security-violated"), Version: lint.NewestVersion()}
	for range pods {
		metadata, spec := g.pod()
		metadata["namespace"] = "shop"
		template := marshal(t, object{"apiVersion": "v1", "kind": "Pod", "metadata": metadata, "spec": spec})
		pod := corev1.Pod{}
		if err := yaml.Unmarshal(template, &pod); err != nil {
			t.Fatal(err)
		}
		setDefaults(&pod.Spec)
		level, minor := pick(g, []string{"baseline", "restricted"}), g.minor()
		namespace := marshal(t, object{"apiVersion": "v1", "kind": "Namespace", "metadata": object{"name": "shop", "labels": object{
			podSecurityLabel + "enforce": level, podSecurityLabel + "enforce-version": fmt.Sprintf("v1.%d", minor),
		}}})
		at := api.LevelVersion{Level: api.Level(level), Version: api.MajorMinorVersion(1, minor)}
		want := policy.AggregateCheckResults(evaluator.EvaluatePod(at, &pod.ObjectMeta, &pod.Spec)).Allowed
		content := strings.Join([]string{string(namespace), string(template)}, "---\n")
		report := linttest.Check(t, linttest.Load(t, "pod.yaml", []byte(content)), opts)
		allowed[want]++
		if got := len(report.Findings) == 0; got != want || len(report.Unknown) > 0 {
			t.Fatalf("%s v1.%d: allowed is %v, want %v, unknown %v\n%s", level, minor, got, want, report.Unknown, content)
		}
	}
	if allowed[true] < pods/5 || allowed[false] < pods/5 {
		t.Errorf("verdicts are too one-sided: %v", allowed)
	}
}

// TestNamespaceParams gives rules other parameters than their defaults.
func TestNamespaceParams(t *testing.T) {
	const pod = "{apiVersion: v1, kind: Pod, metadata: {name: shop-agent, namespace: %s}, spec: {priorityClassName: system-node-critical, containers: [{name: a}]}}\n"
	for name, test := range map[string]struct {
		rule, namespace string
		params          any
		want            int
	}{
		"component":       {"system-namespace-workload", "kube-system", &systemComponentParams{Components: []string{"shop-*"}}, 0},
		"other component": {"system-namespace-workload", "kube-system", &systemComponentParams{Components: []string{"shop"}}, 1},
		"namespace":       {"system-priority-class", "agents", &systemPriorityParams{Namespaces: []string{"agents"}}, 0},
		"other namespace": {"system-priority-class", "agents", &systemPriorityParams{Namespaces: []string{"agent"}}, 1},
	} {
		t.Run(name, func(t *testing.T) {
			rule := lint.Find(All(), test.rule)[0]
			rule.Params = test.params
			report := linttest.Check(t, linttest.Load(t, "pod.yaml", fmt.Appendf(nil, pod, test.namespace)), lint.Options{Rules: []*lint.Rule{rule}})
			if len(report.Findings) != test.want {
				t.Errorf("%d findings, want %d", len(report.Findings), test.want)
			}
		})
	}
}
