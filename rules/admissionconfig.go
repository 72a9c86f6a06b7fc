package rules

import (
	"slices"
	"strings"

	"github.com/seaworthy-lint/seaworthy/lint"
	"github.com/seaworthy-lint/seaworthy/lint/component"
	"github.com/seaworthy-lint/seaworthy/lint/manifest"
)

var admissionConfigRules = []lint.Rule{
	{
		ID:     "pod-security-defaults-weak",
		Family: "controlplane",
		Title:  "namespaces without a label admit every pod",
		Why: "The defaults of the PodSecurity plugin hold for every namespace whose labels do not say otherwise, those that are made tomorrow too. " +
			"Privileged admits anything, and an exemption lets pods past the labels as well.",
		Fix:        "set defaults.enforce to baseline or restricted, and delete the exemption",
		FixKind:    lint.UnsafeFix,
		Severity:   lint.Medium,
		Points:     -3,
		Profiles:   []string{"default", "strict", "cis", "nsa", "novel"},
		References: []string{"CIS:5.2.1", "NSA:pod-security-enforcement", "OWASP:K04"},
		Kinds:      namedFileKinds(component.Admission, component.PodSecurity),
		Scope:      lint.ResourceScope,
		Params:     &podSecurityParams{},
		Check:      eachNamedFile("admission-control-config-file", podSecurityDefaultsWeak, component.Admission, component.PodSecurity),
	},
}

// podSecurityParams are the parameters of pod-security-defaults-weak.
type podSecurityParams struct {
	ExemptNamespaces []string `doc:"namespaces that may be exempt beside kube-system"`
}

func podSecurityDefaultsWeak(p *lint.Pass, file *component.ConfigFile) {
	if component.PodSecurity.Is(file.Object) {
		podSecurityDefaults(p, file.Node)
		return
	}
	for _, plugin := range component.AdmissionPlugins(file.Node) {
		switch {
		case plugin.Name != component.PodSecurityPlugin:
		case plugin.Configuration != nil:
			podSecurityDefaults(p, plugin.Configuration)
		case plugin.Path.IsSet() && len(component.ConfigFilesIn(p.Set).Named(component.PodSecurity, plugin.Path.Str())) == 0:
			p.Unknown(plugin.Path, "the file is not in view")
		case !plugin.Path.IsSet():
			p.Missingf(plugin.Node, []string{"configuration"}, "PodSecurity is configured with nothing, so namespaces without a label admit every pod")
		}
	}
}

func podSecurityDefaults(p *lint.Pass, config *manifest.Node) {
	switch enforce := config.At("defaults", "enforce"); {
	case enforce.Templated():
		p.UnknownValue(enforce)
	case enforce.Str() == "":
		p.Missingf(config, []string{"defaults", "enforce"}, "no defaults.enforce is set, so namespaces without a label admit every pod")
	case enforce.Str() == "privileged":
		p.Reportf(enforce, "defaults.enforce is privileged, so namespaces without a label admit every pod")
	}
	reportExemptions(p, config.At("exemptions"))
}

// podControllers create the pods of workloads. Who exempts one of them exempts
// everybody who may create its workloads.
var podControllers = []string{
	"daemon-set-controller", "job-controller", "replicaset-controller", "replication-controller", "statefulset-controller",
}

func isPodController(user string) bool {
	account, ok := strings.CutPrefix(user, "system:serviceaccount:kube-system:")
	return ok && slices.Contains(podControllers, account) || user == "system:kube-controller-manager"
}

func reportExemptions(p *lint.Pass, exemptions *manifest.Node) {
	for _, user := range exemptions.At("usernames").Items() {
		if isPodController(user.Str()) {
			p.Reportf(user, "the pods of every workload are exempt, since %s creates them", user.Str())
		}
	}
	for _, class := range exemptions.At("runtimeClasses").Items() {
		if class.Str() != "" {
			p.Reportf(class, "every pod that names runtime class %q is exempt", class.Str())
		}
	}
	params, _ := p.Rule.Params.(*podSecurityParams)
	for _, namespace := range exemptions.At("namespaces").Items() {
		name := namespace.Str()
		if name != "" && name != "kube-system" && !namespace.Templated() && !slices.Contains(params.ExemptNamespaces, name) {
			p.Reportf(namespace, "every pod in namespace %q is exempt", name)
		}
	}
}
