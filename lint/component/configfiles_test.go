package component

import (
	"encoding/base64"
	"fmt"
	"strings"
	"testing"

	"github.com/seaworthy-lint/seaworthy/lint/manifest"
)

const anEncryption = "apiVersion: apiserver.config.k8s.io/v1\nkind: EncryptionConfiguration\n"

// indented puts a text into a literal block.
func indented(text string, spaces int) string {
	pad := strings.Repeat(" ", spaces)
	return "|\n" + pad + strings.ReplaceAll(strings.TrimSuffix(text, "\n"), "\n", "\n"+pad) + "\n"
}

func TestConfigFilesIn(t *testing.T) {
	encoded := base64.StdEncoding.EncodeToString([]byte(anEncryption))
	cloudConfig := "#cloud-config\nwrite_files:\n- path: /etc/e.yaml\n  content: " + indented(anEncryption, 4) + "- path: /etc/b.yaml\n  encoding: b64\n  content: " + encoded + "\n"
	for name, test := range map[string]struct{ text, want string }{
		"a document":           {anEncryption, "x.yaml exact"},
		"the older kind":       {"apiVersion: v1\nkind: EncryptionConfig\n", "x.yaml exact"},
		"another group's kind": {"apiVersion: kyverno.io/v1\nkind: Policy\n", ""},
		"a ConfigMap":          {"apiVersion: v1\nkind: ConfigMap\ndata:\n  e.yaml: " + indented(anEncryption, 4) + "  note: kind of\n", "e.yaml exact"},
		"binary data":          {"apiVersion: v1\nkind: ConfigMap\nbinaryData: {e.yaml: " + encoded + "}\n", "e.yaml near"},
		"a Secret":             {"apiVersion: v1\nkind: Secret\ndata: {e.yaml: " + encoded + "}\nstringData:\n  f.yaml: " + indented(anEncryption, 4), "e.yaml near, f.yaml exact"},
		"not base64":           {"apiVersion: v1\nkind: Secret\ndata: {e.yaml: \"%%\"}\n", ""},
		"two documents":        {"apiVersion: v1\nkind: ConfigMap\ndata:\n  e.yaml: " + indented(anEncryption+"---\n"+anEncryption, 4), "e.yaml exact, e.yaml exact"},
		"cloud-init":           {"apiVersion: v1\nkind: Secret\nstringData:\n  value: " + indented(cloudConfig, 4), "/etc/e.yaml exact, /etc/b.yaml near"},
		"cloud-init in base64": {"apiVersion: v1\nkind: Secret\ndata: {value: " + base64.StdEncoding.EncodeToString([]byte(cloudConfig)) + "}\n", "/etc/e.yaml near, /etc/b.yaml near"},
		"Cluster API":          {"apiVersion: bootstrap.cluster.x-k8s.io/v1beta1\nkind: KubeadmConfigTemplate\nspec: {template: {spec: {files: [{path: /e, content: " + fmt.Sprintf("%q", anEncryption) + "}]}}}\n", "/e near"},
		"kOps":                 {"apiVersion: kops.k8s.io/v1alpha2\nkind: Cluster\nspec: {fileAssets: [{path: /e, isBase64: true, content: " + encoded + "}]}\n", "/e near"},
	} {
		set := load(t, "x.yaml", test.text)
		var found []string
		for _, f := range ConfigFilesIn(set).In(set.Objects()[0]) {
			place := "near"
			if f.At("kind").Exact() {
				place = "exact"
			}
			found = append(found, f.Path+" "+place)
			if f.Carrier != set.Objects()[0] {
				t.Errorf("%s: carried by %s", name, f.Carrier.ID())
			}
		}
		if got := strings.Join(found, ", "); got != test.want {
			t.Errorf("%s: found %q, want %q", name, got, test.want)
		}
	}
}

func TestAnonymousOf(t *testing.T) {
	for text, want := range map[string]manifest.Truth{
		"jwt: []":                        manifest.Unset,
		"anonymous: {}":                  manifest.False,
		"anonymous: {enabled: false}":    manifest.False,
		"anonymous: {enabled: true}":     manifest.True,
		"anonymous: {enabled: \"${A}\"}": manifest.Unknown,
		"anonymous: {enabled: true, conditions: [{path: /livez}, {path: /readyz}]}":     manifest.False,
		"anonymous: {enabled: true, conditions: [{path: /livez}, {path: /api/v1}]}":     manifest.True,
		"anonymous: {enabled: true, conditions: [{path: \"${HEALTH}\"}]}":               manifest.Unknown,
		"anonymous: {enabled: false, conditions: [{path: /api}]}":                       manifest.False,
		"anonymous: {enabled: true, conditions: [{path: /livez}, {path: \"/livez*\"}]}": manifest.True,
	} {
		config := load(t, "x.yaml", "apiVersion: apiserver.config.k8s.io/v1\nkind: AuthenticationConfiguration\n"+text+"\n").Objects()[0]
		got := AnonymousOf(config.Node)
		if got.Allowed != want {
			t.Errorf("%s: %v, want %v", text, got.Allowed, want)
		}
		if (got.Node == nil) != (want == manifest.Unset) {
			t.Errorf("%s: decided by %q", text, got.Node.Path())
		}
	}
}

func TestUnprefixedClaims(t *testing.T) {
	for text, want := range map[string]string{
		"claimMappings: {username: {claim: sub, prefix: \"oidc:\"}, groups: {claim: groups, prefix: \"oidc:\"}}":                                        "",
		"claimMappings: {username: {claim: sub, prefix: \"\"}}":                                                                                         "username",
		"claimMappings: {username: {claim: email, prefix: \"\"}, groups: {claim: groups, prefix: \"\"}}":                                                "groups",
		"claimMappings: {groups: {claim: groups}}":                                                                                                      "groups",
		"claimMappings: {username: {expression: claims.sub}, groups: {expression: 'claims[\"roles\"]'}}":                                                "username groups",
		"claimMappings: {username: {expression: claims.email}, groups: {expression: 'claims.groups.map(g, \"o:\" + g)'}}":                               "",
		"claimMappings: {groups: {claim: groups, prefix: \"\"}}, userValidationRules: [{expression: \"user.groups.all(g, !g.startsWith('system:'))\"}]": "",
		"claimMappings: {groups: {claim: groups, prefix: \"\"}}, userValidationRules: [{expression: \"user.username != 'system:admin'\"}]":              "groups",
		"claimMappings: {groups: {claim: \"${CLAIM}\", prefix: \"\"}}":                                                                                  "",
	} {
		config := load(t, "x.yaml", "apiVersion: apiserver.config.k8s.io/v1\nkind: AuthenticationConfiguration\njwt: [{issuer: {url: https://a}, "+text+"}]\n").Objects()[0]
		var names []string
		for _, claim := range UnprefixedClaims(config.Node) {
			names = append(names, claim.Name)
			if claim.Mapping == nil || claim.Issuer != "https://a" {
				t.Errorf("%s: mapping %v of issuer %q", text, claim.Mapping, claim.Issuer)
			}
		}
		if got := strings.Join(names, " "); got != want {
			t.Errorf("%s: %q, want %q", text, got, want)
		}
	}
}

func TestAuthorizers(t *testing.T) {
	config := load(t, "x.yaml", "apiVersion: apiserver.config.k8s.io/v1\nkind: AuthorizationConfiguration\nauthorizers: [{type: Webhook, name: a, webhook: {failurePolicy: NoOpinion}}, {type: Webhook, webhook: {failurePolicy: Deny}}, {type: Node}, {type: RBAC}]\n").Objects()[0]
	var got []string
	for _, a := range Authorizers(config.Node) {
		got = append(got, fmt.Sprint(a.Type, a.GivesNoOpinion()))
	}
	if want := "[Webhooktrue Webhookfalse Nodefalse RBACfalse]"; fmt.Sprint(got) != want {
		t.Errorf("%v, want %v", got, want)
	}
}

func TestEncryptionCovers(t *testing.T) {
	for text, want := range map[string]manifest.Truth{
		"[secrets]": manifest.True, "[\"*.\"]": manifest.True, "[\"*.*\"]": manifest.True, "[a, secrets]": manifest.True,
		"[configmaps]": manifest.False, "[\"*.apps\"]": manifest.False, "[secrets.example.com]": manifest.False, "[]": manifest.False,
		"[\"${R}\"]": manifest.Unknown, "[\"${R}\", secrets]": manifest.True,
	} {
		config := load(t, "x.yaml", anEncryption+"resources: [{resources: "+text+"}]\n").Objects()[0]
		if got := EncryptionEntries(config.Node)[0].Covers("", "secrets"); got != want {
			t.Errorf("%s: %v, want %v", text, got, want)
		}
	}
	config := load(t, "x.yaml", anEncryption+"resources: [{resources: [\"*.apps\"]}]\n").Objects()[0]
	if got := EncryptionEntries(config.Node)[0].Covers("apps", "deployments"); got != manifest.True {
		t.Errorf("deployments of apps: %v", got)
	}
}

func TestIsEncryptionKey(t *testing.T) {
	for size, want := range map[int]bool{15: false, 16: true, 24: true, 31: false, 32: true, 64: false} {
		if got := IsEncryptionKey(base64.StdEncoding.EncodeToString([]byte(strings.Repeat("k", size)))); got != want {
			t.Errorf("%d bytes: %t", size, got)
		}
	}
	for _, text := range []string{"", "<BASE 64 ENCODED SECRET>", "c2VjcmV0IGlzIHNlY3VyZQ==", "dGhpcyBpcyBwYXNzd29yZA=="} {
		if IsEncryptionKey(text) {
			t.Errorf("%q is no key", text)
		}
	}
}

// FuzzConfigFiles reads the configuration files in arbitrary documents: nothing
// panics, and every file lies in the document's file.
func FuzzConfigFiles(f *testing.F) {
	f.Add(anEncryption + "resources: [null, {resources: 5, providers: [{}, {kms: []}, 5]}]\n")
	f.Add("apiVersion: v1\nkind: Secret\nstringData:\n  value: |\n    #cloud-config\n    write_files: [{path: [], content: \"kind: Policy\"}, 5, {content: |\n    a}]\n")
	f.Add("apiVersion: apiserver.config.k8s.io/v1\nkind: AuthenticationConfiguration\njwt: [5, {claimMappings: {groups: {expression: []}}}]\nanonymous: {enabled: true, conditions: [5]}\n")
	f.Add("apiVersion: v1\nkind: ConfigMap\ndata:\n  a: |\n    apiVersion: apiserver.config.k8s.io/v1\n    kind: AdmissionConfiguration\n    plugins: [{name: [], path: a}]\n")
	f.Fuzz(func(t *testing.T, text string) {
		if len(text) > 1<<13 {
			return
		}
		set := load(t, "x.yaml", text)
		for _, o := range set.Objects() {
			for _, file := range ConfigFilesIn(set).In(o) {
				checkPlace(t, file.Node, manifest.Span{})
				for _, entry := range EncryptionEntries(file.Node) {
					entry.Covers("", "secrets")
					for _, provider := range entry.Providers {
						checkPlace(t, provider.Node, manifest.Span{})
					}
				}
				checkPlace(t, AnonymousOf(file.Node).Node, manifest.Span{})
				for _, claim := range UnprefixedClaims(file.Node) {
					checkPlace(t, claim.Mapping, manifest.Span{})
				}
				for _, a := range Authorizers(file.Node) {
					checkPlace(t, a.Node, manifest.Span{})
				}
				for _, plugin := range AdmissionPlugins(file.Node) {
					file.Beside(plugin.Path.Str())
				}
			}
		}
	})
}
