package formatters

import (
	"slices"
	"strings"
	"unicode"

	"github.com/seaworthy-lint/seaworthy/lint/secret"
)

var (
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
func isCredentialName(name string) bool { return secret.HintOf(name) != secret.NoHint }

// isOwnCredential tells whether a value of this name is a credential even where
// a finding lies on it. The names of annotations rarely are: they hold options
// and names of Secrets.
func isOwnCredential(name string) bool {
	return secret.HintOf(name) == secret.PlainHint && !strings.Contains(name, "/")
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

// hideRandom hides what looks like a key or token, whatever its name.
func (m *lineMask) hideRandom() {
	for i := 0; i < len(m.line); {
		start := i
		for i < len(m.line) && isKeyByte(m.line[i]) {
			i++
		}
		if secret.Random(m.line[start:i]) && !strings.HasSuffix(m.line[:start], "sha256:") && !strings.HasSuffix(m.line[:start], "sha512:") {
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

// hideFormats hides what its format gives away as a credential.
func (m *lineMask) hideFormats() {
	for _, match := range secret.Find(m.line) {
		m.hide(m.likely, match.Start, match.End)
		m.hide(m.certain, match.Start, match.End)
	}
}
