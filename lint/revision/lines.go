package revision

import (
	"strings"

	"github.com/go-git/go-git/v5/utils/diff"
	"github.com/sergi/go-diff/diffmatchpatch"
)

// maxCompared bounds the work of one comparison: lines before times lines
// after, without what both begin and end with. What differs more than that is
// changed as a whole.
const maxCompared = 1 << 28

// Lines are the lines of a file that changed.
type Lines struct {
	all     bool
	changed map[int]bool
	// removed is the text that was taken out before a line (from 1).
	removed map[int]string
}

// Changed tells whether one of the lines first to last (from 1) was added or
// changed.
func (l *Lines) Changed(first, last int) bool {
	for line := first; line <= last && !l.all; line++ {
		if l.changed[line] {
			return true
		}
	}
	return l.all
}

// Removed tells whether lines with the word were taken out after the line
// first and before the end of the line last.
func (l *Lines) Removed(first, last int, word string) bool {
	for line, text := range l.removed {
		if first < line && line <= last+1 && strings.Contains(text, word) {
			return true
		}
	}
	return false
}

// compare finds the lines of a text that differ from an older one. How lines
// end does not count: git may have changed it on the way to the working tree.
func compare(before, after string) *Lines {
	before, after = strings.ReplaceAll(before, "\r\n", "\n"), strings.ReplaceAll(after, "\r\n", "\n")
	old, now := strings.SplitAfter(before, "\n"), strings.SplitAfter(after, "\n")
	start := 0
	for start < min(len(old), len(now)) && old[start] == now[start] {
		start++
	}
	end := 0
	for end < min(len(old), len(now))-start && old[len(old)-1-end] == now[len(now)-1-end] {
		end++
	}
	old, now = old[start:len(old)-end], now[start:len(now)-end]
	lines := &Lines{changed: map[int]bool{}, removed: map[int]string{}}
	line := start + 1
	if len(old)*len(now) > maxCompared {
		lines.add(line, len(now))
		return lines
	}
	for _, part := range diff.Do(strings.Join(old, ""), strings.Join(now, "")) {
		count := strings.Count(part.Text, "\n")
		if !strings.HasSuffix(part.Text, "\n") && part.Text != "" {
			count++
		}
		switch part.Type {
		case diffmatchpatch.DiffDelete:
			lines.removed[line] += part.Text
		case diffmatchpatch.DiffInsert:
			lines.add(line, count)
			line += count
		case diffmatchpatch.DiffEqual:
			line += count
		}
	}
	return lines
}

func (l *Lines) add(first, count int) {
	for line := first; line < first+count; line++ {
		l.changed[line] = true
	}
}
