package cli

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/urfave/cli/v2"

	"github.com/seaworthy-lint/seaworthy/lint/config"
	"github.com/seaworthy-lint/seaworthy/lint/secret/carrier"
)

func (r *run) configUsage(c *cli.Context) error {
	if c.NArg() > 0 {
		return usagef("unknown command config %s: use config explain FILE or config init", c.Args().First())
	}
	return usagef("config takes a command: config explain FILE or config init")
}

// configExplain says what holds for a file, which need not exist.
func (r *run) configExplain(c *cli.Context) error {
	if c.NArg() != 1 {
		return usagef("config explain takes one file")
	}
	o := &options{paths: c.Args().Slice()}
	if err := r.setConfig(o, c); err != nil {
		return err
	}
	path, err := filepath.Rel(o.root, inDir(r.env.Dir, o.paths[0]))
	if err != nil {
		return fmt.Errorf("finding %s below %s: %w", o.paths[0], o.root, err)
	}
	explanation := o.config.Explain(filepath.ToSlash(path))
	if err := o.config.Err(); err != nil {
		return err
	}
	return explain(r.env.Stdout, explanation)
}

// explain prints an explanation with its settings in columns.
func explain(w io.Writer, x config.Explanation) error {
	var b strings.Builder
	b.WriteString(x.Path + "\n")
	if len(x.Files) == 0 {
		b.WriteString("no configuration file holds\n")
	} else {
		fmt.Fprintf(&b, "configured by %s\n", strings.Join(x.Files, ", then "))
	}
	if x.Excluded != nil {
		x.Settings = append([]config.Fact{*x.Excluded}, x.Settings...)
	}
	for _, section := range []struct {
		title string
		facts []config.Fact
	}{
		{"settings", x.Settings}, {fmt.Sprintf("rules (%d run)", x.Running), x.Rules},
		{"for some objects", x.Overrides}, {"objects and findings", x.Others},
	} {
		if len(section.facts) > 0 {
			writeFacts(&b, section.title, section.facts)
		}
	}
	_, err := io.WriteString(w, carrier.Redact(b.String()))
	return err
}

func writeFacts(b *strings.Builder, title string, facts []config.Fact) {
	fmt.Fprintf(b, "\n%s\n", title)
	name, value := 0, 0
	for _, fact := range facts {
		name, value = max(name, len(fact.Name)), max(value, min(len(fact.Value), 48))
	}
	for _, fact := range facts {
		fmt.Fprintf(b, "  %-*s  %-*s  %s\n", name, fact.Name, value, fact.Value, fact.Origin)
	}
}

// configInit writes a configuration to begin with where there is none.
func (r *run) configInit(c *cli.Context) error {
	if c.NArg() > 0 {
		return usagef("config init takes no argument: it writes %s into the working directory", config.FileName)
	}
	f, err := os.OpenFile(filepath.Join(r.env.Dir, config.FileName), os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o666)
	if errors.Is(err, fs.ErrExist) {
		return fmt.Errorf("%s is there already: it was left as it is", config.FileName)
	}
	if err != nil {
		return fmt.Errorf("writing %s: %w", config.FileName, fileCause(err))
	}
	defer f.Close()
	if _, err := f.WriteString(config.Starter); err != nil {
		return fmt.Errorf("writing %s: %w", config.FileName, fileCause(err))
	}
	return nil
}
