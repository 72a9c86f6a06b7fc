package rules

import (
	"fmt"
	"slices"
	"strings"

	"github.com/seaworthy-lint/seaworthy/lint"
	"github.com/seaworthy-lint/seaworthy/lint/manifest"
)

var apiVersions = []lint.Rule{
	{
		ID:     "removed-api-version",
		Family: "apiversions",
		Title:  "API version or feature is no longer in Kubernetes",
		Why: "The API server rejects objects of a version that it does not serve, and pods with volumes of a type whose " +
			"driver was removed never start. What worked before an upgrade cannot be deployed after it.",
		Fix:      "rewrite apiVersion to the successor; where the type of a volume is gone, use its CSI driver",
		FixKind:  lint.UnsafeFix,
		Versions: "Judged for --kubernetes-version, the newest known by default.",
		Severity: lint.High,
		Points:   -5,
		Profiles: []string{"default", "strict", "reliability", "nsa"},
		Aliases: []string{
			"kube-linter:no-extensions-v1beta", "kube-score:stable-version", "trivy-checks:KSV-0107",
			"kics:94b76ea5-e074-4ca2-8a03-c5a606e30645",
		},
		References: []string{"NSA:upgrading", "OWASP:K10"},
		Kinds:      lint.Kinds{Workloads: true, Names: apiKinds()},
		Scope:      lint.ResourceScope,
		Hides:      []string{"deprecated-api-version", "schema-invalid"},
		Check:      removedAPIVersion,
	},
	{
		ID:     "deprecated-api-version",
		Family: "apiversions",
		Title:  "API version is deprecated",
		Why: "A deprecated API version is still served but will go with a later release, and the upgrade to that release " +
			"then breaks the deployment.",
		Fix:      "rewrite apiVersion to the successor",
		FixKind:  lint.UnsafeFix,
		Versions: "Judged for --kubernetes-version, the newest known by default.",
		Severity: lint.Low,
		Points:   -1,
		Profiles: []string{"strict", "reliability"},
		Aliases: []string{
			"kube-score:stable-version", "trivy-checks:KSV-0107", "kics:94b76ea5-e074-4ca2-8a03-c5a606e30645",
		},
		References: []string{"OWASP:K10"},
		Kinds:      lint.Kinds{Names: apiKinds()},
		Scope:      lint.ResourceScope,
		Check:      deprecatedAPIVersion,
	},
	{
		ID:     "deprecated-field",
		Family: "apiversions",
		Title:  "field, label or annotation has a successor",
		Why: "Deprecated fields and keys are removed or ignored some day without an error, and what they set is then lost " +
			"silently.",
		Fix:      "rename the field, label or annotation to its successor",
		FixKind:  lint.SafeFix,
		Versions: "A field is reported from the version on that deprecated it.",
		Severity: lint.Low,
		Points:   -1,
		Profiles: []string{"reliability"},
		Aliases:  []string{"kube-linter:deprecated-service-account-field", "kubescape:C-0294"},
		Kinds: lint.Kinds{
			Workloads: true,
			Names: []string{
				"/Service", "/ServiceAccount", "/PersistentVolume", "/PersistentVolumeClaim",
				"storage.k8s.io/StorageClass", "networking.k8s.io/Ingress", "extensions/Ingress",
			},
		},
		Scope: lint.ResourceScope,
		Check: deprecatedField,
	},
	{
		ID:     "ignored-security-annotation",
		Family: "apiversions",
		Title:  "security setting stands in a form that Kubernetes ignores",
		Why: "Kubernetes no longer reads seccomp annotations and PodSecurityPolicies, and never read annotations of a " +
			"controller in place of its pod template. Nothing reports this, so the protection is believed to be there and " +
			"is not.",
		Fix:        "write the equivalent securityContext field",
		FixKind:    lint.SafeFix,
		Versions:   "An annotation is reported from the version on that ignores it.",
		Severity:   lint.High,
		Points:     -5,
		Profiles:   []string{"default", "strict", "novel"},
		References: []string{"OWASP:K01,K04"},
		Kinds: lint.Kinds{
			Workloads: true,
			Names:     []string{"policy/PodSecurityPolicy", "extensions/PodSecurityPolicy"},
			Context:   []string{"Namespace"},
		},
		Scope: lint.PodScope,
		Check: ignoredSecurityAnnotation,
	},
}

// apiKinds are the kinds that the tables speak of. CustomResourceDefinition is
// read in its old version only: its schemas are most of the bytes of real
// repositories.
func apiKinds() []string {
	names := []string{"/Config", "/PersistentVolume", "storage.k8s.io/StorageClass"}
	for _, row := range apiVersionTable {
		for _, kind := range row.kinds {
			name := manifest.GroupOf(row.name) + "/" + kind
			if kind == "CustomResourceDefinition" {
				name = row.name + "/" + kind
			}
			if !slices.Contains(names, name) {
				names = append(names, name)
			}
		}
	}
	return names
}

// eachAPI hands a check each API version that the object asks for: its own, and
// for a kubeconfig those of the credential plugins that it has kubectl run.
func eachAPI(check func(p *lint.Pass, at *manifest.Node, row *apiVersion, kind string)) func(*lint.Pass) {
	return func(p *lint.Pass) {
		look := func(at *manifest.Node, kind string) {
			if row := apiVersionOf(at.Str(), kind); row != nil {
				check(p, at, row, kind)
			}
		}
		look(p.Object.At("apiVersion"), p.Object.Kind)
		if p.Object.Kind != "Config" || p.Object.Group() != "" {
			return
		}
		for _, user := range p.Object.At("users").Items() {
			look(user.At("user", "exec", "apiVersion"), "ExecCredential")
		}
	}
}

func removedAPIVersion(p *lint.Pass) {
	eachAPI(func(p *lint.Pass, at *manifest.Node, row *apiVersion, kind string) {
		if row.removedIn(p.Version) {
			asRemoved(p, p.Reportf(at, "%s %s is gone from Kubernetes 1.%d on; %s", row.name, kind, row.gone, row.successorIn(p.Version)))
		}
	})(p)
	eachPod(func(p *lint.Pass, pod *manifest.Pod) {
		for _, volume := range pod.Volumes() {
			removedVolumeSource(p, volume, "volume", volume.At("name").Str())
		}
	})(p)
	switch o := p.Object; {
	case isPersistentVolume(o):
		removedVolumeSource(p, o.At("spec"), "PersistentVolume", o.Name)
	case o.Kind == "StorageClass":
		removedProvisioner(p, o.At("provisioner"))
	}
}

// asRemoved lowers a finding where nobody named the version of the cluster,
// which may still serve what the newest does not.
func asRemoved(p *lint.Pass, f *lint.Finding) {
	if !p.Version.Named {
		f.Lower()
	}
}

func removedVolumeSource(p *lint.Pass, volume *manifest.Node, kind, name string) {
	for _, v := range removedVolumes {
		if source := volume.At(v.source); source.IsSet() && p.Version.AtLeast(v.gone) {
			f := p.Reportf(source, "%s %q is of type %s, gone from Kubernetes 1.%d on; its successor is %s", kind, name, v.source, v.gone, v.instead)
			asRemoved(p, f.About(volumeItem(name)))
		}
	}
}

func removedProvisioner(p *lint.Pass, provisioner *manifest.Node) {
	name, builtin := strings.CutPrefix(provisioner.Str(), "kubernetes.io/")
	for _, v := range removedVolumes {
		if builtin && strings.EqualFold(v.source, name) && p.Version.AtLeast(v.gone) {
			asRemoved(p, p.Reportf(provisioner, "provisioner %s is gone from Kubernetes 1.%d on; its successor is %s", provisioner.Str(), v.gone, v.instead))
		}
	}
}

func deprecatedAPIVersion(p *lint.Pass) {
	eachAPI(func(p *lint.Pass, at *manifest.Node, row *apiVersion, kind string) {
		if !p.Version.AtLeast(row.deprecated) || row.removedIn(p.Version) {
			return
		}
		end := ""
		if row.gone > 0 {
			end = fmt.Sprintf(" and goes with 1.%d", row.gone)
		}
		p.Reportf(at, "%s %s is deprecated since Kubernetes 1.%d%s; %s", row.name, kind, row.deprecated, end, row.successorIn(p.Version))
	})(p)
}

// successorIn names what to change to: what the version serves already, else
// what comes later.
func (a *apiVersion) successorIn(v lint.Version) string {
	if len(a.successors) == 0 {
		return "it has no successor"
	}
	best, later := a.successors[len(a.successors)-1], ""
	for _, s := range slices.Backward(a.successors) {
		if v.AtLeast(s.since) {
			best = s
		}
	}
	if !v.AtLeast(best.since) {
		later = fmt.Sprintf(" (from 1.%d on)", best.since)
	}
	return strings.TrimSpace("its successor is "+best.name+" "+best.kind) + later
}
