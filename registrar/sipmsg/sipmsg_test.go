package sipmsg

import (
	"bytes"
	"net/netip"
	"strings"
	"testing"
)

const plain = "REGISTER sip:acme.example SIP/2.0\r\nVia: SIP/2.0/UDP 10.0.0.1:5060;branch=z9hG4bK1;rport\r\n" +
	"From: <sip:a1@acme.example>;tag=f\r\nTo: \"A, B\" <sip:a1@acme.example>\r\nCall-ID: c1\r\nCSeq: 7 REGISTER\r\n" +
	"Contact: <sip:a1@10.0.0.1;line=x>;q=0.5, <sip:b@c>\r\nm: sip:d@e;expires=5\r\nExpires: 600\r\nContent-Length: 0\r\n\r\n"

func TestParse(t *testing.T) {
	var m Message
	if f := Parse([]byte(plain), &m); f != Fine {
		t.Fatalf("fault %d", f)
	}
	if string(m.Method) != "REGISTER" || m.CSeq != 7 || m.Expires != 600 || string(m.CallID) != "c1" {
		t.Fatalf("%+v", m)
	}
	var contacts []string
	m.EachContact(func(v []byte) bool { contacts = append(contacts, string(v)); return true })
	want := "<sip:a1@10.0.0.1;line=x>;q=0.5|<sip:b@c>|sip:d@e;expires=5"
	if got := strings.Join(contacts, "|"); got != want {
		t.Fatalf("contacts %s", got)
	}
	a, ok := ParseAddress([]byte(contacts[0]))
	if q, _ := Param(a.Params, "q"); !ok || string(a.URI) != "sip:a1@10.0.0.1;line=x" || string(q) != "0.5" {
		t.Fatalf("%s %s", a.URI, a.Params)
	}
	if string(User(m.To[len(`"A, B" <`):])) != "a1" {
		t.Fatalf("user %s", User(m.To))
	}
}

func TestParseDoesNotAllocate(t *testing.T) {
	b := []byte(plain)
	var m Message
	out := make([]byte, 0, 2048)
	src := netip.MustParseAddrPort("192.0.2.1:1024")
	if n := testing.AllocsPerRun(100, func() {
		Parse(b, &m)
		out = AppendEnd(AppendAnswer(out[:0], &m, 200, "OK", src, []byte("t")))
	}); n > 0 {
		t.Fatalf("%v allocations", n)
	}
}

func TestAnswerNamesTheRealSource(t *testing.T) {
	for _, via := range []string{"SIP/2.0/UDP 10.0.0.1:5060;branch=z9hG4bK1;rport", "SIP/2.0/UDP 10.0.0.1:5060;branch=z9hG4bK1",
		"SIP/2.0/UDP 10.0.0.1:5060;rport=9;received=1.2.3.4;branch=z9hG4bK1", "SIP  / 2.0 /\r\n UDP   10.0.0.1:5060 ;branch = z9hG4bK1"} {
		var m Message
		if f := Parse([]byte(strings.Replace(plain, "SIP/2.0/UDP 10.0.0.1:5060;branch=z9hG4bK1;rport", via+", SIP/2.0/UDP p;branch=z", 1)), &m); f != Fine {
			t.Fatalf("%q: fault %d", via, f)
		}
		got := string(AppendAnswer(nil, &m, 200, "OK", netip.MustParseAddrPort("192.0.2.1:1024"), []byte("tt")))
		if want := "Via: SIP/2.0/UDP 10.0.0.1:5060;branch=z9hG4bK1;received=192.0.2.1;rport=1024, SIP/2.0/UDP p;branch=z\r\n"; !strings.Contains(got, want) {
			t.Errorf("%q: %s", via, got)
		}
		if !strings.Contains(got, "To: \"A, B\" <sip:a1@acme.example>;tag=tt\r\n") {
			t.Errorf("no tag in %s", got)
		}
		forced := ForceRport(nil, &m)
		if !bytes.Contains(forced, []byte("Via: SIP/2.0/UDP 10.0.0.1:5060;branch=z9hG4bK1;rport, SIP/2.0/UDP p;branch=z\r\n")) {
			t.Errorf("%q: %s", via, forced)
		}
		if f := Parse(forced, &m); f != Fine || m.CSeq != 7 {
			t.Errorf("forced message: fault %d", f)
		}
	}
}

func TestFaults(t *testing.T) {
	for name, c := range map[string]struct {
		old, new string
		fault    Fault
	}{
		"version":          {"example SIP/2.0\r", "example SIP/7.0\r", BadVersion},
		"trailing blank":   {"example SIP/2.0\r", "example SIP/2.0 \r", BadRequestLine},
		"blank in uri":     {"sip:acme.example SIP", "sip:acme .example SIP", BadRequestLine},
		"two blanks":       {"REGISTER sip:", "REGISTER  sip:", BadRequestLine},
		"brackets":         {"sip:acme.example SIP", "<sip:acme.example> SIP", BadRequestLine},
		"scheme":           {"REGISTER sip:", "REGISTER nobody:", UnknownScheme},
		"headers in uri":   {"sip:acme.example SIP", "sip:acme.example?Route=%3C SIP", BadRequestLine},
		"length too big":   {"Content-Length: 0", "Content-Length: 9", BadLength},
		"negative length":  {"Content-Length: 0", "Content-Length: -9", BadLength},
		"two lengths":      {"Content-Length: 0", "Content-Length: 0\r\nl: 1", BadLength},
		"two From":         {"Call-ID", "f: <sip:x@y>;tag=1\r\nCall-ID", Repeated},
		"no Call-ID":       {"Call-ID", "X-ID", Missing},
		"no Via":           {"Via:", "X-Via:", Missing},
		"CSeq method":      {"7 REGISTER", "7 INVITE", Mismatch},
		"CSeq large":       {"7 REGISTER", "36893488147419103232 REGISTER", BadHeader},
		"CSeq above 2^31":  {"7 REGISTER", "2147483648 REGISTER", BadHeader},
		"Expires large":    {"Expires: 600", "Expires: 10000000000000000000", BadHeader},
		"Max-Forwards":     {"Expires: 600", "Max-Forwards: 300", BadHeader},
		"quote open":       {"To: \"A, B\"", "To: \"A, B", BadAddress},
		"display no token": {"To: \"A, B\"", "To: A, B", BadAddress},
		"blank in address": {"<sip:a1@acme.example>;tag", "<sip:a1 @acme.example>;tag", BadAddress},
		"empty params":     {";tag=f", ";;,;,,", BadAddress},
		"via params":       {";branch=z9hG4bK1;rport", ";;,;,,", BadHeader},
		"no colon":         {"Expires: 600", "Expires 600", BadHeader},
		"no end":           {"\r\n\r\n", "\r\n", Junk},
		"bare LF":          {"SIP/2.0\r\nVia", "SIP/2.0\nVia", Junk},
	} {
		var m Message
		if f := Parse([]byte(strings.Replace(plain, c.old, c.new, 1)), &m); f != c.fault {
			t.Errorf("%s: fault %d, want %d", name, f, c.fault)
		}
	}
}

func TestDropHeaders(t *testing.T) {
	for in, want := range map[string]string{
		"sip:a@b;line=1":               "sip:a@b;line=1",
		"sip:a@b?Route=%3Csip:x@y%3E":  "sip:a@b",
		"sip:b?Subject=x":              "sip:b",
		"sip:a?b@c:5060;x?Via=SIP/2.0": "sip:a?b@c:5060;x",
	} {
		if got := DropHeaders(in); got != want {
			t.Errorf("%s: %s", in, got)
		}
	}
}

func FuzzParse(f *testing.F) {
	f.Add([]byte(plain))
	f.Add([]byte("SIP/2.0 200 OK\r\nv: SIP/2.0/UDP x;branch=z9hG4bK\r\nf:<sip:a@b>;tag=1\r\nt:sip:c@d\r\ni:x\r\nCSeq: 1 INVITE\r\n\r\n"))
	f.Add([]byte("OPTIONS sip:a SIP/2.0\r\nVia:SIP / 2.0\r\n /UDP [::1] ; branch = \"a;b\",x\r\nTo: <sip:a@b\r\n\r\n"))
	f.Fuzz(func(t *testing.T, b []byte) {
		var m Message
		fault := Parse(b, &m)
		m.EachContact(func(v []byte) bool { ParseAddress(v); return true })
		if fault == Junk || !m.Answerable() {
			return
		}
		src := netip.MustParseAddrPort("192.0.2.1:1024")
		out := AppendEnd(AppendAnswer(nil, &m, 200, "OK", src, []byte("t")))
		var back Message
		if bf := Parse(out, &back); fault == Fine && bf != Fine {
			t.Fatalf("answer does not parse (%d): %q to %q", bf, out, b)
		}
		if fault == Fine {
			if ff := Parse(ForceRport(nil, &m), &back); ff != Fine {
				t.Fatalf("with rport: fault %d in %q", ff, b)
			}
		}
	})
}
