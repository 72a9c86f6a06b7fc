package rules

import (
	"github.com/seaworthy-lint/seaworthy/lint"
	"github.com/seaworthy-lint/seaworthy/lint/manifest"
)

// near are the objects of a kind and name that are in a namespace, or may be.
func near(p *lint.Pass, group, kind, name, namespace string) []*manifest.Object {
	sure, unsure := p.Scope().Named(group, kind, name, namespace)
	return append(sure, unsure...)
}

// hasNeighbours tells whether objects of a kind are in view in the very
// namespace, so that one more would be expected beside them.
func hasNeighbours(p *lint.Pass, group, kind, namespace string) bool {
	sure, _ := p.Scope().Objects(group, kind, namespace)
	return len(sure) > 0
}

// outOfView says why what a deployer ships beside a workload may be there
// although no object of the kinds, each as group/Kind, is in view; empty when
// it should be in view.
func outOfView(p *lint.Pass, kinds []string) string {
	switch {
	case p.Bounds == manifest.Files:
		return "files were named one by one, so it may stand beside them"
	case p.Scope().MayHold(kinds):
		return "a document that may hold it could not be read"
	}
	return ""
}

// noteIfOpen makes a note of an absence where the configuration says that
// anything may live elsewhere.
func noteIfOpen(p *lint.Pass, f *lint.Finding) {
	if p.Bounds == manifest.Open {
		f.AsNote()
	}
}

// reportAbsent reports that a named object is not in view. That is a note where
// it may well live elsewhere, and nothing where a document that may hold it
// could not be read.
func reportAbsent(p *lint.Pass, n *manifest.Node, format string, args ...any) {
	if p.Scope().Incomplete() {
		p.Unknown(n, "a document that may hold the object could not be read")
		return
	}
	if f := p.Reportf(n, format, args...); p.Bounds != manifest.Closed {
		f.AsNote()
	}
}
