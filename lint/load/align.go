package load

import (
	"strings"

	"github.com/seaworthy-lint/seaworthy/lint/manifest"
)

// Limits of how many pairs of lines are compared: for one document, and for
// all of standard input. Beyond them each line takes the next that is alike.
const (
	maxCompared      = 4 << 20
	maxComparedInAll = 400 << 20
)

// How well two lines go together. A line of the template that holds an action
// goes with one that has the text around the action.
const (
	different = 0
	around    = 3
	trimmed   = 5
	same      = 6
	beside    = 2 // for the line before being beside too
)

// alignment tells which line of a template wrote which rendered line.
type alignment struct {
	rendered, template *manifest.File
	first              int   // the number of the first rendered line
	lines              []int // for each rendered line that of the template; 0: none
	sure               []bool
	begin              int // the template's line at which the document begins
	score              int
}

// alignWith compares a document with each document of a template, and takes
// the one that it is most like.
func (v *chartsInView) alignWith(template *manifest.File, doc manifest.Span) *alignment {
	first := doc.File.Position(doc.Start).Line
	last := doc.File.Position(max(doc.Start, doc.End-1)).Line
	rendered := linesOf(doc.File, first, last)
	compare := nextAlike
	if cells := len(rendered.text) * template.Lines(); cells <= min(maxCompared, v.cells) {
		v.cells -= cells
		compare = mostAlike
	}
	var best *alignment
	for begin := 1; begin <= template.Lines(); {
		end := begin
		for end < template.Lines() && !strings.HasPrefix(template.Line(end+1), "---") {
			end++
		}
		written := linesOf(template, begin, end)
		a := &alignment{rendered: doc.File, template: template, first: first, begin: firstContent(template, begin, end)}
		pairs, score := compare(rendered.text, written.text)
		a.lines, a.sure, a.score = make([]int, last-first+1), make([]bool, last-first+1), score
		sure := sureOf(pairs, written.text)
		for i, partner := range pairs {
			if partner > 0 {
				n := rendered.number[i] - first
				a.lines[n], a.sure[n] = written.number[partner-1], sure[i]
			}
		}
		if best == nil || a.score > best.score {
			best = a
		}
		begin = end + 1
	}
	return best
}

// numberedLines are the lines of a file that say something.
type numberedLines struct {
	text   []string
	number []int
}

func linesOf(f *manifest.File, first, last int) numberedLines {
	var lines numberedLines
	for n := first; n <= last; n++ {
		text := strings.TrimRight(f.Line(n), " \t")
		if body := strings.TrimLeft(text, " \t"); body != "" && body[0] != '#' {
			lines.text, lines.number = append(lines.text, text), append(lines.number, n)
		}
	}
	return lines
}

// sureOf tells of which rendered lines the partner is the only line that it
// can be: no other has its text, or the line beside it has the partner beside.
func sureOf(pairs []int, written []string) []bool {
	count := map[string]int{}
	for _, line := range written {
		count[strings.TrimSpace(line)]++
	}
	sure := make([]bool, len(pairs))
	for i, partner := range pairs {
		if partner == 0 {
			continue
		}
		before := i > 0 && pairs[i-1] == partner-1 && partner > 1
		after := i+1 < len(pairs) && pairs[i+1] == partner+1
		sure[i] = before || after || count[strings.TrimSpace(written[partner-1])] == 1
	}
	return sure
}

// firstContent is the first line that says something.
func firstContent(f *manifest.File, first, last int) int {
	for n := first; n <= last; n++ {
		line := strings.TrimSpace(f.Line(n))
		if line != "" && line[0] != '#' && !strings.HasPrefix(line, "---") && !strings.HasPrefix(line, "{{") {
			return n
		}
	}
	return first
}

// likeness says how well a rendered line goes with one of a template.
func likeness(rendered, template string) int {
	text := strings.TrimLeft(rendered, " \t")
	literal := strings.TrimLeft(template, " \t")
	open, end := strings.Index(literal, "{{"), strings.LastIndex(literal, "}}")
	switch {
	case rendered == template:
		return same
	case text == literal:
		return trimmed
	case open > 0 && end > open && strings.ContainsAny(literal[:open], ":-"):
		head, tail := literal[:open], literal[end+len("}}"):]
		if len(text) >= len(head)+len(tail) && strings.HasPrefix(text, head) && strings.HasSuffix(text, tail) {
			return around
		}
	}
	return different
}

// mostAlike pairs lines in order so that the pairs are most alike in sum: for
// each line of a the number of its partner in b from 1, or 0. Neighbours whose
// partners are neighbours count more, so that a line that stands several times
// goes with those around it.
func mostAlike(a, b []string) (pairs []int, score int) {
	width := len(b) + 1
	// best is the sum for the rests of a from i and of b from j, and paired
	// that when these two lines go together.
	best, paired := make([]int32, (len(a)+1)*width), make([]int32, (len(a)+1)*width)
	for i := len(a) - 1; i >= 0; i-- {
		for j := len(b) - 1; j >= 0; j-- {
			at, next := i*width+j, (i+1)*width+j+1
			best[at] = max(best[at+1], best[next-1])
			if l := likeness(a[i], b[j]); l > different {
				paired[at] = int32(l) + best[next]
				if paired[next] > 0 {
					paired[at] = max(paired[at], int32(l)+paired[next]+beside)
				}
				best[at] = max(best[at], paired[at])
			}
		}
	}
	pairs = make([]int, len(a))
	goOn := false // the last pair counts on the next one
	for i, j := 0, 0; i < len(a) && j < len(b); {
		at, next := i*width+j, (i+1)*width+j+1
		switch {
		case paired[at] > 0 && (goOn || paired[at] == best[at]):
			pairs[i] = j + 1
			goOn = paired[next] > 0 && paired[next]+beside >= best[next]
			i, j = i+1, j+1
		case best[at] == best[next-1]:
			i++
		default:
			j++
		}
	}
	return pairs, int(best[0])
}

// nextAlike pairs each line of a with the next of b that has the same text.
func nextAlike(a, b []string) (pairs []int, score int) {
	places := map[string][]int{}
	for j, line := range b {
		line = strings.TrimSpace(line)
		places[line] = append(places[line], j+1)
	}
	pairs = make([]int, len(a))
	last := 0
	for i, line := range a {
		text := strings.TrimSpace(line)
		next := places[text]
		for len(next) > 0 && next[0] <= last {
			next = next[1:]
		}
		places[text] = next
		if len(next) > 0 {
			last = next[0]
			pairs[i], score = last, score+trimmed
		}
	}
	return pairs, score
}

// place is where a range of the rendered text is written. It is exact when the
// line of the template has the same text.
func (a *alignment) place(s manifest.Span) (at manifest.Span, exact bool) {
	start, exact := a.offset(s.Start)
	if !exact {
		return a.near(s.Start), false
	}
	at = manifest.Span{File: a.template, Start: start, End: start}
	if s.End <= s.Start {
		return at, true
	}
	if end, ok := a.offset(s.End - 1); ok && end >= start {
		at.End = end + 1
		return at, true
	}
	line := a.template.Position(start).Line
	at.End = max(start, a.template.LineStart(line)+len(strings.TrimRight(a.template.Line(line), " \t")))
	return at, a.rendered.Position(s.Start).Line != a.rendered.Position(s.End-1).Line
}

// offset is the place of one byte of the rendered text; ok is false when its
// line does not stand in the template as it is, or before the action in it.
func (a *alignment) offset(rendered int) (at int, ok bool) {
	n := a.rendered.Position(rendered).Line
	i := n - a.first
	if i < 0 || i >= len(a.lines) || !a.sure[i] {
		return 0, false
	}
	text, literal := a.rendered.Line(n), a.template.Line(a.lines[i])
	indent := len(text) - len(strings.TrimLeft(text, " \t"))
	room := len(literal) - len(strings.TrimLeft(literal, " \t"))
	column := rendered - a.rendered.LineStart(n) - indent
	if column < 0 {
		return 0, false
	}
	if strings.TrimSpace(text) != strings.TrimSpace(literal) {
		return 0, false
	}
	return a.template.LineStart(a.lines[i]) + room + column, true
}

// near is the line of the template that goes with a rendered place, else that
// of the last line before it that has one.
func (a *alignment) near(rendered int) manifest.Span {
	i := min(a.rendered.Position(rendered).Line-a.first, len(a.lines)-1)
	for i >= 0 && a.lines[i] == 0 {
		i--
	}
	line := a.begin
	if i >= 0 {
		line = a.lines[i]
	}
	text := a.template.Line(line)
	body := strings.TrimSpace(text)
	start := a.template.LineStart(line) + strings.Index(text, body)
	return manifest.Span{File: a.template, Start: start, End: start + len(body)}
}
