package carrier

import (
	"strings"

	"github.com/seaworthy-lint/seaworthy/lint/manifest"
	"github.com/seaworthy-lint/seaworthy/lint/secret"
)

// container reads the fields of a container of any role.
func (r *reader) container(c *manifest.Container) {
	r.place, r.holder = Container, c
	for _, variable := range c.At("env").Items() {
		r.variable(variable.At("name").Str(), variable.At("value"))
	}
	r.command(c.At("command"), c.At("args"))
	for _, key := range []string{"script", "source"} { // of Tekton steps and Argo script templates
		r.command(c.At(key))
	}
	for _, handler := range handlers(c) {
		r.command(handler.At("exec", "command"))
		if address := handler.At("httpGet", "path"); strings.Contains(address.Str(), "?") {
			r.document(address)
		}
		for _, header := range handler.At("httpGet", "httpHeaders").Items() {
			r.header(header.At("name").Str(), header.At("value"))
		}
	}
}

// handlers are the probes and the hooks of a container.
func handlers(c *manifest.Container) []*manifest.Node {
	return []*manifest.Node{
		c.At("livenessProbe"), c.At("readinessProbe"), c.At("startupProbe"), c.At("lifecycle", "postStart"), c.At("lifecycle", "preStop"),
	}
}

// variable judges an environment variable. Its value may hold options, as
// JAVA_OPTS does, or a file.
func (r *reader) variable(name string, value *manifest.Node) {
	switch {
	case value == nil || value.Kind != manifest.Scalar:
	case strings.Contains(value.Value, " -") || strings.HasPrefix(value.Value, "-"):
		if !secret.Names(name) {
			r.command(value)
			return
		}
		r.whole(value, name)
	case strings.Contains(value.Value, "\n"):
		r.file(value, name)
	default:
		r.whole(value, name)
	}
}

// header judges an HTTP header: the formats of authorization headers begin
// with its name.
func (r *reader) header(name string, value *manifest.Node) {
	if value == nil || value.Kind != manifest.Scalar || r.seen[value] {
		return
	}
	prefix := name + ": "
	var found []secret.Match
	for _, m := range secret.Inspect(name, prefix+value.Value) {
		if m.End > len(prefix) {
			m.Start, m.End = max(m.Start-len(prefix), 0), m.End-len(prefix)
			found = append(found, m)
		}
	}
	if len(found) == 0 {
		r.whole(value, name)
		return
	}
	r.seen[value] = true
	r.keep(value, name, found, 0)
}

// annotations reads the annotations that hold whole objects. The names of the
// others say little of their values, so that only formats decide.
func (r *reader) annotations(metadata *manifest.Node) {
	for _, annotation := range metadata.At("annotations").Fields() {
		if strings.HasPrefix(strings.TrimSpace(annotation.Str()), "{") && !r.seen[annotation] {
			r.document(annotation)
		}
	}
}

// document reads an object in the text of a scalar.
func (r *reader) document(n *manifest.Node) {
	r.text(n, literals(n.Value, assignments(n.Value), false))
}

// configMap reads the entries of a ConfigMap.
func (r *reader) configMap() {
	r.place = ConfigMap
	for _, entry := range r.object.At("data").Fields() {
		if entry.Kind == manifest.Scalar && !r.seen[entry] {
			r.file(entry, entry.Key)
		}
	}
	for _, entry := range r.object.At("binaryData").Fields() {
		if data, ok := secret.Decode(entry.Str()); ok {
			r.decoded(entry, entry.Key, string(data), (*reader).file)
		}
	}
}

// decoded judges what an entry holds once its base64 is decoded. Where in the
// source a part of it stands cannot be told.
func (r *reader) decoded(n *manifest.Node, name, text string, judge func(*reader, *manifest.Node, string)) {
	r.seen[n] = true
	virtual := &manifest.Node{Value: text, Key: name}
	inner := &reader{object: r.object, place: r.place, seen: map[*manifest.Node]bool{}, virtual: true}
	judge(inner, virtual, name)
	for _, h := range inner.hits {
		h.Node, h.Span, h.Exact, h.source = n, n.Field(), n.Exact(), n.Value
		h.Computed = Computed(n, n.Value)
		r.hits = append(r.hits, h)
	}
}
