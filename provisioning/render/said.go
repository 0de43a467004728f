package render

import (
	"bytes"
	"encoding/xml"
	"strings"
)

// said reads a file that is not framed yet, as far as it can be read. Of JSON
// nothing is known: its keys have no names of their own.
func (f Format) said(file []byte) []said {
	switch f {
	case XML:
		return saidXML(file)
	case JSON:
		return nil
	default:
		return f.saidLines(file)
	}
}

func (f Format) saidLines(file []byte) (all []said) {
	header, at := "", 0
	for line := range bytes.Lines(file) {
		from := at
		at += len(line)
		text := strings.TrimLeft(strings.TrimSuffix(string(line), "\n"), " \t")
		switch {
		case strings.TrimSpace(text) == "" || text[0] == '#' || text[0] == ';':
		case f.headed() && (text[0] == '<' || text[0] == '['):
			header = strings.TrimSpace(text)
		default:
			if key := f.named(text); key != "" {
				from += bytes.Index(line, []byte(text))
				all = append(all, said{key, header, from, from + len(text)})
			}
		}
	}
	return all
}

// headed tells the formats whose lines stand under headers.
func (f Format) headed() bool { return f == Section || f == Words }

// named is the key of a line; empty: it has none.
func (f Format) named(line string) string {
	switch f {
	case Section:
		if at := strings.IndexAny(line, ":="); at >= 0 {
			return strings.TrimSpace(line[:at])
		}
		return ""
	case Words:
		return strings.Fields(line)[0]
	default:
		key, fault := f.keyOf(line)
		if fault != "" {
			return ""
		}
		return key
	}
}

// attributeMark begins the key of a setting that is an attribute of its own.
const attributeMark = '@'

// element is one that is open.
type element struct {
	key    string
	place  string // of those around it
	inside int    // where its text begins
	leaf   bool
}

// saidXML names a setting by its element with the number in it, by the attribute
// that names the element, or by the attribute that holds it.
func saidXML(file []byte) (all []said) {
	d := xml.NewDecoder(bytes.NewReader(file))
	var open []element
	for {
		before := int(d.InputOffset())
		token, err := d.RawToken()
		if err != nil {
			return all
		}
		after := int(d.InputOffset())
		switch t := token.(type) {
		case xml.StartElement:
			place := ""
			if n := len(open); n > 0 {
				open[n-1].leaf = false
				place = open[n-1].place + "/" + open[n-1].key
			}
			e := element{key: t.Name.Local, place: place, inside: after, leaf: true}
			e.leaf = !e.attributes(file, before, after, &all)
			open = append(open, e)
		case xml.EndElement:
			if len(open) == 0 {
				return all
			}
			e := open[len(open)-1]
			open = open[:len(open)-1]
			if e.leaf && after > before { // not <a/>, which has no text
				all = append(all, said{e.key, e.place, e.inside, before})
			}
		}
	}
}

// attributes reads those of a start tag; it reports whether one of them holds
// the element's value.
func (e *element) attributes(file []byte, from, to int, all *[]said) (valued bool) {
	value := [2]int{}
	for name, at := range eachAttribute(file, from, to) {
		text := string(file[at[0]:at[1]])
		switch strings.ToLower(name) {
		case "idx": // <a idx="1"> and <a1> are one setting
			e.key += text
		case "name", "id", "param":
			e.key += "." + text
		case "value":
			value, valued = at, true
		default:
			*all = append(*all, said{key: string(attributeMark) + name, from: at[0], to: at[1]})
		}
	}
	if valued {
		*all = append(*all, said{e.key, e.place, value[0], value[1]})
	}
	return valued
}

// eachAttribute gives the names and the places of the values in a start tag.
func eachAttribute(file []byte, from, to int) func(func(string, [2]int) bool) {
	return func(yield func(string, [2]int) bool) {
		for from < to {
			equals := bytes.IndexByte(file[from:to], '=')
			if equals < 0 {
				return
			}
			words := strings.Fields(string(file[from : from+equals]))
			open := from + equals + 1
			for open < to && file[open] != '"' && file[open] != '\'' {
				open++
			}
			if open >= to || len(words) == 0 {
				return
			}
			end := bytes.IndexByte(file[open+1:to], file[open])
			if end < 0 || !yield(words[len(words)-1], [2]int{open + 1, open + 1 + end}) {
				return
			}
			from = open + 1 + end + 1
		}
	}
}
