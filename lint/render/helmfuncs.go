package render

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"path"
	"sort"
	"strings"
	"text/template"

	"github.com/BurntSushi/toml"
	"github.com/Masterminds/sprig/v3"
	"github.com/gobwas/glob"
	"helm.sh/helm/v3/pkg/chart"
	"sigs.k8s.io/yaml"
	goyaml "sigs.k8s.io/yaml/goyaml.v3"
)

// chartFunctions are the functions that Helm's engine gives to templates. The
// engine itself keeps them to itself, and a test holds these against it.
// include, tpl, required and fail are bound to a run.
func chartFunctions() template.FuncMap {
	f := sprig.TxtFuncMap()
	delete(f, "env")
	delete(f, "expandenv")
	extra := template.FuncMap{
		"toYaml":        toYAML,
		"toYamlPretty":  toYAMLPretty,
		"fromYaml":      fromYAML,
		"fromYamlArray": fromYAMLArray,
		"toJson":        toJSON,
		"fromJson":      fromJSON,
		"fromJsonArray": fromJSONArray,
		"toToml":        toTOML,
		"fromToml":      fromTOML,
		"lookup":        func(_, _, _, _ string) (map[string]any, error) { return map[string]any{}, nil },
		"getHostByName": func(string) string { return "" },
		"keys":          sortedKeys,
		"values":        sortedValues,
	}
	for name, function := range extra {
		f[name] = function
	}
	return f
}

// In a template an error of these functions is no error: Helm swallows it.

func toYAML(v any) string {
	data, err := yaml.Marshal(v)
	if err != nil {
		return ""
	}
	return strings.TrimSuffix(string(data), "\n")
}

func toYAMLPretty(v any) string {
	var data bytes.Buffer
	encoder := goyaml.NewEncoder(&data)
	encoder.SetIndent(2)
	if encoder.Encode(v) != nil {
		return ""
	}
	return strings.TrimSuffix(data.String(), "\n")
}

func toJSON(v any) string {
	data, err := json.Marshal(v)
	if err != nil {
		return ""
	}
	return string(data)
}

func toTOML(v any) string {
	var data bytes.Buffer
	if err := toml.NewEncoder(&data).Encode(v); err != nil {
		return err.Error()
	}
	return data.String()
}

func fromYAML(text string) map[string]any {
	return decoded(text, func(b []byte, m *map[string]any) error { return yaml.Unmarshal(b, m) })
}

func fromJSON(text string) map[string]any {
	return decoded(text, func(b []byte, m *map[string]any) error { return json.Unmarshal(b, m) })
}

func fromTOML(text string) map[string]any {
	return decoded(text, func(b []byte, m *map[string]any) error { return toml.Unmarshal(b, m) })
}

func decoded(text string, decode func([]byte, *map[string]any) error) map[string]any {
	m := map[string]any{}
	if err := decode([]byte(text), &m); err != nil {
		m["Error"] = err.Error()
	}
	return m
}

func fromYAMLArray(text string) []any {
	return decodedList(text, func(b []byte, l *[]any) error { return yaml.Unmarshal(b, l) })
}

func fromJSONArray(text string) []any {
	return decodedList(text, func(b []byte, l *[]any) error { return json.Unmarshal(b, l) })
}

func decodedList(text string, decode func([]byte, *[]any) error) []any {
	l := []any{}
	if err := decode([]byte(text), &l); err != nil {
		return []any{err.Error()}
	}
	return l
}

// sortedKeys gives in order what sprig gives in the random order of Go's maps:
// the same chart has to give the same bytes.
func sortedKeys(dicts ...map[string]any) []string {
	var keys []string
	for _, dict := range dicts {
		keys = append(keys, keysOf(dict)...)
	}
	return keys
}

func sortedValues(dict map[string]any) []any {
	values := []any{}
	for _, key := range keysOf(dict) {
		values = append(values, dict[key])
	}
	return values
}

func keysOf(dict map[string]any) []string {
	keys := make([]string, 0, len(dict))
	for key := range dict {
		keys = append(keys, key)
	}
	sort.Strings(keys)
	return keys
}

// chartFiles is what templates see as .Files: the files of the chart, and
// nothing else.
type chartFiles map[string][]byte

func filesOf(list []*chart.File) chartFiles {
	files := chartFiles{}
	for _, f := range list {
		files[f.Name] = f.Data
	}
	return files
}

// GetBytes is the content of a file, empty when there is none.
func (f chartFiles) GetBytes(name string) []byte {
	if content, ok := f[name]; ok {
		return content
	}
	return []byte{}
}

// Get is the content of a file as text.
func (f chartFiles) Get(name string) string { return string(f.GetBytes(name)) }

// maxGlob bounds patterns, which alternatives in braces make expensive.
const maxGlob = 500

// Glob are the files whose names fit; a pattern that is none fits all.
func (f chartFiles) Glob(pattern string) chartFiles {
	if len(pattern) > maxGlob {
		panic(errTooMuch("a glob pattern of more than 500 characters"))
	}
	g, err := glob.Compile(pattern, '/')
	if err != nil {
		g = glob.MustCompile("**")
	}
	files := chartFiles{}
	for name, content := range f {
		if g.Match(name) {
			files[name] = content
		}
	}
	return files
}

// AsConfig are the files as the data of a ConfigMap.
func (f chartFiles) AsConfig() string {
	return f.data(func(content []byte) string { return string(content) })
}

// AsSecrets are the files as the data of a Secret.
func (f chartFiles) AsSecrets() string {
	return f.data(base64.StdEncoding.EncodeToString)
}

func (f chartFiles) data(encode func([]byte) string) string {
	if f == nil {
		return ""
	}
	data := map[string]string{}
	names := make([]string, 0, len(f))
	for name := range f {
		names = append(names, name)
	}
	sort.Strings(names)
	for _, name := range names {
		data[path.Base(name)] = encode(f[name])
	}
	return toYAML(data)
}

// Lines are the lines of a file.
func (f chartFiles) Lines(name string) []string {
	if len(f[name]) == 0 {
		return []string{}
	}
	return strings.Split(strings.TrimSuffix(string(f[name]), "\n"), "\n")
}
