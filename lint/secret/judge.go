package secret

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
	// Number is a number where one is meant.
	Number
	// Gap is a mark to fill in, as "<password>" or "REPLACE_ME".
	Gap
	// Reference is a reference to a value elsewhere, or a template.
	Reference
	// Ciphertext is an encrypted value.
	Ciphertext
	// Location is a path, or a URL without a password.
	Location
	// Identifier is the name of a Secret, of a key in one or of an option.
	Identifier
	// Digest is a hash, digest or UUID.
	Digest
	// Public is a public key or certificate.
	Public
	// Prose is a text for people.
	Prose
	// WellKnown is a default password.
	WellKnown
	// Random is a value that looks like a generated key.
	Random
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
// credential. It does not look for formats: Find does.
func Judge(name, value string) Verdict {
	_, _ = name, value
	return Verdict{}
}

// Names tells whether a name announces that its value is a credential.
func Names(name string) bool {
	_ = name
	return false
}
