package rules

import "github.com/seaworthy-lint/seaworthy/lint"

// suppressions are rules about what suppresses findings. They have no Check:
// lint.Suppress, which alone knows what was suppressed, reports them.
var suppressions = []lint.Rule{
	{
		ID:       "unused-suppression",
		Family:   "suppressions",
		Title:    "A suppression matches no finding",
		Why:      "A suppression that outlived its finding hides the next one of its kind that somebody brings in, and nobody will have decided on that one.",
		Fix:      "delete the comment, the line of the annotation or the entry of the configuration",
		FixKind:  lint.SafeFix,
		Severity: lint.Low,
		Profiles: []string{"default", "strict"},
		Scope:    lint.ResourceScope,
	},
	{
		ID:       "suppression-without-reason",
		Family:   "suppressions",
		Title:    "A suppression does not say why",
		Why:      "Whoever reviews a suppression later cannot tell whether it still holds when nobody wrote down why it was made. It suppresses nonetheless.",
		Fix:      "write the reason after two hyphens, or, in an annotation, after a colon",
		FixKind:  lint.NoFix,
		Severity: lint.Low,
		Profiles: []string{"default", "strict"},
		Scope:    lint.ResourceScope,
	},
	{
		ID:       "invalid-suppression",
		Family:   "suppressions",
		Title:    "A suppression cannot be read",
		Why:      "A suppression with an unknown rule, a malformed date or a broken selector suppresses nothing, while its author believes that it does.",
		Fix:      "correct the rule, the date (YYYY-MM-DD) or the selector that the message names",
		FixKind:  lint.NoFix,
		Severity: lint.Medium,
		Profiles: []string{"default", "strict"},
		Scope:    lint.ResourceScope,
	},
}
