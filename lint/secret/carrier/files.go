package carrier

import (
	"path"
	"strings"

	"github.com/seaworthy-lint/seaworthy/lint/manifest"
	"github.com/seaworthy-lint/seaworthy/lint/secret"
)

// file judges a scalar that holds a file of a name.
func (r *reader) file(n *manifest.Node, name string) {
	if !isFile(n.Value) {
		before := len(r.hits)
		r.whole(n, name)
		if len(r.hits) > before {
			return
		}
	}
	assigned := assignments(n.Value)
	if strings.HasSuffix(name, "pgpass") {
		assigned = append(assigned, passwordLines(n.Value)...)
	}
	r.text(n, literals(n.Value, assigned, isProgram(name, n.Value)))
}

// literals are the parts that have the name of a credential and are written
// out.
func literals(text string, assigned []part, program bool) []part {
	var parts []part
	for _, p := range append(assigned, pairs(text, assigned)...) {
		if secret.Names(p.name) && isLiteral(text, p, program) {
			parts = append(parts, p)
		}
	}
	return parts
}

// pairs are the values that stand after a name, as those of variables and of
// properties in XML do.
func pairs(text string, assigned []part) []part {
	var found []part
	name := ""
	for _, p := range assigned {
		switch p.name {
		case "name", "key":
			name = text[p.start:p.end]
			continue
		case "value":
			if name != "" {
				found = append(found, part{name: name, start: p.start, end: p.end})
			}
		}
		name = ""
	}
	return found
}

// passwordLines are the passwords of a .pgpass: the fifth field of each line.
func passwordLines(text string) []part {
	var found []part
	at := 0
	for line := range strings.Lines(text) {
		body := strings.TrimRight(line, "\r\n")
		if fields := strings.SplitN(body, ":", 5); len(fields) == 5 {
			found = append(found, part{name: "password", start: at + len(body) - len(fields[4]), end: at + len(body)})
		}
		at += len(line)
	}
	return found
}

// isFile tells whether a text is more than one value: several lines, or a
// structure of its own.
func isFile(text string) bool {
	return strings.Contains(strings.TrimRight(text, "\r\n"), "\n") && !strings.HasPrefix(text, "-----BEGIN ") ||
		strings.HasPrefix(text, "{") || strings.HasPrefix(text, "<") || strings.HasPrefix(text, "[")
}

// programs are endings of files in languages in which what stands after an
// equals sign without quotes is an expression.
var programs = []string{".sh", ".bash", ".py", ".lua", ".js", ".mjs", ".ts", ".go", ".rb", ".pl", ".php", ".groovy", ".sql", ".ps1", ".jsonnet", ".rego", ".cue", ".star", ".tpl", ".tmpl", ".j2", ".vcl", ".md", ".txt", ".html"}

func isProgram(name, text string) bool {
	for _, ending := range programs {
		if strings.EqualFold(path.Ext(name), ending) {
			return true
		}
	}
	return strings.HasPrefix(text, "#!")
}

// isLiteral tells a value that is written out from an expression of a program:
// what a variable or a call gives.
func isLiteral(text string, p part, program bool) bool {
	value := text[p.start:p.end]
	quoted := p.start > 0 && isQuote(text[p.start-1])
	switch {
	case expands(value):
		return false
	case quoted:
		return true
	case program && (p.end >= len(text) || strings.IndexByte("\n\r; \t", text[p.end]) < 0 || strings.ContainsAny(value, " ()[]{}<>,")):
		return false
	case strings.HasSuffix(value, "(") || strings.HasSuffix(value, "{") || strings.HasSuffix(value, "()"):
		return false
	}
	return !isCall(value)
}

// expands tells whether the shell replaces part of a value: a bare $VAR or a
// substitution. ${VAR:-default} is left to what knows defaults.
func expands(value string) bool {
	for i := 0; i+1 < len(value); i++ {
		if value[i] != '$' {
			continue
		}
		if c := value[i+1]; c == '(' || c == '_' || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' && i == 0 {
			return true
		}
	}
	return strings.Contains(value, "`") || strings.Contains(value, "{{") || strings.Contains(value, "%(") || strings.HasPrefix(value, "%{")
}

// isCall tells a call of a function: name(...).
func isCall(value string) bool {
	name, rest, ok := strings.Cut(value, "(")
	return ok && name != "" && strings.Contains(rest, ")") && strings.Trim(name, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_.") == ""
}
