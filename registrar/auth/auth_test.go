package auth

import (
	"crypto/md5"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"net/netip"
	"testing"
	"time"
)

func secrets(user, realm, pass string) Secrets {
	m, s := md5.Sum([]byte(user+":"+realm+":"+pass)), sha256.Sum256([]byte(user+":"+realm+":"+pass))
	var a [32]byte
	var b [64]byte
	hex.Encode(a[:], m[:])
	hex.Encode(b[:], s[:])
	return Secrets{MD5: &a, SHA256: &b}
}

// The example of RFC 7616 section 3.9.1, with both algorithms.
func TestRFC7616Example(t *testing.T) {
	s := secrets("Mufasa", "http-auth@example.org", "Circle of Life")
	for alg, response := range map[string]string{
		"MD5":     "8ca523f5e9506fed4657c9700eebdbec",
		"SHA-256": "753927fa0e85d155564e2e272a28d1802ca10daf4496794697cf8db5856cb6c1",
	} {
		v := fmt.Sprintf(`Digest username="Mufasa", realm="http-auth@example.org", uri="/dir/index.html", algorithm=%s, `+
			`nonce="7ypf/xlj9XXwfDPEoM4URrv/xwf94BcCAzFZH4GiTo0v", nc=00000001, cnonce="f2/wE4q74E6zIJEtWaHKaf5wv/H5QzzpXusqGemxURZJ", qop=auth, response="%s"`, alg, response)
		c, ok := Parse([]byte(v))
		if !ok || !c.Matches(s, []byte("GET")) {
			t.Errorf("%s: %v %+v", alg, ok, c)
		}
		if c.Matches(s, []byte("POST")) || c.Matches(secrets("Mufasa", "x", "y"), []byte("GET")) {
			t.Errorf("%s: accepts anything", alg)
		}
		if n := testing.AllocsPerRun(50, func() { c, _ = Parse([]byte(v)[:len(v)]); c.Matches(s, []byte("GET")) }); n > 2 {
			t.Errorf("%s: %v allocations", alg, n) // the conversions of the test itself
		}
	}
}

func TestRefusedCredentials(t *testing.T) {
	for _, v := range []string{"", "Digest", "Basic abc", `Digest username="a", nonce="b"`, `Digest username="a",nonce="b",response="c",qop=auth`,
		`Digest username="a",nonce="b",response="c",qop=auth-int,nc=00000001,cnonce="x"`, `Digest username="a",nonce="b",response="c",qop=auth,nc=xyz,cnonce="x"`,
		`Digest username="a",nonce="b",response="c",qop=auth,nc=000000001,cnonce="x"`, `Digest username="a",nonce="b",response="c",qop=auth,nc=00000000,cnonce="x"`} {
		if c, ok := Parse([]byte(v)); ok {
			t.Errorf("%q: accepted as %+v", v, c)
		}
	}
	c, ok := Parse([]byte(`Digest username="a",nonce="b",response="c",algorithm=MD5-sess`))
	if !ok || c.Matches(secrets("a", "b", "c"), nil) {
		t.Error("unknown algorithm matches")
	}
}

func TestNonce(t *testing.T) {
	n, now := NewNonces(), time.Unix(1800000000, 0)
	a, b := netip.MustParseAddr("192.0.2.1"), netip.MustParseAddr("192.0.2.2")
	one, two := n.Append(nil, a, now), n.Append(nil, a, now)
	if string(one) == string(two) {
		t.Fatal("two equal nonces")
	}
	check := func(nonce []byte, from netip.Addr, at time.Time, want Verdict) {
		t.Helper()
		if v, _ := n.Check(nonce, from, at, 5*time.Minute); v != want {
			t.Errorf("verdict %d, want %d", v, want)
		}
	}
	check(one, a, now.Add(5*time.Minute), Fresh)
	check(one, a, now.Add(5*time.Minute+time.Second), Expired)
	check(one, a, now.Add(-2*time.Minute), Expired)
	check(one, b, now, Foreign)
	one[3] ^= 1
	check(one, a, now, Foreign)
	check([]byte("short"), a, now, Foreign)
	if v, _ := NewNonces().Check(two, a, now, time.Minute); v != Foreign {
		t.Error("another key's nonce accepted")
	}
}

func FuzzParse(f *testing.F) {
	f.Add([]byte(`Digest username="a", realm="r", nonce="n", uri="sip:x", response="0", algorithm=SHA-256, cnonce="c", nc=00000001, qop="auth"`))
	f.Add([]byte("Digest ,,, username=\"\\\"\", nonce=,response=\"\r\n x\""))
	s := secrets("a", "b", "c")
	n := NewNonces()
	f.Fuzz(func(t *testing.T, v []byte) {
		if c, ok := Parse(v); ok {
			if c.Matches(s, []byte("REGISTER")) {
				t.Fatal("guessed")
			}
			if got, _ := n.Check(c.Nonce, netip.IPv4Unspecified(), time.Unix(0, 0), time.Minute); got != Foreign {
				t.Fatal("forged")
			}
		}
	})
}
