package render

import (
	"errors"
	"fmt"
	"strings"
)

// Left is a setting by the vendor's own name that a file leaves out, because
// its format cannot hold it: one such must not cost a phone all the others.
type Left struct {
	Name string
	Why  error // wraps ErrValue
}

// Holds says whether a setting by the vendor's own name, as an item of its list,
// can be written. It is not asked where the template has no such list. The error
// wraps ErrValue.
func (t *Template) Holds(item Values) (asked bool, err error) { return holds(t.ops, item) }

func holds(ops []op, item Values) (asked bool, err error) {
	for i := range ops {
		o := &ops[i]
		if o.kind == opRange && o.expr.own {
			r := run{kept: new(kept)}
			if err := r.item(o, &frame{item: item}); err != nil && !errors.Is(err, ErrMissing) {
				return true, err
			}
			if asked = true; len(r.left) > 0 {
				return true, r.left[0].Why
			}
		}
		for _, inner := range [][]op{o.body, o.other} {
			is, err := holds(inner, item)
			if asked = asked || is; err != nil {
				return true, err
			}
		}
	}
	return asked, nil
}

// item runs the body of a range for one item. A setting by the vendor's own name
// that the format cannot hold leaves nothing behind.
func (r *run) item(o *op, f *frame) error {
	if !o.expr.own || len(f.item) == 0 {
		return r.ops(o.body, f)
	}
	one := own{name: f.item[0].Text(), from: len(r.out)}
	ended, digests, spans := r.ended, len(r.digests), 0
	if r.trace != nil {
		spans, r.trace.own = len(r.trace.spans), one.name
		defer func() { r.trace.own = "" }()
	}
	err := r.ops(o.body, f)
	if err == nil && o.fits != nil {
		err = o.fits(r.out[one.from:])
	}
	if errors.Is(err, ErrValue) {
		r.left = append(r.left, Left{one.name, err})
		r.out, r.ended, r.digests = r.out[:one.from], ended, r.digests[:digests]
		if r.trace != nil {
			r.trace.spans = r.trace.spans[:spans]
		}
		return nil
	}
	one.to = len(r.out)
	r.owns = append(r.owns, one)
	return err
}

// fits judges what one setting wrote, as far as only the whole of it tells; nil:
// every name and value that could be escaped fits.
func (c *compiler) fits() func([]byte) error {
	before, after := "", ""
	switch c.place {
	case placeText:
		before, after = "<a>", "</a>"
	case placeTag:
		before, after = "<a ", "/>"
	default:
		return fitsLine(c.o.Frame.MaxLine)
	}
	return func(piece []byte) error {
		if err := checkXML([]byte(before + string(piece) + after)); err != nil {
			return fmt.Errorf("%w: it cannot be the name of an element or an attribute here", ErrValue)
		}
		return nil
	}
}

func fitsLine(most int) func([]byte) error {
	if most == 0 {
		return nil
	}
	return func(piece []byte) error {
		for line := range strings.Lines(string(piece)) {
			if len(strings.TrimSuffix(line, "\n")) > most {
				return fmt.Errorf("%w: its line would be longer than %d bytes", ErrValue, most)
			}
		}
		return nil
	}
}

// exactly lets only values pass that are written as they are: one that somebody
// set by hand must not reach a phone as another.
func (p place) exactly(esc func([]byte, string) ([]byte, error)) func([]byte, string) ([]byte, error) {
	switch p {
	case placeText, placeDouble, placeSingle, placeJSON, placeString:
		return esc // what is written there reads as the value
	}
	return func(dst []byte, s string) ([]byte, error) {
		from := len(dst)
		dst, err := esc(dst, s)
		if err == nil && string(dst[from:]) != s {
			return nil, fmt.Errorf("%w: it holds a character that this format cannot write", ErrValue)
		}
		return dst, err
	}
}
