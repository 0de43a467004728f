package catalog

import (
	"fmt"
	"maps"
	"slices"

	"cradle/provisioning/render"
)

// source is what a template was compiled from.
type source struct {
	options render.Options
	part    string   // its own name
	parts   []string // its own and all it takes in
}

// Variant is a family's templates with some of their texts replaced. Files that
// are not concerned are not in it.
type Variant map[*File]struct{ Template, Bootstrap *render.Template }

// Parts are the names of the templates a family's files are made of.
func (f *Family) Parts() []string {
	names := map[string]bool{}
	for _, file := range f.Files {
		for _, s := range []*source{file.source, file.bootSource} {
			if s == nil {
				continue
			}
			for _, p := range s.parts {
				names[p] = true
			}
		}
	}
	return slices.Sorted(maps.Keys(names))
}

// Part is the text of one of them; false: the family has none of that name.
func (f *Family) Part(name string) (string, bool) {
	if !slices.Contains(f.Parts(), name) {
		return "", false
	}
	text, err := f.part(name)
	return text, err == nil
}

// Variant compiles the family's files with other texts for some of their parts.
// What is wrong with one is refused as a built-in template would be.
func (f *Family) Variant(texts map[string]string) (Variant, error) {
	for name := range texts {
		if !slices.Contains(f.Parts(), name) {
			return nil, fmt.Errorf("%w: %s has no template %q", ErrNoPart, f.folder, name)
		}
	}
	v := Variant{}
	for _, file := range f.Files {
		pair := v[file]
		for at, s := range map[**render.Template]*source{&pair.Template: file.source, &pair.Bootstrap: file.bootSource} {
			if s == nil || !slices.ContainsFunc(s.parts, func(p string) bool { _, replaced := texts[p]; return replaced }) {
				continue
			}
			t, err := s.with(texts)
			if err != nil {
				return nil, err
			}
			*at = t
		}
		if pair.Template != nil || pair.Bootstrap != nil {
			v[file] = pair
		}
	}
	return v, nil
}

// with compiles the source anew, some texts replaced.
func (s *source) with(texts map[string]string) (*render.Template, error) {
	o, include := s.options, s.options.Include
	if text, ok := texts[s.part]; ok {
		o.Source = text
	}
	o.Include = func(name string) (string, error) {
		if text, ok := texts[name]; ok {
			return text, nil
		}
		return include(name)
	}
	return render.Compile(o)
}

// recorded lets a compilation note what it takes in.
func (s *source) recorded() render.Options {
	o := s.options
	o.Include = func(name string) (string, error) {
		if !slices.Contains(s.parts, name) {
			s.parts = append(s.parts, name)
		}
		return s.options.Include(name)
	}
	return o
}
