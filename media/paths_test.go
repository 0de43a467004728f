package media

import (
	"fmt"
	"math"
	"net/netip"
	"os"
	"strings"
	"testing"
	"time"

	"cradle/media/codec"
	"cradle/media/mediatest"
	"cradle/media/rtp"
	"cradle/media/sdp"
	"cradle/media/secure"
)

// talker is a party of a test that says packets and hears them, encrypted or not.
type talker struct {
	*wire
	offer  string // its description
	may    Encryption
	told   func(relay netip.AddrPort, lines []string) // what it is told
	closes func([]byte) ([]byte, bool)
	opens  func([]byte) ([]byte, bool)
	hears  func(time.Duration) []byte
}

// listed are the formats of a talker's description.
var listed = []struct {
	pt   uint8
	name string
	kind codec.Kind // None: nothing here can read it, so it must come as it was
	rate int
}{{0, "PCMU/8000", codec.PCMU, 8000}, {8, "PCMA/8000", codec.PCMA, 8000}, {9, "G722/8000", codec.G722, 16000}, {111, "opus/48000/2", codec.None, 8000}}

func described(at netip.AddrPort, profile string, more ...string) string {
	s := strings.Replace(say(at), "RTP/AVP 0 8 101", profile+" 0 8 9 111", 1)
	s = strings.Replace(s, "a=rtpmap:101 telephone-event/8000\r\n", "", 1)
	for _, f := range listed {
		s += fmt.Sprintf("a=rtpmap:%d %s\r\n", f.pt, f.name)
	}
	return s + strings.Join(more, "")
}

func plainTalker(t *testing.T, ip string) *talker {
	w := wireAt(t, ip)
	same := func(b []byte) ([]byte, bool) { return b, true }
	return &talker{wire: w, offer: described(w.addr, "RTP/AVP"), told: func(netip.AddrPort, []string) {}, closes: same, opens: same,
		hears: w.next}
}

func keyedTalker(s secure.Suite) func(*testing.T, string) *talker {
	return func(t *testing.T, ip string) *talker {
		p := securedAt(t, ip, s)
		return &talker{wire: p.wire, offer: described(p.addr, "RTP/SAVP", p.crypto(1)), may: required,
			told:   func(_ netip.AddrPort, l []string) { p.learn(t, l) },
			closes: func(b []byte) ([]byte, bool) { return p.out.RTP(roomy(b)) },
			opens:  func(b []byte) ([]byte, bool) { return p.in.RTP(b, 0) },
			hears:  p.next}
	}
}

func shakenTalker(t *testing.T, ip string) *talker {
	p := associatedAt(t, ip)
	more := "a=fingerprint:" + p.h.Print().String() + "\r\na=setup:active\r\na=rtcp-mux\r\n"
	return &talker{wire: p.wire, offer: described(p.addr, "UDP/TLS/RTP/SAVP", more), may: byDTLS,
		told: func(relay netip.AddrPort, l []string) {
			p.greet(t, relay, true, l)
			p.shaken(t)
		},
		closes: func(b []byte) ([]byte, bool) { return p.out.RTP(roomy(b)) },
		opens:  func(b []byte) ([]byte, bool) { return p.in.RTP(b, 0) },
		hears: func(d time.Duration) []byte {
			select {
			case b := <-p.packets:
				return b
			case <-time.After(d):
				return nil
			}
		}}
}

// Every way of encryption with each kind of other side, over IPv4, IPv6 and between them: tones over the whole band of
// each codec are heard at both ends, and what nobody here can decode comes as it was said.
func TestListenThroughEveryPath(t *testing.T) {
	kinds := map[string]func(*testing.T, string) *talker{"plain": plainTalker, "DTLS": shakenTalker}
	for _, s := range []secure.Suite{secure.AEAD128, secure.AEAD256, secure.CM128SHA80, secure.CM128SHA32, secure.CM256SHA80, secure.CM256SHA32} {
		kinds["SDES "+s.String()] = keyedTalker(s)
	}
	families := [][2]string{{"127.0.0.1", "127.0.0.1"}}
	if _, err := os.Stat("/proc/net/if_inet6"); err == nil {
		families = append(families, [2]string{"[::1]", "[::1]"}, [2]string{"127.0.0.1", "[::1]"}, [2]string{"[::1]", "127.0.0.1"})
	}
	r, err := open(config(), 1<<20)
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	calls := 0
	for left, one := range kinds {
		for _, right := range []string{"plain", "SDES AEAD_AES_128_GCM", "DTLS"} {
			for _, f := range families {
				t.Run(left+" with "+right+" "+f[0]+" to "+f[1], func(t *testing.T) {
					calls++
					listenThrough(t, r, one(t, f[0]), kinds[right](t, f[1]))
				})
			}
		}
	}
	t.Logf("%d calls, 4 codecs, both ways", calls)
}

func listenThrough(t *testing.T, r *Relay, a, b *talker) {
	sa := session(t, r, Party{Local: a.addr.Addr(), Signalled: a.addr.Addr(), Encryption: a.may})
	sb := session(t, r, Party{Local: b.addr.Addr(), Signalled: b.addr.Addr(), Encryption: b.may, With: sa})
	defer sa.Close()
	defer sb.Close()
	mustSet(t, sa, a.offer)
	offer := body(t, sb, sa)
	if err := sb.SetAnswer([]byte(answering(b, offer))); err != nil {
		t.Fatal(err)
	}
	answer := body(t, sa, sb)
	Bridge(sa, sb)
	settle(sa)
	a.told(at(sa), answer)
	b.told(at(sb), offer)
	for i, way := range []struct {
		from, to  *talker
		by, other *Session
	}{{a, b, sa, sb}, {b, a, sb, sa}} {
		seq, ssrc := uint16(100), uint32(7+i)
		until(t, "keys are there and the source is learnt", func() bool {
			p, ok := way.from.closes(packet(0, seq, ssrc))
			if !ok {
				t.Fatal("not closed")
			}
			way.from.send(at(way.by), p)
			seq++
			got := way.to.hears(50 * time.Millisecond)
			if got == nil {
				return false
			}
			_, ok = way.to.opens(got)
			return ok
		})
		for _, f := range listed {
			sweep(t, way.from, way.to, at(way.by), f.pt, f.kind, f.rate, &seq, ssrc)
		}
		if st := way.by.Stats(); st.Lost != 0 || st.Doubled != 0 || st.Dropped.Payload+st.Dropped.Source+st.Dropped.Malformed != 0 {
			t.Errorf("%+v", st)
		}
	}
}

// answering is a talker's description as an answer to an offer: with the key tag that was offered.
func answering(p *talker, offer []string) string {
	for _, l := range lines(offer, "a=crypto:") {
		if c, err := sdp.ParseCrypto(strings.TrimPrefix(l, "a=crypto:")); err == nil && strings.Contains(p.offer, " "+c.Suite+" ") {
			return strings.Replace(p.offer, "a=crypto:1 ", fmt.Sprintf("a=crypto:%d ", c.Tag), 1)
		}
	}
	return p.offer
}

// sweep says tones over the band of a codec, 100 ms each, and listens for each at the other end.
func sweep(t *testing.T, from, to *talker, relay netip.AddrPort, pt uint8, kind codec.Kind, rate int, seq *uint16, ssrc uint32) {
	t.Helper()
	tones := []float64{300, 500, 900, 1500, 2100, 2700, 3300}
	if rate == 16000 {
		tones = append(tones, 4500, 5500, 6500)
	}
	var enc codec.Encoder
	var dec codec.Decoder
	enc.Reset(kind)
	dec.Reset(kind)
	var heard []int16
	phase := 0.0
	for _, hz := range tones {
		for range 5 {
			pcm := make([]int16, rate/50)
			for i := range pcm {
				pcm[i] = int16(8000 * math.Sin(phase))
				phase += 2 * math.Pi * hz / float64(rate)
			}
			payload := enc.Append(nil, pcm)
			if kind == codec.None {
				payload = fmt.Appendf(nil, "opus %d %v", *seq, hz)
			}
			b := rtp.Append(nil, rtp.Header{Type: pt, Seq: *seq, Time: uint32(*seq) * 160, SSRC: ssrc}, payload)
			closed, ok := from.closes(b)
			if !ok {
				t.Fatal("not closed")
			}
			from.send(relay, closed)
			*seq++
			got, ok := to.opens(to.hears(longest))
			if !ok || string(got) != string(b) {
				t.Fatalf("payload type %d came as % x, said % x", pt, got, b)
			}
			heard = dec.Append(heard, rtp.Payload(got))
		}
	}
	if kind == codec.None {
		return
	}
	for i, hz := range tones {
		part := heard[(i*5+1)*rate/50 : (i+1)*5*rate/50] // the first 20 ms have the tone before in them
		if v := mediatest.Judge(part, rate, hz); !v.Heard || v.Level < -14 || v.Level > -11 {
			t.Errorf("payload type %d: %v Hz is heard at %.1f dB, %.2f of all", pt, hz, v.Level, v.Share)
		}
	}
}
