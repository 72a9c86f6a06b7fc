package rules

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/seaworthy-lint/seaworthy/lint"
	"github.com/seaworthy-lint/seaworthy/lint/manifest"
)

// requiredLabelsParams are the parameters of required-labels-missing.
type requiredLabelsParams struct {
	Labels      []string `doc:"labels that must be there: a key, or key=REGEXP for the whole value"`
	Annotations []string `doc:"annotations that must be there: a key, or key=REGEXP for the whole value"`
	Kinds       []string `doc:"the kinds that are judged; all when there are none"`
}

// Validate tells of a regular expression that cannot be read.
func (params *requiredLabelsParams) Validate() error {
	for _, want := range slices.Concat(params.Labels, params.Annotations) {
		if _, pattern, limited := strings.Cut(want, "="); limited {
			if _, err := regexp.Compile(pattern); err != nil {
				return fmt.Errorf("%s: %w", want, err)
			}
		}
	}
	return nil
}

func requiredLabelsMissing(p *lint.Pass) {
	params, _ := p.Rule.Params.(*requiredLabelsParams)
	if len(params.Kinds) > 0 && !slices.Contains(params.Kinds, p.Object.Kind) {
		return
	}
	required(p, p.Object.Node, params)
	for _, pod := range p.Object.Pods() {
		if pod.Spec.IsSet() && pod.Spec.Key == "spec" && pod.Spec.Parent != p.Object.Node {
			required(p.InPod(pod), pod.Spec.Parent, params)
		}
	}
}

// required asks for labels and annotations in the metadata below a node: the
// object, or its pod template.
func required(p *lint.Pass, under *manifest.Node, params *requiredLabelsParams) {
	for _, want := range params.Labels {
		requiredEntry(p, under, "labels", want)
	}
	for _, want := range params.Annotations {
		requiredEntry(p, under, "annotations", want)
	}
}

func requiredEntry(p *lint.Pass, under *manifest.Node, field, want string) {
	key, pattern, limited := strings.Cut(want, "=")
	noun := strings.TrimSuffix(field, "s")
	entry := under.At("metadata", field, key)
	switch {
	case !entry.IsSet():
		p.Missingf(under, []string{"metadata", field, key}, "%s %q is missing", noun, key)
	case !limited:
	case entry.Templated():
		p.UnknownValue(entry)
	default:
		form, err := regexp.Compile(`^(?:` + pattern + `)$`)
		if err != nil {
			p.Unknown(entry, "the parameter "+want+" is no regular expression")
			return
		}
		if !form.MatchString(entry.Str()) {
			p.Reportf(entry, "%s %q is %q, which does not match %s", noun, key, entry.Str(), pattern)
		}
	}
}
