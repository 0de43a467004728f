package render

import "strings"

// Format is the kind of file a template makes. It decides how values are escaped.
type Format string

// The formats.
const (
	KeyValue Format = "keyvalue" // lines of "key = value", comments with #
	Colon    Format = "colon"    // lines of "key: value", keys of several words
	Quoted   Format = "quoted"   // lines of KEY="value"; nothing escapes a quote
	Section  Format = "section"  // "<HEADER>" or "[HEADER]", then "key :value" or "key=value"
	Set      Format = "set"      // lines of "SET NAME value"
	Words    Format = "words"    // "[HEADER]", then "NAME value" or more words; what may hold spaces stands in quotes
	XML      Format = "xml"
	JSON     Format = "json"
)

// Formats are all of them.
var Formats = []Format{KeyValue, Colon, Quoted, Section, Set, Words, XML, JSON}

// Valid reports whether the format is one we know.
func (f Format) Valid() bool {
	for _, known := range Formats {
		if f == known {
			return true
		}
	}
	return false
}

// Frame is what a finished file must look like besides its format.
type Frame struct {
	First string // its exact first line; empty: any
	Last  string // its exact last line; empty: any
	EOL   string // end of lines, "lf" or "crlf"; empty: lf
	// MaxLine and MaxBytes bound a line, without its end, and the file, in bytes; 0: no bound.
	MaxLine  int
	MaxBytes int
	// Again are the keys that may be said more than once.
	Again []string
}

// crlf ends every line as the frame wants it.
func (f Frame) crlf() bool { return strings.EqualFold(f.EOL, "crlf") }
