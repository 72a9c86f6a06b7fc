package rules

import (
	"strings"
	"testing"
)

func TestHostPathOf(t *testing.T) {
	classes := map[hostPathClass]string{ordinaryPath: "ordinary", sensitivePath: "sensitive", procPath: "proc", socketPath: "socket"}
	for _, test := range []struct {
		want  string
		paths []string
	}{
		{"socket", []string{
			"/var/run/docker.sock", "/run/docker.sock", "/var/run//docker.sock", "/var/./run/docker.sock/", "/var/lib/../run/docker.sock",
			"/run/containerd/containerd.sock", "/var/run/containerd/containerd.sock", "/run/k3s/containerd/containerd.sock",
			"/run/dockershim.sock", "/run/crio/crio.sock", "/var/run/crio/crio.sock", "/run/cri-dockerd.sock",
			"/var/run/cri-dockerd.sock", "/run/podman/podman.sock", "/run/user/0/podman/podman.sock", "/run/frakti.sock",
			"/run/buildkit/buildkitd.sock", "/run/containerd", "/run/containerd/", "/run/containerd/fifo", "/run/crio", "/var/run/docker",
			"/var/run/docker/netns", "/run/k3s/containerd", "/run/podman", "/run/dockershim", `\\.\pipe\docker_engine`,
			`//./pipe/docker_engine`, `\\.\PIPE\Docker_Engine`, `\\.\pipe\containerd-containerd`, `\\.\pipe\cri-dockerd`,
		}},
		{"proc", []string{"/proc", "/proc/", "/proc/1/root", "//proc", "/./proc", "/etc/../proc/sys"}},
		{"sensitive", []string{
			"/", "//", "/.", "/etc/..", "/etc", "/etc/", "/etc/shadow", "/etc/ssl", "/etc/ssl/private", "/etc/localtime.d", "/etc/pki",
			"/etc/kubernetes", "/etc/kubernetes/pki/ca.key", "/etc/cni/net.d", "/etc/cni", "/etc/rancher", "/etc/origin", "/var/lib/kubelet",
			"/var/lib/kubelet/pods", "/var/lib/kubelet/device-plugins/kubelet.sock", "/var/lib/etcd", "/var/lib/rancher/k3s",
			"/var/lib/k3s", "/var/lib/k0s", "/var/lib/minikube", "/var/snap/microk8s/current", "/var/lib/docker/containers",
			"/var/lib/containerd", "/var/lib/containers/storage", "/var/lib/crio", "/var/log", "/var/log/", "/var/log/pods",
			"/var/log/containers", "/root", "/root/.ssh", "/home", "/home/alice", "/home/alice/.aws", "/root/.config", "/var/lib/cloud",
			"/var/lib/cloud/instance", "/run/cloud-init", "/boot", "/lib", "/lib/modules", "/usr/lib/modules", "/usr/lib", "/lib64", "/usr",
			"/usr/share", "/usr/local/bin", "/bin", "/sbin/init", "/opt/cni/bin", "/sys", "/sys/fs/cgroup", "/sys/kernel/debug", "/dev",
			"/dev/", "/dev/mem", "/dev/kmem", "/dev/sda", "/dev/sda1", "/dev/nvme0n1", "/dev/vda", "/dev/mapper", "/dev/mapper/root",
			"/var", "/run", "/var/run", "/var/run/", "/var/lib", "/mnt", "/media", "/srv", "/run/systemd/private", "/run/dbus",
			"/var/run/dbus/system_bus_socket", "/run/udev", "/run/secrets", "/run/containerd/io.containerd.snapshotter.v1.overlayfs/snapshots",
			`C:\`, "C:", "c:/", `C:\Windows`, `c:\windows\system32`, "C:/ProgramData", `C:\\ProgramData\docker\`, `C:\var\lib\kubelet`,
			`C:\k`, `C:\data\..\Windows`, `\\?\C:\Windows`,
		}},
		{"ordinary", []string{
			"", "etc", "./etc", "../etc", "/data", "/opt", "/opt/cni", "/opt/processor", "/process", "/etcetera", "/etc/localtime", "/etc/timezone",
			"/etc/machine-id", "/etc/os-release", "/etc/ssl/certs", "/etc/ssl/certs/ca.pem", "/etc/pki/tls/certs", "/etc/pki/ca-trust/extracted",
			"/usr/share/zoneinfo", "/usr/share/zoneinfo/UTC", "/var/lib/app", "/var/log/app", "/var/cache", "/var/runner", "/run/app",
			"/run/netns", "/run/docker.sock.d", "/run/user/1000", "/run/user/1/2/podman/podman.sock", "/mnt/data", "/srv/data", "/media/usb",
			"/dev/kvm", "/dev/fuse", "/dev/net/tun", "/dev/dri", "/dev/nvidia0", "/dev/shm", "/library", "/Etc", "/PROC", `C:\data`, `C:\kubernetes`,
			`D:\`, `D:\Windows`, `\\server\share`, `\\.\pipe\other`,
		}},
	} {
		for _, p := range test.paths {
			if got := classes[hostPathOf(p, false, true).class]; got != test.want {
				t.Errorf("%q is %s, want %s", p, got, test.want)
			}
		}
	}
}

// TestHostPathOfReader has the paths that are ordinary when nobody can write
// to them.
func TestHostPathOfReader(t *testing.T) {
	for p, want := range map[string]hostPathClass{
		"/lib/modules":        ordinaryPath,
		"/usr/lib/modules/6":  ordinaryPath,
		"/var/log/pods":       ordinaryPath,
		"/var/log/containers": ordinaryPath,
		"/var/log":            sensitivePath,
		"/lib":                sensitivePath,
		"/etc":                sensitivePath,
		"/proc":               procPath,
		"/run/docker.sock":    socketPath,
	} {
		if got := hostPathOf(p, false, false).class; got != want {
			t.Errorf("%q is of class %d, want %d", p, got, want)
		}
	}
}

// TestHostPathOfWindows has paths without a drive, which a Windows node takes
// to be on C.
func TestHostPathOfWindows(t *testing.T) {
	for p, want := range map[string]hostPathClass{
		"/":                       sensitivePath,
		`\`:                       sensitivePath,
		`\Windows`:                sensitivePath,
		"/var/lib/kubelet/pods":   sensitivePath,
		"k":                       sensitivePath,
		"//./pipe/docker_engine":  socketPath,
		"/etc":                    ordinaryPath,
		"/proc":                   ordinaryPath,
		"/var/run/docker.sock":    ordinaryPath,
		"":                        ordinaryPath,
		`\\.\pipe\docker_engine2`: ordinaryPath,
	} {
		if got := hostPathOf(p, true, true).class; got != want {
			t.Errorf("%q is of class %d, want %d", p, got, want)
		}
	}
}

// TestHostPathsClean keeps rows out of the table that no cleaned path equals.
func TestHostPathsClean(t *testing.T) {
	for _, e := range hostPaths {
		if (e.holds == "") != (e.class == ordinaryPath) {
			t.Errorf("%v: every row but those of ordinary paths says what is there", e.paths)
		}
		for _, p := range e.paths {
			if got := strings.Join(hostPathSegments(p, false), "/"); got != strings.TrimSuffix(p, "/") {
				t.Errorf("%s is %s when it is cleaned", p, got)
			}
		}
	}
}
