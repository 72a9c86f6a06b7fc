package lint

import (
	"slices"
	"strings"

	"github.com/seaworthy-lint/seaworthy/lint/nearest"
)

// Suggest asks " (did you mean …?)" for the rules that a mistyped name may
// mean; "" when none is near.
func Suggest(rules []*Rule, name string) string {
	ids := make([]string, len(rules))
	for i, r := range rules {
		ids[i] = r.ID
	}
	if hint := nearest.Hint(name, ids); hint != "" {
		return hint
	}
	if alike := withWord(ids, name); len(alike) > 0 {
		return " (did you mean " + strings.Join(alike, ", ") + "?)"
	}
	return ""
}

// withWord are the first ids that have a word like the one that was typed:
// people remember privileged before they remember privileged-container.
func withWord(ids []string, word string) []string {
	var words []string
	for _, id := range ids {
		words = append(words, strings.Split(id, "-")...)
	}
	meant := nearest.Of(word, words)
	var found []string
	for _, id := range ids {
		if meant != "" && slices.Contains(strings.Split(id, "-"), meant) && len(found) < 3 {
			found = append(found, id)
		}
	}
	return found
}
