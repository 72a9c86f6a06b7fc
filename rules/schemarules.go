package rules

import (
	"fmt"
	"slices"
	"strings"

	"github.com/seaworthy-lint/seaworthy/lint"
	"github.com/seaworthy-lint/seaworthy/lint/manifest"
	"github.com/seaworthy-lint/seaworthy/lint/nearest"
)

// schemaInvalid holds an object against the schema of its kind.
func schemaInvalid(p *lint.Pass) {
	if p.Object.APIVersion == manifest.ConfigFileVersion {
		return // no API has such a kind
	}
	s := schemaOf(p.Set, p.Object)
	if s == nil {
		p.Unknown(p.Object.At("kind"), "no schema of this kind is in view")
		return
	}
	c := schemaCheck{passes: map[*manifest.Node]*lint.Pass{}, patch: isPatch(p.Object)}
	for _, pod := range p.Object.Pods() {
		c.passes[pod.Spec] = p.InPod(pod)
		for _, container := range pod.Containers() {
			c.passes[container.Node] = p.In(container)
		}
	}
	c.value(p, p.Object.Node, s, nil)
	if s.definition == nil {
		invalidBuiltin(p)
	}
}

func schemaOf(set *manifest.Set, o *manifest.Object) *schema {
	if s := builtinSchemas().kinds[o.APIVersion+" "+o.Kind]; s != nil {
		return s
	}
	return definedSchema(set, o)
}

// isPatch tells whether an object reads like a patch for another one, as
// kustomize merges them: what every workload of its kind states is not there.
func isPatch(o *manifest.Object) bool {
	if hasBuiltinPods(o) && manifest.DescribesPods(o.Group(), o.Kind) && len(o.Pods()) == 0 {
		return true
	}
	for _, pod := range o.Pods() {
		switch o.Kind {
		case "Deployment", "DaemonSet", "StatefulSet", "ReplicaSet":
			if !o.At("spec", "selector").IsSet() && !pod.Metadata.At("labels").IsSet() {
				return true
			}
		default:
			if !slices.ContainsFunc(pod.Containers(), func(c *manifest.Container) bool { return c.At("image").IsSet() }) {
				return true
			}
		}
	}
	return false
}

// schemaCheck walks an object along its schema.
type schemaCheck struct {
	// passes are those for the pods and containers in the object.
	passes map[*manifest.Node]*lint.Pass
	// patch tells that the object may leave out what it must have.
	patch bool
}

// level is an object on the way to a value, with what it may hold.
type level struct {
	node   *manifest.Node
	schema *schema
}

// value judges one value; around are the objects around it, the nearest last.
func (c schemaCheck) value(p *lint.Pass, n *manifest.Node, s *schema, around []level) {
	if of := c.passes[n]; of != nil {
		p = of
	}
	switch {
	case s == nil || !n.IsSet() || s.takes == stringValue && len(s.values) == 0 && n.IsString():
	case n.Templated():
		p.UnknownValue(n)
	case s.takes == objectValue && n.Kind == manifest.Map:
		c.object(p, n, s, around)
	case s.takes == mapValue && n.Kind == manifest.Map, s.takes == listValue && n.Kind == manifest.List:
		for _, kid := range n.Kids {
			c.value(p, kid, s.items, around)
		}
	default:
		if reason := wrongValue(n, s); reason != "" {
			reportValue(p, n, s, reason)
		}
	}
}

// object judges the fields of a value of a known type. A key that begins with
// $ is an instruction for who merges patches.
func (c schemaCheck) object(p *lint.Pass, n *manifest.Node, s *schema, around []level) {
	here := append(slices.Clip(around), level{n, s})
	for _, f := range n.Kids {
		sub := s.field(f.Key)
		switch {
		case sub != nil:
			c.value(p, f, sub, here)
		case s.open || manifest.IsTemplate(f.Key) || strings.HasPrefix(f.Key, "$"):
		default:
			p.Reportf(f, "%s has no field %q%s", placeOf(p, n), f.Key, hint(f.Key, here)).
				At(f.KeySpan()).Showing("").About(f.Path())
		}
	}
	for _, key := range s.required() {
		if !n.At(key).IsSet() && !c.patch {
			p.Missingf(n, []string{key}, "%s lacks %s, which is required", placeOf(p, n), key)
		}
	}
}

// placeOf names a place in an object for a message.
func placeOf(p *lint.Pass, n *manifest.Node) string {
	if path := n.Path(); path != "" {
		return path
	}
	return p.Object.Kind
}

// hint says what an unknown field was meant to be: a field that is spelled
// alike, or one that belongs elsewhere.
func hint(key string, around []level) string {
	here := around[len(around)-1].schema
	like := nearest.Of(key, here.names())
	if like != "" && nearest.Distance(strings.ToLower(key), strings.ToLower(like)) <= 2 {
		return fmt.Sprintf(" (did you mean %s?)", like)
	}
	for i := len(around) - 1; i >= 0; i-- {
		at, found := around[i], around[i].schema.field(key) != nil
		levels := 1
		if i == len(around)-1 {
			levels = 2
		}
		inside, below := at.schema.holder(key, levels)
		switch path := at.node.Path(); {
		case found && path == "":
			return " (it belongs at the top of the object)"
		case found:
			return fmt.Sprintf(" (it belongs in %s)", path)
		case below && path == "":
			return fmt.Sprintf(" (it belongs in %s)", inside)
		case below:
			return fmt.Sprintf(" (it belongs in %s.%s)", path, inside)
		}
	}
	if like != "" {
		return fmt.Sprintf(" (did you mean %s?)", like)
	}
	return ""
}

// misplacedLevels are the objects in which people leave out a level or go one too far.
// Others, such as the sources of volumes, have fields of equal names that mean
// nothing to one another.
var misplacedLevels = []string{"metadata", "spec", "template", "jobTemplate", "securityContext", "resources", "strategy", "updateStrategy"}

// holder is the path of an object under s that has the field, at most so many
// levels down.
func (s *schema) holder(key string, levels int) (path string, ok bool) {
	if levels == 0 {
		return "", false
	}
	var objects []string
	for _, name := range s.names() {
		if sub := s.field(name); sub != nil && sub.takes == objectValue && slices.Contains(misplacedLevels, name) {
			objects = append(objects, name)
		}
	}
	for _, name := range objects {
		if s.field(name).field(key) != nil {
			return name, true
		}
	}
	for _, name := range objects {
		if rest, ok := s.field(name).holder(key, levels-1); ok {
			return name + "." + rest, true
		}
	}
	return "", false
}

// reportValue keeps what may be secret out of the message: the values of
// Secrets and of environment variables, and whatever is encoded.
func reportValue(p *lint.Pass, n *manifest.Node, s *schema, reason string) {
	if p.Object.Kind == "Secret" || n.Key == "value" || s.takes == base64Value {
		reason = "is not " + typeNouns[s.takes] + ", which the API takes there"
		p.Reportf(n, "%s %s", n.Path(), reason).About(n.Path()).Showing("")
		return
	}
	p.Reportf(n, "%s %s", n.Path(), reason).About(n.Path())
}
