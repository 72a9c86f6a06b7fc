package render

import (
	"path/filepath"
	"slices"
	"strings"

	"sigs.k8s.io/kustomize/api/types"
)

// References lists the local files and folders that the kustomization in a
// folder names, as absolute paths that need not exist: resources, bases,
// components, patches, data of generators, and configuration of all sorts. It
// reads the kustomization only and builds nothing, so that a caller can tell
// roots, which no other kustomization names, from bases. What was read is kept
// for Build.
func (k *Kustomizer) References(dir string) []string {
	real, err := k.files.real(dir)
	if err != nil {
		return nil
	}
	kust := &kustomization{dir: real}
	if kust.load(k.files) != nil || kust.broken {
		return nil
	}
	var out []string
	for _, path := range kust.spec.references() {
		if path == "" || isRemote(path) || strings.Contains(path, "\n") {
			continue
		}
		if !filepath.IsAbs(path) {
			path = filepath.Join(real, path)
		}
		if found, err := k.files.real(path); err == nil {
			path = found
		}
		out = append(out, k.files.public(path))
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// kustomizationSpec is what kustomize reads in a kustomization.
type kustomizationSpec struct{ types.Kustomization }

// references are all the paths in a kustomization, and inline texts among
// them.
func (s *kustomizationSpec) references() []string {
	paths := slices.Concat(s.Resources, s.Bases, s.Components, s.Crds, s.Configurations, s.Generators, s.Transformers, s.Validators)
	paths = append(paths, s.OpenAPI["path"])
	for _, p := range s.PatchesStrategicMerge {
		paths = append(paths, string(p))
	}
	for _, p := range slices.Concat(s.Patches, s.PatchesJson6902) {
		paths = append(paths, p.Path)
	}
	for _, r := range s.Replacements {
		paths = append(paths, r.Path)
	}
	for _, g := range s.ConfigMapGenerator {
		paths = append(paths, dataFiles(g.KvPairSources)...)
	}
	for _, g := range s.SecretGenerator {
		paths = append(paths, dataFiles(g.KvPairSources)...)
	}
	for _, e := range s.localCharts() {
		paths = append(paths, e.path, e.chart.ValuesFile)
		paths = append(paths, e.chart.AdditionalValuesFiles...)
	}
	return paths
}

func dataFiles(from types.KvPairSources) []string {
	paths := append([]string{from.EnvSource}, from.EnvSources...)
	for _, source := range from.FileSources {
		if _, file, keyed := strings.Cut(source, "="); keyed {
			source = file
		}
		paths = append(paths, source)
	}
	return paths
}

// withoutTexts takes out of a message what it quotes of the texts in a
// kustomization, which may be long and hold secrets: patches and literals.
func (s *kustomizationSpec) withoutTexts(message string) string {
	var texts []string
	for _, p := range s.PatchesStrategicMerge {
		texts = append(texts, string(p))
	}
	for _, p := range slices.Concat(s.Patches, s.PatchesJson6902) {
		texts = append(texts, p.Patch)
	}
	for _, g := range s.ConfigMapGenerator {
		texts = append(texts, g.LiteralSources...)
	}
	for _, g := range s.SecretGenerator {
		texts = append(texts, g.LiteralSources...)
	}
	for _, text := range texts {
		if strings.ContainsAny(text, "=\n{") {
			message = strings.ReplaceAll(message, strings.TrimSpace(text), "…")
		}
	}
	return message
}
