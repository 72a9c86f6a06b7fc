package carrier

import (
	"slices"
	"strings"

	"github.com/seaworthy-lint/seaworthy/lint/manifest"
	"github.com/seaworthy-lint/seaworthy/lint/secret"
)

// secret reads the entries of a Secret. Whoever puts a value there says that it
// is one, whatever its key is called.
func (r *reader) secret() {
	r.place = Secret
	for _, entry := range r.object.At("stringData").Fields() {
		if entry.Kind == manifest.Scalar && !r.seen[entry] {
			r.entry(entry, entry.Key)
		}
	}
	for _, entry := range r.object.At("data").Fields() {
		if data, ok := secret.Decode(entry.Str()); ok {
			r.decoded(entry, entry.Key, string(data), (*reader).entry)
		}
	}
}

// entry judges an entry of a Secret by its key, else as what a Secret holds:
// but for what SOPS was told to leave in clear beside what it encrypted.
func (r *reader) entry(n *manifest.Node, key string) {
	before := len(r.hits)
	r.file(n, key)
	if len(r.hits) > before || isFile(n.Value) || isPublicKey(key) || r.object.At("sops").IsSet() {
		return
	}
	if v := secret.Judge("password", n.Value); v.Class == secret.Credential {
		r.keep(n, key, []secret.Match{{Format: &entryFormat, End: len(n.Value), Class: v.Class, Note: v.Note}}, 0)
		r.hits[len(r.hits)-1].Named = true
	}
}

// entryFormat is the kind of a value that only a Secret makes one.
var entryFormat = secret.Format{ID: "secret-data", Name: "data of a Secret"}

// publicWords are last words of keys of Secrets that hold what is no secret by
// itself.
var publicWords = []string{
	"username", "user", "login", "email", "url", "uri", "host", "hostname", "port", "server", "endpoint", "address", "name", "database",
	"dbname", "db", "type", "project", "region", "namespace", "crt", "cert", "ca", "pem", "issuer", "id", "clientid", "bucket", "insecure",
	"path", "owner", "org", "organization", "expiration", "mtime", "timestamp", "date", "version", "description", "signing", "authentication", "groups",
}

// isPublicKey tells whether a key ends with such a word, as DB_USER and
// dbUser do.
func isPublicKey(key string) bool {
	words := strings.FieldsFunc(key, func(c rune) bool { return strings.ContainsRune("._-/ ", c) })
	if len(words) == 0 {
		return false
	}
	last := words[len(words)-1]
	return slices.Contains(words, "username") || slices.ContainsFunc(publicWords, func(word string) bool {
		return strings.EqualFold(last, word) || strings.HasSuffix(last, strings.ToUpper(word[:1])+word[1:])
	})
}
