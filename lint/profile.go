package lint

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/seaworthy-lint/seaworthy/lint/nearest"
)

// ProfileVersion is the newest version of the profiles. An upgrade adds rules
// only to the next version, so that a pinned profile keeps its rules.
const ProfileVersion = 1

// Profile is a named set of rules, in a version.
type Profile struct {
	Name    string
	Version int
}

// ParseProfile reads the name of one of the known profiles: default, or
// default@1 to pin its version.
func ParseProfile(text string, known []string) (Profile, error) {
	name, version, pinned := strings.Cut(text, "@")
	if !slices.Contains(known, name) {
		return Profile{}, fmt.Errorf("unknown profile %q%s: use %s", text, nearest.Hint(name, known), strings.Join(known, ", "))
	}
	p := Profile{Name: name, Version: ProfileVersion}
	if !pinned {
		return p, nil
	}
	number, err := strconv.Atoi(version)
	if err != nil || number < 1 || number > ProfileVersion {
		return Profile{}, fmt.Errorf("unknown version of profile %q (did you mean %s?): the newest is %d", text, p, ProfileVersion)
	}
	p.Version = number
	return p, nil
}

// String is the name with the version.
func (p Profile) String() string { return p.Name + "@" + strconv.Itoa(p.Version) }

// Rules are those of the profile among all.
func (p Profile) Rules(all []*Rule) []*Rule {
	var chosen []*Rule
	for _, r := range all {
		if r.InProfile(p.Name) {
			chosen = append(chosen, r)
		}
	}
	return chosen
}

// Strict tells whether the profile asks rules that have a stricter reading for
// it.
func (p Profile) Strict() bool { return p.Name == "strict" || p.Name == "all" }

// PodSecurity tells whether the profile judges pods exactly as Pod Security
// Admission does.
func (p Profile) PodSecurity() bool { return strings.HasPrefix(p.Name, "pss-") }

// CIS tells whether the profile is that of the CIS benchmark.
func (p Profile) CIS() bool { return p.Name == "cis" }

// Restricted tells whether the profile is that of the Restricted level.
func (p Profile) Restricted() bool { return p.Name == "pss-restricted" }
