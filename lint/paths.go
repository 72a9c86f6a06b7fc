package lint

import "github.com/bmatcuk/doublestar/v4"

// MatchesPath tells whether a path below a folder is meant by a glob
// (doublestar syntax) of a configuration or of a flag. A glob that matches a
// folder stands for all that lies in it; an invalid one matches nothing.
func MatchesPath(glob, path string) bool {
	return doublestar.MatchUnvalidated(glob, path) || doublestar.MatchUnvalidated(glob+"/**", path)
}
