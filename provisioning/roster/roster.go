// Package roster reads lists of phones as people have them: MACs pasted line by
// line, tables with a header in any order, and what bar-code scanners type.
package roster

import (
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"unicode/utf8"

	"cradle/directory"
)

// Bounds of a list.
const (
	MaxRows = 10_000
	MaxText = 4 << 20 // bytes
)

// Errors of a list as a whole, and of a row.
var (
	ErrList = errors.New("not a list of phones")
	ErrRow  = errors.New("not a phone")
)

// Row is one phone of a list. What the list does not say is empty.
type Row struct {
	Number int // of the line it begins at, from 1
	MAC    directory.MAC
	Model, Name, Site, Extension, Profile,
	Equipment string
	Err error // why it is none; wraps ErrRow
}

// columns are the names a header may use for each field.
var columns = map[string][]string{
	"mac":       {"mac", "mac address", "macaddress", "mac_address", "hardware address", "ethernet"},
	"model":     {"model", "type", "phone model", "device"},
	"name":      {"name", "label", "description", "display name"},
	"site":      {"site", "location", "office"},
	"extension": {"extension", "line", "ext", "number", "user"},
	"profile":   {"profile", "role"},
	"equipment": {"equipment", "note", "notes", "equipment description"},
}

// Parse reads a list. Errors wrap ErrList; a row at fault does not end the others.
func Parse(text string) ([]Row, error) {
	text = strings.TrimPrefix(text, "\ufeff")
	switch {
	case len(text) > MaxText:
		return nil, fmt.Errorf("%w: %d bytes, at most %d", ErrList, len(text), MaxText)
	case !utf8.ValidString(text):
		return nil, fmt.Errorf("%w: not UTF-8", ErrList)
	}
	first := ""
	for line := range strings.Lines(text) {
		if first = strings.TrimSpace(line); first != "" {
			break
		}
	}
	comma := separator(first)
	if fields := header(strings.Split(first, string(comma))); fields != nil {
		return table(text, comma, fields)
	}
	return lines(text)
}

// separator is what parts the cells of a header most often.
func separator(line string) rune {
	best := ','
	for _, c := range []rune{';', '\t', '|'} {
		if strings.Count(line, string(c)) > strings.Count(line, string(best)) {
			best = c
		}
	}
	return best
}

// header gives the field of each cell, empty for those nobody knows; nil: the
// line is no header, for one says which column is the MAC.
func header(cells []string) []string {
	fields := make([]string, len(cells))
	for i, cell := range cells {
		cell = strings.ToLower(strings.Trim(strings.TrimSpace(cell), `"`))
		for field, names := range columns {
			if slices.Contains(names, cell) && !slices.Contains(fields, field) {
				fields[i] = field
			}
		}
	}
	if !slices.Contains(fields, "mac") {
		return nil
	}
	return fields
}

// table reads rows of cells.
func table(text string, comma rune, fields []string) ([]Row, error) {
	r := csv.NewReader(strings.NewReader(text))
	r.Comma, r.FieldsPerRecord, r.LazyQuotes, r.TrimLeadingSpace = comma, -1, true, comma != '\t'
	var rows []Row
	for begun := false; ; begun = true {
		cells, err := r.Read()
		if errors.Is(err, io.EOF) {
			return rows, nil
		}
		if err != nil {
			return nil, fmt.Errorf("%w: %w", ErrList, err)
		}
		if !begun || strings.TrimSpace(strings.Join(cells, "")) == "" {
			continue
		}
		number, _ := r.FieldPos(0)
		if rows, err = add(rows, row(number, cells, fields)); err != nil {
			return nil, err
		}
	}
}

func row(number int, cells, fields []string) Row {
	r := Row{Number: number}
	at := map[string]*string{"model": &r.Model, "name": &r.Name, "site": &r.Site, "extension": &r.Extension, "profile": &r.Profile, "equipment": &r.Equipment}
	mac := ""
	for i, cell := range cells {
		if i >= len(fields) {
			break
		}
		if cell = strings.TrimSpace(cell); fields[i] == "mac" {
			mac = cell
		} else if into := at[fields[i]]; into != nil {
			*into = cell
		}
	}
	r.MAC, r.Err = Scan(mac)
	return r
}

// lines reads a MAC out of each line.
func lines(text string) ([]Row, error) {
	var rows []Row
	number := 0
	for line := range strings.Lines(text) {
		number++
		if line = strings.TrimSpace(line); line == "" {
			continue
		}
		r := Row{Number: number}
		r.MAC, r.Err = Scan(line)
		var err error
		if rows, err = add(rows, r); err != nil {
			return nil, err
		}
	}
	return rows, nil
}

func add(rows []Row, r Row) ([]Row, error) {
	if len(rows) >= MaxRows {
		return nil, fmt.Errorf("%w: more than %d rows", ErrList, MaxRows)
	}
	return append(rows, r), nil
}
