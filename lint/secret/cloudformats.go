package secret

import (
	"net/url"
	"strings"
)

// cloudFormats are credentials of cloud providers. The forms of Azure's keys
// are those of Microsoft's security-utilities.
var cloudFormats = []*Format{
	{
		ID: "aws-access-key-id", Name: "AWS access key id", keywords: []string{"AKIA", "ASIA", "ABIA", "ACCA"},
		pattern: `[A-Z]{4}[A-Z2-7]{16}`,
		check:   func(string) finding { return noted },
	},
	{
		// 40 characters of base64 are an AWS secret only beside its name or id.
		ID: "aws-secret-access-key", Name: "AWS secret access key",
		keywords: []string{
			"ecret_access_key", "ECRET_ACCESS_KEY", "ecretAccessKey", "ecretaccesskey", "ecret-access-key", "aws_secret", "AWS_SECRET",
			"AKIA", "ASIA",
		},
		pattern: `(?:[A-Za-z_.-]{6,32}\\?["']?\s{0,4}[:=]\s{0,4}\\?["']?([A-Za-z0-9/+]{40})` +
			`|[A-Z]{4}[A-Z2-7]{16}[^A-Za-z0-9/+](?:(?:.|\n){0,80}?[^A-Za-z0-9/+])?([A-Za-z0-9/+]{40})(?:[^A-Za-z0-9/+=]|$))`,
		joins: "/+=", lead: isNameByte, leadLength: 32, check: func(token string) finding { return valid(isMixed(token)) },
	},
	{
		ID: "aws-session-token", Name: "AWS session token", keywords: []string{"IQoJb3JpZ2lu", "FwoGZXIvYXdz", "FQoGZXIvYXdz"},
		pattern: `[A-Za-z0-9/+]{100,990}={0,2}`, joins: "/+=", reach: 2048,
	},
	{
		ID: "aws-bedrock-key", Name: "AWS Bedrock API key", keywords: []string{"ABSK"},
		pattern: `ABSK[A-Za-z0-9+/]{109,269}={0,2}`, joins: "/+=",
	},
	{ID: "gcp-api-key", Name: "Google API key", keywords: []string{"AIza"}, pattern: `AIza[0-9A-Za-z_-]{35}`, joins: "-"},
	{
		ID: "gcp-oauth-secret", Name: "Google OAuth client secret", keywords: []string{"GOCSPX-"},
		pattern: `GOCSPX-[0-9A-Za-z_-]{28}`, joins: "-",
	},
	{
		ID: "gcp-access-token", Name: "Google OAuth access token", keywords: []string{"ya29."},
		pattern: `ya29\.[0-9A-Za-z_-]{30,500}`, joins: "-", reach: 600,
	},
	{
		ID: "gcp-refresh-token", Name: "Google OAuth refresh token", keywords: []string{"1//0"},
		pattern: `1//0[0-9A-Za-z_-]{60,120}`, joins: "-/",
	},
	{ID: "gcp-service-account", Name: "Google service account key", keywords: []string{"\"service_account"}, scan: scanServiceAccount},
	{
		ID: "azure-storage-key", Name: "Azure storage account key", keywords: []string{"AccountKey="},
		pattern: `AccountKey=([A-Za-z0-9+/]{86}==)`, check: emulatorKey,
	},
	{
		ID: "azure-shared-access-key", Name: "Azure shared access key", keywords: []string{"SharedAccessKey="},
		pattern: `SharedAccessKey=([A-Za-z0-9+/]{43}=)`,
	},
	{
		ID: "azure-sas", Name: "Azure SAS signature", keywords: []string{"sig="},
		scan: scanSharedAccessSignature,
	},
	{
		ID: "azure-client-secret", Name: "Microsoft Entra client secret", keywords: []string{"Q~"},
		pattern: `[A-Za-z0-9_~.-]{3}[0-9]Q~[A-Za-z0-9_~.-]{31,34}`,
		lead:    func(c byte) bool { return isWordByte(c) || strings.IndexByte("~.-", c) >= 0 }, leadLength: 4, leadLeast: 4, joins: "~.-",
	},
	{
		ID: "azure-devops-token", Name: "Azure DevOps token", keywords: []string{"AZDO"},
		pattern: `[A-Za-z0-9]{76}AZDO[A-Za-z0-9]{4}`, lead: isAlnum, leadLength: 76, leadLeast: 76,
	},
	{
		ID: "azure-service-key", Name: "Azure service key", keywords: []string{"+ACR", "AzSe", "AzFu", "AzCa", "+ASb", "+AEh", "AIoT", "ACDb"},
		pattern: `(?:[0-9A-Za-z+/]{42}\+ACR[A-D][0-9A-Za-z+/]{5}|[0-9A-Za-z]{42}AzSe[A-D][0-9A-Za-z]{5}` +
			`|[0-9A-Za-z_-]{44}AzFu[0-9A-Za-z_-]{5}[AQgw]==|[0-9A-Za-z]{33}AzCa[A-P][0-9A-Za-z]{5}=` +
			`|[0-9A-Za-z+/]{33}(?:\+ASb|\+AEh|AIoT)[A-P][0-9A-Za-z+/]{5}=|[0-9A-Za-z]{76}ACDb[0-9A-Za-z]{5}[AQgw]==)`,
		lead: func(c byte) bool { return isBase64Byte(c) || c == '_' || c == '-' }, leadLength: 76, joins: "+/=-",
	},
	{
		ID: "ncloud-secret-key", Name: "NAVER Cloud secret key", keywords: []string{"ncp_iam_BPK"},
		pattern: `ncp_iam_BPK[A-Z]{3}[0-9A-Za-z]{28}`,
	},
	{
		ID: "alibaba-access-key", Name: "Alibaba Cloud access key id", keywords: []string{"LTAI"},
		pattern: `LTAI[0-9A-Za-z]{12,20}`, check: func(string) finding { return noted },
	},
	{
		ID: "yandex-api-key", Name: "Yandex Cloud API key", keywords: []string{"AQVN"},
		pattern: `AQVN[0-9A-Za-z_-]{35,38}`, joins: "-",
	},
	{
		ID: "digitalocean-token", Name: "DigitalOcean token", keywords: []string{"dop_v1_", "doo_v1_", "dor_v1_"},
		pattern: `do[opr]_v1_[0-9a-f]{64}`,
	},
	{ID: "heroku-key", Name: "Heroku API key", keywords: []string{"HRKU-AA"}, pattern: `HRKU-AA[0-9A-Za-z_-]{58}`, joins: "-"},
	{
		ID: "cloudflare-origin-ca", Name: "Cloudflare origin CA key", keywords: []string{"v1.0-"},
		pattern: `v1\.0-[0-9a-f]{24}-[0-9a-f]{146}`, joins: "-",
	},
	{
		ID: "cloudflare-tunnel-token", Name: "Cloudflare tunnel token", keywords: []string{"eyJhIjoi"},
		pattern: `eyJhIjoi[A-Za-z0-9+/]{80,400}={0,2}`, joins: "/+=", check: func(token string) finding { return valid(holdsJSON(token, "a", "t", "s")) },
	},
	{
		ID: "flyio-token", Name: "Fly.io token", keywords: []string{"fo1_", "fm1a_", "fm1r_", "fm2_"},
		pattern: `(?:fo1_[0-9A-Za-z_-]{43}|fm(?:1[ar]|2)_[A-Za-z0-9+/]{100,900}={0,3})`, joins: "-/+=", reach: 1024,
	},
	{ID: "netlify-token", Name: "Netlify token", keywords: []string{"nfp_"}, pattern: `nfp_[0-9A-Za-z_]{36}`},
	{ID: "render-key", Name: "Render API key", keywords: []string{"rnd_"}, pattern: `rnd_[0-9A-Za-z]{32}`},
}

// emulatorKey refuses the keys of the Azure storage and Cosmos DB emulators,
// which their documentation publishes.
func emulatorKey(token string) finding {
	return valid(!strings.HasPrefix(token, "Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1") && !strings.HasPrefix(token, "C2y6yDjf5/R+ob0N8A7Cgv30VRDJIWEH"))
}

// scanSharedAccessSignature finds a signature in a query that has its version
// or end too: "sig" is the name of other things as well.
func scanSharedAccessSignature(text string, at int) (Match, bool) {
	if at == 0 || text[at-1] != '&' && text[at-1] != '?' && text[at-1] != '=' && text[at-1] != ';' {
		return Match{}, false
	}
	isValue := func(c byte) bool { return !isSpace(c) && strings.IndexByte("&\"'<>", c) < 0 }
	start := at + len("sig=")
	end := runOf(text, start, 100, isValue)
	value := text[start:end]
	base, err := url.PathUnescape(value)
	base = strings.TrimSuffix(base, "=")
	if err != nil || len(base) != 43 || !all(base, isBase64Byte) || isSample(value) {
		return Match{}, false
	}
	around := text[max(0, at-400):min(len(text), end+400)]
	ok := strings.Contains(around, "se=") && (strings.Contains(around, "sv=") || strings.Contains(around, "SharedAccessSignature"))
	return Match{Start: start, End: end, Class: Credential}, ok
}

// scanServiceAccount finds the private key of a service account's JSON.
func scanServiceAccount(text string, at int) (Match, bool) {
	from := max(0, at-4096)
	window := text[from:min(len(text), at+8192)]
	field := strings.Index(window, `"private_key"`)
	if field < 0 {
		return Match{}, false
	}
	m, ok := scanPEM(text, from+field+max(0, strings.Index(window[field:], pemBegin)))
	return m, ok
}
