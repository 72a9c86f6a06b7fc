package carrier

import (
	"cmp"
	"path"
	"slices"
	"strings"

	"github.com/seaworthy-lint/seaworthy/lint/manifest"
	"github.com/seaworthy-lint/seaworthy/lint/secret"
)

// word is a word of a command line: its text without quotes, and where that
// stands in the text of its scalar.
type word struct {
	node  *manifest.Node
	text  string
	start int
	// single tells that no shell looks into the word.
	single bool
	// found is what formats give away in the scalar.
	found []secret.Match
}

// from is the word from an offset on.
func (w word) from(offset int) word {
	w.text, w.start = w.text[offset:], w.start+offset
	return w
}

// command judges a command line: the items of command and args together.
func (r *reader) command(lists ...*manifest.Node) {
	var line []word
	for _, list := range lists {
		items := list.Items()
		if list != nil && list.Kind == manifest.Scalar {
			items = []*manifest.Node{list}
		}
		for _, item := range items {
			if item.Kind != manifest.Scalar || r.seen[item] {
				continue
			}
			r.seen[item] = true
			if item.Value == "" {
				continue
			}
			found := secret.Find(item.Value)
			r.keep(item, "", found, 0)
			r.sql(item, found)
			for _, w := range words(item) {
				w.found = found
				if w.text == separator {
					r.options(line)
					line = nil
					continue
				}
				line = append(line, w)
			}
		}
	}
	r.options(line)
}

// sql judges the passwords of SQL in a command line.
func (r *reader) sql(n *manifest.Node, found []secret.Match) {
	l := line{text: n.Value, end: len(n.Value)}
	for _, p := range l.statements(nil) {
		if !overlaps(found, p) && !expands(n.Value[p.start:p.end]) {
			r.judge(n, p)
		}
	}
}

// separator stands for what ends a command in a script.
const separator = "\n"

// words cuts the text of a scalar as a shell does. A text without white space
// is one word.
func words(n *manifest.Node) []word {
	text := n.Value
	if !strings.ContainsAny(text, " \t\n") {
		return []word{{node: n, text: text, single: true}}
	}
	var out []word
	for i := 0; i < len(text); {
		switch c := text[i]; {
		case c == ' ' || c == '\t' || c == '\r' || c == '\\':
			i++
		case strings.IndexByte("\n;|&", c) >= 0:
			if i == 0 || c != '\n' || text[i-1] != '\\' {
				out = append(out, word{node: n, text: separator, start: i})
			}
			i++
		case c == '#':
			for i < len(text) && text[i] != '\n' {
				i++
			}
		default:
			w, end := shellWord(n, i)
			out = append(out, w)
			i = end
		}
	}
	return out
}

// shellWord is the word at a place. Quotes around it, or around the value
// after its =, are dropped.
func shellWord(n *manifest.Node, at int) (w word, end int) {
	text := n.Value
	quote := byte(0)
	for end = at; end < len(text); end++ {
		c := text[end]
		switch {
		case quote != 0:
			if c == quote {
				quote = 0
			}
		case c == '"' || c == '\'':
			quote = c
		case strings.IndexByte(" \t\r\n;|&", c) >= 0:
			return unquoted(n, at, end), end
		}
	}
	return unquoted(n, at, end), end
}

func unquoted(n *manifest.Node, start, end int) word {
	text := n.Value[start:end]
	if len(text) >= 2 && (text[0] == '"' || text[0] == '\'') && text[len(text)-1] == text[0] {
		return word{node: n, text: text[1 : len(text)-1], start: start + 1, single: text[0] == '\''}
	}
	return word{node: n, text: text, start: start}
}

// options judges the options and assignments of one command.
func (r *reader) options(line []word) {
	program := ""
	for i, w := range line {
		if program == "" && !strings.Contains(w.text, "=") && !strings.HasPrefix(w.text, "-") {
			program = path.Base(w.text)
		}
		if clientOptions[path.Base(w.text)] != nil {
			program = path.Base(w.text)
		}
		var next word
		if i+1 < len(line) {
			next = line[i+1]
		}
		if r.client(program, w, next) {
			continue
		}
		r.option(w, next)
	}
}

// option judges --name=value, NAME=value, -Dname=value, --name value, and
// assignments that an option hands on, as --set name=value.
func (r *reader) option(w, next word) {
	name, value, ok := strings.Cut(w.text, "=")
	bare := strings.TrimLeft(name, "-")
	dashes := len(name) - len(bare)
	switch {
	case ok && dashes == 1 && len(bare) > 1 && (bare[0] == 'D' || bare[0] == 'P' || bare[0] == 'e' && !secret.Names(bare)): // of java, gradle, docker
		bare = bare[1:]
		fallthrough
	case ok:
		at := w.from(len(name) + len("="))
		if inner, rest, more := strings.Cut(value, "="); more && !secret.Names(bare) && isName(inner) {
			bare, at = inner, at.from(len(value)-len(rest))
		}
		if isName(bare) {
			r.argument(bare, at)
		}
	case w.text == "-H" || w.text == "--header":
		r.headerOption(next)
	case dashes > 0 && isName(bare) && next.node != nil && !strings.HasPrefix(next.text, "-") && len(bare) > 1:
		r.argument(bare, next)
	}
}

// headerOption judges an HTTP header on a command line.
func (r *reader) headerOption(w word) {
	if w.node == nil {
		return
	}
	w = w.trimmed()
	name, value, ok := strings.Cut(w.text, ":")
	if ok && isName(name) {
		value = strings.TrimLeft(value, " ")
		r.argument(name, w.from(len(w.text)-len(value)))
	}
}

func isName(text string) bool {
	return text != "" && len(text) <= maxName && strings.IndexFunc(text, func(c rune) bool { return c >= 0x80 || !isNameByte(byte(c)) }) < 0
}

// argument judges the value of an option.
func (r *reader) argument(name string, w word) {
	if directives[name] == "" && !secret.Names(name) {
		return
	}
	w = w.trimmed()
	if w.text == "" || w.text == separator || !w.single && expands(w.text) || w.text[0] == '$' && expands(w.text) {
		return
	}
	p := part{name: cmp.Or(directives[name], name), start: w.start, end: w.start + len(w.text)}
	if !overlaps(w.found, p) {
		r.judge(w.node, p)
	}
}

// trimmed drops the quotes around a value.
func (w word) trimmed() word {
	if len(w.text) >= 2 && (w.text[0] == '"' || w.text[0] == '\'') && w.text[len(w.text)-1] == w.text[0] {
		w.single = w.text[0] == '\''
		w.text, w.start = w.text[1:len(w.text)-1], w.start+1
	}
	return w
}

// passwordOption says how a client takes a password.
type passwordOption struct {
	// flag is followed by the password, in the same word where attached.
	flag     string
	attached bool
	// user tells that the value is user:password, with what stands before the
	// password.
	user string
}

// clientOptions are the short options of clients by which they take passwords,
// from their manuals.
var clientOptions = map[string][]passwordOption{
	"mysql": mysqlOptions, "mysqldump": mysqlOptions, "mysqladmin": mysqlOptions, "mysqlcheck": mysqlOptions, "mysqlimport": mysqlOptions,
	"mysqlshow": mysqlOptions, "mariadb": mysqlOptions, "mariadb-dump": mysqlOptions, "mariadb-admin": mysqlOptions, "xtrabackup": mysqlOptions,
	"mongo": separateP, "mongosh": separateP, "mongodump": separateP, "mongorestore": separateP, "mongoexport": separateP,
	"sshpass":    {{flag: "-p", attached: true}, {flag: "-p"}},
	"redis-cli":  {{flag: "-a"}},
	"valkey-cli": {{flag: "-a"}},
	"docker":     separateP, "podman": separateP, "skopeo": separateP, "buildah": separateP, "helm": nil, "az": separateP, "oc": separateP,
	"sqlcmd": {{flag: "-P"}}, "bcp": {{flag: "-P"}},
	"mosquitto_pub": {{flag: "-P"}}, "mosquitto_sub": {{flag: "-P"}}, //nolint:misspell // their names
	"ldapsearch": {{flag: "-w"}}, "ldapadd": {{flag: "-w"}}, "ldapmodify": {{flag: "-w"}}, "ldapwhoami": {{flag: "-w"}},
	"curl":      {{flag: "-u", user: ":"}, {flag: "--user", user: ":"}, {flag: "--proxy-user", user: ":"}, {flag: "-U", user: ":"}},
	"ipmitool":  {{flag: "-P"}},
	"keytool":   {{flag: "-storepass"}, {flag: "-keypass"}},
	"openssl":   {{flag: "-passin", user: "pass:"}, {flag: "-passout", user: "pass:"}, {flag: "-pass", user: "pass:"}},
	"smbclient": {{flag: "-U", user: "%"}},
}

var (
	mysqlOptions = []passwordOption{{flag: "-p", attached: true}}
	separateP    = []passwordOption{{flag: "-p"}}
)

// client judges a word by the options of a known program; ok tells that it is
// such an option.
func (r *reader) client(program string, w, next word) (ok bool) {
	if program == "docker" && !slices.Contains([]string{"login"}, next.text) && w.text == "run" {
		return false
	}
	for _, o := range clientOptions[program] {
		value := next
		switch {
		case o.attached && strings.HasPrefix(w.text, o.flag) && len(w.text) > len(o.flag):
			value = w.from(len(o.flag))
		case o.attached || w.text != o.flag || next.node == nil:
			continue
		}
		if o.user != "" {
			_, password, hasPassword := strings.Cut(value.text, o.user)
			if !hasPassword {
				return true
			}
			value = value.trimmed()
			value = value.from(len(value.text) - len(strings.TrimRight(password, `"'`)))
		}
		if !isPort(value.text) {
			r.argument("password", value)
		}
		return true
	}
	return false
}

// isPort tells the value of the -p of programs that publish ports.
func isPort(text string) bool {
	return strings.Trim(text, "0123456789:") == "" && len(text) < 12
}
