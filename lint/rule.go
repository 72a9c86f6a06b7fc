package lint

import (
	"slices"
	"strings"

	"github.com/seaworthy-lint/seaworthy/lint/manifest"
)

// Rule is one thing that can be wrong. It is a value and never changes.
type Rule struct {
	// ID is kebab-case and stable for ever.
	ID string
	// Family groups rules by topic.
	Family string
	// Title says in a few words, without a full stop, what is wrong.
	Title string
	// Why says what can happen, in one to three sentences.
	Why string
	// Bad and Good are manifests in YAML that break and keep the rule; Good is
	// Bad after its finding was fixed as Fix says.
	Bad, Good string
	// Fix says in one line what to change.
	Fix string
	// FixKind is safe, unsafe or none: whether the change keeps a running
	// workload running, may break it, or cannot be made mechanically.
	FixKind FixKind

	// Versions says in one line what depends on the Kubernetes version; empty
	// when nothing does.
	Versions string
	// Model explains what the rule goes by where that takes more than Why,
	// generated from the tables of the code; nil for most rules.
	Model func() []ModelPart

	Severity Severity
	// Points are added to a resource's score: negative once when the rule
	// fails anywhere in the resource, positive when every unit it applies to
	// complies.
	Points int
	// Profiles are the profiles that the rule is in.
	Profiles []string
	// Aliases are the checks of other tools that the rule covers, as tool:id.
	Aliases []string
	// References are sections of benchmarks and guides, as CIS:5.2.2.
	References []string

	// Kinds are the resources that the rule reads.
	Kinds Kinds
	// Scope is the unit of one finding.
	Scope Scope
	// Hides are the weaker rules whose findings on the same unit are folded
	// into this rule's.
	Hides []string
	// Params are the rule's parameters with their defaults, a pointer to a
	// struct; nil for a rule that has none.
	Params any

	// Check reports what is wrong with the pass's object.
	Check func(*Pass)
	// PodSecurity judges exactly as Pod Security Admission does. It runs in
	// place of Check in the pss profiles.
	PodSecurity func(*Pass)
}

// ModelPart is a part of what a rule goes by.
type ModelPart struct {
	Title string
	Rows  []string
}

// FixKind tells how safe a rule's fix is.
type FixKind string

// Kinds of fixes.
const (
	SafeFix   FixKind = "safe"
	UnsafeFix FixKind = "unsafe"
	NoFix     FixKind = "none"
)

// Scope is the unit that a rule judges.
type Scope string

// Scopes of rules.
const (
	ContainerScope Scope = "container"
	PodScope       Scope = "pod"
	ResourceScope  Scope = "resource"
	// NamespaceScope and RepoScope are for what no single object shows: one
	// finding for each namespace of a set, or for the set. It lies on the object
	// that is the best place to mend it, and changes its score only when it is
	// the Namespace itself, which stands for all that is in it.
	NamespaceScope Scope = "namespace"
	RepoScope      Scope = "repo"
)

// Wide tells whether the scope is larger than a resource.
func (s Scope) Wide() bool { return s == NamespaceScope || s == RepoScope }

// InProfile tells whether the rule belongs to the profile.
func (r *Rule) InProfile(profile string) bool {
	switch profile {
	case "all":
		return !slices.Contains(r.Profiles, "optin")
	case "novel", "optin": // tags, not profiles
		return false
	}
	return slices.Contains(r.Profiles, profile)
}

// Answers tells whether name is the rule's id or one of its aliases, with or
// without the tool, in any case.
func (r *Rule) Answers(name string) bool {
	if strings.EqualFold(r.ID, name) {
		return true
	}
	for _, alias := range r.Aliases {
		_, id, _ := strings.Cut(alias, ":")
		if strings.EqualFold(alias, name) || strings.EqualFold(id, name) {
			return true
		}
	}
	return false
}

// Kinds says which resources a rule reads.
type Kinds struct {
	// Workloads are all kinds with pod templates, custom ones too.
	Workloads bool
	// Any is every kind but CustomResourceDefinition, whose schemas are most
	// of the bytes of real repositories, and what is no kind of Kubernetes.
	Any bool
	// Names are kinds, group/Kind where a kind's name is not unique,
	// apiVersion/Kind where one version is meant, or group/* where users make
	// the kinds of a group.
	Names []string
	// Suspects, if not nil, tells by the text of a CustomResourceDefinition
	// whether the rule reads it all the same.
	Suspects func(text string) bool
	// Context are kinds that the rule consults while it judges others, named
	// in the same ways.
	Context []string
}

// Loads tells whether documents of the kind have to be parsed for the rule.
func (k Kinds) Loads(apiVersion, kind string) bool {
	return names(k.Context, apiVersion, kind) || k.reads(apiVersion, kind, manifest.DescribesPods(manifest.GroupOf(apiVersion), kind))
}

// Reads tells whether the rule judges objects of the kind that were parsed.
func (k Kinds) Reads(apiVersion, kind string, describesPods bool) bool {
	return k.reads(apiVersion, kind, describesPods) || k.Suspects != nil && kind == "CustomResourceDefinition"
}

func (k Kinds) reads(apiVersion, kind string, describesPods bool) bool {
	isKind := kind != "CustomResourceDefinition" && !manifest.OfTool(apiVersion)
	if k.Any && isKind || k.Workloads && describesPods {
		return true
	}
	return names(k.Names, apiVersion, kind)
}

// names tells whether a list of kinds holds one.
func names(kinds []string, apiVersion, kind string) bool {
	for _, name := range kinds {
		if name == kind || name == manifest.GroupOf(apiVersion)+"/*" {
			return true
		}
		of, ok := strings.CutSuffix(name, kind)
		if ok && (of == manifest.GroupOf(apiVersion)+"/" || of == apiVersion+"/") {
			return true
		}
	}
	return false
}
