package markers

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"sync"

	"github.com/seaworthy-lint/seaworthy/lint/nearest"
)

// ourWord begins our comments; what follows says what they do.
const ourWord = "seaworthy:"

// What our comments do.
const (
	ignore     = "ignore"
	ignoreFile = "ignore-file"
)

// SelectorKeys are the keys of selectors, as comments, annotations and the
// configuration name them.
var SelectorKeys = []string{"path", "kind", "name", "namespace", "container", "field", "value"}

// parse reads what a marker of ours says: rules, each with its selectors, then
// a reason after "--" or ": ". "until=" may stand before or in the reason. The
// problem is empty for one that can be read.
func parse(text string) (marks []Mark, problem string) {
	p := &parser{rest: text}
	p.rules()
	p.reasonUntil()
	if p.problem == "" && len(p.marks) == 0 {
		p.problem = "it names no rule"
	}
	if p.problem != "" {
		return nil, p.problem
	}
	for i := range p.marks {
		p.marks[i].Reason, p.marks[i].Until = p.reason, p.until
	}
	return p.marks, ""
}

type parser struct {
	rest          string
	marks         []Mark
	reason, until string
	problem       string
}

var ruleName = sync.OnceValue(func() *regexp.Regexp {
	return regexp.MustCompile(`^[A-Za-z0-9](?:[A-Za-z0-9_.*-]|:[A-Za-z0-9*])*`)
})

// rules reads up to the reason.
func (p *parser) rules() {
	for p.problem == "" {
		p.rest = strings.TrimLeft(p.rest, " \t,")
		switch {
		case p.rest == "":
			return
		case strings.HasPrefix(p.rest, "--"):
			p.reason, p.rest = strings.TrimLeft(p.rest, "-"), ""
		case p.rest == ":" || strings.HasPrefix(p.rest, ": "):
			p.reason, p.rest = p.rest[1:], ""
		case strings.HasPrefix(p.rest, "until="):
			word, rest := cutWord(p.rest)
			date, colon := strings.CutSuffix(word[len("until="):], ":")
			p.setUntil(strings.TrimRight(date, ","))
			if p.rest = rest; colon {
				p.rest = ":" + rest
			}
		default:
			p.rule()
		}
	}
}

func (p *parser) rule() {
	name := ruleName().FindString(p.rest)
	if name == "" {
		word, _ := cutWord(p.rest)
		p.problem = fmt.Sprintf("%q is no rule: write rules, then -- and the reason", word)
		return
	}
	p.rest = p.rest[len(name):]
	m := Mark{Name: name}
	if strings.HasPrefix(p.rest, "[") {
		m.Selectors = p.selectors()
	}
	if p.problem == "" && p.rest != "" && !strings.ContainsRune(" \t,:", rune(p.rest[0])) {
		word, _ := cutWord(p.rest)
		p.problem = fmt.Sprintf("%q does not belong after %s", word, name)
	}
	p.marks = append(p.marks, m)
}

// selectors reads conditions in brackets: [container=web, value="a, b"].
func (p *parser) selectors() []Selector {
	var list []Selector
	for p.rest = p.rest[1:]; ; {
		p.rest = strings.TrimLeft(p.rest, " \t,")
		if rest, ok := strings.CutPrefix(p.rest, "]"); ok {
			p.rest = rest
			return list
		}
		key, rest, ok := strings.Cut(p.rest, "=")
		key = strings.TrimSpace(key)
		if !ok || strings.ContainsAny(key, "]\"") {
			p.problem = "its brackets do not close, or hold no key=value"
			return nil
		}
		if !slices.Contains(SelectorKeys, key) {
			p.problem = fmt.Sprintf("%q is no selector%s: use %s", key, suggestion(key, SelectorKeys), strings.Join(SelectorKeys, ", "))
			return nil
		}
		value, after, ok := selectorValue(rest)
		if !ok || value == "" {
			p.problem = fmt.Sprintf("selector %s has no value, or the brackets do not close", key)
			return nil
		}
		list, p.rest = append(list, Selector{key, value}), after
	}
}

// selectorValue reads a value up to a comma or the closing bracket, or one in
// double quotes. Brackets inside belong to it: field=containers[0].image.
func selectorValue(text string) (value, rest string, ok bool) {
	if inner, quoted := strings.CutPrefix(text, `"`); quoted {
		value, rest, ok = strings.Cut(inner, `"`)
		return value, rest, ok
	}
	depth := 0
	for i := range len(text) {
		switch text[i] {
		case '[':
			depth++
		case ']':
			if depth--; depth < 0 {
				return strings.TrimSpace(text[:i]), text[i:], true
			}
		case ',':
			if depth == 0 {
				return strings.TrimSpace(text[:i]), text[i:], true
			}
		}
	}
	return "", "", false
}

var untilWord = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`(?:^|\s)until=(\S*)`) })

// reasonUntil takes the date out of the reason.
func (p *parser) reasonUntil() {
	if m := untilWord().FindStringSubmatchIndex(p.reason); m != nil {
		p.setUntil(strings.TrimRight(p.reason[m[2]:m[3]], ".,;"))
		p.reason = p.reason[:m[0]] + p.reason[m[1]:]
	}
	p.reason = strings.TrimSpace(p.reason)
}

func (p *parser) setUntil(date string) {
	if p.until != "" && p.until != date {
		p.problem = "it names two dates"
	}
	p.until = date
	if date == "" {
		p.problem = "until= has no date: use YYYY-MM-DD"
	}
}

func cutWord(text string) (word, rest string) {
	if i := strings.IndexAny(text, " \t"); i >= 0 {
		return text[:i], text[i:]
	}
	return text, ""
}

// maxSuggested is how long a word may be for which another is suggested.
const maxSuggested = 64

func suggestion(word string, known []string) string {
	if len(word) > maxSuggested {
		return ""
	}
	if near := nearest.Of(word, known); near != "" {
		return fmt.Sprintf(" (did you mean %s?)", near)
	}
	return ""
}
