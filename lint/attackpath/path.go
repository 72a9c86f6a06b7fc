// Package attackpath joins what the outside can reach with what an intruder
// could take from there. A path is a list of facts, each with the field that
// shows it: a way into a container, weaknesses of that container, and what they
// let an intruder take.
//
// What a path is made of stands in the tables of a Model, which also explains
// itself in words.
package attackpath

import (
	"slices"
	"strings"

	"github.com/seaworthy-lint/seaworthy/lint/manifest"
)

// Fact is a step of a path: what holds, and the field that shows it.
type Fact struct {
	Text string
	At   *manifest.Node
}

// Entrance is a kind of way in.
type Entrance struct {
	// Name is what the kind is called, Words what counts as one.
	Name, Words string
	// FromNodes tells that only the network of the nodes leads there, and not
	// what stands before it.
	FromNodes bool
	// Proxied tells that the traffic comes from a proxy in the cluster, as that
	// of an Ingress does, and not from outside itself.
	Proxied bool
}

// Way is an entrance that leads to a container.
type Way struct {
	Entrance *Entrance
	// Container is where it leads.
	Container *manifest.Container
	// Port is where it leads, 0 where that cannot be told.
	Port int64
	// Text names what opens it, as in: Ingress "shop".
	Text string
	// Steps are the objects and fields that it leads over, from the outside in.
	Steps []Fact
	// Known is Unknown where part of the way cannot be told.
	Known manifest.Truth
}

// Reach is what a path takes, the worst first.
type Reach uint8

// What paths take.
const (
	Cluster Reach = iota
	Node
	Namespace
	Neighbours
	Cloud
)

// reaches are the words for each Reach, and how many levels less severe a path
// there is than one to the cluster or the node.
var reaches = [...]struct {
	takes, words string
	lower        int
}{
	Cluster:    {"takes the cluster", "the cluster: everything, or what leads to everything", 0},
	Node:       {"takes the node", "the node: its files, its processes and every pod on it", 0},
	Namespace:  {"takes its namespace", "the Secrets and workloads of a namespace", 1},
	Neighbours: {"takes the other pods of the node", "the processes of other pods on the node: their environment and files", 1},
	Cloud:      {"takes the node's credentials for the cloud", "the credentials that the metadata service of a cloud gives the node", 2},
}

// Lower is how many levels less severe a path there is than the worst.
func (r Reach) Lower() int { return reaches[r].lower }

// implies tells whether who takes one has the other too.
func (r Reach) implies(other Reach) bool {
	return r == Cluster && other > Node || r == Node && (other == Neighbours || other == Cloud)
}

// Weakness is a kind of thing that lets an intruder take more than the
// container. The place in its table is the order in which mending is cheap.
type Weakness struct {
	Name, Words string
	Reach       Reach
	// Supposed tells that only a fuller context could tell whether it is one.
	Supposed bool
	// Find looks for it in a container.
	Find func(Scene, *manifest.Container) []Opening
}

// Scene is where weaknesses are looked for: a set, and the minor version of
// Kubernetes.
type Scene struct {
	Set   *manifest.Set
	Minor int
}

// Opening is a weakness of a container.
type Opening struct {
	// Text completes "which": runs privileged.
	Text string
	// At is the field to mend, or the parent of the Missing one.
	At      *manifest.Node
	Missing []string
	// Takes says what it lets take, where more can be told than by the Reach.
	Takes string
	// Steps are other facts that belong to it.
	Steps []Fact
	// Known is Unknown where it cannot be told.
	Known manifest.Truth

	weakness *Weakness
}

// Path is a way in and what it leads to.
type Path struct {
	// Ways all lead to the same container; the first is the widest.
	Ways []Way
	// Openings all lead to the same Reach; the first is the cheapest to mend.
	Openings []Opening
	Reach    Reach
	// Known is Unknown where every way or every opening is.
	Known manifest.Truth
}

// Lower is how many levels less severe the path is than the worst: by what it
// takes, and by who can set out on it.
func (p Path) Lower() int {
	lower := p.Reach.Lower()
	if p.Ways[0].Entrance.FromNodes {
		lower++
	}
	return lower
}

// Supposed tells that only a fuller context could tell whether the path is one.
func (p Path) Supposed() bool {
	return !slices.ContainsFunc(p.Openings, func(o Opening) bool { return !o.weakness.Supposed })
}

// manyWeaknesses is how many weaknesses a sentence has room for.
const manyWeaknesses = 3

// String is the path in one sentence.
func (p Path) String() string {
	way, from := p.Ways[0], "outside"
	if way.Entrance.FromNodes {
		from = "the network of the nodes"
	}
	takes := p.Openings[0].Takes
	if takes == "" {
		takes = reaches[p.Reach].takes
	}
	var which []string
	for _, o := range p.Openings[:min(len(p.Openings), manyWeaknesses)] {
		if !slices.Contains(which, o.Text) {
			which = append(which, o.Text)
		}
	}
	return "from " + from + " (" + way.Text + ") to container \"" + way.Container.Name() + "\", which " + strings.Join(which, " and ") + ": " + takes
}

// Steps are the facts of the path, from the outside in.
func (p Path) Steps() []Fact {
	var steps []Fact
	for _, way := range p.Ways {
		steps = append(steps, way.Steps...)
	}
	for i, o := range p.Openings {
		if i > 0 {
			steps = append(steps, Fact{"the container " + o.Text, o.At})
		}
		steps = append(steps, o.Steps...)
	}
	return steps
}
