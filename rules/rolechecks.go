package rules

import (
	"fmt"
	"slices"
	"strings"

	"github.com/seaworthy-lint/seaworthy/lint"
	"github.com/seaworthy-lint/seaworthy/lint/manifest"
	"github.com/seaworthy-lint/seaworthy/lint/rbac"
)

func rbacFullWildcard(p *lint.Pass, role heldRole, rule rbac.Rule) {
	held := role.holdersOf(rule.AllowsEverything() || rule.Unsure != nil && rule.AtWorst().AllowsEverything())
	switch {
	case held == nil:
	case !rule.AllowsEverything():
		p.UnknownValue(rule.Unsure)
	default:
		lower := 0
		if role.Kind == "Role" || !held.ClusterWide {
			lower = 1
		}
		role.reportAt(p, rule.Entry("resources", slices.Index(rule.Resources, "*")), lower, "allows every verb on every resource of every group")
	}
}

// holdersOf are the holders of a role of which something is worth telling; nil
// when it is not, or is said of the roles that it is added to.
func (r heldRole) holdersOf(telling bool) *rbac.Holders {
	if !telling {
		return nil
	}
	held := r.holders()
	if held.HandedOn {
		return nil
	}
	return &held
}

func rbacWildcard(p *lint.Pass, role heldRole, rule rbac.Rule) {
	place, does := wildcardOf(rule)
	group := slices.Index(rule.Groups, "*")
	held := role.holdersOf(!rule.AllowsEverything() && (place != nil || group >= 0))
	switch {
	case held == nil, place == nil && len(rule.Resources) == 0:
	case place == nil:
		role.reportAt(p, rule.Entry("apiGroups", group), 0, "names resources of every group").AsNote().About(itemOf(rule, ""))
	case len(rule.Resources) == 0 && !held.ClusterWide: // a Role and a RoleBinding give no URLs
	default:
		lower := 0
		if rule.Limited() || onlyMeantWildcard(rule) {
			lower = 1
		}
		role.reportAt(p, place, lower, does).About(itemOf(rule, ""))
	}
}

// wildcard is the first wildcard among a rule's resources, verbs or URLs, and
// what the rule says; nil when there is none.
func wildcardOf(r rbac.Rule) (place *manifest.Node, does string) {
	resource, verb := slices.IndexFunc(r.Resources, isWildcard), slices.Index(r.Verbs, "*")
	reads := !slices.ContainsFunc(r.Verbs, func(v string) bool { return v != "get" && v != "head" })
	switch url := slices.IndexFunc(r.URLs, func(u string) bool { return u == "*" || u == "/*" }); {
	case len(r.Resources) == 0 && url >= 0 && !reads:
		return r.Entry("nonResourceURLs", url), fmt.Sprintf("allows %s on every URL of the API server", verbsText(r.Verbs))
	case len(r.Resources) == 0:
		return nil, ""
	case onlyMeantWildcard(r):
		return r.Entry("resources", resource), fmt.Sprintf("names %q, which RBAC does not read as a wildcard: no subresource matches it", r.Resources[resource])
	case resource >= 0:
		place = r.Entry("resources", resource)
	case verb >= 0:
		place = r.Entry("verbs", verb)
	default:
		return nil, ""
	}
	return place, fmt.Sprintf("allows %s on %s of %s", verbsText(r.Verbs), resourcesText(r.Resources), groupsText(r.Groups))
}

// isWildcard tells whether an entry of resources is for all resources, or was
// meant for all subresources of one. "*/scale" is neither.
func isWildcard(resource string) bool { return resource == "*" || strings.HasSuffix(resource, "/*") }

// onlyMeantWildcard tells whether the rule's only wildcard is one as "pods/*",
// which the authorizer compares as it is written.
func onlyMeantWildcard(r rbac.Rule) bool {
	return !slices.Contains(r.Resources, "*") && !slices.Contains(r.Verbs, "*") && slices.ContainsFunc(r.Resources, isWildcard)
}

func verbsText(verbs []string) string {
	if slices.Contains(verbs, "*") {
		return "every verb"
	}
	return joinWords(verbs)
}

func resourcesText(resources []string) string {
	if slices.Contains(resources, "*") {
		return "every resource"
	}
	return joinWords(few(resources, manyWords))
}

func groupsText(groups []string) string {
	if slices.Contains(groups, "*") {
		return "every group"
	}
	named := make([]string, len(groups))
	for i, group := range groups {
		if named[i] = group; group == "" {
			named[i] = "the core group"
		}
	}
	return joinWords(few(named, manyWords))
}

// rbacNodeProxy names what can take the place of nodes/proxy: the kubelet asks
// for finer subresources from 1.33 on.
func rbacNodeProxy(p *lint.Pass, role heldRole, rule rbac.Rule) {
	for _, g := range role.grants(p, rule, rbac.NodeProxy) {
		finding := role.report(p, rule, g)
		if p.Version.AtLeast(33) {
			finding.Message += "; there are nodes/metrics, nodes/stats, nodes/log, nodes/healthz, nodes/pods and nodes/configz"
		}
	}
}

func rbacCSRApproval(p *lint.Pass, role heldRole, rule rbac.Rule) {
	if role.Kind != "ClusterRole" || !role.index.GivesAny(rbac.CertificateApproval, rule.AtWorst()) || !role.signs() {
		return
	}
	for _, g := range role.grants(p, rule, rbac.CertificateApproval) {
		role.report(p, rule, g)
	}
}

// signs tells whether the role, or another one of somebody who holds it, lets
// approve for a signer that clients are trusted by.
func (r heldRole) signs() bool {
	canSign := func(rule rbac.Rule) bool { return r.index.GivesAny(rbac.SignerApproval, rule) }
	if slices.ContainsFunc(r.Rules, canSign) {
		return true
	}
	for _, own := range r.holders().Bindings {
		for _, subject := range own.Subjects() {
			for _, other := range r.index.GivenTo(subject) {
				if other.ClusterWide && slices.ContainsFunc(other.Role.Rules, canSign) {
					return true
				}
			}
		}
	}
	return false
}

// rbacPersistentVolumeCreate makes a note of the role that the provisioners of
// CSI drivers need: creating volumes for claims is what they are for.
func rbacPersistentVolumeCreate(p *lint.Pass, role heldRole, rule rbac.Rule) {
	for _, g := range role.grants(p, rule, rbac.VolumeCreation) {
		finding := role.report(p, rule, g)
		if role.provisions() {
			finding.AsNote()
		}
	}
}

// provisions tells whether the role has what a provisioner works with, and
// asks for volumes by name.
func (r heldRole) provisions() bool {
	allows := func(group, resource, verb string) bool {
		return slices.ContainsFunc(r.Rules, func(rule rbac.Rule) bool {
			return rule.WithoutWildcards().Allows(rbac.Request{Group: group, Resource: resource, Verb: verb})
		})
	}
	return allows("", "persistentvolumes", "create") && allows("", "persistentvolumes", "delete") &&
		allows("", "persistentvolumeclaims", "watch") && allows("storage.k8s.io", "storageclasses", "watch")
}

// rbacConfigMapWrite looks for ConfigMaps of kube-system. Elsewhere a ConfigMap
// is some workload's own.
func rbacConfigMapWrite(p *lint.Pass, role heldRole, rule rbac.Rule) {
	table, names := slices.Clone(rbac.ConfigMapWrites), slices.DeleteFunc(slices.Clone(rule.Names), func(name string) bool { return !isSystemConfigMap(name) })
	if len(names) > 0 {
		table[0].Effect, table[0].Names = "change the ConfigMaps "+joinWords(names), rbac.NamesIgnored
	}
	for _, g := range role.grants(p, rule, table) {
		g.lower = -1
		reaches := role.reaches(p, "kube-system")
		finding := role.report(p, rule, g)
		if reaches != manifest.True && !(reaches == manifest.Unknown && len(names) > 0) {
			finding.Severity = finding.Severity.Lower()
			finding.AsNote()
		}
	}
}

// isSystemConfigMap tells whether a ConfigMap of kube-system configures DNS,
// authentication or the nodes.
func isSystemConfigMap(name string) bool {
	return slices.Contains([]string{
		"coredns", "aws-auth", "ncp-auth", "kube-proxy", "kubeadm-config", "kubelet-config", "extension-apiserver-authentication",
	}, name)
}

// reaches tells whether the role holds in a namespace.
func (r heldRole) reaches(p *lint.Pass, namespace string) manifest.Truth {
	held := r.holders()
	switch {
	case held.ClusterWide:
		return manifest.True
	case r.Kind == "Role":
		return p.Scope().SameNamespace(r.Object.Namespace, namespace)
	}
	reaches := manifest.False
	for _, b := range held.Bindings {
		reaches = manifest.Any(reaches, p.Scope().SameNamespace(b.Object.Namespace, namespace))
	}
	return reaches
}

// rbacDestructiveDelete lets a role delete that can create what it deletes: it
// takes both to deploy.
func rbacDestructiveDelete(p *lint.Pass, role heldRole, rule rbac.Rule) {
	table := slices.Concat(rbac.TraceDeletes, rbac.MassDeletes)
	for _, t := range rbac.MassDeletes {
		t.Effect, t.Verbs = "delete without being able to create", []string{"delete"}
		t.Resources = slices.DeleteFunc(slices.Clone(t.Resources), func(resource string) bool {
			return slices.ContainsFunc(role.Rules, func(r rbac.Rule) bool {
				return r.Allows(rbac.Request{Group: t.Group, Resource: resource, Verb: "create"})
			})
		})
		if len(t.Resources) > 0 {
			table = append(table, t)
		}
	}
	for _, g := range role.grants(p, rule, table) {
		role.report(p, rule, g)
	}
}
