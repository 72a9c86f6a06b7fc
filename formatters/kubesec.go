package formatters

import (
	"cmp"
	"encoding/json"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/seaworthy-lint/seaworthy/lint"
	"github.com/seaworthy-lint/seaworthy/lint/manifest"
)

// kubesecReport is what kubesec prints for one document.
type kubesecReport struct {
	Object   string         `json:"object"`
	Valid    bool           `json:"valid"`
	FileName string         `json:"fileName"`
	Message  string         `json:"message"`
	Score    int            `json:"score"`
	Scoring  kubesecScoring `json:"scoring"`
}

type kubesecScoring struct {
	Critical []kubesecRule `json:"critical,omitempty"`
	Passed   []kubesecRule `json:"passed,omitempty"`
	Advise   []kubesecRule `json:"advise,omitempty"`
}

type kubesecRule struct {
	ID       string `json:"id"`
	Selector string `json:"selector"`
	Reason   string `json:"reason"`
	Points   int    `json:"points"`
}

// kubesecSelectors say, by kubesec's ids, which field a rule is about.
var kubesecSelectors = map[string]string{
	"AllowPrivilegeEscalation":           "containers[].securityContext.allowPrivilegeEscalation == true",
	"ApparmorAny":                        "containers[].securityContext.appArmorProfile.type",
	"ApparmorUnconfined":                 "containers[].securityContext.appArmorProfile.type == Unconfined",
	"AutomountServiceAccountToken":       ".spec.automountServiceAccountToken == false",
	"BindingsToSystemAnonymous":          ".subjects[].name == system:anonymous",
	"CapDropAll":                         "containers[].securityContext.capabilities.drop[] == ALL",
	"CapDropAny":                         "containers[].securityContext.capabilities.drop[]",
	"CapSysAdmin":                        "containers[].securityContext.capabilities.add[] == SYS_ADMIN",
	"DockerSock":                         ".spec.volumes[].hostPath.path == /var/run/docker.sock",
	"HostAliases":                        ".spec.hostAliases",
	"HostIPC":                            ".spec.hostIPC == true",
	"HostNetwork":                        ".spec.hostNetwork == true",
	"HostPID":                            ".spec.hostPID == true",
	"HostUsers":                          ".spec.hostUsers == false",
	"LimitsCPU":                          "containers[].resources.limits.cpu",
	"LimitsMemory":                       "containers[].resources.limits.memory",
	"Privileged":                         "containers[].securityContext.privileged == true",
	"ProcMount":                          ".spec.volumes[].hostPath.path == /proc",
	"ReadOnlyRootFilesystem":             "containers[].securityContext.readOnlyRootFilesystem == true",
	"RequestsCPU":                        "containers[].resources.requests.cpu",
	"RequestsMemory":                     "containers[].resources.requests.memory",
	"RunAsGroup":                         "containers[].securityContext.runAsGroup > 10000",
	"RunAsNonRoot":                       "containers[].securityContext.runAsNonRoot == true",
	"RunAsUser":                          "containers[].securityContext.runAsUser > 10000",
	"SeccompAny":                         "containers[].securityContext.seccompProfile.type",
	"SeccompUnconfined":                  "containers[].securityContext.seccompProfile.type == Unconfined",
	"SecretsAsEnvironmentVariables":      "containers[].env[].valueFrom.secretKeyRef",
	"ServiceAccountName":                 ".spec.serviceAccountName",
	"VolumeClaimAccessModeReadWriteOnce": ".spec.volumeClaimTemplates[].spec.accessModes[] == ReadWriteOnce",
	"VolumeClaimRequestsStorage":         ".spec.volumeClaimTemplates[].spec.resources.requests.storage",
}

// kubesec writes the JSON of kubesec, for programs that read it: a report for
// each document, with the rules that kubesec has too, under its ids.
func kubesec(w io.Writer, r *lint.Report, _ Options) error {
	resources := map[*manifest.Document]*lint.Resource{}
	for _, resource := range r.Resources {
		resources[resource.Document] = resource
	}
	reports := []kubesecReport{}
	for _, d := range r.Documents {
		if report, ok := kubesecDocument(d); ok {
			if resource := resources[d]; resource != nil && report.Valid {
				report.judge(resource, r.Rules)
			}
			reports = append(reports, report)
		}
	}
	encoder := json.NewEncoder(w)
	encoder.SetEscapeHTML(false)
	encoder.SetIndent("", "  ")
	return encoder.Encode(reports)
}

// kubesecDocument is the report of a document before any rule has its say, in
// kubesec's words. ok is false for what kubesec would never have been given:
// inputs of renderings, which are reported as what they render to, what the
// user excluded, and files that hold no document.
func kubesecDocument(d *manifest.Document) (report kubesecReport, ok bool) {
	root := kubesecRoot(d)
	kind := cmp.Or(root.At("kind").Str(), d.Kind)
	report = kubesecReport{Object: kubesecName(kind, root.At("metadata")), FileName: d.File.Path, Message: d.Reason}
	switch d.Status {
	case manifest.Linted, manifest.NoRulesForKind:
		report.Valid, report.Message = true, "This resource kind is not supported by kubesec"
	case manifest.NotKubernetes:
		report.Message = "error while parsing: missing 'apiVersion' key"
		if kind == "" {
			report.Message = "error while parsing: missing 'kind' key"
		}
		return report, d.Span.File != nil
	case manifest.Rendered, manifest.Excluded:
		return report, false
	}
	return report, true
}

// kubesecRoot is the value of a document. One that no rule reads was not
// parsed before, and is only now because its name is printed.
func kubesecRoot(d *manifest.Document) *manifest.Node {
	switch {
	case d.Object != nil:
		return d.Object.Node
	case d.Span.File == nil || d.Status != manifest.NoRulesForKind && d.Status != manifest.NotKubernetes:
		return nil
	}
	tree, err := manifest.Parse(d.Span)
	if err != nil {
		return nil
	}
	return tree.Root
}

// kubesecName names a resource as kubesec does: Pod/web.shop.
func kubesecName(kind string, metadata *manifest.Node) string {
	if kind == "" {
		return "Unknown"
	}
	name, namespace := metadata.At("name").Str(), metadata.At("namespace").Str()
	return kind + "/" + cmp.Or(name, "undefined") + "." + cmp.Or(namespace, "default")
}

// judge adds what the rules that kubesec has too said of a resource, also
// those whose findings a stronger rule reports.
func (k *kubesecReport) judge(resource *lint.Resource, rules []*lint.Rule) {
	o := resource.Object
	read := false
	for _, r := range rules {
		id := kubesecID(r)
		if id == "" || !r.Kinds.Reads(o.APIVersion, o.Kind, len(o.Pods()) > 0) {
			continue
		}
		read = true
		k.add(kubesecRule{ID: id, Selector: kubesecSelectors[id], Reason: r.Why, Points: r.Points}, resource.Score.Outcome(r))
	}
	if !read {
		return
	}
	k.Message = fmt.Sprintf("Passed with a score of %d points", k.Score)
	if k.Score < 0 {
		k.Message = fmt.Sprintf("Failed with a score of %d points", k.Score)
	}
	for _, list := range [][]kubesecRule{k.Scoring.Critical, k.Scoring.Passed, k.Scoring.Advise} {
		slices.SortFunc(list, compareKubesecRules)
	}
}

func (k *kubesecReport) add(r kubesecRule, outcome lint.Outcome) {
	switch {
	case r.Points < 0 && outcome == lint.Failed:
		k.Scoring.Critical = append(k.Scoring.Critical, r)
		k.Score += r.Points
	case r.Points > 0 && outcome == lint.Passed:
		k.Scoring.Passed = append(k.Scoring.Passed, r)
		k.Score += r.Points
	case r.Points > 0 && outcome == lint.Failed:
		k.Scoring.Advise = append(k.Scoring.Advise, r)
	}
}

// compareKubesecRules is kubesec's order: the most points, gained or lost,
// first, then by selector.
func compareKubesecRules(a, b kubesecRule) int {
	return cmp.Or(cmp.Compare(max(b.Points, -b.Points), max(a.Points, -a.Points)), cmp.Compare(a.Selector, b.Selector))
}

// kubesecID is kubesec's id of a rule, "" when kubesec does not have it.
func kubesecID(r *lint.Rule) string {
	for _, alias := range r.Aliases {
		if id, ok := strings.CutPrefix(alias, "kubesec:"); ok {
			return id
		}
	}
	return ""
}
