package sipmsg

import (
	"bytes"
	"net/url"
	"strings"
)

// Address is a From, To or Contact value (RFC 3261 section 20.10).
type Address struct {
	Display []byte // as sent, with quotes
	URI     []byte
	Params  []byte // header parameters, beginning with ';' when not empty
}

// ParseAddress reads a name-addr or addr-spec with its header parameters.
func ParseAddress(v []byte) (Address, bool) {
	v = Trim(v)
	i := 0
	for i < len(v) && v[i] != '<' {
		if v[i] == '"' {
			end := quoteEnd(v, i)
			if end < 0 {
				return Address{}, false
			}
			i = end
		}
		i++
	}
	if i == len(v) {
		return plainAddress(v)
	}
	end := bytes.IndexByte(v[i:], '>')
	if end < 0 {
		return Address{}, false
	}
	a := Address{Display: Trim(v[:i]), URI: v[i+1 : i+end], Params: Trim(v[i+end+1:])}
	if len(a.Params) > 0 && a.Params[0] != ';' || !uriWords(a.URI) || !quotesPair(a.Params) {
		return Address{}, false
	}
	return a, displayFine(a.Display)
}

func plainAddress(v []byte) (Address, bool) {
	u, p := v, []byte(nil)
	if s := bytes.IndexByte(v, ';'); s >= 0 {
		u, p = Trim(v[:s]), v[s:]
	}
	// Without brackets these would be ambiguous (20.10).
	if bytes.ContainsAny(u, "?,\"") || !uriWords(u) || !quotesPair(p) {
		return Address{}, false
	}
	return Address{URI: u, Params: p}, true
}

// displayFine: a quoted string, or tokens; other bytes than ASCII are let pass.
func displayFine(d []byte) bool {
	if len(d) > 0 && d[0] == '"' {
		return quoteEnd(d, 0) == len(d)-1
	}
	for _, c := range d {
		if c < 0x80 && !isTokenByte(c) && !isBlank(c) {
			return false
		}
	}
	return true
}

// uriWords: a scheme, something behind it, and no blank or bracket within.
func uriWords(u []byte) bool {
	c := bytes.IndexByte(u, ':')
	if c < 1 || c == len(u)-1 || !isToken(u[:c]) {
		return false
	}
	for _, b := range u {
		if b <= ' ' || b == '<' || b == '>' || b == '"' {
			return false
		}
	}
	return true
}

func quoteEnd(v []byte, i int) int {
	for j := i + 1; j < len(v); j++ {
		switch v[j] {
		case '\\':
			j++
		case '"':
			return j
		}
	}
	return -1
}

func quotesPair(p []byte) bool {
	for i := 0; i < len(p); i++ {
		if p[i] == '"' {
			if i = quoteEnd(p, i); i < 0 {
				return false
			}
		}
	}
	return true
}

// User is the user part of a SIP or TEL URI, escapes resolved; empty: none.
func User(uri []byte) []byte {
	_, rest, ok := bytes.Cut(uri, []byte(":"))
	if !ok {
		return nil
	}
	user, _, ok := bytes.Cut(rest, []byte("@"))
	if !ok {
		if hasPrefixFold(uri, "tel:") {
			user, _, _ = bytes.Cut(rest, []byte(";"))
			return user
		}
		return nil
	}
	user, _, _ = bytes.Cut(user, []byte(":")) // a password
	if bytes.IndexByte(user, '%') >= 0 {
		if s, err := url.PathUnescape(string(user)); err == nil {
			return []byte(s)
		}
	}
	return user
}

// Host is the host part of a URI, without port; IPv6 addresses in brackets.
func Host(uri []byte) []byte {
	_, rest, _ := bytes.Cut(uri, []byte(":"))
	if i := bytes.LastIndexByte(rest, '@'); i >= 0 {
		rest = rest[i+1:]
	}
	if len(rest) > 0 && rest[0] == '[' {
		if i := bytes.IndexByte(rest, ']'); i >= 0 {
			return rest[:i+1]
		}
	}
	if i := bytes.IndexAny(rest, ":;?>"); i >= 0 {
		rest = rest[:i]
	}
	return rest
}

// HostPort is the host of a URI with its port, where it has one; IPv6 addresses
// keep their brackets with a port only.
func HostPort(uri string) string {
	_, rest, _ := strings.Cut(uri, ":")
	if i := strings.LastIndexByte(rest, '@'); i >= 0 {
		rest = rest[i+1:]
	}
	if i := strings.IndexAny(rest, ";?>"); i >= 0 {
		rest = rest[:i]
	}
	if strings.HasSuffix(rest, "]") {
		return strings.Trim(rest, "[]")
	}
	return rest
}

// DropHeaders cuts escaped headers ("?Route=...") off a URI: whoever registers
// a Contact must not write headers into our requests.
func DropHeaders(uri string) string {
	// '?' may stand in the user part; headers begin behind the host.
	at := strings.IndexByte(uri, '@')
	if i := strings.IndexByte(uri[at+1:], '?'); i >= 0 {
		return uri[:at+1+i]
	}
	return uri
}
