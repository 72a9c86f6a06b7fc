// Package config reads .seaworthy.yaml.
package config

import (
	"fmt"
	"path/filepath"
	"slices"
	"strings"

	"github.com/bmatcuk/doublestar/v4"

	"github.com/seaworthy-lint/seaworthy/lint/manifest"
)

// FileName is the name of the configuration file of a repository.
const FileName = ".seaworthy.yaml"

// Config is what a configuration file says.
type Config struct {
	// Charts say with which values charts are released.
	Charts []Chart
}

// Chart says how the charts at a path are released.
type Chart struct {
	// Path is a glob over report paths of chart folders.
	Path     string
	Releases []Release
}

// Release is one set of values with which a chart is installed.
type Release struct {
	Name, Namespace string
	// Values are absolute paths of values files.
	Values []string
	// Set are single values, as key=value.
	Set         []string
	KubeVersion string
	APIVersions []string
}

// Releases are the releases of the chart at a report path; none when the
// configuration says nothing of it.
func (c *Config) Releases(path string) []Release {
	var releases []Release
	for _, chart := range c.Charts {
		if ok, _ := doublestar.Match(chart.Path, path); ok {
			releases = append(releases, chart.Releases...)
		}
	}
	return releases
}

// Parse reads the configuration in a file. Values files are relative to dir,
// the absolute path of the file's folder. An error names file and line.
func Parse(file *manifest.File, dir string) (*Config, error) {
	docs := manifest.Documents(file)
	if len(docs) == 0 {
		return &Config{}, nil
	}
	tree, err := manifest.Parse(docs[0])
	if err != nil {
		return nil, fmt.Errorf("reading %s: %w", file.Path, err)
	}
	r := &reader{file: file, dir: dir}
	c := &Config{}
	r.keys(tree.Root, "charts")
	for _, n := range r.list(tree.Root.At("charts")) {
		c.Charts = append(c.Charts, r.chart(n))
	}
	return c, r.err
}

// reader keeps the first error that it meets.
type reader struct {
	file *manifest.File
	dir  string
	err  error
}

func (r *reader) fail(n *manifest.Node, format string, args ...any) {
	if r.err == nil {
		line := r.file.Position(n.KeySpan().Start).Line
		r.err = fmt.Errorf("%s:%d: %s", r.file.Path, line, fmt.Sprintf(format, args...))
	}
}

// keys allows only the known keys of a map.
func (r *reader) keys(n *manifest.Node, known ...string) {
	if n.IsSet() && n.Kind != manifest.Map {
		r.fail(n, "must be a map")
	}
	for _, field := range n.Fields() {
		if !slices.Contains(known, field.Key) {
			r.fail(field, "unknown key %q: use %s", field.Key, strings.Join(known, ", "))
		}
	}
}

func (r *reader) list(n *manifest.Node) []*manifest.Node {
	if n.IsSet() && n.Kind != manifest.List {
		r.fail(n, "%s must be a list", n.Key)
	}
	return n.Items()
}

func (r *reader) text(n *manifest.Node) string {
	if n.IsSet() && n.Kind != manifest.Scalar {
		r.fail(n, "%s must be a text", n.Key)
	}
	return n.Str()
}

func (r *reader) texts(n *manifest.Node) []string {
	var texts []string
	for _, item := range r.list(n) {
		texts = append(texts, r.text(item))
	}
	return texts
}

func (r *reader) chart(n *manifest.Node) Chart {
	r.keys(n, "path", "releases")
	chart := Chart{Path: strings.TrimSuffix(strings.TrimPrefix(r.text(n.At("path")), "./"), "/")}
	if !doublestar.ValidatePattern(chart.Path) || chart.Path == "" {
		r.fail(n, "a chart needs a path, a folder or a glob")
	}
	for _, release := range r.list(n.At("releases")) {
		chart.Releases = append(chart.Releases, r.release(release))
	}
	return chart
}

func (r *reader) release(n *manifest.Node) Release {
	r.keys(n, "name", "namespace", "values", "set", "kubeVersion", "apiVersions")
	release := Release{
		Name:        r.text(n.At("name")),
		Namespace:   r.text(n.At("namespace")),
		KubeVersion: r.text(n.At("kubeVersion")),
		APIVersions: r.texts(n.At("apiVersions")),
	}
	for _, path := range r.texts(n.At("values")) {
		if !filepath.IsAbs(path) {
			path = filepath.Join(r.dir, path)
		}
		release.Values = append(release.Values, path)
	}
	if set := n.At("set"); set.IsSet() && set.Kind != manifest.Map {
		r.fail(set, "set must be a map of values")
	}
	for _, field := range n.At("set").Fields() {
		release.Set = append(release.Set, field.Key+"="+r.text(field))
	}
	return release
}
