package rules

import (
	"slices"
	"strings"

	"github.com/seaworthy-lint/seaworthy/lint"
	"github.com/seaworthy-lint/seaworthy/lint/manifest"
)

var secrets = []lint.Rule{
	{
		ID:     "secret-in-env",
		Family: "secrets",
		Title:  "container reads Secrets from its environment",
		Why: "Environment variables end up in crash dumps, logs, child processes and /proc. " +
			"A file in a volume does not, and it changes when the Secret is rotated.",
		Fix:      "mount the Secret as a readOnly volume and read the file",
		FixKind:  lint.UnsafeFix,
		Severity: lint.Medium,
		Points:   -5,
		Profiles: []string{"strict", "cis", "nsa", "kubesec"},
		Aliases: []string{
			"kubesec:SecretsAsEnvironmentVariables", "kube-linter:read-secret-from-env-var", "checkov:CKV_K8S_35",
			"kubescape:C-0207", "kics:3d658f8b-d988-41a0-a841-40043121de1e",
		},
		References: []string{"CIS:5.4.1", "NSA:secrets", "NIST:4.1.4", "ATTACK:T1552.007", "OWASP:K08"},
		Kinds:      workloads,
		Scope:      lint.ContainerScope,
		Check:      eachContainer(secretInEnv),
	},
}

// secretInEnv reports a container once, on its first reference to a Secret.
func secretInEnv(p *lint.Pass, c *manifest.Container) {
	refs := secretReferences(p, c)
	if len(refs) == 0 {
		return
	}
	names := make([]string, len(refs))
	for i, ref := range refs {
		names[i] = secretName(ref)
	}
	list := strings.Join(names, ", ")
	f := p.Reportf(refs[0], "container %q reads Secrets from its environment: %s", c.Name(), list).Showing(list)
	for i, ref := range refs[1:] {
		f.Relate(ref, "also reads "+names[i+1])
	}
}

// secretReferences are the secretKeyRef and secretRef fields of a container.
func secretReferences(p *lint.Pass, c *manifest.Container) []*manifest.Node {
	env, envFrom := c.At("env"), c.At("envFrom")
	for _, list := range []*manifest.Node{env, envFrom} {
		if list.IsSet() && list.Kind != manifest.List {
			p.UnknownValue(list)
		}
	}
	var refs []*manifest.Node
	for _, item := range slices.Concat(env.Items(), envFrom.Items()) {
		if item.Templated() || item.At("valueFrom").Templated() {
			p.UnknownValue(item)
		}
		for _, ref := range []*manifest.Node{item.At("valueFrom", "secretKeyRef"), item.At("secretRef")} {
			if ref.IsSet() {
				refs = append(refs, ref)
			}
		}
	}
	return refs
}

// secretName is name and key of a reference, as "db/password"; a reference to
// a whole Secret has no key.
func secretName(ref *manifest.Node) string {
	name := ref.At("name").Str()
	if key := ref.At("key").Str(); key != "" {
		return name + "/" + key
	}
	return name
}
