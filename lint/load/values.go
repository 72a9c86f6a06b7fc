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

// values reads the values file of a chart for the rules that look into it; nil
// when there are none or it is no such file. What the chart loads is accounted
// for with the chart.
func (r *reader) values(in Input, content []byte, rendered bool) []*manifest.Document {
	if in.valuesOf == "" || r.opts.Reads != nil && !r.opts.Reads(manifest.ValuesAPIVersion, manifest.ValuesKind) {
		return nil
	}
	d := manifest.ReadValues(in.Name, in.valuesOf, content)
	if d == nil {
		return nil
	}
	if rendered && d.Object != nil {
		d.Kind, d.Status, d.Reason = "", manifest.Rendered, ""
	}
	return []*manifest.Document{d}
}
