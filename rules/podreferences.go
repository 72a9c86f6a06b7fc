package rules

import (
	"cmp"
	"slices"

	"github.com/seaworthy-lint/seaworthy/lint"
	"github.com/seaworthy-lint/seaworthy/lint/manifest"
	"github.com/seaworthy-lint/seaworthy/lint/scope"
)

// reference is a ConfigMap or Secret that a pod needs by name.
type reference struct {
	kind string
	name *manifest.Node
	// keys are the entries that the pod needs of it.
	keys []*manifest.Node
}

func danglingReference(p *lint.Pass) {
	eachPod(podReferences)(p)
	switch p.Object.Kind {
	case "HorizontalPodAutoscaler", "ScaledObject":
		danglingScaleTarget(p)
	case "StatefulSet":
		judgeName(p, p.Object.At("spec", "serviceName"), "Service", "")
		for _, template := range p.Object.At("spec", "volumeClaimTemplates").Items() {
			judgeStorageClass(p, template.At("spec"))
		}
	case "PersistentVolumeClaim":
		judgeStorageClass(p, p.Object.At("spec"))
	case "PodDisruptionBudget":
		danglingBudget(p)
	case "HTTPRoute", "GRPCRoute", "TLSRoute", "TCPRoute", "UDPRoute":
		danglingParents(p)
	}
}

func podReferences(p *lint.Pass, pod *manifest.Pod) {
	for _, c := range pod.Containers() {
		for _, ref := range containerReferences(c) {
			judgeReference(p.In(c), ref)
		}
	}
	for _, volume := range pod.Volumes() {
		for _, ref := range volumeReferences(volume) {
			judgeReference(p, ref)
		}
		judgeStorageClass(p, volume.At("ephemeral", "volumeClaimTemplate", "spec"))
		if claim := volume.At("persistentVolumeClaim", "claimName"); !isTemplateClaim(p.Set, claim.Str()) {
			judgeName(p, claim, "PersistentVolumeClaim", "")
		}
	}
	podClasses(p, pod)
	podNetworks(p, pod)
	for _, secret := range pod.At("imagePullSecrets").Items() {
		judgeReference(p, reference{kind: "Secret", name: secret.At("name")})
	}
	if name, account := scope.AccountName(pod); account != nil && name != scope.DefaultAccount {
		judgeName(p, account, "ServiceAccount", "")
	}
}

// containerReferences are those of env and envFrom that are not optional.
func containerReferences(c *manifest.Container) []reference {
	var refs []reference
	for _, env := range c.At("env").Items() {
		refs = appendReference(refs, "ConfigMap", env.At("valueFrom", "configMapKeyRef"), "name")
		refs = appendReference(refs, "Secret", env.At("valueFrom", "secretKeyRef"), "name")
	}
	for _, from := range c.At("envFrom").Items() {
		refs = appendReference(refs, "ConfigMap", from.At("configMapRef"), "name")
		refs = appendReference(refs, "Secret", from.At("secretRef"), "name")
	}
	return refs
}

func volumeReferences(volume *manifest.Node) []reference {
	refs := appendReference(nil, "ConfigMap", volume.At("configMap"), "name")
	refs = appendReference(refs, "Secret", volume.At("secret"), "secretName")
	for _, source := range volume.At("projected", "sources").Items() {
		refs = appendReference(refs, "ConfigMap", source.At("configMap"), "name")
		refs = appendReference(refs, "Secret", source.At("secret"), "name")
	}
	return refs
}

func appendReference(refs []reference, kind string, n *manifest.Node, nameKey string) []reference {
	optional := n.At("optional").Truth()
	if !n.At(nameKey).IsSet() || optional == manifest.True || optional == manifest.Unknown {
		return refs
	}
	ref := reference{kind: kind, name: n.At(nameKey)}
	if key := n.At("key"); key.IsSet() {
		ref.keys = append(ref.keys, key)
	}
	for _, item := range n.At("items").Items() {
		if key := item.At("key"); key.IsSet() {
			ref.keys = append(ref.keys, key)
		}
	}
	return append(refs, ref)
}

// judgeReference reports a key that the object lacks: this holds wherever
// else there are objects. An object that is not in view is a note.
func judgeReference(p *lint.Pass, ref reference) {
	if !judgeName(p, ref.name, ref.kind, "") {
		return
	}
	name := ref.name.Str()
	objects := near(p, "", ref.kind, name, p.Object.Namespace)
	if len(objects) == 0 && p.External("", ref.kind, p.Object.Namespace, name, "") {
		externalKeys(p, ref)
		return
	}
	if len(objects) == 0 || isProduced(p, ref.kind, name) || slices.ContainsFunc(objects, scope.FilledElsewhere) {
		return
	}
	for _, key := range ref.keys {
		switch {
		case key.Templated():
			p.UnknownValue(key)
		case key.Str() == "" || p.External("", ref.kind, p.Object.Namespace, name, key.Str()):
		case slices.ContainsFunc(objects, func(o *manifest.Object) bool { return scope.HasKey(o, key.Str()) != manifest.False }):
		case p.Scope().SameNamespace(objects[0].Namespace, p.Object.Namespace) == manifest.Unknown:
			p.Unknown(key, "the object may or may not be in the same namespace")
		default:
			p.Reportf(key, "%s %q has no key %q", ref.kind, name, key.Str()).Relate(objects[0].At("metadata", "name"), "the object")
		}
	}
}

// externalKeys reports the keys that an object outside of what is in view does
// not hold, by what the configuration says of it.
func externalKeys(p *lint.Pass, ref reference) {
	for _, key := range ref.keys {
		switch {
		case key.Templated():
			p.UnknownValue(key)
		case key.Str() != "" && !p.External("", ref.kind, p.Object.Namespace, ref.name.Str(), key.Str()):
			p.Reportf(key, "%s %q has no key %q among those that the configuration names", ref.kind, ref.name.Str(), key.Str())
		}
	}
}

// judgeName notes a named object that is not in view. It tells whether the
// name can be told.
func judgeName(p *lint.Pass, n *manifest.Node, kind, group string) bool {
	switch {
	case !n.IsSet() || n.Str() == "" && n.IsString():
		return false
	case !n.IsString() || n.Templated():
		p.UnknownValue(n)
		return false
	}
	known := p.External(group, kind, p.Object.Namespace, n.Str(), "") || kind == "ConfigMap" && n.Str() == "kube-root-ca.crt" ||
		len(near(p, group, kind, n.Str(), p.Object.Namespace)) > 0 || isProduced(p, kind, n.Str())
	if !known {
		reportAbsent(p, n, "%s %q is not in view", kind, n.Str())
	}
	return true
}

// danglingScaleTarget judges what an autoscaler scales.
func danglingScaleTarget(p *lint.Pass) {
	target := p.Object.At("spec", "scaleTargetRef")
	kind, apiVersion := target.At("kind").Str(), target.At("apiVersion").Str()
	if p.Object.Kind == "ScaledObject" { // KEDA scales a Deployment where nothing is named
		kind, apiVersion = cmp.Or(kind, "Deployment"), cmp.Or(apiVersion, "apps/v1")
	}
	if kind != "" && apiVersion != "" {
		judgeName(p, target.At("name"), kind, manifest.GroupOf(apiVersion))
	}
}
