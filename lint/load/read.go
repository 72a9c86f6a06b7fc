package load

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"

	"github.com/seaworthy-lint/seaworthy/lint/manifest"
)

// reader turns inputs into documents.
type reader struct {
	opts Options
}

func (r *reader) input(in Input) []*manifest.Document {
	empty := &manifest.File{Path: in.Name}
	if file, err := manifest.NewFile(in.Name, nil); err == nil {
		empty = file
	}
	whole := func(status manifest.Status, reason string) []*manifest.Document {
		return []*manifest.Document{{File: empty, Status: status, Reason: reason}}
	}
	if in.Skipped != "" {
		if strings.HasPrefix(in.Skipped, unreadable) {
			return whole(manifest.ParseError, in.Skipped)
		}
		return whole(manifest.Excluded, in.Skipped)
	}
	content, err := r.content(in.Path)
	switch {
	case errors.Is(err, errTooLarge):
		return whole(manifest.ParseError, err.Error())
	case err != nil:
		return whole(manifest.ParseError, unreadable+cause(err).Error())
	}
	return r.bytes(in.Name, content)
}

var errTooLarge = fmt.Errorf("larger than %d MiB: split it, or exclude it", MaxFileSize>>20)

// content reads a file, or fails when there is too much of it.
func (r *reader) content(path string) ([]byte, error) {
	if path == "-" {
		return readBounded(r.opts.Stdin, 0)
	}
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return nil, err
	}
	if info.Mode().IsRegular() {
		return readBounded(f, info.Size())
	}
	return readBounded(f, 0)
}

// readBounded reads all of r, which is said to hold size bytes.
func readBounded(r io.Reader, size int64) ([]byte, error) {
	if size > MaxFileSize {
		return nil, errTooLarge
	}
	var b bytes.Buffer
	b.Grow(int(size) + bytes.MinRead)
	if _, err := io.Copy(&b, io.LimitReader(r, MaxFileSize+1)); err != nil {
		return nil, err
	}
	if b.Len() > MaxFileSize {
		return nil, errTooLarge
	}
	return b.Bytes(), nil
}

// bytes makes documents of the content of an input.
func (r *reader) bytes(name string, content []byte) []*manifest.Document {
	file, err := manifest.NewFile(name, content)
	if bytes.HasPrefix(content, []byte("\x00GITCRYPT\x00")) {
		return []*manifest.Document{{File: file, Status: manifest.Encrypted, Reason: "encrypted by git-crypt"}}
	}
	if err != nil {
		d := &manifest.Document{File: file, Status: manifest.ParseError, Reason: err.Error()}
		if text, ok := errors.AsType[*manifest.TextError](err); ok {
			start := file.LineStart(text.Line)
			d.Span = manifest.Span{File: file, Start: start + text.Column - 1, End: start + text.Column - 1}
		}
		return []*manifest.Document{d}
	}
	var docs []*manifest.Document
	spans := manifest.Documents(file)
	for i, span := range spans {
		docs = append(docs, r.document(file, i+1, span)...)
	}
	if len(spans) == 0 {
		docs = append(docs, &manifest.Document{File: file, Status: manifest.NotKubernetes, Reason: "the file holds no document"})
	}
	return docs
}

// document judges by its lines whether a document has to be parsed, and parses
// it: one document, or one for each item of a list.
func (r *reader) document(file *manifest.File, number int, span manifest.Span) []*manifest.Document {
	d := &manifest.Document{File: file, Number: number, Span: contentStart(span)}
	header := manifest.Sniff(span)
	d.Kind = header.Kind
	switch {
	case !header.Sure:
	case header.Kind == "" || header.APIVersion == "":
		return notKubernetes(d, header.APIVersion)
	case !r.reads(header.APIVersion, header.Kind) && !strings.HasSuffix(header.Kind, "List"):
		d.Status, d.Reason = manifest.NoRulesForKind, noRules
		return []*manifest.Document{d}
	}
	tree, err := manifest.Parse(span)
	if err != nil {
		return []*manifest.Document{broken(d, span, err)}
	}
	items, ok := manifest.ListItems(tree.Root)
	if !ok && tree.Root.Kind == manifest.List {
		items, ok = tree.Root.Kids, holdsObjects(tree.Root)
	}
	if !ok {
		return r.object(d, tree.Root, tree.Duplicates)
	}
	if len(items) == 0 {
		d.Kind, d.Status, d.Reason = tree.Root.At("kind").Str(), manifest.NoRulesForKind, "the list is empty"
		return []*manifest.Document{d}
	}
	var docs []*manifest.Document
	duplicates := tree.Duplicates
	for _, item := range items {
		of := *d
		of.Span = item.Span()
		item.Parent = nil
		mine := duplicatesUpTo(of.Span.End, duplicates)
		duplicates = duplicates[len(mine):]
		docs = append(docs, r.object(&of, item, mine)...)
	}
	return docs
}

const noRules = "no selected rule reads this kind"

func (r *reader) reads(apiVersion, kind string) bool {
	return r.opts.Reads == nil || r.opts.Reads(apiVersion, kind)
}

// object makes a document of a parsed value.
func (r *reader) object(d *manifest.Document, root *manifest.Node, duplicates []manifest.Duplicate) []*manifest.Document {
	object, problem := manifest.NewObject(root, duplicates)
	switch {
	case problem != nil:
		d.Status, d.Reason, d.Span = manifest.ParseError, problem.Reason, problem.Span
	case object == nil:
		d.Kind = root.At("kind").Str()
		return notKubernetes(d, root.At("apiVersion").Str())
	case !r.reads(object.APIVersion, object.Kind):
		d.Kind, d.Status, d.Reason = object.Kind, manifest.NoRulesForKind, noRules
	default:
		d.Kind, d.Status, d.Object = object.Kind, manifest.Linted, object
		if len(object.Problems) > 0 {
			d.Status, d.Reason, d.Span = manifest.ParseError, object.Problems[0].Reason, object.Problems[0].Span
		}
	}
	return []*manifest.Document{d}
}

func notKubernetes(d *manifest.Document, apiVersion string) []*manifest.Document {
	d.Status, d.Reason = manifest.NotKubernetes, "no apiVersion and kind"
	switch {
	case d.Kind != "":
		d.Reason = "has kind " + d.Kind + " but no apiVersion"
	case apiVersion != "":
		d.Reason = "has apiVersion " + apiVersion + " but no kind"
	}
	return []*manifest.Document{d}
}

// broken says why a document does not parse. One that holds template
// expressions is not broken: it was never meant to be read as it is.
func broken(d *manifest.Document, span manifest.Span, err error) *manifest.Document {
	d.Status, d.Reason = manifest.ParseError, err.Error()
	if syntax, ok := errors.AsType[*manifest.SyntaxError](err); ok {
		d.Span = syntax.Span
	}
	text := span.Text()
	if strings.Contains(text, "{{") || strings.Contains(text, "{%") {
		d.Status = manifest.TemplateNotRendered
		d.Reason = "holds template expressions, which are not rendered: " + err.Error()
	}
	return d
}

// holdsObjects tells whether a list at the root of a document is a list of
// Kubernetes objects.
func holdsObjects(root *manifest.Node) bool {
	for _, item := range root.Kids {
		if item.At("apiVersion").IsSet() && item.At("kind").IsSet() {
			return true
		}
	}
	return false
}

// duplicatesUpTo are the duplicate keys, which come item by item, of the items
// that end at the offset or before.
func duplicatesUpTo(end int, duplicates []manifest.Duplicate) []manifest.Duplicate {
	n := 0
	for n < len(duplicates) && duplicates[n].Later.KeySpan().End <= end {
		n++
	}
	return duplicates[:n]
}

// contentStart is the span of a document without the comments and blank lines
// before its first line, so that it is named by the line where it begins.
func contentStart(span manifest.Span) manifest.Span {
	text := span.File.Text
	for span.Start < span.End {
		line := text[span.Start:span.End]
		if i := bytes.IndexByte(line, '\n'); i >= 0 {
			line = line[:i+1]
		}
		body := bytes.TrimLeft(line, " \t\r\n")
		if len(body) > 0 && body[0] != '#' && body[0] != '%' && !bytes.HasPrefix(body, []byte("---")) {
			span.Start += len(line) - len(body)
			break
		}
		span.Start += len(line)
	}
	return span
}
