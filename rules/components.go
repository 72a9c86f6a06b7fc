package rules

import (
	"net/url"
	"strings"

	"github.com/seaworthy-lint/seaworthy/lint"
	"github.com/seaworthy-lint/seaworthy/lint/component"
)

// componentKinds are the kinds that configure components, those of files that
// their flags name, and those that are only consulted. Of the latter are
// always those that a flag's file or a kubeadm file is read with.
func componentKinds(files, context []string, names ...component.Name) lint.Kinds {
	context = append([]string{"KubeletConfiguration"}, context...)
	return lint.Kinds{Workloads: true, Names: append(component.Kinds(names...), files...), Context: context}
}

// eachComponent judges each component of the names that the object configures.
func eachComponent(check func(*lint.Pass, *component.Component), names ...component.Name) func(*lint.Pass) {
	return func(p *lint.Pass) {
		for _, c := range component.Of(p.Set, p.Object, names...) {
			check(inComponent(p, c), c)
		}
	}
}

// inComponent is the pass for a component. Its findings are the resource's and
// name the component, not the container, which runs nothing else.
func inComponent(p *lint.Pass, c *component.Component) *lint.Pass {
	if c.Container == nil {
		return p
	}
	return p.InPod(c.Container.Pod)
}

// judged is the setting of a flag; not ok when it cannot be judged here. What is
// unknown is said.
func judged(p *lint.Pass, c *component.Component, flag string) (component.Setting, bool) {
	s := c.Setting(flag)
	if s.State == component.Unknown {
		unknownSetting(p, s)
	}
	return s, s.Known()
}

func unknownSetting(p *lint.Pass, s component.Setting) {
	at := s.Part().Node
	if at == nil {
		place := s.Missing()
		at = place.Under.Nearest(place.Keys...)
	}
	p.Unknown(at, s.Reason)
}

// reportFlag reports a setting at what gives it, or where it is missing.
func reportFlag(p *lint.Pass, s component.Setting, format string, args ...any) *lint.Finding {
	if part := s.Part(); part.Node != nil {
		return reportPart(p, part, format, args...)
	}
	return reportMissing(p, s, format, args...)
}

// reportPart reports an item of a setting.
func reportPart(p *lint.Pass, part component.Part, format string, args ...any) *lint.Finding {
	f := p.Reportf(part.Node, format, args...).Showing(part.Text)
	if part.Span.File != nil {
		f.At(part.Span).Exact = part.Exact
	}
	return f
}

// reportMissing reports that a setting is to be written.
func reportMissing(p *lint.Pass, s component.Setting, format string, args ...any) *lint.Finding {
	place := s.Missing()
	f := p.Missingf(place.Under, place.Keys, format, args...)
	if place.Span.File != nil {
		f.At(place.Span)
	}
	return f
}

// needed reports the flags of a component that are left out and have no
// default, in one finding, and each that is there and empty. message has a
// place for what is wrong.
func needed(p *lint.Pass, c *component.Component, message string, flags ...string) {
	var missing []string
	var first component.Setting
	for _, flag := range flags {
		s, ok := judged(p, c, flag)
		switch {
		case !ok || s.Text != "":
		case s.Part().Node != nil:
			reportFlag(p, s, message, settingName(s)+" is empty")
		default:
			if missing == nil {
				first = s
			}
			missing = append(missing, settingName(s))
		}
	}
	if missing != nil {
		reportMissing(p, first, message, strings.Join(missing, ", ")+" "+isOrAre(len(missing))+" missing")
	}
}

func isOrAre(n int) string {
	if n == 1 {
		return "is"
	}
	return "are"
}

// settingName is how the source of a setting names it: a field of a
// configuration kind, else a flag.
func settingName(s component.Setting) string {
	field := s.Component.Field(s.Flag)
	if at := s.Part().Node; field == "" || at != nil && !strings.HasSuffix(at.Path(), field) {
		return "--" + s.Flag
	}
	return field
}

// stated says of a setting whether it is written or its default.
func stated(s component.Setting) string {
	if s.Part().Node == nil {
		return settingName(s) + " is left out and defaults to " + s.Text
	}
	return settingName(s) + " is " + s.Text
}

// versionOf is the Kubernetes version that a component is judged for: the one
// that the user named, else the one that its document declares.
func versionOf(p *lint.Pass, c *component.Component) lint.Version {
	if v, err := lint.ParseVersion(c.Version); err == nil && !p.Version.Named {
		return v
	}
	return p.Version
}

// isPlainURL tells whether a URL is http:// and leads beyond the host itself.
func isPlainURL(text string) bool {
	u, err := url.Parse(text)
	return err == nil && u.Scheme == "http" && !isLoopback(u.Host)
}

// isUnset tells that a flag is neither given nor has a default.
func isUnset(s component.Setting) bool { return s.Known() && s.Text == "" }
