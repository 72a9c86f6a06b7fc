package manifest

import (
	"fmt"
	"strings"
	"testing"
)

func object(t *testing.T, text string) *Object {
	t.Helper()
	tree, err := Parse(Documents(file(t, text))[0])
	if err != nil {
		t.Fatal(err)
	}
	o, problem := NewObject(tree.Root, tree.Duplicates)
	if o == nil {
		t.Fatalf("no object: %+v", problem)
	}
	return o
}

// describe lists an object's pods: containers with roles, and what is special
// of a pod.
func describe(o *Object) string {
	var pods []string
	for _, p := range o.Pods() {
		var parts []string
		for _, c := range p.Containers() {
			parts = append(parts, c.Name()+":"+string(c.Role))
		}
		if p.Batch {
			parts = append(parts, "batch")
		}
		if p.Partial {
			parts = append(parts, "partial")
		}
		pods = append(pods, strings.Join(parts, " "))
	}
	return strings.Join(pods, " | ")
}

const twoRoles = "{containers: [{name: a, image: i}], initContainers: [{name: b, image: i}, {name: c, image: i, restartPolicy: Always}], ephemeralContainers: [{name: d, image: i}]}"

func TestPods(t *testing.T) {
	const allRoles = "a:app b:init c:sidecar d:ephemeral"
	for name, test := range map[string]struct{ text, want string }{
		"Pod":               {"apiVersion: v1\nkind: Pod\nspec: " + twoRoles, allRoles},
		"PodTemplate":       {"apiVersion: v1\nkind: PodTemplate\ntemplate: {spec: " + twoRoles + "}", allRoles},
		"Deployment":        {"apiVersion: extensions/v1beta1\nkind: Deployment\nspec: {template: {spec: " + twoRoles + "}}", allRoles},
		"ReplicationCtrl":   {"apiVersion: v1\nkind: ReplicationController\nspec: {template: {spec: " + twoRoles + "}}", allRoles},
		"Job":               {"apiVersion: batch/v1\nkind: Job\nspec: {template: {spec: " + twoRoles + "}}", allRoles + " batch"},
		"CronJob":           {"apiVersion: batch/v1beta1\nkind: CronJob\nspec: {jobTemplate: {spec: {template: {spec: " + twoRoles + "}}}}", allRoles + " batch"},
		"ScheduledJob":      {"apiVersion: batch/v2alpha1\nkind: ScheduledJob\nspec: {jobTemplate: {spec: {template: {spec: " + twoRoles + "}}}}", allRoles + " batch"},
		"Service":           {"apiVersion: v1\nkind: Service\nspec: " + twoRoles, ""},
		"Rollout":           {"apiVersion: argoproj.io/v1alpha1\nkind: Rollout\nspec: {template: {spec: " + twoRoles + "}}", allRoles},
		"Rollout by ref":    {"apiVersion: argoproj.io/v1alpha1\nkind: Rollout\nspec: {workloadRef: {name: x}, template: {spec: " + twoRoles + "}}", ""},
		"Workflow":          {"apiVersion: argoproj.io/v1alpha1\nkind: Workflow\nspec: {templates: [{name: t, container: {name: m, image: i}, sidecars: [{name: s, image: i}], initContainers: [{name: ini, image: i}]}, {name: u, script: {name: o, image: i}}]}", "m:app s:app ini:init batch partial | o:app batch partial"},
		"Tekton":            {"apiVersion: tekton.dev/v1\nkind: Task\nspec: {steps: [{name: s, image: i}]}", "s:app batch partial"},
		"Knative":           {"apiVersion: serving.knative.dev/v1\nkind: Service\nspec: {template: {spec: {containers: [{name: a, image: i}]}}}", "a:app"},
		"RayCluster":        {"apiVersion: ray.io/v1\nkind: RayCluster\nspec: {headGroupSpec: {template: {spec: {containers: [{name: h, image: i}]}}}, workerGroupSpecs: [{template: {spec: {containers: [{name: w, image: i}]}}}]}", "h:app | w:app"},
		"PyTorchJob":        {"apiVersion: kubeflow.org/v1\nkind: PyTorchJob\nspec: {pytorchReplicaSpecs: {Master: {template: {spec: {containers: [{name: m, image: i}]}}}, Worker: {template: {spec: {containers: [{name: w, image: i}]}}}}}", "m:app batch | w:app batch"},
		"Prometheus":        {"apiVersion: monitoring.coreos.com/v1\nkind: Prometheus\nspec: {containers: [{name: p}]}", "p:app partial"},
		"Strimzi":           {"apiVersion: kafka.strimzi.io/v1beta2\nkind: Kafka\nspec: {kafka: {template: {pod: {securityContext: {}}, kafkaContainer: {securityContext: {privileged: true}}}}}", ":app partial"},
		"no image":          {"apiVersion: pkg.example.com/v1\nkind: X\nspec: {containers: [{name: p}]}", ""},
		"by shape":          {"apiVersion: example.com/v1\nkind: Game\nspec: {servers: [{pod: {spec: " + twoRoles + "}}]}", allRoles},
		"not a spec":        {"apiVersion: example.com/v1\nkind: Game\nconfig: " + twoRoles, ""},
		"built-in group":    {"apiVersion: storage.k8s.io/v1\nkind: Odd\nspec: " + twoRoles, ""},
		"Kyverno pattern":   {"apiVersion: kyverno.io/v1\nkind: ClusterPolicy\nspec: {rules: [{validate: {pattern: {spec: " + twoRoles + "}}}]}", ""},
		"schema":            {"apiVersion: apiextensions.k8s.io/v1\nkind: CustomResourceDefinition\nspec: " + twoRoles, ""},
		"sparkoperator":     {"apiVersion: sparkoperator.k8s.io/v1beta2\nkind: SparkApplication\nspec: {driver: {sidecars: [{name: s, image: i}]}}", "s:app batch partial"},
		"Crossplane Object": {"apiVersion: kubernetes.crossplane.io/v1\nkind: Object\nspec: {forProvider: {manifest: {kind: Pod, spec: " + twoRoles + "}}}", allRoles},
	} {
		t.Run(name, func(t *testing.T) {
			if got := describe(object(t, test.text)); got != test.want {
				t.Errorf("%q, want %q", got, test.want)
			}
		})
	}
}

// TestCustomPlaces builds, for each row of the table of custom kinds, an
// object that holds a container at each of the row's paths.
func TestCustomPlaces(t *testing.T) {
	kinds := 0
	for _, place := range customPods {
		for i, kind := range place.kinds {
			kinds++
			group := place.groups[min(i, len(place.groups)-1)]
			if !DescribesPods(group, kind) {
				t.Errorf("%s/%s is not parsed", group, kind)
			}
			for _, at := range place.at {
				body := twoRoles
				if place.form == podTemplate {
					body = "{spec: " + body + "}"
				}
				if place.form == podFields {
					body = fields(place)
				}
				text := fmt.Sprintf("{apiVersion: %s/v1, kind: %s, %s}", group, kind, nest(at, body))
				o := object(t, text)
				if len(o.Pods()) == 0 {
					t.Errorf("%s: no pod in %s", kind, text)
				} else if len(o.Pods()[0].Containers()) == 0 && (place.containers == nil || len(place.containers) > 0) {
					t.Errorf("%s: no container in %s", kind, text)
				}
			}
		}
	}
	if kinds < 80 {
		t.Errorf("only %d kinds", kinds)
	}
}

func fields(place podPlace) string {
	if len(place.containers) == 0 {
		return "{x: 1}"
	}
	return "{" + nest(strings.ReplaceAll(place.containers[0], "*", "x"), "{name: a, image: i}") + "}"
}

// nest writes a value at a path of the table, as the inside of a flow map.
func nest(path, value string) string {
	step, rest, more := strings.Cut(path, ".")
	if more {
		value = "{" + nest(rest, value) + "}"
	}
	if key, ok := strings.CutSuffix(step, "[]"); ok {
		return key + ": [" + value + "]"
	}
	return strings.ReplaceAll(step, "*", "x") + ": " + value
}

func TestEffective(t *testing.T) {
	o := object(t, "apiVersion: v1\nkind: Pod\nspec:\n  securityContext: {runAsUser: 1, runAsGroup: 2, fsGroup: 3}\n  containers:\n  - name: a\n    securityContext: {runAsUser: 7, runAsGroup: null}\n  - name: b\n")
	a, b := o.Pods()[0].Containers()[0], o.Pods()[0].Containers()[1]
	for _, test := range []struct {
		c    *Container
		key  string
		want string
	}{{a, "runAsUser", "7"}, {a, "runAsGroup", "2"}, {b, "runAsUser", "1"}, {b, "runAsNonRoot", ""}} {
		if got := test.c.Effective(test.key).Str(); got != test.want {
			t.Errorf("%s of %s is %q, want %q", test.key, test.c.Name(), got, test.want)
		}
	}
}

func TestWindows(t *testing.T) {
	for spec, want := range map[string]bool{
		"{os: {name: windows}}":                                          true,
		"{os: {name: linux}}":                                            false,
		"{nodeSelector: {kubernetes.io/os: windows}}":                    true,
		"{os: {name: linux}, nodeSelector: {kubernetes.io/os: windows}}": false,
		"{}": false,
		"{affinity: {nodeAffinity: {requiredDuringSchedulingIgnoredDuringExecution: {nodeSelectorTerms: [{matchExpressions: [{key: kubernetes.io/os, operator: In, values: [windows]}]}]}}}}":                                                   true,
		"{affinity: {nodeAffinity: {requiredDuringSchedulingIgnoredDuringExecution: {nodeSelectorTerms: [{matchExpressions: [{key: kubernetes.io/os, operator: In, values: [windows]}]}, {matchExpressions: [{key: x, operator: Exists}]}]}}}}": false,
		"{affinity: {nodeAffinity: {requiredDuringSchedulingIgnoredDuringExecution: {nodeSelectorTerms: [{matchExpressions: [{key: kubernetes.io/os, operator: In, values: [windows, linux]}]}]}}}}":                                            false,
		"{affinity: {nodeAffinity: {preferredDuringSchedulingIgnoredDuringExecution: [{preference: {matchExpressions: [{key: kubernetes.io/os, operator: In, values: [windows]}]}}]}}}":                                                         false,
	} {
		o := object(t, "apiVersion: v1\nkind: Pod\nspec: "+spec)
		if got := o.Pods()[0].Windows(); got != want {
			t.Errorf("%s: %v", spec, got)
		}
	}
}

func TestTruth(t *testing.T) {
	for text, want := range map[string]Truth{
		"true": True, "yes": True, "On": True, "off": False, "n": False, "null": Unset, "~": Unset, "": Unset,
		"'true'": Unknown, "1": Unknown, "${X}": Unknown, "{a: b}": Unknown, "'{{ x }}'": Unknown,
	} {
		tree, err := Parse(Documents(file(t, "a: "+text+"\n"))[0])
		if err != nil {
			t.Fatal(err)
		}
		if got := tree.Root.At("a").Truth(); got != want {
			t.Errorf("%q: %d, want %d", text, got, want)
		}
	}
	if (*Node)(nil).Truth() != Unset {
		t.Error("an absent field is unset")
	}
}

func TestTemplated(t *testing.T) {
	for text, want := range map[string]bool{
		"${X}": true, "a-${X:=b}": true, "'{{ x }}'": true, "\"{% x %}\"": true, "ENC[AES256_GCM,data:x]": true,
		"$(X)": false, "$X": false, "${X": false, "a}b": false, "5": false,
	} {
		tree, err := Parse(Documents(file(t, "a: "+text+"\n"))[0])
		if err != nil {
			t.Fatal(err)
		}
		if got := tree.Root.At("a").Templated(); got != want {
			t.Errorf("%q: %v", text, got)
		}
	}
}
