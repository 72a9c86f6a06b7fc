package lint

import (
	"slices"

	"github.com/seaworthy-lint/seaworthy/lint/manifest"
)

// Suppress moves the findings that comments, annotations and the configuration
// let be from the report's findings to its suppressed ones, takes their points
// out of the scores, and reports what is wrong with the suppressions, as far as
// the rules for that ran. It comes after Check and before anything that counts
// findings.
func Suppress(r *Report, opts SuppressOptions) {
	s := &suppressor{
		report: r, opts: opts,
		rules: map[string][]*Rule{}, ran: map[*Rule]bool{},
		holders: map[holder][]*held{}, used: map[markKey]bool{}, said: map[saidKey]bool{},
	}
	for _, rule := range r.Rules {
		s.ran[rule] = true
	}
	s.collect()
	if len(s.held) == 0 && len(s.complaints) == 0 {
		return
	}
	s.apply()
	s.reportUnused()
	if len(s.complaints) == 0 {
		return
	}
	for _, f := range s.complaints {
		if f.Suppressed = s.match(f); f.Suppressed != nil {
			r.Suppressed = append(r.Suppressed, f)
		} else {
			r.Findings = append(r.Findings, f)
		}
	}
	slices.SortFunc(s.complaints, compareFindings)
	fingerprint(s.complaints)
	slices.SortStableFunc(r.Findings, compareFindings)
	slices.SortStableFunc(r.Suppressed, compareFindings)
}

// suppressor holds the suppressions of a run against its findings.
type suppressor struct {
	report *Report
	opts   SuppressOptions
	// rules are those that answer to a name, and ran those that judged.
	rules map[string][]*Rule
	ran   map[*Rule]bool
	// held are the suppressions that could be read, and holders the same by what
	// a finding must have in common with them.
	held    []*held
	holders map[holder][]*held
	used    map[markKey]bool
	// complaints are the findings about suppressions, each made once.
	complaints []*Finding
	said       map[saidKey]bool
	// byFile are the resources of each file, made when it is first asked for.
	byFile map[string][]*Resource
}

// held is a suppression of one name, with what that means in this run.
type held struct {
	*Suppression
	rules []*Rule
	// unread tells that only the marker is known, and not what it says.
	unread bool
	// from and to are the bytes that a comment speaks for.
	from, to int
	// object is the resource of an annotation, and pod the template that has it.
	object *manifest.Object
	pod    *manifest.Pod
}

// holder is where the suppressions of a finding are looked up: the file of a
// comment, the resource of an annotation, or neither for an entry.
type holder struct {
	path   string
	object *manifest.Object
	rule   *Rule
}

// markKey names a suppression across targets, which may all have the resource
// that carries it.
type markKey struct {
	path, name string
	start      int
	Selector
}

func (h *held) key() markKey {
	key := markKey{name: h.Rules[0], start: h.Span.Start, Selector: h.Selector}
	if h.Span.File != nil {
		key.path = h.Span.File.Path
	}
	return key
}

// apply lets be what is suppressed.
func (s *suppressor) apply() {
	open := s.report.Findings[:0:0]
	for _, f := range s.report.Findings {
		kept, suppressed := s.split(f)
		if kept != nil {
			open = append(open, kept)
		}
		if suppressed != nil {
			s.report.Suppressed = append(s.report.Suppressed, suppressed)
		}
	}
	s.report.Findings = open
	for _, list := range [][]*Finding{s.report.Folded, s.report.unasked} {
		for _, f := range list {
			for _, member := range f.members() {
				s.match(member) // only to see what is used
			}
		}
	}
	if !s.opts.Score {
		s.report.leaveOutSuppressed()
	}
}

// leaveOutSuppressed takes the points of rules whose findings on a resource are
// all suppressed out of its score.
func (r *Report) leaveOutSuppressed() {
	tally := map[scored]*outcomes{}
	for _, f := range slices.Concat(r.Findings, r.Suppressed) {
		for _, member := range f.members() {
			count(tally, member, f.Suppressed != nil)
		}
	}
	for _, resource := range r.Resources {
		for _, rule := range slices.Concat(resource.Score.Critical, resource.Score.Advise) {
			if o := tally[scored{resource.Object, rule}]; o != nil && o.open == 0 && o.suppressed > 0 {
				resource.Score.suppress(rule)
			}
		}
	}
}

// scored is what has points: a rule's findings on a resource.
type scored struct {
	object *manifest.Object
	rule   *Rule
}

type outcomes struct{ open, suppressed int }

func count(tally map[scored]*outcomes, f *Finding, suppressed bool) {
	if f.Note {
		return
	}
	key := scored{f.Object, f.Rule}
	if tally[key] == nil {
		tally[key] = &outcomes{}
	}
	if suppressed {
		tally[key].suppressed++
	} else {
		tally[key].open++
	}
}

// members are the finding and the same defect in other targets.
func (f *Finding) members() []*Finding { return append([]*Finding{f}, f.merged...) }

// split parts the targets that share a defect into those that suppress it and
// those that do not: an annotation may stand in one overlay only.
func (s *suppressor) split(f *Finding) (kept, suppressed *Finding) {
	var parts [2][]*Finding
	for _, member := range f.members() {
		if member.Suppressed = s.match(member); member.Suppressed == nil {
			parts[0] = append(parts[0], member)
		} else {
			parts[1] = append(parts[1], member)
		}
	}
	if len(parts[1]) == 0 {
		return f, nil
	}
	if len(parts[0]) == 0 {
		return nil, f
	}
	return together(parts[0], f.Fingerprint), together(parts[1], f.Fingerprint)
}

// together makes one finding of those of several targets.
func together(members []*Finding, fingerprint string) *Finding {
	head := *members[0]
	head.Fingerprint, head.AlsoIn, head.merged = fingerprint, nil, members[1:]
	for _, member := range members[1:] {
		if member.target != head.target && !slices.Contains(head.AlsoIn, member.target.Path) {
			head.AlsoIn = append(head.AlsoIn, member.target.Path)
		}
	}
	return &head
}

// match is the suppression that lets a finding be, nil when none does. One that
// has expired is noted on the finding.
func (s *suppressor) match(f *Finding) *Suppression {
	var found, expired *held
	for _, place := range f.holders() {
		for _, h := range s.holders[place] {
			if !h.speaksFor(f) {
				continue
			}
			s.used[h.key()] = true
			switch {
			case h.Until != "" && h.Until < s.opts.Today:
				expired = h
			case found == nil:
				found = h
			}
		}
	}
	switch {
	case found != nil:
		return found.Suppression
	case expired != nil:
		f.Related = append(f.Related, expired.expiry())
	}
	return nil
}

func (h *held) expiry() Related {
	message := "a suppression held until " + string(h.Until)
	if h.Reason != "" {
		message += ": " + h.Reason
	}
	return Related{Message: message, Span: h.Span}
}

// holders are where suppressions of the finding may be: on its line and those
// its value comes from, on its resource, in the configuration.
func (f *Finding) holders() []holder {
	places := []holder{{path: f.Span.File.Path, rule: f.Rule}}
	for _, origin := range f.origins {
		if origin.File != nil && origin.File.Path != f.Span.File.Path {
			places = append(places, holder{path: origin.File.Path, rule: f.Rule})
		}
	}
	if f.Object != nil {
		places = append(places, holder{object: f.Object, rule: f.Rule})
	}
	return append(places, holder{rule: f.Rule})
}

// speaksFor tells whether a suppression that was found by file, resource or
// rule means the finding.
func (h *held) speaksFor(f *Finding) bool {
	switch h.By {
	case Comment:
		if !h.covers(f.Span) && !slices.ContainsFunc(f.origins, h.covers) {
			return false
		}
	case Annotation:
		if h.pod != nil && f.pod != nil && f.pod != h.pod {
			return false
		}
	}
	return h.selects(f)
}

func (h *held) covers(span manifest.Span) bool {
	return span.File != nil && span.File.Path == h.Span.File.Path && h.from <= span.Start && span.Start < h.to
}
