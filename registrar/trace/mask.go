package trace

import (
	"bytes"
	"strings"

	"cradle/registrar/sipmsg"
)

// Mask is a copy of a message without its secrets, each byte of which becomes a
// star: digest answers, what is behind the first bytes of nonces, keys of SDES
// and passwords of ICE in session descriptions, digits in INFO, and tokens in
// URLs. The length stays, so that Content-Length is still true.
func Mask(raw []byte) []byte {
	out := bytes.Clone(raw)
	head, body := len(out), []byte(nil)
	if i := bytes.Index(out, []byte("\r\n\r\n")); i >= 0 {
		head, body = i+2, out[i+4:]
	}
	kind := ""
	for h := lines(out[:head]); h.next(); {
		switch {
		case is(h.name, "authorization", "proxy-authorization", "www-authenticate", "proxy-authenticate", "authentication-info", "proxy-authentication-info"):
			maskDigest(h.value)
		case is(h.name, "content-type", "c"):
			kind = strings.ToLower(string(sipmsg.Trim(h.value)))
		}
	}
	maskTokens(out)
	switch {
	case strings.HasPrefix(kind, "application/dtmf"), strings.HasPrefix(kind, "application/vnd.nortelnetworks.digits"), strings.HasPrefix(kind, "audio/telephone-event"):
		maskDigits(body)
	case len(body) > 0:
		maskSDP(body) // also as a part of a multipart body
	}
	return out
}

// headers walks the header lines of a message; a folded line belongs to the one before.
type headers struct {
	rest        []byte
	name, value []byte
}

func lines(head []byte) *headers {
	_, rest, _ := bytes.Cut(head, []byte("\n"))
	return &headers{rest: rest}
}

func (h *headers) next() bool {
	if len(h.rest) == 0 {
		return false
	}
	end := 0
	for {
		i := bytes.IndexByte(h.rest[end:], '\n')
		if i < 0 {
			end = len(h.rest)
			break
		}
		if end += i + 1; end >= len(h.rest) || h.rest[end] != ' ' && h.rest[end] != '\t' {
			break
		}
	}
	line := h.rest[:end]
	h.rest = h.rest[end:]
	i := bytes.IndexByte(line, ':')
	if i < 0 {
		h.name, h.value = nil, nil
		return true
	}
	h.name, h.value = sipmsg.Trim(line[:i]), line[i+1:]
	return true
}

func is(name []byte, words ...string) bool {
	for _, w := range words {
		if sipmsg.EqualFold(name, w) {
			return true
		}
	}
	return false
}

// shown is how much of a nonce stays to be compared by eye.
const shown = 8

// maskDigest masks the values of a credential's or challenge's parameters in place.
func maskDigest(v []byte) {
	for i := 0; i < len(v); {
		eq := bytes.IndexByte(v[i:], '=')
		if eq < 0 {
			return
		}
		at := i + eq
		name := sipmsg.Trim(v[i:at])
		if j := bytes.LastIndexAny(name, ", \t\r\n"); j >= 0 {
			name = name[j+1:]
		}
		from := at + 1
		for from < len(v) && (v[from] == ' ' || v[from] == '\t') {
			from++
		}
		to := from
		if from < len(v) && v[from] == '"' {
			from++
			for to = from; to < len(v) && v[to] != '"'; to++ {
				if v[to] == '\\' && to+1 < len(v) {
					to++
				}
			}
		} else {
			for to < len(v) && v[to] != ',' && v[to] != ' ' && v[to] != '\r' && v[to] != '\n' {
				to++
			}
		}
		to = min(to, len(v))
		switch {
		case is(name, "response", "rspauth"):
			star(v[from:to])
		case is(name, "nonce", "cnonce", "nextnonce", "opaque"):
			star(v[min(from+shown, to):to])
		}
		i = max(to, at+1)
	}
}

func star(b []byte) {
	for i := range b {
		b[i] = '*'
	}
}

// maskSDP masks what a session description's attributes keep secret.
func maskSDP(body []byte) {
	for len(body) > 0 {
		line := body
		if i := bytes.IndexByte(body, '\n'); i >= 0 {
			line, body = body[:i], body[i+1:]
		} else {
			body = nil
		}
		line = bytes.TrimRight(line, "\r")
		switch low := bytes.ToLower(line); {
		case bytes.HasPrefix(low, []byte("a=crypto:")):
			if i := bytes.Index(low, []byte("inline:")); i >= 0 {
				star(line[i+len("inline:"):])
			}
		case bytes.HasPrefix(low, []byte("a=ice-pwd:")):
			star(line[len("a=ice-pwd:"):])
		case bytes.HasPrefix(low, []byte("k=")):
			star(line[2:])
		case bytes.HasPrefix(low, []byte("a=key-mgmt:")):
			star(line[len("a=key-mgmt:"):])
		}
	}
}

// maskDigits masks every digit somebody pressed: they may be a PIN.
func maskDigits(body []byte) {
	for len(body) > 0 {
		line := body
		if i := bytes.IndexByte(body, '\n'); i >= 0 {
			line, body = body[:i], body[i+1:]
		} else {
			body = nil
		}
		value := bytes.TrimRight(line, "\r")
		if i := bytes.IndexByte(value, '='); i >= 0 {
			if !is(sipmsg.Trim(value[:i]), "signal", "d", "digits") {
				continue
			}
			value = value[i+1:]
		}
		star(value)
	}
}

// maskTokens masks the token of a phone's own address for its settings, "/~token/".
func maskTokens(b []byte) {
	for i := 0; i+1 < len(b); i++ {
		if b[i] != '/' || b[i+1] != '~' {
			continue
		}
		for i += 2; i < len(b) && (b[i] >= 'a' && b[i] <= 'z' || b[i] >= 'A' && b[i] <= 'Z' || b[i] >= '0' && b[i] <= '9'); i++ {
			b[i] = '*'
		}
		i--
	}
}

// parties are the users in From, To and Request-URI, and the Call-ID.
func parties(raw []byte) (users []string, call string) {
	var m sipmsg.Message
	if sipmsg.Parse(raw, &m) == sipmsg.Junk {
		return nil, ""
	}
	for _, uri := range [][]byte{m.URI, m.FromAddr.URI, m.ToAddr.URI} {
		if u := sipmsg.User(uri); len(u) > 0 {
			users = append(users, string(u))
		}
	}
	return users, string(m.CallID)
}
