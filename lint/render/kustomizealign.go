package render

import (
	"slices"
	"strconv"
	"strings"

	"github.com/seaworthy-lint/seaworthy/lint/manifest"
)

// alignKustomized walks a rendered object beside all that was written about
// it, and relocates each node to where its value was set last. What stands in
// a source counts only when the value agrees.
func alignKustomized(root *manifest.Node, s *kustomizeSubject) {
	a := &kustomizeAligner{subject: s, fields: map[*manifest.Node]map[string]*manifest.Node{}, replaced: map[*manifest.Node][]int{}}
	var covers []cover
	if s.root != nil {
		covers = append(covers, cover{node: s.root, order: -1})
	}
	for i, l := range s.layers {
		switch l.kind {
		case writtenLayer:
			covers = append(covers, cover{node: l.node, rest: l.rest, whole: l.whole, near: l.near, order: i})
		case replacementLayer:
			for _, n := range fieldsAt(root, l.rest) {
				a.replaced[n] = append(a.replaced[n], i)
			}
		default:
			a.computed = append(a.computed, i)
		}
	}
	a.align(root, covers, s.place())
}

// cover is something that was written about a node.
type cover struct {
	node *manifest.Node
	// rest leads from the rendered node to what the source is about.
	rest []string
	// order counts the layers, in the order in which they were applied; -1 is
	// the object's own file.
	order int
	// whole: the source replaces what was there before. weak: the way led
	// through a list by an index that may since have changed. near: the source
	// names the field, but does not hold its value.
	whole, weak, near bool
}

func (c cover) here() bool { return len(c.rest) == 0 }

type kustomizeAligner struct {
	subject  *kustomizeSubject
	computed []int
	replaced map[*manifest.Node][]int
	fields   map[*manifest.Node]map[string]*manifest.Node
}

// spot is where a rendered node is written.
type spot struct {
	node    *manifest.Node
	exact   bool
	origins []manifest.Origin
	// at and key are used instead of the node when that is nil.
	at, key manifest.Span
}

func (p spot) ok() bool { return p.node != nil || p.at.File != nil }

func (p spot) relocate(n *manifest.Node) {
	if p.node == nil {
		n.Relocate(p.key, p.at, p.exact, p.origins...)
		return
	}
	key, value := p.node.KeySpan(), p.node.Span()
	if key == value || n.Key == "" && n.Kind != manifest.Scalar { // an item that a patch adds is no "value"
		key = manifest.Span{}
	}
	// What a chart rendered has origins of its own, and may only lie near.
	n.Relocate(key, value, p.exact && p.node.Exact(), slices.Concat(p.origins, p.node.Origins())...)
}

// align relocates n and all below it; near is the closest place above.
func (a *kustomizeAligner) align(n *manifest.Node, covers []cover, near manifest.Span) {
	p, ok := a.spot(n, covers)
	if !ok {
		p = spot{at: near}
	}
	p.relocate(n)
	if p.node != nil && n.Kind != manifest.Scalar {
		near = p.node.Anchor()
	}
	switch n.Kind {
	case manifest.Map:
		for _, kid := range n.Kids {
			a.align(kid, a.fieldCovers(kid.Key, covers), near)
		}
	case manifest.List:
		for i, list := range a.itemCovers(n, covers) {
			a.align(n.Kids[i], list, near)
		}
	}
}

// fieldCovers are what was written about a field.
func (a *kustomizeAligner) fieldCovers(key string, covers []cover) []cover {
	var out []cover
	for _, c := range covers {
		switch {
		case !c.here():
			if c.rest[0] == key {
				c.rest = c.rest[1:]
				out = append(out, c)
			}
		case !c.near:
			if f := a.field(c.node, key); f != nil {
				c.node, c.whole = f, false
				out = append(out, c)
			}
		}
	}
	return out
}

// field is At for maps that may be large.
func (a *kustomizeAligner) field(n *manifest.Node, key string) *manifest.Node {
	if n.Kind != manifest.Map || len(n.Kids) < 32 {
		return n.At(key)
	}
	fields := a.fields[n]
	if fields == nil {
		fields = make(map[string]*manifest.Node, len(n.Kids))
		for _, kid := range n.Kids {
			fields[kid.Key] = kid
		}
		a.fields[n] = fields
	}
	return fields[key]
}

// itemCovers are what was written about each item of a list.
func (a *kustomizeAligner) itemCovers(n *manifest.Node, covers []cover) [][]cover {
	out := make([][]cover, len(n.Kids))
	for _, c := range covers {
		switch {
		case c.here() && c.near:
		case c.here():
			for i, item := range counterparts(n.Kids, c.node.Items()) {
				if item != nil {
					own := c
					own.node, own.whole = item, false
					out[i] = append(out[i], own)
				}
			}
		case len(c.rest) == 1 && !c.near:
			for i, item := range counterparts(n.Kids, []*manifest.Node{c.node}) {
				if item != nil {
					own := c
					own.rest = nil
					out[i] = append(out[i], own)
				}
			}
		default:
			for i := range n.Kids {
				own := c
				own.rest = c.rest[1:]
				own.weak = c.weak || c.rest[0] != strconv.Itoa(i)
				out[i] = append(out[i], own)
			}
		}
	}
	return out
}

// counterparts finds for each rendered item the source item that it was made
// of: by the field that names items of such a list, or by equality. What is
// left over pairs by position, if nothing was added or removed, or if nothing
// names the items.
func counterparts(rendered, source []*manifest.Node) []*manifest.Node {
	out := make([]*manifest.Node, len(rendered))
	byKey := map[string][]*manifest.Node{}
	for _, item := range source {
		key := itemKey(item)
		byKey[key] = append(byKey[key], item)
	}
	used := map[*manifest.Node]bool{}
	for i, item := range rendered {
		key := itemKey(item)
		if same := byKey[key]; len(same) > 0 {
			best := alike(item, same)
			out[i] = same[best]
			used[out[i]] = true
			if len(same) > 1 {
				byKey[key] = append(same[:best:best], same[best+1:]...)
			}
		}
	}
	for i, item := range rendered {
		if out[i] != nil || i >= len(source) || used[source[i]] || source[i].Kind != item.Kind {
			continue
		}
		if len(rendered) == len(source) || len(source) > 1 && itemKey(item)[0] == anonymous {
			out[i] = source[i]
		}
	}
	return out
}

// mergeKeys are the fields by which Kubernetes merges lists, those first that
// are never shared by two items.
var mergeKeys = [...]string{"mountPath", "containerPort", "devicePath", "name", "port", "ip", "key", "topologyKey", "host", "path", "type"}

func itemKey(item *manifest.Node) string {
	if item.Kind == manifest.Scalar {
		return "=" + item.Value
	}
	for _, key := range mergeKeys {
		if n := item.At(key); n != nil && n.Kind == manifest.Scalar {
			return key + "=" + n.Value
		}
	}
	var b strings.Builder
	b.WriteByte(anonymous)
	for _, kid := range sortedKids(item) {
		writeValues(&b, kid)
	}
	return b.String()
}

// anonymous begins the key of an item without a name, which is its content.
const anonymous = '{'

func writeValues(b *strings.Builder, n *manifest.Node) {
	b.WriteString(n.Key)
	b.WriteByte('=')
	b.WriteString(n.Value)
	for _, kid := range sortedKids(n) {
		b.WriteByte(',')
		writeValues(b, kid)
	}
	b.WriteByte(';')
}

// sortedKids are the kids in an order that kustomize does not change.
func sortedKids(n *manifest.Node) []*manifest.Node {
	if n.Kind != manifest.Map {
		return n.Kids
	}
	kids := slices.Clone(n.Kids)
	slices.SortFunc(kids, func(x, y *manifest.Node) int { return strings.Compare(x.Key, y.Key) })
	return kids
}

// maxAlike is how many items of the same name are compared.
const maxAlike = 16

// alike is the candidate that shares the most scalars with an item.
func alike(item *manifest.Node, candidates []*manifest.Node) int {
	best, most := 0, -1
	for i, candidate := range candidates[:min(len(candidates), maxAlike)] {
		shared := 0
		for _, f := range item.Fields() {
			if f.Kind == manifest.Scalar && f.Str() == candidate.At(f.Key).Str() {
				shared++
			}
		}
		if shared > most {
			best, most = i, shared
		}
	}
	return best
}

// spot finds where a node was set last.
func (a *kustomizeAligner) spot(n *manifest.Node, covers []cover) (spot, bool) {
	if n.Kind == manifest.Scalar {
		return a.scalar(n, covers)
	}
	// The one that replaced the collection holds it, else the one that made it.
	var found *manifest.Node
	for _, c := range covers {
		if c.here() && !c.weak && !c.near && c.node.Kind == n.Kind && (found == nil || c.whole) {
			found = c.node
		}
	}
	if found != nil {
		return spot{node: found, exact: true}, true
	}
	if made := a.madeMap(n); made != nil {
		return spot{node: made}, true
	}
	for _, c := range covers {
		if c.here() && !c.weak {
			found = c.node
		}
	}
	return spot{node: found}, found != nil
}

// madeMap is the entry that made a map of labels or annotations which nobody
// wrote, or the data of a generated object.
func (a *kustomizeAligner) madeMap(n *manifest.Node) *manifest.Node {
	for _, i := range a.computed {
		l := a.subject.layers[i]
		switch {
		case l.kind == labelLayer && isLabelMap(n), l.kind == annotationLayer && n.Key == "annotations",
			l.kind == dataLayer && n.Parent != nil && n.Parent.Parent == nil && isData(n.Key):
			return l.node
		}
	}
	return nil
}

// fieldsAt are the nodes that a field path of a replacement leads to.
func fieldsAt(n *manifest.Node, steps []string) []*manifest.Node {
	if n == nil || len(steps) == 0 {
		if n == nil {
			return nil
		}
		return []*manifest.Node{n}
	}
	step, rest := steps[0], steps[1:]
	var out []*manifest.Node
	for i, kid := range n.Kids {
		matches := kid.Key == strings.TrimSuffix(strings.TrimPrefix(step, "["), "]") && n.Kind == manifest.Map
		if n.Kind == manifest.List {
			field, value, named := strings.Cut(strings.Trim(step, "[]"), "=")
			matches = step == strconv.Itoa(i) || named && kid.At(field).Str() == value
		}
		if matches || step == "*" {
			out = append(out, fieldsAt(kid, rest)...)
		}
	}
	return out
}
