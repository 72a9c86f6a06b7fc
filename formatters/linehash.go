package formatters

import (
	"strconv"
	"unicode/utf16"
	"unicode/utf8"
)

// GitHub follows an alert by a hash of its line that its upload action
// computes (github/codeql-action, src/fingerprints.ts). Any other value makes
// the action warn of each result, and a REST upload has no value at all, so the
// same hash is computed here: a rolling hash of the first 100 UTF-16 code units
// from the line's start, blanks and tabs left out, each line break one LF, all
// arithmetic modulo 2^64. The action reads the file as it lies on the disk: a
// byte order mark is a character of the first line.
const (
	hashWindow = 100
	hashBase   = 37
	endOfFile  = 0xFFFF
)

// lineHash is the hash of a line. Lines with the same sum are told apart by
// counting them in the order of the file, from 1.
type lineHash struct {
	sum        uint64
	occurrence int
}

func (h lineHash) String() string {
	return strconv.FormatUint(h.sum, 16) + ":" + strconv.Itoa(h.occurrence)
}

// lineHashes are the hashes of lines 1 to last of a file, fewer when it has
// fewer lines.
func lineHashes(raw []byte, last int) []lineHash {
	h := lineHasher{lineStart: true, last: last, leaving: 1, seen: map[uint64]int{}}
	for range hashWindow {
		h.leaving *= hashBase
	}
	for i := 0; i < len(raw) && len(h.hashes) < last; {
		r, size := decodeRune(raw[i:])
		i += size
		if r < 0x10000 {
			h.character(uint16(r))
			continue
		}
		first, second := utf16.EncodeRune(r)
		h.character(uint16(first))
		h.character(uint16(second))
	}
	h.character(endOfFile)
	for range hashWindow {
		h.push(0)
	}
	return h.hashes
}

// lineHasher holds the last 100 kept characters in a ring and their hash.
type lineHasher struct {
	kept   [hashWindow]uint16
	starts [hashWindow]bool // whether a line starts with the character
	next   int
	sum    uint64
	// leaving is what the hash multiplied the oldest character with.
	leaving            uint64
	lineStart, afterCR bool
	seen               map[uint64]int
	hashes             []lineHash
	last               int
}

func (h *lineHasher) character(c uint16) {
	afterCR := h.afterCR
	h.afterCR = c == '\r'
	switch {
	case c == ' ' || c == '\t' || c == '\n' && afterCR:
		return
	case c == '\r':
		c = '\n'
	}
	at := h.next
	h.push(c)
	h.starts[at] = h.lineStart
	h.lineStart = c == '\n'
}

// push takes a character in and the one 100 before it out. When a line started
// with that one, the hash is the line's.
func (h *lineHasher) push(c uint16) {
	if h.starts[h.next] && len(h.hashes) < h.last {
		h.seen[h.sum]++
		h.hashes = append(h.hashes, lineHash{sum: h.sum, occurrence: h.seen[h.sum]})
	}
	h.starts[h.next] = false
	h.sum = h.sum*hashBase + uint64(c) - h.leaving*uint64(h.kept[h.next])
	h.kept[h.next] = c
	h.next = (h.next + 1) % hashWindow
}

// decodeRune reads a character as the WHATWG encoding standard does, which
// node.js follows: the bytes of a character that breaks off become one U+FFFD
// together, where Go makes one of each. It matters for UTF-16 files, whose
// bytes the action takes for UTF-8.
func decodeRune(b []byte) (rune, int) {
	r, size := utf8.DecodeRune(b)
	if r == utf8.RuneError && size == 1 {
		return r, brokenLength(b)
	}
	return r, size
}

// brokenLength counts the bytes at the start of b that could have begun a
// character (table 3-7 of the Unicode standard), at least one.
func brokenLength(b []byte) int {
	low, high := byte(0x80), byte(0xBF)
	switch lead := b[0]; {
	case lead < 0xE0 || lead > 0xF4:
		return 1
	case lead == 0xE0:
		low = 0xA0
	case lead == 0xED:
		high = 0x9F
	case lead == 0xF0:
		low = 0x90
	case lead == 0xF4:
		high = 0x8F
	}
	if len(b) < 2 || b[1] < low || b[1] > high {
		return 1
	}
	if b[0] >= 0xF0 && len(b) > 2 && b[2] >= 0x80 && b[2] <= 0xBF {
		return 3
	}
	return 2
}
