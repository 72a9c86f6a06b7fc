package render

import (
	"strings"

	"github.com/seaworthy-lint/seaworthy/lint/manifest"
)

// inline parses the text of a patch that stands in a kustomization, so that
// its nodes lie in the kustomization's file where that can be.
func (k *kustomization) inline(n *manifest.Node, text string) []*manifest.Node {
	if n == nil || !strings.ContainsAny(text, ":[{") || n.Value != text {
		return nil
	}
	virtual, err := manifest.NewFile("", []byte(text))
	if err != nil {
		return nil
	}
	if err := unsafeAliases(virtual); err != nil {
		k.fail(n.Field(), err.Error())
		return nil
	}
	trees, err := manifest.Embedded(n, nil)
	if err != nil {
		return nil
	}
	var out []*manifest.Node
	for _, tree := range trees {
		tree.Root.Parent = nil // a patch begins where it does
		out = append(out, tree.Root)
	}
	return out
}
