package cli

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/urfave/cli/v2"

	"github.com/seaworthy-lint/seaworthy/formatters"
	"github.com/seaworthy-lint/seaworthy/internal/nearest"
	"github.com/seaworthy-lint/seaworthy/lint"
	"github.com/seaworthy-lint/seaworthy/lint/load"
	"github.com/seaworthy-lint/seaworthy/rules"
)

func formatNames() []string { return slices.Sorted(maps.Keys(formatters.All)) }

// options turns flags into what they ask for, all of it checked before any
// file is read.
func (r *run) options(c *cli.Context) (*options, error) {
	o := &options{
		paths:          c.Args().Slice(),
		allowUnscanned: c.Bool("allow-unscanned"),
		verbose:        c.Bool("verbose"),
	}
	if len(o.paths) == 0 {
		o.paths = []string{"."}
	}
	for _, set := range []func(*options, *cli.Context) error{r.setOutputs, setRules, setGate, r.setFormat} {
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
	o.load = load.Options{
		Root:      load.Root(r.env.Dir, o.paths),
		Dir:       r.env.Dir,
		Exclude:   c.StringSlice("exclude"),
		Stdin:     r.env.Stdin,
		StdinName: c.String("stdin-filename"),
		Reads:     reads(o.check.Rules),
		Suspects:  suspects(o.check.Rules),
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
			return usagef("unknown format %q%s: use %s", name, suggest(name, formatNames()), strings.Join(formatNames(), ", "))
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
		return usagef("unknown profile %q%s: use %s", o.profile, suggest(o.profile, rules.Profiles), strings.Join(rules.Profiles, ", "))
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
	var ids []string
	for _, rule := range all {
		ids = append(ids, rule.ID)
	}
	hint := suggest(name, ids)
	if alike := rulesWithWord(ids, name); hint == "" && len(alike) > 0 {
		hint = " (did you mean " + strings.Join(alike, ", ") + "?)"
	}
	return usagef("unknown rule %q%s: 'seaworthy rules' lists them", name, hint)
}

// rulesWithWord are the first ids that have a word like the one that was
// typed: people remember privileged before they remember privileged-container.
func rulesWithWord(ids []string, word string) []string {
	var words []string
	for _, id := range ids {
		words = append(words, strings.Split(id, "-")...)
	}
	meant := nearest.Of(word, words)
	var found []string
	for _, id := range ids {
		if meant != "" && slices.Contains(strings.Split(id, "-"), meant) && len(found) < 3 {
			found = append(found, id)
		}
	}
	return found
}

func setGate(o *options, c *cli.Context) error {
	if c.IsSet("min-score") {
		score := c.Int("min-score")
		o.minScore = &score
	}
	failOn := c.String("fail-on")
	if strings.EqualFold(failOn, "never") {
		return nil
	}
	gate, err := lint.ParseSeverity(failOn)
	if err != nil {
		return usagef("--fail-on: unknown severity %q: use critical, high, medium, low or never", failOn)
	}
	o.gate = gate
	return nil
}

func (r *run) setFormat(o *options, c *cli.Context) error {
	o.format.Quiet = c.Bool("quiet")
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

// suggest names the candidate that is nearest to a mistyped name, if any is
// near.
func suggest(name string, candidates []string) string {
	best := nearest.Of(name, candidates)
	if best == "" {
		return ""
	}
	return fmt.Sprintf(" (did you mean %s?)", best)
}
