package rules

import (
	"slices"
	"strconv"
	"strings"

	"github.com/seaworthy-lint/seaworthy/lint"
	"github.com/seaworthy-lint/seaworthy/lint/manifest"
)

// tokenDirectory is where the token for the API server is mounted.
const tokenDirectory = "/var/run/secrets/kubernetes.io/serviceaccount"

// longestToken is how many seconds a projected token may live.
const longestToken = 86400

// longLivedToken reads Secrets that the token controller fills, and the tokens
// that pods project.
func longLivedToken(p *lint.Pass) {
	if p.Object.Kind == "Secret" && p.Object.Group() == "" {
		typ := p.Object.At("type")
		if typ.Str() == "kubernetes.io/service-account-token" {
			account := ""
			if name := p.Object.At("metadata", "annotations", "kubernetes.io/service-account.name").Str(); name != "" {
				account = " of service account " + strconv.Quote(name)
			}
			p.Reportf(typ, "Secret %q gets a token%s that never expires", p.Object.Name, account)
		}
		return
	}
	for _, pod := range p.Object.Pods() {
		in := p.InPod(pod)
		for _, volume := range pod.Volumes() {
			for _, source := range volume.At("projected", "sources").Items() {
				judgeProjectedToken(in, pod, volume, source.At("serviceAccountToken"))
			}
		}
	}
}

func judgeProjectedToken(p *lint.Pass, pod *manifest.Pod, volume, token *manifest.Node) {
	if !token.IsSet() {
		return
	}
	name := volume.At("name").Str()
	expiration := token.At("expirationSeconds")
	switch seconds, ok := expiration.Int(); {
	case expiration.IsSet() && !ok:
		p.UnknownValue(expiration)
	case ok && seconds > longestToken:
		p.Reportf(expiration, "token in volume %q lives for %d hours", name, seconds/3600).About(volumeItem(name))
	}
	switch audience := token.At("audience"); {
	case audience.Templated():
		p.UnknownValue(audience)
	case audience.Str() == "" && !isForAPIServer(pod, name):
		p.Missingf(token, []string{"audience"}, "token in volume %q has no audience, so the API server takes it too", name).About(volumeItem(name))
	}
}

// isForAPIServer tells whether a volume is mounted where clients look for the
// token of the API server.
func isForAPIServer(pod *manifest.Pod, volume string) bool {
	return slices.ContainsFunc(pod.Containers(), func(c *manifest.Container) bool {
		return slices.ContainsFunc(c.At("volumeMounts").Items(), func(mount *manifest.Node) bool {
			return mount.At("name").Str() == volume && strings.TrimSuffix(mount.At("mountPath").Str(), "/") == tokenDirectory
		})
	})
}
