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

// entry judges an entry of a Secret by its key, else as what a Secret holds.
func (r *reader) entry(n *manifest.Node, key string) {
	before := len(r.hits)
	r.file(n, key)
	if len(r.hits) > before || isFile(n.Value) || isPublicKey(key) {
		return
	}
	if v := secret.Judge("password", n.Value); v.Class == secret.Credential {
		r.keep(n, key, []secret.Match{{Format: &entryFormat, End: len(n.Value), Class: v.Class, Note: v.Note}}, 0)
		r.hits[len(r.hits)-1].Named = true
	}
}

// entryFormat is the kind of a value that only a Secret makes one.
var entryFormat = secret.Format{ID: "secret-data", Name: "data of a Secret"}

// publicKeys are keys of Secrets that hold what is no secret by itself.
var publicKeys = []string{
	"username", "user", "login", "email", "url", "uri", "host", "hostname", "port", "server", "endpoint", "address", "name", "database",
	"dbname", "db", "type", "project", "region", "namespace", "ca.crt", "ca", "issuer", "clientid", "client-id", "client_id", "tenantid",
	"tenant-id", "tenant_id", "subscriptionid", "subscription-id", "subscription_id", "bucket", "insecure", "enableoci", "expiration", "description",
	"config.json.schema", "usage-bootstrap-authentication", "usage-bootstrap-signing", "auth-extra-groups", "token-id",
}

func isPublicKey(key string) bool {
	key = strings.ToLower(key)
	return slices.Contains(publicKeys, key) || strings.Contains(key, "username")
}
