package component

import "github.com/seaworthy-lint/seaworthy/lint/manifest"

// Names of admission plugins that are configured by a file.
const (
	PodSecurityPlugin        = "PodSecurity"
	ImagePolicyWebhookPlugin = "ImagePolicyWebhook"
	EventRateLimitPlugin     = "EventRateLimit"
)

// AdmissionPlugin is an entry of an AdmissionConfiguration.
type AdmissionPlugin struct {
	// Node is the entry of the list.
	Node *manifest.Node
	Name string
	// Configuration is the plugin's own configuration where it stands in the
	// file; nil when it does not.
	Configuration *manifest.Node
	// Path names the file with the configuration otherwise. It is relative to
	// the AdmissionConfiguration's folder.
	Path *manifest.Node
}

// AdmissionPlugins are the plugins that an AdmissionConfiguration configures.
func AdmissionPlugins(config *manifest.Node) []AdmissionPlugin {
	var found []AdmissionPlugin
	for _, entry := range config.At("plugins").Items() {
		plugin := AdmissionPlugin{Node: entry, Name: entry.At("name").Str(), Path: entry.At("path")}
		if configuration := entry.At("configuration"); configuration.IsSet() {
			plugin.Configuration = configuration
		}
		found = append(found, plugin)
	}
	return found
}
