package config

import (
	"reflect"
	"strings"
	"unicode"

	"github.com/seaworthy-lint/seaworthy/lint"
	"github.com/seaworthy-lint/seaworthy/lint/manifest"
)

// parameter is a parameter of a rule: a field of the struct that Rule.Params
// points to. Its tags are yaml for the name where that is not the field's,
// doc, min for the smallest number, and form for texts that are globs.
type parameter struct {
	name  string
	field int
	*shape
}

// parametersOf are the parameters of a rule in the order of their fields.
func parametersOf(r *lint.Rule) []parameter {
	if r.Params == nil {
		return nil
	}
	var parameters []parameter
	t := reflect.TypeOf(r.Params).Elem()
	for i := range t.NumField() {
		field := t.Field(i)
		name := field.Tag.Get("yaml")
		if name == "" {
			name = kebab(field.Name)
		}
		s := shapeOf(field.Type)
		s.doc = sentence(field.Tag.Get("doc"))
		for at := s; at != nil; at = at.of {
			at.least = field.Tag.Get("min")
			if field.Tag.Get("form") == "glob" && at.form == text {
				at.check = lint.ValidateGlob
			}
		}
		parameters = append(parameters, parameter{name: name, field: i, shape: s})
	}
	return parameters
}

// sentence has a capital at its beginning and a full stop at its end.
func sentence(doc string) string {
	if doc == "" {
		return ""
	}
	return strings.ToUpper(doc[:1]) + doc[1:] + "."
}

// kebab is the name of a field as a key: min-replicas for MinReplicas.
func kebab(name string) string {
	var b strings.Builder
	last := 'A'
	for _, c := range name {
		if unicode.IsUpper(c) && !unicode.IsUpper(last) {
			b.WriteByte('-')
		}
		b.WriteRune(unicode.ToLower(c))
		last = c
	}
	return b.String()
}

func shapeOf(t reflect.Type) *shape {
	switch t.Kind() {
	case reflect.Slice:
		return &shape{form: list, of: shapeOf(t.Elem())}
	case reflect.Map:
		return &shape{form: table, of: shapeOf(t.Elem())}
	case reflect.Bool:
		return &shape{form: truth}
	case reflect.Int, reflect.Int64:
		return &shape{form: integer}
	case reflect.Float64:
		return &shape{form: decimal}
	}
	return &shape{form: text}
}

// setParameter puts a value that has the shape of the parameter into a field.
func setParameter(field reflect.Value, n *manifest.Node) {
	switch field.Kind() {
	case reflect.Slice:
		items := reflect.MakeSlice(field.Type(), len(n.Items()), len(n.Items()))
		for i, item := range n.Items() {
			setParameter(items.Index(i), item)
		}
		field.Set(items)
	case reflect.Map:
		entries := reflect.MakeMap(field.Type())
		for _, entry := range n.Fields() {
			value := reflect.New(field.Type().Elem()).Elem()
			setParameter(value, entry)
			entries.SetMapIndex(reflect.ValueOf(entry.Key), value)
		}
		field.Set(entries)
	case reflect.Bool:
		field.SetBool(n.True())
	case reflect.Int, reflect.Int64:
		number, _ := n.Int()
		field.SetInt(number)
	case reflect.Float64:
		field.SetFloat(floatOf(n))
	case reflect.String:
		field.SetString(textAt(n))
	}
}

// withParameters is a copy of a rule's parameters in which some are set.
func withParameters(r *lint.Rule, set []tunedParameter) any {
	params := reflect.New(reflect.TypeOf(r.Params).Elem())
	params.Elem().Set(reflect.ValueOf(r.Params).Elem())
	for _, p := range set {
		setParameter(params.Elem().Field(p.field), p.value)
	}
	return params.Interface()
}

// validate asks parameters that can tell whether they make sense.
func validate(params any) error {
	if v, ok := params.(interface{ Validate() error }); ok {
		return v.Validate()
	}
	return nil
}
