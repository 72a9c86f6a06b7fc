package rules

import (
	"slices"
	"strings"

	"github.com/seaworthy-lint/seaworthy/lint/manifest"
	"github.com/seaworthy-lint/seaworthy/lint/scope"
)

// podAccount is the service account that a pod runs as.
type podAccount struct {
	// node names the account; nil when the pod leaves it to the default.
	node            *manifest.Node
	name, namespace string
	// object is the account, when it is in view.
	object *manifest.Object
	// automount is what the account says of mounting its token; Unknown also
	// when an account that may be the pod's says no.
	automount manifest.Truth
}

// known tells whether the account's name can be told.
func (a podAccount) known() bool { return a.name != "" }

// accountOf finds the service account of a pod.
func accountOf(set *manifest.Set, pod *manifest.Pod) podAccount {
	account := podAccount{namespace: pod.Object.Namespace}
	account.name, account.node = scope.AccountName(pod)
	if !account.known() {
		account.automount = manifest.Unknown
		return account
	}
	account.find(set)
	return account
}

func (a *podAccount) find(set *manifest.Set) {
	maybe := manifest.Unset
	for _, o := range set.Named("", "ServiceAccount", a.name) {
		automount := o.At("automountServiceAccountToken").Truth()
		switch scope.Of(set).SameNamespace(o.Namespace, a.namespace) {
		case manifest.True:
			a.object, a.automount = o, automount
		case manifest.Unknown:
			if automount == manifest.False || automount == manifest.Unknown {
				maybe = manifest.Unknown
			}
		}
	}
	if a.object == nil {
		a.automount = maybe
	}
}

// firstAccount is the first manifest of a service account in the set.
func firstAccount(set *manifest.Set, namespace, name string) *manifest.Object {
	for _, o := range set.Named("", "ServiceAccount", name) {
		if o.Namespace == namespace {
			return o
		}
	}
	return nil
}

// tokenPath is where the admission controller mounts the token.
const tokenPath = "/var/run/secrets/kubernetes.io/serviceaccount"

// tokenHidden tells whether every container mounts something of its own where
// the token would be, which makes the admission controller leave it out.
func tokenHidden(pod *manifest.Pod) bool {
	for _, c := range pod.Containers() {
		mounts := c.At("volumeMounts").Items()
		if !slices.ContainsFunc(mounts, func(m *manifest.Node) bool { return strings.TrimRight(m.At("mountPath").Str(), "/") == tokenPath }) {
			return false
		}
	}
	return true
}

// projectedToken is a volume's token for the API server that a container
// mounts, nil when there is none. A token for another audience is of no use
// at the API server.
func projectedToken(pod *manifest.Pod) *manifest.Node {
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
