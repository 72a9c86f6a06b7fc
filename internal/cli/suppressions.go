package cli

import (
	"bytes"
	"cmp"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/urfave/cli/v2"

	"github.com/seaworthy-lint/seaworthy/lint"
	"github.com/seaworthy-lint/seaworthy/lint/load"
	"github.com/seaworthy-lint/seaworthy/lint/manifest"
	"github.com/seaworthy-lint/seaworthy/lint/markers"
	"github.com/seaworthy-lint/seaworthy/rules"
)

func (r *run) suppressionsCommand() *cli.Command {
	return &cli.Command{
		Name: "suppressions", Usage: "work on what suppresses findings", HideHelpCommand: true,
		Action: func(c *cli.Context) error {
			return usagef("suppressions takes a command: migrate, not %q", c.Args().First())
		},
		Subcommands: []*cli.Command{{
			Name:            "migrate",
			Usage:           "rewrite the ignore comments and annotations of other tools as seaworthy's; prints the difference",
			ArgsUsage:       "[PATH]...",
			HideHelpCommand: true,
			OnUsageError:    func(_ *cli.Context, err error, _ bool) error { return usageError{err} },
			Flags: []cli.Flag{
				&cli.BoolFlag{Name: "write", Aliases: []string{"w"}, Usage: "write the files, and print what was changed"},
				&cli.StringSliceFlag{Name: "exclude", Usage: "leave files alone whose path matches `GLOB`"},
			},
			Action: r.migrate,
		}},
	}
}

// migrate rewrites the files that a run of the linter on the paths would read.
func (r *run) migrate(c *cli.Context) error {
	paths := c.Args().Slice()
	if len(paths) == 0 {
		paths = []string{"."}
	}
	if slices.Contains(paths, "-") {
		return usagef("suppressions migrate changes files: it does not take standard input")
	}
	o := &options{paths: paths}
	if err := r.setConfig(o, c); err != nil {
		return err
	}
	targets, err := load.Walk(paths, load.Options{Root: o.root, Dir: r.env.Dir, Excluded: o.config.Excluded})
	if err := cmp.Or(err, o.config.Err()); err != nil {
		return err
	}
	m := &migration{run: r, write: c.Bool("write"), all: rules.All(), seen: map[string]bool{}}
	for _, path := range paths {
		if real, err := filepath.EvalSymlinks(inDir(r.env.Dir, path)); err == nil {
			m.trees = append(m.trees, real)
		}
	}
	for _, target := range targets {
		for _, input := range target.Inputs {
			if input.Skipped == "" {
				if err := m.file(input); err != nil {
					return err
				}
			}
		}
	}
	return m.say()
}

// migration is one run of suppressions migrate.
type migration struct {
	*run
	write bool
	all   []*lint.Rule
	// trees are the real paths that may be written below.
	trees []string
	seen  map[string]bool
	out   bytes.Buffer

	files, left, unreasoned int
}

func (m *migration) file(input load.Input) error {
	if m.seen[input.Path] {
		return nil
	}
	m.seen[input.Path] = true
	info, err := os.Lstat(input.Path)
	if err != nil || !info.Mode().IsRegular() || info.Size() > load.MaxFileSize {
		return nil
	}
	content, err := os.ReadFile(input.Path)
	if err != nil {
		m.leave(input.Name, 0, "cannot be read: "+fileCause(err).Error())
		return nil
	}
	file, err := manifest.NewFile(input.Name, content)
	if err != nil {
		return nil // no text, and so no markers
	}
	changes := markers.Migrate(file, m.rulesOf)
	for _, left := range changes.Left {
		m.leave(input.Name, left.Line, left.Reason)
	}
	mark, isUTF8 := bytes.CutSuffix(content, file.Text)
	switch {
	case len(changes.Lines) == 0:
		return nil
	case !isUTF8:
		m.leave(input.Name, 0, "is UTF-16: save it as UTF-8 first")
		return nil
	case !m.inside(input.Path):
		m.leave(input.Name, 0, "lies behind a symbolic link or outside the paths: name it")
		return nil
	}
	m.files++
	m.unreasoned += changes.Unreasoned
	writeDiff(&m.out, file, changes.Lines)
	if !m.write {
		return nil
	}
	if err := replace(input.Path, append(bytes.Clone(mark), changes.Apply(file)...), info.Mode().Perm()); err != nil {
		return fmt.Errorf("writing %s: %w", input.Name, fileCause(err))
	}
	return nil
}

// inside tells whether a file lies below a path that was named, with no
// symbolic link on the way.
func (m *migration) inside(path string) bool {
	real, err := filepath.EvalSymlinks(path)
	if err != nil {
		return false
	}
	dir, err := filepath.EvalSymlinks(m.env.Dir)
	if err != nil {
		return false
	}
	direct := real == path || real == filepath.Join(dir, strings.TrimPrefix(path, m.env.Dir))
	return direct && slices.ContainsFunc(m.trees, func(tree string) bool {
		return real == tree || strings.HasPrefix(real, strings.TrimSuffix(tree, string(filepath.Separator))+string(filepath.Separator))
	})
}

// rulesOf are the ids of the rules that answer to a check of another tool.
func (m *migration) rulesOf(check string) []string {
	var ids []string
	for _, rule := range lint.Find(m.all, check) {
		ids = append(ids, rule.ID)
	}
	return ids
}

func (m *migration) leave(name string, line int, reason string) {
	m.left++
	if line > 0 {
		m.sayf("seaworthy: %s:%d: not translated: %s\n", name, line, reason)
		return
	}
	m.sayf("seaworthy: %s: not translated: it %s\n", name, reason)
}

// say prints the difference and, to a person, what it means.
func (m *migration) say() error {
	if _, err := m.env.Stdout.Write(m.out.Bytes()); err != nil {
		return fmt.Errorf("writing to standard output: %w", fileCause(err))
	}
	switch {
	case m.files == 0:
		m.sayf("seaworthy: there is nothing to rewrite\n")
	case m.write:
		m.sayf("seaworthy: %d files rewritten\n", m.files)
	default:
		m.sayf("seaworthy: %d files to rewrite: --write does it\n", m.files)
	}
	if m.left > 0 {
		m.sayf("seaworthy: %d markers stay as they are; seaworthy goes on reading them\n", m.left)
	}
	if m.unreasoned > 0 {
		m.sayf("seaworthy: %d suppressions give no reason: suppression-without-reason will ask for one\n", m.unreasoned)
	}
	return nil
}

// replace puts content in the place of a file at once, and keeps who may read
// and write it.
func replace(path string, content []byte, mode os.FileMode) error {
	f, err := stage(path, content)
	defer f.discard()
	if err != nil {
		return err
	}
	if err := os.Chmod(f.temporary, mode); err != nil {
		return err
	}
	return f.commit()
}
