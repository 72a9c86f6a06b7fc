package render

import (
	"slices"
	"strings"

	"github.com/seaworthy-lint/seaworthy/lint/manifest"
)

// containerLists are the lists in a pod that hold containers.
var containerLists = wordSet(`containers initContainers ephemeralContainers`)

// offered are the fields of containers for which charts have values keys.
var offered = wordSet(`securityContext resources livenessProbe readinessProbe startupProbe lifecycle imagePullPolicy env
	envFrom volumeMounts command args`)

// offers are the values keys that a container's template reads and that are
// empty, so that a field is missing: they are where the field is to be set.
func (r *relocation) offers(n *manifest.Node) []manifest.Origin {
	if n.Kind != manifest.Map || len(n.Kids) == 0 || n.Parent == nil || !containerLists[n.Parent.Key] || n.Parent.Kind != manifest.List {
		return nil
	}
	s, start, end := r.block(n)
	if s == nil {
		return nil
	}
	var list []manifest.Origin
	var seen []string
	for _, use := range r.origins.uses(s) {
		path := r.emptyOffer(n, use)
		if use.at < start || use.at >= end || path == nil || slices.Contains(seen, path.String()) || len(list) == maxOrigins {
			continue
		}
		seen = append(seen, path.String())
		if origin, ok := r.helm.values.setBy(r.source.scope, path); ok && origin.Span.File != nil {
			origin.Message = "the chart offers values key " + strings.TrimPrefix(origin.Message, "set by values key ")
			list = append(list, origin)
		}
	}
	return list
}

// emptyOffer is the path of a use that stands for a field which the container
// lacks because the value is empty, or nil.
func (r *relocation) emptyOffer(n *manifest.Node, u use) valuesPath {
	path := u.path
	if len(path) == 0 || slices.Contains(path, anyItem) {
		return nil
	}
	field := path[len(path)-1]
	if !offered[field] {
		field = u.key
	}
	if !offered[field] || n.At(field) != nil {
		return nil
	}
	value := r.data["Values"]
	for _, key := range path {
		value = itemAt(value, key)
	}
	switch v := value.(type) {
	case nil, bool, string:
		if v == nil || v == false || v == "" {
			return path
		}
	case []any:
		if len(v) == 0 {
			return path
		}
	default:
		if m := mapOf(value); m != nil && len(m) == 0 {
			return path
		}
	}
	return nil
}

// block is the part of a template in which a container is written: its lines
// and those after it that are indented deeper.
func (r *relocation) block(n *manifest.Node) (s *source, start, end int) {
	i := r.beginsAt(n.Kids[0])
	if i < 0 || r.origins.mark(i).action() {
		return nil, 0, 0
	}
	m := r.origins.mark(i)
	file := m.source.file
	line := file.Position(m.start).Line
	start = file.LineStart(line)
	indent := indentation(file.Line(line))
	for line++; line <= file.Lines(); line++ {
		text := file.Line(line)
		trimmed := strings.TrimSpace(text)
		if trimmed != "" && !strings.HasPrefix(trimmed, "{{") && indentation(text) <= indent {
			break
		}
	}
	if line > file.Lines() {
		return m.source, start, len(file.Text)
	}
	return m.source, start, file.LineStart(line)
}

func indentation(line string) int { return len(line) - len(strings.TrimLeft(line, " ")) }
