package auth

import (
	"crypto/md5" //nolint:gosec // what phones speak
	"crypto/sha256"
	"encoding/hex"
	"strings"
	"testing"
)

// TestAnswer: what we answer as a client we take as a server.
func TestAnswer(t *testing.T) {
	const user, realm, password, uri = "ph-1", "phone", "s3cret", "sip:ph-1@127.0.0.7:5060"
	m := md5.Sum([]byte(user + ":" + realm + ":" + password)) //nolint:gosec // see above
	s := sha256.Sum256([]byte(user + ":" + realm + ":" + password))
	var secrets Secrets
	secrets.MD5, secrets.SHA256 = new([32]byte), new([64]byte)
	hex.Encode(secrets.MD5[:], m[:])
	hex.Encode(secrets.SHA256[:], s[:])
	for _, value := range []string{
		`Digest realm="phone", nonce="abc"`,
		`Digest realm="phone",nonce="abc", qop="auth,auth-int", opaque="x", stale=TRUE`,
		`digest algorithm=SHA-256, realm="phone", nonce="abc", qop="auth"`,
		`Digest realm="phone", nonce="abc", algorithm=MD5, qop=auth`,
	} {
		c, ok := ParseChallenge(value)
		if !ok {
			t.Errorf("%s: not understood", value)
			continue
		}
		got, ok := Parse([]byte(c.Answer(user, password, "NOTIFY", uri)))
		if !ok || !got.Matches(secrets, []byte("NOTIFY")) || string(got.URI) != uri || strings.Contains(value, "qop") != (len(got.QOP) > 0) {
			t.Errorf("%s: %+v", value, got)
		}
		if wrong, _ := Parse([]byte(c.Answer(user, "other", "NOTIFY", uri))); wrong.Matches(secrets, []byte("NOTIFY")) {
			t.Errorf("%s: another password passes", value)
		}
	}
	for _, value := range []string{"", "Basic realm=\"x\"", "Digest", `Digest realm="x"`, `Digest nonce="x", algorithm=SHA-512`, `Digest nonce="x", qop="auth-int"`} {
		if c, ok := ParseChallenge(value); ok {
			t.Errorf("%q: %+v", value, c)
		}
	}
}

func FuzzParseChallenge(f *testing.F) {
	f.Add(`Digest realm="phone", nonce="abc", qop="auth,auth-int", opaque="x"`)
	f.Add(`digest nonce="a\"b`)
	f.Fuzz(func(t *testing.T, value string) {
		if c, ok := ParseChallenge(value); ok && strings.ContainsAny(c.Answer("u", "p", "NOTIFY", "sip:x"), "\r\n") {
			t.Errorf("%q makes a header of its own", value)
		}
	})
}
