package cli

import (
	"maps"
	"slices"
	"strings"

	"github.com/urfave/cli/v2"

	"github.com/seaworthy-lint/seaworthy/formatters"
	"github.com/seaworthy-lint/seaworthy/lint"
	"github.com/seaworthy-lint/seaworthy/lint/config"
	"github.com/seaworthy-lint/seaworthy/lint/load"
	"github.com/seaworthy-lint/seaworthy/lint/nearest"
)

func formatNames() []string { return slices.Sorted(maps.Keys(formatters.All)) }

// options turns flags into what they ask for, all of it checked before any
// file is read.
func (r *run) options(c *cli.Context) (*options, error) {
	return r.optionsFor(c, c.Args().Slice(), r.setOutputs, r.setConfig, r.setFormat, r.setBaseline)
}

// optionsFor are options for paths that need not be all arguments, with what
// set reads of the flags beside what is to be judged.
func (r *run) optionsFor(c *cli.Context, paths []string, set ...func(*options, *cli.Context) error) (*options, error) {
	o := &options{
		paths:          paths,
		allowUnscanned: c.Bool("allow-unscanned"),
		since:          c.String("since"),
		verbose:        c.Bool("verbose"),
	}
	if len(o.paths) == 0 {
		o.paths = []string{"."}
	}
	for _, set := range set {
		if err := set(o, c); err != nil {
			return nil, err
		}
	}
	if c.IsSet("since") && o.since == "" {
		return nil, usagef("--since: name a revision, as in --since origin/main...")
	}
	o.check.Version = lint.NewestVersion()
	if c.IsSet("kubernetes-version") {
		version, err := lint.ParseVersion(c.String("kubernetes-version"))
		if err != nil {
			return nil, usageError{err}
		}
		o.check.Version = version
	}
	if c.Int("jobs") < 0 {
		return nil, usagef("--jobs %d: use 1 or more", c.Int("jobs"))
	}
	o.check.Jobs = c.Int("jobs")
	o.check.Notes = c.Bool("notes")
	o.suppress.Today = lint.DateOf(r.env.Now())
	o.suppress.Score = c.Bool("score-suppressed")
	o.load = load.Options{
		Root:       o.root,
		Dir:        r.env.Dir,
		Excluded:   o.config.Excluded,
		ConfigName: config.FileName,
		Stdin:      r.env.Stdin,
		StdinName:  c.String("stdin-filename"),
		Reads:      func(apiVersion, kind string) bool { return o.reads == nil || o.reads(apiVersion, kind) },
		Suspects:   func(kind, text string) bool { return o.suspects != nil && o.suspects(kind, text) },
		Context:    c.Bool("in-context"),
		Jobs:       o.check.Jobs,
		Progress:   r.progress(),
	}
	if err := r.setReleases(o, c); err != nil {
		return nil, err
	}
	return o, nil
}

func (r *run) setOutputs(o *options, c *cli.Context) error {
	names := c.StringSlice("format")
	if len(names) == 0 {
		names = []string{"text"}
	}
	stdout := ""
	for _, name := range names {
		name, file, _ := strings.Cut(name, "=")
		formatter, ok := formatters.All[name]
		if !ok {
			return usagef("unknown format %q%s: use %s", name, nearest.Hint(name, formatNames()), strings.Join(formatNames(), ", "))
		}
		if file == "-" {
			file = ""
		}
		if file == "" {
			if stdout != "" {
				return usagef("formats %s and %s cannot both go to standard output: give one a file, as in -f %s=FILE", stdout, name, name)
			}
			stdout = name
		}
		o.outputs = append(o.outputs, output{name: name, file: file, formatter: formatter})
	}
	return nil
}

func (r *run) setFormat(o *options, c *cli.Context) error {
	o.format.Quiet = c.Bool("quiet")
	o.format.Suppressed = c.Bool("verbose")
	switch profile := c.String("sarif-profile"); profile {
	case "github", "full":
		o.format.SARIFFull = profile == "full"
	case "":
		o.format.SARIFFull = r.env.Getenv("GITHUB_ACTIONS") != "true"
	default:
		return usagef("--sarif-profile: unknown value %q: use github or full", profile)
	}
	switch coverage := c.String("coverage"); coverage {
	case "full", "brief":
		o.format.FullCoverage = coverage == "full"
	default:
		return usagef("--coverage: unknown value %q: use full or brief", coverage)
	}
	switch color := c.String("color"); color {
	case "always":
		o.format.Color = true
	case "never":
	case "auto":
		o.format.Color = r.env.StdoutIsTerminal && r.env.Getenv("NO_COLOR") == "" && r.env.Getenv("TERM") != "dumb"
	default:
		return usagef("--color: unknown value %q: use auto, always or never", color)
	}
	return nil
}
