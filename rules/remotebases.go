package rules

import (
	"regexp"
	"strings"

	"github.com/seaworthy-lint/seaworthy/lint"
	"github.com/seaworthy-lint/seaworthy/lint/manifest"
)

// remoteBases reads the entries of a kustomization that kustomize fetches.
func remoteBases(p *lint.Pass) {
	for _, key := range []string{"resources", "components", "crds", "bases"} {
		for _, entry := range p.Object.At(key).Items() {
			address := entry.Str()
			if !isRemote(address) {
				continue
			}
			switch moves := baseMoves(address); {
			case manifest.IsTemplate(address):
				p.UnknownValue(entry)
			case moves == manifest.Unknown:
				p.Unknown(entry, "whether the reference is a tag or a branch cannot be told")
			case moves == manifest.True:
				p.Reportf(entry, "the entry of %s is fetched from %s without a fixed version", key, sourceHost(address)).Showing(sourceHost(address))
			}
		}
	}
}

// remoteAddress begins as kustomize's addresses of other machines do
// (api/internal/git/repospec.go of kustomize).
var remoteAddress = lazyRegexp(`^(?i:git::|gh:|https?://|ssh://|git@|[\w.-]+@[\w.-]+:|(?:github\.com|gitlab\.com|bitbucket\.org)[/:])`)

func isRemote(address string) bool {
	return remoteAddress().MatchString(address) || strings.Contains(address, ".git?") || strings.Contains(address, "?ref=")
}

// referenceIn are the places of a reference in an address: in the query that
// kustomize knows, and in the paths of single files on GitHub and GitLab.
var referenceIn = []func() *regexp.Regexp{
	lazyRegexp(`[?&](?:ref|version)=([^&]*)`),
	lazyRegexp(`^https://raw\.githubusercontent\.com/[^/]+/[^/]+/(refs/(?:heads|tags)/[^/]+|[^/]+)/`),
	lazyRegexp(`^https://github\.com/[^/]+/[^/]+/(?:raw|blob)/(refs/(?:heads|tags)/[^/]+|[^/]+)/`),
	lazyRegexp(`^https://github\.com/[^/]+/[^/]+/releases/download/([^/]+)/`),
	lazyRegexp(`^https://github\.com/[^/]+/[^/]+/releases/(latest)/`),
	lazyRegexp(`^https://[^/]+/.*/-/raw/([^/]+)/`),
}

// versionInPath is a version in the path of a file.
var versionInPath = lazyRegexp(`[/_v-]\d+\.\d+(?:\.\d+)?(?:[/_-]|\.ya?ml|\.json)`)

// baseMoves tells whether what an address gives may change.
func baseMoves(address string) manifest.Truth {
	for _, place := range referenceIn {
		if m := place().FindStringSubmatch(address); m != nil {
			return moves(m[1])
		}
	}
	return manifest.TruthOf(!versionInPath().MatchString(address))
}
