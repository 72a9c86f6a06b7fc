package config

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strconv"
)

// SchemaURL is where editors find the schema.
const SchemaURL = "https://raw.githubusercontent.com/seaworthy-lint/seaworthy/main/docs/seaworthy.schema.json"

// otherRules are names of rules by which other tools know them, which a schema
// cannot all list: a tool's name before the check's, or capital letters.
const otherRules = "^[a-z-]+:|[A-Z]"

// property is a part of a JSON Schema.
type property map[string]any

// Schema is the JSON Schema (draft 2020-12) of a configuration, made from what
// checks it. It is a little stricter than the program: a check of another tool
// that is known by a name in small letters has to be written with the tool's.
func Schema(catalogue Catalogue) ([]byte, error) {
	root := catalogue.schema(catalogue.file())
	root["$schema"] = "https://json-schema.org/draft/2020-12/schema"
	root["$id"] = SchemaURL
	root["title"] = FileName
	root["$defs"] = property{
		"rule":     property{"anyOf": []property{{"enum": catalogue.ids()}, {"type": "string", "pattern": otherRules}}},
		"rules":    catalogue.ruleSchema(),
		"severity": property{"enum": severityNames()},
	}
	var b bytes.Buffer
	encoder := json.NewEncoder(&b)
	encoder.SetEscapeHTML(false)
	encoder.SetIndent("", "  ")
	if err := encoder.Encode(root); err != nil {
		return nil, fmt.Errorf("writing the schema of the configuration: %w", err)
	}
	return b.Bytes(), nil
}

func (c Catalogue) ids() []string {
	ids := make([]string, len(c.Rules))
	for i, r := range c.Rules {
		ids[i] = r.ID
	}
	return ids
}

// ruleSchema is the schema of the table of rules. Other tools' names take a
// severity and the parameters of any rule.
func (c Catalogue) ruleSchema() property {
	named := property{}
	for _, k := range c.ruleTable().keys {
		named[k.name] = c.schema(k.shape)
	}
	return property{
		"type": []string{"object", "null"}, "properties": named, "additionalProperties": false,
		"patternProperties": property{otherRules: property{"type": []string{"object", "null"}, "properties": property{"severity": property{"$ref": "#/$defs/severity"}}}},
	}
}

// schema is the schema of a shape. A key without a value counts as absent, so
// null is allowed for what holds others.
func (c Catalogue) schema(s *shape) property {
	p := property{}
	if s.doc != "" {
		p["description"] = s.doc
	}
	switch s.form {
	case text:
		p["type"] = []string{"string", "number", "boolean"}
		if len(s.words) > 0 {
			delete(p, "type")
			p["enum"] = s.words
		}
		if s.def != "" {
			delete(p, "enum")
			p["$ref"] = "#/$defs/" + s.def
		}
	case truth:
		p["type"] = "boolean"
	case integer, decimal:
		p["type"] = map[form]string{integer: "integer", decimal: "number"}[s.form]
		if s.least != "" {
			p["minimum"] = json.Number(strconv.FormatFloat(s.leastNumber(), 'g', -1, 64))
		}
	case list:
		p["type"], p["items"] = []string{"array", "null"}, c.schema(s.of)
	case table:
		p["type"], p["additionalProperties"] = []string{"object", "null"}, c.schema(s.of)
	case record:
		p["type"], p["additionalProperties"], p["properties"] = []string{"object", "null"}, false, c.properties(s.keys)
		if len(s.needs) > 0 {
			p["required"] = s.needs
		}
	case ruleName:
		p["$ref"] = "#/$defs/rule"
	case ruleTable:
		p["$ref"] = "#/$defs/rules"
	}
	return p
}

func (c Catalogue) properties(keys []key) property {
	properties := property{}
	for _, k := range keys {
		properties[k.name] = c.schema(k.shape)
	}
	return properties
}
