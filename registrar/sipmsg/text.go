package sipmsg

import (
	"bytes"
	"unsafe"
)

// String looks at b as a string without copying; it lives no longer than b.
func String(b []byte) string { return unsafe.String(unsafe.SliceData(b), len(b)) }

func isBlank(c byte) bool { return c == ' ' || c == '\t' || c == '\r' || c == '\n' }

// Trim cuts blanks and line breaks of folding off both ends.
func Trim(b []byte) []byte {
	for len(b) > 0 && isBlank(b[0]) {
		b = b[1:]
	}
	for len(b) > 0 && isBlank(b[len(b)-1]) {
		b = b[:len(b)-1]
	}
	return b
}

// tokens are the bytes of a token (RFC 3261 section 25.1).
var tokens = func() (t [256]bool) {
	for _, c := range []byte("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-.!%*_+`'~") {
		t[c] = true
	}
	return t
}()

func isTokenByte(c byte) bool { return tokens[c] }

func isToken(b []byte) bool {
	for _, c := range b {
		if !isTokenByte(c) {
			return false
		}
	}
	return len(b) > 0
}

// equalFold compares with lower, which is in lower case, ignoring letter case of ASCII.
func equalFold(b []byte, lower string) bool {
	return len(b) == len(lower) && hasPrefixFold(b, lower)
}

// EqualFold compares b with a lower-case word, ignoring letter case of ASCII.
func EqualFold(b []byte, lower string) bool { return equalFold(b, lower) }

func hasPrefixFold(b []byte, prefix string) bool {
	if len(b) < len(prefix) {
		return false
	}
	for i := 0; i < len(prefix); i++ {
		if low(b[i]) != low(prefix[i]) {
			return false
		}
	}
	return true
}

func low(c byte) byte {
	if c >= 'A' && c <= 'Z' {
		return c | 0x20
	}
	return c
}

// Number reads a decimal number between 0 and most.
func Number(b []byte, most int64) (int64, bool) {
	b = Trim(b)
	if len(b) == 0 || len(b) > 18 {
		return 0, false
	}
	var n int64
	for _, c := range b {
		if c < '0' || c > '9' {
			return 0, false
		}
		n = n*10 + int64(c-'0')
	}
	return n, n <= most
}

// NextValue cuts the first value off a comma-separated list; commas in quotes
// and in angle brackets do not count.
func NextValue(b []byte) (value, rest []byte) {
	if bytes.IndexByte(b, ',') < 0 {
		return Trim(b), nil
	}
	if i := outside(b, ',', true); i < len(b) {
		return Trim(b[:i]), b[i+1:]
	}
	return Trim(b), nil
}

// outside is where c first stands outside of quotes, and outside of angle
// brackets where those count; len(b): nowhere. A backslash in quotes takes the
// next byte with it (RFC 3261, 25.1).
func outside(b []byte, c byte, angles bool) int {
	quoted, angle := false, false
	for i := 0; i < len(b); i++ {
		switch at := b[i]; {
		case quoted && at == '\\':
			i++
		case at == '"':
			quoted = !quoted
		case quoted:
		case angles && at == '<':
			angle = true
		case at == '>':
			angle = false
		case at == c && !angle:
			return i
		}
	}
	return len(b)
}

// nextParam cuts the first of ";name=value;name" off p.
func nextParam(p []byte) (name, value, rest []byte) {
	p = Trim(p)
	if len(p) > 0 && p[0] == ';' {
		p = p[1:]
	}
	end := outside(p, ';', false)
	one := p[:end]
	rest = p[end:]
	if eq := bytes.IndexByte(one, '='); eq >= 0 {
		return Trim(one[:eq]), Trim(one[eq+1:]), rest
	}
	return Trim(one), nil, rest
}

// Param is the value of a parameter in ";a=1;b" (name in lower case), without
// quotes; ok is true also for a parameter without a value.
func Param(p []byte, name string) (value []byte, ok bool) {
	for len(p) > 0 {
		var n, v []byte
		n, v, p = nextParam(p)
		if equalFold(n, name) {
			return Unquote(v), true
		}
	}
	return nil, false
}

// Unquote takes the quotes off a quoted string; backslashes stay.
func Unquote(v []byte) []byte {
	if len(v) >= 2 && v[0] == '"' && v[len(v)-1] == '"' {
		return v[1 : len(v)-1]
	}
	return v
}

// NextParam cuts the first parameter off ";a=1;b", as written.
func NextParam(p []byte) (one, rest []byte) {
	p = Trim(p)
	if len(p) > 0 && p[0] == ';' {
		p = p[1:]
	}
	_, _, rest = nextParam(p)
	return Trim(p[:len(p)-len(rest)]), rest
}
