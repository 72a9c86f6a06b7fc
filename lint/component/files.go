package component

import (
	"path"
	"slices"
	"strings"

	"github.com/seaworthy-lint/seaworthy/lint/manifest"
)

// FileIn is the file that a flag of a component names, when it is in view:
// mounted from a ConfigMap or Secret of the set, written by Cluster API's
// files, or a file of the tree of that name. kinds, as group/Kind, are those
// that it may hold; none means any. It is nil when the file is not in view, or
// when several files could be meant.
func FileIn(set *manifest.Set, c *Component, name string, kinds ...string) *File {
	return manifest.Derived(set, newIndex).fileIn(set, c, name, kinds)
}

func (x *index) fileIn(set *manifest.Set, c *Component, name string, kinds []string) *File {
	if name == "" || isVariable(name) {
		return nil
	}
	name = path.Clean(name)
	if c.Container != nil {
		mounted, host := x.mounted(set, c, name)
		if mounted != nil {
			return mounted.holding(kinds)
		}
		if host == "" {
			return nil
		}
		name = host
	}
	if n := len(c.missing.Keys); n > 0 && c.Source == Kubeadm {
		volumes := c.missing.Under.At(append(slices.Clone(c.missing.Keys[:n-1]), "extraVolumes")...)
		for _, volume := range volumes.Items() {
			if rest, ok := below(volume.At("mountPath").Str(), name); ok {
				name = path.Join(volume.At("hostPath").Str(), rest)
				break
			}
		}
	}
	for _, f := range x.carried[c.Object] {
		if f.Name == name {
			return f.holding(kinds)
		}
	}
	return x.inTree(name, kinds)
}

// mounted is the file of a ConfigMap or Secret that a container sees at a
// path, or else the path on the node that is mounted there; both are zero when
// what is mounted is not in view. What nothing is mounted at counts as a path
// on the node.
func (x *index) mounted(set *manifest.Set, c *Component, name string) (file *File, host string) {
	var at *manifest.Node
	longest, rest := -1, ""
	for _, mount := range c.Container.At("volumeMounts").Items() {
		where := mount.At("mountPath").Str()
		if inside, ok := below(where, name); ok && len(where) > longest {
			at, longest, rest = mount, len(where), inside
		}
	}
	if at == nil {
		return nil, name
	}
	rest = path.Join(at.At("subPath").Str(), rest)
	for _, volume := range c.Container.Pod.Volumes() {
		if volume.At("name").Str() != at.At("name").Str() {
			continue
		}
		if hostPath := volume.At("hostPath", "path").Str(); hostPath != "" {
			return nil, path.Join(hostPath, rest)
		}
		if from := volume.At("configMap"); from.IsSet() {
			return x.keyOf(set, "ConfigMap", from.At("name").Str(), from, c.Object.Namespace, rest), ""
		}
		if from := volume.At("secret"); from.IsSet() {
			return x.keyOf(set, "Secret", from.At("secretName").Str(), from, c.Object.Namespace, rest), ""
		}
	}
	return nil, ""
}

// keyOf is the file that a key of a ConfigMap or Secret is mounted as.
func (x *index) keyOf(set *manifest.Set, kind, name string, volume *manifest.Node, namespace, file string) *File {
	key := file
	for _, item := range volume.At("items").Items() {
		if item.At("path").Str() == file {
			key = item.At("key").Str()
		}
	}
	for _, o := range set.Named("", kind, name) {
		if o.Namespace != namespace {
			continue
		}
		for _, f := range x.carried[o] {
			if f.Name == key {
				return f
			}
		}
	}
	return nil
}

// below is the rest of a path that is a folder or lies in it.
func below(folder, name string) (rest string, ok bool) {
	if folder == "" {
		return "", false
	}
	folder = path.Clean(folder)
	if folder == name {
		return "", true
	}
	return strings.CutPrefix(name, strings.TrimSuffix(folder, "/")+"/")
}

// holding is the file when it holds a document of one of the kinds.
func (f *File) holding(kinds []string) *File {
	if len(kinds) == 0 || slices.ContainsFunc(f.Documents, func(o *manifest.Object) bool {
		return slices.Contains(kinds, o.Group()+"/"+o.Kind)
	}) {
		return f
	}
	return nil
}

// inTree is the file of the tree of a name that agrees with the path in most of
// its folders; nil when two agree alike.
func (x *index) inTree(name string, kinds []string) *File {
	var best *File
	most, alike := -1, false
	for _, f := range x.tree[path.Base(name)] {
		if f.holding(kinds) == nil {
			continue
		}
		switch n := commonTail(f.Name, name); {
		case n > most:
			best, most, alike = f, n, false
		case n == most:
			alike = true
		}
	}
	if alike {
		return nil
	}
	return best
}

// commonTail is how many of the last parts of two paths are the same.
func commonTail(a, b string) int {
	n := 0
	for a != "" && b != "" && path.Base(a) == path.Base(b) && n < 32 {
		a, b = strings.TrimSuffix(path.Dir(a), "/"), strings.TrimSuffix(path.Dir(b), "/")
		n++
		if a == "." || b == "." {
			break
		}
	}
	return n
}

// treeFiles are the files of a set by their base names, with their documents.
func treeFiles(set *manifest.Set) map[string][]*File {
	files := map[string][]*File{}
	byFile := map[*manifest.File]*File{}
	for _, o := range set.Objects() {
		at := o.Span().File
		if at == nil {
			continue
		}
		f := byFile[at]
		if f == nil {
			f = &File{Name: at.Path, Object: o}
			byFile[at] = f
			base := path.Base(at.Path)
			files[base] = append(files[base], f)
		}
		f.Documents = append(f.Documents, o)
	}
	return files
}
