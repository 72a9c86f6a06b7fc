package rules

import (
	"github.com/seaworthy-lint/seaworthy/lint"
	"github.com/seaworthy-lint/seaworthy/lint/manifest"
)

// The checks in this file decide as Pod Security Admission does: see
// podsecurity.go.

// podSecurityHostNamespace is the part of hostNamespaces that belongs to one
// field. Windows pods are not exempt.
func podSecurityHostNamespace(field string) func(*lint.Pass) {
	return eachPod(func(p *lint.Pass, pod *manifest.Pod) {
		if n := pod.At(field); n.True() {
			p.Reportf(n, "the pod sets %s", field)
		}
	})
}

// podSecurityHostPath is the part of hostPathVolumes that belongs to one class
// of paths: each volume to exactly one, whatever is known of it.
func podSecurityHostPath(class hostPathClass) func(*lint.Pass) {
	return eachPod(func(p *lint.Pass, pod *manifest.Pod) {
		for _, v := range hostVolumes(pod) {
			if v.entry.class == class && !(p.Restricted && hasSource(v.source.Parent, restrictedVolumeSources...)) {
				p.Reportf(v.place, "volume %q is a hostPath volume", v.name).About(v.item())
			}
		}
	})
}

// podSecurityHostPort is hostPorts.
func podSecurityHostPort(p *lint.Pass, c *manifest.Container) {
	for _, port := range c.At("ports").Items() {
		if n := port.At("hostPort"); n.IsSet() && n.Str() != "0" {
			p.Reportf(n, "container %q uses host port %s", c.Name(), n.Str())
		}
	}
}

// podSecurityProbeHost is hostProbesAndHostLifecycle, from 1.34.
func podSecurityProbeHost(p *lint.Pass) {
	if !p.Version.AtLeast(34) {
		return
	}
	eachContainer(func(p *lint.Pass, c *manifest.Container) {
		for _, h := range handlers(c) {
			if host := h.At("host"); h.kind != "grpc" && host.Str() != "" {
				p.Reportf(host, "container %q sets the host of its %s", c.Name(), h.of)
			}
		}
	})(p)
}

// podSecurityGitRepo is the part of restrictedVolumes that is about gitRepo.
func podSecurityGitRepo(p *lint.Pass, volume *manifest.Node) {
	if source := volume.At("gitRepo"); source.IsSet() {
		name := volume.At("name").Str()
		p.Reportf(source, "volume %q is a gitRepo volume", name).About(volumeItem(name))
	}
}

// podSecurityVolumeType is the rest of restrictedVolumes.
func podSecurityVolumeType(p *lint.Pass, volume *manifest.Node) {
	if hasSource(volume, forbiddenVolumeSources...) && !volume.At("gitRepo").IsSet() {
		reportVolumeType(p, volume)
	}
}

// podSecurityVolumes reads the volumes that restrictedVolumes forbids, without
// those that are hostPath volumes. One allowed source is enough there, whatever
// stands beside it.
func podSecurityVolumes(check func(*lint.Pass, *manifest.Node)) func(*lint.Pass) {
	return eachPod(func(p *lint.Pass, pod *manifest.Pod) {
		for _, v := range pod.Volumes() {
			if !hasSource(v, "hostPath") && !hasSource(v, restrictedVolumeSources...) {
				check(p, v)
			}
		}
	})
}
