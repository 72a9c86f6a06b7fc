package audit

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/seaworthy-lint/seaworthy/lint/manifest"
)

// plainPolicy is a policy as a program would declare it, which the tests
// evaluate without any of the code under test.
type plainPolicy struct {
	OmitStages []string    `json:"omitStages,omitempty"`
	Rules      []plainRule `json:"rules"`
}

type plainRule struct {
	Level           string          `json:"level"`
	Users           []string        `json:"users,omitempty"`
	UserGroups      []string        `json:"userGroups,omitempty"`
	Verbs           []string        `json:"verbs,omitempty"`
	Namespaces      []string        `json:"namespaces,omitempty"`
	NonResourceURLs []string        `json:"nonResourceURLs,omitempty"`
	OmitStages      []string        `json:"omitStages,omitempty"`
	Resources       []plainResource `json:"resources,omitempty"`
}

type plainResource struct {
	Group         string   `json:"group"`
	Resources     []string `json:"resources,omitempty"`
	ResourceNames []string `json:"resourceNames,omitempty"`
}

func anyOf(list []string, wanted ...string) bool {
	for _, a := range list {
		for _, b := range wanted {
			if a == b {
				return true
			}
		}
	}
	return false
}

// matches follows the words of the API: each field that is set must fit.
func (r plainRule) matches(a Attributes) bool {
	fits := (r.Users == nil || anyOf(r.Users, a.User)) &&
		(r.UserGroups == nil || anyOf(r.UserGroups, a.Groups...)) &&
		(r.Verbs == nil || anyOf(r.Verbs, a.Verb))
	if r.Namespaces != nil || r.Resources != nil {
		return fits && a.Resource != "" && (r.Namespaces == nil || anyOf(r.Namespaces, a.Namespace)) && r.fitsResource(a)
	}
	if r.NonResourceURLs != nil {
		return fits && a.Resource == "" && r.fitsPath(a.Path)
	}
	return fits
}

func (r plainRule) fitsPath(path string) bool {
	for _, url := range r.NonResourceURLs {
		if url == path || strings.HasSuffix(url, "*") && strings.HasPrefix(path, url[:len(url)-1]) {
			return true
		}
	}
	return false
}

func (r plainRule) fitsResource(a Attributes) bool {
	wanted := []string{"*", a.Resource + "/*"}
	if a.Subresource == "" {
		wanted = append(wanted, a.Resource)
	} else {
		wanted = append(wanted, a.Resource+"/"+a.Subresource, "*/"+a.Subresource)
	}
	for _, entry := range r.Resources {
		if entry.Group != a.APIGroup {
			continue
		}
		if entry.Resources == nil || anyOf(entry.Resources, wanted...) && (entry.ResourceNames == nil || anyOf(entry.ResourceNames, a.Name)) {
			return true
		}
	}
	return r.Resources == nil
}

// Small alphabets, so that rules and requests often meet.
var (
	users      = []string{"alice", "system:kube-scheduler"}
	groups     = []string{"system:nodes", "system:authenticated"}
	verbs      = []string{"get", "create"}
	namespaces = []string{"", "shop", "kube-system"}
	apiGroups  = []string{"", "apps"}
	resources  = []string{"pods", "secrets"}
	patterns   = []string{"pods", "secrets", "pods/exec", "pods/*", "*/exec", "*", "*/*", "secrets/*", "secrets/exec"}
	names      = []string{"a", "b"}
	urls       = []string{"*", "/api*", "/api", "/api/v1*", "/healthz"}
	paths      = []string{"/api", "/api/v1", "/healthz", "/"}
	stageList  = []string{"RequestReceived", "ResponseStarted", "ResponseComplete", "Panic"}
)

// some are none of the items twice out of three times, else one or two.
func some(r *rand.Rand, items []string) []string {
	if r.IntN(3) > 0 {
		return nil
	}
	chosen := []string{items[r.IntN(len(items))]}
	if r.IntN(2) == 0 {
		chosen = append(chosen, items[r.IntN(len(items))])
	}
	return chosen
}

func randomPolicy(r *rand.Rand) plainPolicy {
	p := plainPolicy{OmitStages: some(r, stageList)}
	for range 1 + r.IntN(5) {
		rule := plainRule{
			Level: levelNames[r.IntN(len(levelNames))],
			Users: some(r, users), UserGroups: some(r, groups), Verbs: some(r, verbs),
			OmitStages: some(r, stageList),
		}
		if r.IntN(3) == 0 {
			rule.NonResourceURLs = some(r, urls)
		} else {
			rule.Namespaces = some(r, namespaces)
			for range r.IntN(3) {
				rule.Resources = append(rule.Resources, plainResource{
					Group: apiGroups[r.IntN(2)], Resources: some(r, patterns), ResourceNames: some(r, names),
				})
			}
		}
		p.Rules = append(p.Rules, rule)
	}
	return p
}

// allRequests are all requests of the small alphabets.
func allRequests() []Attributes {
	var all []Attributes
	for _, user := range append(users, "bob") {
		for _, group := range append(groups, "staff") {
			for _, verb := range append(verbs, "delete") {
				base := Attributes{User: user, Groups: []string{group}, Verb: verb}
				for _, path := range paths {
					a := base
					a.Path = path
					all = append(all, a)
				}
				for i := range 4 * 3 * len(apiGroups) * len(resources) * 2 {
					a := base
					a.Namespace, i = append(namespaces, "other")[i%4], i/4
					a.Name, i = append(names, "c")[i%3], i/3
					a.APIGroup, i = apiGroups[i%2], i/2
					a.Resource, i = resources[i%2], i/2
					a.Subresource = []string{"", "exec"}[i%2]
					all = append(all, a)
				}
			}
		}
	}
	return all
}

func read(t *testing.T, text []byte) (*Policy, error) {
	t.Helper()
	file, err := manifest.NewFile("policy.yaml", text)
	if err != nil {
		t.Fatal(err)
	}
	tree, err := manifest.Parse(manifest.Span{File: file, End: len(file.Text)})
	if err != nil {
		t.Fatal(err)
	}
	return Read(tree.Root)
}

// TestDecide holds the evaluator against one written after the API's words,
// over generated policies and every request of a small world.
func TestDecide(t *testing.T) {
	requests := allRequests()
	reached := 0
	for seed := range uint64(150) {
		plain := randomPolicy(rand.New(rand.NewPCG(seed, 5)))
		text, err := json.Marshal(plain)
		if err != nil {
			t.Fatal(err)
		}
		policy, err := read(t, text)
		if err != nil {
			t.Fatalf("%s: %v", text, err)
		}
		for _, a := range requests {
			want := 0
			for i, rule := range plain.Rules {
				if rule.matches(a) {
					want = i + 1
					break
				}
			}
			got := 0
			if rule := policy.Decide(a); rule != nil {
				got = rule.Number
				reached++
				if logs := plain.logs(got - 1); logs != rule.Logs() {
					t.Fatalf("%s: rule %d logs: %t, want %t", text, got, rule.Logs(), logs)
				}
			}
			if got != want {
				t.Fatalf("%s\n%+v: rule %d decides, want %d", text, a, got, want)
			}
		}
	}
	if reached == 0 {
		t.Error("no rule was ever reached")
	}
}

func (p plainPolicy) logs(rule int) bool {
	omitted := append(append([]string{}, p.OmitStages...), p.Rules[rule].OmitStages...)
	return p.Rules[rule].Level != "None" && (!anyOf(omitted, "RequestReceived") || !anyOf(omitted, "ResponseComplete"))
}

// TestCovers wants a rule that covers another to match all that it does.
func TestCovers(t *testing.T) {
	requests := allRequests()
	covered := 0
	for seed := range uint64(400) {
		plain := randomPolicy(rand.New(rand.NewPCG(seed, 7)))
		text, _ := json.Marshal(plain)
		policy, err := read(t, text)
		if err != nil {
			t.Fatal(err)
		}
		for i, a := range policy.Rules {
			for j, b := range policy.Rules {
				if i == j || !a.Covers(b) {
					continue
				}
				covered++
				for _, request := range requests {
					if plain.Rules[j].matches(request) && !plain.Rules[i].matches(request) {
						t.Fatalf("%s\n%+v: rule %d does not cover rule %d", text, request, i+1, j+1)
					}
				}
			}
		}
	}
	if covered < 100 {
		t.Errorf("only %d pairs of rules were tried", covered)
	}
}

// TestReaches holds the search for a request that a rule decides against one
// that tries all.
func TestReaches(t *testing.T) {
	requests := allRequests()
	reached, not := 0, 0
	for seed := range uint64(150) {
		plain := randomPolicy(rand.New(rand.NewPCG(seed, 11)))
		text, _ := json.Marshal(plain)
		policy, err := read(t, text)
		if err != nil {
			t.Fatal(err)
		}
		want := map[int]bool{}
		for _, a := range requests {
			if a.Resource == "pods" && a.Subresource == "exec" && a.APIGroup == "" && a.Verb != "delete" {
				for i, rule := range plain.Rules {
					if rule.matches(a) {
						want[i] = true
						break
					}
				}
			}
		}
		about := Attributes{User: "bob", Groups: []string{"staff"}, Namespace: "other", Resource: "pods", Subresource: "exec", Name: "c"}
		for i, rule := range policy.Rules {
			got := policy.Reaches(rule, about, verbs)
			if got != want[i] {
				t.Fatalf("%s: rule %d is reached: %t, want %t", text, i+1, got, want[i])
			}
			if got {
				reached++
			} else {
				not++
			}
		}
	}
	if reached < 50 || not < 50 {
		t.Errorf("%d rules are reached and %d not: too few to tell", reached, not)
	}
}

func TestCoversExamples(t *testing.T) {
	for name, pair := range map[string][2]string{
		"everything":   {`{level: None}`, `{level: Metadata, users: [a], resources: [{group: "", resources: [pods]}]}`},
		"group":        {`{level: None, resources: [{group: apps}]}`, `{level: Metadata, resources: [{group: apps, resources: [deployments], resourceNames: [x]}]}`},
		"star":         {`{level: None, resources: [{group: "", resources: ["*"]}]}`, `{level: Metadata, verbs: [get], resources: [{group: ""}]}`},
		"subresources": {`{level: None, resources: [{resources: ["pods/*", "*/proxy"]}]}`, `{level: Metadata, resources: [{resources: [pods, pods/exec, services/proxy]}]}`},
		"paths":        {`{level: None, nonResourceURLs: ["/api*"]}`, `{level: Metadata, nonResourceURLs: [/api, "/api/v1*"]}`},
		"namespaces":   {`{level: None, namespaces: [a, b]}`, `{level: Metadata, namespaces: [a], resources: [{resources: [pods]}]}`},
	} {
		t.Run(name, func(t *testing.T) {
			policy, err := read(t, fmt.Appendf(nil, "rules:\n- %s\n- %s\n", pair[0], pair[1]))
			if err != nil {
				t.Fatal(err)
			}
			if !policy.Rules[0].Covers(policy.Rules[1]) {
				t.Error("the first rule does not cover the second")
			}
			if policy.Rules[1].Covers(policy.Rules[0]) {
				t.Error("the second rule covers the first")
			}
		})
	}
}

func TestUnreadable(t *testing.T) {
	for text, at := range map[string]string{
		"rules: [{level: metadata}]":                       "rules[0].level",
		"rules: [{users: [a]}]":                            "rules[0]",
		"rules: [{level: None, verbs: [\"${VERB}\"]}]":     "rules[0].verbs[0]",
		"rules: [{level: None, verbs: get}]":               "rules[0].verbs",
		"rules: [{level: None, resources: [pods]}]":        "rules[0].resources[0]",
		"rules: {level: None}":                             "rules",
		"{omitStages: [Sometime], rules: [{level: None}]}": "omitStages",
		"rules: [{level: Metadata}, {level: None, resources: [{group: \"{{ .Values.g }}\"}]}]": "rules[1].resources[0]",
	} {
		_, err := read(t, []byte(text))
		n, ok := IsUnreadable(err)
		if !ok || n.Path() != at {
			t.Errorf("%s: error %v, want one at %s", text, err, at)
		}
	}
	if _, err := read(t, []byte("rules: ["+strings.Repeat("{level: None},", maxRules+1)+"]")); err != ErrTooLong {
		t.Errorf("a policy without bounds gives %v", err)
	}
}

func TestBodies(t *testing.T) {
	for text, want := range map[string][3]bool{ // logs, request, response
		"{level: None}":            {},
		"{level: Metadata}":        {true, false, false},
		"{level: Request}":         {true, true, false},
		"{level: RequestResponse}": {true, true, true},
		"{level: RequestResponse, omitStages: [RequestReceived]}":            {true, true, true},
		"{level: RequestResponse, omitStages: [ResponseComplete]}":           {true, false, false},
		"{level: Metadata, omitStages: [ResponseComplete, RequestReceived]}": {},
	} {
		policy, err := read(t, []byte("rules: ["+text+"]"))
		if err != nil {
			t.Fatal(err)
		}
		r := policy.Rules[0]
		if got := [3]bool{r.Logs(), r.LogsRequest(), r.LogsResponse()}; got != want {
			t.Errorf("%s: %v, want %v", text, got, want)
		}
	}
}

// FuzzRead reads arbitrary policies: nothing may panic, and what covers
// another rule decides where both match.
func FuzzRead(f *testing.F) {
	for seed := range uint64(20) {
		text, err := json.Marshal(randomPolicy(rand.New(rand.NewPCG(seed, 9))))
		if err != nil {
			f.Fatal(err)
		}
		f.Add(text)
	}
	f.Add([]byte("rules: [null, 5, {level: None, users: {}, resources: [null, {group: 5}]}]"))
	requests := allRequests()
	f.Fuzz(func(t *testing.T, text []byte) {
		if len(text) > 1<<12 {
			return
		}
		for _, d := range manifest.Read("x.yaml", append([]byte("apiVersion: audit.k8s.io/v1\nkind: Policy\n"), text...), nil) {
			if d.Object == nil {
				continue
			}
			policy, err := Read(d.Object.Node)
			if err != nil || len(policy.Rules) < 2 {
				continue
			}
			first, second := policy.Rules[0], policy.Rules[1]
			for _, a := range requests[:200] {
				if first.Covers(second) && second.Matches(a) && policy.Decide(a) != first {
					t.Fatalf("%s\n%+v: rule 2 is reached", text, a)
				}
			}
		}
	})
}
