package rbac

import (
	"slices"
	"strings"

	"github.com/seaworthy-lint/seaworthy/lint/manifest"
	"github.com/seaworthy-lint/seaworthy/lint/scope"
)

// Account is the service account that a pod runs as.
type Account struct {
	// Node names the account; nil when the pod leaves it to the default.
	Node *manifest.Node
	// Name is empty when it cannot be told.
	Name, Namespace string
	// Object is the account, when it is in view.
	Object *manifest.Object
	// Automount is what the account says of mounting its token; Unknown also
	// when an account that may be the pod's says no.
	Automount manifest.Truth
}

// Known tells whether the account's name can be told.
func (a Account) Known() bool { return a.Name != "" }

// AccountOf finds the service account of a pod.
func (x *Index) AccountOf(pod *manifest.Pod) Account {
	account := Account{Namespace: pod.Object.Namespace}
	account.Name, account.Node = scope.AccountName(pod)
	if !account.Known() {
		account.Automount = manifest.Unknown
		return account
	}
	sure, unsure := x.scope.Named("", "ServiceAccount", account.Name, account.Namespace)
	if len(sure) > 0 {
		account.Object = sure[len(sure)-1]
		account.Automount = account.Object.At(automountKey).Truth()
		return account
	}
	account.Automount = manifest.Unset
	for _, o := range unsure {
		if automount := o.At(automountKey).Truth(); automount == manifest.False || automount == manifest.Unknown {
			account.Automount = manifest.Unknown
		}
	}
	return account
}

const automountKey = "automountServiceAccountToken"

// tokenPath is where the admission controller mounts the token.
const tokenPath = "/var/run/secrets/kubernetes.io/serviceaccount"

// TokenMounted tells whether a pod that runs as the account holds a token for
// the API server.
func (a Account) TokenMounted(pod *manifest.Pod) manifest.Truth {
	if ProjectedToken(pod) != nil {
		return manifest.True
	}
	automount := pod.At(automountKey).Truth()
	if automount == manifest.Unset {
		automount = a.Automount
	}
	switch {
	case automount == manifest.False || TokenHidden(pod):
		return manifest.False
	case automount == manifest.Unknown:
		return manifest.Unknown
	}
	return manifest.True
}

// TokenHidden tells whether every container mounts something of its own where
// the token would be, which makes the admission controller leave it out.
func TokenHidden(pod *manifest.Pod) bool {
	for _, c := range pod.Containers() {
		mounts := c.At("volumeMounts").Items()
		if !slices.ContainsFunc(mounts, func(m *manifest.Node) bool { return strings.TrimRight(m.At("mountPath").Str(), "/") == tokenPath }) {
			return false
		}
	}
	return true
}

// ProjectedToken is a volume's token for the API server that a container
// mounts, nil when there is none. A token for another audience is of no use
// at the API server.
func ProjectedToken(pod *manifest.Pod) *manifest.Node {
	for _, volume := range pod.Volumes() {
		for _, source := range volume.At("projected", "sources").Items() {
			token := source.At("serviceAccountToken")
			audience := token.At("audience").Str()
			if token.IsSet() && (audience == "" || strings.Contains(audience, "kubernetes.default")) && isMounted(pod, volume.At("name").Str()) {
				return token
			}
		}
	}
	return nil
}

func isMounted(pod *manifest.Pod, volume string) bool {
	for _, c := range pod.Containers() {
		for _, m := range c.At("volumeMounts").Items() {
			if m.At("name").Str() == volume {
				return true
			}
		}
	}
	return false
}
