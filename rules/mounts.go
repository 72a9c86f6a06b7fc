package rules

import (
	"slices"

	"github.com/seaworthy-lint/seaworthy/lint"
	"github.com/seaworthy-lint/seaworthy/lint/manifest"
)

func writableHostPath(p *lint.Pass, c *manifest.Container) {
	volumes := hostVolumes(c.Pod)
	if len(volumes) == 0 {
		return
	}
	for _, mount := range c.At("volumeMounts").Items() {
		name := mount.At("name")
		at := slices.IndexFunc(volumes, func(v hostVolume) bool { return v.name == name.Str() })
		switch {
		case at >= 0:
			writableMount(p, c, mount, volumes[at])
		case name.Templated():
			p.UnknownValue(name)
		}
	}
}

// writableMount judges one mount of a host path. What is mounted below a path
// of the node stays writable under readOnly alone (KEP-3857); Windows has no
// recursive form.
func writableMount(p *lint.Pass, c *manifest.Container, mount *manifest.Node, v hostVolume) {
	const message = "container %q can write to volume %q, the path %q of the node"
	readOnly, recursive := mount.At("readOnly"), mount.At("recursiveReadOnly")
	switch readOnly.Truth() {
	case manifest.Unknown:
		p.UnknownValue(readOnly)
	case manifest.False:
		p.Reportf(readOnly, message, c.Name(), v.name, v.place.Str()).About(v.item())
	case manifest.Unset:
		p.Missingf(mount, []string{"readOnly"}, message, c.Name(), v.name, v.place.Str()).About(v.item())
	case manifest.True:
		if !c.Pod.Windows() && (!recursive.IsSet() || recursive.Str() == "Disabled") {
			p.Reportf(readOnly, "container %q can write to what is mounted below volume %q on the node", c.Name(), v.name).
				About(v.item()).AsNote()
		}
	}
}

func bidirectionalMountPropagation(p *lint.Pass, c *manifest.Container) {
	for _, mount := range c.At("volumeMounts").Items() {
		switch propagation := mount.At("mountPropagation"); {
		case propagation.Templated():
			p.UnknownValue(propagation)
		case propagation.Str() == "Bidirectional":
			name := mount.At("name").Str()
			p.Reportf(propagation, "container %q mounts volume %q so that its own mounts spread to the node", c.Name(), name).
				About(volumeItem(name))
		}
	}
}

// subPathFixes are the patch releases that mend CVE-2021-25741, by minor
// version; older minor versions have none, newer ones never had the defect.
var subPathFixes = map[int]int{19: 15, 20: 11, 21: 5, 22: 2}

func subPathMount(p *lint.Pass, c *manifest.Container) {
	fixed, patched := subPathFixes[p.Version.Minor]
	if p.Version.Named && (p.Version.Minor > 22 || patched && p.Version.Patch >= fixed) {
		return
	}
	for _, mount := range c.At("volumeMounts").Items() {
		for _, key := range []string{"subPath", "subPathExpr"} {
			sub := mount.At(key)
			if sub.Str() == "" || !isLinkable(c.Pod, mount.At("name").Str()) {
				continue
			}
			switch {
			case !p.Version.Named:
				p.Unknown(sub, "the Kubernetes version is not named")
			case patched && p.Version.Patch < 0:
				p.Unknown(sub, "the patch release of Kubernetes is not named")
			default:
				p.Reportf(sub, "container %q mounts a %s of volume %q, through which Kubernetes %s lets it out (CVE-2021-25741)",
					c.Name(), key, mount.At("name").Str(), p.Version)
			}
		}
	}
}

// isLinkable tells whether the volume is one in which a container can make
// links that the kubelet will follow.
func isLinkable(pod *manifest.Pod, name string) bool {
	return slices.ContainsFunc(pod.Volumes(), func(v *manifest.Node) bool {
		return v.At("name").Str() == name && hasSource(v, "hostPath", "persistentVolumeClaim", "emptyDir")
	})
}
