package config

import (
	"slices"

	"github.com/seaworthy-lint/seaworthy/lint"
)

// Catalogue is what a configuration may name.
type Catalogue struct {
	// Rules are all rules.
	Rules []*lint.Rule
	// Profiles are the names of all profiles.
	Profiles []string
}

func textOf(doc string) *shape { return &shape{doc: doc} }

func listOf(doc string, of *shape) *shape { return &shape{form: list, doc: doc, of: of} }

// globs are a list of globs over paths.
func globs(doc string) *shape { return listOf(doc, &shape{check: lint.ValidateGlob}) }

func globOf(doc string) *shape { return &shape{doc: doc, check: lint.ValidateGlob} }

// file is the shape of a whole file.
func (c Catalogue) file() *shape {
	keys := []key{{"root", &shape{form: truth, doc: "Files above this one do not hold below its folder."}}}
	keys = append(keys, c.layer()...)
	keys = append(keys,
		key{"include", globs("Only files that match are judged.")},
		key{"exclude", globs("Files that match are not judged.")},
		key{"overrides", listOf("Settings for some files and objects; later ones win.", c.override())},
		key{"charts", listOf("How charts are released.", chartShape())},
		key{"external", listOf("Objects that exist outside of the repository: references to them are not dangling.", externalShape())},
		key{"suppressions", listOf("Findings that are let be.", suppressionShape())},
	)
	return &shape{form: record, keys: keys, doc: "How seaworthy judges what lies below the folder of this file."}
}

// layer are the keys that a file and an override share.
func (c Catalogue) layer() []key {
	rules := func(doc string) *shape { return listOf(doc, &shape{form: ruleName}) }
	return []key{
		{"profile", &shape{doc: "The profile whose rules are run, as default; default@1 pins its version.", words: c.profileNames(), check: c.checkProfile}},
		{"scope", &shape{doc: "closed: all that is deployed lies here, so that what is missing is a finding. open: anything may live elsewhere.", words: []string{"open", "closed"}}},
		{"select", rules("The only rules to run, in place of a profile's.")},
		{"extend-select", rules("Rules to run beside the profile's or the selected ones.")},
		{"ignore", rules("Rules not to run.")},
		{"rules", c.ruleTable()},
		{"fail-on", &shape{doc: "The gate: findings of this severity or worse make the exit status 1.", words: append(severityNames(), "never")}},
		{"min-score", &shape{form: integer, doc: "Resources that score less make the exit status 1."}},
	}
}

// profileNames are those with and without a version.
func (c Catalogue) profileNames() []string {
	names := slices.Clone(c.Profiles)
	for _, name := range c.Profiles {
		for version := 1; version <= lint.ProfileVersion; version++ {
			names = append(names, lint.Profile{Name: name, Version: version}.String())
		}
	}
	return names
}

func (c Catalogue) checkProfile(name string) error {
	_, err := lint.ParseProfile(name, c.Profiles)
	return err
}

func severityNames() []string {
	var names []string
	for _, s := range lint.Severities() {
		names = append(names, s.String())
	}
	return names
}

func (c Catalogue) override() *shape {
	keys := []key{
		{"paths", globs("Files that it is for; all when there are none.")},
		{"kinds", listOf("Kinds of objects that it is for, as Job or apps/Deployment; all when there are none.", textOf(""))},
		{"namespaces", listOf("Globs of the namespaces that it is for.", globOf(""))},
		{"labels", &shape{form: table, doc: "Labels that its objects have; the value is a glob.", of: globOf("")}},
	}
	return &shape{form: record, keys: append(keys, c.layer()...)}
}

// ruleTable has a key for each rule, with its severity and its parameters.
func (c Catalogue) ruleTable() *shape {
	s := &shape{form: ruleTable, doc: "The severity and the parameters of rules, by id or by another tool's check id."}
	for _, r := range c.Rules {
		keys := []key{{"severity", &shape{doc: "The severity of the rule's findings, " + r.Severity.String() + " unless set.", words: severityNames(), def: "severity"}}}
		for _, p := range parametersOf(r) {
			keys = append(keys, key{p.name, p.shape})
		}
		s.keys = append(s.keys, key{r.ID, &shape{form: record, doc: r.Title, keys: keys}})
	}
	return s
}

func chartShape() *shape {
	release := &shape{form: record, keys: []key{
		{"name", textOf("The name of the release.")},
		{"namespace", textOf("The namespace that it is installed into.")},
		{"values", listOf("Values files, relative to the folder of this file; later ones win.", textOf(""))},
		{"set", &shape{form: table, doc: "Single values, as helm --set takes them.", of: textOf("")}},
		{"kube-version", textOf("The Kubernetes version that templates see, as 1.31.")},
		{"api-versions", listOf("Further API versions that templates see, as monitoring.coreos.com/v1.", textOf(""))},
	}}
	return &shape{form: record, needs: []string{"path"}, keys: []key{
		{"path", globOf("The folder of the chart, or a glob for several.")},
		{"releases", listOf("The sets of values with which it is installed.", release)},
	}}
}

func externalShape() *shape {
	return &shape{form: record, needs: []string{"kind", "name"}, keys: []key{
		{"kind", textOf("The kind, as Secret, or group/Kind, as apps/Deployment.")},
		{"namespace", globOf("A glob of its namespace; any when there is none.")},
		{"name", globOf("A glob of its name.")},
		{"keys", listOf("The entries that a ConfigMap or Secret has; any when there are none.", textOf(""))},
	}}
}

func suppressionShape() *shape {
	rule := &shape{form: ruleName}
	return &shape{form: record, needs: []string{"rules"}, keys: []key{
		{"rules", listOf("The rules whose findings are let be.", rule)},
		{"path", globOf("A glob of the file.")},
		{"kind", globOf("A glob of the object's kind.")},
		{"name", globOf("A glob of the object's name.")},
		{"namespace", globOf("A glob of the object's namespace.")},
		{"container", globOf("A glob of the container's name.")},
		{"field", textOf("The path of a field, as spec.template.spec.hostPID, with all below it.")},
		{"value", textOf("The value of the field, or sha256: and at least 12 digits of its hash.")},
		{"reason", textOf("Why.")},
		{"until", &shape{doc: "The last day on which it holds, as 2027-01-31.", check: validDate}},
	}}
}

func validDate(text string) error {
	_, err := lint.ParseDate(text)
	return err
}
