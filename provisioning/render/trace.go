package render

import (
	"bytes"
	"fmt"
	"slices"
	"strings"
)

// Line is a line of a rendering and what it was made from.
type Line struct {
	Text string // without its end
	// Names are the values it holds or stands for the sake of, sorted: with their
	// list ("lines.label"), facts as "fact.name".
	// A setting by the vendor's own name is OwnPrefix and that name.
	Names []string
}

// Trace renders as Execute does and tells of every line what it was made from.
func (t *Template) Trace(v Values, facts Facts) ([]Line, error) {
	r := run{root: v, facts: facts, clear: t.clear, trace: &trace{}}
	if err := r.ops(t.ops, &frame{item: v}); err != nil {
		return nil, fmt.Errorf("%s: %w", t.name, err)
	}
	r.instead(t.format)
	names := r.trace.byLine(r.out)
	r.finish(t)
	text := strings.Split(strings.TrimSuffix(string(r.out), "\n"), "\n")
	lines := make([]Line, len(text))
	for i := range lines {
		lines[i] = Line{Text: strings.TrimSuffix(text[i], "\r"), Names: names[i]}
	}
	return lines, nil
}

// trace remembers what was written where.
type trace struct {
	spans  []span
	blocks []string // what the blocks around depend on
	own    string   // the setting by its own name that is being written; empty: none
}

// span is a piece of the output, not empty, and what it depends on.
type span struct {
	from, to int
	names    []string
}

// under says that what is written now depends on a block's condition; the func
// ends that.
func (t *trace) under(o *op) func() {
	before := len(t.blocks)
	if o.kind != opRange {
		t.blocks = o.expr.uses(t.blocks)
	}
	return func() { t.blocks = t.blocks[:before] }
}

func (t *trace) wrote(o *op, from, to int) {
	if to == from || o.kind != opText && o.kind != opValue {
		return
	}
	names := slices.Clone(t.blocks)
	if t.own != "" {
		names = append(names, OwnPrefix+t.own)
	} else if o.kind == opValue {
		names = o.expr.uses(names)
	}
	t.spans = append(t.spans, span{from, to, names})
}

// between are the spans within a part of the output, moved by shift.
func (t *trace) between(from, to, shift int) (within []span) {
	for _, s := range t.spans {
		if a, b := max(s.from, from), min(s.to, to); a < b {
			within = append(within, span{a + shift, b + shift, s.names})
		}
	}
	return within
}

// byLine gathers the names of each line. The end of a line belongs to it.
func (t *trace) byLine(out []byte) [][]string {
	lines := make([][]string, bytes.Count(out, []byte("\n"))+1)
	line, at := 0, 0
	for _, s := range t.spans {
		line += bytes.Count(out[at:s.from], []byte("\n"))
		last := line + bytes.Count(out[s.from:s.to-1], []byte("\n"))
		first := line
		if out[s.from] == '\n' && first < last {
			first++ // a line break that a block begins with ends the line before it
		}
		for i := first; i <= last; i++ {
			lines[i] = append(lines[i], s.names...)
		}
		at = s.from
	}
	for i := range lines {
		slices.Sort(lines[i])
		lines[i] = slices.Compact(lines[i])
	}
	return lines
}
