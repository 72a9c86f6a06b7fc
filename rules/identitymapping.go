package rules

import (
	"slices"
	"strings"

	"github.com/seaworthy-lint/seaworthy/lint"
	"github.com/seaworthy-lint/seaworthy/lint/manifest"
	"github.com/seaworthy-lint/seaworthy/lint/rbac"
)

var identityMappingRules = []lint.Rule{
	{
		ID:     "iam-mapping-cluster-admin",
		Family: "controlplane",
		Title:  "cloud identity is mapped to cluster-admin",
		Why: "Whoever takes over the mapped user or role in the cloud owns the cluster: system:masters passes RBAC by, " +
			"and neither it nor the mapping shows in the bindings that are reviewed.",
		Fix:        "map the identity to a group that is bound to a limited role",
		FixKind:    lint.NoFix,
		Severity:   lint.High,
		Points:     -7,
		Profiles:   []string{"default", "strict", "nsa", "novel"},
		References: []string{"NSA:authentication", "NIST:3.3.1,4.3.1", "ATTACK:T1078.004,T1098", "OWASP:K03,K06"},
		Kinds: lint.Kinds{
			Names:   []string{"ConfigMap", "AccessEntry", "iamauthenticator.k8s.aws/IAMIdentityMapping", "eksctl.io/ClusterConfig"},
			Context: []string{rbac.Group + "/ClusterRoleBinding"},
		},
		Scope: lint.ResourceScope,
		Check: iamMappingClusterAdmin,
	},
}

// mappingKeys are the lists of identities in the ConfigMaps of EKS
// (aws-iam-authenticator) and of Naver Cloud (ncp-iam-authenticator).
var mappingKeys = map[string][]string{
	"aws-auth": {"mapRoles", "mapUsers"},
	"ncp-auth": {"mapSubAccounts"},
}

func iamMappingClusterAdmin(p *lint.Pass) {
	switch o := p.Object; o.Kind {
	case "ConfigMap":
		if o.Namespace == "kube-system" || o.Namespace == "" {
			mappedInConfigMap(p)
		}
	case "IAMIdentityMapping":
		adminGroups(p, o.At("spec", "groups"), identityName(o.At("spec")))
	case "ClusterConfig":
		for _, mapping := range o.At("iamIdentityMappings").Items() {
			adminGroups(p, mapping.At("groups"), identityName(mapping))
		}
		for _, entry := range o.At("accessConfig", "accessEntries").Items() {
			accessEntry(p, entry)
		}
	default:
		accessEntry(p, o.At("spec"))
		accessEntry(p, o.At("spec", "forProvider")) // Crossplane
	}
}

func mappedInConfigMap(p *lint.Pass) {
	for _, key := range mappingKeys[p.Object.Name] {
		text := p.Object.At("data", key)
		trees, err := manifest.Embedded(text, nil)
		if err != nil {
			p.UnknownValue(text)
		}
		for _, tree := range trees {
			for _, mapping := range tree.Root.Items() {
				adminGroups(p, mapping.At("groups"), identityName(mapping))
			}
		}
	}
	if p.Object.Name == "ncp-auth" {
		wholeTenant(p, p.Object.At("data", "authenticateAll"))
	}
}

// identityName is how a mapping names who is mapped.
func identityName(mapping *manifest.Node) string {
	for _, key := range []string{"rolearn", "userarn", "arn", "iamARN", "principalARN", "principalArn", "subAccountIdNo", "subaccountIdNo", "username"} {
		if name := mapping.At(key).Str(); name != "" {
			return name
		}
	}
	return "a cloud identity"
}

// adminGroups reports the groups of a mapped identity that are cluster-admin,
// by themselves or by a binding in view.
func adminGroups(p *lint.Pass, groups *manifest.Node, who string) {
	for _, group := range groups.Items() {
		name := group.Str()
		if name == "system:masters" {
			p.Reportf(group, "%s is in system:masters, which may do everything in the cluster", who)
			continue
		}
		for _, binding := range p.Set.OfKind(rbac.Group, "ClusterRoleBinding") {
			if binding.At("roleRef", "name").Str() == "cluster-admin" && name != "" && hasGroup(binding, name) {
				p.Reportf(group, "%s is in group %q, which %s binds to cluster-admin", who, name, binding.Name).Relate(binding.At("roleRef", "name"), "the binding")
				break
			}
		}
	}
}

func hasGroup(binding *manifest.Object, name string) bool {
	return slices.ContainsFunc(binding.At("subjects").Items(), func(subject *manifest.Node) bool {
		return subject.At("kind").Str() == "Group" && subject.At("name").Str() == name
	})
}

// accessEntry judges an access entry of EKS: its groups, and the policies of
// AWS that stand for cluster-admin.
func accessEntry(p *lint.Pass, entry *manifest.Node) {
	who := identityName(entry)
	adminGroups(p, entry.At("kubernetesGroups"), who)
	for _, policy := range entry.At("accessPolicies").Items() {
		if scope := policy.At("accessScope", "type"); scope.IsSet() && scope.Str() != "cluster" {
			continue
		}
		for _, key := range []string{"policyARN", "policyArn"} {
			if arn := policy.At(key); strings.HasSuffix(arn.Str(), "/AmazonEKSClusterAdminPolicy") {
				p.Reportf(arn, "%s may do everything in the cluster by AmazonEKSClusterAdminPolicy", who)
			}
		}
	}
}

// discoveryRoles are what Kubernetes itself gives to everybody who is
// authenticated.
var discoveryRoles = []string{"system:basic-user", "system:discovery", "system:public-info-viewer", "system:service-account-issuer-discovery"}

// wholeTenant reports that every account of a cloud tenant is authenticated
// where a binding in view gives such more than discovery.
func wholeTenant(p *lint.Pass, all *manifest.Node) {
	if all.Str() != "true" {
		return
	}
	for _, binding := range p.Set.OfKind(rbac.Group, "ClusterRoleBinding") {
		role := binding.At("roleRef", "name")
		if hasGroup(binding, authenticated) && !slices.Contains(discoveryRoles, role.Str()) {
			p.Reportf(all, "every account of the tenant is let in, and %s gives all who are the role %q", binding.Name, role.Str()).Relate(role, "the binding")
			return
		}
	}
}
