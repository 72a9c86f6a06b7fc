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
// for and that are off or without effect.
func apiServerAdmissionPluginMissing(p *lint.Pass) {
	eachComponent(func(p *lint.Pass, c *component.Component) {
		s, ok := admissionPlugins(p, c)
		if !ok {
			return
		}
		lacking := lackingPlugins(p, c, s)
		var unlimited string
		if s.Holds(component.EventRateLimitPlugin) {
			unlimited = eventRateUnlimited(p, c)
		}
		const message = "%s runs without %s: %s"
		what := strings.Join(lacking, ", ")
		switch {
		case lacking == nil && unlimited == "":
		case lacking == nil:
			reportFlag(p, s, message, c.Name, component.EventRateLimitPlugin, unlimited)
		case unlimited == "":
			reportFlag(p, s, message, c.Name, what, settingName(s)+" lacks "+itOrThem(len(lacking)))
		default:
			reportFlag(p, s, message, c.Name, component.EventRateLimitPlugin+", "+what, settingName(s)+" lacks "+what+", and "+unlimited)
		}
	}, component.APIServer)(p)
}

func itOrThem(n int) string {
	if n == 1 {
		return "it"
	}
	return "them"
}

// lackingPlugins are the plugins that neither the list nor something of the
// same effect in the set gives.
func lackingPlugins(p *lint.Pass, c *component.Component, enabled component.Setting) []string {
	var lacking []string
	if !enabled.Holds(component.EventRateLimitPlugin) {
		lacking = append(lacking, component.EventRateLimitPlugin)
	}
	if !enabled.Holds("AlwaysPullImages") && !contextOf(p.Set).verifiesPulls {
		lacking = append(lacking, "AlwaysPullImages")
	}
	if !enabled.Holds("DenyServiceExternalIPs") && !contextOf(p.Set).refusesExternalIPs && !externalIPsOff(p, c) {
		lacking = append(lacking, "DenyServiceExternalIPs")
	}
	return lacking
}

// externalIPsOff tells whether a feature gate, from 1.36 on, takes externalIPs
// from Services.
func externalIPsOff(p *lint.Pass, c *component.Component) bool {
	return versionOf(p, c).AtLeast(36) && c.Setting("feature-gates").Holds("AllowServiceExternalIPs=false")
}

// eventRateUnlimited says why the plugin, which does nothing without limits, has
// none; "" when the AdmissionConfiguration has an entry for it, or may have one
// that is not in view.
func eventRateUnlimited(p *lint.Pass, c *component.Component) string {
	const flag = "admission-control-config-file"
	file := c.Setting(flag)
	if isUnset(file) {
		return "no --" + flag + " gives " + component.EventRateLimitPlugin + " its limits"
	}
	configs := component.FileIn(p.Set, c, file.Text, component.Admission)
	for _, config := range configs {
		for _, plugin := range component.AdmissionPlugins(config.Node) {
			if plugin.Name == component.EventRateLimitPlugin {
				return ""
			}
		}
	}
	if len(configs) == 0 {
		return ""
	}
	return "the file of --" + flag + " has no entry for " + component.EventRateLimitPlugin
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
