package manifest

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"strings"

	"sigs.k8s.io/kustomize/kyaml/yaml"
)

// Limits that keep hostile input bounded.
const (
	// maxDepth is how deep values may nest. The API server gives up at 10,000.
	maxDepth = 1000
	// maxAliasNodes is how many values the aliases of a document may expand to.
	maxAliasNodes = 200_000
)

// SyntaxError says why a document cannot be read, and where in its file.
type SyntaxError struct {
	Span   Span
	Reason string
}

func (e *SyntaxError) Error() string { return e.Reason }

// Duplicate is a key that stands twice in one map. The later one is in force.
type Duplicate struct {
	// Earlier is the key that is ignored; Later is the field that holds.
	Earlier Span
	Later   *Node
}

// Tree is what one document holds.
type Tree struct {
	Root       *Node
	Duplicates []Duplicate
}

// Parse reads the document at span. The error is a *SyntaxError.
func Parse(span Span) (*Tree, error) {
	text := span.File.Text[span.Start:span.End]
	if tree, ok, err := parseJSON(span); ok {
		return tree, err
	}
	var doc yaml.Node
	err := yaml.NewDecoder(bytes.NewReader(text)).Decode(&doc)
	if errors.Is(err, io.EOF) {
		return &Tree{Root: &Node{Type: Null, file: span.File, start: int32(span.Start), end: int32(span.Start)}}, nil
	}
	if err != nil {
		return nil, yamlError(span, err)
	}
	c := &converter{source: newSource(span), expanding: map[*yaml.Node]bool{}, tree: &Tree{}}
	if len(doc.Content) != 1 {
		return nil, &SyntaxError{Span: span, Reason: "document holds no value"}
	}
	root, err := c.convert(doc.Content[0], nil, 0)
	if err != nil {
		return nil, err
	}
	c.tree.Root = root
	return c.tree, nil
}

// converter turns the library's nodes into ours: aliases expanded, merge keys
// applied, the last of duplicate keys in force.
type converter struct {
	source     *source
	tree       *Tree
	expanding  map[*yaml.Node]bool
	aliasDepth int
	aliasNodes int
}

func (c *converter) fail(y *yaml.Node, format string, args ...any) error {
	at := c.source.offset(y)
	return &SyntaxError{Span: Span{File: c.source.file, Start: at, End: at}, Reason: fmt.Sprintf(format, args...)}
}

func (c *converter) convert(y *yaml.Node, parent *Node, depth int) (*Node, error) {
	if depth > maxDepth {
		return nil, c.fail(y, "nested more than %d levels deep", maxDepth)
	}
	if c.aliasDepth > 0 {
		if c.aliasNodes++; c.aliasNodes > maxAliasNodes {
			return nil, c.fail(y, "aliases expand to more than %d values", maxAliasNodes)
		}
	}
	if y.Kind == yaml.AliasNode {
		return c.alias(y, func(target *yaml.Node) (*Node, error) { return c.convert(target, parent, depth+1) })
	}
	n := &Node{Parent: parent, file: c.source.file, start: int32(c.source.offset(y))}
	var err error
	switch y.Kind {
	case yaml.ScalarNode:
		n.end = int32(c.source.scalarEnd(y, int(n.start)))
		n.Type, n.Value, err = c.scalar(y, int(n.start))
	case yaml.SequenceNode:
		n.Kind = List
		err = c.list(n, y, depth)
	case yaml.MappingNode:
		n.Kind = Map
		err = c.mapping(n, y, depth)
	default:
		err = c.fail(y, "unexpected kind of value")
	}
	return n, err
}

func (c *converter) alias(y *yaml.Node, use func(*yaml.Node) (*Node, error)) (*Node, error) {
	if c.expanding[y.Alias] {
		return nil, c.fail(y, "anchor %q contains itself", y.Value)
	}
	c.expanding[y.Alias] = true
	c.aliasDepth++
	n, err := use(y.Alias)
	c.aliasDepth--
	delete(c.expanding, y.Alias)
	return n, err
}

func (c *converter) scalar(y *yaml.Node, start int) (Type, string, error) {
	quoted := yaml.DoubleQuotedStyle | yaml.SingleQuotedStyle | yaml.LiteralStyle | yaml.FoldedStyle
	var typ Type
	var value string
	var err error
	switch {
	case y.Style&yaml.TaggedStyle != 0:
		typ, value, err = resolveTagged(y.ShortTag(), y.Value)
	case y.Style&quoted != 0, c.source.saysString(start - c.source.base):
		return String, y.Value, nil
	default:
		typ, value, err = resolvePlain(y.Value)
	}
	if err != nil {
		return typ, value, c.fail(y, "%s", err.Error())
	}
	return typ, value, nil
}

func (c *converter) list(n *Node, y *yaml.Node, depth int) error {
	n.Kids = make([]*Node, 0, len(y.Content))
	for i, item := range y.Content {
		kid, err := c.convert(item, n, depth+1)
		if err != nil {
			return err
		}
		kid.Index = int32(i)
		n.Kids = append(n.Kids, kid)
	}
	n.end = int32(c.source.collectionEnd(y, int(n.start), c.lastEnd(y, n)))
	return nil
}

// mapping sets keys in the order in which they stand, merge keys among them,
// each overwriting what came before: kubectl's order, in which a merge key
// after a field wins over the field.
func (c *converter) mapping(n *Node, y *yaml.Node, depth int) error {
	n.Kids = make([]*Node, 0, len(y.Content)/2)
	fields := fieldSet{node: n}
	for i := 0; i+1 < len(y.Content); i += 2 {
		key, value := y.Content[i], y.Content[i+1]
		if isMerge(key) {
			if err := c.merge(&fields, value, depth); err != nil {
				return err
			}
			continue
		}
		kid, err := c.entry(n, key, value, depth)
		if err != nil {
			return err
		}
		if earlier := fields.set(kid); earlier != nil && !earlier.merged && c.aliasDepth == 0 {
			c.tree.Duplicates = append(c.tree.Duplicates, Duplicate{Earlier: earlier.KeySpan(), Later: kid})
		}
	}
	n.end = int32(c.source.collectionEnd(y, int(n.start), c.lastEnd(y, n)))
	return nil
}

// lastEnd is where the last thing that stands inside a collection ends.
func (c *converter) lastEnd(y *yaml.Node, n *Node) int {
	end := int(n.start)
	if len(y.Content) > 0 {
		last := y.Content[len(y.Content)-1]
		end = c.source.offset(last)
		if last.Kind == yaml.AliasNode {
			end += len("*") + len(last.Value)
		}
	}
	for _, kid := range n.Kids {
		if s := kid.start; s >= n.start {
			end = max(end, int(kid.end))
		}
	}
	return end
}

func (c *converter) entry(parent *Node, key, value *yaml.Node, depth int) (*Node, error) {
	k, err := c.convert(key, nil, depth+1)
	if err != nil {
		return nil, err
	}
	if k.Kind != Scalar {
		return nil, c.fail(key, "a map key must be a scalar")
	}
	name, err := keyText(k.Type, k.Value)
	if err != nil {
		return nil, c.fail(key, "%s", err.Error())
	}
	kid, err := c.convert(value, parent, depth+1)
	if err != nil {
		return nil, err
	}
	kid.Key = name
	kid.keyStart = int32(c.source.offset(key))
	kid.keyEnd = k.end
	if key.Kind == yaml.AliasNode {
		kid.keyEnd = kid.keyStart + int32(len("*")+len(key.Value))
	}
	return kid, nil
}

func isMerge(key *yaml.Node) bool {
	return key.Kind == yaml.ScalarNode && key.Value == "<<" && key.ShortTag() == "!!merge"
}

// merge copies the fields of one map, or of a list of maps of which earlier
// ones win.
func (c *converter) merge(fields *fieldSet, value *yaml.Node, depth int) error {
	sources := []*yaml.Node{value}
	if value.Kind == yaml.SequenceNode {
		sources = value.Content
	}
	for i := len(sources) - 1; i >= 0; i-- {
		from, err := c.convert(sources[i], fields.node.Parent, depth+1)
		if err != nil {
			return err
		}
		if from.Kind != Map {
			return c.fail(value, "a merge key needs a map or a list of maps")
		}
		for _, kid := range from.Kids {
			kid.Parent = fields.node
			kid.merged = true
			fields.set(kid)
		}
	}
	return nil
}

// yamlError takes the library's message apart: "yaml: line 3: reason". The
// line is often that of the collection around the problem, so it is not used.
func yamlError(span Span, err error) error {
	text := span.File.Text[span.Start:span.End]
	reason := errorReason(err)
	s := newSource(span)
	start, end := s.problemLine(func(prefix int) bool {
		var doc yaml.Node
		err := yaml.NewDecoder(bytes.NewReader(text[:prefix])).Decode(&doc)
		return err != nil && errorReason(err) == reason
	})
	at := s.problemOffset(start, end, reason)
	return &SyntaxError{Span: Span{File: span.File, Start: at, End: at}, Reason: reason}
}

func errorReason(err error) string {
	reason := strings.TrimPrefix(err.Error(), "yaml: ")
	if rest, ok := strings.CutPrefix(reason, "line "); ok {
		if _, after, ok := strings.Cut(rest, ": "); ok {
			return after
		}
	}
	return reason
}
