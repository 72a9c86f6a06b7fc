package lint

import (
	"cmp"
	"slices"
	"strings"

	"github.com/seaworthy-lint/seaworthy/lint/manifest"
	"github.com/seaworthy-lint/seaworthy/lint/secret/carrier"
)

// The rules about suppressions, which have no Check: only Suppress knows what
// was suppressed.
const (
	unusedSuppression        = "unused-suppression"
	suppressionWithoutReason = "suppression-without-reason"
	invalidSuppression       = "invalid-suppression"
)

type saidKey struct {
	rule, path, message string
	start               int
}

// complain reports something about a suppression at its marker, once, if the
// rule for that ran.
func (s *suppressor) complain(id string, h *held, message string) {
	i := slices.IndexFunc(s.report.Rules, func(r *Rule) bool { return r.ID == id })
	if i < 0 || h.Span.File == nil {
		return
	}
	message = carrier.Redact(message)
	key := saidKey{id, h.Span.File.Path, message, h.Span.Start}
	if s.said[key] {
		return
	}
	s.said[key] = true
	rule := s.report.Rules[i]
	object := h.object
	if h.By == Comment {
		object = s.objectAt(h.Span)
	}
	if !s.report.settings.runs(rule, h.Span.File, object) {
		return
	}
	f := &Finding{
		Rule: rule, Object: object, Severity: rule.Severity, Message: message, Span: h.Span, Exact: true,
		stableField: message, pod: h.pod, Concealed: h.concealed(),
	}
	if s.report.settings != nil {
		s.report.settings.at(h.Span.File, object).weigh(f)
	}
	s.complaints = append(s.complaints, f)
}

// concealed are the parts of the marker's line that may be credentials: a value
// that it selects, or all that an unread one selects.
func (h *held) concealed() []manifest.Span {
	file := h.Span.File
	number := file.Position(h.Span.Start).Line
	start, line := file.LineStart(number), file.Line(number)
	switch {
	case h.unread || !h.hasGoodHash():
		if open := strings.IndexByte(line, '['); open >= 0 {
			return []manifest.Span{{File: file, Start: start + open + 1, End: start + len(line)}}
		}
	case h.isDelicate():
		return occurrences(file, number, h.Value)
	}
	return nil
}

// objectAt is the resource in whose document a comment stands; nil for one in
// a file that is only rendered from, or above the first document.
func (s *suppressor) objectAt(comment manifest.Span) *manifest.Object {
	if s.byFile == nil {
		s.byFile = map[string][]*Resource{}
		for _, r := range s.report.Resources {
			if at := r.Document.Span; at.File != nil {
				s.byFile[at.File.Path] = append(s.byFile[at.File.Path], r)
			}
		}
	}
	inFile := s.byFile[comment.File.Path]
	i, _ := slices.BinarySearchFunc(inFile, comment.Start, func(r *Resource, start int) int { return cmp.Compare(r.Document.Span.Start, start+1) })
	if i == 0 || comment.Start >= inFile[i-1].Document.Span.End {
		return nil
	}
	return inFile[i-1].Object
}

// reportUnused reports the suppressions of ours that match nothing although
// their rule judged what they speak for.
func (s *suppressor) reportUnused() {
	var idle []*held
	for _, h := range s.held {
		judged := !slices.ContainsFunc(h.rules, func(r *Rule) bool { return !s.ran[r] || !s.report.settings.runs(r, h.Span.File, h.object) })
		if h.Tool == "" && judged && !s.used[h.key()] {
			idle = append(idle, h)
		}
	}
	if len(idle) == 0 {
		return
	}
	unknown := s.unknownPlaces()
	view := s.inView(idle)
	for _, h := range idle {
		undecided := slices.ContainsFunc(h.rules, func(r *Rule) bool { p, ok := unknown[r]; return ok && p.has(h) })
		if view.has(h) && !undecided {
			s.complain(unusedSuppression, h, "the suppression of "+h.Rules[0]+h.brackets()+" matches no finding")
		}
	}
}

// places are where something was judged, or could not be told: bytes of files,
// in order, and resources.
type places struct {
	offsets map[string][]int
	objects map[*manifest.Object]bool
	entries func(*held) bool
}

func (p places) has(h *held) bool {
	switch h.By {
	case Annotation:
		return p.objects[h.object]
	case Comment:
		at := p.offsets[h.Span.File.Path]
		i, _ := slices.BinarySearch(at, h.from)
		return i < len(at) && at[i] < h.to
	}
	return p.entries(h)
}

func newPlaces() places {
	return places{offsets: map[string][]int{}, objects: map[*manifest.Object]bool{}}
}

// unknownPlaces are where each rule could not tell: a suppression of what
// cannot be told is not idle.
func (s *suppressor) unknownPlaces() map[*Rule]places {
	unknown := map[*Rule]places{}
	for _, u := range s.report.Unknown {
		p, ok := unknown[u.Rule]
		if !ok {
			p = newPlaces()
			p.entries = func(*held) bool { return true }
			unknown[u.Rule] = p
		}
		if u.Span.File != nil {
			p.offsets[u.Span.File.Path] = append(p.offsets[u.Span.File.Path], u.Span.Start)
		}
		p.objects[u.Object] = true
	}
	for _, p := range unknown {
		p.sort()
	}
	return unknown
}

func (p places) sort() {
	for _, at := range p.offsets {
		slices.Sort(at)
	}
}

// inView are the places of what was judged, in the files that idle comments
// stand in.
func (s *suppressor) inView(idle []*held) places {
	p := newPlaces()
	wanted := map[string]bool{}
	for _, h := range idle {
		if h.By == Comment {
			wanted[h.Span.File.Path] = true
		}
	}
	for _, resource := range s.report.Resources {
		p.objects[resource.Object] = true
		if len(wanted) > 0 {
			p.walk(resource.Object.Node, wanted)
		}
	}
	p.sort()
	p.entries = func(h *held) bool {
		return s.opts.Whole || slices.ContainsFunc(s.report.Resources, func(r *Resource) bool { return h.names(r) })
	}
	return p
}

func (p places) walk(n *manifest.Node, wanted map[string]bool) {
	spans := []manifest.Span{n.Span(), n.KeySpan()}
	for _, origin := range n.Origins() {
		spans = append(spans, origin.Span)
	}
	for _, span := range spans {
		if span.File != nil && wanted[span.File.Path] {
			p.offsets[span.File.Path] = append(p.offsets[span.File.Path], span.Start)
		}
	}
	for _, kid := range n.Kids {
		p.walk(kid, wanted)
	}
}

// names tells whether an entry names a resource, and does not only speak of
// all that there may be: whether that is in view cannot be told.
func (h *held) names(r *Resource) bool {
	s := h.Selector
	if cmp.Or(s.Path, s.Kind, s.Name, s.Namespace) == "" {
		return false
	}
	s.Container, s.Field, s.Value = "", "", ""
	return s.selects(&Finding{Object: r.Object, Span: r.Object.Anchor()})
}
