package formatters

import (
	"fmt"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/seaworthy-lint/seaworthy/lint"
	"github.com/seaworthy-lint/seaworthy/lint/manifest"
)

const (
	// excerptColumns is how wide an excerpt may be.
	excerptColumns = 110
	// longLine is from how many bytes on a line is no longer read for what it
	// holds beside the finding: minified JSON is a single line.
	longLine = 1000

	masked   = "•••"
	ellipsis = "…"
)

// excerpt is what is shown of the source line on which a finding lies. Its
// texts are safe to print: credentials beside the finding are hidden, and
// control characters are written out.
type excerpt struct {
	// Line is the number of the line, 0 when there is none to show.
	Line int
	Text string
	// Marker has carets under the columns of the finding.
	Marker string
}

// excerptOf is the excerpt of a finding. The value that a rule on secrets
// reports is shown only where the rule shows it itself, or where it is known
// which part of the line is the secret.
func excerptOf(f *lint.Finding) excerpt {
	text := f.Span.Text()
	hide := f.Rule.Family == "secrets" && len(f.Concealed) == 0 && (f.Value == "" || !strings.Contains(text, f.Value))
	return newExcerpt(f.Span, hide, f.Object != nil && f.Object.Kind == "Secret", f.Concealed...)
}

// newExcerpt shows the line on which the span starts. hide hides the value in
// the span too; inSecret takes every other value of the line for a secret;
// concealed are parts of the line that are hidden whatever they are.
func newExcerpt(span manifest.Span, hide, inSecret bool, concealed ...manifest.Span) excerpt {
	if span.File == nil {
		return excerpt{}
	}
	text := span.File.Text
	start := max(0, min(span.Start, len(text)))
	number := span.File.Position(start).Line
	lineStart, lineEnd := span.File.LineStart(number), len(text)
	if number < span.File.Lines() {
		lineEnd = span.File.LineStart(number + 1)
	}
	for lineEnd > lineStart && (text[lineEnd-1] == '\n' || text[lineEnd-1] == '\r') {
		lineEnd--
	}
	start = min(start, lineEnd)
	end := max(start, min(span.End, lineEnd))
	v := view{before: lineEnd-lineStart > longLine && start > lineStart}
	if lineEnd-lineStart > longLine {
		end = min(end, start+longLine)
		v.after = end < lineEnd
		lineStart, lineEnd = start, end
	}
	hidden := hiddenBytes(string(text[lineStart:lineEnd]), start-lineStart, end-lineStart, hide, inSecret)
	for _, s := range concealed {
		for i := max(s.Start, lineStart); i < min(s.End, lineEnd); i++ {
			hidden[i-lineStart] = true
		}
	}
	v.read(string(text[lineStart:lineEnd]), start-lineStart, end-lineStart, hidden)
	v.cut(excerptColumns)
	line, marker := v.render()
	return excerpt{Line: number, Text: line, Marker: marker}
}

// glyph is what is shown of one character, or of a run of hidden ones.
type glyph struct {
	text  string
	width int
}

// view is a line in the making. The glyphs from first to last (exclusive) are
// the finding's; before and after tell that there is more than is shown.
type view struct {
	glyphs        []glyph
	first, last   int
	before, after bool
}

func (v *view) read(line string, start, end int, hidden []bool) {
	v.first, v.last = -1, -1
	for i := 0; i < len(line); {
		if v.first < 0 && i >= start {
			v.first = len(v.glyphs)
		}
		if v.last < 0 && i >= end {
			v.last = len(v.glyphs)
		}
		if hidden[i] {
			for edge := nextEdge(i, start, end, len(line)); i < edge && hidden[i]; i++ {
			}
			v.glyphs = append(v.glyphs, glyph{masked, utf8.RuneCountInString(masked)})
			continue
		}
		r, size := utf8.DecodeRuneInString(line[i:])
		v.glyphs = append(v.glyphs, glyphOf(r, line[i:i+size]))
		i += size
	}
	if v.first < 0 {
		v.first = len(v.glyphs)
	}
	if v.last < 0 {
		v.last = len(v.glyphs)
	}
}

// nextEdge is where a run of hidden bytes ends at the latest: what is hidden in
// the finding and beside it stay apart, for the marker.
func nextEdge(i, start, end, length int) int {
	switch {
	case i < start:
		return start
	case i < end:
		return end
	}
	return length
}

// hiddenBytes tells which bytes of a line are not shown. Whole characters are
// hidden, so that no half of one is left.
func hiddenBytes(line string, start, end int, hide, inSecret bool) []bool {
	mask := maskLine(line, inSecret)
	hidden := mask.likely
	copy(hidden[start:end], mask.certain[start:end])
	if isKey := strings.HasPrefix(strings.TrimLeft(line[end:], " "), ":"); hide && !isKey {
		mask.hide(hidden, start+valueOffset(line[start:end]), end)
	}
	for i := 0; i < len(line); {
		_, size := utf8.DecodeRuneInString(line[i:])
		for k := i + 1; k < i+size; k++ {
			hidden[k] = hidden[i]
		}
		i += size
	}
	return hidden
}

// valueOffset is where the value begins in a key and its value or in a flag and
// its value; 0 for a bare value, which may hold a colon or end in "=" too.
func valueOffset(text string) int {
	names := lineNames(text)
	if len(names) == 0 || !names[0].pair || names[0].start > 1 {
		return 0
	}
	if n := names[0]; strings.HasPrefix(n.text, "-") || len(text[n.end:n.value]) > len(":") && strings.Contains(text[n.end:n.value], ":") {
		return n.value
	}
	return 0
}

// cut leaves as many columns as there is room for, the finding first, then as
// much on either side of it.
func (v *view) cut(columns int) {
	room := columns
	for _, c := range v.glyphs {
		room -= c.width
	}
	if room >= 0 {
		return
	}
	room = columns - 2*len([]rune(ellipsis))
	from, to := v.first, v.first
	for to < v.last && v.glyphs[to].width <= room {
		room -= v.glyphs[to].width
		to++
	}
	for grown := true; grown; {
		grown = false
		if from > 0 && v.glyphs[from-1].width <= room {
			from--
			room -= v.glyphs[from].width
			grown = true
		}
		if to >= v.last && to < len(v.glyphs) && v.glyphs[to].width <= room {
			room -= v.glyphs[to].width
			to++
			grown = true
		}
	}
	v.before, v.after = v.before || from > 0, v.after || to < len(v.glyphs)
	v.glyphs, v.first, v.last = v.glyphs[from:to], v.first-from, min(v.last, to)-from
}

func (v *view) render() (line, marker string) {
	var text, under strings.Builder
	if v.before {
		text.WriteString(ellipsis)
		under.WriteByte(' ')
	}
	carets := 0
	for i, c := range v.glyphs {
		text.WriteString(c.text)
		switch {
		case i < v.first:
			under.WriteString(strings.Repeat(" ", c.width))
		case i < v.last:
			under.WriteString(strings.Repeat("^", c.width))
			carets += c.width
		}
	}
	if carets == 0 {
		under.WriteByte('^')
	}
	if v.after {
		text.WriteString(ellipsis)
	}
	return strings.TrimRight(text.String(), " "), under.String()
}

func glyphOf(r rune, source string) glyph {
	if r == '\t' {
		return glyph{" ", 1}
	}
	if text := visibleRune(r, source); text != source {
		return glyph{text, len(text)}
	}
	return glyph{source, runeWidth(r)}
}

// visibleRune is how a character is printed. Only what has a shape is printed
// as it is: control characters, and those that turn or hide other text, could
// make a terminal say what the report does not.
func visibleRune(r rune, source string) string {
	switch {
	case r == utf8.RuneError && len(source) <= 1:
		return fmt.Sprintf(`\x%02x`, source)
	case strconv.IsPrint(r) || unicode.Is(unicode.Zs, r):
		return source
	case r < 0x80:
		return fmt.Sprintf(`\x%02x`, r)
	case r <= 0xffff:
		return fmt.Sprintf(`\u%04x`, r)
	}
	return fmt.Sprintf(`\U%08x`, r)
}

// plain makes any text safe to print on a terminal, on one line.
func plain(text string) string {
	text = withoutCredentials(text)
	var b strings.Builder
	for i := 0; i < len(text); {
		r, size := utf8.DecodeRuneInString(text[i:])
		b.WriteString(visibleRune(r, text[i:i+size]))
		i += size
	}
	return b.String()
}

// wide are the characters that take two columns on a terminal (the classes W
// and F of Unicode's EastAsianWidth.txt, in blocks).
var wide = &unicode.RangeTable{
	R16: []unicode.Range16{
		{0x1100, 0x115f, 1}, {0x231a, 0x231b, 1}, {0x2329, 0x232a, 1}, {0x23e9, 0x23ec, 1}, {0x23f0, 0x23f0, 1},
		{0x23f3, 0x23f3, 1}, {0x25fd, 0x25fe, 1}, {0x2614, 0x2615, 1}, {0x2648, 0x2653, 1}, {0x267f, 0x267f, 1},
		{0x2693, 0x2693, 1}, {0x26a1, 0x26a1, 1}, {0x26aa, 0x26ab, 1}, {0x26bd, 0x26be, 1}, {0x26c4, 0x26c5, 1},
		{0x26ce, 0x26ce, 1}, {0x26d4, 0x26d4, 1}, {0x26ea, 0x26ea, 1}, {0x26f2, 0x26f3, 1}, {0x26f5, 0x26f5, 1},
		{0x26fa, 0x26fa, 1}, {0x26fd, 0x26fd, 1}, {0x2705, 0x2705, 1}, {0x270a, 0x270b, 1}, {0x2728, 0x2728, 1},
		{0x274c, 0x274c, 1}, {0x274e, 0x274e, 1}, {0x2753, 0x2755, 1}, {0x2757, 0x2757, 1}, {0x2795, 0x2797, 1},
		{0x27b0, 0x27b0, 1}, {0x27bf, 0x27bf, 1}, {0x2b1b, 0x2b1c, 1}, {0x2b50, 0x2b50, 1}, {0x2b55, 0x2b55, 1},
		{0x2e80, 0x303e, 1}, {0x3041, 0x33ff, 1}, {0x3400, 0x4dbf, 1}, {0x4e00, 0xa4cf, 1}, {0xa960, 0xa97c, 1},
		{0xac00, 0xd7a3, 1}, {0xf900, 0xfaff, 1}, {0xfe10, 0xfe19, 1}, {0xfe30, 0xfe6f, 1}, {0xff01, 0xff60, 1},
		{0xffe0, 0xffe6, 1},
	},
	R32: []unicode.Range32{
		{0x16fe0, 0x18cff, 1}, {0x1aff0, 0x1b2ff, 1}, {0x1f004, 0x1f004, 1}, {0x1f0cf, 0x1f0cf, 1}, {0x1f18e, 0x1f18e, 1},
		{0x1f191, 0x1f19a, 1}, {0x1f200, 0x1f320, 1}, {0x1f32d, 0x1f335, 1}, {0x1f337, 0x1f37c, 1}, {0x1f37e, 0x1f393, 1},
		{0x1f3a0, 0x1f3ca, 1}, {0x1f3cf, 0x1f3d3, 1}, {0x1f3e0, 0x1f3f0, 1}, {0x1f3f4, 0x1f3f4, 1}, {0x1f3f8, 0x1f43e, 1},
		{0x1f440, 0x1f440, 1}, {0x1f442, 0x1f4fc, 1}, {0x1f4ff, 0x1f53d, 1}, {0x1f54b, 0x1f54e, 1}, {0x1f550, 0x1f567, 1},
		{0x1f57a, 0x1f57a, 1}, {0x1f595, 0x1f596, 1}, {0x1f5a4, 0x1f5a4, 1}, {0x1f5fb, 0x1f64f, 1}, {0x1f680, 0x1f6c5, 1},
		{0x1f6cc, 0x1f6cc, 1}, {0x1f6d0, 0x1f6d2, 1}, {0x1f6d5, 0x1f6d7, 1}, {0x1f6dc, 0x1f6df, 1}, {0x1f6eb, 0x1f6ec, 1},
		{0x1f6f4, 0x1f6fc, 1}, {0x1f7e0, 0x1f7eb, 1}, {0x1f7f0, 0x1f7f0, 1}, {0x1f90c, 0x1f93a, 1}, {0x1f93c, 0x1f945, 1},
		{0x1f947, 0x1f9ff, 1}, {0x1fa70, 0x1faff, 1}, {0x20000, 0x3fffd, 1},
	},
}

// runeWidth is how many columns a printable character takes.
func runeWidth(r rune) int {
	switch {
	case r < 0x300:
		return 1
	case unicode.In(r, unicode.Mn, unicode.Me) || r >= 0x1160 && r <= 0x11ff:
		return 0 // combining characters, and vowels and finals of Hangul syllables
	case unicode.Is(wide, r):
		return 2
	}
	return 1
}
