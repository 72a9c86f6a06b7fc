package load

import (
	"bufio"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/go-git/go-git/v5/plumbing/format/gitignore"
)

// ignoreRules are the patterns of the .gitignore files from the root down to a
// folder.
type ignoreRules struct {
	patterns []gitignore.Pattern
	matcher  gitignore.Matcher
}

// outerIgnores are the rules of the folders above a named one. A folder that
// they exclude was named all the same, so then they do not hold in it.
func outerIgnores(root, folder string) (ignoreRules, error) {
	var rules ignoreRules
	if !within(root, folder) {
		return rules, nil
	}
	at := root
	for _, part := range parts(root, folder) {
		var err error
		if rules, err = rules.with(root, at); err != nil {
			return rules, err
		}
		at = filepath.Join(at, part)
		if rules.match(root, at, true) {
			return ignoreRules{}, nil
		}
	}
	return rules, nil
}

// with adds the rules of the folder's own .gitignore.
func (r ignoreRules) with(root, folder string) (ignoreRules, error) {
	path := filepath.Join(folder, ".gitignore")
	if info, err := os.Lstat(path); err != nil || !info.Mode().IsRegular() {
		return r, nil
	}
	f, err := os.Open(path)
	if errors.Is(err, fs.ErrPermission) {
		return r, nil
	}
	if err != nil {
		return r, fmt.Errorf("reading %s: %w", path, err)
	}
	defer f.Close()
	domain := parts(root, folder)
	patterns := r.patterns[:len(r.patterns):len(r.patterns)]
	lines := bufio.NewScanner(f)
	for lines.Scan() {
		line := strings.TrimSuffix(lines.Text(), "\r")
		if strings.TrimSpace(line) == "" || strings.HasPrefix(line, "#") {
			continue
		}
		patterns = append(patterns, gitignore.ParsePattern(line, domain))
	}
	if err := lines.Err(); err != nil {
		return r, fmt.Errorf("reading %s: %w", path, err)
	}
	return ignoreRules{patterns: patterns, matcher: gitignore.NewMatcher(patterns)}, nil
}

func (r ignoreRules) match(root, abs string, isDir bool) bool {
	return r.matcher != nil && r.matcher.Match(parts(root, abs), isDir)
}

// parts are the components of a path below the root, none for the root itself.
func parts(root, path string) []string {
	rel, err := filepath.Rel(root, path)
	if err != nil || rel == "." {
		return nil
	}
	return strings.Split(rel, string(filepath.Separator))
}
