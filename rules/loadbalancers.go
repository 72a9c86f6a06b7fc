package rules

import (
	"net/netip"
	"strings"

	"github.com/seaworthy-lint/seaworthy/lint"
	"github.com/seaworthy-lint/seaworthy/lint/manifest"
)

// addressPoolKinds hold the addresses that load balancers get without a cloud.
var addressPoolKinds = []string{"IPAddressPool", "CiliumLoadBalancerIPPool", "ConfigMap"}

var loadBalancers = lint.Kinds{Names: []string{"Service"}, Context: addressPoolKinds}

// internalAnnotations are those by which providers are asked for a load
// balancer without a public address, and the value that asks. The names are
// those of each provider's documentation.
var internalAnnotations = map[string]string{
	"networking.gke.io/load-balancer-type":                               "Internal",
	"cloud.google.com/load-balancer-type":                                "Internal",
	"service.beta.kubernetes.io/aws-load-balancer-internal":              "true",
	"service.beta.kubernetes.io/aws-load-balancer-scheme":                "internal",
	"alb.ingress.kubernetes.io/scheme":                                   "internal",
	"service.beta.kubernetes.io/azure-load-balancer-internal":            "true",
	"service.kubernetes.io/ibm-load-balancer-cloud-provider-ip-type":     "private",
	"service.beta.kubernetes.io/oci-load-balancer-internal":              "true",
	"oci-network-load-balancer.oraclecloud.com/internal":                 "true",
	"service.beta.kubernetes.io/openstack-internal-load-balancer":        "true",
	"service.beta.kubernetes.io/alibaba-cloud-loadbalancer-address-type": "intranet",
	"service.beta.kubernetes.io/alicloud-loadbalancer-address-type":      "intranet",
	"service.beta.kubernetes.io/ncloud-load-balancer-internal":           "true",
	"service.beta.kubernetes.io/cce-load-balancer-internal-vpc":          "true",
	"service.beta.kubernetes.io/scw-loadbalancer-private":                "true",
	"service.beta.kubernetes.io/do-loadbalancer-network":                 "INTERNAL",
	"load-balancer.hetzner.cloud/disable-public-network":                 "true",
}

// addressAnnotations ask for addresses by name.
var addressAnnotations = []string{
	"metallb.io/loadBalancerIPs", "metallb.universe.tf/loadBalancerIPs", "kube-vip.io/loadbalancerIPs", "lbipam.cilium.io/ips", "io.cilium/lb-ipam-ips",
}

// rangeAnnotations limit who may connect; the first is the API's own from the
// time before loadBalancerSourceRanges, and counts where that is not set.
var rangeAnnotations = []string{"service.beta.kubernetes.io/load-balancer-source-ranges", "service.beta.kubernetes.io/azure-allowed-ip-ranges"}

func serviceLoadBalancerPublic(p *lint.Pass) {
	if serviceType(p) != "LoadBalancer" {
		return
	}
	public, at := publicLoadBalancer(p.Set, p.Object)
	switch {
	case public == manifest.Unknown:
		p.Unknown(at, "whether the load balancer is internal cannot be told")
	case public == manifest.True && at.Key == "type":
		p.Reportf(at, "Service %q asks for a load balancer that takes traffic from every address", p.Object.Name)
	case public == manifest.True:
		p.Reportf(at, "source ranges of Service %q hold every address", p.Object.Name)
	}
}

// publicLoadBalancer tells whether every address may connect to the load
// balancer of a Service, and which field says so.
func publicLoadBalancer(set *manifest.Set, service *manifest.Object) (manifest.Truth, *manifest.Node) {
	at := service.At("spec", "type")
	ranges := sourceRanges(service)
	for _, n := range ranges {
		if n.Templated() {
			return manifest.Unknown, n
		}
	}
	if open := everyAddress(ranges); open != nil {
		at = open
	} else if len(ranges) > 0 {
		return manifest.False, nil
	}
	for _, n := range service.At("metadata", "annotations").Fields() {
		value, known := internalAnnotations[n.Key]
		switch {
		case known && n.Templated():
			return manifest.Unknown, n
		case known && strings.EqualFold(n.Str(), value):
			return manifest.False, nil
		}
	}
	if internalClass(service) || privateAddresses(set, service) {
		return manifest.False, nil
	}
	return manifest.True, at
}

// sourceRanges are the fields that say who may connect to a load balancer.
func sourceRanges(service *manifest.Object) []*manifest.Node {
	if ranges := service.At("spec", "loadBalancerSourceRanges").Items(); len(ranges) > 0 {
		return ranges
	}
	for _, key := range rangeAnnotations {
		if n := service.At("metadata", "annotations", key); n.Str() != "" {
			return []*manifest.Node{n}
		}
	}
	return nil
}

// everyAddress is the field whose ranges, alone or as the last of them, leave
// no address out; nil when there is none. Two halves make a whole.
func everyAddress(fields []*manifest.Node) *manifest.Node {
	halves := map[netip.Prefix]bool{}
	for _, n := range fields {
		for _, text := range splitList(n.Str()) {
			prefix, err := netip.ParsePrefix(text)
			if err != nil || prefix.Bits() > 1 {
				continue
			}
			halves[prefix.Masked()] = true
			other := "128.0.0.0/1"
			lower := "0.0.0.0/1"
			if prefix.Addr().Is6() {
				other, lower = "8000::/1", "::/1"
			}
			if prefix.Bits() == 0 || halves[netip.MustParsePrefix(other)] && halves[netip.MustParsePrefix(lower)] {
				return n
			}
		}
	}
	return nil
}

// splitList cuts a text at commas and blanks.
func splitList(text string) []string {
	return strings.FieldsFunc(text, func(r rune) bool { return strings.ContainsRune(", \t\r\n", r) })
}

// internalClass tells classes whose load balancers have private addresses
// unless they are told otherwise: the AWS Load Balancer Controller does so
// since 2.2, and Tailscale serves its own network.
func internalClass(service *manifest.Object) bool {
	annotation := func(key string) string { return service.At("metadata", "annotations", key).Str() }
	aws := annotation("service.beta.kubernetes.io/aws-load-balancer-type")
	switch class := service.At("spec", "loadBalancerClass").Str(); {
	case class == "service.k8s.aws/nlb", class == "eks.amazonaws.com/nlb", aws == "external", aws == "nlb-ip":
		return annotation("service.beta.kubernetes.io/aws-load-balancer-scheme") == "" &&
			annotation("service.beta.kubernetes.io/aws-load-balancer-internal") == ""
	case class == "tailscale":
		return annotation("tailscale.com/funnel") != "true"
	case class == "networking.gke.io/l4-regional-internal":
		return true
	}
	return false
}

// privateAddresses tells whether all addresses that the load balancer can get
// are private: those it asks for, else those of the pools in view.
func privateAddresses(set *manifest.Set, service *manifest.Object) bool {
	asked := splitList(service.At("spec", "loadBalancerIP").Str())
	for _, key := range addressAnnotations {
		asked = append(asked, splitList(service.At("metadata", "annotations", key).Str())...)
	}
	if len(asked) > 0 {
		return allPrivate(asked)
	}
	return allPrivate(pooledAddresses(set))
}

// pooledAddresses are the addresses that MetalLB, Cilium and kube-vip have to
// give.
func pooledAddresses(set *manifest.Set) []string {
	var found []string
	for _, pool := range set.OfKind("metallb.io", "IPAddressPool") {
		found = append(found, texts(pool.At("spec", "addresses"))...)
	}
	for _, pool := range set.OfKind("cilium.io", "CiliumLoadBalancerIPPool") {
		for _, key := range []string{"blocks", "cidrs"} {
			for _, block := range pool.At("spec", key).Items() {
				found = append(found, block.At("cidr").Str()+block.At("start").Str())
			}
		}
	}
	for _, config := range set.Named("", "ConfigMap", "kubevip") {
		for _, n := range config.At("data").Fields() {
			if strings.HasPrefix(n.Key, "cidr-") || strings.HasPrefix(n.Key, "range-") {
				found = append(found, splitList(n.Str())...)
			}
		}
	}
	return found
}

// allPrivate tells whether there are addresses, and none that the internet
// routes. Each is an address, a net or a range from one to another.
func allPrivate(addresses []string) bool {
	for _, text := range addresses {
		text = strings.TrimSpace(text)
		if prefix, err := netip.ParsePrefix(text); err == nil {
			if prefix.Bits() < 7 || !isPrivate(prefix.Addr()) {
				return false
			}
			continue
		}
		first, _, _ := strings.Cut(text, "-")
		address, err := netip.ParseAddr(strings.TrimSpace(first))
		if err != nil || !isPrivate(address) {
			return false
		}
	}
	return len(addresses) > 0
}

// carrierGrade is shared address space (RFC 6598), which is not routed either.
var carrierGrade = netip.PrefixFrom(netip.AddrFrom4([4]byte{100, 64}), 10)

func isPrivate(a netip.Addr) bool {
	return a.IsPrivate() || a.IsLoopback() || a.IsLinkLocalUnicast() || carrierGrade.Contains(a)
}
