package rules

import (
	"strings"

	"github.com/seaworthy-lint/seaworthy/lint"
	"github.com/seaworthy-lint/seaworthy/lint/manifest"
	"github.com/seaworthy-lint/seaworthy/lint/rbac"
)

// danglingRoleBinding judges what a binding refers to.
func danglingRoleBinding(p *lint.Pass) {
	if !isBinding(p.Object) {
		return
	}
	judgeBoundRole(p)
	for _, subject := range p.Object.At("subjects").Items() {
		if subject.At("kind").Str() == "ServiceAccount" {
			boundAccount(p, subject)
		}
	}
}

func judgeBoundRole(p *lint.Pass) {
	role := p.Object.At("roleRef")
	name, kind := role.At("name"), role.At("kind").Str()
	switch {
	case !name.IsSet():
	case name.Templated() || !name.IsString():
		p.UnknownValue(name)
	case kind == "Role" && p.Object.Kind == "ClusterRoleBinding":
		p.Reportf(role.At("kind"), "ClusterRoleBinding %q refers to a Role: it can only refer to a ClusterRole", p.Object.Name)
	case p.External(rbac.Group, kind, p.Object.Namespace, name.Str(), ""):
	case kind == "ClusterRole" && !rbac.IsBuiltin(name.Str()) && len(p.Set.Named(rbac.Group, kind, name.Str())) == 0,
		kind == "Role" && !isBuiltinNamespacedRole(name.Str()) && len(near(p, rbac.Group, kind, name.Str(), p.Object.Namespace)) == 0:
		reportAbsent(p, name, "%s %q, which the binding grants, is not in view", kind, name.Str())
	}
}

func isBuiltinNamespacedRole(name string) bool {
	return name == rbac.AuthenticationReader || strings.HasPrefix(name, "system:")
}

// boundAccount judges a service account. In a RoleBinding one without
// namespace is of the binding's own.
func boundAccount(p *lint.Pass, subject *manifest.Node) {
	name, namespace := subject.At("name"), subject.At("namespace")
	of := namespace.Str()
	switch {
	case !name.IsSet():
		return
	case name.Templated() || !name.IsString():
		p.UnknownValue(name)
		return
	case of == "" && p.Object.Kind == "ClusterRoleBinding":
		p.Missingf(subject, []string{"namespace"}, "the subject %q is a ServiceAccount without a namespace, which the API refuses", name.Str())
		return
	case of == "":
		of = p.Object.Namespace
	}
	if name.Str() != "default" && len(near(p, "", "ServiceAccount", name.Str(), of)) == 0 && !p.External("", "ServiceAccount", of, name.Str(), "") {
		reportAbsent(p, name, "ServiceAccount %q, to which the role is granted, is not in view", name.Str())
	}
}

func isBinding(o *manifest.Object) bool {
	return (o.Kind == "RoleBinding" || o.Kind == "ClusterRoleBinding") && o.Group() == rbac.Group
}
