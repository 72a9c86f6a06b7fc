package rules

import (
	_ "embed" // the table of built-in kinds
	"maps"
	"slices"
	"strings"
	"sync"

	"github.com/seaworthy-lint/seaworthy/lint/manifest"
)

//go:generate go run ../internal/schemagen schema/builtin.txt

//go:embed schema/builtin.txt
var builtinSchemaText string

// valueType is what a field takes.
type valueType uint8

const (
	anyValue valueType = iota
	stringValue
	boolValue
	intValue
	numberValue
	quantityValue
	intOrStringValue
	timeValue
	durationValue
	base64Value
	mapValue
	listValue
	objectValue
)

// schema says what a value may be: by the table of built-in kinds, or by the
// schema of a CustomResourceDefinition.
type schema struct {
	takes valueType
	// name is the name of a built-in type, as core/v1.PodSpec.
	name string
	// values are all that a string may be; any when there are none.
	values []string
	// items is what the items of a list or the values of a map are.
	items *schema
	// fields are those of a built-in type.
	fields map[string]*schema
	// definition is the OpenAPI schema in a definition, which is read as far
	// as a resource goes.
	definition *manifest.Node
	// open tells that fields which are not listed are kept.
	open bool
}

// field is the schema of a field; nil when there is no such field.
func (s *schema) field(key string) *schema {
	if s.definition == nil {
		return s.fields[key]
	}
	return definedField(s, key)
}

// names are the fields that are known, in alphabetical order.
func (s *schema) names() []string {
	if s.definition == nil {
		return slices.Sorted(maps.Keys(s.fields))
	}
	var names []string
	for _, f := range s.definition.At("properties").Fields() {
		names = append(names, f.Key)
	}
	slices.Sort(names)
	return names
}

// schemaTable holds the built-in kinds and the types that they are made of.
type schemaTable struct {
	kinds map[string]*schema // by "apps/v1 Deployment"
	types map[string]*schema
}

var builtinSchemas = sync.OnceValue(func() schemaTable { return readSchemas(builtinSchemaText) })

// readSchemas reads the form that internal/schemagen writes.
func readSchemas(text string) schemaTable {
	table := schemaTable{kinds: map[string]*schema{}, types: map[string]*schema{}}
	for line := range strings.Lines(text) {
		word, rest, _ := strings.Cut(strings.TrimSuffix(line, "\n"), " ")
		switch word {
		case "kind":
			at := strings.LastIndexByte(rest, ' ')
			table.kinds[rest[:at]] = table.named(rest[at+1:])
		case "enum":
			name, values, _ := strings.Cut(rest, " ")
			*table.named(name) = schema{takes: stringValue, name: name, values: strings.Split(values, "|")}
		case "type":
			table.readType(rest)
		}
	}
	return table
}

func (t schemaTable) readType(line string) {
	words := strings.Split(line, " ")
	s := t.named(words[0])
	pkg, _, _ := strings.Cut(words[0], ".")
	s.fields = make(map[string]*schema, len(words)-1)
	for _, word := range words[1:] {
		key, code, _ := strings.Cut(word, "=")
		s.fields[key] = t.coded(code, pkg)
	}
}

// named is the type of that name, which may be read later.
func (t schemaTable) named(name string) *schema {
	s := t.types[name]
	if s == nil {
		s = &schema{takes: objectValue, name: name}
		t.types[name] = s
	}
	return s
}

// coded is the type that a field of a type in the package states.
func (t schemaTable) coded(code, pkg string) *schema {
	if rest, ok := strings.CutPrefix(code, "[]"); ok {
		return &schema{takes: listValue, items: t.coded(rest, pkg)}
	}
	if rest, ok := strings.CutPrefix(code, "{}"); ok {
		return &schema{takes: mapValue, items: t.coded(rest, pkg)}
	}
	if i := strings.Index(plainCodes, code); len(code) == 1 && i >= 0 {
		return &plainSchemas[i]
	}
	if strings.HasPrefix(code, ".") {
		code = pkg + code
	}
	return t.named(code)
}

// plainCodes are the letters for types without parts, in the order of
// plainSchemas.
const plainCodes = "*sbinqxtdy"

var plainSchemas = [...]schema{
	{takes: anyValue}, {takes: stringValue}, {takes: boolValue}, {takes: intValue}, {takes: numberValue},
	{takes: quantityValue}, {takes: intOrStringValue}, {takes: timeValue}, {takes: durationValue}, {takes: base64Value},
}
