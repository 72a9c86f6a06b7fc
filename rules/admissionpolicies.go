package rules

import (
	"regexp"
	"slices"
	"strings"

	"github.com/seaworthy-lint/seaworthy/lint"
	"github.com/seaworthy-lint/seaworthy/lint/manifest"
)

// admissionPolicyUnbound looks from policies to their bindings and back. What
// another repository may hold is a note.
func admissionPolicyUnbound(p *lint.Pass) {
	kind := p.Object.Kind
	policyKind, isBinding := strings.CutSuffix(kind, "Binding")
	switch {
	case kind == "ConstraintTemplate":
		unusedTemplate(p)
	case p.Object.Group() != admissionGroup:
	case isBinding:
		bindingWithoutEffect(p, policyKind)
	default:
		bindings := p.Set.OfKind(admissionGroup, kind+"Binding")
		if !slices.ContainsFunc(bindings, func(b *manifest.Object) bool { return mayName(b.At("spec", "policyName"), p.Object.Name) }) {
			p.Missingf(p.Object.Node, nil, "no binding in view names policy %q", p.Object.Name).AsNote()
		}
	}
}

// mayName tells whether a reference is to the name, or is templated.
func mayName(reference *manifest.Node, name string) bool {
	return reference.Str() == name || reference.Templated() || manifest.IsTemplate(name)
}

func unusedTemplate(p *lint.Pass) {
	kind := p.Object.At("spec", "crd", "spec", "names", "kind")
	if kind.Str() != "" && !kind.Templated() && len(p.Set.OfKind(constraintsGroup, kind.Str())) == 0 {
		p.Reportf(kind, "no constraint in view is of kind %s", kind.Str()).AsNote()
	}
}

func bindingWithoutEffect(p *lint.Pass, policyKind string) {
	spec := p.Object.At("spec")
	name := spec.At("policyName")
	if name.Templated() {
		p.UnknownValue(name)
		return
	}
	policies := p.Set.Named(admissionGroup, policyKind, name.Str())
	if len(policies) == 0 {
		if name.IsSet() {
			p.Reportf(name, "policy %q is not in view", name.Str()).AsNote()
		}
		return
	}
	paramKind := policies[0].At("spec", "paramKind")
	switch param := spec.At("paramRef"); {
	case !paramKind.IsSet():
	case !param.IsSet():
		p.Missingf(spec, []string{"paramRef"}, "binding %q gives policy %q no parameters, which it asks for", p.Object.Name, name.Str()).
			Relate(paramKind.Nearest("kind"), "the policy asks for parameters of this kind")
	case param.At("parameterNotFoundAction").Str() == "Allow":
		missingParameter(p, paramKind, param)
	}
}

// missingParameter judges parameters in ConfigMaps only: objects of a user's
// own kind need not be in view.
func missingParameter(p *lint.Pass, paramKind, param *manifest.Node) {
	name, namespace := param.At("name"), param.At("namespace")
	isConfigMap := paramKind.At("kind").Str() == "ConfigMap" && paramKind.At("apiVersion").Str() == "v1"
	if !isConfigMap || name.Str() == "" || name.Templated() || namespace.Templated() {
		return
	}
	found := slices.ContainsFunc(p.Set.Named("", "ConfigMap", name.Str()), func(o *manifest.Object) bool {
		return !namespace.IsSet() || sameNamespace(o.Namespace, namespace.Str()) != manifest.False
	})
	if !found {
		p.Reportf(name, "parameter %q is not in view, and without it everything is allowed", name.Str()).AsNote()
	}
}

// admissionPolicyNotEnforced reads what policies do with what breaks them.
func admissionPolicyNotEnforced(p *lint.Pass) {
	spec := p.Object.At("spec")
	switch p.Object.Group() {
	case admissionGroup:
		actionsWithoutDeny(p, spec, true)
	case kyvernoCELGroup: // without actions Kyverno denies
		actionsWithoutDeny(p, spec, false)
	case kyvernoGroup:
		kyvernoAudits(p, spec)
	case constraintsGroup:
		constraintReports(p, spec)
	}
}

func actionsWithoutDeny(p *lint.Pass, spec *manifest.Node, required bool) {
	actions := spec.At("validationActions")
	switch list := actions.Items(); {
	case slices.ContainsFunc(list, func(a *manifest.Node) bool { return a.Str() == "Deny" }):
	case actions.Templated() || slices.ContainsFunc(list, (*manifest.Node).Templated):
		p.Unknown(actions, "the value is templated")
	case len(list) > 0:
		weigh(p, p.Reportf(actions, "%s %q does not deny what breaks it", p.Object.Kind, p.Object.Name)).Showing(strings.Join(texts(actions), ", "))
	case required:
		weigh(p, p.Missingf(p.Object.Node, []string{"spec", "validationActions"}, "%s %q does not deny what breaks it", p.Object.Kind, p.Object.Name))
	}
}

// kyvernoAudits reports each field that makes a validating rule report only,
// once, and a policy that leaves the default, which is to audit.
func kyvernoAudits(p *lint.Pass, spec *manifest.Node) {
	const message = "policy %q admits what breaks it"
	seen := map[*manifest.Node]bool{}
	for _, rule := range spec.At("rules").Items() {
		action := kyvernoActionOf(spec, rule.At("validate"))
		if !rule.At("validate").IsSet() || action.enforce || seen[action.node] {
			continue
		}
		seen[action.node] = true
		switch {
		case action.node.Templated():
			p.UnknownValue(action.node)
		case action.node.IsSet():
			weigh(p, p.Reportf(action.node, message, p.Object.Name))
		default:
			weigh(p, p.Missingf(spec, []string{"validationFailureAction"}, message+", which is the default", p.Object.Name))
		}
	}
}

// constraintReports reads the enforcement of a Gatekeeper constraint, which is
// deny by default. With "scoped" each enforcement point has its own.
func constraintReports(p *lint.Pass, spec *manifest.Node) {
	action := spec.At("enforcementAction")
	switch {
	case action.Templated():
		p.UnknownValue(action)
	case action.Str() == "dryrun" || action.Str() == "warn":
		weigh(p, p.Reportf(action, "constraint %q admits what breaks it", p.Object.Name))
	case action.Str() == "scoped" && !slices.ContainsFunc(spec.At("scopedEnforcementActions").Items(), deniesAtAdmission):
		weigh(p, p.Reportf(action, "constraint %q denies at no point of admission", p.Object.Name))
	}
}

// deniesAtAdmission tells whether a scoped action denies requests: at
// Gatekeeper's webhook or in the API server, not in audits or in pipelines.
func deniesAtAdmission(scoped *manifest.Node) bool {
	return scoped.At("action").Str() == "deny" && slices.ContainsFunc(scoped.At("enforcementPoints").Items(), func(point *manifest.Node) bool {
		return slices.Contains([]string{"*", "validation.gatekeeper.sh", "vap.k8s.io"}, point.At("name").Str())
	})
}

// policyTopics are the words by which a policy's name, kind or category tells
// that it matters more than others.
var policyTopics = []struct {
	name  string
	words func() *regexp.Regexp
}{
	{"pod security", lazyRegexp(`(?i)pod.?security|psp|privilege|host.?(?:path|network|pid|ipc|namespace)|run.?as|capabilit`)},
	{"RBAC", lazyRegexp(`(?i)rbac|cluster.?role|role.?binding|cluster.?admin|impersonat`)},
	{"image verification", lazyRegexp(`(?i)(?:verif|sign).*image|image.*(?:verif|sign)|cosign|sigstore|supply.?chain`)},
}

// weigh makes the finding medium when the policy matters more than others.
func weigh(p *lint.Pass, f *lint.Finding) *lint.Finding {
	o := p.Object
	names := o.Name + " " + o.Kind + " " + o.At("spec", "policyName").Str() + " " + o.At("metadata", "annotations", "policies.kyverno.io/category").Str()
	for _, topic := range policyTopics {
		if topic.words().MatchString(names) {
			f.Severity = lint.Medium
			f.Message += ", and it is about " + topic.name
			break
		}
	}
	return f
}
