package settings

import (
	"slices"

	"cradle/provisioning/render"
)

// The names a template may use are the canonical settings of a phone, whatever
// its vendor calls them. A value that is absent is an error in a phone's file,
// so what may be absent says so. docs/templates-reference.md is made from here.
var phoneShape = render.NewShape(slices.Concat(
	phoneFields, serverFields, provisionFields, timeFields, localeFields, deskFields, personFields, codeFields, firmwareFields, listFields, bookFields, pageFields,
)...)

// Shape is the set of names templates may use.
func Shape() *render.Shape { return phoneShape }

// mark is what is special about a field.
type mark uint8

const (
	maybe  mark = 1 << iota // may be absent
	ofOne                   // of one device, never in a file for a whole model
	secret                  // only for devices that have earned it
)

func field(kind render.Kind, name, doc string, marks []mark) render.Field {
	f := render.Field{Name: name, Kind: kind, Doc: doc}
	for _, m := range marks {
		f.Maybe, f.Own, f.Secret = f.Maybe || m&maybe != 0, f.Own || m&ofOne != 0, f.Secret || m&secret != 0
	}
	return f
}

func text(name, doc string, marks ...mark) render.Field {
	return field(render.String, name, doc, marks)
}

func number(name, doc string, marks ...mark) render.Field {
	return field(render.Int, name, doc, marks)
}

func yesNo(name, doc string, marks ...mark) render.Field {
	return field(render.Bool, name, doc, marks)
}

// byHand is a list of settings by the vendor's own names.
func byHand(name, doc string, of *render.Shape, marks ...mark) render.Field {
	f := list(name, doc, of, marks...)
	f.ByName = true
	return f
}

func list(name, doc string, of *render.Shape, marks ...mark) render.Field {
	f := field(render.List, name, doc, marks)
	f.Item = of
	return f
}
