package cli

import (
	"fmt"
	"io"
	"strings"

	"github.com/urfave/cli/v2"

	"github.com/seaworthy-lint/seaworthy/rules"
)

// shells are those for which there is a completion script.
var shells = []string{"bash", "zsh", "fish"}

// completion prints a script made from the commands and flags themselves.
func (r *run) completion(c *cli.Context) error {
	shells := map[string]func(io.Writer, completions) error{"bash": bashCompletion, "zsh": zshCompletion, "fish": fishCompletion}
	write, ok := shells[c.Args().First()]
	if !ok || c.NArg() != 1 {
		return usagef("completion takes one of bash, zsh, fish")
	}
	return write(r.env.Stdout, r.completions())
}

// completions are the words to offer.
type completions struct {
	commands []*cli.Command
	flags    []cli.Flag
	values   map[string][]string // by flag
}

func (r *run) completions() completions {
	return completions{
		commands: r.app().Commands,
		flags:    lintFlags(),
		values: map[string][]string{
			"format":            formatNames(),
			"profile":           rules.Profiles,
			"fail-on":           {"critical", "high", "medium", "low", "never"},
			"color":             {"auto", "always", "never"},
			"coverage":          {"full", "brief"},
			"sarif-profile":     {"github", "full"},
			"fail-on-new-rules": {"critical", "high", "medium", "low", "never"},
		},
	}
}

func (c completions) commandNames() []string {
	var names []string
	for _, command := range c.commands {
		names = append(names, command.Name)
	}
	return names
}

// second are the words that may follow a command: its own commands, or shells.
func second(command *cli.Command) string {
	if command.Name == "completion" {
		return strings.Join(shells, " ")
	}
	return strings.Join(completions{commands: command.Subcommands}.commandNames(), " ")
}

func dashed(f cli.Flag) []string {
	var names []string
	for _, name := range f.Names() {
		if len(name) == 1 {
			names = append(names, "-"+name)
		} else {
			names = append(names, "--"+name)
		}
	}
	return names
}

func bashCompletion(w io.Writer, c completions) error {
	var b strings.Builder
	b.WriteString("_seaworthy() {\n    local cur=${COMP_WORDS[COMP_CWORD]} prev=${COMP_WORDS[COMP_CWORD-1]}\n    case $prev in\n")
	var flags []string
	for _, f := range c.flags {
		flags = append(flags, dashed(f)...)
		if values := c.values[f.Names()[0]]; values != nil {
			fmt.Fprintf(&b, "    %s) COMPREPLY=($(compgen -W %q -- \"$cur\")); return ;;\n", strings.Join(dashed(f), "|"), strings.Join(values, " "))
		}
	}
	for _, command := range c.commands {
		if words := second(command); words != "" {
			fmt.Fprintf(&b, "    %s) COMPREPLY=($(compgen -W %q -- \"$cur\")); return ;;\n", command.Name, words)
		}
	}
	b.WriteString("    esac\n")
	fmt.Fprintf(&b, "    if [[ $cur == -* ]]; then\n        COMPREPLY=($(compgen -W %q -- \"$cur\"))\n        return\n    fi\n", strings.Join(flags, " "))
	fmt.Fprintf(&b, "    COMPREPLY=($(compgen -f -- \"$cur\"))\n    if [[ $COMP_CWORD == 1 ]]; then\n        COMPREPLY+=($(compgen -W %q -- \"$cur\"))\n    fi\n}\n", strings.Join(c.commandNames(), " "))
	b.WriteString("complete -o filenames -F _seaworthy seaworthy\n")
	_, err := io.WriteString(w, b.String())
	return err
}

func zshCompletion(w io.Writer, c completions) error {
	var b strings.Builder
	b.WriteString("#compdef seaworthy\n_seaworthy() {\n    local -a commands=(\n")
	for _, command := range c.commands {
		fmt.Fprintf(&b, "        %s\n", singleQuoted(command.Name+":"+command.Usage))
	}
	b.WriteString("    )\n    if (( CURRENT == 3 )); then\n        case ${words[2]} in\n")
	for _, command := range c.commands {
		if words := second(command); words != "" {
			fmt.Fprintf(&b, "        %s) compadd %s; return ;;\n", command.Name, words)
		}
	}
	b.WriteString("        esac\n    fi\n    _arguments \\\n")
	for _, f := range c.flags {
		for _, name := range dashed(f) {
			spec := name + "[" + strings.NewReplacer("[", "(", "]", ")", "`", "").Replace(usageOf(f)) + "]"
			if values := c.values[f.Names()[0]]; values != nil {
				spec += ":value:(" + strings.Join(values, " ") + ")"
			} else if _, isBool := f.(*cli.BoolFlag); !isBool {
				spec += ":value:"
			}
			fmt.Fprintf(&b, "        %s \\\n", singleQuoted(spec))
		}
	}
	b.WriteString("        '1: :{_describe command commands; _files}' '*:file:_files'\n}\ncompdef _seaworthy seaworthy\n")
	_, err := io.WriteString(w, b.String())
	return err
}

func singleQuoted(s string) string { return "'" + strings.ReplaceAll(s, "'", `'\''`) + "'" }

func usageOf(f cli.Flag) string {
	if documented, ok := f.(cli.DocGenerationFlag); ok {
		return documented.GetUsage()
	}
	return ""
}

func fishCompletion(w io.Writer, c completions) error {
	var b strings.Builder
	for _, command := range c.commands {
		fmt.Fprintf(&b, "complete -c seaworthy -n __fish_use_subcommand -a %s -d %s\n", command.Name, singleQuoted(command.Usage))
		if words := second(command); words != "" {
			fmt.Fprintf(&b, "complete -c seaworthy -n '__fish_seen_subcommand_from %s' -f -a '%s'\n", command.Name, words)
		}
	}
	for _, f := range c.flags {
		line := "complete -c seaworthy"
		for _, name := range f.Names() {
			if len(name) == 1 {
				line += " -s " + name
			} else {
				line += " -l " + name
			}
		}
		if values := c.values[f.Names()[0]]; values != nil {
			line += " -x -a " + singleQuoted(strings.Join(values, " "))
		} else if _, isBool := f.(*cli.BoolFlag); !isBool {
			line += " -r"
		}
		fmt.Fprintf(&b, "%s -d %s\n", line, singleQuoted(strings.ReplaceAll(usageOf(f), "`", "")))
	}
	_, err := io.WriteString(w, b.String())
	return err
}
