package manifest

import (
	"errors"
	"time"

	"sigs.k8s.io/kustomize/kyaml/yaml"
)

// FromRendered turns a value that a renderer made, whose positions mean
// nothing, into nodes that all lie at the span until they are relocated.
func FromRendered(y *yaml.Node, at Span) (*Node, error) {
	r := rendered{at: at, left: maxRenderedNodes}
	return r.convert(y, nil, 0)
}

// maxRenderedNodes is how many values one rendered resource may hold.
const maxRenderedNodes = 2_000_000

type rendered struct {
	at   Span
	left int
}

func (r *rendered) convert(y *yaml.Node, parent *Node, depth int) (*Node, error) {
	r.left--
	switch {
	case y.Kind == yaml.DocumentNode && len(y.Content) == 1:
		return r.convert(y.Content[0], parent, depth)
	case y.Kind == yaml.AliasNode && y.Alias != nil:
		return r.convert(y.Alias, parent, depth+1)
	case depth > maxDepth || r.left < 0:
		return nil, errors.New("renders to more than can be judged")
	}
	n := &Node{Parent: parent, approximate: true}
	n.file, n.start, n.end = r.at.File, int32(r.at.Start), int32(r.at.End)
	var err error
	switch y.Kind {
	case yaml.ScalarNode:
		n.Type, n.Value, err = renderedScalar(y)
	case yaml.SequenceNode:
		n.Kind = List
		err = r.list(n, y, depth)
	case yaml.MappingNode:
		n.Kind = Map
		err = r.mapping(n, y, depth)
	default:
		err = errors.New("unexpected kind of value")
	}
	return n, err
}

func (r *rendered) list(n *Node, y *yaml.Node, depth int) error {
	n.Kids = make([]*Node, 0, len(y.Content))
	for i, item := range y.Content {
		kid, err := r.convert(item, n, depth+1)
		if err != nil {
			return err
		}
		kid.Index = int32(i)
		n.Kids = append(n.Kids, kid)
	}
	return nil
}

func (r *rendered) mapping(n *Node, y *yaml.Node, depth int) error {
	n.Kids = make([]*Node, 0, len(y.Content)/2)
	fields := fieldSet{node: n}
	for i := 0; i+1 < len(y.Content); i += 2 {
		kid, err := r.convert(y.Content[i+1], n, depth+1)
		if err != nil {
			return err
		}
		typ, text, err := renderedScalar(y.Content[i])
		if err != nil {
			return err
		}
		if kid.Key, err = keyText(typ, text); err != nil {
			return err
		}
		fields.set(kid)
	}
	return nil
}

// renderedScalar reads a scalar as kustomize writes it out, which follows YAML
// 1.2 more than the API server does: a plain "yes" comes out as a string, and a
// date as a time.
func renderedScalar(y *yaml.Node) (Type, string, error) {
	switch tag := y.ShortTag(); tag {
	case yaml.NodeTagString:
		return String, y.Value, nil
	case "!!timestamp":
		for _, form := range timestampForms {
			if t, err := time.Parse(form, y.Value); err == nil {
				return String, t.Format(time.RFC3339Nano), nil
			}
		}
		return String, y.Value, nil
	default:
		return resolveTagged(tag, y.Value)
	}
}
