package route

import "strings"

// longest is how many characters of a dialled number are looked at.
const longest = 64

// Digits cleans the user part of a Request-URI: escapes are undone (RFC 3261
// section 19.1.2), parameters and visual separators (RFC 3966 section 5.1.1)
// and one terminating '#' go. What is no number stays as it is, so that it is
// found to be unknown, not mistaken for another.
func Digits(user string) string {
	user, _, _ = strings.Cut(unescape(user), ";")
	clean := strings.Map(func(r rune) rune {
		if strings.ContainsRune("-.() ", r) {
			return -1
		}
		return r
	}, user)
	if len(clean) > longest {
		return clean[:longest]
	}
	return strings.TrimSuffix(clean, "#")
}

// unescape undoes %XX; what is no escape stays.
func unescape(s string) string {
	if !strings.Contains(s, "%") {
		return s
	}
	var b strings.Builder
	for i := 0; i < len(s); i++ {
		if s[i] == '%' && i+2 < len(s) && hex(s[i+1]) >= 0 && hex(s[i+2]) >= 0 {
			b.WriteByte(byte(hex(s[i+1])<<4 | hex(s[i+2])))
			i += 2
			continue
		}
		b.WriteByte(s[i])
	}
	return b.String()
}

// hex is the value of a hexadecimal digit, -1 for anything else.
func hex(c byte) int {
	if i := strings.IndexByte("0123456789abcdef", c); i >= 0 {
		return i
	}
	if i := strings.IndexByte("ABCDEF", c); i >= 0 {
		return 10 + i
	}
	return -1
}
