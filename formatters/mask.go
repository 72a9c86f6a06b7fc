package formatters

import (
	"slices"
	"strings"
	"unicode"

	"github.com/seaworthy-lint/seaworthy/lint/secret"
)

// lineMask tells which bytes of a line may belong to a credential. A line is
// shown for the finding on it, and may hold a password beside it.
type lineMask struct {
	line string
	// quotedTo is where the quoted text ends in which a byte stands, 0 outside
	// of quotes; flow tells that the byte stands in a flow collection.
	quotedTo []int
	flow     []bool
	// likely are the bytes to hide wherever nobody needs to see them; certain
	// those to hide in the finding's own span too.
	likely, certain []bool
}

// maskLine finds what to hide. In a Secret every value is taken for one.
func maskLine(line string, inSecret bool) *lineMask {
	m := &lineMask{
		line:     line,
		quotedTo: make([]int, len(line)+1), flow: make([]bool, len(line)+1),
		likely: make([]bool, len(line)), certain: make([]bool, len(line)),
	}
	m.readContext()
	names := lineNames(line)
	hasName := slices.ContainsFunc(names, func(n lineName) bool { return n.pair && strings.EqualFold(n.text, "name") })
	hasCredential := slices.ContainsFunc(names, func(n lineName) bool { return isCredentialName(n.text) })
	for i, n := range names {
		if n.value < 0 || m.certain[n.start] || m.likely[n.start] && !isOwnCredential(n.text) {
			continue // no value, or inside one that is hidden already
		}
		named := isCredentialName(n.text)
		if i > 0 && names[i-1].end+1 == n.start && line[names[i-1].end] == ' ' {
			named = named || isCredentialName(names[i-1].text+" "+n.text) // "private key: …"
		}
		switch {
		case n.isSelector(line):
			m.hideSelected(n)
		case named:
			m.hideValue(n, isOwnCredential(n.text))
		case strings.EqualFold(n.text, "value") && (hasCredential || !hasName),
			isUserFlag(n.text) && strings.Contains(line[n.value:], ":"),
			inSecret && n.pair && !isObjectField(n.text):
			m.hideValue(n, false)
		}
	}
	eachUserinfo(line, func(start, end int) {
		m.hide(m.likely, start, end)
		m.hide(m.certain, start, end)
	})
	m.hideFormats()
	m.hideRandom()
	return m
}

func (m *lineMask) hide(mask []bool, start, end int) {
	for i := start; i < end; i++ {
		mask[i] = true
	}
}

// hideValue hides the value of a name. What only refers to a value is shown.
func (m *lineMask) hideValue(n lineName, certain bool) {
	start, end := m.value(n)
	if isHarmless(m.line[start:end]) {
		return
	}
	m.hide(m.likely, start, end)
	if certain {
		m.hide(m.certain, start, end)
	}
}

// readContext finds the quoted texts and flow collections of the line. What an
// earlier line opened is not known: a value then ends with the line.
func (m *lineMask) readContext() {
	depth, before := 0, byte(0)
	for i := 0; i < len(m.line); i++ {
		c := m.line[i]
		if quoteOpens(m.line, i) {
			end := quoteEnd(m.line, i)
			for k := i + 1; k < end; k++ {
				m.quotedTo[k], m.flow[k] = end, depth > 0
			}
			i, before = end, c
			continue
		}
		switch {
		case (c == '{' || c == '[') && (depth > 0 || before == 0 || strings.IndexByte(":-?,", before) >= 0):
			depth++
		case (c == '}' || c == ']') && depth > 0:
			depth--
		}
		m.flow[i] = depth > 0
		if c != ' ' && c != '\t' {
			before = c
		}
	}
}

func quoteOpens(line string, i int) bool {
	return (line[i] == '"' || line[i] == '\'') && (i == 0 || strings.IndexByte(" \t[{(,:=", line[i-1]) >= 0)
}

// quoteEnd is where the closing quote of the quote at i stands, or the end of
// the line.
func quoteEnd(line string, i int) int {
	quote := line[i]
	for i++; i < len(line); i++ {
		switch {
		case line[i] == '\\' && quote == '"':
			i++
		case line[i] == quote && quote == '\'' && i+1 < len(line) && line[i+1] == quote:
			i++
		case line[i] == quote:
			return i
		}
	}
	return len(line)
}

// value is the range of the value of a name.
func (m *lineMask) value(n lineName) (start, end int) {
	start = n.value
	for start < len(m.line) && m.quotedTo[start] == 0 && strings.IndexByte("&!", m.line[start]) >= 0 {
		start = skipSpace(m.line, skipWord(m.line, start)) // an anchor or a tag
	}
	switch {
	case start >= len(m.line):
		return start, start
	case strings.HasPrefix(m.line[start:], "{{") && strings.Contains(m.line[start:], "}}"):
		return start, start + strings.Index(m.line[start:], "}}") + len("}}")
	case m.quotedTo[start] > 0:
		return start, m.quotedTo[start]
	case quoteOpens(m.line, start):
		return start + 1, max(start+1, quoteEnd(m.line, start))
	case m.line[start] == '{' && m.line[start:min(start+2, len(m.line))] != "{{", m.line[start] == '[':
		if holdsReferences(n.text) {
			return start, start
		}
		return start + 1, m.collectionEnd(start)
	case m.flow[start]:
		return start, m.flowScalarEnd(start)
	}
	return start, len(strings.TrimRight(m.line, " \t"))
}

func (m *lineMask) flowScalarEnd(start int) int {
	for i := start; i < len(m.line); i++ {
		if m.quotedTo[i] == 0 && strings.IndexByte(",]}", m.line[i]) >= 0 {
			return i
		}
	}
	return len(m.line)
}

// collectionEnd is where the bracket closes that opens at start.
func (m *lineMask) collectionEnd(start int) int {
	depth := 0
	for i := start; i < len(m.line); i++ {
		switch {
		case m.quotedTo[i] > 0:
		case m.line[i] == '{' || m.line[i] == '[':
			depth++
		case m.line[i] == '}' || m.line[i] == ']':
			if depth--; depth == 0 {
				return i
			}
		}
	}
	return len(m.line)
}

// lineName is a word of a line that may be the name of a value.
type lineName struct {
	text       string
	start, end int
	// value is where its value begins, -1 when it has none; pair tells that a
	// colon or an equals sign stands between, and not the blank after a flag.
	value int
	pair  bool
}

func lineNames(line string) []lineName {
	var names []lineName
	for i := 0; i < len(line); i++ {
		if !isNameByte(line[i]) {
			continue
		}
		n := lineName{start: i, value: -1}
		for i < len(line) && isNameByte(line[i]) {
			i++
		}
		n.end, n.text = i, line[n.start:i]
		n.value, n.pair = valueAfter(line, n)
		names = append(names, n)
	}
	return names
}

func isNameByte(c byte) bool {
	return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || c >= 0x80 || strings.IndexByte("_-./", c) >= 0
}

// valueAfter is where the value of a name begins: after a colon or an equals
// sign, or after a flag and a blank, or as the next item of a list.
func valueAfter(line string, n lineName) (value int, pair bool) {
	i := n.end
	for i < len(line) && (line[i] == '\\' || line[i] == '"' || line[i] == '\'') {
		i++
	}
	i = skipSpace(line, i)
	if i < len(line) && (line[i] == ':' || line[i] == '=') {
		return skipSpace(line, i+1), true
	}
	if !strings.HasPrefix(n.text, "-") || i >= len(line) {
		return -1, false
	}
	if line[i] == ',' {
		i = skipSpace(line, i+1)
	}
	rest := strings.TrimLeft(line[i:], `"'`)
	if i == n.end || rest == "" || strings.HasPrefix(rest, "--") || strings.IndexByte("]}#", rest[0]) >= 0 {
		return -1, false
	}
	return i, false
}

func skipSpace(line string, i int) int {
	for i < len(line) && (line[i] == ' ' || line[i] == '\t') {
		i++
	}
	return i
}

func skipWord(line string, i int) int {
	for i < len(line) && line[i] != ' ' && line[i] != '\t' {
		i++
	}
	return i
}

// eachUserinfo finds the user and password of URLs.
func eachUserinfo(text string, found func(start, end int)) {
	for from := 0; ; {
		i := strings.Index(text[from:], "://")
		if i < 0 {
			return
		}
		start := from + i + len("://")
		end := start
		for end < len(text) && !unicode.IsSpace(rune(text[end])) && strings.IndexByte("/\"'`<>", text[end]) < 0 {
			end++
		}
		if at := strings.LastIndexByte(text[start:end], '@'); at > 0 {
			found(start, start+at)
		}
		from = end
	}
}

// withoutCredentials hides the users and passwords of the URLs in a text, and
// what its format gives away as a credential.
func withoutCredentials(text string) string {
	hidden := make([]bool, len(text))
	hide := func(start, end int) {
		for i := start; i < end; i++ {
			hidden[i] = true
		}
	}
	eachUserinfo(text, hide)
	for _, match := range secret.Find(text) {
		hide(match.Start, match.End)
	}
	return withMasks(text, hidden)
}
