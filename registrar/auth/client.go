package auth

import (
	"crypto/md5" //nolint:gosec // what phones speak
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"strings"

	"cradle/registrar/sipmsg"
)

// Challenge is what a phone wants credentials for (RFC 7616, 3.3).
type Challenge struct {
	Realm, Nonce, Opaque string
	Algorithm            Algorithm
	QOP                  bool // the phone offers "auth"
}

// ParseChallenge reads a WWW-Authenticate or Proxy-Authenticate value. It is
// false where we cannot answer it.
func ParseChallenge(value string) (c Challenge, ok bool) {
	v := sipmsg.Trim([]byte(value))
	if len(v) < 7 || !sipmsg.EqualFold(v[:6], "digest") {
		return c, false
	}
	c.Algorithm = MD5
	onlyOther := false
	for v = v[6:]; len(v) > 0; {
		var one []byte
		one, v = sipmsg.NextValue(v)
		name, text, found := strings.Cut(string(one), "=")
		if !found {
			continue
		}
		text = string(sipmsg.Unquote(sipmsg.Trim([]byte(text))))
		switch strings.ToLower(strings.TrimSpace(name)) {
		case "realm":
			c.Realm = text
		case "nonce":
			c.Nonce = text
		case "opaque":
			c.Opaque = text
		case "algorithm":
			c.Algorithm = algorithm([]byte(text))
		case "qop":
			c.QOP = offers(text)
			onlyOther = !c.QOP
		}
	}
	quoted := strings.ContainsAny(c.Realm+c.Nonce+c.Opaque, "\"\\\r\n")
	return c, c.Nonce != "" && c.Algorithm != Unknown && !onlyOther && !quoted
}

func offers(qop string) bool {
	for one := range strings.SplitSeq(qop, ",") {
		if strings.EqualFold(strings.TrimSpace(one), "auth") {
			return true
		}
	}
	return false
}

// Answer is the Authorization value for one request of ours.
func (c Challenge) Answer(user, password, method, uri string) string {
	ha1 := c.hash(user + ":" + c.Realm + ":" + password)
	ha2 := c.hash(method + ":" + uri)
	out := fmt.Sprintf(`Digest username="%s", realm="%s", nonce="%s", uri="%s", algorithm=%s`, user, c.Realm, c.Nonce, uri, c.Algorithm)
	if c.Opaque != "" {
		out += fmt.Sprintf(`, opaque="%s"`, c.Opaque)
	}
	if !c.QOP {
		return out + fmt.Sprintf(`, response="%s"`, c.hash(ha1+":"+c.Nonce+":"+ha2))
	}
	const count = "00000001" // a nonce is used once
	cnonce := strings.ToLower(rand.Text()[:16])
	return out + fmt.Sprintf(`, qop=auth, nc=%s, cnonce="%s", response="%s"`, count, cnonce,
		c.hash(strings.Join([]string{ha1, c.Nonce, count, cnonce, "auth", ha2}, ":")))
}

func (c Challenge) hash(s string) string {
	if c.Algorithm == SHA256 {
		sum := sha256.Sum256([]byte(s))
		return hex.EncodeToString(sum[:])
	}
	sum := md5.Sum([]byte(s)) //nolint:gosec // see above
	return hex.EncodeToString(sum[:])
}
