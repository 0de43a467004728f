package render

// Function is one of those a template may call, as an author is told of it.
type Function struct {
	Name string
	Doc  string // how it is called, and what comes of it
}

// Functions lists what a template may call, like things beside each other.
func Functions() []Function {
	return []Function{
		{"eq", "eq a b: the two are equal"},
		{"ne", "ne a b: the two differ"},
		{"lt", "lt a b: number a is less than b"},
		{"le", "le a b: number a is at most b"},
		{"gt", "gt a b: number a is greater than b"},
		{"ge", "ge a b: number a is at least b"},
		{"and", "and a b ...: all of them are true"},
		{"or", "or a b ...: one of them is true"},
		{"not", "not a: absent, false, zero or empty"},
		{"has", "has a: set and not empty"},
		{"add", "add a b: the sum of two whole numbers"},
		{"sub", "sub a b: a less b"},
		{"mul", "mul a b: the product"},
		{"div", "div a b: the whole quotient; b must not be 0"},
		{"mod", "mod a b: what is left of a divided by b; b must not be 0"},
		{"number", `number (fact "page"): a text of digits as a number`},
		{"upper", "upper text: in capital letters"},
		{"lower", "lower text: in small letters"},
		{"trim", "trim text: without spaces around it"},
		{"concat", `concat "sip:" .user ...: one text of all`},
		{"replace", `replace text "old" "new": every old becomes new`},
		{"cut", "cut text n: its first n characters"},
		{"atleast", `atleast .phone.firmware "86.0": the version is that or later; false where it is not known`},
		{"choose", `choose condition "yes" "no": one of two texts`},
		{"pick", `pick value "a" "what a becomes" ... "else": a table, with a last odd text for everything else`},
		{"orclear", "orclear a: the value, or the vendor's text that empties a setting"},
		{"orelse", "orelse a b: b where a is absent or empty"},
		{"fact", `fact "blf": a text that the model or its firmware says`},
		{"digest", "digest n: n digits made of the file's content, for phones that apply a file only when a version in it changes"},
	}
}
