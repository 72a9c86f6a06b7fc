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
	// secretName is of a secret that two parties share.
	secretName
	// holderName is of an object that holds a secret, mostly: tlsSecret.
	holderName
	// vagueName is of credentials among other things.
	vagueName
	// authorizationName is of the header.
	authorizationName
	// mnemonicName is of the words of a wallet.
	mnemonicName
	// saltName is of what makes hashes differ.
	saltName
)

var singleWords = map[string]nameKind{
	"password": passwordName, "passwd": passwordName, "passwort": passwordName, "passphrase": passwordName, "passcode": passwordName,
	"kennwort": passwordName, "senha": passwordName, "wachtwoord": passwordName, "contrasena": passwordName,
	"pwd": passwordName, "psk": passwordName, "userpass": passwordName, "requirepass": passwordName, "masterauth": passwordName, "rootpw": passwordName, "adminpw": passwordName,
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
	"certificate",
}

// surePlainEndings are last words, in the singular, of names of what is no
// credential, whatever comes before.
var surePlainEndings = []string{
	"algorithm", "audience", "class", "dir", "directory", "disabled", "driver", "duration", "enabled", "endpoint",
	"expiration", "expiry", "file", "format", "header", "host", "id", "interval", "issuer", "kind", "length",
	"location", "mode", "mount", "mounter", "name", "namespace", "path", "period", "policy", "port", "provider",
	"ref", "reference", "request", "required", "review", "reviewer", "size", "store", "template", "timeout", "ttl",
	"type", "version",
}

// sharedSecrets make a secret itself of the word after them; other secrets are
// Secrets, unless the name is one of the environment.
var sharedSecrets = []string{
	"client", "app", "application", "api", "jwt", "cookie", "session", "webhook", "hook", "signing", "shared", "consumer", "oauth", "hmac", "csrf",
	"token", "access", "auth", "encryption", "rpc", "internal", "bot", "secret", "refresh", "csi", "idp", "oidc", "sso", "turn", "join",
}

// otherPasses are words before "pass" that make no password of it.
var otherPasses = []string{"by", "one", "two", "first", "second", "single", "multi", "proxy", "sub", "boarding", "uwsgi", "fastcgi", "grpc", "scgi"}

// plainEndings are more of them, which Names believes and HintOf does not.
var plainEndings = []string{
	"expire", "minute", "second",
	"access", "account", "action", "addr", "address", "after", "age", "ago", "alg", "alias", "allowed", "annotation", "at",
	"attempt", "authenticator", "backend", "based", "before", "bind", "binding", "bucket", "by", "cache", "cert",
	"certificate", "chain", "change", "character", "check", "checksum", "claim", "client", "cmd", "column", "command",
	"complexity", "config", "configuration", "controller", "cookie", "count", "create", "creation", "crt", "day", "default",
	"description", "disable", "domain", "enable", "encoder", "encoding", "engine", "entry", "env", "envvar", "error",
	"exchange", "existing", "exists", "expected", "expired", "exporter", "field", "filename", "filter", "flow", "folder",
	"frequency", "from", "generation", "generator", "grant", "group", "grpc", "handler", "hash", "health", "help", "hint",
	"history", "hour", "http", "identifier", "image", "index", "injection", "injector", "input", "item", "job", "key",
	"keyring", "label", "len", "level", "lifespan", "lifetime", "limit", "limiter", "link", "list", "lookup", "managed",
	"manager", "map", "mapping", "max", "message", "method", "min", "module", "mountpath", "needed", "object", "only",
	"operator", "option", "order", "owner", "page", "param", "parameter", "parser", "pattern", "per", "percent", "permission",
	"plugin", "pod", "prefix", "price", "profile", "prompt", "property", "protected", "protection", "pub", "public", "query",
	"queue", "rate", "reader", "recovery", "refresh", "regex", "regexp", "region", "registry", "renewal", "replication",
	"repo", "repository", "require", "requirement", "reset", "resolver", "resource", "response", "retention", "role", "rotate",
	"rotation", "rpc", "rule", "schema", "scope", "script", "selector", "serializer", "server", "service", "setting", "since",
	"source", "spec", "state", "status", "storage", "strategy", "strength", "suffix", "support", "supported", "sync", "syncer",
	"table", "tag", "target", "text", "threshold", "time", "title", "tokenizer", "tool", "topic", "transformer", "unit",
	"until", "update", "uri", "url", "usage", "use", "user", "username", "uuid", "validation", "validator", "validity", "var",
	"variable", "verification", "verifier", "volume", "watch", "watcher", "window", "year",
}

func isPlainEnding(word string) bool {
	return slices.Contains(surePlainEndings, word) || slices.Contains(plainEndings, word)
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
	'a': {"authorization"}, 'b': {"bearer"}, 'c': {"cred", "connection", "contrasena"}, 'd': {"dsn"}, 'e': {"erlang"}, 'j': {"jwt"}, 'k': {"key", "kennwort"}, 'm': {"mnemonic", "masterauth"}, 'o': {"otp"},
	'p': {"pass", "pw", "psk", "pat"}, 's': {"secret", "salt", "senha"}, 't': {"token"}, 'w': {"wachtwoord"}, 'u': {"userpass"}, 'r': {"rootpw"},
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
		if last == "pass" && len(words) > 1 && slices.Contains(otherPasses, words[len(words)-2]) {
			return otherName
		}
		return kind
	}
	switch {
	case isConnectionString(words):
		return vagueName
	case isPair(words, "erlang", "cookie"), isPair(words, "token", "id") && slices.Contains(words, "root"):
		return tokenName
	}
	if last == "key" && len(words) > 1 {
		return kindOfKey(words)
	}
	if isPlainEnding(last) {
		return otherName
	}
	kind := kindOfWords(words)
	if kind == secretName && strings.ToUpper(name) != name && isHolder(words) {
		return holderName
	}
	return kind
}

// isHolder tells whether a name that ends in "secret" is of an object.
func isHolder(words []string) bool {
	last := len(words) - 1
	return words[last] == "secret" && (last == 0 || !slices.Contains(sharedSecrets, words[last-1]))
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

func isConnectionString(words []string) bool { return isPair(words, "connection", "string") }

// isPair tells whether a name ends in two words.
func isPair(words []string, first, second string) bool {
	return len(words) > 1 && words[len(words)-1] == second && words[len(words)-2] == first
}
