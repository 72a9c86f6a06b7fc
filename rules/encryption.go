package rules

import (
	"time"

	"github.com/seaworthy-lint/seaworthy/lint"
	"github.com/seaworthy-lint/seaworthy/lint/component"
	"github.com/seaworthy-lint/seaworthy/lint/manifest"
)

var encryptionFiles = configFileKinds(component.Encryption, component.OldEncryption)

func eachEncryption(check func(*lint.Pass, *component.ConfigFile)) func(*lint.Pass) {
	return eachConfigFile(check, component.Encryption, component.OldEncryption)
}

var encryptionRules = []lint.Rule{
	{
		ID:     "encryption-secrets-unencrypted",
		Family: "controlplane",
		Title:  "Secrets are written to etcd in clear",
		Why: "The first provider of the first entry that names a resource writes it. Where that is identity, or no entry names Secrets, " +
			"whoever gets at etcd, its disk or its backup reads every Secret of the cluster.",
		Fix:        "add secrets to resources, put kms or secretbox first and identity last",
		FixKind:    lint.UnsafeFix,
		Severity:   lint.High,
		Points:     -7,
		Profiles:   []string{"default", "strict", "cis", "nsa"},
		Aliases:    []string{"kubescape:C-0141", "kubescape:C-0142", "kics:10efce34-5af6-4d83-b414-9e096d5a06a9"},
		References: []string{"CIS:1.2.27,1.2.28", "NSA:secrets", "NIST:4.1.4", "OWASP:K08"},
		Kinds:      namedFileKinds(component.Encryption, component.OldEncryption),
		Scope:      lint.ResourceScope,
		Check:      eachNamedFile("encryption-provider-config", secretsUnencrypted, component.Encryption, component.OldEncryption),
	},
	{
		ID:     "encryption-key-committed",
		Family: "controlplane",
		Title:  "the key that encrypts etcd is in the repository",
		Why: "Everybody who can read the repository, its copies and its history can decrypt every Secret of a backup of etcd. " +
			"A key that was committed stays known after it is deleted.",
		Fix:        "remove the file, create a new key on the machine, and rewrite all Secrets with it",
		FixKind:    lint.NoFix,
		Severity:   lint.Critical,
		Points:     -9,
		Profiles:   []string{"default", "strict", "nsa", "novel"},
		References: []string{"NSA:secrets", "NIST:4.1.4", "ATTACK:T1552.004", "OWASP:K08"},
		Kinds:      encryptionFiles,
		Scope:      lint.ResourceScope,
		Hides:      []string{"credential-literal", "placeholder-credential"},
		Check:      eachEncryption(encryptionKeyCommitted),
	},
	{
		ID:     "encryption-key-rotation",
		Family: "controlplane",
		Title:  "encryption keys cannot be rotated as they should be",
		Why: "A rotation writes with a new key while the old one still reads, so it needs two keys with names of their own. " +
			"A key of aesgcm is not safe for more than 200,000 writes, and version 1 of the KMS interface is switched off by default.",
		Fix:      "use kms with apiVersion v2, or add a new key first and rewrite all Secrets",
		FixKind:  lint.NoFix,
		Versions: "kms version 1 is deprecated from 1.28 on and off by default from 1.29 on.",
		Severity: lint.Medium,
		Points:   -2,
		Profiles: []string{"strict", "cis", "nsa"},
		Aliases:  []string{"kubescape:C-0208"},
		References: []string{
			"CIS:5.4.2", "NSA:secrets", "NIST:4.1.4", "OWASP:K08",
		},
		Kinds: encryptionFiles,
		Scope: lint.ResourceScope,
		Check: eachEncryption(encryptionKeyRotation),
	},
}

// inClear begins what is said of an entry that does not encrypt.
const inClear = "Secrets are written to etcd in clear: "

func secretsUnencrypted(p *lint.Pass, file *component.ConfigFile) {
	for _, entry := range component.EncryptionEntries(file.Node) {
		switch entry.Covers("", "secrets") {
		case manifest.Unknown:
			p.Unknown(entry.Node, "the resources are templated")
			return
		case manifest.True:
			reportFirstProvider(p, entry)
			return
		}
	}
	p.Missingf(file.Node, []string{"resources"}, inClear+"no entry of the encryption configuration covers them")
}

// reportFirstProvider reports an entry that writes with no encryption.
func reportFirstProvider(p *lint.Pass, entry component.EncryptionEntry) {
	switch {
	case len(entry.Providers) == 0:
		p.Missingf(entry.Node, []string{"providers"}, inClear+"the entry for them has no provider")
	case entry.Providers[0].Name != "identity":
	case len(entry.Providers) == 1:
		p.Reportf(entry.Providers[0].Node, inClear+"identity is the only provider, and it does not encrypt")
	default:
		p.Reportf(entry.Providers[0].Node, inClear+"identity stands before %s, and the first provider writes", entry.Providers[1].Name)
	}
}

func encryptionKeyCommitted(p *lint.Pass, file *component.ConfigFile) {
	for _, entry := range component.EncryptionEntries(file.Node) {
		for _, provider := range entry.Providers {
			if !provider.IsLocal() {
				continue
			}
			for _, key := range provider.Keys() {
				secret := key.At("secret")
				if !secret.Templated() && component.IsEncryptionKey(secret.Str()) {
					p.Reportf(secret, "the key %q of %s, which decrypts etcd, is in the repository", key.At("name").Str(), provider.Name).
						Showing("").At(secret.KeySpan())
				}
			}
		}
	}
}

// kmsDeprecated is the minor release that deprecated version 1 of the KMS
// interface (KEP-3299); the next one switched it off by default.
const kmsDeprecated = 28

func encryptionKeyRotation(p *lint.Pass, file *component.ConfigFile) {
	for _, entry := range component.EncryptionEntries(file.Node) {
		for i, provider := range entry.Providers {
			switch {
			case provider.Name == "kms":
				reportKMS(p, provider.Node)
			case provider.IsLocal():
				reportKeys(p, provider)
				if i == 0 {
					p.Reportf(provider.Node, "the key of %s lies in a file beside the data that it protects: kms keeps it elsewhere", provider.Name).AsNote()
				}
			}
		}
	}
}

func reportKMS(p *lint.Pass, kms *manifest.Node) {
	reportKMSTimeout(p, kms.At("timeout"))
	if p.Version.Minor < kmsDeprecated {
		return
	}
	effect := "is deprecated"
	if p.Version.AtLeast(kmsDeprecated + 1) {
		effect = "is off unless the feature gate KMSv1 is on"
	}
	switch version := kms.At("apiVersion"); {
	case version.Templated():
		p.UnknownValue(version)
	case !version.IsSet():
		p.Missingf(kms, []string{"apiVersion"}, "the KMS provider %q has no apiVersion, so it is v1, which %s", kms.At("name").Str(), effect)
	case version.Str() == "v1":
		p.Reportf(version, "the KMS provider %q uses v1, which %s", kms.At("name").Str(), effect)
	}
}

// maxKMSTimeout is how long the API server lets a request take by default: a
// client is told of a timeout before a slower KMS would answer.
const maxKMSTimeout = time.Minute

// reportKMSTimeout gives a note on a timeout that the API server refuses, or
// that outlasts every request.
func reportKMSTimeout(p *lint.Pass, timeout *manifest.Node) {
	d, err := time.ParseDuration(timeout.Str())
	switch {
	case err != nil:
	case d <= 0:
		p.Reportf(timeout, "the API server does not start with a KMS timeout of %s", timeout.Str()).AsNote()
	case d > maxKMSTimeout:
		p.Reportf(timeout, "while the KMS does not answer, requests for Secrets hang for %s, longer than a request lasts", timeout.Str()).AsNote()
	}
}

// reportKeys reports the keys of a local provider that stand in the way of a
// rotation.
func reportKeys(p *lint.Pass, provider component.EncryptionProvider) {
	keys := provider.Keys()
	if provider.Name == "aesgcm" && len(keys) == 1 {
		p.Reportf(provider.Node.At("keys"), "aesgcm has a single key, which is not safe for more than 200,000 writes and cannot be rotated")
	}
	seen := map[string]bool{}
	for _, key := range keys {
		name := key.At("name")
		if name.IsSet() && seen[name.Str()] {
			p.Reportf(name, "two keys of %s are called %q, so what was written with one of them may not be read", provider.Name, name.Str())
		}
		seen[name.Str()] = true
	}
}
