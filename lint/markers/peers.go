package markers

import (
	"regexp"
	"strings"
	"sync"
)

// The words by which comments of other tools are known.
const (
	trivyWord   = "trivy:ignore:"
	checkovWord = "checkov:skip"
)

// everyCheck is the name that stands for all checks of a tool.
const everyCheck = "*"

var (
	// markWord finds where a mark begins in a comment: at its start, or after
	// another "#", since trivy reads several marks of one line.
	markWord = sync.OnceValue(func() *regexp.Regexp {
		return regexp.MustCompile(`(?:^|#)\s*(seaworthy:[a-z]|trivy:ignore:|checkov:skip\s*=)`)
	})
	ourDirective = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`^seaworthy:([a-z-]+)(.*)$`) })
)

// marks are the marks of a comment.
func (c comment) marks() []commentMark {
	var marks []commentMark
	for _, p := range c.parts() {
		for _, mark := range marksIn(c.text[p.start:p.end]) {
			mark.Span = c.span
			marks = append(marks, mark)
		}
	}
	return marks
}

// parts are the bytes of each mark in a comment, from its word to where the
// next one begins.
func (c comment) parts() []part {
	starts := markWord().FindAllStringSubmatchIndex(c.text, maxMarks+1)
	parts := make([]part, len(starts))
	for i, m := range starts {
		parts[i] = part{m[2], len(c.text)}
		if i > 0 {
			parts[i-1].end = m[0]
		}
	}
	return parts
}

// part is a range of bytes of a text; end is exclusive.
type part struct{ start, end int }

// marksIn reads a comment that begins with the word of a mark.
func marksIn(text string) []commentMark {
	switch {
	case strings.HasPrefix(text, trivyWord):
		return trivyComment(text[len(trivyWord):])
	case strings.HasPrefix(text, checkovWord):
		_, rest, _ := strings.Cut(text, "=")
		return checkovComment(rest)
	}
	return ourComment(text)
}

func ourComment(text string) []commentMark {
	m := ourDirective().FindStringSubmatch(text)
	if m == nil {
		return nil
	}
	reach := block
	switch m[1] {
	case ignore:
	case ignoreFile:
		reach = wholeFile
	default:
		return []commentMark{{Mark: Mark{Problem: "it says seaworthy:" + m[1] + ": use seaworthy:ignore or seaworthy:ignore-file"}}}
	}
	marks, problem := parse(m[2])
	if problem != "" {
		return []commentMark{{Mark: Mark{Problem: problem}}}
	}
	var list []commentMark
	for _, mark := range marks {
		list = append(list, commentMark{Mark: mark, reach: reach})
	}
	return list
}

// The names of other tools, as aliases of rules have them.
const (
	kubeLinter = "kube-linter"
	kubeScore  = "kube-score"
	polaris    = "polaris"
	checkov    = "checkov"
	trivy      = "trivy-checks"
	kubescape  = "kubescape"
)

// peerMark is a mark of another tool.
func peerMark(tool, check, reason, until string) Mark {
	if check != everyCheck && tool == trivy {
		check = trivyID(check)
	}
	return Mark{Tool: tool, Name: tool + ":" + check, Reason: strings.TrimSpace(reason), Until: until}
}

var trivyNumber = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`^(?:AVD-)?(KSV|KCV)-?0*([0-9]{1,4})$`) })

// trivyID is the id of a check as the aliases spell it, KSV-0014, for each of
// the spellings that trivy has had: AVD-KSV-0014, KSV014, KSV-014.
func trivyID(id string) string {
	id = strings.ToUpper(id)
	if m := trivyNumber().FindStringSubmatch(id); m != nil {
		return m[1] + "-" + strings.Repeat("0", 4-len(m[2])) + m[2]
	}
	return id
}

// trivyComment reads what follows trivy:ignore: in a comment: a check, then
// conditions in brackets and :exp:date. trivy takes it for what begins on the
// line below, or for its own line.
func trivyComment(text string) []commentMark {
	words, reason := cutWord(text)
	check, rest, _ := strings.Cut(words, ":")
	if strings.Contains(check, "[") { // conditions that only trivy can judge
		return nil
	}
	until := ""
	if key, date, ok := strings.Cut(rest, ":"); ok && key == "exp" {
		until, _, _ = strings.Cut(date, ":")
	}
	if check == "" {
		return nil
	}
	return []commentMark{{Mark: peerMark(trivy, check, strings.TrimLeft(reason, " \t-"), until)}}
}

// checkovComment reads what follows checkov:skip= in a comment: checks, then a
// colon and the reason. checkov takes it for the resource that it stands in.
func checkovComment(text string) []commentMark {
	checks, reason, _ := strings.Cut(text, ":")
	var marks []commentMark
	for check := range strings.SplitSeq(checks, ",") {
		check, _ = cutWord(strings.TrimSpace(check))
		if check != "" {
			marks = append(marks, commentMark{Mark: peerMark(checkov, check, reason, ""), reach: document})
		}
	}
	return marks
}
