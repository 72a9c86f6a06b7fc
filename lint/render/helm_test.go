package render

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"regexp"
	"sort"
	"strings"
	"testing"

	"helm.sh/helm/v3/pkg/chart"
	"helm.sh/helm/v3/pkg/chart/loader"
	"helm.sh/helm/v3/pkg/chartutil"
	"helm.sh/helm/v3/pkg/engine"
	"helm.sh/helm/v3/pkg/strvals"
	"sigs.k8s.io/yaml"

	"github.com/seaworthy-lint/seaworthy/lint/manifest"
)

// corpus is a directory of charts of other projects that may lie beside the
// repository; nil when there is none.
func corpus(t testing.TB) []string {
	dir, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	for ; dir != filepath.Dir(dir); dir = filepath.Dir(dir) {
		found, _ := filepath.Glob(filepath.Join(dir, "shared", "corpus", "charts", "*", "Chart.yaml"))
		deeper, _ := filepath.Glob(filepath.Join(dir, "shared", "corpus", "charts", "*", "*", "Chart.yaml"))
		if found = append(found, deeper...); len(found) > 0 {
			for i := range found {
				found[i] = filepath.Dir(found[i])
			}
			return found
		}
	}
	return nil
}

// features are the charts under testdata/helm.
func features(t testing.TB) []string {
	found, err := filepath.Glob(filepath.Join("testdata", "helm", "*", "Chart.yaml"))
	if err != nil || len(found) == 0 {
		t.Fatal("no charts in testdata")
	}
	for i := range found {
		abs, err := filepath.Abs(filepath.Dir(found[i]))
		if err != nil {
			t.Fatal(err)
		}
		found[i] = abs
	}
	return found
}

func options(root string) Options {
	return Options{Root: root, Name: func(abs string) string {
		rel, err := filepath.Rel(root, abs)
		if err != nil {
			return abs
		}
		return filepath.ToSlash(rel)
	}}
}

// oracle renders a chart with Helm's loader and engine.
func oracle(path string, release Release) (*chart.Chart, map[string]string, error) {
	c, err := loader.Load(path)
	if err != nil {
		return nil, nil, err
	}
	user := map[string]any{}
	for _, file := range release.ValuesFiles {
		values, err := chartutil.ReadValuesFile(file)
		if err != nil {
			return nil, nil, err
		}
		user = chartutil.CoalesceTables(values, user)
	}
	for _, set := range release.Set {
		if err := strvals.ParseInto(set, user); err != nil {
			return nil, nil, err
		}
	}
	if err := chartutil.ProcessDependenciesWithMerge(c, user); err != nil {
		return nil, nil, err
	}
	caps, err := release.capabilities()
	if err != nil {
		return nil, nil, err
	}
	options := chartutil.ReleaseOptions{Name: release.name(), Namespace: release.namespace(), Revision: 1, IsInstall: true}
	values, err := chartutil.ToRenderValues(c, user, options, caps)
	if err != nil {
		return nil, nil, err
	}
	texts, err := engine.Render(c, values)
	return c, texts, err
}

var separator = regexp.MustCompile(`(?m)^---.*$`)

// oracleObjects are the objects in rendered text, as JSON and in order.
func oracleObjects(t *testing.T, texts []string) []string {
	var objects []string
	for _, text := range texts {
		for _, doc := range separator.Split(text, -1) {
			var value any
			if err := yaml.Unmarshal([]byte(doc), &value); err != nil {
				t.Fatalf("%v in\n%s", err, doc)
			}
			m, ok := value.(map[string]any)
			if ok && m["kind"] == "List" {
				for _, item := range m["items"].([]any) {
					objects = append(objects, asJSON(t, item))
				}
				continue
			}
			if ok && m["kind"] != nil {
				objects = append(objects, asJSON(t, value))
			}
		}
	}
	sort.Strings(objects)
	return objects
}

func asJSON(t *testing.T, value any) string {
	data, err := json.Marshal(value)
	if err != nil {
		t.Fatal(err)
	}
	return drawn.ReplaceAllString(string(data), `"password":"?"`)
}

// drawn finds what the chart shop draws lots for.
var drawn = regexp.MustCompile(`"password":"[a-zA-Z0-9]{12}"`)

// value is a node as encoding/json would decode it.
func value(n *manifest.Node) any {
	switch n.Kind {
	case manifest.Map:
		m := map[string]any{}
		for _, kid := range n.Kids {
			m[kid.Key] = value(kid)
		}
		return m
	case manifest.List:
		l := []any{}
		for _, kid := range n.Kids {
			l = append(l, value(kid))
		}
		return l
	}
	switch n.Type {
	case manifest.Null:
		return nil
	case manifest.Bool:
		return n.Value == "true"
	case manifest.Int, manifest.Float:
		return json.Number(n.Value)
	}
	return n.Value
}

// sameNumbers decodes and encodes again, so that numbers are written alike.
func sameNumbers(t *testing.T, text string) string {
	var v any
	if err := json.Unmarshal([]byte(text), &v); err != nil {
		t.Fatal(err)
	}
	return asJSON(t, v)
}

// TestOracle holds what is rendered against Helm's own engine.
func TestOracle(t *testing.T) {
	for _, path := range append(features(t), corpus(t)...) {
		t.Run(filepath.Base(path), func(t *testing.T) {
			release := releaseFor(path)
			release.TestHooks = true
			c, texts, err := oracle(path, release)
			if err != nil {
				t.Skipf("Helm does not render it: %v", err)
			}
			var manifests []string
			for name, text := range texts {
				if !strings.HasSuffix(name, "NOTES.txt") {
					manifests = append(manifests, text)
				}
			}
			for _, crd := range c.CRDObjects() {
				manifests = append(manifests, string(crd.File.Data))
			}
			want := oracleObjects(t, manifests)
			result := Chart(path, release, options(filepath.Dir(path)))
			var got []string
			for _, d := range result.Documents {
				if strings.Contains(d.Reason, "is not in charts/") {
					continue // helm template gives up on it, though its engine does not
				}
				if d.Object == nil {
					t.Errorf("%s %s: %s", d.File.Path, d.Status, d.Reason)
					continue
				}
				got = append(got, sameNumbers(t, asJSON(t, value(d.Object.Node))))
			}
			sort.Strings(got)
			if len(want) == 0 && len(got) == 0 {
				t.Log("renders nothing")
			}
			if !reflect.DeepEqual(got, want) {
				t.Errorf("%d objects, Helm has %d", len(got), len(want))
				for i := range min(len(got), len(want)) {
					if got[i] != want[i] {
						t.Errorf("first difference:\n got %s\nwant %s", got[i], want[i])
						break
					}
				}
			}
		})
	}
}

// releaseFor is the release that a chart of testdata wants: with the values
// file ci.yaml, when it has one.
func releaseFor(path string) Release {
	var release Release
	if ci := filepath.Join(path, "ci.yaml"); exists(ci) {
		release.ValuesFiles = []string{ci}
	}
	return release
}

func exists(path string) bool {
	_, err := os.Stat(path)
	return err == nil
}

// TestProvenance holds each place against the file: it exists, the line of a
// literal key holds the key, and values keys are where they are said to be.
func TestProvenance(t *testing.T) {
	var literal, hit, origins, nodes, exact int
	for _, path := range append(features(t), corpus(t)...) {
		root := filepath.Dir(path)
		for _, d := range Chart(path, releaseFor(path), options(root)).Documents {
			if d.File == nil || d.Span.File == nil {
				t.Errorf("%s: a document without a place: %s", path, d.Reason)
			}
			if d.Object == nil {
				continue
			}
			var walk func(n *manifest.Node)
			walk = func(n *manifest.Node) {
				nodes++
				checkSpan(t, root, n, n.Span())
				checkSpan(t, root, n, n.KeySpan())
				for _, origin := range n.Origins() {
					origins++
					if origin.Span.File != nil {
						checkSpan(t, root, n, origin.Span)
					}
					// An alias brings a value in whose key stands at the anchor.
					if key, ok := strings.CutPrefix(origin.Message, "set by values key "); ok && !strings.HasPrefix(string(textOf(origin.Span)), "&") {
						parts := strings.Split(key, ".")
						last := parts[len(parts)-1]
						if text := string(textOf(origin.Span)); !strings.Contains(text, last) && !isNumber(last) {
							t.Errorf("%s: values key %s is said to stand at %q", n.Path(), key, text)
						}
					}
				}
				if n.Exact() {
					exact++
				}
				if n.Parent != nil && n.Parent.Kind == manifest.Map {
					file := n.KeySpan().File
					line := file.Line(file.Position(n.KeySpan().Start).Line)
					if !strings.HasPrefix(strings.TrimSpace(string(textOf(n.KeySpan()))), "{{") {
						literal++
						if strings.Contains(line, n.Key) {
							hit++
						} else {
							t.Logf("%s: %s is not on line %q", file.Path, n.Path(), line)
						}
					}
				}
				for _, kid := range n.Kids {
					walk(kid)
				}
			}
			walk(d.Object.Node)
		}
	}
	t.Logf("%d nodes, %d keys on literal text of which %d (%.2f %%) are on their line; %d exact; %d origins",
		nodes, literal, hit, 100*float64(hit)/float64(literal), exact, origins)
	if literal == 0 || hit*100 < literal*95 {
		t.Errorf("only %d of %d keys are on their line", hit, literal)
	}
}

func isNumber(text string) bool { return strings.Trim(text, "0123456789") == "" }

// checkSpan holds that a span lies in a file that exists, and within it.
func checkSpan(t *testing.T, root string, n *manifest.Node, span manifest.Span) {
	t.Helper()
	if span.File == nil {
		t.Errorf("%s has no place", n.Path())
		return
	}
	content, err := os.ReadFile(filepath.Join(root, span.File.Path))
	if err != nil {
		t.Errorf("%s: %v", n.Path(), err)
	}
	if span.Start < 0 || span.Start > span.End || span.End > len(span.File.Text) || len(span.File.Text) > len(content) {
		t.Errorf("%s: %d to %d of %s", n.Path(), span.Start, span.End, span.File.Path)
	}
}

func describe(n *manifest.Node) string {
	at := n.KeySpan()
	var b strings.Builder
	fmt.Fprintf(&b, "%s:%d exact=%t", at.File.Path, at.File.Position(at.Start).Line, n.Exact())
	for _, origin := range n.Origins() {
		fmt.Fprintf(&b, "; %s", origin.Message)
		if origin.Span.File != nil {
			fmt.Fprintf(&b, " (%s:%d)", origin.Span.File.Path, origin.Span.File.Position(origin.Span.Start).Line)
		}
	}
	return b.String()
}
