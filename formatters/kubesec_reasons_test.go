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

// parityReasons are what kubesec is known not to see, each with a test that it
// is what makes the rule differ in the document.
var parityReasons = map[string]func(parityDifference) bool{
	"kind-not-read":        kindNotRead,
	"any-container":        anyContainer,
	"no-containers":        noContainers,
	"default-account":      defaultAccount,
	"other-runtime-socket": otherRuntimeSocket,

	// A limit is the request where no request is stated.
	"limit-is-request": needlessAdvice([]string{"RequestsCPU", "RequestsMemory"}, "limits"),
	// The kubelet does not run as root what names another user.
	"user-is-not-root": needlessAdvice([]string{"RunAsNonRoot"}, "runAsUser"),
	// In a user namespace, no user of the container is one of the node.
	"user-namespace": needlessAdvice([]string{"RunAsNonRoot", "RunAsUser", "RunAsGroup"}, "hostUsers"),
	// A pod that shares the node's namespaces can have no user namespace.
	"host-namespaces": needlessAdvice([]string{"HostUsers"}, "hostNetwork", "hostPID", "hostIPC"),
	// The older name of the field is read too.
	"older-account-field": needlessAdvice([]string{"ServiceAccountName"}, "serviceAccount"),
	// Without its token, the default account gives a pod nothing.
	"no-token": needlessAdvice([]string{"ServiceAccountName"}, "automountServiceAccountToken"),
	// No token is mounted where a container mounts something else.
	"token-path-taken": needlessAdvice([]string{"AutomountServiceAccountToken"}, "volumeMounts"),
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
	var outcomes []lint.Outcome
	containers := d.containers()
	for _, alone := range containers {
		outcomes = append(outcomes, d.outcomeWithout(func(n *manifest.Node) bool { return n != alone && slices.Contains(containers, n) }))
	}
	return slices.Contains(outcomes, lint.Passed) && slices.Contains(outcomes, lint.Failed)
}

// noContainers: kubesec judges a pod that has no containers, which the API
// server rejects.
func noContainers(d parityDifference) bool {
	return d.want != "" && d.got == "" && len(d.containers()) == 0
}

// defaultAccount: kubesec credits naming a service account also when it is the
// one that holds anyway.
func defaultAccount(d parityDifference) bool {
	names := map[string]bool{}
	for _, pod := range d.c.doc.Object.Pods() {
		names[pod.At("serviceAccountName").Str()] = true
	}
	return d.id == "ServiceAccountName" && d.want == "passed" && d.got == "advise" && len(names) == 1 && names["default"]
}

// otherRuntimeSocket: of the sockets of container runtimes, kubesec knows the
// one of Docker.
func otherRuntimeSocket(d parityDifference) bool {
	var mounted []string
	for _, pod := range d.c.doc.Object.Pods() {
		for _, volume := range pod.Volumes() {
			mounted = append(mounted, volume.At("hostPath", "path").Str())
		}
	}
	return d.id == "DockerSock" && d.want == "" && d.got == "critical" && !strings.Contains(strings.Join(mounted, " "), "/var/run/docker.sock")
}

// needlessAdvice is the reason of rules that kubesec advises and we do not,
// because of fields that it does not read: without them, we would advise too.
func needlessAdvice(ids []string, fields ...string) func(parityDifference) bool {
	return func(d parityDifference) bool {
		return slices.Contains(ids, d.id) && d.want == "advise" &&
			d.outcomeWithout(func(n *manifest.Node) bool { return slices.Contains(fields, n.Key) }) == lint.Failed
	}
}

func (d parityDifference) containers() []*manifest.Node {
	var containers []*manifest.Node
	for _, pod := range d.c.doc.Object.Pods() {
		for _, c := range pod.Containers() {
			containers = append(containers, c.Node)
		}
	}
	return containers
}

// outcomeWithout is what our rule says of the object without some of its nodes.
func (d parityDifference) outcomeWithout(drop func(*manifest.Node) bool) lint.Outcome {
	object, problem := manifest.NewObject(copyWithout(d.c.doc.Object.Node, nil, drop), nil)
	if problem != nil {
		d.t.Fatalf("%s: %s", d.c.key(), problem.Reason)
	}
	doc := *d.c.doc
	doc.Object = object
	ours := slices.DeleteFunc(kubesecRules(), func(r *lint.Rule) bool { return kubesecID(r) != d.id })
	report := linttest.Check(d.t, &manifest.Set{Documents: []*manifest.Document{&doc}}, lint.Options{Rules: ours})
	return report.Resources[0].Score.Outcome(ours[0])
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
