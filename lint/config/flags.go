package config

import (
	"github.com/seaworthy-lint/seaworthy/lint"
)

// Flags are what the command line says; it wins over all files.
type Flags struct {
	// Profile is the profile that the flag ProfileFlag names; nil for none.
	Profile     *lint.Profile
	ProfileFlag string
	// Select are the only rules to run; nil when none is named.
	Select, Ignore []*lint.Rule
	// FailOn is the gate, 0 for none; nil when it is not said.
	FailOn *lint.Severity
	// MinScore is the least score that passes; nil when it is not said.
	MinScore *int
	// Exclude are globs over report paths.
	Exclude []string
	// one is the layer that the flags make, the same each time.
	one *layer
}

// layer is what the flags say as the last layer.
func (f *Flags) layer() *layer {
	if f.one != nil {
		return f.one
	}
	l := &layer{selected: map[*lint.Rule]Origin{}, ignored: map[*lint.Rule]Origin{}}
	if f.Profile != nil {
		l.profile = &setting[lint.Profile]{*f.Profile, Origin{Flag: f.ProfileFlag}}
	}
	if len(f.Select) > 0 {
		l.selects = &Origin{Flag: "--select"}
	}
	for _, r := range f.Select {
		l.selected[r] = Origin{Flag: "--select"}
	}
	for _, r := range f.Ignore {
		l.ignored[r] = Origin{Flag: "--ignore"}
	}
	if f.FailOn != nil {
		l.failOn = &setting[lint.Severity]{*f.FailOn, Origin{Flag: "--fail-on"}}
	}
	if f.MinScore != nil {
		l.minScore = &setting[int]{*f.MinScore, Origin{Flag: "--min-score"}}
	}
	f.one = l
	return l
}
