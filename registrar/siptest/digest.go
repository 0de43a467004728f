package siptest

import (
	"crypto/md5" //nolint:gosec // what phones speak
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"strings"
	"sync"
)

// credential answers one challenge, with a rising count.
type credential struct {
	header, user, realm, nonce, qop, opaque, algorithm, ha1 string
	stale                                                   bool
	mu                                                      sync.Mutex
	nc                                                      uint32
}

// challenge picks a challenge that the phone understands; nil: none.
func (p *Phone) challenge(r *Msg) *credential {
	header, name := "Authorization", "WWW-Authenticate"
	if r.Status == 407 {
		header, name = "Proxy-Authorization", "Proxy-Authenticate"
	}
	var first *credential
	for _, v := range r.All(name) {
		c := parseChallenge(v)
		if c == nil {
			continue
		}
		c.header, c.user = header, p.c.User
		c.ha1 = c.hash(p.c.User + ":" + c.realm + ":" + p.c.Password)
		if strings.EqualFold(c.algorithm, p.c.Algorithm) {
			return c
		}
		if first == nil {
			first = c
		}
	}
	if first != nil && strings.EqualFold(p.c.Algorithm, "SHA-256") {
		// Not offered: answer with it all the same, as the server accepts both.
		first.algorithm = "SHA-256"
		first.ha1 = first.hash(p.c.User + ":" + first.realm + ":" + p.c.Password)
	}
	return first
}

func parseChallenge(v string) *credential {
	rest, ok := strings.CutPrefix(strings.TrimSpace(v), "Digest")
	if !ok {
		return nil
	}
	c := &credential{algorithm: "MD5"}
	for rest != "" {
		var k, val string
		k, rest, ok = strings.Cut(rest, "=")
		if !ok {
			break
		}
		if strings.HasPrefix(rest, `"`) {
			val, rest, _ = strings.Cut(rest[1:], `"`)
		} else {
			val, rest, _ = strings.Cut(rest, ",")
			rest = "," + rest
		}
		switch strings.ToLower(strings.Trim(k, " ,\t")) {
		case "realm":
			c.realm = val
		case "nonce":
			c.nonce = val
		case "opaque":
			c.opaque = val
		case "algorithm":
			c.algorithm = strings.TrimSpace(val)
		case "stale":
			c.stale = strings.EqualFold(strings.TrimSpace(val), "true")
		case "qop":
			if strings.Contains(val, "auth") {
				c.qop = "auth"
			}
		}
	}
	if !strings.EqualFold(c.algorithm, "MD5") && !strings.EqualFold(c.algorithm, "SHA-256") {
		return nil
	}
	return c
}

func (c *credential) hash(s string) string {
	if strings.EqualFold(c.algorithm, "SHA-256") {
		h := sha256.Sum256([]byte(s))
		return hex.EncodeToString(h[:])
	}
	h := md5.Sum([]byte(s)) //nolint:gosec // see above
	return hex.EncodeToString(h[:])
}

// value is the Authorization value for the next request with these credentials.
func (c *credential) value(method, uri string) string {
	c.mu.Lock()
	c.nc++
	nc := fmt.Sprintf("%08x", c.nc)
	c.mu.Unlock()
	ha2 := c.hash(method + ":" + uri)
	out := fmt.Sprintf(`Digest username="%s", realm="%s", nonce="%s", uri="%s", algorithm=%s`, c.user, c.realm, c.nonce, uri, c.algorithm)
	if c.qop == "" {
		return out + `, response="` + c.hash(c.ha1+":"+c.nonce+":"+ha2) + `"`
	}
	cnonce := random()
	out += fmt.Sprintf(`, qop=auth, nc=%s, cnonce="%s", response="%s"`, nc, cnonce, c.hash(c.ha1+":"+c.nonce+":"+nc+":"+cnonce+":auth:"+ha2))
	if c.opaque != "" {
		out += `, opaque="` + c.opaque + `"`
	}
	return out
}
