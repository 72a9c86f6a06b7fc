package scope

import (
	"slices"
	"strconv"
	"strings"

	"github.com/seaworthy-lint/seaworthy/lint/manifest"
)

// LabelNames tells which label a key of a selector means; ok is false where
// that cannot be told.
type LabelNames func(key string) (name string, ok bool)

// Selector chooses by labels.
type Selector struct {
	node  *manifest.Node
	plain bool
	names LabelNames
}

// PlainLabels is a selector that lists labels, as a Service has. An empty one
// matches everything: what it means differs from field to field, so the caller
// has to know.
func PlainLabels(n *manifest.Node) Selector { return Selector{node: n, plain: true, names: ownName} }

// LabelSelector is a LabelSelector with matchLabels and matchExpressions. An
// empty one matches everything, and so does an absent one, which the caller has
// to know about.
func LabelSelector(n *manifest.Node) Selector { return Selector{node: n, names: ownName} }

// SelectorOf is a LabelSelector with keys of its own.
func SelectorOf(n *manifest.Node, names LabelNames) Selector { return Selector{node: n, names: names} }

// key is the same for selectors that select the same; it is empty for one that
// does more than list labels that are known.
func (s Selector) key() string {
	labels := s.labels()
	if s.node.Templated() || labels.Templated() || len(labels.Fields()) == 0 || !s.plain && s.node.At("matchExpressions").IsSet() {
		return ""
	}
	var pairs []string
	for _, label := range labels.Fields() {
		name, ok := s.names(label.Key)
		if !ok || label.Templated() {
			return ""
		}
		pairs = append(pairs, strconv.Quote(name)+strconv.Quote(label.Str()))
	}
	slices.Sort(pairs)
	return strings.Join(pairs, "")
}

func ownName(key string) (name string, ok bool) { return key, true }

// IsEmpty tells whether the selector asks for nothing.
func (s Selector) IsEmpty() bool {
	if s.node.Templated() {
		return false
	}
	if s.plain {
		return len(s.node.Fields()) == 0
	}
	return len(s.labels().Fields()) == 0 && len(s.expressions()) == 0 && !s.labels().Templated() && !s.node.At("matchExpressions").Templated()
}

// SelectsAll tells whether a LabelSelector is there and empty.
func SelectsAll(n *manifest.Node) bool {
	return n.IsSet() && n.Kind == manifest.Map && LabelSelector(n).IsEmpty()
}

// labels are the labels that it lists.
func (s Selector) labels() *manifest.Node {
	if s.plain {
		return s.node
	}
	return s.node.At("matchLabels")
}

func (s Selector) expressions() []*manifest.Node {
	if s.plain {
		return nil
	}
	return s.node.At("matchExpressions").Items()
}

// Matches tells whether labels are as the selector asks.
func (s Selector) Matches(labels *manifest.Node) manifest.Truth {
	if s.node.Templated() || labels.Templated() {
		return manifest.Unknown
	}
	match := manifest.True
	if s.labels().Templated() || !s.plain && s.node.At("matchExpressions").Templated() {
		match = manifest.Unknown
	}
	for _, want := range s.labels().Fields() {
		if name, ok := s.names(want.Key); ok {
			match = manifest.All(match, matchesLabel(want, labels.At(name)))
		} else {
			match = manifest.All(match, manifest.Unknown)
		}
	}
	for _, e := range s.expressions() {
		if name, ok := s.names(e.At("key").Str()); ok {
			match = manifest.All(match, matchesExpression(e, labels.At(name)))
		} else {
			match = manifest.All(match, manifest.Unknown)
		}
	}
	return match
}

// matchesLabel tells whether a label has the wanted value.
func matchesLabel(want, have *manifest.Node) manifest.Truth {
	switch {
	case have.IsSet() && have.Str() == want.Str():
		return manifest.True
	case have.Templated() || have.IsSet() && want.Templated():
		return manifest.Unknown
	}
	return manifest.False
}

func matchesExpression(expression, have *manifest.Node) manifest.Truth {
	values := expression.At("values").Items()
	in := have.IsSet() && slices.ContainsFunc(values, func(v *manifest.Node) bool { return v.Str() == have.Str() })
	unsure := have.IsSet() && !in && (have.Templated() || slices.ContainsFunc(values, (*manifest.Node).Templated))
	operator := expression.At("operator").Str()
	switch {
	case (operator == "In" || operator == "NotIn") && unsure, expression.At("key").Templated(), manifest.IsTemplate(operator):
		return manifest.Unknown
	case operator == "In":
		return manifest.TruthOf(in)
	case operator == "NotIn":
		return manifest.TruthOf(!in)
	case operator == "Exists":
		return manifest.TruthOf(have.IsSet())
	case operator == "DoesNotExist":
		return manifest.TruthOf(!have.IsSet())
	}
	return manifest.False
}
