package rules

import (
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/seaworthy-lint/seaworthy/lint"
	"github.com/seaworthy-lint/seaworthy/lint/linttest"
	"github.com/seaworthy-lint/seaworthy/lint/manifest"
)

// TestParameters requires of each rule's parameters what the configuration
// needs to read and to explain them.
func TestParameters(t *testing.T) {
	for _, r := range All() {
		if r.Params == nil {
			if slices.Contains(r.Profiles, "optin") {
				t.Errorf("%s runs only with parameters, and has none", r.ID)
			}
			continue
		}
		params := reflect.TypeOf(r.Params).Elem()
		for i := range params.NumField() {
			if field := params.Field(i); field.Tag.Get("doc") == "" || !field.IsExported() {
				t.Errorf("%s: parameter %s needs a doc tag", r.ID, field.Name)
			}
		}
	}
}

// judge is what a rule with settings says of a text, its notes too: fields and
// messages.
func judge(t *testing.T, id, text string, settings lint.Settings) []string {
	t.Helper()
	rule := lint.Find(All(), id)[0]
	settings.Rules = []*lint.Rule{rule}
	if params := settings.Tuned[nil].Params; params != nil {
		settings.Tuned = map[*lint.Rule]lint.Tuning{rule: {Params: params}}
	}
	report := linttest.Check(t, linttest.Load(t, "a.yaml", []byte(text)), lint.Options{
		Rules: settings.Rules, Notes: true, Settings: func(string, *manifest.Object) *lint.Settings { return &settings },
	})
	var said []string
	for _, f := range report.Findings {
		said = append(said, f.Message)
	}
	return said
}

func TestPortsThatAreLetBe(t *testing.T) {
	const text = `
apiVersion: v1
kind: Pod
metadata: {name: a}
spec:
  containers:
  - {name: a, image: a, ports: [{containerPort: 80, hostPort: 80}, {containerPort: 443, hostPort: 443}]}
`
	for _, id := range []string{"host-port", "privileged-port"} {
		said := judge(t, id, text, lint.Settings{Tuned: map[*lint.Rule]lint.Tuning{nil: {Params: &portParams{AllowedPorts: []int64{80}}}}})
		if len(said) != 1 || !strings.Contains(said[0], "port 443") {
			t.Errorf("%s: %q", id, said)
		}
	}
}

// TestExternalObjects shows each rule about references with and without the
// objects that exist elsewhere.
func TestExternalObjects(t *testing.T) {
	for id, text := range map[string]string{
		"dangling-reference": `
apiVersion: v1
kind: Pod
metadata: {name: a, namespace: shop}
spec:
  imagePullSecrets: [{name: elsewhere}]
  containers: [{name: a, image: a, envFrom: [{configMapRef: {name: elsewhere}}]}]
`,
		"dangling-backend": `
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata: {name: a, namespace: shop}
spec: {defaultBackend: {service: {name: elsewhere, port: {number: 80}}}}
`,
		"dangling-role-binding": `
apiVersion: rbac.authorization.k8s.io/v1
kind: RoleBinding
metadata: {name: a, namespace: shop}
roleRef: {apiGroup: rbac.authorization.k8s.io, kind: Role, name: elsewhere}
subjects: [{kind: ServiceAccount, name: elsewhere, namespace: shop}]
`,
		"admission-policy-unbound": `
apiVersion: admissionregistration.k8s.io/v1
kind: ValidatingAdmissionPolicyBinding
metadata: {name: a}
spec: {policyName: elsewhere}
`,
	} {
		if said := judge(t, id, text, lint.Settings{}); len(said) == 0 {
			t.Errorf("%s says nothing of what is not in view", id)
		}
		external := func(_, _, namespace, name, _ string) bool {
			return name == "elsewhere" && (namespace == "shop" || namespace == "")
		}
		if said := judge(t, id, text, lint.Settings{External: external}); len(said) > 0 {
			t.Errorf("%s: %q although the objects exist", id, said)
		}
	}
}

// TestExternalKeys holds a reference against the keys that are named.
func TestExternalKeys(t *testing.T) {
	const text = `
apiVersion: v1
kind: Pod
metadata: {name: a}
spec:
  containers:
  - name: a
    image: a
    env:
    - {name: A, valueFrom: {secretKeyRef: {name: db, key: user}}}
    - {name: B, valueFrom: {secretKeyRef: {name: db, key: pasword}}}
`
	said := judge(t, "dangling-reference", text, lint.Settings{External: func(_, kind, _, name, key string) bool {
		return kind == "Secret" && name == "db" && slices.Contains([]string{"", "user", "password"}, key)
	}})
	if len(said) != 1 || !strings.Contains(said[0], `no key "pasword" among those that the configuration names`) {
		t.Errorf("%q", said)
	}
}

// TestComponentLimits shows that the limits of components can be set.
func TestComponentLimits(t *testing.T) {
	const (
		apiServer = `
apiVersion: kubeadm.k8s.io/v1beta4
kind: ClusterConfiguration
apiServer:
  extraArgs:
  - {name: audit-log-path, value: /var/log/audit.log}
  - {name: audit-log-maxage, value: "14"}
  - {name: audit-log-maxbackup, value: "5"}
  - {name: audit-log-maxsize, value: "50"}
  - {name: request-timeout, value: 10m}
`
		node = `
apiVersion: kubelet.config.k8s.io/v1beta1
kind: KubeletConfiguration
podPidsLimit: 100
eventRecordQPS: 80
`
	)
	for _, test := range []struct {
		id, text string
		params   any
		want     int
	}{
		{"apiserver-audit-log-rotation", apiServer, nil, 3},
		{"apiserver-audit-log-rotation", apiServer, &auditRotationParams{MinDays: 14, MinFiles: 6, MinMegabytes: 50}, 1},
		{"control-plane-limits", apiServer, nil, 1},
		{"control-plane-limits", apiServer, &controlPlaneLimitParams{MaxRequestSeconds: 600}, 0},
		{"kubelet-limits-disabled", node, nil, 1},
		{"kubelet-limits-disabled", node, &kubeletLimitParams{MaxEventRate: 100}, 0},
	} {
		if said := judge(t, test.id, test.text, lint.Settings{Tuned: map[*lint.Rule]lint.Tuning{nil: {Params: test.params}}}); len(said) != test.want {
			t.Errorf("%s, %+v: %q, want %d", test.id, test.params, said, test.want)
		}
	}
}
