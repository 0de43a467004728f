package secure

import (
	"bytes"
	"encoding/binary"
	"log/slog"
	"strings"
	"sync"
	"testing"
	"time"

	"go.uber.org/goleak"

	"cradle/media/sdp"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// side is one end of a handshake in a test.
type side struct {
	h     *Handshakes
	shake *Handshake
	mu    sync.Mutex
	keys  chan Agreed
	other *side
	sent  int
	suits []Suite                    // nil: all
	lose  func(n int, b []byte) bool // of the n-th datagram it sends
}

func newSide(t testing.TB, gcm bool) *side {
	t.Helper()
	h, err := NewHandshakes(4, gcm)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(h.Close)
	return &side{h: h, keys: make(chan Agreed, 1)}
}

func (s *side) write(b []byte) {
	s.mu.Lock()
	n := s.sent
	s.sent++
	s.mu.Unlock()
	if s.lose != nil && s.lose(n, b) {
		return
	}
	s.other.mu.Lock()
	to := s.other.shake
	s.other.mu.Unlock()
	if to != nil {
		to.Feed(b)
	}
}

func (s *side) start(t testing.TB, client bool, prints ...sdp.Fingerprint) {
	t.Helper()
	shake, ok := s.h.Start(Peer{Client: client, Prints: prints, Suites: s.suits, Write: s.write, Done: func(a Agreed) { s.keys <- a }, Log: slog.New(slog.DiscardHandler)})
	if !ok {
		t.Fatal("no room")
	}
	s.mu.Lock()
	s.shake = shake
	s.mu.Unlock()
}

func pairOf(t testing.TB, gcm bool) (server, client *side) {
	t.Helper()
	server, client = newSide(t, gcm), newSide(t, gcm)
	server.other, client.other = client, server
	return server, client
}

// agree waits for both and lets each open what the other closes.
func agree(t testing.TB, server, client *side) {
	t.Helper()
	var s, c Agreed
	for _, x := range []struct {
		from *side
		to   *Agreed
	}{{server, &s}, {client, &c}} {
		select {
		case *x.to = <-x.from.keys:
		case <-time.After(15 * time.Second):
			t.Fatal("no keys")
		}
	}
	if !s.Ours.Same(c.Theirs) || !s.Theirs.Same(c.Ours) || s.Ours.Same(s.Theirs) {
		t.Error("the sides do not agree")
	}
	in, out := &In{}, &Out{}
	if err := in.Use(s.Theirs, 0); err != nil {
		t.Fatal(err)
	}
	if err := out.Use(c.Ours); err != nil {
		t.Fatal(err)
	}
	if got, ok := in.RTP(closed(t, out, packet(1, 7, "sound")), 0); !ok || !bytes.HasSuffix(got, []byte("sound")) {
		t.Error("what one closes the other does not open")
	}
}

func TestHandshake(t *testing.T) {
	for _, gcm := range []bool{false, true} {
		server, client := pairOf(t, gcm)
		server.start(t, false, client.h.Print())
		client.start(t, true, sdp.Fingerprint{Hash: "md5", Sum: []byte{1}}, server.h.Print())
		agree(t, server, client)
	}
}

// The client's order of suites holds, and one that it does not name is never chosen.
func TestSuitesOfTheClient(t *testing.T) {
	for _, suits := range [][]Suite{nil, {AEAD128}, {CM128SHA80}, {CM128SHA80, AEAD128}} {
		want := AEAD128
		if suits != nil {
			want = suits[0]
		}
		server, client := pairOf(t, false)
		client.suits = suits
		server.start(t, false, client.h.Print())
		client.start(t, true, server.h.Print())
		for _, s := range []*side{server, client} {
			select {
			case a := <-s.keys:
				if a.Ours.Suite() != want || a.Theirs.Suite() != want {
					t.Errorf("%v: agreed on %v", suits, a.Ours)
				}
			case <-time.After(15 * time.Second):
				t.Fatalf("%v: no keys", suits)
			}
		}
	}
}

func TestHandshakeWithLoss(t *testing.T) {
	server, client := pairOf(t, false)
	server.lose = func(n int, _ []byte) bool { return n%3 == 1 } // the last flight too
	client.lose = func(n int, _ []byte) bool { return n%3 == 0 }
	server.start(t, false, client.h.Print())
	client.start(t, true, server.h.Print())
	agree(t, server, client)
}

// A certificate that was not announced gives no keys, whichever side shows it.
func TestWrongFingerprint(t *testing.T) {
	for _, liar := range []string{"server", "client"} {
		server, client := pairOf(t, false)
		wrong := newSide(t, false).h.Print()
		of := map[string]sdp.Fingerprint{"server": server.h.Print(), "client": client.h.Print()}
		of[liar] = wrong
		server.start(t, false, of["client"])
		client.start(t, true, of["server"])
		believer := server
		if liar == "server" {
			believer = client
		}
		select {
		case <-believer.shake.over:
		case <-time.After(15 * time.Second):
			t.Fatalf("the %s lies and the handshake goes on", liar)
		}
		select {
		case a := <-believer.keys:
			t.Errorf("the %s lies and is given %v", liar, a)
		default:
		}
	}
}

func record(kind byte, epoch uint16, body ...byte) []byte {
	b := []byte{kind, 0xfe, 0xfd, byte(epoch >> 8), byte(epoch), 0, 0, 0, 0, 0, 9, 0, 0}
	binary.BigEndian.PutUint16(b[11:], uint16(len(body)))
	return append(b, body...)
}

// forgeries are what somebody writes who knows address and port of a party.
func forgeries() map[string][]byte {
	return map[string][]byte{
		"fatal alert": record(alert, 0, 2, 40), "close_notify": record(alert, 0, 1, 0), "warning": record(alert, 0, 1, 100), "alert of one byte": record(alert, 0, 2),
		"data": record(applicationData, 0, 1, 2, 3), "type 24": record(24, 0, 1, 2, 3), "CCS": record(changeCipherSpec, 0, 1), "garbage of epoch 1": record(handshake, 1, 1, 2, 3, 4, 5, 6, 7, 8),
		"empty record": record(handshake, 0), "short": {22, 0xfe, 0xfd}, "a length that lies": append(record(handshake, 0, 1), 2)[:13],
		"alert of epoch 1": record(alert, 1, 2, 40, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20),
		"two in one":       append(record(alert, 0, 2, 40), record(alert, 0, 1, 0)...),
	}
}

// Forged records from the right address end neither a handshake nor what it led to.
func TestForgedRecordsEndNothing(t *testing.T) {
	for what, b := range forgeries() {
		server, client := pairOf(t, false)
		spray := func(n int, _ []byte) bool { // before each datagram the forger's comes
			server.other.shakeFeed(b)
			client.other.shakeFeed(b)
			return false
		}
		server.lose, client.lose = nil, spray
		server.start(t, false, client.h.Print())
		client.start(t, true, server.h.Print())
		t.Run(what, func(t *testing.T) { agree(t, server, client) })
		server.shake.Feed(b) // and afterwards
		client.shake.Feed(b)
		if server.shake.Over() {
			t.Errorf("%s: the handshake's end was forged", what)
		}
	}
}

func (s *side) shakeFeed(b []byte) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.shake != nil {
		s.shake.Feed(b)
	}
}

// A forged hello or fragment may spoil one try; the next one succeeds.
func TestSpoiltTryIsRepeated(t *testing.T) {
	server, client := pairOf(t, false)
	server.start(t, false, client.h.Print())
	spoil := record(handshake, 0, append([]byte{16, 0, 0, 60, 0, 1, 0, 0, 0, 0, 0, 60}, make([]byte, 60)...)...) // a key exchange out of place
	for range 3 {
		server.shake.Feed(spoil)
	}
	client.start(t, true, server.h.Print())
	agree(t, server, client)
}

func TestBoundsOfAHandshake(t *testing.T) {
	p := newPipe(func([]byte) {})
	hello := record(handshake, 0, make([]byte, 1000)...)
	for range waiting + 10 {
		p.feed(hello)
	}
	if len(p.queue) != waiting {
		t.Errorf("%d datagrams wait", len(p.queue))
	}
	var buf [2048]byte
	for range 2 {
		for range waiting {
			if len(p.queue) == 0 {
				break
			}
			if n, err := p.Read(buf[:]); n != len(hello) || err != nil {
				t.Fatal(n, err)
			}
		}
		for range waiting {
			p.feed(hello)
		}
	}
	if p.fed > mostBytes || p.fed < mostBytes-len(hello) {
		t.Errorf("fed %d bytes", p.fed)
	}
	h := newSide(t, false)
	h.other = h
	for range cap(h.h.slots) {
		h.start(t, false, h.h.Print())
	}
	if _, ok := h.h.Start(Peer{Log: slog.New(slog.DiscardHandler)}); ok {
		t.Error("one more was begun")
	}
	h.h.Close() // ends those that wait for a peer that never speaks
	if _, ok := h.h.Start(Peer{}); ok {
		t.Error("begun after the end")
	}
}

func TestDeadlineWakesAReader(t *testing.T) {
	p := newPipe(func([]byte) {})
	for _, wake := range []func(){func() { p.SetReadDeadline(time.Now()) }, func() { p.SetReadDeadline(time.Now().Add(5 * time.Millisecond)) }, p.end} {
		p.SetReadDeadline(time.Time{})
		done := make(chan error)
		go func() {
			var b [10]byte
			_, err := p.Read(b[:])
			done <- err
		}()
		wake()
		select {
		case err := <-done:
			if err == nil {
				t.Error("read something")
			}
		case <-time.After(10 * time.Second):
			t.Fatal("the reader sleeps on")
		}
	}
}

func TestSift(t *testing.T) {
	for what, b := range forgeries() {
		kept, withheld := sift(nil, b)
		if want := strings.Contains(what, "epoch 1") || what == "CCS" || what == "empty record"; (len(kept) > 0) != want {
			t.Errorf("%s: kept % x", what, kept)
		}
		if what == "fatal alert" && withheld != [2]byte{2, 40} {
			t.Errorf("%s: withheld % x", what, withheld)
		}
	}
	good := record(handshake, 0, 1, 2, 3)
	kept, _ := sift(nil, append(append(record(alert, 0, 2, 40), good...), record(applicationData, 0, 9)...))
	if !bytes.Equal(kept, good) {
		t.Errorf("kept % x", kept)
	}
	if !ClientHello(record(handshake, 0, 1, 0)) || ClientHello(record(handshake, 1, 1, 0)) || ClientHello(record(handshake, 0, 2)) || ClientHello(nil) {
		t.Error("what begins a handshake")
	}
}

func FuzzFeed(f *testing.F) {
	for _, b := range forgeries() {
		f.Add(b)
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		p := newPipe(func([]byte) {})
		p.feed(b)
		for _, kept := range p.queue {
			for len(kept) > 0 {
				if len(kept) < recordHeader || kept[0] < 20 || kept[0] > 23 || (kept[0] == alert || kept[0] == applicationData) && epoch(kept) == 0 {
					t.Fatalf("passed on: % x", kept)
				}
				kept = kept[recordHeader+int(binary.BigEndian.Uint16(kept[11:])):]
			}
		}
		ClientHello(b)
	})
}

// What a peer or a forger writes in place of one datagram of a handshake, or before it, reaches the library, and nothing of
// it may end this process: its goroutines are under no guard of ours.
func FuzzHandshake(f *testing.F) {
	for n := range uint8(6) {
		for _, b := range forgeries() {
			f.Add(n, false, n%2 == 0, b)
		}
		f.Add(n, true, true, []byte{22, 0, 40, 255})
	}
	server, client := pairOf(f, false)
	f.Fuzz(func(t *testing.T, at uint8, bent, ofServer bool, b []byte) {
		from := client
		if ofServer {
			from = server
		}
		server.sent, client.sent, server.lose, client.lose = 0, 0, nil, nil
		from.lose = func(n int, was []byte) bool {
			if n != int(at%8) {
				return false
			}
			if !bent {
				from.other.shakeFeed(b)
				return false
			}
			with := bytes.Clone(was) // the records stay, what is in them is bent
			for i := 0; i+1 < len(b); i += 2 {
				with[int(b[i])%len(with)] ^= b[i+1]
			}
			from.other.shakeFeed(with)
			return true
		}
		server.start(t, false, client.h.Print())
		client.start(t, true, server.h.Print())
		for _, s := range []*side{server, client} {
			select {
			case <-s.keys:
			case <-time.After(30 * time.Millisecond):
			}
		}
		for _, s := range []*side{server, client} {
			s.shake.End()
			<-s.shake.over
			select {
			case <-s.keys:
			default:
			}
		}
	})
}
