package rules

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/seaworthy-lint/seaworthy/lint"
	"github.com/seaworthy-lint/seaworthy/lint/linttest"
)

// scopeTopics are the rules that run over the scopes of a topic, all at once.
var scopeTopics = map[string][]string{
	"namespace": {
		"pod-security-label-missing", "pod-security-privileged", "pod-security-not-restricted", "resource-policy-missing", "default-namespace",
		"duplicate-resource",
	},
	"reference":  {"dangling-reference", "dangling-service", "dangling-backend"},
	"admission":  {"image-verification-missing"},
	"mesh":       {"mesh-mtls-missing", "mesh-bypass"},
	"attackpath": {"exposed-workload-attack-path"},
	"rbac":       append([]string{"workload-privileged-token", "shared-service-account", "rbac-full-wildcard"}, append(everyRoleRule, "cluster-admin-binding", "rbac-anonymous-binding", "rbac-masters-binding", "rbac-broad-group-binding", "default-service-account-bound")...),
	"networkpolicy": {
		"network-policy-allow-all", "metadata-endpoint-egress", "network-policy-ineffective", "dangling-network-policy",
		"network-policy-missing", "egress-policy-missing", "default-deny-missing", "cni-without-network-policy",
	},
}

// TestScopes runs the rules of each topic over its scopes: the folders
// testdata/scopes/<topic>-<case>. Half of them at least must be fine: scopes
// that look alike and have no finding.
func TestScopes(t *testing.T) {
	for topic, ids := range scopeTopics {
		paths, err := filepath.Glob(filepath.Join("testdata", "scopes", topic+"-*"))
		if err != nil {
			t.Fatal(err)
		}
		var rules []*lint.Rule
		for _, r := range All() {
			if slices.Contains(ids, r.ID) {
				rules = append(rules, r)
			}
		}
		if len(rules) != len(ids) || len(paths) == 0 {
			t.Errorf("%s: %d of %d rules, %d scopes", topic, len(rules), len(ids), len(paths))
		}
		fine := 0
		for _, path := range paths {
			t.Run(filepath.Base(path), func(t *testing.T) {
				if linttest.RunScope(t, path, rules...) {
					fine++
				}
			})
		}
		if 2*fine < len(paths)-1 {
			t.Errorf("%s: %d of %d scopes are fine, want half", topic, fine, len(paths))
		}
	}
}

// TestScopesHaveTopics keeps scopes from not being run.
func TestScopesHaveTopics(t *testing.T) {
	folders, err := os.ReadDir(filepath.Join("testdata", "scopes"))
	if err != nil {
		t.Fatal(err)
	}
	for _, folder := range folders {
		if topic, _, _ := strings.Cut(folder.Name(), "-"); scopeTopics[topic] == nil {
			t.Errorf("%s: no topic runs over it", folder.Name())
		}
	}
}
