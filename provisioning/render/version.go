package render

import (
	"cmp"
	"strings"
)

// CompareVersions compares firmware versions number by number: -1 where a is
// older than b, 0 where they are the same, 1 where it is newer. What is not a
// digit only parts numbers; a number that is not there counts as 0.
func CompareVersions(a, b string) int {
	for a != "" || b != "" {
		var x, y string
		x, a = nextNumber(a)
		y, b = nextNumber(b)
		if c := cmp.Or(cmp.Compare(len(x), len(y)), strings.Compare(x, y)); c != 0 {
			return c
		}
	}
	return 0
}

// nextNumber gives the first number without its leading zeros, and the rest.
func nextNumber(s string) (number, rest string) {
	from := strings.IndexAny(s, "0123456789")
	if from < 0 {
		return "", ""
	}
	s = s[from:]
	end := strings.IndexFunc(s, func(r rune) bool { return r < '0' || r > '9' })
	if end < 0 {
		end = len(s)
	}
	return strings.TrimLeft(s[:end], "0"), s[end:]
}
