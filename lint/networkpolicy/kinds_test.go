package networkpolicy_test

import (
	"fmt"
	"testing"
)

func cilium(kind, spec string) string {
	return "apiVersion: cilium.io/v2\nkind: " + kind + "\nmetadata: {name: p, namespace: shop}\nspec: " + spec + "\n---\n"
}

// TestCilium holds the policies of Cilium against its documentation
// (docs.cilium.io/en/stable/security/policy).
func TestCilium(t *testing.T) {
	const namespaced, wide = "CiliumNetworkPolicy", "CiliumClusterwideNetworkPolicy"
	for name, test := range map[string]struct{ policies, questions string }{
		"from endpoints": {cilium(namespaced, `{endpointSelector: {matchLabels: {app: db}}, ingress: [{fromEndpoints: [{matchLabels: {app: web}}]}]}`), `
			shop/db ingress restricted
			shop/db egress open
			shop/web -> shop/db:80 yes
			other/web -> shop/db:80 no
			outside -> shop/db:80 no`},
		"an empty rule closes": {cilium(namespaced, `{endpointSelector: {}, ingress: [{}]}`), `
			shop/db ingress denied-by-default
			other/db ingress open`},
		"an empty list does not": {cilium(namespaced, `{endpointSelector: {}, ingress: []}`), `
			shop/db ingress open`},
		"all of the namespace": {cilium(namespaced, `{endpointSelector: {}, ingress: [{fromEndpoints: [{}]}]}`), `
			shop/web -> shop/db:80 yes
			other/web -> shop/db:80 no`},
		"another namespace": {cilium(namespaced, `{endpointSelector: {}, ingress: [{fromEndpoints: [{matchLabels: {k8s:io.kubernetes.pod.namespace: other, app: web}}]}]}`), `
			other/web -> shop/db:80 yes
			other/db -> shop/db:80 no
			shop/web -> shop/db:80 no`},
		"labels of a namespace": {cilium(namespaced, `{endpointSelector: {}, ingress: [{fromEndpoints: [{matchLabels: {k8s:io.cilium.k8s.namespace.labels.team: other}}]}]}`), `
			other/web -> shop/db:80 yes
			shop/web -> shop/db:80 no`},
		"account": {cilium(namespaced, `{endpointSelector: {matchLabels: {io.cilium.k8s.policy.serviceaccount: db}}, ingress: [{}]}`), `
			shop/db ingress denied-by-default
			shop/web ingress open`},
		"denials win": {cilium(namespaced, `{endpointSelector: {}, ingress: [{fromEntities: [all]}], ingressDeny: [{fromEndpoints: [{matchLabels: {app: web}}]}]}`), `
			shop/db ingress restricted
			shop/web -> shop/db:80 no
			other/web -> shop/db:80 yes
			outside -> shop/db:80 yes`},
		"denials of one port": {cilium(namespaced, `{endpointSelector: {}, ingress: [{fromEntities: [cluster]}], ingressDeny: [{toPorts: [{ports: [{port: "22"}]}]}]}`), `
			shop/web -> shop/db:22 no
			shop/web -> shop/db:80 yes`},
		"no default deny": {cilium(namespaced, `{endpointSelector: {}, enableDefaultDeny: {egress: false}, egress: [{toEntities: [world]}]}`), `
			shop/db egress open
			shop/db -> shop/web:80 yes`},
		"denials without default deny": {cilium(namespaced, `{endpointSelector: {}, enableDefaultDeny: {egress: false}, egressDeny: [{toCIDR: [169.254.169.254/32]}]}`), `
			shop/db -> metadata:80 no
			shop/db -> 1.1.1.1:80 yes
			shop/db -> shop/web:80 yes`},
		"entities": {cilium(namespaced, `{endpointSelector: {}, egress: [{toEntities: [cluster]}, {toEntities: [kube-apiserver]}]}`), `
			shop/db egress restricted
			shop/db -> other/web:80 yes
			shop/db -> outside:80 unknown
			shop/db -> somepod:80 yes`},
		"world": {cilium(namespaced, `{endpointSelector: {}, egress: [{toEntities: [world]}]}`), `
			shop/db egress open
			shop/db -> metadata:80 yes
			shop/db -> shop/web:80 no`},
		"addresses are no pods": {cilium(namespaced, `{endpointSelector: {}, egress: [{toCIDRSet: [{cidr: 10.0.0.0/8, except: [10.96.0.0/12]}]}]}`), `
			shop/db -> 10.0.0.1:80 yes
			shop/db -> 10.96.0.1:80 no
			shop/db -> shop/web:80 no`},
		"names of hosts": {cilium(namespaced, `{endpointSelector: {}, egress: [{toFQDNs: [{matchName: example.com}]}]}`), `
			shop/db egress restricted
			shop/db -> 1.1.1.1:443 unknown
			shop/db -> shop/web:80 unknown`},
		"ports for everyone": {cilium(namespaced, `{endpointSelector: {}, ingress: [{toPorts: [{ports: [{port: "8080", protocol: TCP}]}]}]}`), `
			outside -> shop/web:8080 yes
			outside -> shop/web:80 no`},
		"several sets of rules": {"apiVersion: cilium.io/v2\nkind: CiliumNetworkPolicy\nmetadata: {name: p, namespace: shop}\nspecs:\n- {endpointSelector: {matchLabels: {app: db}}, ingress: [{}]}\n- {endpointSelector: {matchLabels: {app: web}}, egress: [{}]}\n", `
			shop/db ingress denied-by-default
			shop/db egress open
			shop/web egress denied-by-default`},
		"whole cluster": {cilium(wide, `{endpointSelector: {}, ingress: [{fromEndpoints: [{matchLabels: {app: web}}]}]}`), `
			shop/db ingress restricted
			other/db ingress restricted
			other/web -> shop/db:80 yes
			other/db -> shop/web:80 no`},
		"some namespaces of the cluster": {cilium(wide, `{endpointSelector: {matchExpressions: [{key: io.kubernetes.pod.namespace, operator: NotIn, values: [shop]}]}, ingress: [{}]}`), `
			shop/db ingress open
			other/db ingress denied-by-default`},
		"nodes": {cilium(wide, `{nodeSelector: {}, ingress: [{}]}`), `
			shop/db ingress open`},
		"beside one of Kubernetes": {policy(`{podSelector: {}}`) + cilium(namespaced, `{endpointSelector: {}, ingress: [{fromEndpoints: [{matchLabels: {app: web}}]}]}`), `
			shop/web -> shop/db:80 yes
			shop/db -> shop/web:80 no`},
	} {
		t.Run(name, func(t *testing.T) { newView(t, world+test.policies).check(test.questions) })
	}
}

func calico(kind, spec string) string {
	return "apiVersion: projectcalico.org/v3\nkind: " + kind + "\nmetadata: {name: p, namespace: shop}\nspec: " + spec + "\n---\n"
}

// TestCalico holds the policies of Calico against its documentation
// (docs.tigera.io/calico/latest/reference/resources).
func TestCalico(t *testing.T) {
	const namespaced, global = "NetworkPolicy", "GlobalNetworkPolicy"
	for name, test := range map[string]struct{ policies, questions string }{
		"default deny": {calico(global, `{selector: all(), types: [Ingress, Egress]}`), `
			shop/db ingress denied-by-default
			other/db egress denied-by-default
			shop/web -> shop/db:80 no`},
		"default deny but for the system": {calico(global, `{namespaceSelector: "has(projectcalico.org/name) && projectcalico.org/name not in {'kube-system', 'other'}", types: [Ingress, Egress], egress: [{action: Allow, protocol: UDP, destination: {ports: [53]}}]}`), `
			shop/db ingress denied-by-default
			shop/db egress restricted
			other/db ingress open
			shop/db -> somepod:53/UDP yes
			shop/db -> somepod:53 no`},
		"own namespace": {calico(namespaced, `{selector: app == 'db', ingress: [{action: Allow, source: {selector: app == 'web'}}]}`), `
			shop/db ingress restricted
			shop/db egress open
			other/db ingress open
			shop/web -> shop/db:80 yes
			other/web -> shop/db:80 no
			outside -> shop/db:80 no`},
		"other namespaces": {calico(namespaced, `{selector: all(), ingress: [{action: Allow, source: {namespaceSelector: team == 'other', selector: app == 'web'}}]}`), `
			other/web -> shop/db:80 yes
			other/db -> shop/db:80 no
			shop/web -> shop/db:80 no`},
		"types by rules": {calico(namespaced, `{selector: all(), egress: [{action: Deny, destination: {nets: [169.254.169.254/32]}}, {action: Allow}]}`), `
			shop/db ingress open
			shop/db egress restricted
			shop/db -> metadata:80 no
			shop/db -> 1.1.1.1:80 yes`},
		"the first rule decides": {calico(namespaced, `{selector: all(), ingress: [{action: Allow, source: {selector: app == 'web'}}, {action: Deny}, {action: Allow}]}`), `
			shop/web -> shop/db:80 yes
			shop/agent -> shop/db:80 no
			outside -> shop/db:80 no
			shop/db ingress restricted`},
		"the lower order decides": {calico(global, `{order: 10, selector: all(), types: [Ingress], ingress: [{action: Deny, source: {selector: app == 'web'}}]}`) +
			calico(namespaced, `{order: 20, selector: all(), types: [Ingress], ingress: [{action: Allow}]}`), `
			shop/web -> shop/db:80 no
			shop/db -> shop/web:80 yes
			outside -> shop/db:80 yes`},
		"no order comes last": {calico(global, `{selector: all(), types: [Ingress], ingress: [{action: Deny}]}`) +
			calico(namespaced, `{order: 5000, selector: all(), types: [Ingress], ingress: [{action: Allow, source: {selector: app == 'web'}}]}`), `
			shop/web -> shop/db:80 yes
			shop/db -> shop/web:80 no`},
		"one of Kubernetes among them": {calico(global, `{order: 2000, selector: all(), types: [Ingress], ingress: [{action: Deny}]}`) +
			policy(`{podSelector: {}, ingress: [{from: [{podSelector: {matchLabels: {app: web}}}]}]}`), `
			shop/web -> shop/db:80 yes
			shop/db -> shop/web:80 no`},
		"log goes on": {calico(namespaced, `{selector: all(), ingress: [{action: Log}, {action: Allow}]}`), `
			shop/db ingress open`},
		"pass leaves it to the next tier": {calico(global, `{tier: security, selector: all(), types: [Ingress], ingress: [{action: Pass, source: {selector: app == 'web'}}]}`) +
			calico(namespaced, `{tier: default, selector: all(), types: [Ingress], ingress: [{action: Allow, source: {selector: app == 'web'}}]}`), `
			shop/web -> shop/db:80 yes
			outside -> shop/db:80 no
			other/web -> other/db:80 yes`},
		"blocks with exceptions": {calico(namespaced, `{selector: all(), types: [Egress], egress: [{action: Allow, destination: {nets: [0.0.0.0/0], notNets: [169.254.0.0/16]}}]}`), `
			shop/db -> metadata:80 no
			shop/db -> 1.1.1.1:80 yes
			shop/db -> outside:80 yes`},
		"ports": {calico(namespaced, `{selector: all(), ingress: [{action: Allow, protocol: TCP, destination: {ports: [80, "8000:9000", sql]}}]}`), `
			outside -> shop/web:8080 yes
			outside -> shop/web:443 no
			outside -> shop/db:5432 yes
			outside -> shop/db:80/UDP no`},
		"what is not modelled": {calico(namespaced, `{selector: all(), ingress: [{action: Allow, source: {serviceAccounts: {names: [web]}}}]}`), `
			shop/web -> shop/db:80 unknown
			outside -> shop/db:80 unknown`},
		"the pod's own end": {calico(namespaced, `{selector: all(), ingress: [{action: Allow, destination: {selector: app == 'web'}}]}`), `
			shop/web -> shop/db:80 unknown`},
		"hosts": {calico(global, `{selector: all(), doNotTrack: true, applyOnForward: true, types: [Ingress]}`), `
			shop/db ingress open`},
		"a selector that cannot be read": {calico(namespaced, `{selector: "app = db", types: [Ingress]}`), `
			shop/db ingress unknown
			shop/web -> shop/db:80 unknown`},
		"by account": {calico(namespaced, `{selector: projectcalico.org/serviceaccount == 'db', types: [Ingress]}`), `
			shop/db ingress denied-by-default
			shop/web ingress open`},
	} {
		t.Run(name, func(t *testing.T) { newView(t, world+test.policies).check(test.questions) })
	}
}

func admin(kind string, priority int, spec string) string {
	return fmt.Sprintf("apiVersion: policy.networking.k8s.io/v1alpha1\nkind: %s\nmetadata: {name: p}\nspec:\n  priority: %d\n%s\n---\n", kind, priority, spec)
}

// TestAdmin holds the policies of administrators against the documentation of
// their API (network-policy-api.sigs.k8s.io).
func TestAdmin(t *testing.T) {
	const (
		wide     = "AdminNetworkPolicy"
		baseline = "BaselineAdminNetworkPolicy"
		every    = "  subject: {namespaces: {}}\n"
	)
	for name, test := range map[string]struct{ policies, questions string }{
		"deny before all": {admin(wide, 10, every+`  ingress: [{action: Deny, from: [{namespaces: {matchLabels: {team: other}}}]}]`) + policy(`{podSelector: {}, ingress: [{}]}`), `
			other/web -> shop/db:80 no
			shop/web -> shop/db:80 yes`},
		"allow before all": {admin(wide, 10, every+`  ingress: [{action: Allow, from: [{pods: {namespaceSelector: {matchLabels: {team: other}}, podSelector: {matchLabels: {app: web}}}}]}]`) + policy(`{podSelector: {}}`), `
			other/web -> shop/db:80 yes
			other/db -> shop/db:80 no
			shop/db ingress restricted`},
		"pass leaves it to namespaces": {admin(wide, 10, every+`  ingress: [{action: Pass, from: [{namespaces: {matchLabels: {team: other}}}]}, {action: Deny, from: [{namespaces: {}}]}]`) + policy(`{podSelector: {matchLabels: {app: db}}, ingress: [{from: [{namespaceSelector: {}}]}]}`), `
			other/web -> shop/db:80 yes
			shop/web -> shop/db:80 no`},
		"the lower priority decides": {admin(wide, 20, every+`  ingress: [{action: Deny, from: [{namespaces: {}}]}]`) + admin(wide, 5, every+`  ingress: [{action: Allow, from: [{namespaces: {}}]}]`), `
			shop/web -> shop/db:80 yes`},
		"ports": {admin(wide, 10, every+`  ingress: [{action: Deny, from: [{namespaces: {}}], ports: [{portNumber: {protocol: TCP, port: 22}}, {portRange: {protocol: TCP, start: 8000, end: 9000}}]}]`), `
			shop/web -> shop/db:22 no
			shop/web -> shop/db:8080 no
			shop/web -> shop/db:80 yes
			shop/db ingress open`},
		"named port": {admin(wide, 10, every+`  ingress: [{action: Deny, from: [{namespaces: {}}], ports: [{namedPort: sql}]}]`), `
			shop/web -> shop/db:5432 no
			shop/web -> shop/web:5432 yes`},
		"networks": {admin(wide, 10, every+`  egress: [{action: Deny, to: [{networks: [169.254.169.254/32]}]}]`), `
			shop/db -> metadata:80 no
			shop/db -> 1.1.1.1:80 yes`},
		"ingress is of pods only": {admin(wide, 10, every+`  ingress: [{action: Deny, from: [{namespaces: {}}]}]`), `
			somepod -> shop/db:80 no
			outside -> shop/db:80 yes
			shop/db ingress denied-by-default`},
		"some pods of some namespaces": {admin(wide, 10, `  subject: {pods: {namespaceSelector: {matchLabels: {team: shop}}, podSelector: {matchLabels: {app: db}}}}
  ingress: [{action: Deny, from: [{namespaces: {}}]}]`), `
			other/web -> shop/db:80 no
			other/web -> shop/web:80 yes
			shop/web -> other/db:80 yes`},
		"all pods of some namespaces": {admin(wide, 10, `  subject: {namespaces: {matchLabels: {team: shop}}}
  ingress: [{action: Deny, from: [{namespaces: {}}]}]`), `
			other/web -> shop/web:80 no
			shop/web -> other/db:80 yes`},
		"baseline": {admin(baseline, 0, every+`  ingress: [{action: Deny, from: [{namespaces: {}}]}]`) + policy(`{podSelector: {matchLabels: {app: db}}, ingress: [{from: [{podSelector: {matchLabels: {app: web}}}]}]}`), `
			shop/web -> shop/db:80 yes
			shop/web -> other/db:80 no
			shop/web ingress denied-by-default`},
		"cluster policy": {`apiVersion: policy.networking.k8s.io/v1alpha2
kind: ClusterNetworkPolicy
metadata: {name: p}
spec:
  tier: Admin
  priority: 1
  subject: {namespaces: {}}
  ingress:
  - {action: Accept, from: [{namespaces: {matchLabels: {team: shop}}}], protocols: [{tcp: {destinationPort: {number: 5432}}}, {destinationNamedPort: http}]}
  - {action: Deny, from: [{namespaces: {}}]}
`, `
			shop/web -> shop/db:5432 yes
			shop/web -> shop/web:8080 yes
			shop/web -> shop/db:80 no
			other/web -> shop/db:5432 no`},
		"cluster policy of the baseline": {`apiVersion: policy.networking.k8s.io/v1alpha2
kind: ClusterNetworkPolicy
metadata: {name: p}
spec:
  tier: Baseline
  priority: 1
  subject: {namespaces: {}}
  ingress: [{action: Deny, from: [{namespaces: {}}], protocols: [{udp: {destinationPort: {range: {start: 1, end: 100}}}}]}]
---
` + policy(`{podSelector: {matchLabels: {app: db}}, ingress: [{}]}`), `
			shop/web -> shop/db:53/UDP yes
			shop/web -> shop/web:53/UDP no
			shop/web -> shop/web:53 yes`},
	} {
		t.Run(name, func(t *testing.T) { newView(t, world+test.policies).check(test.questions) })
	}
}
