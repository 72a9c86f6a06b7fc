package rules

import (
	"path"
	"slices"
	"strings"
)

// shellCommand is one simple command of a shell text.
type shellCommand struct {
	// words are the command's words without their quotes; redirections are
	// words as well.
	words []string
	// piped tells that the command reads what the one before it writes.
	piped bool
}

// shellReader splits shell text into simple commands. It knows quotes,
// comments, line continuations and operators; substitutions become commands
// of their own behind the one they stand in. It need not be exact: a text that
// is no shell text gives words that mean nothing to the rules.
type shellReader struct {
	text     string
	at       int
	commands []shellCommand
	current  shellCommand
	word     strings.Builder
	inWord   bool
	inner    []string
}

// shellDepth is how deep substitutions and nested shells are followed.
const shellDepth = 4

// shellCommands are the simple commands in the text, and in the texts that it
// hands to other shells by -c or eval.
func shellCommands(text string) []shellCommand { return readShell(text, 0) }

func readShell(text string, depth int) []shellCommand {
	r := &shellReader{text: text}
	for r.at < len(r.text) {
		r.step()
	}
	r.endCommand(false)
	if depth >= shellDepth {
		return r.commands
	}
	commands := r.commands
	for _, inner := range r.inner {
		commands = append(commands, readShell(inner, depth+1)...)
	}
	for _, c := range r.commands {
		if script := c.nestedScript(); script != "" {
			commands = append(commands, readShell(script, depth+1)...)
		}
	}
	return commands
}

func (r *shellReader) step() {
	c := r.text[r.at]
	switch {
	case c == '\\':
		r.escape()
	case c == '\'':
		r.singleQuoted()
	case c == '"':
		r.doubleQuoted()
	case c == '#' && !r.inWord:
		if i := strings.IndexByte(r.text[r.at:], '\n'); i >= 0 {
			r.at += i
			return
		}
		r.at = len(r.text)
	case c == ' ' || c == '\t' || c == '\r':
		r.endWord()
		r.at++
	case strings.IndexByte("\n;|&(){}`<$", c) >= 0:
		r.operator(c)
	default:
		r.put(c)
	}
}

func (r *shellReader) put(c byte) {
	r.word.WriteByte(c)
	r.inWord = true
	r.at++
}

func (r *shellReader) escape() {
	if r.at+1 >= len(r.text) {
		r.at++
		return
	}
	r.at++
	if r.text[r.at] == '\n' {
		r.at++
		return
	}
	r.put(r.text[r.at])
}

func (r *shellReader) singleQuoted() {
	r.inWord = true
	end := strings.IndexByte(r.text[r.at+1:], '\'')
	if end < 0 {
		end = len(r.text) - r.at - 1
	}
	r.word.WriteString(r.text[r.at+1 : r.at+1+end])
	r.at = min(len(r.text), r.at+end+2)
}

func (r *shellReader) doubleQuoted() {
	r.inWord = true
	for r.at++; r.at < len(r.text) && r.text[r.at] != '"'; {
		switch {
		case r.text[r.at] == '\\' && r.at+1 < len(r.text):
			r.at++
			r.put(r.text[r.at])
		case strings.HasPrefix(r.text[r.at:], "$("):
			r.substitution(r.at + 1)
		case r.text[r.at] == '`':
			r.backquoted()
		default:
			r.put(r.text[r.at])
		}
	}
	r.at++
}

func (r *shellReader) operator(c byte) {
	rest := r.text[r.at:]
	redirects := r.at > 0 && (r.text[r.at-1] == '>' || r.text[r.at-1] == '<')
	switch {
	case strings.HasPrefix(rest, "$("), strings.HasPrefix(rest, "<("):
		r.substitution(r.at + 1)
	case c == '`':
		r.backquoted()
	case c == '&' && (redirects || strings.HasPrefix(rest, "&>")), c == '<', c == '$', (c == '{' || c == '}') && r.inWord:
		r.put(c)
	case c == '|' && !strings.HasPrefix(rest, "||"):
		r.endCommand(true)
		r.at++
		if r.at < len(r.text) && r.text[r.at] == '&' {
			r.at++
		}
	default:
		r.endCommand(false)
		r.at++
	}
}

// substitution takes a balanced parenthesis that begins at open as a text of
// its own. The word keeps a mark of it.
func (r *shellReader) substitution(open int) {
	depth, end := 0, len(r.text)
	for i := open; i < len(r.text); i++ {
		if r.text[i] == '(' {
			depth++
		} else if r.text[i] == ')' {
			if depth--; depth == 0 {
				end = i
				break
			}
		}
	}
	r.substitute(r.text[open+1:end], end+1)
}

func (r *shellReader) backquoted() {
	end := strings.IndexByte(r.text[r.at+1:], '`')
	if end < 0 {
		r.at++
		return
	}
	r.substitute(r.text[r.at+1:r.at+1+end], r.at+end+2)
}

func (r *shellReader) substitute(inner string, next int) {
	r.inner = append(r.inner, inner)
	r.word.WriteString("$(" + inner + ")")
	r.inWord = true
	r.at = min(next, len(r.text))
}

func (r *shellReader) endWord() {
	if r.inWord {
		r.current.words = append(r.current.words, r.word.String())
	}
	r.word.Reset()
	r.inWord = false
}

func (r *shellReader) endCommand(pipe bool) {
	r.endWord()
	if len(r.current.words) > 0 {
		r.commands = append(r.commands, r.current)
		r.current = shellCommand{piped: pipe}
	}
}

// wrappers are programs and words of the shell that run what follows them.
var wrappers = []string{
	"sudo", "exec", "nohup", "env", "time", "command", "setsid", "then", "do", "else", "if", "elif", "while", "until", "!", "timeout", "nice", "busybox", "eval",
}

// program is the name of the program that the command runs, and its arguments.
func (c shellCommand) program() (name string, args []string) {
	words := c.words
	for len(words) > 0 {
		word := words[0]
		switch {
		case isAssignment(word), slices.Contains(wrappers, path.Base(word)), strings.HasPrefix(word, "-"), isNumber(word):
			words = words[1:]
		default:
			return path.Base(word), words[1:]
		}
	}
	return "", nil
}

// isNumber tells a number or a duration, which a wrapper takes.
func isNumber(word string) bool {
	return word != "" && word[0] >= '0' && word[0] <= '9' && strings.Trim(strings.TrimRight(word, "smhd"), "0123456789.") == ""
}

func isAssignment(word string) bool {
	name, _, ok := strings.Cut(word, "=")
	return ok && name != "" && strings.Trim(name, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_") == ""
}

var shells = []string{"sh", "bash", "ash", "dash", "zsh", "ksh"}

func isShell(program string) bool { return slices.Contains(shells, program) }

// nestedScript is the text that the command hands to a shell by -c or eval.
func (c shellCommand) nestedScript() string {
	if len(c.words) > 1 && c.words[0] == "eval" {
		return strings.Join(c.words[1:], " ")
	}
	name, args := c.program()
	if !isShell(name) {
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
