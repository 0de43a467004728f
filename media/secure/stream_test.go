package secure

import (
	"bytes"
	"encoding/base64"
	"errors"
	"fmt"
	"testing"
)

func all() (s []Suite) {
	for i := 1; i < len(suites); i++ {
		s = append(s, Suite(i))
	}
	return s
}

// packet makes RTP with room for what closing adds.
func packet(seq uint16, ssrc byte, sound string) []byte {
	b := make([]byte, 0, 256)
	b = append(b, 0x80, 0, byte(seq>>8), byte(seq), 0, 0, 0, 160, 0, 0, 0, ssrc)
	return append(b, sound...)
}

func report(ssrc byte) []byte {
	return append(make([]byte, 0, 256), 0x80, 201, 0, 1, 0, 0, 0, ssrc)
}

func ends(t testing.TB, s Suite) (*In, *Out, Key) {
	t.Helper()
	k := NewKey(s)
	in, out := &In{}, &Out{}
	if err := errors.Join(in.Use(k, 0), out.Use(k)); err != nil {
		t.Fatal(err)
	}
	return in, out, k
}

func closed(t testing.TB, o *Out, b []byte) []byte {
	t.Helper()
	c, ok := o.RTP(b)
	if !ok {
		t.Fatalf("not closed: % x", b)
	}
	return c
}

func TestThereAndBack(t *testing.T) {
	for _, s := range all() {
		in, out, _ := ends(t, s)
		for i := 0; i < 200_000; i += 1 + i/1000*100 { // past the roll-over of the sequence number, thrice
			seq := uint16(i + 65000)
			b := packet(seq, 7, "sound")
			before := &b[0]
			c := closed(t, out, b)
			if &c[0] != before || bytes.Contains(c, []byte("sound")) {
				t.Fatalf("%s: closed elsewhere, or not at all: % x", s, c)
			}
			got, ok := in.RTP(c, 0)
			if !ok || !bytes.Equal(got, packet(seq, 7, "sound")) || &got[0] != before {
				t.Fatalf("%s: packet %d came back as %v % x", s, i, ok, got)
			}
		}
		for range 3 {
			c, ok := out.RTCP(report(7))
			if !ok {
				t.Fatalf("%s: RTCP not closed", s)
			}
			if got, ok := in.RTCP(c, 0); !ok || !bytes.Equal(got, report(7)) {
				t.Errorf("%s: RTCP came back as %v % x", s, ok, got)
			}
		}
	}
}

func TestReplayAndForgeryAreRefused(t *testing.T) {
	for _, s := range all() {
		in, out, _ := ends(t, s)
		c := bytes.Clone(closed(t, out, packet(1, 7, "sound")))
		forged := bytes.Clone(c)
		forged[len(forged)-1] ^= 1
		if _, ok := in.RTP(forged, 0); ok {
			t.Errorf("%s: a forged packet was opened", s)
		}
		if _, ok := in.RTP(packet(1, 7, "a plain packet that is long enough"), 0); ok {
			t.Errorf("%s: a plain packet was opened", s)
		}
		if _, ok := in.RTP(bytes.Clone(c), 0); !ok {
			t.Errorf("%s: the true one was not opened", s)
		}
		if _, ok := in.RTP(bytes.Clone(c), 0); ok {
			t.Errorf("%s: it was opened twice", s)
		}
		rtcp, _ := out.RTCP(report(7))
		again := bytes.Clone(rtcp)
		if _, ok := in.RTCP(rtcp, 0); !ok {
			t.Errorf("%s: RTCP was not opened", s)
		}
		if _, ok := in.RTCP(again, 0); ok {
			t.Errorf("%s: RTCP was opened twice", s)
		}
	}
}

func TestReplayWindow(t *testing.T) {
	in, out, _ := ends(t, AEAD128)
	var late [2][]byte
	for i := range 2 * window {
		c := bytes.Clone(closed(t, out, packet(uint16(i+1), 7, "x")))
		switch i + 1 {
		case 100:
			late[0] = c
		case 200:
			late[1] = c
		default:
			if _, ok := in.RTP(c, 0); !ok {
				t.Fatalf("packet %d refused", i+1)
			}
		}
	}
	if _, ok := in.RTP(late[0], 0); ok {
		t.Error("a packet from before the window was taken")
	}
	if _, ok := in.RTP(late[1], 0); !ok {
		t.Error("a late packet within the window was refused")
	}
}

func TestNewKeyAndBack(t *testing.T) {
	in, out, first := ends(t, AEAD128)
	old := &Out{}
	if err := old.Use(first); err != nil {
		t.Fatal(err)
	}
	take := func(what string, o *Out, seq uint16, at int64, want bool) {
		t.Helper()
		if _, ok := in.RTP(closed(t, o, packet(seq, 7, "x")), at); ok != want {
			t.Errorf("%s: taken %v, want %v", what, ok, want)
		}
	}
	take("under the first key", old, 1, 0, true)
	second := NewKey(CM128SHA80)
	if err := errors.Join(in.Use(second, 10), out.Use(second)); err != nil {
		t.Fatal(err)
	}
	take("under the new key", out, 2, 10, true)
	take("under the old key, just after", old, 2, 10, true)
	if err := in.Use(first, 20); err != nil { // the offer came to nothing
		t.Fatal(err)
	}
	take("back to the first", old, 3, 20, true)
	take("the one that was given up, just after", out, 3, 20, true)
	if err := in.Use(second, 30); err != nil {
		t.Fatal(err)
	}
	take("the first, much later", old, 4, 30+grace+1, false)
	take("the second, much later", out, 4, 30+grace+1, true)
}

// Two packets under one key and number would give both away.
func TestNothingIsClosedTwice(t *testing.T) {
	_, out, k := ends(t, AEAD128)
	closed(t, out, packet(65535, 7, "a"))
	closed(t, out, packet(1, 7, "b"))
	closed(t, out, packet(0, 7, "c")) // late
	for _, seq := range []uint16{65535, 1, 0} {
		if _, ok := out.RTP(packet(seq, 7, "another")); ok {
			t.Errorf("packet %d was closed twice", seq)
		}
	}
	closed(t, out, packet(1, 8, "another source"))
	if err := errors.Join(out.Use(NewKey(AEAD128)), out.Use(k)); err != nil {
		t.Fatal(err)
	}
	if _, ok := out.RTP(packet(1, 7, "another")); ok {
		t.Error("coming back to a key began its numbers anew")
	}
	closed(t, out, packet(100, 7, "d"))
	if _, ok := out.RTP(packet(36, 7, "too late to tell")); ok {
		t.Error("a packet too late to tell was closed")
	}
	if _, ok := out.RTP(packet(101, 7, "no room")[:17:17]); ok {
		t.Error("closed without room for it")
	}
}

func TestSourcesAreBounded(t *testing.T) {
	in, out, _ := ends(t, AEAD128)
	other := &Out{}
	if err := other.Use(in.key); err != nil {
		t.Fatal(err)
	}
	send := func(o *Out, ssrc uint32) bool {
		b := packet(1, 0, "x")
		b[8], b[9], b[10], b[11] = byte(ssrc>>24), byte(ssrc>>16), byte(ssrc>>8), byte(ssrc)
		c, ok := o.RTP(b)
		if ok {
			_, ok = in.RTP(c, 0)
		}
		return ok
	}
	for i := range uint32(sources) {
		if !send(out, i) {
			t.Fatalf("source %d was refused", i)
		}
	}
	if send(out, 1000) {
		t.Error("one source too many was closed")
	}
	if send(other, 1001) {
		t.Error("one source too many was opened")
	}
}

func TestKeyIdentifier(t *testing.T) {
	for _, s := range all() {
		k, err := KeyFrom(s, NewKey(s).Reveal(), []byte{0, 0, 0, 5})
		if err != nil {
			t.Fatal(err)
		}
		in, out := &In{}, &Out{}
		if err := errors.Join(in.Use(k, 0), out.Use(k)); err != nil {
			t.Fatal(err)
		}
		c := closed(t, out, packet(1, 7, "sound"))
		if !bytes.Contains(c, []byte{0, 0, 0, 5}) {
			t.Errorf("%s: no identifier in % x", s, c)
		}
		if got, ok := in.RTP(c, 0); !ok || !bytes.Equal(got, packet(1, 7, "sound")) {
			t.Errorf("%s: %v % x", s, ok, got)
		}
	}
}

func TestKeysAreNotPrinted(t *testing.T) {
	k := NewKey(AEAD128)
	secret := base64.StdEncoding.EncodeToString(k.Reveal())
	for _, s := range []string{fmt.Sprint(k), fmt.Sprintf("%v %+v %#v", k, k, k)} {
		if bytes.Contains([]byte(s), []byte(secret)) || bytes.Contains([]byte(s), k.Reveal()) {
			t.Errorf("printed: %s", s)
		}
	}
	if _, err := KeyFrom(AEAD128, make([]byte, 30), nil); !errors.Is(err, ErrKey) {
		t.Errorf("a key of another length: %v", err)
	}
	if s, ok := SuiteNamed("AES_CM_128_HMAC_SHA1_80"); !ok || s != CM128SHA80 {
		t.Errorf("%v %v", s, ok)
	}
	if _, ok := SuiteNamed("F8_128_HMAC_SHA1_80"); ok {
		t.Error("F8 is known")
	}
}

func FuzzOpen(f *testing.F) {
	in, out, _ := ends(f, CM128SHA80)
	f.Add(bytes.Clone(closed(f, out, packet(1, 7, "sound"))))
	f.Add([]byte{0x90, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 7, 0xbe, 0xde, 0, 1})
	f.Add(report(1))
	gcm, _, _ := ends(f, AEAD256)
	f.Fuzz(func(t *testing.T, b []byte) {
		for _, i := range []*In{in, gcm} {
			if _, ok := i.RTCP(bytes.Clone(b), 0); ok {
				t.Error("RTCP out of nothing")
			}
			i.RTP(bytes.Clone(b), 0)
		}
		out.RTP(append(make([]byte, 0, len(b)+Overhead), b...))
		out.RTCP(append(make([]byte, 0, len(b)+Overhead), b...))
	})
}

func benchmark(b *testing.B, s Suite, reports bool) {
	in, out, _ := ends(b, s)
	sound := packet(0, 7, string(make([]byte, 160)))
	buf := make([]byte, 512)
	b.ReportAllocs()
	for n := 0; b.Loop(); n++ {
		p := append(buf[:0], sound...)
		if reports {
			c, _ := out.RTCP(append(buf[:0], 0x80, 201, 0, 1, 0, 0, 0, 7))
			in.RTCP(c, 0)
			continue
		}
		p[2], p[3] = byte(n>>8), byte(n)
		c, _ := out.RTP(p)
		if _, ok := in.RTP(c, 0); !ok {
			b.Fatal("not opened")
		}
	}
}

// One closing and one opening each.
func BenchmarkRTP(b *testing.B) {
	for _, s := range all() {
		b.Run(s.String(), func(b *testing.B) { benchmark(b, s, false) })
	}
}

func BenchmarkRTCP(b *testing.B) { benchmark(b, AEAD128, true) }

func TestNoAllocation(t *testing.T) {
	for _, s := range all() {
		in, out, _ := ends(t, s)
		buf, seq := make([]byte, 512), 0
		n := testing.AllocsPerRun(1000, func() {
			seq++
			p := append(buf[:0], packetBytes...)
			p[2], p[3] = byte(seq>>8), byte(seq)
			c, _ := out.RTP(p)
			in.RTP(c, 0)
		})
		if n != 0 && !underRace {
			t.Errorf("%s: %v allocations for a packet", s, n)
		}
	}
}

var packetBytes = packet(0, 7, "some sound that is encrypted")
