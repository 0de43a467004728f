package render

import (
	"bytes"
	"encoding/json"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"unicode/utf8"
)

// Check judges a finished file: that it fits its frame, is well-formed and says
// nothing twice. A phone ignores a broken file in silence, so broken ones must
// not leave.
func (f Format) Check(file []byte, frame Frame) error {
	if !utf8.Valid(file) {
		return fmt.Errorf("%w: not UTF-8", ErrFormat)
	}
	if frame.crlf() {
		if bytes.Count(file, []byte("\n")) != bytes.Count(file, []byte("\r\n")) {
			return fmt.Errorf("%w: a line does not end in CR LF", ErrFormat)
		}
		file = bytes.ReplaceAll(file, []byte("\r\n"), []byte("\n"))
	}
	if err := frame.check(file); err != nil {
		return err
	}
	switch f {
	case XML:
		return checkXML(file)
	case JSON:
		if !json.Valid(file) {
			return fmt.Errorf("%w: not one JSON document", ErrFormat)
		}
		return nil
	default:
		return f.checkLines(string(file), frame.Again)
	}
}

func (f Frame) check(file []byte) error {
	lines := strings.Split(strings.TrimSuffix(string(file), "\n"), "\n")
	switch {
	case f.First != "" && lines[0] != f.First:
		return fmt.Errorf("%w: the first line is not %q", ErrFormat, f.First)
	case f.Last != "" && lines[len(lines)-1] != f.Last:
		return fmt.Errorf("%w: the last line is not %q", ErrFormat, f.Last)
	case f.MaxBytes > 0 && len(file) > f.MaxBytes:
		return fmt.Errorf("%w: %d bytes, more than %d", ErrFormat, len(file), f.MaxBytes)
	case f.MaxLine > 0:
		for i, line := range lines {
			if len(line) > f.MaxLine {
				return fmt.Errorf("%w: line %d is longer than %d bytes", ErrFormat, i+1, f.MaxLine)
			}
		}
	}
	return nil
}

// checkLines judges the formats that are made of lines.
func (f Format) checkLines(text string, again []string) error {
	if text != "" && !strings.HasSuffix(text, "\n") {
		return fmt.Errorf("%w: the last line has no end", ErrFormat)
	}
	seen := map[string]bool{}
	for i, line := range strings.Split(strings.TrimSuffix(text, "\n"), "\n") {
		if strings.ContainsFunc(line, isControl) {
			return fmt.Errorf("%w: line %d holds a control character", ErrFormat, i+1)
		}
		if line == "" || line[0] == '#' {
			continue
		}
		key, fault := f.keyOf(line)
		switch {
		case fault != "":
			return fmt.Errorf("%w: line %d %s: %q", ErrFormat, i+1, fault, key)
		case key != "" && seen[key] && !slices.Contains(again, key):
			return fmt.Errorf("%w: line %d says %s again", ErrFormat, i+1, key)
		}
		seen[key] = true
	}
	return nil
}

// keyOf gives what a line says a value for, empty where saying it again is no
// fault; the fault speaks of the key alone, because values may be secret.
func (f Format) keyOf(line string) (key, fault string) {
	switch f {
	case Section:
		if line[0] == '<' || line[0] == '[' || line[0] == ';' || strings.ContainsAny(line, ":=") {
			return "", ""
		}
		return strings.Fields(line + " ?")[0], "is no header and no key with a value"
	case Set:
		return setKey(line)
	case Words:
		if strings.Count(line, "\"")%2 != 0 {
			return strings.Fields(line + " ?")[0], "has a quote without its fellow"
		}
		return "", ""
	case Colon:
		key, _, found := strings.Cut(line, ":")
		if key = strings.TrimSpace(key); !found || key == "" {
			return key, "is no key: value"
		}
		return key, ""
	default:
		key, value, found := strings.Cut(line, "=")
		if key = strings.TrimSpace(key); !found || !isKey(key) {
			return key, "is no key = value"
		}
		if f == Quoted && !isQuoted(strings.TrimSpace(value)) {
			return key, "has no value in one pair of quotes"
		}
		return key, ""
	}
}

// setKey reads a line of "SET NAME value" or another command, such as GET and IF.
func setKey(line string) (key, fault string) {
	command, rest, _ := strings.Cut(line, " ")
	if strings.Trim(command, "ABCDEFGHIJKLMNOPQRSTUVWXYZ") != "" {
		return command, "is no command"
	}
	if command != "SET" {
		return "", ""
	}
	name, value, found := strings.Cut(rest, " ")
	switch {
	case !found || !isKey(name):
		return name, "is no SET NAME value"
	case strings.ContainsAny(value, " \"") && !isQuoted(value):
		return name, "has a value of several words without quotes"
	}
	return name + entryOf(value), ""
}

// entryOf tells the entries of a list that is set line by line, as in
// SET NAME "Key=1;..."; empty where the value is none.
func entryOf(value string) string {
	entry, _, list := strings.Cut(value, ";")
	_, n, numbered := strings.Cut(entry, "=")
	if !list || !numbered || n == "" || strings.Trim(n, "0123456789") != "" {
		return ""
	}
	return " " + strings.TrimPrefix(entry, "\"")
}

func isKey(s string) bool {
	return s != "" && !strings.ContainsFunc(s, func(r rune) bool { return r <= ' ' || r > '~' })
}

// isQuoted tells a value in one pair of quotes.
func isQuoted(s string) bool {
	return len(s) >= 2 && s[0] == '"' && strings.IndexByte(s[1:], '"') == len(s)-2
}

// checkXML wants one well-formed document from the first byte on, and no
// attribute twice in an element.
func checkXML(file []byte) error {
	if !bytes.HasPrefix(file, []byte("<")) {
		return fmt.Errorf("%w: does not begin with the document", ErrFormat)
	}
	d := xml.NewDecoder(bytes.NewReader(file))
	depth, roots := 0, 0
	for {
		t, err := d.Token()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return fmt.Errorf("%w: %w", ErrFormat, err)
		}
		switch t := t.(type) {
		case xml.StartElement:
			if depth == 0 {
				roots++
			}
			depth++
			if name := doubled(t.Attr); name != "" {
				return fmt.Errorf("%w: <%s> has the attribute %s twice", ErrFormat, t.Name.Local, name)
			}
		case xml.EndElement:
			depth--
		case xml.CharData:
			if depth == 0 && len(bytes.TrimSpace(t)) > 0 {
				return fmt.Errorf("%w: text outside the document", ErrFormat)
			}
		}
	}
	if roots != 1 {
		return fmt.Errorf("%w: %d documents", ErrFormat, roots)
	}
	return nil
}

func doubled(attrs []xml.Attr) string {
	seen := make(map[xml.Name]bool, len(attrs))
	for _, a := range attrs {
		if seen[a.Name] {
			return a.Name.Local
		}
		seen[a.Name] = true
	}
	return ""
}
