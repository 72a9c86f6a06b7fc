package cli

import (
	"context"
	"io"
	"log"
	"os"
	"slices"
	"strings"
	"time"

	"github.com/urfave/cli/v2"

	"github.com/seaworthy-lint/seaworthy/formatters"
	"github.com/seaworthy-lint/seaworthy/lint"
	"github.com/seaworthy-lint/seaworthy/lint/load"
	"github.com/seaworthy-lint/seaworthy/lint/manifest"
	"github.com/seaworthy-lint/seaworthy/rules"
)

func lintFlags() []cli.Flag {
	return append([]cli.Flag{
		&cli.StringSliceFlag{Name: "format", Aliases: []string{"f"}, Usage: "write `NAME[=FILE]`: " + strings.Join(formatNames(), ", ") + "; may be repeated", Value: cli.NewStringSlice()},
		&cli.StringFlag{Name: "profile", Usage: "judge by the rules of `NAME`: " + strings.Join(rules.Profiles, ", "), DefaultText: "default"},
		&cli.StringSliceFlag{Name: "select", Usage: "judge by these `RULES` only, ids or other tools' check ids"},
		&cli.StringSliceFlag{Name: "ignore", Usage: "leave these `RULES` out"},
		&cli.StringFlag{Name: "fail-on", Usage: "the gate: exit with 1 for findings of `SEVERITY` or worse: critical, high, medium, low, never", Value: "medium"},
		&cli.IntFlag{Name: "min-score", Usage: "exit with 1 when a resource scores less than `N`", DefaultText: "no gate"},
		&cli.BoolFlag{Name: "allow-unscanned", Usage: "do not exit with 2 because something could not be judged"},
		&cli.BoolFlag{Name: "notes", Usage: "show notes too: what only a fuller context could turn into a finding"},
		&cli.StringSliceFlag{Name: "exclude", Usage: "do not judge files whose path matches `GLOB`"},
		&cli.StringFlag{Name: "stdin-filename", Usage: "the `NAME` that reports give to standard input", Value: "stdin"},
		&cli.StringFlag{Name: "kubernetes-version", Usage: "judge for Kubernetes `1.N`", DefaultText: lint.NewestVersion().String()},
		&cli.StringFlag{Name: "coverage", Usage: "list `full`, every document, or only what was not linted", Value: "brief"},
		&cli.IntFlag{Name: "jobs", Aliases: []string{"j"}, Usage: "do `N` things at once", DefaultText: "all processors"},
		&cli.StringFlag{Name: "color", Usage: "`auto`, always or never", Value: "auto"},
		&cli.BoolFlag{Name: "quiet", Aliases: []string{"q"}, Usage: "print findings only"},
		&cli.BoolFlag{Name: "verbose", Aliases: []string{"v"}, Usage: "say on standard error what is done"},
	}, helmFlags()...)
}

// options is what the flags of lint ask for.
type options struct {
	paths          []string
	outputs        []output
	check          lint.Options
	profile        string
	load           load.Options
	gate           lint.Severity // 0: no gate
	minScore       *int
	allowUnscanned bool
	format         formatters.Options
	verbose        bool
}

func (r *run) lint(c *cli.Context) error {
	o, err := r.options(c)
	if err != nil {
		return err
	}
	sets, err := o.read(c.Context)
	if err != nil {
		return err
	}
	report, err := lint.Check(c.Context, sets, o.check)
	if err != nil {
		return err
	}
	report.Profile, report.ToolVersion = o.profile, toolVersion()
	report.ExitStatus = o.exitStatus(report)
	if o.verbose {
		r.sayf("seaworthy: %d documents, %d rules of profile %s, for Kubernetes %s\n", len(report.Documents), len(report.Rules), o.profile, report.Version)
	}
	if err := r.write(report, o); err != nil {
		return err
	}
	if omitted := formatters.SARIFOmitted(report); omitted > 0 && o.writes("sarif") {
		r.sayf("seaworthy: SARIF holds the most severe results, as many as GitHub takes; %d more are left out\n", omitted)
	}
	r.status = report.ExitStatus
	return nil
}

// read finds and reads what is to be judged.
func (o *options) read(ctx context.Context) ([]*manifest.Set, error) {
	if !o.verbose {
		defer silence()()
	}
	targets, err := load.Walk(o.paths, o.load)
	if err != nil {
		return nil, err
	}
	return load.Read(ctx, targets, o.load)
}

// silence keeps what the libraries that render charts and kustomizations warn
// of off standard error, until the function that it returns is called: they
// write it to os.Stderr and to the log, past every option. Writing to a nil
// file does nothing but fail.
func silence() (restore func()) {
	stderr, logs := os.Stderr, log.Writer()
	os.Stderr = nil
	log.SetOutput(io.Discard)
	return func() {
		os.Stderr = stderr
		log.SetOutput(logs)
	}
}

func (o *options) writes(format string) bool {
	return slices.ContainsFunc(o.outputs, func(out output) bool { return out.name == format })
}

// exitStatus weighs what could not be judged above what was found.
func (o *options) exitStatus(r *lint.Report) int {
	switch {
	case len(r.Unjudged()) > 0 && !o.allowUnscanned:
		return exitTrouble
	case o.gate != 0 && r.Reaches(o.gate):
		return exitFindings
	case o.minScore != nil && lowestScore(r) < *o.minScore:
		return exitFindings
	}
	return exitClean
}

func lowestScore(r *lint.Report) int {
	lowest := int(^uint(0) >> 1)
	for _, resource := range r.Resources {
		if resource.Score.Scored() {
			lowest = min(lowest, resource.Score.Points)
		}
	}
	return lowest
}

// progress tells a waiting person, after a second, how far reading is.
func (r *run) progress() func(done, total int) {
	if !r.env.StderrIsTerminal {
		return nil
	}
	start, shown := r.env.Now(), false
	return func(done, total int) {
		if !shown && r.env.Now().Sub(start) < time.Second {
			return
		}
		shown = true
		end := ""
		if done == total {
			end = "\r\x1b[K"
		}
		r.sayf("\rreading %d of %d files%s", done, total, end)
	}
}

// reads tells which kinds any of the rules needs.
func reads(rules []*lint.Rule) func(apiVersion, kind string) bool {
	return func(apiVersion, kind string) bool {
		for _, rule := range rules {
			if rule.Kinds.Loads(apiVersion, kind) {
				return true
			}
		}
		return false
	}
}

// suspects tells whether any of the rules wants to read a document for its
// text.
func suspects(rules []*lint.Rule) func(kind, text string) bool {
	return func(kind, text string) bool {
		return kind == "CustomResourceDefinition" && slices.ContainsFunc(rules, func(rule *lint.Rule) bool {
			return rule.Kinds.Suspects != nil && rule.Kinds.Suspects(text)
		})
	}
}
