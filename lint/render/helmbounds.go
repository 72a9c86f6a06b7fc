package render

import (
	"fmt"
	"reflect"
	"strings"
	"text/template"

	"helm.sh/helm/v3/pkg/chart"
	"helm.sh/helm/v3/pkg/chartutil"
)

// Limits of one render of a chart. Work is counted and not timed, so that the
// same chart always gives the same result.
const (
	// maxSteps bounds function calls, turns of loops and values looked at.
	maxSteps = 1_000_000
	// maxMade bounds the bytes of text and lists made on the way.
	maxMade = 192 << 20
	// maxNesting bounds include, tpl and template within each other, and how
	// deep values nest that are printed.
	maxNesting = 1000
)

// errTooMuch says what of a chart is too much. Nothing is rendered after it.
type errTooMuch string

func (e errTooMuch) Error() string { return "refused: " + string(e) }

// budget is what a render may still use up. Functions panic when it is used
// up, which text/template turns into errors.
type budget struct {
	steps, made int
	nesting     int
}

func newBudget() *budget { return &budget{steps: maxSteps, made: maxMade} }

func (b *budget) step(n int) {
	if b.steps -= n; b.steps < 0 || n < 0 {
		b.steps = -1
		panic(errTooMuch("it does not come to an end soon enough"))
	}
}

func (b *budget) make(n int) {
	if n < 0 || n > b.made {
		b.made = -1
		panic(errTooMuch(fmt.Sprintf("it makes more than %d MiB of text", maxMade>>20)))
	}
	b.made -= n
}

func (b *budget) enter() {
	if b.nesting++; b.nesting > maxNesting {
		panic(errTooMuch(fmt.Sprintf("templates include each other more than %d deep", maxNesting)))
	}
}

func (b *budget) leave() { b.nesting-- }

func (b *budget) spent() bool { return b.steps < 0 || b.made < 0 }

// output collects what a template writes.
type output struct {
	strings.Builder
	budget *budget
}

func (o *output) Write(p []byte) (n int, err error) {
	defer func() {
		if e, ok := recover().(errTooMuch); ok {
			err = e
		}
	}()
	o.budget.make(len(p))
	return o.Builder.Write(p)
}

// shallow are functions that do not look into the values that they are given,
// and pass them on with the marks in them.
var shallow = wordSet(`include tpl dict list tuple get set unset hasKey pluck pick omit append push mustAppend mustPush
	prepend mustPrepend first mustFirst rest mustRest last mustLast initial mustInitial concat default empty coalesce
	ternary required kindIs kindOf typeOf typeIs typeIsLike keys values all any reverse mustReverse dig slice mustSlice`)

// transparent are functions that look at their text and whose result is the
// same with marks in it and without.
var transparent = wordSet(`indent nindent trim merge mergeOverwrite mustMerge mustMergeOverwrite`)

// unsteady are functions whose result differs from call to call.
var unsteady = wordSet(`randAlphaNum randAlpha randAscii randNumeric randInt randBytes shuffle uuidv4 now bcrypt htpasswd ago
	genPrivateKey buildCustomCert genCA genCAWithKey genSelfSignedCert genSelfSignedCertWithKey genSignedCert
	genSignedCertWithKey encryptAES`)

// dear are functions that take far longer than others.
var dear = map[string]int{
	"genPrivateKey": 300_000, "genCA": 100_000, "genSelfSignedCert": 100_000, "genSignedCert": 100_000,
	"buildCustomCert": 10_000, "derivePassword": 60_000, "bcrypt": 40_000, "htpasswd": 40_000,
	"genCAWithKey": 10_000, "genSelfSignedCertWithKey": 10_000, "genSignedCertWithKey": 10_000,
}

func wordSet(words string) map[string]bool {
	set := map[string]bool{}
	for _, word := range strings.Fields(words) {
		set[word] = true
	}
	return set
}

// bounded wraps functions so that their calls, arguments and results count.
func (r *run) bounded(functions template.FuncMap) template.FuncMap {
	wrapped := template.FuncMap{}
	for name, function := range functions {
		wrapped[name] = r.wrap(name, reflect.ValueOf(function))
	}
	return wrapped
}

func (r *run) wrap(name string, function reflect.Value) any {
	typ := function.Type()
	cost := 1 + dear[name]
	return reflect.MakeFunc(typ, func(args []reflect.Value) []reflect.Value {
		r.budget.step(cost)
		r.prepare(name, args)
		if amount, ok := amplifiers[name]; ok {
			r.budget.make(amount(flatten(args, typ.IsVariadic())))
		}
		if unsteady[name] {
			return r.memory.call(name, func() []reflect.Value { return callWith(function, args) })
		}
		results := callWith(function, args)
		r.budget.make(sizeOf(results[0]))
		return results
	}).Interface()
}

func callWith(function reflect.Value, args []reflect.Value) []reflect.Value {
	if function.Type().IsVariadic() {
		return function.CallSlice(args)
	}
	return function.Call(args)
}

// prepare counts what is in the arguments of a function that looks into them,
// and takes the marks out.
func (r *run) prepare(name string, args []reflect.Value) {
	if shallow[name] {
		if r.marking {
			plainKeys(name, args)
		}
		return
	}
	if cost, ok := comparing[name]; ok {
		r.budget.step(cost(args))
	}
	for i, arg := range args {
		found := r.measure(arg, 0)
		if found && !transparent[name] {
			args[i] = withoutMarks(arg)
		}
	}
}

// keyed tells at which arguments functions on maps take keys.
var keyed = map[string]func(i int) bool{
	"dict": func(i int) bool { return i%2 == 0 }, "set": second, "get": second, "hasKey": second, "unset": second,
	"pick": fromSecond, "omit": fromSecond, "pluck": func(i int) bool { return i == 0 }, "dig": func(int) bool { return true },
	"include": func(i int) bool { return i == 0 },
}

func second(i int) bool     { return i == 1 }
func fromSecond(i int) bool { return i > 0 }

// plainKeys takes the marks out of keys, by which values are looked up.
func plainKeys(name string, args []reflect.Value) {
	isKey, ok := keyed[name]
	if !ok {
		return
	}
	for i, arg := range args {
		switch {
		case arg.Kind() == reflect.String && isKey(i):
			args[i] = withoutMarks(arg)
		case arg.Kind() == reflect.Slice && i == len(args)-1:
			for j := range arg.Len() {
				item := arg.Index(j)
				if value := item; isKey(i+j) && hasMark(text(value)) {
					item.Set(withoutMarks(value))
				}
			}
		}
	}
}

// text is the text of a string, also in an interface.
func text(v reflect.Value) string {
	if v.Kind() == reflect.Interface {
		v = v.Elem()
	}
	if v.Kind() == reflect.String {
		return v.String()
	}
	return ""
}

// measure counts a value and what is in it, and tells whether it holds marks.
func (r *run) measure(v reflect.Value, depth int) (marks bool) {
	for v.Kind() == reflect.Interface || v.Kind() == reflect.Pointer {
		if v.IsNil() {
			return false
		}
		v = v.Elem()
		if depth++; depth > maxNesting {
			panic(errTooMuch("a value that holds itself"))
		}
	}
	switch v.Kind() {
	case reflect.String:
		return r.marking && hasMark(v.String())
	case reflect.Map, reflect.Slice, reflect.Array, reflect.Struct:
	default:
		return false
	}
	if depth > maxNesting {
		panic(errTooMuch("a value that holds itself"))
	}
	return r.measureParts(v, depth+1)
}

func (r *run) measureParts(v reflect.Value, depth int) (marks bool) {
	switch v.Kind() {
	case reflect.Map:
		r.look(v.Len())
		for each := v.MapRange(); each.Next(); {
			marks = r.measure(each.Value(), depth) || marks
		}
	case reflect.Slice, reflect.Array:
		if kind := v.Type().Elem().Kind(); kind < reflect.Array && kind != reflect.Invalid {
			return false
		}
		r.look(v.Len())
		for i := range v.Len() {
			marks = r.measure(v.Index(i), depth) || marks
		}
	case reflect.Struct:
		for i := range v.NumField() {
			marks = r.measure(v.Field(i), depth) || marks
		}
	}
	return marks
}

// look counts values that are looked at, which costs less than a call.
func (r *run) look(n int) {
	if r.looked += n; r.looked >= lookedPerStep {
		r.budget.step(r.looked / lookedPerStep)
		r.looked %= lookedPerStep
	}
}

const lookedPerStep = 16

// withoutMarks copies a value without the marks in it.
func withoutMarks(v reflect.Value) reflect.Value {
	copied := reflect.New(v.Type()).Elem()
	if plain := plainValue(v.Interface()); plain != nil {
		copied.Set(reflect.ValueOf(plain))
	}
	return copied
}

func plainValue(v any) any {
	switch v := v.(type) {
	case string:
		return unmarked(v)
	case []string:
		plain := make([]string, len(v))
		for i, item := range v {
			plain[i] = unmarked(item)
		}
		return plain
	case []any:
		plain := make([]any, len(v))
		for i, item := range v {
			plain[i] = plainValue(item)
		}
		return plain
	case chartutil.Values:
		return chartutil.Values(plainMap(v))
	case chartValues:
		return chartValues(plainMap(v))
	case map[string]any:
		return plainMap(v)
	}
	return v
}

func plainMap(m map[string]any) map[string]any {
	plain := make(map[string]any, len(m))
	for key, item := range m {
		plain[unmarked(key)] = plainValue(item)
	}
	return plain
}

// sizeOf is about how many bytes a result takes.
func sizeOf(v reflect.Value) int {
	if v.Kind() == reflect.Interface {
		v = v.Elem()
	}
	switch v.Kind() {
	case reflect.String:
		return v.Len()
	case reflect.Slice:
		return v.Len() * int(v.Type().Elem().Size())
	case reflect.Map:
		return v.Len() * bytesPerEntry
	}
	return 0
}

const bytesPerEntry = 48

// recall remembers what functions gave whose results differ from call to call,
// so that a second render gets the same.
type recall struct {
	results map[string][][]reflect.Value
	next    map[string]int
}

func newRecall() *recall {
	return &recall{results: map[string][][]reflect.Value{}, next: map[string]int{}}
}

func (m *recall) rewind() { m.next = map[string]int{} }

func (m *recall) call(name string, function func() []reflect.Value) []reflect.Value {
	i := m.next[name]
	m.next[name]++
	if i < len(m.results[name]) {
		return m.results[name][i]
	}
	results := function()
	m.results[name] = append(m.results[name], results)
	return results
}

// engineData is what a chart's templates see as their dot, except for values.
func engineData(c *chart.Chart, top map[string]any) map[string]any {
	return map[string]any{
		"Chart": struct {
			chart.Metadata
			IsRoot bool
		}{*c.Metadata, c.IsRoot()},
		"Files":        filesOf(c.Files),
		"Release":      top["Release"],
		"Capabilities": top["Capabilities"],
		"Values":       make(chartutil.Values),
	}
}
