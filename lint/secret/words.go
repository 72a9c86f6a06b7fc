package secret

import (
	"slices"
	"strings"
	"unicode"
)

// Words splits a name into its words in lower case: at capitals, digits and
// punctuation, so that adminPassword2 and ADMIN_PASSWORD are both admin,
// password.
func Words(name string) []string {
	var words []string
	var word []rune
	flush := func() {
		if len(word) > 0 {
			words = append(words, strings.ToLower(string(word)))
			word = word[:0]
		}
	}
	runes := []rune(name)
	for i, r := range runes {
		switch {
		case !unicode.IsLetter(r):
			flush()
			continue
		case unicode.IsUpper(r) && i > 0 && (unicode.IsLower(runes[i-1]) || i+1 < len(runes) && unicode.IsLower(runes[i+1])):
			flush()
		}
		word = append(word, r)
	}
	flush()
	return words
}

// compoundStems are words of credentials that people write together with
// others: mysqlpassword, clientsecret, apitoken.
var compoundStems = []string{
	"password", "passwd", "passwort", "passphrase", "passcode", "apikey", "secretkey", "accesskey", "privatekey", "authkey",
	"masterkey", "signingkey", "encryptionkey", "secret", "token", "credential", "pwd",
}

// separateKey are the stems that are two words.
var separateKey = map[string][]string{
	"apikey": {"api", "key"}, "secretkey": {"secret", "key"}, "accesskey": {"access", "key"}, "privatekey": {"private", "key"},
	"authkey": {"auth", "key"}, "masterkey": {"master", "key"}, "signingkey": {"signing", "key"}, "encryptionkey": {"encryption", "key"},
}

// nameWords are the words of a name in the singular, with compounds split.
func nameWords(name string) []string {
	var words []string
	for _, word := range Words(name) {
		words = append(words, splitCompound(word)...)
	}
	for i, word := range words {
		words[i] = singular(word)
	}
	return words
}

func singular(word string) string {
	if len(word) > 3 && strings.HasSuffix(word, "s") && !strings.HasSuffix(word, "ss") {
		return strings.TrimSuffix(word, "s")
	}
	return word
}

// splitCompound splits a word around the credential word in it, when what
// follows is a word of its own: tokenizer is none.
func splitCompound(word string) []string {
	for _, stem := range compoundStems {
		before, after, ok := strings.Cut(word, stem)
		if !ok || before == "" && after == "" && separateKey[stem] == nil {
			continue
		}
		if plain := strings.TrimSuffix(after, "s"); plain != "" && plain != "key" && !isPlainEnding(plain) && !slices.Contains(qualifiers, plain) {
			continue
		}
		var parts []string
		if before != "" {
			parts = append(parts, before)
		}
		if pair := separateKey[stem]; pair != nil {
			parts = append(parts, pair...)
		} else {
			parts = append(parts, stem)
		}
		if after != "" && after != "s" {
			parts = append(parts, strings.TrimSuffix(after, "s"))
		}
		return parts
	}
	return []string{word}
}
