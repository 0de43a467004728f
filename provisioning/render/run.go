package render

import (
	"bytes"
	"fmt"
	"strconv"
)

// run is one rendering.
type run struct {
	out   []byte
	base  int // length of what was there before us
	steps int
	root  Values
	facts Facts
	clear string
	// stack holds the arguments of the calls that are being made.
	stack []Value
	// last is what the last function made; unset is what a field has that is not set.
	last, unset Value
	// digests are where digests are to stand: offset and digits, in order.
	digests [][2]int
	owns    []own
	left    []Left
	ended   int // where the last template taken in ended with a line break; 0: nowhere
	kept    *kept
	rooted  bool   // something was asked that is not of an item
	trace   *trace // nil: nobody wants to know
}

// frame is what the dot is.
type frame struct {
	item Values
	dot  Value
}

func (r *run) step() error {
	if r.steps++; r.steps > maxSteps {
		return fmt.Errorf("%w: more than %d steps", ErrBudget, maxSteps)
	}
	if len(r.out)-r.base > maxOutput {
		return fmt.Errorf("%w: more than %d bytes", ErrBudget, maxOutput)
	}
	return nil
}

func (r *run) ops(ops []op, f *frame) error {
	for i := range ops {
		o := &ops[i]
		if err := r.step(); err != nil {
			return err
		}
		var err error
		from := len(r.out)
		switch o.kind {
		case opText:
			text := o.text
			if r.ended > 0 && r.ended == len(r.out) {
				text = bytes.TrimPrefix(text, lineBreak)
			}
			r.out = append(r.out, text...)
		case opBreak:
			if r.ended == 0 || r.ended < len(r.out) {
				r.out = append(r.out, '\n')
				r.ended = len(r.out)
			}
		case opValue:
			err = r.write(o, f)
		case opDigest:
			r.rooted = true
			r.digests = append(r.digests, [2]int{len(r.out), o.digits})
			r.out = append(r.out, zeros[:o.digits]...)
		default:
			err = r.branch(o, f)
		}
		if err != nil {
			return err
		}
		if r.trace != nil {
			r.trace.wrote(o, from, len(r.out))
		}
	}
	if len(r.out)-r.base > maxOutput {
		return fmt.Errorf("%w: more than %d bytes", ErrBudget, maxOutput)
	}
	return nil
}

func (r *run) write(o *op, f *frame) error {
	v, err := r.look(o.expr, f)
	if err != nil {
		return err
	}
	switch v.kind {
	case None:
		return fmt.Errorf("%w: %s", ErrMissing, o.expr.name)
	case Int:
		r.out = strconv.AppendInt(r.out, v.n, 10)
		return nil
	case String:
		out, err := o.escape(r.out, v.s)
		if err != nil {
			return fmt.Errorf("%s: %w", o.expr.name, err)
		}
		r.out = out
		return nil
	default: // "true" and "false" are harmless anywhere
		r.out = append(r.out, v.Text()...)
		return nil
	}
}

func (r *run) branch(o *op, f *frame) error {
	v, err := r.look(o.expr, f)
	if err != nil {
		return err
	}
	if r.trace != nil {
		defer r.trace.under(o)()
	}
	switch {
	case !v.truth():
		return r.ops(o.other, f)
	case o.kind == opRange:
		var each frame
		own := int(v.n) // before the list moves on
		for i, item := range *v.list {
			each.item = item
			run := r.item
			if i >= own && !o.expr.own {
				run = r.again
			}
			if err := run(o, &each); err != nil {
				return err
			}
		}
		return nil
	case o.kind == opWith:
		return r.ops(o.body, &frame{dot: *v})
	default:
		return r.ops(o.body, f)
	}
}

// look gives the value of an expression where it lies: most are fields, and a
// value is copied only where a function takes it. What a function made stays until
// the next. A field that is not set gives None, which the functions refuse unless
// they say otherwise.
func (r *run) look(e *expr, f *frame) (*Value, error) {
	if e.fn != nil {
		return r.call(e, f)
	}
	switch e.from {
	case fromItem:
		return r.field(f.item, e.slot), nil
	case fromRoot:
		r.rooted = true
		return r.field(r.root, e.slot), nil
	case fromDot:
		return &f.dot, nil
	case fromFact:
		if e.slot >= len(r.facts) {
			return &r.unset, nil
		}
		r.last = S(r.facts[e.slot])
		return &r.last, nil
	default:
		return &e.value, nil
	}
}

func (r *run) field(v Values, slot int) *Value {
	if slot >= len(v) {
		return &r.unset
	}
	return &v[slot]
}

// call runs a function on its arguments.
func (r *run) call(e *expr, f *frame) (*Value, error) {
	if err := r.step(); err != nil {
		return nil, err
	}
	bottom := len(r.stack)
	for _, a := range e.args {
		v, err := r.look(a, f)
		if err != nil {
			return nil, err
		}
		if v.kind == None && !e.fn.absent {
			return nil, fmt.Errorf("%w: %s", ErrMissing, a.name)
		}
		r.steps += len(v.s) / 64 // a function may look at each byte
		r.stack = append(r.stack, *v)
	}
	var err error
	r.last, err = e.fn.call(r, r.stack[bottom:])
	r.stack = r.stack[:bottom]
	if err != nil {
		return nil, fmt.Errorf("%s: %w", e.name, err)
	}
	return &r.last, nil
}
