// Package render holds the template language of phone settings and its
// evaluator: text/template's syntax, parsed once, vetted, compiled into a list
// of appends, run within a budget, every value escaped by the place it lands in.
package render

import (
	"fmt"
	"text/template/parse"
)

// Bounds of one template and one rendering.
const (
	maxSource = 256 << 10 // bytes of a template's text
	maxNodes  = 20_000    // nodes of its tree
	maxDepth  = 16        // nested blocks and calls
	maxOutput = 1 << 20   // bytes of one rendering
	maxSteps  = 200_000   // steps of one rendering
)

// Options says how a template is to be compiled.
type Options struct {
	Name   string // for errors, "vendor/family/file.tmpl"
	Source string
	Format Format
	// Shape is what the template may name.
	Shape *Shape
	// Clear is what orclear writes for a value that is not there.
	Clear string
	// NoSecrets refuses a template that names a secret value.
	NoSecrets bool
	// Common refuses also what belongs to one device only.
	Common bool
}

// Template is a vetted, compiled template; it is safe for concurrent use.
type Template struct {
	name  string
	ops   []op
	clear string
}

// Compile parses and vets a template. Every fault is found here but two: a
// value that is not set, and a budget that runs out.
func Compile(o Options) (*Template, error) {
	if len(o.Source) > maxSource {
		return nil, fmt.Errorf("%w: %s is longer than %d bytes", ErrRefused, o.Name, maxSource)
	}
	trees, err := parse.Parse(o.Name, o.Source, "", "", parserFuncs())
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrRefused, err)
	}
	tree := trees[o.Name]
	if len(trees) > 1 || (tree == nil && len(trees) > 0) {
		return nil, fmt.Errorf("%w: %s defines another template", ErrRefused, o.Name)
	}
	c := compiler{o: o, tree: tree, place: o.Format.start()}
	t := &Template{name: o.Name, clear: o.Clear}
	if tree == nil || tree.Root == nil {
		return t, nil
	}
	if t.ops, err = c.list(tree.Root, scope{shape: o.Shape}, 0); err != nil {
		return nil, err
	}
	if c.place != o.Format.start() {
		return nil, fmt.Errorf("%w: %s ends in the middle of %s", ErrRefused, o.Name, c.place)
	}
	return t, nil
}

// Name is the name it was compiled under.
func (t *Template) Name() string { return t.name }

// Execute appends the rendering to dst. On an error dst is to be thrown away.
func (t *Template) Execute(dst []byte, v Values) ([]byte, error) {
	r := run{out: dst, base: len(dst), root: v, clear: t.clear, stack: make([]Value, 0, 32)}
	if err := r.ops(t.ops, frame{item: v}); err != nil {
		return nil, fmt.Errorf("%s: %w", t.name, err)
	}
	return r.out, nil
}
