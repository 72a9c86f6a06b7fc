package rules

import (
	"slices"
	"strings"

	"github.com/seaworthy-lint/seaworthy/lint"
	"github.com/seaworthy-lint/seaworthy/lint/manifest"
	"github.com/seaworthy-lint/seaworthy/lint/scope"
)

func spiffeIdentityWeak(p *lint.Pass) {
	switch p.Object.Kind {
	case "ClusterSPIFFEID":
		clusterIdentity(p)
	case "ClusterStaticEntry":
		if spec := p.Object.At("spec"); len(spec.At("selectors").Items()) == 0 {
			powersWithoutSelector(p, spec)
		}
	case "ConfigMap":
		for _, data := range p.Object.At("data").Fields() {
			spireConfig(p, data)
		}
	case "HelmRelease":
		spireValues(p)
	}
}

// clusterIdentity reads which pods get an identity and what it says of them. An
// identity that names namespace and service account is each pod's own, so
// giving it to all pods is one level lower.
func clusterIdentity(p *lint.Pass) {
	spec := p.Object.At("spec")
	template := spec.At("spiffeIDTemplate")
	text := template.Str()
	if strings.Contains(text, ".Values") || strings.Contains(text, ".Release.") || strings.Contains(text, "${") {
		p.UnknownValue(template)
		return
	}
	ofNamespace, ofAccount := strings.Contains(text, ".PodMeta.Namespace"), strings.Contains(text, ".PodSpec.ServiceAccountName")
	pods, namespaces := selectsSome(spec.At("podSelector")), selectsSome(spec.At("namespaceSelector"))
	if !pods && !namespaces {
		f := p.Missingf(spec, []string{"podSelector"}, "every pod gets the identity: there is neither podSelector nor namespaceSelector")
		if ofNamespace && ofAccount {
			f.Lower()
		}
		powersWithoutSelector(p, spec)
	}
	if template.IsSet() && !ofNamespace && !ofAccount && !(pods && namespaces) {
		p.Reportf(template, "the identity says neither namespace nor service account of the pod")
	}
}

func selectsSome(selector *manifest.Node) bool {
	return selector.IsSet() && !scope.SelectsAll(selector)
}

// powersWithoutSelector reports rights at the SPIRE server that go with an
// identity for everyone.
func powersWithoutSelector(p *lint.Pass, spec *manifest.Node) {
	reportTrue(p, spec.At("admin"), "whoever gets the identity is an administrator of the SPIRE server")
	reportTrue(p, spec.At("downstream"), "whoever gets the identity may issue others, as a SPIRE server below this one")
}

// Settings of SPIRE's server and agent, in HCL or JSON.
var (
	spireText     = lazyRegexp(`\btrust_domain\b|\bNodeAttestor\b`)
	spireComment  = lazyRegexp(`(?m)^\s*(?:#|//).*$`)
	spireSwitch   = lazyRegexp(`"?\b(insecure_bootstrap|skip_kubelet_verification)\b"?\s*[=:]\s*"?true\b`)
	spireAttestor = lazyRegexp(`\bNodeAttestor"?\s*(?:=\s*)?"(\w+)"`)
)

func spireConfig(p *lint.Pass, data *manifest.Node) {
	text := data.Str()
	named := strings.Contains(text, "trust_domain") || strings.Contains(text, "NodeAttestor") // most texts name neither
	if !named || !spireText().MatchString(text) {
		return
	}
	text = spireComment().ReplaceAllString(text, "")
	for _, m := range spireSwitch().FindAllStringSubmatch(text, -1) {
		reportSetting(p, data, m[1], spireSwitches[m[1]])
	}
	if attestors := nodeAttestors(text); len(attestors) > 0 && !slices.ContainsFunc(attestors, func(name string) bool { return name != "join_token" }) {
		reportSetting(p, data, "join_token", "nodes are attested by nothing but a token that whoever has it can use")
	}
}

// spireSwitches are boolean settings and what they do.
var spireSwitches = map[string]string{
	"insecure_bootstrap":        "the agent trusts whatever server answers first",
	"skip_kubelet_verification": "the agent asks a kubelet about workloads whose certificate it does not check",
}

// reportSetting lies on the line of the setting where the text has lines.
func reportSetting(p *lint.Pass, data *manifest.Node, name, effect string) {
	f := p.Reportf(data, "%s: %s", effect, name).Showing(name).About(name)
	if span, ok := (word{name, data}).inScript(); ok {
		f.At(span)
	}
}

// nodeAttestors are the plugins by which a SPIRE server or agent attests nodes:
// blocks of HCL, or keys of JSON.
func nodeAttestors(text string) []string {
	var names []string
	for _, m := range spireAttestor().FindAllStringSubmatch(text, -1) {
		names = append(names, m[1])
	}
	if !strings.HasPrefix(strings.TrimSpace(text), "{") {
		return names
	}
	plugins := embedded(text).At("plugins", "NodeAttestor")
	for _, plugin := range append(plugins.Items(), plugins) {
		for _, field := range plugin.Fields() {
			names = append(names, field.Key)
		}
	}
	return names
}

// spireValues reads the values of SPIRE's charts, where the settings stand below
// several components.
func spireValues(p *lint.Pass) {
	if !spireChart().MatchString(p.Object.At("spec", "chart", "spec", "chart").Str()) {
		return
	}
	var walk func(n *manifest.Node)
	walk = func(n *manifest.Node) {
		for _, field := range n.Fields() {
			switch {
			case field.Key == "insecureBootstrap" && field.True():
				p.Reportf(field, "%s: %s", spireSwitches["insecure_bootstrap"], field.Key)
			case field.Key == "skipKubeletVerification" && field.True(), field.Key == "verification" && field.At("type").Str() == "skip":
				p.Reportf(field, "%s: %s", spireSwitches["skip_kubelet_verification"], field.Key)
			case field.Key == "nodeAttestor":
				joinTokenOnly(p, field)
			}
			walk(field)
		}
	}
	walk(p.Object.At("spec", "values"))
}

var spireChart = lazyRegexp(`(?i)\bspire\b`)

// joinTokenOnly reports values that switch on join tokens and off the attestor
// that is on by default; they name attestors in several spellings.
func joinTokenOnly(p *lint.Pass, attestors *manifest.Node) {
	token, others := (*manifest.Node)(nil), 0
	kubernetesOff := false
	for _, attestor := range attestors.Fields() {
		enabled := attestor.At("enabled")
		switch {
		case strings.EqualFold(attestor.Key, "joinToken") && enabled.True():
			token = enabled
		case strings.EqualFold(attestor.Key, "k8sPSAT") && enabled.Truth() == manifest.False:
			kubernetesOff = true
		case enabled.True():
			others++
		}
	}
	if token != nil && kubernetesOff && others == 0 {
		p.Reportf(token, "nodes are attested by nothing but a token that whoever has it can use: joinToken")
	}
}
