package rules

import (
	"strconv"
	"strings"

	"github.com/seaworthy-lint/seaworthy/lint"
	"github.com/seaworthy-lint/seaworthy/lint/component"
	"github.com/seaworthy-lint/seaworthy/lint/manifest"
)

var supportedVersionRules = []lint.Rule{
	{
		ID:     "kubernetes-version-unsupported",
		Family: "controlplane",
		Title:  "Kubernetes version is no longer supported",
		Why: "The project fixes vulnerabilities in the three newest minor releases only, and in no pre-release. " +
			"A cluster of an older one keeps every hole that was published since.",
		Fix:        "upgrade to a supported release, one minor release at a time",
		FixKind:    lint.NoFix,
		Severity:   lint.Medium,
		Points:     -3,
		Profiles:   []string{"strict", "nsa"},
		Aliases:    []string{"kubescape:C-0273"},
		References: []string{"NSA:upgrading", "NIST:4.5.3", "OWASP:K10"},
		Kinds: lint.Kinds{Names: append([]string{
			"MachineDeployment", "MachinePool", "cluster.x-k8s.io/Cluster", "eksctl.io/ClusterConfig",
			"k3d.io/Simple", "kind.x-k8s.io/Cluster", "upgrade.cattle.io/Plan", "provisioning.cattle.io/Cluster",
		}, configFileKinds(component.KubeadmCluster).Names...)},
		Scope: lint.ResourceScope,
		Check: kubernetesVersionUnsupported,
	},
}

// The releases of Kubernetes as this build knows them: the newest is
// lint.NewestMinor, as published with k8s.io/api v0.37.2, and the project keeps
// three (kubernetes.io/releases/version-skew-policy).
const (
	releasesKnownOn   = "2026-10-28"
	supportedReleases = 3
	// releasesPerYear tells how old the table is, since a report must not depend
	// on the day on which it is made: who declares a release that is a year's
	// worth newer than the newest in the table runs a build that is a year old.
	releasesPerYear = 3
)

var declaredRelease = lazyRegexp(`^v?1\.([0-9]{1,3})(?:\.[0-9]+)?(?:[-+].*)?$`)

var preRelease = lazyRegexp(`^v?1\.[0-9]+\.[0-9]+-(?:alpha|beta|rc)(?:[.0-9]|$)`)

// versionPaths are where kinds declare the version of Kubernetes.
var versionPaths = map[string][][]string{
	"KubeadmControlPlane":            {{"spec", "version"}},
	"RKE2ControlPlane":               {{"spec", "version"}},
	"MachineDeployment":              {{"spec", "template", "spec", "version"}},
	"MachinePool":                    {{"spec", "template", "spec", "version"}},
	"cluster.x-k8s.io/Cluster":       {{"spec", "topology", "version"}},
	"kops.k8s.io/Cluster":            {{"spec", "kubernetesVersion"}},
	"provisioning.cattle.io/Cluster": {{"spec", "kubernetesVersion"}},
	"eksctl.io/ClusterConfig":        {{"metadata", "version"}},
	"upgrade.cattle.io/Plan":         {{"spec", "version"}},
	"k3d.io/Simple":                  {{"image"}},
}

// declaredVersions are the fields of an object that declare the version of a
// cluster.
func declaredVersions(set *manifest.Set, o *manifest.Object) []*manifest.Node {
	var found []*manifest.Node
	for _, name := range []string{o.Kind, o.Group() + "/" + o.Kind} {
		for _, keys := range versionPaths[name] {
			found = append(found, o.At(keys...))
		}
	}
	if o.Group() == "kind.x-k8s.io" {
		for _, node := range o.At("nodes").Items() {
			found = append(found, node.At("image"))
		}
	}
	for _, file := range component.ConfigFilesIn(set).In(o) {
		if component.KubeadmCluster.Is(file.Object) {
			found = append(found, file.At("kubernetesVersion"))
		}
	}
	return found
}

// releaseOf is the version that a text names, which may be the tag of the image
// of a node.
func releaseOf(text string) string {
	if ref, ok := parseImage(text); ok && ref.Tag != "" {
		return ref.Tag
	}
	return text
}

// minorOf is the N of a version 1.N; ok is false when the text names none, as
// stable does not.
func minorOf(version string) (minor int, ok bool) {
	m := declaredRelease().FindStringSubmatch(version)
	if m == nil {
		return 0, false
	}
	minor, err := strconv.Atoi(m[1])
	return minor, err == nil
}

func kubernetesVersionUnsupported(p *lint.Pass) {
	for _, n := range declaredVersions(p.Set, p.Object) {
		if n.Templated() {
			p.UnknownValue(n)
			continue
		}
		version := releaseOf(versionText(n))
		minor, ok := minorOf(version)
		oldest := lint.NewestMinor - supportedReleases + 1
		var f *lint.Finding
		switch {
		case !ok:
		case minor < oldest:
			f = p.Reportf(n, "Kubernetes 1.%d gets no more fixes from the project: 1.%d is the oldest release that does (as known on %s)", minor, oldest, releasesKnownOn)
		case preRelease().MatchString(version):
			f = p.Reportf(n, "Kubernetes %s is a pre-release, which gets no fixes", version)
		}
		if f != nil && newestDeclared(p)-lint.NewestMinor >= releasesPerYear {
			f.Lower()
		}
	}
}

// versionText is the version in a field. YAML takes 1.30 for the number 1.3, so
// a number is read from its source.
func versionText(n *manifest.Node) string {
	if n.IsSet() && n.Type == manifest.Float && n.Exact() {
		return strings.TrimSpace(n.Span().Text())
	}
	return n.Str()
}

// newestRelease is the newest minor release that a set declares.
type newestRelease struct{ minor int }

func newestDeclared(p *lint.Pass) int {
	declared := manifest.Derived(p.Set, func(set *manifest.Set) *newestRelease {
		newest := &newestRelease{}
		for _, o := range set.Objects() {
			for _, n := range declaredVersions(set, o) {
				minor, _ := minorOf(releaseOf(versionText(n)))
				newest.minor = max(newest.minor, minor)
			}
		}
		return newest
	})
	return max(declared.minor, p.Version.Minor)
}
