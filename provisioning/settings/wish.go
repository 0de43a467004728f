package settings

// Wish is one key as somebody wants it.
type Wish struct {
	Module   int
	Position int
	Type     string
	Value    string
	Label    string
	Line     int
	Rule     string
}
