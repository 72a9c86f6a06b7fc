package rules

import (
	"path"
	"slices"

	"github.com/seaworthy-lint/seaworthy/lint"
	"github.com/seaworthy-lint/seaworthy/lint/manifest"
)

var duplicateResources = []lint.Rule{
	{
		ID:     "duplicate-resource",
		Family: "correctness",
		Title:  "resource is there twice",
		Why: "Two manifests of one resource overwrite each other: which one is in force depends on the order in which they " +
			"are applied, and a security setting of the other is lost.",
		Fix:      "delete or rename one",
		FixKind:  lint.NoFix,
		Severity: lint.Medium,
		Points:   -2,
		Profiles: []string{"reliability", "novel"},
		Kinds:    lint.Kinds{Any: true},
		Scope:    lint.RepoScope,
		Check:    duplicateResource,
	},
}

// resourceKey names a resource whatever the version of its API. The place is
// the folder of plain manifests: what lies in different folders may be meant
// for different clusters.
type resourceKey struct{ group, kind, namespace, name, place string }

// earlier tells for each object that is there again which one it repeats.
type earlier map[*manifest.Object]*manifest.Object

// duplicateResource reports the later of two manifests with different content.
// Files that lie side by side may be alternatives, which is a note.
func duplicateResource(p *lint.Pass) {
	repeats := manifest.Derived(p.Set, func(set *manifest.Set) *earlier {
		first, again := map[resourceKey]*manifest.Object{}, earlier{}
		for _, o := range set.Objects() {
			key, ok := keyOf(p, o)
			if !ok {
				continue
			}
			if before := first[key]; before != nil && !sameContent(before.Node, o.Node) {
				again[o] = before
			} else if before == nil {
				first[key] = o
			}
		}
		return &again
	})
	if before := (*repeats)[p.Object]; before != nil {
		f := p.Reportf(p.Object.At("metadata", "name"), "%s %q is there again with other content", p.Object.Kind, p.Object.Name).
			Relate(before.At("metadata", "name"), "the other one")
		otherFile := before.Anchor().File != p.Object.Anchor().File
		if otherFile && !p.Set.Target.Rendered() && p.Bounds != manifest.Closed {
			f.AsNote()
		}
	}
}

// keyOf is the key of an object; ok is false for one whose name or namespace
// cannot be told.
func keyOf(p *lint.Pass, o *manifest.Object) (key resourceKey, ok bool) {
	name := o.At("metadata", "name")
	if name.Str() == "" || name.Templated() || o.At("metadata", "namespace").Templated() {
		return key, false
	}
	key = resourceKey{group: o.Group(), kind: o.Kind, name: o.Name}
	if !clusterKinds[o.Kind] {
		key.namespace = p.Scope().NamespaceOf(o)
	}
	if !p.Set.Target.Rendered() {
		key.place = path.Dir(o.Anchor().File.Path)
	}
	return key, clusterKinds[o.Kind] || key.namespace != "" || p.Set.Target.Rendered()
}

// sameContent tells whether two trees hold the same values, in whatever order
// their fields stand.
func sameContent(a, b *manifest.Node) bool {
	if a == nil || b == nil || a.Kind != b.Kind {
		return a == b
	}
	switch a.Kind {
	case manifest.Map:
		return len(a.Fields()) == len(b.Fields()) &&
			!slices.ContainsFunc(a.Fields(), func(f *manifest.Node) bool { return !sameContent(f, b.At(f.Key)) })
	case manifest.List:
		return slices.EqualFunc(a.Items(), b.Items(), sameContent)
	}
	return a.Str() == b.Str() && a.IsSet() == b.IsSet() && a.IsString() == b.IsString()
}
