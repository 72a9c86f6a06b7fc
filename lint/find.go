package lint

import (
	"slices"
	"strings"

	"github.com/seaworthy-lint/seaworthy/lint/nearest"
)

// Find are the rules among all that answer to an id or alias, in any case. An
// alias may belong to several rules.
func Find(all []*Rule, name string) []*Rule {
	var found []*Rule
	for _, r := range all {
		if r.Answers(name) {
			found = append(found, r)
		}
	}
	return found
}

// maxSuggested is how long a name may be for which a rule is suggested.
const maxSuggested = 64

// Suggest says in brackets which rules a mistyped name may have meant; it is ""
// when none is near.
func Suggest(all []*Rule, name string) string {
	if len(name) > maxSuggested {
		return ""
	}
	ids := make([]string, len(all))
	for i, r := range all {
		ids[i] = r.ID
	}
	meant := nearest.Of(name, ids)
	if meant == "" {
		meant = strings.Join(withWord(ids, name), ", ")
	}
	if meant == "" {
		return ""
	}
	return " (did you mean " + meant + "?)"
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
