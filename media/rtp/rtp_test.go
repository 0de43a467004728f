package rtp

import (
	"bytes"
	"math/rand/v2"
	"testing"

	"github.com/pion/rtcp"
	"github.com/pion/rtp"
)

func TestHeaderThereAndBack(t *testing.T) {
	h := Header{Marker: true, Type: 8, Seq: 65535, Time: 1 << 31, SSRC: 0xdeadbeef}
	b := Append(nil, h, []byte("sound"))
	if got, ok := Parse(b); !ok || got != h {
		t.Errorf("%+v %v", got, ok)
	}
	var p rtp.Packet
	if err := p.Unmarshal(b); err != nil || p.SSRC != h.SSRC || !p.Marker || p.PayloadType != 8 || !bytes.Equal(p.Payload, []byte("sound")) {
		t.Errorf("a stranger reads %+v, %v", p, err)
	}
}

func TestWhatFitsAndWhatNot(t *testing.T) {
	full := rtp.Packet{Header: rtp.Header{Version: 2, Padding: true, PaddingSize: 8, Extension: true, ExtensionProfile: 0xbede,
		CSRC: []uint32{1, 2, 3}, SequenceNumber: 5, SSRC: 9}, Payload: []byte("abcd")}
	if err := full.SetExtension(1, []byte{1, 2, 3}); err != nil {
		t.Fatal(err)
	}
	b, err := full.Marshal()
	if err != nil {
		t.Fatal(err)
	}
	if h, ok := Parse(b); !ok || h.Seq != 5 || h.SSRC != 9 {
		t.Errorf("%+v %v", h, ok)
	}
	for n := range 36 { // without its tail every such packet is too short
		if _, ok := Parse(b[:n:n]); ok && n < 12 {
			t.Errorf("%d bytes pass", n)
		}
	}
	plain := Append(nil, Header{}, nil)
	for first, ok := range map[byte]bool{0x80: true, 0x40: false, 0xc0: false, 0x81: false, 0x90: false, 0xa0: false} {
		plain[0] = first
		if _, got := Parse(plain); got != ok {
			t.Errorf("first byte %#x: %v", first, got)
		}
	}
}

func TestRTCP(t *testing.T) {
	good, err := rtcp.Marshal([]rtcp.Packet{&rtcp.SenderReport{SSRC: 1, Reports: []rtcp.ReceptionReport{{SSRC: 2}}},
		&rtcp.SourceDescription{Chunks: []rtcp.SourceDescriptionChunk{{Source: 1, Items: []rtcp.SourceDescriptionItem{{Type: rtcp.SDESCNAME, Text: "x"}}}}}, &rtcp.Goodbye{Sources: []uint32{1}}})
	if err != nil {
		t.Fatal(err)
	}
	if !ValidRTCP(good) || !IsRTCP(good) {
		t.Error("a compound packet is refused")
	}
	for n := range len(good) {
		sr, sdes := 52, 52+12 // ends of whole packets
		if ValidRTCP(good[:n]) && n != sr && n != sdes {
			t.Errorf("%d of %d bytes pass", n, len(good))
		}
	}
	for _, bad := range [][]byte{nil, make([]byte, 8), {0x80, 0, 0, 1, 0, 0, 0, 0}, {0x80, 191, 0, 1, 0, 0, 0, 0}, {0x80, 224, 0, 1, 0, 0, 0, 0}, {0x40, 200, 0, 1, 0, 0, 0, 0}} {
		if ValidRTCP(bad) {
			t.Errorf("% x passes", bad)
		}
	}
	for pt := range uint8(128) { // no audio payload type in use is taken for RTCP
		b := Append(nil, Header{Type: pt}, nil)
		if IsRTCP(b) {
			t.Errorf("payload type %d", pt)
		}
	}
}

// feed sends sequence numbers 20 ms apart with a delay for each, in ms.
func feed(r *Receiver, ssrc uint32, seqs []int, delay func(i int) int) {
	for i, s := range seqs {
		r.Packet(uint16(s), uint32(s)*160, ssrc, uint32(s*160+8*delay(i)), true)
	}
}

func none(int) int { return 0 }

func upTo(from, to int) (l []int) {
	for i := from; i < to; i++ {
		l = append(l, i)
	}
	return l
}

func TestLost(t *testing.T) {
	for _, c := range []struct {
		what string
		seqs []int
		lost uint64
	}{
		{"none", upTo(10, 110), 0}, {"wrap-around", upTo(65500, 65600), 0}, {"three", append(upTo(0, 50), upTo(53, 80)...), 3},
		{"late ones came", []int{1, 2, 5, 3, 4, 6}, 0}, {"doubled", []int{1, 2, 2, 3}, 0}, {"doubled ones replace none", []int{1, 2, 2, 4, 2, 4, 4}, 1}, {"lost at the wrap", []int{65534, 65535, 2, 3}, 2},
		{"a jump that is confirmed begins anew", append(upTo(0, 10), upTo(30000, 30010)...), 0},
		{"a single wild packet is not of the stream", append(append(upTo(0, 10), 30000), upTo(10, 20)...), 0},
	} {
		var r Receiver
		feed(&r, 7, c.seqs, none)
		if got := r.Lost(); got != c.lost {
			t.Errorf("%s: %d lost, want %d", c.what, got, c.lost)
		}
	}
	var r Receiver
	feed(&r, 7, []int{1, 2, 5}, none)
	feed(&r, 8, []int{900, 902}, none) // another source: what the first lost stays
	if r.Lost() != 3 {
		t.Errorf("%d lost over two sources, want 3", r.Lost())
	}
}

func TestDoubled(t *testing.T) {
	for _, c := range []struct {
		what string
		seqs []int
		want uint64
	}{
		{"none", upTo(0, 500), 0}, {"out of order", []int{1, 2, 5, 3, 4, 6}, 0}, {"at once", []int{1, 2, 2, 3, 3}, 2}, {"the first", []int{1, 1}, 1},
		{"later", append(upTo(0, 20), 5, 6), 2}, {"at the wrap", []int{65534, 65535, 65536, 65535, 65534}, 2}, {"of what was lost", []int{1, 4, 2, 2}, 1},
	} {
		var r Receiver
		feed(&r, 7, c.seqs, none)
		if got := r.Doubled(); got != c.want {
			t.Errorf("%s: %d, want %d", c.what, got, c.want)
		}
	}
}

func TestLate(t *testing.T) {
	at := func(late ...int) uint64 { // ms, a packet each
		var r Receiver
		r.Retime(60 * 8)
		feed(&r, 7, upTo(0, 50), none)
		feed(&r, 7, upTo(50, 50+len(late)), func(i int) int { return late[i] })
		return r.Late()
	}
	if n := at(60, 59, 10); n != 0 {
		t.Errorf("%d are late within the time", n)
	}
	if n := at(61, 10, 200); n != 2 {
		t.Errorf("%d late, want 2", n)
	}
	var r Receiver
	r.Retime(60 * 8)
	feed(&r, 7, upTo(0, 30000), func(i int) int { return i / 250 }) // 80 ppm slower, 120 ms in ten minutes
	if r.Late() != 0 {
		t.Errorf("%d late by a clock that is slow", r.Late())
	}
	r.Packet(30000, 1<<31, 7, 0, true) // a new clock behind the same SSRC
	feed(&r, 7, upTo(30001, 30100), none)
	if r.Late() != 0 {
		t.Errorf("%d late after a new clock", r.Late())
	}
}

func TestJitter(t *testing.T) {
	var r Receiver
	feed(&r, 7, upTo(0, 500), none)
	if r.Jitter() != 0 {
		t.Errorf("jitter %d of an exact stream", r.Jitter())
	}
	// Alternating delays of 0 and 10 ms differ by 80 units each time: A.8 converges there.
	feed(&r, 7, upTo(500, 1500), func(i int) int { return 10 * (i & 1) })
	if j := r.Jitter(); j < 75 || j > 80 {
		t.Errorf("jitter %d, want about 80", j)
	}
	// Digits repeat their timestamp and must not count.
	before := r.Jitter()
	for i := range 20 {
		r.Packet(uint16(1500+i), 1500*160, 7, uint32((1500+i)*160), false)
	}
	if r.Jitter() != before {
		t.Errorf("jitter went from %d to %d by digits", before, r.Jitter())
	}
	r.Retime(0)
	r.Packet(1520, 0, 7, 1<<30, true)
	if r.Jitter() != 0 {
		t.Errorf("jitter %d after a new clock", r.Jitter())
	}
}

// Loss is what was not fed, whatever the order within the reach of A.1.
func TestLostAgainstCounting(t *testing.T) {
	for seed := range uint64(200) {
		rnd := rand.New(rand.NewPCG(seed, 1))
		first := rnd.IntN(1 << 16)
		seqs, lost := []int{first}, uint64(0)
		for i := 1; i < 400; i++ {
			if rnd.IntN(10) == 0 && i < 399 {
				lost++
			} else {
				seqs = append(seqs, first+i)
			}
		}
		for i := 2; i < len(seqs)-1; i++ { // neighbours swap, but neither the first nor the last
			if rnd.IntN(5) == 0 && i+1 < len(seqs)-1 {
				seqs[i], seqs[i+1] = seqs[i+1], seqs[i]
			}
		}
		var r Receiver
		feed(&r, 7, seqs, none)
		if r.Lost() != lost {
			t.Fatalf("seed %d: %d lost, want %d", seed, r.Lost(), lost)
		}
	}
}

func FuzzParse(f *testing.F) {
	f.Add(Append(nil, Header{Type: 8, Seq: 1}, []byte("sound")))
	f.Add([]byte{0xb1, 0, 0, 1, 0, 0, 0, 2, 0, 0, 0, 3, 0, 0, 0, 4, 0, 0, 0, 1, 1, 2, 3, 4, 0, 0, 0, 4})
	f.Fuzz(func(t *testing.T, b []byte) {
		h, ok := Parse(b)
		if !ok {
			return
		}
		var p rtp.Header
		if _, err := p.Unmarshal(b); err == nil && (p.SSRC != h.SSRC || p.SequenceNumber != h.Seq || p.PayloadType != h.Type || p.Timestamp != h.Time || p.Marker != h.Marker) {
			t.Fatalf("we read %+v, a stranger %+v", h, p)
		}
	})
}

func FuzzRTCP(f *testing.F) {
	f.Add([]byte{0x80, 201, 0, 1, 0, 0, 0, 7})
	f.Add([]byte{0x80, 200, 0, 6, 0, 0, 0, 7, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0x81, 203, 0, 1, 0, 0, 0, 7})
	f.Fuzz(func(t *testing.T, b []byte) {
		if ValidRTCP(b) && (b[0]>>6 != 2 || !IsRTCP(b) || len(b)&3 != 0) {
			t.Fatalf("% x", b)
		}
	})
}

func FuzzReceiver(f *testing.F) {
	f.Add([]byte{0, 1, 0, 2, 0, 9, 0, 3})
	f.Fuzz(func(t *testing.T, b []byte) {
		var r Receiver
		n := uint64(0)
		for ; len(b) >= 2; b = b[2:] {
			r.Packet(uint16(b[0])<<8|uint16(b[1]), uint32(n)*160, uint32(b[0]>>7), uint32(n)*160, true)
			n++
		}
		if r.Lost() > n*maxDropout {
			t.Fatalf("%d lost of %d packets", r.Lost(), n)
		}
	})
}

func BenchmarkReceiver(b *testing.B) {
	var r Receiver
	b.ReportAllocs()
	for i := uint32(0); b.Loop(); i++ {
		r.Packet(uint16(i), i*160, 7, i*160+i&7, true)
	}
}
