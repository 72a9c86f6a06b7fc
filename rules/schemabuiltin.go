package rules

import (
	"slices"
	"strings"

	"github.com/seaworthy-lint/seaworthy/lint"
	"github.com/seaworthy-lint/seaworthy/lint/manifest"
	"github.com/seaworthy-lint/seaworthy/lint/rbac"
)

// invalidBuiltin judges what the API server checks of built-in kinds beyond
// names and types of fields (pkg/apis/core/validation and its sisters).
func invalidBuiltin(p *lint.Pass) {
	invalidName(p, p.Object.At("metadata", "name"), nameForm(p.Object))
	invalidName(p, p.Object.At("metadata", "namespace"), dnsLabelForm)
	for _, pod := range p.Object.Pods() {
		invalidPod(p.InPod(pod), pod)
	}
	switch p.Object.Kind {
	case "CronJob":
		schedule := p.Object.At("spec", "schedule")
		if schedule.IsString() && !schedule.Templated() && !isCronSchedule(schedule.Str()) {
			p.Reportf(schedule, "spec.schedule is %q, which is no cron schedule", schedule.Str())
		}
	case "Ingress":
		for _, b := range ingressBackends(p.Object) {
			invalidPortNumber(p, b.port)
		}
	case "NetworkPolicy":
		for _, rule := range slices.Concat(p.Object.At("spec", "ingress").Items(), p.Object.At("spec", "egress").Items()) {
			for _, port := range rule.At("ports").Items() {
				invalidPortNumber(p, port.At("port"))
				invalidPortNumber(p, port.At("endPort"))
			}
		}
	}
}

func invalidPortNumber(p *lint.Pass, n *manifest.Node) {
	if value, ok := n.Int(); ok && (value < 1 || value > 65535) {
		p.Reportf(n, "%s is %d, which is no port number", n.Path(), value)
	}
}

// textForm is a form that a name must have.
type textForm struct {
	noun string
	fits func(string) bool
}

var (
	dnsLabelForm     = textForm{"a DNS label: lower-case letters, digits and dashes, at most 63", isDNSLabel}
	dnsSubdomainForm = textForm{"a DNS name: lower-case letters, digits, dashes and dots, at most 253", isDNSSubdomain}
	pathSegmentForm  = textForm{"usable in a path: it must not be . or .. nor hold / or %", func(name string) bool {
		return name != "." && name != ".." && !strings.ContainsAny(name, "/%")
	}}
)

var dnsSubdomain = lazyRegexp(`^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$`)

func isDNSSubdomain(name string) bool { return len(name) <= 253 && dnsSubdomain().MatchString(name) }

// nameForm is the form of an object's name.
func nameForm(o *manifest.Object) textForm {
	switch {
	case o.Group() == rbac.Group:
		return pathSegmentForm
	case o.Kind == "Namespace", o.Kind == "Service":
		return dnsLabelForm
	}
	return dnsSubdomainForm
}

func invalidName(p *lint.Pass, n *manifest.Node, form textForm) {
	if name := n.Str(); n.IsString() && name != "" && !n.Templated() && !form.fits(name) {
		p.Reportf(n, "%s is %q, which is not %s", n.Path(), name, form.noun)
	}
}

// neverEnding are the kinds whose pods must restart always.
var neverEnding = []string{"Deployment", "DaemonSet", "StatefulSet", "ReplicaSet", "ReplicationController"}

func invalidPod(p *lint.Pass, pod *manifest.Pod) {
	restart := pod.At("restartPolicy")
	switch always := restart.Str() == "Always"; {
	case restart.Templated():
	case pod.Batch && always:
		p.Reportf(restart, "the pods of a Job cannot restart always")
	case pod.Batch && !restart.IsSet() && !isPatch(p.Object):
		p.Missingf(pod.Spec, []string{"restartPolicy"}, "the pods of a Job need a restartPolicy: the default, Always, is refused")
	case restart.IsSet() && !always && slices.Contains(neverEnding, p.Object.Kind):
		p.Reportf(restart, "restartPolicy is %q, but the pods of a %s must restart always", restart.Str(), p.Object.Kind)
	}
	if ephemeral := pod.At("ephemeralContainers"); len(ephemeral.Items()) > 0 {
		p.Reportf(ephemeral, "ephemeral containers can only be added to a pod that runs")
	}
	hostSysctls(p, pod)
	reportTwice(p, pod.Volumes(), "name", "the pod has two volumes named %q")
	for _, volume := range pod.Volumes() {
		invalidName(p, volume.At("name"), dnsLabelForm)
	}
	seen := map[string]bool{}
	for _, c := range pod.Containers() {
		invalidContainer(p.In(c), c)
		name := c.At("name")
		if name.IsString() && !name.Templated() && seen[name.Str()] {
			p.In(c).Reportf(name, "the pod has two containers named %q", name.Str())
		}
		seen[name.Str()] = true
	}
}

// hostSysctls reports sysctls of a namespace that the pod shares with the
// node.
func hostSysctls(p *lint.Pass, pod *manifest.Pod) {
	for _, sysctl := range pod.At("securityContext", "sysctls").Items() {
		name := strings.ReplaceAll(sysctl.At("name").Str(), "/", ".")
		for prefix, field := range map[string]string{"net.": "hostNetwork", "kernel.": "hostIPC"} {
			if strings.HasPrefix(name, prefix) && pod.At(field).True() {
				p.Reportf(sysctl.At("name"), "the sysctl %q cannot be set together with %s", name, field)
			}
		}
	}
}

func invalidContainer(p *lint.Pass, c *manifest.Container) {
	invalidName(p, c.At("name"), dnsLabelForm)
	reportTwice(p, c.At("volumeMounts").Items(), "mountPath", "the container mounts two volumes at %q")
	if c.Role == manifest.Init {
		for _, key := range []string{"livenessProbe", "readinessProbe", "startupProbe", "lifecycle"} {
			if n := c.At(key); n.IsSet() {
				p.Reportf(n, "init container %q has a %s, which only containers that stay can have", c.Name(), key)
			}
		}
	}
	if isPatch(p.Object) || c.Partial() {
		return
	}
	for _, mount := range c.At("volumeMounts").Items() {
		name := mount.At("name")
		if name.IsString() && !name.Templated() && name.Str() != "" && !hasVolume(c.Pod, name.Str()) {
			p.Reportf(name, "container %q mounts the volume %q, which the pod does not have", c.Name(), name.Str())
		}
	}
}

// hasVolume tells whether a pod has a volume, also by a claim template of its
// StatefulSet, or may have it.
func hasVolume(pod *manifest.Pod, name string) bool {
	if pod.At("volumes").Templated() {
		return true
	}
	for _, volume := range pod.Volumes() {
		if own := volume.At("name"); own.Str() == name || own.Templated() || volume.Templated() {
			return true
		}
	}
	return slices.ContainsFunc(pod.Object.At("spec", "volumeClaimTemplates").Items(), func(claim *manifest.Node) bool {
		own := claim.At("metadata", "name")
		return own.Str() == name || own.Templated()
	})
}

// reportTwice reports items whose key repeats that of an earlier one.
func reportTwice(p *lint.Pass, items []*manifest.Node, key, message string) {
	seen := map[string]*manifest.Node{}
	for _, item := range items {
		n := item.At(key)
		if !n.IsString() || n.Templated() {
			continue
		}
		if earlier := seen[n.Str()]; earlier != nil {
			p.Reportf(n, message, n.Str()).Relate(earlier, "the first one")
			continue
		}
		seen[n.Str()] = n
	}
}
