package markers

import (
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"

	"github.com/seaworthy-lint/seaworthy/lint/manifest"
)

// Migration is how the markers of other tools in a file become ours.
type Migration struct {
	// Lines are what takes the place of a line, by its number: one line, several,
	// or none for one that goes. They have no line breaks.
	Lines map[int][]string
	// Left are the markers that stay as they are, by line.
	Left []Left
	// Unreasoned is how many of the new ones give no reason.
	Unreasoned int
}

// Left is a marker that could not be translated, and why.
type Left struct {
	Line   int
	Reason string
}

// Migrate rewrites the markers of other tools in a file as ours. rules are the
// ids of the rules that answer to a check, tool:check.
func Migrate(file *manifest.File, rules func(check string) []string) Migration {
	m := &migrator{file: file, rules: rules, layout: newLayout(file)}
	m.Lines = map[int][]string{}
	s := scan(file)
	for _, c := range s.found {
		m.comment(c)
	}
	m.annotations(s.outside)
	slices.SortStableFunc(m.Left, func(a, b Left) int { return a.Line - b.Line })
	return m.Migration
}

// Apply is the text of the file as it is to be, byte for byte as it was
// elsewhere.
func (m Migration) Apply(file *manifest.File) []byte {
	text := make([]byte, 0, len(file.Text)+len(file.Text)/16)
	for n := 1; n <= file.Lines(); n++ {
		lines, changed := m.Lines[n]
		whole, end := wholeLine(file, n)
		if !changed {
			text = append(text, whole...)
			continue
		}
		if end == "" && len(lines) > 1 {
			end = "\n"
		}
		for i, line := range lines {
			text = append(text, line...)
			if i < len(lines)-1 || len(whole) > len(file.Line(n)) {
				text = append(text, end...)
			}
		}
	}
	return text
}

// wholeLine is a line with its line break.
func wholeLine(file *manifest.File, n int) (whole []byte, end string) {
	to := len(file.Text)
	if n < file.Lines() {
		to = file.LineStart(n + 1)
	}
	whole = file.Text[file.LineStart(n):to]
	return whole, string(whole[len(file.Line(n)):])
}

type migrator struct {
	Migration
	file   *manifest.File
	rules  func(check string) []string
	layout *layout
}

// line is a line as it is to be.
func (m *migrator) line(n int) string {
	if lines := m.Lines[n]; len(lines) > 0 {
		return lines[0]
	}
	return m.file.Line(n)
}

func (m *migrator) leave(line int, format string, args ...any) {
	m.Left = append(m.Left, Left{line, fmt.Sprintf(format, args...)})
}

// comment rewrites the marks of other tools in a comment, each in its place.
func (m *migrator) comment(c comment) {
	var text strings.Builder
	end := 0
	for _, p := range c.parts() {
		ours, ok := m.translateComment(c, c.text[p.start:p.end])
		if !ok {
			continue
		}
		text.WriteString(c.text[end:p.start])
		if p.start == 0 || c.text[p.start-1] == '#' {
			text.WriteByte(' ')
		}
		text.WriteString(ours)
		end = p.end
	}
	if end == 0 {
		return
	}
	line := m.line(c.line)
	at := strings.LastIndex(line, c.text)
	m.Lines[c.line] = []string{line[:at] + text.String() + c.text[end:] + line[at+len(c.text):]}
}

// translateComment is the comment of ours for one mark of another tool; ok is
// false for one of ours, and for one that stays.
func (m *migrator) translateComment(c comment, text string) (ours string, ok bool) {
	marks := marksIn(text)
	if len(marks) == 0 {
		m.leave(c.line, "%s has conditions, or names no check", strings.TrimSpace(text))
		return "", false
	}
	if marks[0].Tool == "" {
		return "", false
	}
	var plain []Mark
	for _, mark := range marks {
		if mark.reach == document && (c.trailing || m.layout.below(c.last) != m.documentFrom(c.last)) {
			m.leave(c.line, "%s speaks for a whole resource: move it above apiVersion, or into an annotation", mark.Name)
			return "", false
		}
		plain = append(plain, mark.Mark)
	}
	says, ok := m.translate(c.line, plain, " --")
	if !ok {
		return "", false
	}
	trail := text[len(strings.TrimRight(text, " \t")):]
	return ourWord + ignore + " " + says + trail, true
}

// documentFrom are the lines of a document from its first content after a line.
func (m *migrator) documentFrom(n int) Lines {
	whole := m.layout.document(n)
	return Lines{m.layout.at(n).next, whole.Last}
}

// translate says in our words what marks of another tool say, which have one
// reason and date. separator stands before the reason.
func (m *migrator) translate(line int, marks []Mark, separator string) (says string, ok bool) {
	var names []string
	for _, mark := range marks {
		ids := []string{mark.Name}
		if !strings.HasSuffix(mark.Name, ":"+everyCheck) {
			ids = m.rules(mark.Name)
		}
		if len(ids) == 0 {
			m.leave(line, "no rule answers to %s", mark.Name)
			return "", false
		}
		for _, id := range ids {
			if !slices.Contains(names, id) {
				names = append(names, id)
			}
		}
	}
	says = strings.Join(names, ", ")
	reason := strings.Join(strings.Fields(marks[0].Reason), " ")
	if marks[0].Until != "" {
		says += " until=" + marks[0].Until
	}
	if reason != "" {
		says += separator + " " + reason
	}
	if !saysSame(says, names, reason, marks[0].Until) {
		m.leave(line, "%s gives a reason or a date that ours could not hold", marks[0].Name)
		return "", false
	}
	if reason == "" {
		m.Unreasoned++
	}
	return says, true
}

// saysSame reads a marker of ours back.
func saysSame(says string, names []string, reason, until string) bool {
	back, problem := parse(says)
	if problem != "" || len(back) != len(names) {
		return false
	}
	for i, mark := range back {
		if mark.Name != names[i] || mark.Reason != reason || mark.Until != until {
			return false
		}
	}
	return true
}

var (
	// peerKey begins a line with an annotation of another tool, or of ours.
	peerKey = sync.OnceValue(func() *regexp.Regexp {
		return regexp.MustCompile(`^["']?(?:` + peerKeys + `|seaworthy\.dev/ignore["']?\s*:)`)
	})
	// somePeerKey finds one that does not begin a line.
	somePeerKey = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(peerKeys) })
)

const peerKeys = `(?:ignore-check\.kube-linter\.io/[a-z0-9-]+|kube-linter\.io/ignore-all|kube-score/ignore|polaris\.fairwinds\.com/(?:[A-Za-z0-9]+-)?exempt|checkov\.io/skip\w*|kubescape\.io/(?:ignore|skip-(?:controls|reason|expiry)))["']?\s*:`

// annotations rewrites the annotations of other tools, map by map: they become
// one annotation of ours.
func (m *migrator) annotations(outside []int) {
	var group *annotationMap
	flush := func() {
		if group != nil {
			m.annotationMap(group)
		}
		group = nil
	}
	parents := parentKeys{}
	for _, n := range outside {
		line := m.file.Line(n)
		shape := m.layout.at(n)
		if shape.silent && !shape.marker {
			continue
		}
		if shape.marker || group != nil && shape.indent < group.indent {
			flush()
		}
		parent := parents.above(line, shape)
		switch body := line[shape.indent:]; {
		case peerKey().MatchString(body) && strings.HasSuffix(parent, "nnotations"):
			if group == nil {
				group = &annotationMap{indent: shape.indent}
			}
			group.lines = append(group.lines, n)
		case somePeerKey().MatchString(body):
			m.leave(n, "the annotation does not stand on a line of its own below annotations")
		}
	}
	flush()
}

// parentKeys are the keys that hold a line, from the outermost.
type parentKeys []parentKey

type parentKey struct {
	indent int
	key    string
}

// above takes a line up and returns the key of the map that holds it.
func (p *parentKeys) above(line string, shape lineShape) string {
	stack := *p
	for len(stack) > 0 && stack[len(stack)-1].indent >= shape.indent {
		stack = stack[:len(stack)-1]
	}
	parent := ""
	if len(stack) > 0 {
		parent = stack[len(stack)-1].key
	}
	key, _, _ := strings.Cut(strings.TrimLeft(line, " \t-"), ":")
	*p = append(stack, parentKey{shape.indent, strings.Trim(key, `"' `)})
	return parent
}

// annotationMap is a map with annotations of other tools, by line.
type annotationMap struct {
	indent int
	lines  []int
}

// annotation is one of them, read by itself.
type annotation struct {
	line       int
	key, value string
	// rest is what follows the value: a comment.
	rest string
}

func (m *migrator) annotationMap(g *annotationMap) {
	var list []annotation
	values := map[string]string{}
	for _, n := range g.lines {
		a, ok := readAnnotation(m.line(n))
		if next := m.layout.at(n).next; next <= len(m.layout.lines) && m.layout.at(next).indent > g.indent {
			ok = false // the value goes on
		}
		if !ok {
			m.leave(n, "the annotation is templated, or no string on one line")
			continue
		}
		if a.key == ourAnnotation {
			m.leave(n, "there is an annotation of seaworthy already: add the others to it by hand")
			return
		}
		a.line = n
		list = append(list, a)
		values[a.key] = a.value
	}
	var says []string
	gone := map[int]bool{}
	first := annotation{}
	for _, a := range list {
		marks := peerMarks(a.key, a.value, func(key string) string { return values[key] })
		if len(marks) == 0 {
			continue
		}
		text, ok := m.translate(a.line, marks, ":")
		if !ok {
			continue
		}
		if len(says) == 0 {
			first = a
		}
		says, gone[a.line] = append(says, text), true
	}
	if len(says) == 0 {
		return
	}
	for _, a := range list {
		isDetail := a.key == kubescapeReason || a.key == kubescapeExpiry
		if gone[a.line] || isDetail && kubescapeGone(list, gone) {
			m.Lines[a.line] = nil
		}
	}
	m.Lines[first.line] = ourLines(strings.Repeat(" ", g.indent), says, first.rest)
}

// kubescapeGone tells whether the annotation went that two others explain.
func kubescapeGone(list []annotation, gone map[int]bool) bool {
	return slices.ContainsFunc(list, func(a annotation) bool { return a.key == kubescapeSkip && gone[a.line] })
}

// ourLines are the lines of an annotation of ours.
func ourLines(indent string, says []string, rest string) []string {
	if len(says) == 1 {
		return []string{indent + ourAnnotation + ": " + strconv.Quote(says[0]) + rest}
	}
	lines := []string{indent + ourAnnotation + ": |-" + rest}
	for _, text := range says {
		lines = append(lines, indent+"  "+text)
	}
	return lines
}

// readAnnotation reads a line as a map with one field.
func readAnnotation(line string) (annotation, bool) {
	if strings.Contains(line, "{{") {
		return annotation{}, false
	}
	file, err := manifest.NewFile("", []byte(line))
	if err != nil {
		return annotation{}, false
	}
	tree, err := manifest.Parse(manifest.Span{File: file, End: len(file.Text)})
	if err != nil || len(tree.Root.Fields()) != 1 {
		return annotation{}, false
	}
	n := tree.Root.Fields()[0]
	if n.Kind != manifest.Scalar || strings.HasPrefix(n.Span().Text(), "|") || strings.HasPrefix(n.Span().Text(), ">") {
		return annotation{}, false
	}
	return annotation{key: n.Key, value: n.Str(), rest: line[min(n.Span().End, len(line)):]}, true
}
