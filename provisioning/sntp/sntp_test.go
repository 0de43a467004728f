package sntp

import (
	"encoding/binary"
	"net"
	"net/netip"
	"testing"
	"time"

	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// question is a client's packet of a version.
func question(version byte) []byte {
	b := make([]byte, size)
	b[0], b[2] = version<<3|modeClient, 6
	copy(b[40:], "\x01\x02\x03\x04\x05\x06\x07\x08")
	return b
}

func serve(t *testing.T, now time.Time) *Server {
	t.Helper()
	s, err := Listen("127.0.0.1:0", Config{
		Inside: func(a netip.Addr) bool { return netip.MustParsePrefix("127.0.0.0/16").Contains(a) },
		Now:    func() time.Time { return now },
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	return s
}

// asker is a phone at an address.
func asker(t *testing.T, s *Server, from string) *net.UDPConn {
	t.Helper()
	c, err := net.DialUDP("udp", &net.UDPAddr{IP: net.ParseIP(from)}, net.UDPAddrFromAddrPort(s.Addr()))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { c.Close() })
	return c
}

func ask(t *testing.T, c *net.UDPConn, p []byte) []byte {
	t.Helper()
	if _, err := c.Write(p); err != nil {
		t.Fatal(err)
	}
	return hear(t, c)
}

func hear(t *testing.T, c *net.UDPConn) []byte {
	t.Helper()
	if err := c.SetReadDeadline(time.Now().Add(5 * time.Second)); err != nil {
		t.Fatal(err)
	}
	b := make([]byte, 600)
	n, err := c.Read(b)
	if err != nil {
		t.Fatal(err)
	}
	return b[:n]
}

func TestAnswersClients(t *testing.T) {
	now := time.Date(2026, 3, 1, 12, 0, 0, 250e6, time.UTC)
	s := serve(t, now)
	for version := byte(1); version <= 4; version++ {
		b := ask(t, asker(t, s, "127.0.0.7"), question(version))
		if len(b) != size || b[0] != version<<3|modeServer || b[1] == 0 || b[1] > 15 || b[2] != 6 {
			t.Fatalf("version %d: % x", version, b)
		}
		if string(b[24:32]) != "\x01\x02\x03\x04\x05\x06\x07\x08" {
			t.Errorf("version %d: originate % x", version, b[24:32])
		}
		for _, at := range []int{32, 40} { // 3981355200: 2026-03-01 12:00 in seconds since 1900
			if got, part := binary.BigEndian.Uint32(b[at:]), binary.BigEndian.Uint32(b[at+4:]); got != 3981355200 || part != 1<<30 {
				t.Errorf("version %d: %d and %x", version, got, part)
			}
		}
	}
}

// A clock that was never set says so, instead of setting phones to the past.
func TestClockThatIsNotSet(t *testing.T) {
	if b := answer(question(4), time.Unix(60, 0), time.Unix(60, 0)); b[0]>>6 != 3 {
		t.Errorf("% x", b)
	}
	if b := answer(question(4), built, built); b[0]>>6 != 0 {
		t.Errorf("% x", b)
	}
}

// After 2036-02-07 the count begins anew.
func TestNextEra(t *testing.T) {
	b := make([]byte, 8)
	stamp(b, time.Date(2036, 2, 7, 6, 28, 16, 0, time.UTC))
	if binary.BigEndian.Uint32(b) != 0 {
		t.Errorf("% x", b)
	}
}

// What is no client's packet, or comes from outside, gets silence: the next good
// question is the first that is answered.
func TestSilence(t *testing.T) {
	s := serve(t, time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC))
	inside, outside := asker(t, s, "127.0.0.7"), asker(t, s, "127.99.0.7")
	if _, err := outside.Write(question(4)); err != nil {
		t.Fatal(err)
	}
	server, control, zero, five := question(4), question(4), question(0), question(5)
	server[0], control[0] = 4<<3|modeServer, 4<<3|6
	for _, bad := range [][]byte{nil, question(4)[:size-1], server, control, zero, five, make([]byte, maxPacket+1), make([]byte, 1400)} {
		if _, err := inside.Write(bad); err != nil {
			t.Fatal(err)
		}
	}
	good := question(4)
	good[47] = 99
	if b := ask(t, inside, good); b[31] != 99 {
		t.Errorf("something else was answered: % x", b)
	}
	if err := outside.SetReadDeadline(time.Now().Add(20 * time.Millisecond)); err != nil {
		t.Fatal(err)
	}
	if n, err := outside.Read(make([]byte, 600)); err == nil {
		t.Errorf("%d bytes to a stranger", n)
	}
}

// Whatever comes, no more goes back.
func TestNoAmplification(t *testing.T) {
	long := append(question(4), make([]byte, 400)...)
	if b := answer(long, built, built); len(b) > size {
		t.Errorf("%d bytes", len(b))
	}
}

func TestBudget(t *testing.T) {
	var b budget
	one := netip.MustParseAddr("10.0.0.1")
	for i := range mostBySource + 1 {
		if b.take(one, 7) != (i < mostBySource) {
			t.Fatalf("packet %d of one source", i+1)
		}
	}
	taken := mostBySource
	for i := range 2 * mostInAll {
		if b.take(netip.AddrFrom4([4]byte{10, 1, byte(i >> 8), byte(i)}), 7) {
			taken++
		}
	}
	if taken != mostInAll || len(b.by) > mostInAll {
		t.Errorf("%d in a second", taken)
	}
	if !b.take(one, 8) {
		t.Error("the next second")
	}
}

// However much strangers send, phones are answered.
func TestStrangersUseUpNothing(t *testing.T) {
	s := &Server{c: Config{Inside: func(netip.Addr) bool { return false }, Now: func() time.Time { return built }}}
	for range mostInAll {
		s.handle(question(4), netip.MustParseAddrPort("203.0.113.9:123"), netip.MustParseAddr("192.0.2.1"))
	}
	if s.budget.all != 0 {
		t.Errorf("strangers used up %d of %d packets", s.budget.all, mostInAll)
	}
}

func FuzzAnswer(f *testing.F) {
	f.Add(question(4))
	f.Add([]byte{0x1b})
	f.Fuzz(func(t *testing.T, p []byte) {
		b := answer(p, built, built)
		if b != nil && (len(b) != size || len(b) > len(p) || b[0]&7 != modeServer) {
			t.Errorf("% x", b)
		}
	})
}
