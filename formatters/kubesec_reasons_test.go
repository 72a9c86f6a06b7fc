package formatters

import (
	"slices"
	"strings"
	"testing"

	"github.com/seaworthy-lint/seaworthy/lint"
	"github.com/seaworthy-lint/seaworthy/lint/linttest"
	"github.com/seaworthy-lint/seaworthy/lint/manifest"
)

// parityDifference is a rule on which kubesec and we disagree: the lists it
// stands in, "" where it stands in none.
type parityDifference struct {
	t         *testing.T
	c         *parityCase
	id        string
	want, got string
}

// parityReasons are what is known of kubesec, each with a test that it is what
// makes this rule differ in this document.
var parityReasons = map[string]func(parityDifference) bool{
	"kind-not-read":       kindNotRead,
	"any-container":       anyContainer,
	"limit-is-no-request": limitIsNoRequest,
	"no-containers":       noContainers,
}

// kindNotRead: kubesec looks at four kinds of workloads; at Job, CronJob and
// ReplicaSet only for Secrets in the environment; at no claim outside a
// StatefulSet; and at no ServiceAccount.
func kindNotRead(d parityDifference) bool {
	kinds := []string{"Pod", "Deployment", "StatefulSet", "DaemonSet"}
	switch d.id {
	case "SecretsAsEnvironmentVariables":
		kinds = append(kinds, "Job", "CronJob", "ReplicaSet")
	case "VolumeClaimAccessModeReadWriteOnce", "VolumeClaimRequestsStorage":
		kinds = []string{"StatefulSet"}
	case "BindingsToSystemAnonymous":
		kinds = []string{"RoleBinding", "ClusterRoleBinding"}
	}
	return d.want == "" && !slices.Contains(kinds, d.c.doc.Object.Kind)
}

// anyContainer: kubesec credits hardening when a single container has it. It
// must be that some containers, each taken alone, have it and some do not.
func anyContainer(d parityDifference) bool {
	if d.want != "passed" || d.got != "advise" {
		return false
	}
	outcomes := d.eachContainerAlone()
	return slices.Contains(outcomes, lint.Passed) && slices.Contains(outcomes, lint.Failed)
}

// limitIsNoRequest: kubesec does not know that a limit is the request where no
// request is stated. It must be that the request is missing without limits.
func limitIsNoRequest(d parityDifference) bool {
	return strings.HasPrefix(d.id, "Requests") && d.want == "advise" && d.got == "passed" &&
		d.outcomeWithout(func(n *manifest.Node) bool { return n.Key == "limits" }) == lint.Failed
}

// noContainers: kubesec advises hardening to the containers of a pod that has
// none. The API server rejects it.
func noContainers(d parityDifference) bool {
	return d.want == "advise" && d.got == "" && len(d.eachContainerAlone()) == 0
}

// eachContainerAlone is what our rule says of the object with only one of its
// containers, for each of them.
func (d parityDifference) eachContainerAlone() []lint.Outcome {
	var containers []*manifest.Node
	for _, pod := range d.c.doc.Object.Pods() {
		for _, c := range pod.Containers() {
			containers = append(containers, c.Node)
		}
	}
	var outcomes []lint.Outcome
	for _, alone := range containers {
		outcomes = append(outcomes, d.outcomeWithout(func(n *manifest.Node) bool { return n != alone && slices.Contains(containers, n) }))
	}
	return outcomes
}

// outcomeWithout is what our rule says of the object without some of its nodes.
func (d parityDifference) outcomeWithout(drop func(*manifest.Node) bool) lint.Outcome {
	object, problem := manifest.NewObject(copyWithout(d.c.doc.Object.Node, nil, drop), nil)
	if problem != nil {
		d.t.Fatalf("%s: %s", d.c.key(), problem.Reason)
	}
	doc := *d.c.doc
	doc.Object = object
	i := slices.IndexFunc(kubesecRules(), func(r *lint.Rule) bool { return kubesecID(r) == d.id })
	rule := kubesecRules()[i]
	report := linttest.Check(d.t, &manifest.Set{Documents: []*manifest.Document{&doc}}, lint.Options{Rules: []*lint.Rule{rule}})
	return report.Resources[0].Score.Outcome(rule)
}

func copyWithout(n, parent *manifest.Node, drop func(*manifest.Node) bool) *manifest.Node {
	copied := *n
	copied.Parent, copied.Kids = parent, nil
	for _, kid := range n.Kids {
		if !drop(kid) {
			copied.Kids = append(copied.Kids, copyWithout(kid, &copied, drop))
		}
	}
	return &copied
}
