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
	hidden []hidden
	// names are the names of the object and its containers: a password that is
	// a part of one is not hidden there, for names are shown anyhow.
	names []string
}

// hidden is a text to hide, and what is shown in its place.
type hidden struct{ text, shown string }

const (
	// leastHidden is how long a text is at least that is hidden: shorter ones
	// are part of too many words.
	leastHidden = 4
	// anchor is how much of a long text has to be there for what follows to be
	// taken for the rest: messages cut long values short.
	anchor = 12
)

// NewRedactor hides the credentials of an object, as they are and as they may
// be written: in base64, escaped, or line by line.
func NewRedactor(o *manifest.Object, hits []*Hit) *Redactor {
	r := &Redactor{}
	if len(hits) == 0 {
		return r
	}
	r.names = append(r.names, o.Name, o.Namespace)
	for _, pod := range o.Pods() {
		for _, c := range pod.Containers() {
			r.names = append(r.names, c.Name())
		}
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
	return r
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

func (r *Redactor) hide(text, shown string) {
	if len(text) >= leastHidden {
		r.hidden = append(r.hidden, hidden{text, shown})
	}
}

// Redact is the text without credentials of the object.
func (r *Redactor) Redact(text string) string {
	if text == "" {
		return text
	}
	for _, h := range r.hidden {
		around := []string{text}
		name := ""
		if i := slices.IndexFunc(r.names, func(name string) bool { return strings.Contains(name, h.text) }); i >= 0 {
			name = r.names[i]
			around = strings.Split(text, name)
		}
		for i := range around {
			around[i] = h.replace(around[i])
		}
		text = strings.Join(around, name)
	}
	return text
}

// replace hides a text, also where it is cut short.
func (h hidden) replace(text string) string {
	start := h.text[:min(len(h.text), anchor)]
	if !strings.Contains(text, start) {
		return text
	}
	var b strings.Builder
	for {
		i := strings.Index(text, start)
		if i < 0 {
			return b.String() + text
		}
		end := i
		for k := 0; end < len(text) && k < len(h.text) && text[end] == h.text[k]; k++ {
			end++
		}
		b.WriteString(text[:i] + h.shown)
		text = text[end:]
	}
}

// RedactQuotes hides in a text what a line of source assigns to names that
// announce a credential.
func RedactQuotes(text, line string) string {
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
