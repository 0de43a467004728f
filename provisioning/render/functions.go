package render

import (
	"fmt"
	"strconv"
	"strings"
)

// function is one of the few things a template may call.
type function struct {
	params  []Kind // None: any single value
	rest    Kind   // kind of further arguments; List: none are taken
	result  Kind
	absent  bool // takes values that are not set
	oddTail bool // further arguments come in pairs, with one more as the default
	call    func(r *run, args []Value) (Value, error)
}

// functions is the whole table, but for fact and digest, which are no functions
// of their arguments. Nothing here reads files, the network, the clock or
// another device.
var functions = map[string]*function{
	"eq":  {params: []Kind{None, None}, rest: List, result: Bool, call: func(_ *run, a []Value) (Value, error) { return B(same(a[0], a[1])), nil }},
	"ne":  {params: []Kind{None, None}, rest: List, result: Bool, call: func(_ *run, a []Value) (Value, error) { return B(!same(a[0], a[1])), nil }},
	"lt":  compare(func(a, b int64) bool { return a < b }),
	"le":  compare(func(a, b int64) bool { return a <= b }),
	"gt":  compare(func(a, b int64) bool { return a > b }),
	"ge":  compare(func(a, b int64) bool { return a >= b }),
	"add": arithmetic(func(a, b int64) int64 { return a + b }),
	"sub": arithmetic(func(a, b int64) int64 { return a - b }),
	"mul": arithmetic(func(a, b int64) int64 { return a * b }),
	"div": {params: []Kind{Int, Int}, rest: List, result: Int, call: div},
	// number fact: a text of digits as a number to reckon with
	"number": {params: []Kind{String}, rest: List, result: Int, call: number},
	"mod":    {params: []Kind{Int, Int}, rest: List, result: Int, call: mod},
	"not":    {params: []Kind{None}, rest: List, result: Bool, absent: true, call: func(_ *run, a []Value) (Value, error) { return B(!a[0].truth()), nil }},
	"and":    {params: []Kind{None, None}, rest: None, result: Bool, absent: true, call: and},
	"or":     {params: []Kind{None, None}, rest: None, result: Bool, absent: true, call: or},
	// has: the value is set and not empty.
	"has":   {params: []Kind{None}, rest: List, result: Bool, absent: true, call: func(_ *run, a []Value) (Value, error) { return B(a[0].truth()), nil }},
	"upper": text1(strings.ToUpper),
	"lower": text1(strings.ToLower),
	"trim":  text1(strings.TrimSpace),
	// concat a b ... one text
	"concat": {params: []Kind{None}, rest: None, result: String, call: concat},
	// replace text old new
	"replace": {params: []Kind{None, String, String}, rest: List, result: String, call: replace},
	// cut text n: its first n characters
	"cut": {params: []Kind{None, Int}, rest: List, result: String, call: cutText},
	// atleast version "86.0": false where the version is not known
	"atleast": {params: []Kind{None, String}, rest: List, result: Bool, absent: true, call: atleast},
	// choose condition yes no
	"choose": {params: []Kind{None, String, String}, rest: List, result: String, absent: true, call: choose},
	// pick value "a" "what a becomes" "b" "what b becomes" ... "else"
	"pick": {params: []Kind{None}, rest: String, result: String, oddTail: true, call: pick},
	// orclear: the value, or the vendor's text that empties a setting.
	"orclear": {params: []Kind{None}, rest: List, absent: true, call: orclear},
	// orelse value other: the other where the value is not set or empty.
	"orelse": {params: []Kind{None, None}, rest: List, absent: true, call: orelse},
}

// parserFuncs are the names the parser has to know.
var parserFuncs = func() map[string]any {
	m := map[string]any{"fact": true, "digest": true}
	for name := range functions {
		m[name] = true
	}
	return m
}()

// vet checks the arguments at load; the answer is empty when they are right.
func (f *function) vet(args []*expr) string {
	if len(args) < len(f.params) {
		return fmt.Sprintf("needs %d values", len(f.params))
	}
	if f.rest == List && len(args) > len(f.params) {
		return fmt.Sprintf("takes %d values", len(f.params))
	}
	for i, a := range args {
		want := f.rest
		if i < len(f.params) {
			want = f.params[i]
		}
		if a.kind == List {
			return "does not take a list"
		}
		if want != None && a.kind != None && a.kind != want {
			return fmt.Sprintf("takes a %s as value %d, not a %s", want, i+1, a.kind)
		}
	}
	if f.oddTail && len(args) < 3 {
		return "needs at least one pair"
	}
	return ""
}

func same(a, b Value) bool {
	return a.kind == b.kind && a.n == b.n && a.s == b.s
}

func div(_ *run, a []Value) (Value, error) {
	if a[1].n == 0 {
		return Value{}, fmt.Errorf("%w: division by zero", ErrValue)
	}
	return Value{kind: Int, n: a[0].n / a[1].n}, nil
}

func number(_ *run, a []Value) (Value, error) {
	n, err := strconv.ParseInt(a[0].s, 10, 64)
	if err != nil {
		return Value{}, fmt.Errorf("%w: %q is not a number", ErrValue, a[0].s)
	}
	return Value{kind: Int, n: n}, nil
}

func mod(_ *run, a []Value) (Value, error) {
	if a[1].n == 0 {
		return Value{}, fmt.Errorf("%w: division by zero", ErrValue)
	}
	return Value{kind: Int, n: a[0].n % a[1].n}, nil
}

func compare(holds func(a, b int64) bool) *function {
	return &function{params: []Kind{Int, Int}, rest: List, result: Bool, call: func(_ *run, a []Value) (Value, error) { return B(holds(a[0].n, a[1].n)), nil }}
}

func arithmetic(of func(a, b int64) int64) *function {
	return &function{params: []Kind{Int, Int}, rest: List, result: Int, call: func(_ *run, a []Value) (Value, error) { return Value{kind: Int, n: of(a[0].n, a[1].n)}, nil }}
}

func text1(of func(string) string) *function {
	return &function{params: []Kind{String}, rest: List, result: String, call: func(_ *run, a []Value) (Value, error) { return S(of(a[0].s)), nil }}
}

// made counts what a function made: a text costs steps by its length, so that
// no nesting of functions runs away.
func (r *run) made(text string) (Value, error) {
	if len(text) > maxText {
		return Value{}, fmt.Errorf("%w: a text of more than %d bytes", ErrBudget, maxText)
	}
	r.steps += len(text) / 64
	return S(text), nil
}

func concat(r *run, a []Value) (Value, error) {
	var b strings.Builder
	for _, v := range a {
		if b.WriteString(v.Text()); b.Len() > maxText {
			break
		}
	}
	return r.made(b.String())
}

func replace(r *run, a []Value) (Value, error) {
	s, old, with := a[0].Text(), a[1].s, a[2].s
	if old == "" {
		return S(s), nil
	}
	if n := strings.Count(s, old); len(s)+n*(len(with)-len(old)) > maxText {
		return Value{}, fmt.Errorf("%w: a text of more than %d bytes", ErrBudget, maxText)
	}
	return r.made(strings.ReplaceAll(s, old, with))
}

func cutText(_ *run, a []Value) (Value, error) {
	s, n := a[0].Text(), a[1].n
	for i := range s {
		if n--; n < 0 {
			return S(s[:i]), nil
		}
	}
	return S(s), nil
}

func atleast(_ *run, a []Value) (Value, error) {
	if a[1].kind != String {
		return Value{}, fmt.Errorf("%w: the version to compare with", ErrMissing)
	}
	return B(a[0].truth() && CompareVersions(a[0].Text(), a[1].s) >= 0), nil
}

func and(_ *run, a []Value) (Value, error) {
	for _, v := range a {
		if !v.truth() {
			return B(false), nil
		}
	}
	return B(true), nil
}

func or(_ *run, a []Value) (Value, error) {
	for _, v := range a {
		if v.truth() {
			return B(true), nil
		}
	}
	return B(false), nil
}

func choose(_ *run, a []Value) (Value, error) {
	if a[1].kind != String || a[2].kind != String {
		return Value{}, fmt.Errorf("%w: what is chosen", ErrMissing)
	}
	if a[0].truth() {
		return a[1], nil
	}
	return a[2], nil
}

func pick(_ *run, a []Value) (Value, error) {
	key, pairs := a[0].Text(), a[1:]
	for len(pairs) > 1 {
		if pairs[0].s == key {
			return pairs[1], nil
		}
		pairs = pairs[2:]
	}
	if len(pairs) == 1 {
		return pairs[0], nil
	}
	return Value{}, fmt.Errorf("%w: %q is not in the list", ErrValue, key)
}

func orclear(r *run, a []Value) (Value, error) {
	if a[0].kind == None || a[0].kind == String && a[0].s == "" {
		return S(r.clear), nil
	}
	return a[0], nil
}

func orelse(_ *run, a []Value) (Value, error) {
	if a[0].kind == None || a[0].kind == String && a[0].s == "" {
		if a[1].kind == None {
			return Value{}, fmt.Errorf("%w: neither of the two", ErrMissing)
		}
		return a[1], nil
	}
	return a[0], nil
}
