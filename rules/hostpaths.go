package rules

import (
	"path"
	"strings"
)

// hostPathClass tells which rule a path of the node belongs to.
type hostPathClass uint8

const (
	ordinaryPath hostPathClass = iota
	sensitivePath
	procPath
	socketPath
)

// hostPathMatch tells which paths an entry of the table means.
type hostPathMatch uint8

const (
	exactly hostPathMatch = 1 << iota // the path itself
	below                             // the path and all below it
	above                             // the path and its ancestors, whose mounts bring it along
)

// hostPathUse is what is done with a path.
type hostPathUse uint8

const (
	byReading hostPathUse = 1 + iota
	byWriting
)

// hostPathEntry is a row of the table of host paths.
type hostPathEntry struct {
	match hostPathMatch
	class hostPathClass
	// holds says what is there.
	holds string
	// readOnly limits the row to volumes that no container can write to.
	readOnly bool
	// takes tells what it takes of root in a container to have the node by what
	// is there: to read it, or to write it. Zero where it takes more.
	takes hostPathUse
	// paths are as hostPathSegments would have them; "*" stands for any
	// characters but slashes.
	paths []string
}

// hostPaths tells what paths of a node hold. The first row that matches
// counts; a row that matches as an ancestor only, after all others. Socket
// paths are the defaults of the runtimes.
var hostPaths = []hostPathEntry{
	// The state of containerd's snapshotters lies beside its socket, not with it.
	{match: below, class: sensitivePath, holds: "the file systems of containers", paths: []string{
		"/run/containerd/io.containerd.snapshotter.*", "/run/k3s/containerd/io.containerd.snapshotter.*",
	}},
	{match: exactly, class: socketPath, holds: "the socket of Docker", paths: []string{
		"/run/docker.sock", "//./pipe/docker_engine",
	}},
	{match: exactly, class: socketPath, holds: "the socket of containerd", paths: []string{
		"/run/containerd/containerd.sock", "/run/k3s/containerd/containerd.sock", "/run/dockershim.sock",
		"//./pipe/containerd-containerd",
	}},
	{match: exactly, class: socketPath, holds: "the socket of CRI-O", paths: []string{"/run/crio/crio.sock"}},
	{match: exactly, class: socketPath, holds: "the socket of cri-dockerd", paths: []string{"/run/cri-dockerd.sock", "//./pipe/cri-dockerd"}},
	{match: exactly, class: socketPath, holds: "the socket of a container engine", paths: []string{
		"/run/podman/podman.sock", "/run/user/*/podman/podman.sock", "/run/frakti.sock", "/run/buildkit/buildkitd.sock",
	}},
	{match: below, class: socketPath, holds: "the socket of a container runtime", paths: []string{
		"/run/containerd", "/run/crio", "/run/docker", "/run/k3s/containerd", "/run/podman", "/run/dockershim",
	}},

	{match: below, class: procPath, takes: byWriting, holds: "all processes and settings of the kernel", paths: []string{"/proc"}},

	{match: below, class: ordinaryPath, paths: []string{
		"/etc/localtime", "/etc/timezone", "/etc/machine-id", "/etc/os-release", "/etc/ssl/certs", "/etc/pki/tls/certs",
		"/etc/pki/ca-trust", "/usr/share/zoneinfo",
	}},
	{match: below, class: ordinaryPath, readOnly: true, paths: []string{
		"/var/log/pods", "/var/log/containers", "/lib/modules",
	}},

	{match: exactly, class: sensitivePath, takes: byReading, holds: "the whole node", paths: []string{"/", "c:"}},
	{match: below | above, class: sensitivePath, takes: byReading, holds: "static pods, keys or the network configuration of the cluster", paths: []string{
		"/etc/kubernetes", "/etc/kubernetes/manifests", "/etc/kubernetes/pki", "/etc/cni/net.d", "/etc/rancher", "/etc/origin",
	}},
	{match: below | above, class: sensitivePath, holds: "credentials for clouds, registries or clusters", paths: []string{
		"/root/.aws", "/home/*/.aws", "/etc/kubernetes/azure.json", "/root/.azure", "/root/.config/gcloud", "/root/.docker",
		"/root/.kube", "/root/.ncloud", "/var/lib/cloud", "/run/cloud-init",
	}},
	{match: below, class: sensitivePath, takes: byWriting, holds: "the configuration of the host", paths: []string{"/etc"}},
	{match: below, class: sensitivePath, takes: byReading, holds: "the tokens and Secrets of all pods on the node", paths: []string{"/var/lib/kubelet"}},
	{match: below, class: sensitivePath, takes: byReading, holds: "the state of the cluster", paths: []string{
		"/var/lib/etcd", "/var/lib/rancher", "/var/lib/k3s", "/var/lib/k0s", "/var/lib/minikube", "/var/snap/microk8s",
	}},
	{match: below, class: sensitivePath, takes: byWriting, holds: "the file systems of all containers on the node", paths: []string{
		"/var/lib/docker", "/var/lib/containerd", "/var/lib/containers", "/var/lib/crio",
	}},
	{match: exactly | above, class: sensitivePath, holds: "logs through which the kubelet follows links", paths: []string{"/var/log"}},
	{match: below, class: sensitivePath, holds: "logs through which the kubelet follows links", paths: []string{
		"/var/log/pods", "/var/log/containers",
	}},
	{match: below, class: sensitivePath, takes: byWriting, holds: "the files of the host's users", paths: []string{"/root", "/home"}},
	{match: below, class: sensitivePath, takes: byWriting, holds: "programs, libraries or the kernel of the host", paths: []string{
		"/boot", "/lib", "/lib64", "/usr", "/bin", "/sbin", "/opt/cni/bin",
	}},
	{match: below, class: sensitivePath, holds: "settings of the kernel", paths: []string{"/sys"}},
	{match: exactly, class: sensitivePath, holds: "all devices of the host", paths: []string{"/dev"}},
	{match: below, class: sensitivePath, holds: "memory or disks of the host", paths: []string{
		"/dev/mem", "/dev/kmem", "/dev/sd*", "/dev/nvme*", "/dev/vd*", "/dev/mapper",
	}},
	{match: exactly, class: sensitivePath, takes: byWriting, holds: "sensitive directories of the host", paths: []string{
		"/var", "/run", "/var/lib", "/mnt", "/media", "/srv",
	}},
	{match: below, class: sensitivePath, holds: "sockets that control the host, or its secrets", paths: []string{
		"/run/systemd", "/run/dbus", "/run/udev", "/run/secrets",
	}},
	{match: below, class: sensitivePath, holds: "the system or the kubelet of a Windows node", paths: []string{
		"c:/windows", "c:/programdata", "c:/var/lib/kubelet", "c:/k",
	}},
}

// hostPathOf is the row of the table that tells what a path holds; the zero
// row, which is that of an ordinary path, when there is none.
func hostPathOf(name string, windows, writable bool) hostPathEntry {
	segments := hostPathSegments(name, windows)
	if segments == nil {
		return hostPathEntry{}
	}
	for _, match := range []hostPathMatch{exactly | below, above} {
		for _, e := range hostPaths {
			if (!e.readOnly || !writable) && e.matches(segments, match) {
				return e
			}
		}
	}
	return hostPathEntry{}
}

// matches tells whether the row means the path, in one of the given ways.
func (e hostPathEntry) matches(segments []string, ways hostPathMatch) bool {
	ways &= e.match
	for _, p := range e.paths {
		pattern := strings.Split(strings.TrimSuffix(p, "/"), "/")
		common := min(len(pattern), len(segments))
		if !sameSegments(pattern[:common], segments[:common]) {
			continue
		}
		switch {
		case len(pattern) == len(segments) && ways != 0,
			len(pattern) < len(segments) && ways&below != 0,
			len(pattern) > len(segments) && ways&above != 0:
			return true
		}
	}
	return false
}

func sameSegments(pattern, segments []string) bool {
	for i := range pattern {
		if ok, err := path.Match(pattern[i], segments[i]); err != nil || !ok {
			return false
		}
	}
	return true
}

// hostPathSegments cuts a path of a node into the names between its slashes,
// after cleaning it: a leading "" stands for the root, a drive letter for that
// of a Windows path, which is made lower case. It is nil for a relative path,
// which no runtime takes from the root of the node.
func hostPathSegments(name string, windows bool) []string {
	if drive, ok := windowsPath(name, windows); ok {
		return strings.Split(drive, "/")
	}
	if !strings.HasPrefix(name, "/") {
		return nil
	}
	clean := path.Clean(name)
	// /var/run is a link to /run, and /lib one to /usr/lib.
	for _, link := range [][2]string{{"/var/run", "/run"}, {"/usr/lib", "/lib"}} {
		if rest, ok := strings.CutPrefix(clean, link[0]); ok && (rest == "" || rest[0] == '/') {
			clean = link[1] + rest
		}
	}
	return strings.Split(strings.TrimSuffix(clean, "/"), "/")
}

// windowsPath is a Windows path in lower case, with slashes and cleaned; ok is
// false for a path of Linux. On a Windows node the kubelet takes a path without
// a drive to be on C.
func windowsPath(name string, windows bool) (clean string, ok bool) {
	slashed := strings.ToLower(strings.ReplaceAll(name, `\`, "/"))
	if pipe, ok := strings.CutPrefix(slashed, "//./pipe/"); ok {
		return "//./pipe/" + strings.TrimSuffix(pipe, "/"), true
	}
	if strings.Contains(name, `\`) {
		slashed = strings.TrimPrefix(slashed, "//?/")
	}
	drive, rest := "c:", slashed
	switch {
	case len(slashed) >= 2 && slashed[1] == ':' && slashed[0] >= 'a' && slashed[0] <= 'z':
		drive, rest = slashed[:2], slashed[2:]
	case !windows || name == "":
		return "", false
	}
	return drive + strings.TrimSuffix(path.Clean("/"+rest), "/"), true
}
