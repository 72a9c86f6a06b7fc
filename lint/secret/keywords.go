package secret

import (
	"cmp"
	"regexp"
	"slices"
	"strings"
	"sync"
)

// formatTable is the formats with an index of their keywords. A text without
// any keyword, as nearly all are, is read once, two bytes at a time.
type formatTable struct {
	formats []*Format
	// patterns are those of the formats, compiled on first use.
	patterns []func() *regexp.Regexp
	// bucket is the number of the bucket of a pair of bytes, 0 for none. Pairs
	// are of 7 bits each: what aliases is told apart by the comparison.
	bucket  [1 << 14]uint8
	buckets [][]keyword
}

type keyword struct {
	text string
	// offset is where in the keyword its pair of bytes stands.
	offset int
	format int
}

var table = sync.OnceValue(func() *formatTable {
	t := &formatTable{formats: slices.Concat(
		cloudFormats, codeFormats, registryFormats, messagingFormats, businessFormats, modelFormats, monitoringFormats,
		vaultFormats, databaseFormats, clusterFormats, keyFormats, addressFormats,
	)}
	slices.SortFunc(t.formats, func(a, b *Format) int { return cmp.Compare(a.ID, b.ID) })
	t.buckets = make([][]keyword, 1)
	for i, f := range t.formats {
		t.patterns = append(t.patterns, shaped("^(?:"+f.pattern+")"))
		for _, text := range f.keywords {
			t.add(keyword{text: text, offset: rarestPair(text), format: i})
		}
	}
	return t
})

func (t *formatTable) add(k keyword) {
	pair := pairOf(k.text[k.offset], k.text[k.offset+1])
	if t.bucket[pair] == 0 {
		t.bucket[pair] = uint8(len(t.buckets))
		t.buckets = append(t.buckets, nil)
	}
	t.buckets[t.bucket[pair]] = append(t.buckets[t.bucket[pair]], k)
}

func pairOf(a, b byte) uint16 { return uint16(a&0x7f) | uint16(b&0x7f)<<7 }

// nextPair is the place of the second byte of the next pair that has a bucket,
// from a place on; the length of the text when there is none.
func (t *formatTable) nextPair(text string, from int) int {
	if from >= len(text) {
		return len(text)
	}
	before := text[from-1]
	for i := from; i < len(text); i++ {
		c := text[i]
		if t.bucket[pairOf(before, c)] != 0 {
			return i
		}
		before = c
	}
	return len(text)
}

// keywordsAt are the keywords that may stand around a pair.
func (t *formatTable) keywordsAt(text string, second int) []keyword {
	return t.buckets[t.bucket[pairOf(text[second-1], text[second])]]
}

// rarestPair is where the two bytes stand in a keyword that are seldom in
// manifests: its choice is one of speed only.
func rarestPair(text string) int {
	best, bestRank := 0, -1
	for i := range len(text) - 1 {
		if rank := rarity(text[i]) + rarity(text[i+1]); rank > bestRank {
			best, bestRank = i, rank
		}
	}
	return best
}

func rarity(c byte) int {
	switch {
	case strings.IndexByte(" etaoinsrl-", c) >= 0:
		return 0
	case c >= 'a' && c <= 'z' && c != 'q' && c != 'z' && c != 'x' && c != 'j':
		return 2
	case strings.IndexByte(":/.\"", c) >= 0:
		return 2
	case c >= '0' && c <= '9':
		return 4
	}
	return 6
}
