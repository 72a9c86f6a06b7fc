package render

import (
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"sigs.k8s.io/kustomize/kyaml/filesys"
)

// kustomizeView is the file system of one build: the disk inside of the root,
// for reading only, with some files replaced. It keeps what was read.
type kustomizeView struct {
	files *kustomizeFiles
	// replaced are kustomizations with what is not rendered taken out.
	replaced map[string][]byte
	// rendered are files that are not on disk: what charts give.
	rendered map[string][]byte
	// trim hands out resource definitions without their schemas.
	trim  bool
	read  map[string]*kustomizeFile
	bytes int
	// refused is the first file that must not be read.
	refused error
}

func (v *kustomizeView) ReadFile(path string) ([]byte, error) {
	if text, ok := v.rendered[path]; ok {
		return text, nil
	}
	f := v.files.read(path)
	if f.err != nil {
		return nil, &fs.PathError{Op: "open", Path: path, Err: f.err}
	}
	if v.read[f.real] == nil {
		v.read[f.real] = f
		v.bytes += len(f.content)
		if len(v.read) > maxKustomizeFiles || v.bytes > maxKustomizeBytes {
			v.refused = errManyFiles
		}
	}
	if v.refused == nil && f.unsafe != nil {
		v.refused = fmt.Errorf("%s: %w", filepath.Base(f.real), f.unsafe)
	}
	if v.refused != nil {
		return nil, v.refused
	}
	if text, ok := v.replaced[f.real]; ok {
		return text, nil
	}
	if v.trim && len(f.trim) < len(f.content) {
		return f.trim, nil
	}
	return f.content, nil
}

// CleanedAbs tells the real folder and the name of a path.
func (v *kustomizeView) CleanedAbs(path string) (filesys.ConfirmedDir, string, error) {
	real, err := v.files.real(path)
	if err != nil {
		return "", "", &fs.PathError{Op: "open", Path: path, Err: err}
	}
	info, err := os.Stat(real)
	if err != nil {
		return "", "", err
	}
	if info.IsDir() {
		return filesys.ConfirmedDir(real), "", nil
	}
	return filesys.ConfirmedDir(filepath.Dir(real)), filepath.Base(real), nil
}

// IsDir tells whether the path is a folder inside of the root.
func (v *kustomizeView) IsDir(path string) bool { return v.files.isDir(path) }

// Exists tells whether the path is there, inside of the root.
func (v *kustomizeView) Exists(path string) bool {
	_, err := v.files.real(path)
	return err == nil
}

// The rest is refused: kustomize needs it only for what it fetches.

func (v *kustomizeView) Create(string) (filesys.File, error)  { return nil, errReadOnly }
func (v *kustomizeView) Mkdir(string) error                   { return errReadOnly }
func (v *kustomizeView) MkdirAll(string) error                { return errReadOnly }
func (v *kustomizeView) RemoveAll(string) error               { return errReadOnly }
func (v *kustomizeView) WriteFile(string, []byte) error       { return errReadOnly }
func (v *kustomizeView) Open(string) (filesys.File, error)    { return nil, errReadOnly }
func (v *kustomizeView) ReadDir(string) ([]string, error)     { return nil, errReadOnly }
func (v *kustomizeView) Glob(string) ([]string, error)        { return nil, errReadOnly }
func (v *kustomizeView) Walk(string, filepath.WalkFunc) error { return errReadOnly }
