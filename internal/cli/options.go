package cli

import (
	"maps"
	"slices"
	"strings"

	"github.com/urfave/cli/v2"

	"github.com/seaworthy-lint/seaworthy/formatters"
	"github.com/seaworthy-lint/seaworthy/lint"
	"github.com/seaworthy-lint/seaworthy/lint/load"
	"github.com/seaworthy-lint/seaworthy/lint/nearest"
	"github.com/seaworthy-lint/seaworthy/rules"
)

func formatNames() []string { return slices.Sorted(maps.Keys(formatters.All)) }

// options turns flags into what they ask for, all of it checked before any
// file is read.
func (r *run) options(c *cli.Context) (*options, error) {
	return r.optionsFor(c, c.Args().Slice(), r.setOutputs, setRules, setGate, r.setFormat, r.setBaseline)
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
		Root:      load.Root(r.env.Dir, o.paths),
		Dir:       r.env.Dir,
		Exclude:   c.StringSlice("exclude"),
		Stdin:     r.env.Stdin,
		StdinName: c.String("stdin-filename"),
		Reads:     reads(o.check.Rules),
		Context:   c.Bool("in-context"),
		Jobs:      o.check.Jobs,
		Progress:  r.progress(),
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

// setRules picks the rules: those selected, else those of the profile, without
// the ignored ones.
func setRules(o *options, c *cli.Context) error {
	all := rules.All()
	o.suppress.Catalogue = all
	o.profile = c.String("profile")
	if o.profile == "" {
		o.profile = "default"
	}
	kubesec := o.writes("kubesec")
	if kubesec && !c.IsSet("profile") {
		o.profile = "kubesec"
	}
	if kubesec && o.profile != "kubesec" {
		return usagef("-f kubesec prints kubesec's rules: it needs --profile kubesec, not %s", o.profile)
	}
	if !slices.Contains(rules.Profiles, o.profile) {
		return usagef("unknown profile %q%s: use %s", o.profile, nearest.Hint(o.profile, rules.Profiles), strings.Join(rules.Profiles, ", "))
	}
	selected, err := named(all, c.StringSlice("select"))
	if err != nil {
		return err
	}
	ignored, err := named(all, c.StringSlice("ignore"))
	if err != nil {
		return err
	}
	for _, rule := range all {
		chosen := rule.InProfile(o.profile)
		if len(selected) > 0 {
			chosen = slices.Contains(selected, rule)
		}
		if chosen && !slices.Contains(ignored, rule) {
			o.check.Rules = append(o.check.Rules, rule)
		}
	}
	if len(o.check.Rules) == 0 {
		return usagef("no rules are left to judge by: --select, --ignore and --profile exclude them all")
	}
	o.check.Version = lint.NewestVersion()
	o.check.Strict = o.profile == "strict" || o.profile == "all"
	o.check.PodSecurity = strings.HasPrefix(o.profile, "pss-")
	o.check.Restricted = o.profile == "pss-restricted"
	o.check.CIS = o.profile == "cis"
	return nil
}

func named(all []*lint.Rule, names []string) ([]*lint.Rule, error) {
	var found []*lint.Rule
	for _, name := range names {
		matches := rules.Find(all, strings.TrimSpace(name))
		if len(matches) == 0 {
			return nil, unknownRule(all, name)
		}
		found = append(found, matches...)
	}
	return found, nil
}

func unknownRule(all []*lint.Rule, name string) error {
	return usagef("unknown rule %q%s: 'seaworthy rules' lists them", name, lint.Suggest(all, name))
}

func setGate(o *options, c *cli.Context) error {
	if c.IsSet("min-score") {
		score := c.Int("min-score")
		o.minScore = &score
	}
	var err error
	if o.gate, err = gate(c, "fail-on"); err != nil {
		return err
	}
	o.newRulesGate = o.gate
	if c.IsSet("fail-on-new-rules") {
		o.newRulesGate, err = gate(c, "fail-on-new-rules")
	}
	return err
}

// gate is the severity that a flag names; 0 for never.
func gate(c *cli.Context, flag string) (lint.Severity, error) {
	name := c.String(flag)
	if strings.EqualFold(name, "never") {
		return 0, nil
	}
	severity, err := lint.ParseSeverity(name)
	if err != nil {
		return 0, usagef("--%s: unknown severity %q: use critical, high, medium, low or never", flag, name)
	}
	return severity, nil
}

func (r *run) setFormat(o *options, c *cli.Context) error {
	o.format.Quiet = c.Bool("quiet")
	o.format.Suppressed = c.Bool("verbose")
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
