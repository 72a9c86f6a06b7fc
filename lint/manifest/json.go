package manifest

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strconv"
)

// parseJSON reads a document that is JSON; ok is false for any other, which is
// left to the YAML parser. JSON's own rules hold: \u escapes of surrogate
// pairs, no YAML 1.1 booleans, the last of duplicate keys.
func parseJSON(span Span) (tree *Tree, ok bool, err error) {
	text := span.File.Text[span.Start:span.End]
	first := bytes.TrimLeft(text, " \t\r\n")
	if len(first) == 0 || (first[0] != '{' && first[0] != '[') || !json.Valid(text) {
		return nil, false, nil
	}
	r := &jsonReader{span: span, text: text, dec: json.NewDecoder(bytes.NewReader(text)), tree: &Tree{}}
	r.dec.UseNumber()
	root, err := r.value(nil, 0)
	if err != nil {
		return nil, true, err
	}
	r.tree.Root = root
	return r.tree, true, nil
}

type jsonReader struct {
	span Span
	text []byte
	dec  *json.Decoder
	tree *Tree
}

// next reads a token and tells the bytes that it covers.
func (r *jsonReader) next() (token json.Token, start, end int32, err error) {
	from := int(r.dec.InputOffset())
	token, err = r.dec.Token()
	if err != nil {
		return nil, 0, 0, &SyntaxError{Span: r.span, Reason: err.Error()}
	}
	for from < len(r.text) && (isBlank(r.text[from]) || r.text[from] == ',' || r.text[from] == ':') {
		from++
	}
	return token, int32(r.span.Start + from), int32(r.span.Start + int(r.dec.InputOffset())), nil
}

func (r *jsonReader) value(parent *Node, depth int) (*Node, error) {
	token, start, end, err := r.next()
	if err != nil {
		return nil, err
	}
	n := &Node{Parent: parent, file: r.span.File, start: start, end: end}
	if depth > maxDepth {
		return nil, &SyntaxError{Span: n.Span(), Reason: fmt.Sprintf("nested more than %d levels deep", maxDepth)}
	}
	switch v := token.(type) {
	case json.Delim:
		if v == '[' {
			return n, r.list(n, depth)
		}
		return n, r.object(n, depth)
	case string:
		n.Value = v
	case bool:
		n.Type, n.Value = Bool, strconv.FormatBool(v)
	case json.Number:
		n.Type, n.Value = numberType(v), v.String()
	default:
		n.Type = Null
	}
	return n, nil
}

func numberType(v json.Number) Type {
	if _, err := strconv.ParseInt(v.String(), 10, 64); err == nil {
		return Int
	}
	return Float
}

func (r *jsonReader) list(n *Node, depth int) error {
	n.Kind = List
	for r.dec.More() {
		kid, err := r.value(n, depth+1)
		if err != nil {
			return err
		}
		kid.Index = int32(len(n.Kids))
		n.Kids = append(n.Kids, kid)
	}
	return r.close(n)
}

func (r *jsonReader) object(n *Node, depth int) error {
	n.Kind = Map
	fields := fieldSet{node: n}
	for r.dec.More() {
		key, start, end, err := r.next()
		if err != nil {
			return err
		}
		kid, err := r.value(n, depth+1)
		if err != nil {
			return err
		}
		kid.Key, _ = key.(string)
		kid.keyStart, kid.keyEnd = start, end
		if earlier := fields.set(kid); earlier != nil {
			r.tree.Duplicates = append(r.tree.Duplicates, Duplicate{Earlier: earlier.KeySpan(), Later: kid})
		}
	}
	return r.close(n)
}

func (r *jsonReader) close(n *Node) error {
	_, _, end, err := r.next()
	n.end = end
	return err
}
