package traffic

import (
	"bytes"
	"errors"
	"maps"
	"slices"
	"strconv"
)

// errBencode is the error of all that is no bencoding.
var errBencode = errors.New("not bencoded")

// deepest is how far lists and dictionaries may lie in each other.
const deepest = 8

// bencode appends a dictionary; its values are strings or lists of strings.
func bencode(dst []byte, d map[string]any) []byte {
	text := func(s string) { dst = append(append(strconv.AppendInt(dst, int64(len(s)), 10), ':'), s...) }
	dst = append(dst, 'd')
	for _, k := range slices.Sorted(maps.Keys(d)) {
		text(k)
		switch v := d[k].(type) {
		case string:
			text(v)
		case []string:
			dst = append(dst, 'l')
			for _, s := range v {
				text(s)
			}
			dst = append(dst, 'e')
		}
	}
	return append(dst, 'e')
}

// bdecode reads a dictionary and gives those of its values that are strings.
func bdecode(b []byte) (map[string]string, error) {
	if len(b) == 0 || b[0] != 'd' {
		return nil, errBencode
	}
	out := map[string]string{}
	for b = b[1:]; len(b) > 0 && b[0] != 'e'; {
		key, rest, err := btext(b)
		if err != nil {
			return nil, err
		}
		if len(rest) > 0 && rest[0] >= '0' && rest[0] <= '9' {
			if out[key], b, err = btext(rest); err != nil {
				return nil, err
			}
			continue
		}
		if b, err = bskip(rest, deepest); err != nil {
			return nil, err
		}
	}
	if len(b) != 1 {
		return nil, errBencode
	}
	return out, nil
}

// btext reads "length:text".
func btext(b []byte) (string, []byte, error) {
	head, _, ok := bytes.Cut(b[:min(len(b), 8)], []byte{':'})
	n, err := strconv.ParseUint(string(head), 10, 16)
	if !ok || err != nil || len(head)+1+int(n) > len(b) {
		return "", nil, errBencode
	}
	rest := b[len(head)+1:]
	return string(rest[:n]), rest[n:], nil
}

// bskip passes over a value.
func bskip(b []byte, depth int) (rest []byte, err error) {
	switch {
	case len(b) == 0 || depth == 0:
		return nil, errBencode
	case b[0] == 'i':
		_, rest, ok := bytes.Cut(b, []byte{'e'})
		if !ok {
			return nil, errBencode
		}
		return rest, nil
	case b[0] == 'l' || b[0] == 'd':
		for b = b[1:]; len(b) > 0 && b[0] != 'e'; {
			if b, err = bskip(b, depth-1); err != nil {
				return nil, err
			}
		}
		if len(b) == 0 {
			return nil, errBencode
		}
		return b[1:], nil
	}
	_, rest, err = btext(b)
	return rest, err
}
