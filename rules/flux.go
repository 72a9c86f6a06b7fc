package rules

import (
	"path"
	"slices"
	"strings"

	"github.com/seaworthy-lint/seaworthy/lint"
	"github.com/seaworthy-lint/seaworthy/lint/manifest"
)

// fluxDecryptionMissing looks for documents that SOPS encrypted in the folder
// that a Kustomization applies. Those of a folder deeper down that another
// Kustomization applies are that one's.
func fluxDecryptionMissing(p *lint.Pass) {
	spec := p.Object.At("spec")
	provider := spec.At("decryption", "provider")
	if provider.Str() == "sops" {
		return
	}
	if kind := spec.At("sourceRef", "kind").Str(); kind != "GitRepository" {
		return // of another origin than this repository
	}
	for _, n := range []*manifest.Node{spec.At("path"), provider} {
		if n.Templated() {
			p.UnknownValue(n)
			return
		}
	}
	for _, kind := range []string{"Secret", "ConfigMap"} {
		for _, o := range p.Set.OfKind("", kind) {
			if isEncrypted(o) && applier(p.Set, fileOf(o)) == p.Object {
				p.Missingf(spec, []string{"decryption", "provider"}, "Kustomization %q applies documents that SOPS encrypted and does not decrypt them", p.Object.Name).
					Relate(o.At("sops"), "encrypted here")
				return
			}
		}
	}
}

// isEncrypted tells whether SOPS encrypted an object: it leaves a map with a
// code that authenticates the rest.
func isEncrypted(o *manifest.Object) bool {
	return strings.HasPrefix(o.At("sops", "mac").Str(), "ENC[")
}

func fileOf(o *manifest.Object) string { return o.Span().File.Path }

// applier is the Kustomization that applies a file: the one with the deepest
// folder above it; nil when none or several do.
func applier(set *manifest.Set, file string) *manifest.Object {
	var best *manifest.Object
	depth, several := -1, false
	for _, k := range set.OfKind(fluxKustomizeGroup, "Kustomization") {
		folder := path.Clean("/" + k.At("spec", "path").Str())
		if !strings.HasPrefix("/"+file, strings.TrimSuffix(folder, "/")+"/") {
			continue
		}
		switch {
		case len(folder) > depth:
			best, depth, several = k, len(folder), false
		case len(folder) == depth:
			several = true
		}
	}
	if several {
		return nil
	}
	return best
}

// fluxAppliers are the controllers that apply what the kinds describe.
var fluxAppliers = map[string]string{"Kustomization": "kustomize-controller", "HelmRelease": "helm-controller"}

// fluxServiceAccountMissing judges whose rights Flux uses. Whether its
// controllers fall back to an account of few rights is in their arguments.
func fluxServiceAccountMissing(p *lint.Pass) {
	spec := p.Object.At("spec")
	crossNamespace(p, spec)
	account := spec.At("serviceAccountName")
	if account.IsSet() && account.Str() != "" || spec.At("kubeConfig").IsSet() {
		return
	}
	inView, set := controllerFlag(p, "--default-service-account")
	if set {
		return
	}
	f := p.Missingf(spec, []string{"serviceAccountName"}, "%s %q is applied with the rights of Flux itself", p.Object.Kind, p.Object.Name)
	if !inView || p.Object.Name == "flux-system" && p.Object.Namespace == "flux-system" {
		f.AsNote()
	}
}

// crossNamespace notes a source of another namespace.
func crossNamespace(p *lint.Pass, spec *manifest.Node) {
	for _, ref := range []*manifest.Node{spec.At("sourceRef"), spec.At("chart", "spec", "sourceRef"), spec.At("chartRef")} {
		namespace := ref.At("namespace")
		if !namespace.IsSet() || p.Scope().SameNamespace(namespace.Str(), p.Object.Namespace) != manifest.False {
			continue
		}
		if _, set := controllerFlag(p, "--no-cross-namespace-refs"); !set {
			p.Reportf(namespace, "%s %q takes its source from namespace %q", p.Object.Kind, p.Object.Name, namespace.Str()).AsNote()
		}
	}
}

// controllerFlag tells whether the controller of the object's kind is in view,
// and whether it is started with a flag: in its Deployment, by a patch of the
// kustomization that installs Flux, or by the operator's multitenant mode.
func controllerFlag(p *lint.Pass, name string) (inView, set bool) {
	for _, instance := range p.Set.OfKind("fluxcd.controlplane.io", "FluxInstance") {
		inView, set = true, set || instance.At("spec", "cluster", "multitenant").True()
	}
	for _, controller := range p.Set.Named("apps", "Deployment", fluxAppliers[p.Object.Kind]) {
		inView = true
		for _, pod := range controller.Pods() {
			set = set || slices.ContainsFunc(pod.Containers(), func(c *manifest.Container) bool {
				return slices.ContainsFunc(c.At("args").Items(), func(arg *manifest.Node) bool { return isFlag(arg.Str(), name) })
			})
		}
	}
	for _, kustomization := range p.Set.OfKind(kustomizeGroup, "Kustomization") {
		for _, key := range []string{"patches", "patchesJson6902", "patchesStrategicMerge"} {
			set = set || strings.Contains(sourceText(kustomization.At(key)), name)
		}
	}
	return inView, set
}

func isFlag(arg, name string) bool {
	value, ok := strings.CutPrefix(arg, name)
	return ok && value != "=false" && (value == "" || value[0] == '=')
}

// sourceText is a value as it stands in its file, "" when it is absent.
func sourceText(n *manifest.Node) string {
	if n == nil {
		return ""
	}
	return n.Span().Text()
}
