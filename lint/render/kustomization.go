package render

import (
	"errors"
	"fmt"
	"net/url"
	"path/filepath"
	"strings"

	"sigs.k8s.io/kustomize/api/konfig"
	"sigs.k8s.io/kustomize/api/resource"
	"sigs.k8s.io/kustomize/api/types"
	"sigs.k8s.io/yaml"

	"github.com/seaworthy-lint/seaworthy/lint/manifest"
)

// kustomization is one kustomization file, with what is never rendered taken
// out of it.
type kustomization struct {
	dir  string
	file *kustomizeFile
	// node is the file as it stands, spec what kustomize is given of it.
	node *manifest.Node
	spec kustomizationSpec
	// replaced is the text that kustomize is given, where it differs.
	replaced []byte
	// resources, bases among them, and components lead to files and folders.
	resources, components []kustomizeEntry
	// charts are the rendered charts, by the resource that kustomize is given
	// of each; chartInputs are the files that went into them.
	charts      map[string]kustomizeEntry
	chartInputs []string
	// coverage says what of it is not rendered; broken tells that nothing is.
	coverage []*manifest.Document
	broken   bool

	layers []*kustomizeLayer
}

// kustomizeEntry is one path in a kustomization.
type kustomizeEntry struct {
	node *manifest.Node
	path string
	// dir is the folder that it leads to, else file the file.
	dir  string
	file *kustomizeFile
}

const (
	remoteBase     = "remote-base-not-fetched: "
	functionNotRun = "function-not-run: "
	chartNotBuilt  = "chart-not-inflated: "
)

// kustomization reads the kustomization of a folder, once.
func (d *kustomizeFiles) kustomization(dir string) *kustomization {
	d.lock.Lock()
	k := d.kusts[dir]
	d.lock.Unlock()
	if k != nil {
		return k
	}
	k = &kustomization{dir: dir}
	if err := k.load(d); err != nil {
		k.fail(k.whole(), err.Error())
	}
	if !k.broken {
		k.cut(d)
		k.resolve(d)
	}
	if !k.broken {
		k.makeLayers(d)
	}
	d.lock.Lock()
	defer d.lock.Unlock()
	d.kusts[dir] = k
	return k
}

func (k *kustomization) load(d *kustomizeFiles) error {
	for _, name := range konfig.RecognizedKustomizationFileNames() {
		f := d.read(filepath.Join(k.dir, name))
		if f.err != nil {
			continue
		}
		if k.file != nil {
			return fmt.Errorf("the folder holds both %s and %s", filepath.Base(k.file.real), name)
		}
		k.file = f
	}
	switch {
	case k.file == nil:
		real := filepath.Join(k.dir, konfig.DefaultKustomizationFileName())
		source, _ := manifest.NewFile(d.name(real), nil)
		k.file = &kustomizeFile{real: real, source: source}
		return errors.New("the folder holds no kustomization")
	case k.file.text != nil:
		return k.file.text
	case k.file.unsafe != nil:
		return k.file.unsafe
	}
	return k.parse()
}

func (k *kustomization) parse() error {
	spans := manifest.Documents(k.file.source)
	if len(spans) == 0 {
		return errors.New("the kustomization is empty")
	}
	tree, err := manifest.Parse(spans[0])
	if err != nil {
		span := k.whole()
		if syntax, ok := errors.AsType[*manifest.SyntaxError](err); ok {
			span = syntax.Span
		}
		k.fail(span, err.Error())
		return nil
	}
	k.node = tree.Root
	if err := k.spec.Unmarshal(k.file.content); err != nil {
		return errors.New(strings.ReplaceAll(err.Error(), "\n", " "))
	}
	return nil
}

// whole is the place of what concerns the kustomization as a whole.
func (k *kustomization) whole() manifest.Span {
	if k.node != nil {
		return k.node.Anchor()
	}
	return manifest.Span{File: k.file.source}
}

// fail says why nothing can be rendered.
func (k *kustomization) fail(at manifest.Span, reason string) {
	k.broken = true
	k.note(at, manifest.ParseError, reason)
}

func (k *kustomization) note(at manifest.Span, status manifest.Status, reason string) {
	k.coverage = append(k.coverage, &manifest.Document{
		File: k.file.source, Status: status, Kind: types.KustomizationKind, Reason: reason, Span: at,
	})
}

// field is a field of the kustomization. Kustomize does not mind the case of
// keys.
func (k *kustomization) field(name string) *manifest.Node { return foldedField(k.node, name) }

func foldedField(n *manifest.Node, name string) *manifest.Node {
	if exact := n.At(name); exact != nil {
		return exact
	}
	for _, kid := range n.Fields() {
		if strings.EqualFold(kid.Key, name) {
			return kid
		}
	}
	return nil
}

// item is the node of item i of a list, nil where the list as it stands is
// not the one that kustomize reads.
func (k *kustomization) item(name string, i int) *manifest.Node {
	if items := k.field(name).Items(); i < len(items) {
		return items[i]
	}
	return nil
}

// place is where an entry stands.
func (k *kustomization) place(n *manifest.Node, name string) manifest.Span {
	switch {
	case n != nil:
		return n.Field()
	case k.field(name) != nil:
		return k.field(name).Field()
	}
	return k.whole()
}

// isURL tells what kustomize would fetch instead of reading it.
func isURL(path string) bool {
	u, err := url.Parse(path)
	return err == nil && (u.Scheme == "http" || u.Scheme == "https")
}

// isRepository tells what kustomize would clone: asked of kustomize itself,
// which tells it by the origin that it would write down.
func isRepository(path string) (remote bool) {
	if strings.Contains(path, "://") || strings.HasPrefix(strings.ToLower(path), "git::") {
		return true
	}
	defer func() {
		if recover() != nil { // the path was taken for a repository, and taken apart
			remote = true
		}
	}()
	return (&resource.Origin{}).Append(path).Repo != ""
}

func isRemote(path string) bool { return isURL(path) || isRepository(path) }

// resolve finds what the entries lead to.
func (k *kustomization) resolve(d *kustomizeFiles) {
	k.resources = k.entries(d, "resources", k.spec.Resources, "bases", k.spec.Bases)
	k.components = k.entries(d, "components", k.spec.Components, "", nil)
	k.spec.FixKustomization()
}

func (k *kustomization) entries(d *kustomizeFiles, name string, paths []string, also string, more []string) []kustomizeEntry {
	var out []kustomizeEntry
	for i, path := range append(paths[:len(paths):len(paths)], more...) {
		list := name
		if i >= len(paths) {
			list = also
		}
		if chart, ok := k.charts[path]; ok {
			out = append(out, chart)
			continue
		}
		e := kustomizeEntry{path: path, node: k.entryNode(list, path)}
		abs := path
		if !filepath.IsAbs(path) {
			abs = filepath.Join(k.dir, path)
		}
		real, err := d.real(abs)
		switch {
		case path == "" || err != nil:
			if err == nil {
				err = errNoFile
			}
			k.fail(k.place(e.node, list), fmt.Sprintf("%q: %s", path, err))
			continue
		case d.isDir(real):
			e.dir = real
		default:
			e.file = d.read(real)
			if e.file.err != nil {
				k.fail(k.place(e.node, list), fmt.Sprintf("%q: %s", path, e.file.err))
				continue
			}
		}
		out = append(out, e)
	}
	return out
}

// entryNode is the item of a list that holds the path.
func (k *kustomization) entryNode(list, path string) *manifest.Node {
	for _, item := range k.field(list).Items() {
		if item.Str() == path {
			return item
		}
	}
	return nil
}

// rewrite gives kustomize the kustomization as it is after the cuts.
func (k *kustomization) rewrite() error {
	if k.spec.MetaData == nil { // kustomize refuses one that is empty
		k.spec.MetaData = &types.ObjectMeta{Name: "rest"}
	}
	text, err := yaml.Marshal(k.spec.Kustomization)
	k.replaced = text
	return err
}
