package render

import (
	"fmt"
	"slices"
	"strconv"

	"helm.sh/helm/v3/pkg/chartutil"

	"github.com/seaworthy-lint/seaworthy/lint/manifest"
)

// followed finds the values key of a node in the output of an action, such as
// toYaml: the node's own place below the value that the action uses.
func (r *relocation) followed(n *manifest.Node, hit int, refs []valuesPath) []manifest.Origin {
	below := r.below(n, hit)
	for length := 0; length <= len(below); length++ {
		for _, ref := range refs {
			if at, ok := r.matching(n, ref.plus(below[length:]...)); ok {
				if origin, ok := r.helm.values.setBy(r.source.scope, at); ok {
					return []manifest.Origin{origin}
				}
			}
		}
	}
	return r.setBy(n, refs)
}

// below is the path of a node from the outermost one that begins in the same
// action's output.
func (r *relocation) below(n *manifest.Node, hit int) valuesPath {
	var path valuesPath
	for n.Parent != nil && r.beginsAt(n) == hit {
		if n.Parent.Kind == manifest.List {
			index := 0
			for _, sibling := range n.Parent.Kids[:n.Index] {
				if r.beginsAt(sibling) == hit {
					index++
				}
			}
			path = append(path, strconv.Itoa(index))
		} else {
			path = append(path, n.Key)
		}
		n = n.Parent
	}
	slices.Reverse(path)
	return path
}

func (r *relocation) beginsAt(n *manifest.Node) int {
	s := r.spans[n]
	if s.keyed {
		return r.origins.at(s.key.Start)
	}
	return r.origins.at(s.value.Start)
}

// maxItems bounds how many items of values are compared with a node.
const maxItems = 200

// matching is the path, with items found by their value, at which the values
// hold what a node holds.
func (r *relocation) matching(n *manifest.Node, path valuesPath) (valuesPath, bool) {
	var found []valuesPath
	tried := 0
	var look func(value any, done, rest valuesPath)
	look = func(value any, done, rest valuesPath) {
		if tried++; tried > maxItems {
			return
		}
		if len(rest) == 0 {
			if holdsSame(n, value) {
				found = append(found, done)
			}
			return
		}
		for _, key := range itemKeys(value, rest[0]) {
			look(itemAt(value, key), done.plus(key), rest[1:])
		}
	}
	look(r.data["Values"], nil, path)
	if len(found) != 1 {
		return nil, false
	}
	return found[0], true
}

// itemKeys are the keys of a value that a part of a path stands for.
func itemKeys(value any, key string) []string {
	if list, ok := value.([]any); ok {
		if key != anyItem {
			return []string{key}
		}
		keys := make([]string, len(list))
		for i := range list {
			keys[i] = strconv.Itoa(i)
		}
		return keys
	}
	m := mapOf(value)
	if _, ok := m[key]; ok {
		return []string{key}
	}
	if key == anyItem {
		return keysOf(m)
	}
	return nil
}

func itemAt(value any, key string) any {
	if list, ok := value.([]any); ok {
		if i, err := strconv.Atoi(key); err == nil && i >= 0 && i < len(list) {
			return list[i]
		}
		return nil
	}
	return mapOf(value)[key]
}

func mapOf(value any) map[string]any {
	switch m := value.(type) {
	case map[string]any:
		return m
	case chartutil.Values:
		return m
	case chartValues:
		return m
	}
	return nil
}

func holdsSame(n *manifest.Node, value any) bool {
	switch v := value.(type) {
	case nil:
		return n.Kind == manifest.Scalar && n.Type == manifest.Null
	case []any:
		return n.Kind == manifest.List && len(v) == len(n.Kids)
	case map[string]any, chartutil.Values, chartValues:
		return n.Kind == manifest.Map
	}
	return n.Kind == manifest.Scalar && fmt.Sprint(value) == n.Value
}
