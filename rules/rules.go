// Package rules holds the rules: a file for each family, whose list is the
// registration of its rules.
package rules

import (
	"cmp"
	"embed"
	"slices"

	"github.com/seaworthy-lint/seaworthy/lint"
)

// Profiles are the names of the profiles that choose rules.
var Profiles = []string{"default", "strict", "reliability", "all", "pss-baseline", "pss-restricted", "nsa", "cis", "kubesec"}

//go:embed snippets
var snippets embed.FS

// All are all rules, by id, with their snippets. Each call makes its own.
func All() []*lint.Rule {
	families := slices.Concat(
		securityContext,
		hostAccess,
		capabilities,
		secrets,
		ports,
		serviceAccounts,
		rbacRules,
		images,
		networkPolicies,
		policyCoverage,
		cniRules,
		exposure,
		resources,
		reliability,
		namespaces,
		podSecurityLevels,
		resourcePolicies,
		defaultNamespaces,
		duplicateResources,
		missingImageVerification,
		missingMTLS,
		controlPlane,
		kubelet,
		mesh,
		admission,
		gitops,
		apiVersions,
		correctness,
		suppressions,
	)
	all := make([]*lint.Rule, len(families))
	for i := range families {
		all[i] = &families[i]
		all[i].Bad, all[i].Good = snippet(all[i].ID, "bad"), snippet(all[i].ID, "good")
	}
	slices.SortFunc(all, func(a, b *lint.Rule) int { return cmp.Compare(a.ID, b.ID) })
	return all
}

// snippet is the text of snippets/<id>.<which>.yaml; "" when there is none,
// which a test forbids.
func snippet(id, which string) string {
	text, err := snippets.ReadFile("snippets/" + id + "." + which + ".yaml")
	if err != nil {
		return ""
	}
	return string(text)
}
