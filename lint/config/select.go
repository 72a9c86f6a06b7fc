package config

import (
	"cmp"
	"path"
	"slices"
	"strings"

	"github.com/bmatcuk/doublestar/v4"

	"github.com/seaworthy-lint/seaworthy/lint"
	"github.com/seaworthy-lint/seaworthy/lint/manifest"
)

// override is a layer for some files and objects.
type override struct {
	*layer
	selector selector
	origin   Origin
}

// selector chooses files and objects. An empty list chooses all; an object
// must be chosen by each.
type selector struct {
	paths, kinds, namespaces []string
	labels                   map[string]string
}

func selectorOf(n *manifest.Node) selector {
	s := selector{kinds: texts(n.At("kinds")), namespaces: texts(n.At("namespaces")), labels: map[string]string{}}
	for _, glob := range texts(n.At("paths")) {
		s.paths = append(s.paths, cleanGlob(glob))
	}
	for _, label := range n.At("labels").Fields() {
		s.labels[label.Key] = textAt(label)
	}
	return s
}

// choosesPath tells whether a path below the folder of the configuration is
// chosen.
func (s selector) choosesPath(path string) bool {
	return len(s.paths) == 0 || slices.ContainsFunc(s.paths, func(glob string) bool { return lint.MatchesPath(glob, path) })
}

// readsObjects tells whether not only the path decides.
func (s selector) readsObjects() bool { return len(s.kinds)+len(s.namespaces)+len(s.labels) > 0 }

// choosesObject tells whether an object, nil for none, is chosen.
func (s selector) choosesObject(o *manifest.Object) bool {
	if !s.readsObjects() {
		return true
	}
	if o == nil {
		return false
	}
	if len(s.kinds) > 0 && !slices.ContainsFunc(s.kinds, func(kind string) bool { return isKind(kind, o.Group(), o.Kind) }) {
		return false
	}
	if len(s.namespaces) > 0 && !slices.ContainsFunc(s.namespaces, func(glob string) bool { return matches(glob, o.Namespace) }) {
		return false
	}
	for key, glob := range s.labels {
		if label := o.At("metadata", "labels", key); !label.IsSet() || !matches(glob, textAt(label)) {
			return false
		}
	}
	return true
}

// isKind tells whether a name, Kind or group/Kind, is that of a kind.
func isKind(name, group, kind string) bool {
	if of, only, ok := strings.Cut(name, "/"); ok {
		return strings.EqualFold(of, group) && strings.EqualFold(only, kind)
	}
	return strings.EqualFold(name, kind)
}

func matches(glob, name string) bool { return doublestar.MatchUnvalidated(glob, name) }

// external are objects that exist outside of the repository.
type external struct {
	kind, namespace, name string
	keys                  []string
	origin                Origin
}

func externalOf(n *manifest.Node) external {
	return external{
		kind: textAt(n.At("kind")), namespace: textAt(n.At("namespace")), name: textAt(n.At("name")), keys: texts(n.At("keys")), origin: originOf(n),
	}
}

// holds tells whether an object is one of these, and has a key when one is
// asked for. An object whose namespace is not known may be.
func (e external) holds(group, kind, namespace, name, key string) bool {
	return isKind(e.kind, group, kind) && matches(e.name, name) &&
		(e.namespace == "" || namespace == "" || matches(e.namespace, namespace)) &&
		(key == "" || len(e.keys) == 0 || slices.Contains(e.keys, key))
}

// suppressionOf is an entry of a configuration for the folder dir.
func suppressionOf(dir string, n *manifest.Node) lint.Suppression {
	until, _ := lint.ParseDate(textAt(n.At("until")))
	s := lint.Suppression{
		By: lint.Config, Rules: texts(n.At("rules")), Reason: textAt(n.At("reason")), Until: until, Span: n.Field(),
		Selector: lint.Selector{
			Path: cleanGlob(textAt(n.At("path"))), Kind: textAt(n.At("kind")), Name: textAt(n.At("name")), Namespace: textAt(n.At("namespace")),
			Container: textAt(n.At("container")), Field: textAt(n.At("field")), Value: textAt(n.At("value")),
		},
	}
	if dir != "." {
		s.Path = path.Join(escapeGlob(dir), cmp.Or(s.Path, "**"))
	}
	return s
}

// escapeGlob makes a glob that matches a path only.
func escapeGlob(path string) string {
	return strings.NewReplacer(`\`, `\\`, "*", `\*`, "?", `\?`, "[", `\[`, "{", `\{`).Replace(path)
}
