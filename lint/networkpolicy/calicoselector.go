package networkpolicy

import (
	"fmt"
	"slices"
	"strings"

	"github.com/seaworthy-lint/seaworthy/lint/manifest"
)

// labelOf is the value of a label: True when it is there, False when it is not
// and Unknown when that cannot be told.
type labelOf func(key string) (value string, there manifest.Truth)

// calicoSelector is a selector in Calico's own language
// (libcalico-go/lib/selector): has(key), key == 'value', key in {'a', 'b'},
// all() and the like, joined by &&, || and !.
type calicoSelector struct {
	matches func(labelOf) manifest.Truth
	// equals are labels that everything has which it selects.
	equals map[string]string
	// every tells that it selects all, global that it selects what has no
	// namespace.
	every, global bool
}

// Bounds on what is parsed: the text is a user's.
const (
	maxSelectorLength = 4096
	maxSelectorDepth  = 50
)

// parseCalicoSelector reads a selector. An empty one selects all.
func parseCalicoSelector(text string) (calicoSelector, error) {
	if len(text) > maxSelectorLength {
		return calicoSelector{}, fmt.Errorf("selector of %d bytes is too long", len(text))
	}
	p := &selectorParser{text: text}
	if p.skip(); p.done() {
		return selectAll(), nil
	}
	s, err := p.alternatives(0)
	if err == nil && !p.done() {
		err = p.errorf("unexpected text")
	}
	return s, err
}

func selectAll() calicoSelector {
	return calicoSelector{matches: func(labelOf) manifest.Truth { return manifest.True }, every: true}
}

// selectorParser is a recursive descent over the text of a selector.
type selectorParser struct {
	text string
	at   int
}

func (p *selectorParser) errorf(message string) error {
	return fmt.Errorf("%s at byte %d of selector", message, p.at)
}

func (p *selectorParser) skip() {
	for p.at < len(p.text) && strings.IndexByte(" \t\r\n", p.text[p.at]) >= 0 {
		p.at++
	}
}

func (p *selectorParser) done() bool { return p.at == len(p.text) }

// take moves over a token and tells whether it was there.
func (p *selectorParser) take(token string) bool {
	if !strings.HasPrefix(p.text[p.at:], token) {
		return false
	}
	p.at += len(token)
	p.skip()
	return true
}

// word moves over words that are joined by spaces, the last of which no label
// character follows.
func (p *selectorParser) word(words ...string) bool {
	start := p.at
	for _, word := range words {
		if !strings.HasPrefix(p.text[p.at:], word) || p.at+len(word) < len(p.text) && isLabelByte(p.text[p.at+len(word)]) {
			p.at = start
			return false
		}
		p.take(word)
	}
	return true
}

func (p *selectorParser) alternatives(depth int) (calicoSelector, error) {
	if depth > maxSelectorDepth {
		return calicoSelector{}, p.errorf("parentheses are too deep")
	}
	first, err := p.conditions(depth)
	if err != nil {
		return first, err
	}
	parts := []calicoSelector{first}
	for p.take("||") {
		next, err := p.conditions(depth)
		if err != nil {
			return next, err
		}
		parts = append(parts, next)
	}
	if len(parts) == 1 {
		return first, nil
	}
	every := slices.ContainsFunc(parts, func(s calicoSelector) bool { return s.every })
	return calicoSelector{every: every, matches: func(label labelOf) manifest.Truth {
		match := manifest.False
		for _, part := range parts {
			match = manifest.Any(match, part.matches(label))
		}
		return match
	}}, nil
}

func (p *selectorParser) conditions(depth int) (calicoSelector, error) {
	first, err := p.condition(depth)
	if err != nil {
		return first, err
	}
	parts := []calicoSelector{first}
	for p.take("&&") {
		next, err := p.condition(depth)
		if err != nil {
			return next, err
		}
		parts = append(parts, next)
	}
	if len(parts) == 1 {
		return first, nil
	}
	all := calicoSelector{every: true, equals: map[string]string{}, matches: func(label labelOf) manifest.Truth {
		match := manifest.True
		for _, part := range parts {
			match = manifest.All(match, part.matches(label))
		}
		return match
	}}
	for _, part := range parts {
		all.every = all.every && part.every
		for key, value := range part.equals {
			all.equals[key] = value
		}
	}
	return all, nil
}

func (p *selectorParser) condition(depth int) (calicoSelector, error) {
	negated := false
	for p.at < len(p.text) && p.text[p.at] == '!' && !strings.HasPrefix(p.text[p.at:], "!=") {
		p.take("!")
		negated = !negated
	}
	s, err := p.operand(depth)
	if err != nil || !negated {
		return s, err
	}
	return calicoSelector{matches: func(label labelOf) manifest.Truth { return manifest.Not(s.matches(label)) }}, nil
}

func (p *selectorParser) operand(depth int) (calicoSelector, error) {
	switch {
	case p.take("("):
		s, err := p.alternatives(depth + 1)
		if err == nil && !p.take(")") {
			err = p.errorf("missing )")
		}
		return s, err
	case p.take("all()"):
		return selectAll(), nil
	case p.take("global()"):
		return calicoSelector{global: true, matches: func(labelOf) manifest.Truth { return manifest.False }}, nil
	case p.take("has("):
		key, err := p.key()
		if err == nil && !p.take(")") {
			err = p.errorf("missing )")
		}
		return calicoSelector{matches: func(label labelOf) manifest.Truth {
			_, there := label(key)
			return there
		}}, err
	}
	key, err := p.key()
	if err != nil {
		return calicoSelector{}, err
	}
	return p.comparison(key)
}

// comparison reads what follows a key. A label that is not there is different
// from every value.
func (p *selectorParser) comparison(key string) (calicoSelector, error) {
	for _, operator := range selectorOperators {
		if operator.words == nil && !p.take(operator.token) || operator.words != nil && !p.word(operator.words...) {
			continue
		}
		values, err := p.values(operator.set)
		if err != nil {
			return calicoSelector{}, err
		}
		s := calicoSelector{matches: func(label labelOf) manifest.Truth {
			have, there := label(key)
			match := there
			if there == manifest.True {
				match = manifest.TruthOf(slices.ContainsFunc(values, func(value string) bool { return operator.holds(have, value) }))
			}
			if operator.negated {
				return manifest.Not(match)
			}
			return match
		}}
		if operator.token == "==" {
			s.equals = map[string]string{key: values[0]}
		}
		return s, nil
	}
	return calicoSelector{}, p.errorf("expected an operator")
}

var selectorOperators = []struct {
	token        string
	words        []string
	set, negated bool
	holds        func(have, value string) bool
}{
	{token: "==", holds: isSame},
	{token: "!=", negated: true, holds: isSame},
	{words: []string{"not", "in"}, set: true, negated: true, holds: isSame},
	{words: []string{"in"}, set: true, holds: isSame},
	{words: []string{"contains"}, holds: strings.Contains},
	{words: []string{"starts", "with"}, holds: strings.HasPrefix},
	{words: []string{"ends", "with"}, holds: strings.HasSuffix},
}

func isSame(have, value string) bool { return have == value }

// values reads a quoted text, or several between braces.
func (p *selectorParser) values(set bool) ([]string, error) {
	if !set {
		value, err := p.quoted()
		return []string{value}, err
	}
	if !p.take("{") {
		return nil, p.errorf("missing {")
	}
	var values []string
	for !p.take("}") {
		if len(values) > 0 && !p.take(",") {
			return nil, p.errorf("missing }")
		}
		value, err := p.quoted()
		if err != nil {
			return nil, err
		}
		values = append(values, value)
	}
	return values, nil
}

func (p *selectorParser) quoted() (string, error) {
	if p.done() || p.text[p.at] != '\'' && p.text[p.at] != '"' {
		return "", p.errorf("expected a quoted text")
	}
	length := strings.IndexByte(p.text[p.at+1:], p.text[p.at])
	if length < 0 {
		return "", p.errorf("missing quotation mark")
	}
	value := p.text[p.at+1 : p.at+1+length]
	p.at += length + 2
	p.skip()
	return value, nil
}

func (p *selectorParser) key() (string, error) {
	start := p.at
	for p.at < len(p.text) && isLabelByte(p.text[p.at]) {
		p.at++
	}
	key := p.text[start:p.at]
	if key == "" {
		return "", p.errorf("expected a label")
	}
	p.skip()
	return key, nil
}

func isLabelByte(b byte) bool {
	return 'a' <= b && b <= 'z' || 'A' <= b && b <= 'Z' || '0' <= b && b <= '9' || strings.IndexByte("_.-/", b) >= 0
}
