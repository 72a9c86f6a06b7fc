package cli

import (
	"bytes"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"
	"sync"

	"github.com/seaworthy-lint/seaworthy/formatters"
	"github.com/seaworthy-lint/seaworthy/lint/manifest"
)

// diffContext is how many lines a difference shows around a change.
const diffContext = 3

// writeDiff writes a unified difference between a file and the file with some
// lines replaced, each by one line, several or none. Lines that may hold a
// credential are no context: it ends before them, so that the difference can
// still be applied. In a changed line the credential is hidden.
func writeDiff(b *bytes.Buffer, file *manifest.File, changed map[int][]string) {
	fmt.Fprintf(b, "--- a/%s\n+++ b/%s\n", file.Path, file.Path)
	lines := slices.Sorted(maps.Keys(changed))
	d := newDifference(file, changed)
	shift := 0
	for len(lines) > 0 {
		first, end := d.context(lines[0], -1), 0
		for len(lines) > 0 && (end == 0 || d.context(lines[0], -1) <= end+1) {
			end, lines = d.context(lines[0], 1), lines[1:]
		}
		var body bytes.Buffer
		added := 0
		for n := first; n <= end; n++ {
			added += d.line(&body, n)
		}
		old := end - first + 1
		fmt.Fprintf(b, "@@ -%d,%d +%d,%d @@\n%s", first, old, first+shift, added, body.Bytes())
		shift += added - old
	}
}

// difference is a file, and its lines that are replaced.
type difference struct {
	file    *manifest.File
	changed map[int][]string
	last    int
	// inSecret tells that the file holds a Secret.
	inSecret bool
}

func newDifference(file *manifest.File, changed map[int][]string) *difference {
	d := &difference{file: file, changed: changed, last: file.Lines(), inSecret: secretKind().Match(file.Text)}
	if file.Line(d.last) == "" && d.last > 1 {
		d.last-- // what follows the last line break is no line
	}
	return d
}

var secretKind = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`\bkind["']?\s*:\s*["']?Secret\b`) })

// context is the line up to which the context of a changed line reaches.
func (d *difference) context(n, step int) int {
	for range diffContext {
		next := n + step
		if next < 1 || next > d.last {
			break
		}
		if _, isChanged := d.changed[next]; !isChanged && !d.isPlain(d.file.Line(next)) {
			break
		}
		n = next
	}
	return n
}

// line writes what becomes of a line, and returns how many lines that is.
func (d *difference) line(b *bytes.Buffer, n int) int {
	ending := lineEnding(d.file, n)
	replacement, isChanged := d.changed[n]
	if !isChanged {
		fmt.Fprintf(b, " %s%s", d.file.Line(n), ending)
		return 1
	}
	fmt.Fprintf(b, "-%s%s", d.masked(d.file.Line(n)), ending)
	for i, line := range replacement {
		if i < len(replacement)-1 && n == d.file.Lines() {
			fmt.Fprintf(b, "+%s\n", d.masked(line))
			continue
		}
		fmt.Fprintf(b, "+%s%s", d.masked(line), ending)
	}
	return len(replacement)
}

func (d *difference) masked(line string) string {
	return formatters.MaskedLine(line, d.inSecret)
}

// isPlain tells whether a line surely holds no credential. One without a name
// for its value may be a line of a text.
func (d *difference) isPlain(line string) bool {
	text := strings.TrimSpace(line)
	isAction := strings.HasPrefix(text, "{{") && strings.HasSuffix(text, "}}") && !strings.ContainsAny(text, "\"'`")
	isNamed := text == "" || text[0] == '#' || text == "---" || strings.Contains(text, ":")
	return (isNamed || isAction) && d.masked(line) == line
}

// lineEnding ends a line of a difference as the line ends in the file.
func lineEnding(file *manifest.File, n int) string {
	if n == file.Lines() {
		return "\n\\ No newline at end of file\n"
	}
	start := file.LineStart(n) + len(file.Line(n))
	return string(file.Text[start:file.LineStart(n+1)])
}
