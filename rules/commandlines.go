package rules

import (
	"bytes"
	"path"
	"slices"
	"strings"

	"github.com/seaworthy-lint/seaworthy/lint/manifest"
)

// word is a word of a command line, or of the value of an environment
// variable, and the value that it stands in.
type word struct {
	text string
	node *manifest.Node
}

// inScript is where the word stands in a value of several lines; ok is false
// for a value of one line, or a word that quotes or breaks hide.
func (w word) inScript() (span manifest.Span, ok bool) {
	span = w.node.Span()
	text := span.File.Text[span.Start:span.End]
	i := bytes.Index(text, []byte(w.text))
	if w.text == "" || i < 0 || !bytes.ContainsRune(text, '\n') {
		return manifest.Span{}, false
	}
	span.Start += i
	span.End = span.Start + len(w.text)
	return span, true
}

// commandLines are the commands that a container runs, as far as command and
// args tell: a script between shell separators, cut into words. Quotes are
// dropped and lines that are comments left out; that is enough to recognise
// options.
func commandLines(c *manifest.Container) [][]word {
	var lines [][]word
	var line []word
	for _, item := range slices.Concat(c.At("command").Items(), c.At("args").Items()) {
		for _, w := range shellWords(item) {
			if w.text != separator {
				line = append(line, w)
				continue
			}
			lines, line = append(lines, line), nil
		}
	}
	return append(lines, line)
}

// separator stands for whatever ends a command in a script.
const separator = ";"

var (
	continuedLines = strings.NewReplacer("\\\r\n", " ", "\\\n", " ")
	shellSyntax    = strings.NewReplacer(";", " ; ", "&", " ; ", "|", " ; ", `"`, "", "'", "")
)

func shellWords(n *manifest.Node) []word {
	var words []word
	for i, line := range strings.Split(continuedLines.Replace(n.Str()), "\n") {
		if strings.HasPrefix(strings.TrimSpace(line), "#") {
			continue
		}
		if i > 0 {
			words = append(words, word{separator, n})
		}
		for _, text := range strings.Fields(shellSyntax.Replace(line)) {
			words = append(words, word{text, n})
		}
	}
	return words
}

// environment are the words of the values of environment variables: of those
// with the names, or of all.
func environment(c *manifest.Container, names ...string) []word {
	var words []word
	for _, variable := range c.At("env").Items() {
		if len(names) == 0 || slices.Contains(names, variable.At("name").Str()) {
			words = append(words, shellWords(variable.At("value"))...)
		}
	}
	return words
}

// variable is the entry of an environment variable, the last of that name,
// which is in force.
func variable(c *manifest.Container, name string) *manifest.Node {
	var found *manifest.Node
	for _, entry := range c.At("env").Items() {
		if entry.At("name").Str() == name {
			found = entry
		}
	}
	return found
}

// after is what follows the first word that runs one of the programs; ok is
// false when none does.
func after(line []word, programs ...string) (rest []word, ok bool) {
	for i, w := range line {
		if slices.Contains(programs, path.Base(w.text)) {
			return line[i+1:], true
		}
	}
	return nil, false
}

// options are the values of an option, written as "--name value" or
// "--name=value", and "-nvalue" for a name of one letter.
func options(line []word, names ...string) []word {
	var values []word
	for i, w := range line {
		for _, name := range names {
			value, ok := strings.CutPrefix(w.text, name)
			switch {
			case !ok:
			case value == "":
				if i+1 < len(line) {
					values = append(values, line[i+1])
				}
			case value[0] == '=':
				values = append(values, word{value[1:], w.node})
			case len(name) == 2:
				values = append(values, word{value, w.node})
			}
		}
	}
	return values
}

// flag tells whether a boolean option is given and not switched off.
func flag(line []word, name string) bool {
	return slices.ContainsFunc(line, func(w word) bool {
		value, ok := strings.CutPrefix(w.text, name)
		return ok && (value == "" || value[0] == '=' && value != "=false" && value != "=0")
	})
}
