package markers

import (
	"regexp"
	"strings"
	"sync"

	"github.com/seaworthy-lint/seaworthy/lint/manifest"
)

// layout tells from the indentation of lines what a comment above one of them
// speaks for. Templates are no YAML before they are rendered, so that nothing
// can be parsed here.
type layout struct {
	file  *manifest.File
	lines []lineShape // from line 1
	// documents are those that markers part.
	documents []Lines
	// content is the first line with content, 0 when there is none.
	content int
	// ends are the last lines of blocks by their first, as they are asked for.
	ends map[int]int
}

type lineShape struct {
	indent int
	// silent lines have no content: they are empty, comments, separate documents
	// or steer a template.
	silent bool
	// marker lines separate documents.
	marker bool
	// item lines begin an item of a list; head lines begin a resource.
	item, head bool
	// next is the next line with content, and document which document the line
	// belongs to.
	next, document int
}

var (
	controlLine = sync.OnceValue(func() *regexp.Regexp {
		return regexp.MustCompile(`^\{\{-?\s*(?:/\*.*|(?:if|else|end|range|with|define|block|template|fail|\$[A-Za-z0-9_]*\s*:?=)\b.*)\}\}$|^\{\{-?\s*/\*|^\{\{-?\s*\$[A-Za-z0-9_]*\s*:?=.*\}\}$`)
	})
	headKey = sync.OnceValue(func() *regexp.Regexp {
		return regexp.MustCompile(`^["']?(?:apiVersion|kind|metadata)["']?:|^\{`)
	})
)

func newLayout(file *manifest.File) *layout {
	l := &layout{file: file, lines: make([]lineShape, file.Lines()), ends: map[int]int{}, documents: []Lines{{First: 1}}}
	began := false
	for i := range l.lines {
		line := file.Line(i + 1)
		body := strings.TrimSpace(line)
		s := lineShape{indent: indentation(line), marker: isDocumentMarker(line)}
		s.silent = s.marker || body == "" || body[0] == '#' || controlLine().MatchString(body)
		s.item = body == "-" || strings.HasPrefix(body, "- ")
		if !s.silent && l.content == 0 {
			l.content = i + 1
		}
		if s.marker {
			began = false
			l.documents = append(l.documents, Lines{First: i + 2})
		} else if !s.silent {
			s.head = !began && s.indent == 0 && headKey().MatchString(body)
			began = true
		}
		s.document = len(l.documents) - 1
		l.documents[s.document].Last = i + 1
		l.lines[i] = s
	}
	next := len(l.lines) + 1
	for i := len(l.lines) - 1; i >= 0; i-- {
		l.lines[i].next = next
		if !l.lines[i].silent {
			next = i + 1
		}
	}
	return l
}

// at is the shape of line n.
func (l *layout) at(n int) lineShape { return l.lines[n-1] }

// contentBefore tells whether anything but comments stands above line n.
func (l *layout) contentBefore(n int) bool { return l.content != 0 && l.content < n }

// document are the lines of the document that holds line n.
func (l *layout) document(n int) Lines { return l.documents[l.at(n).document] }

// below are the lines of what begins on the first line with content after line
// n: a field with all in it, an item of a list, or, where a resource begins,
// the whole document.
func (l *layout) below(n int) Lines {
	first := l.at(n).next
	if first > len(l.lines) {
		return Lines{}
	}
	if l.ends[first] == 0 {
		l.ends[first] = l.end(first)
	}
	return Lines{first, l.ends[first]}
}

// end is the last line of what begins on a line with content.
func (l *layout) end(first int) int {
	begin := l.at(first)
	if begin.head {
		return l.document(first).Last
	}
	last := first
	for next := begin.next; next <= len(l.lines); next = l.at(next).next {
		s := l.at(next)
		if s.indent < begin.indent || s.indent == begin.indent && (begin.item || !s.item) || s.document != begin.document {
			break
		}
		last = next
	}
	return last
}
