package lint

import (
	"fmt"
	"strings"

	"github.com/bmatcuk/doublestar/v4"
)

// maxGroups and maxAlternatives bound the groups {a,b} of a glob: each may
// multiply the time that a match takes.
const (
	maxGroups       = 3
	maxAlternatives = 32
)

// ValidateGlob says what is wrong with a glob (doublestar syntax) that a user
// wrote.
func ValidateGlob(glob string) error {
	switch {
	case glob == "" || !doublestar.ValidatePattern(glob):
		return fmt.Errorf("%q is not a valid glob", glob)
	case strings.Count(glob, "{") > maxGroups, strings.Contains(glob, "{") && strings.Count(glob, ",") > maxAlternatives:
		return fmt.Errorf("%q has too many alternatives: use several globs", glob)
	}
	return nil
}

// MatchesPath tells whether a path below a folder is meant by a glob of a
// configuration or of a flag. A glob that matches a folder stands for all that
// lies in it; an invalid one matches nothing.
func MatchesPath(glob, path string) bool {
	return doublestar.MatchUnvalidated(glob, path) || doublestar.MatchUnvalidated(glob+"/**", path)
}
