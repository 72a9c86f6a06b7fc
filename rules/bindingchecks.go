package rules

import (
	"fmt"
	"slices"
	"strings"

	"github.com/seaworthy-lint/seaworthy/lint"
	"github.com/seaworthy-lint/seaworthy/lint/manifest"
	"github.com/seaworthy-lint/seaworthy/lint/rbac"
	"github.com/seaworthy-lint/seaworthy/lint/scope"
)

// clusterAdminBinding reports on the role: it is what has to be another one.
func clusterAdminBinding(p *lint.Pass) {
	ref := p.Object.At("roleRef")
	name, everywhere := ref.At("name"), p.Object.Kind == "ClusterRoleBinding"
	isAdmin := name.Str() == "cluster-admin"
	isTenant := everywhere && (name.Str() == "admin" || name.Str() == "edit")
	if isBootstrap(p.Object) || ref.At("kind").Str() != "ClusterRole" || !isAdmin && !isTenant && !name.Templated() {
		return
	}
	holders, unsure := outsiders(p)
	switch {
	case len(holders) == 0 && unsure != nil:
		p.UnknownValue(unsure)
	case len(holders) == 0:
	case name.Templated():
		p.UnknownValue(name)
	default:
		finding := p.Reportf(name, "role %q is bound to %s%s", name.Str(), joinWords(few(holders, manyWords)), extentOfBinding(p.Scope(), p.Object))
		if !isAdmin || !everywhere {
			finding.Lower()
		}
		relateRole(p, finding)
		relateSubjects(finding, rbac.Of(p.Set), p.Object)
	}
}

// outsiders are the subjects of a binding that are not the control plane's own,
// and one whose name cannot be told.
func outsiders(p *lint.Pass) (names []string, unsure *manifest.Node) {
	for _, subject := range p.Object.At("subjects").Items() {
		switch {
		case subject.At("name").Templated():
			unsure = subject.At("name")
		case !isControlPlane(subject):
			names = append(names, subjectText(rbac.Of(p.Set), p.Object, subject))
		}
	}
	return names, unsure
}

// isControlPlane tells whether a subject is an identity that Kubernetes itself,
// or kubeadm, gives to the control plane. Those who are in system:masters are
// another rule's.
func isControlPlane(subject *manifest.Node) bool {
	name := subject.At("name").Str()
	switch subject.At("kind").Str() {
	case "Group":
		return name == "system:masters" || name == "kubeadm:cluster-admins"
	case "User":
		return slices.Contains([]string{
			"system:apiserver", "system:kube-controller-manager", "system:kube-scheduler", "system:cloud-controller-manager",
		}, name)
	}
	return false
}

func extentOfBinding(s *scope.Scope, binding *manifest.Object) string {
	if binding.Kind == "ClusterRoleBinding" {
		return " in the whole cluster"
	}
	return extentOfNamespace(s, binding.Namespace)
}

// eachSubject makes a rule's check of a check for one subject of a binding, of
// which the name can be told. Beside what that finds stand the role, and the
// workloads that run as the subject.
func eachSubject(check func(p *lint.Pass, kind string, name *manifest.Node) *lint.Finding) func(*lint.Pass) {
	return func(p *lint.Pass) {
		for _, subject := range p.Object.At("subjects").Items() {
			name := subject.At("name")
			if name.Templated() {
				p.UnknownValue(name)
				continue
			}
			if finding := check(p, subject.At("kind").Str(), name); finding != nil {
				finding.Relate(p.Object.At("roleRef").Nearest("name"), fmt.Sprintf("the binding gives role %q", boundRole(p)))
				relateRole(p, finding)
				relateWorkloads(finding, rbac.Of(p.Set), p.Object, subject)
			}
		}
	}
}

// relateRole names the role of the pass's binding beside a finding, where it is
// in view.
func relateRole(p *lint.Pass, finding *lint.Finding) {
	if role := rbac.Of(p.Set).Given(p.Object).Object; role != nil {
		finding.Relate(role.Nearest("metadata", "name"), fmt.Sprintf("%s %q is what it gives", role.Kind, role.Name))
	}
}

// boundRole names the role of a binding.
func boundRole(p *lint.Pass) string { return p.Object.At("roleRef", "name").Str() }

// bindsBuiltIn tells whether the object is a binding that gives the ClusterRole
// of that name.
func bindsBuiltIn(o *manifest.Object, role string) bool {
	ref := o.At("roleRef")
	return ref.At("kind").Str() == "ClusterRole" && ref.At("name").Str() == role
}

func rbacAnonymousBinding(p *lint.Pass, kind string, name *manifest.Node) *lint.Finding {
	user := kind == "User" && name.Str() == "system:anonymous"
	group := kind == "Group" && name.Str() == "system:unauthenticated"
	if user || group && !isPublicInfoViewer(p.Object) {
		return p.Reportf(name, "role %q is bound to %s, which stands for requests without credentials", boundRole(p), name.Str())
	}
	return nil
}

// isPublicInfoViewer tells whether the object is the binding that the API
// server itself creates so that its health and version can be read without
// credentials.
func isPublicInfoViewer(o *manifest.Object) bool {
	const name = "system:public-info-viewer"
	return o.Kind == "ClusterRoleBinding" && o.Name == name && bindsBuiltIn(o, name)
}

func rbacMastersBinding(p *lint.Pass, kind string, name *manifest.Node) *lint.Finding {
	const admin = "cluster-admin"
	builtIn := isBootstrap(p.Object) || p.Object.Kind == "ClusterRoleBinding" && p.Object.Name == admin && bindsBuiltIn(p.Object, admin)
	if kind == "Group" && name.Str() == "system:masters" && !builtIn {
		return p.Reportf(name, "role %q is bound to the group system:masters, which needs no role", boundRole(p))
	}
	return nil
}

// rbacBroadGroupBinding lets the roles pass with which everybody finds out what
// the API offers and what they may do: the API server itself binds them so.
func rbacBroadGroupBinding(p *lint.Pass, kind string, name *manifest.Node) *lint.Finding {
	discovery := []string{"system:basic-user", "system:discovery", "system:public-info-viewer", "system:service-account-issuer-discovery"}
	if kind != "Group" || isBootstrap(p.Object) || slices.ContainsFunc(discovery, func(role string) bool { return bindsBuiltIn(p.Object, role) }) {
		return nil
	}
	const accounts = "system:serviceaccounts"
	switch group := name.Str(); {
	case group == "system:authenticated":
		return p.Reportf(name, "role %q is bound to every user and service account", boundRole(p))
	case group == accounts:
		return p.Reportf(name, "role %q is bound to every service account of the cluster", boundRole(p))
	case strings.HasPrefix(group, accounts+":"):
		return p.Reportf(name, "role %q is bound to every service account of namespace %q", boundRole(p), strings.TrimPrefix(group, accounts+":")).Lower()
	}
	return nil
}

func defaultServiceAccountBound(p *lint.Pass, kind string, name *manifest.Node) *lint.Finding {
	user, isAccount := strings.CutPrefix(name.Str(), "system:serviceaccount:")
	_, account, _ := strings.Cut(user, ":")
	byUser := kind == "User" && isAccount && account == "default"
	if (byUser || kind == "ServiceAccount" && name.Str() == "default") && !isBootstrap(p.Object) {
		return p.Reportf(name, "role %q is bound to a default service account, which every pod has that names none", boundRole(p))
	}
	return nil
}
