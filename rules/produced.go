package rules

import (
	"cmp"
	"strings"

	"github.com/seaworthy-lint/seaworthy/lint"
	"github.com/seaworthy-lint/seaworthy/lint/manifest"
	"github.com/seaworthy-lint/seaworthy/lint/shell"
)

// producers are custom resources of which an operator makes a Secret, and
// where they name it; by their own name when they do not.
var producers = []struct {
	group, kind string
	names       [][]string
}{
	{"external-secrets.io", "ExternalSecret", [][]string{{"spec", "target", "name"}}},
	{"bitnami.com", "SealedSecret", [][]string{{"spec", "template", "metadata", "name"}}},
	{"cert-manager.io", "Certificate", [][]string{{"spec", "secretName"}}},
	{"secrets.hashicorp.com", "VaultStaticSecret", [][]string{{"spec", "destination", "name"}}},
	{"secrets.hashicorp.com", "VaultDynamicSecret", [][]string{{"spec", "destination", "name"}}},
	{"secrets.hashicorp.com", "VaultPKISecret", [][]string{{"spec", "destination", "name"}}},
	{"onepassword.com", "OnePasswordItem", nil},
	{"isindir.github.com", "SopsSecret", nil},
	{"secrets.infisical.com", "InfisicalSecret", [][]string{{"spec", "managedSecretReference", "secretName"}}},
}

// produced are the objects that something in view makes when it is deployed.
type produced struct {
	// names are kinds and names of ConfigMaps and Secrets.
	names map[[2]string]bool
	// claims are the names of volume claims without their ordinal.
	claims map[string]bool
	// custom are the custom resources by name: operators name what they make
	// after them.
	custom map[string][]*manifest.Object
}

func producedIn(set *manifest.Set) *produced {
	return manifest.Derived(set, func(set *manifest.Set) *produced {
		made := &produced{names: map[[2]string]bool{}, claims: map[string]bool{}, custom: map[string][]*manifest.Object{}}
		for _, o := range set.Objects() {
			if strings.Contains(o.Group(), ".") && !strings.HasSuffix(o.Group(), ".k8s.io") && o.Name != "" {
				made.custom[o.Name] = append(made.custom[o.Name], o)
			}
			switch {
			case o.Kind == "StatefulSet" && o.Group() == "apps":
				for _, template := range o.At("spec", "volumeClaimTemplates").Items() {
					made.claims[template.At("metadata", "name").Str()+"-"+o.Name] = true
				}
			case o.Kind == "Kustomization" && o.Group() == "kustomize.config.k8s.io":
				made.generate(o)
			}
		}
		for _, producer := range producers {
			for _, o := range set.OfKind(producer.group, producer.kind) {
				name := o.Name
				for _, path := range producer.names {
					name = cmp.Or(o.At(path...).Str(), name)
				}
				made.names[[2]string{"Secret", name}] = true
			}
		}
		return made
	})
}

func (m *produced) generate(kustomization *manifest.Object) {
	for key, kind := range map[string]string{"configMapGenerator": "ConfigMap", "secretGenerator": "Secret"} {
		for _, generator := range kustomization.At(key).Items() {
			m.names[[2]string{kind, generator.At("name").Str()}] = true
		}
	}
}

// isProduced tells whether a ConfigMap or Secret is made by something in view:
// a custom resource, or a generator of a kustomization.
func isProduced(p *lint.Pass, kind, name string) bool {
	return producedIn(p.Set).names[[2]string{kind, name}]
}

// isTemplateClaim tells whether a claim is one that a StatefulSet in view
// makes: template, name of the set and ordinal.
func isTemplateClaim(set *manifest.Set, claim string) bool {
	i := strings.LastIndexByte(claim, '-')
	return i >= 0 && shell.IsNumber(claim[i+1:]) && producedIn(set).claims[claim[:i]]
}

// operatorMakes tells whether an object may be what an operator makes of a
// custom resource in view: its name begins with that of the resource.
func operatorMakes(p *lint.Pass, name, namespace string) bool {
	made := producedIn(p.Set)
	for end := len(name); end > 0; end = strings.LastIndexByte(name[:end], '-') {
		for _, o := range made.custom[name[:end]] {
			if p.Scope().SameNamespace(o.Namespace, namespace) != manifest.False {
				return true
			}
		}
	}
	return false
}
