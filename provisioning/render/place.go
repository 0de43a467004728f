package render

import (
	"fmt"
	"strings"
)

// place is where in a file the next byte stands.
type place string

const (
	placeStart   place = "the start of a line" // of formats that have headers
	placeHeader  place = "a header"
	placeKey     place = "a key"
	placeWords   place = "a key of several words"
	placeCommand place = "a command"
	placeName    place = "the name after a command"
	placeValue   place = "a value"
	placeSet     place = "the value of a command"
	placeWord    place = "a word after the first"
	placeBare    place = "the space around a quoted value"
	placeQuoted  place = "a quoted value"
	placeComment place = "a comment"
	placeText    place = "text"
	placeTag     place = "a tag"
	placeDouble  place = "an attribute in double quotes"
	placeSingle  place = "an attribute in single quotes"
	placeClosed  place = "a declaration or comment"
	placeJSON    place = "JSON"
	placeString  place = "a JSON string"
)

func (f Format) start() place {
	switch f {
	case XML:
		return placeText
	case JSON:
		return placeJSON
	case Section, Words:
		return placeStart
	case Colon:
		return placeWords
	case Set:
		return placeCommand
	default:
		return placeKey
	}
}

// after follows literal template text from a place to the next.
func (f Format) after(p place, text string) (place, error) {
	switch f {
	case XML:
		return afterXML(p, text)
	case JSON:
		return afterJSON(p, text), nil
	case Section:
		return afterSection(p, text), nil
	case Set:
		return afterSet(p, text), nil
	case Quoted:
		return afterQuoted(p, text)
	case Words:
		return afterWords(p, text)
	case Colon:
		return afterLines(p, text, placeWords, ':'), nil
	default:
		return afterLines(p, text, placeKey, '='), nil
	}
}

func afterLines(p place, text string, key place, separator byte) place {
	begins := -1 // where the value on this line does
	for i := 0; i < len(text); i++ {
		switch c := text[i]; {
		case c == '\n':
			p = key
		case p == key && c == separator:
			p, begins = placeValue, i+1
		case p == key && c == '#':
			p = placeComment
		case p == placeValue && c == '"' && begins >= 0 && strings.TrimSpace(text[begins:i]) == "":
			p = placeQuoted
		case p == placeQuoted && c == '"':
			p, begins = placeValue, -1
		}
	}
	return p
}

func afterSection(p place, text string) place {
	for i := 0; i < len(text); i++ {
		switch c := text[i]; {
		case c == '\n':
			p = placeStart
		case p == placeStart && (c == '<' || c == '['):
			p = placeHeader
		case p == placeStart && (c == '#' || c == ';'):
			p = placeComment
		case p == placeStart || p == placeWords:
			p = placeWords
			if c == ':' || c == '=' {
				p = placeValue
			}
		}
	}
	return p
}

func afterSet(p place, text string) place {
	for i := 0; i < len(text); i++ {
		switch c := text[i]; {
		case c == '\n':
			p = placeCommand
		case p == placeCommand && c == '#':
			p = placeComment
		case p == placeCommand && c == ' ':
			p = placeName
		case p == placeName && c == ' ':
			p = placeSet
		}
	}
	return p
}

func afterWords(p place, text string) (place, error) {
	for i := 0; i < len(text); i++ {
		switch c := text[i]; {
		case c == '\n' && p == placeQuoted:
			return p, fmt.Errorf("%w: a line ends within its quotes", ErrRefused)
		case c == '\n':
			p = placeStart
		case p == placeHeader || p == placeComment:
		case p == placeStart && c == '[':
			p = placeHeader
		case p == placeStart && (c == '#' || c == ';'):
			p = placeComment
		case c == '"' && p != placeQuoted:
			p = placeQuoted
		case c == '"', c == ' ' && p != placeQuoted && p != placeStart:
			p = placeWord
		case p == placeStart && c != ' ', p == placeWords:
			p = placeCommand
		}
	}
	return p, nil
}

func afterQuoted(p place, text string) (place, error) {
	for i := 0; i < len(text); i++ {
		switch c := text[i]; {
		case c == '\n' && p == placeQuoted:
			return p, fmt.Errorf("%w: a line ends within its quotes", ErrRefused)
		case c == '\n':
			p = placeKey
		case p == placeKey && c == '#':
			p = placeComment
		case p == placeKey && c == '=', p == placeQuoted && c == '"':
			p = placeBare
		case p == placeBare && c == '"':
			p = placeQuoted
		}
	}
	return p, nil
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

func afterJSON(p place, text string) place {
	for i := 0; i < len(text); i++ {
		switch c := text[i]; {
		case p == placeString && c == '\\':
			i++
		case p == placeString && c == '"':
			p = placeJSON
		case p == placeJSON && c == '"':
			p = placeString
		}
	}
	return p
}

// escaper is how a value is made harmless in a place; nil: no value may stand there.
func (p place) escaper() func([]byte, string) ([]byte, error) {
	switch p {
	case placeValue, placeComment:
		return escapeLine
	case placeKey:
		return escapePath
	case placeTag, placeCommand, placeName:
		return escapeName
	case placeStart, placeHeader, placeWords:
		return escapeWords
	case placeSet:
		return escapeSet
	case placeWord:
		return escapeWord
	case placeBare, placeQuoted:
		return escapeQuoted
	case placeText:
		return escapeXMLText
	case placeDouble, placeSingle:
		return escapeXMLAttribute
	case placeJSON:
		return escapeJSON
	case placeString:
		return escapeJSONString
	default:
		return nil
	}
}
