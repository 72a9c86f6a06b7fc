package render

import (
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"strings"

	"sigs.k8s.io/kustomize/kyaml/resid"

	"github.com/seaworthy-lint/seaworthy/lint/manifest"
)

// kustomizeSubject is an object on its way through kustomizations.
type kustomizeSubject struct {
	kustomizeDocument
	file *manifest.File
	// generator is the entry that makes the object, where no file holds it.
	generator            *manifest.Node
	group, version, kind string
	// names are what it was called on its way, the last one in force.
	names  []string
	layers []*kustomizeLayer
	via    []manifest.Origin
	taken  bool
}

func (s *kustomizeSubject) name() string { return s.names[len(s.names)-1] }

func (s *kustomizeSubject) isNamed(match func(string) bool) bool {
	return slices.ContainsFunc(s.names, match)
}

func (s *kustomizeSubject) gvk() resid.Gvk {
	return resid.Gvk{Group: s.group, Version: s.version, Kind: s.kind}
}

// Limits of a tree of kustomizations. Kustomize takes the square of the number
// of objects and more: ten seconds for 2,000 of them, more than a minute for
// 4,000.
const (
	maxKustomizeDepth  = 100
	maxKustomizeVisits = 5000
	maxSubjects        = 3000
	// maxKustomizeWork is how many pairs of an object and something that may
	// change it there are.
	maxKustomizeWork = 2_000_000
)

// kustomizeTree walks a kustomization and all that it builds on, in the order
// in which kustomize accumulates objects.
type kustomizeTree struct {
	files    *kustomizeFiles
	all      []*kustomization
	seen     map[*kustomization]bool
	visits   int
	subjects int
	work     int
	failed   bool
}

var (
	errCycle   = errors.New("builds on itself")
	errTooLong = fmt.Errorf("builds more than %d objects, or changes them too often", maxSubjects)
)

// visit gives the objects of a kustomization. A component gets those that it
// works on, and adds to them.
func (t *kustomizeTree) visit(dir string, stack []string, component []*kustomizeSubject, via []manifest.Origin) []*kustomizeSubject {
	k := t.files.kustomization(dir)
	if !t.seen[k] {
		t.seen[k] = true
		t.all = append(t.all, k)
	}
	if t.visits++; k.broken {
		t.failed = true
		return nil
	}
	stack = append(stack[:len(stack):len(stack)], dir)
	subjects := component
	for _, e := range k.resources {
		from := append([]manifest.Origin{{Message: "through this kustomization", Span: k.place(e.node, "resources")}}, via...)
		if e.file != nil {
			subjects = append(subjects, t.ofFile(e.file, from)...)
		} else if t.enter(k, e, "resources", stack) {
			subjects = append(subjects, t.visit(e.dir, stack, nil, from)...)
		}
	}
	subjects = k.generate(t.files, subjects, via)
	for _, e := range k.components {
		if t.enter(k, e, "components", stack) {
			from := append([]manifest.Origin{{Message: "through this kustomization", Span: k.place(e.node, "components")}}, via...)
			subjects = t.visit(e.dir, stack, subjects, from)
		}
	}
	if t.work += len(k.layers) * len(subjects); t.work > maxKustomizeWork || t.subjects > maxSubjects {
		t.refuse(k, k.whole(), errTooLong.Error())
		return nil
	}
	for _, s := range subjects {
		s.pass(k)
	}
	return subjects
}

// refuse says once why nothing is built.
func (t *kustomizeTree) refuse(k *kustomization, at manifest.Span, reason string) {
	if t.failed {
		return
	}
	t.failed = true
	refused := &kustomization{file: k.file}
	refused.fail(at, reason)
	t.all = append(t.all, refused)
}

// enter tells whether a folder can be built on: kustomize refuses one that is
// being built, and one that holds such a folder.
func (t *kustomizeTree) enter(k *kustomization, e kustomizeEntry, list string, stack []string) bool {
	var err error
	switch {
	case len(stack) > maxKustomizeDepth:
		err = fmt.Errorf("kustomizations nest more than %d levels deep", maxKustomizeDepth)
	case t.visits >= maxKustomizeVisits, t.subjects > maxSubjects:
		err = errTooLong
	case slices.ContainsFunc(stack, func(dir string) bool { return dir == e.dir || strings.HasPrefix(dir, e.dir+"/") }):
		err = errCycle
	}
	if err != nil {
		t.refuse(k, k.place(e.node, list), fmt.Sprintf("%q: %s", e.path, err))
	}
	return err == nil
}

func (t *kustomizeTree) ofFile(f *kustomizeFile, via []manifest.Origin) []*kustomizeSubject {
	var out []*kustomizeSubject
	for _, doc := range t.files.documents(f) {
		t.subjects++
		s := &kustomizeSubject{kustomizeDocument: doc, file: f.source, via: slices.Concat(doc.via, via)}
		if doc.span.File != nil { // a template of a chart, or the file itself
			s.file = doc.span.File
		}
		s.identify(doc.root.At("apiVersion").Str(), doc.root.At("kind").Str(), doc.root.At("metadata", "name").Str())
		if doc.root == nil {
			s.identify("apiextensions.k8s.io/v1", definitionKind, "")
		}
		out = append(out, s)
	}
	return out
}

func (s *kustomizeSubject) identify(apiVersion, kind, name string) {
	s.group, s.kind = manifest.GroupOf(apiVersion), kind
	s.version = apiVersion[strings.LastIndexByte(apiVersion, '/')+1:]
	s.names = []string{name}
}

// generate adds what the generators make, or lets them change what is there.
func (k *kustomization) generate(d *kustomizeFiles, subjects []*kustomizeSubject, via []manifest.Origin) []*kustomizeSubject {
	for _, g := range [...]struct{ list, kind string }{{"configMapGenerator", "ConfigMap"}, {"secretGenerator", "Secret"}} {
		for _, entry := range k.field(g.list).Items() {
			s := &kustomizeSubject{file: k.file.source, generator: entry, via: via}
			s.identify("v1", g.kind, foldedField(entry, "name").Str())
			if behavior := foldedField(entry, "behavior").Str(); behavior == "merge" || behavior == "replace" {
				if i := slices.IndexFunc(subjects, s.isSame); i >= 0 {
					s = subjects[i]
				} else {
					continue
				}
			} else {
				subjects = append(subjects, s)
			}
			s.layers = append(s.layers, k.dataLayers(d, entry)...)
		}
	}
	return subjects
}

func (s *kustomizeSubject) isSame(other *kustomizeSubject) bool {
	return other.kind == s.kind && other.isNamed(func(name string) bool { return name == s.names[0] })
}

// dataLayers are what an entry of a generator sets.
func (k *kustomization) dataLayers(d *kustomizeFiles, entry *manifest.Node) []*kustomizeLayer {
	data := &kustomizeLayer{kind: dataLayer, node: entry}
	for _, path := range append(slices.Clone(foldedField(entry, "envs").Items()), foldedField(entry, "env")) {
		if f := d.read(filepath.Join(k.dir, path.Str())); path.Str() != "" && f.err == nil && f.text == nil {
			data.env = append(data.env, f.source)
		}
	}
	layers := []*kustomizeLayer{data}
	set := func(n *manifest.Node, rest ...string) {
		if n != nil {
			layers = append(layers, &kustomizeLayer{node: n, rest: rest})
		}
	}
	for _, options := range []*manifest.Node{k.field("generatorOptions"), foldedField(entry, "options")} {
		set(foldedField(options, "labels"), "metadata", "labels")
		set(foldedField(options, "annotations"), "metadata", "annotations")
		set(foldedField(options, "immutable"), "immutable")
	}
	set(foldedField(entry, "type"), "type")
	set(foldedField(entry, "name"), "metadata", "name")
	set(foldedField(entry, "namespace"), "metadata", "namespace")
	return layers
}

// pass takes the object through a kustomization.
func (s *kustomizeSubject) pass(k *kustomization) {
	for _, l := range k.layers {
		if l.target.matches(s) {
			s.layers = append(s.layers, l)
		}
	}
	name := s.name()
	if !s.keepsName() {
		name = k.spec.NamePrefix + name + k.spec.NameSuffix
	}
	if name != s.name() {
		s.names = append(s.names, name)
	}
}

// keepsName tells what kustomize gives no prefix or suffix.
func (s *kustomizeSubject) keepsName() bool {
	return s.kind == definitionKind || s.kind == "Namespace" || s.kind == "APIService" && s.group == "apiregistration.k8s.io"
}

// subjectIndex finds the subject that a rendered object was made of.
type subjectIndex struct {
	byKind map[string][]*kustomizeSubject
	byName map[string][]*kustomizeSubject
}

func indexSubjects(subjects []*kustomizeSubject) *subjectIndex {
	x := &subjectIndex{byKind: map[string][]*kustomizeSubject{}, byName: map[string][]*kustomizeSubject{}}
	for _, s := range subjects {
		kind := s.group + "/" + s.kind
		x.byKind[kind] = append(x.byKind[kind], s)
		x.byName[kind+"/"+s.name()] = append(x.byName[kind+"/"+s.name()], s)
	}
	return x
}

// take finds the first subject that is not taken yet: of the expected name,
// else of that name with a hash, else of a name that is part of it.
func (x *subjectIndex) take(group, kind, name string) *kustomizeSubject {
	unhashed := name
	if i := strings.LastIndexByte(name, '-'); i > 0 {
		unhashed = name[:i]
	}
	kind = group + "/" + kind
	for _, candidates := range [][]*kustomizeSubject{x.byName[kind+"/"+name], x.byName[kind+"/"+unhashed]} {
		for _, s := range candidates {
			if !s.taken {
				s.taken = true
				return s
			}
		}
	}
	var best *kustomizeSubject
	for _, s := range x.byKind[kind] {
		if !s.taken && strings.Contains(name, s.names[0]) && (best == nil || len(s.names[0]) > len(best.names[0])) {
			best = s
		}
	}
	if best != nil {
		best.taken = true
	}
	return best
}
