package load

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"

	"github.com/seaworthy-lint/seaworthy/lint/manifest"
	"github.com/seaworthy-lint/seaworthy/lint/render"
)

// reader turns inputs into documents.
type reader struct{ opts Options }

func (r *reader) read(j job) []*manifest.Document {
	if j.target != nil {
		return r.render(j.target)
	}
	return r.input(j.input, j.of.Root != "")
}

// render judges a chart or kustomization by what it renders to.
func (r *reader) render(t *Target) []*manifest.Document {
	if t.Type == kustomizationTarget {
		return t.kustomizer.Build(t.Root).Documents
	}
	return render.Chart(t.Root, t.release, r.opts.render(t.named)).Documents
}

func (r *reader) input(in Input, rendered bool) []*manifest.Document {
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
	if docs := r.ofTool(in, content, rendered); docs != nil {
		return docs
	}
	if rendered {
		return manifest.Account(in.Name, content)
	}
	docs := manifest.Read(in.Name, content, r.opts.Reads)
	if r.opts.Suspects != nil {
		for _, d := range docs {
			if d.Status == manifest.NoRulesForKind && r.opts.Suspects(d.Kind, d.Span.Text()) {
				d.Parse()
			}
		}
	}
	if in.Path == "-" {
		return r.sourced(docs)
	}
	return docs
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
