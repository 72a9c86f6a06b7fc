package cli

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/seaworthy-lint/seaworthy/formatters"
	"github.com/seaworthy-lint/seaworthy/lint"
)

// output is one report to write; an empty file is standard output.
type output struct {
	name, file string
	formatter  formatters.Formatter
}

// write makes all reports before it writes any, and files before standard
// output: a run that fails leaves no file, or the old one as it was.
func (r *run) write(report *lint.Report, o *options) error {
	var stdout []byte
	var files []pendingFile
	defer func() {
		for _, f := range files {
			f.discard()
		}
	}()
	for _, out := range o.outputs {
		format := o.format
		format.Color = format.Color && out.file == ""
		var b bytes.Buffer
		if err := out.formatter(&b, report, format); err != nil {
			return fmt.Errorf("writing %s: %w", out.name, err)
		}
		if out.file == "" {
			stdout = b.Bytes()
			continue
		}
		f, err := stage(inDir(r.env.Dir, out.file), b.Bytes())
		if err != nil {
			return fmt.Errorf("writing %s: %w", out.file, fileCause(err))
		}
		files = append(files, f)
	}
	for _, f := range files {
		if err := f.commit(); err != nil {
			return fmt.Errorf("writing %s: %w", f.path, fileCause(err))
		}
	}
	if _, err := r.env.Stdout.Write(stdout); err != nil {
		return fmt.Errorf("writing to standard output: %w", fileCause(err))
	}
	return nil
}

// pendingFile is written beside its final path and put in its place at once.
type pendingFile struct {
	path, temporary string
	content         []byte // for a path that is no regular file
}

func stage(path string, content []byte) (pendingFile, error) {
	if info, err := os.Stat(path); err == nil && !info.Mode().IsRegular() {
		return pendingFile{path: path, content: content}, nil
	}
	if real, err := filepath.EvalSymlinks(path); err == nil {
		path = real
	}
	f := pendingFile{path: path, temporary: filepath.Join(filepath.Dir(path), ".seaworthy-"+filepath.Base(path))}
	return f, writeNew(f.temporary, content)
}

// writeNew writes a file in the place of whatever has its name, which may be a
// link that leads elsewhere.
func writeNew(path string, content []byte) error {
	if err := os.Remove(path); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o666)
	if err != nil {
		return err
	}
	_, err = f.Write(content)
	return errors.Join(err, f.Close())
}

func (f pendingFile) commit() error {
	if f.temporary == "" {
		return os.WriteFile(f.path, f.content, 0o666)
	}
	return os.Rename(f.temporary, f.path)
}

func (f pendingFile) discard() {
	if f.temporary != "" {
		_ = os.Remove(f.temporary) // gone already when it was committed
	}
}

// fileCause leaves out the operation and the path that a file error repeats.
func fileCause(err error) error {
	if pathError, ok := errors.AsType[*fs.PathError](err); ok {
		return pathError.Err
	}
	if linkError, ok := errors.AsType[*os.LinkError](err); ok {
		return linkError.Err
	}
	return err
}
