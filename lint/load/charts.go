package load

import (
	"archive/tar"
	"compress/gzip"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"

	"github.com/Masterminds/semver/v3"

	"github.com/seaworthy-lint/seaworthy/lint/manifest"
	"github.com/seaworthy-lint/seaworthy/lint/render"
)

// chartParts are the folders and files of a chart that Helm loads.
var chartParts = []string{"templates", "crds", "charts", "Chart.yaml", "Chart.lock", "values.yaml", "values.schema.json", "requirements.yaml"}

// charts are the targets of the charts in view: each once, or once for each
// of its releases. What lies in a chart is judged through it. Those that
// kustomizations inflate are theirs.
func (w *walker) charts(named string, f *found, inflated []string, owned map[string]bool, declared map[string][]render.Release) []Target {
	slices.Sort(f.charts) // a chart before what lies in it
	outer := outermost(f.charts)
	siblings := siblingCharts(f.charts)
	var targets []Target
	for _, dir := range outer {
		if slices.Contains(inflated, dir) && len(declared[dir]) == 0 {
			continue
		}
		releases := w.releases(named, dir, siblings, declared[dir])
		var holds []string
		for _, input := range f.ofChart(dir) {
			releases[0].Inputs = append(releases[0].Inputs, input)
			holds = append(holds, input.Path)
			owned[input.Path] = true
		}
		for _, release := range releases {
			holds = append(holds, release.release.ValuesFiles...)
		}
		for i := range releases {
			releases[i].holds = holds
		}
		targets = append(targets, releases...)
	}
	for _, path := range f.packages {
		if !slices.ContainsFunc(outer, func(chart string) bool { return within(chart, path) }) {
			targets = append(targets, w.releases(named, path, siblings, nil)...)
		}
	}
	return targets
}

// ofChart are the files that a chart loads.
func (f *found) ofChart(dir string) []Input {
	var inputs []Input
	for _, input := range f.manifests {
		if within(dir, input.Path) && slices.Contains(chartParts, parts(dir, input.Path)[0]) {
			inputs = append(inputs, input)
		}
	}
	return inputs
}

// outermost leaves out the charts that lie in another one: they are its
// subcharts.
func outermost(charts []string) []string {
	var outer []string
	for _, chart := range charts {
		if !slices.ContainsFunc(outer, func(o string) bool { return within(o, chart) }) {
			outer = append(outer, chart)
		}
	}
	return outer
}

// releases are a target for each release of a chart; its values decide what is
// deployed together. The configuration says which there are, else what
// declares them in the tree.
func (w *walker) releases(named, path string, siblings func(name, constraint string) string, declared []render.Release) []Target {
	name := w.name(path)
	var releases []render.Release
	if w.opts.Releases != nil {
		releases = w.opts.Releases(name)
	}
	if len(releases) == 0 {
		releases = declared
	}
	if len(releases) == 0 {
		releases = []render.Release{w.opts.Release}
	}
	count := map[string]int{}
	for _, release := range releases {
		count[release.Name]++
	}
	targets := make([]Target, len(releases))
	for i, release := range releases {
		release.Siblings = siblings
		targets[i] = Target{Target: manifest.Target{Type: chartTarget, Path: name}, Root: path, named: named, release: release}
		targets[i].Namespace, targets[i].Assumed = release.Destination()
		if len(releases) > 1 {
			label := release.Name
			if count[label] > 1 && release.Namespace != "" {
				label = release.Namespace + "/" + label
			}
			targets[i].Path += " (release " + label + ")"
		}
	}
	return targets
}

// siblingCharts finds a chart of the tree by name and version constraint. The
// charts say what they are once, when the first dependency is missing.
func siblingCharts(dirs []string) func(name, constraint string) string {
	type sibling struct{ dir, version string }
	named := sync.OnceValue(func() map[string][]sibling {
		charts := map[string][]sibling{}
		for _, dir := range dirs {
			chart := chartMetadata(filepath.Join(dir, "Chart.yaml"))
			name := chart.At("name").Str()
			charts[name] = append(charts[name], sibling{dir, chart.At("version").Str()})
		}
		return charts
	})
	return func(name, constraint string) string {
		for _, chart := range named()[name] {
			if fits(chart.version, constraint) {
				return chart.dir
			}
		}
		return ""
	}
}

func chartMetadata(path string) *manifest.Node {
	file := textFile(path, path)
	if file == nil {
		return nil
	}
	docs := manifest.Documents(file)
	if len(docs) == 0 {
		return nil
	}
	tree, err := manifest.Parse(docs[0])
	if err != nil {
		return nil
	}
	return tree.Root
}

// textFile reads a file of the tree under a name for reports; nil when it is
// no regular file of text.
func textFile(path, name string) *manifest.File {
	info, err := os.Lstat(path)
	if err != nil || !info.Mode().IsRegular() || info.Size() > MaxFileSize {
		return nil
	}
	content, err := os.ReadFile(path)
	if err != nil {
		return nil
	}
	file, err := manifest.NewFile(name, content)
	if err != nil {
		return nil
	}
	return file
}

func fits(version, constraint string) bool {
	v, err := semver.NewVersion(version)
	if err != nil {
		return false
	}
	if constraint == "" {
		return true
	}
	c, err := semver.NewConstraint(constraint)
	return err == nil && c.Check(v)
}

// maxPackageEntries is how many entries of an archive are looked at for a
// Chart.yaml, which Helm writes first.
const maxPackageEntries = 16

// isPackagedChart tells whether an archive is a chart and not something else.
func isPackagedChart(path string) bool {
	if !strings.HasSuffix(path, ".tgz") {
		return false
	}
	f, err := os.Open(path)
	if err != nil {
		return false
	}
	defer f.Close()
	unzipped, err := gzip.NewReader(f)
	if err != nil {
		return false
	}
	archive := tar.NewReader(io.LimitReader(unzipped, MaxFileSize))
	for range maxPackageEntries {
		header, err := archive.Next()
		if err != nil {
			return false
		}
		if _, name, ok := strings.Cut(header.Name, "/"); ok && name == "Chart.yaml" {
			return true
		}
	}
	return false
}
