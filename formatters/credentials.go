package formatters

import (
	"math"
	"slices"
	"strings"
	"unicode"
)

// Parts of names that announce a credential. Hiding too much of a line that is
// shown for something else costs little, so the lists are generous.
var (
	// credentialStems count inside a longer word too, as in mysqlpassword.
	credentialStems = []string{
		"password", "passwd", "passwort", "passphrase", "passcode", "secret", "token", "apikey", "credential", "privatekey",
		"accesskey", "htpasswd", "dockerconfig", "kubeconfig",
	}
	credentialWords = []string{
		"pw", "pwd", "pass", "psw", "creds", "cred", "bearer", "jwt", "dsn", "auth", "authorization", "otp", "salt", "sig",
		"signature", "cookie", "sas",
	}
	// credentialKeys make a credential of the word "key" after them.
	credentialKeys = []string{
		"api", "access", "private", "signing", "encryption", "master", "account", "storage", "shared", "license", "client",
		"session", "deploy", "ssh",
	}
	// plainEndings are last words of names of what is no credential itself.
	plainEndings = []string{
		"file", "path", "dir", "directory", "mount", "location", "name", "names", "ref", "refs", "reference", "id", "ids",
		"endpoint", "host", "port", "header", "namespace", "provider", "type", "kind", "mode", "policy", "format", "length",
		"size", "ttl", "expiry", "expiration", "expires", "seconds", "minutes", "duration", "interval", "timeout", "period",
		"enabled", "disabled", "required", "version", "issuer", "audience", "algorithm", "class", "store", "template",
		"request", "requests", "review", "reviews", "reviewer", "mounter", "driver",
	}
	// referenceFields hold references to credentials when they hold a map or a
	// list.
	referenceFields = []string{"secret", "secrets", "serviceaccounttoken", "imagepullsecrets", "envfrom"}
	// objectFields are the fields of a Secret that are no secret.
	objectFields = []string{
		"apiversion", "kind", "metadata", "name", "namespace", "generatename", "labels", "annotations", "type", "immutable",
	}
	harmlessValues = []string{"", "true", "false", "yes", "no", "on", "off", "null", "~", "|", "|-", "|+", ">", ">-", ">+"}
)

// isCredentialName tells whether a value of this name may be a credential.
func isCredentialName(name string) bool {
	words := nameWords(name)
	if len(words) == 0 || slices.Contains(plainEndings, words[len(words)-1]) {
		return false
	}
	for i, word := range words {
		isKey := (word == "key" || word == "keys") && i > 0 && slices.Contains(credentialKeys, words[i-1])
		if isKey || slices.Contains(credentialWords, word) || hasStem(word) {
			return true
		}
	}
	return false
}

// isOwnCredential tells whether a value of this name is a credential even where
// a finding lies on it. The names of annotations rarely are: they hold options
// and names of Secrets.
func isOwnCredential(name string) bool {
	return isCredentialName(name) && !strings.Contains(name, "/") && slices.ContainsFunc(nameWords(name), hasStem)
}

func hasStem(word string) bool {
	return slices.ContainsFunc(credentialStems, func(stem string) bool { return strings.Contains(word, stem) })
}

// nameWords splits a name into lower-case words: adminPassword2 and
// ADMIN_PASSWORD are both admin, password.
func nameWords(name string) []string {
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

// isUserFlag tells whether a flag takes user:password, as curl's.
func isUserFlag(flag string) bool {
	return flag == "-u" || flag == "-U" || flag == "--user" || flag == "--proxy-user"
}

func holdsReferences(name string) bool {
	return slices.Contains(referenceFields, strings.ToLower(name))
}

func isObjectField(name string) bool {
	return slices.Contains(objectFields, strings.ToLower(name))
}

// isHarmless tells whether a value is none, or only refers to one. A variable
// with a default, as ${PW:-hunter2}, holds its default.
func isHarmless(value string) bool {
	value = strings.TrimSpace(value)
	if slices.Contains(harmlessValues, strings.ToLower(value)) {
		return true
	}
	for _, form := range [][2]string{{"$(", ")"}, {"${", "}"}, {"{{", "}}"}, {"*", ""}} {
		inner, opened := strings.CutPrefix(value, form[0])
		inner, closed := strings.CutSuffix(inner, form[1])
		if opened && closed && strings.IndexFunc(inner, isNoReference) < 0 {
			return true
		}
	}
	return false
}

func isNoReference(r rune) bool {
	return !unicode.IsLetter(r) && !unicode.IsDigit(r) && !strings.ContainsRune(" ._-", r)
}

// randomLength is from which length on a random text is taken for a key.
const randomLength = 20

// hideRandom hides what looks like a key or token, whatever its name.
func (m *lineMask) hideRandom() {
	for i := 0; i < len(m.line); {
		start := i
		for i < len(m.line) && isKeyByte(m.line[i]) {
			i++
		}
		if isRandom(m.line[start:i]) && !strings.HasSuffix(m.line[:start], "sha256:") && !strings.HasSuffix(m.line[:start], "sha512:") {
			m.hide(m.likely, start, i)
		}
		if i == start {
			i++
		}
	}
}

func isKeyByte(c byte) bool {
	return c > ' ' && c < 0x7f && strings.IndexByte("\"'`,:;{}[]()<>|&=", c) < 0
}

// isRandom tells a key from words and paths: letters, digits and cases change
// often in it, or a word is too long for one.
func isRandom(text string) bool {
	if len(text) < randomLength || entropy(text) < 2.5 {
		return false
	}
	word := longestWord(text)
	return changes(text)*5 >= len(text) || len(word) >= randomLength && !isPronounceable(word)
}

// isPronounceable tells words that were joined, as horizontalpodautoscaler,
// from random letters: a quarter of the former are vowels and none is a digit.
func isPronounceable(word string) bool {
	vowels := 0
	for i := range len(word) {
		if classOf(word[i]) == digitByte {
			return false
		}
		if strings.IndexByte("aeiouAEIOU", word[i]) >= 0 {
			vowels++
		}
	}
	return vowels*4 >= len(word)
}

// changes counts the places inside a word where letters, digits and cases
// change, but for a capital that begins a word.
func changes(text string) int {
	count := 0
	for i := 1; i < len(text); i++ {
		before, class := classOf(text[i-1]), classOf(text[i])
		if class != before && class != otherByte && before != otherByte && (before != upperByte || class != lowerByte) {
			count++
		}
	}
	return count
}

// longestWord is the longest run of letters and digits without a capital
// after a small letter.
func longestWord(text string) string {
	longest, start := "", 0
	for i := range len(text) {
		switch class := classOf(text[i]); {
		case class == otherByte:
			start = i + 1
		case i > start && class == upperByte && classOf(text[i-1]) == lowerByte:
			start = i
		}
		if word := text[start : i+1]; len(word) > len(longest) {
			longest = word
		}
	}
	return longest
}

type byteClass uint8

const (
	otherByte byteClass = iota
	lowerByte
	upperByte
	digitByte
)

func classOf(c byte) byteClass {
	switch {
	case c >= 'a' && c <= 'z':
		return lowerByte
	case c >= 'A' && c <= 'Z':
		return upperByte
	case c >= '0' && c <= '9':
		return digitByte
	}
	return otherByte
}

// entropy is Shannon's, in bits a byte.
func entropy(text string) float64 {
	var counts [256]int
	for i := range len(text) {
		counts[text[i]]++
	}
	bits := 0.0
	for _, n := range counts {
		if n > 0 {
			share := float64(n) / float64(len(text))
			bits -= share * math.Log2(share)
		}
	}
	return bits
}
