package config

import (
	"reflect"
	"strings"
	"testing"

	"github.com/seaworthy-lint/seaworthy/lint"
	"github.com/seaworthy-lint/seaworthy/lint/manifest"
)

// limits are parameters of the test's rules.
type limits struct {
	Most     int64             `doc:"the highest that passes" min:"1"`
	Allowed  []string          `yaml:"allowed-names" doc:"what is let be" form:"glob"`
	Ratio    float64           `doc:"a ratio" min:"1"`
	Renamed  map[string]string `doc:"new names"`
	Strictly bool              `doc:"whether"`
}

func (l *limits) Validate() error {
	if l.Most == 13 {
		return errThirteen
	}
	return nil
}

var errThirteen = lintError("13 is not allowed")

type lintError string

func (e lintError) Error() string { return string(e) }

// names tells the names of rules.
func names(rules []*lint.Rule) string {
	var ids []string
	for _, r := range rules {
		ids = append(ids, r.ID)
	}
	return strings.Join(ids, " ")
}

func testCatalogue() Catalogue {
	return Catalogue{Profiles: []string{"default", "strict", "all", "pss-restricted"}, Rules: []*lint.Rule{
		{ID: "host-network", Severity: lint.High, Profiles: []string{"default", "strict"}, Aliases: []string{"checkov:CKV_K8S_19"}},
		{ID: "host-pid", Severity: lint.High, Profiles: []string{"default", "strict"}, Aliases: []string{"checkov:CKV_K8S_17"}},
		{ID: "labels", Severity: lint.Low, Profiles: []string{"optin"}, Params: &limits{}},
		{ID: "low-user-id", Severity: lint.Low, Profiles: []string{"strict"}, Params: &limits{Most: 10000, Allowed: []string{"root"}, Ratio: 2}},
	}}
}

func parse(t *testing.T, text string) (*Config, error) {
	t.Helper()
	file, err := manifest.NewFile(FileName, []byte(text))
	if err != nil {
		t.Fatal(err)
	}
	return Parse(file, ".", "/repo", testCatalogue())
}

func TestCharts(t *testing.T) {
	c, err := parse(t, `charts:
- path: ./charts/*/
  releases:
  - name: web
    namespace: shop
    values: [prod.yaml, /etc/more.yaml]
    set: {replicas: 3, image.tag: "1.2"}
    kube-version: 1.30
    api-versions: [monitoring.coreos.com/v1]
  - name: test
`)
	if err != nil {
		t.Fatal(err)
	}
	want := []Chart{{Path: "charts/*", Releases: []Release{
		{
			Name: "web", Namespace: "shop", Values: []string{"/repo/prod.yaml", "/etc/more.yaml"}, Set: []string{"replicas=3", "image.tag=1.2"},
			KubeVersion: "1.30", APIVersions: []string{"monitoring.coreos.com/v1"},
		},
		{Name: "test"},
	}}}
	if !reflect.DeepEqual(c.charts, want) {
		t.Errorf("%+v", c.charts)
	}
}

// TestMistakes shows each kind of mistake with its line and suggestion.
func TestMistakes(t *testing.T) {
	for text, want := range map[string]string{
		"chart: []\n":                                                 `:1: unknown key "chart" (did you mean charts?): use root, `,
		"charts:\n- path: a\n  relases: []\n":                         `:3: unknown key "relases" (did you mean releases?): use path, releases`,
		"charts: {}\n":                                                ":1: charts must be a list",
		"charts:\n- releases: []\n":                                   ":2: an item of charts needs the key path",
		"charts:\n- path: a\n  releases:\n  - set: 5\n":               ":4: set must be a map",
		"charts: [\n":                                                 "reading .seaworthy.yaml: ",
		"- a\n":                                                       ":1: the configuration must be a map",
		"a: 1\n---\nb: 1\n":                                           ":2: a configuration is one document",
		"root: true\nroot: false\n":                                   `:2: key "root" stands twice`,
		"root: maybe\n":                                               ":1: root must be true or false",
		"profile: strct\n":                                            `:1: profile: unknown profile "strct" (did you mean strict?)`,
		"profile: default@2\n":                                        `:1: profile: unknown version of profile "default@2" (did you mean default@1?): the newest is 1`,
		"profile: default@x\n":                                        `:1: profile: unknown version of profile "default@x"`,
		"scope: close\n":                                              `:1: scope: unknown value "close" (did you mean closed?): use open, closed`,
		"fail-on: hihg\n":                                             `:1: fail-on: unknown value "hihg" (did you mean high?): use critical, high, medium, low, never`,
		"min-score: a\n":                                              ":1: min-score must be a whole number",
		"\nselect:\n- host-netwrk\n":                                  `:3: unknown rule "host-netwrk" (did you mean host-network?)`,
		"ignore: host-pid\n":                                          ":1: ignore must be a list, as in [host-pid]",
		"ignore: [null]\n":                                            ":1: ignore holds an empty item",
		"rules: {host-pd: {}}\n":                                      `:1: unknown rule "host-pd" (did you mean host-pid?)`,
		"rules:\n  host-pid:\n    severty: low\n":                     `:3: unknown key "severty" (did you mean severity?): use severity`,
		"rules: {host-pid: {severity: bad}}\n":                        `:1: severity: unknown value "bad"`,
		"rules: {host-pid: high}\n":                                   ":1: host-pid must be a map",
		"rules: {low-user-id: {most: 0}}\n":                           ":1: most must be at least 1",
		"rules: {low-user-id: {most: 1.5}}\n":                         ":1: most must be a whole number",
		"rules: {low-user-id: {most: 13}}\n":                          ":1: low-user-id: 13 is not allowed",
		"rules: {low-user-id: {ratio: x}}\n":                          ":1: ratio must be a number",
		"rules: {low-user-id: {allowed-names: a}}\n":                  ":1: allowed-names must be a list",
		"exclude: ['a[']\n":                                           `:1: an item of exclude: "a[" is not a valid glob`,
		"exclude: ['{a,b}{a,b}{a,b}{a,b}']\n":                         `:1: an item of exclude: "{a,b}{a,b}{a,b}{a,b}" has too many alternatives`,
		"exclude: ['{" + strings.Repeat("a,", 40) + "}']\n":           `:1: an item of exclude: "{a,a,`,
		"rules: {low-user-id: {allowed-names: ['a[']}}\n":             `:1: an item of allowed-names: "a[" is not a valid glob`,
		"overrides:\n- path: a\n":                                     `:2: unknown key "path" (did you mean paths?)`,
		"external:\n- kind: Secret\n":                                 ":2: an item of external needs the key name",
		"suppressions:\n- {rules: [x]}\n":                             `:2: unknown rule "x"`,
		"suppressions:\n- until: tomorrow\n":                          `:2: until: "tomorrow" is no date`,
		"suppressions:\n- reason: x\n":                                ":2: an item of suppressions needs the key rules",
		"suppressions:\n- {rules: [host-pid], value: \"sha256:1\"}\n": `:2: an item of suppressions: the value is no hash`,
	} {
		_, err := parse(t, text)
		if err == nil {
			t.Errorf("%q: no error", text)
			continue
		}
		if got := strings.TrimPrefix(err.Error(), FileName); !strings.HasPrefix(got, want) {
			t.Errorf("%q: %v, want %q", text, got, want)
		}
	}
}

// TestManyMistakes tells several mistakes at once, and not more than a person
// reads.
func TestManyMistakes(t *testing.T) {
	_, err := parse(t, strings.Repeat("- x\n", 2)+"")
	if err == nil {
		t.Fatal("no error")
	}
	_, err = parse(t, "a: 1\nb: 1\nscope: x\n")
	if got := strings.Count(err.Error(), "\n") + 1; got != 3 {
		t.Errorf("%d mistakes: %v", got, err)
	}
	_, err = parse(t, "ignore: ["+strings.Repeat("x, ", 50)+"x]\n")
	if got := strings.Count(err.Error(), "\n") + 1; got != maxMistakes {
		t.Errorf("%d mistakes", got)
	}
}

// FuzzParse holds that no file makes the parser panic, and that what it
// accepts can be put together.
func FuzzParse(f *testing.F) {
	for _, seed := range []string{
		Starter, "root: true\nprofile: strict@1\n", "rules: {labels: {most: 3, renamed: {a: b}, strictly: true}}", "overrides:\n- labels: {a: '*'}\n  ignore: [CKV_K8S_17]\n",
		"external: [{kind: Secret, name: '*', keys: [a]}]\n", "suppressions: [{rules: [host-pid], path: a, until: 2027-01-31, reason: x}]", "a: &a [*a]\n", "x: {<<: {}}\n",
	} {
		f.Add([]byte(seed))
	}
	catalogue := testCatalogue()
	f.Fuzz(func(t *testing.T, content []byte) {
		file, err := manifest.NewFile(FileName, content)
		if err != nil {
			return
		}
		c, err := Parse(file, "a", "/repo/a", catalogue)
		if err != nil {
			if !strings.Contains(err.Error(), FileName) {
				t.Errorf("the error names no file: %v", err)
			}
			return
		}
		layers := []*layer{c.top}
		for _, o := range c.overrides {
			o.selector.choosesObject(nil)
			o.selector.choosesPath("a/b.yaml")
			layers = append(layers, o.layer)
		}
		e := resolve(catalogue, layers, c.external)
		for _, r := range e.Rules {
			if r == nil {
				t.Error("an empty rule")
			}
		}
		if e.External != nil {
			e.External("", "Secret", "a", "b", "c")
		}
	})
}
