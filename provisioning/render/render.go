// Package render holds the template language of phone settings and its
// evaluator: text/template's syntax, parsed once, vetted, compiled into a list
// of appends, run within a budget, every value escaped by the place it lands in.
package render

import "fmt"

// Bounds of one template and one rendering.
const (
	maxSource = 256 << 10 // bytes of a template's text
	maxNodes  = 20_000    // nodes of its tree
	maxDepth  = 16        // nested blocks and calls
	maxOutput = 1 << 20   // bytes of one rendering
	maxSteps  = 200_000   // steps of one rendering
	maxText   = 64 << 10  // bytes of a text that a function makes
	maxDigest = 18        // digits of a digest
)

// Options says how a template is to be compiled.
type Options struct {
	Name   string // for errors, "vendor/family/file.tmpl"
	Source string
	Format Format
	// Shape is what the template may name.
	Shape *Shape
	// Frame is how the file is to look; of it, the end of lines is made here.
	Frame Frame
	// Clear is what orclear writes for a value that is not there.
	Clear string
	// Facts are the names that fact may take; their texts come with each rendering.
	Facts []string
	// Include gives the source of another template; nil: there are none.
	Include func(name string) (string, error)
	// NoSecrets refuses a template that names a secret value.
	NoSecrets bool
	// Common refuses also what belongs to one device only.
	Common bool
}

// Template is a vetted, compiled template; it is safe for concurrent use.
type Template struct {
	name   string
	ops    []op
	clear  string
	format Format
	crlf   bool
	kept   kept
}

// Facts are the texts of Options.Facts, in their order.
type Facts []string

// Compile parses and vets a template. Every fault is found here but two: a
// value that is not set, and a budget that runs out.
func Compile(o Options) (*Template, error) {
	if len(o.Source) > maxSource {
		return nil, fmt.Errorf("%w: %s is longer than %d bytes", ErrRefused, o.Name, maxSource)
	}
	c := compiler{o: o, place: o.Format.start()}
	t := &Template{name: o.Name, clear: o.Clear, format: o.Format, crlf: o.Frame.crlf()}
	var err error
	if t.ops, err = c.source(o.Name, o.Source, scope{shape: o.Shape}, 0); err != nil {
		return nil, err
	}
	if c.place != o.Format.start() {
		return nil, fmt.Errorf("%w: %s ends in the middle of %s", ErrRefused, o.Name, c.place)
	}
	return t, nil
}

// Name is the name it was compiled under.
func (t *Template) Name() string { return t.name }

// Execute appends the rendering to dst. The facts are those of the phone's model
// and firmware. On an error dst is to be thrown away.
func (t *Template) Execute(dst []byte, v Values, facts Facts) ([]byte, error) {
	out, _, err := t.Write(dst, v, facts)
	return out, err
}

// Write is Execute, and tells what is left out.
func (t *Template) Write(dst []byte, v Values, facts Facts) ([]byte, []Left, error) {
	r := run{out: dst, base: len(dst), root: v, facts: facts, clear: t.clear, kept: &t.kept, stack: make([]Value, 0, 32)}
	if err := r.ops(t.ops, &frame{item: v}); err != nil {
		return nil, nil, fmt.Errorf("%s: %w", t.name, err)
	}
	r.instead(t.format)
	r.finish(t)
	return r.out, r.left, nil
}
