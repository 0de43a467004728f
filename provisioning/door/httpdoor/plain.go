package httpdoor

import "bytes"

// plainRequest is a request in the plainest form there is: what nearly every
// phone sends.
type plainRequest struct {
	path, host, agent string
	head, old, close  bool // HEAD; HTTP/1.0; the connection ends after it
}

// parsePlain reads a whole header, up to and with its empty line. Whatever is
// not plain (a body, a piece, a condition, an escape, an odd field, no Host) is
// for the library: ok is false.
func parsePlain(b []byte) (r plainRequest, ok bool) {
	line, rest := cutLine(b)
	switch {
	case bytes.HasPrefix(line, []byte("GET ")):
		line = line[4:]
	case bytes.HasPrefix(line, []byte("HEAD ")):
		line, r.head = line[5:], true
	default:
		return r, false
	}
	switch {
	case bytes.HasSuffix(line, []byte(" HTTP/1.1")):
	case bytes.HasSuffix(line, []byte(" HTTP/1.0")):
		r.old, r.close = true, true
	default:
		return r, false
	}
	line = line[:len(line)-len(" HTTP/1.1")]
	if len(line) == 0 || line[0] != '/' || !isPlainTarget(line) {
		return r, false
	}
	r.path = string(line)
	hosts := 0
	for len(rest) > 0 {
		if line, rest = cutLine(rest); len(line) == 0 {
			return r, len(rest) == 0 && (hosts == 1 || r.old && hosts == 0)
		}
		colon := bytes.IndexByte(line, ':')
		if colon <= 0 || !isToken(line[:colon]) {
			return r, false
		}
		value := bytes.Trim(line[colon+1:], " \t")
		if !isFieldValue(value) {
			return r, false
		}
		name := line[:colon]
		switch {
		case isName(name, "host"):
			hosts++
			r.host = string(value)
		case isName(name, "user-agent"):
			if r.agent != "" {
				return r, false
			}
			r.agent = string(value)
		case isName(name, "connection"):
			if isName(value, "close") {
				r.close = true
			} else if r.old || !isName(value, "keep-alive") {
				return r, false
			}
		case forLibrary(name):
			return r, false
		}
	}
	return r, false
}

// cutLine gives the first line without its end, and what follows.
func cutLine(b []byte) (line, rest []byte) {
	i := bytes.IndexByte(b, '\n')
	if i < 0 {
		return b, nil
	}
	line, rest = b[:i], b[i+1:]
	return bytes.TrimSuffix(line, []byte("\r")), rest
}

// forLibrary are the fields that make a request more than a plain question.
func forLibrary(name []byte) bool {
	return isName(name, "content-length") || isName(name, "transfer-encoding") || isName(name, "range") || isName(name, "expect") ||
		isName(name, "upgrade") || isName(name, "te") || isName(name, "trailer") || len(name) > 3 && isName(name[:3], "if-")
}

// isPlainTarget: a path alone, without escapes, query or fragment.
func isPlainTarget(b []byte) bool {
	for _, c := range b {
		if c <= ' ' || c >= 0x7f || c == '%' || c == '?' || c == '#' {
			return false
		}
	}
	return true
}

// isToken is a field's name (RFC 9110, 5.6.2), as far as phones spell them.
func isToken(b []byte) bool {
	for _, c := range b {
		if (c|0x20 < 'a' || c|0x20 > 'z') && (c < '0' || c > '9') && c != '-' && c != '_' {
			return false
		}
	}
	return true
}

func isFieldValue(b []byte) bool {
	for _, c := range b {
		if c < ' ' && c != '\t' || c == 0x7f {
			return false
		}
	}
	return true
}

// isName compares with a lower-case name, whatever the letter case.
func isName(b []byte, name string) bool {
	if len(b) != len(name) {
		return false
	}
	for i := range b {
		c := b[i]
		if 'A' <= c && c <= 'Z' {
			c |= 0x20
		}
		if c != name[i] {
			return false
		}
	}
	return true
}
