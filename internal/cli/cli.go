// Package cli holds the commands and flags. It is the only code that touches
// standard output, standard error, the environment and the terminal.
package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"runtime/debug"
	"strings"
	"time"

	"github.com/urfave/cli/v2"
	"golang.org/x/term"

	"github.com/seaworthy-lint/seaworthy/lint/config"
	"github.com/seaworthy-lint/seaworthy/lint/secret/carrier"
)

// Exit statuses.
const (
	// exitClean: everything was judged, and nothing reaches the gate.
	exitClean = 0
	// exitFindings: findings at or over the gate.
	exitFindings = 1
	// exitTrouble: something could not be judged, or wrong usage.
	exitTrouble = 2
)

// Environment is all that a run sees of the system.
type Environment struct {
	Args           []string
	Stdin          io.Reader
	Stdout, Stderr io.Writer
	// Dir is the working directory, absolute.
	Dir    string
	Getenv func(string) string
	Now    func() time.Time
	// StdoutIsTerminal and StderrIsTerminal tell whether a person looks on.
	StdoutIsTerminal, StderrIsTerminal bool
}

// System is the environment of the process.
func System() Environment {
	dir, err := os.Getwd()
	if err != nil {
		dir = "."
	}
	return Environment{
		Args:             os.Args,
		Stdin:            os.Stdin,
		Stdout:           os.Stdout,
		Stderr:           os.Stderr,
		Dir:              dir,
		Getenv:           os.Getenv,
		Now:              time.Now,
		StdoutIsTerminal: term.IsTerminal(int(os.Stdout.Fd())),
		StderrIsTerminal: term.IsTerminal(int(os.Stderr.Fd())),
	}
}

// Run runs the command line and returns the exit status.
func Run(ctx context.Context, env Environment) int {
	run := &run{env: env}
	app := run.app()
	args := append([]string{"seaworthy"}, flagsFirst(app, env.Args[min(1, len(env.Args)):])...)
	if err := app.RunContext(ctx, args); err != nil {
		run.sayf("seaworthy: %s\n", strings.TrimSpace(err.Error()))
		if errors.As(err, new(usageError)) {
			run.sayf("Run 'seaworthy --help' for usage.\n")
		}
		return exitTrouble
	}
	return run.status
}

// usageError marks errors that a look at the help can mend.
type usageError struct{ error }

func usagef(format string, args ...any) error { return usageError{fmt.Errorf(format, args...)} }

// run is one run of the program.
type run struct {
	env    Environment
	status int
}

// sayf tells a person something on standard error, without the credentials that
// errors quote from arguments and files; when even that fails, there is nobody
// left to tell.
func (r *run) sayf(format string, args ...any) {
	text := fmt.Sprintf(format, args...)
	for _, arg := range r.env.Args {
		text = carrier.RedactQuotes(text, arg)
	}
	_, _ = io.WriteString(r.env.Stderr, carrier.Redact(text))
}

func (r *run) app() *cli.App {
	onUsageError := func(_ *cli.Context, err error, _ bool) error { return usageError{err} }
	app := &cli.App{
		Name:                 "seaworthy",
		Usage:                "lint Kubernetes manifests, offline",
		UsageText:            "seaworthy [lint] [flags] [PATH|-]...\nseaworthy rules | explain RULE | config explain FILE | config init | suppressions migrate [PATH]... | completion SHELL | version",
		Description:          "Judges the Kubernetes manifests in files, folders (.yaml, .yml, .json; .gitignore is honoured) and\nstandard input, and says what is wrong, where, and how to mend it.\n\nExit status: 0 nothing reaches the gate, 1 findings at or over the gate, 2 something could not be\njudged, or wrong usage.",
		Flags:                lintFlags(),
		Action:               r.lint,
		Reader:               r.env.Stdin,
		Writer:               r.env.Stdout,
		ErrWriter:            r.env.Stderr,
		HideVersion:          true,
		HideHelpCommand:      true,
		OnUsageError:         onUsageError,
		ExitErrHandler:       func(*cli.Context, error) {},
		EnableBashCompletion: false,
		Commands: []*cli.Command{
			{Name: "lint", Usage: "judge manifests (the default command)", ArgsUsage: "[PATH|-]...", Flags: lintFlags(), Action: r.lint},
			{Name: "rules", Usage: "list the rules", ArgsUsage: " ", Flags: rulesFlags(), Action: r.rules},
			{Name: "explain", Usage: "say why a rule is there, with a bad and a good example; takes the ids of other tools' checks too", ArgsUsage: "RULE|ALIAS", Action: r.explain},
			{Name: "baseline", Usage: "keep a file of the findings that are accepted, so that only new ones are reported", Subcommands: r.baselineCommands()},
			{Name: "config", Usage: "explain or begin a configuration", ArgsUsage: " ", Action: r.configUsage, Subcommands: []*cli.Command{
				{Name: "explain", Usage: "say what holds for a file, and where each setting comes from", ArgsUsage: "FILE", Flags: configFlags(), Action: r.configExplain},
				{Name: "init", Usage: "write a small " + config.FileName + " with comments into this folder", ArgsUsage: " ", Action: r.configInit},
			}},
			r.suppressionsCommand(),
			{Name: "completion", Usage: "print a completion script for a shell", ArgsUsage: "bash|zsh|fish", Action: r.completion},
			{Name: "version", Usage: "print the version", ArgsUsage: " ", Action: r.version},
		},
	}
	for _, c := range app.Commands {
		for _, c := range append(c.Subcommands, c) {
			c.OnUsageError = onUsageError
			c.HideHelpCommand = true
		}
	}
	return app
}

func (r *run) version(*cli.Context) error {
	_, err := fmt.Fprintln(r.env.Stdout, "seaworthy", toolVersion())
	return err
}

// toolVersion is the module's version as the build recorded it.
func toolVersion() string {
	info, ok := debug.ReadBuildInfo()
	if !ok || info.Main.Version == "" || info.Main.Version == "(devel)" {
		return "0.0.0-dev"
	}
	return strings.TrimPrefix(info.Main.Version, "v")
}
