package load

import (
	"path"
	"path/filepath"
	"regexp"

	"github.com/seaworthy-lint/seaworthy/lint/manifest"
)

// valuesName matches the names that people give values files beside
// values.yaml: values-prod.yaml, prod.values.yml, ci/test-values.yaml.
var valuesName = regexp.MustCompile(`^(values|.*[-_.]values)([-_.].*)?\.ya?ml$`)

// markValues tells the values files among the inputs: those that lie in a chart
// and are named so.
func (f *found) markValues() {
	charts := map[string]bool{}
	for _, dir := range f.charts {
		charts[dir] = true
	}
	for i, input := range f.manifests {
		if !valuesName.MatchString(path.Base(filepath.ToSlash(input.Path))) {
			continue
		}
		for dir := filepath.Dir(input.Path); ; dir = filepath.Dir(dir) {
			if charts[dir] {
				if parts := parts(dir, input.Path); parts[0] != "templates" && parts[0] != "crds" {
					f.manifests[i].valuesOf = filepath.Base(dir)
				}
				break
			}
			if dir == filepath.Dir(dir) {
				break
			}
		}
	}
}

// ofTool reads a file of another tool for the rules that look into it: values of
// a chart, or what SOPS is to encrypt. It is nil when there are none or it is no
// such file. What a chart loads is accounted for with the chart.
func (r *reader) ofTool(in Input, content []byte, rendered bool) []*manifest.Document {
	apiVersion, kind, name := manifest.ValuesAPIVersion, manifest.ValuesKind, in.valuesOf
	if path.Base(filepath.ToSlash(in.Path)) == ".sops.yaml" {
		apiVersion, kind, name = manifest.SOPSAPIVersion, manifest.SOPSKind, in.Name
	}
	if name == "" || r.opts.Reads != nil && !r.opts.Reads(apiVersion, kind) {
		return nil
	}
	d := manifest.ReadTool(apiVersion, kind, in.Name, name, content)
	switch {
	case d == nil:
		return nil
	case d.Object == nil:
	case rendered:
		d.Kind, d.Status = "", manifest.Rendered
	case kind == manifest.SOPSKind:
		d.Kind, d.Status, d.Reason = "", manifest.NotKubernetes, "a configuration of SOPS"
	}
	return []*manifest.Document{d}
}
