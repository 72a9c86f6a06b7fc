package docs

import (
	"bytes"
	"regexp"
	"strings"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"
	"sigs.k8s.io/yaml"

	"github.com/seaworthy-lint/seaworthy/lint/config"
	"github.com/seaworthy-lint/seaworthy/lint/manifest"
	"github.com/seaworthy-lint/seaworthy/rules"
)

func catalogue() config.Catalogue {
	return config.Catalogue{Rules: rules.All(), Profiles: rules.Profiles}
}

func schema(t *testing.T) *jsonschema.Schema {
	t.Helper()
	text, err := config.Schema(catalogue())
	if err != nil {
		t.Fatal(err)
	}
	value, err := jsonschema.UnmarshalJSON(bytes.NewReader(text))
	if err != nil {
		t.Fatal(err)
	}
	compiler := jsonschema.NewCompiler()
	if err := compiler.AddResource(config.SchemaURL, value); err != nil {
		t.Fatal(err)
	}
	compiled, err := compiler.Compile(config.SchemaURL)
	if err != nil {
		t.Fatal(err)
	}
	return compiled
}

// accepts tells what the schema and what the program says of a text.
func accepts(t *testing.T, schema *jsonschema.Schema, text string) (bySchema, byProgram error) {
	t.Helper()
	asJSON, err := yaml.YAMLToJSON([]byte(text))
	if err != nil {
		t.Fatal(err)
	}
	value, err := jsonschema.UnmarshalJSON(bytes.NewReader(asJSON))
	if err != nil {
		t.Fatal(err)
	}
	file, err := manifest.NewFile(config.FileName, []byte(text))
	if err != nil {
		t.Fatal(err)
	}
	_, byProgram = config.Parse(file, ".", "/repository", catalogue())
	return schema.Validate(value), byProgram
}

// TestConfigurationSchema holds that editors and the program say the same.
func TestConfigurationSchema(t *testing.T) {
	schema := schema(t)
	_, example, _ := strings.Cut(configurationProse, "```yaml\n")
	example, _, _ = strings.Cut(example, "```")
	proposals := regexp.MustCompile(`(?m)^#(\S|  )`)
	if n := len(proposals.FindAllString(config.Starter, -1)); n < 15 {
		t.Errorf("%d proposals in the configuration to begin with", n)
	}
	for _, text := range []string{
		config.Starter, proposals.ReplaceAllString(config.Starter, "$1"), example, "root: true\nselect: [checkov:CKV_K8S_16, CKV_K8S_16, privileged-container]\n",
		"rules: {CKV_K8S_16: {severity: low}, low-user-id: {min-uid: 5}, memory-overcommitted: {ratio: 1.5}}\nfail-on: never\nmin-score: -3\n",
		"charts: [{path: a, releases: [{name: b, set: {replicas: 3, tag: 1.2}, kube-version: 1.31}]}]\n", "select:\nrules:\n",
		"overrides: [{labels: {a: b}, scope: open, rules: {host-port: {allowed-ports: [80]}}}]\n",
	} {
		if bySchema, byProgram := accepts(t, schema, text); bySchema != nil || byProgram != nil {
			t.Errorf("%s\nschema: %v\nprogram: %v", text, bySchema, byProgram)
		}
	}
	for _, text := range []string{
		"nope: 1\n", "scope: shut\n", "profile: default@2\n", "select: privileged-container\n", "select: [privileged-contaner]\n",
		"rules: {nope: {}}\n", "rules: {low-user-id: {max-uid: 3}}\n", "rules: {low-user-id: {min-uid: -1}}\n", "rules: {low-user-id: {severity: bad}}\n",
		"rules: {low-user-id: {min-uid: x}}\n", "overrides: [{path: a}]\n", "external: [{kind: Secret}]\n", "charts: [{}]\n", "min-score: a\n",
		"suppressions: [{rule: host-pid}]\n", "fail-on: bad\n", "charts: [{path: a, releases: [{kubeVersion: 1.3}]}]\n", "root: 3\n",
	} {
		if bySchema, byProgram := accepts(t, schema, text); bySchema == nil || byProgram == nil {
			t.Errorf("%s\nschema: %v\nprogram: %v", text, bySchema, byProgram)
		}
	}
}

// TestEveryKeyIsDescribed holds that the page and the editors have words for
// each key.
func TestEveryKeyIsDescribed(t *testing.T) {
	keys := 0
	for _, section := range config.Reference(catalogue()) {
		for _, k := range section.Keys {
			keys++
			if k.Doc == "" || k.Type == "" || !strings.HasSuffix(k.Doc, ".") {
				t.Errorf("%s %s: %q (%s)", section.Name, k.Name, k.Doc, k.Type)
			}
		}
	}
	for _, p := range config.Parameters(catalogue()) {
		keys++
		if p.Doc == "" {
			t.Errorf("%s: %s is not described", p.Rule, p.Name)
		}
	}
	if keys < 40 {
		t.Errorf("only %d keys", keys)
	}
}
