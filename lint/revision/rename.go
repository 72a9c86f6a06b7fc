package revision

import (
	"errors"
	"io"
	"os"
	"path"
	"path/filepath"
	"strings"

	"github.com/go-git/go-git/v5/plumbing/object"
)

// maxGone bounds how many files that are gone are compared with one that is
// new, as git's diff.renameLimit does.
const maxGone = 1000

// renamed compares a file that the revision does not have with the file that is
// gone and most like it: half of the lines or more must be the same, as for
// git's --find-renames.
func (r *Revision) renamed(name string, content []byte) (*Lines, error) {
	gone, err := r.goneFiles()
	if err != nil {
		return nil, err
	}
	var best string
	most := 0.5
	now := countLines(string(content))
	for _, file := range gone {
		if !strings.EqualFold(path.Ext(file.Name), path.Ext(name)) || file.Size > MaxFileSize || len(content) > MaxFileSize {
			continue
		}
		old, err := file.Contents()
		if err != nil {
			return nil, missing(file.Name, err)
		}
		if same := alike(countLines(old), now); same > most || same == most && best == "" {
			best, most = old, same
		}
	}
	if best == "" {
		return &Lines{all: true}, nil
	}
	return compare(best, string(content)), nil
}

// goneFiles are the files of the revision that are no longer there.
func (r *Revision) goneFiles() ([]*object.File, error) {
	if r.sought {
		return r.gone, nil
	}
	r.sought = true
	walker := object.NewTreeWalker(r.tree, true, nil)
	defer walker.Close()
	for len(r.gone) < maxGone {
		name, entry, err := walker.Next()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return nil, missing("a folder", err)
		}
		if _, err := os.Lstat(filepath.Join(r.root, filepath.FromSlash(name))); !entry.Mode.IsFile() || err == nil {
			continue
		}
		// What a partial clone does not hold cannot be compared.
		if file, err := r.tree.TreeEntryFile(&entry); err == nil {
			file.Name = name
			r.gone = append(r.gone, file)
		}
	}
	return r.gone, nil
}

// countLines counts how often each line is in a text, however the lines end.
func countLines(text string) map[string]int {
	counts := map[string]int{}
	for line := range strings.Lines(text) {
		counts[strings.TrimRight(line, "\r\n")]++
	}
	return counts
}

// alike is which part of the lines of the longer text is in both, from 0 to 1.
func alike(a, b map[string]int) float64 {
	both, inA, inB := 0, 0, 0
	for line, count := range a {
		both += min(count, b[line])
		inA += count
	}
	for _, count := range b {
		inB += count
	}
	return float64(both) / float64(max(inA, inB, 1))
}
