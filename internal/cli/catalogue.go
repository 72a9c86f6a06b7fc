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
	if name := c.String("profile"); name != "" {
		profile, err := lint.ParseProfile(name, rules.Profiles)
		if err != nil {
			return usageError{err}
		}
		chosen = profile.Rules(chosen)
	}
	write, ok := formatters.Catalogue[c.String("format")]
	if !ok {
		return usagef("unknown format %q for rules: use text, json or markdown", c.String("format"))
	}
	return write(r.env.Stdout, chosen)
}

func (r *run) explain(c *cli.Context) error {
	if c.NArg() != 1 {
		return usagef("explain takes one rule, or a check of another tool such as CKV_K8S_16")
	}
	all := rules.All()
	found := rules.Find(all, c.Args().First())
	if len(found) == 0 {
		return unknownRule(all, c.Args().First())
	}
	return formatters.Explain(r.env.Stdout, found)
}
