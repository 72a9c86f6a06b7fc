package formatters

import (
	"fmt"
	"math/big"
	"math/rand"
	"strings"
	"testing"
	"unicode/utf16"
	"unicode/utf8"
)

// naiveLineHashes computes the same hashes from their definition: for each
// line a polynomial over the next 100 characters, each by itself.
func naiveLineHashes(text string) []string {
	text = strings.ReplaceAll(text, "\r\n", "\n")
	text = strings.ReplaceAll(text, "\r", "\n")
	text = strings.NewReplacer(" ", "", "\t", "").Replace(text)
	var hashes []string
	seen := map[string]int{}
	for {
		units := append(utf16.Encode([]rune(text)), 0xFFFF)
		sum := new(big.Int)
		for i := range 100 {
			sum.Mul(sum, big.NewInt(37))
			if i < len(units) {
				sum.Add(sum, big.NewInt(int64(units[i])))
			}
		}
		hash := sum.Mod(sum, new(big.Int).Lsh(big.NewInt(1), 64)).Text(16)
		seen[hash]++
		hashes = append(hashes, fmt.Sprintf("%s:%d", hash, seen[hash]))
		_, rest, more := strings.Cut(text, "\n")
		if !more {
			return hashes
		}
		text = rest
	}
}

func hashStrings(raw string, last int) []string {
	var hashes []string
	for _, h := range lineHashes([]byte(raw), last) {
		hashes = append(hashes, h.String())
	}
	return hashes
}

// TestLineHashVectors holds what GitHub's own implementation gives
// (github/codeql-action, src/fingerprints.test.ts).
func TestLineHashVectors(t *testing.T) {
	greetings := "e9496ae3ebfced30:1 fb7c023a8b9ccb3f:1 ce8ba1a563dcdaca:1 e20e36e16fcb0cc8:1 b3edc88f2938467e:1 c8e28b0b4002a3a0:1 c129715d7a2bc9a3:1"
	for text, want := range map[string]string{
		"":                   "c129715d7a2bc9a3:1",
		" a\nb\n  \t\tc\n d": "271789c17abda88f:1 54703d4cd895b18:1 180aee12dab6264:1 a23a3dc5e078b07b:1",
		" hello; \t\nworld!!!\n\n\n  \t\tGreetings\n End":               "8b7cf3e952e7aeb2:1 b1ae1287ec4718d9:1 bff680108adb0fcc:1 c6805c5e1288b612:1 b86d3392aea1be30:1 e6ceba753e1a442:1",
		" hello; \t\nworld!!!\n\n\n  \t\tGreetings\n End\n":             greetings,
		" hello; \t\nworld!!!\r\r\r  \t\tGreetings\r End\r":             greetings,
		" hello; \t\r\nworld!!!\r\n\r\n\r\n  \t\tGreetings\r\n End\r\n": greetings,
		" hello; \t\nworld!!!\r\n\n\r  \t\tGreetings\r End\r\n":         greetings,
		strings.Repeat("Lorem ipsum dolor sit amet.\n", 10): "a7f2ff13bc495cf2:1 a7f2ff13bc495cf2:2 a7f2ff13bc495cf2:3 a7f2ff13bc495cf2:4 a7f2ff13bc495cf2:5 " +
			"a7f2ff13bc495cf2:6 a7f2ff1481e87703:1 a9cf91f7bbf1862b:1 55ec222b86bcae53:1 cc97dc7b1d7d8f7b:1 c129715d7a2bc9a3:1",
	} {
		if got := strings.Join(hashStrings(text, 1000), " "); got != want {
			t.Errorf("%q:\n got %s\nwant %s", text, got, want)
		}
		if got := strings.Join(naiveLineHashes(text), " "); got != want {
			t.Errorf("naive hash of %q:\n got %s\nwant %s", text, got, want)
		}
	}
}

func TestLineHashesOfGeneratedTexts(t *testing.T) {
	pieces := []string{
		"\n", "\n", "\r\n", "\r\n", "\r", "\r \n", " ", "\t", "    ", "a", "kind: Pod", "- name: web", "\uFEFF", "\u00E4", "\u2028", "\uFFFD", "\uFFFF", "\U0001F6A2",
		"\U0010FFFF", "privileged: true\n", "image: registry.example.com/web:1.4.2\n", strings.Repeat("x", 99), strings.Repeat("y", 101), "\x00",
	}
	random := rand.New(rand.NewSource(1))
	for range 2000 {
		var b strings.Builder
		if random.Intn(4) == 0 {
			b.WriteString("\uFEFF")
		}
		for range random.Intn(60) {
			b.WriteString(pieces[random.Intn(len(pieces))])
		}
		text := b.String()
		want := naiveLineHashes(text)
		got := hashStrings(text, len(want)+5)
		if strings.Join(got, " ") != strings.Join(want, " ") {
			t.Fatalf("%q:\n got %v\nwant %v", text, got, want)
		}
		part := 1 + random.Intn(len(want))
		if got := hashStrings(text, part); strings.Join(got, " ") != strings.Join(want[:part], " ") {
			t.Fatalf("first %d lines of %q:\n got %v\nwant %v", part, text, got, want[:part])
		}
	}
}

// TestBrokenCharacters compares with what node.js 20 makes of bytes that are
// no UTF-8.
func TestBrokenCharacters(t *testing.T) {
	for text, want := range map[string]string{
		"\xE2\x82A":             "\uFFFDA",
		"\xE2A":                 "\uFFFDA",
		"\xE0\x9F\x80":          "\uFFFD\uFFFD\uFFFD",
		"\xED\xA0\x80":          "\uFFFD\uFFFD\uFFFD",
		"\xED\x9F":              "\uFFFD",
		"\xF0\x9F\x9A":          "\uFFFD",
		"\xF0\x8F\xBF":          "\uFFFD\uFFFD\uFFFD",
		"\xF4\x90\x80\x80":      "\uFFFD\uFFFD\uFFFD\uFFFD",
		"\xF4\x8F\xBF-":         "\uFFFD-",
		"\xF1\x80":              "\uFFFD",
		"\xC3":                  "\uFFFD",
		"\xC0\xAF\x80\xF5\xFF":  "\uFFFD\uFFFD\uFFFD\uFFFD\uFFFD",
		"\xFF\xFEk\x00\xE4\x00": "\uFFFD\uFFFDk\x00\uFFFD\x00",
	} {
		var got []rune
		for rest := []byte(text); len(rest) > 0; {
			r, size := decodeRune(rest)
			got, rest = append(got, r), rest[size:]
		}
		if string(got) != want {
			t.Errorf("%q: got %q, want %q", text, string(got), want)
		}
	}
}

func FuzzLineHashes(f *testing.F) {
	for _, text := range []string{"", "a", "a\r\nb\rc\n", "\uFEFFkind: Pod\n", strings.Repeat("\U0001F6A2\n", 120), " \t\n \t"} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		if !utf8.ValidString(text) || len(text) > 2000 {
			t.Skip()
		}
		want := naiveLineHashes(text)
		if got := hashStrings(text, len(want)); strings.Join(got, " ") != strings.Join(want, " ") {
			t.Errorf("%q:\n got %v\nwant %v", text, got, want)
		}
	})
}
