package config

import (
	"reflect"
	"slices"
	"strings"
)

// Section describes the keys of a map of the configuration.
type Section struct {
	// Name is the path of the map, as charts[].releases[]; empty for the file
	// itself.
	Name string
	Keys []Key
}

// Key describes one key.
type Key struct {
	Name, Type, Doc string
}

// Parameter describes a parameter of a rule.
type Parameter struct {
	Rule, Default string
	Key
}

// Reference describes all keys of a file, in the order of the file.
func Reference(catalogue Catalogue) []Section {
	var sections []Section
	var visit func(name string, s *shape)
	visit = func(name string, s *shape) {
		section := Section{Name: name}
		at := len(sections)
		sections = append(sections, section)
		for _, k := range s.keys {
			if isShared := name == "overrides[]" && slices.ContainsFunc(catalogue.layer(), func(l key) bool { return l.name == k.name }); isShared {
				continue
			}
			section.Keys = append(section.Keys, Key{k.name, k.typeName(), k.docWithNeed(s)})
			if inner := k.of; k.form == list && inner.form == record {
				visit(strings.TrimPrefix(name+"."+k.name+"[]", "."), inner)
			}
		}
		sections[at] = section
	}
	visit("", catalogue.file())
	return sections
}

func (k key) docWithNeed(parent *shape) string {
	if slices.Contains(parent.needs, k.name) {
		return k.doc + " Required."
	}
	return k.doc
}

// typeName is the type of a value in a few words.
func (s *shape) typeName() string {
	switch {
	case s.form == text && len(s.words) > 0 && len(s.words) < 8:
		return strings.Join(s.words, ", ")
	case s.form == list && s.of.form == ruleName:
		return "list of rules"
	case s.form == list && s.of.form == record:
		return "list of maps"
	case s.form == list:
		return "list of " + strings.TrimPrefix(strings.TrimPrefix(formNames[s.of.form], "a "), "whole ") + "s"
	}
	return strings.TrimPrefix(formNames[s.form], "a ")
}

// Parameters describes the parameters of all rules, by rule.
func Parameters(catalogue Catalogue) []Parameter {
	var all []Parameter
	for _, r := range catalogue.Rules {
		for _, p := range parametersOf(r) {
			standard := reflect.ValueOf(r.Params).Elem().Field(p.field)
			text := valueText(standard.Interface())
			if standard.IsZero() {
				text = ""
			}
			all = append(all, Parameter{r.ID, text, Key{p.name, p.typeName(), p.doc}})
		}
	}
	return all
}
