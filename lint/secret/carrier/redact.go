package carrier

import (
	"cmp"
	"encoding/base64"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/seaworthy-lint/seaworthy/lint/manifest"
	"github.com/seaworthy-lint/seaworthy/lint/secret"
)

// Redactor hides credentials in texts that quote the fields of an object.
type Redactor struct {
	// hidden are the texts to hide by how they begin.
	hidden map[beginning][]hidden
	// names are the names of the object and its containers: a password that is
	// a part of one is not hidden there, for names are shown anyhow.
	names []string
}

// leastHidden is how long a text is at least that is hidden: shorter ones are
// part of too many words.
const leastHidden = 4

type beginning [leastHidden]byte

// hidden is a text to hide, and what is shown in its place.
type hidden struct{ text, shown string }

const (
	// leastQuoted is how much of a text has to be there where it is cut short.
	leastQuoted = 12
	// mostAlike is how many texts that begin alike are told apart.
	mostAlike = 64
)

// NewRedactor hides the credentials of an object in all the ways in which they
// may be written.
func NewRedactor(o *manifest.Object, hits []*Hit) *Redactor {
	r := &Redactor{hidden: map[beginning][]hidden{}}
	if len(hits) == 0 {
		return r
	}
	for _, h := range hits {
		if h.Class != secret.Credential {
			continue // everybody knows a default
		}
		shown := "[" + h.Shown().String() + "]"
		for _, text := range h.Written() {
			r.hide(text, shown)
		}
	}
	names := []string{o.Name, o.Namespace}
	for _, pod := range o.Pods() {
		for _, c := range pod.Containers() {
			names = append(names, c.Name())
		}
	}
	for _, name := range names {
		if r.redact(name) != name {
			r.names = append(r.names, name)
		}
	}
	return r
}

func (r *Redactor) hide(text, shown string) {
	if len(text) < leastHidden {
		return
	}
	key := beginning([]byte(text[:leastHidden]))
	if list := r.hidden[key]; len(list) <= mostAlike && !slices.Contains(list, hidden{text, shown}) {
		r.hidden[key] = append(list, hidden{text, shown})
	}
}

// Redact is the text without credentials of the object.
func (r *Redactor) Redact(text string) string {
	if len(r.hidden) == 0 {
		return text
	}
	for _, name := range r.names {
		if before, after, ok := strings.Cut(text, name); ok {
			return r.Redact(before) + name + r.Redact(after)
		}
	}
	return r.redact(text)
}

func (r *Redactor) redact(text string) string {
	var b strings.Builder
	from := 0
	r.each(text, func(start, end int, shown string) {
		b.WriteString(text[from:start] + shown)
		from = end
	})
	return b.String() + text[from:]
}

// Places are where credentials of the object stand in a text, as offsets of
// their beginnings and ends.
func (r *Redactor) Places(text string) [][2]int {
	var places [][2]int
	r.each(text, func(start, end int, _ string) { places = append(places, [2]int{start, end}) })
	return places
}

func (r *Redactor) each(text string, found func(start, end int, shown string)) {
	for i := 0; i+leastHidden <= len(text); i++ {
		list := r.hidden[beginning([]byte(text[i:i+leastHidden]))]
		if list == nil {
			continue
		}
		if length, shown := quotedLength(text[i:], list); length > 0 {
			found(i, i+length, shown)
			i += length - 1
		}
	}
}

// quotedLength is how much of the text is one of the hidden texts, or the
// beginning of one. Of texts beyond those that are told apart, the whole word
// is.
func quotedLength(text string, list []hidden) (length int, shown string) {
	for _, h := range list {
		same := 0
		for same < len(text) && same < len(h.text) && text[same] == h.text[same] {
			same++
		}
		isCut := same >= leastQuoted && (same == len(text) || strings.HasPrefix(text[same:], "…"))
		if (same == len(h.text) || isCut) && same > length {
			length, shown = same, h.shown
		}
	}
	if length == 0 && len(list) > mostAlike {
		length, shown = len(text), list[0].shown
		if i := strings.IndexAny(text, " \t\r\n\"'"); i >= 0 {
			length = i
		}
	}
	return length, shown
}

// Written are the ways in which the credential may be written: as it is, line
// by line, escaped, and in base64.
func (h *Hit) Written() []string {
	quoted := strconv.Quote(h.text)
	forms := []string{h.source, h.text, quoted[1 : len(quoted)-1], base64.StdEncoding.EncodeToString([]byte(h.text)), url.QueryEscape(h.text)}
	if strings.Contains(h.text, "\n") {
		for line := range strings.Lines(h.text) {
			if line = strings.TrimSpace(line); len(line) >= leastHidden {
				forms = append(forms, line)
			}
		}
	}
	return forms
}

// RedactQuotes hides in a text what formats give away in a line of source or an
// argument, and what the line assigns to names that announce a credential.
func RedactQuotes(text, line string) string {
	for _, m := range secret.Find(line) {
		credential := line[m.Start:m.End]
		text = strings.ReplaceAll(text, credential, "["+secret.Show(m.Format.Name, credential).String()+"]")
	}
	for _, p := range assignments(line) {
		value := strings.TrimLeft(line[p.start:p.end], "*&!|>")
		if len(value) < leastHidden || !secret.Names(p.name) || !strings.Contains(text, value) {
			continue
		}
		text = strings.ReplaceAll(text, value, "["+secret.Show(p.name, value).String()+"]")
	}
	return text
}

// shownPart is a part of a text, and what is shown in its place.
type shownPart struct {
	start, end int
	shown      string
}

// Redact hides what a text of unknown origin, such as the message of a library,
// quotes of credentials: what formats give away, and what it assigns to names
// that announce one.
func Redact(text string) string {
	var parts []shownPart
	add := func(start, end int, kind string) {
		parts = append(parts, shownPart{start, end, secret.Show(kind, text[start:end]).String()})
	}
	found := secret.Find(text)
	for _, m := range found {
		add(m.Start, m.End, m.Format.Name)
	}
	for _, p := range assignments(text) {
		if v := secret.Judge(p.name, text[p.start:p.end]); v.Class == secret.Credential && !overlaps(found, p) {
			add(p.start, p.end, v.Format.Name)
		}
	}
	if start := strings.Index(text, "-----BEGIN "); start >= 0 && strings.Contains(text[start:], "PRIVATE KEY") {
		add(start, len(text), "private key") // its lines may have been joined
	}
	if len(parts) == 0 {
		return text
	}
	slices.SortStableFunc(parts, func(a, b shownPart) int { return cmp.Or(a.start-b.start, b.end-a.end) })
	var b strings.Builder
	at := 0
	for _, s := range parts {
		if s.start >= at {
			b.WriteString(text[at:s.start] + "[" + s.shown + "]")
			at = s.end
		}
	}
	return b.String() + text[at:]
}
