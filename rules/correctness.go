package rules

import (
	"slices"

	"github.com/seaworthy-lint/seaworthy/lint"
)

var correctness = slices.Concat(duplicateRules, referenceRules, schemaRules, securityFieldRules)

var duplicateRules = []lint.Rule{
	{
		ID:     "duplicate-key",
		Family: "correctness",
		Title:  "key stands twice in one map",
		Why: "YAML parsers keep the last of two equal keys, so a reviewer may read a setting that is not in force. " +
			"Strict decoding rejects the document.",
		Fix:        "delete one",
		FixKind:    lint.NoFix,
		Severity:   lint.Medium,
		Points:     -3,
		Profiles:   []string{"default", "strict", "reliability", "novel"},
		References: []string{"OWASP:K01"},
		Kinds:      lint.Kinds{Any: true},
		Scope:      lint.ResourceScope,
		Check:      duplicateKey,
	},
}

// duplicateKey shows no values: they may be those of a Secret.
func duplicateKey(p *lint.Pass) {
	for _, d := range p.Object.Duplicates {
		f := p.Reportf(d.Later, "key %q stands twice: the earlier value is ignored", d.Later.Key).At(d.Later.KeySpan()).Showing("")
		f.Related = append(f.Related, lint.Related{Message: "the value that is ignored", Span: d.Earlier})
	}
}
