package carrier

import (
	"slices"
	"strings"

	"github.com/seaworthy-lint/seaworthy/lint/manifest"
	"github.com/seaworthy-lint/seaworthy/lint/secret"
)

// valuesFields are the fields of objects that hold values of charts or
// variables of other templates, by group and kind. The paths are those of the
// projects' own API types; [] goes over the items of a list.
var valuesFields = map[string][]string{
	"helm.toolkit.fluxcd.io/HelmRelease":        {"spec.values", "spec.chart.values"},
	"helm.fluxcd.io/HelmRelease":                {"spec.values"},
	"helm.cattle.io/HelmChart":                  {"spec.valuesContent", "spec.set", "spec.values"},
	"helm.cattle.io/HelmChartConfig":            {"spec.valuesContent", "spec.values"},
	"argoproj.io/Application":                   argoFields("spec."),
	"argoproj.io/ApplicationSet":                append(argoFields("spec.template.spec."), "spec.generators"),
	"kustomize.toolkit.fluxcd.io/Kustomization": {"spec.postBuild.substitute"},
	"infra.contrib.fluxcd.io/Terraform":         {"spec.vars", "spec.values", "spec.backendConfig", "spec.runnerPodTemplate.spec.env"},
	"tf.upbound.io/Workspace":                   {"spec.forProvider.vars", "spec.forProvider.env", "spec.forProvider.module"},
	"opentofu.upbound.io/Workspace":             {"spec.forProvider.vars", "spec.forProvider.env", "spec.forProvider.module"},
	"app.terraform.io/Workspace":                {"spec.terraformVariables", "spec.environmentVariables"},
	"helm.crossplane.io/Release":                {"spec.forProvider.values", "spec.forProvider.set"},
	"kubernetes.crossplane.io/Object":           {"spec.forProvider.manifest"},
	"addons.cluster.x-k8s.io/HelmChartProxy":    {"spec.valuesTemplate"},
	"fluxcd.controlplane.io/ResourceSet":        {"spec.inputs"},
	"template.openshift.io/Template":            {"parameters", "objects"},
	"helm.sh/" + manifest.ValuesKind:            {""},
}

func argoFields(spec string) []string {
	var fields []string
	for _, source := range []string{"source", "sources[]"} {
		for _, field := range []string{"helm.values", "helm.valuesObject", "helm.parameters", "plugin.env", "plugin.parameters", "directory.jsonnet"} {
			fields = append(fields, spec+source+"."+field)
		}
	}
	return fields
}

// templateFields are the fields that hold the template of a Secret whose data
// come from elsewhere, as valuesFields.
var templateFields = map[string][]string{
	"bitnami.com/SealedSecret":                       {"spec.template.data", "spec.template.stringData"},
	"external-secrets.io/ExternalSecret":             {"spec.target.template.data", "spec.target.template.templateFrom[].literal"},
	"external-secrets.io/ClusterExternalSecret":      {"spec.externalSecretSpec.target.template.data", "spec.externalSecretSpec.target.template.templateFrom[].literal"},
	"external-secrets.io/PushSecret":                 {"spec.template.data", "spec.template.templateFrom[].literal"},
	"secrets.hashicorp.com/VaultStaticSecret":        {"spec.destination.transformation.templates"},
	"redhatcop.redhat.io/VaultSecret":                {"spec.output.stringData"},
	"secrets-store.csi.x-k8s.io/SecretProviderClass": {"spec.parameters"},
}

// values reads the fields of an object that hold values.
func (r *reader) values() {
	kind := r.object.Group() + "/" + r.object.Kind
	r.place = SecretTemplate
	r.trees(templateFields[kind])
	r.place = Values
	r.trees(valuesFields[kind])
	if isManagedResource(r.object) {
		r.place = Elsewhere
		r.tree(r.object.At("spec", "forProvider"), "")
	}
}

func (r *reader) trees(fields []string) {
	for _, field := range fields {
		for _, n := range fieldsAt(r.object.Node, field) {
			r.tree(n, n.Key)
		}
	}
}

// isManagedResource tells the resources of a cloud that Crossplane manages.
func isManagedResource(o *manifest.Object) bool {
	return o.At("spec", "forProvider") != nil && valuesFields[o.Group()+"/"+o.Kind] == nil
}

// fieldsAt follows a path of the table.
func fieldsAt(n *manifest.Node, path string) []*manifest.Node {
	if n == nil {
		return nil
	}
	if path == "" {
		return []*manifest.Node{n}
	}
	key, rest, _ := strings.Cut(path, ".")
	list, each := strings.CutSuffix(key, "[]")
	if !each {
		return fieldsAt(n.At(key), rest)
	}
	var found []*manifest.Node
	for _, item := range n.At(list).Items() {
		found = append(found, fieldsAt(item, rest)...)
	}
	return found
}

// plainKeys are keys that say that what lies above them is given in clear.
var plainKeys = []string{"value", "plain", "plaintext", "literal", "string", "array"}

// nameKeys are keys that name what a value beside them is.
var nameKeys = []string{"name", "key", "Name", "Key"}

// tree judges each scalar of a tree of values by its key, or by the name that
// stands beside it.
func (r *reader) tree(n *manifest.Node, name string) {
	switch {
	case n == nil:
	case n.Kind == manifest.Map:
		r.fields(n, name)
	case n.Kind == manifest.List:
		r.items(n, name)
	case r.seen[n]:
	case isFile(n.Value) || strings.Contains(n.Value, "\n"):
		r.file(n, name)
	default:
		r.whole(n, name)
	}
}

func (r *reader) fields(n *manifest.Node, name string) {
	called := ""
	for _, key := range nameKeys {
		if called == "" {
			called = n.At(key).Str()
		}
	}
	for _, field := range n.Kids {
		switch {
		case field.Kind != manifest.Map && slices.Contains(plainKeys, field.Key) && called != "":
			r.tree(field, called)
		case field.Kind == manifest.Scalar && slices.Contains(plainKeys, field.Key) && secret.Names(name):
			r.tree(field, name)
		default:
			r.tree(field, field.Key)
		}
	}
}

// items judges a list: command lines as such.
func (r *reader) items(n *manifest.Node, name string) {
	if slices.ContainsFunc(n.Kids, func(item *manifest.Node) bool {
		return item.Kind == manifest.Scalar && strings.HasPrefix(item.Value, "-")
	}) {
		r.command(n)
	}
	for _, item := range n.Kids {
		r.tree(item, name)
	}
}
