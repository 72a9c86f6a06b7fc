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
	"github.com/seaworthy-lint/seaworthy/lint/config"
	"github.com/seaworthy-lint/seaworthy/lint/load"
	"github.com/seaworthy-lint/seaworthy/lint/manifest"
)

func lintFlags() []cli.Flag { return slices.Concat(reportFlags(), judgeFlags()) }

// reportFlags say what of the findings is reported, how, and what comes of it.
func reportFlags() []cli.Flag {
	return []cli.Flag{
		&cli.StringSliceFlag{Name: "format", Aliases: []string{"f"}, Usage: "write `NAME[=FILE]`: " + strings.Join(formatNames(), ", ") + "; may be repeated", Value: cli.NewStringSlice()},
		&cli.BoolFlag{Name: "score-suppressed", Usage: "count the points of suppressed findings in the scores"},
		&cli.StringFlag{Name: "baseline", Usage: "leave out the findings that `FILE` accepts: 'seaworthy baseline write' makes it"},
		&cli.StringFlag{Name: "fail-on-new-rules", Usage: "the gate for findings of rules that the baseline does not know: a `SEVERITY` or never", DefaultText: "as --fail-on"},
		&cli.BoolFlag{Name: "in-context", Usage: "judge files that are named within what lies around them in the repository, and report only what they cause"},
		&cli.StringFlag{Name: "since", Usage: "report only what touches lines that changed since the git revision `REV`; REV... is where the branch left REV"},
		&cli.StringFlag{Name: "sarif-profile", Usage: "write SARIF for `github`, without what is suppressed or in the baseline, or in full", DefaultText: "github under GitHub Actions, else full"},
		&cli.StringFlag{Name: "coverage", Usage: "list `full`, every document, or only what was not linted", Value: "brief"},
		&cli.StringFlag{Name: "color", Usage: "`auto`, always or never", Value: "auto"},
		&cli.BoolFlag{Name: "quiet", Aliases: []string{"q"}, Usage: "print findings only"},
	}
}

// judgeFlags say what is judged, by which rules, and what passes.
func judgeFlags() []cli.Flag {
	return append([]cli.Flag{
		&cli.BoolFlag{Name: "allow-unscanned", Usage: "do not exit with 2 because something could not be judged"},
		&cli.BoolFlag{Name: "notes", Usage: "show notes too: what only a fuller context could turn into a finding"},
		&cli.StringFlag{Name: "stdin-filename", Usage: "the `NAME` that reports give to standard input", Value: "stdin"},
		&cli.StringFlag{Name: "kubernetes-version", Usage: "judge for Kubernetes `1.N`", DefaultText: lint.NewestVersion().String()},
		&cli.IntFlag{Name: "jobs", Aliases: []string{"j"}, Usage: "do `N` things at once", DefaultText: "all processors"},
		&cli.BoolFlag{Name: "verbose", Aliases: []string{"v"}, Usage: "list suppressed findings too, and say on standard error what is done"},
	}, slices.Concat(configFlags(), helmFlags())...)
}

// options is what the flags of lint ask for.
type options struct {
	paths          []string
	outputs        []output
	check          lint.Options
	suppress       lint.SuppressOptions
	profile        string
	load           load.Options
	newRulesGate   *lint.Severity // nil: as any other finding
	baseline       *acceptedFindings
	root           string // the repository that holds the first path
	config         *config.Tree
	reads          func(apiVersion, kind string) bool // known when the targets are
	suspects       func(kind, text string) bool       // and this too
	allowUnscanned bool
	since          string // a git revision
	format         formatters.Options
	verbose        bool
}

func (r *run) lint(c *cli.Context) error {
	o, err := r.options(c)
	if err != nil {
		return err
	}
	report, sets, err := o.judge(c.Context)
	if err != nil {
		return err
	}
	if o.baseline != nil {
		o.compare(report)
	}
	if err := o.restrict(report, sets); err != nil {
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
	if omitted := formatters.SARIFOmitted(report, o.format); omitted > 0 && o.writes("sarif") {
		r.sayf("seaworthy: SARIF holds the most severe results, as many as GitHub takes; %d more are left out\n", omitted)
	}
	r.status = report.ExitStatus
	return nil
}

// judge reads what is to be judged, and judges it.
func (o *options) judge(ctx context.Context) (*lint.Report, []*manifest.Set, error) {
	sets, err := o.read(ctx)
	if err != nil {
		return nil, nil, err
	}
	report, err := lint.Check(ctx, sets, o.check)
	if err != nil {
		return nil, nil, err
	}
	if err := o.config.Err(); err != nil {
		return nil, nil, err
	}
	lint.Suppress(report, o.suppress)
	return report, sets, nil
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
	if err := o.settle(targets); err != nil {
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
	case o.fails(r):
		return exitFindings
	}
	return exitClean
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
