package rules

import (
	"regexp"
	"sync"
)

// lazyRegexp compiles a pattern when it is first asked for: compiling all of
// them would be most of the program's start-up.
func lazyRegexp(pattern string) func() *regexp.Regexp {
	return sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(pattern) })
}
