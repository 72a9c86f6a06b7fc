package render

import (
	"fmt"
	"reflect"
	"strings"
)

// comparing are functions that compare each item of a list with each.
var comparing = map[string]func(args []reflect.Value) int{
	"uniq": eachWithEach, "mustUniq": eachWithEach, "without": eachWithOmitted, "mustWithout": eachWithOmitted,
}

const comparisonsPerStep = 1000

func eachWithEach(args []reflect.Value) int {
	n := length(args, 0)
	return product(n, n) / comparisonsPerStep
}

func eachWithOmitted(args []reflect.Value) int {
	return product(length(args, 0), length(args, 1)) / comparisonsPerStep
}

// amplifiers are functions that can make much of little: how much is known
// before they are called.
var amplifiers = map[string]func(args []reflect.Value) int{
	"repeat":       func(a []reflect.Value) int { return product(number(a, 0), len(word(a, 1))) },
	"until":        func(a []reflect.Value) int { return product(distance(0, number(a, 0)), intSize) },
	"untilStep":    func(a []reflect.Value) int { return product(distance(number(a, 0), number(a, 1)), intSize) },
	"seq":          func(a []reflect.Value) int { return product(distance(number(a, 0), number(a, len(a)-1)), 2*intSize) },
	"indent":       indented,
	"nindent":      indented,
	"replace":      func(a []reflect.Value) int { return product(strings.Count(word(a, 2), word(a, 0)), len(word(a, 1))) },
	"wrapWith":     func(a []reflect.Value) int { return product(len(word(a, 2)), len(word(a, 1))) },
	"fromToml":     tomlText,
	"join":         func(a []reflect.Value) int { return product(length(a, 1), len(word(a, 0))) },
	"randAlphaNum": random, "randAlpha": random, "randAscii": random, "randNumeric": random, "randBytes": random,
	"regexReplaceAll": replaced, "mustRegexReplaceAll": replaced,
	"regexReplaceAllLiteral": replaced, "mustRegexReplaceAllLiteral": replaced,
}

const intSize = 8

// maxTOML is the longest text that is read as TOML: the reader of it goes as
// deep as brackets do.
const maxTOML = 256 << 10

func tomlText(a []reflect.Value) int {
	if len(word(a, 0)) > maxTOML {
		panic(errTooMuch(fmt.Sprintf("fromToml of more than %d KiB", maxTOML>>10)))
	}
	return 0
}

func indented(a []reflect.Value) int {
	return product(number(a, 0), 1+strings.Count(word(a, 1), "\n"))
}

func random(a []reflect.Value) int { return product(number(a, 0), intSize) }

func replaced(a []reflect.Value) int {
	return product(len(word(a, 1)), len(word(a, 2)))
}

// product multiplies without overflow; less than nothing is nothing.
func product(a, b int) int {
	const most = 1 << 31
	return min(max(a, 0), most) * min(max(b, 0), most)
}

func distance(a, b int) int {
	if b < a {
		a, b = b, a
	}
	if d := b - a; d >= 0 {
		return d
	}
	return maxMade
}

// flatten is the list of arguments with those of a variadic function one by one.
func flatten(args []reflect.Value, variadic bool) []reflect.Value {
	if !variadic || len(args) == 0 {
		return args
	}
	last := args[len(args)-1]
	flat := append([]reflect.Value{}, args[:len(args)-1]...)
	for i := range last.Len() {
		flat = append(flat, last.Index(i))
	}
	return flat
}

func number(args []reflect.Value, i int) int {
	if i >= 0 && i < len(args) && args[i].CanInt() {
		return int(args[i].Int())
	}
	return 0
}

func word(args []reflect.Value, i int) string {
	if i >= len(args) {
		return ""
	}
	return text(args[i])
}

func length(args []reflect.Value, i int) int {
	if i >= len(args) {
		return 0
	}
	v := args[i]
	if v.Kind() == reflect.Interface {
		v = v.Elem()
	}
	if v.Kind() == reflect.Slice {
		return v.Len()
	}
	return 0
}

// maxWidth is the largest width that package fmt fills up to.
const maxWidth = 1_000_000

// padding is how much a format can fill up: each verb with a width that is
// large or given by an argument counts as the most.
func padding(format string) int {
	total, digits, verb := 0, 0, false
	for _, c := range []byte(format) {
		switch {
		case c == '%':
			digits, verb = 0, true
		case verb && c == '*' || verb && c >= '0' && c <= '9':
			if digits++; c == '*' || digits == len("1000") {
				total += maxWidth
			}
		case c != '.' && c != '-' && c != '+' && c != ' ' && c != '[' && c != ']' && c != '#':
			verb = false
		}
	}
	return total
}
