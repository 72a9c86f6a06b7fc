// Package shell reads the commands in shell text.
package shell

import (
	"path"
	"slices"
	"strings"

	"mvdan.cc/sh/v3/syntax"
)

// Command is one simple command of a shell text.
type Command struct {
	// Words are the command's words without their quotes, redirections among
	// them. What a word substitutes stays as it is written.
	Words []string
	// Offsets are the bytes of the text at which the words start, -1 in a text
	// that another command hands to a shell.
	Offsets []int
	// Piped tells that the command reads what the one before it writes.
	Piped bool
}

// maxDepth is how deep shells that run shells are followed.
const maxDepth = 4

// Commands are the simple commands in the text, those of substitutions
// too, and those in the texts that it hands to other shells by -c or eval.
// Text that is no shell text gives its words, which mean nothing to rules.
func Commands(text string) []Command { return read(text, 0) }

func read(text string, depth int) []Command {
	r := reader{piped: map[*syntax.Stmt]bool{}}
	file, err := syntax.NewParser(syntax.RecoverErrors(3)).Parse(strings.NewReader(text), "")
	if err != nil {
		return []Command{{Words: strings.Fields(text)}}
	}
	syntax.Walk(file, r.visit)
	if depth >= maxDepth {
		return r.commands
	}
	commands := r.commands
	for _, c := range r.commands {
		if script := c.NestedScript(); script != "" {
			nested := read(script, depth+1)
			for _, c := range nested {
				for i := range c.Offsets {
					c.Offsets[i] = -1
				}
			}
			commands = append(commands, nested...)
		}
	}
	return commands
}

// reader collects the simple commands of a syntax tree.
type reader struct {
	commands []Command
	piped    map[*syntax.Stmt]bool
}

func (r *reader) visit(node syntax.Node) bool {
	switch node := node.(type) {
	case *syntax.BinaryCmd:
		if node.Op == syntax.Pipe || node.Op == syntax.PipeAll {
			r.piped[node.Y] = true
		}
	case *syntax.Stmt:
		if call, ok := node.Cmd.(*syntax.CallExpr); ok || node.Cmd == nil {
			r.command(node, call)
		}
	}
	return true
}

func (r *reader) command(stmt *syntax.Stmt, call *syntax.CallExpr) {
	c := Command{Piped: r.piped[stmt]}
	if call != nil {
		for _, a := range call.Assigns {
			if a.Name != nil && a.Value != nil {
				c.add(a.Name.Value+"="+wordText(a.Value), a)
			}
		}
		for _, w := range call.Args {
			c.add(wordText(w), w)
		}
	}
	for _, redirect := range stmt.Redirs {
		c.add(redirect.Op.String()+wordText(redirect.Word), redirect)
	}
	if len(c.Words) > 0 {
		r.commands = append(r.commands, c)
	}
}

func (c *Command) add(word string, at syntax.Node) {
	c.Words, c.Offsets = append(c.Words, word), append(c.Offsets, int(at.Pos().Offset()))
}

// wordText is a word without its quotes.
func wordText(w *syntax.Word) string {
	if w == nil {
		return ""
	}
	var b strings.Builder
	for _, part := range w.Parts {
		writePart(&b, part)
	}
	return b.String()
}

func writePart(b *strings.Builder, part syntax.WordPart) {
	switch part := part.(type) {
	case *syntax.Lit:
		b.WriteString(unescaped(part.Value))
	case *syntax.SglQuoted:
		b.WriteString(part.Value)
	case *syntax.DblQuoted:
		for _, inner := range part.Parts {
			writePart(b, inner)
		}
	case *syntax.ProcSubst:
		// What a command is handed as a file counts as if it stood there.
		var printed strings.Builder
		_ = syntax.NewPrinter().Print(&printed, part)
		b.WriteString("$" + strings.TrimLeft(printed.String(), "<>="))
	default:
		// Printing fails only when the writer does, and a builder never does.
		_ = syntax.NewPrinter().Print(b, part)
	}
}

// unescaped drops the backslashes that quote a character.
func unescaped(text string) string {
	var b strings.Builder
	for i := 0; i < len(text); i++ {
		if text[i] == '\\' && i+1 < len(text) {
			if i++; text[i] == '\n' {
				continue
			}
		}
		b.WriteByte(text[i])
	}
	return b.String()
}

// wrappers are programs and words of the shell that run what follows them.
var wrappers = []string{
	"sudo", "exec", "nohup", "env", "time", "command", "setsid", "then", "do", "else", "if", "elif", "while", "until", "!", "timeout", "nice", "busybox", "eval",
}

// Program is the name of the program that the command runs, and its arguments.
func (c Command) Program() (name string, args []string) {
	words := c.Words
	for len(words) > 0 {
		word := words[0]
		switch {
		case isAssignment(word), slices.Contains(wrappers, path.Base(word)), strings.HasPrefix(word, "-"), IsNumber(word):
			words = words[1:]
		default:
			return path.Base(word), words[1:]
		}
	}
	return "", nil
}

// IsNumber tells a number or a duration, which a wrapper takes.
func IsNumber(word string) bool {
	return word != "" && word[0] >= '0' && word[0] <= '9' && strings.Trim(strings.TrimRight(word, "smhd"), "0123456789.") == ""
}

func isAssignment(word string) bool {
	name, _, ok := strings.Cut(word, "=")
	return ok && name != "" && strings.Trim(name, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_") == ""
}

var shells = []string{"sh", "bash", "ash", "dash", "zsh", "ksh"}

// IsShell tells whether a program is a shell that runs a text by -c.
func IsShell(program string) bool { return slices.Contains(shells, program) }

// NestedScript is the text that the command hands to a shell by -c or eval.
func (c Command) NestedScript() string {
	if len(c.Words) > 1 && c.Words[0] == "eval" {
		return strings.Join(c.Words[1:], " ")
	}
	name, args := c.Program()
	if !IsShell(name) {
		return ""
	}
	for i, arg := range args {
		if strings.HasPrefix(arg, "-") && !strings.HasPrefix(arg, "--") && strings.HasSuffix(arg, "c") {
			rest := args[i+1:]
			if len(rest) > 0 && rest[0] == "--" {
				rest = rest[1:]
			}
			return strings.Join(rest[:min(1, len(rest))], "")
		}
	}
	return ""
}
