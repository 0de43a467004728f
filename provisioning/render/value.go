package render

import (
	"fmt"
	"strconv"
)

// Kind is the type of a value.
type Kind uint8

// The types templates know.
const (
	None Kind = iota // not set
	String
	Int
	Bool
	List
)

func (k Kind) String() string {
	return [...]string{"nothing", "string", "number", "bool", "list"}[k]
}

// Value is one value. The zero Value is "not set".
type Value struct {
	kind Kind
	n    int64 // of a List: how many of its first items are its own
	s    string
	list *[]Values
}

// Values are the values of one shape, by slot.
type Values []Value

// S makes a string.
func S(s string) Value { return Value{kind: String, s: s} }

// I makes a number.
func I(n int) Value { return Value{kind: Int, n: int64(n)} }

// L makes a list.
func L(items []Values) Value { return Tail(items, len(items)) }

// Tail makes a list of which the items behind the first own ones never change
// and live on: what a template makes of such an item, it makes once.
func Tail(items []Values, own int) Value { return Value{kind: List, n: int64(own), list: &items} }

// B makes a yes or no.
func B(b bool) Value {
	if b {
		return Value{kind: Bool, n: 1}
	}
	return Value{kind: Bool}
}

// Kind is None for a value that is not set.
func (v Value) Kind() Kind { return v.kind }

// Items are the items of a list.
func (v Value) Items() []Values {
	if v.list == nil {
		return nil
	}
	return *v.list
}

// Text is the value as a template would write it, unescaped.
func (v Value) Text() string {
	switch v.kind {
	case String:
		return v.s
	case Int:
		return strconv.FormatInt(v.n, 10)
	case Bool:
		return strconv.FormatBool(v.n != 0)
	default:
		return ""
	}
}

// true in an if or with: set, and neither empty nor zero.
func (v Value) truth() bool {
	switch v.kind {
	case String:
		return v.s != ""
	case List:
		return len(*v.list) > 0
	default:
		return v.n != 0
	}
}

// Field is one name a template may use.
type Field struct {
	Name string // with its dots: "time.server"
	Kind Kind
	Doc  string // for the reference: what it is, its unit and range
	// Maybe: it may be absent.
	Maybe bool
	// Secret values may stand only in files for a device that has earned them,
	// Own values (its Phone ID, its URL) never in a file for a whole model.
	Secret bool
	Own    bool
	Item   *Shape // of a List
	// ByName: the items of the List are settings by the vendor's own names, which
	// are their first field. They take the place of what a file says besides.
	ByName bool
}

// Shape is the set of names that values of one kind have.
type Shape struct {
	fields []Field
	slots  map[string]int
}

// NewShape makes a shape; a name given twice is a programming fault.
func NewShape(fields ...Field) *Shape {
	s := &Shape{fields: fields, slots: make(map[string]int, len(fields))}
	for i, f := range fields {
		if _, twice := s.slots[f.Name]; twice {
			panic(fmt.Sprintf("render: field %q twice", f.Name))
		}
		s.slots[f.Name] = i
	}
	return s
}

// Slot is where a name's value lies; an unknown name is a programming fault.
func (s *Shape) Slot(name string) int {
	i, ok := s.slots[name]
	if !ok {
		panic(fmt.Sprintf("render: no field %q", name))
	}
	return i
}

// Fields are the names in slot order.
func (s *Shape) Fields() []Field { return s.fields }

// New gives a row of unset values.
func (s *Shape) New() Values { return make(Values, len(s.fields)) }

// Rows gives rows of unset values, all in one piece of memory.
func (s *Shape) Rows(n int) []Values {
	all, width := make(Values, n*len(s.fields)), len(s.fields)
	rows := make([]Values, n)
	for i := range rows {
		rows[i] = all[i*width : (i+1)*width : (i+1)*width]
	}
	return rows
}
