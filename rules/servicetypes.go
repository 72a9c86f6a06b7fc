package rules

import (
	"net/netip"
	"slices"
	"strings"

	"github.com/seaworthy-lint/seaworthy/lint"
	"github.com/seaworthy-lint/seaworthy/lint/manifest"
)

// serviceType is the type of the pass's Service, "" for other kinds and for a
// type that cannot be told.
func serviceType(p *lint.Pass) string {
	if !isService(p.Object) {
		return ""
	}
	n := p.Object.At("spec", "type")
	if n.Templated() {
		p.UnknownValue(n)
		return ""
	}
	return n.Str()
}

func serviceNodePort(p *lint.Pass) {
	keys := []string{"spec", "allocateLoadBalancerNodePorts"}
	switch serviceType(p) {
	case "NodePort":
		p.Reportf(p.Object.At("spec", "type"), "Service %q opens its ports on every node", p.Object.Name)
	case "LoadBalancer":
		switch allocate := p.Object.At(keys...); allocate.Truth() {
		case manifest.Unset:
			p.Missingf(p.Object.Node, keys, "load balancer of Service %q also opens ports on every node", p.Object.Name).AsNote()
		case manifest.True:
			p.Reportf(allocate, "load balancer of Service %q also opens ports on every node", p.Object.Name).AsNote()
		case manifest.Unknown:
			p.UnknownValue(allocate)
		}
	}
}

func serviceExternalIPs(p *lint.Pass) {
	addresses := p.Object.At("spec", "externalIPs")
	switch {
	case !isService(p.Object) || !addresses.IsSet():
	case addresses.Kind != manifest.List:
		p.UnknownValue(addresses)
	case len(addresses.Items()) > 0:
		p.Reportf(addresses, "Service %q takes the traffic for %d external addresses", p.Object.Name, len(addresses.Items())).
			Showing(strings.Join(texts(addresses), ","))
	}
}

// texts are the scalars of a list.
func texts(list *manifest.Node) []string {
	var found []string
	for _, item := range list.Items() {
		if text := strings.TrimSpace(item.Str()); text != "" {
			found = append(found, text)
		}
	}
	return found
}

func serviceExternalName(p *lint.Pass) {
	if serviceType(p) != "ExternalName" {
		return
	}
	name := p.Object.At("spec", "externalName")
	if name.Templated() {
		p.UnknownValue(name)
		return
	}
	if what := deputyTarget(p, name.Str()); what != "" {
		p.Reportf(name, "Service %q is an alias for %s", p.Object.Name, what).Severity = lint.Medium
		return
	}
	p.Reportf(p.Object.At("spec", "type"), "Service %q is an alias for host %q", p.Object.Name, name.Str())
}

// metadataHosts are the names under which clouds serve credentials to machines.
var metadataHosts = []string{
	"metadata", "metadata.google.internal", "metadata.goog", "metadata.azure.internal", "instance-data", "instance-data.ec2.internal",
}

// deputyTarget says why a host is one that the follower of an alias reaches
// and its author should not; "" for other hosts.
func deputyTarget(p *lint.Pass, host string) string {
	host = strings.ToLower(strings.TrimSuffix(host, "."))
	switch {
	case isLoopback(host):
		return "the machine that follows it (" + host + ")"
	case isAddress(host):
		return "an IP address (" + host + ")"
	case slices.Contains(metadataHosts, host):
		return "the metadata service of a cloud (" + host + ")"
	}
	namespace, ok := serviceNamespace(host)
	if ok && namespace != p.Object.Namespace && p.Object.Namespace != "" && servedByIngress(p) {
		return "a Service of namespace " + namespace + ", and an Ingress leads to it"
	}
	return ""
}

// isAddress tells whether resolvers take the host for an IP address: they read
// shortened, hexadecimal and plain numbers too.
func isAddress(host string) bool {
	if _, err := netip.ParseAddr(strings.Trim(host, "[]")); err == nil {
		return true
	}
	for _, label := range strings.Split(host, ".") {
		digits, allowed := label, "0123456789"
		if hex, ok := strings.CutPrefix(label, "0x"); ok {
			digits, allowed = hex, "0123456789abcdef"
		}
		if digits == "" || strings.Trim(digits, allowed) != "" {
			return false
		}
	}
	return host != ""
}

// serviceNamespace is the namespace in a name such as web.shop.svc or
// web.shop.svc.cluster.local.
func serviceNamespace(host string) (namespace string, ok bool) {
	labels := strings.Split(host, ".")
	at := slices.Index(labels, "svc")
	if at < 2 {
		return "", false
	}
	return labels[at-1], true
}

// servedByIngress tells whether an Ingress in view has the pass's Service as a
// backend.
func servedByIngress(p *lint.Pass) bool {
	for _, group := range ingressGroups {
		for _, o := range p.Set.OfKind(group, "Ingress") {
			if p.Scope().SameNamespace(o.Namespace, p.Object.Namespace) != manifest.True {
				continue
			}
			for _, b := range backends(o) {
				if b.name == p.Object.Name {
					return true
				}
			}
		}
	}
	return false
}
