package cli

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"

	"github.com/urfave/cli/v2"

	"github.com/seaworthy-lint/seaworthy/lint"
	"github.com/seaworthy-lint/seaworthy/lint/baseline"
)

// acceptedFindings are a baseline and where it was read.
type acceptedFindings struct {
	*baseline.Baseline
	file    string
	outcome baseline.Outcome
}

func (r *run) baselineCommands() []*cli.Command {
	command := func(name, usage string, make func(*acceptedFindings, *lint.Report) *baseline.Baseline) *cli.Command {
		return &cli.Command{
			Name: name, Usage: usage, ArgsUsage: "FILE [PATH]...", Flags: judgeFlags(), HideHelpCommand: true,
			Action: func(c *cli.Context) error { return r.writeBaseline(c, name != "write", make) },
		}
	}
	return []*cli.Command{
		command("write", "accept today's findings, and no others", func(_ *acceptedFindings, report *lint.Report) *baseline.Baseline {
			return baseline.Of(report)
		}),
		command("update", "accept today's findings, and keep what was accepted of what this run does not judge", func(a *acceptedFindings, report *lint.Report) *baseline.Baseline {
			return a.Updated(report, a.outcome)
		}),
		command("prune", "drop what is gone, and accept nothing new", func(a *acceptedFindings, _ *lint.Report) *baseline.Baseline {
			return a.Pruned(a.outcome)
		}),
	}
}

// writeBaseline judges the paths and writes what make makes of the findings,
// and of the baseline that is there already.
func (r *run) writeBaseline(c *cli.Context, known bool, make func(*acceptedFindings, *lint.Report) *baseline.Baseline) error {
	if c.NArg() == 0 {
		return usagef("baseline %s: name the file, as in 'seaworthy baseline %s .seaworthy-baseline.json'", c.Command.Name, c.Command.Name)
	}
	file := c.Args().First()
	o, err := r.optionsFor(c, c.Args().Tail(), r.setConfig)
	if err != nil {
		return err
	}
	if known {
		o.baseline, err = r.readBaseline(file)
	} else {
		err = r.mayReplace(file)
	}
	if err != nil {
		return err
	}
	report, _, err := o.judge(c.Context)
	if err != nil {
		return err
	}
	if known {
		o.compare(report)
	}
	made := make(o.baseline, report)
	content, err := made.Marshal()
	if err != nil {
		return fmt.Errorf("writing %s: %w", file, err)
	}
	pending, err := stage(inDir(r.env.Dir, file), content)
	if err == nil {
		err = pending.commit()
	}
	if err != nil {
		pending.discard()
		return fmt.Errorf("writing %s: %w", file, fileCause(err))
	}
	r.sayf("seaworthy: %s holds %d accepted findings\n", file, len(made.Entries))
	if unjudged := len(report.Unjudged()); unjudged > 0 && !o.allowUnscanned {
		r.sayf("seaworthy: what could not be judged is not in it (documents: %d): 'seaworthy lint' says why\n", unjudged)
		r.status = exitTrouble
	}
	return nil
}

// mayReplace keeps a manifest that was named in place of a baseline from being
// lost. What was a baseline, of another version or with a conflict of git in it,
// may go.
func (r *run) mayReplace(file string) error {
	content, err := os.ReadFile(inDir(r.env.Dir, file))
	if err != nil || len(content) == 0 || bytes.Contains(content, []byte(`"schemaVersion"`)) {
		return nil // writing says what is wrong with the file
	}
	return usagef("baseline write: %s is there and is no baseline: name the file to write first, then what to judge", file)
}

func (r *run) setBaseline(o *options, c *cli.Context) (err error) {
	if name := c.String("fail-on-new-rules"); name != "" {
		gate, err := gate("fail-on-new-rules", name)
		if err != nil {
			return err
		}
		o.newRulesGate = &gate
	}
	if file := c.String("baseline"); file != "" {
		o.baseline, err = r.readBaseline(file)
	}
	return err
}

func (r *run) readBaseline(file string) (*acceptedFindings, error) {
	content, err := os.ReadFile(inDir(r.env.Dir, file))
	if err != nil {
		return nil, fmt.Errorf("reading the baseline %s: %w", file, fileCause(err))
	}
	b, err := baseline.Parse(content)
	if err != nil {
		return nil, fmt.Errorf("reading the baseline %s: %w", file, err)
	}
	return &acceptedFindings{Baseline: b, file: file}, nil
}

// compare takes the findings that the baseline accepts out of the report.
func (o *options) compare(report *lint.Report) {
	o.baseline.outcome = o.baseline.Apply(report, o.suppress.Score, func(path string) bool {
		_, err := os.Lstat(filepath.Join(o.load.Root, filepath.FromSlash(path)))
		return err == nil
	})
	report.Baseline = &lint.BaselineCounts{File: filepath.ToSlash(o.baseline.file), Known: o.baseline.outcome.Known, Gone: len(o.baseline.outcome.Gone)}
}
