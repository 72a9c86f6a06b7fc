package load

import (
	"fmt"
	"slices"
)

// Names are the paths in reports of the files among paths.
func Names(paths []string, opts Options) []string {
	names := make([]string, 0, len(paths))
	for _, path := range paths {
		names = append(names, opts.name(absolute(opts.Dir, path)))
	}
	return names
}

// around are the targets of the repository that files which were named one by
// one are part of. It takes the files that it accounts for out of named: what
// is ignored, or lies outside the repository, stays there.
func (w *walker) around(named *Target) ([]Target, error) {
	inside := slices.ContainsFunc(named.Inputs, func(i Input) bool { return within(w.opts.Root, i.Path) })
	if !w.opts.Context || !inside {
		return nil, nil
	}
	root := w.opts.Root
	repository := &walker{opts: w.opts, seen: map[string]bool{}}
	var f found
	if err := repository.folder(&f, root, root, ignoreRules{}); err != nil {
		return nil, fmt.Errorf("reading what lies around the named files: %w", cause(err))
	}
	accounted := map[string]bool{}
	var targets []Target
	for _, t := range repository.targets(root, &f) {
		holds := t.holding(named.Inputs)
		for _, path := range holds {
			accounted[path] = true
		}
		if len(holds) > 0 {
			targets = append(targets, t)
		}
	}
	named.Inputs = slices.DeleteFunc(named.Inputs, func(i Input) bool { return accounted[i.Path] })
	return targets, nil
}

// holding are the paths of the inputs that the target is made of.
func (t *Target) holding(inputs []Input) []string {
	own := map[string]bool{}
	for _, input := range t.Inputs {
		own[input.Path] = true
	}
	for _, path := range t.holds {
		own[path] = true
	}
	var paths []string
	for _, input := range inputs {
		if own[input.Path] || t.Type == chartTarget && t.loads(input.Path) {
			paths = append(paths, input.Path)
		}
	}
	return paths
}

// loads tells whether a path lies where Helm loads the chart of the target
// from: helpers in templates are no manifests and no inputs.
func (t *Target) loads(path string) bool {
	below := parts(t.Root, path)
	return len(below) == 0 || slices.Contains(chartParts, below[0])
}
