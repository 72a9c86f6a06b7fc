package main

import (
	"context"
	"io/fs"
	"path/filepath"
	"slices"
	"testing"

	"sigs.k8s.io/kustomize/api/krusty"
	"sigs.k8s.io/kustomize/api/types"
	"sigs.k8s.io/kustomize/kyaml/filesys"

	"github.com/seaworthy-lint/seaworthy/lint"
	"github.com/seaworthy-lint/seaworthy/lint/load"
)

// argoCD is a repository of kustomizations that share bases, with the folders
// of all of them.
func argoCD(b *testing.B) (root string, dirs []string) {
	b.Helper()
	root = filepath.Join(corpusDir(b), "kustomize", "argo-cd")
	err := filepath.WalkDir(root, func(path string, entry fs.DirEntry, err error) error {
		if err == nil && entry.Name() == "kustomization.yaml" {
			dirs = append(dirs, filepath.Dir(path))
		}
		return err
	})
	if err != nil {
		b.Fatal(err)
	}
	return root, dirs
}

// BenchmarkKrustyArgoCD builds each kustomization with kustomize alone, one
// after the other: compare it with BenchmarkJudgeArgoCD.
func BenchmarkKrustyArgoCD(b *testing.B) {
	_, dirs := argoCD(b)
	o := krusty.MakeDefaultOptions()
	o.LoadRestrictions = types.LoadRestrictionsNone
	for b.Loop() {
		for _, dir := range dirs {
			m, err := krusty.MakeKustomizer(o).Run(filesys.MakeFsOnDisk(), dir)
			if err != nil {
				b.Fatal(err)
			}
			if _, err := m.AsYaml(); err != nil {
				b.Fatal(err)
			}
		}
	}
	b.ReportMetric(float64(len(dirs)), "kustomizations")
}

// BenchmarkJudgeArgoCD finds and builds the same kustomizations and judges what
// they give by the default profile: those that others use through these, or
// each by itself.
func BenchmarkJudgeArgoCD(b *testing.B) {
	root, dirs := argoCD(b)
	b.Run("together", func(b *testing.B) {
		for b.Loop() {
			b.ReportMetric(float64(judgeKustomizations(b, root, ".")), "targets")
		}
	})
	b.Run("each", func(b *testing.B) {
		for b.Loop() {
			for _, dir := range dirs {
				judgeKustomizations(b, root, dir)
			}
		}
	})
}

// judgeKustomizations judges the kustomizations below a folder, and says how
// many nothing else uses.
func judgeKustomizations(b *testing.B, root, dir string) int {
	b.Helper()
	chosen := defaultRules()
	opts := load.Options{Root: root, Dir: root, Reads: readBy(chosen)}
	targets, err := load.Walk([]string{dir}, opts)
	if err != nil {
		b.Fatal(err)
	}
	targets = slices.DeleteFunc(targets, func(t load.Target) bool { return t.Type != "kustomization" })
	sets, err := load.Read(context.Background(), targets, opts)
	if err != nil {
		b.Fatal(err)
	}
	report, err := lint.Check(context.Background(), sets, lint.Options{Rules: chosen, Version: lint.NewestVersion()})
	if err != nil {
		b.Fatal(err)
	}
	if len(report.Documents) == 0 {
		b.Fatalf("%s: nothing was judged", dir)
	}
	return len(targets)
}
