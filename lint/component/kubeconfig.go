package component

import "github.com/seaworthy-lint/seaworthy/lint/manifest"

// kubeconfigFlags name a kubeconfig: that of a component itself, and those of
// the webhooks that an API server calls.
var kubeconfigFlags = []string{
	"kubeconfig", "authentication-kubeconfig", "authorization-kubeconfig", "bootstrap-kubeconfig",
	"audit-webhook-config-file", "authentication-token-webhook-config-file", "authorization-webhook-config-file",
}

// kubeconfigReaders are the settings that name a kubeconfig in view.
type kubeconfigReaders struct{ of map[*ConfigFile][]Setting }

// ReadersOf are the settings of components in a set that name a kubeconfig.
func ReadersOf(set *manifest.Set, kubeconfig *ConfigFile) []Setting {
	return manifest.Derived(set, findReaders).of[kubeconfig]
}

func findReaders(set *manifest.Set) *kubeconfigReaders {
	readers := &kubeconfigReaders{map[*ConfigFile][]Setting{}}
	for _, c := range All(set) {
		for _, flag := range kubeconfigFlags {
			s := c.Setting(flag)
			if !s.IsGiven() {
				continue
			}
			for _, file := range FileIn(set, c, s.Text, Kubeconfig) {
				readers.of[file] = append(readers.of[file], s)
			}
		}
	}
	return readers
}
