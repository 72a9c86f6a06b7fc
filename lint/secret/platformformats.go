package secret

import (
	"encoding/base64"
	"strings"
)

// monitoringFormats are credentials of monitoring services.
var monitoringFormats = []*Format{
	{
		ID: "grafana-token", Name: "Grafana service account token", keywords: []string{"glsa_"},
		pattern: `glsa_[0-9A-Za-z]{32}_[0-9a-fA-F]{8}`, check: grafanaChecksum,
	},
	{
		ID: "grafana-cloud-token", Name: "Grafana Cloud token", keywords: []string{"glc_eyJ"},
		pattern: `glc_[A-Za-z0-9+/]{32,400}={0,2}`, joins: "/+=",
		check: func(token string) finding { return valid(holdsJSON(strings.TrimPrefix(token, "glc_"), "o", "k")) },
	},
	{
		ID: "grafana-api-key", Name: "Grafana API key", keywords: []string{"eyJrIjoi"},
		pattern: `eyJrIjoi[A-Za-z0-9+/]{60,200}={0,2}`, joins: "/+=",
		check: func(token string) finding { return valid(holdsJSON(token, "k", "n")) },
	},
	{
		ID: "newrelic-key", Name: "New Relic key", keywords: []string{"NRAK-", "NRAL", "NRII-", "NRBR-"},
		pattern: `(?:NRAK-[0-9A-Z]{27}|NRII-[0-9A-Za-z_-]{32}|[0-9a-f]{36}NRAL)`, lead: isHex, leadLength: 36, joins: "-",
	},
	{
		ID: "dynatrace-token", Name: "Dynatrace token", keywords: []string{"dt0"},
		pattern: `dt0[a-z][0-9]{2}\.[0-9A-Z]{8,24}\.[0-9A-Z]{64}`, joins: ".",
	},
	{
		ID: "sentry-token", Name: "Sentry token", keywords: []string{"sntryu_", "sntrys_eyJ", "sntrya_", "sntryi_"},
		pattern: `(?:sntry[uai]_[0-9a-f]{64}|sntrys_eyJ[A-Za-z0-9+/=_-]{80,400})`, joins: "-=",
	},
	{ID: "honeycomb-key", Name: "Honeycomb key", keywords: []string{"hcaik_", "hcbik_", "hccik_", "hcamk_"}, pattern: `hc[a-z](?:ik|mk)_[0-9a-z]{58}`},
	{
		ID: "axiom-token", Name: "Axiom token", keywords: []string{"xaat-", "xapt-"},
		pattern: `xa[ap]t-[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}`, joins: "-",
	},
	{
		ID: "logfire-token", Name: "Logfire write token", keywords: []string{"pylf_v1_"},
		pattern: `pylf_v1_[a-z]{2}_[0-9A-Za-z]{40,60}`,
	},
}

// vaultFormats are credentials of secret stores and of access tools.
var vaultFormats = []*Format{
	{
		ID: "vault-token", Name: "HashiCorp Vault token", keywords: []string{"hvs.", "hvr.", "hvb."},
		pattern: `(?:hv[sr]\.[0-9A-Za-z_-]{24,300}|hvb\.[0-9A-Za-z_-]{100,500})`, joins: "-", reach: 600,
	},
	{
		ID: "vault-legacy-token", least: 26, Name: "HashiCorp Vault token", keywords: []string{"s."},
		pattern: `s\.[0-9A-Za-z]{24}`, joins: "-./$", check: legacyVaultToken,
	},
	{
		ID: "doppler-token", Name: "Doppler token", keywords: []string{"dp.pt.", "dp.st.", "dp.ct.", "dp.sa.", "dp.scim.", "dp.audit."},
		pattern: `dp\.(?:pt|st|ct|sa|scim|audit)\.(?:[0-9A-Za-z_-]{2,35}\.)?[0-9A-Za-z]{40,44}`, joins: ".-",
	},
	{
		ID: "onepassword-token", Name: "1Password service account token", keywords: []string{"ops_eyJ"},
		pattern: `ops_eyJ[A-Za-z0-9+/=_-]{240,999}`, joins: "-/+=", reach: 1200,
	},
	{
		ID: "onepassword-secret-key", Name: "1Password secret key", keywords: []string{"A3-"},
		pattern: `A3-[A-Z0-9]{6}-(?:[A-Z0-9]{11}|[A-Z0-9]{6}-[A-Z0-9]{5})-[A-Z0-9]{5}-[A-Z0-9]{5}-[A-Z0-9]{5}`, joins: "-",
	},
	{
		ID: "infisical-token", least: 90, Name: "Infisical service token", keywords: []string{"st."},
		pattern: `st\.[0-9a-f]{24}\.[0-9a-f]{32}\.[0-9a-f]{32}`, joins: ".",
	},
	{
		ID: "age-secret-key", Name: "age private key", keywords: []string{"AGE-SECRET-KEY-1"},
		pattern: `AGE-SECRET-KEY-1[QPZRY9X8GF2TVDW0S3JN54KHCE6MUA7L]{58}`, check: bech32Checksum,
	},
	{
		ID: "tailscale-key", Name: "Tailscale key", keywords: []string{"tskey-"},
		pattern: `tskey-(?:auth|api|client|scim|webhook)-[0-9A-Za-z]{8,24}-[0-9A-Za-z]{20,64}`, joins: "-",
	},
	{ID: "okta-token", Name: "Okta API token", keywords: []string{"SSWS "}, pattern: `SSWS (00[0-9A-Za-z_-]{40})`, joins: "-"},
}

// legacyVaultToken tells tokens of Vault before 1.10 from s.aFieldOfSomeStruct in
// source code.
func legacyVaultToken(token string) finding {
	return valid(strings.ContainsAny(token[2:], "0123456789") && isRandom(token[2:], 24) && entropy(token) >= 3.8)
}

// databaseFormats are credentials of data services.
var databaseFormats = []*Format{
	{ID: "databricks-token", least: 36, Name: "Databricks token", keywords: []string{"dapi"}, pattern: `dapi[0-9a-f]{32}(?:-[0-9])?`, joins: "-"},
	{
		ID: "planetscale-token", Name: "PlanetScale token", keywords: []string{"pscale_tkn_", "pscale_pw_", "pscale_oauth_"},
		pattern: `pscale_(?:tkn|pw|oauth)_[0-9A-Za-z_.=-]{32,64}`, joins: "-.=",
	},
	{
		ID: "supabase-token", Name: "Supabase token", keywords: []string{"sbp_", "sb_secret_"},
		pattern: `(?:sbp_(?:v0_)?[0-9a-f]{40}|sb_secret_[0-9A-Za-z_-]{22,48})`, joins: "-",
	},
	{ID: "neon-key", Name: "Neon API key", keywords: []string{"napi_"}, pattern: `napi_[0-9a-z]{60,70}`},
	{ID: "aiven-password", Name: "Aiven service password", keywords: []string{"AVNS_"}, pattern: `AVNS_[0-9A-Za-z_-]{19}`, joins: "-"},
	{
		ID: "cockroach-key", Name: "CockroachDB Cloud API key", keywords: []string{"CCDB1_"},
		pattern: `CCDB1_[0-9A-Za-z]{22}_[0-9A-Za-z]{40}`,
	},
	{ID: "mongodb-atlas-secret", Name: "MongoDB Atlas service account secret", keywords: []string{"mdb_sa_sk_"}, pattern: `mdb_sa_sk_[0-9A-Za-z_-]{40}`, joins: "-"},
	{ID: "ceph-key", Name: "Ceph key", keywords: []string{"AQ"}, least: 40, pattern: `AQ[0-9A-Za-z+/]{36}==`, joins: "/+=", check: cephKey},
	{ID: "confluent-secret", least: 64, Name: "Confluent Cloud API secret", keywords: []string{"cflt"}, pattern: `cflt[0-9A-Za-z+/]{60}`, joins: "/+="},
	{ID: "fauna-key", least: 40, Name: "Fauna key", keywords: []string{"fnA"}, pattern: `fnA[0-9A-Za-z_-]{37,43}`, joins: "-/+=", check: func(token string) finding { return valid(isMixed(token)) }},
}

// cephKey tells the structure of a Ceph key: type 1, two words of time, and the
// length of 16 bytes (ceph, CryptoKey::encode).
func cephKey(token string) finding {
	data, err := base64.StdEncoding.DecodeString(token)
	return valid(err == nil && len(data) == 28 && data[0] == 1 && data[1] == 0 && data[10] == 16 && data[11] == 0)
}

// clusterFormats are credentials of Kubernetes and its distributions.
var clusterFormats = []*Format{
	{
		ID: "openshift-token", Name: "OpenShift user token", keywords: []string{"sha256~"},
		pattern: `sha256~[0-9A-Za-z_-]{43}`, joins: "-",
	},
	{
		ID: "kubernetes-jwt", least: 36, Name: "ServiceAccount token", keywords: []string{"eyJ"}, pattern: jwtPattern, joins: "-.", reach: 8192,
		check: func(token string) finding { return jwt(token, true) },
	},
	{
		ID: "jwt", least: 36, Name: "JSON web token", keywords: []string{"eyJ"}, pattern: jwtPattern, joins: "-.", reach: 8192, general: true,
		check: func(token string) finding { return jwt(token, false) },
	},
}

const jwtPattern = `eyJ[A-Za-z0-9_-]{10,}\.eyJ[A-Za-z0-9_-]{10,}\.[A-Za-z0-9_-]{10,}`
