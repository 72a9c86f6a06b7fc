package rules

import (
	"path"
	"regexp"
	"slices"
	"strings"

	"github.com/seaworthy-lint/seaworthy/lint"
	"github.com/seaworthy-lint/seaworthy/lint/manifest"
	"github.com/seaworthy-lint/seaworthy/lint/rbac"
)

func argocdProjectWildcard(p *lint.Pass) {
	switch p.Object.Kind {
	case "AppProject":
		for _, d := range openDirections(p.Object) {
			f := p.Reportf(d.node, "project %q allows %s", p.Object.Name, d.what).Showing(d.what)
			if d.literal {
				f.AsNote()
			}
		}
	case "ApplicationSet":
		templatedProject(p)
		defaultProject(p)
	default:
		defaultProject(p)
	}
}

// openDirection is a way in which a project confines nothing: the entry that
// opens it. literal tells that it names what it allows.
type openDirection struct {
	node    *manifest.Node
	what    string
	literal bool
}

func openDirections(project *manifest.Object) []openDirection {
	var open []openDirection
	for _, direction := range []func(*manifest.Object) openDirection{openSources, openDestinations, openClusterKinds} {
		if d := direction(project); d.node != nil {
			open = append(open, d)
		}
	}
	return open
}

// argoGlob tells whether a pattern of a project matches, as Argo CD decides
// (pkg/apis/application/v1alpha1/app_project_types.go): "*" alone matches all,
// within a pattern all but a slash, "**" a slash too. A pattern that begins
// with "!" matches what the rest does not. By the documentation such an entry
// only denies, and another one has to allow.
func argoGlob(pattern, text string, slashes bool) bool {
	if rest, ok := strings.CutPrefix(pattern, "!"); ok {
		return !argoGlob(rest, text, slashes)
	}
	if pattern == "*" || pattern == text {
		return true
	}
	if !strings.Contains(pattern, "*") {
		return false
	}
	one := ".*"
	if slashes {
		one = "[^/]*"
	}
	var b strings.Builder
	for i, part := range strings.Split(pattern, "**") {
		if i > 0 {
			b.WriteString(".*")
		}
		b.WriteString(strings.ReplaceAll(regexp.QuoteMeta(part), `\*`, one))
	}
	matched, err := regexp.MatchString("^(?:"+b.String()+")$", text)
	return err == nil && matched
}

func isDenial(pattern string) bool { return strings.HasPrefix(pattern, "!") }

// strangers are repositories that anybody could make, as Argo CD writes their
// addresses.
var strangers = []string{
	"https://github.com/some-stranger/repository", "https://gitlab.com/some-stranger/repository", "https://bitbucket.org/some-stranger/repository",
	"git@github.com:some-stranger/repository", "git@gitlab.com:some-stranger/repository",
	"ssh://git@github.com/some-stranger/repository", "ssh://git@gitlab.com/some-stranger/repository",
}

// openSources finds the entry that lets a stranger's repository through.
func openSources(project *manifest.Object) openDirection {
	for _, stranger := range strangers {
		if entry := permitsSource(project.At("spec", "sourceRepos").Items(), stranger); entry != nil {
			return openDirection{node: entry, what: "repositories of any account"}
		}
	}
	return openDirection{}
}

// permitsSource finds the entry that allows a repository, nil when none does
// or another denies it.
func permitsSource(entries []*manifest.Node, repository string) *manifest.Node {
	var allows *manifest.Node
	for _, entry := range entries {
		pattern := strings.TrimSuffix(strings.ToLower(entry.Str()), ".git")
		switch matched := argoGlob(pattern, repository, true); {
		case matched && !isDenial(pattern) && allows == nil:
			allows = entry
		case !matched && isDenial(pattern):
			return nil
		}
	}
	return allows
}

// inCluster is how Argo CD names and addresses the cluster that it runs in.
const (
	inClusterServer = "https://kubernetes.default.svc"
	inClusterName   = "in-cluster"
)

// openDestinations finds the entry that lets an application into the namespaces
// of the control plane or of Argo CD, or everywhere.
func openDestinations(project *manifest.Object) openDirection {
	argo := project.Namespace
	if argo == "" || manifest.IsTemplate(argo) {
		argo = "argocd"
	}
	entries := project.At("spec", "destinations").Items()
	var literal openDirection
	for _, namespace := range []string{systemNamespace, argo} {
		entry := permits(entries, namespace, namespace == argo)
		switch {
		case entry == nil:
			continue
		case entry.At("namespace").Str() == namespace:
			literal = openDirection{entry.At("namespace"), "applications in namespace " + namespace, true}
			continue
		case entry.At("namespace").Str() == "*" && (entry.At("server").Str() == "*" || entry.At("name").Str() == "*"):
			return openDirection{node: entry.At("namespace"), what: "applications in every namespace of every cluster"}
		}
		return openDirection{node: entry.At("namespace"), what: "applications in namespace " + namespace}
	}
	return literal
}

// permits finds the destination that allows a namespace, nil when none does or
// another denies it. Only the cluster that Argo CD runs in has its namespace.
func permits(entries []*manifest.Node, namespace string, local bool) *manifest.Node {
	var allows *manifest.Node
	for _, entry := range entries {
		pattern := entry.At("namespace").Str()
		here := argoGlob(entry.At("server").Str(), inClusterServer, false) || argoGlob(entry.At("name").Str(), inClusterName, false)
		switch matched := argoGlob(pattern, namespace, false); {
		case local && !here:
		case matched && allows == nil && !isDenial(pattern):
			allows = entry
		case !matched && isDenial(pattern):
			return nil
		}
	}
	return allows
}

// clusterPowers are kinds without namespace that make an application an
// administrator.
var clusterPowers = []apiResource{
	{rbac.Group, "ClusterRole"},
	{rbac.Group, "ClusterRoleBinding"},
	{admissionGroup, "ValidatingWebhookConfiguration"},
	{admissionGroup, "MutatingWebhookConfiguration"},
}

// openClusterKinds finds the entry that allows them. Group and kind are
// patterns of file names.
func openClusterKinds(project *manifest.Object) openDirection {
	denied := project.At("spec", "clusterResourceBlacklist").Items()
	for _, entry := range project.At("spec", "clusterResourceWhitelist").Items() {
		for _, power := range clusterPowers {
			if !entryMatches(entry, power) || slices.ContainsFunc(denied, func(d *manifest.Node) bool { return entryMatches(d, power) }) {
				continue
			}
			what := power.name + " objects"
			if entry.At("group").Str() == "*" && entry.At("kind").Str() == "*" {
				what = "every kind without a namespace"
			}
			return openDirection{node: entry.At("kind"), what: what}
		}
	}
	return openDirection{}
}

// entryMatches tells whether an entry of a whitelist or blacklist is for all
// objects of a kind.
func entryMatches(entry *manifest.Node, r apiResource) bool {
	group, err := path.Match(entry.At("group").Str(), r.group)
	kind, badKind := path.Match(entry.At("kind").Str(), r.name)
	name := entry.At("name").Str()
	return err == nil && badKind == nil && group && kind && (name == "" || name == "*")
}

// outsideGenerators are those whose parameters other people choose: who opens
// a pull request, makes a repository or folder, or runs the plugin's server.
var outsideGenerators = []string{"pullRequest", "scmProvider", "git", "plugin"}

func templatedProject(p *lint.Pass) {
	project := argoApplication(p.Object).At("project")
	if !project.Templated() {
		return
	}
	if generator := outsideGenerator(p.Object.At("spec", "generators")); generator != nil {
		p.Reportf(project, "the %s generator chooses the project", generator.Key).Relate(generator, "the generator")
	}
}

func outsideGenerator(generators *manifest.Node) *manifest.Node {
	for _, generator := range generators.Items() {
		for _, field := range generator.Fields() {
			if slices.Contains(outsideGenerators, field.Key) {
				return field
			}
			if inner := outsideGenerator(field.At("generators")); inner != nil {
				return inner
			}
		}
	}
	return nil
}

// defaultProject notes an application in the project that comes with Argo CD
// and allows everything, unless a manifest in view restricts it.
func defaultProject(p *lint.Pass) {
	spec := argoApplication(p.Object)
	if name := spec.At("project").Str(); name != "" && name != "default" || !spec.IsSet() {
		return
	}
	for _, project := range p.Set.Named(argoGroup, "AppProject", "default") {
		if len(openDirections(project)) == 0 {
			return
		}
	}
	const message = "%s %q is in project default, which confines nothing unless it is restricted"
	if project := spec.At("project"); project.IsSet() {
		p.Reportf(project, message, p.Object.Kind, p.Object.Name).AsNote()
		return
	}
	p.Missingf(spec, []string{"project"}, message, p.Object.Kind, p.Object.Name).AsNote()
}
