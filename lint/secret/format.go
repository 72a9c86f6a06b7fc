package secret

import (
	"regexp"
	"slices"
	"strings"
)

// Format is a kind of credential.
type Format struct {
	// ID names the format for machines, as "github-token".
	ID string
	// Name is the kind in words for messages, without an article, as
	// "GitHub token".
	Name string

	// keywords are texts of which each match holds one; no format has an
	// expensive part that runs without one.
	keywords []string
	// pattern matches from where the credential begins; its first group that
	// matched is the secret part, or all of it without groups.
	pattern string
	// lead are the bytes that may stand before the keyword in a match,
	// leadLength how many of them at most, and leadLeast at least.
	lead                  func(byte) bool
	leadLength, leadLeast int
	// least is how many bytes without a blank a match has from the keyword on:
	// it spares the pattern where the keyword is a common word.
	least int
	// reach is how far behind the keyword a match may extend, 512 when 0.
	reach int
	// joins are further bytes, beside letters, digits and "_", that must not
	// stand directly before a match or after it.
	joins string
	// check tells whether a match has the structure or checksum of the format.
	check func(token string) finding
	// scan finds what no pattern can, from the place of the keyword on.
	scan func(text string, at int) (Match, bool)
	// general formats give way to others that match at the same place.
	general bool
	// low keeps tokens of little variety, which are taken for samples otherwise.
	low bool
}

// finding is what a check says of a token.
type finding struct {
	class Class
	note  bool
}

var (
	nothing    = finding{}
	credential = finding{class: Credential}
	noted      = finding{class: Credential, note: true}
)

// valid is a finding for checks that only accept or refuse.
func valid(ok bool) finding {
	if ok {
		return credential
	}
	return nothing
}

// Match is a credential in a text.
type Match struct {
	// Format is never nil.
	Format *Format
	// Start and End are byte offsets of the secret part in the text: the
	// password of a URL, not the URL.
	Start, End int
	// Class is Credential or Default.
	Class Class
	// Note tells that the text is of little use by itself: an encrypted
	// private key, a password's hash, the id of an access key, a salt.
	Note bool
}

// Formats lists the formats that Find knows, by ID.
func Formats() []*Format { return slices.Clone(table().formats) }

// Find gives the credentials in a text that their own format gives away, by
// offset and without overlaps: where several formats match, the most specific
// one wins. Documented examples, marked gaps and public halves are no matches.
// It takes time linear in the text.
func Find(text string) []Match {
	t := table()
	var found []Match
	var done []int // where the last match of each format ends
	for i := t.nextPair(text, 1); i < len(text); i = t.nextPair(text, i+1) {
		for _, k := range t.keywordsAt(text, i) {
			at := i - 1 - k.offset
			if at < 0 || !strings.HasPrefix(text[at:], k.text) || done != nil && at < done[k.format] {
				continue
			}
			if m, ok := t.formats[k.format].match(text, at, t.patterns[k.format]); ok {
				if done == nil {
					done = make([]int, len(t.formats))
				}
				found, done[k.format] = append(found, m), m.End
			}
		}
	}
	return withoutOverlaps(found)
}

// Inspect gives the credentials in a value that stands under a name: what Find
// finds in it or, where that is nothing, the whole value when Judge takes it
// for a credential. The name may be empty.
func Inspect(name, value string) []Match {
	if found := Find(value); len(found) > 0 {
		return found
	}
	if v := Judge(name, value); v.Class != Nothing {
		return []Match{{Format: v.Format, End: len(value), Class: v.Class, Note: v.Note}}
	}
	return nil
}

// match looks for the format around one of its keywords.
func (f *Format) match(text string, at int, pattern func() *regexp.Regexp) (Match, bool) {
	if f.scan != nil {
		m, ok := f.scan(text, at)
		m.Format = f
		return m, ok
	}
	start := at
	for f.lead != nil && start > 0 && at-start < f.leadLength && f.lead(text[start-1]) {
		start--
	}
	if at-start < f.leadLeast || !f.isFree(text, start) || runOf(text, at, f.least, isInk)-at < f.least {
		return Match{}, false
	}
	reach := f.reach
	if reach == 0 {
		reach = 512
	}
	groups := pattern().FindStringSubmatchIndex(text[start:min(len(text), at+reach)])
	if groups == nil || start+groups[1] <= at {
		return Match{}, false
	}
	from, to := groups[0], groups[1]
	for i := 2; i < len(groups); i += 2 {
		if groups[i] >= 0 {
			from, to = groups[i], groups[i+1]
			break
		}
	}
	m := Match{Format: f, Start: start + from, End: start + to, Class: Credential}
	token := text[m.Start:m.End]
	if !f.isEnd(text, m.End) || !f.low && isSample(token) {
		return Match{}, false
	}
	if f.check != nil {
		c := f.check(token)
		m.Class, m.Note = c.class, c.note
	}
	return m, m.Class != Nothing
}

// isFree tells whether a token may begin at a place: not inside a longer word.
// The letter of an escape, as in "\nghp_…", and of a percent sign belong to no
// word.
func (f *Format) isFree(text string, at int) bool {
	if at == 0 || !f.joined(text[at-1]) {
		return true
	}
	if at >= 2 && text[at-2] == '\\' && strings.IndexByte("nrt", text[at-1]) >= 0 {
		return true
	}
	return at >= 3 && text[at-3] == '%' && isHex(text[at-2]) && isHex(text[at-1])
}

func (f *Format) isEnd(text string, at int) bool {
	return at >= len(text) || !f.joined(text[at])
}

func (f *Format) joined(c byte) bool {
	return isWordByte(c) || strings.IndexByte(f.joins, c) >= 0
}

// withoutOverlaps sorts matches by offset and keeps the better of two that
// overlap: the one of the specific format, else the longer one.
func withoutOverlaps(found []Match) []Match {
	slices.SortStableFunc(found, func(a, b Match) int { return a.Start - b.Start })
	kept := found[:0]
	for _, m := range found {
		for len(kept) > 0 && kept[len(kept)-1].End > m.Start && m.better(kept[len(kept)-1]) {
			kept = kept[:len(kept)-1]
		}
		if len(kept) == 0 || kept[len(kept)-1].End <= m.Start {
			kept = append(kept, m)
		}
	}
	return kept
}

func (m Match) better(than Match) bool {
	if m.Format.general != than.Format.general {
		return than.Format.general
	}
	return m.End-m.Start > than.End-than.Start
}
