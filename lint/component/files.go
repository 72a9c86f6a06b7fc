package component

import (
	"cmp"
	"path"
	"slices"
	"strings"

	"github.com/seaworthy-lint/seaworthy/lint/manifest"
)

// FileIn are the documents of the file that a flag of a component names, when
// it is in view: mounted from a ConfigMap or Secret of the set, written by the
// files of Cluster API or kOps, or a file of the tree of that name. kinds are
// those that count; none means all. There are none when the file is not in
// view, or when several files could be meant.
func FileIn(set *manifest.Set, c *Component, name string, kinds ...ConfigKind) []*ConfigFile {
	if name == "" || isVariable(name) {
		return nil
	}
	name = path.Clean(name)
	files := ConfigFilesIn(set)
	if c.Container != nil {
		m := mountOf(c.Container, name)
		switch {
		case m.kind != "":
			return files.mounted(set, m, c.Object.Namespace, kinds)
		case m.path == "":
			return nil
		}
		name = m.path
	}
	name = onNode(c, name)
	if own := ofPath(files.In(c.Object), name, kinds); own != nil {
		return own
	}
	return files.likely(name, c.Root.Span().File, kinds)
}

// onNode is the path on the node of what kubeadm's extraVolumes mount.
func onNode(c *Component, name string) string {
	n := len(c.missing.Keys)
	if n == 0 || c.Source != Kubeadm {
		return name
	}
	volumes := c.missing.Under.At(append(slices.Clone(c.missing.Keys[:n-1]), "extraVolumes")...)
	for _, volume := range volumes.Items() {
		if rest, ok := below(volume.At("mountPath").Str(), name); ok {
			return path.Join(volume.At("hostPath").Str(), rest)
		}
	}
	return name
}

// mount is what a container sees at a path: a key of a ConfigMap or Secret, or
// a path on the node; neither for what comes from elsewhere.
type mount struct{ kind, name, path string }

// mountOf follows a path through the volumes of a container. What nothing is
// mounted at counts as a path on the node.
func mountOf(c *manifest.Container, name string) mount {
	var at *manifest.Node
	longest, rest := -1, ""
	for _, m := range c.At("volumeMounts").Items() {
		where := m.At("mountPath").Str()
		if inside, ok := below(where, name); ok && len(where) > longest {
			at, longest, rest = m, len(where), inside
		}
	}
	if at == nil {
		return mount{path: name}
	}
	rest = path.Join(at.At("subPath").Str(), rest)
	for _, volume := range c.Pod.Volumes() {
		if volume.At("name").Str() != at.At("name").Str() {
			continue
		}
		if hostPath := volume.At("hostPath", "path").Str(); hostPath != "" {
			return mount{path: path.Join(hostPath, rest)}
		}
		if from := volume.At("configMap"); from.IsSet() {
			return mount{"ConfigMap", from.At("name").Str(), keyOf(from, rest)}
		}
		if from := volume.At("secret"); from.IsSet() {
			return mount{"Secret", from.At("secretName").Str(), keyOf(from, rest)}
		}
	}
	return mount{}
}

// keyOf is the key of a ConfigMap or Secret that is mounted as a file.
func keyOf(volume *manifest.Node, file string) string {
	for _, item := range volume.At("items").Items() {
		if item.At("path").Str() == file {
			return item.At("key").Str()
		}
	}
	return file
}

// mounted are the documents of a key of a ConfigMap or Secret.
func (c *ConfigFiles) mounted(set *manifest.Set, m mount, namespace string, kinds []ConfigKind) []*ConfigFile {
	for _, o := range set.Named("", m.kind, m.name) {
		if o.Namespace == namespace {
			return ofPath(c.in[o], m.path, kinds)
		}
	}
	return nil
}

// ofPath are the files with a path that are of one of the kinds.
func ofPath(files []*ConfigFile, name string, kinds []ConfigKind) []*ConfigFile {
	var found []*ConfigFile
	for _, f := range files {
		if f.Path == name && f.isOneOf(kinds) {
			found = append(found, f)
		}
	}
	return found
}

func (f *ConfigFile) isOneOf(kinds []ConfigKind) bool {
	return len(kinds) == 0 || slices.ContainsFunc(kinds, func(k ConfigKind) bool { return k.Is(f.Object) })
}

// maxNamesakes is how many documents in files of one name are compared: of
// more, nobody can tell which is meant.
const maxNamesakes = 1000

// likely are the documents of the file of a name that agrees with the path in
// most of its folders and, among those, lies nearest to a file that names it;
// none when two agree alike.
func (c *ConfigFiles) likely(name string, from *manifest.File, kinds []ConfigKind) []*ConfigFile {
	var best []*ConfigFile
	var most, nearest int
	namesakes := c.named[path.Base(name)]
	if len(namesakes) > maxNamesakes {
		return nil
	}
	alike := false
	for _, f := range namesakes {
		if !f.isOneOf(kinds) {
			continue
		}
		in := f.Span().File
		tail, near := commonTail(f.Path, name), commonHead(path.Dir(in.Path), path.Dir(from.Path))
		switch better := cmp.Or(cmp.Compare(tail, most), cmp.Compare(near, nearest)); {
		case best == nil || better > 0:
			best, most, nearest, alike = []*ConfigFile{f}, tail, near, false
		case better == 0 && f.Path == best[0].Path && in == best[0].Span().File:
			best = append(best, f)
		case better == 0:
			alike = true
		}
	}
	if alike {
		return nil
	}
	return best
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

// commonTail is how many of the last parts of two paths are the same.
func commonTail(a, b string) int {
	as, bs := strings.Split(a, "/"), strings.Split(b, "/")
	n := 0
	for n < len(as) && n < len(bs) && as[len(as)-1-n] == bs[len(bs)-1-n] {
		n++
	}
	return n
}

// commonHead is how many of the first parts of two paths are the same.
func commonHead(a, b string) int {
	as, bs := strings.Split(a, "/"), strings.Split(b, "/")
	n := 0
	for n < len(as) && n < len(bs) && as[n] == bs[n] {
		n++
	}
	return n
}
