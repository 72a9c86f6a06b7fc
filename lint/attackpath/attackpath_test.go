package attackpath_test

import (
	"strings"
	"testing"

	"github.com/seaworthy-lint/seaworthy/lint/attackpath"
	"github.com/seaworthy-lint/seaworthy/lint/linttest"
	"github.com/seaworthy-lint/seaworthy/lint/manifest"
)

// field finds a weakness in a container's field of that name.
func field(key string) func(attackpath.Scene, *manifest.Container) []attackpath.Opening {
	return func(_ attackpath.Scene, c *manifest.Container) []attackpath.Opening {
		if n := c.At(key); n.IsSet() {
			return []attackpath.Opening{{Text: "has " + key, At: n, Known: n.Truth()}}
		}
		return nil
	}
}

var (
	door   = &attackpath.Entrance{Name: "door", Words: "a door"}
	proxy  = &attackpath.Entrance{Name: "proxy", Words: "a proxy", Proxied: true}
	window = &attackpath.Entrance{Name: "window", Words: "a window", FromNodes: true}
	model  = &attackpath.Model{
		Entrances: []*attackpath.Entrance{door, proxy, window},
		Weaknesses: []*attackpath.Weakness{
			{Name: "crown", Words: "a crown", Reach: attackpath.Cluster, Find: field("crown")},
			{Name: "key", Words: "a key", Reach: attackpath.Node, Find: field("key")},
			{Name: "axe", Words: "an axe", Reach: attackpath.Node, Find: field("axe")},
			{Name: "ladder", Words: "a ladder", Reach: attackpath.Neighbours, Find: field("ladder")},
			{Name: "cloud", Words: "a cloud", Reach: attackpath.Cloud, Supposed: true, Find: field("cloud")},
		},
		Ends: []string{"a wall"},
	}
)

const policyHead = "---\n{apiVersion: networking.k8s.io/v1, kind: NetworkPolicy, metadata: {name: p}, spec: {podSelector: {}, "

// TestPaths joins ways with weaknesses.
func TestPaths(t *testing.T) {
	for name, test := range map[string]struct {
		container, policy string
		ways              []*attackpath.Entrance
		want              string
	}{
		"nothing to take":              {"", "", []*attackpath.Entrance{door}, ""},
		"no way in":                    {"key: true", "", nil, ""},
		"two weaknesses, one target":   {"axe: true, key: true", "", []*attackpath.Entrance{door}, `from outside (door) to container "a", which has key and has axe: takes the node`},
		"two targets":                  {"crown: true, key: true", "", []*attackpath.Entrance{door}, `from outside (door) to container "a", which has crown: takes the cluster|from outside (door) to container "a", which has key: takes the node`},
		"what comes with the worse":    {"key: true, ladder: true, cloud: true", "", []*attackpath.Entrance{door}, `from outside (door) to container "a", which has key: takes the node`},
		"what an unknown may bring":    {`key: "${KEY}", ladder: true`, "", []*attackpath.Entrance{door}, `unknown: from outside (door) to container "a", which has key: takes the node|from outside (door) to container "a", which has ladder: takes the other pods of the node -1`},
		"the widest way":               {"key: true", "", []*attackpath.Entrance{window, door}, `from outside (door) to container "a", which has key: takes the node`},
		"from the nodes":               {"key: true", "", []*attackpath.Entrance{window}, `from the network of the nodes (window) to container "a", which has key: takes the node -1`},
		"supposed":                     {"cloud: true", "", []*attackpath.Entrance{door}, `note: from outside (door) to container "a", which has cloud: takes the node's credentials for the cloud -2`},
		"a policy that denies":         {"key: true", policyHead + "policyTypes: [Ingress]}}", []*attackpath.Entrance{door, proxy}, ""},
		"a policy for some pods":       {"key: true", policyHead + "ingress: [{from: [{namespaceSelector: {matchLabels: {a: b}}}]}]}}", []*attackpath.Entrance{door, proxy}, `unknown: from outside (proxy) to container "a", which has key: takes the node`},
		"a policy that lets all in":    {"key: true", policyHead + "ingress: [{}]}}", []*attackpath.Entrance{door}, `from outside (door) to container "a", which has key: takes the node`},
		"a policy for another port":    {"key: true", policyHead + "ingress: [{ports: [{port: 9090}]}]}}", []*attackpath.Entrance{door}, ""},
		"a policy about the other way": {"key: true", policyHead + "policyTypes: [Egress]}}", []*attackpath.Entrance{door}, `from outside (door) to container "a", which has key: takes the node`},
	} {
		set := linttest.Load(t, "x.yaml", []byte("{apiVersion: v1, kind: Pod, metadata: {name: a}, spec: {containers: [{name: a, "+test.container+"}]}}\n"+test.policy+"\n"))
		set.Index()
		pod := set.OfKind("", "Pod")[0].Pods()[0]
		var ways []attackpath.Way
		for _, by := range test.ways {
			ways = append(ways, attackpath.Way{Entrance: by, Container: pod.Containers()[0], Port: 8080, Text: by.Name, Known: manifest.True})
		}
		var got []string
		for _, path := range model.Paths(attackpath.Scene{Set: set, Minor: 37}, pod, ways) {
			text := path.String() + strings.Repeat(" -1", min(1, path.Lower()))
			if path.Lower() > 1 {
				text = path.String() + " -2"
			}
			if path.Known != manifest.True {
				text = "unknown: " + text
			}
			if path.Supposed() {
				text = "note: " + text
			}
			got = append(got, text)
		}
		if text := strings.Join(got, "|"); text != test.want {
			t.Errorf("%s:\n got %s\nwant %s", name, text, test.want)
		}
	}
}

// TestPartsNameEveryRow keeps the explanation as long as the tables.
func TestPartsNameEveryRow(t *testing.T) {
	parts := model.Parts()
	if len(parts) != 4 {
		t.Fatalf("%d parts, want 4", len(parts))
	}
	for i, want := range []int{len(model.Entrances), len(model.Weaknesses), 5, len(model.Ends)} {
		if got := len(parts[i].Rows); got != want || parts[i].Title == "" {
			t.Errorf("%q has %d rows, want %d", parts[i].Title, got, want)
		}
	}
}
