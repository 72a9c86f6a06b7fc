package rules

import (
	"slices"

	"github.com/seaworthy-lint/seaworthy/lint"
	"github.com/seaworthy-lint/seaworthy/lint/manifest"
)

// The checks in this file decide as Pod Security Admission does (package
// k8s.io/pod-security-admission/policy), its quirks included. They run in
// place of the rules' own checks under the pss profiles; a test holds them
// against that package.

// podSecurityAdds is the part of capabilities_baseline that belongs to one
// rule: names compare as they are written.
func podSecurityAdds(in func(name string) bool) func(*lint.Pass) {
	return eachContainer(func(p *lint.Pass, c *manifest.Container) {
		for _, entry := range c.At("securityContext", "capabilities", "add").Items() {
			if in(entry.Str()) {
				p.Reportf(entry, "container %q adds capability %s", c.Name(), entry.Str()).About(entry.Str())
			}
		}
	})
}

// podSecurityRestrictedAdds is the add half of capabilities_restricted, from
// 1.22; Windows pods are exempt from 1.25.
func podSecurityRestrictedAdds(p *lint.Pass) {
	if p.Version.AtLeast(22) {
		podSecurityContainers(25, func(p *lint.Pass, c *manifest.Container) {
			for _, entry := range c.At("securityContext", "capabilities", "add").Items() {
				if entry.Str() != "NET_BIND_SERVICE" {
					p.Reportf(entry, "container %q adds capability %s", c.Name(), entry.Str()).About(entry.Str())
				}
			}
		})(p)
	}
}

// podSecurityDropAll is the drop half of capabilities_restricted.
func podSecurityDropAll(p *lint.Pass) {
	if !p.Version.AtLeast(22) {
		return
	}
	podSecurityContainers(25, func(p *lint.Pass, c *manifest.Container) {
		dropped := c.At("securityContext", "capabilities", "drop").Items()
		if slices.ContainsFunc(dropped, func(entry *manifest.Node) bool { return entry.Str() == "ALL" }) {
			p.Comply()
			return
		}
		p.Missingf(c.Node, []string{"securityContext", "capabilities", "drop"}, "container %q must drop ALL capabilities", c.Name())
	})(p)
}

// podSecurityContainers is eachContainer without Windows pods, which Pod
// Security Admission tells by spec.os.name alone, from the minor version on in
// which the control began to exempt them.
func podSecurityContainers(exemptFrom int, check func(*lint.Pass, *manifest.Container)) func(*lint.Pass) {
	return eachPod(func(p *lint.Pass, pod *manifest.Pod) {
		if p.Version.AtLeast(exemptFrom) && pod.At("os", "name").Str() == "windows" {
			return
		}
		for _, c := range pod.Containers() {
			check(p.In(c), c)
		}
	})
}
