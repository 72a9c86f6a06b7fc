// Package config reads .seaworthy.yaml and tells how each file and object is
// judged: by the files of the folders above it, the nearest first, and by the
// flags, which win over all.
package config

import (
	"fmt"
	"path/filepath"
	"reflect"
	"slices"
	"strconv"
	"strings"

	"github.com/seaworthy-lint/seaworthy/lint"
	"github.com/seaworthy-lint/seaworthy/lint/manifest"
)

// FileName is the name of the configuration file of a folder.
const FileName = ".seaworthy.yaml"

// Config is what one configuration file says.
type Config struct {
	file *manifest.File
	// dir is the folder that its paths are relative to, as a report path.
	dir string
	// root tells that the files above it do not hold.
	root bool
	// top is what it says of all files, overrides of some.
	top       *layer
	overrides []override

	include, exclude []setting[string]
	charts           []Chart
	external         []external
	suppressions     []lint.Suppression
}

// Origin is where a setting comes from: a line of a file, a flag, or, when it
// is empty, the program itself.
type Origin struct {
	File string
	Line int
	Flag string
}

func (o Origin) String() string {
	switch {
	case o.Flag != "":
		return o.Flag
	case o.File != "":
		return o.File + ":" + strconv.Itoa(o.Line)
	}
	return "default"
}

// originOf is where a node stands.
func originOf(n *manifest.Node) Origin {
	span := n.KeySpan()
	return Origin{File: span.File.Path, Line: span.File.Position(span.Start).Line}
}

// setting is a value with its origin.
type setting[T any] struct {
	value  T
	origin Origin
}

// layer is what one place says of how objects are judged: the top level of a
// file, one of its overrides, or the flags. What it does not say is nil.
type layer struct {
	profile  *setting[lint.Profile]
	bounds   *setting[manifest.Bounds]
	failOn   *setting[lint.Severity] // 0: no gate
	minScore *setting[int]
	// selects tells that only the selected rules are to run.
	selects                  *Origin
	selected, added, ignored map[*lint.Rule]Origin
	severities               map[*lint.Rule]setting[lint.Severity]
	parameters               map[*lint.Rule][]tunedParameter
}

// tunedParameter is a parameter of a rule that is set.
type tunedParameter struct {
	parameter
	value *manifest.Node
}

func (p tunedParameter) origin() Origin { return originOf(p.value) }

// Parse reads the configuration in a file. Its paths are relative to dir, a
// report path; values files are relative to folder, the absolute path of the
// file's folder. The error names the line of each mistake.
func Parse(file *manifest.File, dir, folder string, catalogue Catalogue) (*Config, error) {
	docs := manifest.Documents(file)
	c := &Config{file: file, dir: dir, top: &layer{}}
	switch {
	case len(docs) == 0:
		return c, nil
	case len(docs) > 1:
		return nil, fmt.Errorf("%s:%d: a configuration is one document", file.Path, file.Position(docs[1].Start).Line)
	}
	tree, err := manifest.Parse(docs[0])
	if err != nil {
		return nil, fmt.Errorf("reading %s: %w", file.Path, err)
	}
	check := &checker{catalogue: catalogue}
	for _, d := range tree.Duplicates {
		check.failf(d.Later, "key %q stands twice", d.Later.Key)
	}
	check.check(tree.Root, "the configuration", catalogue.file())
	if err := check.err(); err != nil {
		return nil, err
	}
	r := &reader{catalogue: catalogue, folder: folder, check: check}
	r.config(c, tree.Root)
	return c, check.err()
}

// reader takes up a file that has the right shape.
type reader struct {
	catalogue Catalogue
	folder    string
	check     *checker
}

func (r *reader) config(c *Config, n *manifest.Node) {
	c.root = n.At("root").True()
	c.top = r.layer(n)
	c.include, c.exclude = globSettings(n.At("include")), globSettings(n.At("exclude"))
	for _, item := range n.At("overrides").Items() {
		c.overrides = append(c.overrides, override{layer: r.layer(item), selector: selectorOf(item), origin: originOf(item)})
	}
	for _, item := range n.At("charts").Items() {
		c.charts = append(c.charts, r.chart(item))
	}
	for _, item := range n.At("external").Items() {
		c.external = append(c.external, externalOf(item))
	}
	for _, item := range n.At("suppressions").Items() {
		s := suppressionOf(c.dir, item)
		if err := s.Validate(); err != nil {
			r.check.failf(item, "an item of suppressions: %s", err)
		}
		c.suppressions = append(c.suppressions, s)
	}
}

func globSettings(n *manifest.Node) []setting[string] {
	var settings []setting[string]
	for _, item := range n.Items() {
		settings = append(settings, setting[string]{cleanGlob(textAt(item)), originOf(item)})
	}
	return settings
}

// textAt is the text of a scalar as it is written: yes and 1.30 are no boolean
// and no number where a text is asked for.
func textAt(n *manifest.Node) string {
	if !n.IsSet() || n.Kind != manifest.Scalar || n.Type == manifest.String {
		return n.Str()
	}
	return n.Span().Text()
}

// cleanGlob takes ./a/ for a.
func cleanGlob(glob string) string {
	return strings.TrimSuffix(strings.TrimPrefix(glob, "./"), "/")
}

func texts(n *manifest.Node) []string {
	var texts []string
	for _, item := range n.Items() {
		texts = append(texts, textAt(item))
	}
	return texts
}

func (r *reader) layer(n *manifest.Node) *layer {
	l := &layer{
		selected: r.rules(n.At("select")), added: r.rules(n.At("extend-select")), ignored: r.rules(n.At("ignore")),
		severities: map[*lint.Rule]setting[lint.Severity]{}, parameters: map[*lint.Rule][]tunedParameter{},
	}
	if at := n.At("select"); at.IsSet() {
		origin := originOf(at)
		l.selects = &origin
	}
	if at := n.At("profile"); at.IsSet() {
		profile, _ := lint.ParseProfile(textAt(at), r.catalogue.Profiles)
		l.profile = &setting[lint.Profile]{profile, originOf(at)}
	}
	if at := n.At("scope"); at.IsSet() {
		bounds := manifest.Closed
		if strings.EqualFold(textAt(at), "open") {
			bounds = manifest.Open
		}
		l.bounds = &setting[manifest.Bounds]{bounds, originOf(at)}
	}
	if at := n.At("fail-on"); at.IsSet() {
		severity, _ := lint.ParseSeverity(textAt(at)) // 0 for never
		l.failOn = &setting[lint.Severity]{severity, originOf(at)}
	}
	if at := n.At("min-score"); at.IsSet() {
		score, _ := at.Int()
		l.minScore = &setting[int]{int(score), originOf(at)}
	}
	for _, field := range n.At("rules").Fields() {
		for _, rule := range lint.Find(r.catalogue.Rules, field.Key) {
			r.tune(l, rule, field)
		}
	}
	return l
}

func (r *reader) rules(n *manifest.Node) map[*lint.Rule]Origin {
	rules := map[*lint.Rule]Origin{}
	for _, item := range n.Items() {
		for _, rule := range lint.Find(r.catalogue.Rules, textAt(item)) {
			rules[rule] = originOf(item)
		}
	}
	return rules
}

// tune takes up what is set of a rule. A rule that runs only with parameters
// runs when it gets some.
func (r *reader) tune(l *layer, rule *lint.Rule, n *manifest.Node) {
	if at := n.At("severity"); at.IsSet() {
		severity, _ := lint.ParseSeverity(textAt(at))
		l.severities[rule] = setting[lint.Severity]{severity, originOf(at)}
	}
	for _, p := range parametersOf(rule) {
		if at := n.At(p.name); at.IsSet() {
			l.parameters[rule] = append(l.parameters[rule], tunedParameter{parameter: p, value: at})
		}
	}
	if len(l.parameters[rule]) == 0 {
		return
	}
	if slices.Contains(rule.Profiles, "optin") {
		l.added[rule] = originOf(n)
	}
	if err := validate(withParameters(rule, l.parameters[rule])); err != nil {
		r.check.failf(n, "%s: %s", n.Key, err)
	}
}

// Chart says how the charts at a path are released.
type Chart struct {
	// Path is a glob over paths of chart folders, relative to the folder of the
	// configuration.
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

func (r *reader) chart(n *manifest.Node) Chart {
	chart := Chart{Path: cleanGlob(textAt(n.At("path")))}
	for _, item := range n.At("releases").Items() {
		release := Release{
			Name: textAt(item.At("name")), Namespace: textAt(item.At("namespace")),
			KubeVersion: textAt(item.At("kube-version")), APIVersions: texts(item.At("api-versions")),
		}
		for _, path := range texts(item.At("values")) {
			if !filepath.IsAbs(path) {
				path = filepath.Join(r.folder, path)
			}
			release.Values = append(release.Values, path)
		}
		for _, field := range item.At("set").Fields() {
			release.Set = append(release.Set, field.Key+"="+textAt(field))
		}
		chart.Releases = append(chart.Releases, release)
	}
	return chart
}

// floatOf is a number that has the shape of one.
func floatOf(n *manifest.Node) float64 {
	number, _ := strconv.ParseFloat(textAt(n), 64)
	return number
}

// valueText is a value as it is shown.
func valueText(v any) string {
	switch v := reflect.ValueOf(v); v.Kind() {
	case reflect.Slice:
		items := make([]string, v.Len())
		for i := range items {
			items[i] = fmt.Sprint(v.Index(i))
		}
		return "[" + strings.Join(items, ", ") + "]"
	case reflect.Map:
		var entries []string
		for _, key := range v.MapKeys() {
			entries = append(entries, fmt.Sprintf("%v: %v", key, v.MapIndex(key)))
		}
		slices.Sort(entries)
		return "{" + strings.Join(entries, ", ") + "}"
	}
	return fmt.Sprint(v)
}
