package component

import (
	"encoding/base64"
	"slices"
	"strings"

	"github.com/seaworthy-lint/seaworthy/lint/manifest"
)

// EncryptionEntry is an entry of the resources of an EncryptionConfiguration.
type EncryptionEntry struct {
	// Node is the entry of the list.
	Node *manifest.Node
	// Resources are the names that it covers.
	Resources []*manifest.Node
	// Providers come in order: the first one writes, all of them read.
	Providers []EncryptionProvider
}

// EncryptionProvider is one way of encrypting.
type EncryptionProvider struct {
	// Node is the provider's configuration, whose key is its name.
	Node *manifest.Node
	// Name is identity, secretbox, aescbc, aesgcm or kms.
	Name string
}

// localProviders encrypt with keys that stand in the file itself.
var localProviders = []string{"aescbc", "aesgcm", "secretbox"}

// IsLocal tells whether the provider's keys stand in the file itself.
func (p EncryptionProvider) IsLocal() bool { return slices.Contains(localProviders, p.Name) }

// Keys are the keys of a local provider, the one that writes first.
func (p EncryptionProvider) Keys() []*manifest.Node { return p.Node.At("keys").Items() }

// EncryptionEntries are the entries of an EncryptionConfiguration, or of the
// EncryptionConfig that it was called before, in the order in which they are
// asked for a resource.
func EncryptionEntries(config *manifest.Node) []EncryptionEntry {
	var entries []EncryptionEntry
	for _, n := range config.At("resources").Items() {
		entry := EncryptionEntry{Node: n, Resources: n.At("resources").Items()}
		for _, provider := range n.At("providers").Items() {
			if fields := provider.Fields(); len(fields) > 0 {
				entry.Providers = append(entry.Providers, EncryptionProvider{Node: fields[0], Name: fields[0].Key})
			}
		}
		entries = append(entries, entry)
	}
	return entries
}

// Covers tells whether the entry governs a resource of an API group, "" for the
// core group. The wildcards are those of Kubernetes 1.27: *.* is everything, *.
// the core group and *.apps the group apps.
func (e EncryptionEntry) Covers(group, resource string) manifest.Truth {
	named := resource
	if group != "" {
		named += "." + group
	}
	answer := manifest.False
	for _, n := range e.Resources {
		switch {
		case n.Str() == named || n.Str() == "*.*" || n.Str() == "*."+group:
			return manifest.True
		case n.Templated():
			answer = manifest.Unknown
		}
	}
	return answer
}

// exampleKeys are the keys of examples in documentation, which protect nothing
// and tell nothing.
var exampleKeys = []string{"secret is secure", "this is password", "abcdefghijklmnopqrstuvwxyz123456"}

// IsEncryptionKey tells whether a text is a key of AES or XSalsa20 in base64,
// of 16, 24 or 32 bytes, and not one of the examples that everybody knows.
func IsEncryptionKey(text string) bool {
	key, err := base64.StdEncoding.DecodeString(strings.TrimSpace(text))
	return err == nil && slices.Contains([]int{16, 24, 32}, len(key)) && !slices.Contains(exampleKeys, string(key))
}
