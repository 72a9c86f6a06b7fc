package cli

import (
	"slices"
	"strings"

	"github.com/urfave/cli/v2"

	"github.com/seaworthy-lint/seaworthy/lint"
	"github.com/seaworthy-lint/seaworthy/lint/config"
	"github.com/seaworthy-lint/seaworthy/lint/load"
	"github.com/seaworthy-lint/seaworthy/lint/manifest"
	"github.com/seaworthy-lint/seaworthy/rules"
)

// configFlags are the flags that say what the configuration files say too.
func configFlags() []cli.Flag {
	return []cli.Flag{
		&cli.StringFlag{Name: "config", Aliases: []string{"c"}, Usage: "the configuration `FILE`, in place of those in the tree", DefaultText: config.FileName + " of each folder and those above it"},
		&cli.StringFlag{Name: "profile", Usage: "judge by the rules of `NAME`: " + strings.Join(rules.Profiles, ", "), DefaultText: "default"},
		&cli.StringSliceFlag{Name: "select", Usage: "judge by these `RULES` only, ids or other tools' check ids"},
		&cli.StringSliceFlag{Name: "ignore", Usage: "leave these `RULES` out"},
		&cli.StringFlag{Name: "fail-on", Usage: "the gate: exit with 1 for findings of `SEVERITY` or worse: critical, high, medium, low, never", DefaultText: "medium"},
		&cli.IntFlag{Name: "min-score", Usage: "exit with 1 when a resource scores less than `N`", DefaultText: "no gate"},
		&cli.StringSliceFlag{Name: "exclude", Usage: "do not judge files whose path matches `GLOB`"},
	}
}

// setConfig opens the configuration of the repository that holds the first
// path.
func (r *run) setConfig(o *options, c *cli.Context) error {
	o.root = load.Root(r.env.Dir, o.paths)
	opts := config.Options{Root: o.root, Catalogue: catalogue()}
	o.suppress.Catalogue = opts.Catalogue.Rules
	o.suppress.Whole = slices.ContainsFunc(o.paths, func(path string) bool { return inDir(r.env.Dir, path) == o.root })
	if !c.IsSet("stdin-filename") {
		opts.Stdin = c.String("stdin-filename")
	}
	if name := c.String("config"); name != "" {
		opts.Name, opts.File = name, inDir(r.env.Dir, name)
	}
	flags, err := configOf(c, opts.Catalogue, o.writes("kubesec"))
	if err != nil {
		return err
	}
	opts.Flags = flags
	o.config, err = config.Open(opts)
	return err
}

// catalogue is what a configuration may name.
func catalogue() config.Catalogue {
	return config.Catalogue{Rules: rules.All(), Profiles: rules.Profiles}
}

// configOf is what the flags say. The kubesec format asks for its profile.
func configOf(c *cli.Context, known config.Catalogue, kubesec bool) (flags config.Flags, err error) {
	flags.Exclude = c.StringSlice("exclude")
	for _, glob := range flags.Exclude {
		if err := lint.ValidateGlob(glob); err != nil {
			return flags, usagef("--exclude: %w", err)
		}
	}
	if flags.Select, err = named(known.Rules, c.StringSlice("select")); err != nil {
		return flags, err
	}
	if flags.Ignore, err = named(known.Rules, c.StringSlice("ignore")); err != nil {
		return flags, err
	}
	if err := setProfile(&flags, c, kubesec); err != nil {
		return flags, err
	}
	if c.IsSet("min-score") {
		score := c.Int("min-score")
		flags.MinScore = &score
	}
	return flags, setGate(&flags, c)
}

func setProfile(flags *config.Flags, c *cli.Context, kubesec bool) error {
	name := c.String("profile")
	flags.ProfileFlag = "--profile"
	if kubesec && name == "" {
		name, flags.ProfileFlag = "kubesec", "-f kubesec"
	}
	if name == "" {
		return nil
	}
	profile, err := lint.ParseProfile(name, rules.Profiles)
	if err != nil {
		return usageError{err}
	}
	if kubesec && profile.Name != "kubesec" {
		return usagef("-f kubesec prints kubesec's rules: it needs --profile kubesec, not %s", name)
	}
	flags.Profile = &profile
	return nil
}

func setGate(flags *config.Flags, c *cli.Context) error {
	name := c.String("fail-on")
	if name == "" {
		return nil
	}
	gate, err := gate("fail-on", name)
	flags.FailOn = &gate
	return err
}

// gate is the severity that a flag names; 0 for never.
func gate(flag, name string) (lint.Severity, error) {
	if strings.EqualFold(name, "never") {
		return 0, nil
	}
	severity, err := lint.ParseSeverity(name)
	if err != nil {
		return 0, usagef("--%s: unknown severity %q: use critical, high, medium, low or never", flag, name)
	}
	return severity, nil
}

func named(all []*lint.Rule, names []string) ([]*lint.Rule, error) {
	var found []*lint.Rule
	for _, name := range names {
		matches := lint.Find(all, strings.TrimSpace(name))
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

// settle takes up the configuration of what was found: which rules may run,
// and, when it is not the same for all, how each object is judged.
func (o *options) settle(targets []load.Target) error {
	if err := o.config.Load(load.Folders(targets, o.load)); err != nil {
		return err
	}
	all := o.config.At(".", nil)
	o.profile = all.Profile.Name
	o.check.Rules = o.config.Rules()
	if len(o.check.Rules) == 0 {
		return usagef("no rules are left to judge by: --select, --ignore, --profile and the configuration exclude them all")
	}
	o.suppress.Entries = o.config.Suppressions()
	o.check.Strict, o.check.PodSecurity, o.check.Restricted, o.check.CIS = all.Strict, all.PodSecurity, all.Restricted, all.CIS
	if o.config.Differs() {
		o.check.Settings = o.config.Settings
	}
	o.reads, o.suspects = reads(o.check.Rules), suspects(o.check.Rules)
	return nil
}

// fails tells whether anything that was found does not pass the gate of its
// file. Since a revision, only what has findings is held to the least score.
func (o *options) fails(r *lint.Report) bool {
	reaches := func(f *lint.Finding) bool {
		gate := o.config.At(f.Span.File.Path, f.Object).FailOn
		if f.NewRule && o.newRulesGate != nil {
			gate = *o.newRulesGate
		}
		return gate != 0 && !f.Note && f.Severity >= gate
	}
	found := map[*manifest.Object]bool{}
	for _, f := range r.Findings {
		found[f.Object] = true
	}
	return slices.ContainsFunc(r.Findings, reaches) || slices.ContainsFunc(r.Resources, func(resource *lint.Resource) bool {
		least := o.config.At(resource.Document.File.Path, resource.Object).MinScore
		return least != nil && (o.since == "" || found[resource.Object]) && resource.Score.Scored() && resource.Score.Points < *least
	})
}
