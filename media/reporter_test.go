package media

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/pion/rtcp"

	"cradle/media/codec"
	"cradle/media/rtp"
	"cradle/media/secure"
)

// hurry lets an endpoint's next report come with the next frame.
func hurry(t *testing.T, s *Session) {
	t.Helper()
	s.reactor.do(func() {
		if s.leg.local == nil {
			t.Error("no endpoint")
			return
		}
		s.leg.local.report.due = 1
	})
}

// reported is the next compound packet, as another implementation reads it.
func reported(t *testing.T, b []byte) []rtcp.Packet {
	t.Helper()
	got, err := rtcp.Unmarshal(b)
	if err != nil || len(got) != 2 {
		t.Fatalf("% x: %+v, %v", b, got, err)
	}
	if d, ok := got[1].(*rtcp.SourceDescription); !ok || len(d.Chunks) != 1 || len(d.Chunks[0].Items[0].Text) != 24 {
		t.Fatalf("no name: %+v", got[1])
	}
	return got
}

// A phone that is played to hears what it was sent and how it is heard; what it answers tells how far it is.
func TestEndpointReports(t *testing.T) {
	r := start(t, config())
	a, control := wireAt(t, "127.0.0.1"), wireAt(t, "127.0.0.1")
	s := session(t, r, Party{})
	mustSet(t, s, say(a.addr, fmt.Sprintf("a=rtcp:%d", control.addr.Port())))
	e, _ := local(t, s, EndpointConfig{})
	e.Play(hums(440), nil)
	for i := range uint16(80) {
		if i%4 != 1 {
			a.send(at(s), packet(0, i, 77))
		}
	}
	until(t, "packets both ways", func() bool { return s.Received() == 60 && s.Stats().Sent.Packets > 20 })
	hurry(t, s)
	sr, ok := reported(t, control.next(longest))[0].(*rtcp.SenderReport)
	if !ok {
		t.Fatal("no sender's report")
	}
	var last rtp.Header
	for range sr.PacketCount {
		b := a.next(longest)
		h, ok := rtp.Parse(b)
		if !ok || h.SSRC != sr.SSRC {
			t.Fatalf("% x is no packet of %x", b, sr.SSRC)
		}
		last = h
	}
	if sr.PacketCount < 20 || sr.OctetCount != 160*sr.PacketCount || sr.RTPTime != last.Time+160 {
		t.Errorf("%+v; the last packet is %+v", sr, last)
	}
	if ago := time.Since(time.Unix(int64(sr.NTPTime>>32)-2208988800, 0)); ago < -2*time.Second || ago > 10*time.Second {
		t.Errorf("said %v ago", ago)
	}
	if want := (rtcp.ReceptionReport{SSRC: 77, FractionLost: 64, TotalLost: 20, LastSequenceNumber: 79}); len(sr.Reports) != 1 || withoutTime(sr.Reports[0]) != want {
		t.Errorf("%+v", sr.Reports)
	}
	answer, err := rtcp.Marshal([]rtcp.Packet{&rtcp.SenderReport{SSRC: 77, NTPTime: 0x1111222233334444,
		Reports: []rtcp.ReceptionReport{{SSRC: sr.SSRC, LastSenderReport: uint32(sr.NTPTime >> 16), FractionLost: 128}}}})
	if err != nil {
		t.Fatal(err)
	}
	control.send(ctl(s), answer)
	until(t, "the way to the phone is known", func() bool { q := s.Quality(); return q.RoundTrip > 0 && q.PartyLoss == 0.5 })
	hurry(t, s)
	if sr, ok = reported(t, control.next(longest))[0].(*rtcp.SenderReport); !ok || len(sr.Reports) != 1 || sr.Reports[0].LastSenderReport != 0x22223333 || sr.Reports[0].Delay == 0 {
		t.Errorf("%+v", sr)
	}
	until(t, "two reports are counted, and nothing is dropped", func() bool { st := s.Stats(); return st.ControlOut.Packets == 2 && st.Dropped == (Drops{}) })

	mustSet(t, s, say(a.addr, fmt.Sprintf("a=rtcp:%d", control.addr.Port()), "a=sendonly")) // it wants to hear nothing
	if _, err := s.Answer(); err != nil {
		t.Fatal(err)
	}
	settle(s)
	for range 2 { // what was sent before is told once more
		hurry(t, s)
		answer = control.next(longest)
	}
	if rr, ok := reported(t, answer)[0].(*rtcp.ReceiverReport); !ok || rr.SSRC != sr.SSRC || len(rr.Reports) != 1 {
		t.Errorf("of one that is silent: %+v", reported(t, answer)[0])
	}
}

func withoutTime(r rtcp.ReceptionReport) rtcp.ReceptionReport {
	r.Jitter, r.LastSenderReport, r.Delay = 0, 0, 0
	return r
}

// An encrypted phone with one port for everything gets reports there, closed with its key.
func TestEndpointReportsEncrypted(t *testing.T) {
	r := start(t, config())
	a := securedAt(t, "127.0.0.1", secure.AEAD128)
	s := session(t, r, Party{Encryption: required})
	mustSet(t, s, a.say("RTP/SAVP", a.crypto(1), "a=rtcp-mux\r\n"))
	_, told := local(t, s, EndpointConfig{})
	a.learn(t, strings.Split(told, "\r\n"))
	hurry(t, s)
	for {
		b := a.next(longest)
		if b == nil {
			t.Fatal("no report")
		}
		if rtp.IsRTCP(b) {
			plain, ok := a.in.RTCP(b, 0)
			if !ok {
				t.Fatal("not authentic")
			}
			reported(t, plain)
			return
		}
	}
}

// Telephones that are translated are told of by us, so the way to each is known.
func TestTranslatedTelephonesReport(t *testing.T) {
	r := start(t, config())
	a, b := setAt(t, r, Events, "PCMA"), setAt(t, r, Events, "G722")
	sa, sb, err := ringUp(t, r, a, b, Party{}, Party{Wide: true})
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range []*Session{sa, sb} {
		until(t, "packets", func() bool { return s.Stats().Sent.Packets > 5 })
		hurry(t, s)
	}
	until(t, "both have one", func() bool { return a.s.Stats().Control.Packets == 1 && b.s.Stats().Control.Packets == 1 })
	hurry(t, a.s)
	hurry(t, b.s)
	until(t, "both ways are known", func() bool { return sa.Quality().RoundTrip > 0 && sb.Quality().RoundTrip > 0 })
}

// The time of a report goes on while a key is pressed, whose packets all bear the time of its beginning.
func TestReportTimeDuringAKey(t *testing.T) {
	m := &mouth{kind: codec.PCMU}
	m.settle(agreement{kind: codec.G722, pt: 9, event: 101})
	m.press('5')
	n := &endpoint{mouth: *m}
	want := n.mouth.now()
	for i := range keyFrames + keyEnds + pauseFrames + 3 {
		if got := n.mouth.now(); got != want {
			t.Fatalf("frame %d: %d, want %d", i, got, want)
		}
		if _, sent := n.mouth.pressing(); !sent {
			n.mouth.header.Time += codec.Clock / 50
		}
		want += codec.Clock / 50
	}
}

func TestReportAllocatesNothing(t *testing.T) {
	re, l, n := &reactor{begin: time.Now()}, &leg{}, newEndpoint(Auto)
	l.rx.Packet(1, 0, 1, 0, true)
	l.reports.heard = sentReport{1, 1}
	if got := testing.AllocsPerRun(100, func() {
		n.report.packets++
		re.now += frameTime
		l.passed(re, n.report.write(re, l, &n.mouth))
	}); got != 0 {
		t.Errorf("%v allocations", got)
	}
}
