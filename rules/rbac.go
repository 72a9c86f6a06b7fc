package rules

import (
	"github.com/seaworthy-lint/seaworthy/lint"
	"github.com/seaworthy-lint/seaworthy/lint/manifest"
)

// bindings are the kinds that grant roles to subjects.
var bindings = lint.Kinds{Names: []string{"RoleBinding", "ClusterRoleBinding"}}

var rbac = []lint.Rule{
	{
		ID:     "rbac-anonymous-binding",
		Family: "rbac",
		Title:  "role is bound to people who have not logged in",
		Why: "The API server gives requests without credentials the user system:anonymous and the group system:unauthenticated. " +
			"What is bound to them is granted to everybody who can reach it.",
		Fix:        "delete the subject",
		FixKind:    lint.SafeFix,
		Severity:   lint.Critical,
		Points:     -30,
		Profiles:   []string{"default", "strict", "nsa", "kubesec"},
		Aliases:    []string{"kubesec:BindingsToSystemAnonymous", "trivy-checks:KSV-0122", "kubescape:C-0262"},
		References: []string{"NSA:authentication", "NIST:3.3.2", "ATTACK:T1190,T1078", "OWASP:K03,K06"},
		Kinds:      bindings,
		Scope:      lint.ResourceScope,
		Check:      rbacAnonymousBinding,
	},
}

func rbacAnonymousBinding(p *lint.Pass) {
	role := p.Object.At("roleRef", "name").Str()
	for _, subject := range p.Object.At("subjects").Items() {
		kind, name := subject.At("kind").Str(), subject.At("name")
		user := kind == "User" && name.Str() == "system:anonymous"
		group := kind == "Group" && name.Str() == "system:unauthenticated"
		switch {
		case name.Templated():
			p.UnknownValue(name)
		case user || group && !isPublicInfoViewer(p.Object):
			p.Reportf(name, "role %q is bound to %s, which stands for requests without credentials", role, name.Str())
		}
	}
}

// isPublicInfoViewer tells whether the object is the binding that the API
// server itself creates so that its health and version can be read without
// credentials.
func isPublicInfoViewer(o *manifest.Object) bool {
	const name = "system:public-info-viewer"
	role := o.At("roleRef")
	return o.Kind == "ClusterRoleBinding" && o.At("metadata", "name").Str() == name &&
		role.At("kind").Str() == "ClusterRole" && role.At("name").Str() == name
}
