package manifest

import (
	"strings"
)

// Problem is something in a user's file that keeps it from being judged.
type Problem struct {
	Span   Span
	Reason string
}

// Object is one Kubernetes resource.
type Object struct {
	// Node is the root of the resource: an item of its own for each item of a
	// List.
	*Node
	APIVersion, Kind, Namespace, Name string
	// Duplicates are the keys that stand twice in one of its maps.
	Duplicates []Duplicate
	// Via is what the object came through on its way from its files: charts,
	// kustomizations.
	Via []Origin
	// Problems say where the API server could not read the object.
	Problems []Problem

	pods []*Pod
}

// NewObject makes the resource at root, or says by a Problem why it is none.
// Both are nil for a value that is no Kubernetes resource at all.
func NewObject(root *Node, duplicates []Duplicate) (*Object, *Problem) {
	apiVersion, kind := root.At("apiVersion"), root.At("kind")
	if !apiVersion.IsSet() || !kind.IsSet() {
		return nil, nil
	}
	for _, n := range []*Node{apiVersion, kind} {
		if !n.IsString() || n.Value == "" {
			return nil, &Problem{Span: n.Field(), Reason: n.Key + " must be a string"}
		}
	}
	o := &Object{
		Node:       root,
		APIVersion: apiVersion.Value,
		Kind:       kind.Value,
		Namespace:  root.At("metadata", "namespace").Str(),
		Name:       root.At("metadata", "name").Str(),
		Duplicates: duplicates,
	}
	if o.Name == "" {
		o.Name = root.At("metadata", "generateName").Str()
	}
	o.pods = o.findPods()
	return o, nil
}

// Group is the API group, "" for the core group.
func (o *Object) Group() string { return GroupOf(o.APIVersion) }

// GroupOf is the API group of an apiVersion, "" for the core group.
func GroupOf(apiVersion string) string {
	if group, _, ok := strings.Cut(apiVersion, "/"); ok {
		return group
	}
	return ""
}

// ID names the resource: apps/v1/Deployment/shop/web, without a namespace
// apps/v1/Deployment/web, and without a name, as configuration files are,
// kubeadm.k8s.io/v1beta4/ClusterConfiguration.
func (o *Object) ID() string {
	parts := []string{o.APIVersion, o.Kind}
	for _, part := range []string{o.Namespace, o.Name} {
		if part != "" {
			parts = append(parts, part)
		}
	}
	return strings.Join(parts, "/")
}

// Pods are the pod templates in the object: one for a Deployment, none for a
// Service, several for some custom resources.
func (o *Object) Pods() []*Pod { return o.pods }

// ListItems are the items of a List or of one of its typed kinds (PodList),
// each completed with kind and apiVersion when it leaves them to the list; ok
// is false for anything else.
func ListItems(root *Node) (items []*Node, ok bool) {
	kind := root.At("kind")
	list := root.At("items")
	if !kind.IsString() || !strings.HasSuffix(kind.Value, "List") || list == nil || list.Kind != List || !root.At("apiVersion").IsString() {
		return nil, false
	}
	for _, item := range list.Kids {
		if item.Kind != Map {
			continue
		}
		item.complete("kind", kind, strings.TrimSuffix(kind.Value, "List"))
		item.complete("apiVersion", root.At("apiVersion"), root.At("apiVersion").Value)
		item.Parent = nil
	}
	return list.Kids, true
}

// complete gives a list's item the field that the list states for all of them.
func (n *Node) complete(key string, from *Node, value string) {
	if value == "" || n.field(key).IsSet() {
		return
	}
	stated := *from
	stated.Parent, stated.Value = n, value
	fields := fieldSet{node: n}
	fields.set(&stated)
}
