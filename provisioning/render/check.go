package render

import (
	"bytes"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"strings"
	"unicode/utf8"
)

// Check judges a finished file: that it is well-formed and says nothing twice.
// A phone ignores a broken file in silence, so broken ones must not leave.
func (f Format) Check(file []byte) error {
	if !utf8.Valid(file) {
		return fmt.Errorf("%w: not UTF-8", ErrFormat)
	}
	if f == XML {
		return checkXML(file)
	}
	return checkKeyValue(file)
}

// checkKeyValue wants a first line that is a comment naming the version, then
// comments and "key = value" only.
func checkKeyValue(file []byte) error {
	text := string(file)
	if !strings.HasPrefix(text, "#!version:") || !strings.HasSuffix(text, "\n") {
		return fmt.Errorf("%w: the first line is not #!version:..., or the last has no end", ErrFormat)
	}
	seen := map[string]bool{}
	for i, line := range strings.Split(strings.TrimSuffix(text, "\n"), "\n") {
		if line == "" || line[0] == '#' {
			continue
		}
		key, _, found := strings.Cut(line, "=")
		key = strings.TrimSpace(key)
		if !found || !isKey(key) {
			return fmt.Errorf("%w: line %d is no key = value: %q", ErrFormat, i+1, key)
		}
		if seen[key] {
			return fmt.Errorf("%w: line %d says %s again", ErrFormat, i+1, key)
		}
		if strings.ContainsFunc(line, isControl) {
			return fmt.Errorf("%w: line %d holds a control character", ErrFormat, i+1)
		}
		seen[key] = true
	}
	return nil
}

func isKey(s string) bool {
	_, err := escapeName(nil, s)
	return err == nil
}

// checkXML wants one well-formed document that begins with its declaration,
// and no attribute twice in an element.
func checkXML(file []byte) error {
	if !bytes.HasPrefix(file, []byte("<?xml ")) {
		return fmt.Errorf("%w: does not begin with the XML declaration", ErrFormat)
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
