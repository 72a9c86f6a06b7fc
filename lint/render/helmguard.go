package render

import (
	"text/template"
	"text/template/parse"
)

// Names of functions that are put into templates before they run.
const (
	tickName  = "seaworthyTick"
	shownName = "seaworthyShown"
	plainName = "seaworthyPlain"
)

// guard puts calls into parsed templates that count what text/template does by
// itself: turns of loops, and values that it prints or compares.
type guard struct {
	tick  *parse.ActionNode
	shown *parse.CommandNode
	plain *parse.PipeNode
}

func newGuard() guard {
	nothing := func() string { return "" }
	functions := template.FuncMap{tickName: nothing, shownName: nothing, plainName: nothing}
	nodes := template.Must(template.New("guard").Funcs(functions).Parse(
		"{{" + tickName + "}}{{. | " + shownName + "}}{{. | printf (" + plainName + " .)}}")).Root.Nodes
	return guard{
		tick:  nodes[0].(*parse.ActionNode),
		shown: nodes[1].(*parse.ActionNode).Pipe.Cmds[1],
		plain: nodes[2].(*parse.ActionNode).Pipe.Cmds[1].Args[1].(*parse.PipeNode),
	}
}

func (g guard) tree(t *parse.Tree) {
	if t.Root == nil || parse.IsEmptyTree(t.Root) {
		return
	}
	g.list(t.Root)
	t.Root.Nodes = append([]parse.Node{g.tick.Copy()}, t.Root.Nodes...)
}

func (g guard) list(l *parse.ListNode) {
	if l == nil {
		return
	}
	for _, n := range l.Nodes {
		switch n := n.(type) {
		case *parse.ActionNode:
			g.pipe(n.Pipe)
			if len(n.Pipe.Decl) == 0 && !givesText(n.Pipe) {
				n.Pipe.Cmds = append(n.Pipe.Cmds, g.shown.Copy().(*parse.CommandNode))
			}
		case *parse.TemplateNode:
			g.pipe(n.Pipe)
		case *parse.IfNode:
			g.branch(&n.BranchNode)
		case *parse.WithNode:
			g.branch(&n.BranchNode)
		case *parse.RangeNode:
			g.branch(&n.BranchNode)
			n.List.Nodes = append([]parse.Node{g.tick.Copy()}, n.List.Nodes...)
		}
	}
}

func (g guard) branch(b *parse.BranchNode) {
	g.pipe(b.Pipe)
	g.list(b.List)
	g.list(b.ElseList)
}

// givesText tells that a pipe ends in what is text for certain.
func givesText(p *parse.PipeNode) bool {
	switch first := p.Cmds[len(p.Cmds)-1].Args[0].(type) {
	case *parse.StringNode, *parse.NumberNode, *parse.BoolNode:
		return true
	case *parse.IdentifierNode:
		return textual[first.Ident]
	}
	return false
}

var textual = wordSet(`include tpl indent nindent quote squote toYaml toJson trim trunc trimSuffix trimPrefix replace
	b64enc lower upper sha256sum printf print`)

// builtin are the functions of text/template that look into their arguments,
// and that sprig does not replace.
var builtin = wordSet(`eq ne lt le gt ge len index print printf println html js urlquery call`)

// pipe lets the arguments of built-in functions be counted, and puts a limit
// on what is printed.
func (g guard) pipe(p *parse.PipeNode) {
	if p == nil {
		return
	}
	cmds := make([]*parse.CommandNode, 0, len(p.Cmds))
	for i, c := range p.Cmds {
		counted := g.command(c)
		if counted && i > 0 {
			call := g.plain.Cmds[0].Copy().(*parse.CommandNode)
			call.Args = call.Args[:1]
			cmds = append(cmds, call)
		}
		cmds = append(cmds, c)
	}
	p.Cmds = cmds
}

// command guards the arguments of a call, and tells whether it is one of a
// built-in function.
func (g guard) command(c *parse.CommandNode) bool {
	name, ok := c.Args[0].(*parse.IdentifierNode)
	counted := ok && builtin[name.Ident]
	for i, arg := range c.Args {
		switch arg := arg.(type) {
		case *parse.PipeNode:
			g.pipe(arg)
		case *parse.ChainNode:
			if inner, ok := arg.Node.(*parse.PipeNode); ok {
				g.pipe(inner)
			}
		}
		if counted && i > 0 && !literal(arg) {
			c.Args[i] = g.around(arg)
		}
	}
	return counted
}

func literal(n parse.Node) bool {
	switch n.(type) {
	case *parse.StringNode, *parse.NumberNode, *parse.BoolNode, *parse.NilNode:
		return true
	}
	return false
}

func (g guard) around(arg parse.Node) *parse.PipeNode {
	pipe := g.plain.CopyPipe()
	pipe.Cmds[0].Args[1] = arg
	return pipe
}
