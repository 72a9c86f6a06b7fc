package networkpolicy_test

import (
	"fmt"
	"strings"
)

func (s *plainSelector) String() string {
	var labels, expressions []string
	for _, key := range []string{"app", "tier", "team"} {
		if value, ok := s.labels[key]; ok {
			labels = append(labels, key+": "+value)
		}
	}
	for _, e := range s.expressions {
		expressions = append(expressions, fmt.Sprintf("{key: %s, operator: %s, values: [%s]}", e.key, e.operator, strings.Join(e.values, ", ")))
	}
	return fmt.Sprintf("{matchLabels: {%s}, matchExpressions: [%s]}", strings.Join(labels, ", "), strings.Join(expressions, ", "))
}

// yaml writes the cluster as manifests.
func (c plainCluster) yaml() string {
	var b strings.Builder
	text := func(labels map[string]string) string {
		var parts []string
		for _, key := range []string{"app", "tier", "team"} {
			if value, ok := labels[key]; ok {
				parts = append(parts, key+": "+value)
			}
		}
		return "{" + strings.Join(parts, ", ") + "}"
	}
	for _, name := range []string{"one", "two"} {
		fmt.Fprintf(&b, "---\n{apiVersion: v1, kind: Namespace, metadata: {name: %s, labels: %s}}\n", name, text(c.namespaces[name]))
	}
	for _, pod := range c.pods {
		var ports []string
		for name, number := range pod.ports {
			ports = append(ports, fmt.Sprintf("{name: %s, containerPort: %d}", name, number))
		}
		fmt.Fprintf(&b, "---\n{apiVersion: v1, kind: Pod, metadata: {name: %s, namespace: %s, labels: %s}, spec: {hostNetwork: %v, containers: [{name: c, ports: [%s]}]}}\n",
			pod.name, pod.namespace, text(pod.labels), pod.host, strings.Join(ports, ", "))
	}
	for i, policy := range c.policies {
		fmt.Fprintf(&b, "---\napiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\nmetadata: {name: n%d, namespace: %s}\nspec:\n  podSelector: %s\n", i, policy.namespace, policy.pods.String())
		if len(policy.types) > 0 {
			fmt.Fprintf(&b, "  policyTypes: [%s]\n", strings.Join(policy.types, ", "))
		}
		for d, key := range []string{"ingress", "egress"} {
			if policy.rules[d] != nil {
				fmt.Fprintf(&b, "  %s:\n", key)
			}
			for _, rule := range policy.rules[d] {
				fmt.Fprintf(&b, "  - %s\n", rule.yaml([]string{"from", "to"}[d]))
			}
		}
	}
	return b.String()
}

func (r plainRule) yaml(key string) string {
	var peers, ports []string
	for _, p := range r.peers {
		var fields []string
		if p.namespaces != nil {
			fields = append(fields, "namespaceSelector: "+p.namespaces.String())
		}
		if p.pods != nil {
			fields = append(fields, "podSelector: "+p.pods.String())
		}
		if p.cidr != "" {
			block := "cidr: " + p.cidr
			if p.except != "" {
				block += ", except: [" + p.except + "]"
			}
			fields = append(fields, "ipBlock: {"+block+"}")
		}
		peers = append(peers, "{"+strings.Join(fields, ", ")+"}")
	}
	for _, p := range r.ports {
		port := fmt.Sprintf("port: %d", p.port)
		if p.name != "" {
			port = "port: " + p.name
		} else if p.last > 0 {
			port += fmt.Sprintf(", endPort: %d", p.last)
		}
		ports = append(ports, "{"+port+", protocol: "+p.protocol+"}")
	}
	var fields []string
	if len(peers) > 0 {
		fields = append(fields, key+": ["+strings.Join(peers, ", ")+"]")
	}
	if len(ports) > 0 {
		fields = append(fields, "ports: ["+strings.Join(ports, ", ")+"]")
	}
	return "{" + strings.Join(fields, ", ") + "}"
}
