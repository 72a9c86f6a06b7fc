package rules

import (
	"github.com/seaworthy-lint/seaworthy/lint"
	"github.com/seaworthy-lint/seaworthy/lint/manifest"
)

var userRules = []lint.Rule{
	{
		ID:     "run-as-root",
		Family: "securitycontext",
		Title:  "container runs as root",
		Why: "User 0 in a container is user 0 on the node unless user namespaces are on. A flaw in the runtime or the " +
			"kernel, or a mounted host path, then gives root on the node.",
		Fix:      "set runAsNonRoot: true and runAsUser: 10001 at the level that set the bad value",
		FixKind:  lint.UnsafeFix,
		Versions: "With hostUsers: false, any user is allowed from 1.35 on.",
		Severity: lint.High,
		Points:   -5,
		Profiles: []string{"default", "strict", "pss-restricted", "cis", "nsa"},
		Aliases: []string{
			"kube-linter:run-as-non-root", "kube-score:container-security-context-user-group-id",
			"polaris:runAsRootAllowed", "trivy-checks:KSV-0105", "trivy-checks:KSV-0012", "checkov:CKV_K8S_23",
			"kubescape:C-0013", "kubescape:C-0211", "pod-security-admission:runAsUser",
			"pod-security-admission:runAsNonRoot", "kics:cf34805e-3872-4c08-bf92-6ff7bb0cfadb",
		},
		References:  []string{"CIS:5.2.7", "NSA:non-root", "NIST:4.4.3", "PSS:restricted", "ATTACK:T1611", "OWASP:K01"},
		Kinds:       workloads,
		Scope:       lint.ContainerScope,
		Hides:       []string{"run-as-non-root-missing", "low-user-id"},
		Check:       eachLinuxContainer(unlessUserNamespace(runAsRoot)),
		PodSecurity: podSecurityRoot,
	},
	{
		ID:     "run-as-non-root-missing",
		Family: "securitycontext",
		Title:  "nothing keeps the container from running as root",
		Why: "Without runAsNonRoot the image decides the user, and most images say root. With it the kubelet refuses to " +
			"start a container as user 0.",
		Fix:      "add runAsNonRoot: true to the pod securityContext (the image needs a numeric user, or runAsUser must be set)",
		FixKind:  lint.UnsafeFix,
		Versions: "With hostUsers: false, it is not asked for from 1.35 on.",
		Severity: lint.Medium,
		Points:   +1,
		Profiles: []string{"default", "strict", "pss-restricted", "cis", "nsa", "kubesec"},
		Aliases: []string{
			"kubesec:RunAsNonRoot", "kube-linter:run-as-non-root", "polaris:runAsRootAllowed", "trivy-checks:KSV-0012",
			"trivy-checks:KSV-0118", "checkov:CKV_K8S_23", "checkov:CKV_K8S_29", "checkov:CKV_ARGO_2",
			"kubescape:C-0013", "kubescape:C-0211", "pod-security-admission:runAsNonRoot",
			"kics:cf34805e-3872-4c08-bf92-6ff7bb0cfadb", "kics:a97a340a-0063-418e-b3a1-3028941d0995",
		},
		References:  []string{"CIS:5.2.7", "NSA:non-root", "NIST:4.4.3", "PSS:restricted", "OWASP:K01"},
		Kinds:       workloads,
		Scope:       lint.ContainerScope,
		Check:       eachLinuxContainer(unlessUserNamespace(nonRootMissing)),
		PodSecurity: podSecurityNonRootUnset,
	},
	{
		ID:     "low-user-id",
		Family: "securitycontext",
		Title:  "user id of the container may exist on the node",
		Why: "Ids up to 10000 are likely to belong to users of the node, whose files and processes the container could " +
			"then reach after an escape.",
		Fix:      "set securityContext.runAsUser: 10001",
		FixKind:  lint.UnsafeFix,
		Severity: lint.Low,
		Points:   +1,
		Profiles: []string{"strict", "nsa", "kubesec"},
		Aliases: []string{
			"kubesec:RunAsUser", "kube-score:container-security-context-user-group-id", "trivy-checks:KSV-0020",
			"checkov:CKV_K8S_40", "kics:02323c00-cdc3-4fdc-a310-4f2b3e7a1660",
		},
		References: []string{"NSA:non-root", "OWASP:K01"},
		Kinds:      workloads,
		Scope:      lint.ContainerScope,
		Params:     &lowUserIDParams{MinUID: 10000},
		Check:      eachLinuxContainer(lowUserID),
	},
	{
		ID:     "low-group-id",
		Family: "securitycontext",
		Title:  "group id of the container may exist on the node",
		Why: "Ids up to 10000 are likely to belong to groups of the node, and group 0 owns many files of images and " +
			"nodes. Sharing the group shares what it may read and write.",
		Fix:      "set securityContext.runAsGroup: 10001 and replace a group id 0",
		FixKind:  lint.UnsafeFix,
		Severity: lint.Low,
		Points:   +1,
		Profiles: []string{"strict", "nsa", "kubesec"},
		Aliases: []string{
			"kubesec:RunAsGroup", "kube-score:container-security-context-user-group-id", "trivy-checks:KSV-0021",
			"kubescape:C-0013", "trivy-checks:KSV-0116", "kube-linter:run-as-non-root", "kubescape:C-0211",
		},
		References: []string{"NSA:non-root", "OWASP:K01"},
		Kinds:      workloads,
		Scope:      lint.ContainerScope,
		Params:     &lowGroupIDParams{MinGID: 10000},
		Check:      eachLinuxPod(lowGroupID),
	},
	{
		ID:     "host-user-namespace",
		Family: "securitycontext",
		Title:  "pod shares the node's user ids",
		Why: "In the user namespace of the node, root in the container is root outside of it. With hostUsers: false the " +
			"same process is an unprivileged user once it escapes.",
		Fix:        "set spec.hostUsers: false (needs a runtime and a kernel with idmapped mounts)",
		FixKind:    lint.UnsafeFix,
		Versions:   "User namespaces are on by default from 1.33 on; below, nothing is asked.",
		Severity:   lint.Low,
		Points:     +1,
		Profiles:   []string{"strict", "kubesec"},
		Aliases:    []string{"kubesec:HostUsers"},
		References: []string{"NIST:3.5.2", "ATTACK:T1611"},
		Kinds:      workloads,
		Scope:      lint.PodScope,
		Check:      eachLinuxPod(hostUserNamespace),
	},
}

// lowUserIDParams are the parameters of low-user-id.
type lowUserIDParams struct {
	MinUID int64 `yaml:"min-uid" doc:"the highest user id that is too low" min:"0"`
}

// lowGroupIDParams are the parameters of low-group-id.
type lowGroupIDParams struct {
	MinGID int64 `yaml:"min-gid" doc:"the highest group id that is too low" min:"0"`
}

// unlessUserNamespace passes containers whose root is not the node's: with
// hostUsers false any user is allowed from 1.35 on, as in the Pod Security
// Standards (KEP-127).
func unlessUserNamespace(check func(*lint.Pass, *manifest.Container)) func(*lint.Pass, *manifest.Container) {
	return func(p *lint.Pass, c *manifest.Container) {
		if !inUserNamespace(p, c.Pod) {
			check(p, c)
		}
	}
}

// inUserNamespace says what a user namespace of the pod's own settles; it is
// false when there is none, and the users have to be judged.
func inUserNamespace(p *lint.Pass, pod *manifest.Pod) bool {
	hostUsers := pod.At("hostUsers")
	truth := hostUsers.Truth()
	switch {
	case !p.Version.AtLeast(35):
		return false
	case truth == manifest.False:
		p.Comply()
		return true
	case truth == manifest.Unknown:
		p.UnknownValue(hostUsers)
		return true
	}
	return false
}

func runAsRoot(p *lint.Pass, c *manifest.Container) {
	user, nonRoot := effectiveContext(c, "runAsUser"), effectiveContext(c, "runAsNonRoot")
	id, known := user.Int()
	switch {
	case user.IsSet() && !known:
		p.UnknownValue(user)
	case known && id == 0:
		p.Reportf(user, "container %q runs as user 0", c.Name())
	case known && id > 0:
	case nonRoot.Truth() == manifest.False:
		p.Reportf(nonRoot, "container %q may run as root: runAsNonRoot is false and no user is named", c.Name())
	case nonRoot.Truth() == manifest.Unknown:
		p.UnknownValue(nonRoot)
	}
}

// nonRootMissing is content with a user above 0: only the Restricted standard
// demands runAsNonRoot beside it.
func nonRootMissing(p *lint.Pass, c *manifest.Container) {
	user, nonRoot := effectiveContext(c, "runAsUser"), effectiveContext(c, "runAsNonRoot")
	id, known := user.Int()
	switch truth := nonRoot.Truth(); {
	case truth == manifest.True, known && id > 0:
		p.Comply()
	case truth == manifest.Unknown:
		p.UnknownValue(nonRoot)
	case user.IsSet() && !known:
		p.UnknownValue(user)
	case truth == manifest.False:
		p.Forfeit()
	default:
		p.Missingf(c.Node, []string{"securityContext", "runAsNonRoot"}, "container %q may run as root: runAsNonRoot is not set", c.Name())
	}
}

// lowUserID leaves user 0 to run-as-root.
func lowUserID(p *lint.Pass, c *manifest.Container) {
	params, _ := p.Rule.Params.(*lowUserIDParams)
	id, known := effectiveContext(c, "runAsUser").Int()
	if known && id == 0 && c.Pod.At("hostUsers").Truth() != manifest.False {
		p.Forfeit()
		return
	}
	lowID(p, c, "runAsUser", params.MinUID)
}

func lowGroupID(p *lint.Pass, pod *manifest.Pod) {
	params, _ := p.Rule.Params.(*lowGroupIDParams)
	for _, c := range pod.Containers() {
		lowID(p.In(c), c, "runAsGroup", params.MinGID)
	}
	rootGroup(p, podContext(pod, "fsGroup"), "fsGroup")
	for _, group := range podContext(pod, "supplementalGroups").Items() {
		rootGroup(p, group, "supplementalGroups")
	}
}

// lowID judges a user or group id, which only has a meaning on the node when
// the pod uses the node's ids.
func lowID(p *lint.Pass, c *manifest.Container, field string, highest int64) {
	hostUsers, n := c.Pod.At("hostUsers"), effectiveContext(c, field)
	id, known := n.Int()
	switch {
	case hostUsers.Truth() == manifest.False, known && id > highest:
		p.Comply()
	case hostUsers.Truth() == manifest.Unknown:
		p.UnknownValue(hostUsers)
	case !n.IsSet():
		p.Missingf(c.Node, []string{"securityContext", field}, "container %q names no %s", c.Name(), field)
	case !known:
		p.UnknownValue(n)
	default:
		p.Reportf(n, "container %q has %s %d, an id that may exist on the node", c.Name(), field, id)
	}
}

func rootGroup(p *lint.Pass, n *manifest.Node, field string) {
	switch id, known := n.Int(); {
	case n.IsSet() && !known:
		p.UnknownValue(n)
	case known && id == 0:
		p.Reportf(n, "pod puts its containers into the root group by %s", field)
	}
}

// hostUserNamespace skips what the API refuses to combine with hostUsers:
// false, and versions in which the feature is off by default.
func hostUserNamespace(p *lint.Pass, pod *manifest.Pod) {
	if !p.Version.AtLeast(33) || !pod.Spec.IsSet() {
		return
	}
	hostUsers := pod.At("hostUsers")
	for _, field := range []string{"hostNetwork", "hostPID", "hostIPC"} {
		switch n := pod.At(field); n.Truth() {
		case manifest.True:
			return
		case manifest.Unknown:
			p.UnknownValue(n)
			return
		}
	}
	switch hostUsers.Truth() {
	case manifest.False:
		p.Comply()
	case manifest.True:
		p.Reportf(hostUsers, "pod asks for the user ids of the node")
	case manifest.Unknown:
		p.UnknownValue(hostUsers)
	default:
		p.Missingf(pod.Spec, []string{"hostUsers"}, "pod runs with the user ids of the node")
	}
}
