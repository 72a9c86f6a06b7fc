package manifest

import (
	"reflect"
	"strings"
	"sync"
)

// Status says what became of a document.
type Status string

// Every document ends in exactly one status.
const (
	Linted              Status = "linted"
	NoRulesForKind      Status = "no-rules-for-kind"
	NotKubernetes       Status = "not-kubernetes"
	Rendered            Status = "rendered"
	TemplateNotRendered Status = "template-not-rendered"
	Encrypted           Status = "encrypted"
	ParseError          Status = "parse-error"
	Excluded            Status = "excluded"
)

// Unjudged tells that a document with the status may hold what should have
// been judged and was not.
func (s Status) Unjudged() bool { return s == ParseError || s == TemplateNotRendered }

// Document is one document of an input, or a whole input that could not be
// split into documents.
type Document struct {
	File *File
	// Number counts the documents of the file from 1; 0 stands for the file as
	// a whole.
	Number int
	Status Status
	Kind   string
	// Reason says why the document was not linted.
	Reason string
	// Span is where the document begins, or where the reason lies.
	Span Span
	// Object is the resource; nil unless the document was parsed as one.
	Object *Object
}

// Target says what is deployed together.
type Target struct {
	// Type is plain, chart, kustomization or stdin.
	Type string
	// Path is how the target is named in reports.
	Path string
	// Bounds say how much of what is deployed together the target holds.
	Bounds Bounds
	// Namespace is where deployment puts objects that name none: that of the
	// release, or of the destination that Argo CD or Flux names. Empty when
	// nothing in view says where.
	Namespace string
	// Assumed tells that Namespace is only what a chart was rendered with, since
	// nothing says where it goes: in its objects the name stands for any.
	Assumed bool
}

// Rendered tells whether the objects come out of a renderer, and not straight
// out of files.
func (t Target) Rendered() bool { return t.Type == "chart" || t.Type == "kustomization" }

// Bounds say what the absence of an object from a set means: the object may be
// missing, or only out of view.
type Bounds uint8

const (
	// Bundle is a folder, a chart, a kustomization or standard input: what a
	// deployer ships beside a workload, such as policies, is missing when it is
	// absent; what lives elsewhere as often as not, such as a Secret, may be
	// elsewhere.
	Bundle Bounds = iota
	// Files were named one by one, as a hook does: nothing can be said of what
	// is not in them.
	Files
	// Open is a scope of which the configuration says that anything may live
	// elsewhere.
	Open
	// Closed is a scope of which the configuration says that it holds
	// everything.
	Closed
)

// Set is what one target holds: the scope within which objects see each other.
type Set struct {
	Target    Target
	Documents []*Document

	objects []*Object
	byKind  map[kindKey][]*Object
	byName  map[nameKey][]*Object

	definitionsLock sync.Mutex
	definitions     map[kindKey]*Object

	derived sync.Map // of reflect.Type to func() any
}

// Derived is what build makes of an indexed set, such as an index of what some
// rules ask for. It is made once for each set and type T, when it is first
// asked for; several goroutines may ask at once.
func Derived[T any](s *Set, build func(*Set) *T) *T {
	once, _ := s.derived.LoadOrStore(reflect.TypeFor[T](), sync.OnceValue(func() any { return build(s) }))
	return once.(func() any)().(*T)
}

type kindKey struct{ group, kind string }

type nameKey struct {
	kindKey
	name string
}

// Index prepares the set for rules, once all its documents are there.
func (s *Set) Index() {
	s.definitions = map[kindKey]*Object{}
	s.derived.Clear()
	s.objects, s.byKind, s.byName = nil, map[kindKey][]*Object{}, map[nameKey][]*Object{}
	for _, d := range s.Documents {
		o := d.Object
		if o == nil {
			continue
		}
		kind := kindKey{o.Group(), o.Kind}
		s.objects = append(s.objects, o)
		s.byKind[kind] = append(s.byKind[kind], o)
		s.byName[nameKey{kind, o.Name}] = append(s.byName[nameKey{kind, o.Name}], o)
	}
}

// Objects are the resources of an indexed set, in the order of its documents.
func (s *Set) Objects() []*Object { return s.objects }

// OfKind are the resources of a group and kind, whatever the version.
func (s *Set) OfKind(group, kind string) []*Object { return s.byKind[kindKey{group, kind}] }

// Named are the resources of a group, kind and name, in all namespaces.
func (s *Set) Named(group, kind, name string) []*Object {
	return s.byName[nameKey{kindKey{group, kind}, name}]
}

// Definition is the CustomResourceDefinition in the set of a custom kind; nil
// when there is none. Definitions are most of the bytes of real repositories
// and their kinds are seldom used beside them, so no rule has them loaded: one
// is parsed when it is first asked for.
func (s *Set) Definition(group, kind string) *Object {
	s.definitionsLock.Lock()
	defer s.definitionsLock.Unlock()
	key := kindKey{group, kind}
	found, asked := s.definitions[key]
	if !asked {
		found = s.findDefinition(key)
		s.definitions[key] = found
	}
	return found
}

func (s *Set) findDefinition(key kindKey) *Object {
	for _, d := range s.Documents {
		if d.Kind != "CustomResourceDefinition" {
			continue
		}
		o := d.Object
		if o == nil {
			o = definitionIn(d, key)
		}
		if o == nil {
			continue
		}
		if spec := o.At("spec"); spec.At("group").Str() == key.group && spec.At("names", "kind").Str() == key.kind {
			return o
		}
	}
	return nil
}

// definitionIn parses a document that names group and kind; nil when it does
// not, or is no definition after all.
func definitionIn(d *Document, key kindKey) *Object {
	text := d.Span.Text()
	if !strings.Contains(text, key.group) || !strings.Contains(text, key.kind) {
		return nil
	}
	tree, err := Parse(d.Span)
	if err != nil {
		return nil
	}
	o, _ := NewObject(tree.Root, tree.Duplicates)
	return o
}
