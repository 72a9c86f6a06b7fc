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

// around puts the targets of the repository that what was named is part of in
// place of it. What they do not account for, because it is ignored or lies
// outside the repository, stays.
func (w *walker) around(files *Target, folders []Target) ([]Target, error) {
	asked := asked(w.opts.Root, append(folders[:len(folders):len(folders)], *files))
	if len(asked) == 0 {
		return folders, nil
	}
	root := w.opts.Root
	repository := &walker{opts: w.opts, seen: map[string]bool{}}
	var f found
	if err := repository.folder(&f, root, root, ignoreRules{}); err != nil {
		return nil, fmt.Errorf("reading what lies around the named files: %w", cause(err))
	}
	accounted := map[string]bool{}
	var around []Target
	for _, t := range repository.targets(root, &f) {
		holds := t.holding(asked)
		for _, path := range holds {
			accounted[path] = true
		}
		if len(holds) > 0 {
			around = append(around, t)
		}
	}
	files.without(accounted)
	for _, t := range folders {
		if t.without(accounted); len(t.Inputs) > 0 || t.Root != "" && !accounted[t.Root] {
			around = append(around, t)
		}
	}
	return around, nil
}

// asked are the paths in the repository of what targets are made of.
func asked(root string, targets []Target) []string {
	var paths []string
	add := func(path string) {
		if path != "" && within(root, path) {
			paths = append(paths, path)
		}
	}
	for _, t := range targets {
		add(t.Root)
		for _, input := range t.Inputs {
			if t.Type != stdinTarget {
				add(input.Path)
			}
		}
	}
	return paths
}

func (t *Target) without(accounted map[string]bool) {
	t.Inputs = slices.DeleteFunc(t.Inputs, func(i Input) bool { return accounted[i.Path] })
}

// holding are those of the paths that the target is made of.
func (t *Target) holding(paths []string) []string {
	own := map[string]bool{t.Root: true}
	for _, input := range t.Inputs {
		own[input.Path] = true
	}
	for _, path := range t.holds {
		own[path] = true
	}
	var held []string
	for _, path := range paths {
		if own[path] || t.Type == chartTarget && t.loads(path) {
			held = append(held, path)
		}
	}
	return held
}

// loads tells whether a path lies where Helm loads the chart of the target
// from: helpers in templates are no manifests and no inputs.
func (t *Target) loads(path string) bool {
	below := parts(t.Root, path)
	return len(below) == 0 || slices.Contains(chartParts, below[0])
}
