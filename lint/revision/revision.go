// Package revision tells which lines of files changed since a git revision. It
// reads the objects of the repository itself: no git program runs, and nothing
// is written or fetched.
package revision

import (
	"errors"
	"fmt"
	"path/filepath"
	"strings"

	"github.com/go-git/go-billy/v5/osfs"
	"github.com/go-git/go-git/v5"
	"github.com/go-git/go-git/v5/plumbing"
	"github.com/go-git/go-git/v5/plumbing/cache"
	"github.com/go-git/go-git/v5/plumbing/object"
	"github.com/go-git/go-git/v5/storage/filesystem"
)

// MaxFileSize is how many bytes of an old file are compared. Of a larger one
// all lines count as changed.
const MaxFileSize = 16 << 20

// Revision is the state of a repository at one commit.
type Revision struct {
	root string
	tree *object.Tree
	// gone are the files of the tree that are no longer there; found when a file
	// is not in the tree.
	gone   []*object.File
	sought bool
}

// Open finds a revision in the repository whose top folder is root: a branch,
// a tag, a commit's hash or its beginning, HEAD~2 and the like
// (gitrevisions(7)). "REV..." is the last commit that REV and HEAD have in
// common, which is what a branch is measured against while REV moves on.
func Open(root, rev string) (*Revision, error) {
	repository, err := git.PlainOpenWithOptions(root, &git.PlainOpenOptions{EnableDotGitCommonDir: true})
	if errors.Is(err, git.ErrRepositoryNotExists) {
		return nil, fmt.Errorf("%s is not in a git repository", root)
	}
	if err != nil {
		return nil, fmt.Errorf("opening the git repository %s: %w", root, err)
	}
	if repository, err = borrowing(repository); err != nil {
		return nil, fmt.Errorf("opening the git repository %s: %w", root, err)
	}
	name, forked := strings.CutSuffix(rev, "...")
	commit, err := commitOf(repository, name)
	if err != nil {
		return nil, err
	}
	if forked {
		if commit, err = forkPoint(repository, commit, name); err != nil {
			return nil, err
		}
	}
	tree, err := commit.Tree()
	if err != nil {
		return nil, fmt.Errorf("reading revision %s: %w", rev, err)
	}
	return &Revision{root: root, tree: tree}, nil
}

// borrowing is the repository with the objects of those that it borrows from,
// as after git clone --reference, wherever they lie.
func borrowing(repository *git.Repository) (*git.Repository, error) {
	own, ok := repository.Storer.(*filesystem.Storage)
	if !ok {
		return repository, nil
	}
	everywhere := osfs.New(string(filepath.Separator))
	return git.Open(filesystem.NewStorageWithOptions(own.Filesystem(), cache.NewObjectLRUDefault(), filesystem.Options{AlternatesFS: everywhere}), nil)
}

func commitOf(repository *git.Repository, rev string) (*object.Commit, error) {
	hash, err := repository.ResolveRevision(plumbing.Revision(rev))
	if err != nil {
		return nil, fmt.Errorf("finding revision %q: %w (a shallow clone may not hold it: fetch it first)", rev, err)
	}
	commit, err := repository.CommitObject(*hash)
	if err != nil {
		return nil, fmt.Errorf("reading revision %q: %w", rev, err)
	}
	return commit, nil
}

func forkPoint(repository *git.Repository, other *object.Commit, rev string) (*object.Commit, error) {
	head, err := commitOf(repository, "HEAD")
	if err != nil {
		return nil, err
	}
	bases, err := head.MergeBase(other)
	if err != nil || len(bases) == 0 {
		return nil, fmt.Errorf("HEAD and %q have no commit in common in this clone: fetch more of the history", rev)
	}
	return bases[0], nil
}

// Lines compares a file with what it was: path is relative to the top folder,
// with slashes, content is the file now. A file under another name is compared
// with the one that is gone and most like it; all lines of a new one are
// changed.
func (r *Revision) Lines(path string, content []byte) (*Lines, error) {
	file, err := r.tree.File(path)
	if errors.Is(err, object.ErrFileNotFound) {
		return r.renamed(path, content)
	}
	if err != nil {
		return nil, missing(path, err)
	}
	if file.Size > MaxFileSize || len(content) > MaxFileSize {
		return &Lines{all: true}, nil
	}
	old, err := file.Contents()
	if err != nil {
		return nil, missing(path, err)
	}
	return compare(old, string(content)), nil
}

// missing says that an object cannot be read, which in a partial clone may not
// have been fetched.
func missing(path string, err error) error {
	return fmt.Errorf("reading %s of the revision: %w (a partial clone may not hold it: fetch it first)", path, err)
}
