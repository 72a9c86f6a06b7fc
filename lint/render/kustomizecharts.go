package render

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"strings"

	"sigs.k8s.io/kustomize/api/konfig"
	"sigs.k8s.io/kustomize/api/types"

	"github.com/seaworthy-lint/seaworthy/lint/manifest"
)

// localChart is an entry of helmCharts, or of the list that it replaced.
type localChart struct {
	chart types.HelmChart
	// list and index are where the entry stands, nameKey and inlineKey how it
	// calls the name of the chart and the values that it holds.
	list               string
	index              int
	nameKey, inlineKey string
	// path is where kustomize looks for the chart before it fetches it.
	path string
}

// localCharts are the entries in kustomize's order.
func (s *kustomizationSpec) localCharts() []localChart {
	old, globals := types.SplitHelmParameters(s.HelmChartInflationGenerator)
	if s.HelmGlobals != nil {
		globals = *s.HelmGlobals
	}
	home := globals.ChartHome
	if home == "" {
		home = types.HelmDefaultHome
	}
	var out []localChart
	for i, chart := range s.HelmCharts {
		out = append(out, localChart{chart: chart, list: "helmCharts", index: i, nameKey: "name", inlineKey: "valuesInline"})
	}
	for i, chart := range old {
		out = append(out, localChart{chart: chart, list: "helmChartInflationGenerator", index: i, nameKey: "chartName", inlineKey: "valuesLocal"})
	}
	for i := range out {
		chart := out[i].chart
		folder := home
		if chart.Version != "" && chart.Repo != "" { // as kustomize itself keeps what it fetched
			folder = filepath.Join(home, chart.Name+"-"+chart.Version)
		}
		if chart.Name != "" {
			out[i].path = filepath.Join(folder, chart.Name)
		}
	}
	return out
}

// maxCharts is how many charts of one kustomization are rendered.
const maxCharts = 50

// charts renders the charts that lie in the tree, and hands kustomize what
// they give as resources. Kustomize itself would run helm for them.
func (c *cutter) charts() {
	charts := c.spec.localCharts()
	c.spec.HelmCharts, c.spec.HelmChartInflationGenerator = nil, nil
	for i, e := range charts {
		if c.cuts++; i == maxCharts {
			c.note(c.place(c.item(e.list, e.index), e.list), manifest.TemplateNotRendered, fmt.Sprintf("%smore than %d charts", chartNotBuilt, maxCharts))
			break
		}
		entry := c.item(e.list, e.index)
		name := foldedField(entry, e.nameKey)
		if name == nil {
			name = entry
		}
		real, err := c.files.real(c.at(e.path))
		if e.path == "" || errors.Is(err, errNoFile) || err == nil && !c.files.isDir(real) {
			reason := chartNotBuilt + e.chart.Name
			if e.chart.Repo != "" {
				reason = remoteBase + strings.TrimSuffix(e.chart.Repo, "/") + "/" + e.chart.Name
			}
			c.note(c.place(name, e.list), manifest.TemplateNotRendered, reason)
			continue
		}
		if err == nil {
			err = c.inflate(e, entry, name, real, i)
		}
		if err != nil {
			c.note(c.place(name, e.list), manifest.TemplateNotRendered, chartNotBuilt+e.chart.Name+": "+err.Error())
		}
	}
}

func (c *cutter) at(path string) string {
	if filepath.IsAbs(path) {
		return path
	}
	return filepath.Join(c.dir, path)
}

// inflate renders the chart in a folder.
func (c *cutter) inflate(e localChart, entry, name *manifest.Node, dir string, i int) error {
	if name.Str() != e.chart.Name {
		return fmt.Errorf("%s is written in several ways", e.list)
	}
	values, err := c.chartValues(e, entry)
	if err != nil {
		return err
	}
	release := Release{
		Name: e.chart.ReleaseName, Namespace: e.chart.Namespace, Inline: values,
		KubeVersion: e.chart.KubeVersion, APIVersions: e.chart.ApiVersions,
		TestHooks: !e.chart.SkipTests, SkipCRDs: !e.chart.IncludeCRDs,
	}
	if release.Namespace == "" {
		release.Namespace = c.spec.Namespace
	}
	marked := release.Namespace != "" // else that of a kustomization above is the release's
	// Patches and references may concern kinds that no rule reads.
	result := Chart(dir, release, Options{Root: c.files.root, Name: c.files.name})
	for _, path := range result.Inputs {
		c.chartInputs = append(c.chartInputs, c.files.public(path))
	}
	path := fmt.Sprintf("%s-%d.json", e.list, i)
	for c.files.isFile(c.at(path)) {
		path = "-" + path
	}
	file := &kustomizeFile{real: c.at(path), source: c.file.source, parsed: true}
	for _, d := range result.Documents {
		if e.chart.SkipHooks && isHook(d) {
			continue
		}
		c.adopt(file, d, marked)
	}
	if len(file.docs) == 0 {
		return nil
	}
	if c.kustomization.charts == nil {
		c.kustomization.charts = map[string]kustomizeEntry{}
	}
	c.kustomization.charts[path] = kustomizeEntry{node: name, path: path, file: file}
	c.spec.Resources = append(slices.Clip(c.spec.Resources), path)
	return nil
}

func isHook(d *manifest.Document) bool {
	return d.Object != nil && d.Object.At("metadata", "annotations", "helm.sh/hook") != nil
}

// adopt takes over a document of a chart: an object for kustomize, or what
// could not be rendered.
func (c *cutter) adopt(file *kustomizeFile, d *manifest.Document, marked bool) {
	if d.Object == nil {
		c.coverage = append(c.coverage, d)
		return
	}
	root := d.Object.Node
	object := jsonOf(root)
	if marked {
		markAsChart(object)
	}
	text, err := json.Marshal(object)
	if err != nil {
		d.Object, d.Status, d.Reason = nil, manifest.ParseError, err.Error()
		c.coverage = append(c.coverage, d)
		return
	}
	file.content = append(append(file.content, "---\n"...), append(bytes.TrimSpace(text), '\n')...)
	file.docs = append(file.docs, kustomizeDocument{span: d.Span, root: root, via: d.Object.Via})
}

// markAsChart sets what kustomize itself notes on the objects of charts: their
// namespaces are left to helm. Kustomize takes the note away in the end.
func markAsChart(object any) {
	fields, _ := object.(map[string]any)
	metadata, _ := fields["metadata"].(map[string]any)
	if metadata == nil {
		return
	}
	annotations, ok := metadata["annotations"].(map[string]any)
	if !ok {
		annotations = map[string]any{}
		metadata["annotations"] = annotations
	}
	annotations[konfig.HelmGeneratedAnnotation] = "true"
}

// jsonOf is the value of a node, with numbers as they are written.
func jsonOf(n *manifest.Node) any {
	switch {
	case n.Kind == manifest.Map:
		fields := make(map[string]any, len(n.Kids))
		for _, kid := range n.Kids {
			fields[kid.Key] = jsonOf(kid)
		}
		return fields
	case n.Kind == manifest.List:
		items := make([]any, len(n.Kids))
		for i, kid := range n.Kids {
			items[i] = jsonOf(kid)
		}
		return items
	case n.Type == manifest.Int, n.Type == manifest.Float:
		return json.Number(n.Value)
	}
	return valueOf(n)
}

// chartValues are the values that kustomize gives helm, those that win last.
func (c *cutter) chartValues(e localChart, entry *manifest.Node) ([]*manifest.Node, error) {
	base, err := c.valuesFile(e.chart.ValuesFile)
	if err != nil {
		return nil, err
	}
	values := base
	if len(e.chart.ValuesInline) > 0 {
		inline := foldedField(entry, e.inlineKey)
		if inline == nil {
			return nil, fmt.Errorf("%s is written in several ways", e.inlineKey)
		}
		if values, err = c.mergedValues(e, base, inline); err != nil {
			return nil, err
		}
	}
	for _, path := range e.chart.AdditionalValuesFiles {
		more, err := c.valuesFile(path)
		if err != nil {
			return nil, err
		}
		values = append(values, more...)
	}
	return values, nil
}

func (c *cutter) mergedValues(e localChart, base []*manifest.Node, inline *manifest.Node) ([]*manifest.Node, error) {
	switch e.chart.ValuesMerge {
	case "", "override":
		return append(base, withoutNulls(inline)), nil
	case "replace":
		return []*manifest.Node{inline}, nil
	case "merge":
		if e.chart.ValuesFile == "" { // the chart's own values win, too
			own, err := c.valuesFile(filepath.Join(e.path, "values.yaml"))
			if err != nil {
				return nil, err
			}
			base = own
		}
		return append([]*manifest.Node{inline}, base...), nil
	}
	return nil, fmt.Errorf("valuesMerge %q is none of merge, override, replace", e.chart.ValuesMerge)
}

// valuesFile reads a file of values inside of the root.
func (c *cutter) valuesFile(path string) ([]*manifest.Node, error) {
	if path == "" {
		return nil, nil
	}
	f := c.files.read(c.at(path))
	for _, err := range []error{f.err, f.text, f.unsafe} {
		if err != nil {
			return nil, fmt.Errorf("values file %s: %w", path, err)
		}
	}
	c.chartInputs = append(c.chartInputs, c.files.public(f.real))
	spans := manifest.Documents(f.source)
	if len(spans) == 0 {
		return nil, nil
	}
	tree, err := manifest.Parse(spans[0])
	if err != nil {
		return nil, fmt.Errorf("values file %s: %w", path, err)
	}
	return []*manifest.Node{tree.Root}, nil
}

// withoutNulls leaves out the fields that are null: where kustomize merges
// values before helm sees them, a null takes away what it would replace, so
// that the chart's own value holds.
func withoutNulls(n *manifest.Node) *manifest.Node {
	if n.Kind != manifest.Map {
		return n
	}
	own := *n
	own.Kids = nil
	for _, kid := range n.Kids {
		if kid.Kind != manifest.Scalar || kid.Type != manifest.Null {
			own.Kids = append(own.Kids, withoutNulls(kid))
		}
	}
	return &own
}
