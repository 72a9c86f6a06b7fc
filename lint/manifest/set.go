package manifest

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
}

// Set is what one target holds: the scope within which objects see each other.
type Set struct {
	Target    Target
	Documents []*Document

	objects []*Object
}

// Index prepares the set for rules, once all its documents are there.
func (s *Set) Index() {
	s.objects = s.objects[:0]
	for _, d := range s.Documents {
		if d.Object != nil {
			s.objects = append(s.objects, d.Object)
		}
	}
}

// Objects are the resources of an indexed set, in the order of its documents.
func (s *Set) Objects() []*Object { return s.objects }
