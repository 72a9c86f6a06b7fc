package cli

import (
	"slices"
	"strings"

	"github.com/urfave/cli/v2"
)

// flagsFirst moves flags in front of paths, because the library takes all that
// follows the first path for a path. What follows "--" stays a path.
func flagsFirst(app *cli.App, args []string) []string {
	flags, commands := app.Flags, app.Commands
	var command []string
	for len(args) > 0 {
		i := slices.IndexFunc(commands, func(c *cli.Command) bool { return c.HasName(args[0]) })
		if i < 0 {
			break
		}
		command, args = append(command, args[0]), args[1:]
		flags, commands = commands[i].Flags, commands[i].Subcommands
	}
	var options, paths []string
	for i := 0; i < len(args); i++ {
		arg := args[i]
		if arg == "--" {
			paths = append(paths, args[i+1:]...)
			break
		}
		if len(arg) < 2 || arg[0] != '-' {
			paths = append(paths, arg)
			continue
		}
		options = append(options, arg)
		if takesValue(flags, arg) && i+1 < len(args) {
			i++
			options = append(options, args[i])
		}
	}
	out := slices.Concat(command, options)
	if len(paths) > 0 {
		out = append(append(out, "--"), paths...)
	}
	return out
}

func takesValue(flags []cli.Flag, arg string) bool {
	name := strings.TrimLeft(arg, "-")
	for _, f := range flags {
		if slices.Contains(f.Names(), name) {
			_, isBool := f.(*cli.BoolFlag)
			return !isBool
		}
	}
	return false
}
