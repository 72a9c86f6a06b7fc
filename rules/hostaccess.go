package rules

import (
	"github.com/seaworthy-lint/seaworthy/lint"
	"github.com/seaworthy-lint/seaworthy/lint/manifest"
)

var hostAccess = []lint.Rule{
	{
		ID:     "host-network",
		Family: "hostaccess",
		Title:  "pod shares the node's network",
		Why: "A pod on the node's network sees all of its traffic, reaches services that listen on its loopback and " +
			"the cloud's metadata endpoint, and no NetworkPolicy limits it.",
		Fix:      "delete spec.hostNetwork, and hostPort values that only repeat containerPort",
		FixKind:  lint.UnsafeFix,
		Severity: lint.High,
		Points:   -9,
		Profiles: []string{"default", "strict", "pss-baseline", "pss-restricted", "cis", "nsa", "kubesec"},
		Aliases: []string{
			"kubesec:HostNetwork", "kube-linter:host-network", "polaris:hostNetworkSet", "trivy-checks:KSV-0009",
			"checkov:CKV_K8S_19", "kubescape:C-0041", "pod-security-admission:hostNamespaces",
			"kics:6b6bdfb3-c3ae-44cb-88e4-7405c1ba2c8a",
		},
		References:  []string{"CIS:5.2.5", "NSA:pod-security", "NIST:4.4.2", "PSS:baseline", "ATTACK:T1611,T1040", "OWASP:K01"},
		Kinds:       workloads,
		Scope:       lint.PodScope,
		Hides:       []string{"host-port"},
		Check:       eachPod(hostNetwork),
		PodSecurity: podSecurityHostNamespace("hostNetwork"),
	},
	{
		ID:     "host-pid",
		Family: "hostaccess",
		Title:  "pod shares the node's processes",
		Why: "Processes of the pod see those of the whole node, read their environment and arguments, and with enough " +
			"rights signal or trace them.",
		Fix:      "delete spec.hostPID",
		FixKind:  lint.UnsafeFix,
		Severity: lint.High,
		Points:   -9,
		Profiles: []string{"default", "strict", "pss-baseline", "pss-restricted", "cis", "nsa", "kubesec"},
		Aliases: []string{
			"kubesec:HostPID", "kube-linter:host-pid", "polaris:hostPIDSet", "trivy-checks:KSV-0010",
			"checkov:CKV_K8S_17", "kubescape:C-0038", "kubescape:C-0275", "pod-security-admission:hostNamespaces",
			"kics:302736f4-b16c-41b8-befe-c0baffa0bd9d",
		},
		References:  []string{"CIS:5.2.3", "NSA:pod-security", "NIST:4.4.3", "PSS:baseline", "ATTACK:T1611", "OWASP:K01"},
		Kinds:       workloads,
		Scope:       lint.PodScope,
		Check:       eachLinuxPod(hostNamespace("hostPID", "the pod shares the process namespace of the node")),
		PodSecurity: podSecurityHostNamespace("hostPID"),
	},
	{
		ID:     "host-ipc",
		Family: "hostaccess",
		Title:  "pod shares the node's IPC",
		Why: "Processes of the pod can read and change the System V and POSIX shared memory of everything that runs on " +
			"the node.",
		Fix:      "delete spec.hostIPC",
		FixKind:  lint.UnsafeFix,
		Severity: lint.High,
		Points:   -9,
		Profiles: []string{"default", "strict", "pss-baseline", "pss-restricted", "cis", "nsa", "kubesec"},
		Aliases: []string{
			"kubesec:HostIPC", "kube-linter:host-ipc", "polaris:hostIPCSet", "trivy-checks:KSV-0008",
			"checkov:CKV_K8S_18", "kubescape:C-0038", "kubescape:C-0276", "pod-security-admission:hostNamespaces",
			"kics:cd290efd-6c82-4e9d-a698-be12ae31d536",
		},
		References:  []string{"CIS:5.2.4", "NSA:pod-security", "NIST:4.4.3", "PSS:baseline", "ATTACK:T1611", "OWASP:K01"},
		Kinds:       workloads,
		Scope:       lint.PodScope,
		Check:       eachLinuxPod(hostNamespace("hostIPC", "the pod shares the IPC namespace of the node")),
		PodSecurity: podSecurityHostNamespace("hostIPC"),
	},
	{
		ID:     "runtime-socket-mount",
		Family: "hostaccess",
		Title:  "pod mounts the socket of a container runtime",
		Why: "Whoever can talk to the runtime's socket can start a privileged container with the node's file system in " +
			"it, which is root on the node.",
		Fix:      "delete the volume and its mounts",
		FixKind:  lint.UnsafeFix,
		Severity: lint.Critical,
		Points:   -9,
		Profiles: []string{"default", "strict", "pss-baseline", "pss-restricted", "cis", "kubesec"},
		Aliases: []string{
			"kubesec:DockerSock", "kube-linter:docker-sock", "trivy-checks:KSV-0006", "checkov:CKV_K8S_27",
			"kubescape:C-0074", "kics:a6f34658-fdfb-4154-9536-56d516f65828",
		},
		References:  []string{"CIS:5.2.12", "NIST:4.4.3", "PSS:baseline", "ATTACK:T1611,T1610", "OWASP:K01"},
		Kinds:       workloads,
		Scope:       lint.PodScope,
		Hides:       []string{"sensitive-host-path", "host-path-volume", "writable-host-path"},
		Check:       eachPod(hostVolumesOf(socketPath)),
		PodSecurity: podSecurityHostPath(socketPath),
	},
	{
		ID:     "host-proc-mount",
		Family: "hostaccess",
		Title:  "pod mounts /proc of the node",
		Why: "Files below /proc show every process of the node, and settings such as core_pattern and sysrq-trigger " +
			"run programs on it or bring it down.",
		Fix:      "delete the volume and its mounts",
		FixKind:  lint.UnsafeFix,
		Severity: lint.High,
		Points:   -9,
		Profiles: []string{"default", "strict", "pss-baseline", "pss-restricted", "cis", "kubesec"},
		Aliases: []string{
			"kubesec:ProcMount", "kube-linter:sensitive-host-mounts", "trivy-checks:KSV-0121",
			"kics:5308a7a8-06f8-45ac-bf10-791fe21de46e",
		},
		References:  []string{"CIS:5.2.12", "NIST:4.5.5", "PSS:baseline", "ATTACK:T1611", "OWASP:K01"},
		Kinds:       workloads,
		Scope:       lint.PodScope,
		Hides:       []string{"sensitive-host-path", "host-path-volume", "writable-host-path"},
		Check:       eachPod(hostVolumesOf(procPath)),
		PodSecurity: podSecurityHostPath(procPath),
	},
	{
		ID:     "sensitive-host-path",
		Family: "hostaccess",
		Title:  "volume holds sensitive files of the node",
		Why: "Files such as the kubelet's, the runtime's or the host's configuration lead from a container to root on " +
			"the node or to the credentials of other pods; some do even when they can only be read.",
		Fix:      "delete the volume, or narrow the path and mount it readOnly: true",
		FixKind:  lint.UnsafeFix,
		Severity: lint.High,
		Points:   -7,
		Profiles: []string{"default", "strict", "pss-baseline", "pss-restricted", "cis", "nsa"},
		Aliases: []string{
			"kube-linter:sensitive-host-mounts", "trivy-checks:KSV-0121", "kubescape:C-0020",
			"kics:5308a7a8-06f8-45ac-bf10-791fe21de46e", "kics:aa8f7a35-9923-4cad-bd61-a19b7f6aac91",
		},
		References:  []string{"CIS:5.2.12", "NSA:pod-security", "NIST:3.5.5,4.5.5", "PSS:baseline", "ATTACK:T1611", "OWASP:K01"},
		Kinds:       hostPathKinds,
		Scope:       lint.PodScope,
		Hides:       []string{"host-path-volume"},
		Check:       sensitiveHostPath,
		PodSecurity: podSecurityHostPath(sensitivePath),
	},
	{
		ID:     "host-path-volume",
		Family: "hostaccess",
		Title:  "volume is a path of the node",
		Why: "A hostPath volume ties a pod to one node, bypasses storage limits and the isolation of its file system, " +
			"and the Baseline Pod Security Standard forbids it. A PersistentVolume of that kind passes it on to pods " +
			"that look harmless.",
		Fix:      "replace hostPath by emptyDir, a PersistentVolumeClaim or a CSI volume",
		FixKind:  lint.UnsafeFix,
		Severity: lint.Medium,
		Points:   -3,
		Profiles: []string{"default", "strict", "pss-baseline", "pss-restricted", "cis", "nsa"},
		Aliases: []string{
			"polaris:hostPathSet", "trivy-checks:KSV-0023", "kubescape:C-0048",
			"pod-security-admission:hostPathVolumes", "kics:aa8f7a35-9923-4cad-bd61-a19b7f6aac91",
		},
		References:  []string{"CIS:5.2.12", "NSA:pod-security", "NIST:4.5.5", "PSS:baseline", "ATTACK:T1611", "OWASP:K01"},
		Kinds:       hostPathKinds,
		Scope:       lint.PodScope,
		Check:       hostPathVolume,
		PodSecurity: podSecurityHostPath(ordinaryPath),
	},
	{
		ID:     "writable-host-path",
		Family: "hostaccess",
		Title:  "container can write to a path of the node",
		Why: "What a container writes to a path of the node outlives it, and can plant programs, links or " +
			"configuration that the node or other pods use.",
		Fix:        "set readOnly: true on the volumeMount",
		FixKind:    lint.UnsafeFix,
		Severity:   lint.High,
		Points:     -5,
		Profiles:   []string{"default", "strict", "nsa"},
		Aliases:    []string{"kube-linter:writable-host-mount", "kubescape:C-0045", "kics:b7652612-de4e-4466-a0bf-1cd81f0c6063"},
		References: []string{"NSA:immutable-filesystem", "NIST:4.5.5", "ATTACK:T1611", "OWASP:K01"},
		Kinds:      workloads,
		Scope:      lint.ContainerScope,
		Check:      eachContainer(writableHostPath),
	},
	{
		ID:     "bidirectional-mount-propagation",
		Family: "hostaccess",
		Title:  "mount of a container spreads to the node",
		Why: "With Bidirectional propagation what the container mounts appears on the node and in every pod there that " +
			"mounts the same path, which can hide or replace files of others.",
		Fix:        "delete mountPropagation or set HostToContainer",
		FixKind:    lint.UnsafeFix,
		Severity:   lint.High,
		Points:     -5,
		Profiles:   []string{"default", "strict", "novel"},
		References: []string{"NIST:3.5.5", "ATTACK:T1611", "OWASP:K01"},
		Kinds:      workloads,
		Scope:      lint.ContainerScope,
		Check:      eachLinuxContainer(bidirectionalMountPropagation),
	},
	{
		ID:     "host-aliases",
		Family: "hostaccess",
		Title:  "pod overrides name resolution",
		Why: "Entries of hostAliases go to /etc/hosts and win over DNS, so that traffic for a trusted name can be sent " +
			"elsewhere unseen.",
		Fix:        "delete spec.hostAliases",
		FixKind:    lint.UnsafeFix,
		Severity:   lint.Low,
		Points:     -3,
		Profiles:   []string{"strict", "kubesec"},
		Aliases:    []string{"kubesec:HostAliases", "trivy-checks:KSV-0007"},
		References: []string{"ATTACK:T1557"},
		Kinds:      workloads,
		Scope:      lint.PodScope,
		Check:      eachPod(hostAliases),
	},
	{
		ID:     "probe-host-override",
		Family: "hostaccess",
		Title:  "probe or hook connects to a chosen host",
		Why: "The kubelet makes these requests from the node's network, so whoever writes the pod can have it talk to " +
			"addresses that the pod itself cannot reach.",
		Fix:         "delete the host field (the pod IP is the default)",
		FixKind:     lint.SafeFix,
		Versions:    "Pod Security judges it from 1.34 on; this rule always does, outside of the pss profiles.",
		Severity:    lint.Medium,
		Points:      -2,
		Profiles:    []string{"default", "strict", "pss-baseline", "pss-restricted"},
		Aliases:     []string{"pod-security-admission:hostProbesAndHostLifecycle"},
		References:  []string{"PSS:baseline", "ATTACK:T1046", "OWASP:K01"},
		Kinds:       workloads,
		Scope:       lint.ContainerScope,
		Check:       eachContainer(probeHostOverride),
		PodSecurity: podSecurityProbeHost,
	},
	{
		ID:     "control-plane-scheduling",
		Family: "hostaccess",
		Title:  "workload is steered to control-plane nodes",
		Why: "A pod beside the control plane that is taken over is one escape away from etcd, the certificates of the " +
			"cluster and every Secret. Naming a node bypasses the scheduler and the taints that keep pods away from " +
			"there.",
		Fix:        "delete the control-plane toleration and node selector, or replace nodeName by node affinity",
		FixKind:    lint.UnsafeFix,
		Severity:   lint.Medium,
		Points:     -2,
		Profiles:   []string{"default", "strict", "nsa", "novel"},
		References: []string{"NSA:worker-node-segmentation", "NIST:3.3.4,4.3.4", "ATTACK:T1610,T1611", "OWASP:K01"},
		Kinds:      workloads,
		Scope:      lint.PodScope,
		Check:      eachPod(controlPlaneScheduling),
	},
	{
		ID:     "git-repo-volume",
		Family: "hostaccess",
		Title:  "volume clones a Git repository on the node",
		Why: "For a gitRepo volume the kubelet runs git as root outside any container, on a repository that the author " +
			"of the pod chooses; hooks in it have run programs on the node (CVE-2024-10220).",
		Fix:         "clone into an emptyDir from an init container",
		FixKind:     lint.UnsafeFix,
		Versions:    "The driver is off by default from 1.33 on and cannot be turned on from 1.36 on.",
		Severity:    lint.High,
		Points:      -7,
		Profiles:    []string{"default", "strict", "pss-restricted"},
		Aliases:     []string{"trivy-checks:KSV-0028"},
		References:  []string{"PSS:restricted", "ATTACK:T1611", "OWASP:K01"},
		Kinds:       workloads,
		Scope:       lint.PodScope,
		Hides:       []string{"removed-api-version"}, // of the same volume
		Check:       eachPod(gitRepoVolume),
		PodSecurity: podSecurityVolumes(podSecurityGitRepo),
	},
	{
		ID:     "restricted-volume-type",
		Family: "hostaccess",
		Title:  "volume is of a type that the Restricted standard forbids",
		Why: "The Restricted Pod Security Standard leaves pods the volume types that need no rights on the node or on " +
			"storage servers; others belong behind a PersistentVolume that an administrator makes.",
		Fix:         "move the volume behind a PersistentVolumeClaim",
		FixKind:     lint.UnsafeFix,
		Severity:    lint.Low,
		Points:      -1,
		Profiles:    []string{"strict", "pss-restricted"},
		Aliases:     []string{"trivy-checks:KSV-0028", "pod-security-admission:restrictedVolumes"},
		References:  []string{"PSS:restricted", "OWASP:K01"},
		Kinds:       workloads,
		Scope:       lint.PodScope,
		Check:       eachPod(restrictedVolumeType),
		PodSecurity: podSecurityVolumes(podSecurityVolumeType),
	},
	{
		ID:     "sub-path-mount",
		Family: "hostaccess",
		Title:  "subPath mount on a Kubernetes version with a known escape",
		Why: "Kubelets before 1.19.15, 1.20.11, 1.21.5 and 1.22.2 can be led by symbolic links in a volume to mount " +
			"files of the node through subPath (CVE-2021-25741).",
		Fix:        "mount the whole volume and use a path inside it",
		FixKind:    lint.UnsafeFix,
		Versions:   "Mended in 1.19.15, 1.20.11, 1.21.5 and 1.22.2: asks for --kubernetes-version with a patch release.",
		Severity:   lint.Low,
		Points:     -1,
		Profiles:   []string{"strict"},
		Aliases:    []string{"kubescape:C-0058"},
		References: []string{"NIST:3.5.3", "ATTACK:T1611", "OWASP:K10"},
		Kinds:      workloads,
		Scope:      lint.ContainerScope,
		Check:      eachLinuxContainer(subPathMount),
	},
}

// hostNetwork judges Windows pods only when they run host processes: for
// others the kubelet ignores the field.
func hostNetwork(p *lint.Pass, pod *manifest.Pod) {
	if !pod.Windows() || runsHostProcess(pod) {
		hostNamespace("hostNetwork", "the pod shares the network namespace of the node")(p, pod)
	}
}

func runsHostProcess(pod *manifest.Pod) bool {
	for _, c := range pod.Containers() {
		if c.Effective("windowsOptions", "hostProcess").True() {
			return true
		}
	}
	return false
}

func hostNamespace(field, message string) func(*lint.Pass, *manifest.Pod) {
	return func(p *lint.Pass, pod *manifest.Pod) {
		switch n := pod.At(field); n.Truth() {
		case manifest.True:
			p.Reportf(n, "%s", message)
		case manifest.Unknown:
			p.UnknownValue(n)
		}
	}
}

func hostAliases(p *lint.Pass, pod *manifest.Pod) {
	switch n := pod.At("hostAliases"); {
	case n.IsSet() && n.Kind != manifest.List:
		p.UnknownValue(n)
	case len(n.Items()) > 0:
		p.Reportf(n, "the pod overrides name resolution with %d host aliases", len(n.Items()))
	}
}

func probeHostOverride(p *lint.Pass, c *manifest.Container) {
	for _, h := range handlers(c) {
		switch host := h.At("host"); {
		case host.Templated() || host.IsSet() && !host.IsString():
			p.UnknownValue(host)
		case host.Str() != "":
			p.Reportf(host, "container %q has the kubelet connect to host %q in %s", c.Name(), host.Str(), h.of)
		}
	}
}

// handler is a connection that the kubelet makes for a probe or hook.
type handler struct {
	*manifest.Node
	// of is the key of the probe or hook.
	of    string
	probe bool
	// kind is httpGet, tcpSocket or grpc.
	kind string
}

// handlers are the connections that the kubelet makes for the probes and hooks
// of a container.
func handlers(c *manifest.Container) []handler {
	var found []handler
	add := func(of string, probe bool, n *manifest.Node) {
		for _, kind := range []string{"httpGet", "tcpSocket", "grpc"} {
			if connection := n.At(kind); connection.IsSet() {
				found = append(found, handler{Node: connection, of: of, probe: probe, kind: kind})
			}
		}
	}
	for _, of := range []string{"livenessProbe", "readinessProbe", "startupProbe"} {
		add(of, true, c.At(of))
	}
	for _, of := range []string{"postStart", "preStop"} {
		add(of, false, c.At("lifecycle", of))
	}
	return found
}
