package carrier

import (
	"slices"
	"sync"

	"github.com/seaworthy-lint/seaworthy/lint/manifest"
	"github.com/seaworthy-lint/seaworthy/lint/secret"
)

// Place is the kind of field that carries a credential.
type Place uint8

// Places. Each credential is in one.
const (
	// Elsewhere is any field that is none of the others.
	Elsewhere Place = iota
	// Container is a field of a container.
	Container
	// ConfigMap is the data of a ConfigMap.
	ConfigMap
	// Secret is the data of a Secret.
	Secret
	// Values are values of a chart or of another template.
	Values
	// SecretTemplate is the template of a Secret whose data come from elsewhere.
	SecretTemplate
	// Kubeconfig is the user of a kubeconfig.
	Kubeconfig
)

// Hit is a credential in an object.
type Hit struct {
	secret.Match
	Place Place
	// Container is the container that carries it; nil in other places.
	Container *manifest.Container
	// Node is the scalar that holds it.
	Node *manifest.Node
	// Name is what the credential is called there: the variable, the option or
	// the key, where it has a name.
	Name string
	// Named tells that the name gives the credential away, and no format does.
	Named bool
	// Span is where the credential stands in the source; Exact is false where
	// that is only near by.
	Span  manifest.Span
	Exact bool
	// Computed tells that the value is not written there but made by a template.
	Computed bool

	text string // the credential
	// source is the text of the scalar in which it is encoded; empty where it
	// stands in clear.
	source string
}

// Shown is all that may be shown of the credential.
func (h *Hit) Shown() secret.Shown { return secret.Show(h.Format.Name, h.text) }

// Is tells whether the credential is a text.
func (h *Hit) Is(text string) bool { return h.text == text }

// index holds the hits of the objects of a set that were looked at.
type index struct{ hits sync.Map } // of *manifest.Object to func() []*Hit

// In are the credentials of an object of a set, in the order of its fields.
// Each object is read once.
func In(set *manifest.Set, o *manifest.Object) []*Hit {
	x := manifest.Derived(set, func(*manifest.Set) *index { return &index{} })
	once, _ := x.hits.LoadOrStore(o, sync.OnceValue(func() []*Hit { return find(o) }))
	return once.(func() []*Hit)()
}

// find reads an object.
func find(o *manifest.Object) []*Hit {
	r := &reader{object: o, seen: map[*manifest.Node]bool{}}
	for _, pod := range o.Pods() {
		for _, c := range pod.Containers() {
			r.container(c)
		}
	}
	r.holder, r.place = nil, Elsewhere
	switch {
	case o.Group() == "" && o.Kind == "ConfigMap":
		r.configMap()
	case o.Group() == "" && o.Kind == "Secret":
		r.secret()
	case o.APIVersion == "v1" && o.Kind == "Config":
		r.kubeconfig()
	default:
		r.values()
	}
	r.place = Elsewhere
	r.annotations(o.At("metadata"))
	for _, pod := range o.Pods() {
		r.annotations(pod.Metadata)
	}
	r.rest(o.Node)
	return r.hits
}

// reader collects the hits of one object.
type reader struct {
	object *manifest.Object
	place  Place
	holder *manifest.Container
	// seen are the scalars that a carrier has read.
	seen map[*manifest.Node]bool
	// virtual tells that the scalars are decoded texts, which stand nowhere.
	virtual bool
	hits    []*Hit
	// written is the scalar that was read last.
	written written
}

// part is a part of a scalar's text that has a name.
type part struct {
	name       string
	start, end int
}

// whole judges the text of a scalar under a name, and takes it for read.
func (r *reader) whole(n *manifest.Node, name string) {
	if n == nil || n.Kind != manifest.Scalar || r.seen[n] {
		return
	}
	r.seen[n] = true
	if n.Type != manifest.String && n.Type != manifest.Int || n.Value == "" {
		return
	}
	found := secret.Find(n.Value)
	r.keep(n, name, found, 0)
	if len(found) == 0 {
		r.judge(n, part{name: name, end: len(n.Value)})
	}
}

// text judges a text of a program or a file: what formats give away, and the
// parts that have a name. Of parts in each other the outer one counts.
func (r *reader) text(n *manifest.Node, parts []part) {
	r.seen[n] = true
	found := secret.Find(n.Value)
	r.keep(n, "", found, 0)
	slices.SortStableFunc(parts, func(a, b part) int { return a.start - b.start })
	end := 0
	for _, p := range parts {
		if p.start >= end && !overlaps(found, p) && r.judge(n, p) {
			end = p.end
		}
	}
}

// judge judges a part by its name alone, and tells whether it is a credential.
func (r *reader) judge(n *manifest.Node, p part) bool {
	value := n.Value[p.start:p.end]
	v := secret.Judge(p.name, value)
	if v.Class == secret.Nothing {
		return false
	}
	r.keep(n, p.name, []secret.Match{{Format: v.Format, End: len(value), Class: v.Class, Note: v.Note}}, p.start)
	r.hits[len(r.hits)-1].Named = true
	return true
}

// overlaps tells whether a part holds some of what was found, which is in the
// order of the text.
func overlaps(found []secret.Match, p part) bool {
	i, _ := slices.BinarySearchFunc(found, p.start, func(m secret.Match, start int) int { return m.End - start - 1 })
	return i < len(found) && found[i].Start < p.end
}

// keep makes hits of matches in the text of a scalar from an offset on.
func (r *reader) keep(n *manifest.Node, name string, found []secret.Match, offset int) {
	if len(found) == 0 {
		return
	}
	if r.written.node != n {
		r.written = newWritten(n, r.virtual)
	}
	for _, m := range found {
		m.Start, m.End = m.Start+offset, m.End+offset
		h := &Hit{Match: m, Place: r.place, Container: r.holder, Node: n, Name: name, text: n.Value[m.Start:m.End]}
		if !r.virtual {
			h.Span, h.Exact = r.written.place(h.text, m)
			h.Computed = r.written.computed(h.text)
		}
		r.hits = append(r.hits, h)
	}
}

// rest looks for formats in every scalar that no carrier has read.
func (r *reader) rest(n *manifest.Node) {
	if n == nil {
		return
	}
	if n.Kind == manifest.Scalar && n.Type == manifest.String && len(n.Value) >= leastFormat && !r.seen[n] {
		r.keep(n, "", secret.Find(n.Value), 0)
	}
	for _, kid := range n.Kids {
		r.rest(kid)
	}
}

// leastFormat is how long the shortest text is that a format gives away.
const leastFormat = 12
