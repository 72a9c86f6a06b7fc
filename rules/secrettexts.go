package rules

import (
	"strings"

	"github.com/seaworthy-lint/seaworthy/lint/manifest"
	"github.com/seaworthy-lint/seaworthy/lint/secret"
)

// secretText is an entry of a Secret, and what it holds once it is decoded.
type secretText struct {
	node *manifest.Node
	text string
}

// secretField is a field of a Secret as the cluster holds it: stringData wins
// over data.
func secretField(o *manifest.Object, key string) secretText {
	if n := o.At("stringData", key); n.IsSet() {
		return secretText{node: n, text: n.Str()}
	}
	n := o.At("data", key)
	return secretText{node: n, text: strings.TrimSpace(decodedText(n))}
}

// secretEntries are the entries of the stringData and data of a Secret or
// ConfigMap.
func secretEntries(o *manifest.Object) []secretText {
	var entries []secretText
	for _, entry := range o.At("stringData").Fields() {
		entries = append(entries, secretText{entry, entry.Str()})
	}
	for _, entry := range o.At("data").Fields() {
		text := entry.Str()
		if o.Kind == "Secret" {
			text = decodedText(entry)
		}
		entries = append(entries, secretText{entry, text})
	}
	return entries
}

// decodedText is what an entry of a Secret's data holds. An entry that is no
// base64 is refused by the API server, but people commit it: it holds what it
// says.
func decodedText(n *manifest.Node) string {
	if data, ok := secret.Decode(n.Str()); ok {
		return string(data)
	}
	return n.Str()
}
