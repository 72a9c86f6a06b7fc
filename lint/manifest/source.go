package manifest

import (
	"bytes"
	"sort"
	"strings"
	"unicode/utf8"

	"sigs.k8s.io/kustomize/kyaml/yaml"
)

// source turns the YAML library's lines and columns into bytes of the file,
// and finds where values end, which the library does not tell.
type source struct {
	file  *File
	base  int
	text  []byte
	lines []int
	ascii bool
}

func newSource(span Span) *source {
	text := span.File.Text[span.Start:span.End]
	s := &source{file: span.File, base: span.Start, text: text, ascii: isASCII(text)}
	s.lines = yamlLineStarts(text, s.ascii)
	return s
}

func isASCII(text []byte) bool {
	for _, c := range text {
		if c >= utf8.RuneSelf {
			return false
		}
	}
	return true
}

// yamlLineStarts splits as the library counts: at LF, CRLF, CR, U+0085, U+2028
// and U+2029.
func yamlLineStarts(text []byte, ascii bool) []int {
	if ascii {
		return lineStarts(text)
	}
	starts := []int{0}
	for i := 0; i < len(text); {
		r, size := utf8.DecodeRune(text[i:])
		i += size
		switch r {
		case '\r':
			if i < len(text) && text[i] == '\n' {
				i++
			}
			starts = append(starts, i)
		case '\n', 0x85, 0x2028, 0x2029:
			starts = append(starts, i)
		}
	}
	return starts
}

// offset is the byte of the file at which a node starts.
func (s *source) offset(y *yaml.Node) int {
	if y.Line < 1 || y.Line > len(s.lines) {
		return s.base
	}
	at := s.lines[y.Line-1]
	if s.ascii {
		return s.base + min(at+y.Column-1, len(s.text))
	}
	for column := 1; column < y.Column && at < len(s.text); column++ {
		_, size := utf8.DecodeRune(s.text[at:])
		at += size
	}
	return s.base + at
}

// saysString tells whether the properties of a value hold the tag "!", which
// makes a string of a plain scalar and which the library does not pass on.
func (s *source) saysString(i int) bool {
	for i < len(s.text) && (s.text[i] == '&' || s.text[i] == '!') {
		start := i
		i = s.propertyEnd(i)
		if i == start+1 && s.text[start] == '!' {
			return true
		}
		i = s.skipBlank(i)
	}
	return false
}

// scalarEnd is where a scalar that starts at the offset ends.
func (s *source) scalarEnd(y *yaml.Node, start int) int {
	i := s.skipProperties(start - s.base)
	switch {
	case y.Style&yaml.DoubleQuotedStyle != 0:
		i = s.quotedEnd(i, '"')
	case y.Style&yaml.SingleQuotedStyle != 0:
		i = s.quotedEnd(i, '\'')
	case y.Style&(yaml.LiteralStyle|yaml.FoldedStyle) != 0:
		i = s.blockEnd(i)
	default:
		i = s.plainEnd(i, y.Value)
	}
	return s.base + max(i, start-s.base)
}

// skipProperties passes over anchors and tags in front of a value.
func (s *source) skipProperties(i int) int {
	for i < len(s.text) && (s.text[i] == '&' || s.text[i] == '!') {
		i = s.skipBlank(s.propertyEnd(i))
	}
	return i
}

// propertyEnd is where an anchor or tag ends: at white space or a line break.
func (s *source) propertyEnd(i int) int {
	if end := bytes.IndexAny(s.text[i:], " \t\r\n"+yamlBreaks); end >= 0 {
		return i + end
	}
	return len(s.text)
}

func isBlank(c byte) bool { return c == ' ' || c == '\t' || c == '\n' || c == '\r' }

// skipBlank passes over white space and comments.
func (s *source) skipBlank(i int) int {
	for i < len(s.text) {
		switch {
		case isBlank(s.text[i]):
			i++
		case s.text[i] == '#' && (i == 0 || isBlank(s.text[i-1])):
			for i < len(s.text) && s.text[i] != '\n' && s.text[i] != '\r' {
				i++
			}
		default:
			return i
		}
	}
	return i
}

func (s *source) quotedEnd(i int, quote byte) int {
	for i++; i < len(s.text); i++ {
		switch {
		case s.text[i] == '\\' && quote == '"':
			i++
		case s.text[i] == quote && quote == '\'' && i+1 < len(s.text) && s.text[i+1] == quote:
			i++
		case s.text[i] == quote:
			return i + 1
		}
	}
	return len(s.text)
}

// plainEnd walks source and value side by side: they differ in white space
// only.
func (s *source) plainEnd(i int, value string) int {
	end := i
	for len(value) > 0 && i < len(s.text) {
		if isBlank(value[0]) {
			value = strings.TrimLeft(value, " \t\r\n")
			for i < len(s.text) && isBlank(s.text[i]) {
				i++
			}
			continue
		}
		if s.text[i] != value[0] {
			if isBlank(s.text[i]) {
				i++
				continue
			}
			return end
		}
		i, value = i+1, value[1:]
		end = i
	}
	return end
}

// blockEnd ends a literal or folded scalar after its last line that is
// indented at least like its first.
func (s *source) blockEnd(i int) int {
	end := len(s.text)
	if nl := bytes.IndexAny(s.text[i:], "\r\n"); nl >= 0 {
		end = i + nl
	}
	indent := -1
	for next := s.lineAfter(end); next < len(s.text); {
		lineEnd := len(s.text)
		if nl := bytes.IndexAny(s.text[next:], "\r\n"); nl >= 0 {
			lineEnd = next + nl
		}
		line := s.text[next:lineEnd]
		body := bytes.TrimLeft(line, " ")
		if len(bytes.TrimSpace(body)) > 0 {
			width := len(line) - len(body)
			if indent < 0 {
				indent = width
			}
			if width < indent || indent == 0 {
				break
			}
			end = lineEnd
		}
		next = s.lineAfter(lineEnd)
	}
	return end
}

func (s *source) lineAfter(i int) int {
	if i < len(s.text) && s.text[i] == '\r' {
		i++
	}
	if i < len(s.text) && s.text[i] == '\n' {
		i++
	}
	if i == len(s.text) {
		return i + 1
	}
	return i
}

// collectionEnd is where a map or list ends: after the bracket of a flow
// collection, else with its last value.
func (s *source) collectionEnd(y *yaml.Node, start, last int) int {
	open := s.skipProperties(start - s.base)
	if y.Style&yaml.FlowStyle == 0 || open >= len(s.text) {
		return max(last, start)
	}
	i := open + 1
	if len(y.Content) > 0 {
		i = max(i, last-s.base)
	}
	for i < len(s.text) {
		i = s.skipBlank(i)
		if i >= len(s.text) {
			break
		}
		switch s.text[i] {
		case ']', '}':
			return s.base + i + 1
		case ',', ':', '?':
			i++
		default:
			return max(last, start)
		}
	}
	return max(last, start)
}

// maxSearched is up to which size the line of a problem is searched for, which
// parses the document a dozen times.
const maxSearched = 1 << 20

// problemLine finds the line on which a problem first shows: a parser reads
// from left to right, so every prefix that holds the problem fails alike.
func (s *source) problemLine(fails func(prefix int) bool) (start, end int) {
	if len(s.text) > maxSearched {
		return 0, len(s.text)
	}
	lineEnd := func(line int) int {
		if line+1 < len(s.lines) {
			return s.lines[line+1]
		}
		return len(s.text)
	}
	line := sort.Search(len(s.lines)-1, func(line int) bool { return fails(lineEnd(line)) })
	return s.lines[line], lineEnd(line)
}

// problemOffset is the place of a syntax error on a line: the tab, alias or
// colon that the reason names, else the first character that is not blank.
func (s *source) problemOffset(start, end int, reason string) int {
	area := s.text[start:end]
	if strings.Contains(reason, "cannot start any token") {
		if i := bytes.IndexByte(area, '\t'); i >= 0 && len(bytes.TrimLeft(area[:i], " ")) == 0 {
			return s.base + start + i
		}
	}
	if name, ok := strings.CutPrefix(reason, "unknown anchor '"); ok {
		name, _, _ = strings.Cut(name, "'")
		if i := bytes.Index(area, []byte("*"+name)); i >= 0 {
			return s.base + start + i
		}
	}
	if strings.Contains(reason, "mapping values are not allowed") {
		if i := bytes.LastIndex(area, []byte(": ")); i >= 0 {
			return s.base + start + i
		}
	}
	return s.base + start + len(area) - len(bytes.TrimLeft(area, " \t\r\n"))
}
