package formatters

import (
	"bytes"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"

	"github.com/seaworthy-lint/seaworthy/lint"
	"github.com/seaworthy-lint/seaworthy/lint/manifest"
)

func TestJSON(t *testing.T) {
	report := judge(t, sources{"deploy/port.yaml", port})
	golden(t, "port.json", written(t, "json", report, Options{}))
	golden(t, "port.jsonl", written(t, "jsonl", report, Options{}))
}

// TestJSONSchema validates reports against the published schema, which allows
// fields to be added later, and against the same schema closed to any other
// field, so that none goes undescribed.
func TestJSONSchema(t *testing.T) {
	open, closed := compile(t, "", false), compile(t, "", true)
	for name, report := range reports(t) {
		for _, o := range []Options{{}, {FullCoverage: true}} {
			value := decode(t, written(t, "json", report, o))
			for _, schema := range []*jsonschema.Schema{open, closed} {
				if err := schema.Validate(value); err != nil {
					t.Errorf("%s: %v", name, err)
				}
			}
		}
	}
}

func TestJSONLinesSchema(t *testing.T) {
	line := compile(t, "#/$defs/line", false)
	for name, report := range reports(t) {
		var types []string
		for text := range bytes.Lines(written(t, "jsonl", report, Options{})) {
			value := decode(t, text)
			if err := line.Validate(value); err != nil {
				t.Errorf("%s: %s: %v", name, text, err)
			}
			types = append(types, value.(map[string]any)["type"].(string))
		}
		if tail := types[len(types)-2:]; !slices.Equal(tail, []string{"coverage", "summary"}) {
			t.Errorf("%s ends with %v", name, tail)
		}
	}
}

// TestSchemaRefuses shows that the schema says something.
func TestSchemaRefuses(t *testing.T) {
	closed := compile(t, "", true)
	for name, change := range map[string]func(report map[string]any){
		"no summary":       func(r map[string]any) { delete(r, "summary") },
		"another version":  func(r map[string]any) { r["schemaVersion"] = "2" },
		"an unknown field": func(r map[string]any) { r["extra"] = true },
		"null for a list":  func(r map[string]any) { r["resources"] = nil },
		"a text for a line": func(r map[string]any) {
			r["findings"].([]any)[0].(map[string]any)["location"].(map[string]any)["startLine"] = "1"
		},
	} {
		value := decode(t, written(t, "json", judge(t, sources{"port.yaml", port}), Options{})).(map[string]any)
		change(value)
		if closed.Validate(value) == nil {
			t.Errorf("%s is valid", name)
		}
	}
}

// TestCoverageAddsUp holds the promise that every document is accounted for.
func TestCoverageAddsUp(t *testing.T) {
	for name, report := range reports(t) {
		c := coverageOf(report, true)
		sum := 0
		for _, count := range c.ByStatus {
			sum += count
		}
		if sum != c.Documents || len(c.Entries) != c.Documents {
			t.Errorf("%s: %d documents, %d by status, %d entries", name, c.Documents, sum, len(c.Entries))
		}
		listed := len(coverageOf(report, false).Entries)
		if listed != c.Documents-c.ByStatus[manifest.Linted] {
			t.Errorf("%s: %d documents that are not linted are listed of %d", name, listed, c.Documents-c.ByStatus[manifest.Linted])
		}
	}
}

func TestJSONDoesNotCountFolded(t *testing.T) {
	report := judge(t, sources{"port.yaml", port})
	counted, folded := 0, 0
	for _, f := range allFindings(report) {
		if findingJSON(f).FoldedInto == "" {
			counted++
		} else {
			folded++
		}
	}
	s := summaryOf(report).Findings
	if folded == 0 || s.Critical+s.High+s.Medium+s.Low != counted {
		t.Errorf("%d findings, %d folded, summary %+v", counted, folded, s)
	}
}

func TestJSONKeepsText(t *testing.T) {
	report := judge(t, sources{"a.yaml", strings.Replace(port, "SYS_ADMIN, chown", `"<a>&b"`, 1)})
	out := written(t, "json", report, Options{})
	if !bytes.Contains(out, []byte(`names \"<a>&b\"`)) || !bytes.HasSuffix(out, []byte("}\n")) {
		t.Errorf("got\n%s", out)
	}
}

func TestFormatsAreStable(t *testing.T) {
	for _, format := range []string{"json", "jsonl", "text"} {
		first := written(t, format, judge(t, sources{"a.yaml", port, "b.yaml", fleet("b", 20)}), Options{})
		for range 5 {
			if !bytes.Equal(first, written(t, format, judge(t, sources{"a.yaml", port, "b.yaml", fleet("b", 20)}), Options{})) {
				t.Errorf("%s: another run writes other bytes", format)
			}
		}
	}
}

// reports are reports with all that a report can hold, and with nothing.
func reports(t testing.TB) map[string]*lint.Report {
	t.Helper()
	full := judge(t, sources{"port.yaml", port})
	noted := full.Findings[0]
	noted.AsNote().Relate(full.Resources[0].Object.At("metadata"), "see https://me:hunter2@example.com/")
	noted.Exact = false
	full.Documents = append(full.Documents, whole("chart/templates/a.yaml", manifest.TemplateNotRendered, "rendering failed"))
	return map[string]*lint.Report{
		"full":  full,
		"quay":  judge(t, sources{"quay.yaml", quay}),
		"clean": judge(t, sources{"fleet.yaml", fleet("idle", 0)}),
		"empty": judge(t, nil),
	}
}

// whole is a file that was not split into documents.
func whole(path string, status manifest.Status, reason string) *manifest.Document {
	return &manifest.Document{File: &manifest.File{Path: path}, Status: status, Reason: reason}
}

func decode(t testing.TB, text []byte) any {
	t.Helper()
	value, err := jsonschema.UnmarshalJSON(bytes.NewReader(text))
	if err != nil {
		t.Fatal(err)
	}
	return value
}

// compile reads the published schema. A closed one refuses what it does not
// describe.
func compile(t testing.TB, fragment string, closed bool) *jsonschema.Schema {
	t.Helper()
	text, err := os.ReadFile("../docs/report.schema.json")
	if err != nil {
		t.Fatal(err)
	}
	document := decode(t, text)
	if closed {
		closeObjects(document)
	}
	compiler := jsonschema.NewCompiler()
	if err := compiler.AddResource("report.json", document); err != nil {
		t.Fatal(err)
	}
	schema, err := compiler.Compile("report.json" + fragment)
	if err != nil {
		t.Fatal(err)
	}
	return schema
}

// closeObjects forbids further fields in each schema of an object that lists
// its fields.
func closeObjects(value any) {
	switch v := value.(type) {
	case map[string]any:
		for _, kid := range v {
			closeObjects(kid)
		}
		if _, lists := v["properties"].(map[string]any); lists && v["type"] == "object" {
			v["additionalProperties"] = false
		}
	case []any:
		for _, kid := range v {
			closeObjects(kid)
		}
	}
}

// TestSchemaGrows holds that within a version of the schema no field goes away
// or changes its type: what a script reads today it reads tomorrow.
func TestSchemaGrows(t *testing.T) {
	text, err := os.ReadFile("../docs/report.schema.json")
	if err != nil {
		t.Fatal(err)
	}
	fields := map[string]bool{}
	schemaFields(decode(t, text), "", fields)
	golden := filepath.Join("testdata", "report_fields_v"+jsonSchemaVersion+".txt")
	known, err := os.ReadFile(golden)
	if err != nil && !*update {
		t.Fatal(err)
	}
	if *update { // what was promised stays
		promised := maps.Clone(fields)
		for field := range strings.FieldsSeq(string(known)) {
			promised[field] = true
		}
		known = []byte(strings.Join(slices.Sorted(maps.Keys(promised)), "\n") + "\n")
		if err := os.WriteFile(golden, known, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	count := 0
	for field := range strings.FieldsSeq(string(known)) {
		count++
		if !fields[field] {
			t.Errorf("%s is gone from version %s of the schema", field, jsonSchemaVersion)
		}
	}
	if count != len(fields) {
		t.Errorf("%d fields are new: write them down with -update", len(fields)-count)
	}
}

// schemaFields are the paths of the fields of a schema with their types.
func schemaFields(value any, path string, fields map[string]bool) {
	schema, ok := value.(map[string]any)
	if !ok {
		return
	}
	for _, key := range []string{"properties", "$defs"} {
		kids, _ := schema[key].(map[string]any)
		for name, kid := range kids {
			at := path + "/" + name
			if of, ok := kid.(map[string]any); ok {
				fields[strings.ReplaceAll(fmt.Sprintf("%s:%v%v", at, of["type"], of["$ref"]), "<nil>", "")] = true
			}
			schemaFields(kid, at, fields)
		}
	}
	schemaFields(schema["items"], path+"[]", fields)
}
