package main

import (
	"bytes"
	"context"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/seaworthy-lint/seaworthy/lint"
	"github.com/seaworthy-lint/seaworthy/lint/load"
	"github.com/seaworthy-lint/seaworthy/lint/manifest"
	"github.com/seaworthy-lint/seaworthy/rules"
)

// corpusDir finds charts, kustomizations and manifests of other projects that
// may lie beside the checkout.
func corpusDir(t testing.TB) string {
	t.Helper()
	dir, err := filepath.Abs(".")
	if err != nil {
		t.Fatal(err)
	}
	for ; dir != filepath.Dir(dir); dir = filepath.Dir(dir) {
		if corpus := filepath.Join(dir, "shared", "corpus"); exists(corpus) {
			return corpus
		}
	}
	t.Skip("there is no shared/corpus above the working directory")
	return ""
}

// judge runs all rules over the targets below a folder of a repository.
func judge(t testing.TB, root, dir string) *lint.Report {
	t.Helper()
	opts := load.Options{Root: root, Dir: dir}
	targets, err := load.Walk([]string{"."}, opts)
	if err != nil {
		t.Fatal(err)
	}
	sets, err := load.Read(context.Background(), targets, opts)
	if err != nil {
		t.Fatal(err)
	}
	report, err := lint.Check(context.Background(), sets, lint.Options{
		Rules: rules.All(), Version: lint.NewestVersion(), Strict: true, Notes: true,
	})
	if err != nil {
		t.Fatal(err)
	}
	return report
}

// TestCorpusPlaces judges whole repositories and requires of each finding that
// its lines exist as the finding shows them and hold the field, or, where that
// is missing, what it is missing from.
func TestCorpusPlaces(t *testing.T) {
	t.Run("corpus", func(t *testing.T) {
		corpus := corpusDir(t)
		counts := countPlaces(t, corpus, corpus)
		for _, target := range []string{"chart", "kustomization", "plain"} {
			if counts[target] == nil || counts[target].findings < 100 {
				t.Errorf("too few findings of targets of type %s", target)
			}
		}
	})
	t.Run("examples", func(t *testing.T) {
		root, err := filepath.Abs(".")
		if err != nil {
			t.Fatal(err)
		}
		countPlaces(t, root, filepath.Join(root, "examples"))
	})
}

// placeCounts count the findings of one type of target.
type placeCounts struct {
	findings, exact, existing int
	// literal are those on lines without template expressions.
	literal, literalHeld int
	// led are those that are not exact and name a line of a values file.
	led int
	// held are those whose lines hold the field, heldByFile those whose file does.
	held, heldByFile int
}

func countPlaces(t *testing.T, root, dir string) map[string]*placeCounts {
	report := judge(t, root, dir)
	types := map[*manifest.Object]string{}
	for _, r := range report.Resources {
		types[r.Object] = r.Target.Type
	}
	p := placeChecker{root: root, disk: map[string]*manifest.File{}, fields: map[*manifest.Object]map[string]*manifest.Node{}}
	counts := map[string]*placeCounts{}
	for _, f := range report.Findings {
		target := types[f.Object]
		if counts[target] == nil {
			counts[target] = &placeCounts{}
		}
		p.count(t, counts[target], f)
	}
	for target, c := range counts {
		t.Logf("%s: %+v", target, *c)
		if c.existing != c.findings {
			t.Errorf("%s: %d of %d findings lie on lines that exist", target, c.existing, c.findings)
		}
		if target != "kustomization" && c.literalHeld*100 < c.literal*95 {
			t.Errorf("%s: only %d of %d findings on literal text lie on the line of their field", target, c.literalHeld, c.literal)
		}
		if target == "chart" && c.led*100 < (c.findings-c.exact)*95 {
			t.Errorf("only %d of %d findings that are not exact lead to a values key", c.led, c.findings-c.exact)
		}
		if target == "kustomization" && c.heldByFile != c.findings {
			t.Errorf("%d of %d findings name a file that does not hold the field", c.findings-c.heldByFile, c.findings)
		}
	}
	return counts
}

// placeChecker compares places with the files on disk.
type placeChecker struct {
	root   string
	disk   map[string]*manifest.File
	fields map[*manifest.Object]map[string]*manifest.Node
}

func (p *placeChecker) count(t *testing.T, c *placeCounts, f *lint.Finding) {
	c.findings++
	if f.Exact {
		c.exact++
	}
	lines, ok := p.lines(f.Span)
	if p.related(t, f) && !f.Exact {
		c.led++
	}
	if !ok {
		t.Errorf("%s %s: no such line in %s", f.Rule.ID, f.Field, f.Span.File.Path)
		return
	}
	c.existing++
	words := p.words(f)
	literal, held := !strings.Contains(lines, "{{"), holdsOne(lines, words)
	if held {
		c.held++
	}
	if literal {
		c.literal++
		if held {
			c.literalHeld++
		}
	}
	if holdsOne(string(f.Span.File.Text), words) {
		c.heldByFile++
	}
	if !held && (literal || !f.Exact) && testing.Verbose() {
		t.Logf("%s %s (exact %t) %q at %s:%d: %s", f.Rule.ID, f.Field, f.Exact, words, f.Span.File.Path, f.Span.File.Position(f.Span.Start).Line, strings.TrimSpace(lines))
	}
}

// related requires that all related places exist, and tells whether one of
// them is the key of a value.
func (p *placeChecker) related(t *testing.T, f *lint.Finding) (led bool) {
	for _, related := range f.Related {
		lines, exists := p.lines(related.Span)
		if !exists {
			t.Errorf("%s: the related %q lies at no line of %s", f.Rule.ID, related.Message, related.Span.File.Path)
		}
		key := related.Message[strings.LastIndexAny(related.Message, ". ")+1:]
		led = led || strings.Contains(related.Message, "values key") && strings.Contains(lines, key)
	}
	return led
}

// lines are the lines of a span as they are on disk; false if they differ from
// what the span shows.
func (p *placeChecker) lines(s manifest.Span) (string, bool) {
	file, known := p.disk[s.File.Path]
	if !known {
		content, err := os.ReadFile(filepath.Join(p.root, filepath.FromSlash(s.File.Path)))
		if err == nil {
			file, _ = manifest.NewFile(s.File.Path, content)
		}
		p.disk[s.File.Path] = file
	}
	if file == nil || !bytes.Equal(file.Text, s.File.Text) || s.Start > s.End || s.End > len(file.Text) {
		return "", false
	}
	var lines []string
	for n := file.Position(s.Start).Line; n <= file.Position(s.End).Line; n++ {
		lines = append(lines, file.Line(n))
	}
	return strings.Join(lines, "\n"), strings.TrimSpace(strings.Join(lines, "")) != ""
}

// words are what the line of a finding may hold: of a field that is there its
// key or value, of a missing one the name of its container or the key of what
// it is missing from.
func (p *placeChecker) words(f *lint.Finding) []string {
	fields := p.fields[f.Object]
	if fields == nil {
		fields = map[string]*manifest.Node{}
		collectFields(f.Object.Node, fields)
		p.fields[f.Object] = fields
	}
	if n := fields[f.Field]; n != nil {
		return ownWords(n)
	}
	path := f.Field
	for fields[path] == nil && path != "" {
		path = path[:max(0, strings.LastIndexAny(path, ".["))]
	}
	words := []string{f.Container}
	if n := fields[path]; n != nil {
		words = append(words, ownWords(n)...)
	}
	return words
}

// ownWords are the key and value of a field, the lines of a value of several
// lines by themselves, for a finding may lie on one of them. An item of a list has no key: it
// is known by its name or by its first field; an object by its name and kind.
func ownWords(n *manifest.Node) []string {
	words := []string{n.Key}
	if n.Kind == manifest.Scalar {
		for line := range strings.Lines(n.Str()) {
			words = append(words, strings.TrimSpace(line))
		}
	} else if n.Key == "" {
		for _, field := range []*manifest.Node{n.At("name"), n.At("metadata", "name"), n.At("kind")} {
			words = append(words, field.Str())
		}
		switch {
		case len(n.Kids) == 0:
			words = append(words, "{}", "[]")
		case n.Kind == manifest.Map:
			words = append(words, n.Kids[0].Key, n.Kids[0].Str())
		}
	}
	return words
}

func collectFields(n *manifest.Node, fields map[string]*manifest.Node) {
	fields[n.Path()] = n
	for _, kid := range n.Kids {
		collectFields(kid, fields)
	}
}

func holdsOne(text string, words []string) bool {
	return slices.ContainsFunc(words, func(word string) bool { return word != "" && strings.Contains(text, word) })
}
