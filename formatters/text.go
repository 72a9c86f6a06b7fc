package formatters

import (
	"bufio"
	"fmt"
	"io"
	"strings"

	"github.com/seaworthy-lint/seaworthy/lint"
	"github.com/seaworthy-lint/seaworthy/lint/manifest"
)

// Text writes a report for people: the findings by resource with their source
// lines, then scores, counts, what was not judged, and the verdict. Suppressed
// findings are counted, and listed where the options ask for it.
func Text(w io.Writer, r *lint.Report, o Options) error {
	t := &textReport{w: bufio.NewWriter(w), report: r, options: o}
	t.findings()
	if o.Quiet {
		t.unjudged()
	} else {
		t.suppressed()
		t.scores()
		t.counts()
		t.baseline()
		t.noisiest()
		t.coverage()
		t.unknown()
		t.verdict()
	}
	return t.w.Flush()
}

// textReport writes the parts of a text report. Everything that comes from
// input passes through plain before it is written.
type textReport struct {
	w       *bufio.Writer
	report  *lint.Report
	options Options
	// begun tells that something was written, so that a blank line is due
	// before the next part.
	begun bool
}

// printf writes to a buffer that keeps its first error for Flush.
func (t *textReport) printf(format string, args ...any) {
	_, _ = fmt.Fprintf(t.w, format, args...)
}

// part begins a part of the report.
func (t *textReport) part() {
	if t.begun {
		t.printf("\n")
	}
	t.begun = true
}

// style is a terminal's code for how text looks.
type style string

const (
	bold   style = "\x1b[1m"
	dim    style = "\x1b[2m"
	red    style = "\x1b[31m"
	yellow style = "\x1b[33m"
	alarm  style = "\x1b[1;31m"
	reset  style = "\x1b[0m"
)

func (t *textReport) paint(s style, text string) string {
	if !t.options.Color || s == "" || text == "" {
		return text
	}
	return string(s) + text + string(reset)
}

func severityStyle(s lint.Severity) style {
	switch s {
	case lint.Critical:
		return alarm
	case lint.High:
		return red
	case lint.Medium:
		return yellow
	}
	return ""
}

// block is what a report says of one resource in one file.
type block struct {
	file    string
	object  *manifest.Object
	entries []*entry
}

// entry is a rule's findings at one place: a field that several containers
// inherit is shown once.
type entry struct {
	finding  *lint.Finding
	messages []string
}

// blocks groups the findings, which are in the order of file and place.
func blocks(findings []*lint.Finding) []*block {
	type resourceKey struct {
		file   string
		object *manifest.Object
	}
	type entryKey struct {
		resourceKey
		rule     *lint.Rule
		span     manifest.Span
		severity lint.Severity
		note     bool
	}
	resources := map[resourceKey]*block{}
	entries := map[entryKey]*entry{}
	var list []*block
	for _, f := range findings {
		key := resourceKey{pathOf(f.Span.File), f.Object}
		if resources[key] == nil {
			resources[key] = &block{file: key.file, object: f.Object}
			list = append(list, resources[key])
		}
		b := resources[key]
		place := entryKey{key, f.Rule, f.Span, f.Severity, f.Note}
		if entries[place] == nil {
			entries[place] = &entry{finding: f}
			b.entries = append(b.entries, entries[place])
		}
		entries[place].messages = append(entries[place].messages, f.Message)
	}
	return list
}

func pathOf(file *manifest.File) string {
	if file == nil {
		return ""
	}
	return file.Path
}

func (t *textReport) findings() {
	targets := map[*manifest.Object]manifest.Target{}
	for _, resource := range t.report.Resources {
		targets[resource.Object] = resource.Target
	}
	for _, b := range blocks(t.report.Findings) {
		t.block(b, targets[b.object])
	}
}

func (t *textReport) block(b *block, target manifest.Target) {
	t.part()
	t.printf("%s", t.paint(bold, plain(b.file)))
	if b.object != nil {
		t.printf("  %s", plain(b.object.ID()))
	}
	if target.Type == "chart" || target.Type == "kustomization" {
		t.printf(" (%s %s)", target.Type, plain(target.Path))
	}
	t.printf("\n")
	var shown manifest.Span
	for _, e := range b.entries {
		t.entry(e, e.finding.Span != shown)
		shown = e.finding.Span
	}
}

// The columns of a finding: its severity, and what follows under its rule.
const (
	severityColumns = 8
	margin          = "            "
	// shownMessages is how many containers an entry names.
	shownMessages = 4
)

func (t *textReport) entry(e *entry, withSource bool) {
	f := e.finding
	word, look := f.Severity.String(), severityStyle(f.Severity)
	if f.Note {
		word, look = "note", dim
	}
	t.printf("  %s  %s  %s\n", t.paint(look, fmt.Sprintf("%-*s", severityColumns, word)), t.paint(bold, f.Rule.ID), plain(e.messages[0]))
	for _, message := range e.messages[1:min(len(e.messages), shownMessages)] {
		t.printf("%s%s\n", margin, plain(message))
	}
	if more := len(e.messages) - shownMessages; more > 0 {
		t.printf("%s%s and %d more at this place\n", margin, ellipsis, more)
	}
	t.printf("%s%s", margin, plain(place(f.Span)))
	if !f.Exact {
		t.printf(" (near here)")
	}
	t.printf("\n")
	if withSource {
		t.source(f, look)
	}
	for _, related := range f.Related {
		t.printf("%ssee %s: %s\n", margin, plain(place(related.Span)), plain(related.Message))
	}
	if len(f.AlsoIn) > 0 {
		t.printf("%salso in %s\n", margin, plain(strings.Join(f.AlsoIn, ", ")))
	}
	if f.Rule.Fix != "" {
		t.printf("%sfix: %s\n", margin, plain(f.Rule.Fix))
	}
}

func (t *textReport) source(f *lint.Finding, look style) {
	e := excerptOf(f)
	if e.Line == 0 {
		return
	}
	carets := strings.TrimLeft(e.Marker, " ")
	indent := e.Marker[:len(e.Marker)-len(carets)]
	t.printf("%s %s\n", t.paint(dim, fmt.Sprintf("%*d |", len(margin)-1, e.Line)), e.Text)
	t.printf("%s %s\n", t.paint(dim, margin+"|"), indent+t.paint(look, carets))
}

// place names where a span begins, as editors and terminals take it.
func place(span manifest.Span) string {
	if span.File == nil {
		return "unknown place"
	}
	p := span.File.Position(span.Start)
	return fmt.Sprintf("%s:%d:%d", span.File.Path, p.Line, p.Column)
}

// plural counts things in words: 1 file, 2 files.
func plural(count int, thing string) string {
	if count == 1 {
		return "1 " + thing
	}
	return fmt.Sprintf("%d %ss", count, thing)
}
