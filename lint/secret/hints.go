package secret

import (
	"slices"
	"strings"
)

// Hint tells how plainly a name says that its value is a credential.
type Hint uint8

const (
	// NoHint is a name that says nothing of the kind.
	NoHint Hint = iota
	// SomeHint is a name of what is a credential at times.
	SomeHint
	// PlainHint is a name with a word for credentials in it.
	PlainHint
)

// hintWords are further words, beside those of Names, of what may be one.
var hintWords = []string{"psw", "auth", "sig", "signature", "cookie", "sas", "pw", "pass", "pat"}

// pluralEndings are plurals that end names of what is no credential.
var pluralEndings = []string{"names", "refs", "ids", "requests", "reviews", "expires", "seconds", "minutes"}

// hintStems are further stems, beside those of compounds.
var hintStems = []string{"htpasswd", "dockerconfig", "kubeconfig"}

// HintOf is for those who hide values: hiding too much costs little, so it is
// far more generous than Names.
func HintOf(name string) Hint {
	words := Words(name)
	if len(words) == 0 {
		return NoHint
	}
	last := words[len(words)-1]
	if slices.Contains(surePlainEndings, last) || slices.Contains(pluralEndings, last) {
		return NoHint
	}
	hint := NoHint
	for i, word := range words {
		switch {
		case hasStem(word):
			return PlainHint
		case (word == "key" || word == "keys") && i > 0 && isKeyKind(words[i-1]),
			singleWords[singular(word)] != otherName, slices.Contains(hintWords, word):
			hint = SomeHint
		}
	}
	return max(hint, hintOfNames(name))
}

func hintOfNames(name string) Hint {
	if Names(name) {
		return SomeHint
	}
	return NoHint
}

func isKeyKind(word string) bool {
	return word == "access" || word == "client" || word == "secret" || slices.Contains(keyKinds, word)
}

func hasStem(word string) bool {
	holds := func(stem string) bool { return strings.Contains(word, stem) }
	return slices.ContainsFunc(compoundStems, holds) || slices.ContainsFunc(hintStems, holds)
}
