package render

import (
	"bytes"
	"strings"

	"github.com/seaworthy-lint/seaworthy/lint/manifest"
)

// inline parses the text of a patch that stands in a kustomization, so that
// its nodes lie in the kustomization's file where that can be.
func (k *kustomization) inline(n *manifest.Node, text string) []*manifest.Node {
	if n == nil || !strings.ContainsAny(text, ":[{") || n.Value != text {
		return nil
	}
	virtual, err := manifest.NewFile("", []byte(text))
	if err != nil {
		return nil
	}
	if err := unsafeAliases(virtual); err != nil {
		k.fail(n.Field(), err.Error())
		return nil
	}
	var out []*manifest.Node
	for _, span := range inlineSpans(n) {
		tree, err := manifest.Parse(span)
		if err != nil {
			out = nil
			break
		}
		out = append(out, tree.Root)
	}
	if out != nil {
		return out
	}
	for _, span := range manifest.Documents(virtual) {
		tree, err := manifest.Parse(span)
		if err != nil {
			return nil
		}
		moveAll(tree.Root, n.Field())
		out = append(out, tree.Root)
	}
	return out
}

// moveAll puts a tree that has no file of its own to the place that holds it.
func moveAll(n *manifest.Node, at manifest.Span) {
	n.Relocate(manifest.Span{}, at, false)
	for _, kid := range n.Kids {
		moveAll(kid, at)
	}
}

// inlineSpans are the documents in the source of a scalar: the lines of a
// literal block, or the inside of quotes without escapes. There are none where
// the source is not the text itself.
func inlineSpans(n *manifest.Node) []manifest.Span {
	span := n.Span()
	raw := span.Text()
	switch {
	case strings.HasPrefix(raw, "|"):
		return blockSpans(span, n.Value)
	case len(raw) > 2 && (raw[0] == '\'' || raw[0] == '"') && raw[1:len(raw)-1] == n.Value:
		return []manifest.Span{{File: span.File, Start: span.Start + 1, End: span.End - 1}}
	}
	return nil
}

// blockSpans are the documents in the lines of a literal block, whose
// indentation YAML does not mind.
func blockSpans(span manifest.Span, value string) []manifest.Span {
	header := bytes.IndexByte(span.File.Text[span.Start:span.End], '\n')
	if header < 0 {
		return nil
	}
	start := span.Start + header + 1
	indent, plain := -1, strings.Builder{}
	doc := manifest.Span{File: span.File, Start: start, End: start}
	var docs []manifest.Span
	finish := func(next int) {
		if strings.TrimSpace(doc.Text()) != "" {
			docs = append(docs, doc)
		}
		doc.Start, doc.End = next, next
	}
	at := start
	for line := range bytes.Lines(span.File.Text[start:span.End]) {
		body := bytes.TrimLeft(line, " ")
		if blank := len(bytes.TrimSpace(body)) == 0; !blank && indent < 0 {
			indent = len(line) - len(body)
		}
		plain.Write(line[min(max(indent, 0), len(line)-len(body)):])
		at += len(line)
		if string(bytes.TrimSpace(body)) == "---" {
			finish(at)
			continue
		}
		doc.End = at
	}
	finish(at)
	if strings.TrimRight(plain.String(), "\r\n ") != strings.TrimRight(value, "\n ") {
		return nil
	}
	return docs
}
