package config

import (
	"reflect"
	"strings"
	"testing"

	"github.com/seaworthy-lint/seaworthy/lint/manifest"
)

func parse(t *testing.T, text string) (*Config, error) {
	t.Helper()
	file, err := manifest.NewFile(FileName, []byte(text))
	if err != nil {
		t.Fatal(err)
	}
	return Parse(file, "/repo")
}

func TestParse(t *testing.T) {
	c, err := parse(t, `charts:
- path: ./charts/*/
  releases:
  - name: web
    namespace: shop
    values: [prod.yaml, /etc/more.yaml]
    set: {replicas: 3, image.tag: "1.2"}
    kubeVersion: 1.31
    apiVersions: [monitoring.coreos.com/v1]
  - name: test
`)
	if err != nil {
		t.Fatal(err)
	}
	want := []Release{
		{
			Name: "web", Namespace: "shop", Values: []string{"/repo/prod.yaml", "/etc/more.yaml"}, Set: []string{"replicas=3", "image.tag=1.2"},
			KubeVersion: "1.31", APIVersions: []string{"monitoring.coreos.com/v1"},
		},
		{Name: "test"},
	}
	if got := c.Releases("charts/web"); !reflect.DeepEqual(got, want) {
		t.Errorf("%+v", got)
	}
	if got := c.Releases("other/web"); got != nil {
		t.Errorf("another chart has releases %+v", got)
	}
	if c, err := parse(t, "# nothing\n"); err != nil || c.Releases("x") != nil {
		t.Errorf("an empty file: %v", err)
	}
}

func TestErrors(t *testing.T) {
	for text, want := range map[string]string{
		"chart: []\n":                                   ".seaworthy.yaml:1: unknown key \"chart\"",
		"charts:\n- path: a\n  relases: []\n":           ".seaworthy.yaml:3: unknown key \"relases\"",
		"charts: {}\n":                                  ".seaworthy.yaml:1: charts must be a list",
		"charts:\n- releases: []\n":                     ".seaworthy.yaml:2: a chart needs a path",
		"charts:\n- path: a\n  releases:\n  - set: 5\n": ".seaworthy.yaml:4: set must be a map",
		"charts: [\n":                                   "reading .seaworthy.yaml: ",
		"- a\n":                                         ".seaworthy.yaml:1: must be a map",
	} {
		if _, err := parse(t, text); err == nil || !strings.HasPrefix(err.Error(), want) {
			t.Errorf("%q: %v, want %q", text, err, want)
		}
	}
}
