package render

import (
	"bytes"
	"compress/gzip"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"sort"
	"strings"

	"helm.sh/helm/v3/pkg/chart"
	"helm.sh/helm/v3/pkg/chart/loader"
	"helm.sh/helm/v3/pkg/ignore"

	"github.com/seaworthy-lint/seaworthy/lint/manifest"
)

// Limits that keep hostile charts bounded.
const (
	maxChartFiles = 20_000
	maxChartBytes = 100 << 20
	// maxChartDepth is how deep charts, and directories, may lie in each other.
	// Helm has no such limit: an archive can be made that holds itself.
	maxChartDepth = 32
)

// chartLoader reads the files of a chart for Helm's loader, which by itself
// would follow symbolic links to anywhere and unpack archives without end.
type chartLoader struct {
	path, root string
	name       func(string) string
	inputs     []string
	// texts are the files that positions can lie in, by absolute path.
	texts map[string]*manifest.File
	trees map[*manifest.File]*manifest.Node
	// homes tells where the files of the loaded charts lie.
	homes map[*chart.File]home
	files int
	bytes int64
}

// home is where a file of a chart lies.
type home struct {
	// path is absolute; within an archive it is that of the outermost one.
	path     string
	packaged bool
	// dependency is the span of the entry in Chart.yaml through which a
	// packaged chart came in.
	dependency manifest.Span
}

func newChartLoader(path string, o Options) *chartLoader {
	root := o.Root
	if root == "" {
		root = path
	}
	if real, err := filepath.EvalSymlinks(root); err == nil {
		root = real
	}
	return &chartLoader{path: path, root: root, name: o.Name, texts: map[string]*manifest.File{}, trees: map[*manifest.File]*manifest.Node{}, homes: map[*chart.File]home{}}
}

func (l *chartLoader) load() (*chart.Chart, error) { return l.loadAt(l.path) }

// loadAt loads the chart at an absolute path.
func (l *chartLoader) loadAt(path string) (*chart.Chart, error) {
	info, err := l.stat(path)
	if err != nil {
		return nil, err
	}
	if info.IsDir() {
		files, err := l.directory(path)
		if err != nil {
			return nil, err
		}
		return l.assemble(files, home{path: path}, 0)
	}
	content, err := l.read(path, info)
	if err != nil {
		return nil, err
	}
	l.texts[path], _ = manifest.NewFile(l.name(path), nil)
	files, err := l.unpack(content)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", filepath.Base(path), err)
	}
	whole := manifest.Span{File: l.texts[path]}
	return l.assemble(files, home{path: path, packaged: true, dependency: whole}, 0)
}

// stat follows symbolic links, though not out of the root.
func (l *chartLoader) stat(path string) (fs.FileInfo, error) {
	real, err := filepath.EvalSymlinks(path)
	if err != nil {
		return nil, fmt.Errorf("cannot read %s", l.name(path))
	}
	if real != l.root && !strings.HasPrefix(real, strings.TrimSuffix(l.root, string(filepath.Separator))+string(filepath.Separator)) {
		return nil, fmt.Errorf("%s leads out of the repository", l.name(path))
	}
	info, err := os.Stat(real)
	if err != nil {
		return nil, fmt.Errorf("cannot read %s", l.name(path))
	}
	return info, nil
}

func (l *chartLoader) read(path string, info fs.FileInfo) ([]byte, error) {
	if !info.Mode().IsRegular() {
		return nil, fmt.Errorf("%s is no regular file", l.name(path))
	}
	l.files++
	l.bytes += info.Size()
	if l.files > maxChartFiles || l.bytes > maxChartBytes {
		return nil, fmt.Errorf("the chart holds more than %d files or %d MiB", maxChartFiles, maxChartBytes>>20)
	}
	content, err := os.ReadFile(path)
	if err != nil {
		return nil, fmt.Errorf("cannot read %s", l.name(path))
	}
	if !l.foreign(path) {
		l.inputs = append(l.inputs, path)
	}
	return content, nil
}

// foreign tells that a file belongs to a sibling chart, which is judged by
// itself too.
func (l *chartLoader) foreign(path string) bool {
	return path != l.path && !strings.HasPrefix(path, l.path+string(filepath.Separator))
}

// directory reads all files that .helmignore lets through.
func (l *chartLoader) directory(dir string) ([]*loader.BufferedFile, error) {
	rules := ignore.Empty()
	ignoring := filepath.Join(dir, ignore.HelmIgnore)
	if info, err := l.stat(ignoring); err == nil && info.Mode().IsRegular() {
		content, err := os.ReadFile(ignoring)
		if err != nil {
			return nil, fmt.Errorf("cannot read %s", l.name(ignoring))
		}
		if rules, err = ignore.Parse(bytes.NewReader(content)); err != nil {
			return nil, fmt.Errorf("%s: %w", l.name(ignoring), err)
		}
	}
	rules.AddDefaults()
	w := &chartWalk{loader: l, rules: rules}
	if err := w.walk(dir, "", 0); err != nil {
		return nil, err
	}
	return w.files, nil
}

type chartWalk struct {
	loader *chartLoader
	rules  *ignore.Rules
	files  []*loader.BufferedFile
}

var byteOrderMark = []byte{0xEF, 0xBB, 0xBF}

// walk reads what lies under dir, which is called rel within the chart.
func (w *chartWalk) walk(dir, rel string, depth int) error {
	if depth > maxChartDepth {
		return fmt.Errorf("%s: directories lie more than %d deep in each other", w.loader.name(dir), maxChartDepth)
	}
	entries, err := os.ReadDir(dir)
	if err != nil {
		return fmt.Errorf("cannot read %s", w.loader.name(dir))
	}
	for _, entry := range entries {
		path, name := filepath.Join(dir, entry.Name()), strings.TrimPrefix(rel+"/"+entry.Name(), "/")
		if err := w.entry(path, name, entry, depth); err != nil {
			return err
		}
	}
	return nil
}

func (w *chartWalk) entry(path, name string, entry fs.DirEntry, depth int) error {
	if info, err := entry.Info(); err == nil && w.rules.Ignore(name, info) {
		return nil
	}
	info, err := w.loader.stat(path)
	switch {
	case err != nil:
		return err
	case w.rules.Ignore(name, info):
		return nil
	case info.IsDir():
		return w.walk(path, name, depth+1)
	case info.Size() > loader.MaxDecompressedFileSize:
		return fmt.Errorf("%s is larger than the %d MiB that a file of a chart may have", w.loader.name(path), loader.MaxDecompressedFileSize>>20)
	}
	content, err := w.loader.read(path, info)
	if err != nil {
		return err
	}
	w.files = append(w.files, &loader.BufferedFile{Name: name, Data: bytes.TrimPrefix(content, byteOrderMark)})
	return nil
}

// unpack reads an archive. What it unpacks to is counted before anything of it
// is kept, entries that are skipped too.
func (l *chartLoader) unpack(content []byte) ([]*loader.BufferedFile, error) {
	unzipped, err := gzip.NewReader(bytes.NewReader(content))
	if err != nil {
		return nil, errors.New("not a gzipped archive")
	}
	n, err := io.Copy(io.Discard, io.LimitReader(unzipped, maxChartBytes-l.bytes+1))
	if err != nil {
		return nil, fmt.Errorf("the archive is damaged: %w", err)
	}
	if l.bytes += n; l.bytes > maxChartBytes {
		return nil, fmt.Errorf("the archive unpacks to more than %d MiB", maxChartBytes>>20)
	}
	return loader.LoadArchiveFiles(bytes.NewReader(content))
}

// assemble makes a chart of its files, and of the charts in its charts/.
func (l *chartLoader) assemble(files []*loader.BufferedFile, at home, depth int) (*chart.Chart, error) {
	if depth > maxChartDepth {
		return nil, fmt.Errorf("charts lie more than %d deep in each other", maxChartDepth)
	}
	own, charts := splitCharts(files)
	c, err := loader.LoadFiles(own)
	if err != nil {
		return nil, err
	}
	for _, list := range [][]*chart.File{c.Raw, c.Templates, c.Files} {
		for _, f := range list {
			l.homes[f] = at.of(f.Name)
		}
	}
	names := make([]string, 0, len(charts))
	for name := range charts {
		names = append(names, name)
	}
	sort.Strings(names)
	for _, name := range names {
		sub, err := l.subchart(c, name, charts[name], at, depth)
		if err != nil {
			return nil, fmt.Errorf("subchart %s of %s: %w", name, c.Name(), err)
		}
		c.AddDependency(sub)
	}
	return c, nil
}

// of is where a file of the chart lies.
func (h home) of(name string) home {
	if !h.packaged {
		h.path = filepath.Join(h.path, filepath.FromSlash(name))
	}
	return h
}

// splitCharts sets what makes up other charts in charts/ apart from a chart's
// own files, by the first part of its name.
func splitCharts(files []*loader.BufferedFile) (own []*loader.BufferedFile, charts map[string][]*loader.BufferedFile) {
	charts = map[string][]*loader.BufferedFile{}
	for _, f := range files {
		rest, inside := strings.CutPrefix(f.Name, "charts/")
		if !inside || filepath.Ext(f.Name) == ".prov" {
			own = append(own, f)
			continue
		}
		name, rest, nested := strings.Cut(rest, "/")
		switch {
		case strings.IndexAny(name, "_.") == 0:
		case filepath.Ext(name) == ".tgz" && !nested:
			charts[name] = []*loader.BufferedFile{{Name: name, Data: f.Data}}
		case nested:
			charts[name] = append(charts[name], &loader.BufferedFile{Name: rest, Data: f.Data})
		}
	}
	return own, charts
}

func (l *chartLoader) subchart(parent *chart.Chart, name string, files []*loader.BufferedFile, at home, depth int) (*chart.Chart, error) {
	at = at.of("charts/" + name)
	if len(files) != 1 || files[0].Name != name || filepath.Ext(name) != ".tgz" {
		return l.assemble(files, at, depth+1)
	}
	unpacked, err := l.unpack(files[0].Data)
	if err != nil {
		return nil, err
	}
	if !at.packaged {
		at.packaged = true
		at.dependency = l.dependencySpan(l.chartFile(parent), packagedName(unpacked))
	}
	return l.assemble(unpacked, at, depth+1)
}

// packagedName is the name of a chart whose files have not been loaded yet.
func packagedName(files []*loader.BufferedFile) string {
	for _, f := range files {
		if f.Name == "Chart.yaml" {
			return parseText(&manifest.File{Text: f.Data}).At("name").Str()
		}
	}
	return ""
}

// chartFile is the Chart.yaml of a loaded chart, or nil when it is packaged.
func (l *chartLoader) chartFile(c *chart.Chart) *manifest.File {
	for _, f := range c.Raw {
		if f.Name == "Chart.yaml" {
			return l.text(f)
		}
	}
	return nil
}

// text is the file in which positions of a chart's file lie, nil when it is
// packaged.
func (l *chartLoader) text(f *chart.File) *manifest.File {
	at, ok := l.homes[f]
	if !ok || at.packaged {
		return nil
	}
	return l.textAt(at.path, f.Data)
}

func (l *chartLoader) textAt(path string, content []byte) *manifest.File {
	if file, ok := l.texts[path]; ok {
		return file
	}
	file, err := manifest.NewFile(l.name(path), content)
	if err != nil {
		// Its lines still can be pointed at.
		file.Text = content
	}
	l.texts[path] = file
	return file
}

// dependencySpan is the entry of a dependency in a Chart.yaml, or its name
// when the chart declares none.
func (l *chartLoader) dependencySpan(file *manifest.File, name string) manifest.Span {
	if file == nil {
		return manifest.Span{File: l.texts[l.path]}
	}
	root := l.tree(file)
	for _, entry := range root.At("dependencies").Items() {
		if entry.At("name").Str() == name || entry.At("alias").Str() == name {
			return entry.At("name").Field()
		}
	}
	if at := root.At("name"); at != nil {
		return at.Field()
	}
	return manifest.Span{File: file}
}

// chartYAML is the span of a field of the chart's own Chart.yaml; for a chart
// that has none, or is packaged, its path.
func (l *chartLoader) chartYAML(key string) manifest.Span {
	path := filepath.Join(l.path, "Chart.yaml")
	file, ok := l.texts[path]
	if !ok {
		if whole, packaged := l.texts[l.path]; packaged {
			return manifest.Span{File: whole}
		}
		file, _ = manifest.NewFile(l.name(path), l.chartText(path))
		l.texts[path] = file
	}
	if at := l.tree(file).At(key); at != nil {
		return at.Field()
	}
	return manifest.Span{File: file}
}

// chartText is the content of a file, if it is one that may be read.
func (l *chartLoader) chartText(path string) []byte {
	info, err := l.stat(path)
	if err != nil || !info.Mode().IsRegular() || info.Size() > loader.MaxDecompressedFileSize {
		return nil
	}
	content, err := os.ReadFile(path)
	if err != nil {
		return nil
	}
	return content
}

// tree is the value of a file that holds one document, parsed once; nil when
// it cannot be.
func (l *chartLoader) tree(file *manifest.File) *manifest.Node {
	if root, ok := l.trees[file]; ok {
		return root
	}
	root := parseText(file)
	l.trees[file] = root
	return root
}

// parseText parses a file that holds one document; nil when it cannot.
func parseText(file *manifest.File) *manifest.Node {
	tree, err := manifest.Parse(manifest.Span{File: file, End: len(file.Text)})
	if err != nil {
		return nil
	}
	return tree.Root
}
