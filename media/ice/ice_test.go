package ice

import (
	"bytes"
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"net/netip"
	"strings"
	"testing"
)

var (
	four = netip.MustParseAddrPort("192.0.2.1:32853")
	six  = netip.MustParseAddrPort("[2001:db8:1234:5678:11:2233:4455:6677]:32853")
)

// Of the sample request in RFC 5769 section 2.1.
const (
	sampleUser     = "evtj:h6vY"
	samplePassword = "VOkJxbRl1RmTxUk/WvJxBt"
)

func check(c Credentials, kinds ...uint16) []byte {
	var id [12]byte
	copy(id[:], "transaction!")
	b := begin(nil, bindingRequest, id)
	b = attribute(b, attrUsername, []byte(c.User+":them"))
	for _, k := range kinds {
		b = attribute(b, k, []byte{0, 0, 0, 1})
	}
	return finish(b, c.Password)
}

func TestChecks(t *testing.T) {
	c := NewCredentials()
	if len(c.User) < 4 || len(c.Password) < 22 {
		t.Fatalf("%d and %d characters", len(c.User), len(c.Password))
	}
	a := NewAgent(c)
	other := Credentials{c.User, "another password of its length"}
	for _, x := range []struct {
		what string
		b    []byte
		want Verdict
		code int
	}{
		{"valid", check(c, attrPriority), Valid, 0}, {"nominated", check(c, attrUseCandidate, 0x802a), Nominated, 0},
		{"both controlled", check(c, attrControlled), Answered, 487}, {"unknown", check(c, 0x7777), Answered, 420},
		{"another password", check(other), Ignored, 0}, {"another user", check(Credentials{"nobody", c.Password}), Ignored, 0},
	} {
		for _, from := range []netip.AddrPort{four, six} {
			answer, v := a.Check(x.b, from)
			if v != x.want || (answer != nil) != (v != Ignored) {
				t.Errorf("%s: %v % x", x.what, v, answer)
				continue
			}
			if v == Ignored {
				continue
			}
			judge(t, x.what, answer, c, from, x.code)
		}
	}
}

// judge reads an answer as the other side does.
func judge(t *testing.T, what string, b []byte, c Credentials, from netip.AddrPort, code int) {
	t.Helper()
	kind := uint16(bindingSuccess)
	if code > 0 {
		kind = bindingError
	}
	if !Is(b) || binary.BigEndian.Uint16(b) != kind || string(b[8:20]) != "transaction!" || int(binary.BigEndian.Uint16(b[2:])) != len(b)-headerLen {
		t.Fatalf("%s: % x", what, b)
	}
	seen := map[uint16]bool{}
	for at := headerLen; at < len(b); {
		k, n := binary.BigEndian.Uint16(b[at:]), int(binary.BigEndian.Uint16(b[at+2:]))
		v := b[at+4 : at+4+n]
		seen[k] = true
		switch k {
		case attrXORMapped:
			if got := uncover(v, b[4:20]); got != from {
				t.Errorf("%s: mapped %v, want %v", what, got, from)
			}
		case attrErrorCode:
			if got := int(v[2])*100 + int(v[3]); got != code {
				t.Errorf("%s: code %d, want %d", what, got, code)
			}
		case attrIntegrity:
			if !bytes.Equal(v, integrity(b[:at], c.Password)) {
				t.Errorf("%s: not signed", what)
			}
		case attrFingerprint:
			if binary.BigEndian.Uint32(v) != crc(b[:at]) || at+8 != len(b) {
				t.Errorf("%s: no fingerprint", what)
			}
		}
		at += 4 + (n+3)&^3
	}
	if !seen[attrIntegrity] || !seen[attrFingerprint] || seen[attrXORMapped] != (code == 0) || seen[attrUnknown] != (code == 420) {
		t.Errorf("%s: holds %v", what, seen)
	}
}

func uncover(v, cover []byte) netip.AddrPort {
	ip := bytes.Clone(v[4:])
	for i := range ip {
		ip[i] ^= cover[i]
	}
	a, _ := netip.AddrFromSlice(ip)
	return netip.AddrPortFrom(a, binary.BigEndian.Uint16(v[2:])^cookie>>16)
}

// The hash and the checksum are those of the RFC's sample (RFC 5769 section 2.1).
func TestSampleOfTheRFC(t *testing.T) {
	b, err := hex.DecodeString(strings.Join(strings.Fields(`00010058 2112a442 b7e7a701 bc34d686 fa87dfae 80220010 5354554e 20746573 7420636c 69656e74
		00240004 6e0001ff 80290008 932ff9b1 51263b36 00060009 6576746a 3a683676 59202020 00080014 9aeaa70c bfd8cb56 781ef2b5 b2d3f249 c1b571a2 80280004 e57a3bcf`), ""))
	if err != nil {
		t.Fatal(err)
	}
	r, ok := parse(b)
	if !ok || !r.printed || r.username != sampleUser || !r.authentic(b, samplePassword) || r.authentic(b, samplePassword+"x") || !r.controlled {
		t.Errorf("%v %+v", ok, r)
	}
}

func TestRestart(t *testing.T) {
	first, second := NewCredentials(), NewCredentials()
	a := NewAgent(first)
	a.Restart(first)
	a.Restart(second)
	try := func(what string, c Credentials, want Verdict) {
		t.Helper()
		if _, v := a.Check(check(c), four); v != want {
			t.Errorf("%s: %v", what, v)
		}
	}
	try("the old ones, for a while", first, Valid)
	try("the new ones", second, Valid)
	try("the old ones, afterwards", first, Ignored)
}

func TestNotChecks(t *testing.T) {
	c := NewCredentials()
	a := NewAgent(c)
	good := check(c)
	bend := func(f func([]byte) []byte) []byte { return f(bytes.Clone(good)) }
	for what, b := range map[string][]byte{
		"empty": nil, "header only": good[:20], "cut": good[:len(good)-1],
		"indication": bend(func(b []byte) []byte { b[1] = 0x11; return b }), "a bit turned": bend(func(b []byte) []byte { b[30] ^= 1; return b }),
		"cookie": bend(func(b []byte) []byte { b[4] ^= 1; return b }), "length": bend(func(b []byte) []byte { b[3] += 4; return b }),
		"behind the end": append(bytes.Clone(good), 0x80, 0x22, 0, 0), "no fingerprint": bend(func(b []byte) []byte {
			b = b[:len(b)-8]
			b[3] -= 8
			return b
		}), "too long": append(bytes.Clone(good), make([]byte, maxSize)...), "an attribute past the end": bend(func(b []byte) []byte { b[23] = 200; return b }),
	} {
		if answer, v := a.Check(b, four); v != Ignored || answer != nil {
			t.Errorf("%s: %v", what, v)
		}
	}
	if s := fmt.Sprintf("%v %+v %#v", c, c, c); strings.Contains(s, c.Password) {
		t.Errorf("printed: %s", s)
	}
}

func FuzzCheck(f *testing.F) {
	c := Credentials{"user", "password of twenty-two"}
	f.Add(check(c))
	f.Add(check(c, attrUseCandidate))
	f.Add(check(c, 0x7777))
	f.Fuzz(func(t *testing.T, b []byte) {
		a := NewAgent(c)
		answer, v := a.Check(b, six)
		if (answer != nil) != (v != Ignored) || len(answer) > 200 {
			t.Errorf("%v % x", v, answer)
		}
	})
}
