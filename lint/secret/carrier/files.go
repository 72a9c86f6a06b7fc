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
	var parts []part
	program := isProgram(name, n.Value)
	for _, p := range assignments(n.Value) {
		if secret.Names(p.name) && isLiteral(n.Value, p, program) {
			parts = append(parts, p)
		}
	}
	r.text(n, append(parts, dockerAuths(n.Value)...))
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

// dockerAuths are the credentials in a configuration of Docker, whose "auth"
// is user:password in base64.
func dockerAuths(text string) []part {
	if !strings.Contains(text, `"auths"`) && !strings.Contains(text, `"auth"`) {
		return nil
	}
	var parts []part
	for _, p := range assignments(text) {
		if p.name != "auth" {
			continue
		}
		if decoded, ok := secret.Decode(text[p.start:p.end]); ok {
			if _, password, ok := strings.Cut(string(decoded), ":"); ok && secret.Judge("password", password).Class != secret.Nothing {
				parts = append(parts, part{name: "docker password", start: p.start, end: p.end})
			}
		}
	}
	return parts
}
