// Package component reads how the components of a cluster are configured: one
// model of a setting, whatever it is written in. A setting is asked for by the
// name of the component's flag, and answers with the value in force, where it
// comes from, and where it is to be written when it is missing.
package component

import (
	"cmp"
	"strconv"
	"strings"

	"github.com/seaworthy-lint/seaworthy/lint/manifest"
)

// Name is the name of a component's program.
type Name string

// The components of a cluster.
const (
	APIServer         Name = "kube-apiserver"
	ControllerManager Name = "kube-controller-manager"
	Scheduler         Name = "kube-scheduler"
	Etcd              Name = "etcd"
	Kubelet           Name = "kubelet"
	Proxy             Name = "kube-proxy"
)

// Source tells what holds for a setting that a component's source leaves out.
type Source uint8

const (
	// CommandLine is a command line: the defaults of the flags hold.
	CommandLine Source = iota
	// Kubeadm is a file of kubeadm: kubeadm's own flags hold, then the defaults.
	Kubeadm
	// OwnFile is the component's own configuration kind, with its defaults.
	OwnFile
	// Distribution is a file of an installer, whose own defaults are not judged.
	Distribution
)

// Component is one component as one source configures it.
type Component struct {
	Name   Name
	Source Source
	// Object is the resource that a finding belongs to.
	Object *manifest.Object
	// Container runs the component; nil when its source is no workload.
	Container *manifest.Container
	// Root is the document that configures the component: Object's own, or one
	// in a text that Object carries.
	Root *manifest.Node
	// Version is the Kubernetes version that the document declares; "" when it
	// declares none.
	Version string

	given map[string][]occurrence
	// doubt says why a flag that is not given cannot be told; "" when it can.
	doubt string
	// decided are flags that a configuration file decides, and why they cannot
	// be told.
	decided map[string]string
	missing Place
	// fields are the keys that take a flag, for a configuration kind.
	fields map[string][]string
	// moved are places of flags that have fields of their own.
	moved map[string]Place
	// overrides are command lines in view that are given this file.
	overrides []*Component
}

// Place is where a missing setting is to be written: keys below a node, and
// the bytes there that stand for it where they are not the node's.
type Place struct {
	Under *manifest.Node
	Keys  []string
	Span  manifest.Span
}

// State tells what is known of a setting.
type State uint8

const (
	// Default means that the setting is left out and its default is in force.
	Default State = iota
	// Given means that the source sets it.
	Given
	// Unknown means that it cannot be told: the value is templated, or what
	// sets it is not in view.
	Unknown
	// Elsewhere means that another source in view, or the defaults of a
	// distribution, decide: it is not judged here.
	Elsewhere
)

// Setting is the effective value of one flag of a component.
type Setting struct {
	Component *Component
	// Flag is the flag's name without dashes.
	Flag  string
	State State
	// Text is the value in force, the default's too; "" for an empty value and
	// for a flag without a default. The items of a list are joined by commas.
	Text string
	// Reason says why the setting is unknown.
	Reason string

	occurrences []occurrence
}

// Part is one item of a setting's value, and where it stands.
type Part struct {
	Text string
	// Node is the value that holds the item; nil for a default.
	Node *manifest.Node
	// Span is where the item stands in a node that holds more, such as a shell
	// line; its File is nil where the node's own place is meant.
	Span  manifest.Span
	Exact bool
}

// occurrence is one place that sets a flag.
type occurrence struct {
	Part
	// items are the values of a list or map; nil for a text.
	items []Part
}

// Setting is what holds for a flag, named without dashes.
func (c *Component) Setting(flag string) Setting {
	s := Setting{Component: c, Flag: flag}
	for _, over := range c.overrides {
		if len(over.given[flag]) > 0 {
			s.State = Elsewhere
			return s
		}
	}
	occurrences := c.given[flag]
	doubt := cmp.Or(c.decided[flag], c.doubt)
	switch {
	case len(occurrences) > 0:
		s.give(occurrences)
	case c.Source == Distribution, c.fields != nil && c.fields[flag] == nil:
		s.State = Elsewhere
	case doubt == judgedElsewhere:
		s.State = Elsewhere
	case doubt != "":
		s.State, s.Reason = Unknown, doubt
	default:
		s.Text = c.defaultOf(flag)
	}
	return s
}

// judgedElsewhere stands for a configuration file in view, which is judged
// itself.
const judgedElsewhere = "judged in its configuration file"

// give takes the occurrences of a flag: the last wins, or all of them hold.
func (s *Setting) give(occurrences []occurrence) {
	s.State = Given
	if !accumulates(s.Component.Name, s.Flag) {
		occurrences = occurrences[len(occurrences)-1:]
	}
	s.occurrences = occurrences
	var texts []string
	for _, o := range occurrences {
		texts = append(texts, o.Text)
		if isOpen(o) {
			s.State, s.Reason = Unknown, "the value is templated"
		}
	}
	s.Text = strings.Join(texts, ",")
}

// isOpen tells whether a value is filled in later: by a template, a shell or
// the kubelet.
func isOpen(o occurrence) bool {
	if o.items == nil {
		return isVariable(o.Text)
	}
	for _, item := range o.items {
		if isVariable(item.Text) {
			return true
		}
	}
	return false
}

func isVariable(text string) bool {
	return manifest.IsTemplate(text) || strings.Contains(text, "$") || strings.HasPrefix(text, "<") && strings.HasSuffix(text, ">")
}

// Known tells whether the setting can be judged here.
func (s Setting) Known() bool { return s.State == Given || s.State == Default }

// IsGiven tells whether the source sets the flag to something that is known.
func (s Setting) IsGiven() bool { return s.State == Given }

// Truth reads a boolean setting as the components do.
func (s Setting) Truth() manifest.Truth {
	value, err := strconv.ParseBool(s.Text)
	switch {
	case !s.Known() || err != nil:
		return manifest.Unknown
	case value:
		return manifest.True
	}
	return manifest.False
}

// Int reads a whole number; ok is false for anything else.
func (s Setting) Int() (value int64, ok bool) {
	value, err := strconv.ParseInt(s.Text, 10, 64)
	return value, err == nil && s.Known()
}

// maxItems is how many items of a list are judged: no component knows more.
const maxItems = 300

// Items are the items of a list, blank ones left out, each with its place.
func (s Setting) Items() []Part {
	if s.State == Default {
		return split(Part{Text: s.Text})
	}
	var items []Part
	for _, o := range s.occurrences {
		if o.items != nil {
			items = append(items, o.items...)
		} else {
			items = append(items, split(o.Part)...)
		}
		if len(items) >= maxItems {
			return items[:maxItems]
		}
	}
	return items
}

func split(p Part) []Part {
	var items []Part
	for text := range strings.SplitSeq(p.Text, ",") {
		if text = strings.TrimSpace(text); text != "" {
			item := p
			item.Text = text
			items = append(items, item)
		}
	}
	return items
}

// Holds tells whether a list has an item.
func (s Setting) Holds(item string) bool {
	for _, p := range s.Items() {
		if p.Text == item {
			return true
		}
	}
	return false
}

// Part is what gives the value, the last place of several; its Node is nil
// when the flag is left out.
func (s Setting) Part() Part {
	if len(s.occurrences) == 0 {
		return Part{}
	}
	return s.occurrences[len(s.occurrences)-1].Part
}

// Missing is where the setting is to be written.
func (s Setting) Missing() Place {
	c := s.Component
	if place, ok := c.moved[s.Flag]; ok {
		return place
	}
	place := c.missing
	if field, ok := c.fields[s.Flag]; ok {
		place.Keys = field
		return place
	}
	place.Keys = append(append([]string{}, place.Keys...), s.Flag)
	return place
}

// add takes an occurrence of a flag.
func (c *Component) add(flag string, o occurrence) {
	if c.given == nil {
		c.given = map[string][]occurrence{}
	}
	c.given[flag] = append(c.given[flag], o)
}

// addNode takes a value of a document for a flag.
func (c *Component) addNode(flag string, n *manifest.Node) {
	if !n.IsSet() {
		return
	}
	o := occurrence{Part: Part{Text: n.Str(), Node: n, Exact: n.Exact()}}
	if n.Kind != manifest.Scalar {
		o.items = []Part{}
	}
	var texts []string
	for _, kid := range n.Kids {
		text := kid.Str()
		if n.Kind == manifest.Map {
			text = kid.Key + "=" + text
		}
		texts = append(texts, text)
		o.items = append(o.items, Part{Text: text, Node: kid, Exact: kid.Exact()})
	}
	if n.Kind != manifest.Scalar {
		o.Text = strings.Join(texts, ",")
	}
	c.add(flag, o)
}

// Field is the path of the field that sets a flag in the component's own
// configuration kind; "" where the source takes flags.
func (c *Component) Field(flag string) string { return strings.Join(c.fields[flag], ".") }
