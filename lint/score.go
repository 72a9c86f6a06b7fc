package lint

import "slices"

// Score is a resource's score: kubesec's model, with a hardening rule earned
// only when every unit that it applies to complies.
type Score struct {
	// Points is the sum of the points of the rules.
	Points int
	// Max is the sum of the positive points that apply to the resource.
	Max int
	// Critical are the risks found, Passed the hardening in place, Advise the
	// hardening that is missing.
	Critical, Passed, Advise []*Rule
	// Suppressed are the rules whose findings are all suppressed: their points
	// are left out of Points and Max.
	Suppressed []*Rule
	// Unknown counts the rules with points that could not be judged.
	Unknown int

	// outcomes are what each rule said, before any finding was folded.
	outcomes map[*Rule]Outcome
}

// Outcome is what a rule says of a resource as a whole.
type Outcome uint8

// A rule fails when any unit fails or forfeits; it passes when a unit complies, none fails
// and none is unknown.
const (
	NotApplicable Outcome = iota
	Passed
	Failed
	Undecided
)

// Scored tells whether any rule with points had something to say, so that the
// score means anything.
func (s *Score) Scored() bool {
	return s.Max > 0 || len(s.Critical) > 0 || s.Unknown > 0 || len(s.Suppressed) > 0
}

// Outcome is what the rule said of the resource.
func (s *Score) Outcome(r *Rule) Outcome { return s.outcomes[r] }

// SuppressedPoints are the points that suppressed risks would have cost.
func (s *Score) SuppressedPoints() int {
	points := 0
	for _, r := range s.Suppressed {
		points += min(0, r.Points)
	}
	return points
}

// suppress leaves the points of a failed rule out.
func (s *Score) suppress(r *Rule) {
	s.outcomes[r] = NotApplicable
	is := func(other *Rule) bool { return other == r }
	switch {
	case slices.Contains(s.Critical, r):
		s.Points -= r.Points
		s.Critical = slices.DeleteFunc(s.Critical, is)
	case slices.Contains(s.Advise, r):
		s.Max -= r.Points
		s.Advise = slices.DeleteFunc(s.Advise, is)
	default:
		return
	}
	s.Suppressed = append(s.Suppressed, r)
}

func (s *Score) add(r *Rule, v *verdict, counts bool) {
	outcome := v.outcome()
	s.outcomes[r] = outcome
	if r.Points == 0 {
		return
	}
	switch outcome {
	case Undecided:
		s.Unknown++
		s.Max += max(0, r.Points)
	case Passed:
		if r.Points > 0 {
			s.Points += r.Points
			s.Max += r.Points
			s.Passed = append(s.Passed, r)
		}
	case Failed:
		if r.Points > 0 {
			s.Max += r.Points
			s.Advise = append(s.Advise, r)
		} else if counts {
			s.Points += r.Points
			s.Critical = append(s.Critical, r)
		}
	}
}

func (v *verdict) outcome() Outcome {
	for _, f := range v.findings {
		if !f.Note {
			return Failed
		}
	}
	switch {
	case v.forfeit:
		return Failed
	case len(v.unknown) > 0:
		return Undecided
	case v.complied:
		return Passed
	}
	return NotApplicable
}
