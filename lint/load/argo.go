package load

import (
	"path"
	"path/filepath"
	"strings"

	"github.com/seaworthy-lint/seaworthy/lint/manifest"
	"github.com/seaworthy-lint/seaworthy/lint/render"
)

// application reads an Application of Argo CD.
func (d *deployment) application() { d.argo(d.object.At("spec")) }

// applicationSet reads the template of an ApplicationSet, if it says the same
// for all applications that are made of it.
func (d *deployment) applicationSet() {
	spec := d.object.At("spec", "template", "spec")
	for _, n := range []*manifest.Node{spec.At("source"), spec.At("sources"), spec.At("destination", "namespace")} {
		if holdsTemplate(n) {
			d.tell(d.object.At("spec", "template").Nearest("spec"), "the template of an ApplicationSet is not expanded, so what it deploys is not judged")
			return
		}
	}
	d.argo(spec)
}

func holdsTemplate(n *manifest.Node) bool {
	if n == nil {
		return false
	}
	if n.Kind == manifest.Scalar {
		return n.Templated()
	}
	for _, kid := range n.Kids {
		if holdsTemplate(kid) {
			return true
		}
	}
	return false
}

// argo reads what an application deploys.
func (d *deployment) argo(spec *manifest.Node) {
	sources := spec.At("sources").Items()
	if len(sources) == 0 && spec.At("source").IsSet() {
		sources = []*manifest.Node{spec.At("source")}
	}
	for _, source := range sources {
		repository := redacted(source.At("repoURL").Str())
		if chart := source.At("chart"); chart.Str() != "" {
			d.remote(chart, repository)
			continue
		}
		at := source.At("path")
		if at.Str() == "" || d.isOtherRoot(at.Str(), repository) {
			continue
		}
		if chart := d.folder(at, repository, argoNamespace(spec, source)); chart != "" {
			d.release(chart, d.argoRelease(spec, source.At("helm"), chart))
		}
	}
}

// argoNamespace is where an application puts what names no namespace.
func argoNamespace(spec, source *manifest.Node) string {
	if own := source.At("kustomize", "namespace"); own.IsSet() {
		return own.Str()
	}
	return spec.At("destination", "namespace").Str()
}

// isOtherRoot tells that a path means the root of a repository that is called
// otherwise than this one. Other paths tell by themselves whether they are in
// the tree; a root always is.
func (d *deployment) isOtherRoot(at, repository string) bool {
	name := strings.TrimSuffix(path.Base(strings.TrimRight(repository, "/")), ".git")
	return repository != "" && filepath.Join(d.tree.root, at) == d.tree.root && name != filepath.Base(d.tree.root)
}

func (d *deployment) argoRelease(spec, helm *manifest.Node, chart string) render.Release {
	r := render.Release{Name: helm.At("releaseName").Str(), Namespace: spec.At("destination", "namespace").Str()}
	if r.Name == "" {
		r.Name = d.object.Name
	}
	optional := helm.At("ignoreMissingValueFiles").True()
	r.ValuesFiles = d.valuesFiles(helm.At("valueFiles"), optional, func(file string) string {
		if rest, ok := strings.CutPrefix(file, "$"); ok {
			_, rest, _ = strings.Cut(rest, "/")
			return rest
		}
		if strings.HasPrefix(file, "/") {
			return file
		}
		rel, err := filepath.Rel(d.tree.root, filepath.Join(chart, file))
		if err != nil {
			return file
		}
		return rel
	})
	switch object, text := helm.At("valuesObject"), helm.At("values"); {
	case object.IsSet():
		r.Inline = []*manifest.Node{object}
	case text.Str() != "":
		if values := d.textValues(text); values != nil {
			r.Inline = []*manifest.Node{values}
		}
	}
	for _, parameter := range helm.At("parameters").Items() {
		assignment := parameter.At("name").Str() + "=" + strings.ReplaceAll(parameter.At("value").Str(), ",", `\,`)
		if parameter.At("forceString").True() {
			r.SetString = append(r.SetString, assignment)
		} else {
			r.Set = append(r.Set, assignment)
		}
	}
	return r
}

// textValues parses values that are written as a text. Those of a literal
// block stand where they are read; others somewhere in their text.
func (d *deployment) textValues(text *manifest.Node) *manifest.Node {
	span := text.Span()
	block := span
	if written := span.Text(); strings.HasPrefix(written, "|") && strings.Contains(written, "\n") {
		block.Start = span.File.LineStart(span.File.Position(span.Start).Line + 1)
	} else {
		// The file has the text alone, so nothing of it is where it seems.
		file, err := manifest.NewFile(span.File.Path, []byte(text.Value))
		if err != nil {
			return nil
		}
		block = manifest.Span{File: file, End: len(file.Text)}
	}
	tree, err := manifest.Parse(block)
	if err != nil {
		d.tell(text, "the values cannot be read, so the chart is rendered without them: %v", err)
		return nil
	}
	if block.File != span.File {
		standAt(tree.Root, span)
	}
	return tree.Root
}

// standAt moves a value and what it holds to one place.
func standAt(n *manifest.Node, at manifest.Span) {
	n.Relocate(manifest.Span{}, at, false)
	for _, kid := range n.Kids {
		standAt(kid, at)
	}
}
