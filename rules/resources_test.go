package rules

import (
	"testing"

	"github.com/seaworthy-lint/seaworthy/lint"
)

// TestLimitRangesAreLoaded: a LimitRange is parsed for the rules that look
// into it, though none of them judges it.
func TestLimitRangesAreLoaded(t *testing.T) {
	for _, id := range []string{"cpu-request-missing", "cpu-limit-missing", "memory-request-missing", "memory-limit-missing"} {
		for _, r := range lint.Find(All(), id) {
			if !r.Kinds.Loads("", "LimitRange") || r.Kinds.Reads("", "LimitRange", false) {
				t.Errorf("%s must load LimitRanges and not judge them", id)
			}
		}
	}
}
