package render

import (
	"bytes"
	"path"
	"regexp"
	"slices"
	"strings"

	"github.com/seaworthy-lint/seaworthy/lint/manifest"
)

// setting is what a layer made of a scalar.
type setting struct {
	spot
	value string
}

// scalar replays what was done to a scalar, in order, and takes the last thing
// that led to the value as rendered.
func (a *kustomizeAligner) scalar(n *manifest.Node, covers []cover) (spot, bool) {
	written := writtenAt(covers)
	if isIdentity(n) {
		for _, c := range written {
			if agrees(n, c.node) {
				return spot{node: c.node, exact: true}, true
			}
		}
	}
	current := a.replay(n, written)
	if current.ok() && current.value == n.Value {
		return current.spot, true
	}
	if c := lastAgreeing(n, covers); c != nil {
		return spot{node: c, exact: true}, true
	}
	return a.composed(n, covers)
}

// writtenAt are the covers that hold the scalar itself.
func writtenAt(covers []cover) []cover {
	var out []cover
	for _, c := range covers {
		if c.here() && !c.weak && !c.near && c.node.Kind == manifest.Scalar {
			out = append(out, c)
		}
	}
	return out
}

// isIdentity tells whether a scalar names what a patch is about: the patch
// repeats it, and does not set it.
func isIdentity(n *manifest.Node) bool {
	p := n.Parent
	switch {
	case p == nil:
		return false
	case p.Parent == nil:
		return n.Key == "apiVersion" || n.Key == "kind"
	case p.Parent.Parent == nil && p.Key == "metadata":
		return n.Key == "name"
	case p.Parent.Kind == manifest.List:
		key, _, _ := strings.Cut(itemKey(p), "=")
		return key == n.Key
	}
	return p.Kind == manifest.List
}

// agrees tells whether a source holds the value. Kustomize reads some words
// otherwise than the API server does, so the text counts, too.
func agrees(n, source *manifest.Node) bool {
	if source.Kind != manifest.Scalar {
		return false
	}
	return source.Value == n.Value && (source.Type == manifest.Null) == (n.Type == manifest.Null) || source.Span().Text() == n.Value
}

func lastAgreeing(n *manifest.Node, covers []cover) *manifest.Node {
	var found *manifest.Node
	strong := false
	for _, c := range covers {
		if c.here() && !c.near && agrees(n, c.node) && (found == nil || !c.weak || !strong) {
			found, strong = c.node, strong || !c.weak
		}
	}
	return found
}

// replay applies what was written and what was computed.
func (a *kustomizeAligner) replay(n *manifest.Node, written []cover) setting {
	var now setting
	computed, replaced := a.computed, a.replaced[n]
	step := func(before int) {
		for len(computed) > 0 && computed[0] < before {
			now = a.compute(n, now, a.subject.layers[computed[0]])
			computed = computed[1:]
		}
		for len(replaced) > 0 && replaced[0] < before {
			l := a.subject.layers[replaced[0]]
			now = setting{spot: spot{node: l.node, origins: from(now, "what it replaces")}, value: n.Value}
			replaced = replaced[1:]
		}
	}
	for _, c := range written {
		step(c.order)
		now = setting{spot: spot{node: c.node, exact: true}, value: c.node.Value}
		if agrees(n, c.node) {
			now.value = n.Value
		}
	}
	step(len(a.subject.layers))
	return now
}

// from tells what a value was made of.
func from(before setting, message string) []manifest.Origin {
	if before.node == nil { // nothing, or a line of a file of data
		return before.origins
	}
	return slices.Concat([]manifest.Origin{{Message: message, Span: before.node.Field()}}, before.origins, before.node.Origins())
}

// compute applies a transformer to a scalar.
func (a *kustomizeAligner) compute(n *manifest.Node, now setting, l *kustomizeLayer) setting {
	set := func(node *manifest.Node, exact bool) setting {
		return setting{spot: spot{node: node, exact: exact}, value: n.Value}
	}
	switch l.kind {
	case namespaceLayer:
		if l.node.Str() == n.Value && (n.Key == "namespace" || a.namesNamespace(n)) {
			return set(l.node, true)
		}
	case labelLayer:
		if n.Parent != nil && isLabelMap(n.Parent) {
			if f := l.node.At(n.Key); f != nil && agrees(n, f) {
				return set(f, true)
			}
		}
	case annotationLayer:
		if n.Parent != nil && n.Parent.Key == "annotations" {
			if f := l.node.At(n.Key); f != nil && agrees(n, f) {
				return set(f, true)
			}
		}
	case replicasLayer:
		if n.Key == "replicas" && agrees(n, l.node) {
			return set(l.node, true)
		}
	case imageLayer:
		return computeImage(now, l)
	case dataLayer:
		if p := n.Parent; p != nil && p.Parent != nil && p.Parent.Parent == nil && isData(p.Key) {
			if key, value, ok := l.environment(n.Key); ok {
				return setting{spot: spot{key: key, at: value, exact: value.Text() == n.Value}, value: n.Value}
			}
			if item := dataItem(l.node, n.Key); item != nil {
				return set(item, false)
			}
		}
	}
	return now
}

func isLabelMap(n *manifest.Node) bool {
	return n.Key == "labels" || n.Key == "matchLabels" || n.Key == "selector"
}

func isData(key string) bool { return key == "data" || key == "stringData" || key == "binaryData" }

func (a *kustomizeAligner) namesNamespace(n *manifest.Node) bool {
	return n.Key == "name" && n.Parent.Key == "metadata" && a.subject.kind == "Namespace"
}

var imageReference = regexp.MustCompile(`^(.[^:@]*(?::[0-9]+/[^:@]*)?)(?::([a-zA-Z0-9_.{}-]*))?(@sha256:[a-zA-Z0-9_.{}-]*)?$`)

// computeImage applies an entry of images; the key that set the tag or digest
// stands for it, else the new name.
func computeImage(now setting, l *kustomizeLayer) setting {
	if !strings.HasPrefix(now.value, l.image.Name) || l.image.Name == "" {
		return now
	}
	m := imageReference.FindStringSubmatch(now.value)
	if m == nil || m[1] != l.image.Name {
		return now
	}
	name, tag, digest := m[1], m[2], m[3]
	key := ""
	if l.image.NewName != "" {
		name, key = l.image.NewName, "newName"
	}
	switch {
	case l.image.NewTag != "":
		tag, digest, key = l.image.NewTag, "", "newTag"
		if l.image.Digest != "" {
			digest = "@" + l.image.Digest
		}
	case l.image.Digest != "":
		tag, digest, key = "", "@"+l.image.Digest, "digest"
	case l.image.TagSuffix != "":
		tag, digest, key = tag+l.image.TagSuffix, "", "tagSuffix"
	}
	if key == "" {
		return now
	}
	if tag != "" {
		name += ":" + tag
	}
	return setting{spot: spot{node: foldedField(l.node, key), exact: true, origins: from(now, "the image before kustomize changed it")}, value: name + digest}
}

// dataItem is the part of a generator's entry that makes a key of its data.
func dataItem(entry *manifest.Node, key string) *manifest.Node {
	for _, item := range foldedField(entry, "literals").Items() {
		if k, _, ok := strings.Cut(item.Str(), "="); ok && strings.TrimSpace(k) == key {
			return item
		}
	}
	for _, item := range foldedField(entry, "files").Items() {
		k, _, ok := strings.Cut(item.Str(), "=")
		if ok && k == key || !ok && path.Base(k) == key {
			return item
		}
	}
	return nil
}

// environment finds the line of an environment file that sets a key.
func (l *kustomizeLayer) environment(key string) (name, value manifest.Span, ok bool) {
	for _, f := range l.env {
		at := 0
		for line := range bytes.Lines(f.Text) {
			text := bytes.TrimRight(line, "\r\n")
			start := at + len(text) - len(bytes.TrimLeft(text, " \t"))
			at += len(line)
			if k, _, set := bytes.Cut(f.Text[start:at-len(line)+len(text)], []byte("=")); set && string(k) == key {
				name = manifest.Span{File: f, Start: start, End: start + len(k)}
				value = manifest.Span{File: f, Start: name.End + 1, End: at - len(line) + len(text)}
				return name, value, true
			}
		}
	}
	return name, value, false
}

// composed is the place of a value that kustomize made of what stands in a
// source and something else: a name with a prefix, suffix or hash, a text with
// variables. The source stays its place, for there the field is written.
func (a *kustomizeAligner) composed(n *manifest.Node, covers []cover) (spot, bool) {
	var found *manifest.Node
	for _, c := range covers {
		if c.here() && !c.weak {
			found = c.node
		}
	}
	for _, c := range writtenAt(covers) {
		if c.node.Value != "" && strings.Contains(n.Value, c.node.Value) {
			found = c.node
			if isIdentity(n) {
				break
			}
		}
	}
	if found == nil {
		return spot{}, false
	}
	return spot{node: found, origins: a.parts(n, found)}, true
}

// parts are the entries whose values went into a composed value.
func (a *kustomizeAligner) parts(n, source *manifest.Node) []manifest.Origin {
	var out []manifest.Origin
	for _, i := range a.computed {
		l := a.subject.layers[i]
		switch {
		case l.kind == nameLayer && l.node.Str() != "" && strings.Contains(n.Value, l.node.Str()):
			out = append(out, manifest.Origin{Message: "part of the name is added here", Span: l.node.Field()})
		case l.kind == varLayer && strings.Contains(source.Value, "$("+l.node.Str()+")"):
			out = append(out, manifest.Origin{Message: "the variable is set here", Span: l.node.Field()})
		}
	}
	return out
}
