package rules

import (
	"strings"

	"github.com/seaworthy-lint/seaworthy/lint"
	"github.com/seaworthy-lint/seaworthy/lint/manifest"
	"github.com/seaworthy-lint/seaworthy/lint/scope"
)

// selectorMismatch judges the selector of a controller, which must take in the
// pods that it makes.
func selectorMismatch(p *lint.Pass) {
	if p.Object.Kind == "Job" && !p.Object.At("spec", "manualSelector").True() || isPatch(p.Object) {
		return
	}
	template, selector := p.Object.At("spec", "template"), p.Object.At("spec", "selector")
	plain := p.Object.Kind == "ReplicationController" || p.Object.Kind == "DeploymentConfig"
	switch {
	case !template.IsSet() || template.Templated():
	case selector.Templated():
		p.UnknownValue(selector)
	case !selector.IsSet():
		if !defaultsSelector(p.Object) {
			p.Missingf(p.Object.Node, []string{"spec", "selector"}, "%s %q has no selector", p.Object.Kind, p.Object.Name)
		}
	case isEmptySelector(selector, plain):
		if !plain {
			p.Reportf(selector, "the selector of %s %q is empty", p.Object.Kind, p.Object.Name)
		}
	case !plain && invalidSelector(p, selector):
	default:
		judgeSelector(p, selector, template.At("metadata", "labels"), plain)
	}
}

func judgeSelector(p *lint.Pass, selector, labels *manifest.Node, plain bool) {
	match := scope.LabelSelector(selector).Matches(labels)
	if plain {
		match = scope.PlainLabels(selector).Matches(labels)
	}
	switch match {
	case manifest.False:
		f := p.Reportf(selector, "the selector of %s %q does not match the labels of its pods", p.Object.Kind, p.Object.Name)
		if labels.IsSet() {
			f.Relate(labels, "the labels of the pods")
		}
	case manifest.Unknown:
		p.Unknown(selector, "a label or the selector is templated")
	}
}

func isEmptySelector(selector *manifest.Node, plain bool) bool {
	if plain {
		return len(selector.Fields()) == 0
	}
	return len(selector.At("matchLabels").Fields())+len(selector.At("matchExpressions").Items()) == 0 && !selector.At("matchLabels").Templated()
}

// defaultsSelector tells whether the API server fills in the selector from the
// labels of the template.
func defaultsSelector(o *manifest.Object) bool {
	return o.Kind == "ReplicationController" || o.Kind == "DeploymentConfig" ||
		o.APIVersion == "extensions/v1beta1" || o.APIVersion == "apps/v1beta1"
}

// invalidSelector reports expressions that the API server does not take.
func invalidSelector(p *lint.Pass, selector *manifest.Node) bool {
	invalid := false
	for _, e := range selector.At("matchExpressions").Items() {
		operator, values := e.At("operator"), e.At("values")
		problem := ""
		switch operator.Str() {
		case "In", "NotIn":
			if len(values.Items()) == 0 && !values.Templated() {
				problem = "needs values"
			}
		case "Exists", "DoesNotExist":
			if len(values.Items()) > 0 {
				problem = "takes no values"
			}
		default:
			problem = "is no operator of a selector"
		}
		if operator.Templated() || problem == "" {
			continue
		}
		invalid = true
		if operator.IsSet() {
			p.Reportf(operator, "operator %q %s", operator.Str(), problem)
		} else {
			p.Missingf(e, []string{"operator"}, "an expression of the selector has no operator")
		}
	}
	return invalid
}

// invalidLabel judges the labels of an object and of its pods, the labels that
// it selects by, and the keys of annotations.
func invalidLabel(p *lint.Pass) {
	metadata := []*manifest.Node{p.Object.At("metadata")}
	for _, pod := range p.Object.Pods() {
		if pod.Metadata != nil && pod.Metadata != p.Object.At("metadata") {
			metadata = append(metadata, pod.Metadata)
		}
	}
	for _, m := range metadata {
		for _, label := range m.At("labels").Fields() {
			judgeLabel(p, label)
		}
		for _, annotation := range m.At("annotations").Fields() {
			judgeLabelKey(p, annotation, strings.ToLower(annotation.Key))
			judgeLabelType(p, annotation)
		}
	}
	if builtinSchemas().kinds[p.Object.APIVersion+" "+p.Object.Kind] != nil {
		for _, label := range selectorLabels(p.Object) {
			judgeLabel(p, label)
		}
	}
}

// selectorLabels are the labels that a built-in kind selects by.
func selectorLabels(o *manifest.Object) []*manifest.Node {
	var labels []*manifest.Node
	if o.Kind == "Service" || o.Kind == "ReplicationController" {
		labels = o.At("spec", "selector").Fields()
	}
	var walk func(n *manifest.Node)
	walk = func(n *manifest.Node) {
		if n == nil {
			return
		}
		if n.Key == "matchLabels" {
			labels = append(labels, n.Fields()...)
			return
		}
		for _, kid := range n.Kids {
			walk(kid)
		}
	}
	walk(o.At("spec"))
	return labels
}

func judgeLabel(p *lint.Pass, label *manifest.Node) {
	if !judgeLabelKey(p, label, label.Key) || !judgeLabelType(p, label) {
		return
	}
	switch value := label.Str(); {
	case len(value) > 63:
		p.Reportf(label, "the value of label %q is %d characters long: 63 are allowed", label.Key, len(value))
	case !labelText().MatchString(value):
		p.Reportf(label, "label %q has the value %q: only letters, digits, dashes, underscores and dots are allowed, and it must begin and end with a letter or digit", label.Key, value)
	}
}

var (
	labelText = lazyRegexp(`^([A-Za-z0-9]([-A-Za-z0-9_.]*[A-Za-z0-9])?)?$`)
	labelName = lazyRegexp(`^[A-Za-z0-9]([-A-Za-z0-9_.]*[A-Za-z0-9])?$`)
)

// judgeLabelKey tells whether a key is sound; it is reported when it is not.
func judgeLabelKey(p *lint.Pass, n *manifest.Node, key string) bool {
	if manifest.IsTemplate(key) {
		p.Unknown(n, "the key is templated")
		return false
	}
	prefix, name, prefixed := strings.Cut(key, "/")
	if !prefixed {
		prefix, name = "", key
	}
	if (!prefixed || isDNSSubdomain(prefix)) && len(name) <= 63 && labelName().MatchString(name) {
		return true
	}
	p.Reportf(n, "%q is no valid key of a label or annotation", n.Key).At(n.KeySpan()).Showing("")
	return false
}

// judgeLabelType tells whether a value is a string or null, which is empty.
func judgeLabelType(p *lint.Pass, n *manifest.Node) bool {
	switch {
	case n.Templated():
		p.UnknownValue(n)
		return false
	case n.IsSet() && !n.IsString():
		p.Reportf(n, "%q is %s, where the API takes a string", n.Key, describe(n)).About(n.Path())
		return false
	}
	return true
}
