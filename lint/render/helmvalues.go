package render

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"strconv"
	"strings"

	"github.com/santhosh-tekuri/jsonschema/v6"
	"helm.sh/helm/v3/pkg/chart"
	"helm.sh/helm/v3/pkg/chart/loader"
	"helm.sh/helm/v3/pkg/strvals"
	"sigs.k8s.io/yaml"

	"github.com/seaworthy-lint/seaworthy/lint/manifest"
)

// valuesSources are the files and flags that set values, to find who set one.
type valuesSources struct {
	set []string
	// user are the values files and maps that were asked for, the last first.
	user []*manifest.Node
	// charts are the values.yaml of the charts on the way to each scope.
	charts map[string]*manifest.Node
}

// userValues merges values files and assignments as Helm's flags do. An error
// has been reported.
func (h *helm) userValues() (map[string]any, error) {
	h.values = &valuesSources{set: h.release.Set, charts: map[string]*manifest.Node{}}
	merged := map[string]any{}
	for _, path := range h.release.ValuesFiles {
		values, err := h.valuesFile(path)
		if err != nil {
			return nil, err
		}
		merged = overlay(merged, values)
	}
	for _, root := range h.release.Inline {
		if values, ok := valueOf(root).(map[string]any); ok {
			merged = overlay(merged, values)
			h.values.user = append([]*manifest.Node{root}, h.values.user...)
		}
	}
	for _, assignment := range h.release.Set {
		if err := strvals.ParseInto(assignment, merged); err != nil {
			h.refuse(h.chartSpan(), fmt.Sprintf("the assignment %q cannot be read: %v", strings.SplitN(assignment, "=", 2)[0], err))
			return nil, err
		}
	}
	return merged, nil
}

// valueOf is what Helm would read where a node stands. Like it, it takes all
// numbers for floating ones.
func valueOf(n *manifest.Node) any {
	switch {
	case n.Kind == manifest.Map:
		values := make(map[string]any, len(n.Kids))
		for _, kid := range n.Kids {
			values[kid.Key] = valueOf(kid)
		}
		return values
	case n.Kind == manifest.List:
		values := make([]any, len(n.Kids))
		for i, kid := range n.Kids {
			values[i] = valueOf(kid)
		}
		return values
	}
	switch n.Type {
	case manifest.Null:
		return nil
	case manifest.Bool:
		return n.Value == "true"
	case manifest.Int, manifest.Float:
		if number, err := strconv.ParseFloat(n.Value, 64); err == nil {
			return number
		}
	}
	return n.Value
}

func (h *helm) valuesFile(path string) (map[string]any, error) {
	fail := func(err error) (map[string]any, error) {
		h.refuse(h.chartSpan(), fmt.Sprintf("values file %s: %v", h.opts.Name(path), err))
		return nil, err
	}
	info, err := os.Stat(path)
	switch {
	case err != nil:
		return fail(errors.New("cannot be read"))
	case !info.Mode().IsRegular() || info.Size() > loader.MaxDecompressedFileSize:
		return fail(errors.New("is no regular file, or too large"))
	}
	content, err := os.ReadFile(path)
	if err != nil {
		return fail(errors.New("cannot be read"))
	}
	values := map[string]any{}
	if err := yaml.Unmarshal(content, &values); err != nil {
		return fail(err)
	}
	h.loaded.inputs = append(h.loaded.inputs, path)
	if root := h.loaded.tree(h.loaded.textAt(path, content)); root != nil {
		h.values.user = append([]*manifest.Node{root}, h.values.user...)
	}
	return values, nil
}

// overlay merges maps into each other; what is on top wins.
func overlay(base, top map[string]any) map[string]any {
	merged := make(map[string]any, len(base)+len(top))
	for key, value := range base {
		merged[key] = value
	}
	for key, value := range top {
		if above, ok := value.(map[string]any); ok {
			if below, ok := merged[key].(map[string]any); ok {
				merged[key] = overlay(below, above)
				continue
			}
		}
		merged[key] = value
	}
	return merged
}

// know notes the values.yaml of a chart and of the charts in it.
func (v *valuesSources) know(c *chart.Chart, scope []string, loaded *chartLoader) {
	for _, f := range c.Raw {
		if f.Name != "values.yaml" {
			continue
		}
		if file := loaded.text(f); file != nil {
			v.charts[scopeKey(scope)] = loaded.tree(file)
		}
	}
	for _, sub := range c.Dependencies() {
		v.know(sub, append(append([]string{}, scope...), sub.Name()), loaded)
	}
}

func scopeKey(scope []string) string { return strings.Join(scope, "\x00") }

const globalKey = "global"

// setBy is the place that set a value of the chart that scope leads to: an
// assignment, else the last values file, else the values.yaml of the outermost
// chart that has it.
func (v *valuesSources) setBy(scope []string, path valuesPath) (manifest.Origin, bool) {
	full := valuesPath(scope).plus(path...)
	for i := len(v.set) - 1; i >= 0; i-- {
		if assigns(v.set[i], full) {
			return manifest.Origin{Message: "set by an assignment of values key " + full.String()}, true
		}
	}
	for _, root := range v.user {
		if origin, ok := within(root, scope, path); ok {
			return origin, true
		}
	}
	for depth := range len(scope) + 1 {
		if origin, ok := within(v.charts[scopeKey(scope[:depth])], scope[depth:], path); ok {
			return origin, true
		}
	}
	return manifest.Origin{}, false
}

// within looks for a value in one file; a global one stands at any chart on
// the way, of which the outer ones win.
func within(root *manifest.Node, scope []string, path valuesPath) (manifest.Origin, bool) {
	if root == nil {
		return manifest.Origin{}, false
	}
	first := len(scope)
	if len(path) > 0 && path[0] == globalKey {
		first = 0
	}
	for depth := first; depth <= len(scope); depth++ {
		full := valuesPath(scope[:depth]).plus(path...)
		if at := find(root, full); at != nil {
			span := at.Field()
			if at.Kind != manifest.Scalar || span.File == nil {
				span = at.Anchor()
			}
			return manifest.Origin{Message: "set by values key " + full.String(), Span: span}, true
		}
	}
	return manifest.Origin{}, false
}

// find follows a path, whose numbers count in lists.
func find(n *manifest.Node, path valuesPath) *manifest.Node {
	for _, key := range path {
		if n == nil {
			return nil
		}
		if n.Kind == manifest.List {
			i, err := strconv.Atoi(key)
			if err != nil || i < 0 || i >= len(n.Kids) {
				return nil
			}
			n = n.Kids[i]
			continue
		}
		n = n.At(key)
	}
	return n
}

func (p valuesPath) String() string { return strings.Join(p, ".") }

// assigns tells whether one of the assignments of a flag (a.b=1,c[0]=2) sets
// the path, or something that it is part of.
func assigns(assignment string, path valuesPath) bool {
	for _, part := range strings.Split(assignment, ",") {
		key, _, ok := strings.Cut(part, "=")
		if !ok {
			continue
		}
		key = strings.NewReplacer("[", ".", "]", "").Replace(strings.TrimSpace(key))
		if key == path.String() || strings.HasPrefix(path.String(), key+".") {
			return true
		}
	}
	return false
}

// meetsSchemas holds the values against the values.schema.json of the chart
// and of the charts in it. Helm's own check would fetch what a schema refers
// to, from the network and from anywhere on disk.
func (h *helm) meetsSchemas(c *chart.Chart, top map[string]any) bool {
	values, ok := plainValue(top["Values"]).(map[string]any)
	if !ok {
		if named, isNamed := top["Values"].(interface{ AsMap() map[string]any }); isNamed {
			values = named.AsMap()
		}
	}
	return h.meetsSchema(c, values, nil)
}

func (h *helm) meetsSchema(c *chart.Chart, values map[string]any, scope []string) bool {
	meets := true
	if c.Schema != nil {
		if where, err := holdAgainst(values, c.Schema); err != nil {
			h.refuse(h.schemaSpan(c, scope, where), err.Error())
			meets = false
		}
	}
	for _, sub := range c.Dependencies() {
		value, ok := values[sub.Name()]
		if !ok || value == nil {
			continue
		}
		inner, ok := value.(map[string]any)
		if !ok {
			h.refuse(h.schemaSpan(c, scope, []string{sub.Name()}), "values of "+sub.Name()+" are no map")
			meets = false
			continue
		}
		meets = h.meetsSchema(sub, inner, append(append([]string{}, scope...), sub.Name())) && meets
	}
	return meets
}

// schemaSpan is the value that a schema does not allow, else the schema.
func (h *helm) schemaSpan(c *chart.Chart, scope, where []string) manifest.Span {
	h.values.know(c.Root(), nil, h.loaded)
	for len(where) > 0 {
		if origin, ok := h.values.setBy(scope, where); ok && origin.Span.File != nil {
			return origin.Span
		}
		where = where[:len(where)-1]
	}
	for _, f := range c.Raw {
		if f.Name == "values.schema.json" {
			if file := h.loaded.text(f); file != nil {
				return manifest.Span{File: file}
			}
		}
	}
	return manifest.Span{}
}

// holdAgainst tells the path of the first value that a schema does not allow.
func holdAgainst(values map[string]any, schema []byte) (where []string, err error) {
	defer func() {
		if r := recover(); r != nil {
			err = fmt.Errorf("values.schema.json cannot be used: %v", r)
		}
	}()
	const name = "file:///values.schema.json"
	document, err := jsonschema.UnmarshalJSON(bytes.NewReader(schema))
	if err != nil {
		return nil, fmt.Errorf("values.schema.json cannot be read: %w", err)
	}
	compiler := jsonschema.NewCompiler()
	compiler.UseLoader(closedLoader{})
	if err := compiler.AddResource(name, document); err != nil {
		return nil, fmt.Errorf("values.schema.json cannot be used: %w", err)
	}
	compiled, err := compiler.Compile(name)
	if err != nil {
		return nil, fmt.Errorf("values.schema.json cannot be used: %w", err)
	}
	err = compiled.Validate(values)
	if violation, ok := errors.AsType[*jsonschema.ValidationError](err); ok {
		for len(violation.Causes) > 0 {
			violation = violation.Causes[0]
		}
		key := strings.Join(violation.InstanceLocation, ".")
		reason := violation.Error()
		if i := strings.Index(reason, "': "); i >= 0 {
			reason = reason[i+len("': "):]
		}
		if key == "" {
			return nil, fmt.Errorf("values do not meet values.schema.json: %s", reason)
		}
		return violation.InstanceLocation, fmt.Errorf("values key %s does not meet values.schema.json: %s", key, reason)
	}
	return nil, err
}

// closedLoader loads nothing that a schema refers to. Helm lets anything pass
// under a urn that it does not know.
type closedLoader struct{}

// Load implements jsonschema.URLLoader.
func (closedLoader) Load(url string) (any, error) {
	if strings.HasPrefix(url, "urn:") {
		return true, nil
	}
	return nil, fmt.Errorf("%s is outside of the chart and is not read", url)
}
