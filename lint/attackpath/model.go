package attackpath

import (
	"slices"
	"strconv"

	"github.com/seaworthy-lint/seaworthy/lint/manifest"
	"github.com/seaworthy-lint/seaworthy/lint/networkpolicy"
)

// Model holds what paths are made of.
type Model struct {
	Entrances  []*Entrance
	Weaknesses []*Weakness
	// Ends are the words for what ends a path.
	Ends []string
}

// Paths are the paths through a pod, of which the ways in are given: for each
// container and each thing that can be taken one, unless what it takes comes
// with something worse. What belongs to the pod is told for the first container
// that ways lead to.
func (m *Model) Paths(scene Scene, pod *manifest.Pod, ways []Way) []Path {
	var paths []Path
	told := map[*manifest.Node]bool{}
	for _, c := range pod.Containers() {
		into := waysTo(scene.Set, c, ways)
		if len(into) == 0 {
			continue
		}
		found := m.through(scene, c, into, told)
		for _, path := range found {
			if !slices.ContainsFunc(found, func(other Path) bool { return other.Known == manifest.True && other.Reach.implies(path.Reach) }) {
				paths = append(paths, path)
			}
		}
	}
	return paths
}

// waysTo are the ways into a container that no network policy closes, the
// widest first.
func waysTo(set *manifest.Set, c *manifest.Container, ways []Way) []Way {
	var into []Way
	for _, way := range ways {
		if way.Container.Node != c.Node {
			continue
		}
		way.Known = manifest.All(way.Known, way.allowed(networkpolicy.Of(set)))
		if way.Known != manifest.False {
			into = append(into, way)
		}
	}
	slices.SortStableFunc(into, func(a, b Way) int { return a.narrowness() - b.narrowness() })
	return into
}

// allowed tells whether network policies let the traffic of the way in.
func (w Way) allowed(policies *networkpolicy.Model) manifest.Truth {
	from := networkpolicy.Outside()
	if w.Entrance.Proxied {
		from = networkpolicy.SomePod()
	}
	return policies.Allows(from, networkpolicy.PodEnd(w.Container.Pod), networkpolicy.Port{Number: w.Port})
}

func (w Way) narrowness() (n int) {
	if w.Known != manifest.True {
		n += 2
	}
	if w.Entrance.FromNodes {
		n++
	}
	return n
}

// through are the paths through one container.
func (m *Model) through(scene Scene, c *manifest.Container, ways []Way, told map[*manifest.Node]bool) []Path {
	var byReach [len(reaches)][]Opening
	for _, weakness := range m.Weaknesses {
		for _, o := range weakness.Find(scene, c) {
			if !told[o.At] {
				told[o.At] = true
				o.weakness = weakness
				byReach[weakness.Reach] = append(byReach[weakness.Reach], o)
			}
		}
	}
	var paths []Path
	for reach, openings := range byReach {
		if len(openings) == 0 {
			continue
		}
		known := slices.DeleteFunc(slices.Clone(openings), func(o Opening) bool { return o.Known != manifest.True })
		path := Path{Ways: ways, Openings: known, Reach: Reach(reach), Known: ways[0].Known}
		if len(known) == 0 {
			path.Openings, path.Known = openings, manifest.Unknown
		}
		paths = append(paths, path)
	}
	return paths
}

// Part is a part of the model in words.
type Part struct {
	Title string
	Rows  []string
}

// Parts explain the model, from the tables that it judges by.
func (m *Model) Parts() []Part {
	var entrances, weaknesses, takes []string
	for _, e := range m.Entrances {
		row := e.Name + ": " + e.Words
		if e.FromNodes {
			row += ", from the network of the nodes" + below(1)
		}
		entrances = append(entrances, row)
	}
	for _, w := range m.Weaknesses {
		row := w.Name + ": " + w.Words + "; it " + reaches[w.Reach].takes
		if w.Supposed {
			row += " (a note)"
		}
		weaknesses = append(weaknesses, row)
	}
	for _, r := range reaches {
		takes = append(takes, r.words+below(r.lower))
	}
	return []Part{
		{"Where a path begins", entrances},
		{"What it goes on by, the cheapest to mend first", weaknesses},
		{"What it takes, the worst first", takes},
		{"What ends it", m.Ends},
	}
}

// below says how many levels less severe something is.
func below(levels int) string {
	if levels == 0 {
		return ""
	}
	return ", " + strconv.Itoa(levels) + " below the rule's severity"
}
