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
		for _, kind := range kinds {
			for _, file := range configurations(p, kind) {
				check(p, file)
			}
		}
	}
}

// namedFileKinds are configFileKinds and the kinds that configure API servers,
// whose flags name such files.
func namedFileKinds(kinds ...component.ConfigKind) lint.Kinds {
	read := componentKinds(configFileKinds(kinds...).Names, nil, component.APIServer)
	slices.Sort(read.Names)
	read.Names = slices.Compact(read.Names)
	return read
}

// eachNamedFile is eachConfigFile for files that an API server is given by a
// flag: what the one that it names holds is unknown when it is not in view.
func eachNamedFile(flag string, check func(*lint.Pass, *component.ConfigFile), kinds ...component.ConfigKind) func(*lint.Pass) {
	return func(p *lint.Pass) {
		eachConfigFile(check, kinds...)(p)
		for _, c := range component.Of(p.Set, p.Object, component.APIServer) {
			s := c.Setting(flag)
			if n := s.Part().Node; n != nil && s.Text != "" && len(component.FileIn(p.Set, c, s.Text, kinds...)) == 0 {
				p.Unknown(n, "the file that --"+flag+" names is not in view")
			}
		}
	}
}
