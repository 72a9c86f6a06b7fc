package config

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"github.com/seaworthy-lint/seaworthy/lint/manifest"
)

// maxSize is how many bytes a configuration file may have.
const maxSize = 1 << 20

// cause leaves out the operation and the path that a file error repeats.
func cause(err error) error {
	if pathError, ok := errors.AsType[*fs.PathError](err); ok {
		return pathError.Err
	}
	return err
}

// parse reads a file called name, whose paths are relative to the report path
// dir, and which lies in a folder.
func (t *Tree) parse(f io.Reader, name, dir, folder string) (*Config, error) {
	content, err := io.ReadAll(io.LimitReader(f, maxSize+1))
	if err == nil && len(content) > maxSize {
		err = fmt.Errorf("larger than %d MiB", maxSize>>20)
	}
	if err != nil {
		return nil, fmt.Errorf("reading %s: %w", name, cause(err))
	}
	file, err := manifest.NewFile(name, content)
	if err != nil {
		return nil, fmt.Errorf("reading %s: %w", name, err)
	}
	c, err := Parse(file, dir, folder, t.catalogue)
	if err != nil {
		return nil, err
	}
	for _, chart := range c.charts {
		for _, release := range chart.Releases {
			for _, values := range release.Values {
				if !t.holds(values) {
					return nil, fmt.Errorf("%s: values file %s lies outside the repository", name, values)
				}
			}
		}
	}
	return c, nil
}

// holds tells whether a path lies in the repository, also when links are
// followed. One that is not there is left to whoever reads it.
func (t *Tree) holds(abs string) bool {
	rel, err := filepath.Rel(t.root, abs)
	if err != nil || !filepath.IsLocal(rel) {
		return false
	}
	_, err = t.files.Stat(rel)
	return err == nil || errors.Is(err, fs.ErrNotExist)
}

// Load reads the configuration of folders, given as report paths. The error
// tells of files that cannot be read.
func (t *Tree) Load(folders []string) error {
	t.lock.Lock()
	defer t.lock.Unlock()
	for _, dir := range folders {
		t.judged[dir] = t.chain(dir)
	}
	return t.err
}

// Err tells of a file that could not be read since.
func (t *Tree) Err() error {
	t.lock.Lock()
	defer t.lock.Unlock()
	return t.err
}

// chain are the files that hold in a folder. What lies outside of the
// repository has those of its root.
func (t *Tree) chain(dir string) []*Config {
	if t.named != nil {
		return []*Config{t.named}
	}
	if dir == ".." || strings.HasPrefix(dir, "../") || path.IsAbs(dir) || filepath.IsAbs(dir) {
		dir = "."
	}
	if known, ok := t.chains[dir]; ok {
		return known
	}
	own := t.own(dir)
	var chain []*Config
	if dir != "." && (own == nil || !own.root) {
		chain = t.chain(path.Dir(dir))
	}
	if own != nil {
		t.loaded = append(t.loaded, own)
		chain = append(slices.Clone(chain), own)
	}
	t.chains[dir] = chain
	return chain
}

// own is the file in a folder; nil when there is none, or none to be read. A
// folder that cannot be looked into, or that a link leads out of the
// repository, has none.
func (t *Tree) own(dir string) *Config {
	name := path.Join(dir, FileName)
	if _, err := t.files.Lstat(filepath.FromSlash(name)); err != nil {
		return nil
	}
	config, err := t.read(dir, name)
	if err != nil {
		t.err = errors.Join(t.err, err)
		return nil
	}
	return config
}

func (t *Tree) read(dir, name string) (*Config, error) {
	f, err := t.files.Open(filepath.FromSlash(name))
	if err != nil {
		return nil, fmt.Errorf("reading %s: %w", name, cause(err))
	}
	defer f.Close()
	if info, err := f.Stat(); err != nil || !info.Mode().IsRegular() {
		return nil, fmt.Errorf("reading %s: it is no file", name)
	}
	return t.parse(f, name, dir, filepath.Join(t.root, filepath.FromSlash(dir)))
}
