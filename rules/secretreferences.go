package rules

import (
	"slices"
	"strings"

	"github.com/seaworthy-lint/seaworthy/lint"
	"github.com/seaworthy-lint/seaworthy/lint/manifest"
)

// secretInEnv reports a container once, on its first reference to a Secret.
func secretInEnv(p *lint.Pass, c *manifest.Container) {
	refs := secretReferences(p, c)
	if len(refs) == 0 {
		return
	}
	names := make([]string, len(refs))
	for i, ref := range refs {
		names[i] = secretName(ref)
	}
	list := strings.Join(names, ", ")
	f := p.Reportf(refs[0], "container %q reads Secrets from its environment: %s", c.Name(), list).Showing(list)
	for i, ref := range refs[1:] {
		f.Relate(ref, "also reads "+names[i+1])
	}
}

// secretReferences are the secretKeyRef and secretRef fields of a container.
func secretReferences(p *lint.Pass, c *manifest.Container) []*manifest.Node {
	env, envFrom := c.At("env"), c.At("envFrom")
	for _, list := range []*manifest.Node{env, envFrom} {
		if list.IsSet() && list.Kind != manifest.List {
			p.UnknownValue(list)
		}
	}
	var refs []*manifest.Node
	for _, item := range slices.Concat(env.Items(), envFrom.Items()) {
		if item.Templated() || item.At("valueFrom").Templated() {
			p.UnknownValue(item)
		}
		for _, ref := range []*manifest.Node{item.At("valueFrom", "secretKeyRef"), item.At("secretRef")} {
			if ref.IsSet() {
				refs = append(refs, ref)
			}
		}
	}
	return refs
}

// secretName is name and key of a reference, as "db/password"; a reference to
// a whole Secret has no key.
func secretName(ref *manifest.Node) string {
	name := ref.At("name").Str()
	if key := ref.At("key").Str(); key != "" {
		return name + "/" + key
	}
	return name
}
