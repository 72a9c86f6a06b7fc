package lint

import (
	"fmt"

	"github.com/seaworthy-lint/seaworthy/lint/manifest"
	"github.com/seaworthy-lint/seaworthy/lint/scope"
)

// Pass is all that a rule may see and do while it judges one object. It may
// read the whole Set, and reports only on its own Object.
type Pass struct {
	Rule   *Rule
	Object *manifest.Object
	// Set holds the objects that are deployed together with Object.
	Set *manifest.Set
	// Bounds say what it means that an object is absent from Set.
	Bounds manifest.Bounds
	// Version is the Kubernetes version to judge for.
	Version Version
	// Strict asks rules that have a stricter reading for it.
	Strict bool
	// Restricted tells a rule's PodSecurity check that the level is Restricted,
	// not Baseline.
	Restricted bool
	// CIS asks for the reading of the CIS benchmark.
	CIS bool

	container *manifest.Container
	pod       *manifest.Pod
	result    *verdict
	external  func(group, kind, namespace, name, key string) bool
}

// verdict collects what a rule said of an object.
type verdict struct {
	findings []*Finding
	complied bool
	forfeit  bool
	unknown  []unknownValue
}

type unknownValue struct {
	at     manifest.Span
	reason string
}

// Scope is the model of what is deployed together, for questions that no
// single object answers.
func (p *Pass) Scope() *scope.Scope { return scope.Of(p.Set) }

// External tells whether the configuration says that an object exists outside
// of what is in view, and holds the key, when one is asked for. An empty
// namespace is any.
func (p *Pass) External(group, kind, namespace, name, key string) bool {
	return p.external != nil && p.external(group, kind, namespace, name, key)
}

// In is the pass for one container: what it reports names the container.
func (p *Pass) In(c *manifest.Container) *Pass {
	in := *p
	in.container, in.pod = c, c.Pod
	return &in
}

// InPod is the pass for one pod template.
func (p *Pass) InPod(pod *manifest.Pod) *Pass {
	in := *p
	in.pod = pod
	return &in
}

// Reportf reports a value that is wrong, at its key and value.
func (p *Pass) Reportf(n *manifest.Node, format string, args ...any) *Finding {
	f := p.finding(fmt.Sprintf(format, args...))
	f.Field, f.stableField = n.Path(), n.StablePath()
	if n.Kind == manifest.Scalar {
		f.Value = n.Str()
	}
	f.Span = n.Field()
	return p.report(f.from(n))
}

// Missingf reports a field that is absent: keys below a node. The finding lies
// on the nearest ancestor that exists. In a template that an operator
// completes, an absent field is unknown, and the finding is dropped.
func (p *Pass) Missingf(under *manifest.Node, keys []string, format string, args ...any) *Finding {
	f := p.finding(fmt.Sprintf(format, args...))
	f.Field, f.stableField = joinPath(under.Path(), keys), joinPath(under.StablePath(), keys)
	nearest := under.Nearest(keys...)
	f.Span, f.block = nearest.Anchor(), nearest.Span()
	if key := nearest.KeySpan(); key.File == f.block.File {
		f.block.Start = min(f.block.Start, key.Start)
	}
	if p.pod != nil && p.pod.Partial {
		p.Unknown(nearest, "the operator of this kind may set it")
		return f
	}
	return p.report(f.from(nearest))
}

// PodSecurity runs another rule's Pod Security check on the pass's pod, for a
// version and a level that is Restricted or Baseline. What it finds is handed
// over and not reported; unknown tells that it could not judge everything.
func (p *Pass) PodSecurity(r *Rule, version Version, restricted bool) (findings []*Finding, unknown bool) {
	in := *p
	in.Rule, in.Version, in.Restricted, in.result = r, version, restricted, &verdict{}
	r.PodSecurity(&in)
	for _, f := range in.result.findings {
		if f.pod == p.pod {
			findings = append(findings, f)
		}
	}
	return findings, len(in.result.unknown) > 0
}

func joinPath(path string, keys []string) string {
	for _, key := range keys {
		if path != "" {
			path += "."
		}
		path += key
	}
	return path
}

func (p *Pass) finding(message string) *Finding {
	f := &Finding{Rule: p.Rule, Object: p.Object, Severity: p.Rule.Severity, Exact: true, Message: message, pod: p.pod}
	if p.container != nil {
		f.Container, f.Role = p.container.Name(), p.container.Role
	}
	return f
}

func (p *Pass) report(f *Finding) *Finding {
	if f.Span.File == nil {
		panic(fmt.Sprintf("rule %s reported %q without a place", p.Rule.ID, f.Message))
	}
	p.result.findings = append(p.result.findings, f)
	return f
}

// Comply says that a unit the rule applies to is as it should be. A rule with
// positive points is credited when every unit complies and there is one.
func (p *Pass) Comply() { p.result.complied = true }

// Forfeit says that a unit is not as it should be although there is no finding,
// since another rule has it: the credit is lost.
func (p *Pass) Forfeit() { p.result.forfeit = true }

// Unknown says that the rule cannot judge a unit: its value is templated, of a
// wrong type, or depends on what is not in view.
func (p *Pass) Unknown(n *manifest.Node, reason string) {
	p.result.unknown = append(p.result.unknown, unknownValue{at: n.Field(), reason: reason})
}

// UnknownValue says that a value cannot be told, and why, from the value.
func (p *Pass) UnknownValue(n *manifest.Node) {
	reason := "the value has the wrong type"
	if n.Templated() {
		reason = "the value is templated"
	}
	p.Unknown(n, reason)
}
