package render

import (
	"fmt"
	"strings"
)

// Format is the kind of file a template makes. It decides how values are escaped.
type Format string

// The formats.
const (
	KeyValue Format = "keyvalue" // lines of "key = value"
	XML      Format = "xml"
)

// Valid reports whether the format is one we know.
func (f Format) Valid() bool { return f == KeyValue || f == XML }

// place is where in a file the next byte stands.
type place string

const (
	placeKey     place = "a key"
	placeValue   place = "a value"
	placeComment place = "a comment"
	placeText    place = "text"
	placeTag     place = "a tag"
	placeDouble  place = "an attribute in double quotes"
	placeSingle  place = "an attribute in single quotes"
	placeClosed  place = "a declaration or comment"
)

func (f Format) start() place {
	if f == XML {
		return placeText
	}
	return placeKey
}

// after follows literal template text from a place to the next.
func (f Format) after(p place, text string) (place, error) {
	if f == XML {
		return afterXML(p, text)
	}
	return afterKeyValue(p, text), nil
}

func afterKeyValue(p place, text string) place {
	for i := 0; i < len(text); i++ {
		switch c := text[i]; {
		case c == '\n':
			p = placeKey
		case p == placeKey && c == '=':
			p = placeValue
		case p == placeKey && c == '#':
			p = placeComment
		}
	}
	return p
}

func afterXML(p place, text string) (place, error) {
	for i := 0; i < len(text); i++ {
		c, rest := text[i], text[i:]
		switch p {
		case placeText:
			switch {
			case strings.HasPrefix(rest, "<![CDATA["):
				return p, fmt.Errorf("%w: CDATA is not for templates", ErrRefused)
			case strings.HasPrefix(rest, "<!"), strings.HasPrefix(rest, "<?"):
				p = placeClosed
			case c == '<':
				p = placeTag
			}
		case placeTag:
			switch c {
			case '>':
				p = placeText
			case '"':
				p = placeDouble
			case '\'':
				p = placeSingle
			}
		case placeDouble:
			if c == '"' {
				p = placeTag
			}
		case placeSingle:
			if c == '\'' {
				p = placeTag
			}
		case placeClosed:
			if c == '>' && !strings.HasSuffix(text[:i+1], "->") || strings.HasSuffix(text[:i+1], "-->") {
				p = placeText
			}
		}
	}
	return p, nil
}

// escaper is how a value is made harmless in a place; nil: no value may stand there.
func (p place) escaper() func([]byte, string) ([]byte, error) {
	switch p {
	case placeValue, placeComment:
		return escapeLine
	case placeKey, placeTag:
		return escapeName
	case placeText:
		return escapeXMLText
	case placeDouble, placeSingle:
		return escapeXMLAttribute
	default:
		return nil
	}
}
