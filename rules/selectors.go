package rules

import (
	"slices"

	"github.com/seaworthy-lint/seaworthy/lint/manifest"
)

// labelNames tells which label a key of a selector means; ok is false where
// that cannot be told.
type labelNames func(key string) (name string, ok bool)

// plainLabel is for selectors whose keys are the labels themselves.
func plainLabel(key string) (name string, ok bool) { return key, true }

// matchesSelector tells whether labels satisfy a LabelSelector. An empty one
// matches everything; what an absent one means differs from field to field, so
// the caller has to know.
func matchesSelector(selector, labels *manifest.Node) manifest.Truth {
	return matchesSelectorOf(selector, labels, plainLabel)
}

// matchesSelectorOf is matchesSelector for selectors with keys of their own.
func matchesSelectorOf(selector, labels *manifest.Node, names labelNames) manifest.Truth {
	if selector.Templated() || labels.Templated() {
		return manifest.Unknown
	}
	match := manifest.True
	for _, want := range selector.At("matchLabels").Fields() {
		if name, ok := names(want.Key); ok {
			match = both(match, matchesLabel(want, labels.At(name)))
		} else {
			match = both(match, manifest.Unknown)
		}
	}
	for _, e := range selector.At("matchExpressions").Items() {
		if name, ok := names(e.At("key").Str()); ok {
			match = both(match, matchesExpression(e, labels.At(name)))
		} else {
			match = both(match, manifest.Unknown)
		}
	}
	return match
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
		return truth(in)
	case operator == "NotIn":
		return truth(!in)
	case operator == "Exists":
		return truth(have.IsSet())
	case operator == "DoesNotExist":
		return truth(!have.IsSet())
	}
	return manifest.False
}

func truth(b bool) manifest.Truth {
	if b {
		return manifest.True
	}
	return manifest.False
}

// both tells whether two things hold.
func both(a, b manifest.Truth) manifest.Truth {
	switch {
	case a == manifest.False || b == manifest.False:
		return manifest.False
	case a == manifest.True && b == manifest.True:
		return manifest.True
	}
	return manifest.Unknown
}

// anyHolds tells whether one of several things holds.
func anyHolds(truths ...manifest.Truth) manifest.Truth {
	switch {
	case slices.Contains(truths, manifest.True):
		return manifest.True
	case slices.Contains(truths, manifest.Unknown):
		return manifest.Unknown
	}
	return manifest.False
}
