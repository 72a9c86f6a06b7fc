package manifest

import (
	"bytes"
	"fmt"
	"sort"
	"unicode/utf16"
	"unicode/utf8"
)

// File is the text of one input, decoded to UTF-8 without a byte order mark.
// All offsets in a Span count bytes of Text.
type File struct {
	// Path is how the file is named in reports: slashes, relative to the
	// repository root.
	Path string
	// Text is the content as UTF-8, without a byte order mark.
	Text []byte
	// Raw is the content as it was read, for fingerprints that count its bytes.
	Raw []byte

	lines []int // byte offsets at which physical lines start
}

// TextError says why bytes are not text, and where.
type TextError struct {
	Line, Column int
	Reason       string
}

func (e *TextError) Error() string { return e.Reason }

// NewFile decodes content (UTF-8 or UTF-16 with a byte order mark). The file
// is usable for positions also when the error, a *TextError, is not nil.
func NewFile(path string, content []byte) (*File, error) {
	f := &File{Path: path, Raw: content}
	text, err := decode(content)
	f.Text = text
	f.lines = lineStarts(text)
	if err != nil {
		return f, err
	}
	if at, reason := firstNonText(text); at >= 0 {
		p := f.Position(at)
		return f, &TextError{Line: p.Line, Column: p.Column, Reason: reason}
	}
	return f, nil
}

func decode(content []byte) ([]byte, error) {
	switch {
	case bytes.HasPrefix(content, []byte{0xEF, 0xBB, 0xBF}):
		return content[3:], nil
	case bytes.HasPrefix(content, []byte{0xFF, 0xFE}):
		return decodeUTF16(content[2:], 0)
	case bytes.HasPrefix(content, []byte{0xFE, 0xFF}):
		return decodeUTF16(content[2:], 1)
	}
	return content, nil
}

// decodeUTF16 reads code units whose low byte stands at index low of each pair.
func decodeUTF16(b []byte, low int) ([]byte, error) {
	units := make([]uint16, len(b)/2)
	for i := range units {
		units[i] = uint16(b[2*i+low]) | uint16(b[2*i+1-low])<<8
	}
	text := []byte(string(utf16.Decode(units)))
	if len(b)%2 != 0 {
		return text, &TextError{Line: 1, Column: 1, Reason: "UTF-16 text ends in the middle of a character"}
	}
	return text, nil
}

// firstNonText finds the first byte that no YAML text may hold. Other control
// characters are left to the parser, which knows where they are allowed.
func firstNonText(text []byte) (int, string) {
	if i := bytes.IndexByte(text, 0); i >= 0 {
		return i, "not text: it holds a NUL byte"
	}
	if utf8.Valid(text) {
		return -1, ""
	}
	for i := 0; i < len(text); {
		r, size := utf8.DecodeRune(text[i:])
		if r == utf8.RuneError && size == 1 {
			return i, fmt.Sprintf("not UTF-8: byte 0x%02X (save the file as UTF-8)", text[i])
		}
		i += size
	}
	return -1, ""
}

// lineStarts splits at LF, CRLF and CR: physical lines as editors number
// them, whatever YAML says of U+0085, U+2028 and U+2029.
func lineStarts(text []byte) []int {
	starts := make([]int, 1, 1+bytes.Count(text, []byte{'\n'}))
	for i := 0; i < len(text); i++ {
		switch text[i] {
		case '\n':
			starts = append(starts, i+1)
		case '\r':
			if i+1 < len(text) && text[i+1] == '\n' {
				i++
			}
			starts = append(starts, i+1)
		}
	}
	return starts
}

// Position is a place in a file as people and formats count: lines and columns
// from 1, Column in characters, UTF16 in UTF-16 code units.
type Position struct {
	Line, Column, UTF16 int
}

// Position turns a byte offset of Text into a line and columns. Offsets
// outside the text count as its nearest end.
func (f *File) Position(offset int) Position {
	offset = max(0, min(offset, len(f.Text)))
	line := sort.SearchInts(f.lines, offset+1) - 1
	p := Position{Line: line + 1, Column: 1, UTF16: 1}
	for _, r := range string(f.Text[f.lines[line]:offset]) {
		p.Column++
		p.UTF16 += max(1, utf16.RuneLen(r))
	}
	return p
}

// Lines is the number of physical lines.
func (f *File) Lines() int { return len(f.lines) }

// LineStart is the byte offset of line n (from 1).
func (f *File) LineStart(n int) int { return f.lines[max(1, min(n, len(f.lines)))-1] }

// Line is the text of physical line n (from 1) without its line break, or ""
// when there is no such line.
func (f *File) Line(n int) string {
	if n < 1 || n > len(f.lines) {
		return ""
	}
	end := len(f.Text)
	if n < len(f.lines) {
		end = f.lines[n]
	}
	return string(bytes.TrimRight(f.Text[f.lines[n-1]:end], "\r\n"))
}

// Span is a range of bytes of a file; End is exclusive.
type Span struct {
	File       *File
	Start, End int
}

// Text is the spanned source text.
func (s Span) Text() string {
	if s.File == nil || s.Start > s.End || s.End > len(s.File.Text) {
		return ""
	}
	return string(s.File.Text[s.Start:s.End])
}
