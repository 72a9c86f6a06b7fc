package networkpolicy_test

import (
	"fmt"
	"net/netip"
	"strings"
	"testing"

	"github.com/seaworthy-lint/seaworthy/lint/linttest"
	"github.com/seaworthy-lint/seaworthy/lint/manifest"
	"github.com/seaworthy-lint/seaworthy/lint/networkpolicy"
	"github.com/seaworthy-lint/seaworthy/lint/scope"
)

// world is a cluster in small: two namespaces in view with a web and a db pod
// each, and a pod on the network of its node.
const world = `{apiVersion: v1, kind: Namespace, metadata: {name: shop, labels: {team: shop}}}
---
{apiVersion: v1, kind: Namespace, metadata: {name: other, labels: {team: other}}}
---
{apiVersion: v1, kind: Pod, metadata: {name: web, namespace: shop, labels: {app: web, tier: front}}, spec: {containers: [{name: c, ports: [{name: http, containerPort: 8080}]}]}}
---
{apiVersion: v1, kind: Pod, metadata: {name: db, namespace: shop, labels: {app: db}}, spec: {serviceAccountName: db, containers: [{name: c, ports: [{name: sql, containerPort: 5432}]}]}}
---
{apiVersion: v1, kind: Pod, metadata: {name: web, namespace: other, labels: {app: web}}, spec: {containers: [{name: c}]}}
---
{apiVersion: v1, kind: Pod, metadata: {name: db, namespace: other, labels: {app: db}}, spec: {containers: [{name: c}]}}
---
{apiVersion: v1, kind: Pod, metadata: {name: agent, namespace: shop, labels: {app: agent}}, spec: {hostNetwork: true, containers: [{name: c}]}}
---
`

// view is a world with policies.
type view struct {
	t     testing.TB
	scope *scope.Scope
	model *networkpolicy.Model
	pods  map[string]*manifest.Pod
}

func newView(t testing.TB, text string) view {
	t.Helper()
	set := linttest.Load(t, "x.yaml", []byte(text))
	set.Index()
	v := view{t: t, scope: scope.Of(set), model: networkpolicy.Of(set), pods: map[string]*manifest.Pod{}}
	for _, pod := range scope.Of(set).Pods() {
		v.pods[pod.Object.Namespace+"/"+pod.Object.Name] = pod
	}
	return v
}

// end is what a word of a test means: a pod, an address, or a name.
func (v view) end(word string) networkpolicy.End {
	switch word {
	case "outside":
		return networkpolicy.Outside()
	case "somepod":
		return networkpolicy.SomePod()
	case "metadata":
		return networkpolicy.MetadataEnd()
	}
	if address, err := netip.ParseAddr(word); err == nil {
		return networkpolicy.AddressEnd(address)
	}
	pod := v.pods[word]
	if pod == nil {
		v.t.Fatalf("no pod %s", word)
	}
	return networkpolicy.PodEnd(pod)
}

var truths = map[manifest.Truth]string{manifest.True: "yes", manifest.False: "no", manifest.Unknown: "unknown"}

// check reads lines of questions and answers: "shop/web -> shop/db:5432 yes" of
// a connection, "shop/db ingress open" of a direction.
func (v view) check(questions string) {
	v.t.Helper()
	for _, line := range strings.Split(strings.TrimSpace(questions), "\n") {
		words := strings.Fields(line)
		if len(words) == 4 {
			to, port, _ := strings.Cut(words[2], ":")
			if strings.Count(words[2], ":") > 1 {
				to, port = words[2], ""
			}
			got := truths[v.model.Allows(v.end(words[0]), v.end(to), portOf(v.t, port))]
			if got != words[3] {
				v.t.Errorf("%s: %s", strings.Join(words, " "), got)
			}
			continue
		}
		d := networkpolicy.Ingress
		if words[1] == "egress" {
			d = networkpolicy.Egress
		}
		if got := v.model.Verdict(v.pods[words[0]], d).State.String(); got != strings.Join(words[2:], " ") && strings.ReplaceAll(got, " ", "-") != words[2] {
			v.t.Errorf("%s: %s", strings.Join(words, " "), got)
		}
	}
}

func portOf(t testing.TB, text string) networkpolicy.Port {
	t.Helper()
	number, protocol, _ := strings.Cut(text, "/")
	port := networkpolicy.Port{Protocol: protocol}
	for _, digit := range number {
		port.Number = port.Number*10 + int64(digit-'0')
	}
	return port
}

func policy(spec string) string {
	return "apiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\nmetadata: {name: p, namespace: shop}\nspec: " + spec + "\n---\n"
}

// TestKubernetes holds NetworkPolicy against the cases of the documentation
// (kubernetes.io/docs/concepts/services-networking/network-policies).
func TestKubernetes(t *testing.T) {
	for name, test := range map[string]struct{ policies, questions string }{
		"none": {"", `
			shop/web ingress open
			shop/web egress open
			other/web -> shop/db:5432 yes
			outside -> shop/db:5432 yes
			shop/db -> metadata:80 yes`},
		"default deny ingress": {policy(`{podSelector: {}, policyTypes: [Ingress]}`), `
			shop/web ingress denied-by-default
			shop/web egress open
			other/web ingress open
			shop/web -> shop/db:5432 no
			shop/web -> other/db:5432 yes
			outside -> shop/web no
			somepod -> shop/web no`},
		"allow all ingress": {policy(`{podSelector: {}, ingress: [{}], policyTypes: [Ingress]}`) + policy(`{podSelector: {}, policyTypes: [Ingress]}`), `
			shop/web ingress open
			outside -> shop/web:80 yes
			somepod -> shop/web:80 yes`},
		"default deny egress": {policy(`{podSelector: {}, policyTypes: [Egress]}`), `
			shop/web ingress open
			shop/web egress denied-by-default
			shop/web -> shop/db:5432 no
			other/web -> shop/db:5432 yes
			shop/web -> metadata:80 no`},
		"allow all egress": {policy(`{podSelector: {}, egress: [{}], policyTypes: [Egress]}`), `
			shop/web egress open
			shop/web -> metadata:80 yes`},
		"default deny all": {policy(`{podSelector: {}, policyTypes: [Ingress, Egress]}`), `
			shop/web ingress denied-by-default
			shop/web egress denied-by-default
			shop/web -> outside no
			other/web -> shop/web no`},
		"types left out": {policy(`{podSelector: {}}`), `
			shop/web ingress denied-by-default
			shop/web egress open`},
		"types left out beside egress rules": {policy(`{podSelector: {}, egress: [{to: [{podSelector: {}}]}]}`), `
			shop/web ingress denied-by-default
			shop/web egress restricted`},
		"rules for a type that is left out": {policy(`{podSelector: {}, policyTypes: [Ingress], ingress: [{}], egress: [{to: [{podSelector: {}}]}]}`), `
			shop/web ingress open
			shop/web egress open`},
		"empty and absent from": {policy(`{podSelector: {matchLabels: {app: db}}, ingress: [{from: [], ports: [{port: 5432}]}]}`), `
			shop/db ingress restricted
			shop/web ingress open
			outside -> shop/db:5432 yes
			outside -> shop/db:80 no
			outside -> shop/db unknown`},
		"no rules": {policy(`{podSelector: {matchLabels: {app: db}}, ingress: []}`), `
			shop/db ingress denied-by-default`},
		"example of the page": {policy(`
  podSelector: {matchLabels: {app: db}}
  policyTypes: [Ingress, Egress]
  ingress:
  - from:
    - ipBlock: {cidr: 172.17.0.0/16, except: [172.17.1.0/24]}
    - namespaceSelector: {matchLabels: {team: other}}
    - podSelector: {matchLabels: {app: web}}
    ports: [{protocol: TCP, port: 5432}]
  egress:
  - to: [{ipBlock: {cidr: 10.0.0.0/24}}]
    ports: [{protocol: TCP, port: 5978}]`), `
			shop/db ingress restricted
			shop/web -> shop/db:5432 yes
			shop/web -> shop/db:5433 no
			shop/web -> shop/db:5432/UDP no
			other/web -> shop/db:5432 yes
			other/db -> shop/db:5432 yes
			172.17.0.1 -> shop/db:5432 yes
			172.17.1.1 -> shop/db:5432 no
			10.0.0.1 -> shop/db:5432 no
			outside -> shop/db:5432 no
			shop/db -> 10.0.0.9:5978 yes
			shop/db -> 10.0.0.9:80 no
			shop/db -> metadata:80 no
			shop/db -> shop/web unknown`},
		"and": {policy(`{podSelector: {}, ingress: [{from: [{namespaceSelector: {matchLabels: {team: other}}, podSelector: {matchLabels: {app: web}}}]}]}`), `
			other/web -> shop/db:80 yes
			other/db -> shop/db:80 no
			shop/web -> shop/db:80 no`},
		"or": {policy(`{podSelector: {}, ingress: [{from: [{namespaceSelector: {matchLabels: {team: other}}}, {podSelector: {matchLabels: {app: web}}}]}]}`), `
			other/db -> shop/db:80 yes
			shop/web -> shop/db:80 yes
			shop/db -> shop/web:80 no`},
		"expressions": {policy(`{podSelector: {matchExpressions: [{key: tier, operator: DoesNotExist}, {key: app, operator: NotIn, values: [agent]}]}}`), `
			shop/web ingress open
			shop/db ingress denied-by-default`},
		"namespace by name": {policy(`{podSelector: {}, ingress: [{from: [{namespaceSelector: {matchExpressions: [{key: kubernetes.io/metadata.name, operator: In, values: [other]}]}}]}]}`), `
			other/web -> shop/db:80 yes
			shop/web -> shop/db:80 no`},
		"every namespace": {policy(`{podSelector: {}, ingress: [{from: [{namespaceSelector: {}}]}]}`), `
			shop/db ingress restricted
			other/web -> shop/db:80 yes
			somepod -> shop/db:80 yes
			outside -> shop/db:80 no`},
		"end port": {policy(`{podSelector: {matchLabels: {app: db}}, ingress: [{ports: [{port: 5000, endPort: 6000}]}]}`), `
			outside -> shop/db:5432 yes
			outside -> shop/db:6001 no`},
		"all ports by a range": {policy(`{podSelector: {matchLabels: {app: db}}, ingress: [{ports: [{port: 1, endPort: 65535}]}]}`), `
			shop/db ingress open`},
		"named port": {policy(`{podSelector: {matchLabels: {app: db}}, ingress: [{ports: [{port: sql}]}]}`), `
			outside -> shop/db:5432 yes
			outside -> shop/db:8080 no`},
		"named port of the peer": {policy(`{podSelector: {matchLabels: {app: db}}, policyTypes: [Egress], egress: [{ports: [{port: http}]}]}`), `
			shop/db -> shop/web:8080 yes
			shop/db -> shop/web:5432 no
			shop/db -> 10.0.0.1:8080 no`},
		"every address but the metadata service": {policy(`{podSelector: {}, policyTypes: [Egress], egress: [{to: [{ipBlock: {cidr: 0.0.0.0/0, except: [169.254.169.254/32]}}]}]}`), `
			shop/web egress restricted
			shop/web -> metadata:80 no
			shop/web -> 1.1.1.1:80 yes
			shop/web -> outside:80 yes
			shop/web -> fd00:ec2::254 no`},
		"host network": {policy(`{podSelector: {}}`), `
			shop/agent ingress open
			outside -> shop/agent:80 yes`},
		"host network as a peer": {policy(`{podSelector: {matchLabels: {app: db}}, ingress: [{from: [{podSelector: {matchLabels: {app: agent}}}]}]}`), `
			shop/agent -> shop/db:80 unknown
			shop/web -> shop/db:80 no`},
		"template": {policy(`{podSelector: {matchLabels: {app: "${APP}"}}}`), `
			shop/db ingress unknown
			shop/web -> shop/db:80 unknown`},
		"templated rules": {policy(`{podSelector: {}, ingress: "${RULES}"}`), `
			shop/db ingress unknown
			shop/web -> shop/db:80 unknown`},
		"templated types": {policy(`{podSelector: {}, policyTypes: ["${TYPE}"]}`), `
			shop/db ingress unknown
			shop/web -> shop/db:80 unknown`},
		"no namespace": {strings.Replace(policy(`{podSelector: {}}`), ", namespace: shop", "", 1), `
			shop/db ingress unknown
			shop/web -> shop/db:80 unknown`},
		"old group": {strings.Replace(policy(`{podSelector: {}}`), "networking.k8s.io/v1", "extensions/v1beta1", 1), `
			shop/db ingress denied-by-default`},
	} {
		t.Run(name, func(t *testing.T) { newView(t, world+test.policies).check(test.questions) })
	}
}

// TestVerdict says who says so, and what no policy reaches.
func TestVerdict(t *testing.T) {
	v := newView(t, world+policy(`{podSelector: {matchLabels: {app: db}}}`))
	if verdict := v.model.Verdict(v.pods["shop/db"], networkpolicy.Ingress); verdict.Isolated != manifest.True || len(verdict.Policies) != 1 || verdict.OutOfReach {
		t.Errorf("the selected pod: %+v", verdict)
	}
	if verdict := v.model.Verdict(v.pods["shop/web"], networkpolicy.Ingress); verdict.Isolated != manifest.False || len(verdict.Policies) != 0 {
		t.Errorf("another pod: %+v", verdict)
	}
	if verdict := v.model.Verdict(v.pods["shop/agent"], networkpolicy.Ingress); !verdict.OutOfReach || verdict.Isolated != manifest.False {
		t.Errorf("a pod on the network of its node: %+v", verdict)
	}
	if got := v.model.DefaultDeny("shop", networkpolicy.Ingress); got != manifest.False {
		t.Errorf("default deny by a policy for some pods: %s", truths[got])
	}
	v = newView(t, world+policy(`{podSelector: {}}`))
	for namespace, want := range map[string]manifest.Truth{"shop": manifest.True, "other": manifest.False, "": manifest.Unknown} {
		if got := v.model.DefaultDeny(namespace, networkpolicy.Ingress); got != want {
			t.Errorf("default deny in %q: %s, want %s", namespace, truths[got], truths[want])
		}
	}
	if len(v.model.InNamespace("shop")) != 1 || len(v.model.InNamespace("other")) != 0 {
		t.Error("policies are not in their namespaces")
	}
}

// TestLinear doubles the input and compares the comparisons: twice the
// namespaces, twice the workloads with a policy each in one namespace, and twice
// the policies that are for all pods.
func TestLinear(t *testing.T) {
	work := func(namespaces, workloads, forAll int) int64 {
		var text strings.Builder
		for n := range namespaces {
			for w := range workloads {
				fmt.Fprintf(&text, "---\n{apiVersion: v1, kind: Pod, metadata: {namespace: n%d, name: p%d, labels: {app: p%d, team: t}}}\n", n, w, w)
				fmt.Fprintf(&text, "---\n{apiVersion: networking.k8s.io/v1, kind: NetworkPolicy, metadata: {namespace: n%d, name: p%d}, spec: {podSelector: {matchLabels: {team: t, app: p%d}}}}\n", n, w, w)
			}
			for p := range forAll {
				fmt.Fprintf(&text, "---\n{apiVersion: networking.k8s.io/v1, kind: NetworkPolicy, metadata: {namespace: n%d, name: a%d}, spec: {podSelector: {}}}\n", n, p)
			}
		}
		v := newView(t, text.String())
		for _, pod := range v.pods {
			if verdict := v.model.Verdict(pod, networkpolicy.Ingress); verdict.State != networkpolicy.DeniedByDefault {
				t.Fatalf("%s is %s", pod.Object.Name, verdict.State)
			}
		}
		return v.scope.Comparisons()
	}
	base := work(10, 20, 10)
	if base == 0 {
		t.Fatal("nothing was compared")
	}
	for name, doubled := range map[string]int64{"namespaces": work(20, 20, 10), "workloads": work(10, 40, 10), "policies for all": work(10, 20, 20)} {
		if ratio := float64(doubled) / float64(base); ratio > 2.1 {
			t.Errorf("twice the %s take %.1f times the comparisons (%d, %d)", name, ratio, base, doubled)
		}
	}
}
