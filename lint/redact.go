package lint

import (
	"strings"

	"github.com/seaworthy-lint/seaworthy/lint/manifest"
	"github.com/seaworthy-lint/seaworthy/lint/secret/carrier"
)

// redact keeps the credentials of the object out of all that rules say of it,
// before identities are made of that. Rules quote values; which of them are
// credentials is told here, once for all rules.
func redact(j job, result *judgement) {
	if len(result.findings) == 0 && len(result.unknown) == 0 {
		return
	}
	hits, ok := credentials(j)
	if !ok {
		j.doc.Status, j.doc.Reason = manifest.ParseError, "internal error in the search for credentials: please report it with the document"
		for _, f := range result.findings {
			f.Message, f.Value, f.Related = f.Rule.Title, "", nil
		}
		return
	}
	r := carrier.NewRedactor(j.doc.Object, hits)
	for _, f := range result.findings {
		for _, text := range []*string{&f.Message, &f.Value, &f.stableField, &f.Item} {
			*text = r.Redact(*text)
		}
		for i := range f.Related {
			f.Related[i].Message = r.Redact(f.Related[i].Message)
		}
		f.Concealed = concealed(r, f.Span)
	}
	for i := range result.unknown {
		result.unknown[i].Reason = r.Redact(result.unknown[i].Reason)
	}
}

// redactReason keeps credentials out of what is said of a document that could
// not be read: parsers and renderers quote what they stumble over.
func redactReason(d *manifest.Document) {
	if d.Object != nil || d.Reason == "" {
		return
	}
	if d.Span.File != nil {
		line := d.Span.File.Line(d.Span.File.Position(d.Span.Start).Line)
		d.Reason = carrier.RedactQuotes(d.Reason, line)
	}
	d.Reason = carrier.Redact(d.Reason)
}

// credentials are those of the object; ok is false when a bug keeps them from
// being told.
func credentials(j job) (hits []*carrier.Hit, ok bool) {
	defer func() {
		if recover() != nil {
			hits, ok = nil, false
		}
	}()
	return carrier.In(j.set, j.doc.Object), true
}

// concealedAround is how much of a line about the start of a finding is searched
// for credentials: more than is shown of a line that is long.
const concealedAround = 4096

// concealed are the parts of the line on which a span starts that belong to
// credentials, wherever on the object these stand.
func concealed(r *carrier.Redactor, span manifest.Span) []manifest.Span {
	file := span.File
	number := file.Position(span.Start).Line
	start, line := file.LineStart(number), file.Line(number)
	at := span.Start - start
	from := max(0, min(at-concealedAround, len(line)))
	to := max(from, min(at+concealedAround, len(line)))
	var spans []manifest.Span
	for _, place := range r.Places(line[from:to]) {
		spans = append(spans, manifest.Span{File: file, Start: start + from + place[0], End: start + from + place[1]})
	}
	return spans
}

// occurrences are where a text stands in a line.
func occurrences(file *manifest.File, number int, text string) []manifest.Span {
	start, line := file.LineStart(number), file.Line(number)
	var spans []manifest.Span
	for at := 0; text != ""; {
		i := strings.Index(line[at:], text)
		if i < 0 {
			break
		}
		at += i + len(text)
		spans = append(spans, manifest.Span{File: file, Start: start + at - len(text), End: start + at})
	}
	return spans
}
