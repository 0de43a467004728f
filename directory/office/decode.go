package office

import (
	"fmt"
	"reflect"
	"sort"
	"strconv"
	"strings"
	"time"

	"gopkg.in/yaml.v3"
)

// Error is why a file is refused: where, and the reason. Path is the key, such as
// "extensions[0].number".
type Error struct {
	File         string
	Line, Column int
	Path         string
	Reason       string
	// Err is the directory's error behind it, if there is one.
	Err error
}

// Error gives "file:line: key: reason".
func (e *Error) Error() string {
	if e.Path == "" {
		return fmt.Sprintf("%s:%d: %s", e.File, e.Line, e.Reason)
	}
	return fmt.Sprintf("%s:%d: %s: %s", e.File, e.Line, e.Path, e.Reason)
}

// Unwrap gives the directory's error.
func (e *Error) Unwrap() error { return e.Err }

// place is where a value stands in its file.
type place struct{ line, column int }

// decoder fills the form from nodes, strictly: an unknown key, a key named twice
// and a value of another type are errors with their place.
type decoder struct {
	file string
	at   map[string]place
}

func (d *decoder) fault(n *yaml.Node, path, format string, args ...any) error {
	return &Error{File: d.file, Line: n.Line, Column: n.Column, Path: path, Reason: fmt.Sprintf(format, args...)}
}

var typeTime = reflect.TypeFor[time.Time]()

func (d *decoder) value(n *yaml.Node, v reflect.Value, path string) error {
	d.at[path] = place{n.Line, n.Column}
	switch {
	case n.Kind == yaml.AliasNode || n.Anchor != "":
		return d.fault(n, path, "anchors and aliases are not taken")
	case n.Kind == yaml.ScalarNode && n.Tag == "!!null":
		return nil // a key without a value is a key not named
	case v.Kind() == reflect.Pointer:
		p := reflect.New(v.Type().Elem())
		if err := d.value(n, p.Elem(), path); err != nil {
			return err
		}
		v.Set(p)
		return nil
	case v.Type() == typeTime:
		return d.time(n, v, path)
	}
	switch v.Kind() {
	case reflect.Struct:
		return d.object(n, v, path)
	case reflect.Slice:
		return d.list(n, v, path)
	case reflect.Map:
		return d.table(n, v, path)
	default:
		return d.scalar(n, v, path)
	}
}

func (d *decoder) object(n *yaml.Node, v reflect.Value, path string) error {
	if n.Kind != yaml.MappingNode {
		return d.fault(n, path, "it has to be a group of keys")
	}
	fields := fieldsOf(v.Type())
	return d.keys(n, path, func(key, value *yaml.Node, path string) error {
		i, ok := fields[key.Value]
		if !ok {
			return d.fault(key, path, "there is no such key%s", nearest(key.Value, fields))
		}
		return d.value(value, v.Field(i), path)
	})
}

// keys walks a mapping and refuses a key that is no text or stands there twice.
func (d *decoder) keys(n *yaml.Node, path string, fn func(key, value *yaml.Node, path string) error) error {
	seen := make(map[string]int)
	for i := 0; i+1 < len(n.Content); i += 2 {
		key, value := n.Content[i], n.Content[i+1]
		if key.Kind != yaml.ScalarNode || key.Tag == "!!merge" {
			return d.fault(key, path, "a key has to be a word")
		}
		below := strings.TrimPrefix(path+"."+key.Value, ".")
		if line, ok := seen[key.Value]; ok {
			return d.fault(key, below, "the key stands twice, first in line %d", line)
		}
		seen[key.Value] = key.Line
		if err := fn(key, value, below); err != nil {
			return err
		}
	}
	return nil
}

func (d *decoder) list(n *yaml.Node, v reflect.Value, path string) error {
	if n.Kind != yaml.SequenceNode {
		return d.fault(n, path, "it has to be a list")
	}
	s := reflect.MakeSlice(v.Type(), len(n.Content), len(n.Content))
	for i, c := range n.Content {
		below := fmt.Sprintf("%s[%d]", path, i)
		if c.Kind == yaml.ScalarNode && c.Tag == "!!null" {
			return d.fault(c, below, "it is empty")
		}
		if err := d.value(c, s.Index(i), below); err != nil {
			return err
		}
	}
	v.Set(s)
	return nil
}

func (d *decoder) table(n *yaml.Node, v reflect.Value, path string) error {
	if n.Kind != yaml.MappingNode {
		return d.fault(n, path, "it has to be a group of keys")
	}
	v.Set(reflect.MakeMap(v.Type()))
	return d.keys(n, path, func(key, value *yaml.Node, path string) error {
		e := reflect.New(v.Type().Elem()).Elem()
		if value.Kind == yaml.ScalarNode && value.Tag == "!!null" {
			return d.fault(value, path, "it is empty")
		}
		if err := d.value(value, e, path); err != nil {
			return err
		}
		v.SetMapIndex(reflect.ValueOf(key.Value), e)
		return nil
	})
}

func (d *decoder) scalar(n *yaml.Node, v reflect.Value, path string) error {
	if n.Kind != yaml.ScalarNode {
		return d.fault(n, path, "it has to be a single value")
	}
	switch v.Kind() {
	case reflect.String:
		// Digits without quotes are taken as they are written: 101, 0123.
		if n.Tag == "!!str" || n.Tag == "!!int" || n.Tag == "!!float" || n.Tag == "!!timestamp" {
			v.SetString(n.Value)
			return nil
		}
		return d.fault(n, path, "%q has to be a text", n.Value)
	case reflect.Bool:
		if n.Tag == "!!bool" && (n.Value == "true" || n.Value == "false") {
			v.SetBool(n.Value == "true")
			return nil
		}
		return d.fault(n, path, "%q has to be true or false", n.Value)
	case reflect.Int, reflect.Int64:
		i, err := strconv.ParseInt(n.Value, 10, 64)
		if n.Tag != "!!int" || err != nil {
			return d.fault(n, path, "%q has to be a whole number", n.Value)
		}
		v.SetInt(i)
		return nil
	}
	return d.fault(n, path, "it cannot be set")
}

func (d *decoder) time(n *yaml.Node, v reflect.Value, path string) error {
	t, err := time.Parse(time.RFC3339Nano, n.Value)
	if n.Kind != yaml.ScalarNode || err != nil {
		return d.fault(n, path, "it has to be a time such as 2026-01-31T12:00:00Z")
	}
	v.Set(reflect.ValueOf(t.UTC()))
	return nil
}

// fieldsOf gives a struct's fields by their key in the file.
func fieldsOf(t reflect.Type) map[string]int {
	m := make(map[string]int)
	for i := range t.NumField() {
		if tag, _, _ := strings.Cut(t.Field(i).Tag.Get("yaml"), ","); tag != "" {
			m[tag] = i
		}
	}
	return m
}

// nearest names a key that was probably meant.
func nearest(word string, fields map[string]int) string {
	names := make([]string, 0, len(fields))
	for f := range fields {
		names = append(names, f)
	}
	sort.Strings(names)
	best, least := "", 3
	for _, f := range names {
		if n := distance(word, f); n < least {
			best, least = f, n
		}
	}
	if best == "" {
		return ""
	}
	return fmt.Sprintf("; is %q meant?", best)
}

// distance counts the letters to be changed, put in or taken out (Levenshtein).
func distance(a, b string) int {
	if len(a) > 64 {
		return len(a)
	}
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		diagonal := row[0]
		row[0] = i + 1
		for j := range len(b) {
			cost := diagonal
			if a[i] != b[j] {
				cost = 1 + min(diagonal, row[j], row[j+1])
			}
			diagonal, row[j+1] = row[j+1], cost
		}
	}
	return row[len(b)]
}
