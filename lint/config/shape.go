package config

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/seaworthy-lint/seaworthy/lint"
	"github.com/seaworthy-lint/seaworthy/lint/manifest"
	"github.com/seaworthy-lint/seaworthy/lint/nearest"
)

// shape is what a value of a configuration may be. The same shapes check
// files, and make the JSON Schema and the page of the documentation.
type shape struct {
	form form
	doc  string
	// words are the only ones of a text. def is the name by which the schema
	// defines them once.
	words []string
	def   string
	// check tells what is wrong with a text.
	check func(text string) error
	// least is the smallest number; empty when any will do.
	least string
	// keys are those of a record; needs are those that must be there.
	keys  []key
	needs []string
	// of is the shape of a list's items, or of a table's values.
	of *shape
}

// key is a key of a record.
type key struct {
	name string
	*shape
}

// form is what kind of value a shape is.
type form uint8

const (
	text form = iota
	truth
	integer
	decimal
	list
	record // with known keys
	table  // with keys of the user's choice
	ruleName
	ruleTable // a record whose keys are names of rules
)

var formNames = map[form]string{
	text: "a text", truth: "true or false", integer: "a whole number", decimal: "a number", list: "a list", record: "a map", table: "a map",
	ruleName: "the name of a rule", ruleTable: "a map of rules",
}

// maxMistakes is how many mistakes of a file are told at once.
const maxMistakes = 10

// checker holds a file against the shapes.
type checker struct {
	catalogue Catalogue
	mistakes  []error
}

// placed is an error with the file and line of a node.
func placed(n *manifest.Node, format string, args ...any) error {
	return fmt.Errorf("%s: %s", originOf(n), fmt.Sprintf(format, args...))
}

func (c *checker) failf(n *manifest.Node, format string, args ...any) {
	if len(c.mistakes) < maxMistakes {
		c.mistakes = append(c.mistakes, placed(n, format, args...))
	}
}

func (c *checker) err() error { return errors.Join(c.mistakes...) }

// check holds a value, called name in what is said, against its shape. A value
// that is not set is as if its key were absent.
func (c *checker) check(n *manifest.Node, name string, s *shape) {
	if !n.IsSet() {
		return
	}
	if !s.fits(n) {
		c.failf(n, "%s must be %s%s", name, formNames[s.form], s.example(n))
		return
	}
	switch s.form {
	case text:
		c.text(n, name, s)
	case integer, decimal:
		if number, err := strconv.ParseFloat(n.Value, 64); err != nil || s.least != "" && number < s.leastNumber() {
			c.failf(n, "%s must be at least %s", name, s.least)
		}
	case ruleName:
		c.rules(n, n.Value)
	case list:
		for _, item := range n.Items() {
			if !item.IsSet() {
				c.failf(item, "%s holds an empty item", name)
			}
			c.check(item, "an item of "+name, s.of)
		}
	case record:
		c.record(n, name, s.keys, s.needs)
	case table:
		for _, field := range n.Fields() {
			c.check(field, field.Key, s.of)
		}
	case ruleTable:
		for _, field := range n.Fields() {
			if rules := c.rules(field, field.Key); len(rules) > 0 {
				c.check(field, field.Key, &shape{form: record, keys: keysOf(s, rules)})
			}
		}
	}
}

// keysOf are the keys of all rules that a name stands for, each once.
func keysOf(s *shape, rules []*lint.Rule) []key {
	var all []key
	for _, k := range s.keys {
		if !slices.ContainsFunc(rules, func(r *lint.Rule) bool { return r.ID == k.name }) {
			continue
		}
		for _, own := range k.keys {
			if !slices.ContainsFunc(all, func(other key) bool { return other.name == own.name }) {
				all = append(all, own)
			}
		}
	}
	return all
}

func (s *shape) leastNumber() float64 {
	number, _ := strconv.ParseFloat(s.least, 64)
	return number
}

// fits tells whether a value has the form, whatever it says.
func (s *shape) fits(n *manifest.Node) bool {
	switch s.form {
	case list:
		return n.Kind == manifest.List
	case record, table, ruleTable:
		return n.Kind == manifest.Map
	case truth:
		return n.Truth() == manifest.True || n.Truth() == manifest.False
	case integer:
		_, ok := n.Int()
		return ok
	case decimal:
		return n.Kind == manifest.Scalar && (n.Type == manifest.Int || n.Type == manifest.Float)
	}
	return n.Kind == manifest.Scalar
}

// example shows a list where a single value was written.
func (s *shape) example(n *manifest.Node) string {
	if s.form == list && n.Kind == manifest.Scalar {
		return ", as in [" + n.Value + "]"
	}
	return ""
}

func (c *checker) text(n *manifest.Node, name string, s *shape) {
	if s.check == nil && len(s.words) > 0 && !slices.ContainsFunc(s.words, func(word string) bool { return strings.EqualFold(word, textAt(n)) }) {
		c.failf(n, "%s: unknown value %q%s: use %s", name, textAt(n), nearest.Hint(textAt(n), s.words), strings.Join(s.words, ", "))
	}
	if s.check != nil {
		if err := s.check(textAt(n)); err != nil {
			c.failf(n, "%s: %s", name, err)
		}
	}
}

// rules are those that answer to a name in a file.
func (c *checker) rules(n *manifest.Node, name string) []*lint.Rule {
	found := lint.Find(c.catalogue.Rules, name)
	if len(found) == 0 {
		c.failf(n, "unknown rule %q%s", name, lint.Suggest(c.catalogue.Rules, name))
	}
	return found
}

func (c *checker) record(n *manifest.Node, name string, keys []key, needs []string) {
	names := make([]string, len(keys))
	for i, k := range keys {
		names[i] = k.name
	}
	for _, field := range n.Fields() {
		i := slices.Index(names, field.Key)
		if i < 0 {
			c.failf(field, "unknown key %q%s: use %s", field.Key, nearest.Hint(field.Key, names), strings.Join(names, ", "))
			continue
		}
		c.check(field, field.Key, keys[i].shape)
	}
	for _, need := range needs {
		if at := n.At(need); !at.IsSet() || textAt(at) == "" && len(at.Items()) == 0 {
			c.failf(n, "%s needs the key %s", name, need)
		}
	}
}
