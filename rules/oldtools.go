package rules

import (
	"slices"
	"strings"

	"github.com/seaworthy-lint/seaworthy/lint"
	"github.com/seaworthy-lint/seaworthy/lint/manifest"
	"github.com/seaworthy-lint/seaworthy/lint/rbac"
	"github.com/seaworthy-lint/seaworthy/lint/scope"
)

// dashboardName is what the Dashboard's manifests call its account, its roles
// and itself.
const dashboardName = "kubernetes-dashboard"

// dashboardFlags are the options that take the login away, or let everybody
// change the settings.
var dashboardFlags = []string{"--enable-skip-login", "--enable-insecure-login", "--disable-settings-authorizer"}

func kubernetesDashboardAccess(p *lint.Pass) {
	if p.Object.Group() == rbac.Group {
		dashboardBinding(p)
		return
	}
	eachPod(dashboardPod)(p)
}

func dashboardPod(p *lint.Pass, pod *manifest.Pod) {
	if !isDashboard(pod) {
		if name, account := scope.AccountName(pod); name == dashboardName {
			p.Reportf(account, "the pod is no Dashboard and runs as the Dashboard's service account")
		}
		return
	}
	for _, c := range pod.Containers() {
		in := p.In(c)
		if !isDashboardImage(c) {
			continue
		}
		for _, line := range commandLines(c) {
			dashboardOptions(in, c, line)
		}
		if image := c.At("image"); p.Strict && image.IsSet() {
			in.Reportf(image, "container %q is the Kubernetes Dashboard", c.Name()).AsNote()
		}
	}
}

func dashboardOptions(p *lint.Pass, c *manifest.Container, line []word) {
	for _, name := range dashboardFlags {
		for _, w := range line {
			if flag([]word{w}, name) {
				p.Reportf(w.node, "container %q runs the Dashboard with %s", c.Name(), name)
			}
		}
	}
}

// isDashboard tells whether a pod belongs to the Dashboard, by its images or,
// where these were copied to another registry, by what its manifests call it.
func isDashboard(pod *manifest.Pod) bool {
	if slices.ContainsFunc(pod.Containers(), isDashboardImage) {
		return true
	}
	for _, label := range []string{"k8s-app", "app", "app.kubernetes.io/name", "app.kubernetes.io/part-of"} {
		if name := pod.Metadata.At("labels", label).Str(); name == dashboardName || name == "dashboard-metrics-scraper" {
			return true
		}
	}
	return strings.HasPrefix(pod.Object.Name, dashboardName)
}

func isDashboardImage(c *manifest.Container) bool {
	ref, ok := parseImage(c.At("image").Str())
	if !ok {
		return false
	}
	name := ref.name()
	base := name[strings.LastIndexByte(name, '/')+1:]
	return strings.Contains(name, "/kubernetesui/") || base == dashboardName || strings.HasPrefix(base, dashboardName+"-")
}

// dashboardBinding reports what is too much for the Dashboard's account, and
// who else has the Dashboard's role.
func dashboardBinding(p *lint.Pass) {
	role, everything := boundRole(p), givesEverything(p.Set, p.Object)
	own := role == dashboardName || role == dashboardName+"-minimal"
	if !everything && !own {
		return
	}
	for _, subject := range p.Object.At("subjects").Items() {
		isAccount := subject.At("kind").Str() == "ServiceAccount"
		switch name := subject.At("name"); {
		case name.Templated():
			p.UnknownValue(name)
		case isAccount && everything && isDashboardAccount(p.Set, p.Object, subject):
			p.Reportf(name, "the Dashboard's service account has role %q, which allows everything", role)
		case !(isAccount && name.Str() == dashboardName) && own:
			p.Reportf(name, "%s has the Dashboard's role %q", rbac.SubjectName(subject), role)
		}
	}
}

// givesEverything tells whether a binding gives a role that allows everything.
func givesEverything(set *manifest.Set, binding *manifest.Object) bool {
	return slices.ContainsFunc(rbac.Of(set).Given(binding).Rules, rbac.Rule.AllowsEverything)
}

// isDashboardAccount tells whether a subject is the account of the Dashboard:
// by its name, or since a Dashboard in view runs as it.
func isDashboardAccount(set *manifest.Set, binding *manifest.Object, subject *manifest.Node) bool {
	sure, _ := rbac.Of(set).RunAs(binding, subject)
	return subject.At("name").Str() == dashboardName || slices.ContainsFunc(sure, func(pod *manifest.Pod) bool {
		return slices.ContainsFunc(pod.Containers(), isDashboardImage)
	})
}

func tillerDeployed(p *lint.Pass) {
	if p.Object.Kind == "Service" && p.Object.Group() == "" {
		if selector := p.Object.At("spec", "selector"); hasTillerLabels(selector) {
			p.Reportf(selector.At("name"), "the Service leads to Tiller")
		}
		return
	}
	for _, pod := range p.Object.Pods() {
		tillerPod(p.InPod(pod), pod)
	}
}

func tillerPod(p *lint.Pass, pod *manifest.Pod) {
	found := false
	for _, c := range pod.Containers() {
		ref, ok := parseImage(c.At("image").Str())
		if ok && strings.HasSuffix(ref.name(), "/tiller") {
			found = true
			p.In(c).Reportf(c.At("image"), "container %q is Tiller, the server of Helm 2", c.Name())
		}
	}
	for _, labels := range []*manifest.Node{pod.Metadata.At("labels"), p.Object.At("metadata", "labels")} {
		if !found && hasTillerLabels(labels) {
			found = true
			p.Reportf(labels.At("name"), "the workload has the labels of Tiller, the server of Helm 2")
		}
	}
}

func hasTillerLabels(labels *manifest.Node) bool {
	return labels.At("app").Str() == "helm" && labels.At("name").Str() == "tiller"
}
