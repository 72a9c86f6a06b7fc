package rules

import (
	"slices"

	"github.com/seaworthy-lint/seaworthy/lint"
	"github.com/seaworthy-lint/seaworthy/lint/component"
)

// configFileKinds are the kinds of configuration files that a rule judges, and
// of the objects that carry such files as text.
func configFileKinds(kinds ...component.ConfigKind) lint.Kinds {
	var names []string
	for _, kind := range kinds {
		names = append(names, kind.Names()...)
	}
	return lint.Kinds{Names: append(names, component.Carriers()...)}
}

// eachConfigFile runs a check on the configuration files of some kinds that an
// object is or carries.
func eachConfigFile(check func(*lint.Pass, *component.ConfigFile), kinds ...component.ConfigKind) func(*lint.Pass) {
	return func(p *lint.Pass) {
		for _, file := range component.ConfigFilesIn(p.Set).In(p.Object) {
			if slices.ContainsFunc(kinds, func(k component.ConfigKind) bool { return k.Is(file.Object) }) {
				check(p, file)
			}
		}
	}
}
