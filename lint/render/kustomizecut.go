package render

import (
	"path/filepath"
	"strings"

	"sigs.k8s.io/kustomize/api/types"

	"github.com/seaworthy-lint/seaworthy/lint/manifest"
)

// cutter takes out of a kustomization what would be fetched or executed.
type cutter struct {
	*kustomization
	files *kustomizeFiles
	cuts  int
}

// cut says in the coverage what it takes out, so that the rest can be built.
func (k *kustomization) cut(d *kustomizeFiles) {
	c := &cutter{kustomization: k, files: d}
	s := &k.spec
	s.Resources = c.withoutEncrypted(c.paths("resources", s.Resources, isRemote))
	s.Bases = c.paths("bases", s.Bases, isRemote)
	s.Components = c.paths("components", s.Components, isRemote)
	s.Crds = c.paths("crds", s.Crds, isURL)
	s.Configurations = c.paths("configurations", s.Configurations, isURL)
	if path := s.OpenAPI["path"]; isURL(path) {
		c.remote(foldedField(k.field("openapi"), "path"), "openapi", path)
		s.OpenAPI = nil
	}
	c.patches()
	c.generators()
	c.charts()
	s.Generators = c.plugins("generators", s.Generators)
	s.Transformers = c.plugins("transformers", s.Transformers)
	s.Validators = c.plugins("validators", s.Validators)
	if c.cuts > 0 {
		if err := k.rewrite(); err != nil {
			k.fail(k.whole(), err.Error())
		}
	}
}

func (c *cutter) remote(n *manifest.Node, list, path string) {
	c.cuts++
	c.note(c.place(n, list), manifest.TemplateNotRendered, remoteBase+path)
}

func (c *cutter) paths(list string, paths []string, refused func(string) bool) []string {
	kept := keep(paths, func(_ int, path string) bool {
		if refused(path) {
			c.remote(c.entryNode(list, path), list, path)
			return false
		}
		return true
	})
	return kept
}

// withoutEncrypted takes out the resources that git-crypt encrypted, on which
// kustomize would fail.
func (c *cutter) withoutEncrypted(paths []string) []string {
	return keep(paths, func(_ int, path string) bool {
		full := filepath.Join(c.dir, path)
		if !c.files.isFile(full) || !manifest.GitCrypt(c.files.read(full).content) {
			return true
		}
		c.cuts++
		c.note(c.place(c.entryNode("resources", path), "resources"), manifest.Encrypted, path+" is encrypted by git-crypt")
		return false
	})
}

// keep filters without touching what it is given.
func keep[T any](items []T, wanted func(i int, item T) bool) []T {
	var out []T
	for i, item := range items {
		if wanted(i, item) {
			out = append(out, item)
		}
	}
	if out == nil && items != nil {
		out = []T{}
	}
	return out
}

func (c *cutter) patches() {
	s := &c.spec
	s.Patches = keep(s.Patches, func(i int, p types.Patch) bool { return c.localPatch("patches", i, p) })
	s.PatchesJson6902 = keep(s.PatchesJson6902, func(i int, p types.Patch) bool { return c.localPatch("patchesJson6902", i, p) })
	s.PatchesStrategicMerge = keep(s.PatchesStrategicMerge, func(i int, p types.PatchStrategicMerge) bool {
		if isURL(string(p)) {
			c.remote(c.item("patchesStrategicMerge", i), "patchesStrategicMerge", string(p))
			return false
		}
		return true
	})
	s.Replacements = keep(s.Replacements, func(i int, r types.ReplacementField) bool {
		if isURL(r.Path) {
			c.remote(foldedField(c.item("replacements", i), "path"), "replacements", r.Path)
			return false
		}
		return true
	})
}

func (c *cutter) localPatch(list string, i int, p types.Patch) bool {
	if isURL(p.Path) {
		c.remote(foldedField(c.item(list, i), "path"), list, p.Path)
		return false
	}
	return true
}

func (c *cutter) generators() {
	s := &c.spec
	s.ConfigMapGenerator = keep(s.ConfigMapGenerator, func(i int, g types.ConfigMapArgs) bool {
		return !c.fetches("configMapGenerator", i, g.KvPairSources)
	})
	s.SecretGenerator = keep(s.SecretGenerator, func(i int, g types.SecretArgs) bool {
		return !c.fetches("secretGenerator", i, g.KvPairSources)
	})
}

// fetches tells whether a generator has its data from afar.
func (c *cutter) fetches(list string, i int, from types.KvPairSources) bool {
	paths := append(append([]string{from.EnvSource}, from.EnvSources...), from.FileSources...)
	for _, path := range paths {
		_, file, keyed := strings.Cut(path, "=")
		if isURL(path) || keyed && isURL(file) {
			c.remote(findScalar(c.item(list, i), path), list, path)
			return true
		}
	}
	return false
}

// findScalar is the first scalar below n that has the value, else n.
func findScalar(n *manifest.Node, value string) *manifest.Node {
	if found := scalarBelow(n, value); found != nil {
		return found
	}
	return n
}

func scalarBelow(n *manifest.Node, value string) *manifest.Node {
	if n == nil || n.Kind == manifest.Scalar && n.Value == value {
		return n
	}
	for _, kid := range n.Kids {
		if found := scalarBelow(kid, value); found != nil {
			return found
		}
	}
	return nil
}

// plugins keeps the generators, transformers and validators that kustomize
// has built in and that need nothing from afar.
func (c *cutter) plugins(list string, entries []string) []string {
	return keep(entries, func(i int, entry string) bool {
		reason := c.refusePlugin(entry)
		if reason == "" {
			return true
		}
		c.cuts++
		c.note(c.place(c.item(list, i), list), manifest.TemplateNotRendered, reason)
		return false
	})
}

func (c *cutter) refusePlugin(entry string) string {
	if isRemote(entry) && !strings.Contains(entry, "\n") {
		return remoteBase + entry
	}
	objects, ok := c.files.pluginObjects(c.dir, entry)
	if !ok {
		return functionNotRun + strings.TrimSpace(entry)
	}
	for _, o := range objects {
		if reason := refuseFunction(o.root); reason != "" {
			return reason
		}
	}
	return ""
}

// pluginObjects are the objects that an entry of generators, transformers or
// validators stands for: its own text, or that of a file. It is not ok for one
// that cannot be looked through, such as a kustomization.
func (d *kustomizeFiles) pluginObjects(dir, entry string) (objects []kustomizeDocument, ok bool) {
	if strings.Contains(entry, ":") {
		text, err := manifest.NewFile("", []byte(entry))
		if err != nil || unsafeAliases(text) != nil {
			return nil, false
		}
		for _, span := range manifest.Documents(text) {
			found, err := d.parseObjects(span)
			if err != nil {
				return nil, false
			}
			objects = append(objects, found...)
		}
		return objects, true
	}
	path := filepath.Join(dir, entry)
	if d.isDir(path) {
		return nil, false
	}
	f := d.read(path)
	objects = d.documents(f)
	return objects, !f.broken
}

func refuseFunction(o *manifest.Node) string {
	kind := o.At("kind").Str()
	switch {
	case o.At("apiVersion").Str() != "builtin", kind == "HelmChartInflationGenerator":
		return functionNotRun + kind
	}
	if url := remoteBelow(o, ""); url != "" {
		return remoteBase + url
	}
	return ""
}

// remoteBelow finds a URL where a builtin plugin has the path of a file.
func remoteBelow(n *manifest.Node, key string) string {
	if n == nil {
		return ""
	}
	if n.Kind == manifest.Scalar {
		_, file, _ := strings.Cut(n.Value, "=")
		switch strings.ToLower(key) {
		case "path", "paths", "files", "env", "envs":
			if isURL(n.Value) || isURL(file) {
				return n.Value
			}
		}
		return ""
	}
	for _, kid := range n.Kids {
		below := key
		if n.Kind == manifest.Map {
			below = kid.Key
		}
		if url := remoteBelow(kid, below); url != "" {
			return url
		}
	}
	return ""
}
