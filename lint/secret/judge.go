package secret

import (
	"slices"
	"strings"
)

// Class says what a value is to an attacker.
type Class uint8

const (
	// Nothing is no credential, or none that the text shows.
	Nothing Class = iota
	// Credential is a literal credential.
	Credential
	// Default is a well-known default password, as "changeme": it works as it
	// stands, and everybody knows it.
	Default
)

// Reason tells why a value got its class.
type Reason uint8

const (
	// OtherName is a name that announces no credential.
	OtherName Reason = iota
	// Empty is a value without text.
	Empty
	// Flag is a boolean or null.
	Flag
	// Number is a number where one is meant, a duration or a size.
	Number
	// Gap is a mark to fill in, as "<password>" or "REPLACE_ME".
	Gap
	// Reference is a reference to a value elsewhere, or a template.
	Reference
	// Ciphertext is an encrypted value.
	Ciphertext
	// Location is a path or an address without a password.
	Location
	// Identifier is the name of a Secret, of a key in one, of a variable or of
	// an option.
	Identifier
	// Digest is a hash or digest.
	Digest
	// Public is a public key or certificate.
	Public
	// Prose is a text for people.
	Prose
	// Document is a text of several lines or members, which is no single value:
	// its parts are to be judged.
	Document
	// WellKnown is a default password.
	WellKnown
	// Generated is a value that looks like a generated key.
	Generated
	// Literal is any other value under a name that announces a credential.
	Literal
)

// Verdict is what Judge says of a value.
type Verdict struct {
	Class  Class
	Reason Reason
	// Format is the kind of credential by the name, as "password"; nil for
	// Nothing.
	Format *Format
	// Note is as in Match.
	Note bool
}

// Judge judges a value by the name that it stands under (an environment
// variable, a key, an option without its dashes): whether it is a literal
// credential. It does not look for formats in the value, as Find does, except
// for those that only a name tells from other texts.
func Judge(name, value string) Verdict {
	kind := kindOf(name)
	if kind == otherName {
		return Verdict{}
	}
	v := judgeValue(kind, value)
	if v.Class == Default && v.Reason == WellKnown && kind != passwordName && isSameName(name, value) {
		return Verdict{Reason: Identifier}
	}
	if v.Class != Nothing && v.Format == nil {
		v.Format = formatByName(name, strings.TrimSpace(value), kind)
	}
	return v
}

// judgeValue judges a value under a name of a kind.
func judgeValue(kind nameKind, value string) Verdict {
	value = unquoted(strings.TrimSpace(value))
	if kind == authorizationName {
		return judgeHeader(value)
	}
	if reason, ok := plainReason(value); ok {
		return Verdict{Reason: reason}
	}
	if inner, ok := defaultOf(value); ok {
		return judgeValue(kind, inner)
	}
	if isPasswordHash(value) {
		return Verdict{Class: Credential, Reason: Digest, Format: passwordHash, Note: true}
	}
	if strings.Contains(value, "\n") || value[0] == '{' && value[len(value)-1] == '}' {
		return Verdict{Reason: Document}
	}
	var format *Format
	if kind == tokenName && isJoinToken(value) {
		format = joinToken
	}
	if isOption(value) || isVariableName(value) {
		return Verdict{Reason: Identifier}
	}
	if isWellKnown(kind, value) {
		return Verdict{Class: Default, Reason: WellKnown, Format: format}
	}
	if format != nil {
		return Verdict{Class: Credential, Reason: Generated, Format: format}
	}
	if isNumber(value) && (kind != passwordName || len(value) < 6 || !all(value, isDigit)) {
		return Verdict{Reason: Number}
	}
	if words := strings.Fields(value); len(words) > 1 {
		return judgeWords(kind, words)
	}
	return judgeWord(kind, value)
}

// plainReason tells values that are no credentials under any name.
func plainReason(value string) (Reason, bool) {
	switch {
	case value == "":
		return Empty, true
	case isFlag(value):
		return Flag, true
	case Encrypted(value):
		return Ciphertext, true
	case Refers(value):
		return Reference, true
	case isGap(value):
		return Gap, true
	case isPublic(value):
		return Public, true
	case isLocation(value):
		return Location, true
	case isDigest(value):
		return Digest, true
	case isEncodedDocument(value):
		return Document, true
	}
	return 0, false
}

// judgeWord judges a value without blanks.
func judgeWord(kind nameKind, value string) Verdict {
	generated := Verdict{Class: Credential, Reason: Generated, Note: kind == saltName}
	literal := Verdict{Class: Credential, Reason: Literal}
	identifier := Verdict{Reason: Identifier}
	switch kind {
	case passwordName:
		switch {
		case len(value) < 3:
			return identifier
		case isRandom(value, 12):
			return generated
		}
		return literal
	case vagueName, saltName:
		if isRandom(value, 16) && !isObjectName(value) {
			return generated
		}
		return identifier
	case mnemonicName:
		return identifier
	}
	switch {
	case isUUID(value) || isRandom(value, 16) && !isObjectName(value):
		return generated
	case len(value) < 8 || isIndexed(value) || isAlgorithm(value) || isEmail(value):
		return identifier
	case isObjectShape(value):
		if isScrambled(value, kind) {
			return literal
		}
		return identifier
	case all(value, isNameByte) && !strings.ContainsAny(value, "0123456789") && isPronounceable(value) && len(Words(value))*4 <= len(value):
		return identifier // words, as in camelCase
	}
	return literal
}

// isIndexed tells source code, as Jobs[-1].JobId.
func isIndexed(value string) bool {
	return strings.ContainsAny(value, "[(") && isLower(value[0]|0x20) && all(value, func(c byte) bool { return isNameByte(c) || strings.IndexByte("[]()", c) >= 0 })
}

// isScrambled tells a text in small letters and digits from the name of an
// object: digits stand between letters, or no vowels do.
func isScrambled(value string, kind nameKind) bool {
	if !all(value, isAlnum) {
		return false
	}
	digits := 0
	for i := range len(value) {
		if isDigit(value[i]) {
			digits++
		}
	}
	switch kind {
	case tokenName:
		return digits >= 2 || len(value) >= 10 && !isPronounceable(value)
	case holderName:
		return changes(value) >= 4
	}
	return changes(value) >= 3 || len(value) >= 10 && digits == 0 && !isPronounceable(value)
}

// judgeWords judges a value of several words: a phrase or a text for people.
func judgeWords(kind nameKind, words []string) Verdict {
	lower := 0
	for _, word := range words {
		if all(word, isLower) {
			lower++
		}
	}
	switch {
	case kind == mnemonicName:
		if len(words) >= 12 && len(words) <= 24 && lower == len(words) {
			return Verdict{Class: Credential, Reason: Generated}
		}
	case kind == passwordName && (len(words) == 2 && lower < 2 || len(words) >= 4 && len(words) <= 8 && !isProse(words)):
		return Verdict{Class: Credential, Reason: Literal}
	}
	return Verdict{Reason: Prose}
}

// isProse tells a text about a password from a phrase that is one: by words
// that hold sentences together, and punctuation.
func isProse(words []string) bool {
	return slices.ContainsFunc(words, func(word string) bool {
		return !all(word, isAlnum) || slices.Contains([]string{
			"a", "an", "the", "to", "of", "for", "from", "with", "by", "is", "are", "be", "must", "should", "may", "your", "this", "that", "used", "not",
			"password", "passphrase", "secret", "token", "user", "key", "default", "if", "or", "and",
		}, strings.ToLower(word))
	})
}

// judgeHeader judges the value of an authorization header.
func judgeHeader(value string) Verdict {
	scheme, rest, ok := strings.Cut(value, " ")
	rest = strings.TrimSpace(rest)
	switch {
	case !ok:
		if reason, plain := plainReason(value); plain {
			return Verdict{Reason: reason}
		}
		if isRandom(value, 20) {
			return Verdict{Class: Credential, Reason: Generated}
		}
		return Verdict{Reason: Identifier}
	case Refers(rest):
		return Verdict{Reason: Reference}
	case strings.EqualFold(scheme, "basic"):
		f := basicAuth(rest)
		return Verdict{Class: f.class, Reason: Literal, Note: f.note}
	case isGap(rest):
		return Verdict{Reason: Gap}
	case !strings.Contains(rest, " ") && isRandom(rest, 16):
		return Verdict{Class: Credential, Reason: Generated}
	}
	return Verdict{Reason: Identifier}
}
