package office

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"

	"gopkg.in/yaml.v3"
)

// maxDepth bounds how deep a file may nest; the form itself needs five levels.
const maxDepth = 20

// readTree reads YAML or, where the text begins with a brace, JSON, into nodes
// that know their place.
func readTree(file string, data []byte) (*yaml.Node, error) {
	data = bytes.TrimPrefix(data, []byte("\xef\xbb\xbf")) // byte order mark
	if t := bytes.TrimLeft(data, " \t\r\n"); len(t) > 0 && t[0] == '{' {
		return readJSON(file, data)
	}
	return readYAML(file, data)
}

func readYAML(file string, data []byte) (*yaml.Node, error) {
	dec := yaml.NewDecoder(bytes.NewReader(data))
	var doc, second yaml.Node
	switch err := dec.Decode(&doc); {
	case errors.Is(err, io.EOF):
		return nil, &Error{File: file, Line: 1, Reason: "the file is empty"}
	case err != nil:
		return nil, yamlError(file, err)
	}
	if err := dec.Decode(&second); err == nil {
		return nil, &Error{File: file, Line: second.Line, Column: second.Column, Reason: "a second document begins here; one file holds one organization"}
	} else if !errors.Is(err, io.EOF) {
		return nil, yamlError(file, err)
	}
	if len(doc.Content) != 1 {
		return nil, &Error{File: file, Line: 1, Reason: "the file is empty"}
	}
	return doc.Content[0], nil
}

// yamlError takes the line out of the library's message.
func yamlError(file string, err error) error {
	text := strings.TrimPrefix(err.Error(), "yaml: ")
	e := &Error{File: file, Line: 1, Reason: text}
	if rest, ok := strings.CutPrefix(text, "line "); ok {
		if n, reason, ok := strings.Cut(rest, ": "); ok {
			if line, err := strconv.Atoi(n); err == nil {
				e.Line, e.Reason = line, reason
			}
		}
	}
	return e
}

// jsonReader makes the same nodes from JSON, whose escapes and tabs a YAML parser
// does not take.
type jsonReader struct {
	file string
	data []byte
	dec  *json.Decoder
	// line and begin are the last line counted and the offset where it begins.
	line, begin int
}

func readJSON(file string, data []byte) (*yaml.Node, error) {
	r := &jsonReader{file: file, data: data, dec: json.NewDecoder(bytes.NewReader(data)), line: 1}
	r.dec.UseNumber()
	n, err := r.value(0)
	if err != nil {
		return nil, err
	}
	if _, err := r.dec.Token(); !errors.Is(err, io.EOF) {
		return nil, r.fault(n, "something follows the end of the document")
	}
	return n, nil
}

// here gives a node the place where the token that comes next begins.
func (r *jsonReader) here() *yaml.Node {
	at := int(r.dec.InputOffset())
	for at < len(r.data) && strings.IndexByte(" \t\r\n,:", r.data[at]) >= 0 {
		at++
	}
	for i := r.begin; i < at; i++ {
		if r.data[i] == '\n' {
			r.line++
			r.begin = i + 1
		}
	}
	return &yaml.Node{Line: r.line, Column: at - r.begin + 1}
}

func (r *jsonReader) fault(n *yaml.Node, reason string) error {
	return &Error{File: r.file, Line: n.Line, Column: n.Column, Reason: reason}
}

func (r *jsonReader) value(depth int) (*yaml.Node, error) {
	n := r.here()
	if depth > maxDepth {
		return nil, r.fault(n, "nested too deep")
	}
	tok, err := r.dec.Token()
	if err != nil {
		return nil, r.fault(r.here(), "no valid JSON: "+err.Error())
	}
	switch t := tok.(type) {
	case json.Delim:
		return r.nested(n, t, depth)
	case string:
		n.Kind, n.Tag, n.Value = yaml.ScalarNode, "!!str", t
	case json.Number:
		n.Kind, n.Tag, n.Value = yaml.ScalarNode, "!!int", t.String()
		if strings.ContainsAny(n.Value, ".eE") {
			n.Tag = "!!float"
		}
	case bool:
		n.Kind, n.Tag, n.Value = yaml.ScalarNode, "!!bool", strconv.FormatBool(t)
	case nil:
		n.Kind, n.Tag = yaml.ScalarNode, "!!null"
	}
	return n, nil
}

func (r *jsonReader) nested(n *yaml.Node, open json.Delim, depth int) (*yaml.Node, error) {
	switch open {
	case '{':
		n.Kind, n.Tag = yaml.MappingNode, "!!map"
	case '[':
		n.Kind, n.Tag = yaml.SequenceNode, "!!seq"
	default:
		return nil, r.fault(n, fmt.Sprintf("no valid JSON: unexpected %q", open.String()))
	}
	for r.dec.More() {
		v, err := r.value(depth + 1)
		if err != nil {
			return nil, err
		}
		n.Content = append(n.Content, v)
		if n.Kind == yaml.MappingNode {
			if v, err = r.value(depth + 1); err != nil {
				return nil, err
			}
			n.Content = append(n.Content, v)
		}
	}
	if _, err := r.dec.Token(); err != nil {
		return nil, r.fault(r.here(), "no valid JSON: "+err.Error())
	}
	return n, nil
}
