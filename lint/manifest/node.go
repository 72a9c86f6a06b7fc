package manifest

import (
	"strconv"
	"strings"
)

// Kind tells what shape a node has.
type Kind uint8

// The three shapes of a value.
const (
	Scalar Kind = iota
	Map
	List
)

// Type is the type that the API server sees in a scalar.
type Type uint8

// Types of scalars, as sigs.k8s.io/yaml resolves them.
const (
	String Type = iota
	Null
	Bool
	Int
	Float
)

// Truth is the answer to a yes-or-no question about a value.
type Truth uint8

// Unset means absent or null, so that the default holds. Unknown means that
// the value is there and cannot be told before it is deployed.
const (
	Unset Truth = iota
	True
	False
	Unknown
)

// Node is one value of a document. It is read-only after parsing. All methods
// work on a nil node, which stands for an absent field, so that rules need no
// nil checks.
type Node struct {
	Kind Kind
	Type Type
	// Value is the decoded text of a scalar; numbers and booleans are in the
	// form that JSON has for them.
	Value string
	// Key is the key under which the parent map holds this node.
	Key string
	// Index is the position in the parent list.
	Index  int32
	Parent *Node
	// Kids are the values of a map, in the order in which the API server would
	// first see their keys, or the items of a list.
	Kids []*Node

	merged           bool // a merge key brought it in
	approximate      bool
	origins          []Origin
	file             *File
	start, end       int32
	keyStart, keyEnd int32
}

// Span is the source of the value.
func (n *Node) Span() Span {
	if n == nil {
		return Span{}
	}
	return Span{File: n.file, Start: int(n.start), End: int(n.end)}
}

// KeySpan is the source of the key, or of the value for a list item or root.
func (n *Node) KeySpan() Span {
	if n == nil {
		return Span{}
	}
	if n.keyEnd <= n.keyStart {
		return n.Span()
	}
	return Span{File: n.file, Start: int(n.keyStart), End: int(n.keyEnd)}
}

// Origin is another place that a value comes from: where a rendered value was
// set, or through what it came.
type Origin struct {
	Message string
	Span    Span
}

// Origins are the places that the value comes from beside its own.
func (n *Node) Origins() []Origin {
	if n == nil {
		return nil
	}
	return n.origins
}

// Exact tells whether the value stands at its span; else it only comes from
// near there.
func (n *Node) Exact() bool { return n == nil || !n.approximate }

// Relocate says where a node of a rendered document is written in the files
// that it was rendered from. Only rendering does this, before any rule looks.
// key is empty for a list item or a value without a key of its own.
func (n *Node) Relocate(key, value Span, exact bool, origins ...Origin) {
	n.file = value.File
	n.start, n.end = int32(value.Start), int32(value.End)
	n.keyStart, n.keyEnd = int32(key.Start), int32(key.End)
	n.approximate = !exact
	n.origins = origins
}

// At follows keys through maps. It is nil when one is absent.
func (n *Node) At(keys ...string) *Node {
	for _, key := range keys {
		n = n.field(key)
	}
	return n
}

func (n *Node) field(key string) *Node {
	if n == nil || n.Kind != Map {
		return nil
	}
	for _, kid := range n.Kids {
		if kid.Key == key {
			return kid
		}
	}
	return nil
}

// Items are the items of a list, none for anything else.
func (n *Node) Items() []*Node {
	if n == nil || n.Kind != List {
		return nil
	}
	return n.Kids
}

// Fields are the values of a map, each knowing its Key, none for anything else.
func (n *Node) Fields() []*Node {
	if n == nil || n.Kind != Map {
		return nil
	}
	return n.Kids
}

// IsSet tells whether the field is there and not null: the API server takes
// null for absent.
func (n *Node) IsSet() bool {
	return n != nil && !(n.Kind == Scalar && n.Type == Null)
}

// Str is the text of a scalar, "" for null and for anything else.
func (n *Node) Str() string {
	if !n.IsSet() || n.Kind != Scalar {
		return ""
	}
	return n.Value
}

// IsString tells whether the value is a string for the API server.
func (n *Node) IsString() bool {
	return n != nil && n.Kind == Scalar && n.Type == String
}

// Truth reads a boolean field. A string, a template or anything else that is
// no boolean is Unknown: the API server rejects it or never sees it.
func (n *Node) Truth() Truth {
	switch {
	case !n.IsSet():
		return Unset
	case n.Kind == Scalar && n.Type == Bool && n.Value == "true":
		return True
	case n.Kind == Scalar && n.Type == Bool:
		return False
	}
	return Unknown
}

// True tells whether the field is the boolean true, and nothing else.
func (n *Node) True() bool { return n.Truth() == True }

// Int reads an integer field; ok is false for anything else.
func (n *Node) Int() (value int64, ok bool) {
	if n == nil || n.Kind != Scalar || n.Type != Int {
		return 0, false
	}
	value, err := strconv.ParseInt(n.Value, 10, 64)
	return value, err == nil
}

// Templated tells whether the text is to be replaced before the API server
// sees it: an envsubst or Flux variable, a Go template or Jinja expression, or
// a value that SOPS encrypted. Kubernetes' own $(VAR) is not: it is expanded
// only in command, args and env, where it is a reference.
func (n *Node) Templated() bool {
	if n == nil || n.Kind != Scalar || n.Type != String {
		return false
	}
	return IsTemplate(n.Value)
}

// IsTemplate tells whether a text is to be replaced before the API server sees
// it; see Node.Templated.
func IsTemplate(text string) bool {
	if i := strings.Index(text, "${"); i >= 0 && strings.IndexByte(text[i:], '}') > 0 {
		return true
	}
	return strings.Contains(text, "{{") || strings.Contains(text, "{%") || strings.HasPrefix(text, "ENC[AES256_GCM,")
}

// Path is where the node stands in its object, as
// spec.template.spec.containers[0].image.
func (n *Node) Path() string {
	if n == nil || n.Parent == nil {
		return ""
	}
	var b strings.Builder
	n.writePath(&b, func(item *Node) string { return strconv.Itoa(int(item.Index)) })
	return b.String()
}

// StablePath is Path with list items named by their name, where they have one,
// so that it survives a change of order.
func (n *Node) StablePath() string {
	if n == nil || n.Parent == nil {
		return ""
	}
	var b strings.Builder
	n.writePath(&b, func(item *Node) string {
		if name := item.At("name").Str(); name != "" {
			return name
		}
		if item.Kind == Scalar {
			return item.Value
		}
		return strconv.Itoa(int(item.Index))
	})
	return b.String()
}

func (n *Node) writePath(b *strings.Builder, label func(*Node) string) {
	if n.Parent == nil {
		return
	}
	n.Parent.writePath(b, label)
	switch n.Parent.Kind {
	case Scalar: // a document in its text
		return
	case List:
		b.WriteByte('[')
		b.WriteString(label(n))
		b.WriteByte(']')
		return
	}
	if b.Len() > 0 {
		b.WriteByte('.')
	}
	if strings.ContainsAny(n.Key, "./") {
		b.WriteString("[" + strconv.Quote(n.Key) + "]")
		return
	}
	b.WriteString(n.Key)
}

// fieldSet adds fields to a map; a field that is there already is replaced in
// its place. Hostile maps have many keys, so it is linear in their number.
type fieldSet struct {
	node  *Node
	index map[string]int
}

// manyFields is from where on an index beats looking at each field.
const manyFields = 24

// set returns the field that kid replaced, or nil.
func (s *fieldSet) set(kid *Node) *Node {
	at := s.find(kid.Key)
	if at >= 0 {
		earlier := s.node.Kids[at]
		s.node.Kids[at] = kid
		return earlier
	}
	s.node.Kids = append(s.node.Kids, kid)
	if s.index != nil {
		s.index[kid.Key] = len(s.node.Kids) - 1
	}
	return nil
}

func (s *fieldSet) find(key string) int {
	if s.index == nil && len(s.node.Kids) >= manyFields {
		s.index = make(map[string]int, 2*manyFields)
		for i, kid := range s.node.Kids {
			s.index[kid.Key] = i
		}
	}
	if s.index != nil {
		if at, ok := s.index[key]; ok {
			return at
		}
		return -1
	}
	for i, kid := range s.node.Kids {
		if kid.Key == key {
			return i
		}
	}
	return -1
}
