package rules

import (
	"github.com/seaworthy-lint/seaworthy/lint"
	"github.com/seaworthy-lint/seaworthy/lint/manifest"
)

// securityContextConflict reports settings that the API server refuses
// together, or that keep the kubelet from starting a container.
func securityContextConflict(p *lint.Pass, pod *manifest.Pod) {
	userNamespaceConflicts(p, pod)
	inContexts(func(p *lint.Pass, owner string, context *manifest.Node) {
		for _, key := range []string{"seccompProfile", "appArmorProfile"} {
			namelessProfile(p, owner, context.At(key))
		}
	})(p, pod)
	operatingSystemConflicts(p, pod)
	for _, c := range pod.Containers() {
		escalationConflict(p.In(c), c)
		procMountConflict(p.In(c), c)
		if !pod.Windows() {
			rootConflict(p.In(c), c)
		}
	}
}

// rootConflict reports a user 0 that runAsNonRoot forbids: the kubelet does
// not start such a container.
func rootConflict(p *lint.Pass, c *manifest.Container) {
	user, nonRoot := effectiveContext(c, "runAsUser"), effectiveContext(c, "runAsNonRoot")
	if id, known := user.Int(); known && id == 0 && nonRoot.True() {
		p.Reportf(user, "container %q is to run as user 0, which its runAsNonRoot forbids", c.Name()).Relate(nonRoot, "forbids root")
	}
}

// escalationConflict follows the API server, which looks for the capability in
// this very spelling.
func escalationConflict(p *lint.Pass, c *manifest.Container) {
	escalation := ownContext(c, "allowPrivilegeEscalation")
	if escalation.Truth() != manifest.False {
		return
	}
	if privileged := ownContext(c, "privileged"); privileged.True() {
		p.Reportf(escalation, "container %q is privileged and disables privilege escalation", c.Name()).Relate(privileged, "makes it privileged")
	}
	for _, entry := range c.At("securityContext", "capabilities", "add").Items() {
		if entry.Str() == "CAP_SYS_ADMIN" {
			p.Reportf(escalation, "container %q adds CAP_SYS_ADMIN and disables privilege escalation", c.Name()).Relate(entry, "adds it")
		}
	}
}

func procMountConflict(p *lint.Pass, c *manifest.Container) {
	mount, users := ownContext(c, "procMount"), c.Pod.At("hostUsers")
	switch {
	case mount.Str() != "Unmasked" || users.Truth() == manifest.False:
	case users.Truth() == manifest.Unknown:
		p.UnknownValue(users)
	default:
		p.Reportf(mount, "container %q has an unmasked /proc without a user namespace of its own", c.Name())
	}
}

// userNamespaceConflicts reports what a pod with user ids of its own cannot
// share with the node.
func userNamespaceConflicts(p *lint.Pass, pod *manifest.Pod) {
	users := pod.At("hostUsers")
	if users.Truth() != manifest.False {
		return
	}
	for _, key := range []string{"hostNetwork", "hostPID", "hostIPC"} {
		if n := pod.At(key); n.True() {
			p.Reportf(n, "pod has both %s and hostUsers: false", key).Relate(users, "asks for a user namespace")
		}
	}
	for _, c := range pod.Containers() {
		if devices := c.At("volumeDevices"); len(devices.Items()) > 0 {
			p.In(c).Reportf(devices, "container %q has block devices in a pod with hostUsers: false", c.Name()).Relate(users, "asks for a user namespace")
		}
	}
}

func namelessProfile(p *lint.Pass, owner string, profile *manifest.Node) {
	kind, name := profile.At("type"), profile.At("localhostProfile")
	if kind.Str() == "Localhost" && name.Str() == "" && (!name.IsSet() || name.IsString()) {
		p.Reportf(kind, "%s of %s is Localhost and names no localhostProfile", profile.Key, owner)
	}
}

// The fields that the API server refuses for the operating system that
// spec.os.name states (ValidatePodSpec in pkg/apis/core/validation).
var (
	linuxContextFields = []string{
		"appArmorProfile", "seLinuxOptions", "seccompProfile", "fsGroup", "fsGroupChangePolicy", "sysctls", "runAsUser", "runAsGroup",
		"supplementalGroups", "supplementalGroupsPolicy", "capabilities", "readOnlyRootFilesystem", "privileged",
		"allowPrivilegeEscalation", "procMount",
	}
	windowsContextFields = []string{"windowsOptions"}
)

// operatingSystemConflicts speaks only of pods that state their system: a node
// selector alone does not bind the API server.
func operatingSystemConflicts(p *lint.Pass, pod *manifest.Pod) {
	system := pod.At("os", "name")
	refused := map[string][]string{"windows": linuxContextFields, "linux": windowsContextFields}[system.Str()]
	inContexts(func(p *lint.Pass, owner string, context *manifest.Node) {
		for _, key := range refused {
			if n := context.At(key); n.IsSet() {
				p.Reportf(n, "%s of %s cannot be set in a pod for %s", key, owner, system.Str()).Relate(system, "states the system")
			}
		}
	})(p, pod)
	if system.Str() != "windows" {
		return
	}
	for _, key := range []string{"hostPID", "hostIPC", "hostUsers", "shareProcessNamespace"} {
		n := pod.At(key)
		if n.True() || n.IsSet() && (key == "hostUsers" || key == "shareProcessNamespace") && !n.Templated() {
			p.Reportf(n, "%s cannot be set in a pod for windows", key).Relate(system, "states the system")
		}
	}
}
