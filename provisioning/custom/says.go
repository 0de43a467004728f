package custom

import (
	"bytes"
	"encoding/xml"
	"regexp"
	"strings"

	"cradle/provisioning/render"
)

// say is one setting that a finished file says.
type say struct {
	key   string
	value string
	line  int // 1...
	// attribute: of an XML element, and no name of it.
	attribute bool
}

// says reads a finished file as a phone would, in the vendor's own names.
func says(f render.Format, file []byte) []say {
	switch f {
	case render.XML:
		return xmlSays(file)
	case render.JSON:
		return nil // its keys have no names of their own
	default:
		return lineSays(f, string(file))
	}
}

func lineSays(f render.Format, text string) (out []say) {
	section, number := "", 0
	for line := range strings.Lines(text) {
		number++
		line = strings.TrimSpace(line)
		var key, value string
		switch {
		case line == "" || line[0] == '#' || line[0] == ';':
			continue
		case f == render.Section && (line[0] == '<' || line[0] == '['):
			section = strings.Trim(line, "<>[] ") + " "
			continue
		case f == render.Set:
			rest, ok := strings.CutPrefix(line, "SET ")
			if !ok {
				continue
			}
			key, value, _ = strings.Cut(rest, " ")
		default:
			at := strings.IndexAny(line, map[bool]string{true: ":", false: "=:"}[f == render.Colon])
			if f == render.KeyValue || f == render.Quoted {
				at = strings.IndexByte(line, '=')
			}
			if at < 0 {
				continue
			}
			key, value = line[:at], line[at+1:]
		}
		out = append(out, say{section + strings.TrimSpace(key), strings.Trim(strings.TrimSpace(value), `"`), number, false})
	}
	return out
}

// xmlSays names a setting by its element, or by the attribute that names it,
// and by its index.
func xmlSays(file []byte) (out []say) {
	d := xml.NewDecoder(bytes.NewReader(file))
	var open []say
	for {
		token, err := d.Token()
		if err != nil {
			return out
		}
		line, _ := d.InputPos()
		switch t := token.(type) {
		case xml.StartElement:
			s := say{key: t.Name.Local, line: line}
			for _, a := range t.Attr {
				switch strings.ToLower(a.Name.Local) {
				case "name", "id", "idx", "param":
					s.key += "." + a.Value
				case "value":
					s.value = a.Value
				case "perm", "version", "ua":
				default:
					out = append(out, say{a.Name.Local, a.Value, line, true})
				}
			}
			open = append(open, s)
		case xml.CharData:
			if text := strings.TrimSpace(string(t)); text != "" && len(open) > 0 {
				open[len(open)-1].value += text
			}
		case xml.EndElement:
			if len(open) > 0 {
				out, open = append(out, open[len(open)-1]), open[:len(open)-1]
			}
		}
	}
}

var digits = regexp.MustCompile(`\d+`)

// numbered is a name that is a number, such as P271: others are other settings.
var numbered = regexp.MustCompile(`^[A-Za-z]\d+$`)

// shape is a key with its numbers taken out: the settings of line 7 and of line
// 12 are the same setting.
func shape(key string) string {
	if numbered.MatchString(key) {
		return key
	}
	return digits.ReplaceAllString(key, "0")
}
