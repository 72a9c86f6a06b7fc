package rules

import (
	"slices"

	"github.com/seaworthy-lint/seaworthy/lint"
	"github.com/seaworthy-lint/seaworthy/lint/manifest"
)

// hostPathKinds are the kinds in which paths of a node stand.
var hostPathKinds = lint.Kinds{Workloads: true, Names: []string{"PersistentVolume"}}

// hostVolume is a volume of a pod that is a path of the node.
type hostVolume struct {
	name string
	// source is the volume's hostPath, place its path, or source again when
	// that is missing.
	source, place *manifest.Node
	// entry tells what the path holds; an ordinary one when the path is not
	// known.
	entry hostPathEntry
}

// known tells whether the volume has a path that can be judged.
func (v hostVolume) known() bool {
	return v.source.Kind == manifest.Map && (v.place == v.source || !v.place.IsSet() || v.place.IsString()) && !v.place.Templated()
}

// item names the volume, for a stronger rule to hide a weaker one.
func (v hostVolume) item() string { return volumeItem(v.name) }

func volumeItem(name string) string { return "volume/" + name }

func hostVolumes(pod *manifest.Pod) []hostVolume {
	var found []hostVolume
	for _, volume := range pod.Volumes() {
		source := volume.At("hostPath")
		if !source.IsSet() {
			continue
		}
		v := hostVolume{name: volume.At("name").Str(), source: source, place: source.Nearest("path")}
		if v.known() {
			v.entry = hostPathOf(v.place.Str(), pod.Windows(), writable(pod, v.name))
		}
		found = append(found, v)
	}
	return found
}

// writable tells whether a container can write to the volume, as far as its
// mounts tell. A volume that nothing mounts may be mounted by any container
// that is added.
func writable(pod *manifest.Pod, volume string) bool {
	mounted := false
	for _, c := range pod.Containers() {
		for _, mount := range c.At("volumeMounts").Items() {
			if mount.At("name").Str() != volume {
				continue
			}
			mounted = true
			if readOnly := mount.At("readOnly").Truth(); readOnly == manifest.Unset || readOnly == manifest.False {
				return true
			}
		}
	}
	return !mounted
}

// hostVolumesOf reports the volumes whose path belongs to the class.
func hostVolumesOf(class hostPathClass) func(*lint.Pass, *manifest.Pod) {
	return func(p *lint.Pass, pod *manifest.Pod) {
		for _, v := range hostVolumes(pod) {
			switch {
			case !v.known():
				p.UnknownValue(v.place)
			case v.entry.class == class:
				p.Reportf(v.place, "volume %q is the node's %s: %s", v.name, v.place.Str(), v.entry.holds).About(v.item())
			}
		}
	}
}

// sensitiveHostPath also reads PersistentVolumes, where sockets and /proc have
// no rule of their own.
func sensitiveHostPath(p *lint.Pass) {
	eachPod(hostVolumesOf(sensitivePath))(p)
	if !isPersistentVolume(p.Object) {
		return
	}
	for _, source := range []string{"hostPath", "local"} {
		place := p.Object.At("spec", source, "path")
		if place.Templated() || place.IsSet() && !place.IsString() {
			p.UnknownValue(place)
			continue
		}
		if e := hostPathOf(place.Str(), false, true); e.class != ordinaryPath {
			p.Reportf(place, "PersistentVolume %q is the node's %s: %s", p.Object.Name, place.Str(), e.holds).
				About(volumeItem(p.Object.Name))
		}
	}
}

// hostPathVolume reports every hostPath; the stronger rules hide what they
// report too. That a path is not known does not matter here.
func hostPathVolume(p *lint.Pass) {
	eachPod(func(p *lint.Pass, pod *manifest.Pod) {
		for _, v := range hostVolumes(pod) {
			reportHostPath(p, "volume", v.name, v.source)
		}
	})(p)
	if isPersistentVolume(p.Object) {
		reportHostPath(p, "PersistentVolume", p.Object.Name, p.Object.At("spec", "hostPath"))
	}
}

func reportHostPath(p *lint.Pass, kind, name string, source *manifest.Node) {
	switch {
	case !source.IsSet():
	case source.Kind != manifest.Map:
		p.UnknownValue(source)
	default:
		place := source.Nearest("path")
		p.Reportf(place, "%s %q is the path %q of the node", kind, name, place.Str()).About(volumeItem(name))
	}
}

func isPersistentVolume(o *manifest.Object) bool {
	return o.Kind == "PersistentVolume" && o.Group() == ""
}

// gitRepoVolume knows the fate of the driver: off unless a feature gate turns
// it on from 1.33, gone for good from 1.36 (KEP-5040).
func gitRepoVolume(p *lint.Pass, pod *manifest.Pod) {
	for _, v := range pod.Volumes() {
		source := v.At("gitRepo")
		if !source.IsSet() {
			continue
		}
		outcome := "with which the kubelet runs git as root on the node"
		switch {
		case p.Version.AtLeast(36):
			outcome = "with which no pod starts from Kubernetes 1.36 on"
		case p.Version.AtLeast(33):
			outcome = "which Kubernetes 1.33 and later run only with the feature gate GitRepoVolumeDriver"
		}
		p.Reportf(source, "volume %q is a gitRepo volume, %s", v.At("name").Str(), outcome).About(volumeItem(v.At("name").Str()))
	}
}

// restrictedVolumeSources are the volumes that the Restricted Pod Security
// Standard allows.
var restrictedVolumeSources = []string{
	"configMap", "csi", "downwardAPI", "emptyDir", "ephemeral", "image", "persistentVolumeClaim", "projected", "secret",
}

// forbiddenVolumeSources are all other sources in the API, but hostPath and
// gitRepo, which have rules of their own.
var forbiddenVolumeSources = []string{
	"gcePersistentDisk", "awsElasticBlockStore", "nfs", "iscsi", "glusterfs", "rbd", "flexVolume", "cinder", "cephfs", "flocker",
	"fc", "azureFile", "vsphereVolume", "quobyte", "azureDisk", "portworxVolume", "photonPersistentDisk", "scaleIO", "storageos",
}

func hasSource(volume *manifest.Node, sources ...string) bool {
	return slices.ContainsFunc(sources, func(source string) bool { return volume.At(source).IsSet() })
}

// restrictedVolumeType takes a volume without a source for a note: the API
// server makes it an emptyDir, which is allowed but hardly what was meant.
func restrictedVolumeType(p *lint.Pass, pod *manifest.Pod) {
	for _, v := range pod.Volumes() {
		switch {
		case v.Templated():
			p.UnknownValue(v)
		case hasSource(v, restrictedVolumeSources...), hasSource(v, "hostPath", "gitRepo"):
		case hasSource(v, forbiddenVolumeSources...):
			reportVolumeType(p, v)
		default:
			reportVolumeType(p, v).AsNote()
		}
	}
}

// reportVolumeType reports a volume at its source, or as a whole when it has
// none.
func reportVolumeType(p *lint.Pass, volume *manifest.Node) *lint.Finding {
	name := volume.At("name").Str()
	for _, source := range forbiddenVolumeSources {
		if n := volume.At(source); n.IsSet() {
			return p.Reportf(n, "volume %q is of type %s, which the Restricted standard does not allow", name, source).
				About(volumeItem(name))
		}
	}
	return p.Reportf(volume, "volume %q has no source that Kubernetes knows", name).About(volumeItem(name))
}
