package rules

import (
	"slices"
	"strings"

	"github.com/seaworthy-lint/seaworthy/lint"
	"github.com/seaworthy-lint/seaworthy/lint/manifest"
)

func deprecatedField(p *lint.Pass) {
	eachPod(deprecatedPodFields)(p)
	o := p.Object
	switch kind := o.Group() + "/" + o.Kind; kind {
	case "/Service":
		deprecatedServiceFields(p)
	case "/ServiceAccount":
		if n := o.At("metadata", "annotations", "kubernetes.io/enforce-mountable-secrets"); n.IsSet() && p.Version.AtLeast(32) {
			deprecated(p, n, "separate namespaces")
		}
	case "/PersistentVolumeClaim":
		deprecatedClaimFields(p, o.Node)
	case "/PersistentVolume":
		deprecatedClaimFields(p, o.Node)
		redirectedVolume(p, o.At("spec"), "PersistentVolume", o.Name)
		renamedKeys(p, o.At("metadata", "labels"))
		renamedValues(p, renamedLabels, "key", expressions(o.At("spec", "nodeAffinity", "required", "nodeSelectorTerms").Items()))
	case "storage.k8s.io/StorageClass":
		renamedValues(p, renamedLabels, "key", flatten(o.At("allowedTopologies").Items(), "matchLabelExpressions"))
	case "networking.k8s.io/Ingress", "extensions/Ingress":
		deprecatedIngressClass(p)
	}
	for _, claim := range o.At("spec", "volumeClaimTemplates").Items() {
		deprecatedClaimFields(p, claim)
	}
}

func deprecated(p *lint.Pass, n *manifest.Node, successor string) {
	p.Reportf(n, "%s is deprecated; its successor is %s", n.Key, successor)
}

// deprecatedUnless reports a value whose successor does not hold the same.
func deprecatedUnless(p *lint.Pass, old, successor *manifest.Node, name string) {
	if old.IsSet() && (!successor.IsSet() || successor.Str() != old.Str()) {
		deprecated(p, old, name)
	}
}

func deprecatedPodFields(p *lint.Pass, pod *manifest.Pod) {
	deprecatedUnless(p, pod.At("serviceAccount"), pod.At("serviceAccountName"), "serviceAccountName")
	renamedKeys(p, pod.At("nodeSelector"))
	affinity := pod.At("affinity", "nodeAffinity")
	terms := slices.Clone(affinity.At("requiredDuringSchedulingIgnoredDuringExecution", "nodeSelectorTerms").Items())
	for _, preferred := range affinity.At("preferredDuringSchedulingIgnoredDuringExecution").Items() {
		terms = append(terms, preferred.At("preference"))
	}
	renamedValues(p, renamedLabels, "key", expressions(terms))
	renamedValues(p, renamedLabels, "topologyKey", topologyTerms(pod))
	renamedValues(p, renamedTaints, "key", pod.At("tolerations").Items())
	for _, volume := range pod.Volumes() {
		redirectedVolume(p, volume, "volume", volume.At("name").Str())
	}
	if p.Version.AtLeast(30) && !pod.Windows() {
		deprecatedAppArmor(p, pod)
	}
}

// expressions are the expressions of node selector terms.
func expressions(terms []*manifest.Node) []*manifest.Node { return flatten(terms, "matchExpressions") }

// flatten joins the lists that nodes hold under a key.
func flatten(nodes []*manifest.Node, key string) []*manifest.Node {
	var all []*manifest.Node
	for _, n := range nodes {
		all = append(all, n.At(key).Items()...)
	}
	return all
}

// topologyTerms are what in a pod names a topologyKey.
func topologyTerms(pod *manifest.Pod) []*manifest.Node {
	terms := slices.Clone(pod.At("topologySpreadConstraints").Items())
	for _, kind := range []string{"podAffinity", "podAntiAffinity"} {
		affinity := pod.At("affinity", kind)
		terms = append(terms, affinity.At("requiredDuringSchedulingIgnoredDuringExecution").Items()...)
		for _, preferred := range affinity.At("preferredDuringSchedulingIgnoredDuringExecution").Items() {
			terms = append(terms, preferred.At("podAffinityTerm"))
		}
	}
	return terms
}

// renamedKeys reports the old keys of a map of labels.
func renamedKeys(p *lint.Pass, labels *manifest.Node) {
	for _, label := range labels.Fields() {
		if r := renamedIn(renamedLabels, label.Key, p.Version); r != nil {
			deprecatedUnless(p, label, labels.At(r.new), r.new)
		}
	}
}

// renamedValues reports old labels or taints that items of a list name at a
// key, unless another item names the new one, as those do that serve old and
// new clusters.
func renamedValues(p *lint.Pass, table []renamed, key string, items []*manifest.Node) {
	names := func(name string) bool {
		return slices.ContainsFunc(items, func(item *manifest.Node) bool { return item.At(key).Str() == name })
	}
	for _, item := range items {
		n := item.At(key)
		if r := renamedIn(table, n.Str(), p.Version); r != nil && !names(r.new) {
			p.Reportf(n, "%s is deprecated; its successor is %s", r.old, r.new)
		}
	}
}

// redirectedVolume gives a note: such volumes work as before.
func redirectedVolume(p *lint.Pass, volume *manifest.Node, kind, name string) {
	for _, source := range volume.Fields() {
		if since, ok := redirectedVolumes[source.Key]; ok && source.IsSet() && p.Version.AtLeast(since) {
			p.Reportf(source, "%s %q is of type %s, which is deprecated in favour of CSI drivers", kind, name, source.Key).AsNote()
		}
	}
}

// deprecatedAppArmor reports annotations of containers whose field does not
// hold the same profile; those of unknown containers are ignored anyway.
func deprecatedAppArmor(p *lint.Pass, pod *manifest.Pod) {
	for _, c := range pod.Containers() {
		annotation := pod.Annotation(appArmorAnnotation + c.Name())
		if annotation.IsSet() && appArmorField(annotation.Str()) != fieldText(effectiveContext(c, "appArmorProfile")) {
			deprecated(p.In(c), annotation, "securityContext.appArmorProfile")
		}
	}
}

// appArmorField is a profile of an annotation as fieldText has that of a field.
func appArmorField(annotation string) string {
	switch annotation {
	case "runtime/default":
		return "RuntimeDefault/"
	case "unconfined":
		return "Unconfined/"
	}
	return "Localhost/" + strings.TrimPrefix(annotation, "localhost/")
}

func fieldText(profile *manifest.Node) string {
	return profile.At("type").Str() + "/" + profile.At("localhostProfile").Str()
}

// deprecatedServiceFields passes a load balancer's address that an annotation
// of the provider repeats.
func deprecatedServiceFields(p *lint.Pass) {
	spec, annotations := p.Object.At("spec"), p.Object.At("metadata", "annotations")
	address := spec.At("loadBalancerIP")
	repeats := func(a *manifest.Node) bool { return a.Str() == address.Str() }
	if address.Str() != "" && p.Version.AtLeast(24) && !slices.ContainsFunc(annotations.Fields(), repeats) {
		deprecated(p, address, "an annotation of the load balancer's provider")
	}
	if keys := spec.At("topologyKeys"); keys.IsSet() && p.Version.AtLeast(21) {
		deprecated(p, keys, "trafficDistribution")
	}
	if p.Version.AtLeast(27) {
		const mode = "service.kubernetes.io/topology-mode"
		hints := annotations.At("service.kubernetes.io/topology-aware-hints")
		if hints.IsSet() && !strings.EqualFold(hints.Str(), annotations.At(mode).Str()) {
			deprecated(p, hints, mode)
		}
	}
}

// deprecatedClaimFields reads a PersistentVolumeClaim or PersistentVolume.
func deprecatedClaimFields(p *lint.Pass, claim *manifest.Node) {
	annotations := claim.At("metadata", "annotations")
	deprecatedUnless(p, annotations.At("volume.beta.kubernetes.io/storage-class"), claim.At("spec", "storageClassName"), "spec.storageClassName")
	const provisioner = "volume.kubernetes.io/storage-provisioner"
	if p.Version.AtLeast(23) {
		deprecatedUnless(p, annotations.At("volume.beta.kubernetes.io/storage-provisioner"), annotations.At(provisioner), provisioner)
	}
}

// deprecatedIngressClass passes the classes of GKE, whose controller reads the
// annotation only.
func deprecatedIngressClass(p *lint.Pass) {
	class := p.Object.At("metadata", "annotations", "kubernetes.io/ingress.class")
	if !p.Version.AtLeast(18) || class.Str() == "gce" || strings.HasPrefix(class.Str(), "gce-") {
		return
	}
	deprecatedUnless(p, class, p.Object.At("spec", "ingressClassName"), "spec.ingressClassName")
}
