package load

import (
	"bytes"
	"context"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/seaworthy-lint/seaworthy/lint/manifest"
	"github.com/seaworthy-lint/seaworthy/lint/par"
	"github.com/seaworthy-lint/seaworthy/lint/render"
)

// maxReleases is how many declared releases of one chart are rendered.
const maxReleases = 200

// The API groups of Argo CD and Flux whose objects say what is deployed.
const (
	argoGroup          = "argoproj.io"
	fluxHelmGroup      = "helm.toolkit.fluxcd.io"
	fluxKustomizeGroup = "kustomize.toolkit.fluxcd.io"
)

// deployers read the kinds that deploy a chart or a folder of a repository.
var deployers = map[string]func(*deployment){
	argoGroup + "/Application":            (*deployment).application,
	argoGroup + "/ApplicationSet":         (*deployment).applicationSet,
	fluxHelmGroup + "/HelmRelease":        (*deployment).helmRelease,
	fluxKustomizeGroup + "/Kustomization": (*deployment).fluxKustomization,
}

// declarations are what objects of Argo CD and Flux say of the tree.
type declarations struct {
	releases map[string][]render.Release // by the absolute folder of the chart
	// namespaces are where the objects of a folder go that name none, by the
	// absolute path of the folder; an empty one is that it is not said.
	namespaces map[string][]string
	entries    []*manifest.Document
}

// declared reads the manifests that deploy charts and folders.
func (w *walker) declared(named string, f *found) declarations {
	slices.Sort(f.charts)
	t := &gitTree{opts: w.opts, root: w.opts.render(named).Root, charts: outermost(f.charts)}
	var inputs []Input
	for _, input := range f.manifests {
		if input.Skipped == "" && !slices.ContainsFunc(t.charts, func(chart string) bool { return within(filepath.Join(chart, "templates"), input.Path) }) {
			inputs = append(inputs, input)
		}
	}
	// Its context never ends.
	objects, _ := par.Map(context.Background(), w.opts.Jobs, inputs, nil, deploymentsIn)
	d := declarations{releases: map[string][]render.Release{}, namespaces: map[string][]string{}}
	for _, object := range slices.Concat(objects...) {
		deployment := &deployment{object: object, tree: t, into: &d}
		deployers[object.Group()+"/"+object.Kind](deployment)
		deployment.report()
	}
	return d
}

// deploymentsIn are the objects of a file that deploy something. Nothing else
// in it is parsed.
func deploymentsIn(in Input) []*manifest.Object {
	info, err := os.Stat(in.Path)
	if err != nil || !info.Mode().IsRegular() || info.Size() > MaxFileSize {
		return nil
	}
	content, err := os.ReadFile(in.Path)
	if err != nil || !bytes.Contains(content, []byte(argoGroup+"/")) && !bytes.Contains(content, []byte(".toolkit.fluxcd.io/")) {
		return nil
	}
	reads := func(apiVersion, kind string) bool {
		return deployers[manifest.GroupOf(apiVersion)+"/"+kind] != nil
	}
	var objects []*manifest.Object
	for _, d := range manifest.Read(in.Name, content, reads) {
		if d.Status == manifest.Linted {
			objects = append(objects, d.Object)
		}
	}
	return objects
}

// namespace is where the objects of a folder go that name none; empty when
// nothing says so, or not everything the same.
func (d declarations) namespace(folder string) string {
	said := slices.Compact(slices.Sorted(slices.Values(d.namespaces[folder])))
	if len(said) != 1 || manifest.IsTemplate(said[0]) {
		return ""
	}
	return said[0]
}

// gitTree is the repository as far as it is in view.
type gitTree struct {
	opts   Options
	root   string
	charts []string
}

// path is the place in the repository that a path of a declaration means, and
// whether there is something.
func (t *gitTree) path(path string) (abs string, exists bool) {
	abs = filepath.Join(t.root, filepath.FromSlash(path))
	if !Within(t.root, abs) {
		return "", false
	}
	_, err := os.Stat(abs)
	return abs, err == nil
}

// deployment is one object that deploys things, while it is read.
type deployment struct {
	object *manifest.Object
	tree   *gitTree
	into   *declarations
	// What it says that cannot be judged: where the first of it stands, all of
	// it, and whether something of the repository itself is missing.
	at      *manifest.Node
	reasons []string
	missing bool
}

func (d *deployment) tell(at *manifest.Node, format string, args ...any) {
	if d.at == nil {
		d.at = at
	}
	d.reasons = append(d.reasons, fmt.Sprintf(format, args...))
}

// report makes one entry of what was told.
func (d *deployment) report() {
	if len(d.reasons) == 0 {
		return
	}
	at := d.at.Field()
	entry := &manifest.Document{File: at.File, Status: manifest.Excluded, Kind: d.object.Kind, Span: at, Reason: strings.Join(d.reasons, "; ")}
	if d.missing {
		entry.Status = manifest.TemplateNotRendered
	}
	d.into.entries = append(d.into.entries, entry)
}

// folder looks up a folder that the object deploys to a namespace; from names
// the repository that it is said to lie in, "" when that is not said. chart is
// empty for one that is not a chart in view.
func (d *deployment) folder(at *manifest.Node, from, namespace string) (chart string) {
	path := at.Str()
	abs, exists := d.tree.path(path)
	switch {
	case manifest.IsTemplate(path):
	case exists && slices.Contains(d.tree.charts, abs):
		return abs
	case exists:
		// Manifests and kustomizations are judged as they are.
		d.into.namespaces[abs] = append(d.into.namespaces[abs], namespace)
	case from == "":
		d.missing = true
		d.tell(at, "path %s is not in the tree, so what lies there is not judged", path)
	default:
		d.tell(at, "path %s of %s is not in the tree, so what lies there is not judged", path, from)
	}
	return ""
}

// remote says that a chart comes from elsewhere.
func (d *deployment) remote(at *manifest.Node, from string) {
	d.tell(at, "chart %s of %s is not in the tree, so what it renders to is not judged", at.Str(), from)
}

// release adds a release on top of what the flags say.
func (d *deployment) release(chart string, declared render.Release) {
	releases := d.into.releases[chart]
	if len(releases) >= maxReleases {
		d.tell(d.object.At("metadata", "name"), "the chart %s has more than %d releases, of which this is not judged", d.tree.opts.name(chart), maxReleases)
		return
	}
	r := d.tree.opts.Release
	if name := declared.Name; name != "" && !manifest.IsTemplate(name) {
		r.Name = name
	}
	if namespace := declared.Namespace; namespace != "" && !manifest.IsTemplate(namespace) {
		r.Namespace = namespace
	}
	r.ValuesFiles = slices.Concat(r.ValuesFiles, declared.ValuesFiles)
	r.Inline = declared.Inline
	r.Set = slices.Concat(r.Set, declared.Set)
	r.SetString = declared.SetString
	r.Via = []manifest.Origin{{Message: "deployed by " + d.object.Kind + " " + d.object.Name, Span: d.object.Anchor()}}
	d.into.releases[chart] = append(releases, r)
}

// valuesFiles are those of the paths that lie in the repository; resolve makes
// a path relative to it.
func (d *deployment) valuesFiles(paths *manifest.Node, optional bool, resolve func(path string) string) []string {
	var files []string
	for _, n := range paths.Items() {
		abs, exists := "", false
		if path := n.Str(); path != "" && !strings.Contains(path, "://") {
			abs, exists = d.tree.path(resolve(path))
		}
		switch {
		case exists:
			files = append(files, abs)
		case !optional:
			d.tell(n, "values file %s is not in the tree, so the chart is rendered without it", redacted(n.Str()))
		}
	}
	return files
}

// redacted is an address without what it may hold of credentials.
func redacted(address string) string {
	if u, err := url.Parse(address); err == nil && u.User != nil {
		u.User = nil
		return u.String()
	}
	return address
}
