package render

import (
	"bytes"
	"cmp"
	"slices"
)

// OwnPrefix begins the name of a setting that a list of settings by the vendor's
// own names says, among the names of a traced line: what follows is the first
// field of the list's item.
const OwnPrefix = "own:"

// own is what one item of such a list wrote: out[from:to].
type own struct {
	name     string
	from, to int
}

// said is one setting that a file says.
type said struct {
	key   string
	place string // the header or the element around it
	// value is what another word for the same setting takes the place of: the
	// line, or in XML the attribute's value or the element's text.
	from, to int
}

// edit puts a text in the place of out[from:to].
type edit struct {
	from, to int
	text     []byte
	name     string // of whom it is, for the trace
}

// instead puts the settings said by the vendor's own names in the place of those
// that the file says besides: a phone must not be told a thing twice. A setting
// of its own section counts before one elsewhere; where two could be meant, both
// words stay.
func (r *run) instead(f Format) {
	if len(r.owns) == 0 {
		return
	}
	all := f.said(r.out[r.base:])
	var edits []edit
	for _, o := range r.owns {
		word := o.word(all, r.base)
		if word == nil {
			continue
		}
		if other := r.other(all, *word); other != nil {
			text := bytes.Clone(r.out[r.base+word.from : r.base+word.to])
			edits = append(edits, edit{r.base + other.from, r.base + other.to, text, o.name}, edit{from: o.from, to: r.rest(o)})
		}
	}
	slices.SortFunc(edits, func(a, b edit) int { return cmp.Compare(a.from, b.from) })
	r.apply(edits)
}

// holds reports whether an item wrote what a file says; base is where that began.
func (o own) holds(s said, base int) bool { return base+s.from >= o.from && base+s.to <= o.to }

// word is the setting that an item says: that of its line or element, else of
// its attribute; nil: none.
func (o own) word(all []said, base int) (word *said) {
	for i := range all {
		s := &all[i]
		if o.holds(*s, base) && (word == nil || word.key[0] == attributeMark && s.key[0] != attributeMark) {
			word = s
		}
	}
	return word
}

// rest is where the file goes on behind an item that is taken out: no blank line
// is left where it ended without a line break and began with none.
func (r *run) rest(o own) int {
	before := o.from == r.base || r.out[o.from-1] == '\n'
	if before && o.to > o.from && r.out[o.to-1] != '\n' && o.to < len(r.out) && r.out[o.to] == '\n' {
		return o.to + 1
	}
	return o.to
}

// other is the one setting of the template that a word is for; nil: none, or it
// cannot be told which.
func (r *run) other(all []said, word said) *said {
	var near, far []*said
	for i := range all {
		s := &all[i]
		mine := slices.ContainsFunc(r.owns, func(o own) bool { return o.holds(*s, r.base) })
		switch {
		case mine || s.key != word.key:
		case s.place == word.place:
			near = append(near, s)
		default:
			far = append(far, s)
		}
	}
	switch {
	case len(near) == 1:
		return near[0]
	case len(near) == 0 && len(far) == 1:
		return far[0]
	}
	return nil
}

// apply makes the edits, which are in order and apart, and moves with them what
// is remembered of places.
func (r *run) apply(edits []edit) {
	if len(edits) == 0 {
		return
	}
	old := bytes.Clone(r.out[r.base:])
	from := r.base
	r.out = r.out[:r.base]
	var digests [][2]int
	var spans []span
	keep := func(to int) {
		shift := len(r.out) - from
		r.out = append(r.out, old[from-r.base:to-r.base]...)
		for _, d := range r.digests {
			if d[0] >= from && d[0]+d[1] <= to {
				digests = append(digests, [2]int{d[0] + shift, d[1]})
			}
		}
		if r.trace != nil {
			spans = append(spans, r.trace.between(from, to, shift)...)
		}
	}
	for _, e := range edits {
		keep(e.from)
		if len(e.text) > 0 {
			spans = append(spans, span{len(r.out), len(r.out) + len(e.text), []string{OwnPrefix + e.name}})
		}
		r.out = append(r.out, e.text...)
		from = e.to
	}
	keep(r.base + len(old))
	r.digests = digests
	if r.trace != nil {
		r.trace.spans = spans
	}
}
