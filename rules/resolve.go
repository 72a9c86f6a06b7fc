package rules

import (
	"strings"

	"github.com/seaworthy-lint/seaworthy/lint"
	"github.com/seaworthy-lint/seaworthy/lint/manifest"
)

// near are the objects that are in a namespace, or may be.
func near(objects []*manifest.Object, namespace string) []*manifest.Object {
	var found []*manifest.Object
	for _, o := range objects {
		if sameNamespace(o.Namespace, namespace) != manifest.False {
			found = append(found, o)
		}
	}
	return found
}

// hasNeighbours tells whether objects of a kind are in view in the very
// namespace, so that one more would be expected beside them.
func hasNeighbours(p *lint.Pass, group, kind, namespace string) bool {
	for _, o := range p.Set.OfKind(group, kind) {
		if sameNamespace(o.Namespace, namespace) == manifest.True {
			return true
		}
	}
	return false
}

// operatorMakes tells whether an object may be what an operator makes of a
// custom resource in view: its name begins with that of the resource.
func operatorMakes(p *lint.Pass, name, namespace string) bool {
	for _, o := range p.Set.Objects() {
		custom := strings.Contains(o.Group(), ".") && !strings.HasSuffix(o.Group(), ".k8s.io")
		if custom && o.Name != "" && (name == o.Name || strings.HasPrefix(name, o.Name+"-")) &&
			sameNamespace(o.Namespace, namespace) != manifest.False {
			return true
		}
	}
	return false
}

// isIncomplete tells whether a document of the set could not be read, so that
// what seems absent may stand in it.
func isIncomplete(set *manifest.Set) bool {
	for _, d := range set.Documents {
		if d.Object == nil && d.Status.Unjudged() {
			return true
		}
	}
	return false
}

// noteAbsent notes that a named object is not in view: it may well live elsewhere.
func noteAbsent(p *lint.Pass, n *manifest.Node, format string, args ...any) {
	if isIncomplete(p.Set) {
		p.Unknown(n, "a document that may hold the object could not be read")
		return
	}
	p.Reportf(n, format, args...).AsNote()
}
