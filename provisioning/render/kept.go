package render

import (
	"bytes"
	"sync"
	"sync/atomic"
)

// maxKept bounds the items whose texts a template keeps.
const maxKept = 4096

// kept is what a template made of items that never change: most lines and keys of
// most phones are empty, and empty in the same way.
type kept struct {
	texts sync.Map // keptKey -> *keptText
	count atomic.Int64
}

// keptKey names an item by where it lies, and so the facts: both live on.
type keptKey struct {
	o     *op
	item  *Value
	facts *string // nil: there are none
}

type keptText struct {
	text  []byte
	steps int
	ended int // where a template taken in ended last; -1: none did
}

// again runs the body of a range for an item that never changes, or writes what
// it wrote before, where that depended on the item and the facts alone.
func (r *run) again(o *op, f *frame) error {
	if r.trace != nil || len(f.item) == 0 || r.ended > 0 && r.ended == len(r.out) {
		return r.item(o, f) // it is to be explained, or its first line break counts
	}
	key := keptKey{o: o, item: &f.item[0]}
	if len(r.facts) > 0 {
		key.facts = &r.facts[0]
	}
	if found, ok := r.kept.texts.Load(key); ok {
		k := found.(*keptText) //nolint:forcetypeassert // nothing else is stored
		if r.steps += k.steps; k.ended >= 0 {
			r.ended = len(r.out) + k.ended
		}
		r.out = append(r.out, k.text...)
		return r.step()
	}
	from, steps, ended, rooted := len(r.out), r.steps, r.ended, r.rooted
	r.rooted = false
	if err := r.item(o, f); err != nil {
		return err
	}
	if r.rooted { // it is this phone's alone
		return nil
	}
	r.rooted = rooted
	k := &keptText{text: bytes.Clone(r.out[from:]), steps: r.steps - steps, ended: -1}
	if r.ended != ended {
		k.ended = r.ended - from
	}
	if r.kept.count.Add(1) <= maxKept {
		r.kept.texts.Store(key, k)
	}
	return nil
}
