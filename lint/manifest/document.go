package manifest

import (
	"bytes"
	"encoding/json"
	"regexp"
	"unicode/utf8"
)

// Documents splits a file as a YAML 1.2 stream really splits: at "---" and
// "..." lines with trailing blanks or comments, directives belonging to the
// document that follows. A JSON file is a document for each value in it.
// Documents that hold nothing but comments are left out.
func Documents(f *File) []Span {
	if docs, ok := jsonDocuments(f); ok {
		return docs
	}
	s := splitter{file: f}
	starts := yamlLineStarts(f.Text, isASCII(f.Text))
	for i, start := range starts {
		end := len(f.Text)
		if i+1 < len(starts) {
			end = starts[i+1]
		}
		s.line(start, end)
	}
	s.finish(len(f.Text))
	return s.docs
}

func jsonDocuments(f *File) ([]Span, bool) {
	first := bytes.TrimLeft(f.Text, " \t\r\n")
	if len(first) == 0 || (first[0] != '{' && first[0] != '[') {
		return nil, false
	}
	var docs []Span
	dec := json.NewDecoder(bytes.NewReader(f.Text))
	for dec.More() {
		start := int(dec.InputOffset())
		var raw json.RawMessage
		if dec.Decode(&raw) != nil {
			return nil, false
		}
		end := int(dec.InputOffset())
		docs = append(docs, Span{File: f, Start: end - len(bytes.TrimLeft(f.Text[start:end], " \t\r\n")), End: end})
	}
	return docs, len(docs) > 0
}

// splitter cuts a stream into documents, a line at a time.
type splitter struct {
	file *File
	docs []Span
	// start is where the current document begins; directives tells that it
	// begins with directives, content that it holds something.
	start               int
	directives, content bool
}

func (s *splitter) line(start, end int) {
	line := s.file.Text[start:end]
	switch {
	case isMarker(line, "---"):
		if s.content {
			s.finish(start)
		}
		rest := line[len("---"):]
		if !s.directives {
			s.start = end - len(bytes.TrimLeft(rest, " \t"))
		}
		s.directives = false
		s.content = !isEmpty(rest)
	case isMarker(line, "..."):
		s.finish(start)
		s.start, s.directives = end, false
	case isEmpty(line):
	case line[0] == '%' && !s.content:
		if !s.directives {
			s.start, s.directives = start, true
		}
	default:
		s.content = true
	}
}

func (s *splitter) finish(end int) {
	if s.content {
		s.docs = append(s.docs, Span{File: s.file, Start: s.start, End: end})
	}
	s.start, s.content, s.directives = end, false, false
}

func isMarker(line []byte, marker string) bool {
	rest, ok := bytes.CutPrefix(line, []byte(marker))
	return ok && (len(rest) == 0 || isBlank(rest[0]) || bytes.IndexAny(rest, yamlBreaks) == 0)
}

// yamlBreaks are the line breaks of YAML 1.1 that editors do not know.
const yamlBreaks = "\u0085\u2028\u2029"

func isEmpty(line []byte) bool {
	for i, c := range line {
		switch {
		case isBlank(c):
		case c >= utf8.RuneSelf:
			line = bytes.TrimLeft(line[i:], " \t\r\n\uFEFF"+yamlBreaks)
			return len(line) == 0 || line[0] == '#'
		default:
			return c == '#'
		}
	}
	return true
}

// Header is what a scan of the lines, without parsing, tells of a document.
type Header struct {
	APIVersion, Kind string
	// Sure tells that a parser would see the same. When it is false, only
	// parsing can tell what the document is.
	Sure bool
}

var (
	plainKey    = regexp.MustCompile(`^[A-Za-z][A-Za-z0-9_.-]*:(?:[ \t\r\n]|$)`)
	plainHeader = regexp.MustCompile(`^(apiVersion|kind):[ \t]+(?:([A-Za-z0-9./_-]+)|"([A-Za-z0-9./_-]+)"|'([A-Za-z0-9./_-]+)')[ \t]*(?:#[^"'\r\n]*)?[\r\n]*$`)
)

// Sniff reads apiVersion and kind off a document's lines. It must not be
// fooled into taking an object for another kind: anything that is not a plain
// block map whose apiVersion and kind stand once, on a line each, is unsure.
func Sniff(doc Span) Header {
	text := doc.File.Text[doc.Start:doc.End]
	if !bytes.Contains(text, []byte("kind")) && !bytes.Contains(text, []byte("apiVersion")) && bytes.IndexByte(text, '\\') < 0 {
		return Header{Sure: true}
	}
	scan := headerScan{}
	for len(text) > 0 {
		line := text
		if i := bytes.IndexByte(text, '\n'); i >= 0 {
			line = text[:i+1]
		}
		text = text[len(line):]
		if !scan.line(line) {
			return Header{}
		}
	}
	h := scan.header
	h.Sure = scan.headers < 2 || scan.headers == 2 && h.Kind != "" && h.APIVersion != ""
	return h
}

// headerScan reads a document line by line.
type headerScan struct {
	header  Header
	headers int
	// inKey tells that a top-level key came before, and afterHeader that the
	// line before was kind or apiVersion, which an indented line would go on.
	inKey, afterHeader bool
}

// line reads one line; it is false when only a parser could read it.
func (s *headerScan) line(line []byte) bool {
	if i := bytes.IndexByte(line, '\r'); i >= 0 && i < len(bytes.TrimRight(line, "\r\n")) {
		return false // a bare CR is a line break too
	}
	c := line[0]
	switch {
	case c == '#' || isEmpty(line):
		return true
	case c == ' ' || bytes.HasPrefix(line, []byte("- ")):
		return s.inKey && !s.afterHeader
	case !plainKey.Match(line):
		return false
	}
	s.inKey, s.afterHeader = true, false
	if !bytes.HasPrefix(line, []byte("kind:")) && !bytes.HasPrefix(line, []byte("apiVersion:")) {
		return true
	}
	m := plainHeader.FindSubmatch(line)
	if m == nil || !isPlainString(string(m[2])) {
		return false
	}
	s.headers++
	s.afterHeader = true
	value := string(m[2]) + string(m[3]) + string(m[4])
	if m[1][0] == 'k' {
		s.header.Kind = value
	} else {
		s.header.APIVersion = value
	}
	return true
}

// isPlainString tells whether a plain scalar is a string, and not a number or
// another word that YAML reads otherwise.
func isPlainString(text string) bool {
	typ, _, err := resolvePlain(text)
	return text == "" || typ == String && err == nil
}
