package formatters

import (
	"slices"
	"strings"
)

// MaskedLine is a line of a file with what may be a credential hidden, for
// output that quotes files beside findings. In a file that holds a Secret every
// value is taken for one, and so is a line that gives no name to what it holds.
func MaskedLine(line string, inSecret bool) string {
	m := maskLine(line, inSecret)
	body, comment := line, ""
	if i := m.comment(); i >= 0 {
		body, comment = line[:i], line[i:]
		m = maskLine(body, inSecret)
	}
	if inSecret && !strings.Contains(body, ":") && strings.Trim(body, "- \t") != "" {
		m.hide(m.likely, len(body)-len(strings.TrimLeft(body, " \t")), len(body))
	}
	return withMasks(body, m.likely) + withMasks(comment, maskLine(comment, false).likely)
}

// comment is where the comment of a line begins, -1 when it has none.
func (m *lineMask) comment() int {
	for i := range len(m.line) {
		if m.line[i] == '#' && m.quotedTo[i] == 0 && (i == 0 || m.line[i-1] == ' ' || m.line[i-1] == '\t') {
			return i
		}
	}
	return -1
}

// withMasks puts a mask in the place of each run of hidden bytes.
func withMasks(text string, hidden []bool) string {
	if !slices.Contains(hidden, true) {
		return text
	}
	var b strings.Builder
	for i := range len(text) {
		switch {
		case !hidden[i]:
			b.WriteByte(text[i])
		case i == 0 || !hidden[i-1]:
			b.WriteString(masked)
		}
	}
	return b.String()
}

// isSelector tells whether the name is the selector of values of a suppression:
// ignore run-as-root[value=0].
func (n lineName) isSelector(line string) bool {
	return n.text == "value" && n.pair && line[n.end] == '=' && strings.Contains(line[:n.start], "[")
}

// hideSelected hides the value of such a selector, if it is not its hash. The
// finding may be about the suppression itself.
func (m *lineMask) hideSelected(n lineName) {
	text := m.line[n.value:]
	length := strings.IndexAny(text, "],")
	if strings.HasPrefix(text, `"`) || length < 0 {
		length = max(0, strings.LastIndexByte(text, ']'))
	}
	if length == 0 {
		length = len(text)
	}
	if strings.HasPrefix(text, "sha256:") {
		return
	}
	m.hide(m.likely, n.value, n.value+length)
	m.hide(m.certain, n.value, n.value+length)
}
