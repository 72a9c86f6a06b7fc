package rules

import (
	"strconv"
	"strings"
)

// movedRegistry is a registry or namespace that gets no more images, or gets
// them elsewhere.
type movedRegistry struct {
	prefix, state, successor string
	// note marks what goes on working under its old name.
	note bool
}

// movedRegistries are in the order in which they are tried: the longer prefix
// first.
var movedRegistries = []movedRegistry{
	{prefix: "k8s.gcr.io", state: "is frozen since April 2023", successor: "registry.k8s.io"},
	{prefix: "gcr.io/google-containers", state: "is frozen", successor: "registry.k8s.io"},
	{prefix: "gcr.io/google_containers", state: "is frozen", successor: "registry.k8s.io"},
	{prefix: "gcr.io/heptio-images", state: "has moved", successor: "docker.io/velero"},
	{prefix: "quay.io/kubernetes-ingress-controller", state: "has moved", successor: "registry.k8s.io/ingress-nginx"},
	{prefix: "docker.io/bitnami", state: "has moved its versioned images in 2025", successor: "docker.io/bitnamilegacy, which is frozen, or the vendor's own registry"},
	{prefix: "docker.io/kubernetesui", state: "is archived", successor: "another dashboard, as the project ended"},
	{prefix: "registry.opensource.zalan.do", state: "has moved", successor: "ghcr.io/zalando", note: true},
	{prefix: "gcr.io", state: "is served by Artifact Registry since 2025", successor: "pkg.dev", note: true},
	{prefix: "us.gcr.io", state: "is served by Artifact Registry since 2025", successor: "pkg.dev", note: true},
	{prefix: "eu.gcr.io", state: "is served by Artifact Registry since 2025", successor: "pkg.dev", note: true},
	{prefix: "asia.gcr.io", state: "is served by Artifact Registry since 2025", successor: "pkg.dev", note: true},
}

// imageVersion is the numbers of a tag such as v1.11.3-alpine. What follows
// the numbers is a build or a pre-release of the same flawed code.
type imageVersion [3]int

// parseVersion reads a tag that states all three numbers.
func parseVersion(tag string) (v imageVersion, ok bool) {
	tag = strings.TrimPrefix(tag, "v")
	if i := strings.IndexAny(tag, "-+_"); i >= 0 {
		tag = tag[:i]
	}
	parts := strings.Split(tag, ".")
	if len(parts) != len(v) {
		return v, false
	}
	for i, part := range parts {
		n, err := strconv.ParseUint(part, 10, 31)
		if err != nil {
			return v, false
		}
		v[i] = int(n)
	}
	return v, true
}

func (v imageVersion) before(other imageVersion) bool {
	for i := range v {
		if v[i] != other[i] {
			return v[i] < other[i]
		}
	}
	return false
}

// versionRange holds the versions from the first on and before the second.
type versionRange struct{ from, before imageVersion }

// vulnerableImage is a product of which some versions have a flaw that hands
// over the cluster or its secrets.
type vulnerableImage struct {
	// repositories are the ends of the repository's path.
	repositories []string
	product      string
	// ranges are the flawed versions; every version when there are none.
	ranges []versionRange
	flaw   string
	fixed  string
	// ended marks a product that gets no more fixes, which is a level less
	// severe than a known flaw.
	ended bool
}

// vulnerableImagesDate is when the table was last brought up to date.
const vulnerableImagesDate = "2026-11"

var ingressNginx = []string{"ingress-nginx/controller", "kubernetes-ingress-controller/nginx-ingress-controller"}

// vulnerableImages are tried in order; the first that fits is reported. The
// versions are those of the projects' advisories.
var vulnerableImages = []vulnerableImage{
	{
		repositories: ingressNginx, product: "ingress-nginx",
		ranges: []versionRange{{imageVersion{}, imageVersion{0, 49, 1}}, {imageVersion{1, 0, 0}, imageVersion{1, 0, 1}}},
		flaw:   "CVE-2021-25742 and CVE-2025-1974", fixed: "1.11.5 and 1.12.1",
	},
	{
		repositories: ingressNginx, product: "ingress-nginx",
		ranges: []versionRange{{imageVersion{}, imageVersion{1, 11, 5}}, {imageVersion{1, 12, 0}, imageVersion{1, 12, 1}}},
		flaw:   "CVE-2025-1974, CVE-2025-1097, CVE-2025-1098 and CVE-2025-24514", fixed: "1.11.5 and 1.12.1",
	},
	{repositories: ingressNginx, product: "ingress-nginx", flaw: "without security fixes since March 2026", ended: true},
	{
		repositories: []string{"argoproj/argocd"}, product: "Argo CD",
		ranges: []versionRange{{imageVersion{}, imageVersion{2, 1, 9}}, {imageVersion{2, 2, 0}, imageVersion{2, 2, 4}}},
		flaw:   "CVE-2022-24348 and CVE-2022-29165", fixed: "2.1.15, 2.2.9 and 2.3.4",
	},
	{
		repositories: []string{"argoproj/argocd"}, product: "Argo CD",
		ranges: []versionRange{
			{imageVersion{2, 1, 0}, imageVersion{2, 1, 15}}, {imageVersion{2, 2, 0}, imageVersion{2, 2, 9}},
			{imageVersion{2, 3, 0}, imageVersion{2, 3, 4}},
		},
		flaw: "CVE-2022-29165", fixed: "2.1.15, 2.2.9 and 2.3.4",
	},
	{
		repositories: []string{"grafana/grafana"}, product: "Grafana",
		ranges: []versionRange{{imageVersion{9, 2, 0}, imageVersion{9, 2, 4}}},
		flaw:   "CVE-2022-39328", fixed: "9.2.4",
	},
	{
		repositories: []string{"grafana/grafana"}, product: "Grafana",
		ranges: []versionRange{
			{imageVersion{8, 0, 0}, imageVersion{8, 0, 7}}, {imageVersion{8, 1, 0}, imageVersion{8, 1, 8}},
			{imageVersion{8, 2, 0}, imageVersion{8, 2, 7}}, {imageVersion{8, 3, 0}, imageVersion{8, 3, 1}},
		},
		flaw: "CVE-2021-43798", fixed: "8.0.7, 8.1.8, 8.2.7 and 8.3.1",
	},
	{
		repositories: []string{"kyverno/kyverno"}, product: "Kyverno",
		ranges: []versionRange{{imageVersion{1, 8, 3}, imageVersion{1, 8, 5}}},
		flaw:   "CVE-2022-47633", fixed: "1.8.5",
	},
	{
		repositories: []string{"kubernetes-helm/tiller", "helm/tiller"}, product: "Tiller",
		flaw: "as good as cluster-admin for whoever reaches its port, and has ended with Helm 2", fixed: "Helm 3, which has no server",
	},
}

// matches tells whether the table's entry is about the repository.
func (v vulnerableImage) matches(repository string) bool {
	for _, end := range v.repositories {
		if repository == end || strings.HasSuffix(repository, "/"+end) {
			return true
		}
	}
	return false
}

func (v vulnerableImage) holds(version imageVersion) bool {
	for _, r := range v.ranges {
		if !version.before(r.from) && version.before(r.before) {
			return true
		}
	}
	return false
}
