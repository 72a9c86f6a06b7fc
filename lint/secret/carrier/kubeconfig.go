package carrier

import (
	"slices"

	"github.com/seaworthy-lint/seaworthy/lint/manifest"
	"github.com/seaworthy-lint/seaworthy/lint/secret"
)

// userCredentials are the fields of a kubeconfig's user that hold a credential
// (AuthInfo of k8s.io/client-go/tools/clientcmd/api/v1).
var userCredentials = [][]string{
	{"client-key-data"}, {"token"}, {"password"}, {"auth-provider", "config", "access-token"}, {"auth-provider", "config", "refresh-token"},
	{"auth-provider", "config", "id-token"}, {"auth-provider", "config", "client-secret"},
}

// UserCredentials are the fields of a user of a kubeconfig that hold a
// credential in clear.
func UserCredentials(user *manifest.Node) []*manifest.Node {
	var found []*manifest.Node
	for _, path := range userCredentials {
		if n := user.At("user").At(path...); isUserCredential(n) {
			found = append(found, n)
		}
	}
	return found
}

func isUserCredential(n *manifest.Node) bool {
	if n.Str() == "" || n.Templated() || Computed(n, n.Value) {
		return false
	}
	reason := secret.Judge("password", n.Value).Reason
	return !slices.Contains([]secret.Reason{secret.Empty, secret.Gap, secret.Reference, secret.Ciphertext}, reason)
}

// kubeconfig reads a kubeconfig that is an object of its own.
func (r *reader) kubeconfig() {
	r.place = Kubeconfig
	for _, user := range r.object.At("users").Items() {
		for _, n := range UserCredentials(user) {
			r.keep(n, n.Key, []secret.Match{{Format: &secret.Format{ID: "kubeconfig", Name: "kubeconfig " + n.Key}, End: len(n.Value), Class: secret.Credential}}, 0)
			r.hits[len(r.hits)-1].Named = true
			r.seen[n] = true
		}
	}
}
