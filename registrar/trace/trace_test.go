package trace

import (
	"bytes"
	"encoding/binary"
	"errors"
	"net/netip"
	"strings"
	"testing"
	"time"
)

var (
	server = netip.MustParseAddrPort("10.0.0.1:5060")
	phoneA = netip.MustParseAddrPort("10.0.0.7:5060")
	phoneB = netip.MustParseAddrPort("[2001:db8::8]:5062")
)

func message(lines ...string) []byte { return []byte(strings.Join(lines, "\r\n")) }

func register(user string) []byte {
	return message("REGISTER sip:acme.example SIP/2.0", "Via: SIP/2.0/UDP 10.0.0.7:5060;branch=z9hG4bK1", "From: <sip:"+user+"@acme.example>;tag=1",
		"To: <sip:"+user+"@acme.example>", "Call-ID: reg1", "CSeq: 2 REGISTER",
		`Authorization: Digest username="`+user+`", realm="acme.example", nonce="abcdefghSECRETNONCE", uri="sip:acme.example",`,
		` response="0123456789abcdef0123456789abcdef", cnonce = "12345678SECRETC", nc=00000001, qop=auth`, "Content-Length: 0", "", "")
}

func TestMask(t *testing.T) {
	for _, c := range []struct {
		in     []byte
		gone   []string
		stands []string
	}{
		{register("d1"), []string{"SECRETNONCE", "0123456789abcdef", "SECRETC"}, []string{`username="d1"`, `nonce="abcdefgh****`, "nc=00000001", "Content-Length: 0"}},
		{message("SIP/2.0 401 Unauthorized", `WWW-Authenticate: Digest realm="a", nonce="12345678ZZSECRET", opaque="87654321ZZSECRET", qop="auth"`, "", ""), []string{"ZZSECRET"}, []string{`realm="a"`, `qop="auth"`}},
		{message("PUBLISH sip:a SIP/2.0", "proxy-AUTHORIZATION:Digest response=deadbeef,nonce=\"x\"", "", ""), []string{"deadbeef"}, []string{`nonce="x"`}},
		{message("INVITE sip:a SIP/2.0", "c: application/sdp", "", "v=0", "a=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:SECRETKEY|2^20", "a=ice-pwd:SECRETPWD", "k=clear:SECRETK", "m=audio 1 RTP/SAVP 0"),
			[]string{"SECRET"}, []string{"AES_CM_128_HMAC_SHA1_80 inline:***", "m=audio 1"}},
		{message("INVITE sip:a SIP/2.0", "Content-Type: multipart/mixed;boundary=x", "", "--x", "", "a=crypto:1 A inline:SECRETKEY"), []string{"SECRET"}, nil},
		{message("INFO sip:a SIP/2.0", "Content-Type: application/dtmf-relay", "", "Signal=5", "Duration=160"), []string{"Signal=5"}, []string{"Signal=*", "Duration=160"}},
		{message("INFO sip:a SIP/2.0", "Content-Type: application/dtmf", "", "7"), []string{"\r\n\r\n7"}, nil},
		{message("NOTIFY sip:a SIP/2.0", "Content-Type: application/url", "", "http://h/p/~abcdef23/x.cfg"), []string{"abcdef23"}, []string{"/p/~********/x.cfg"}},
		{[]byte("no SIP at all"), nil, []string{"no SIP at all"}},
		{message("SIP/2.0 401 U", `WWW-Authenticate: Digest nonce="12345678SECRET`), []string{"SECRET"}, nil},
	} {
		got := string(Mask(c.in))
		if len(got) != len(c.in) {
			t.Errorf("the length changed: %q", got)
		}
		for _, w := range c.gone {
			if strings.Contains(got, w) {
				t.Errorf("%q is still in %q", w, got)
			}
		}
		for _, w := range c.stands {
			if !strings.Contains(got, w) {
				t.Errorf("%q is not in %q", w, got)
			}
		}
	}
}

type clock struct{ at time.Time }

func newTracer(c *clock) *Tracer {
	return New(func() time.Time { return c.at }, func(a netip.AddrPort, _ string) string {
		if a == phoneB {
			return "d2"
		}
		return ""
	})
}

func (t *Tracer) see(in bool, remote netip.AddrPort, data []byte) {
	t.Tap(Packet{In: in, Local: server, Remote: remote, Transport: "udp", Data: data})
}

func TestWhoIsTraced(t *testing.T) {
	c := &clock{time.Unix(1000, 0)}
	tr := newTracer(c)
	tr.see(true, phoneA, register("d1"))
	info, err := tr.Start(Subject{Name: "d1", Accounts: []string{"d1"}}, "ada", time.Minute, 2)
	if err != nil {
		t.Fatal(err)
	}
	call, err := tr.Start(Subject{Name: "call", CallIDs: []string{"reg1"}}, "ada", time.Minute, 2)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := tr.Start(Subject{Accounts: []string{"d1"}}, "", time.Minute, 2); !errors.Is(err, ErrTooMany) {
		t.Error("a third of two:", err)
	}
	if _, err := tr.Start(Subject{}, "", time.Minute, 9); !errors.Is(err, ErrNobody) {
		t.Error("nobody:", err)
	}
	tr.see(true, phoneA, register("d1"))
	tr.see(false, phoneA, register("d3")) // of another; of the same Call-ID
	tr.see(true, phoneB, register("d1"))  // what is said of d1 by the phone of d2
	_, of, _ := tr.Get(info.ID)
	_, in, _ := tr.Get(call.ID)
	if len(of) != 1 || len(in) != 3 || strings.Contains(string(of[0].Data), "SECRET") || !of[0].In || in[1].In {
		t.Errorf("%d and %d: %+v", len(of), len(in), of)
	}
	c.at = c.at.Add(time.Minute)
	tr.see(true, phoneA, register("d1"))
	if got, of, _ := tr.Get(info.ID); got.Running || len(of) != 1 || tr.On() {
		t.Error("it goes on after its end")
	}
	if !tr.Delete(info.ID) || tr.Delete(info.ID) || tr.Stop(info.ID) || !tr.Stop(call.ID) {
		t.Error("delete and stop")
	}
	c.at = c.at.Add(kept + time.Second)
	if len(tr.List()) != 0 {
		t.Error("kept for ever")
	}
}

func TestBounds(t *testing.T) {
	c := &clock{time.Unix(1000, 0)}
	tr := newTracer(c)
	info, _ := tr.Start(Subject{Accounts: []string{"d1"}}, "", time.Minute, 2)
	for range MaxMessages + 5 {
		tr.see(true, phoneA, register("d1"))
	}
	if got, list, _ := tr.Get(info.ID); len(list) != MaxMessages || got.Dropped != 5 || got.Messages != MaxMessages {
		t.Errorf("%+v, %d", got, len(list))
	}
	big := append(register("d1"), make([]byte, maxBytes/2)...)
	for range 3 {
		tr.see(true, phoneA, big)
	}
	if _, list, _ := tr.Get(info.ID); len(list) != 1 {
		t.Errorf("%d big ones", len(list))
	}
}

func TestLadder(t *testing.T) {
	at := time.Date(2026, 1, 2, 3, 4, 5, 6e6, time.UTC)
	messages := []Message{
		{At: at, In: true, Local: server, Remote: phoneA, Transport: "udp", Data: message("INVITE sip:102@acme.example SIP/2.0", "CSeq: 1 INVITE", "", "")},
		{At: at, Local: server, Remote: phoneB, Transport: "tcp", Data: message("SIP/2.0 180 Ringing", "CSeq: 1 INVITE", "", "")},
		{At: at, Local: server, Remote: phoneB, Transport: "tcp", Data: []byte("\x00\x01\r\n")},
		{At: at, Local: server, Remote: phoneA, Transport: "tcp"},
	}
	got := Ladder(Info{Subject: Subject{Name: "desk 1"}, Started: at, Ends: at, Dropped: 2}, messages)
	for _, want := range []string{"Trace of desk 1", "2 older", "03:04:05.006  <", "- INVITE sip:102@acme.example -", " 180 Ringing (1 INVITE) -", ">  tcp", phoneA.String(), phoneB.String(), "0 bytes"} {
		if !strings.Contains(got, want) {
			t.Errorf("%q is not in\n%s", want, got)
		}
	}
	if strings.ContainsAny(got, "\x00\x01") {
		t.Errorf("%q", got)
	}
}

func TestPcap(t *testing.T) {
	at := time.Unix(1700000000, 123456000)
	a := Message{At: at, In: true, Local: server, Remote: phoneA, Data: []byte("hello")}
	b := Message{At: at, Local: netip.MustParseAddrPort("[2001:db8::1]:5060"), Remote: phoneB, Data: []byte("odd")}
	out := Pcap([]Message{a, b, {Local: server, Remote: phoneA, Data: make([]byte, 70000)}})
	if binary.LittleEndian.Uint32(out) != pcapMagic || binary.LittleEndian.Uint32(out[20:]) != linkRaw {
		t.Fatal("file header")
	}
	first := out[24:]
	if binary.LittleEndian.Uint32(first) != 1700000000 || binary.LittleEndian.Uint32(first[4:]) != 123456 || binary.LittleEndian.Uint32(first[8:]) != 33 {
		t.Error("packet header")
	}
	ip := first[16:49]
	if checksum(ip[:20]) != 0 || !bytes.Equal(ip[28:], []byte("hello")) || !bytes.Equal(ip[12:20], []byte{10, 0, 0, 7, 10, 0, 0, 1}) || binary.BigEndian.Uint16(ip[20:]) != 5060 {
		t.Errorf("% x", ip)
	}
	six := first[49+16:]
	six = six[:40+8+3]
	pseudo := append(append([]byte(nil), six[8:40]...), 0, 0, six[44], six[45], 0, 0, 0, 17)
	if six[0]>>4 != 6 || checksum(append(pseudo, six[40:]...)) != 0 {
		t.Errorf("% x", six)
	}
}

func FuzzMask(f *testing.F) {
	f.Add(register("d1"))
	f.Add(message("INVITE sip:a SIP/2.0", "Authorization: Digest a=\"\\", "", "a=crypto:inline:"))
	f.Fuzz(func(t *testing.T, b []byte) {
		if got := Mask(b); len(got) != len(b) {
			t.Fatal("the length changed")
		}
		_ = Ladder(Info{}, []Message{{Data: b, Remote: phoneA}})
	})
}
