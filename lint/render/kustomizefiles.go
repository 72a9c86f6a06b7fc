package render

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"

	"github.com/seaworthy-lint/seaworthy/lint/manifest"
)

// Limits that keep hostile kustomizations bounded.
const (
	// maxKustomizeFile and maxKustomizeBytes are how much of one file, and of
	// all files of one build, is read.
	maxKustomizeFile  = 16 << 20
	maxKustomizeBytes = 128 << 20
	// maxKustomizeFiles is how many files one build reads.
	maxKustomizeFiles = 20_000
)

var (
	errOutside   = errors.New("lies outside of the repository")
	errNoFile    = errors.New("no such file")
	errManyFiles = fmt.Errorf("reads more than %d files or %d MiB", maxKustomizeFiles, maxKustomizeBytes>>20)
	errReadOnly  = errors.New("nothing is written")
)

// kustomizeFiles reads files inside of a root, each once, for all builds.
type kustomizeFiles struct {
	options Options
	// root is the real path of the options' root.
	root string

	lock  sync.Mutex
	files map[string]*kustomizeFile
	kusts map[string]*kustomization
}

// kustomizeFile is a file that was read, and what it holds.
type kustomizeFile struct {
	real    string
	content []byte
	err     error

	// source is the text; text says why it is none, unsafe why it must not be
	// given to a parser without limits.
	source       *manifest.File
	text, unsafe error
	// trim is the content without the schemas of resource definitions.
	trim []byte

	// docs are its objects; parsed tells that they were looked for, broken that
	// there is something that cannot be read.
	parsed, broken bool
	docs           []kustomizeDocument
}

// kustomizeDocument is one object of a file. A resource definition that no rule
// reads has no root.
type kustomizeDocument struct {
	span       manifest.Span
	root       *manifest.Node
	duplicates []manifest.Duplicate
	// via is what rendered it.
	via []manifest.Origin
}

func newKustomizeFiles(o Options) *kustomizeFiles {
	root, err := filepath.EvalSymlinks(o.Root)
	if err != nil {
		root = filepath.Clean(o.Root)
	}
	return &kustomizeFiles{options: o, root: root, files: map[string]*kustomizeFile{}, kusts: map[string]*kustomization{}}
}

// real resolves links, and fails for what lies outside of the root.
func (d *kustomizeFiles) real(path string) (string, error) {
	real, err := filepath.EvalSymlinks(path)
	if err != nil {
		if !d.inside(filepath.Clean(path)) {
			return "", errOutside
		}
		return "", errNoFile
	}
	if !d.inside(real) {
		return "", errOutside
	}
	return real, nil
}

func (d *kustomizeFiles) inside(path string) bool {
	rel, err := filepath.Rel(d.root, path)
	return err == nil && rel != ".." && !strings.HasPrefix(rel, ".."+string(filepath.Separator))
}

// public is how the options call a path that was resolved.
func (d *kustomizeFiles) public(real string) string {
	if rel, err := filepath.Rel(d.root, real); err == nil {
		return filepath.Join(d.options.Root, rel)
	}
	return real
}

func (d *kustomizeFiles) isDir(path string) bool {
	real, err := d.real(path)
	if err != nil {
		return false
	}
	info, err := os.Stat(real)
	return err == nil && info.IsDir()
}

func (d *kustomizeFiles) isFile(path string) bool {
	real, err := d.real(path)
	if err != nil {
		return false
	}
	info, err := os.Stat(real)
	return err == nil && info.Mode().IsRegular()
}

// read gives the file at a path; its err is set where that cannot be read.
func (d *kustomizeFiles) read(path string) *kustomizeFile {
	real, err := d.real(path)
	if err != nil {
		return &kustomizeFile{err: err}
	}
	d.lock.Lock()
	defer d.lock.Unlock()
	if f := d.files[real]; f != nil {
		return f
	}
	f := &kustomizeFile{real: real}
	f.content, f.err = readRegular(real)
	f.source, f.text = manifest.NewFile(d.name(real), f.content)
	f.trim = f.content
	if f.err == nil && f.text == nil {
		f.unsafe = unsafeAliases(f.source)
		f.trim = trimDefinitions(f.source)
	}
	d.files[real] = f
	return f
}

func (d *kustomizeFiles) name(real string) string {
	if d.options.Name == nil {
		return filepath.ToSlash(d.public(real))
	}
	return d.options.Name(d.public(real))
}

func readRegular(path string) ([]byte, error) {
	info, err := os.Stat(path)
	switch {
	case err != nil:
		return nil, errNoFile
	case info.IsDir():
		return nil, errors.New("is a directory")
	case !info.Mode().IsRegular():
		return nil, errors.New("is no regular file")
	case info.Size() > maxKustomizeFile:
		return nil, fmt.Errorf("larger than %d MiB", maxKustomizeFile>>20)
	}
	content, err := os.ReadFile(path)
	if err != nil {
		return nil, errors.New("cannot be read")
	}
	return content, nil
}

// documents are the objects of a file of the kinds that are wanted; an object
// of another kind has no node.
func (d *kustomizeFiles) documents(f *kustomizeFile) []kustomizeDocument {
	d.lock.Lock()
	defer d.lock.Unlock()
	if f.parsed || f.source == nil || f.err != nil || f.text != nil {
		return f.docs
	}
	f.parsed = true
	for _, span := range manifest.Documents(f.source) {
		docs, err := d.parseObjects(span)
		f.broken = f.broken || err != nil
		f.docs = append(f.docs, docs...)
	}
	return f.docs
}

// parseObjects reads a document, or the items of a list. Resource definitions
// are not parsed unless rules read them.
func (d *kustomizeFiles) parseObjects(span manifest.Span) ([]kustomizeDocument, error) {
	if h := manifest.Sniff(span); h.Sure && h.Kind == definitionKind {
		if reads := d.options.Reads; reads != nil && !reads(h.APIVersion, h.Kind) {
			return []kustomizeDocument{{span: span}}, nil
		}
	}
	tree, err := manifest.Parse(span)
	if err != nil {
		return nil, err
	}
	items, ok := manifest.ListItems(tree.Root)
	if !ok {
		return []kustomizeDocument{{span: span, root: tree.Root, duplicates: tree.Duplicates}}, nil
	}
	var docs []kustomizeDocument
	for _, item := range items {
		docs = append(docs, kustomizeDocument{span: item.Span(), root: item})
	}
	return docs, nil
}

func isUnsafe(reason string) bool {
	return strings.Contains(reason, "aliases expand") || strings.Contains(reason, "contains itself") || strings.Contains(reason, "levels deep")
}

// unsafeAliases says whether a text holds aliases that kustomize, which has no
// limits, would expand to too much.
func unsafeAliases(f *manifest.File) error {
	if bytes.IndexByte(f.Text, '&') < 0 || bytes.IndexByte(f.Text, '*') < 0 {
		return nil
	}
	for _, span := range manifest.Documents(f) {
		if _, err := manifest.Parse(span); err != nil {
			if syntax, ok := errors.AsType[*manifest.SyntaxError](err); ok && isUnsafe(syntax.Reason) {
				return err
			}
		}
	}
	return nil
}

const definitionKind = "CustomResourceDefinition"

// trimDefinitions cuts the schemas and the status out of the resource
// definitions of a file. Nothing that is judged reads them, and kustomize
// copies each of them many times over. The result shares the text where there
// is nothing to cut.
func trimDefinitions(f *manifest.File) []byte {
	if !bytes.Contains(f.Text, []byte(definitionKind)) {
		return f.Text
	}
	var out []byte
	from := 0
	for _, span := range manifest.Documents(f) {
		text := f.Text[span.Start:span.End]
		if h := manifest.Sniff(span); !h.Sure || h.Kind != definitionKind || bytes.Contains(text, []byte(": &")) || bytes.Contains(text, []byte("- &")) {
			continue
		}
		out = append(out, f.Text[from:span.Start]...)
		out = appendWithoutSchemas(out, text)
		from = span.End
	}
	return append(out, f.Text[from:]...)
}

// appendWithoutSchemas leaves out what is indented below the key of a schema.
func appendWithoutSchemas(out, text []byte) []byte {
	cut, before := -1, ""
	for line := range bytes.Lines(text) {
		body := bytes.TrimLeft(line, " ")
		word := string(bytes.TrimSpace(body))
		indent := len(line) - len(body)
		switch {
		case word == "" || cut >= 0 && indent > cut:
			continue
		case word == "openAPIV3Schema:" && slices.Contains([]string{"schema:", "- schema:", "validation:"}, before):
			cut = indent
			out = append(append(out, line[:indent]...), "openAPIV3Schema: {}\n"...)
			continue
		case word == "status:" && indent == 0:
			cut = 0
			continue
		}
		cut, before = -1, word
		out = append(out, line...)
	}
	return out
}
