package load

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/bmatcuk/doublestar/v4"

	"github.com/seaworthy-lint/seaworthy/lint/manifest"
)

// Root is what report paths are relative to: the repository that holds the
// first path, found by its .git, else dir.
func Root(dir string, paths []string) string {
	start := dir
	if len(paths) > 0 && paths[0] != "-" {
		start = absolute(dir, paths[0])
		if info, err := os.Stat(start); err != nil || !info.IsDir() {
			start = filepath.Dir(start)
		}
	}
	for at := start; ; at = filepath.Dir(at) {
		if _, err := os.Lstat(filepath.Join(at, ".git")); err == nil {
			return at
		}
		if at == filepath.Dir(at) {
			return dir
		}
	}
}

func absolute(dir, path string) string {
	if filepath.IsAbs(path) {
		return filepath.Clean(path)
	}
	return filepath.Join(dir, path)
}

// Walk finds the targets under the paths: files, folders, globs and "-". All
// files that are named make one target, each folder one. An error means that a
// path that was named cannot be read, or that nothing was found at all.
func Walk(paths []string, opts Options) ([]Target, error) {
	w := &walker{opts: opts, seen: map[string]bool{}}
	paths, err := expandGlobs(opts.Dir, paths)
	if err != nil {
		return nil, err
	}
	named := Target{Target: manifest.Target{Type: plainTarget, Path: ".", Bounds: manifest.Files}}
	var targets []Target
	for _, path := range paths {
		if path == "-" {
			targets = append(targets, Target{
				Target: manifest.Target{Type: stdinTarget, Path: opts.StdinName},
				Inputs: []Input{{Path: "-", Name: opts.StdinName}},
			})
			continue
		}
		target, err := w.named(path, &named)
		if err != nil {
			return nil, err
		}
		targets = append(targets, target...)
	}
	if opts.Context {
		if targets, err = w.around(&named, targets); err != nil {
			return nil, err
		}
	}
	if len(named.Inputs) > 0 {
		targets = append([]Target{named}, targets...)
	}
	if !slices.ContainsFunc(targets, func(t Target) bool { return len(t.Inputs) > 0 || t.Root != "" }) {
		return nil, fmt.Errorf("no manifests found in %s: looked for .yaml, .yml and .json files that no .gitignore excludes", strings.Join(paths, ", "))
	}
	return targets, nil
}

// expandGlobs replaces patterns by the files that they match, for shells that
// do not and for quoted ones.
func expandGlobs(dir string, paths []string) ([]string, error) {
	var out []string
	for _, path := range paths {
		if _, err := os.Lstat(absolute(dir, path)); err == nil || path == "-" || !strings.ContainsAny(path, "*?[{") {
			out = append(out, path)
			continue
		}
		matches, err := doublestar.FilepathGlob(absolute(dir, path), doublestar.WithNoFollow())
		if err != nil {
			return nil, fmt.Errorf("expanding %s: %w", path, err)
		}
		if len(matches) == 0 {
			return nil, fmt.Errorf("no file matches %s", path)
		}
		slices.Sort(matches)
		out = append(out, matches...)
	}
	return out, nil
}

type walker struct {
	opts Options
	seen map[string]bool // files already taken
}

// named takes a path that the user named: a file is added to files, a folder
// is a target of its own.
func (w *walker) named(path string, files *Target) ([]Target, error) {
	abs := absolute(w.opts.Dir, path)
	info, err := os.Stat(abs)
	if err != nil {
		return nil, fmt.Errorf("reading %s: %w", path, cause(err))
	}
	if !info.IsDir() {
		if err := w.checkNamedFile(abs, path); err != nil {
			return nil, err
		}
		files.Inputs = append(files.Inputs, w.input(abs)...)
		return nil, nil
	}
	var f found
	ignored, err := outerIgnores(w.opts.Root, abs)
	if err != nil {
		return nil, err
	}
	if err := w.folder(&f, abs, abs, ignored); err != nil {
		return nil, fmt.Errorf("reading %s: %w", path, cause(err))
	}
	return w.targets(abs, &f), nil
}

// checkNamedFile opens a named file once, so that a run that cannot read what
// it was told to read ends before it writes a report. A link inside the
// repository must not lead out of it: a stranger's change may have added it.
func (w *walker) checkNamedFile(abs, path string) error {
	f, err := os.Open(abs)
	if err != nil {
		return fmt.Errorf("reading %s: %w", path, cause(err))
	}
	defer f.Close()
	if within(w.opts.Root, abs) && !Within(w.opts.Root, abs) {
		return fmt.Errorf("reading %s: it is a link that leads out of %s", path, w.opts.Root)
	}
	return nil
}

// cause leaves out the operation and the path that a file error repeats.
func cause(err error) error {
	var pathError *fs.PathError
	if errors.As(err, &pathError) {
		return pathError.Err
	}
	return err
}

// within tells whether a clean path is a folder or lies below it. It is asked
// for every file and chart, mostly in vain, which a look at the text tells.
func within(root, path string) bool {
	if filepath.IsAbs(root) && (len(path) < len(root) || !strings.EqualFold(path[:len(root)], root)) {
		return false
	}
	rel, err := filepath.Rel(root, path)
	return err == nil && rel != ".." && !strings.HasPrefix(rel, ".."+string(filepath.Separator))
}

// Within tells whether a path lies below a folder, also when symbolic links
// are followed.
func Within(root, path string) bool {
	if !within(root, path) {
		return false
	}
	real, err := filepath.EvalSymlinks(path)
	if err != nil {
		return true // there is nothing to follow
	}
	realRoot, err := filepath.EvalSymlinks(root)
	return err == nil && within(realRoot, real)
}

func (w *walker) name(abs string) string { return w.opts.name(abs) }

// name is how a file is called in reports.
func (o Options) name(abs string) string {
	rel, err := filepath.Rel(o.Root, abs)
	if err != nil {
		return filepath.ToSlash(abs)
	}
	return filepath.ToSlash(rel)
}

// input is the file as an input; none when it was taken before.
func (w *walker) input(abs string) []Input {
	if w.seen[abs] {
		return nil
	}
	w.seen[abs] = true
	return []Input{{Path: abs, Name: w.name(abs), Skipped: w.excluded(abs)}}
}

// excluded says why a file is not to be judged; empty for one that is.
func (w *walker) excluded(abs string) string {
	if w.opts.Excluded == nil {
		return ""
	}
	return w.opts.Excluded(w.name(abs))
}

func (w *walker) skip(f *found, abs, reason string) {
	f.manifests = append(f.manifests, Input{Path: abs, Name: w.name(abs), Skipped: reason})
}

// folder takes all manifests below a folder of the tree.
func (w *walker) folder(f *found, tree, folder string, ignored ignoreRules) error {
	entries, err := os.ReadDir(folder)
	if err != nil {
		return err
	}
	ignored, err = ignored.with(w.opts.Root, folder)
	if err != nil {
		return err
	}
	for _, entry := range entries {
		abs := filepath.Join(folder, entry.Name())
		isDir := entry.IsDir()
		switch {
		case ignored.match(w.opts.Root, abs, isDir):
		case isDir && (entry.Name() == ".git" || entry.Name() == "node_modules"):
		case isDir:
			if err := w.folder(f, tree, abs, ignored); err != nil {
				w.skipUnreadable(f, abs, err)
			}
		case entry.Type()&fs.ModeSymlink != 0:
			w.link(f, tree, abs)
		case entry.Type().IsRegular():
			if w.excluded(abs) == "" {
				f.note(abs)
			}
			if isManifest(entry.Name()) && entry.Name() != w.opts.ConfigName {
				f.manifests = append(f.manifests, w.input(abs)...)
			}
		}
	}
	return nil
}

// unreadable marks an input that cannot be read; its document is a problem.
const unreadable = "cannot be read: "

func (w *walker) skipUnreadable(f *found, abs string, err error) {
	w.skip(f, abs, unreadable+cause(err).Error())
}

// link takes a symbolic link to a file inside the tree; a folder inside the
// tree is found without its link.
func (w *walker) link(f *found, tree, abs string) {
	real, err := filepath.EvalSymlinks(abs)
	if err != nil {
		if isManifest(abs) {
			w.skip(f, abs, "a symbolic link to nothing")
		}
		return
	}
	info, err := os.Stat(real)
	if err != nil || !info.IsDir() && !isManifest(abs) {
		return
	}
	realTree, err := filepath.EvalSymlinks(tree)
	switch {
	case err != nil || !within(realTree, real):
		w.skip(f, abs, "a symbolic link that leads out of "+w.name(tree)+", not followed")
	case info.Mode().IsRegular():
		if rel, err := filepath.Rel(realTree, real); err == nil {
			f.manifests = append(f.manifests, w.input(filepath.Join(tree, rel))...)
		}
	}
}

func isManifest(name string) bool {
	switch strings.ToLower(filepath.Ext(name)) {
	case ".yaml", ".yml", ".json":
		return true
	}
	return false
}
