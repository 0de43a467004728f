package traffic

import (
	"context"
	"errors"
	"net"
	"net/netip"
	"os"
	"os/exec"
	"slices"
	"strings"
	"testing"
	"time"

	"go.uber.org/goleak"

	"cradle/media"
	"cradle/media/sdp"
	"cradle/media/secure"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

var lo = netip.AddrFrom4([4]byte{127, 0, 0, 1})

// house sets calls up at a relay in this process.
type house struct {
	relay  *media.Relay
	apart  bool // the two are not connected
	closed bool
}

func open(t *testing.T) *house {
	t.Helper()
	r, err := media.New(media.Config{Ports: [2]int{47000, 47199}, Cores: 1})
	if err != nil {
		t.Fatal(err)
	}
	h := &house{relay: r}
	t.Cleanup(func() { h.Close(t.Context()) })
	return h
}

func (h *house) Parallel() int { return 2 }

func (h *house) Close(context.Context) {
	if !h.closed && h.relay != nil {
		h.relay.Close()
	}
	h.closed = true
}

func (h *house) Open(_ context.Context, _ int, near, far *Party) error {
	a, err := h.relay.NewSession(media.Party{Local: lo, Signalled: lo, Encryption: may(near)})
	if err != nil {
		return err
	}
	b, err := h.relay.NewSession(media.Party{Local: lo, Signalled: lo, With: a, Encryption: may(far)})
	if err != nil {
		return err
	}
	var offer, answer, told []byte
	err = a.SetOffer(near.Offer())
	if err == nil {
		offer, err = b.Describe(a)
	}
	if err == nil {
		answer, err = far.Answer(offer)
	}
	if err == nil {
		err = b.SetAnswer(answer)
	}
	if err == nil {
		told, err = a.Describe(b)
	}
	if err == nil && !h.apart {
		media.Bridge(a, b)
	}
	return errors.Join(err, near.Hear(told))
}

func may(p *Party) media.Encryption {
	switch p.Kind() {
	case SDES:
		return media.Encryption{Offer: media.SDES, Accept: media.SDES, Require: true}
	case DTLS:
		return media.Encryption{Offer: media.DTLS, Accept: media.DTLS, Require: true}
	}
	return media.Encryption{}
}

func config(near, far Kind) Config {
	return Config{Near: near, Far: far, Suite: secure.CM128SHA80, Calls: []int{2, 5}, Warm: 40 * time.Millisecond, Time: 600 * time.Millisecond,
		Timeout: 20 * time.Second, Parallel: 2, PID: os.Getpid()}
}

// Every way on either side: what is opened is what was said, both ways, in every call.
func TestEveryWay(t *testing.T) {
	for _, near := range []Kind{Plain, SDES, DTLS} {
		for _, far := range []Kind{Plain, SDES, DTLS} {
			for _, suite := range secure.Offered {
				h, c := open(t), config(near, far)
				c.Suite = suite
				if far != DTLS {
					c.Calls = []int{3}
				}
				res, err := Run(t.Context(), c, h)
				if err != nil || len(res.Steps) != len(c.Calls) || !h.closed || res.Legs != near.String()+"-"+far.String() {
					t.Fatalf("%v to %v: %v, %+v", near, far, err, res)
				}
				for i, n := range c.Calls {
					s := res.Steps[i]
					if s.Sent != 60*n || s.Recv == 0 || s.Opened == 0 || s.Spoilt > 0 || s.Wrong > 0 || s.P50 <= 0 || s.P99 < s.P50 {
						t.Errorf("%v to %v by %v, %d calls: %+v", near, far, suite, n, s)
					}
				}
				if near == Plain {
					break // the suite is nobody's, or was tried
				}
			}
		}
	}
}

// What is lost is counted, and holds nothing up.
func TestLostIsCounted(t *testing.T) {
	h := open(t)
	h.apart = true
	res, err := Run(t.Context(), config(DTLS, SDES), h)
	if err != nil || res.Steps[0].Loss != 100 || res.Steps[0].Recv != 0 {
		t.Errorf("%v: %+v", err, res)
	}
}

// mute is a relay that never says a word.
type mute struct {
	house
	at *net.UDPConn
}

func (m *mute) Open(_ context.Context, _ int, near, _ *Party) error {
	near.to = addressOf(m.at.LocalAddr().(*net.UDPAddr).AddrPort())
	return nil
}

func TestHandshakeThatIsNotAnswered(t *testing.T) {
	conn, err := net.ListenUDP("udp4", net.UDPAddrFromAddrPort(netip.AddrPortFrom(lo, 0)))
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	c, m := config(DTLS, Plain), &mute{at: conn}
	c.Timeout = 300 * time.Millisecond
	begin := time.Now()
	if _, err := Run(t.Context(), c, m); !errors.Is(err, ErrShake) || !errors.Is(err, context.DeadlineExceeded) || !m.closed {
		t.Errorf("%v, closed %v", err, m.closed)
	}
	if took := time.Since(begin); took > 10*time.Second {
		t.Errorf("it took %v", took)
	}
}

func TestStopped(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := Run(ctx, config(Plain, Plain), open(t)); !errors.Is(err, context.Canceled) {
		t.Error(err)
	}
	for _, c := range []Config{{}, {Calls: []int{1}}, {Calls: []int{1}, Time: time.Second}} {
		if _, err := Run(t.Context(), c, open(t)); !errors.Is(err, ErrConfig) {
			t.Errorf("%+v: %v", c, err)
		}
	}
}

// A packet that is not what was said is told from one that is.
func TestSpoilt(t *testing.T) {
	w, err := newWire()
	if err != nil {
		t.Fatal(err)
	}
	defer w.close()
	key, other := secure.NewKey(secure.CM128SHA80), secure.NewKey(secure.CM128SHA80)
	speaks, hears := newParty(SDES, secure.CM128SHA80, w, sdp.Fingerprint{}), newParty(SDES, secure.CM128SHA80, w, sdp.Fingerprint{})
	if err := errors.Join(speaks.use(other, key), hears.use(key, other)); err != nil {
		t.Fatal(err)
	}
	for n, spoil := range []func([]byte) []byte{func(b []byte) []byte { return b }, func(b []byte) []byte { b[50] ^= 1; return b },
		func(b []byte) []byte { return b[:len(b)-1] }} {
		b := make([]byte, length, length+secure.Overhead)
		fill(b, n)
		closed, ok := speaks.out.RTP(b)
		if !ok {
			t.Fatal("not closed")
		}
		if got := hears.opens(spoil(closed), n); got != (n == 0) {
			t.Errorf("case %d: %v", n, got)
		}
	}
	plain := newParty(Plain, secure.None, w, sdp.Fingerprint{})
	b := make([]byte, length)
	if fill(b, 7); !plain.opens(b, 7) || plain.opens(b, 8) {
		t.Error("one packet is taken for another")
	}
}

// Sequence numbers turn over; a late packet is still known.
func TestFrameOf(t *testing.T) {
	b := make([]byte, length)
	for _, c := range [][2]int{{0, 0}, {64_536, 64_530}, {70_000, 69_990}, {70_000, 70_003}} {
		fill(b, c[1])
		if got := (&packets{next: c[0]}).frameOf(b); got != c[1] {
			t.Errorf("at %d the packet of frame %d is that of %d", c[0], c[1], got)
		}
	}
}

func TestProcess(t *testing.T) {
	if got := cpuOf([]byte("7 (a) b (c) S 1 1 1 0 -1 4 5 6 7 8 250 75 0 0 20 0")); got != 3250*time.Millisecond {
		t.Errorf("%v", got)
	}
	for _, bad := range []string{"", "7 (a)", ") S 1"} {
		if got := cpuOf([]byte(bad)); got != 0 {
			t.Errorf("%q: %v", bad, got)
		}
	}
	if u := usageOf(os.Getpid()); u.rss < 1 {
		t.Errorf("%+v", u)
	}
	if u := usageOf(0); u != (usage{}) {
		t.Errorf("%+v", u)
	}
}

func TestAccounts(t *testing.T) {
	got, err := ParseAccounts("d1 s1 101\n\n  d2\ts2 102\n")
	if err != nil || !slices.Equal(got, []Account{{"d1", "s1", "101"}, {"d2", "s2", "102"}}) {
		t.Errorf("%v %v", got, err)
	}
	if _, err := ParseAccounts("d1 s1"); !errors.Is(err, ErrConfig) || strings.Contains(err.Error(), "s1") {
		t.Errorf("%v", err)
	}
	if err := (&SIP{Accounts: got}).Open(t.Context(), 1, nil, nil); !errors.Is(err, ErrConfig) {
		t.Errorf("the second call of two accounts: %v", err)
	}
}

// Beside the relay that we are compared with, where it is installed.
func TestNG(t *testing.T) {
	path, err := exec.LookPath("rtpengine")
	if err != nil {
		t.Skip(err)
	}
	control := "127.0.0.1:47224"
	cmd := exec.Command(path, "-f", "-E", "-L", "2", "--table=-1", "-i", "127.0.0.1", "-n", control, "-m", "47300", "-M", "47399", "--num-threads=1")
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	defer func() { cmd.Process.Kill(); cmd.Wait() }()
	for _, near := range []Kind{Plain, SDES, DTLS} {
		g, err := DialNG(t.Context(), control) // it is asked again until it is up
		if err != nil {
			t.Fatal(err)
		}
		c := config(near, SDES)
		c.PID = cmd.Process.Pid
		res, err := Run(t.Context(), c, g)
		if err != nil {
			t.Fatalf("%v: %v", near, err)
		}
		if s := res.Steps[len(res.Steps)-1]; s.Opened == 0 || s.Spoilt > 0 || s.Wrong > 0 || s.RSS == 0 {
			t.Errorf("%v: %+v", near, s)
		}
	}
}
