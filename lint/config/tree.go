package config

import (
	"fmt"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"sync"

	"github.com/seaworthy-lint/seaworthy/lint"
	"github.com/seaworthy-lint/seaworthy/lint/manifest"
)

// Tree is the configuration of a repository: what its files and the flags say.
// Several goroutines may ask it at once.
type Tree struct {
	root      string
	files     *os.Root
	catalogue Catalogue
	flags     Flags
	stdin     string
	// named is the file that replaces those of the folders; nil for none.
	named *Config

	lock      sync.Mutex
	chains    map[string][]*Config // by folder, the nearest last
	judged    map[string][]*Config // of the folders that hold what is judged
	loaded    []*Config
	scopes    map[string]*scope // by file
	effective map[string]*Effective
	nothing   *Effective // what holds for files that are not judged
	err       error
}

// Options say where the configuration lies.
type Options struct {
	// Root is the absolute path of the repository; nothing outside of it is
	// looked at, also through links.
	Root string
	// File is the absolute path of a file that replaces those in the tree, and
	// Name what it is called; empty for none. Its paths are relative to Root.
	File, Name string
	Catalogue  Catalogue
	Flags      Flags
	// Stdin is what standard input is called in reports when nobody gave it a
	// name: it is judged whatever is excluded. Empty when somebody did.
	Stdin string
}

// Open prepares the configuration of a repository.
func Open(opts Options) (*Tree, error) {
	files, err := os.OpenRoot(opts.Root)
	if err != nil {
		return nil, fmt.Errorf("reading the configuration: %w", err)
	}
	t := &Tree{
		root: opts.Root, files: files, catalogue: opts.Catalogue, flags: opts.Flags, stdin: opts.Stdin,
		chains: map[string][]*Config{}, judged: map[string][]*Config{}, scopes: map[string]*scope{}, effective: map[string]*Effective{},
		nothing: &Effective{},
	}
	if opts.File == "" {
		return t, nil
	}
	f, err := os.Open(opts.File)
	if err != nil {
		return nil, fmt.Errorf("reading %s: %w", opts.Name, cause(err))
	}
	defer f.Close()
	t.named, err = t.parse(f, opts.Name, ".", filepath.Dir(opts.File))
	if err != nil {
		return nil, err
	}
	t.loaded = append(t.loaded, t.named)
	return t, nil
}

// At is what holds for an object in the file of a report path; a nil object
// asks for what holds for any.
func (t *Tree) At(file string, o *manifest.Object) *Effective {
	t.lock.Lock()
	defer t.lock.Unlock()
	s := t.scope(file)
	if s.same != nil {
		return s.same
	}
	return t.resolved(s, s.layers(o))
}

// Settings are those of At.
func (t *Tree) Settings(file string, o *manifest.Object) *lint.Settings {
	return &t.At(file, o).Settings
}

// resolved puts layers together once.
func (t *Tree) resolved(s *scope, layers []*layer) *Effective {
	var key strings.Builder
	for _, l := range layers {
		fmt.Fprintf(&key, "%p ", l)
	}
	name := key.String()
	if known := t.effective[name]; known != nil {
		return known
	}
	e := resolve(t.catalogue, layers, s.externals)
	t.effective[name] = e
	return e
}

// scope finds what holds in a file.
func (t *Tree) scope(file string) *scope {
	if known := t.scopes[file]; known != nil {
		return known
	}
	s := &scope{configs: t.chain(path.Dir(file))}
	for _, c := range s.configs {
		s.externals = append(s.externals, c.external...)
		s.steps = append(s.steps, override{layer: c.top})
		for _, o := range c.overrides {
			if o.selector.choosesPath(c.relative(file)) {
				s.steps = append(s.steps, o)
				s.byObject = s.byObject || o.selector.readsObjects()
			}
		}
	}
	s.steps = append(s.steps, override{layer: t.flags.layer()})
	s.excluded = t.excluded(s.configs, file)
	switch {
	case s.excluded.value != "":
		s.same = t.nothing
	case !s.byObject:
		s.same = t.resolved(s, s.layers(nil))
	}
	t.scopes[file] = s
	return s
}

// relative is a report path as the globs of the file see it.
func (c *Config) relative(file string) string {
	if c.dir == "." {
		return file
	}
	if file == c.dir {
		return "."
	}
	return strings.TrimPrefix(file, c.dir+"/")
}

// Excluded says why the file of a report path is not to be judged; it is empty
// for one that is.
func (t *Tree) Excluded(file string) string {
	t.lock.Lock()
	defer t.lock.Unlock()
	return t.scope(file).excluded.value
}

// excluded looks at the excludes of all files and flags, and at the nearest
// includes.
func (t *Tree) excluded(configs []*Config, file string) setting[string] {
	if file == t.stdin && t.stdin != "" {
		return setting[string]{}
	}
	for _, glob := range t.flags.Exclude {
		if lint.MatchesPath(cleanGlob(glob), file) {
			return setting[string]{"excluded by " + glob, Origin{Flag: "--exclude"}}
		}
	}
	for _, c := range configs {
		for _, glob := range c.exclude {
			if lint.MatchesPath(glob.value, c.relative(file)) {
				return setting[string]{"excluded by " + glob.value + " in " + c.file.Path, glob.origin}
			}
		}
	}
	for _, c := range slices.Backward(configs) {
		if len(c.include) == 0 {
			continue
		}
		if !slices.ContainsFunc(c.include, func(glob setting[string]) bool { return lint.MatchesPath(glob.value, c.relative(file)) }) {
			return setting[string]{"not included by " + c.file.Path, c.include[0].origin}
		}
		break
	}
	return setting[string]{}
}

// Differs tells whether files or flags make it matter where an object lies.
func (t *Tree) Differs() bool {
	t.lock.Lock()
	defer t.lock.Unlock()
	return len(t.loaded)+len(t.flags.Exclude) > 0
}

// Rules are all that may run in the folders that were loaded.
func (t *Tree) Rules() []*lint.Rule {
	t.lock.Lock()
	defer t.lock.Unlock()
	possible := map[*lint.Rule]bool{}
	seen := map[string]bool{}
	for _, chain := range t.judged {
		var s scope
		var key strings.Builder
		for _, c := range chain {
			fmt.Fprintf(&key, "%p ", c)
			s.steps = append(append(s.steps, override{layer: c.top}), c.overrides...)
		}
		if seen[key.String()] {
			continue
		}
		seen[key.String()] = true
		s.steps = append(s.steps, override{layer: t.flags.layer()})
		for _, r := range s.possible(t.catalogue) {
			possible[r] = true
		}
	}
	var rules []*lint.Rule
	for _, r := range t.catalogue.Rules {
		if possible[r] {
			rules = append(rules, r)
		}
	}
	return rules
}

// Releases are the releases of the chart at a report path, as the nearest file
// that says something of it has them; none when none does.
func (t *Tree) Releases(chart string) []Release {
	t.lock.Lock()
	defer t.lock.Unlock()
	for _, c := range slices.Backward(t.chain(chart)) {
		var releases []Release
		for _, entry := range c.charts {
			if matches(entry.Path, c.relative(chart)) {
				releases = append(releases, entry.Releases...)
			}
		}
		if len(releases) > 0 {
			return releases
		}
	}
	return nil
}

// Suppressions are those of all files that were loaded, with paths relative to
// the repository.
func (t *Tree) Suppressions() []lint.Suppression {
	t.lock.Lock()
	defer t.lock.Unlock()
	configs := slices.Clone(t.loaded)
	slices.SortFunc(configs, func(a, b *Config) int { return strings.Compare(a.file.Path, b.file.Path) })
	var all []lint.Suppression
	for _, c := range configs {
		all = append(all, c.suppressions...)
	}
	return all
}
