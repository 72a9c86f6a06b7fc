package render

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"path"
	"path/filepath"
	"reflect"
	"sort"
	"strings"
	"text/template"
	"text/template/parse"
	"time"

	"helm.sh/helm/v3/pkg/chart"
	"helm.sh/helm/v3/pkg/chartutil"

	"github.com/seaworthy-lint/seaworthy/lint/manifest"
)

// Helm's engine has no limits on what a template does, and takes no functions
// that would have: a chart that ranges over a thousand million, or makes a
// value that holds itself and prints it, ends the program that renders it. So
// templates run here with the same library, functions, values and order, and
// with a budget. Tests hold the result against that of Helm's engine.

// source is one template file of a chart or of a chart within it.
type source struct {
	// name is how Helm calls it: shop/charts/db/templates/service.yaml.
	name string
	text string
	// file is where positions lie; nil for one of a packaged chart.
	file  *manifest.File
	home  home
	chart *chart.Chart
	// scope are the names of the charts on the way from the root's values to
	// those of this template's chart.
	scope []string
}

// collect lists the templates of a chart and of the charts in it.
func (h *helm) collect(c *chart.Chart, scope []string, into map[string]*source) {
	library := strings.EqualFold(c.Metadata.Type, "library")
	for _, t := range c.Templates {
		if t == nil || library && !strings.HasPrefix(filepath.Base(t.Name), "_") {
			continue
		}
		name := path.Join(c.ChartFullPath(), t.Name)
		into[name] = &source{name: name, text: string(t.Data), file: h.loaded.text(t), home: h.loaded.homes[t], chart: c, scope: scope}
	}
	for _, sub := range c.Dependencies() {
		h.collect(sub, append(append([]string{}, scope...), sub.Name()), into)
	}
}

// inOrder sorts templates as Helm runs them: what lies deeper comes first.
func inOrder(sources map[string]*source) []*source {
	list := make([]*source, 0, len(sources))
	for _, s := range sources {
		list = append(list, s)
	}
	sort.Slice(list, func(i, j int) bool {
		a, b := list[i].name, list[j].name
		if m, n := strings.Count(a, "/"), strings.Count(b, "/"); m != n {
			return m > n
		}
		return a > b
	})
	return list
}

// program is a chart's templates, parsed and ready to run more than once.
type program struct {
	sources []*source
	byName  map[string]*source
	trees   map[string]*parse.Tree
	memory  *recall
	marks   *markTable
	// broken says why a template file could not be parsed.
	broken map[string]error
}

func newProgram(sources []*source) *program {
	p := &program{sources: sources, byName: map[string]*source{}, trees: map[string]*parse.Tree{}, memory: newRecall(), broken: map[string]error{}}
	parsing := template.New("gotpl").Funcs((&run{program: p, budget: newBudget()}).functions(nil))
	for _, s := range sources {
		p.byName[s.name] = s
		if _, err := parsing.New(s.name).Parse(s.text); err != nil {
			p.broken[s.name] = err
		}
	}
	for _, t := range parsing.Templates() {
		if t.Tree != nil && t.Root != nil && p.broken[t.Name()] == nil {
			p.trees[t.Name()] = t.Tree
		}
	}
	p.marks = newMarkTable(p)
	return p
}

// run is one run of all templates.
type run struct {
	*program
	budget  *budget
	looked  int
	marking bool
	guard   guard
}

// rendered is what a run gave for a template.
type rendered struct {
	text string
	err  error
}

// partial tells that a template file is only there to be included.
func (s *source) partial() bool { return strings.HasPrefix(path.Base(s.name), "_") }

// notes tells that a template is what helm shows to people.
func (s *source) notes() bool { return strings.HasSuffix(s.name, "NOTES.txt") }

// execute runs all templates with fresh values. marking tells which trees
// write marks into their output; nil means none.
func (p *program) execute(values map[*chart.Chart]map[string]any, marking func(tree string) bool) map[string]rendered {
	r := &run{program: p, budget: newBudget(), marking: marking != nil, guard: newGuard()}
	p.memory.rewind()
	t := template.New("gotpl").Option("missingkey=zero")
	t.Funcs(r.functions(t))
	results := map[string]rendered{}
	for name, tree := range p.trees {
		tree = tree.Copy()
		if marking != nil && marking(name) {
			p.marks.into(tree)
		}
		r.guard.tree(tree)
		if _, err := t.AddParseTree(name, tree); err != nil {
			p.broken[name] = err
		}
	}
	for _, s := range p.sources {
		if s.partial() {
			continue
		}
		results[s.name] = r.template(t, s, values[s.chart])
	}
	return results
}

func (r *run) template(t *template.Template, s *source, data map[string]any) (result rendered) {
	defer func() {
		if e := recover(); e != nil {
			result = rendered{err: fmt.Errorf("%v", e)}
		}
	}()
	switch {
	case r.broken[s.name] != nil:
		return rendered{err: r.broken[s.name]}
	case r.budget.spent():
		return rendered{err: errTooMuch("another template of the chart used up all that rendering may take")}
	}
	r.budget.nesting = 0
	data["Template"] = chartutil.Values{"Name": s.name, "BasePath": path.Join(s.chart.ChartFullPath(), "templates")}
	out := &output{budget: r.budget}
	if err := t.ExecuteTemplate(out, s.name, data); err != nil {
		return rendered{err: err}
	}
	return rendered{text: withoutNoValue(out.String())}
}

// withoutNoValue takes out what text/template writes for a value that is not
// there; in Helm that is nothing.
func withoutNoValue(text string) string { return strings.ReplaceAll(text, "<no value>", "") }

// chartData makes what each chart's templates see.
func chartData(c *chart.Chart, top map[string]any, into map[*chart.Chart]map[string]any) map[string]any {
	data := engineData(c, top)
	if c.IsRoot() {
		data["Values"] = top["Values"]
	} else if values, err := chartutil.Values(top).Table("Values." + c.Name()); err == nil {
		data["Values"] = values
	}
	subcharts := map[string]any{}
	data["Subcharts"] = subcharts
	for _, sub := range c.Dependencies() {
		subcharts[sub.Name()] = chartData(sub, data, into)
	}
	into[c] = data
	return data
}

// freshData is what the templates of each chart see in one run.
func freshData(c *chart.Chart, top map[string]any) map[*chart.Chart]map[string]any {
	all := map[*chart.Chart]map[string]any{}
	chartData(c, top, all)
	for _, data := range all {
		data["Values"] = chartValues(mapOf(data["Values"]))
	}
	return all
}

// chartValues is what templates see as .Values: Helm's type, whose methods can
// be called from templates too, though not for a value that never ends.
type chartValues map[string]any

// YAML is the text of the values.
func (v chartValues) YAML() (string, error) {
	r := &run{budget: newBudget()}
	r.measure(reflect.ValueOf(map[string]any(v)), 0)
	return chartutil.Values(v).YAML()
}

// AsMap is the values as a plain map.
func (v chartValues) AsMap() map[string]any { return chartutil.Values(v).AsMap() }

// Table is the map at a path of keys with dots between them.
func (v chartValues) Table(path string) (chartValues, error) {
	table, err := chartutil.Values(v).Table(path)
	return chartValues(table), err
}

// PathValue is the value at a path of keys with dots between them.
func (v chartValues) PathValue(path string) (any, error) { return chartutil.Values(v).PathValue(path) }

// functions are all functions that templates may call, with the run's limits.
func (r *run) functions(t *template.Template) template.FuncMap {
	functions := chartFunctions()
	functions["required"] = required
	functions["fail"] = func(message string) (string, error) { return "", givenUp(message) }
	functions["include"] = r.include(t)
	functions["tpl"] = r.tpl(t)
	functions["now"] = func() time.Time { return time.Date(2025, 1, 1, 0, 0, 0, 0, time.UTC) }
	functions["trim"] = trimMarked
	r.chance(functions)
	functions = r.bounded(functions)
	functions[tickName] = func() string { r.budget.step(1); return "" }
	functions[shownName] = r.shown
	functions[plainName] = r.plain
	return functions
}

// givenUp is the message of fail or required.
type givenUp string

func (e givenUp) Error() string { return string(e) }

func required(message string, value any) (any, error) {
	if value == nil || value == "" {
		return value, givenUp(message)
	}
	return value, nil
}

// chance makes functions of chance that give the same each time.
func (r *run) chance(functions template.FuncMap) {
	const digits, lower = "0123456789", "abcdefghijklmnopqrstuvwxyz"
	letters := lower + strings.ToUpper(lower)
	source := rand.New(rand.NewPCG(1, 2))
	pick := func(alphabet string) func(int) string {
		return func(n int) string {
			b := make([]byte, max(n, 0))
			for i := range b {
				b[i] = alphabet[source.IntN(len(alphabet))]
			}
			return string(b)
		}
	}
	functions["randAlphaNum"], functions["randAlpha"] = pick(letters+digits), pick(letters)
	functions["randNumeric"], functions["randAscii"] = pick(digits), pick(letters+digits+"!#$%&()*+,-./:;<=>?@[]^_{|}~")
	functions["randInt"] = func(low, high int) int { return low + source.IntN(high-low) }
	functions["uuidv4"] = func() string {
		hex := pick(digits + "abcdef")
		return hex(8) + "-" + hex(4) + "-4" + hex(3) + "-a" + hex(3) + "-" + hex(12)
	}
}

func (r *run) include(t *template.Template) func(string, any) (string, error) {
	return func(name string, data any) (string, error) {
		r.budget.enter()
		defer r.budget.leave()
		out := &output{budget: r.budget}
		err := t.ExecuteTemplate(out, name, data)
		return notBlank(out.String()), err
	}
}

// notBlank leaves no marks in a text that is blank without them, because
// whether a text is empty decides what a template does.
func notBlank(text string) string {
	if hasMark(text) {
		if plain := unmarked(text); strings.TrimSpace(plain) == "" {
			return plain
		}
	}
	return text
}

func (r *run) tpl(parent *template.Template) func(string, any) (string, error) {
	return func(text string, data any) (string, error) {
		r.budget.enter()
		defer r.budget.leave()
		r.budget.step(len(text)/bytesPerStep + len(r.trees)/treesPerStep)
		t, err := parent.Clone()
		if err != nil {
			return "", err
		}
		t.Option("missingkey=zero")
		nested := r.bounded(template.FuncMap{"include": r.include(t), "tpl": r.tpl(t)})
		t.Funcs(nested)
		before := map[*parse.Tree]bool{}
		for _, known := range t.Templates() {
			before[known.Tree] = true
		}
		t, err = t.New(parent.Name()).Parse(text)
		if err != nil {
			return "", fmt.Errorf("cannot parse the text given to tpl: %w", err)
		}
		for _, made := range t.Templates() {
			if made.Tree != nil && !before[made.Tree] {
				r.guard.tree(made.Tree)
			}
		}
		out := &output{budget: r.budget}
		if err := t.Execute(out, data); err != nil {
			return "", fmt.Errorf("in the text given to tpl: %w", err)
		}
		return notBlank(withoutNoValue(out.String())), nil
	}
}

const (
	bytesPerStep = 64
	treesPerStep = 8
)

// shown counts a value that is about to be printed.
func (r *run) shown(v reflect.Value) reflect.Value {
	if v.IsValid() && v.Kind() != reflect.String {
		if r.measure(v, 0) {
			return withoutMarks(v)
		}
	}
	return v
}

// plain is an argument of one of the functions that text/template has itself.
func (r *run) plain(v reflect.Value) reflect.Value {
	if !v.IsValid() {
		return v
	}
	r.budget.make(sizeOf(v) + padding(text(v)))
	if r.measure(v, 0) {
		return withoutMarks(v)
	}
	return v
}

// tooMuch tells that a run was stopped by its limits.
func tooMuch(results map[string]rendered) bool {
	for _, result := range results {
		var e errTooMuch
		if errors.As(result.err, &e) {
			return true
		}
	}
	return false
}
