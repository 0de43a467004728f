package media

import (
	"errors"
	"net/netip"
	"strings"
	"testing"

	"cradle/media/sdp"
)

const (
	offerWithVideo = "v=0\r\no=a 1 1 IN IP4 127.0.0.1\r\ns=-\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\nm=video 4002 RTP/AVP 99\r\na=rtpmap:99 H264/90000\r\n" +
		"m=audio 4000 RTP/AVPF 8 0 96\r\na=rtpmap:96 telephone-event/8000\r\na=fmtp:96 0-15\r\na=ptime:20\r\n"
	answer = "v=0\r\no=b 1 1 IN IP4 127.0.0.1\r\ns=-\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\nm=audio 5000 RTP/AVP 8 96\r\na=rtpmap:96 telephone-event/8000\r\na=sendrecv\r\n"
	held   = "v=0\r\no=a 1 2 IN IP4 127.0.0.1\r\ns=-\r\nc=IN IP4 0.0.0.0\r\nt=0 0\r\nm=video 0 RTP/AVP 99\r\nm=audio 4000 RTP/AVPF 8\r\n"
)

func body(t testing.TB, s, of *Session) []string {
	t.Helper()
	b, err := s.Describe(of)
	if err != nil {
		t.Fatal(err)
	}
	return strings.Split(strings.TrimSuffix(string(b), "\r\n"), "\r\n")
}

func lines(b []string, kind string) (l []string) {
	for _, s := range b {
		if strings.HasPrefix(s, kind) {
			l = append(l, s)
		}
	}
	return l
}

func wantLines(t *testing.T, what string, b []string, kind string, want ...string) {
	t.Helper()
	if got := lines(b, kind); strings.Join(got, "|") != strings.Join(want, "|") {
		t.Errorf("%s: %q, want %q", what, got, want)
	}
}

func port(s *Session) string { return at(s).String()[len("127.0.0.1:"):] }

// One call as its two parties see it: offer, answer, hold and back.
func TestOfferAnswerAndHold(t *testing.T) {
	r := start(t, config())
	a, b := session(t, r, Party{}), session(t, r, Party{Advertise: "198.51.100.7"})
	if _, err := b.Describe(a); !errors.Is(err, ErrNoSDP) {
		t.Fatalf("before a has said anything: %v", err)
	}
	mustSet(t, a, offerWithVideo)
	offer := body(t, b, a)
	wantLines(t, "offer", offer, "m=", "m=audio "+port(b)+" RTP/AVP 8 0 96")
	wantLines(t, "offer", offer, "c=", "c=IN IP4 198.51.100.7")
	wantLines(t, "offer", offer, "a=fmtp", "a=fmtp:96 0-15")
	wantLines(t, "offer", offer, "a=ptime", "a=ptime:20")
	mustSet(t, b, answer)
	said := body(t, a, b)
	wantLines(t, "answer", said, "m=", "m=video 0 RTP/AVP 99", "m=audio "+port(a)+" RTP/AVPF 8 96")
	wantLines(t, "answer", said, "c=", "c=IN IP4 127.0.0.1")
	again := body(t, a, b)
	if strings.Join(said, "") != strings.Join(again, "") {
		t.Errorf("the same again is not the same:\n%q\n%q", said, again)
	}

	mustSet(t, a, held)
	if !a.Hold() || b.Hold() {
		t.Error("hold is not seen")
	}
	hold := body(t, b, a)
	wantLines(t, "hold", hold, "a=send", "a=sendonly")
	first, second := strings.Fields(lines(offer, "o=")[0]), strings.Fields(lines(hold, "o=")[0])
	if first[1] != second[1] || first[2] != "1" || second[2] != "2" {
		t.Errorf("o= went from %q to %q", first, second)
	}
	for _, l := range hold {
		if strings.Contains(l, "0.0.0.0") {
			t.Errorf("passed on: %s", l)
		}
	}
	mustSet(t, a, offerWithVideo)
	if a.Hold() {
		t.Error("still on hold")
	}
	wantLines(t, "resume", body(t, b, a), "a=send", "a=sendrecv")
}

func TestPropose(t *testing.T) {
	r := start(t, config())
	s := session(t, r, Party{})
	b, err := s.Propose("pcmu", "telephone-event")
	if err != nil {
		t.Fatal(err)
	}
	wantLines(t, "proposal", strings.Split(string(b), "\r\n"), "m=", "m=audio "+port(s)+" RTP/AVP 0 101")
	if err := session(t, r, Party{}).SetOffer(b); err != nil {
		t.Errorf("our own offer is not understood: %v", err)
	}
	if b, err = s.Propose(); err != nil || !strings.Contains(string(b), "RTP/AVP 8 0 9 101") {
		t.Errorf("%v %s", err, b)
	}
	if _, err = s.Propose("MP3"); !errors.Is(err, ErrUnsupported) {
		t.Errorf("MP3: %v", err)
	}
}

func TestRefusedDescriptionsChangeNothing(t *testing.T) {
	r := start(t, config())
	a, b := session(t, r, Party{}), session(t, r, Party{})
	mustSet(t, a, answer)
	before := body(t, b, a)
	for _, c := range []struct {
		sdp string
		err error
	}{
		{"hello", ErrBad},
		{strings.Replace(answer, "RTP/AVP", "RTP/SAVP", 1), ErrUnsupported},
		{strings.Replace(answer, "m=audio", "m=image", 1), ErrUnsupported},
		{strings.Replace(answer, "c=IN IP4 127.0.0.1", "c=IN IP6 2001:db8::1", 1), ErrUnsupported},
	} {
		if err := a.SetOffer([]byte(c.sdp)); !errors.Is(err, c.err) {
			t.Errorf("%q: %v", c.sdp, err)
		}
	}
	if after := body(t, b, a); strings.Join(before, "") != strings.Join(after, "") {
		t.Errorf("changed to %q", after)
	}
}

func TestIPv6Description(t *testing.T) {
	r := start(t, config())
	s := session(t, r, Party{Advertise: "2001:db8::7"})
	b, err := s.Propose()
	if err != nil || !strings.Contains(string(b), "c=IN IP6 2001:db8::7\r\n") {
		t.Errorf("%v\n%s", err, b)
	}
	if s.local != netip.MustParseAddr("127.0.0.1") {
		t.Errorf("bound to %s", s.local)
	}
}

func TestLoopbackIsNotTakenFromElsewhere(t *testing.T) {
	d, err := sdp.Parse([]byte(answer))
	if err != nil {
		t.Fatal(err)
	}
	for local, taken := range map[string]bool{"127.0.0.1": true, "192.0.2.1": false} {
		s := &Session{local: netip.MustParseAddr(local)}
		if n := s.remoteOf(&d.Media[0]); n.ip.IsValid() != taken || (n.rtp.n != 0) != taken || (n.rtcp.n != 0) != taken {
			t.Errorf("at %s: %+v", local, n)
		}
	}
}
