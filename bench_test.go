package main

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"sigs.k8s.io/kustomize/kyaml/yaml"

	"github.com/seaworthy-lint/seaworthy/formatters"
	"github.com/seaworthy-lint/seaworthy/internal/cli"
	"github.com/seaworthy-lint/seaworthy/lint"
	"github.com/seaworthy-lint/seaworthy/lint/load"
	"github.com/seaworthy-lint/seaworthy/lint/manifest"
	"github.com/seaworthy-lint/seaworthy/rules"
)

// benchTree is a folder to lint: real manifests where they stand beside the
// checkout, else some that are made up.
func benchTree(b *testing.B) string {
	b.Helper()
	if real := filepath.Join("..", "shared", "corpus", "plain"); exists(real) {
		return real
	}
	dir := b.TempDir()
	example, err := os.ReadFile("examples/shop/web.yaml")
	if err != nil {
		b.Fatal(err)
	}
	for i := range 500 {
		if err := os.WriteFile(filepath.Join(dir, fmt.Sprintf("%d.yaml", i)), example, 0o644); err != nil {
			b.Fatal(err)
		}
	}
	return dir
}

func exists(path string) bool {
	_, err := os.Stat(path)
	return err == nil
}

func defaultRules() []*lint.Rule {
	var chosen []*lint.Rule
	for _, r := range rules.All() {
		if r.InProfile("default") {
			chosen = append(chosen, r)
		}
	}
	return chosen
}

// readBy tells which kinds any of the rules needs.
func readBy(chosen []*lint.Rule) func(apiVersion, kind string) bool {
	return func(apiVersion, kind string) bool {
		return slices.ContainsFunc(chosen, func(r *lint.Rule) bool { return r.Kinds.Loads(apiVersion, kind) })
	}
}

// readTree loads a folder as the default profile does.
func readTree(b *testing.B, dir string) []*manifest.Set {
	b.Helper()
	chosen := defaultRules()
	abs, err := filepath.Abs(dir)
	if err != nil {
		b.Fatal(err)
	}
	opts := load.Options{Root: abs, Dir: abs, Jobs: 1, Reads: readBy(chosen)}
	targets, err := load.Walk([]string{"."}, opts)
	if err != nil {
		b.Fatal(err)
	}
	sets, err := load.Read(context.Background(), targets, opts)
	if err != nil {
		b.Fatal(err)
	}
	return sets
}

// BenchmarkRun is a whole run, but for starting the program: compare it with
// BenchmarkDecode.
func BenchmarkRun(b *testing.B) {
	dir := benchTree(b)
	for b.Loop() {
		env := cli.System()
		env.Args = []string{"seaworthy", "-j", "1", "--fail-on", "never", dir}
		env.Stdout, env.Stderr = io.Discard, io.Discard
		cli.Run(context.Background(), env)
	}
}

// BenchmarkDecode decodes the documents that are judged with the YAML library
// alone: what a run cannot do without.
func BenchmarkDecode(b *testing.B) {
	var texts [][]byte
	size := 0
	type document struct {
		file   *manifest.File
		number int
	}
	seen := map[document]bool{} // the items of a list are one document
	for _, set := range readTree(b, benchTree(b)) {
		for _, d := range set.Documents {
			if d.Object == nil || d.Number == 0 || seen[document{d.File, d.Number}] {
				continue
			}
			seen[document{d.File, d.Number}] = true
			text := []byte(manifest.Documents(d.File)[d.Number-1].Text())
			texts = append(texts, text)
			size += len(text)
		}
	}
	b.SetBytes(int64(size))
	for b.Loop() {
		for _, text := range texts {
			var node yaml.Node
			if err := yaml.NewDecoder(bytes.NewReader(text)).Decode(&node); err != nil {
				b.Fatal(err)
			}
		}
	}
}

// BenchmarkRead reads and parses, without judging.
func BenchmarkRead(b *testing.B) {
	dir := benchTree(b)
	for b.Loop() {
		readTree(b, dir)
	}
}

// BenchmarkCheck judges what was read.
func BenchmarkCheck(b *testing.B) {
	sets := readTree(b, benchTree(b))
	opts := lint.Options{Rules: defaultRules(), Version: lint.NewestVersion(), Jobs: 1}
	for b.Loop() {
		if _, err := lint.Check(context.Background(), sets, opts); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkFormat writes each format.
func BenchmarkFormat(b *testing.B) {
	opts := lint.Options{Rules: defaultRules(), Version: lint.NewestVersion()}
	report, err := lint.Check(context.Background(), readTree(b, benchTree(b)), opts)
	if err != nil {
		b.Fatal(err)
	}
	for name, format := range formatters.All {
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				if err := format(io.Discard, report, formatters.Options{}); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
