package cli

import (
	"github.com/urfave/cli/v2"

	"github.com/seaworthy-lint/seaworthy/formatters"
	"github.com/seaworthy-lint/seaworthy/lint"
	"github.com/seaworthy-lint/seaworthy/rules"
)

func rulesFlags() []cli.Flag {
	return []cli.Flag{
		&cli.StringFlag{Name: "format", Aliases: []string{"f"}, Usage: "`text`, json or markdown", Value: "text"},
		&cli.StringFlag{Name: "profile", Usage: "only the rules of profile `NAME`", DefaultText: "all rules"},
	}
}

func (r *run) rules(c *cli.Context) error {
	if c.NArg() > 0 {
		return usagef("rules takes no argument; 'seaworthy explain %s' explains a rule, and ./%s is a path", c.Args().First(), c.Args().First())
	}
	chosen := rules.All()
	var profile lint.Profile
	if name := c.String("profile"); name != "" {
		var err error
		if profile, err = lint.ParseProfile(name, rules.Profiles); err != nil {
			return usageError{err}
		}
		chosen = profile.Rules(chosen)
	}
	format := c.String("format")
	write, ok := formatters.Catalogue[format]
	if !ok {
		return usagef("unknown format %q for rules: use text, json or markdown", format)
	}
	if err := write(r.env.Stdout, chosen); err != nil {
		return err
	}
	if unseen, ok := formatters.Unseen[format]; ok && profile.CIS() {
		return unseen(r.env.Stdout, rules.CISBenchmark, rules.CISUnseen)
	}
	return nil
}

func (r *run) explain(c *cli.Context) error {
	if c.NArg() != 1 {
		return usagef("explain takes one rule, or a check of another tool such as CKV_K8S_16")
	}
	all := rules.All()
	found := lint.Find(all, c.Args().First())
	if len(found) == 0 {
		return unknownRule(all, c.Args().First())
	}
	return formatters.Explain(r.env.Stdout, found)
}
