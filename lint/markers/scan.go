package markers

import (
	"path"
	"regexp"
	"strings"
	"sync"

	"github.com/seaworthy-lint/seaworthy/lint/manifest"
)

// comment is a comment of a YAML file or of a template in it.
type comment struct {
	// text is what follows the "#", or what a template's comment holds.
	text string
	// line is where it begins and last where it ends.
	line, last int
	// trailing tells that something stands before it on its line.
	trailing bool
	span     manifest.Span
}

// scan reads the lines of a file.
func scan(file *manifest.File) *scanner {
	s := &scanner{file: file, embeds: embedsPatches(file.Path)}
	for n := 1; n <= file.Lines(); n++ {
		s.line(n, file.Line(n))
	}
	return s
}

// embedsPatches tells whether the block scalars of a file may be patches, whose
// comments speak for what the patches set.
func embedsPatches(name string) bool {
	switch strings.ToLower(path.Base(name)) {
	case "kustomization.yaml", "kustomization.yml", "kustomization":
		return true
	}
	return false
}

// scanner follows quotes, block scalars and template comments through lines
// that need not be YAML. It knows where a value may begin, so that the
// apostrophe in a plain text opens nothing.
type scanner struct {
	file   *manifest.File
	embeds bool
	found  []comment
	// outside are the lines that do not begin inside a scalar or a comment of a
	// template.
	outside []int

	quote byte // the quote that is open, or 0
	depth int  // of flow collections
	// scalar is how far the lines of an open block scalar are indented at least;
	// 0 outside of one.
	scalar int
	// open tells that a template's comment goes on, and opened which was the
	// first that it made.
	open   bool
	opened int
}

func (s *scanner) line(n int, line string) {
	if s.open {
		s.template(n, line, 0)
		return
	}
	indent := indentation(line)
	if s.scalar > 0 {
		if indent == len(line) || indent >= s.scalar {
			return
		}
		s.scalar = 0
	}
	if s.quote == 0 {
		s.outside = append(s.outside, n)
	}
	if isDocumentMarker(line) {
		s.quote, s.depth = 0, 0
	}
	s.walk(n, line, indent)
}

func indentation(line string) int { return len(line) - len(strings.TrimLeft(line, " \t")) }

func isDocumentMarker(line string) bool {
	rest, ok := strings.CutPrefix(line, "---")
	if !ok {
		rest, ok = strings.CutPrefix(line, "...")
	}
	return ok && (rest == "" || rest[0] == ' ' || rest[0] == '\t')
}

var blockHeader = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`^[|>][0-9+-]*[ \t]*(?:#.*)?$`) })

// walk looks for a comment in the rest of a line, from byte i.
func (s *scanner) walk(n int, line string, i int) {
	// column is where the block that holds the next value is indented to; due
	// tells that a value may begin.
	column, due := i, true
	closes := strings.LastIndex(line, "}}") // no action ends behind it
	for ; i < len(line); i++ {
		rest := line[i:]
		if end, isComment := action(rest, i < closes); end > 0 {
			if isComment {
				s.template(n, line, i)
				return
			}
			i, due = i+end-1, false
			continue
		}
		if s.quote != 0 {
			i += s.inQuote(rest)
			continue
		}
		switch c := line[i]; {
		case c == ' ' || c == '\t':
		case c == '#' && (i == 0 || isBlank(line[i-1])):
			s.add(n, line, i+1, len(line), i)
			return
		case (c == '"' || c == '\'') && due:
			s.quote, due = c, false
		case due && s.depth == 0 && blockHeader().MatchString(rest):
			s.openScalar(column)
		case c == '-' && due && endsWord(rest):
			if next := i + 1 + indentation(line[i+1:]); next < len(line) && line[next] != '|' && line[next] != '>' {
				column = next
			}
		case c == ':' && endsWord(rest):
			due = true
		default:
			due = s.plain(c, due)
			if due && (c == '!' || c == '&') {
				word, _ := cutWord(rest)
				i += len(word) - 1
			}
		}
	}
}

// openScalar notes that the lines below belong to a block scalar, unless it may
// be a patch.
func (s *scanner) openScalar(column int) {
	if !s.embeds {
		s.scalar = column + 1
	}
}

// plain follows any other character outside quotes, and tells whether a value
// may begin after it.
func (s *scanner) plain(c byte, due bool) bool {
	switch {
	case (c == '[' || c == '{') && due:
		s.depth++
		return true
	case (c == ']' || c == '}') && s.depth > 0:
		s.depth--
		return false
	case c == ',' && s.depth > 0:
		return true
	}
	return due && (c == '!' || c == '&')
}

// inQuote follows a character inside quotes; it returns how many more to skip.
func (s *scanner) inQuote(rest string) int {
	switch {
	case s.quote == '"' && rest[0] == '\\':
		return 1
	case rest[0] != s.quote:
	case s.quote == '\'' && strings.HasPrefix(rest, "''"):
		return 1
	default:
		s.quote = 0
	}
	return 0
}

func isBlank(c byte) bool { return c == ' ' || c == '\t' }

// endsWord tells whether the first character stands at the end of a word.
func endsWord(rest string) bool { return len(rest) == 1 || isBlank(rest[1]) }

// action is the length of a template action that a text begins with, 0 when it
// begins with none that ends on its line, which closes tells; isComment tells
// that it is a comment, whose length does not matter.
func action(text string, closes bool) (length int, isComment bool) {
	if !strings.HasPrefix(text, "{{") {
		return 0, false
	}
	if body := strings.TrimLeft(strings.TrimPrefix(text[2:], "-"), " \t"); strings.HasPrefix(body, "/*") {
		return 2, true
	}
	if !closes {
		return 0, false
	}
	return strings.Index(text, "}}") + 2, false
}

// template takes up a template's comment: each of its lines is a comment that
// speaks for what follows the whole.
func (s *scanner) template(n int, line string, i int) {
	begin := i
	if !s.open {
		s.open, s.opened = true, len(s.found)
		begin = i + strings.Index(line[i:], "/*") + 2
	}
	text, rest, closed := strings.Cut(line[begin:], "*/")
	s.add(n, line, begin, begin+len(text), i)
	if !closed {
		return
	}
	s.open = false
	for k := s.opened; k < len(s.found); k++ {
		s.found[k].last = n
	}
	if _, after, ok := strings.Cut(rest, "}}"); ok {
		s.walk(n, line, len(line)-len(after))
	}
}

// add takes up the comment whose text stands between two bytes of a line, and
// which begins at a third.
func (s *scanner) add(n int, line string, from, to, begin int) {
	start := s.file.LineStart(n)
	s.found = append(s.found, comment{
		text: line[from:to], line: n, last: n, trailing: strings.TrimSpace(line[:begin]) != "",
		span: manifest.Span{File: s.file, Start: start + begin, End: start + to},
	})
}
