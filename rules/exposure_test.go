package rules

import (
	"strings"
	"testing"

	"github.com/seaworthy-lint/seaworthy/lint"
	"github.com/seaworthy-lint/seaworthy/lint/linttest"
)

// judgeText is what one rule says of a text, notes among it.
func judgeText(t *testing.T, id, text string) *lint.Report {
	t.Helper()
	return linttest.Check(t, linttest.Load(t, "a.yaml", []byte(text+"\n")), lint.Options{Rules: lint.Find(All(), id), Notes: true})
}

// TestExposureUnknown has what cannot be told for each rule that can meet it:
// it is neither found nor passed over.
func TestExposureUnknown(t *testing.T) {
	const (
		service = "apiVersion: v1\nkind: Service\nmetadata: {name: a}\nspec: "
		ingress = "apiVersion: networking.k8s.io/v1\nkind: Ingress\nmetadata: {name: a, annotations: "
		pod     = "apiVersion: v1\nkind: Pod\nmetadata: {name: a, labels: {app: a}}\nspec: "
		redis   = "\n---\n" + pod + "{containers: [{name: redis, image: redis}]}"
		gateway = "apiVersion: gateway.networking.k8s.io/v1\nkind: Gateway\nmetadata: {name: a}\nspec: "
	)
	for name, test := range map[string]struct{ id, text string }{
		"type":            {"service-node-port", service + `{type: "${TYPE}"}`},
		"node ports":      {"service-node-port", service + `{type: LoadBalancer, allocateLoadBalancerNodePorts: "false"}`},
		"ranges":          {"service-load-balancer-public", service + `{type: LoadBalancer, loadBalancerSourceRanges: ["{{ range }}"]}`},
		"addresses":       {"service-external-ips", service + `{externalIPs: "${IPS}"}`},
		"name":            {"service-external-name", service + `{type: ExternalName, externalName: "${HOST}"}`},
		"control plane":   {"control-plane-exposed", service + `{type: "${TYPE}", selector: {component: etcd, tier: control-plane}}`},
		"load balancer":   {"sensitive-interface-exposed", service + `{type: LoadBalancer, loadBalancerSourceRanges: ["${R}"], selector: {app: a}, ports: [{port: 6379}]}` + redis},
		"namespace":       {"sensitive-interface-exposed", service + `{type: NodePort, selector: {app: a}, ports: [{port: 6379}]}` + strings.Replace(redis, "name: a", "name: a, namespace: b", 1)},
		"no pods":         {"sensitive-interface-exposed", service + `{type: NodePort, selector: {app: a}, ports: [{port: 6379}]}`},
		"no Service":      {"sensitive-interface-exposed", ingress + `{}}` + "\nspec: {defaultBackend: {service: {name: b}}}"},
		"middleware":      {"sensitive-interface-exposed", ingress + `{traefik.ingress.kubernetes.io/router.middlewares: b}}` + "\nspec: {defaultBackend: {service: {name: a}}}\n---\n" + service + `{selector: {app: a}, ports: [{port: 6379}]}` + redis},
		"hosts":           {"ingress-tls-missing", ingress + `{}}` + "\n" + `spec: {tls: [{hosts: ["${HOST}"]}], rules: [{host: a.example.com}]}`},
		"canary":          {"ingress-tls-missing", ingress + `{nginx.ingress.kubernetes.io/canary: "true"}}`},
		"snippet setting": {"ingress-snippets-enabled", `{apiVersion: v1, kind: ConfigMap, metadata: {name: a}, data: {allow-snippet-annotations: "${ALLOW}"}}`},
		"controller":      {"ingress-snippets-enabled", strings.Replace(pod, "Pod", "DaemonSet", 1) + `{template: {spec: {containers: [{name: a, image: "ingress-nginx/controller:${TAG}"}]}}}`},
		"annotation":      {"ingress-annotation-injection", ingress + `{nginx.ingress.kubernetes.io/auth-url: "${URL}"}}`},
		"protocols":       {"weak-tls-version", `{apiVersion: v1, kind: ConfigMap, metadata: {name: a}, data: {ssl-protocols: "${PROTOCOLS}"}}`},
		"redirect":        {"plain-http-exposed", ingress + `{nginx.ingress.kubernetes.io/ssl-redirect: "${REDIRECT}"}}`},
		"group":           {"plain-http-exposed", ingress + `{alb.ingress.kubernetes.io/group.name: b, alb.ingress.kubernetes.io/listen-ports: '[{"HTTP": 80}]'}}`},
		"routes":          {"plain-http-exposed", gateway + `{listeners: [{name: a, protocol: HTTP}]}`},
		"hostname":        {"route-scope-too-wide", gateway + `{listeners: [{hostname: "${HOST}", allowedRoutes: {namespaces: {from: All}}}]}`},
		"variable":        {"tls-verification-disabled", pod + `{containers: [{name: a, env: [{name: A_SKIP_VERIFY, value: "${SKIP}"}]}]}`},
		"number":          {"tls-verification-disabled", pod + `{containers: [{name: a, env: [{name: NODE_TLS_REJECT_UNAUTHORIZED, value: 0}]}]}`},
		"target":          {"tls-verification-disabled", pod + `{containers: [{name: a, command: [sh, -c, "curl -k https://$HOST/"]}]}`},
		"option":          {"tls-verification-disabled", pod + `{containers: [{name: a, args: ["--kubelet-insecure-tls=${INSECURE}"]}]}`},
	} {
		if report := judgeText(t, test.id, test.text); len(report.Unknown) == 0 || len(report.Findings) > 0 {
			t.Errorf("%s: %d findings and %d unknown values in %s", name, len(report.Findings), len(report.Unknown), test.text)
		}
	}
}

// TestExposureSeverity tells apart what fixtures cannot: how serious a finding
// is.
func TestExposureSeverity(t *testing.T) {
	const (
		external = "apiVersion: v1\nkind: Service\nmetadata: {name: a}\nspec: {type: ExternalName, externalName: "
		snippet  = "apiVersion: networking.k8s.io/v1\nkind: Ingress\nmetadata: {name: a, annotations: {nginx.ingress.kubernetes.io/server-snippet: "
		service  = "apiVersion: v1\nkind: Service\nmetadata: {name: a}\nspec: {selector: {app: a}, ports: [{port: 80}], type: "
		ingress  = "\n---\napiVersion: networking.k8s.io/v1\nkind: Ingress\nmetadata: {name: a}\nspec: {defaultBackend: {service: {name: a}}}"
		pod      = "\n---\napiVersion: v1\nkind: Pod\nmetadata: {name: a, labels: {app: a}}\nspec: {containers: [{name: a, image: "
	)
	for text, want := range map[string]struct {
		id       string
		severity lint.Severity
		note     bool
	}{
		external + "db.example.com}":                              {"service-external-name", lint.Low, false},
		external + "169.254.169.254}":                             {"service-external-name", lint.Medium, false},
		snippet + `"return 200;"}}`:                               {"ingress-snippet-annotation", lint.High, false},
		snippet + `"set_by_lua_block $x {}"}}`:                    {"ingress-snippet-annotation", lint.Critical, false},
		service + "NodePort}" + pod + "prom/prometheus}]}":        {"sensitive-interface-exposed", lint.High, false},
		service + "NodePort}" + pod + "grafana/grafana}]}":        {"sensitive-interface-exposed", lint.Medium, false},
		service + "ClusterIP}" + ingress + pod + "gitea/gitea}]}": {"sensitive-interface-exposed", lint.Medium, true},
		service + "NodePort}" + pod + "elasticsearch:8.17.0}]}":   {"sensitive-interface-exposed", lint.Medium, false},
		service + "NodePort}" + pod + "elasticsearch:7.17.0}]}":   {"sensitive-interface-exposed", lint.High, false},
	} {
		report := judgeText(t, want.id, text)
		if len(report.Findings) != 1 || report.Findings[0].Severity != want.severity || report.Findings[0].Note != want.note {
			t.Errorf("%d findings, want one of severity %s in %s", len(report.Findings), want.severity, text)
		}
	}
}

// TestExposureHoldsNoSecret keeps the texts of snippets, addresses and commands
// out of what is shown.
func TestExposureHoldsNoSecret(t *testing.T) {
	const secret = "hunter2hunter2"
	for id, text := range map[string]string{
		"ingress-snippet-annotation":   "{apiVersion: networking.k8s.io/v1, kind: Ingress, metadata: {annotations: {nginx.org/server-snippets: 'set $t " + secret + ";'}}}",
		"ingress-annotation-injection": "{apiVersion: networking.k8s.io/v1, kind: Ingress, metadata: {annotations: {nginx.ingress.kubernetes.io/auth-url: 'https://u:" + secret + "@x;'}}}",
		"ingress-risky-annotation":     "{apiVersion: networking.k8s.io/v1, kind: Ingress, metadata: {annotations: {nginx.ingress.kubernetes.io/auth-url: 'https://u:" + secret + "@x'}}}",
		"tls-verification-disabled":    "{apiVersion: v1, kind: Pod, spec: {containers: [{command: [sh, -c, 'curl -k -u u:" + secret + " https://x.example.com']}]}}",
	} {
		report := judgeText(t, id, text)
		if len(report.Findings) != 1 {
			t.Fatalf("%s: %d findings, want 1", id, len(report.Findings))
		}
		if f := report.Findings[0]; strings.Contains(f.Message+f.Value+f.Field, secret) {
			t.Errorf("%s shows the secret: %q, %q", id, f.Message, f.Value)
		}
	}
}
