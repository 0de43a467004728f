package media

import (
	"context"
	"fmt"
	"log/slog"
	"strings"
	"sync/atomic"
	"testing"

	"cradle/media/codec"
	"cradle/media/rtp"
	"cradle/media/secure"
)

// faults counts what a relay logs as an error: a reactor's guard does so for each packet that panics.
type faults struct{ n atomic.Int64 }

func (f *faults) Enabled(_ context.Context, l slog.Level) bool { return l >= slog.LevelError }
func (f *faults) Handle(context.Context, slog.Record) error    { f.n.Add(1); return nil }
func (f *faults) WithAttrs([]slog.Attr) slog.Handler           { return f }
func (f *faults) WithGroup(string) slog.Handler                { return f }

// Whatever comes to a port of any kind of leg, from where its party is: it costs nothing but itself. RTP, RTCP, STUN and
// DTLS meet here as they do in service.
func FuzzPort(f *testing.F) {
	seen := &faults{}
	c := config()
	c.Ports, c.Cores, c.Log = [2]int{47000, 47199}, 1, slog.New(seen)
	r, err := open(c, 1<<30)
	if err != nil {
		f.Fatal(err)
	}
	f.Cleanup(func() { r.Close() })
	w, friend := wireAt(f, "127.0.0.1"), wireAt(f, "127.0.0.1")
	plain, other := session(f, r, Party{}), session(f, r, Party{})
	mustSet(f, plain, say(w.addr))
	mustSet(f, other, say(friend.addr))
	Bridge(plain, other)
	key := securedAt(f, "127.0.0.1", secure.AEAD128)
	keyed := session(f, r, Party{Encryption: required})
	mustSet(f, keyed, key.say("RTP/SAVP", key.crypto(1)))
	a := associatedAt(f, "127.0.0.1")
	shaken := session(f, r, Party{Encryption: byDTLS})
	mustSet(f, shaken, a.say("UDP/TLS/RTP/SAVP", "active"))
	browser := session(f, r, Party{Encryption: Encryption{Offer: DTLS, Accept: DTLS, Require: true, ICE: true}})
	mustSet(f, browser, a.say("UDP/TLS/RTP/SAVPF", "actpass", fmt.Sprintf(browserLines, "them")))
	alone := session(f, r, Party{})
	mustSet(f, alone, say(w.addr))
	if _, err := alone.Local(EndpointConfig{Sound: func([]int16) {}, Pressed: func(byte) {}}); err != nil {
		f.Fatal(err)
	}
	if _, err := alone.Answer(); err != nil {
		f.Fatal(err)
	}
	all := []*Session{plain, keyed, shaken, browser, alone}
	for _, b := range [][]byte{packet(0, 1, 7), report(7), append(packet(101, 1, 7)[:rtp.HeaderLen], codec.AppendEvent(nil, codec.Event{Key: '5', Duration: 160})...),
		append([]byte{22, 0xfe, 0xfd, 0, 0, 0, 0, 0, 0, 0, 1, 0, 50, 1, 0, 0, 38, 0, 0, 0, 0, 0, 0, 0, 38}, make([]byte, 38)...),
		{21, 0xfe, 0xfd, 0, 0, 0, 0, 0, 0, 0, 1, 0, 2, 2, 40}, append([]byte{0, 1, 0, 0, 0x21, 0x12, 0xa4, 0x42}, make([]byte, 12)...), []byte(strings.Repeat("x", 3000))} {
		f.Add(b)
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		if len(b) > 60000 {
			return
		}
		before := make([]Stats, len(all))
		for i, s := range all {
			before[i] = s.Stats()
			w.send(at(s), b)
			w.send(ctl(s), b)
		}
		for i, s := range all {
			settle(s) // commands go first,
			settle(s) // so the packets have been met now
			if st := s.Stats(); s != plain && s != alone && st.Received != before[i].Received {
				t.Fatalf("% x was taken by an encrypted leg", b)
			}
		}
		if n := seen.n.Load(); n > 0 {
			t.Fatalf("%d faults", n)
		}
	})
}
