package render

import (
	"fmt"
	"path/filepath"
	"strings"

	"helm.sh/helm/v3/pkg/chartutil"

	"github.com/seaworthy-lint/seaworthy/lint/manifest"
)

// Release says as what a chart is rendered: what the flags of helm template
// say. The zero value is what helm template does without flags.
type Release struct {
	// Name and Namespace default to release-name and default.
	Name, Namespace string
	// ValuesFiles are absolute paths of values files, of which later ones win.
	// They are read wherever they lie: who takes them from a repository has to
	// see that they lie in it.
	ValuesFiles []string
	// Inline are maps of values that are written elsewhere than in a values
	// file. They win over all files, and later ones over earlier ones.
	Inline []*manifest.Node
	// Set holds assignments in the syntax of helm's --set, which win over all
	// files and maps; SetString such as --set-string takes, which win over Set.
	Set, SetString []string
	// Via is what declares the release, for what is found in it.
	Via []manifest.Origin
	// KubeVersion is the version that .Capabilities tells.
	KubeVersion string
	// APIVersions are told by .Capabilities beside the built-in ones.
	APIVersions []string
	// TestHooks wants what only helm test creates to be judged too.
	TestHooks bool
	// SkipCRDs leaves out the crds directories.
	SkipCRDs bool
	// Siblings finds a chart of the tree that can stand for a dependency that
	// charts/ does not hold: its absolute path, or "".
	Siblings func(name, versionConstraint string) string
}

const (
	defaultRelease   = "release-name"
	defaultNamespace = "default"
	// defaultKubeVersion is what helm template of the version in go.mod says
	// without a cluster: that of the client library that it is built with.
	defaultKubeVersion = "v1.37.0"
)

func (r Release) name() string {
	if r.Name == "" {
		return defaultRelease
	}
	return r.Name
}

// Destination is the namespace that the release is rendered for; assumed when
// nothing says where it goes.
func (r Release) Destination() (namespace string, assumed bool) {
	return r.namespace(), r.Namespace == ""
}

func (r Release) namespace() string {
	if r.Namespace == "" {
		return defaultNamespace
	}
	return r.Namespace
}

func (r Release) capabilities() (*chartutil.Capabilities, error) {
	caps := chartutil.DefaultCapabilities.Copy()
	version := r.KubeVersion
	if version == "" {
		version = defaultKubeVersion
	}
	parsed, err := chartutil.ParseKubeVersion(version)
	if err != nil {
		return nil, fmt.Errorf("kubeVersion %q is not a version", version)
	}
	caps.KubeVersion = *parsed
	caps.APIVersions = append(append(chartutil.VersionSet{}, caps.APIVersions...), r.APIVersions...)
	return caps, nil
}

// Chart renders the chart in a directory or a packaged one (.tgz) as helm
// template does, with neither cluster nor network. The nodes of the documents
// stand at the template lines and values keys that they come from. What cannot
// be rendered is a document that says why; the other templates are rendered
// all the same.
func Chart(path string, release Release, o Options) (result Result) {
	if o.Name == nil {
		o.Name = func(abs string) string { return filepath.ToSlash(abs) }
	}
	h := &helm{path: path, release: release, opts: o, loaded: newChartLoader(path, o)}
	defer func() {
		result = Result{Documents: h.documents, Inputs: h.loaded.inputs}
		// A chart is foreign input to libraries that were not made for it.
		if r := recover(); r != nil {
			result.Documents = append(h.documents, h.refusal(manifest.Span{}, fmt.Sprintf("the chart cannot be rendered: %v", r)))
		}
	}()
	h.render()
	return result
}

// helm renders one chart once.
type helm struct {
	path      string
	release   Release
	opts      Options
	loaded    *chartLoader
	values    *valuesSources
	via       []manifest.Origin
	documents []*manifest.Document
}

func (h *helm) render() {
	c, err := h.loaded.load()
	if err != nil {
		h.refuse(h.chartSpan(), err.Error())
		return
	}
	h.via = append([]manifest.Origin{{Message: "rendered by chart " + c.Name(), Span: h.chartSpan()}}, h.release.Via...)
	user, err := h.userValues()
	if err != nil {
		return
	}
	missing := h.adopt(c, 0)
	if err := chartutil.ProcessDependenciesWithMerge(c, user); err != nil {
		h.refuse(h.chartSpan(), "values and dependencies do not fit: "+err.Error())
		return
	}
	h.reportMissing(c, missing)
	if strings.EqualFold(c.Metadata.Type, "library") {
		at := h.chartSpan()
		h.documents = append(h.documents, &manifest.Document{File: at.File, Span: at, Status: manifest.NotKubernetes,
			Reason: "a library chart renders nothing by itself"})
		return
	}
	caps, err := h.release.capabilities()
	if err != nil {
		h.refuse(h.chartSpan(), err.Error())
		return
	}
	if want := c.Metadata.KubeVersion; want != "" && !chartutil.IsCompatibleRange(want, caps.KubeVersion.String()) {
		h.refuse(h.chartSpan(), fmt.Sprintf("the chart wants kubeVersion %s, not %s", want, caps.KubeVersion.String()))
		return
	}
	fresh := func() (chartutil.Values, error) {
		options := chartutil.ReleaseOptions{Name: h.release.name(), Namespace: h.release.namespace(), Revision: 1, IsInstall: true}
		return chartutil.ToRenderValuesWithSchemaValidation(c, user, options, caps, true)
	}
	top, err := fresh()
	if err != nil {
		h.refuse(h.chartSpan(), "values do not fit: "+err.Error())
		return
	}
	if !h.meetsSchemas(c, top) {
		return
	}
	if !h.release.SkipCRDs {
		h.customResources(c)
	}
	h.templates(c, top, fresh)
}

// refuse says that something of the chart is not judged.
func (h *helm) refuse(span manifest.Span, reason string) {
	h.documents = append(h.documents, h.refusal(span, reason))
}

func (h *helm) refusal(span manifest.Span, reason string) *manifest.Document {
	if span.File == nil {
		span = h.chartSpan()
	}
	return &manifest.Document{File: span.File, Span: span, Status: manifest.TemplateNotRendered, Reason: reason}
}

// chartSpan is the name in Chart.yaml, where a chart as a whole stands.
func (h *helm) chartSpan() manifest.Span {
	return h.loaded.chartYAML("name")
}
