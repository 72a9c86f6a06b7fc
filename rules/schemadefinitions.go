package rules

import (
	"strings"

	"github.com/seaworthy-lint/seaworthy/lint/manifest"
)

// definedSchema is the schema that a CustomResourceDefinition of the set gives
// to an object; nil when there is none.
func definedSchema(set *manifest.Set, o *manifest.Object) *schema {
	definition := set.Definition(o.Group(), o.Kind)
	if definition == nil {
		return nil
	}
	spec := definition.At("spec")
	root := versionSchema(spec, o.APIVersion)
	if !root.IsSet() {
		return nil
	}
	return &schema{takes: objectValue, definition: root, open: spec.At("preserveUnknownFields").True() || keepsUnknown(root)}
}

// versionSchema is the schema of the version that an apiVersion names: its
// own, or in v1beta1 the one for all versions.
func versionSchema(spec *manifest.Node, apiVersion string) *manifest.Node {
	_, name, _ := strings.Cut(apiVersion, "/")
	for _, version := range spec.At("versions").Items() {
		if version.At("name").Str() == name {
			if own := version.At("schema", "openAPIV3Schema"); own.IsSet() {
				return own
			}
		}
	}
	return spec.At("validation", "openAPIV3Schema")
}

func keepsUnknown(definition *manifest.Node) bool {
	return definition.At("x-kubernetes-preserve-unknown-fields").True()
}

// definedField is a field of a defined type. Every resource has apiVersion,
// kind and metadata, whatever its definition says of them.
func definedField(s *schema, key string) *schema {
	properties := s.definition.At("properties")
	if isRoot := s.definition.Key == "openAPIV3Schema"; isRoot || s.definition.At("x-kubernetes-embedded-resource").True() {
		switch key {
		case "metadata":
			return builtinSchemas().types["meta/v1.ObjectMeta"]
		case "apiVersion", "kind":
			return &plainSchemas[strings.IndexByte(plainCodes, 's')]
		}
	}
	return readDefinition(properties.At(key))
}

// readDefinition reads one level of an OpenAPI schema.
func readDefinition(n *manifest.Node) *schema {
	if !n.IsSet() {
		return nil
	}
	s := &schema{definition: n, open: keepsUnknown(n)}
	if n.At("x-kubernetes-int-or-string").True() {
		s.takes = intOrStringValue
		return s
	}
	switch n.At("type").Str() {
	case "string":
		s.takes = stringValue
		for _, value := range n.At("enum").Items() {
			s.values = append(s.values, value.Str())
		}
	case "boolean":
		s.takes = boolValue
	case "integer":
		s.takes = intValue
	case "number":
		s.takes = numberValue
	case "array":
		s.takes, s.items = listValue, readDefinition(n.At("items"))
	case "object":
		s.takes = objectValue
		if values := n.At("additionalProperties"); values.IsSet() {
			s.takes, s.items = mapValue, readDefinition(values)
		}
	default: // v1beta1 lets definitions leave the type out
		if n.At("properties").IsSet() {
			s.takes = objectValue
		}
	}
	return s
}

// definedRequired are the fields that a definition demands, without those that
// it fills in itself.
func definedRequired(definition *manifest.Node) []string {
	var keys []string
	for _, key := range definition.At("required").Items() {
		if definition.At("properties", key.Str(), "default") == nil {
			keys = append(keys, key.Str())
		}
	}
	return keys
}
