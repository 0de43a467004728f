// Package auth holds SIP digest authentication as a server does it (RFC 7616,
// RFC 8760): signed nonces that need no table, and the check of credentials
// against a stored H(A1). It keeps nothing and allocates nothing.
package auth

import (
	"crypto/md5" //nolint:gosec // what phones speak
	"crypto/sha256"
	"crypto/subtle"
	"encoding/hex"

	"cradle/registrar/sipmsg"
)

// Algorithm is a digest algorithm.
type Algorithm uint8

// The algorithms that are accepted; the -sess forms are not.
const (
	Unknown Algorithm = iota
	MD5
	SHA256
)

// String is the name used in headers.
func (a Algorithm) String() string {
	switch a {
	case MD5:
		return "MD5"
	case SHA256:
		return "SHA-256"
	}
	return "unknown"
}

// Credentials are the parts of an Authorization header; they point into it.
type Credentials struct {
	User, Realm, Nonce, URI, Response, CNonce, QOP []byte

	nc        []byte
	NC        uint32 // nonce count; 0: none sent (RFC 2069)
	Algorithm Algorithm
}

// Parse reads an Authorization value that begins with "Digest". It is false
// when a part that every answer needs is missing or wrong.
func Parse(v []byte) (c Credentials, ok bool) {
	v = sipmsg.Trim(v)
	if len(v) < 7 || !sipmsg.EqualFold(v[:6], "digest") {
		return c, false
	}
	c.Algorithm = MD5
	for v = v[6:]; len(v) > 0; {
		var one []byte
		one, v = sipmsg.NextValue(v)
		if !c.set(one) {
			return c, false
		}
	}
	return c, len(c.User) > 0 && len(c.Nonce) > 0 && len(c.Response) > 0 && c.consistent()
}

func (c *Credentials) consistent() bool {
	if len(c.QOP) == 0 {
		return true
	}
	return sipmsg.EqualFold(c.QOP, "auth") && c.NC > 0 && len(c.CNonce) > 0
}

func (c *Credentials) set(one []byte) bool {
	eq := 0
	for eq < len(one) && one[eq] != '=' {
		eq++
	}
	if eq == len(one) {
		return len(one) == 0 // an empty list element is allowed
	}
	name, value := sipmsg.Trim(one[:eq]), sipmsg.Unquote(sipmsg.Trim(one[eq+1:]))
	switch {
	case sipmsg.EqualFold(name, "username"):
		c.User = value
	case sipmsg.EqualFold(name, "realm"):
		c.Realm = value
	case sipmsg.EqualFold(name, "nonce"):
		c.Nonce = value
	case sipmsg.EqualFold(name, "uri"):
		c.URI = value
	case sipmsg.EqualFold(name, "response"):
		c.Response = value
	case sipmsg.EqualFold(name, "cnonce"):
		c.CNonce = value
	case sipmsg.EqualFold(name, "qop"):
		c.QOP = value
	case sipmsg.EqualFold(name, "algorithm"):
		c.Algorithm = algorithm(value)
	case sipmsg.EqualFold(name, "nc"):
		c.nc = value
		return c.count(value)
	}
	return true
}

func algorithm(v []byte) Algorithm {
	switch {
	case sipmsg.EqualFold(v, "md5"):
		return MD5
	case sipmsg.EqualFold(v, "sha-256"):
		return SHA256
	}
	return Unknown
}

// count reads the eight hexadecimal digits of nc.
func (c *Credentials) count(v []byte) bool {
	if len(v) == 0 || len(v) > 8 {
		return false
	}
	c.NC = 0
	for _, d := range v {
		switch {
		case d >= '0' && d <= '9':
			d -= '0'
		case d|0x20 >= 'a' && d|0x20 <= 'f':
			d = d | 0x20 - 'a' + 10
		default:
			return false
		}
		c.NC = c.NC<<4 | uint32(d)
	}
	return true
}

// Secrets are H(A1) of one account for each algorithm, in lower-case hexadecimal.
type Secrets struct {
	MD5    *[32]byte
	SHA256 *[64]byte
}

// Matches computes the answer that the holder of the secret would give for
// this method and compares it in constant time.
func (c *Credentials) Matches(s Secrets, method []byte) bool {
	var buf [768]byte
	var want [64]byte
	switch c.Algorithm {
	case MD5:
		var ha2 [32]byte
		h := md5.Sum(c.a2(buf[:0], method)) //nolint:gosec // see above
		hex.Encode(ha2[:], h[:])
		h = md5.Sum(c.response(buf[:0], s.MD5[:], ha2[:])) //nolint:gosec // see above
		hex.Encode(want[:32], h[:])
		return len(c.Response) == 32 && subtle.ConstantTimeCompare(lower(buf[:0], c.Response), want[:32]) == 1
	case SHA256:
		var ha2 [64]byte
		h := sha256.Sum256(c.a2(buf[:0], method))
		hex.Encode(ha2[:], h[:])
		h = sha256.Sum256(c.response(buf[:0], s.SHA256[:], ha2[:]))
		hex.Encode(want[:], h[:])
		return len(c.Response) == 64 && subtle.ConstantTimeCompare(lower(buf[:0], c.Response), want[:]) == 1
	}
	return false
}

func lower(out, v []byte) []byte {
	for _, d := range v {
		if d >= 'A' && d <= 'F' {
			d |= 0x20
		}
		out = append(out, d)
	}
	return out
}

func (c *Credentials) a2(out, method []byte) []byte {
	out = append(out, method...)
	out = append(out, ':')
	return append(out, c.URI...)
}

func (c *Credentials) response(out, ha1, ha2 []byte) []byte {
	out = append(append(out, ha1...), ':')
	out = append(append(out, c.Nonce...), ':')
	if len(c.QOP) > 0 {
		out = append(append(out, c.nc...), ':')
		out = append(append(out, c.CNonce...), ':')
		out = append(append(out, c.QOP...), ':')
	}
	return append(out, ha2...)
}
