package cli

import (
	"path"

	"github.com/seaworthy-lint/seaworthy/lint"
	"github.com/seaworthy-lint/seaworthy/lint/load"
	"github.com/seaworthy-lint/seaworthy/lint/manifest"
	"github.com/seaworthy-lint/seaworthy/lint/revision"
)

// restrict drops of a report what nobody asked for: what other files cause than
// those that were named, and what lines cause that did not change.
func (o *options) restrict(report *lint.Report, sets []*manifest.Set) error {
	if o.load.Context {
		restrictToFiles(report, sets, load.Names(o.paths, o.load))
	}
	if o.since == "" {
		return nil
	}
	then, err := revision.Open(o.load.Root, o.since)
	if err != nil {
		return usageError{err}
	}
	changes := changes{then: then, files: map[*manifest.File]*revision.Lines{}}
	report.Restrict(changes.cause, nil)
	return changes.err
}

// restrictToFiles keeps what files and folders cause: the findings that lie in them, or to
// which a place in them belongs. The documents of a chart or a kustomization
// that could not be rendered stay: a file of it was named.
func restrictToFiles(report *lint.Report, sets []*manifest.Set, names []string) {
	asked := map[string]bool{}
	for _, name := range names {
		asked[name] = true
	}
	named := func(file *manifest.File) bool {
		for at := file.Path; ; at = path.Dir(at) {
			if asked[at] {
				return true
			}
			if at == path.Dir(at) {
				return false
			}
		}
	}
	rendered := map[*manifest.Document]bool{}
	for _, set := range sets {
		for _, d := range set.Documents {
			rendered[d] = set.Target.Rendered()
		}
	}
	report.Restrict(func(f *lint.Finding) bool {
		for _, span := range f.Places() {
			if named(span.File) {
				return true
			}
		}
		return false
	}, func(d *manifest.Document) bool {
		return d.File != nil && named(d.File) || d.Span.File != nil && named(d.Span.File) || rendered[d] && d.Status.Unjudged()
	})
}

// changes are the lines that changed since a revision, for each file that was
// asked for. The first error stays.
type changes struct {
	then  *revision.Revision
	files map[*manifest.File]*revision.Lines
	err   error
}

// cause tells whether a finding touches a changed line, or misses a field that
// was taken out.
func (c *changes) cause(f *lint.Finding) bool {
	for _, span := range f.Places() {
		first, last := lines(span)
		if c.in(span.File).Changed(first, last) {
			return true
		}
	}
	block, key := f.Missing()
	if block.File == nil {
		return false
	}
	first, last := lines(block)
	return c.in(block.File).Removed(first, last, key)
}

func lines(span manifest.Span) (first, last int) {
	return span.File.Position(span.Start).Line, span.File.Position(max(span.Start, span.End-1)).Line
}

func (c *changes) in(file *manifest.File) *revision.Lines {
	known := c.files[file]
	if known == nil {
		var err error
		if known, err = c.then.Lines(file.Path, file.Raw); err != nil {
			c.err, known = err, &revision.Lines{}
		}
		c.files[file] = known
	}
	return known
}
