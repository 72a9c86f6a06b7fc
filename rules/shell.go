package rules

import "strings"

// shellCommands splits a shell script into its simple commands, each a list of
// words without their quotes. It knows quotes, comments, here-documents,
// substitutions and what separates commands, not the whole grammar: enough to
// tell the name of a program from its arguments.
func shellCommands(script string) [][]string {
	script = withoutHereDocuments(script)
	r := shellReader{}
	for i := 0; i < len(script); i++ {
		i = r.read(script, i)
	}
	for len(r.outer) > 0 {
		r.leave()
	}
	r.endCommand()
	return r.commands
}

type shellReader struct {
	shellFrame
	outer    []shellFrame
	commands [][]string
}

// shellFrame is a command that is being read. A substitution inside it is read
// in a frame of its own.
type shellFrame struct {
	words  []string
	word   []byte
	begun  bool // a word has begun, be it empty
	quoted bool // inside double quotes
	opener byte // what opened the frame: '(' or '`'
}

// read takes the character at i and gives the index of the last one it used.
func (r *shellReader) read(script string, i int) int {
	c := script[i]
	switch {
	case c == '\\' && i+1 < len(script):
		if i++; script[i] != '\n' {
			r.add(script[i])
		}
	case c == '\'' && !r.quoted:
		quoted, _, _ := strings.Cut(script[i+1:], "'")
		r.begun, r.word = true, append(r.word, quoted...)
		return i + 1 + len(quoted)
	case c == '"':
		r.begun, r.quoted = true, !r.quoted
	case c == '#' && !r.quoted && !r.begun:
		comment, _, _ := strings.Cut(script[i:], "\n")
		return i + len(comment) - 1
	case c == '$' && strings.HasPrefix(script[i:], "$("):
		r.begun = true // what is substituted is a word, whatever it gives
		r.enter('(')
		return i + 1
	case c == '`' && r.opener == '`':
		r.leave()
	case c == '`':
		r.begun = true
		r.enter('`')
	case r.quoted:
		r.add(c)
	case c == '(':
		r.enter('(')
	case c == ')' && r.opener == '(':
		r.leave()
	case strings.IndexByte(";|&\n)", c) >= 0:
		r.endCommand()
	case c == ' ' || c == '\t':
		r.endWord()
	default:
		r.add(c)
	}
	return i
}

func (r *shellReader) add(c byte) {
	r.word, r.begun = append(r.word, c), true
}

func (r *shellReader) endWord() {
	if r.begun {
		r.words = append(r.words, string(r.word))
		r.word, r.begun = nil, false
	}
}

func (r *shellReader) endCommand() {
	r.endWord()
	if len(r.words) > 0 {
		r.commands = append(r.commands, r.words)
		r.words = nil
	}
}

func (r *shellReader) enter(opener byte) {
	r.outer = append(r.outer, r.shellFrame)
	r.shellFrame = shellFrame{opener: opener}
}

func (r *shellReader) leave() {
	r.endCommand()
	last := len(r.outer) - 1
	r.shellFrame, r.outer = r.outer[last], r.outer[:last]
}

// withoutHereDocuments drops the lines that a script only feeds to a program.
func withoutHereDocuments(script string) string {
	var kept []string
	end := ""
	for _, line := range strings.Split(script, "\n") {
		if end != "" {
			if strings.TrimSpace(line) == end {
				end = ""
			}
			continue
		}
		kept = append(kept, line)
		_, after, found := strings.Cut(line, "<<")
		if words := strings.Fields(strings.TrimPrefix(after, "-")); found && len(words) > 0 && !strings.HasPrefix(after, "<") {
			end = strings.Trim(words[0], `'"\;`)
		}
	}
	return strings.Join(kept, "\n")
}
