package render

import (
	"maps"
	"slices"
	"text/template/parse"
)

// valuesPath is a path in .Values; anyItem in it is each item of a list or map.
type valuesPath []string

const anyItem = "*"

func (p valuesPath) plus(keys ...string) valuesPath {
	return append(append(valuesPath{}, p...), keys...)
}

// use is a place in a template at which a value is used; key is the key of the
// text that it decides on.
type use struct {
	at   int
	path valuesPath
	key  string
}

// maxPaths bounds how many values one expression is followed to.
const maxPaths = 6

// operand is what is known of an expression before it runs: that it is the
// root of a template's data, or what values it comes from.
type operand struct {
	root  bool
	paths []valuesPath
}

// field is what .a.b of the operand is. Whatever holds a field Values is taken
// to be the root, which charts pass on under names of their own.
func (o operand) field(keys []string) operand {
	if len(keys) == 0 {
		return o
	}
	if i := slices.Index(keys, "Values"); i >= 0 && len(o.paths) == 0 {
		return operand{paths: []valuesPath{valuesPath{}.plus(keys[i+1:]...)}}
	}
	var fields operand
	for _, path := range o.paths {
		fields.paths = append(fields.paths, path.plus(keys...))
	}
	return fields
}

func (o *operand) join(other operand) {
	for _, path := range other.paths {
		known := slices.ContainsFunc(o.paths, func(p valuesPath) bool { return slices.Equal(p, path) })
		if !known && len(o.paths) < maxPaths {
			o.paths = append(o.paths, path)
		}
	}
}

// valuesScope follows dot and variables through a template.
type valuesScope struct {
	dot  operand
	vars map[string]operand
}

func newValuesScope() valuesScope {
	root := operand{root: true}
	return valuesScope{dot: root, vars: map[string]operand{"$": root}}
}

func (s valuesScope) copy() valuesScope {
	return valuesScope{dot: s.dot, vars: maps.Clone(s.vars)}
}

func (s valuesScope) declare(p *parse.PipeNode) {
	if len(p.Decl) == 1 {
		s.vars[p.Decl[0].Ident[0]] = s.pipe(p)
	}
}

// elements is what dot is in a range, which also sets its variables.
func (s valuesScope) elements(p *parse.PipeNode) operand {
	var items operand
	for _, path := range s.pipe(p).paths {
		items.paths = append(items.paths, path.plus(anyItem))
	}
	for i, variable := range p.Decl {
		if i == len(p.Decl)-1 {
			s.vars[variable.Ident[0]] = items
		} else {
			s.vars[variable.Ident[0]] = operand{}
		}
	}
	return items
}

func (s valuesScope) pipe(p *parse.PipeNode) operand {
	var value operand
	for i, c := range p.Cmds {
		if i == 0 {
			value = s.command(c, operand{})
			continue
		}
		value = s.command(c, value)
	}
	return value
}

func (s valuesScope) command(c *parse.CommandNode, piped operand) operand {
	function, ok := c.Args[0].(*parse.IdentifierNode)
	if !ok {
		return s.node(c.Args[0])
	}
	if function.Ident == "index" || function.Ident == "get" {
		if looked, ok := s.lookedUp(c.Args[1:]); ok {
			return looked
		}
	}
	result := operand{paths: piped.paths}
	for _, arg := range c.Args[1:] {
		result.join(s.node(arg))
	}
	return result
}

// lookedUp is what index .Values "a" "b" gives.
func (s valuesScope) lookedUp(args []parse.Node) (operand, bool) {
	if len(args) < 2 {
		return operand{}, false
	}
	var keys []string
	for _, arg := range args[1:] {
		key, ok := arg.(*parse.StringNode)
		if !ok {
			return operand{}, false
		}
		keys = append(keys, key.Text)
	}
	return s.node(args[0]).field(keys), true
}

func (s valuesScope) node(n parse.Node) operand {
	switch n := n.(type) {
	case *parse.DotNode:
		return s.dot
	case *parse.FieldNode:
		return s.dot.field(n.Ident)
	case *parse.VariableNode:
		return s.vars[n.Ident[0]].field(n.Ident[1:])
	case *parse.ChainNode:
		return s.node(n.Node).field(n.Field)
	case *parse.PipeNode:
		return s.pipe(n)
	}
	return operand{}
}
