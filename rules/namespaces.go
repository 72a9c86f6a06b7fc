package rules

import "github.com/seaworthy-lint/seaworthy/lint/manifest"

// sameNamespace tells whether two namespaces, as objects of one set name them,
// are one. Objects that name none go where the deployer says, which may be a
// namespace that another object names.
func sameNamespace(a, b string) manifest.Truth {
	switch {
	case a == b:
		return manifest.True
	case a == "" || b == "" || manifest.IsTemplate(a) || manifest.IsTemplate(b):
		return manifest.Unknown
	}
	return manifest.False
}

// namespaceOr is the namespace that a reference names, else the one of the
// object that holds it.
func namespaceOr(n *manifest.Node, otherwise string) string {
	if n.IsSet() {
		return n.Str()
	}
	return otherwise
}
