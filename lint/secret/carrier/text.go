package carrier

import (
	"regexp"
	"strings"
	"sync"
)

// The longest name and the longest value that an assignment in a text has.
const (
	maxName  = 128
	maxValue = 8192
)

// assignments are the values that a text gives to names, wherever they stand:
// properties, INI, TOML, dotenv, YAML, JSON, HCL, XML, shell and program text
// are read alike, by what stands on both sides of an equals sign or a colon,
// and between tags. It takes time linear in the text.
func assignments(text string) []part {
	var parts []part
	for at := 0; at < len(text); {
		end := strings.IndexByte(text[at:], '\n')
		if end < 0 {
			end = len(text)
		} else {
			end += at
		}
		l := line{text: text, start: at, end: end}
		if !l.isComment() {
			parts = l.assignments(parts)
			parts = l.elements(parts)
			parts = l.directive(parts)
			parts = l.statements(parts)
			parts = l.block(parts)
		}
		at = end + 1
	}
	return parts
}

// line is a line of a text.
type line struct {
	text       string
	start, end int
}

func (l *line) isComment() bool {
	body := strings.TrimLeft(l.text[l.start:l.end], " \t")
	for _, mark := range []string{"#", ";", "//", "--", "rem ", "<!--"} {
		if strings.HasPrefix(body, mark) {
			return true
		}
	}
	return false
}

// assignments adds what the line assigns by = and :.
func (l *line) assignments(parts []part) []part {
	for i := l.start; i < l.end; i++ {
		if c := l.text[i]; c != '=' && c != ':' {
			continue
		}
		name, quoted, leading := l.nameBefore(i)
		value, ok := l.valueAt(i)
		if name == "" || !ok || l.text[i] == ':' && !quoted && value < l.end && value == i+1 && !isQuote(l.text[value]) {
			continue // a comparison, or a colon inside of a word
		}
		p := part{name: name}
		p.start, p.end = l.value(value, leading)
		if p.end > p.start && p.end-p.start <= maxValue {
			parts = append(parts, p)
		}
	}
	return parts
}

// nameBefore is the name that ends before a separator. quoted tells that it
// stands in quotes, leading that the line begins with it.
func (l *line) nameBefore(separator int) (name string, quoted, leading bool) {
	j := separator
	if j > l.start && l.text[j] == '=' && l.text[j-1] == ':' {
		j-- // := assigns, too
	}
	for j > l.start && (l.text[j-1] == ' ' || l.text[j-1] == '\t') {
		j--
	}
	if j > l.start && isQuote(l.text[j-1]) {
		j--
		quoted = true
		if j > l.start && l.text[j-1] == '\\' {
			j--
		}
	}
	k := j
	for k > l.start && j-k < maxName && isNameByte(l.text[k-1]) {
		k--
	}
	before := strings.TrimRight(l.text[l.start:k], `"'\`)
	before = strings.TrimLeft(before, " \t")
	before = strings.TrimSpace(strings.TrimPrefix(strings.TrimPrefix(before, "- "), "-"))
	return strings.TrimLeft(l.text[k:j], "-"), quoted, before == "" || before == "export" || before == "set" || before == "ENV"
}

// valueAt is where the value after a separator begins; ok is false for a
// comparison.
func (l *line) valueAt(separator int) (start int, ok bool) {
	i := separator + 1
	if i < l.end && (l.text[i] == '=' || l.text[separator] == ':' && l.text[i] == ':') || separator > l.start && strings.IndexByte("!<>=~+", l.text[separator-1]) >= 0 {
		return 0, false
	}
	if i < l.end && l.text[i] == '>' { // => of a hash
		i++
	}
	for i < l.end && (l.text[i] == ' ' || l.text[i] == '\t') {
		i++
	}
	return i, true
}

// value is the range of the value at a place. One without quotes goes to the
// end of a line that begins with its name, else to the end of the word. It may
// hold assignments itself, as a connection string does.
func (l *line) value(at int, leading bool) (start, end int) {
	if at >= l.end || l.text[at] == '{' || l.text[at] == '[' || opensBlock(l.text[at:l.end]) {
		return at, at
	}
	escaped := l.text[at] == '\\' && at+1 < l.end && isQuote(l.text[at+1])
	if escaped {
		at++
	}
	if isQuote(l.text[at]) {
		end := l.quoteEnd(at)
		if escaped && end > at && l.text[end-1] == '\\' {
			end--
		}
		return at + 1, max(at+1, end)
	}
	end = at
	if leading && strings.IndexByte("&*!|>", l.text[at]) < 0 {
		end = l.end
		if i := strings.Index(l.text[at:end], " #"); i >= 0 {
			end = at + i
		}
		value := strings.TrimRight(l.text[at:end], " \t\r")
		return at, at + len(strings.TrimRight(value, ",;"))
	}
	for end < l.end && strings.IndexByte(" \t\r,;&\"'`<>)}]", l.text[end]) < 0 {
		end++
	}
	return at, end
}

// quoteEnd is where the quote that opens at a place closes, or the end of the
// line.
func (l *line) quoteEnd(open int) int {
	for i := open + 1; i < l.end; i++ {
		switch {
		case l.text[i] == '\\' && l.text[open] == '"' && !(i+1 < l.end && open > l.start && l.text[open-1] == '\\' && l.text[i+1] == '"'):
			i++
		case l.text[i] == l.text[open]:
			return i
		}
	}
	return l.end
}

func isQuote(c byte) bool { return c == '"' || c == '\'' || c == '`' }

func isNameByte(c byte) bool {
	return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || c == '_' || c == '-' || c == '.' || c == '/' || c == '@'
}

// block adds the one line of a block scalar of YAML whose key ends the line:
//
//	password: |
//	  abc
func (l *line) block(parts []part) []part {
	head := l.text[l.start:l.end]
	colon := strings.LastIndex(head, ": ")
	if colon < 0 || l.end == len(l.text) || !opensBlock(head[colon+1:]) {
		return parts
	}
	name, _, leading := l.nameBefore(l.start + colon)
	body, after, _ := strings.Cut(l.text[l.end+1:], "\n")
	next, _, _ := strings.Cut(after, "\n")
	depth := indent(head)
	if name == "" || !leading || indent(body) <= depth || indent(next) > depth && strings.TrimSpace(next) != "" {
		return parts
	}
	start, end := l.end+1+indent(body), l.end+1+len(strings.TrimRight(body, " \t\r"))
	if end <= start || end-start > maxValue {
		return parts
	}
	return append(parts, part{name: name, start: start, end: end})
}

// opensBlock tells whether a value is the header of a block scalar.
func opensBlock(value string) bool {
	value = strings.TrimSpace(value)
	return value != "" && strings.Trim(value[:1], "|>") == "" && strings.Trim(value[1:], "+-") == ""
}

// indent is by how many blanks a line is indented.
func indent(line string) int { return len(line) - len(strings.TrimLeft(line, " ")) }

// elements adds the texts between the tags of XML: <password>x</password>.
func (l *line) elements(parts []part) []part {
	for at := l.start; ; {
		closing := strings.Index(l.text[at:l.end], "</")
		if closing < 0 {
			return parts
		}
		closing += at
		at = closing + len("</")
		name := at
		for name < l.end && isNameByte(l.text[name]) {
			name++
		}
		tag := l.text[at:name]
		open := strings.LastIndexByte(l.text[l.start:closing], '>')
		if tag == "" || open < 0 {
			continue
		}
		open += l.start
		if strings.HasSuffix(l.text[l.start:open], "<"+tag) || strings.Contains(l.text[l.start:open], "<"+tag+" ") {
			parts = append(parts, part{name: tag, start: open + 1, end: closing})
		}
	}
}

// directives are words of configuration files that a password follows.
var directives = map[string]string{
	"requirepass": "password", "masterauth": "password", "rootpw": "password", "bindpw": "password",
	"sasl_passwd": "password", "_authToken": "token",
}

// directive adds the value of a line such as "requirepass x".
func (l *line) directive(parts []part) []part {
	body := strings.TrimLeft(l.text[l.start:l.end], " \t")
	word, rest, ok := strings.Cut(body, " ")
	if !ok {
		return parts
	}
	name := directives[word]
	if word == "machine" { // netrc: machine HOST login USER password PASSWORD
		if i := strings.Index(rest, "password "); i >= 0 {
			name, rest = "password", rest[i+len("password "):]
		}
	}
	rest = strings.TrimLeft(rest, " \t\"")
	value := strings.TrimRight(rest, " \t\r\"")
	if name == "" || value == "" || strings.ContainsAny(value, " \t") {
		return parts
	}
	start := l.end - len(rest)
	return append(parts, part{name: name, start: start, end: start + len(value)})
}

// sqlPasswords are the words of SQL that a password in quotes follows.
var sqlPasswords = []string{"IDENTIFIED BY '", "identified by '", "PASSWORD '", "password '"}

// statements adds the passwords of SQL: CREATE USER x IDENTIFIED BY 'y', and
// the constants of PHP: define('x', 'y').
func (l *line) statements(parts []part) []part {
	for _, words := range sqlPasswords {
		i := strings.Index(l.text[l.start:l.end], words)
		if i < 0 || i > 0 && isNameByte(l.text[l.start+i-1]) { // an option, as --password
			continue
		}
		start := l.start + i + len(words)
		if end := l.quoteEnd(start - 1); end > start {
			parts = append(parts, part{name: "password", start: start, end: end})
		}
	}
	if m := phpConstant().FindStringSubmatchIndex(l.text[l.start:l.end]); m != nil {
		parts = append(parts, part{name: l.text[l.start+m[2] : l.start+m[3]], start: l.start + m[4], end: l.start + m[5]})
	}
	return parts
}

var phpConstant = sync.OnceValue(func() *regexp.Regexp {
	return regexp.MustCompile(`\bdefine\(\s*['"](\w+)['"]\s*,\s*['"]([^'"]+)['"]`)
})
