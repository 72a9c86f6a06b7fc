package rules

import "github.com/seaworthy-lint/seaworthy/lint"

// schemaRules judge whether the API server takes an object as it is meant.
var schemaRules = []lint.Rule{
	{
		ID:     "schema-invalid",
		Family: "correctness",
		Title:  "API server refuses or drops a part of the object",
		Why: "An unknown field is refused or silently dropped, and a value of the wrong type or form keeps the whole object " +
			"from being applied, so what runs is not what was written.",
		Fix:      "correct the value",
		FixKind:  lint.NoFix,
		Severity: lint.Medium,
		Points:   -2,
		Profiles: []string{"reliability"},
		Aliases:  []string{"kube-linter:schema-validation", "kube-score:cronjob-restartpolicy"},
		Kinds:    lint.Kinds{Any: true},
		Scope:    lint.ResourceScope,
		Check:    schemaInvalid,
	},
	{
		ID:     "invalid-label",
		Family: "correctness",
		Title:  "label or annotation that the API server does not take",
		Why: "A label outside the syntax, or one that YAML reads as a boolean or number, makes the API server refuse the " +
			"object.",
		Fix:      "quote or shorten the value",
		FixKind:  lint.UnsafeFix,
		Severity: lint.Low,
		Points:   -1,
		Profiles: []string{"reliability"},
		Aliases:  []string{"kube-score:label-values", "kics:1123031a-f921-4c5b-bd86-ef354ecfd37a"},
		Kinds:    lint.Kinds{Any: true},
		Scope:    lint.ResourceScope,
		Check:    invalidLabel,
	},
	{
		ID:     "duplicate-env-var",
		Family: "correctness",
		Title:  "environment variable is set twice",
		Why: "The last value holds, so an earlier one, perhaps the safe one that a reviewer saw, is not in force. Server-side " +
			"apply refuses the object.",
		Fix:      "delete all but the last",
		FixKind:  lint.UnsafeFix,
		Severity: lint.Low,
		Points:   -1,
		Profiles: []string{"reliability"},
		Aliases:  []string{"kube-linter:duplicate-env-var", "kube-score:environment-variable-key-duplication", "kubescape:C-0295"},
		Kinds:    workloads,
		Scope:    lint.ContainerScope,
		Check:    eachContainer(duplicateEnvVar),
	},
	{
		ID:     "unresolved-placeholder",
		Family: "correctness",
		Title:  "placeholder was never replaced",
		Why: "A value that a template or a person was to fill in reaches the cluster as it stands: as a name, host or " +
			"password that everybody can guess.",
		Fix:      "supply the value",
		FixKind:  lint.NoFix,
		Severity: lint.Medium,
		Points:   -2,
		Profiles: []string{"default", "strict", "reliability", "novel"},
		Kinds:    lint.Kinds{Any: true},
		Scope:    lint.ResourceScope,
		Check:    unresolvedPlaceholder,
	},
	{
		ID:     "yaml-ambiguous-scalar",
		Family: "correctness",
		Title:  "plain value is not read as it looks",
		Why: "Kubernetes reads yes and on as booleans and 012 as ten, while other readers of YAML see text and twelve. A " +
			"decimal 644 is not the file mode 0644 and may open a file to everybody.",
		Fix:      "quote the value, or write the mode as 0644",
		FixKind:  lint.SafeFix,
		Severity: lint.Medium,
		Points:   -2,
		Profiles: []string{"default", "strict", "reliability", "novel"},
		Kinds:    lint.Kinds{Any: true},
		Scope:    lint.ResourceScope,
		Hides:    []string{"invalid-label", "schema-invalid"},
		Check:    yamlAmbiguousScalar,
	},
}
