package rules

import (
	"fmt"
	"slices"
	"strings"

	"github.com/seaworthy-lint/seaworthy/lint"
	"github.com/seaworthy-lint/seaworthy/lint/manifest"
)

// duplicateEnvVar shows names only: values may be secret.
func duplicateEnvVar(p *lint.Pass, c *manifest.Container) {
	seen := map[string]*manifest.Node{}
	for _, env := range c.At("env").Items() {
		name := env.At("name")
		if name.Str() == "" || name.Templated() {
			continue
		}
		if earlier := seen[name.Str()]; earlier != nil {
			p.Reportf(name, "container %q sets the variable %q twice: the later value holds", c.Name(), name.Str()).Relate(earlier, "the value that is overridden")
		}
		seen[name.Str()] = name
	}
}

// eachScalar calls a function for every scalar of a value.
func eachScalar(n *manifest.Node, visit func(*manifest.Node)) {
	if n == nil {
		return
	}
	if n.Kind == manifest.Scalar {
		visit(n)
	}
	for _, kid := range n.Kids {
		eachScalar(kid, visit)
	}
}

// yamlAmbiguousScalar reports plain scalars that are not what they look like.
func yamlAmbiguousScalar(p *lint.Pass) {
	texts := map[*manifest.Node]bool{}
	for _, n := range textFields(p.Object) {
		texts[n] = true
	}
	eachScalar(p.Object.Node, func(n *manifest.Node) {
		if n.Type == manifest.String && !texts[n] {
			return
		}
		plain := plainText(n)
		switch {
		case plain == "":
		case texts[n] && n.Type != manifest.String:
			reportAmbiguous(p, n, notText(n))
		case texts[n] && sexagesimal().MatchString(plain):
			reportAmbiguous(p, n, "is a string for Kubernetes and a number of base 60 for YAML 1.1")
		case !texts[n] && n.Exact() && !isFileMode(n): // else the text is a template's
			if reason := ambiguity(n, plain); reason != "" {
				reportAmbiguous(p, n, reason)
			}
		}
	})
	for _, pod := range p.Object.Pods() {
		for _, mode := range fileModes(pod) {
			decimalMode(p.InPod(pod), mode)
		}
	}
}

// reportAmbiguous shows no value of what may be secret.
func reportAmbiguous(p *lint.Pass, n *manifest.Node, reason string) {
	p.Reportf(n, "%s %s", n.Path(), reason).About(n.Path()).Showing("")
}

// notText says what a value is that should be a string. A number may be a
// password, so it is not shown.
func notText(n *manifest.Node) string {
	if n.Type == manifest.Int || n.Type == manifest.Float {
		return "is a number, where Kubernetes takes a string"
	}
	return fmt.Sprintf("is %s, where Kubernetes takes a string", describe(n))
}

// plainText is the text of a plain scalar as it was typed, "" for any other.
func plainText(n *manifest.Node) string {
	text := strings.TrimSpace(n.Span().Text())
	if text == "" || strings.ContainsRune(`"'|>!&*`, rune(text[0])) || manifest.IsTemplate(text) {
		return "" // what a template writes is not what was typed
	}
	return text
}

var (
	sexagesimal = lazyRegexp(`^[-+]?[1-9][0-9]*(:[0-5]?[0-9])+$`)
	newOctal    = lazyRegexp(`^[-+]?0o[0-7]+$`)
	oldOctal    = lazyRegexp(`^[-+]?0[0-7]*[1-7][0-7]*$`)
)

// ambiguity says how readers of YAML 1.1 and 1.2 differ over a plain scalar,
// "" when they agree (section 10.3.2 of YAML 1.2, the type repository of
// YAML 1.1).
func ambiguity(n *manifest.Node, plain string) string {
	switch n.Type {
	case manifest.Bool:
		if !strings.EqualFold(plain, n.Value) {
			return fmt.Sprintf("is written %s, which is the boolean %s for Kubernetes and a string for YAML 1.2", plain, n.Value)
		}
	case manifest.Int:
		digits := strings.TrimLeft(plain, "-+")
		switch {
		case oldOctal().MatchString(plain) && len(digits) > 1:
			return fmt.Sprintf("is written %s, which is %s for Kubernetes and %s for YAML 1.2", plain, n.Value, strings.TrimLeft(digits, "0"))
		case newOctal().MatchString(plain):
			return fmt.Sprintf("is written %s, which is %s for Kubernetes and a string for YAML 1.1", plain, n.Value)
		case strings.Contains(plain, "_"), strings.HasPrefix(digits, "0b"):
			return fmt.Sprintf("is written %s, which is %s for Kubernetes and a string for YAML 1.2", plain, n.Value)
		}
	}
	return ""
}

// textFields are the values of an object that must be strings and are easily
// written as something else.
func textFields(o *manifest.Object) []*manifest.Node {
	metadata := []*manifest.Node{o.At("metadata")}
	var fields []*manifest.Node
	for _, pod := range o.Pods() {
		metadata = append(metadata, pod.Metadata)
		fields = append(fields, pod.At("nodeSelector").Fields()...)
		for _, c := range pod.Containers() {
			fields = slices.Concat(fields, c.At("command").Items(), c.At("args").Items())
			for _, env := range c.At("env").Items() {
				fields = append(fields, env.At("value"))
			}
		}
	}
	for _, m := range metadata {
		fields = slices.Concat(fields, m.At("labels").Fields(), m.At("annotations").Fields())
	}
	if o.Group() == "" && (o.Kind == "ConfigMap" || o.Kind == "Secret") {
		fields = slices.Concat(fields, o.At("data").Fields(), o.At("stringData").Fields())
	}
	return fields
}

// isFileMode tells whether a value is a file's mode, which is written in octal
// as everybody does.
func isFileMode(n *manifest.Node) bool { return n.Key == "defaultMode" || n.Key == "mode" }

// fileModes are the modes of the files in the volumes of a pod.
func fileModes(pod *manifest.Pod) []*manifest.Node {
	var modes []*manifest.Node
	add := func(source *manifest.Node) {
		modes = append(modes, source.At("defaultMode"))
		for _, item := range source.At("items").Items() {
			modes = append(modes, item.At("mode"))
		}
	}
	for _, volume := range pod.Volumes() {
		for _, key := range []string{"configMap", "secret", "downwardAPI", "projected"} {
			add(volume.At(key))
		}
		for _, source := range volume.At("projected", "sources").Items() {
			for _, key := range []string{"configMap", "secret", "downwardAPI"} {
				add(source.At(key))
			}
		}
	}
	return modes
}

// usualModes are those that people write, as their octal digits. In decimal,
// 420 is 0644 and so on, so what is the decimal form of one of them is no slip.
var usualModes = []int64{
	400, 440, 444, 500, 550, 555, 600, 640, 644, 660, 664, 666, 700, 740, 744, 750, 755, 770, 775, 777,
}

func decimalMode(p *lint.Pass, n *manifest.Node) {
	mode, ok := n.Int()
	if !ok || plainText(n) != n.Value || !slices.Contains(usualModes, mode) {
		return
	}
	p.Reportf(n, "%s is %d in decimal, which is %#o in octal", n.Path(), mode, mode)
}

var standIn = lazyRegexp(`^<?(TODO|FIXME|CHANGE[_-]?ME|REPLACE[_-]?ME)>?$`)

// isStandIn looks at the length first: most values are no words.
func isStandIn(text string) bool {
	return len(text) >= len("TODO") && len(text) <= len("<REPLACE_ME>") && standIn().MatchString(text)
}

// unresolvedPlaceholder reports text that should have been replaced. A
// template is only wrong in what has been rendered: elsewhere it is replaced
// later, so it is unknown.
func unresolvedPlaceholder(p *lint.Pass) {
	eachScalar(p.Object.Node, func(n *manifest.Node) {
		switch {
		case !n.IsString():
		case isStandIn(n.Value):
			p.Reportf(n, "%s holds the placeholder %s", n.Path(), n.Value)
		case strings.Contains(n.Value, "<no value>") && !strings.Contains(n.Value, "\n") && !isProgramText(n):
			p.Reportf(n, "%s holds %q, which Helm writes for a value that is not set", n.Path(), "<no value>").Showing("")
		case n.Templated() && isStructure(p.Object, n):
			templatedField(p, n)
		}
	})
}

func templatedField(p *lint.Pass, n *manifest.Node) {
	switch p.Set.Target.Type {
	case "chart":
		p.Reportf(n, "%s still holds a template: %q", n.Path(), n.Value)
	case "kustomization": // Flux substitutes variables after the build
		p.Reportf(n, "%s still holds a template: %q", n.Path(), n.Value).AsNote()
	default:
		p.UnknownValue(n)
	}
}

// isProgramText tells whether a value is, or is inside, a command line.
func isProgramText(n *manifest.Node) bool {
	for ; n != nil; n = n.Parent {
		if n.Key == "command" || n.Key == "args" {
			return true
		}
	}
	return false
}

// freeText are the fields that hold text of other programs, which may be a
// template for them.
var freeText = []string{"command", "args", "env", "annotations", "data", "stringData", "binaryData"}

// isStructure tells whether a value is one that Kubernetes itself reads. What
// custom resources hold may be a template for their operators.
func isStructure(o *manifest.Object, n *manifest.Node) bool {
	if strings.Contains(o.Group(), ".") && !strings.HasSuffix(o.Group(), ".k8s.io") {
		return false
	}
	for ; n != nil; n = n.Parent {
		if slices.Contains(freeText, n.Key) {
			return false
		}
	}
	return true
}
