package render

import (
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"sync"

	"sigs.k8s.io/kustomize/api/krusty"
	"sigs.k8s.io/kustomize/api/resmap"
	"sigs.k8s.io/kustomize/api/resource"
	"sigs.k8s.io/kustomize/api/types"
	"sigs.k8s.io/kustomize/kyaml/openapi"

	"github.com/seaworthy-lint/seaworthy/lint/manifest"
)

// Kustomizer builds kustomizations. What several of them share is read and
// parsed once. It may be used by several goroutines at once.
type Kustomizer struct {
	files *kustomizeFiles
}

// NewKustomizer returns a Kustomizer for the options.
func NewKustomizer(o Options) *Kustomizer { return &Kustomizer{files: newKustomizeFiles(o)} }

// Build builds the kustomization in an absolute folder: kustomize itself does
// that, without plugins and without fetching anything, and what comes out is
// led back to the files that went in.
func (k *Kustomizer) Build(dir string) Result {
	b := &kustomizeBuild{files: k.files}
	real, err := k.files.real(dir)
	if err != nil {
		source, _ := manifest.NewFile(k.files.name(filepath.Join(dir, "kustomization.yaml")), nil)
		return Result{Documents: []*manifest.Document{{File: source, Status: manifest.ParseError, Kind: types.KustomizationKind, Reason: err.Error()}}}
	}
	return b.build(real)
}

// kustomizeBuild is one build.
type kustomizeBuild struct {
	files *kustomizeFiles
	view  *kustomizeView
	tree  *kustomizeTree
}

func (b *kustomizeBuild) build(dir string) Result {
	b.tree = &kustomizeTree{files: b.files, seen: map[*kustomization]bool{}}
	b.view = &kustomizeView{files: b.files, replaced: map[string][]byte{}, rendered: map[string][]byte{}, read: map[string]*kustomizeFile{}}
	subjects := b.tree.visit(dir, nil, nil, nil)
	var docs []*manifest.Document
	if !b.tree.failed {
		docs = b.render(dir, subjects)
	}
	return Result{Documents: append(b.coverage(), docs...), Inputs: b.inputs()}
}

func (b *kustomizeBuild) coverage() []*manifest.Document {
	var docs []*manifest.Document
	for _, k := range b.tree.all {
		for _, d := range k.coverage {
			own := *d
			docs = append(docs, &own)
		}
	}
	return docs
}

// inputs are the files of the kustomizations and all that kustomize read, or
// would have read.
func (b *kustomizeBuild) inputs() []string {
	var paths []string
	for _, k := range b.tree.all {
		paths = append(paths, b.files.public(k.file.real))
		for _, e := range k.resources {
			if _, rendered := k.charts[e.path]; e.file != nil && !rendered {
				paths = append(paths, b.files.public(e.file.real))
			}
		}
		paths = append(paths, k.chartInputs...)
		for _, path := range k.spec.references() {
			if real, err := b.files.real(filepath.Join(k.dir, path)); err == nil && b.files.isFile(real) {
				paths = append(paths, b.files.public(real))
			}
		}
	}
	for real := range b.view.read {
		paths = append(paths, b.files.public(real))
	}
	slices.Sort(paths)
	return slices.Compact(paths)
}

func (b *kustomizeBuild) render(dir string, subjects []*kustomizeSubject) []*manifest.Document {
	b.view.trim = true
	for _, k := range b.tree.all {
		b.view.trim = b.view.trim && !k.touchesDefinitions()
		if k.replaced != nil {
			b.view.replaced[k.file.real] = k.replaced
		}
		for _, chart := range k.charts {
			b.view.rendered[chart.file.real] = chart.file.content
		}
	}
	resources, err := runKustomize(b.view, dir, b.ownSchema())
	if b.view.refused != nil {
		err = b.view.refused
	}
	if err != nil {
		return []*manifest.Document{b.failure(dir, err)}
	}
	index := indexSubjects(subjects)
	var docs []*manifest.Document
	for _, r := range resources.Resources() {
		docs = append(docs, b.document(dir, r, index))
	}
	return docs
}

// ownSchema tells whether a kustomization brings its own schema, which
// kustomize then uses in every later build as well.
func (b *kustomizeBuild) ownSchema() bool {
	return slices.ContainsFunc(b.tree.all, func(k *kustomization) bool { return len(k.spec.OpenAPI) > 0 })
}

// kustomizing lets one build run at a time: kustomize keeps its schemas in
// global variables.
var kustomizing sync.Mutex

func runKustomize(view *kustomizeView, dir string, ownSchema bool) (m resmap.ResMap, err error) {
	kustomizing.Lock()
	defer kustomizing.Unlock()
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("kustomize cannot build this: %v", p)
		}
		if ownSchema {
			openapi.ResetOpenAPI()
		}
	}()
	o := krusty.MakeDefaultOptions()
	o.LoadRestrictions = types.LoadRestrictionsNone
	return krusty.MakeKustomizer(o).Run(view, dir)
}

// failure says why kustomize cannot build, at the entry that its message
// names, else at the kustomization.
func (b *kustomizeBuild) failure(dir string, err error) *manifest.Document {
	root := b.files.kustomization(dir)
	reason := strings.TrimSpace(strings.ReplaceAll(err.Error(), b.files.root+string(filepath.Separator), ""))
	for _, k := range b.tree.all {
		reason = k.spec.withoutTexts(reason)
	}
	d := &manifest.Document{
		File: root.file.source, Status: manifest.ParseError, Kind: types.KustomizationKind,
		Reason: strings.Join(strings.Fields(reason), " "), Span: root.whole(),
	}
	if root.spec.Kind == types.ComponentKind {
		d.Status = manifest.TemplateNotRendered
		d.Reason = "a component cannot be built by itself: " + d.Reason
	}
	named := 0
	for _, k := range b.tree.all {
		for _, l := range k.layers {
			if l.named(err.Error()) && named == 0 {
				at := l.node.Anchor()
				named, d.File, d.Span = 1, at.File, at
			}
		}
		if n, length := mentioned(k.node, err.Error()); length > named {
			named, d.File, d.Span = length, k.file.source, n.Field()
		}
		for path, chart := range k.charts {
			if strings.Contains(err.Error(), path) {
				named, d.File, d.Span = len(err.Error()), k.file.source, k.place(chart.node, "helmCharts")
				d.Reason = strings.ReplaceAll(d.Reason, path, "chart "+chart.node.Str())
			}
		}
	}
	return d
}

// named tells whether a message names the object that a patch is for.
func (l *kustomizeLayer) named(message string) bool {
	t := l.target
	return t != nil && t.selector == nil && t.kind != "" && strings.Contains(message, t.kind+".") && strings.Contains(message, "/"+t.name+".")
}

// mentioned finds the path that a message names, the longest if several.
func mentioned(n *manifest.Node, message string) (found *manifest.Node, length int) {
	if n == nil {
		return nil, 0
	}
	path := strings.TrimPrefix(n.Str(), "./")
	if _, file, keyed := strings.Cut(path, "="); keyed {
		path = file
	}
	if len(path) > 3 && strings.ContainsAny(path, "./") && !strings.ContainsAny(path, " \n") && strings.Contains(message, path) {
		return n, len(path)
	}
	for _, kid := range n.Kids {
		if at, l := mentioned(kid, message); l > length {
			found, length = at, l
		}
	}
	return found, length
}

// document leads one resource back to where it comes from.
func (b *kustomizeBuild) document(dir string, r *resource.Resource, index *subjectIndex) *manifest.Document {
	gvk := r.GetGvk()
	s := index.take(gvk.Group, gvk.Kind, r.GetName())
	root := b.files.kustomization(dir)
	d := &manifest.Document{File: root.file.source, Kind: gvk.Kind, Span: root.whole()}
	if s != nil {
		d.File, d.Span = s.file, s.place()
	}
	if reads := b.files.options.Reads; reads != nil && !reads(r.GetApiVersion(), gvk.Kind) {
		d.Status, d.Reason = manifest.NoRulesForKind, "no selected rule reads this kind"
		return d
	}
	node, err := manifest.FromRendered(r.YNode(), d.Span)
	if err != nil {
		d.Status, d.Reason = manifest.ParseError, err.Error()
		return d
	}
	if s != nil {
		alignKustomized(node, s)
	}
	b.finish(d, node, s)
	return d
}

func (b *kustomizeBuild) finish(d *manifest.Document, node *manifest.Node, s *kustomizeSubject) {
	var duplicates []manifest.Duplicate
	if s != nil {
		duplicates = s.duplicates
	}
	object, problem := manifest.NewObject(node, duplicates)
	switch {
	case problem != nil:
		d.Status, d.Reason, d.Span = manifest.ParseError, problem.Reason, problem.Span
	case object == nil:
		d.Status, d.Reason = manifest.NotKubernetes, "no apiVersion and kind"
	default:
		d.Status, d.Object = manifest.Linted, object
		if s != nil {
			object.Via = s.via
		}
		if len(object.Problems) > 0 {
			d.Status, d.Reason, d.Span = manifest.ParseError, object.Problems[0].Reason, object.Problems[0].Span
		}
	}
}

// place is where the object begins.
func (s *kustomizeSubject) place() manifest.Span {
	if s.generator != nil {
		return s.generator.Anchor()
	}
	if s.root == nil {
		return s.span
	}
	return s.root.Anchor()
}

// touchesDefinitions tells whether something in the kustomization may read or
// change the schema of a resource definition.
func (k *kustomization) touchesDefinitions() bool {
	if len(k.spec.Transformers)+len(k.spec.Validators)+len(k.spec.Vars) > 0 {
		return true
	}
	definition := &kustomizeSubject{kind: definitionKind, group: "apiextensions.k8s.io", version: "v1"}
	for _, l := range k.layers {
		switch {
		case l.kind == replacementLayer && (l.target.selector == nil || l.target.selector.MatchGvk(definition.gvk())),
			l.kind == writtenLayer && l.target != nil && l.target.selector == nil && l.target.kind == definitionKind,
			l.kind == writtenLayer && l.target != nil && l.target.selector != nil && l.target.selector.MatchGvk(definition.gvk()):
			return true
		}
	}
	return slices.ContainsFunc(k.field("replacements").Items(), func(n *manifest.Node) bool {
		source := foldedField(n, "source")
		return source == nil || foldedField(source, "kind").Str() == definitionKind || foldedField(source, "kind") == nil
	})
}
