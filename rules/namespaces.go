package rules

import "github.com/seaworthy-lint/seaworthy/lint/manifest"

// namespaceOr is the namespace that a reference names, else the one of the
// object that holds it.
func namespaceOr(n *manifest.Node, otherwise string) string {
	if n.IsSet() {
		return n.Str()
	}
	return otherwise
}
