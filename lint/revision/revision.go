// Package revision tells which lines of files changed since a git revision. It
// reads the objects of the repository itself: no git program runs, and nothing
// is written or fetched.
package revision

import (
	"errors"
	"fmt"
	"strings"

	"github.com/go-git/go-git/v5"
	"github.com/go-git/go-git/v5/plumbing"
	"github.com/go-git/go-git/v5/plumbing/object"
)

// MaxFileSize is how many bytes of an old file are compared. Of a larger one
// all lines count as changed.
const MaxFileSize = 16 << 20

// Revision is the state of a repository at one commit.
type Revision struct {
	tree *object.Tree
	// contents are the hashes of all files of the tree; made when a file is not
	// found at its path.
	contents map[plumbing.Hash]bool
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
	return &Revision{tree: tree}, nil
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
// with slashes, content is the file now. A file that only moved has no changed
// line; all lines of a new one are changed.
func (r *Revision) Lines(path string, content []byte) (*Lines, error) {
	file, err := r.tree.File(path)
	if errors.Is(err, object.ErrFileNotFound) {
		moved, err := r.holds(content)
		if err != nil || moved {
			return &Lines{}, err
		}
		return &Lines{all: true}, nil
	}
	if err != nil {
		return nil, fmt.Errorf("reading %s of the revision: %w", path, err)
	}
	if file.Size > MaxFileSize || len(content) > MaxFileSize {
		return &Lines{all: true}, nil
	}
	old, err := file.Contents()
	if err != nil {
		return nil, fmt.Errorf("reading %s of the revision: %w", path, err)
	}
	return compare(old, string(content)), nil
}

// holds tells whether the revision has a file with the content, wherever.
func (r *Revision) holds(content []byte) (bool, error) {
	if r.contents == nil {
		r.contents = map[plumbing.Hash]bool{}
		err := r.tree.Files().ForEach(func(f *object.File) error {
			r.contents[f.Hash] = true
			return nil
		})
		if err != nil {
			return false, fmt.Errorf("reading the files of the revision: %w", err)
		}
	}
	return r.contents[plumbing.ComputeHash(plumbing.BlobObject, content)], nil
}
