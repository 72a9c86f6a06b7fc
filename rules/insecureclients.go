package rules

import (
	"path"
	"slices"
	"strings"

	"github.com/seaworthy-lint/seaworthy/lint"
	"github.com/seaworthy-lint/seaworthy/lint/manifest"
	"github.com/seaworthy-lint/seaworthy/lint/shell"
)

// unverifiedByCommand looks at every command that the container's own fields
// start: as lists of words, and as the scripts in them.
func unverifiedByCommand(p *lint.Pass, c *manifest.Container) {
	hooks := []*manifest.Node{
		c.At("livenessProbe"), c.At("readinessProbe"), c.At("startupProbe"),
		c.At("lifecycle", "postStart"), c.At("lifecycle", "preStop"),
	}
	unverifiedArguments(p, c, slices.Concat(c.At("command").Items(), c.At("args").Items()))
	for _, hook := range hooks {
		unverifiedArguments(p, c, hook.At("exec", "command").Items())
	}
	for _, key := range []string{"script", "source"} {
		if n := c.At(key); n.IsString() {
			unverifiedScript(p, c, n)
		}
	}
}

// unverifiedArguments reads a command that is given as a list: a single
// command, or a shell and its script.
func unverifiedArguments(p *lint.Pass, c *manifest.Container, items []*manifest.Node) {
	words := make([]string, len(items))
	for i, item := range items {
		words[i] = item.Str()
	}
	if i := scriptOf(words); i >= 0 {
		unverifiedScript(p, c, items[i])
		return
	}
	whole := shell.Command{Words: words}
	if option, target := insecureOption(whole); option != "" {
		i := slices.IndexFunc(words, func(word string) bool { return optionIn(word, option) })
		reportClient(p, c, items[max(i, 0)], option, target)
	}
}

// scriptOf is where the script of a shell stands among the words, also of one
// that another program starts, such as tini; -1 when there is none.
func scriptOf(words []string) int {
	for i, word := range words {
		if !shell.IsShell(path.Base(word)) {
			continue
		}
		if script := (shell.Command{Words: words[i:]}).NestedScript(); script != "" {
			return slices.Index(words, script)
		}
	}
	return -1
}

// unverifiedScript reports each way of doing without verification once for a
// script.
func unverifiedScript(p *lint.Pass, c *manifest.Container, script *manifest.Node) {
	var seen []string
	for _, command := range shell.Commands(script.Str()) {
		option, target := insecureOption(command)
		if option == "" || target == loopback || slices.Contains(seen, option) {
			continue
		}
		seen = append(seen, option)
		reportClient(p, c, script, option, target)
	}
}

func reportClient(p *lint.Pass, c *manifest.Container, n *manifest.Node, option string, target reach) {
	switch target {
	case beyondLoopback:
		p.Reportf(n, "container %q does not verify certificates (%s)", c.Name(), option).Showing(option)
	case unclear:
		p.Unknown(n, "the target of "+option+" is not known")
	}
}

// optionIn tells whether a word is where an option stands, for the name that
// insecureOption gives it.
func optionIn(word, option string) bool {
	switch option {
	case "curl -k":
		return word == "--insecure" || curlCluster(word)
	case "wget --no-check-certificate":
		return word == "--no-check-certificate"
	}
	return strings.HasPrefix(word, option)
}

// insecureOption is the option by which a command does without verification,
// "" when it has none, and whom the command talks to.
func insecureOption(command shell.Command) (option string, target reach) {
	program, args := command.Program()
	switch program {
	case "curl":
		if slices.ContainsFunc(args, func(word string) bool { return optionIn(word, "curl -k") }) {
			return "curl -k", targetOf(args)
		}
	case "wget":
		if slices.Contains(args, "--no-check-certificate") {
			return "wget --no-check-certificate", targetOf(args)
		}
	case "echo", "printf":
		return "", loopback
	}
	for _, name := range []string{"--insecure-skip-tls-verify", "--kubelet-insecure-tls"} {
		for _, word := range command.Words {
			switch value, assigned := strings.CutPrefix(word, name+"="); {
			case word == name, assigned && (value == "true" || value == "1"):
				return name, serverOf(command.Words)
			case assigned && strings.ContainsAny(value, "${"):
				return name, unclear
			}
		}
	}
	return "", loopback
}

// curlArguments are the short options of curl that take an argument, so that
// what follows in the same word is no option.
const curlArguments = "AbcCdDeEFhHKmoPQrtTuUwxXyYz"

// curlCluster tells whether a word of short options has -k among them.
func curlCluster(word string) bool {
	if len(word) < 2 || word[0] != '-' || word[1] == '-' {
		return false
	}
	for _, letter := range word[1:] {
		switch {
		case letter == 'k':
			return true
		case strings.ContainsRune(curlArguments, letter):
			return false
		}
	}
	return false
}

// targetOf tells whom the arguments of a client name: every URL, else the last
// argument.
func targetOf(args []string) reach {
	var targets []string
	for _, arg := range args {
		if strings.Contains(arg, "://") && !strings.HasPrefix(arg, "-") && !strings.Contains(arg, " ") {
			targets = append(targets, arg)
		}
	}
	if len(targets) == 0 && len(args) > 0 {
		targets = args[len(args)-1:]
	}
	answer := loopback
	for _, target := range targets {
		switch host := urlHost(target); {
		case isLoopback(host):
		case strings.ContainsAny(host, "$`{<") && !strings.Contains(host, "KUBERNETES_"):
			if answer == loopback {
				answer = unclear
			}
		default:
			answer = beyondLoopback
		}
	}
	return answer
}

// serverOf tells which server the options of a command name; without one it is
// some other machine.
func serverOf(words []string) reach {
	for i, word := range words {
		value, ok := strings.CutPrefix(word, "--server=")
		if word == "--server" && i+1 < len(words) {
			value, ok = words[i+1], true
		}
		if ok {
			return targetOf([]string{value})
		}
	}
	return beyondLoopback
}
