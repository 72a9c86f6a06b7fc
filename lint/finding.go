package lint

import (
	"crypto/sha256"
	"encoding/hex"
	"slices"
	"strings"

	"github.com/seaworthy-lint/seaworthy/lint/manifest"
)

// Finding is one thing that a rule found wrong, at one place.
type Finding struct {
	Rule *Rule
	// Object is nil for a finding on the configuration, or on a comment in a
	// file that is only rendered from.
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
	// Suppressed is what suppresses the finding; nil for an open one.
	Suppressed *Suppression
	// NewRule tells that the rule did not run when the baseline was written.
	NewRule bool
	// Fingerprint names the finding across runs: it does not change when lines
	// move, documents change order or the file is renamed.
	Fingerprint string

	stableField string
	block       manifest.Span
	target      manifest.Target
	pod         *manifest.Pod
	origins     []manifest.Span // the places that its value comes from
	merged      []*Finding      // the same defect in other targets
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

// relateAll adds the places of the same defect in another target: each may take
// the value from a file of its own.
func (f *Finding) relateAll(others []Related) {
	for _, other := range others {
		known := slices.ContainsFunc(f.Related, func(r Related) bool {
			return r.Message == other.Message && r.Span.Start == other.Span.Start && r.Span.File != nil && other.Span.File != nil && r.Span.File.Path == other.Span.File.Path
		})
		if !known && other.Span.File != nil {
			f.Related = append(f.Related[:len(f.Related):len(f.Related)], other)
		}
	}
}

// Missing is, for a finding on an absent field, what the field should be in,
// and its key; the file of the block is nil for any other finding.
func (f *Finding) Missing() (block manifest.Span, key string) {
	return f.block, f.Field[strings.LastIndexByte(f.Field, '.')+1:]
}

// Places are where the finding lies and what belongs to it.
func (f *Finding) Places() []manifest.Span {
	places := []manifest.Span{f.Span}
	for _, related := range f.Related {
		if related.Span.File != nil {
			places = append(places, related.Span)
		}
	}
	return places
}

// from takes over what is known of the way of a rendered value.
func (f *Finding) from(n *manifest.Node) *Finding {
	f.Exact = n.Exact()
	for _, origin := range n.Origins() {
		f.Related = append(f.Related, Related(origin))
		f.origins = append(f.origins, origin.Span)
	}
	return f
}

// identity is what the fingerprint hashes: rule, resource, container, field
// and value, so that another value or another container is another finding.
func (f *Finding) identity() string {
	subject := f.Span.File.Path
	if f.Object != nil {
		subject = f.Object.ID()
	}
	return strings.Join([]string{f.Rule.ID, subject, string(f.Role), f.Container, f.stableField, f.Item, f.Value}, "\x00")
}

// Identity names the finding without telling apart those that are equal but
// for their file: rule, resource, container, field and value.
func (f *Finding) Identity() string { return hash(f.identity()) }

// RenderedIn names the charts and overlays in which the finding shows; none for
// one in plain manifests.
func (f *Finding) RenderedIn() []string {
	if !f.target.Rendered() {
		return nil
	}
	return append([]string{f.target.Path}, f.AlsoIn...)
}

func hash(text string) string {
	sum := sha256.Sum256([]byte(text))
	return hex.EncodeToString(sum[:16])
}
