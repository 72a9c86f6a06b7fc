package load

import (
	"github.com/seaworthy-lint/seaworthy/lint/manifest"
	"github.com/seaworthy-lint/seaworthy/lint/render"
)

// helmRelease reads a HelmRelease of Flux.
func (d *deployment) helmRelease() {
	spec := d.object.At("spec")
	if ref := spec.At("chartRef"); ref.IsSet() {
		if name := ref.At("name"); name.Str() != "" {
			d.remote(name, ref.At("kind").Str())
		}
		return
	}
	chart := spec.At("chart", "spec", "chart")
	if chart.Str() == "" { // a patch
		return
	}
	ref := spec.At("chart", "spec", "sourceRef")
	from := repository(ref)
	switch ref.At("kind").Str() {
	case "GitRepository", "Bucket", "":
	default:
		d.remote(chart, from)
		return
	}
	if folder := d.folder(chart, from, ""); folder != "" {
		d.release(folder, d.fluxRelease(spec))
	}
}

func repository(ref *manifest.Node) string {
	if ref.At("name").Str() == "" {
		return ""
	}
	return ref.At("kind").Str() + " " + ref.At("name").Str()
}

func (d *deployment) fluxRelease(spec *manifest.Node) render.Release {
	r := render.Release{Name: spec.At("releaseName").Str(), Namespace: spec.At("targetNamespace").Str()}
	if r.Name == "" {
		r.Name = d.object.Name
		if r.Namespace != "" {
			r.Name = r.Namespace + "-" + r.Name
		}
	}
	if r.Namespace == "" {
		r.Namespace = d.object.Namespace
	}
	optional := spec.At("chart", "spec", "ignoreMissingValuesFiles").True()
	r.ValuesFiles = d.valuesFiles(spec.At("chart", "spec", "valuesFiles"), optional, func(file string) string { return file })
	for _, from := range spec.At("valuesFrom").Items() {
		d.tell(from.Nearest("name"), "values of %s %s are not read, so the chart is rendered without them", from.At("kind").Str(), from.At("name").Str())
	}
	if values := spec.At("values"); values.IsSet() {
		r.Inline = []*manifest.Node{values}
	}
	return r
}

// fluxKustomization reads a Kustomization of Flux. A kustomization in the tree
// is judged by itself; what is said here is only that there is none.
func (d *deployment) fluxKustomization() {
	spec := d.object.At("spec")
	if at := spec.At("path"); at.Str() != "" {
		d.folder(at, repository(spec.At("sourceRef")), spec.At("targetNamespace").Str())
	}
}
