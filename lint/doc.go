// Package lint holds the vocabulary of the linter (Rule, Pass, Finding,
// Severity) and the loop that runs rules over what was loaded.
package lint
