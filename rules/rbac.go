package rules

import (
	"slices"

	"github.com/seaworthy-lint/seaworthy/lint"
	"github.com/seaworthy-lint/seaworthy/lint/rbac"
)

// rbacKinds are the kinds of the API that grants permissions.
var rbacKinds = []string{"Role", "ClusterRole", "RoleBinding", "ClusterRoleBinding"}

// bindings are the kinds that grant roles to subjects. OpenShift has a group
// of its own for them, which it keeps as those of RBAC. Findings name the roles
// and the workloads that run as the subjects.
var bindings = lint.Kinds{Names: []string{
	rbac.Group + "/RoleBinding", rbac.Group + "/ClusterRoleBinding",
	"authorization.openshift.io/RoleBinding", "authorization.openshift.io/ClusterRoleBinding",
}, Context: slices.Concat(rbacKinds, podKinds)}

var rbacRules = slices.Concat(bindingRules, roleRules)

var bindingRules = []lint.Rule{
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
		Check:      eachSubject(rbacAnonymousBinding),
	},
	{
		ID:     "cluster-admin-binding",
		Family: "rbac",
		Title:  "admin role is bound where it holds for everything",
		Why: "Who holds cluster-admin can do anything to any object and read every Secret. " +
			"A binding of admin or edit for the whole cluster gives all namespaces away, kube-system among them.",
		Fix:      "bind a role that has only the rules that are needed",
		FixKind:  lint.NoFix,
		Severity: lint.Critical,
		Points:   -9,
		Profiles: []string{"default", "strict", "cis", "nsa"},
		Aliases: []string{
			"kube-linter:cluster-admin-role-binding", "polaris:clusterrolebindingClusterAdmin",
			"polaris:rolebindingClusterAdminClusterRole", "trivy-checks:KSV-0111", "kubescape:C-0185",
			"kics:249328b8-5f0f-409f-b1dd-029f07882e11",
		},
		References: []string{"CIS:5.1.1", "NSA:rbac", "NIST:3.3.1,4.3.1", "ATTACK:T1078,T1098.006", "OWASP:K03"},
		Kinds:      bindings,
		Scope:      lint.ResourceScope,
		Hides:      []string{"rbac-broad-group-binding", "rbac-masters-binding"},
		Check:      clusterAdminBinding,
	},
	{
		ID:     "rbac-masters-binding",
		Family: "rbac",
		Title:  "role is bound to system:masters",
		Why: "The API server lets members of system:masters do everything before it asks RBAC. " +
			"Membership is written into client certificates, which cannot be revoked, and a binding makes people hand them out.",
		Fix:        "bind the role to an ordinary group",
		FixKind:    lint.NoFix,
		Severity:   lint.High,
		Points:     -7,
		Profiles:   []string{"default", "strict", "cis"},
		Aliases:    []string{"trivy-checks:KSV-0123", "kubescape:C-0246"},
		References: []string{"CIS:5.1.7", "NIST:4.3.1", "OWASP:K03"},
		Kinds:      bindings,
		Scope:      lint.ResourceScope,
		Check:      eachSubject(rbacMastersBinding),
	},
	{
		ID:     "default-service-account-bound",
		Family: "rbac",
		Title:  "role is bound to a default service account",
		Why: "Every pod that names no service account runs as default. " +
			"A role that is bound to it for one workload is held by all of them, also by those that come later.",
		Fix:      "create a service account for the workload and bind the role to that",
		FixKind:  lint.UnsafeFix,
		Severity: lint.Medium,
		Points:   -3,
		Profiles: []string{"default", "strict", "cis", "nsa"},
		Aliases: []string{
			"checkov:CKV_K8S_42", "kubescape:C-0225", "kubescape:C-0239", "kics:1e749bc9-fde8-471c-af0c-8254efd2dee5",
		},
		References: []string{"CIS:5.1.5", "NSA:service-account-tokens", "ATTACK:T1078.001", "OWASP:K03"},
		Kinds:      bindings,
		Scope:      lint.ResourceScope,
		Check:      eachSubject(defaultServiceAccountBound),
	},
	{
		ID:     "rbac-broad-group-binding",
		Family: "rbac",
		Title:  "role is bound to everybody who can log in",
		Why: "The groups system:authenticated and system:serviceaccounts hold every user or every pod of the cluster, " +
			"those of people and programs that nobody thought of when the role was written.",
		Fix:        "bind the role to named groups or service accounts",
		FixKind:    lint.NoFix,
		Severity:   lint.High,
		Points:     -9,
		Profiles:   []string{"default", "strict", "nsa"},
		Aliases:    []string{"trivy-checks:KSV-01011", "kubescape:C-0265"},
		References: []string{"NSA:authentication", "NIST:4.3.1", "ATTACK:T1078", "OWASP:K03"},
		Kinds:      bindings,
		Scope:      lint.ResourceScope,
		Check:      eachSubject(rbacBroadGroupBinding),
	},
	{
		ID:     "kubernetes-dashboard-access",
		Family: "rbac",
		Title:  "Kubernetes Dashboard is open or shares its account",
		Why: "The Dashboard acts on the cluster for whoever reaches its page. Without a login, or with an account that may do everything, " +
			"finding the page is all that it takes.",
		Fix:        "delete the flag, and the binding that gives the account more than the Dashboard needs",
		FixKind:    lint.UnsafeFix,
		Severity:   lint.Medium,
		Points:     -3,
		Profiles:   []string{"default", "strict"},
		Aliases:    []string{"checkov:CKV_K8S_33", "kubescape:C-0014", "kics:d2ad057f-0928-41ef-a83c-f59203bb855b"},
		References: []string{"ATTACK:T1133,T1613", "OWASP:K06"},
		Kinds:      lint.Kinds{Workloads: true, Names: bindings.Names, Context: rbacKinds},
		Scope:      lint.ResourceScope,
		Check:      kubernetesDashboardAccess,
	},
	{
		ID:     "tiller-deployed",
		Family: "rbac",
		Title:  "Tiller, the server of Helm 2, is deployed",
		Why: "Tiller takes orders from everybody in the cluster who reaches its port, without a login, and carries them out with its own account, " +
			"most often as cluster-admin. It has had no security fixes since 2020.",
		Fix:      "remove Tiller and use Helm 3 or later",
		FixKind:  lint.NoFix,
		Severity: lint.High,
		Points:   -9,
		Profiles: []string{"default", "strict"},
		Aliases: []string{
			"trivy-checks:KSV-0102", "checkov:CKV_K8S_34", "checkov:CKV_K8S_44", "checkov:CKV_K8S_45",
			"kics:e17fa86a-6222-4584-a914-56e8f6c87e06", "kics:6d173be7-545a-46c6-a81d-2ae52ed1605d",
			"kics:8b862ca9-0fbd-4959-ad72-b6609bdaa22d",
		},
		References: []string{"ATTACK:T1210", "OWASP:K10"},
		Kinds:      lint.Kinds{Workloads: true, Names: []string{"Service"}},
		Scope:      lint.ResourceScope,
		Check:      tillerDeployed,
	},
}
