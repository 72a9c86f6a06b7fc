package secret

import (
	"regexp"
	"slices"
)

// namedFormats are the kinds of credentials that only their name gives away.
var namedFormats = map[nameKind]*Format{
	passwordName:      {ID: "password", Name: "password"},
	tokenName:         {ID: "token", Name: "token or key"},
	secretName:        {ID: "secret", Name: "secret"},
	holderName:        {ID: "secret", Name: "secret"},
	vagueName:         {ID: "credential", Name: "credential"},
	authorizationName: {ID: "authorization", Name: "credential in an authorization header"},
	mnemonicName:      {ID: "mnemonic", Name: "mnemonic phrase"},
	saltName:          {ID: "salt", Name: "salt"},
}

var (
	passwordHash = &Format{ID: "password-hash", Name: "password hash"}
	joinToken    = &Format{ID: "kubeadm-bootstrap-token", Name: "kubeadm bootstrap token"}
)

// namedFormat is a format that only the name beside it tells from other texts.
type namedFormat struct {
	format *Format
	words  []string
	shape  func() *regexp.Regexp
}

var formatsByName = []namedFormat{
	{&Format{ID: "datadog-key", Name: "Datadog key"}, []string{"datadog", "dd"}, shaped(`^(?:[0-9a-f]{32}|[0-9a-f]{40})$`)},
	{&Format{ID: "twilio-auth-token", Name: "Twilio auth token"}, []string{"twilio"}, shaped(`^[0-9a-f]{32}$`)},
	{&Format{ID: "cloudflare-token", Name: "Cloudflare API token"}, []string{"cloudflare", "cf"}, shaped(`^[0-9A-Za-z_-]{37,40}$`)},
	{&Format{ID: "aws-secret-access-key", Name: "AWS secret access key"}, []string{"aws", "access"}, shaped(`^[0-9A-Za-z/+]{40}$`)},
	{&Format{ID: "opsgenie-key", Name: "Opsgenie API key"}, []string{"opsgenie", "genie"}, shaped(`^[0-9a-f-]{36}$`)},
	{&Format{ID: "pagerduty-key", Name: "PagerDuty key"}, []string{"pagerduty"}, shaped(`^(?:[0-9a-f]{32}|[0-9A-Za-z_+-]{20})$`)},
	{&Format{ID: "splunk-hec-token", Name: "Splunk HEC token"}, []string{"splunk", "hec"}, shaped(`^[0-9a-fA-F-]{36}$`)},
	{&Format{ID: "hetzner-token", Name: "Hetzner Cloud token"}, []string{"hcloud", "hetzner"}, shaped(`^[0-9A-Za-z]{64}$`)},
	{&Format{ID: "linode-token", Name: "Linode token"}, []string{"linode"}, shaped(`^[0-9a-f]{64}$`)},
	{&Format{ID: "azure-storage-key", Name: "Azure storage account key"}, []string{"azure", "storage"}, shaped(`^[0-9A-Za-z+/]{86}==$`)},
	{&Format{ID: "encryption-key", Name: "encryption key"}, []string{"encryption", "encrypt", "fernet", "master", "cookie", "aes"}, shaped(`^(?:base64:)?[0-9A-Za-z+/_-]{22,88}={0,2}$`)},
}

func formatByName(name, value string, kind nameKind) *Format {
	words := nameWords(name)
	for _, f := range formatsByName {
		if slices.ContainsFunc(f.words, func(word string) bool { return slices.Contains(words, word) }) && f.shape().MatchString(value) {
			return f.format
		}
	}
	return namedFormats[kind]
}
