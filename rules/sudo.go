package rules

import (
	"path"
	"slices"
	"strings"

	"github.com/seaworthy-lint/seaworthy/lint"
	"github.com/seaworthy-lint/seaworthy/lint/manifest"
	"github.com/seaworthy-lint/seaworthy/lint/shell"
)

var sudoRules = []lint.Rule{
	{
		ID:     "sudo-in-command",
		Family: "securitycontext",
		Title:  "command of the container calls sudo or becomes root",
		Why: "A container that calls sudo, su or setpriv to become root starts with fewer rights than its processes end " +
			"up with, and needs privilege escalation to be allowed.",
		Fix:        "run the process as the needed user through securityContext",
		FixKind:    lint.NoFix,
		Severity:   lint.Medium,
		Points:     -2,
		Profiles:   []string{"strict"},
		Aliases:    []string{"kubescape:C-0062"},
		References: []string{"NIST:4.4.3", "ATTACK:T1548"},
		Kinds:      workloads,
		Scope:      lint.ContainerScope,
		Check:      eachContainer(sudoInCommand),
	},
}

// sudoInCommand looks at every command that the container's own fields start.
// Arguments without a command count as one: entry points often run them.
func sudoInCommand(p *lint.Pass, c *manifest.Container) {
	becomesRoot(p, c, slices.Concat(c.At("command").Items(), c.At("args").Items()))
	for _, handler := range []*manifest.Node{
		c.At("livenessProbe"), c.At("readinessProbe"), c.At("startupProbe"),
		c.At("lifecycle", "postStart"), c.At("lifecycle", "preStop"),
	} {
		becomesRoot(p, c, handler.At("exec", "command").Items())
	}
}

func becomesRoot(p *lint.Pass, c *manifest.Container, argv []*manifest.Node) {
	words := make([]string, len(argv))
	for i, n := range argv {
		words[i] = n.Str()
	}
	start := len(words) - len(skipPrefixes(words))
	if start == len(words) {
		return
	}
	if argv[start].Templated() {
		p.UnknownValue(argv[start])
		return
	}
	if program := rootProgram(words[start:]); program != "" {
		p.Reportf(argv[start], "command of container %q calls %s to become root", c.Name(), program)
		return
	}
	script := scriptIndex(words[start:])
	if script < 0 {
		return
	}
	for _, command := range shell.Commands(words[start+script]) {
		if program := rootProgram(skipPrefixes(command.Words)); program != "" {
			p.Reportf(argv[start+script], "command of container %q calls %s to become root", c.Name(), program)
			return
		}
	}
}

// scriptIndex is where the script of a shell stands: after its option -c, also
// joined with others (-ec). The shell itself may be the image's entry point.
func scriptIndex(words []string) int {
	shells := []string{"sh", "bash", "ash", "dash", "zsh", "ksh", "busybox"}
	if !slices.Contains(shells, path.Base(words[0])) && words[0] != "-c" {
		return -1
	}
	for i, word := range words[:len(words)-1] {
		if strings.HasPrefix(word, "-") && !strings.HasPrefix(word, "--") && strings.HasSuffix(word, "c") {
			return i + 1
		}
	}
	return -1
}

// prefixWords stand in front of a command: words of the shell, and programs
// that run another one.
var prefixWords = []string{
	"if", "then", "elif", "else", "while", "until", "do", "!", "{",
	"exec", "command", "env", "nohup", "time", "timeout", "nice", "stdbuf", "xargs", "tini", "dumb-init", "catatonit",
}

// skipPrefixes drops assignments and prefix words with their options.
func skipPrefixes(words []string) []string {
	prefixed := false
	for len(words) > 0 {
		word := words[0]
		name, _, assigns := strings.Cut(word, "=")
		switch {
		case assigns && name != "" && !strings.ContainsAny(name, "-/. "):
		case slices.Contains(prefixWords, path.Base(word)):
			prefixed = true
		case prefixed && (strings.HasPrefix(word, "-") || word != "" && word[0] >= '0' && word[0] <= '9'):
		default:
			return words
		}
		words = words[1:]
	}
	return words
}

// rootProgram is the program at the head of a command if it makes the process
// root: sudo, and su and setpriv where they change to the user root.
func rootProgram(words []string) string {
	if len(words) == 0 {
		return ""
	}
	program, args := path.Base(words[0]), words[1:]
	switch {
	case program == "sudo",
		program == "su" && suUser(args) == "root",
		program == "setpriv" && setprivRoot(args):
		return program
	}
	return ""
}

// suUser is the user that su changes to: its first argument that is no option,
// root when there is none.
func suUser(args []string) string {
	valued := []string{"-c", "--command", "-s", "--shell", "-g", "--group", "-G", "--supp-group", "-w", "--whitelist-environment"}
	for i := 0; i < len(args); i++ {
		switch {
		case slices.Contains(valued, args[i]):
			i++
		case !strings.HasPrefix(args[i], "-"):
			return args[i]
		}
	}
	return "root"
}

func setprivRoot(args []string) bool {
	for i, arg := range args {
		option, value, joined := strings.Cut(arg, "=")
		if !joined && i+1 < len(args) {
			value = args[i+1]
		}
		switch option {
		case "--reuid", "--ruid", "--euid":
			if value == "0" || value == "root" {
				return true
			}
		}
	}
	return false
}
