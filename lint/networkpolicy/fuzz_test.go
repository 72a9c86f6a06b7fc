package networkpolicy_test

import (
	"fmt"
	"testing"

	"github.com/seaworthy-lint/seaworthy/lint/manifest"
	"github.com/seaworthy-lint/seaworthy/lint/networkpolicy"
)

// FuzzPolicies reads any policy and asks of it: nothing may panic.
func FuzzPolicies(f *testing.F) {
	f.Add("networking.k8s.io/v1", "NetworkPolicy", `{podSelector: {}, ingress: [{from: [{ipBlock: {cidr: 0.0.0.0/0}}]}]}`)
	f.Add("cilium.io/v2", "CiliumNetworkPolicy", `{endpointSelector: {}, egress: [{toEntities: [world], toPorts: [{ports: [{port: "80"}]}]}]}`)
	f.Add("projectcalico.org/v3", "GlobalNetworkPolicy", `{selector: "has(a)", order: 1, types: [Ingress], ingress: [{action: Allow}]}`)
	f.Add("policy.networking.k8s.io/v1alpha1", "AdminNetworkPolicy", `{priority: 1, subject: {namespaces: {}}, ingress: [{action: Deny, from: [{namespaces: {}}]}]}`)
	f.Fuzz(func(_ *testing.T, apiVersion, kind, spec string) {
		file, err := manifest.NewFile("x.yaml", []byte(world+fmt.Sprintf("apiVersion: %q\nkind: %q\nmetadata: {name: p, namespace: shop}\nspec: %s\n", apiVersion, kind, spec)))
		if err != nil {
			return
		}
		set := &manifest.Set{}
		for _, span := range manifest.Documents(file) {
			if tree, err := manifest.Parse(span); err == nil {
				if o, _ := manifest.NewObject(tree.Root, nil); o != nil {
					set.Documents = append(set.Documents, &manifest.Document{File: file, Object: o})
				}
			}
		}
		set.Index()
		model := networkpolicy.Of(set)
		for _, o := range set.Objects() {
			for _, pod := range o.Pods() {
				model.Verdict(pod, networkpolicy.Egress)
				model.Allows(networkpolicy.PodEnd(pod), networkpolicy.MetadataEnd(), networkpolicy.Port{Number: networkpolicy.MetadataPort})
				model.Allows(networkpolicy.Outside(), networkpolicy.PodEnd(pod), networkpolicy.Port{})
			}
		}
	})
}
