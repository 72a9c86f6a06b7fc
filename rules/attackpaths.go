package rules

import (
	"github.com/seaworthy-lint/seaworthy/lint"
	"github.com/seaworthy-lint/seaworthy/lint/attackpath"
	"github.com/seaworthy-lint/seaworthy/lint/manifest"
)

// attackModel is what attack paths are made of.
var attackModel = &attackpath.Model{
	Entrances: []*attackpath.Entrance{
		byLoadBalancer, byIngress, byGateway, byOpenShiftRoute, byVirtualService, byExternalAddress, byNodePort, byHostPort, byHostNetwork,
	},
	Weaknesses: attackWeaknesses,
	Ends: []string{
		"an internal load balancer, source ranges or an internal class of Ingress or Gateway",
		"a login that is asked for in front of the workload, or a list of private addresses that may connect",
		"a network policy that lets nothing from outside in; a policy that is missing does not limit, and none holds on the network of the node",
		"a component of the cluster itself, such as a CNI agent, for the ports that it opens on its node",
		"a user other than root, or a user namespace of the pod's own, where the weakness needs root",
	},
}

// attackModelParts are the model in the words that rules are explained with.
func attackModelParts() []lint.ModelPart {
	var parts []lint.ModelPart
	for _, part := range attackModel.Parts() {
		parts = append(parts, lint.ModelPart(part))
	}
	return parts
}

// exposedWorkloadAttackPath reports each path on the workload that it goes
// through, at what is cheapest to mend there.
func exposedWorkloadAttackPath(p *lint.Pass, pod *manifest.Pod) {
	ways := waysInto(p, pod)
	if len(ways) == 0 {
		return
	}
	for _, path := range attackModel.Paths(attackpath.Scene{Set: p.Set, Minor: p.Version.Minor}, pod, ways) {
		in, mend := p.In(path.Ways[0].Container), path.Openings[0]
		if path.Known != manifest.True {
			in.Unknown(mend.At, "whether there is a path "+path.String()+" cannot be told in full")
			continue
		}
		var finding *lint.Finding
		if mend.Missing != nil {
			finding = in.Missingf(mend.At, mend.Missing, "%s", path.String())
		} else {
			finding = in.Reportf(mend.At, "%s", path.String())
		}
		finding.Severity = max(lint.Low, finding.Severity-lint.Severity(path.Lower()))
		finding.Note = path.Supposed()
		for _, step := range path.Steps() {
			finding.Relate(step.At, step.Text)
		}
	}
}
