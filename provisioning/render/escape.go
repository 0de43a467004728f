package render

import (
	"fmt"
	"strconv"
	"strings"
	"unicode/utf8"
)

// escapeLine keeps a value on its line: control characters and every kind of
// line break become spaces, bytes that are not UTF-8 become question marks.
func escapeLine(dst []byte, s string) ([]byte, error) {
	if isPlain(s, "") {
		return append(dst, s...), nil
	}
	for i := 0; i < len(s); {
		r, n := utf8.DecodeRuneInString(s[i:])
		switch {
		case r == utf8.RuneError && n == 1:
			dst = append(dst, '?')
		case isControl(r):
			dst = append(dst, ' ')
		default:
			dst = append(dst, s[i:i+n]...)
		}
		i += n
	}
	return dst, nil
}

// escapeName lets only names pass: it stands where a key or a tag is made.
func escapeName(dst []byte, s string) ([]byte, error) {
	for i := 0; i < len(s); i++ {
		c := s[i] | 0x20
		if (c < 'a' || c > 'z') && (s[i] < '0' || s[i] > '9') && s[i] != '.' && s[i] != '_' && s[i] != '-' {
			return nil, fmt.Errorf("%w: %s cannot be part of a name", ErrValue, strconv.Quote(s))
		}
	}
	if s == "" {
		return nil, fmt.Errorf("%w: nothing where a name is made", ErrValue)
	}
	return append(dst, s...), nil
}

// escapeWords is escapeName for formats whose keys hold spaces.
func escapeWords(dst []byte, s string) ([]byte, error) {
	for word := range strings.FieldsSeq(s) {
		if _, err := escapeName(nil, word); err != nil {
			return nil, err
		}
	}
	if strings.TrimSpace(s) != s || s == "" || strings.ContainsFunc(s, isControl) {
		return nil, fmt.Errorf("%w: %s cannot be part of a name", ErrValue, strconv.Quote(s))
	}
	return append(dst, s...), nil
}

// escapePath is escapeName for keys, which some vendors part by single slashes.
func escapePath(dst []byte, s string) ([]byte, error) {
	for part := range strings.SplitSeq(s, "/") {
		if _, err := escapeName(nil, part); err != nil {
			return nil, fmt.Errorf("%w: %s cannot be part of a name", ErrValue, strconv.Quote(s))
		}
	}
	return append(dst, s...), nil
}

// escapeQuoted is for values between quotes that nothing can escape.
func escapeQuoted(dst []byte, s string) ([]byte, error) {
	return replaceFrom(dst, s, "\"\\", "'/")
}

// escapeWord is for values that nothing holds together: they are one word.
func escapeWord(dst []byte, s string) ([]byte, error) {
	if strings.ContainsFunc(s, func(r rune) bool { return r == ' ' || r == '"' || isControl(r) }) {
		return nil, fmt.Errorf("%w: a value of several words without quotes around it", ErrValue)
	}
	return escapeLine(dst, s)
}

// escapeSet leaves the quotes to what puts them around the whole value.
func escapeSet(dst []byte, s string) ([]byte, error) {
	return replaceFrom(dst, s, "\"", "'")
}

// replaceFrom escapes for a line, then replaces each byte of bad by that of good.
func replaceFrom(dst []byte, s, bad, good string) ([]byte, error) {
	from := len(dst)
	dst, err := escapeLine(dst, s)
	for i := from; i < len(dst); i++ {
		if at := strings.IndexByte(bad, dst[i]); at >= 0 {
			dst[i] = good[at]
		}
	}
	return dst, err
}

// escapeJSON makes a whole string of a value that stands where JSON wants a
// value; numbers and truths never come here.
func escapeJSON(dst []byte, s string) ([]byte, error) {
	dst, err := escapeJSONString(append(dst, '"'), s)
	return append(dst, '"'), err
}

// escapeJSONString is for inside a string (RFC 8259 section 7).
func escapeJSONString(dst []byte, s string) ([]byte, error) {
	if isPlain(s, `"\`) {
		return append(dst, s...), nil
	}
	for i := 0; i < len(s); {
		r, n := utf8.DecodeRuneInString(s[i:])
		switch {
		case r == utf8.RuneError && n == 1:
			dst = append(dst, '?')
		case isControl(r):
			dst = append(dst, ' ')
		case r == '"' || r == '\\':
			dst = append(dst, '\\', byte(r))
		default:
			dst = append(dst, s[i:i+n]...)
		}
		i += n
	}
	return dst, nil
}

func escapeXMLText(dst []byte, s string) ([]byte, error)      { return escapeXML(dst, s), nil }
func escapeXMLAttribute(dst []byte, s string) ([]byte, error) { return escapeXML(dst, s), nil }

// escapeXML serves text and attributes of either quote. What XML 1.0 cannot
// hold at all (section 2.2) becomes a space or U+FFFD.
func escapeXML(dst []byte, s string) []byte {
	if isPlain(s, `<>&"'`) {
		return append(dst, s...)
	}
	for i := 0; i < len(s); {
		r, n := utf8.DecodeRuneInString(s[i:])
		switch {
		case r == utf8.RuneError && n == 1, r == 0xFFFE, r == 0xFFFF:
			dst = append(dst, "\uFFFD"...)
		case isControl(r):
			dst = append(dst, ' ')
		case r == '<':
			dst = append(dst, "&lt;"...)
		case r == '>':
			dst = append(dst, "&gt;"...)
		case r == '&':
			dst = append(dst, "&amp;"...)
		case r == '"':
			dst = append(dst, "&#34;"...)
		case r == '\'':
			dst = append(dst, "&#39;"...)
		default:
			dst = append(dst, s[i:i+n]...)
		}
		i += n
	}
	return dst
}

// isPlain reports printable ASCII without any of the special bytes.
func isPlain(s, special string) bool {
	for i := 0; i < len(s); i++ {
		if s[i] < 0x20 || s[i] > 0x7e {
			return false
		}
		for j := 0; j < len(special); j++ {
			if s[i] == special[j] {
				return false
			}
		}
	}
	return true
}

// isControl covers C0, DEL, C1 (with NEL) and the Unicode line separators.
func isControl(r rune) bool {
	return r < 0x20 || (r >= 0x7f && r < 0xa0) || r == 0x2028 || r == 0x2029
}
