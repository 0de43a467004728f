package provtest

import (
	"bytes"
	"encoding/json"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"strings"
)

// forms are the ways of taking a file apart into names and values.
var forms = map[string]func(*reads, []byte) (map[string]string, error){
	"keyvalue": func(r *reads, body []byte) (map[string]string, error) { return lineValues(r, body, "="), nil },
	"colon":    func(r *reads, body []byte) (map[string]string, error) { return lineValues(r, body, ":"), nil },
	"quoted":   func(r *reads, body []byte) (map[string]string, error) { return lineValues(r, body, "="), nil },
	"section":  func(r *reads, body []byte) (map[string]string, error) { return lineValues(r, body, ":="), nil },
	"words":    func(r *reads, body []byte) (map[string]string, error) { return lineValues(r, body, " "), nil },
	"commands": func(r *reads, body []byte) (map[string]string, error) { return commandValues(r, body), nil },
	"set":      func(_ *reads, body []byte) (map[string]string, error) { return setValues(body), nil },
	"elements": func(r *reads, body []byte) (map[string]string, error) {
		return xmlValues(body, &elements{all: r.Authority})
	},
	"attributes": func(_ *reads, body []byte) (map[string]string, error) { return xmlValues(body, attributes{}) },
	"tree":       func(_ *reads, body []byte) (map[string]string, error) { return xmlValues(body, &tree{}) },
	"pairs":      func(r *reads, body []byte) (map[string]string, error) { return xmlValues(body, &pairs{names: r.Pair}) },
	"json":       func(_ *reads, body []byte) (map[string]string, error) { return jsonValues(body) },
}

// lineValues reads lines of a key, one of the separators and a value, perhaps in
// quotes. A key below a header counts by its own name and as "header.key".
func lineValues(r *reads, body []byte, separators string) map[string]string {
	out := make(map[string]string, len(r.known)/2)
	header := ""
	for line := range strings.Lines(string(body)) {
		line = strings.TrimSpace(line)
		if line == "" || line[0] == '#' || line[0] == ';' {
			continue
		}
		if separators == ":=" && (line[0] == '<' || line[0] == '[') {
			header = strings.Trim(line, "<>[] ")
			continue
		}
		at := strings.IndexAny(line, separators)
		if at < 0 {
			continue
		}
		key, value := strings.TrimSpace(line[:at]), unquoted(strings.TrimSpace(line[at+1:]))
		if r.knows(key) {
			out[key] = value
		}
		if header != "" && r.knows(header+"."+key) {
			out[header+"."+key] = value
		}
	}
	return out
}

// commandValues reads the words after commands: "registrar.2/1" is the first after
// the second line that begins with registrar.
func commandValues(r *reads, body []byte) map[string]string {
	out, times := map[string]string{}, map[string]int{}
	for line := range strings.Lines(string(body)) {
		words := strings.Fields(line)
		if len(words) < 2 {
			continue
		}
		times[words[0]]++
		for i, word := range words[1:] {
			if key := fmt.Sprintf("%s.%d/%d", words[0], times[words[0]], i+1); r.knows(key) {
				out[key] = word
			}
		}
	}
	return out
}

func unquoted(s string) string {
	if len(s) >= 2 && s[0] == '"' && s[len(s)-1] == '"' {
		return s[1 : len(s)-1]
	}
	return s
}

// setValues reads lines of "SET NAME value".
func setValues(body []byte) map[string]string {
	out := map[string]string{}
	for line := range strings.Lines(string(body)) {
		rest, found := strings.CutPrefix(strings.TrimSpace(line), "SET ")
		if !found {
			continue
		}
		name, value, _ := strings.Cut(strings.TrimSpace(rest), " ")
		out[name] = unquoted(strings.TrimSpace(value))
	}
	return out
}

// reader hears the elements of an XML document.
type reader interface {
	start(e xml.StartElement, out map[string]string)
	end(text string, out map[string]string)
}

func xmlValues(body []byte, r reader) (map[string]string, error) {
	out := map[string]string{}
	d := xml.NewDecoder(bytes.NewReader(body))
	var text strings.Builder
	for {
		token, err := d.Token()
		if errors.Is(err, io.EOF) {
			return out, nil
		}
		if err != nil {
			return nil, err
		}
		switch e := token.(type) {
		case xml.StartElement:
			r.start(e, out)
			text.Reset()
		case xml.CharData:
			text.Write(e)
		case xml.EndElement:
			r.end(strings.TrimSpace(text.String()), out)
			text.Reset()
		}
	}
}

// attributes take every attribute's value by its name.
type attributes struct{}

func (attributes) start(e xml.StartElement, out map[string]string) {
	for _, a := range e.Attr {
		out[a.Name.Local] = a.Value
	}
}

func (attributes) end(string, map[string]string) {}

// elements take every element's text by its name, to which an idx attribute is
// added, and its other attributes as "name@attribute". Of one name all that is
// said counts, a line each; of others the last.
type elements struct {
	all  string
	open []string
}

func (x *elements) start(e xml.StartElement, out map[string]string) {
	name := e.Name.Local
	if idx := attribute(e, "idx"); idx != "" {
		name += "." + idx
	}
	for _, a := range e.Attr {
		if a.Name.Local != "idx" {
			out[name+"@"+a.Name.Local] = a.Value
		}
	}
	x.open = append(x.open, name)
}

func (x *elements) end(text string, out map[string]string) {
	name := x.open[len(x.open)-1]
	x.open = x.open[:len(x.open)-1]
	if before := out[name]; name == x.all && before != "" {
		text = before + "\n" + text
	}
	out[name] = text
}

// tree takes the text of an element by its name and as "parent.2/name", and each
// attribute as "name.2@attribute"; elements count from 1 among their like.
type tree struct{ open []branch }

type branch struct {
	name  string
	place string // name and number
	inner map[string]int
}

func (x *tree) start(e xml.StartElement, out map[string]string) {
	b := branch{name: e.Name.Local, place: e.Name.Local + ".1", inner: map[string]int{}}
	if n := len(x.open); n > 0 {
		x.open[n-1].inner[b.name]++
		b.place = fmt.Sprintf("%s.%d", b.name, x.open[n-1].inner[b.name])
	}
	for _, a := range e.Attr {
		out[b.place+"@"+a.Name.Local] = a.Value
	}
	x.open = append(x.open, b)
}

func (x *tree) end(text string, out map[string]string) {
	n := len(x.open) - 1
	b := x.open[n]
	if x.open = x.open[:n]; len(b.inner) > 0 {
		return
	}
	out[b.name] = text
	if n > 0 {
		out[x.open[n-1].place+"/"+b.name] = text
	}
}

// pairs take elements that hold a name and a value.
type pairs struct {
	names pairReads
	open  []pair
	group string // name of the group that is open
	name  string // of the last element of names.NameElement
}

type pair struct {
	element, name string
	done          bool // the value stood in an attribute
}

func (x *pairs) start(e xml.StartElement, out map[string]string) {
	p := pair{element: e.Name.Local}
	if x.names.Element == "" || x.names.Element == p.element {
		p.name = attribute(e, x.names.Name, "name", "id", "key", "parameter")
	}
	for _, a := range e.Attr {
		if p.name != "" && (a.Name.Local == x.names.Value || x.names.Value == "" && strings.EqualFold(a.Name.Local, "value")) {
			out[p.name], p.done = unquoted(a.Value), true
		}
	}
	x.open = append(x.open, p)
}

func (x *pairs) end(text string, out map[string]string) {
	p := x.open[len(x.open)-1]
	x.open = x.open[:len(x.open)-1]
	switch {
	case p.element == x.names.NameElement && p.element != "":
		if n := len(x.open); n > 0 && x.open[n-1].element == x.names.Group {
			x.group = text
		} else {
			x.name = text
		}
	case p.element == x.names.ValueElement && p.element != "":
		out[x.group+x.name] = text
	case p.name != "" && !p.done:
		out[p.name] = text
	}
}

// attribute is the first of these that the element has and that is not empty.
func attribute(e xml.StartElement, names ...string) string {
	for _, name := range names {
		for _, a := range e.Attr {
			if name != "" && strings.EqualFold(a.Name.Local, name) && a.Value != "" {
				return a.Value
			}
		}
	}
	return ""
}

// jsonValues takes every value by the names on the way to it, with dots; items
// of lists count from 0.
func jsonValues(body []byte) (map[string]string, error) {
	var document any
	d := json.NewDecoder(bytes.NewReader(body))
	d.UseNumber()
	if err := d.Decode(&document); err != nil {
		return nil, err
	}
	out := map[string]string{}
	flatten("", document, out)
	return out, nil
}

func flatten(name string, value any, out map[string]string) {
	below := func(part string) string {
		if name == "" {
			return part
		}
		return name + "." + part
	}
	switch v := value.(type) {
	case map[string]any:
		for key, item := range v {
			flatten(below(key), item, out)
		}
	case []any:
		for i, item := range v {
			flatten(below(fmt.Sprint(i)), item, out)
		}
	case nil:
		out[name] = ""
	default:
		out[name] = fmt.Sprint(v)
	}
}
