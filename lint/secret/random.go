package secret

import (
	"math"
	"strings"
)

// Random tells whether a text looks like a generated key: letters, digits and
// cases change often in it, or a word is too long for one. Texts of fewer than
// 20 bytes never do.
func Random(text string) bool { return isRandom(text, 20) }

func isRandom(text string, least int) bool {
	if len(text) < least || entropy(text) < 2.5 {
		return false
	}
	word := longestWord(text)
	return changes(text)*5 >= len(text) || len(word) >= least && !isPronounceable(word)
}

// isPronounceable tells words that were joined, as horizontalpodautoscaler,
// from random letters: a quarter of the former are vowels and none is a digit.
func isPronounceable(word string) bool {
	vowels := 0
	for i := range len(word) {
		if isDigit(word[i]) {
			return false
		}
		if strings.IndexByte("aeiouAEIOU", word[i]) >= 0 {
			vowels++
		}
	}
	return vowels*4 >= len(word)
}

// changes counts the places inside a word where letters, digits and cases
// change, but for a capital that begins a word.
func changes(text string) int {
	count := 0
	for i := 1; i < len(text); i++ {
		before, class := classOf(text[i-1]), classOf(text[i])
		if class != before && class != otherByte && before != otherByte && (before != upperByte || class != lowerByte) {
			count++
		}
	}
	return count
}

// longestWord is the longest run of letters and digits without a capital
// after a small letter.
func longestWord(text string) string {
	longest, start := "", 0
	for i := range len(text) {
		switch class := classOf(text[i]); {
		case class == otherByte:
			start = i + 1
		case i > start && class == upperByte && classOf(text[i-1]) == lowerByte:
			start = i
		}
		if word := text[start : i+1]; len(word) > len(longest) {
			longest = word
		}
	}
	return longest
}

type byteClass uint8

const (
	otherByte byteClass = iota
	lowerByte
	upperByte
	digitByte
)

func classOf(c byte) byteClass {
	switch {
	case isLower(c):
		return lowerByte
	case isUpper(c):
		return upperByte
	case isDigit(c):
		return digitByte
	}
	return otherByte
}

// isMixed tells base64 or base62 of random bytes from digests and words: small
// letters, and capitals or digits, and more than hexadecimal ones.
func isMixed(token string) bool {
	kinds := [4]bool{}
	for i := range len(token) {
		kinds[classOf(token[i])] = true
	}
	count := 0
	for _, kind := range kinds[lowerByte:] {
		if kind {
			count++
		}
	}
	return count >= 2 && !all(token, isHex) && entropy(token) >= 3.3
}

// entropy is Shannon's, in bits a byte.
func entropy(text string) float64 {
	var counts [256]int
	for i := range len(text) {
		counts[text[i]]++
	}
	bits := 0.0
	for _, n := range counts {
		if n > 0 {
			share := float64(n) / float64(len(text))
			bits -= share * math.Log2(share)
		}
	}
	return bits
}

// sampleMarks are what people write in tokens that are none.
var sampleMarks = []string{
	"example", "xxxx", "placeholder", "redacted", "dummy", "changeme", "replace", "insert", "your_", "your-", "yourt", "yourk", "yours",
	"youra", "sample", "fake", "notreal", "0123456789", "123456789", "abcdefgh", "....", "****", "deadbeef", "_here", "-here",
}

// isSample tells tokens of documents: with a word of the kind "example" in
// them, a run of one character, or little variety.
func isSample(token string) bool {
	if len(token) > 300 {
		return false
	}
	lower := strings.ToLower(token)
	for _, mark := range sampleMarks {
		// Short words turn up in random letters of both cases.
		if strings.Contains(token, mark) || strings.Contains(token, strings.ToUpper(mark)) || len(mark) > 6 && strings.Contains(lower, mark) {
			return true
		}
	}
	run := 1
	for i := 1; i < len(token); i++ {
		if token[i] != token[i-1] {
			run = 1
		} else if run++; run > 7 {
			return true
		}
	}
	return len(token) >= 20 && entropy(token) < 3
}
