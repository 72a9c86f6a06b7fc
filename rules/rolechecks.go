package rules

import (
	"fmt"
	"slices"
	"strings"

	"github.com/seaworthy-lint/seaworthy/lint"
	"github.com/seaworthy-lint/seaworthy/lint/manifest"
	"github.com/seaworthy-lint/seaworthy/lint/scope"
)

// isFullWildcard tells whether a rule allows everything.
func (r grantedRule) isFullWildcard() bool {
	return !r.limited() && slices.Contains(r.groups, "*") && slices.Contains(r.resources, "*") &&
		!slices.ContainsFunc(standardVerbs, func(verb string) bool { return r.verbEntry(verb) < 0 })
}

func rbacFullWildcard(p *lint.Pass, role heldRole, rule grantedRule) {
	held := role.holdersOf(rule.isFullWildcard() || rule.unsure != nil && rule.atWorst().isFullWildcard())
	switch {
	case held == nil:
	case !rule.isFullWildcard():
		p.UnknownValue(rule.unsure)
	default:
		lower := 0
		if role.Kind == "Role" || !held.clusterWide {
			lower = 1
		}
		role.reportAt(p, rule.entry("resources", slices.Index(rule.resources, "*")), lower, "allows every verb on every resource of every group")
	}
}

// holdersOf are the holders of a role of which something is worth telling; nil
// when it is not, or is said of the roles that it is added to.
func (r heldRole) holdersOf(telling bool) *holders {
	if !telling {
		return nil
	}
	held := r.holders()
	if held.handedOn {
		return nil
	}
	return &held
}

func rbacWildcard(p *lint.Pass, role heldRole, rule grantedRule) {
	place, does := rule.wildcard()
	group := slices.Index(rule.groups, "*")
	held := role.holdersOf(!rule.isFullWildcard() && (place != nil || group >= 0))
	switch {
	case held == nil, place == nil && len(rule.resources) == 0:
	case place == nil:
		role.reportAt(p, rule.entry("apiGroups", group), 0, "names resources of every group").AsNote().About(itemOf(rule, ""))
	case len(rule.resources) == 0 && !held.clusterWide: // a Role and a RoleBinding give no URLs
	default:
		lower := 0
		if rule.limited() || rule.onlyMeantWildcard() {
			lower = 1
		}
		role.reportAt(p, place, lower, does).About(itemOf(rule, ""))
	}
}

// wildcard is the first wildcard among a rule's resources, verbs or URLs, and
// what the rule says; nil when there is none.
func (r grantedRule) wildcard() (place *manifest.Node, does string) {
	resource, verb := slices.IndexFunc(r.resources, isWildcard), slices.Index(r.verbs, "*")
	reads := !slices.ContainsFunc(r.verbs, func(v string) bool { return v != "get" && v != "head" })
	switch url := slices.IndexFunc(r.urls, func(u string) bool { return u == "*" || u == "/*" }); {
	case len(r.resources) == 0 && url >= 0 && !reads:
		return r.entry("nonResourceURLs", url), fmt.Sprintf("allows %s on every URL of the API server", verbsText(r.verbs))
	case len(r.resources) == 0:
		return nil, ""
	case r.onlyMeantWildcard():
		return r.entry("resources", resource), fmt.Sprintf("names %q, which RBAC does not read as a wildcard: no subresource matches it", r.resources[resource])
	case resource >= 0:
		place = r.entry("resources", resource)
	case verb >= 0:
		place = r.entry("verbs", verb)
	default:
		return nil, ""
	}
	return place, fmt.Sprintf("allows %s on %s of %s", verbsText(r.verbs), resourcesText(r.resources), groupsText(r.groups))
}

// isWildcard tells whether an entry of resources is for all resources, or was
// meant for all subresources of one. "*/scale" is neither.
func isWildcard(resource string) bool { return resource == "*" || strings.HasSuffix(resource, "/*") }

// onlyMeantWildcard tells whether the rule's only wildcard is one as "pods/*",
// which the authorizer compares as it is written.
func (r grantedRule) onlyMeantWildcard() bool {
	return !slices.Contains(r.resources, "*") && !slices.Contains(r.verbs, "*") && slices.ContainsFunc(r.resources, isWildcard)
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
	return joinWords(few(resources))
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
	return joinWords(few(named))
}

// rbacNodeProxy names what can take the place of nodes/proxy: the kubelet asks
// for finer subresources from 1.33 on.
func rbacNodeProxy(p *lint.Pass, role heldRole, rule grantedRule) {
	for _, g := range role.grants(p, rule, nodeProxy) {
		finding := role.report(p, rule, g)
		if p.Version.AtLeast(33) {
			finding.Message += "; there are nodes/metrics, nodes/stats, nodes/log, nodes/healthz, nodes/pods and nodes/configz"
		}
	}
}

func rbacCSRApproval(p *lint.Pass, role heldRole, rule grantedRule) {
	if role.Kind != "ClusterRole" || !grantsAny(certificateApproval, rule.atWorst()) || !role.signs() {
		return
	}
	for _, g := range role.grants(p, rule, certificateApproval) {
		role.report(p, rule, g)
	}
}

// signs tells whether the role, or another one of somebody who holds it, lets
// approve for a signer that clients are trusted by.
func (r heldRole) signs() bool {
	canSign := func(rule grantedRule) bool { return grantsAny(signerApproval, rule) }
	if slices.ContainsFunc(r.rules, canSign) {
		return true
	}
	bindings := r.set.OfKind(rbacGroup, "ClusterRoleBinding")
	for _, own := range r.holders().bindings {
		for _, subject := range own.At("subjects").Items() {
			for _, other := range bindings {
				same := slices.IndexFunc(other.At("subjects").Items(), func(s *manifest.Node) bool { return sameSubject(s, subject) })
				if same >= 0 && slices.ContainsFunc(grantOf(r.set, other, subject).rules, canSign) {
					return true
				}
			}
		}
	}
	return false
}

func sameSubject(a, b *manifest.Node) bool {
	for _, key := range []string{"kind", "name", "namespace"} {
		if a.At(key).Str() != b.At(key).Str() {
			return false
		}
	}
	return true
}

// rbacPersistentVolumeCreate makes a note of the role that the provisioners of
// CSI drivers need: creating volumes for claims is what they are for.
func rbacPersistentVolumeCreate(p *lint.Pass, role heldRole, rule grantedRule) {
	for _, g := range role.grants(p, rule, volumeCreation) {
		finding := role.report(p, rule, g)
		if role.provisions() {
			finding.AsNote()
		}
	}
}

// provisions tells whether the role has what a provisioner works with, and
// asks for volumes by name.
func (r heldRole) provisions() bool {
	allows := func(group, resource string, verbs ...string) bool {
		return slices.ContainsFunc(r.rules, func(rule grantedRule) bool { return rule.withoutWildcards().allows(group, resource, verbs...) })
	}
	return allows("", "persistentvolumes", "create") && allows("", "persistentvolumes", "delete") &&
		allows("", "persistentvolumeclaims", "watch") && allows("storage.k8s.io", "storageclasses", "watch")
}

// rbacConfigMapWrite looks for ConfigMaps of kube-system. Elsewhere a ConfigMap
// is some workload's own.
func rbacConfigMapWrite(p *lint.Pass, role heldRole, rule grantedRule) {
	table, names := slices.Clone(configMapWrites), slices.DeleteFunc(slices.Clone(rule.names), func(name string) bool { return !isSystemConfigMap(name) })
	if len(names) > 0 {
		table[0].effect, table[0].named = "change the ConfigMaps "+joinWords(names), namesIgnored
	}
	for _, g := range role.grants(p, rule, table) {
		g.lower = -1
		reaches := role.reaches("kube-system")
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
func (r heldRole) reaches(namespace string) manifest.Truth {
	held := r.holders()
	switch {
	case held.clusterWide:
		return manifest.True
	case r.Kind == "Role":
		return scope.Of(r.set).SameNamespace(r.Namespace, namespace)
	}
	reaches := manifest.False
	for _, b := range held.bindings {
		switch scope.Of(r.set).SameNamespace(b.Namespace, namespace) {
		case manifest.True:
			return manifest.True
		case manifest.Unknown:
			reaches = manifest.Unknown
		}
	}
	return reaches
}

// rbacDestructiveDelete lets a role delete that can create what it deletes: it
// takes both to deploy.
func rbacDestructiveDelete(p *lint.Pass, role heldRole, rule grantedRule) {
	table := slices.Concat(traceDeletes, massDeletes)
	for _, t := range massDeletes {
		t.effect, t.verbs = "delete without being able to create", []string{"delete"}
		t.resources = slices.DeleteFunc(slices.Clone(t.resources), func(resource string) bool {
			return slices.ContainsFunc(role.rules, func(r grantedRule) bool { return r.allows(t.group, resource, "create") })
		})
		if len(t.resources) > 0 {
			table = append(table, t)
		}
	}
	for _, g := range role.grants(p, rule, table) {
		role.report(p, rule, g)
	}
}
