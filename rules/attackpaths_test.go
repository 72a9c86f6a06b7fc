package rules

import (
	"fmt"
	"strings"
	"testing"

	"github.com/seaworthy-lint/seaworthy/lint"
	"github.com/seaworthy-lint/seaworthy/lint/linttest"
	"github.com/seaworthy-lint/seaworthy/lint/scope"
)

// publishedShop is a workload with a way in, a policy, an account and a role.
func publishedShop(i, namespaces int) string {
	name, namespace := fmt.Sprintf("web-%d", i), fmt.Sprintf("shop-%d", i%namespaces)
	return strings.NewReplacer("NAME", name, "PLACE", namespace).Replace(`
{apiVersion: networking.k8s.io/v1, kind: Ingress, metadata: {name: NAME, namespace: PLACE}, spec: {defaultBackend: {service: {name: NAME, port: {number: 80}}}}}
---
{apiVersion: v1, kind: Service, metadata: {name: NAME, namespace: PLACE}, spec: {selector: {app: NAME}, ports: [{port: 80}]}}
---
{apiVersion: networking.k8s.io/v1, kind: NetworkPolicy, metadata: {name: NAME, namespace: PLACE}, spec: {podSelector: {matchLabels: {app: NAME}}, ingress: [{}]}}
---
{apiVersion: v1, kind: ServiceAccount, metadata: {name: NAME, namespace: PLACE}}
---
{apiVersion: rbac.authorization.k8s.io/v1, kind: Role, metadata: {name: NAME, namespace: PLACE}, rules: [{apiGroups: [""], resources: [secrets], verbs: [list]}]}
---
{apiVersion: rbac.authorization.k8s.io/v1, kind: RoleBinding, metadata: {name: NAME, namespace: PLACE}, roleRef: {kind: Role, name: NAME}, subjects: [{kind: ServiceAccount, name: NAME}]}
---
{apiVersion: apps/v1, kind: Deployment, metadata: {name: NAME, namespace: PLACE}, spec: {selector: {matchLabels: {app: NAME}}, template: {metadata: {labels: {app: NAME}},
 spec: {serviceAccountName: NAME, containers: [{name: web, image: web, ports: [{containerPort: 80}], securityContext: {privileged: true}}]}}}}
`)
}

// TestCrossResourceWorkIsLinear doubles what is in view, in one namespace and
// in many, and counts what is compared.
func TestCrossResourceWorkIsLinear(t *testing.T) {
	opts := lint.Options{Rules: lint.Find(All(), "exposed-workload-attack-path")}
	for _, id := range []string{"workload-privileged-token", "rbac-secret-access", "shared-service-account"} {
		opts.Rules = append(opts.Rules, lint.Find(All(), id)...)
	}
	for _, many := range []bool{false, true} {
		work := func(workloads int) int64 {
			namespaces := 1
			if many {
				namespaces = workloads
			}
			var docs []string
			for i := range workloads {
				docs = append(docs, publishedShop(i, namespaces))
			}
			set := linttest.Load(t, "shop.yaml", []byte(strings.Join(docs, "---")))
			if found := len(linttest.Check(t, set, opts).Findings); found != 4*workloads {
				t.Fatalf("%d findings of %d workloads, want four of each", found, workloads)
			}
			return scope.Of(set).Comparisons()
		}
		if once, twice := work(60), work(120); twice > once*21/10 {
			t.Errorf("%d comparisons for 60 workloads and %d for 120, in many namespaces: %t", once, twice, many)
		}
	}
}
