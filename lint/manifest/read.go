package manifest

import (
	"bytes"
	"errors"
	"strings"
)

type documentReader struct {
	reads func(apiVersion, kind string) bool
}

// Read makes documents of the content of a file. reads tells which kinds are
// worth parsing; nil means that all are.
func Read(name string, content []byte, reads func(apiVersion, kind string) bool) []*Document {
	r := documentReader{reads: reads}
	file, err := NewFile(name, content)
	if GitCrypt(content) {
		return []*Document{{File: file, Status: Encrypted, Reason: gitCryptReason}}
	}
	if err != nil {
		d := &Document{File: file, Status: ParseError, Reason: err.Error()}
		if text, ok := errors.AsType[*TextError](err); ok {
			start := file.LineStart(text.Line)
			d.Span = Span{File: file, Start: start + text.Column - 1, End: start + text.Column - 1}
		}
		return []*Document{d}
	}
	var docs []*Document
	spans := Documents(file)
	for i, span := range spans {
		docs = append(docs, r.document(file, i+1, span)...)
	}
	if len(spans) == 0 {
		docs = append(docs, &Document{File: file, Status: NotKubernetes, Reason: "the file holds no document"})
	}
	return docs
}

const gitCryptReason = "encrypted by git-crypt"

// GitCrypt tells whether a file is encrypted by git-crypt, by its header.
func GitCrypt(content []byte) bool { return bytes.HasPrefix(content, []byte("\x00GITCRYPT\x00")) }

// Account counts the documents of a file that is judged through what it is
// rendered to. None of them is parsed.
func Account(name string, content []byte) []*Document {
	file, err := NewFile(name, content)
	if GitCrypt(content) {
		return []*Document{{File: file, Status: Encrypted, Reason: gitCryptReason}}
	}
	if err != nil {
		return []*Document{{File: file, Status: Rendered}}
	}
	var docs []*Document
	for i, span := range Documents(file) {
		docs = append(docs, &Document{File: file, Number: i + 1, Status: Rendered, Kind: Sniff(span).Kind, Span: contentStart(span)})
	}
	if len(docs) == 0 {
		docs = append(docs, &Document{File: file, Status: Rendered})
	}
	return docs
}

// document judges by its lines whether a document has to be parsed, and parses
// it: one document, or one for each item of a list.
func (r documentReader) document(file *File, number int, span Span) []*Document {
	d := &Document{File: file, Number: number, Span: contentStart(span)}
	header := Sniff(span)
	d.Kind = header.Kind
	switch {
	case !header.Sure:
	case header.Kind == "" && header.APIVersion == "" && r.readsConfigFile(span):
	case header.Kind == "" || header.APIVersion == "":
		return notKubernetes(d, header.APIVersion)
	case !r.wants(header.APIVersion, header.Kind) && !strings.HasSuffix(header.Kind, "List"):
		d.Status, d.Reason = NoRulesForKind, noRules
		return []*Document{d}
	}
	tree, err := Parse(span)
	if err != nil {
		return []*Document{broken(d, span, err)}
	}
	items, ok := ListItems(tree.Root)
	if !ok && tree.Root.Kind == List {
		items, ok = tree.Root.Kids, holdsObjects(tree.Root)
	}
	if !ok {
		return r.object(d, span, tree.Root, tree.Duplicates)
	}
	if len(items) == 0 {
		d.Kind, d.Status, d.Reason = tree.Root.At("kind").Str(), NoRulesForKind, "the list is empty"
		return []*Document{d}
	}
	var docs []*Document
	duplicates := tree.Duplicates
	for _, item := range items {
		of := *d
		of.Span = item.Span()
		item.Parent = nil
		mine := duplicatesUpTo(of.Span.End, duplicates)
		duplicates = duplicates[len(mine):]
		docs = append(docs, r.object(&of, of.Span, item, mine)...)
	}
	return docs
}

// Parse parses a document that was left out because of its kind. It stays left
// out when it does not parse.
func (d *Document) Parse() {
	tree, err := Parse(d.Span)
	if err != nil {
		return
	}
	documentReader{}.object(d, d.Span, tree.Root, tree.Duplicates)
	if d.Status == Linted {
		d.Reason = ""
	}
}

const noRules = "no selected rule reads this kind"

func (r documentReader) wants(apiVersion, kind string) bool {
	return r.reads == nil || r.reads(apiVersion, kind)
}

// readsConfigFile tells whether a document is a configuration file without a
// kind that a rule reads.
func (r documentReader) readsConfigFile(span Span) bool {
	kind := configFileKind(span)
	return kind != "" && r.wants(ConfigFileVersion, kind)
}

// object makes a document of a parsed value.
func (r documentReader) object(d *Document, span Span, root *Node, duplicates []Duplicate) []*Document {
	object, problem := NewObject(root, duplicates)
	if object == nil && problem == nil && !root.At("kind").IsSet() && !root.At("apiVersion").IsSet() && root.Kind != Scalar {
		if kind := configFileKind(span); kind != "" {
			object = newConfigFile(kind, root, duplicates)
		}
	}
	switch {
	case encryptedBySOPS(root):
		d.Kind, d.Status, d.Reason = "", Encrypted, sopsReason
	case problem != nil:
		d.Status, d.Reason, d.Span = ParseError, problem.Reason, problem.Span
	case object == nil:
		d.Kind = root.At("kind").Str()
		return notKubernetes(d, root.At("apiVersion").Str())
	case !r.wants(object.APIVersion, object.Kind):
		d.Kind, d.Status, d.Reason = object.Kind, NoRulesForKind, noRules
	default:
		d.Kind, d.Status, d.Object = object.Kind, Linted, object
		if len(object.Problems) > 0 {
			d.Status, d.Reason, d.Span = ParseError, object.Problems[0].Reason, object.Problems[0].Span
		}
	}
	return []*Document{d}
}

const sopsReason = "encrypted by SOPS"

// encryptedBySOPS tells a document that SOPS encrypted as a whole, so that not
// even its kind can be read. Of one that was encrypted in part, an object is
// left, and what stands in clear is judged.
func encryptedBySOPS(root *Node) bool {
	if !root.At("sops", "mac").IsSet() && !root.At("sops", "version").IsSet() {
		return false
	}
	for _, key := range []string{"apiVersion", "kind"} {
		if n := root.At(key); n.IsSet() && !strings.HasPrefix(n.Str(), "ENC[") {
			return false
		}
	}
	return true
}

func notKubernetes(d *Document, apiVersion string) []*Document {
	d.Status, d.Reason = NotKubernetes, "no apiVersion and kind"
	switch {
	case d.Kind != "":
		d.Reason = "has kind " + d.Kind + " but no apiVersion"
	case apiVersion != "":
		d.Reason = "has apiVersion " + apiVersion + " but no kind"
	}
	return []*Document{d}
}

// broken says why a document does not parse. One that holds template
// expressions is not broken: it was never meant to be read as it is.
func broken(d *Document, span Span, err error) *Document {
	d.Status, d.Reason = ParseError, err.Error()
	if syntax, ok := errors.AsType[*SyntaxError](err); ok {
		d.Span = syntax.Span
	}
	text := span.Text()
	if strings.Contains(text, "{{") || strings.Contains(text, "{%") {
		d.Status = TemplateNotRendered
		d.Reason = "holds template expressions, which are not rendered: " + err.Error()
	}
	return d
}

// holdsObjects tells whether a list at the root of a document is a list of
// Kubernetes objects.
func holdsObjects(root *Node) bool {
	for _, item := range root.Kids {
		if item.At("apiVersion").IsSet() && item.At("kind").IsSet() {
			return true
		}
	}
	return false
}

// duplicatesUpTo are the duplicate keys, which come item by item, of the items
// that end at the offset or before.
func duplicatesUpTo(end int, duplicates []Duplicate) []Duplicate {
	n := 0
	for n < len(duplicates) && duplicates[n].Later.KeySpan().End <= end {
		n++
	}
	return duplicates[:n]
}

// contentStart is the span of a document without the comments and blank lines
// before its first line, so that it is named by the line where it begins.
func contentStart(span Span) Span {
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
