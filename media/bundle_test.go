package media

import (
	"encoding/binary"
	"fmt"
	"net/netip"
	"runtime"
	"strings"
	"testing"

	"cradle/media/rtp"
)

var browserParty = Encryption{Offer: DTLS, Accept: DTLS, Require: true, ICE: true}

// inBundle describes a browser with sound and pictures on one port: tagged "s" and "p", the second bundle-only or, where
// it is no offer, at the same port. The tag's header extension is number 4.
func (p *associated) inBundle(setup, video string, more ...string) string {
	port := p.addr.Port()
	if setup == "actpass" {
		port = 0
		more = append(more, "a=bundle-only\r\n")
	}
	return fmt.Sprintf("v=0\r\no=x 1 1 IN IP4 127.0.0.1\r\ns=-\r\nt=0 0\r\na=group:BUNDLE s p\r\nm=audio %d UDP/TLS/RTP/SAVPF 0 8\r\nc=IN IP4 127.0.0.1\r\na=mid:s\r\n"+
		"a=ice-ufrag:them\r\na=ice-pwd:0123456789012345678901\r\na=rtcp-mux\r\na=fingerprint:%s\r\na=setup:%s\r\n"+
		"m=video %d UDP/TLS/RTP/SAVPF %s\r\nc=IN IP4 0.0.0.0\r\na=mid:p\r\na=rtcp-mux\r\na=extmap:4 urn:ietf:params:rtp-hdrext:sdes:mid\r\na=rtpmap:97 H264/90000\r\na=rtpmap:98 VP8/90000\r\n"+
		"a=rtcp-fb:97 nack pli\r\n%s", p.addr.Port(), p.h.Print(), setup, port, video, strings.Join(more, ""))
}

// feedback asks for a new picture of a source.
func feedback(from, of uint32) []byte {
	b := append([]byte{0x80, 201, 0, 1}, binary.BigEndian.AppendUint32(nil, from)...)
	b = append(append(b, 0x81, 206, 0, 2), binary.BigEndian.AppendUint32(nil, from)...)
	return binary.BigEndian.AppendUint32(b, of)
}

func (p *associated) reports(t testing.TB, to netip.AddrPort, b []byte) {
	t.Helper()
	c, ok := p.out.RTCP(roomy(b))
	if !ok {
		t.Fatal("not closed")
	}
	p.send(to, c)
}

func (p *associated) hearsReport(t testing.TB, want []byte) {
	t.Helper()
	p.opens(t, p.in.RTCP, want)
}

// meets lets a browser do its check and its handshake, and waits until there are keys on both sides.
func (p *associated) meets(t testing.TB, s *Session, told []string) {
	t.Helper()
	settle(s)
	if !p.checks(t, at(s), told) {
		t.Fatal("the check is not answered")
	}
	p.greet(t, at(s), true, told)
	p.shaken(t)
	seq := uint16(50000)
	until(t, "keys on our side", func() bool {
		seq++
		p.speak(t, at(s), packet(13, seq, 5)) // nobody's
		settle(s)
		return s.Stats().Dropped.Payload > 0
	})
}

// bundled is a browser with pictures, and a phone that has ports of its own for them.
type bundled struct {
	a      *associated
	sa, sb *Session
	w, v   *wire // of the phone: sound and pictures
	c      *wire // and the port beside those
	toV    netip.AddrPort
	told   []string
}

func bundle2(t testing.TB, r *Relay) *bundled {
	t.Helper()
	x := &bundled{a: associatedAt(t, "127.0.0.1"), w: wireAt(t, "127.0.0.1")}
	x.v, x.c = neighbours(t)
	x.sa = session(t, r, Party{Video: true, Encryption: browserParty})
	x.sb = session(t, r, Party{Video: true, With: x.sa})
	mustSet(t, x.sa, x.a.inBundle("actpass", "97 98"))
	offer, err := x.sb.Describe(x.sa)
	if err != nil {
		t.Fatal(err)
	}
	if x.toV, _, _ = pictureAt(t, offer); x.toV.Port() == 0 || x.toV.Port() == uint16(x.sb.Port()) || strings.Contains(string(offer), "bundle") || strings.Contains(string(offer), "extmap") {
		t.Fatalf("the phone is offered\n%s", offer)
	}
	if err := x.sb.SetAnswer([]byte(withPictures(x.w.addr, x.v.addr, true))); err != nil {
		t.Fatal(err)
	}
	x.told = body(t, x.sa, x.sb)
	Bridge(x.sa, x.sb)
	return x
}

// A browser sends and takes sound and pictures by one port; a phone has its own for each. Each packet finds its way, by
// payload type and by source, and so does each report.
func TestBundleAndPhone(t *testing.T) {
	r := start(t, config())
	free := r.Stats().FreePairs
	x := bundle2(t, r)
	a, sa, told := x.a, x.sa, x.told
	wantLines(t, "answer", told, "a=group", "a=group:BUNDLE s p")
	wantLines(t, "answer", told, "m=", "m=audio "+port(sa)+" UDP/TLS/RTP/SAVPF 0 8", "m=video "+port(sa)+" UDP/TLS/RTP/SAVPF 97 98")
	wantLines(t, "answer", told, "a=rtcp-mux", "a=rtcp-mux", "a=rtcp-mux")
	wantLines(t, "answer", told, "a=setup", "a=setup:passive")
	wantLines(t, "answer", told, "a=extmap") // tags in packets are not agreed on
	if n := free - r.Stats().FreePairs; n != 3 {
		t.Errorf("%d pairs of ports are in use, want one for the browser and two for the phone", n)
	}
	a.meets(t, sa, told)

	a.speak(t, at(sa), packet(0, 1, 7)) // by payload types
	x.w.expect(t, packet(0, 1, 7))
	a.speak(t, at(sa), picture(1, 900))
	x.v.expect(t, picture(1, 900))
	a.speak(t, at(sa), picture(2, 900))
	x.v.expect(t, picture(2, 900))
	a.speak(t, at(sa), packet(8, 2, 9))
	x.w.expect(t, packet(8, 2, 9))
	other := rtp.Append(nil, rtp.Header{Type: 98, Seq: 1, SSRC: 78}, []byte("picture"))
	a.speak(t, at(sa), other)
	x.v.expect(t, other)
	known := rtp.Append(nil, rtp.Header{Type: 120, Seq: 2, SSRC: 78}, []byte("picture")) // by its source
	a.speak(t, at(sa), known)
	x.v.expect(t, known)
	x.w.send(at(x.sb), packet(0, 1, 8))
	a.hears(t, packet(0, 1, 8))
	x.v.send(x.toV, rtp.Append(nil, rtp.Header{Type: 97, Seq: 1, SSRC: 88}, []byte("picture")))
	a.hears(t, rtp.Append(nil, rtp.Header{Type: 97, Seq: 1, SSRC: 88}, []byte("picture")))
	beside := netip.AddrPortFrom(lo, x.toV.Port()+1)
	x.c.send(beside, feedback(88, 77)) // the phone asks the browser
	a.hearsReport(t, feedback(88, 77))
	a.reports(t, at(sa), feedback(77, 88)) // and the browser the phone
	x.c.expect(t, feedback(77, 88))
	missing := []byte{0x81, 205, 0, 3, 0, 0, 0, 1, 0, 0, 0, 88, 0, 1, 0, 0} // known by whose packets it speaks of alone
	a.reports(t, at(sa), missing)
	x.c.expect(t, missing)
	a.reports(t, at(sa), feedback(1, 12345)) // of a source nobody has heard yet
	x.c.expect(t, feedback(1, 12345))
	a.reports(t, at(sa), report(7))
	until(t, "a report on sound", func() bool { return x.sb.Stats().ControlOut.Packets == 1 })
	// One that speaks of both goes to both.
	both := append(report(7), feedback(77, 88)...)
	a.reports(t, at(sa), both)
	x.c.expect(t, both)
	until(t, "and to the sound", func() bool { return x.sb.Stats().ControlOut.Packets == 2 })
	if st := sa.video.side.Stats(); st.Received.Packets != 4 || st.Sent.Packets != 1 || st.Encryption != "DTLS AEAD_AES_128_GCM" {
		t.Errorf("pictures: %+v", st)
	}
	a.send(at(sa), picture(9, 900)) // in the open
	until(t, "it is dropped", func() bool { return sa.Stats().Dropped.Forged > 0 })
	x.v.nothing(t)
	sa.video.side.Close()
	sa.reactor.do(func() {
		if sa.leg.rider != nil || sa.leg.rate != 0 {
			t.Error("the sound still carries pictures")
		}
	})
	sa.Close()
	x.sb.Close()
	if st := r.Stats(); st.Sessions != 0 || st.FreePairs != free {
		t.Errorf("left behind: %+v, before %d pairs", st, free)
	}
}

// Two browsers, each with a bundle of its own: one is offered pictures in the bundle only.
func TestBundleAndBundle(t *testing.T) {
	r := start(t, Config{Ports: [2]int{40000, 42999}, Cores: 2})
	free := r.Stats().FreePairs
	a, b := associatedAt(t, "127.0.0.1"), associatedAt(t, "127.0.0.1")
	sa := session(t, r, Party{Video: true, Encryption: browserParty})
	sb := session(t, r, Party{Video: true, Encryption: browserParty}) // not With: it moves, and its pictures with it
	if sa.reactor == sb.reactor {
		t.Fatal("both are on one reactor")
	}
	mustSet(t, sa, a.inBundle("actpass", "97 98"))
	offer := body(t, sb, sa)
	wantLines(t, "offer", offer, "a=group", "a=group:BUNDLE 0 1")
	wantLines(t, "offer", offer, "m=", "m=audio "+port(sb)+" UDP/TLS/RTP/SAVPF 0 8 101", "m=video 0 UDP/TLS/RTP/SAVPF 97 98")
	wantLines(t, "offer", offer, "a=bundle-only", "a=bundle-only")
	wantLines(t, "offer", offer, "a=setup", "a=setup:actpass")
	if err := sb.SetAnswer([]byte(strings.NewReplacer("BUNDLE s p", "BUNDLE 0 1", "mid:s", "mid:0", "mid:p", "mid:1").Replace(b.inBundle("active", "97")))); err != nil {
		t.Fatal(err)
	}
	told := body(t, sa, sb)
	wantLines(t, "answer", told, "m=", "m=audio "+port(sa)+" UDP/TLS/RTP/SAVPF 0 8", "m=video "+port(sa)+" UDP/TLS/RTP/SAVPF 97")
	Bridge(sa, sb)
	if re := sa.reactor; sb.reactor != re || sa.video.side.reactor != re || sb.video.side.reactor != re {
		t.Error("they are not all on one reactor")
	}
	if n := free - r.Stats().FreePairs; n != 2 {
		t.Errorf("%d pairs of ports are in use", n)
	}
	a.meets(t, sa, told)
	b.meets(t, sb, offer)
	for _, x := range []struct {
		from, to *associated
		by       *Session
	}{{a, b, sa}, {b, a, sb}} {
		x.from.speak(t, at(x.by), picture(1, 900))
		x.to.hears(t, picture(1, 900))
		x.from.speak(t, at(x.by), packet(0, 1, 7))
		x.to.hears(t, packet(0, 1, 7))
		x.from.reports(t, at(x.by), append(report(7), feedback(99, 77)...)) // of both: once
		x.to.hearsReport(t, append(report(7), feedback(99, 77)...))
		x.from.reports(t, at(x.by), feedback(1, 999))
		x.to.hearsReport(t, feedback(1, 999))
	}
	// One is offered them anew, by the port they have.
	mustSet(t, sa, a.inBundle("actpass", "97 98", "a=sendonly\r\n"))
	offer = body(t, sb, sa)
	wantLines(t, "offer", offer, "m=", "m=audio "+port(sb)+" UDP/TLS/RTP/SAVPF 0 8 101", "m=video "+port(sb)+" UDP/TLS/RTP/SAVPF 97 98")
	wantLines(t, "offer", offer, "a=bundle-only")
	sa.Close()
	sb.Close()
	for _, re := range r.reactors {
		if re.load.Load() != 0 {
			t.Errorf("load is %d", re.load.Load())
		}
	}
	if st := r.Stats(); st.Sessions != 0 || st.FreePairs != free {
		t.Errorf("left behind: %+v, before %d pairs", st, free)
	}
}

// Whose partner sends no pictures, but sound, is told that both may come: see openly.
func TestPicturesThatAreNotSent(t *testing.T) {
	r := start(t, config())
	a, b, v := associatedAt(t, "127.0.0.1"), wireAt(t, "127.0.0.1"), wireAt(t, "127.0.0.1")
	for _, c := range []struct{ offered, sound, pictures, want string }{
		{"sendrecv", "sendrecv", "recvonly", "sendrecv"}, {"sendrecv", "recvonly", "recvonly", "recvonly"}, {"sendrecv", "sendrecv", "sendonly", "sendonly"},
		{"sendonly", "sendrecv", "recvonly", "recvonly"}, {"inactive", "sendrecv", "recvonly", "inactive"}, {"sendrecv", "sendrecv", "inactive", "inactive"},
	} {
		sa := session(t, r, Party{Video: true, Encryption: browserParty})
		sb := session(t, r, Party{Video: true, With: sa})
		mustSet(t, sa, a.inBundle("actpass", "97", "a="+c.offered+"\r\n"))
		body(t, sb, sa)
		answer := strings.Replace(withPictures(b.addr, v.addr, true), "m=video", "a="+c.sound+"\r\nm=video", 1) + "a=" + c.pictures + "\r\n"
		if err := sb.SetAnswer([]byte(answer)); err != nil {
			t.Fatal(err)
		}
		_, told, _ := strings.Cut(strings.Join(body(t, sa, sb), "\n"), "m=video")
		if !strings.Contains(told, "a="+c.want) {
			t.Errorf("%+v: told %s", c, told)
		}
	}
}

// Where a browser has the transport in the line of its pictures, the answer has it there.
func TestPicturesCarryTheTransport(t *testing.T) {
	r := start(t, config())
	a, b, v := associatedAt(t, "127.0.0.1"), wireAt(t, "127.0.0.1"), wireAt(t, "127.0.0.1")
	for _, both := range []bool{true, false} {
		sa := session(t, r, Party{Video: true, Encryption: browserParty})
		sb := session(t, r, Party{Video: true, With: sa})
		transport := fmt.Sprintf("a=ice-ufrag:them\r\na=ice-pwd:0123456789012345678901\r\na=fingerprint:%s\r\na=setup:actpass\r\n", a.h.Print())
		mustSet(t, sa, fmt.Sprintf("v=0\r\na=group:BUNDLE p s\r\nm=video %d UDP/TLS/RTP/SAVPF 97\r\nc=IN IP4 127.0.0.1\r\na=mid:p\r\na=rtcp-mux\r\na=rtpmap:97 H264/90000\r\n%s"+
			"m=audio 0 UDP/TLS/RTP/SAVPF 0\r\nc=IN IP4 0.0.0.0\r\na=mid:s\r\na=rtcp-mux\r\na=bundle-only\r\n", a.addr.Port(), transport))
		body(t, sb, sa)
		if err := sb.SetAnswer([]byte(withPictures(b.addr, v.addr, both))); err != nil {
			t.Fatal(err)
		}
		told := body(t, sa, sb)
		group, video := "a=group:BUNDLE p s", port(sa)
		if !both {
			group, video = "a=group:BUNDLE s", "0"
		}
		wantLines(t, "answer", told, "a=group", group)
		wantLines(t, "answer", told, "m=", "m=video "+video+" UDP/TLS/RTP/SAVPF 97", "m=audio "+port(sa)+" UDP/TLS/RTP/SAVPF 0")
		pictures, sound, _ := strings.Cut(strings.Join(told, "\n"), "m=audio")
		if strings.Contains(pictures, "a=candidate") != both || strings.Contains(sound, "a=candidate") == both || strings.Contains(sound, "a=setup") == both {
			t.Errorf("%q", told)
		}
	}
}

// What may be offered by one port, and what comes of an answer that does not go by it.
func TestOfferOfABundle(t *testing.T) {
	r := start(t, config())
	a, b, v := associatedAt(t, "127.0.0.1"), wireAt(t, "127.0.0.1"), wireAt(t, "127.0.0.1")
	numbers := strings.NewReplacer("BUNDLE s p", "BUNDLE 0 1", "mid:s", "mid:0", "mid:p", "mid:1")
	for _, c := range []struct {
		what, phone, answer string
		only, on            bool
	}{
		{"in the bundle", withPictures(b.addr, v.addr, true), a.inBundle("active", "97"), true, true},
		{"refused", withPictures(b.addr, v.addr, true), strings.Replace(a.inBundle("active", "97"), "m=video "+fmt.Sprint(a.addr.Port()), "m=video 0", 1), true, false},
		{"not in the bundle", withPictures(b.addr, v.addr, true), strings.Replace(a.inBundle("active", "97"), "BUNDLE s p", "BUNDLE s", 1), true, false},
		{"two formats of one number", strings.ReplaceAll(withPictures(b.addr, v.addr, true), "m=audio "+fmt.Sprint(b.addr.Port())+" RTP/AVP 0 8\r\n",
			"m=audio "+fmt.Sprint(b.addr.Port())+" RTP/AVP 0 101 97\r\na=rtpmap:101 telephone-event/8000\r\na=rtpmap:97 opus/48000/2\r\n"), "", false, false},
	} {
		sa := session(t, r, Party{Video: true})
		sb := session(t, r, Party{Video: true, With: sa, Encryption: browserParty})
		mustSet(t, sa, c.phone)
		offer := body(t, sb, sa)
		if got := len(lines(offer, "a=bundle-only")) == 1; got != c.only || (len(lines(offer, "m=video 0")) == 1) != c.only || len(lines(offer, "m=video")) != 1 {
			t.Errorf("%s: offered %q", c.what, offer)
		}
		if c.answer == "" {
			continue
		}
		if err := sb.SetAnswer([]byte(numbers.Replace(c.answer))); err != nil {
			t.Fatalf("%s: %v", c.what, err)
		}
		if told := body(t, sa, sb); (len(lines(told, "m=video 0")) == 0) != c.on || len(lines(told, "m=video")) != 1 {
			t.Errorf("%s: answered %q", c.what, told)
		}
	}
}

// A browser takes its pictures out of the call and puts them back, and so does the other side.
func TestPicturesComeAndGoInABundle(t *testing.T) {
	r := start(t, config())
	x := bundle2(t, r)
	a, sa := x.a, x.sa
	a.meets(t, sa, x.told)
	free := r.Stats().FreePairs
	for round, on := range []bool{false, true, false, true} {
		offer := a.inBundle("actpass", "97 98")
		if !on {
			offer = strings.Replace(strings.Replace(offer, "BUNDLE s p", "BUNDLE s", 1), "a=bundle-only\r\n", "", 1)
		}
		mustSet(t, sa, offer)
		body(t, x.sb, sa)
		if err := x.sb.SetAnswer([]byte(withPictures(x.w.addr, x.v.addr, on))); err != nil {
			t.Fatal(err)
		}
		told := body(t, sa, x.sb)
		if (len(lines(told, "m=video 0")) == 0) != on {
			t.Errorf("on %v: %q", on, told)
		}
		Bridge(sa, x.sb)
		settle(sa)
		seq := uint16(10 + round)
		a.speak(t, at(sa), packet(0, seq, 7))
		x.w.expect(t, packet(0, seq, 7))
		if on {
			a.speak(t, at(sa), picture(seq, 900))
			x.v.expect(t, picture(seq, 900))
		}
	}
	// The phone takes its away and offers them again: the browser is offered another line in their place (RFC 9429 section 5.2.2).
	off := strings.Replace(strings.Replace(a.inBundle("active", "97"), "BUNDLE s p", "BUNDLE s", 1), "m=video "+fmt.Sprint(a.addr.Port()), "m=video 0", 1)
	for _, on := range []bool{false, true} {
		mustSet(t, x.sb, withPictures(x.w.addr, x.v.addr, on))
		offer := body(t, sa, x.sb)
		answer := off
		if on {
			wantLines(t, "offer", offer, "a=mid", "a=mid:s", "a=mid:1")
			wantLines(t, "offer", offer, "a=bundle-only", "a=bundle-only")
			answer = strings.NewReplacer("BUNDLE s p", "BUNDLE s 1", "mid:p", "mid:1").Replace(a.inBundle("active", "97"))
		}
		if err := sa.SetAnswer([]byte(answer)); err != nil {
			t.Fatal(err)
		}
		if told := body(t, x.sb, sa); (len(lines(told, "m=video 0")) == 0) != on {
			t.Errorf("on %v: %q", on, told)
		}
		Bridge(sa, x.sb)
	}
	settle(sa)
	a.speak(t, at(sa), picture(100, 900))
	x.v.expect(t, picture(100, 900))
	if n := r.Stats().FreePairs; n != free {
		t.Errorf("%d pairs of ports more", free-n)
	}
}

func TestSourcesAreBounded(t *testing.T) {
	var s sources
	for i := range uint32(100) {
		s.note(i, i%2 == 0)
		s.note(i, i%2 == 0)
		if pictures, known := s.find(i); !known || pictures != (i%2 == 0) {
			t.Fatalf("%d is not kept", i)
		}
	}
	if _, known := s.find(83); known {
		t.Error("an old one is kept")
	}
	for i := uint32(84); i < 100; i++ {
		if _, known := s.find(i); !known {
			t.Errorf("%d of the newest 16 is not kept", i)
		}
	}
}

// carrying is a leg of a bundle with its rider, and the numbers of their formats, with nobody at the other end.
func carrying() (sound, pictures *leg) {
	sound, pictures = &leg{}, &leg{}
	sound.types[0], pictures.types[1] = 1|1<<8, 1<<(97-64)|1<<(98-64)
	sound.rider, pictures.carrier, sound.streams = pictures, sound, &streams{}
	return sound, pictures
}

// FuzzBundle: whatever comes to the port of a bundle from a party with the keys, it is of one leg, or of none.
func FuzzBundle(f *testing.F) {
	f.Add(packet(0, 1, 7))
	f.Add(picture(1, 20))
	f.Add(feedback(7, 77))
	f.Add(append(report(7), feedback(1, 2)...))
	f.Fuzz(func(t *testing.T, b []byte) {
		l, rider := carrying()
		for range 2 {
			if h, ok := rtp.Parse(b); ok && !rtp.IsRTCP(b) {
				of := l.whose(h)
				if known := l.negotiated(h.Type) || rider.negotiated(h.Type); known != (of != nil) || of == rider && l.negotiated(h.Type) {
					t.Fatalf("% x is of %p", b, of)
				}
			}
			if rtp.ValidRTCP(b) {
				if sound, pictures := l.concerned(b); !sound && !pictures {
					t.Fatalf("% x is of nobody", b)
				}
			}
		}
	})
}

func TestNoAllocationPerPacketOfABundle(t *testing.T) {
	l, rider := carrying()
	sound, pictures := rtp.Header{Type: 0, SSRC: 7}, rtp.Header{Type: 97, SSRC: 77}
	ask := feedback(7, 77)
	if n := testing.AllocsPerRun(1000, func() {
		if l.whose(sound) != l || l.whose(pictures) != rider {
			t.Fatal("they are mixed up")
		}
		l.streams.went.note(pictures.SSRC+uint32(pictures.Seq), true)
		l.concerned(ask)
		pictures.Seq++
	}); n != 0 {
		t.Errorf("%v allocations", n)
	}
}

// And none on the whole way, through the sockets: sound and pictures of a browser to a phone.
func TestNoAllocationThroughABundle(t *testing.T) {
	r := start(t, config())
	x := bundle2(t, r)
	x.a.meets(t, x.sa, x.told)
	next := through(t, x)
	for range 100 {
		next()
	}
	var m0, m1 runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&m0)
	const packets = 2000
	for range packets / 2 {
		next()
	}
	runtime.ReadMemStats(&m1)
	if n := m1.Mallocs - m0.Mallocs; n > packets/100 { // the runtime itself makes a few
		t.Errorf("%d allocations for %d packets", n, packets)
	}
}

// through sends one packet of sound and one of pictures, and waits until both are through.
func through(t testing.TB, x *bundled) func() {
	t.Helper()
	var in [2048]byte
	to, seq := at(x.sa), uint16(1000)
	kinds := [2]struct {
		packet []byte
		w      *wire
	}{{roomy(packet(0, 0, 7)), x.w}, {roomy(picture(0, 900)), x.v}}
	return func() {
		seq++
		for i := range kinds {
			b := kinds[i].packet
			clear(b[rtp.HeaderLen:]) // it was closed in its place
			b[2], b[3] = byte(seq>>8), byte(seq)
			closed, ok := x.a.out.RTP(b)
			if !ok {
				t.Fatal("not closed")
			}
			x.a.conn.WriteToUDPAddrPort(closed, to) //nolint:errcheck // judged by what arrives
			if n, _, err := kinds[i].w.conn.ReadFromUDPAddrPort(in[:]); err != nil || n != len(b) {
				t.Fatalf("%d bytes, %v", n, err)
			}
		}
	}
}

// BenchmarkBundle is a packet of sound and one of pictures from a browser to a phone, one after the other.
func BenchmarkBundle(b *testing.B) {
	r, err := open(config(), 1<<30)
	if err != nil {
		b.Fatal(err)
	}
	defer r.Close()
	x := bundle2(b, r)
	x.a.meets(b, x.sa, x.told)
	next := through(b, x)
	b.ReportAllocs()
	for b.Loop() {
		next()
	}
}
