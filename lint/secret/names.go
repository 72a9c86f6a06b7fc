package secret

import (
	"slices"
	"strings"
)

// nameKind is what a name says of its value.
type nameKind uint8

const (
	// otherName announces no credential.
	otherName nameKind = iota
	// passwordName is of a password: any text may be one.
	passwordName
	// tokenName is of a token or key, which are generated.
	tokenName
	// secretName is of a secret, or of an object that holds one.
	secretName
	// vagueName is of credentials among other things.
	vagueName
	// authorizationName is of the header.
	authorizationName
	// mnemonicName is of the words of a wallet.
	mnemonicName
	// saltName is of what makes hashes differ.
	saltName
)

// namedFormats are the kinds of credentials that only their name gives away.
var namedFormats = map[nameKind]*Format{
	passwordName:      {ID: "password", Name: "password"},
	tokenName:         {ID: "token", Name: "token or key"},
	secretName:        {ID: "secret", Name: "secret"},
	vagueName:         {ID: "credential", Name: "credential"},
	authorizationName: {ID: "authorization", Name: "credential in an authorization header"},
	mnemonicName:      {ID: "mnemonic", Name: "mnemonic phrase"},
	saltName:          {ID: "salt", Name: "salt"},
}

var (
	passwordHash = &Format{ID: "password-hash", Name: "password hash"}
	joinToken    = &Format{ID: "kubeadm-bootstrap-token", Name: "kubeadm bootstrap token"}
)

var singleWords = map[string]nameKind{
	"password": passwordName, "passwd": passwordName, "passwort": passwordName, "passphrase": passwordName, "passcode": passwordName,
	"pwd": passwordName, "psk": passwordName, "userpass": passwordName, "rootpw": passwordName, "adminpw": passwordName,
	"token": tokenName, "jwt": tokenName, "bearer": tokenName, "secret": secretName,
	"credential": vagueName, "cred": vagueName, "dsn": vagueName, "otp": vagueName,
	"authorization": authorizationName, "mnemonic": mnemonicName, "salt": saltName,
}

// lastWords announce a credential as the last word only.
var lastWords = map[string]nameKind{"pass": passwordName, "pw": passwordName, "pat": tokenName}

// keyKinds make a credential of the word "key" after them.
var keyKinds = []string{
	"api", "private", "signing", "sign", "encryption", "encrypt", "encryptor", "decryption", "master", "account", "storage", "shared",
	"license", "licence", "auth", "authentication", "crypto", "cipher", "hmac", "session", "jwt", "deploy", "ssh", "app",
	"application", "admin", "write", "integration", "ingestion", "webhook", "cookie", "csrf", "fernet", "security", "subscription",
	"unseal", "recovery", "preshared", "hashing", "wireguard", "host", "join", "etcd", "aes", "rsa", "cluster", "server",
}

// plainEndings are last words, in the singular, of names of what is no
// credential, whatever comes before.
var plainEndings = []string{
	"access", "account", "action", "addr", "address", "after", "age", "ago", "at", "before", "by", "since", "until", "alg", "algorithm", "alias", "allowed", "annotation", "attempt",
	"audience", "authenticator", "backend", "based", "bind", "binding", "bucket", "cache", "cert", "certificate", "chain", "change",
	"character", "check", "checksum", "class", "claim", "client", "cmd", "column", "command", "complexity", "config",
	"configuration", "controller", "cookie", "count", "create", "creation", "crt", "day", "default", "description", "dir",
	"directory", "disabled", "disable", "domain", "driver", "duration", "enabled", "enable", "encoder", "encoding", "endpoint",
	"engine", "entry", "env", "envvar", "error", "exchange", "existing", "exists", "expected", "expiration", "expire", "expired",
	"expiry", "exporter", "field", "file", "filename", "filter", "flow", "folder", "format", "frequency", "from", "generation",
	"generator", "grant", "group", "handler", "hash", "header", "health", "help", "hint", "history", "host", "hour", "id",
	"identifier", "image", "index", "injection", "injector", "input", "interval", "issuer", "item", "job", "key", "keyring", "kind",
	"label", "length", "len", "level", "lifespan", "lifetime", "limit", "limiter", "link", "list", "location", "lookup", "manager",
	"managed", "map", "mapping", "max", "message", "method", "min", "minute", "mode", "module", "mount", "mountpath", "mounter",
	"name", "namespace", "needed", "object", "only", "operator", "option", "order", "owner", "page", "param", "parameter", "parser",
	"path", "pattern", "per", "percent", "period", "permission", "plugin", "pod", "policy", "port", "prefix", "price", "profile",
	"prompt", "property", "protected", "protection", "provider", "pub", "public", "query", "queue", "rate", "reader", "recovery",
	"ref", "reference", "refresh", "regex", "regexp", "region", "registry", "renewal", "replication", "repo", "repository",
	"request", "required", "require", "requirement", "reset", "resolver", "resource", "response", "retention", "review", "reviewer",
	"role", "rotation", "rotate", "rule", "schema", "scope", "script", "second", "selector", "serializer", "server", "service",
	"setting", "size", "source", "spec", "state", "status", "storage", "store", "strategy", "strength", "suffix", "support",
	"supported", "sync", "syncer", "table", "tag", "target", "template", "text", "threshold", "time", "timeout", "title", "tokenizer",
	"tool", "topic", "transformer", "ttl", "type", "unit", "update", "uri", "url", "usage", "use", "user", "username", "uuid",
	"validation", "validator", "validity", "var", "variable", "verification", "verifier", "version", "volume", "watch", "watcher",
	"window", "year", "grpc", "http", "rpc",
}

// qualifiers are last words that leave a credential one.
var qualifiers = []string{
	"value", "plain", "plaintext", "raw", "base", "b", "prod", "production", "dev", "development", "stage", "staging", "test", "qa",
	"old", "new", "current", "previous", "primary", "secondary", "local", "data", "string", "code", "decoded", "encoded", "literal",
}

// flagStarts are first words of names of options about credentials.
var flagStarts = []string{
	"allow", "auto", "automount", "check", "create", "disable", "disabled", "enable", "enabled", "existing", "expire", "generate",
	"has", "hide", "ignore", "invalid", "is", "mask", "max", "min", "minimum", "maximum", "missing", "need", "no", "num", "per",
	"prompt", "refresh", "require", "required", "reset", "revoke", "rotate", "send", "show", "skip", "store", "support", "update",
	"use", "validate", "verify", "with", "without",
}

// Names tells whether a name announces that its value is a credential.
func Names(name string) bool { return kindOf(name) != otherName }

// mayName is false for names without a part of any word that announces a
// credential, as nearly all are, and spares splitting them.
func mayName(name string) bool {
	for i := range len(name) {
		for _, stem := range nameStems[name[i]|0x20] {
			if len(name)-i >= len(stem) && strings.EqualFold(name[i:i+len(stem)], stem) {
				return true
			}
		}
	}
	return false
}

var nameStems = [256][]string{
	'a': {"authorization"}, 'b': {"bearer"}, 'c': {"cred", "connection"}, 'd': {"dsn"}, 'j': {"jwt"}, 'k': {"key"}, 'm': {"mnemonic"}, 'o': {"otp"},
	'p': {"pass", "pw", "psk", "pat"}, 's': {"secret", "salt"}, 't': {"token"}, 'u': {"userpass"}, 'r': {"rootpw"},
}

// kindOf reads a name. Of a qualified name, as of an annotation, the last part
// counts.
func kindOf(name string) nameKind {
	if !mayName(name) {
		return otherName
	}
	if i := strings.LastIndexByte(name, '/'); i >= 0 && i+1 < len(name) {
		if strings.HasSuffix(name[:i], "checksum") || strings.HasSuffix(name[:i], "hash") {
			return otherName
		}
		name = name[i+1:]
	}
	words := nameWords(name)
	for len(words) > 1 && slices.Contains(qualifiers, words[len(words)-1]) && !isConnectionString(words) {
		words = words[:len(words)-1]
	}
	if len(words) == 0 || slices.Contains(flagStarts, words[0]) && len(words) > 1 && words[0] != "refresh" {
		return otherName
	}
	last := words[len(words)-1]
	if kind, ok := lastWords[last]; ok && (kind == passwordName || len(words) > 1) {
		return kind
	}
	if isConnectionString(words) {
		return vagueName
	}
	if last == "key" && len(words) > 1 {
		return kindOfKey(words)
	}
	if slices.Contains(plainEndings, last) {
		return otherName
	}
	return kindOfWords(words)
}

// kindOfWords takes the last word that announces a credential.
func kindOfWords(words []string) nameKind {
	for i := len(words) - 1; i >= 0; i-- {
		if words[i] == "key" && i > 0 {
			if kind := kindOfKey(words[:i+1]); kind != otherName {
				return kind
			}
		}
		if kind, ok := singleWords[words[i]]; ok {
			return kind
		}
	}
	return otherName
}

// kindOfKey reads names that end in key: secretKey is a secret, or the name of
// a key in one; passwordKey only the latter.
func kindOfKey(words []string) nameKind {
	before := words[len(words)-2]
	switch {
	case before == "secret":
		return secretName
	case before == "access" && slices.Contains(words, "secret"):
		return tokenName
	case before == "access":
		return vagueName
	case slices.Contains(keyKinds, before):
		return tokenName
	}
	return otherName
}

func isConnectionString(words []string) bool {
	return len(words) > 1 && words[len(words)-1] == "string" && words[len(words)-2] == "connection"
}
