package media

import (
	"context"
	"errors"
	"fmt"
	"net/netip"
	"os"
	"strings"
	"testing"
	"time"

	"go.uber.org/goleak"

	"cradle/media/mediatest"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

var lo = netip.MustParseAddr("127.0.0.1")

// The pool passes over ports that other programs hold.
func config() Config { return Config{Ports: [2]int{40000, 42999}, Cores: 2} }

func start(t testing.TB, c Config) *Relay {
	t.Helper()
	r, err := open(c, maxPerTick)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := r.Close(); err != nil {
			t.Error(err)
		}
	})
	return r
}

func session(t testing.TB, r *Relay, p Party) *Session {
	t.Helper()
	if !p.Local.IsValid() {
		p.Local = lo
	}
	s, err := r.NewSession(p)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.Close)
	return s
}

// until waits for a condition.
func until(t testing.TB, what string, ok func() bool) {
	t.Helper()
	for end := time.Now().Add(10 * time.Second); time.Now().Before(end); time.Sleep(500 * time.Microsecond) {
		if ok() {
			return
		}
	}
	t.Fatalf("never: %s", what)
}

func at(s *Session) netip.AddrPort  { return netip.AddrPortFrom(s.local, uint16(s.port)) }
func ctl(s *Session) netip.AddrPort { return netip.AddrPortFrom(s.local, uint16(s.port+1)) }

// settle waits until the reactor has done what was posted so far.
func settle(s *Session) { s.reactor.do(func() {}) }

func mustSet(t testing.TB, s *Session, sdp string) {
	t.Helper()
	if err := s.SetOffer([]byte(sdp)); err != nil {
		t.Fatal(err)
	}
}

// say makes an SDP with audio at an address.
func say(at netip.AddrPort, extra ...string) string {
	family := "IP4"
	if at.Addr().Is6() {
		family = "IP6"
	}
	return fmt.Sprintf("v=0\r\no=x 1 1 IN %[1]s %[2]s\r\ns=-\r\nc=IN %[1]s %[2]s\r\nt=0 0\r\nm=audio %[3]d RTP/AVP 0 8 101\r\na=rtpmap:101 telephone-event/8000\r\n%[4]s",
		family, at.Addr(), at.Port(), strings.Join(append(extra, ""), "\r\n"))
}

func talk(t *testing.T, local netip.Addr) {
	r := start(t, config())
	p := mediatest.NewPacer()
	defer p.Close()
	phones, legs := [2]*mediatest.Phone{}, [2]*Session{}
	for i := range phones {
		var err error
		if phones[i], err = p.Phone(netip.AddrPortFrom(local, 0)); err != nil {
			t.Fatal(err)
		}
		defer phones[i].Close()
		party := Party{Local: local, Signalled: local}
		if i == 1 {
			party.With = legs[0]
		}
		legs[i] = session(t, r, party)
	}
	a, b := legs[0], legs[1]
	if a.reactor != b.reactor {
		t.Error("the hint was not followed")
	}
	if err := a.SetOffer(phones[0].SDP("sendrecv")); err != nil {
		t.Fatal(err)
	}
	Bridge(a, b)
	phones[1].Say(at(b), mediatest.Tone{Hz: 660, Type: mediatest.PCMA}) // nothing is known of b: its signalling address helps
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
	defer cancel()
	if _, err := phones[0].Await(ctx, 660); err != nil {
		t.Fatal("early media: ", err)
	}
	if err := b.SetOffer(phones[1].SDP("sendrecv")); err != nil {
		t.Fatal(err)
	}
	phones[0].Say(at(a), mediatest.Tone{Hz: 440})
	if _, err := phones[1].Await(ctx, 440); err != nil {
		t.Fatal(err)
	}
	sa := a.Stats()
	if sa.Codec != "PCMU" || sa.Received.Packets == 0 || sa.Received.Bytes/172 < sa.Received.Packets || sa.Lost != 0 ||
		sa.Source != phones[0].Addr() || time.Since(sa.Last) > time.Second || sa.Jitter > 50*time.Millisecond || sa.Dropped != (Drops{}) {
		t.Errorf("a: %+v", sa)
	}
	if h := phones[0].Heard(); h.Lost != 0 || h.Disorder != 0 || h.Streams != 1 || h.From != at(a) {
		t.Errorf("phone a heard %+v", h)
	}
	a.Close()
	if got := a.Stats(); got.Codec != "PCMU" || got.Received.Packets < sa.Received.Packets {
		t.Errorf("after Close: %+v", got)
	}
}

func TestTwoPhonesTalkIPv4(t *testing.T) { talk(t, lo) }

func TestTwoPhonesTalkIPv6(t *testing.T) {
	if _, err := os.Stat("/proc/net/if_inet6"); err != nil {
		t.Skip("no IPv6 here")
	}
	talk(t, netip.IPv6Loopback())
}

func TestBridgeMovesALegToTheOtherReactor(t *testing.T) {
	r := start(t, config())
	a, b := session(t, r, Party{}), session(t, r, Party{})
	if a.reactor == b.reactor {
		t.Fatal("two sessions without a hint are on one reactor of two")
	}
	wa, wb := wireAt(t, "127.0.0.1"), wireAt(t, "127.0.0.1")
	mustSet(t, a, say(wa.addr))
	mustSet(t, b, say(wb.addr))
	Bridge(a, b)
	Bridge(a, b)
	if a.reactor != b.reactor || a.reactor.load.Load() != 2 {
		t.Error("the legs are not together")
	}
	wa.send(at(a), packet(0, 1, 7))
	wb.expect(t, packet(0, 1, 7))
	c := session(t, r, Party{})
	wc := wireAt(t, "127.0.0.1")
	mustSet(t, c, say(wc.addr))
	Bridge(c, a) // a moves on to c; b is alone
	wa.send(at(a), packet(0, 2, 7))
	wc.expect(t, packet(0, 2, 7))
	wb.send(at(b), packet(0, 1, 8))
	until(t, "b's packet goes nowhere", func() bool { return b.Stats().Dropped.Nowhere == 1 })
	b.Close()
	Bridge(a, b) // does nothing
	wa.send(at(a), packet(0, 3, 7))
	wc.expect(t, packet(0, 3, 7))
}

func TestRelayStatsAndClose(t *testing.T) {
	r := start(t, Config{Ports: [2]int{43000, 43009}, Cores: 1})
	s := session(t, r, Party{})
	if st := r.Stats(); st.Sessions != 1 || st.FreePairs != 4 {
		t.Errorf("%+v", st)
	}
	r.Close()
	if st := r.Stats(); st.Sessions != 0 || st.FreePairs != 5 {
		t.Errorf("after Close: %+v", st)
	}
	if err := s.SetOffer([]byte(say(at(s)))); !errors.Is(err, ErrClosed) {
		t.Errorf("SetRemote: %v", err)
	}
	if _, err := s.Propose(); !errors.Is(err, ErrClosed) {
		t.Errorf("Propose: %v", err)
	}
	if _, err := r.NewSession(Party{Local: lo}); !errors.Is(err, ErrClosed) {
		t.Errorf("NewSession: %v", err)
	}
	s.Close()
}

func TestBadSettings(t *testing.T) {
	for _, p := range [][2]int{{0, 0}, {80, 90}, {40000, 40000}, {40001, 40002}, {50000, 40000}, {60000, 70000}} {
		if _, err := New(Config{Ports: p}); !errors.Is(err, ErrConfig) {
			t.Errorf("%v: %v", p, err)
		}
	}
	r := start(t, config())
	for _, p := range []Party{{}, {Local: lo, Advertise: "pbx.example"}, {Local: netip.IPv4Unspecified()}, {Local: lo, Advertise: "0.0.0.0"}} {
		if _, err := r.NewSession(p); !errors.Is(err, ErrConfig) {
			t.Errorf("%+v: %v", p, err)
		}
	}
}

// A panic in a command must not end the reactor.
func TestReactorSurvives(t *testing.T) {
	r := start(t, config())
	s := session(t, r, Party{})
	s.reactor.post(func() { panic("meant for the test") })
	if !s.reactor.do(func() {}) {
		t.Fatal("the reactor is gone")
	}
}

// A phone that has IPv4 only talks to one that has IPv6 only.
func TestBetweenIPv4AndIPv6(t *testing.T) {
	if _, err := os.Stat("/proc/net/if_inet6"); err != nil {
		t.Skip("no IPv6 here")
	}
	r := start(t, config())
	four, six := wireAt(t, "127.0.0.1"), wireAt(t, "[::1]")
	a := session(t, r, Party{})
	b := session(t, r, Party{Local: netip.IPv6Loopback(), With: a})
	mustSet(t, a, say(four.addr))
	wantLines(t, "offer", body(t, b, a), "c=", "c=IN IP6 ::1")
	if err := b.SetAnswer([]byte(say(six.addr))); err != nil {
		t.Fatal(err)
	}
	wantLines(t, "answer", body(t, a, b), "c=", "c=IN IP4 127.0.0.1")
	Bridge(a, b)
	four.send(at(a), packet(0, 1, 7))
	six.expect(t, packet(0, 1, 7))
	six.send(at(b), packet(0, 1, 8))
	four.expect(t, packet(0, 1, 8))
}
