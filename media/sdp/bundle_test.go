package sdp

import (
	"strings"
	"testing"
)

const (
	group   = "v=0\r\na=group:BUNDLE s p\r\n"
	secrets = "a=ice-ufrag:abcd\r\na=ice-pwd:0123456789012345678901\r\na=fingerprint:sha-256 AB:CD\r\na=setup:actpass\r\n"
	sound   = "m=audio 4000 UDP/TLS/RTP/SAVPF 0\r\nc=IN IP4 192.0.2.1\r\na=mid:s\r\na=rtcp-mux\r\n"
	inner   = "m=video 0 UDP/TLS/RTP/SAVPF 96\r\nc=IN IP4 0.0.0.0\r\na=rtpmap:96 VP8/90000\r\na=mid:p\r\na=bundle-only\r\n"
)

// Who is in a bundle has its transport, whatever it says of one of its own; who is not keeps its own.
func TestUnite(t *testing.T) {
	for _, c := range []struct {
		what, body string
		in         [2]bool
		port       int // of the second line
	}{
		{"bundle-only", group + sound + secrets + inner, [2]bool{true, true}, 4000},
		{"its own port as well", group + sound + secrets + strings.Replace(inner, "video 0", "video 5000", 1) + "a=ice-ufrag:efgh\r\n", [2]bool{true, true}, 4000},
		{"the pictures come first", strings.Replace(group, "s p", "p s", 1) + strings.Replace(sound, "audio 4000", "audio 4002", 1) + "a=bundle-only\r\n" +
			strings.Replace(inner, "video 0", "video 4000", 1) + "a=rtcp-mux\r\n" + secrets, [2]bool{true, true}, 4000},
		{"off", group + sound + secrets + strings.Replace(inner, "a=bundle-only\r\n", "", 1), [2]bool{true, false}, 0},
		{"no group", "v=0\r\n" + sound + secrets + inner, [2]bool{}, 0},
		{"another group", "v=0\r\na=group:LS s p\r\n" + sound + secrets + inner, [2]bool{}, 0},
		{"not named", strings.Replace(group, "s p", "s", 1) + sound + secrets + inner, [2]bool{true, false}, 0},
		{"no ICE", group + sound + strings.Replace(secrets, "a=ice-ufrag:abcd\r\n", "", 1) + inner, [2]bool{}, 0},
		{"no certificate", group + sound + "a=ice-ufrag:abcd\r\n" + inner, [2]bool{}, 0},
		{"no rtcp-mux", group + strings.Replace(sound, "a=rtcp-mux\r\n", "", 1) + secrets + inner, [2]bool{}, 0},
		{"the first is off", group + strings.Replace(sound, "4000", "0", 1) + secrets + inner, [2]bool{}, 0},
		{"the first is not there", strings.Replace(group, "s p", "x s p", 1) + sound + secrets + inner, [2]bool{}, 0},
	} {
		d, err := Parse([]byte(c.body))
		if err != nil {
			t.Fatalf("%s: %v", c.what, err)
		}
		d.Unite()
		if got := [2]bool{d.Bundled(0), d.Bundled(1)}; got != c.in {
			t.Errorf("%s: in the bundle %v, want %v", c.what, got, c.in)
		}
		s, p := &d.Media[0], &d.Media[1]
		if p.Port != c.port {
			t.Errorf("%s: port %d, want %d", c.what, p.Port, c.port)
		}
		if c.in[1] && (p.ICE != s.ICE || p.ICE.User != "abcd" || len(p.Prints) != 1 || len(s.Prints) != 1 || p.Setup != ActPass || p.Zero || p.Hold() || !p.Mux || s.Port != 4000 || p.Addr != s.Addr) {
			t.Errorf("%s: %+v beside %+v", c.what, p, s)
		}
	}
}

// What a bundle is told is read back as one; of feedback only what the line has is told.
func TestBundleThereAndBack(t *testing.T) {
	d, err := Parse([]byte(group + sound + secrets + inner + "a=rtcp-fb:96 nack pli\r\na=rtcp-fb:* ccm fir\r\na=rtcp-fb:96 transport-cc\r\na=rtcp-fb:97 nack\r\n"))
	if err != nil {
		t.Fatal(err)
	}
	seal := d.Media[0].Prints
	for _, only := range []bool{true, false} {
		body := Append(nil, here, d.Media,
			Line{Port: 20000, From: &d.Media[0], Mux: true, Bundled: true, Prints: seal, Setup: Passive, ICE: ICE{User: "abcd", Password: "0123456789012345678901"}},
			Line{Port: 20000, From: &d.Media[1], Mux: true, Bundled: true, Only: only})
		got, err := Parse(body)
		if err != nil {
			t.Fatal(err)
		}
		p := &got.Media[1]
		if (p.Port == 0) != only || p.Only != only || p.ICE.User != "" || len(p.Prints) != 0 || len(p.Feedback) != 2 {
			t.Errorf("only %v:\n%s", only, body)
		}
		got.Unite()
		if strings.Join(got.Bundle, " ") != "s p" || !got.Bundled(0) || !got.Bundled(1) || p.Port != 20000 || p.ICE.User != "abcd" {
			t.Errorf("only %v: %+v\n%s", only, p, body)
		}
		// Where the second line tells of the transport it is named first.
		body = Append(nil, here, d.Media, Line{Port: 20000, From: &d.Media[0], Mux: true, Bundled: true},
			Line{Port: 20000, From: &d.Media[1], Mux: true, Bundled: true, Prints: seal, Setup: Passive, ICE: ICE{User: "abcd", Password: "0123456789012345678901"}})
		if !strings.Contains(string(body), "a=group:BUNDLE p s\r\n") {
			t.Errorf("%s", body)
		}
	}
}

func FuzzUnite(f *testing.F) {
	f.Add([]byte(group + sound + secrets + inner))
	f.Add([]byte(group + sound + secrets + strings.Replace(inner, "video 0", "video 7", 1)))
	f.Fuzz(func(t *testing.T, b []byte) {
		d, err := Parse(b)
		if err != nil {
			return
		}
		d.Unite()
		of := d.tagged()
		for i := range d.Media {
			m := &d.Media[i]
			if d.Bundled(i) && (of < 0 || m.Port == 0 || m.Port != d.Media[of].Port || m.ICE != d.Media[of].ICE || len(m.Prints) == 0 || !m.Mux) {
				t.Fatalf("line %d of\n%s", i, b)
			}
		}
	})
}
