package render

import (
	"fmt"
	"path/filepath"
	"slices"
	"strings"

	"sigs.k8s.io/kustomize/api/types"
	"sigs.k8s.io/kustomize/kyaml/resid"

	"github.com/seaworthy-lint/seaworthy/lint/manifest"
)

// layerKind tells how a layer sets values.
type layerKind uint8

const (
	writtenLayer layerKind = iota // its nodes hold the values
	namespaceLayer
	nameLayer // a prefix or suffix
	labelLayer
	annotationLayer
	replicasLayer
	imageLayer
	replacementLayer
	dataLayer // an entry of a generator
	varLayer
)

// kustomizeLayer is one thing in a kustomization that sets values, in the
// order in which kustomize applies them.
type kustomizeLayer struct {
	kind layerKind
	// node is what the user wrote: the patch, the value of an operation, the
	// entry of a transformer.
	node *manifest.Node
	// rest is where in an object node stands, from its root.
	rest []string
	// whole tells that what was there before is gone; near that the value does
	// not stand at the node.
	whole, near bool
	target      *kustomizeTarget
	image       types.Image
	// env are the files of a generator that set a key on each line.
	env []*manifest.File
}

// kustomizeTarget selects the objects that a layer applies to.
type kustomizeTarget struct {
	selector          *types.SelectorRegex
	group, kind, name string
}

// matches tells whether the target may be the subject. Label selectors and
// namespaces are not looked at: values decide in the end.
func (t *kustomizeTarget) matches(s *kustomizeSubject) bool {
	if t == nil {
		return true
	}
	if t.selector == nil {
		return (t.kind == "" || t.kind == s.kind && t.group == s.group) && s.isNamed(func(name string) bool { return name == t.name })
	}
	return t.selector.MatchGvk(s.gvk()) && s.isNamed(t.selector.MatchName)
}

func (k *kustomization) add(l *kustomizeLayer) {
	if l.node != nil {
		k.layers = append(k.layers, l)
	}
}

// makeLayers lists the layers in kustomize's order.
func (k *kustomization) makeLayers(d *kustomizeFiles) {
	for _, p := range k.spec.PatchesStrategicMerge {
		roots := k.inline(k.entryNode("patchesStrategicMerge", string(p)), string(p))
		if len(roots) == 0 || roots[0].Kind != manifest.Map {
			roots = d.roots(k.dir, string(p))
		}
		k.merges(roots, nil)
	}
	for _, p := range k.spec.Patches {
		k.patch(d, k.patchNode("patches", p), p)
	}
	k.add(&kustomizeLayer{kind: namespaceLayer, node: k.field("namespace")})
	k.add(&kustomizeLayer{kind: nameLayer, node: k.field("namePrefix")})
	k.add(&kustomizeLayer{kind: nameLayer, node: k.field("nameSuffix")})
	for _, item := range k.field("labels").Items() {
		k.add(&kustomizeLayer{kind: labelLayer, node: foldedField(item, "pairs")})
	}
	k.add(&kustomizeLayer{kind: labelLayer, node: k.field("commonLabels")})
	k.add(&kustomizeLayer{kind: annotationLayer, node: k.field("commonAnnotations")})
	for _, p := range k.spec.PatchesJson6902 {
		k.patch(d, k.patchNode("patchesJson6902", p), p)
	}
	for _, item := range k.field("replicas").Items() {
		k.replicas(item)
	}
	for _, item := range slices.Concat(k.field("images").Items(), k.field("imageTags").Items()) {
		k.image(item)
	}
	for _, item := range k.field("replacements").Items() {
		k.replacement(d, item)
	}
	for _, entry := range k.spec.Transformers {
		k.transformers(d, k.entryNode("transformers", entry), entry)
	}
	for _, item := range k.field("vars").Items() {
		k.add(&kustomizeLayer{kind: varLayer, node: foldedField(item, "name")})
	}
}

// roots are the documents of a file beside the kustomization.
func (d *kustomizeFiles) roots(dir, path string) []*manifest.Node {
	if !filepath.IsAbs(path) {
		path = filepath.Join(dir, path)
	}
	var out []*manifest.Node
	for _, doc := range d.documents(d.read(path)) {
		out = append(out, doc.root)
	}
	return out
}

// patchNode is the entry of a list that says what p says.
func (k *kustomization) patchNode(list string, p types.Patch) *manifest.Node {
	for _, item := range k.field(list).Items() {
		if foldedField(item, "path").Str() != p.Path || foldedField(item, "patch").Str() != p.Patch {
			continue
		}
		if p.Target == nil || foldedField(foldedField(item, "target"), "name").Str() == p.Target.Name {
			return item
		}
	}
	return nil
}

// maxCopies is how many copy operations a patch may have: each can double the
// object.
const maxCopies = 20

// patch adds the layers of an entry of patches, of either sort.
func (k *kustomization) patch(d *kustomizeFiles, n *manifest.Node, p types.Patch) {
	roots := k.inline(foldedField(n, "patch"), p.Patch)
	if p.Patch == "" {
		roots = d.roots(k.dir, p.Path)
	}
	var target *kustomizeTarget
	if p.Target != nil {
		selector, err := types.NewSelectorRegex(p.Target)
		if err != nil {
			k.fail(k.place(foldedField(n, "target"), "patches"), fmt.Sprintf("target: %s", err))
			return
		}
		target = &kustomizeTarget{selector: selector}
	}
	copies := 0
	for _, root := range roots {
		if root.Kind != manifest.List {
			continue
		}
		for _, op := range root.Items() {
			if op.At("op").Str() == "copy" {
				copies++
			}
			k.operation(op, target)
		}
	}
	if copies > maxCopies {
		k.fail(k.place(n, "patches"), fmt.Sprintf("a patch with more than %d copy operations", maxCopies))
	}
	k.merges(roots, target)
}

// merges adds strategic merge patches, each of which names its target unless
// the entry does.
func (k *kustomization) merges(roots []*manifest.Node, target *kustomizeTarget) {
	for _, root := range roots {
		if root.Kind != manifest.Map {
			continue
		}
		t := target
		if t == nil {
			t = &kustomizeTarget{
				group: manifest.GroupOf(root.At("apiVersion").Str()),
				kind:  root.At("kind").Str(),
				name:  root.At("metadata", "name").Str(),
			}
		}
		k.add(&kustomizeLayer{node: root, target: t})
	}
}

func (k *kustomization) operation(op *manifest.Node, target *kustomizeTarget) {
	l := &kustomizeLayer{rest: pointer(op.At("path").Str()), target: target, whole: true}
	switch op.At("op").Str() {
	case "add", "replace":
		l.node = op.At("value")
	case "copy", "move":
		l.node, l.near = op.At("path"), true
	}
	k.add(l)
}

// pointer takes a JSON pointer apart.
func pointer(path string) []string {
	if !strings.HasPrefix(path, "/") {
		return nil
	}
	steps := strings.Split(path[1:], "/")
	for i, step := range steps {
		steps[i] = strings.ReplaceAll(strings.ReplaceAll(step, "~1", "/"), "~0", "~")
	}
	return steps
}

func (k *kustomization) replicas(item *manifest.Node) {
	k.add(&kustomizeLayer{
		kind: replicasLayer, node: foldedField(item, "count"),
		target: &kustomizeTarget{name: foldedField(item, "name").Str()},
	})
}

func (k *kustomization) image(item *manifest.Node) {
	k.add(&kustomizeLayer{kind: imageLayer, node: item, image: types.Image{
		Name:      foldedField(item, "name").Str(),
		NewName:   foldedField(item, "newName").Str(),
		NewTag:    foldedField(item, "newTag").Str(),
		TagSuffix: foldedField(item, "tagSuffix").Str(),
		Digest:    foldedField(item, "digest").Str(),
	}})
}

// replacement adds a layer for each field that a replacement writes to.
func (k *kustomization) replacement(d *kustomizeFiles, item *manifest.Node) {
	items := []*manifest.Node{item}
	if path := foldedField(item, "path").Str(); path != "" {
		items = nil
		for _, root := range d.roots(k.dir, path) {
			items = append(items, root)
			items = append(items, root.Items()...)
		}
	}
	for _, item := range items {
		for _, target := range foldedField(item, "targets").Items() {
			selected := foldedField(target, "select")
			fields := foldedField(target, "fieldPaths").Items()
			for _, field := range fields {
				k.add(&kustomizeLayer{
					kind: replacementLayer, node: field, rest: fieldSteps(field.Str()),
					target: looseTarget(foldedField(selected, "kind").Str(), foldedField(selected, "name").Str()),
				})
			}
		}
	}
}

// looseTarget selects by kind and name, where they are given.
func looseTarget(kind, name string) *kustomizeTarget {
	selector, err := types.NewSelectorRegex(&types.Selector{ResId: resid.ResId{Gvk: resid.Gvk{Kind: kind}, Name: name}})
	if err != nil {
		return &kustomizeTarget{kind: kind, name: name}
	}
	return &kustomizeTarget{selector: selector}
}

// fieldSteps takes a field path of a replacement apart: dots separate, except
// in brackets and after a backslash.
func fieldSteps(path string) []string {
	var steps []string
	var step strings.Builder
	depth := 0
	for i := 0; i < len(path); i++ {
		switch c := path[i]; {
		case c == '\\' && i+1 < len(path):
			i++
			step.WriteByte(path[i])
		case c == '.' && depth == 0:
			steps = append(steps, step.String())
			step.Reset()
		default:
			if c == '[' {
				depth++
			}
			if c == ']' {
				depth--
			}
			step.WriteByte(c)
		}
	}
	return append(steps, step.String())
}

// transformers adds the layers of kustomize's own transformers, configured in
// files of their own.
func (k *kustomization) transformers(d *kustomizeFiles, n *manifest.Node, entry string) {
	roots := k.inline(n, entry)
	if len(roots) == 0 || roots[0].Kind != manifest.Map {
		roots = d.roots(k.dir, entry)
	}
	for _, o := range roots {
		switch o.At("kind").Str() {
		case "PatchTransformer", "PatchJson6902Transformer":
			p := types.Patch{Path: o.At("path").Str(), Patch: o.At("patch").Str() + o.At("jsonOp").Str()}
			target := o.At("target")
			if target != nil {
				p.Target = &types.Selector{ResId: resid.ResId{
					Gvk: resid.Gvk{Kind: target.At("kind").Str()}, Name: target.At("name").Str(),
				}}
			}
			k.patch(d, o, p)
		case "PatchStrategicMergeTransformer":
			for _, path := range o.At("paths").Items() {
				k.merges(d.roots(k.dir, path.Str()), nil)
			}
		case "NamespaceTransformer":
			k.add(&kustomizeLayer{kind: namespaceLayer, node: o.At("metadata", "namespace")})
		case "PrefixTransformer":
			k.add(&kustomizeLayer{kind: nameLayer, node: o.At("prefix")})
		case "SuffixTransformer":
			k.add(&kustomizeLayer{kind: nameLayer, node: o.At("suffix")})
		case "LabelTransformer":
			k.add(&kustomizeLayer{kind: labelLayer, node: o.At("labels")})
		case "AnnotationsTransformer":
			k.add(&kustomizeLayer{kind: annotationLayer, node: o.At("annotations")})
		case "ReplicaCountTransformer":
			k.replicas(o.At("replica"))
		case "ImageTagTransformer":
			k.image(o.At("imageTag"))
		case "ReplacementTransformer":
			for _, item := range o.At("replacements").Items() {
				k.replacement(d, item)
			}
		}
	}
}
