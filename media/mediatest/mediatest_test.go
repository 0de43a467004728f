package mediatest

import (
	"context"
	"errors"
	"net"
	"net/netip"
	"os"
	"path/filepath"
	"testing"
	"time"

	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func phone(t *testing.T, p *Pacer) *Phone {
	t.Helper()
	ph, err := p.Phone(netip.AddrPortFrom(Addr4(), 0))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(ph.Close)
	return ph
}

func TestTwoPhonesHearEachOther(t *testing.T) {
	p := NewPacer()
	defer p.Close()
	a, b := phone(t, p), phone(t, p)
	a.Say(b.Addr(), Tone{Hz: 440, Type: PCMU})
	b.Say(a.Addr(), Tone{Hz: 660, Type: PCMA, Level: -20})
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
	defer cancel()
	v, err := b.Await(ctx, 440)
	if err != nil || v.Level < -10.5 || v.Level > -9.5 || v.Share < 0.98 {
		t.Errorf("b heard %+v, %v; want 440 Hz at -10 dB", v, err)
	}
	v, err = a.Await(ctx, 660)
	if err != nil || v.Level < -20.5 || v.Level > -19.5 {
		t.Errorf("a heard %+v, %v; want 660 Hz at -20 dB", v, err)
	}
	if v := b.Tone(660); v.Heard {
		t.Errorf("b hears 660 Hz, which nobody says to it: %+v", v)
	}
	if h := b.Heard(); h.Lost != 0 || h.Disorder != 0 || h.Streams != 1 || h.From != a.Addr() || h.Type != PCMU {
		t.Errorf("b: %+v", h)
	}
	a.Hush()
	b.Forget()
	if _, err := b.Await(canceled(), 440); err == nil {
		t.Error("b hears a phone that is silent")
	}
}

func canceled() context.Context {
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	return ctx
}

func TestPaceIsExact(t *testing.T) {
	p := NewPacer()
	defer p.Close()
	a, b := phone(t, p), phone(t, p)
	a.Say(b.Addr(), Tone{Hz: 1000})
	deadline := time.Now().Add(10 * time.Second)
	for b.Heard().Packets < 50 && time.Now().Before(deadline) {
		time.Sleep(5 * time.Millisecond)
	}
	h := b.Heard()
	took := h.Last.Sub(h.First) - time.Duration(h.Packets-1)*interval
	if h.Packets < 50 || took > 60*time.Millisecond+p.Late() || took < -60*time.Millisecond-p.Late() {
		t.Errorf("%d packets are %v off their time, the pacer was late by %v", h.Packets, took, p.Late())
	}
}

func TestEarCountsGapsAndDisorder(t *testing.T) {
	p := NewPacer()
	defer p.Close()
	ph := phone(t, p)
	c, err := net.DialUDP("udp", nil, net.UDPAddrFromAddrPort(ph.Addr()))
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	for _, seq := range []byte{1, 2, 5, 3, 6} { // 4 is lost, 3 is late
		pkt := make([]byte, 172)
		pkt[0], pkt[3], pkt[11] = 0x80, seq, 7
		c.Write(pkt) //nolint:errcheck // judged by what arrives
	}
	c.Write([]byte("no RTP")) //nolint:errcheck // the same
	deadline := time.Now().Add(5 * time.Second)
	for h := ph.Heard(); h.Packets+h.Bad < 6 && time.Now().Before(deadline); h = ph.Heard() {
		time.Sleep(time.Millisecond)
	}
	if h := ph.Heard(); h.Packets != 5 || h.Lost != 1 || h.Disorder != 1 || h.Bad != 1 || h.Streams != 1 {
		t.Errorf("%+v", h)
	}
}

func TestWAV(t *testing.T) {
	for _, rate := range []int{8000, 16000, 48000} {
		path := filepath.Join(t.TempDir(), "tone.wav")
		if err := WriteTone(path, rate, 440, -12, time.Second); err != nil {
			t.Fatal(err)
		}
		r, err := ReadWAV(path)
		if err != nil || r.Rate != rate || r.Length() != time.Second {
			t.Fatalf("%d Hz: %v %+v", rate, err, r)
		}
		if v := Judge(r.Samples, r.Rate, 440); !v.Heard || v.Level < -12.2 || v.Level > -11.8 {
			t.Errorf("%d Hz: %+v", rate, v)
		}
		if d := r.Heard(440); d < 900*time.Millisecond {
			t.Errorf("%d Hz: 440 heard for %v", rate, d)
		}
		if d := r.Heard(660); d != 0 {
			t.Errorf("%d Hz: 660 heard for %v", rate, d)
		}
	}
}

func TestWAVOfKilledProgram(t *testing.T) {
	path := filepath.Join(t.TempDir(), "tone.wav")
	if err := WriteTone(path, 8000, 440, -12, time.Second); err != nil {
		t.Fatal(err)
	}
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	copy(b[40:44], []byte{0, 0, 0, 0})
	if r, err := parseWAV(b); err != nil || r.Length() != time.Second {
		t.Errorf("length zero: %v", err)
	}
	for _, bad := range []string{"", "RIFF....WAVE", "RIFF....WAVEdata\x04\x00\x00\x00abcd", string(b[:30])} {
		if _, err := parseWAV([]byte(bad)); !errors.Is(err, ErrWAV) {
			t.Errorf("%.20q: %v", bad, err)
		}
	}
}

func FuzzWAV(f *testing.F) {
	f.Add([]byte("RIFF....WAVEfmt \x10\x00\x00\x00\x01\x00\x01\x00\x40\x1f\x00\x00\x80\x3e\x00\x00\x02\x00\x10\x00data\x04\x00\x00\x00abcd"))
	f.Fuzz(func(t *testing.T, b []byte) {
		if r, err := parseWAV(b); err == nil {
			r.Heard(440)
		}
	})
}
