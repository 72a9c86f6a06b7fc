package rules

import (
	"strings"

	"github.com/seaworthy-lint/seaworthy/lint"
	"github.com/seaworthy-lint/seaworthy/lint/component"
	"github.com/seaworthy-lint/seaworthy/lint/manifest"
	"github.com/seaworthy-lint/seaworthy/lint/secret"
	"github.com/seaworthy-lint/seaworthy/lint/secret/carrier"
)

// kubeconfigCommitted reads kubeconfigs: as an object, and as a file in a
// ConfigMap or Secret.
func kubeconfigCommitted(p *lint.Pass) {
	if p.Object.Kind == "Config" {
		judgeKubeconfig(p, p.Object.Node, nil)
		return
	}
	for _, entry := range secretEntries(p.Object) {
		if !strings.Contains(entry.text, "users") || !strings.Contains(entry.text, "Config") {
			continue
		}
		trees, _ := manifest.Embedded(entry.node, isKubeconfig) // what does not parse is none
		if entry.text != entry.node.Str() {
			trees, _ = manifest.EmbeddedText(entry.node, entry.text, isKubeconfig)
		}
		for _, tree := range trees {
			if tree.Root.At("kind").Str() == "Config" {
				judgeKubeconfig(p, tree.Root, entry.node)
			}
		}
	}
}

func isKubeconfig(apiVersion, kind string) bool { return kind == "Config" && apiVersion == "v1" }

// judgeKubeconfig reports the users of a kubeconfig that have a credential in
// it. entry is the field that holds the kubeconfig; nil when it is an object.
func judgeKubeconfig(p *lint.Pass, config, entry *manifest.Node) {
	for _, user := range config.At("users").Items() {
		for _, n := range carrier.UserCredentials(user) {
			shown := secret.Show("kubeconfig "+n.Key, n.Value).String()
			f := p.Reportf(n, "kubeconfig gives the cluster access of user %q away: %s", user.At("name").Str(), shown).Showing(shown)
			if entry != nil {
				f.About(entry.Path())
			}
			for _, file := range configurations(p, component.Kubeconfig) {
				if entry == nil || file.Path == entry.Key {
					relateReaders(p, f, file)
				}
			}
		}
	}
}

// relateReaders shows the components that are given a kubeconfig.
func relateReaders(p *lint.Pass, f *lint.Finding, kubeconfig *component.ConfigFile) {
	for _, s := range component.ReadersOf(p.Set, kubeconfig) {
		f.Relate(s.Part().Node, "the "+string(s.Component.Name)+" that uses it")
	}
}
