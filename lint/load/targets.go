package load

import (
	"path/filepath"
	"slices"

	"github.com/seaworthy-lint/seaworthy/lint/manifest"
	"github.com/seaworthy-lint/seaworthy/lint/render"
)

// Types of targets.
const (
	plainTarget         = "plain"
	stdinTarget         = "stdin"
	chartTarget         = "chart"
	kustomizationTarget = "kustomization"
)

// found is what lies below a folder that was named.
type found struct {
	manifests      []Input
	charts         []string // chart folders, each before what lies in it
	packages       []string // packaged charts
	kustomizations []string // folders of kustomizations
}

var kustomizationNames = []string{"kustomization.yaml", "kustomization.yml", "Kustomization"}

// note keeps a file that makes its folder a chart or a kustomization, or that
// may be a packaged chart.
func (f *found) note(path string) {
	dir, name := filepath.Split(path)
	dir = filepath.Clean(dir)
	switch {
	case name == "Chart.yaml":
		f.charts = append(f.charts, dir)
	case slices.Contains(kustomizationNames, name):
		f.kustomizations = append(f.kustomizations, dir)
	case isPackagedChart(path):
		f.packages = append(f.packages, path)
	}
}

// targets divides what was found: charts with what they load, kustomization
// roots with what they reach, and plain manifests, which are the rest.
func (w *walker) targets(dir string, f *found) []Target {
	var targets []Target
	owned := map[string]bool{}
	declared := w.declared(dir, f)
	kustomizer := render.NewKustomizer(w.opts.render(dir))
	reach := map[string][]string{}
	for _, folder := range f.kustomizations {
		reach[folder] = kustomizer.References(folder)
	}
	charts := inflated(f.charts, reach)
	for _, chart := range charts {
		for _, input := range f.ofChart(chart) {
			reach[chart] = append(reach[chart], input.Path)
		}
	}
	targets = append(targets, w.charts(dir, f, charts, owned, declared.releases)...)
	targets = append(targets, w.kustomizations(kustomizer, f, reach, owned, declared)...)
	plain := Target{Target: manifest.Target{Type: plainTarget, Path: w.name(dir)}, entries: declared.entries}
	for _, input := range f.manifests {
		if !owned[input.Path] {
			plain.Inputs = append(plain.Inputs, input)
		}
	}
	return append(targets, plain)
}

// inflated are the charts that kustomizations in view build on: they are judged
// through these, with their values and patches, and not by themselves.
func inflated(charts []string, reach map[string][]string) []string {
	var all []string
	for _, chart := range charts {
		for dir, paths := range reach {
			if !within(chart, dir) && slices.Contains(paths, chart) {
				all = append(all, chart)
				break
			}
		}
	}
	return all
}

// kustomizations are the roots: those that no other one in view uses. Each
// takes the files that it reaches; a file that several reach is accounted for
// once.
func (w *walker) kustomizations(kustomizer *render.Kustomizer, f *found, reach map[string][]string, owned map[string]bool, declared declarations) []Target {
	used := map[string]bool{}
	for _, dir := range f.kustomizations {
		for _, path := range reach[dir] {
			if path != dir {
				used[path] = true
			}
		}
	}
	inputs := map[string]Input{}
	for _, input := range f.manifests {
		inputs[input.Path] = input
	}
	var targets []Target
	for _, dir := range f.kustomizations {
		if used[dir] && !isCycle(dir, reach) {
			continue
		}
		t := Target{Target: manifest.Target{Type: kustomizationTarget, Path: w.name(dir)}, Root: dir, kustomizer: kustomizer, holds: closure(dir, reach)}
		t.Namespace = declared.namespace(dir)
		for _, path := range t.holds {
			if input, ok := inputs[path]; ok && !owned[path] {
				t.Inputs = append(t.Inputs, input)
				owned[path] = true
			}
		}
		targets = append(targets, t)
	}
	return targets
}

// isCycle tells whether a kustomization uses itself, so that nothing but a
// part of the cycle can be its root.
func isCycle(dir string, reach map[string][]string) bool {
	for _, path := range reach[dir] {
		if path != dir && slices.Contains(closure(path, reach), dir) {
			return true
		}
	}
	return false
}

// closure are the files and folders that a kustomization reaches, its own
// kustomization file among them.
func closure(dir string, reach map[string][]string) []string {
	seen := map[string]bool{}
	var all []string
	var visit func(path string)
	visit = func(path string) {
		if seen[path] {
			return
		}
		seen[path] = true
		all = append(all, path)
		for _, next := range reach[path] {
			visit(next)
		}
		for _, name := range kustomizationNames {
			if _, isKustomization := reach[path]; isKustomization {
				all = append(all, filepath.Join(path, name))
			}
		}
	}
	visit(dir)
	return all
}

// render are the options for what lies below a folder that was named. Nothing
// outside the repository is read, or outside the folder when it lies elsewhere.
func (o Options) render(named string) render.Options {
	root := o.Root
	if !within(root, named) {
		root = Root(named, []string{named})
	}
	return render.Options{Root: root, Name: o.name, Reads: o.Reads}
}
