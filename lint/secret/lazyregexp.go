package secret

import (
	"regexp"
	"sync"
)

// shaped compiles a pattern when it is first asked for.
func shaped(pattern string) func() *regexp.Regexp {
	return sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(pattern) })
}
