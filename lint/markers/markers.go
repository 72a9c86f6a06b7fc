// Package markers reads the comments and annotations by which people tell a
// linter to let something be: ours, and those of other tools.
package markers

import (
	"bytes"

	"github.com/seaworthy-lint/seaworthy/lint/manifest"
)

// Mark is one rule that a comment or an annotation names, with what it says of
// it. A comment that names two rules makes two marks.
type Mark struct {
	// Tool is the other tool whose marker it is, as in lint.Rule.Aliases; empty
	// for one of ours.
	Tool string
	// Name is a rule's id or an alias, or tool:* for every check of a tool.
	Name string
	// Selectors narrow it down.
	Selectors []Selector
	// Reason says why; empty where nobody did.
	Reason string
	// Until is the last day on which it holds, as it was written.
	Until string
	// Covers are the lines that a comment speaks for.
	Covers Lines
	// Span is where the marker stands.
	Span manifest.Span
	// Problem says why the marker cannot be read. Only Span holds then.
	Problem string
}

// Selector is a condition in the brackets after a rule: container=web.
type Selector struct{ Key, Value string }

// Lines are lines of a file, from 1, both ends included.
type Lines struct{ First, Last int }

// words are what a file with marks in comments must hold.
var words = [][]byte{[]byte(ourWord), []byte(trivyWord), []byte(checkovWord)}

// maxMarks is how many marks one file or annotation may have: each is compared
// with findings.
const maxMarks = 2000

// Comments are the marks in the comments of a file, in the order of the file.
// A file without any costs no more than a search for their words.
func Comments(file *manifest.File) []Mark {
	if !mentions(file.Text) {
		return nil
	}
	var marks []Mark
	l := newLayout(file)
	for _, c := range scan(file).found {
		for _, m := range c.marks() {
			m.cover(l, c)
			marks = append(marks, m.Mark)
			if len(marks) == maxMarks {
				return append(marks, Mark{Span: m.Span, Problem: "it is one of too many in this file: suppress by the configuration"})
			}
		}
	}
	return marks
}

func mentions(text []byte) bool {
	for _, word := range words {
		if bytes.Contains(text, word) {
			return true
		}
	}
	return false
}

// reach is how far a mark in a comment speaks.
type reach uint8

const (
	// block is what begins on the next line, or the comment's own line.
	block reach = iota
	document
	wholeFile
)

// commentMark is a mark before it is known for which lines it speaks.
type commentMark struct {
	Mark
	reach reach
}

func (m *commentMark) cover(l *layout, c comment) {
	switch {
	case m.Problem != "":
	case m.reach == wholeFile && l.contentBefore(c.line):
		m.Mark = Mark{Span: m.Span, Problem: "ignore-file must stand above the first document"}
	case m.reach == wholeFile:
		m.Covers = Lines{1, l.file.Lines()}
	case m.reach == document:
		m.Covers = l.document(c.line)
	case c.trailing:
		m.Covers = Lines{c.line, c.line}
	default:
		m.Covers = l.below(c.last)
	}
}
