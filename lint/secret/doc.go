// Package secret recognises credentials in texts: those that their own format
// gives away (Find), and literals under names that announce a credential
// (Judge). It knows what is encrypted, a reference or a mark to fill in, and
// makes all that may be shown of a value (Show). It knows no YAML and no
// Kubernetes kinds: callers hand it names and values.
package secret
