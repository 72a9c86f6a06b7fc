package cli

import (
	"bytes"
	"fmt"
	"maps"
	"slices"

	"github.com/seaworthy-lint/seaworthy/lint/manifest"
)

// diffContext is how many lines a difference shows around a change.
const diffContext = 3

// writeDiff writes a unified difference between a file and the file with some
// lines replaced, each by one line, several or none.
func writeDiff(b *bytes.Buffer, file *manifest.File, changed map[int][]string) {
	fmt.Fprintf(b, "--- a/%s\n+++ b/%s\n", file.Path, file.Path)
	lines := slices.Sorted(maps.Keys(changed))
	last := file.Lines()
	if file.Line(last) == "" && last > 1 {
		last-- // what follows the last line break is no line
	}
	shift := 0
	for len(lines) > 0 {
		first := max(1, lines[0]-diffContext)
		end := 0
		for len(lines) > 0 && (end == 0 || lines[0] <= end+diffContext+1) {
			end, lines = min(last, lines[0]+diffContext), lines[1:]
		}
		var body bytes.Buffer
		added := 0
		for n := first; n <= end; n++ {
			added += diffLine(&body, file, n, changed)
		}
		old := end - first + 1
		fmt.Fprintf(b, "@@ -%d,%d +%d,%d @@\n%s", first, old, first+shift, added, body.Bytes())
		shift += added - old
	}
}

// diffLine writes what becomes of a line, and returns how many lines that is.
func diffLine(b *bytes.Buffer, file *manifest.File, n int, changed map[int][]string) int {
	ending := lineEnding(file, n)
	replacement, isChanged := changed[n]
	if !isChanged {
		fmt.Fprintf(b, " %s%s", file.Line(n), ending)
		return 1
	}
	fmt.Fprintf(b, "-%s%s", file.Line(n), ending)
	for i, line := range replacement {
		if i < len(replacement)-1 && n == file.Lines() {
			fmt.Fprintf(b, "+%s\n", line)
			continue
		}
		fmt.Fprintf(b, "+%s%s", line, ending)
	}
	return len(replacement)
}

// lineEnding ends a line of a difference as the line ends in the file.
func lineEnding(file *manifest.File, n int) string {
	if n == file.Lines() {
		return "\n\\ No newline at end of file\n"
	}
	start := file.LineStart(n) + len(file.Line(n))
	return string(file.Text[start:file.LineStart(n+1)])
}
