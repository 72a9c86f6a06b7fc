package secret

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"strings"
)

// Shown is all that may be shown of a credential. It holds no character of it.
type Shown struct {
	// Kind is the kind of credential, as "GitHub token".
	Kind string
	// Length is a class of lengths, as "16 to 31 characters".
	Length string
	// Hash is a keyed hash prefix of 6 hexadecimal digits.
	Hash string
}

// showKey separates these hashes from all others of the same values. It is no
// secret: the program is public.
const showKey = "seaworthy finding of a secret, v1"

// Show makes what may be shown of a value. The hash is HMAC-SHA256 with a
// fixed key of the program, cut to 24 bits: the same secret in two places has
// the same hash and a replaced one (but for 1 in 16 million) another, while
// the hash alone confirms no guess, as each prefix fits countless values.
// Blanks around the value do not count.
func Show(kind, value string) Shown {
	value = strings.TrimSpace(value)
	mac := hmac.New(sha256.New, []byte(showKey))
	mac.Write([]byte(value))
	return Shown{Kind: kind, Length: lengthClass(len(value)), Hash: hex.EncodeToString(mac.Sum(nil)[:3])}
}

// lengthClass is wide for short values: the exact length of a password helps
// to guess it.
func lengthClass(length int) string {
	switch {
	case length < 16:
		return "under 16 characters"
	case length < 32:
		return "16 to 31 characters"
	case length < 64:
		return "32 to 63 characters"
	case length < 256:
		return "64 to 255 characters"
	}
	return "256 or more characters"
}

// String is the text for messages: "GitHub token, 32 to 63 characters, hash
// 3fa9c1".
func (s Shown) String() string {
	return s.Kind + ", " + s.Length + ", hash " + s.Hash
}
