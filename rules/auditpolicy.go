package rules

import (
	"slices"

	"github.com/seaworthy-lint/seaworthy/lint"
	"github.com/seaworthy-lint/seaworthy/lint/audit"
	"github.com/seaworthy-lint/seaworthy/lint/component"
	"github.com/seaworthy-lint/seaworthy/lint/manifest"
	"github.com/seaworthy-lint/seaworthy/lint/rbac"
)

var auditPolicyRules = []lint.Rule{
	{
		ID:     "audit-policy-gap",
		Family: "controlplane",
		Title:  "audit policy does not log requests that matter",
		Why: "The first rule that matches a request decides, and what no rule matches is not logged. " +
			"Who read a Secret, opened a shell in a pod or bound a role cannot be found out afterwards.",
		Fix:        "add a catch-all rule with level Metadata at the end, and limit rules with level None to what is noise",
		FixKind:    lint.UnsafeFix,
		Severity:   lint.Medium,
		Points:     -3,
		Profiles:   []string{"default", "strict", "cis", "nsa"},
		Aliases:    []string{"kubescape:C-0161", "kics:1828a670-5957-4bc5-9974-47da228f75e2"},
		References: []string{"CIS:3.2.2", "NSA:audit-logging", "OWASP:K05"},
		Kinds:      namedFileKinds(component.AuditPolicy),
		Scope:      lint.ResourceScope,
		Check:      eachNamedFile("audit-policy-file", readAuditPolicy(auditPolicyGap), component.AuditPolicy),
	},
	{
		ID:     "audit-policy-logs-secrets",
		Family: "controlplane",
		Title:  "audit policy writes secrets to the log",
		Why: "Levels Request and RequestResponse write the bodies of requests to the log. " +
			"Those for Secrets, ConfigMaps and tokens hold credentials, and whoever reads the log or the system that collects it has them.",
		Fix:        "put a rule with level Metadata for these resources before it",
		FixKind:    lint.SafeFix,
		Severity:   lint.High,
		Points:     -5,
		Profiles:   []string{"default", "strict", "cis", "nsa", "novel"},
		References: []string{"CIS:3.2.2", "NSA:audit-logging", "ATTACK:T1552", "OWASP:K05,K08"},
		Kinds:      configFileKinds(component.AuditPolicy),
		Scope:      lint.ResourceScope,
		Check:      eachConfigFile(readAuditPolicy(auditPolicyLogsSecrets), component.AuditPolicy),
	},
}

// readAuditPolicy runs a check on an audit policy that can be read.
func readAuditPolicy(check func(*lint.Pass, *manifest.Node, *audit.Policy)) func(*lint.Pass, *component.ConfigFile) {
	return func(p *lint.Pass, file *component.ConfigFile) {
		policy, err := audit.Read(file.Node)
		if n, ok := audit.IsUnreadable(err); ok {
			p.UnknownValue(n)
			return
		}
		if err != nil {
			p.Unknown(file.At("rules"), err.Error())
			return
		}
		check(p, file.Node, policy)
	}
}

// watched is a kind of request that an audit log has to show.
type watched struct {
	// what names it in messages.
	what            string
	group, resource string
	subresource     string
	verbs           []string
	// global tells that the resource has no namespace.
	global bool
}

// openings are the verbs of subresources that are a connection: a client asks by
// POST, or by GET for a WebSocket.
var openings = []string{"create", "get"}

const (
	workloadChanges = "writes to workloads"
	rbacChanges     = "writes to roles and bindings"
	webhookChanges  = "writes to admission webhooks"
	csrChanges      = "certificate signing requests"
)

// watchedRequests are the requests that tell of an attack: CIS 3.2.2, and what
// else takes over a workload, an identity or the cluster.
var watchedRequests = []watched{
	{what: "secrets", resource: "secrets", verbs: rbac.StandardVerbs},
	{what: "configmaps", resource: "configmaps", verbs: rbac.StandardVerbs},
	{what: "tokenreviews", group: "authentication.k8s.io", resource: "tokenreviews", verbs: []string{"create"}, global: true},
	{what: "new tokens of service accounts", resource: "serviceaccounts", subresource: "token", verbs: []string{"create"}},
	{what: "writes to pods", resource: "pods", verbs: rbac.ChangeVerbs},
	{what: workloadChanges, group: "apps", resource: "deployments", verbs: rbac.ChangeVerbs},
	{what: workloadChanges, group: "apps", resource: "daemonsets", verbs: rbac.ChangeVerbs},
	{what: workloadChanges, group: "apps", resource: "statefulsets", verbs: rbac.ChangeVerbs},
	{what: workloadChanges, group: "apps", resource: "replicasets", verbs: rbac.ChangeVerbs},
	{what: workloadChanges, group: "batch", resource: "jobs", verbs: rbac.ChangeVerbs},
	{what: workloadChanges, group: "batch", resource: "cronjobs", verbs: rbac.ChangeVerbs},
	{what: "pods/exec", resource: "pods", subresource: "exec", verbs: openings},
	{what: "pods/attach", resource: "pods", subresource: "attach", verbs: openings},
	{what: "pods/portforward", resource: "pods", subresource: "portforward", verbs: openings},
	{what: "pods/proxy", resource: "pods", subresource: "proxy", verbs: openings},
	{what: "services/proxy", resource: "services", subresource: "proxy", verbs: openings},
	{what: "nodes/proxy", resource: "nodes", subresource: "proxy", verbs: openings, global: true},
	{what: rbacChanges, group: rbac.Group, resource: "roles", verbs: rbac.ChangeVerbs},
	{what: rbacChanges, group: rbac.Group, resource: "rolebindings", verbs: rbac.ChangeVerbs},
	{what: rbacChanges, group: rbac.Group, resource: "clusterroles", verbs: rbac.ChangeVerbs, global: true},
	{what: rbacChanges, group: rbac.Group, resource: "clusterrolebindings", verbs: rbac.ChangeVerbs, global: true},
	{what: webhookChanges, group: admissionGroup, resource: "mutatingwebhookconfigurations", verbs: rbac.ChangeVerbs, global: true},
	{what: webhookChanges, group: admissionGroup, resource: "validatingwebhookconfigurations", verbs: rbac.ChangeVerbs, global: true},
	{what: csrChanges, group: "certificates.k8s.io", resource: "certificatesigningrequests", verbs: []string{"create"}, global: true},
	{what: csrChanges, group: "certificates.k8s.io", resource: "certificatesigningrequests", subresource: "approval", verbs: []string{"update", "patch"}, global: true},
}

// requests are the requests of a kind by one requester in a namespace.
func (w watched) requests(by requester, namespace string) []audit.Attributes {
	if w.global {
		namespace = ""
	}
	var all []audit.Attributes
	for _, verb := range w.verbs {
		if by.onlyWrites && !slices.Contains(rbac.ChangeVerbs, verb) {
			continue
		}
		all = append(all, audit.Attributes{
			User: by.user, Groups: by.groups, Verb: verb, Namespace: namespace,
			APIGroup: w.group, Resource: w.resource, Subresource: w.subresource, Name: anyOther,
		})
	}
	return all
}

// requester is who makes a request.
type requester struct {
	user   string
	groups []string
	// onlyWrites tells that what it reads is noise, as that of components is.
	onlyWrites bool
}

// anyOther stands for users, namespaces and objects that no rule names.
const anyOther = "any other"

const authenticated = "system:authenticated"

// requesters are an ordinary user, an administrator and a service account.
var requesters = []requester{
	{user: anyOther, groups: []string{authenticated}},
	{user: "kubernetes-admin", groups: []string{"system:masters", "kubeadm:cluster-admins", authenticated}},
	{user: "system:serviceaccount:any:other", groups: []string{"system:serviceaccounts", "system:serviceaccounts:any", authenticated}},
}
