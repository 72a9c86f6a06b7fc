package lint

import (
	"crypto/sha256"
	"encoding/hex"
	"strings"

	"github.com/seaworthy-lint/seaworthy/lint/manifest"
)

// Finding is one thing that a rule found wrong, at one place.
type Finding struct {
	Rule   *Rule
	Object *manifest.Object
	// Severity is the rule's, or a level lower where the rule says so.
	Severity Severity
	// Note marks what only a fuller context could turn into a failure: it has
	// no points and passes no gate.
	Note bool
	// Container and Role name the container; empty for a finding on the pod
	// or the resource.
	Container string
	Role      manifest.Role
	// Item names what inside the unit is meant, such as a volume: a stronger
	// rule hides a weaker one only for the same item.
	Item string
	// Field is the path of the field in the resource; Value is what it holds,
	// empty when it is missing.
	Field, Value string
	Message      string
	// Span is where to edit. Exact is false where that is only near by.
	Span  manifest.Span
	Exact bool
	// Related are other places that belong to the finding. What the object came
	// through is in Object.Via.
	Related []Related
	// Concealed are the parts of the line on which Span starts that must not be
	// shown.
	Concealed []manifest.Span
	// AlsoIn names the other targets, such as overlays, in which the same
	// defect shows.
	AlsoIn []string
	// FoldedInto is the id of the stronger rule that reports the same cause.
	FoldedInto string
	// Fingerprint names the finding across runs: it does not change when lines
	// move, documents change order or the file is renamed.
	Fingerprint string

	stableField string
	target      string // the path of the target
	pod         *manifest.Pod
}

// Related is another place that belongs to a finding.
type Related struct {
	Message string
	Span    manifest.Span
}

// Lower makes the finding one level less severe than its rule.
func (f *Finding) Lower() *Finding {
	f.Severity = f.Severity.Lower()
	return f
}

// AsNote makes the finding a note.
func (f *Finding) AsNote() *Finding {
	f.Note = true
	return f
}

// About names what inside the unit is meant, such as a volume.
func (f *Finding) About(item string) *Finding {
	f.Item = item
	return f
}

// At moves the finding to another place than that of its field.
func (f *Finding) At(span manifest.Span) *Finding {
	f.Span = span
	return f
}

// Showing replaces the observed value, for a field that holds a list or a map.
func (f *Finding) Showing(value string) *Finding {
	f.Value = value
	return f
}

// Relate adds a place that belongs to the finding.
func (f *Finding) Relate(n *manifest.Node, message string) *Finding {
	f.Related = append(f.Related, Related{Message: message, Span: n.Field()})
	return f
}

// from takes over what is known of the way of a rendered value.
func (f *Finding) from(n *manifest.Node) *Finding {
	f.Exact = n.Exact()
	for _, origin := range n.Origins() {
		f.Related = append(f.Related, Related(origin))
	}
	return f
}

// identity is what the fingerprint hashes: rule, resource, container, field
// and value, so that another value or another container is another finding.
func (f *Finding) identity() string {
	return strings.Join([]string{f.Rule.ID, f.Object.ID(), string(f.Role), f.Container, f.stableField, f.Item, f.Value}, "\x00")
}

func hash(text string) string {
	sum := sha256.Sum256([]byte(text))
	return hex.EncodeToString(sum[:16])
}
