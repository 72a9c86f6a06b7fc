package rules

import (
	"path"
	"slices"
	"strings"

	"github.com/seaworthy-lint/seaworthy/lint"
	"github.com/seaworthy-lint/seaworthy/lint/manifest"
)

// remoteSourceUnpinned reads what sources of Argo CD and Flux, charts and
// kustomizations fetch from elsewhere.
func remoteSourceUnpinned(p *lint.Pass) {
	spec := p.Object.At("spec")
	switch p.Object.Kind {
	case "Application", "ApplicationSet":
		for _, source := range argoSources(p.Object) {
			argoRevision(p, source)
		}
	case "GitRepository":
		gitReference(p, spec)
	case "OCIRepository":
		ociReference(p, spec)
	case "HelmRelease":
		chartVersion(p, spec.At("chart", "spec"))
	case "HelmChart":
		chartVersion(p, spec)
	default:
		remoteBases(p)
	}
}

var (
	commitHash   = lazyRegexp(`^(?:[0-9a-f]{7,40}|[0-9a-f]{64}|sha(?:256|512):[0-9a-f]{64,128})$`)
	versionTag   = lazyRegexp(`(?:^|[/_v-])\d+\.\d+\.\d+(?:[-+.][0-9A-Za-z.+-]*)?$`)
	movingRange  = lazyRegexp(`[*^~<>|,\s]|(?:^|\.)[xX](?:\.|$)`)
	movingBranch = lazyRegexp(`^(?:HEAD|refs/heads/.*|main|master|trunk|develop|development|dev|test|testing|staging|stage|prod|production|release|latest|stable|edge|next|nightly)$`)
	exactVersion = lazyRegexp(`^=?\s*v?\d+\.\d+\.\d+(?:-[0-9A-Za-z.-]+)?(?:\+[0-9A-Za-z.-]+)?$`)
)

// moves tells whether a Git revision may name another commit tomorrow. Tags
// count as fixed, and what may be a tag or a branch is Unknown.
func moves(revision string) manifest.Truth {
	switch {
	case revision == "" || movingRange().MatchString(revision) || movingBranch().MatchString(revision):
		return manifest.True
	case commitHash().MatchString(revision) || versionTag().MatchString(revision) || strings.HasPrefix(revision, "refs/tags/"):
		return manifest.False
	}
	return manifest.Unknown
}

// unpinned reports a revision that moves, or its absence.
func unpinned(p *lint.Pass, under *manifest.Node, keys []string, move manifest.Truth, what string) {
	switch n := under.At(keys...); {
	case n.Templated():
		p.UnknownValue(n)
	case move == manifest.Unknown:
		p.Unknown(n, "whether the revision is a tag or a branch cannot be told")
	case move != manifest.True:
	case n.Str() == "":
		p.Missingf(under, keys, "%s names no version", what)
	default:
		p.Reportf(n, "%s follows %q, which may change without a commit here", what, n.Str())
	}
}

func argoRevision(p *lint.Pass, source *manifest.Node) {
	revision := source.At("targetRevision")
	if source.At("chart").IsSet() {
		unpinned(p, source, []string{"targetRevision"}, manifest.TruthOf(!exactVersion().MatchString(revision.Str())), "chart "+source.At("chart").Str())
		return
	}
	switch folder := source.At("path"); {
	case folder.Templated() || source.At("repoURL").Templated():
		p.Unknown(source, "which repository is meant cannot be told")
	case inView(p.Set, folder.Str()) || slices.ContainsFunc(argoSources(p.Object), func(s *manifest.Node) bool {
		return s.At("repoURL").Str() == source.At("repoURL").Str() && inView(p.Set, s.At("path").Str())
	}):
		return // this repository, where a change is a commit
	default:
		unpinned(p, source, []string{"targetRevision"}, moves(revision.Str()), "the source")
	}
}

// inView tells whether a folder of a source is one of this repository: whether
// something lies in it. The root is in every repository and tells nothing.
func inView(set *manifest.Set, folder string) bool {
	folder = path.Clean(strings.TrimPrefix(folder, "/"))
	if folder == "." {
		return false
	}
	return slices.ContainsFunc(set.Documents, func(d *manifest.Document) bool {
		return d.File != nil && strings.HasPrefix(d.File.Path, folder+"/")
	})
}

// gitReference reads the reference of a GitRepository of Flux, where commit
// wins over name, semver, tag and branch in this order. The repository that
// Flux was installed from, and one that a Kustomization applies a folder of
// this repository from, is this repository.
func gitReference(p *lint.Pass, spec *manifest.Node) {
	ref := spec.At("ref")
	if spec.At("verify").IsSet() || p.Object.Name == "flux-system" || ref.At("commit").IsSet() || isOwnRepository(p) {
		return
	}
	what := "GitRepository " + p.Object.Name
	for _, key := range []string{"name", "semver", "tag", "branch"} {
		n := ref.At(key)
		if !n.IsSet() {
			continue
		}
		move := moves(n.Str())
		switch key {
		case "semver":
			move = manifest.TruthOf(!exactVersion().MatchString(n.Str()))
		case "tag":
			move = manifest.False
		case "branch":
			move = manifest.True
		}
		unpinned(p, spec, []string{"ref", key}, move, what)
		return
	}
	p.Missingf(spec, []string{"ref"}, "%s follows branch master, which is the default", what)
}

func isOwnRepository(p *lint.Pass) bool {
	return slices.ContainsFunc(p.Set.OfKind(fluxKustomizeGroup, "Kustomization"), func(k *manifest.Object) bool {
		ref := k.At("spec", "sourceRef")
		return ref.At("kind").Str() == "GitRepository" && ref.At("name").Str() == p.Object.Name && inView(p.Set, k.At("spec", "path").Str())
	})
}

// ociReference reads the reference of an OCIRepository, where digest wins over
// semver and tag.
func ociReference(p *lint.Pass, spec *manifest.Node) {
	ref := spec.At("ref")
	what := "OCIRepository " + p.Object.Name
	switch {
	case spec.At("verify").IsSet() || ref.At("digest").IsSet():
	case ref.At("semver").IsSet():
		unpinned(p, spec, []string{"ref", "semver"}, manifest.TruthOf(!exactVersion().MatchString(ref.At("semver").Str())), what)
	case ref.At("tag").IsSet():
		unpinned(p, spec, []string{"ref", "tag"}, manifest.TruthOf(ref.At("tag").Str() == "latest"), what)
	default:
		p.Missingf(spec, []string{"ref"}, "%s follows tag latest, which is the default", what)
	}
}

// chartVersion reads a chart that Helm fetches from a repository of charts; one
// from Git or a bucket has no version to choose.
func chartVersion(p *lint.Pass, chart *manifest.Node) {
	name, source := chart.At("chart").Str(), chart.At("sourceRef")
	switch {
	case name == "" || strings.HasSuffix(name, ".tgz") || chart.At("chartContent").IsSet():
	case source.IsSet() && source.At("kind").Str() != "HelmRepository" || chart.At("verify").IsSet():
	default:
		unpinned(p, chart, []string{"version"}, manifest.TruthOf(!exactVersion().MatchString(chart.At("version").Str())), "chart "+name)
	}
}
