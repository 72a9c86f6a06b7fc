package revision

import (
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/go-git/go-git/v5"
	"github.com/go-git/go-git/v5/plumbing"
	"github.com/go-git/go-git/v5/plumbing/object"
)

// history makes a repository: each step is a commit of files, "" removes one.
func history(t *testing.T, steps ...map[string]string) (dir string, commits []plumbing.Hash) {
	t.Helper()
	dir = t.TempDir()
	repository, err := git.PlainInit(dir, false)
	if err != nil {
		t.Fatal(err)
	}
	tree, err := repository.Worktree()
	if err != nil {
		t.Fatal(err)
	}
	for _, files := range steps {
		for name, content := range files {
			path := filepath.Join(dir, name)
			if content == "" {
				_, err = tree.Remove(name)
			} else if err = os.WriteFile(path, []byte(content), 0o600); err == nil {
				_, err = tree.Add(name)
			}
			if err != nil {
				t.Fatal(err)
			}
		}
		author := &object.Signature{Name: "t", Email: "t@example.com", When: time.Unix(1, 0)}
		hash, err := tree.Commit("step", &git.CommitOptions{Author: author})
		if err != nil {
			t.Fatal(err)
		}
		commits = append(commits, hash)
	}
	return dir, commits
}

func open(t *testing.T, dir, rev string) *Revision {
	t.Helper()
	r, err := Open(dir, rev)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func lines(t *testing.T, r *Revision, path, content string) *Lines {
	t.Helper()
	l, err := r.Lines(path, []byte(content))
	if err != nil {
		t.Fatal(err)
	}
	return l
}

func TestLines(t *testing.T) {
	dir, commits := history(t, map[string]string{"a.yaml": "1\n2\n3\n4\n"}, map[string]string{"a.yaml": "1\n2\nX\n4\n"})
	for _, rev := range []string{"HEAD~1", commits[0].String(), commits[0].String()[:10], "HEAD^"} {
		l := lines(t, open(t, dir, rev), "a.yaml", "1\n2\nX\n4\n5\n")
		for line, want := range []bool{1: false, 2: false, 3: true, 4: false, 5: true} {
			if line > 0 && l.Changed(line, line) != want {
				t.Errorf("%s: line %d changed: %v", rev, line, !want)
			}
		}
	}
	head := open(t, dir, "HEAD")
	if l := lines(t, head, "a.yaml", "1\r\n2\r\nX\r\n4\r\n"); l.Changed(1, 4) {
		t.Error("other line breaks count as a change")
	}
	if l := lines(t, head, "copy.yaml", "1\n2\nX\n4\n"); !l.Changed(1, 1) {
		t.Error("a copy does not count as new")
	}
	if l := lines(t, head, "new.yaml", "1\n2\n"); !l.Changed(1, 1) || !l.Changed(2, 2) {
		t.Error("a new file does not count as changed")
	}
	l := lines(t, head, "a.yaml", "1\n2\n4\n")
	if l.Changed(1, 3) || !l.Removed(2, 3, "X") || l.Removed(2, 3, "Y") || l.Removed(1, 1, "X") || l.Removed(3, 3, "X") {
		t.Errorf("a removed line is not between the lines 2 and 3: %+v", l)
	}
}

func TestRenamed(t *testing.T) {
	dir, _ := history(t, map[string]string{"a.yaml": "1\n2\nX\n4\n", "b.json": "7\n8\n", "c.yaml": "1\n2\n5\n6\n"})
	for _, name := range []string{"a.yaml", "b.json", "c.yaml"} {
		if err := os.Remove(filepath.Join(dir, name)); err != nil {
			t.Fatal(err)
		}
	}
	head := open(t, dir, "HEAD")
	for _, test := range []struct {
		name, content string
		changed       []bool
	}{
		{"moved.yaml", "1\n2\nX\n4\n", []bool{false, false, false, false}},
		{"other/breaks.yaml", "1\r\n2\r\nX\r\n4\r\n", []bool{false, false, false, false}},
		{"edited.yaml", "1\n2\nX\n5\n", []bool{false, false, false, true}},
		{"new.yaml", "1\n8\n9\n", []bool{true, true, true}},
		{"format.yaml", "7\n8\n", []bool{true, true}},
	} {
		l := lines(t, head, test.name, test.content)
		for i, want := range test.changed {
			if l.Changed(i+1, i+1) != want {
				t.Errorf("%s: line %d changed: %v", test.name, i+1, !want)
			}
		}
	}
}

func TestForkPoint(t *testing.T) {
	dir, commits := history(t, map[string]string{"a.yaml": "1\n"}, map[string]string{"a.yaml": "2\n"})
	repository, err := git.PlainOpen(dir)
	if err != nil {
		t.Fatal(err)
	}
	// A branch that is behind: what HEAD and it have in common is its tip.
	reference := plumbing.NewHashReference("refs/heads/old", commits[0])
	if err := repository.Storer.SetReference(reference); err != nil {
		t.Fatal(err)
	}
	if l := lines(t, open(t, dir, "old..."), "a.yaml", "1\n"); l.Changed(1, 1) {
		t.Error("old... is not the first commit")
	}
}

func TestOpenErrors(t *testing.T) {
	if _, err := Open(t.TempDir(), "HEAD"); err == nil || !strings.Contains(err.Error(), "not in a git repository") {
		t.Errorf("outside a repository: %v", err)
	}
	dir, _ := history(t, map[string]string{"a.yaml": "1\n"})
	if _, err := Open(dir, "nowhere"); err == nil || !strings.Contains(err.Error(), `revision "nowhere"`) {
		t.Errorf("an unknown revision: %v", err)
	}
}

// TestCompare holds the comparison to what defines it: the lines that did not
// change are, in order, lines of the text before.
func TestCompare(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	text := func() []string {
		out := make([]string, random.IntN(30))
		for i := range out {
			out[i] = string(rune('a'+random.IntN(4))) + "\n"
		}
		return out
	}
	for range 2000 {
		before := text()
		after := slices.Clone(before)
		for range random.IntN(6) {
			at := random.IntN(len(after) + 1)
			if random.IntN(2) == 0 || at == len(after) {
				after = slices.Insert(after, at, "new\n")
			} else {
				after = slices.Delete(after, at, at+1)
			}
		}
		l := compare(strings.Join(before, ""), strings.Join(after, ""))
		at := 0
		for i, line := range after {
			if l.Changed(i+1, i+1) {
				continue
			}
			found := slices.Index(before[at:], line)
			if found < 0 {
				t.Fatalf("line %d of %q does not count as changed from %q", i+1, after, before)
			}
			at += found + 1
		}
		if slices.Equal(before, after) && (len(l.changed) > 0 || len(l.removed) > 0) {
			t.Fatalf("equal texts differ: %+v", l)
		}
	}
}

func TestCompareBounds(t *testing.T) {
	lot := strings.Repeat("a\nb\n", 1<<14)
	l := compare("same\n"+lot, "same\n"+strings.Repeat("c\nd\n", 1<<14))
	if l.Changed(1, 1) || !l.Changed(2, 2) || !l.Changed(1<<15, 1<<15) {
		t.Error("texts too different to compare are not changed as a whole")
	}
}
