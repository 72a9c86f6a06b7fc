package rules

import (
	"strings"

	"github.com/seaworthy-lint/seaworthy/lint"
	"github.com/seaworthy-lint/seaworthy/lint/component"
)

// admissionPlugins are the plugins that an API server enables beside those of
// its defaults; not ok when they cannot be told. The flag before 1.10 counts
// too.
func admissionPlugins(p *lint.Pass, c *component.Component) (component.Setting, bool) {
	if old := c.Setting("admission-control"); old.IsGiven() {
		return old, true
	}
	return judged(p, c, "enable-admission-plugins")
}

func apiServerNodeRestrictionMissing(p *lint.Pass) {
	eachComponent(func(p *lint.Pass, c *component.Component) {
		if s, ok := admissionPlugins(p, c); ok && !s.Holds("NodeRestriction") {
			reportFlag(p, s, "%s does not limit what kubelets may change: %s lacks NodeRestriction", c.Name, settingName(s))
		}
	}, component.APIServer)(p)
}

// apiServerAdmissionPluginMissing lists the plugins that the benchmark asks
// for and that neither the flag nor something of the same effect in the set
// gives.
func apiServerAdmissionPluginMissing(p *lint.Pass) {
	eachComponent(func(p *lint.Pass, c *component.Component) {
		s, ok := admissionPlugins(p, c)
		if !ok {
			return
		}
		var missing []string
		if !s.Holds(component.EventRateLimitPlugin) || !configuresEventRateLimit(p, c) {
			missing = append(missing, component.EventRateLimitPlugin)
		}
		if !s.Holds("AlwaysPullImages") && !contextOf(p.Set).verifiesPulls {
			missing = append(missing, "AlwaysPullImages")
		}
		if !s.Holds("DenyServiceExternalIPs") && !contextOf(p.Set).refusesExternalIPs && !externalIPsOff(p, c) {
			missing = append(missing, "DenyServiceExternalIPs")
		}
		if missing != nil {
			reportFlag(p, s, "%s runs without %s: %s lacks %s", c.Name, strings.Join(missing, ", "), settingName(s), itOrThem(len(missing)))
		}
	}, component.APIServer)(p)
}

// externalIPsOff tells whether a feature gate, from 1.36 on, takes externalIPs
// from Services.
func externalIPsOff(p *lint.Pass, c *component.Component) bool {
	return versionOf(p, c).AtLeast(36) && c.Setting("feature-gates").Holds("AllowServiceExternalIPs=false")
}

func itOrThem(n int) string {
	if n == 1 {
		return "it"
	}
	return "them"
}

// configuresEventRateLimit tells whether the plugin, which does nothing
// without limits, has an entry in the AdmissionConfiguration, or may have one
// that is not in view.
func configuresEventRateLimit(p *lint.Pass, c *component.Component) bool {
	file := c.Setting("admission-control-config-file")
	if isUnset(file) {
		return false
	}
	configs := component.FileIn(p.Set, c, file.Text, component.Admission)
	for _, config := range configs {
		for _, plugin := range component.AdmissionPlugins(config.Node) {
			if plugin.Name == component.EventRateLimitPlugin {
				return true
			}
		}
	}
	return len(configs) == 0
}

// defaultPlugins are plugins that are on by default (1.30 and newer) and that
// security rests on, and NodeRestriction, which kubeadm adds.
var defaultPlugins = []string{
	"CertificateApproval", "CertificateSigning", "CertificateSubjectRestriction", "LimitRanger", "MutatingAdmissionWebhook", "NamespaceLifecycle",
	"NodeRestriction", "PodSecurity", "ResourceQuota", "RuntimeClass", "ServiceAccount", "ValidatingAdmissionPolicy", "ValidatingAdmissionWebhook",
}

func apiServerAdmissionDisabled(p *lint.Pass) {
	eachComponent(func(p *lint.Pass, c *component.Component) {
		for _, flag := range []string{"enable-admission-plugins", "admission-control"} {
			s, ok := judged(p, c, flag)
			for _, item := range s.Items() {
				if ok && item.Text == "AlwaysAdmit" && item.Node != nil {
					reportPart(p, item, "%s admits everything: --%s holds AlwaysAdmit", c.Name, flag)
				}
			}
		}
		s, ok := judged(p, c, "disable-admission-plugins")
		if !ok {
			return
		}
		for _, item := range s.Items() {
			for _, plugin := range defaultPlugins {
				if item.Text == plugin && item.Node != nil {
					reportPart(p, item, "%s runs without %s: --disable-admission-plugins holds it", c.Name, plugin).About(plugin)
				}
			}
		}
	}, component.APIServer)(p)
}
