package desk

import (
	"context"
	"errors"
	"fmt"
	"net/netip"
	"strings"
	"sync"
	"testing"
	"time"

	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// lamp is a desk whose only resource has a text, and a phone that notes what it hears.
type lamp struct {
	*Desk
	mu    sync.Mutex
	text  string
	gone  string
	heard []Notice
	fail  func(Notice) error
	gate  chan struct{} // nil: answered at once
	now   time.Time
	store memory
}

type memory map[string][]byte

func (m memory) Put(_ context.Context, batch []Record) error {
	for _, r := range batch {
		if m[r.Key] = r.Value; r.Value == nil {
			delete(m, r.Key)
		}
	}
	return nil
}

func (m memory) All(f func(string, []byte) bool) error {
	for k, v := range m {
		if !f(k, v) {
			break
		}
	}
	return nil
}

func newLamp(t *testing.T, change func(*Config)) *lamp {
	t.Helper()
	l := &lamp{text: "off", now: time.Unix(1000, 0), store: memory{}}
	l.open(t, change)
	return l
}

func (l *lamp) open(t *testing.T, change func(*Config)) {
	t.Helper()
	c := Config{Rest: time.Millisecond, Store: l.store, Send: l.hear, State: func(s Subscription) State {
		l.mu.Lock()
		defer l.mu.Unlock()
		return State{ContentType: "text/plain", Body: []byte(l.text + " v\x00"), Watch: []string{"lamp/" + s.User}, Gone: l.gone}
	}}
	if change != nil {
		change(&c)
	}
	l.Desk = New(c)
	if err := l.Run(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(l.Close)
}

func (l *lamp) hear(ctx context.Context, n Notice) error {
	if l.gate != nil {
		select {
		case <-l.gate:
		case <-ctx.Done():
			return ctx.Err()
		}
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	l.heard = append(l.heard, n)
	if l.fail != nil {
		return l.fail(n)
	}
	return nil
}

func (l *lamp) set(text string) {
	l.mu.Lock()
	l.text = text
	l.mu.Unlock()
	l.Changed("lamp/1")
}

func (l *lamp) said() []string {
	l.mu.Lock()
	defer l.mu.Unlock()
	var out []string
	for _, n := range l.heard {
		out = append(out, strings.TrimSpace(fmt.Sprintf("%s %d %s %s", n.LocalTag, n.Number, n.Body, n.Reason)))
	}
	return out
}

func (l *lamp) until(t *testing.T, what string, f func() bool) {
	t.Helper()
	for end := time.Now().Add(10 * time.Second); !f(); time.Sleep(time.Millisecond) {
		if time.Now().After(end) {
			t.Fatalf("never: %s; heard %q", what, l.said())
		}
	}
}

func (l *lamp) hears(t *testing.T, want ...string) {
	t.Helper()
	l.until(t, strings.Join(want, "|"), func() bool { return strings.Join(l.said(), "|") == strings.Join(want, "|") })
}

func one(tag, account string) Subscription {
	at := netip.MustParseAddrPort("127.0.0.1:5060")
	return Subscription{CallID: "c" + tag, LocalTag: tag, RemoteTag: "r", CSeq: 1, Package: "lamp", Event: "lamp", User: "1", Account: account,
		Source: at, Local: at, Transport: "udp", Expires: time.Now().Add(time.Hour)}
}

var many = Caps{Account: 1000, All: 100000}

func (l *lamp) subscribe(t *testing.T, s Subscription) {
	t.Helper()
	if err := l.Open(s, many); err != nil {
		t.Fatal(err)
	}
	l.Tell(s.LocalTag, "")
}

func TestTold(t *testing.T) {
	l := newLamp(t, nil)
	l.subscribe(t, one("a", "x"))
	l.hears(t, "a 1 off v0")
	l.set("on")
	l.hears(t, "a 1 off v0", "a 2 on v1")
	l.set("on") // no news: nothing is said
	l.Wait(t.Context())
	l.Tell("a", "") // a refresh is answered in any case
	l.hears(t, "a 1 off v0", "a 2 on v1", "a 3 on v2")
	l.Tell("a", "timeout")
	l.hears(t, "a 1 off v0", "a 2 on v1", "a 3 on v2", "a 4 on v3 timeout")
	l.until(t, "removed", func() bool { return l.Len() == 0 })
	if _, ok := l.Find("ca", "a", "r"); ok {
		t.Error("a subscription that ended is found")
	}
	if len(l.watched)+len(l.phones)+len(l.byTag) != 0 {
		t.Errorf("left behind: %v %v %v", l.watched, l.phones, l.byTag)
	}
}

// TestNewestCounts: what changes while a NOTIFY is under way is told once, as
// it stands last.
func TestNewestCounts(t *testing.T) {
	l := newLamp(t, nil)
	l.gate = make(chan struct{})
	l.subscribe(t, one("a", "x"))
	for i := range 1000 {
		l.set(fmt.Sprint("n", i))
	}
	close(l.gate)
	l.until(t, "the newest", func() bool { return strings.Contains(strings.Join(l.said(), "|"), "n999 ") })
	if n := len(l.said()); n > 3 {
		t.Errorf("%d NOTIFYs for changes that came together", n)
	}
}

func TestFailures(t *testing.T) {
	for _, c := range []struct {
		err  error
		left int
	}{{ErrGone, 0}, {ErrSilent, 0}, {ErrAway, 1}, {errors.New("busy"), 1}} {
		l := newLamp(t, nil)
		l.fail = func(Notice) error { return fmt.Errorf("it: %w", c.err) }
		l.subscribe(t, one("a", "x"))
		l.until(t, "sent", func() bool { return len(l.said()) == 1 })
		l.until(t, "settled", func() bool { _, failed := l.Counts(); return failed == 1 })
		if l.Len() != c.left {
			t.Errorf("%v: %d left, want %d", c.err, l.Len(), c.left)
		}
	}
}

// TestAway: while no way leads to the phone nothing is tried; when it is back
// it is told how things stand.
func TestAway(t *testing.T) {
	l := newLamp(t, nil)
	l.fail = func(Notice) error { return ErrAway }
	l.subscribe(t, one("a", "x"))
	l.until(t, "away", func() bool { _, failed := l.Counts(); return failed == 1 })
	l.set("on")
	l.Wait(t.Context())
	if n := len(l.said()); n != 1 {
		t.Errorf("%d tries", n)
	}
	l.mu.Lock()
	l.fail = nil
	l.mu.Unlock()
	l.Back("x")
	l.hears(t, "a 1 off v0", "a 2 on v1")
}

// TestSilentPhone: one that is off holds a few places and is then let go, with
// all that waits for it; the others are told meanwhile.
func TestSilentPhone(t *testing.T) {
	l := newLamp(t, func(c *Config) { c.Parallel = func() int { return perPhone + 1 } })
	hold := make(chan struct{})
	send := l.c.Send
	l.c.Send = func(ctx context.Context, n Notice) error {
		if n.Account == "off" {
			<-hold
			return ErrSilent
		}
		return send(ctx, n)
	}
	for i := range 40 {
		l.subscribe(t, one(fmt.Sprint("o", i), "off"))
	}
	l.subscribe(t, one("a", "on"))
	l.hears(t, "a 1 off v0")
	close(hold)
	l.until(t, "let go", func() bool { return l.Len() == 1 })
	if _, failed := l.Counts(); failed != perPhone {
		t.Errorf("%d NOTIFYs were tried", failed)
	}
}

func TestCaps(t *testing.T) {
	l := newLamp(t, nil)
	caps := Caps{Account: 2, All: 3}
	other := one("b", "x")
	other.User = "2"
	for _, s := range []Subscription{one("a", "x"), other} {
		if err := l.Open(s, caps); err != nil {
			t.Fatal(err)
		}
	}
	third := one("c", "x")
	third.User = "3"
	if err := l.Open(third, caps); !errors.Is(err, ErrTooMany) {
		t.Error("a third of two:", err)
	}
	again := one("d", "x") // the phone was restarted: its older one makes room
	again.Expires = again.Expires.Add(time.Minute)
	if err := l.Open(again, caps); err != nil {
		t.Error(err)
	}
	if _, ok := l.Find("ca", "a", "r"); ok {
		t.Error("the older one is still there")
	}
	if err := l.Open(one("e", "y"), caps); err != nil {
		t.Error(err)
	}
	if err := l.Open(one("f", "z"), caps); !errors.Is(err, ErrTooMany) {
		t.Error("a fourth of three:", err)
	}
}

func TestRefresh(t *testing.T) {
	l := newLamp(t, nil)
	l.subscribe(t, one("a", "x"))
	s, ok := l.Find("ca", "a", "r")
	if _, other := l.Find("ca", "a", "q"); !ok || other {
		t.Fatal("found:", ok, other)
	}
	if err := l.Refresh(s); !errors.Is(err, ErrOrder) {
		t.Error("the same CSeq again:", err)
	}
	s.CSeq, s.Contact = 2, "sip:new@host"
	if err := l.Refresh(s); err != nil {
		t.Fatal(err)
	}
	if s, _ = l.Find("ca", "a", "r"); s.Contact != "sip:new@host" {
		t.Errorf("%+v", s)
	}
	s.CSeq, s.Expires = 3, time.Now().Add(-time.Second)
	if err := l.Refresh(s); err != nil {
		t.Fatal(err)
	}
	l.Sweep()
	l.until(t, "ended", func() bool { return l.Len() == 0 })
	if said := l.said(); !strings.HasSuffix(said[len(said)-1], "timeout") {
		t.Error(said)
	}
	if err := l.Refresh(s); !errors.Is(err, ErrUnknown) {
		t.Error(err)
	}
}

func TestDropAndGone(t *testing.T) {
	l := newLamp(t, nil)
	l.subscribe(t, one("a", "x"))
	l.hears(t, "a 1 off v0")
	l.Drop("x")
	l.hears(t, "a 1 off v0", "a 2 off v1 rejected")
	l.mu.Lock()
	l.gone, l.heard = "noresource", nil
	l.mu.Unlock()
	l.subscribe(t, one("b", "y"))
	l.hears(t, "b 1 off v0 noresource")
	l.until(t, "removed", func() bool { return l.Len() == 0 })
}

// TestRestart: what was stored is there again and is told anew, with numbers
// that were never used.
func TestRestart(t *testing.T) {
	l := newLamp(t, nil)
	l.subscribe(t, one("a", "x"))
	over := one("b", "x")
	over.Expires = time.Now().Add(10 * time.Millisecond)
	l.subscribe(t, over)
	l.hears(t, l.said()...)
	l.until(t, "both", func() bool { return len(l.said()) == 2 })
	if err := l.Flush(t.Context()); err != nil {
		t.Fatal(err)
	}
	for i := range 5 { // after the flush: promised, not written
		l.set(fmt.Sprint(i))
		l.Wait(t.Context())
		time.Sleep(3 * time.Millisecond)
	}
	last := uint32(0)
	l.mu.Lock()
	for _, n := range l.heard {
		last = max(last, n.Number)
	}
	l.mu.Unlock()
	l.Close()
	l.store["junk"] = []byte("{")
	l.mu.Lock()
	l.heard = nil
	l.mu.Unlock()
	l.open(t, nil)
	l.until(t, "told again", func() bool { return len(l.said()) == 1 })
	l.mu.Lock()
	n := l.heard[0]
	l.mu.Unlock()
	if n.LocalTag != "a" || n.Number <= last || n.CallID != "ca" || n.Source != one("a", "x").Source {
		t.Errorf("%+v after %d", n, last)
	}
	if err := l.Flush(t.Context()); err != nil || len(l.store) != 1 {
		t.Errorf("%d records, %v", len(l.store), err)
	}
}

// TestMany: ten thousand subscriptions have no goroutine each.
func TestMany(t *testing.T) {
	l := newLamp(t, nil)
	for i := range 10000 {
		s := one(fmt.Sprint("s", i), fmt.Sprint("p", i/40))
		s.User = fmt.Sprint(i % 100)
		l.subscribe(t, s)
	}
	l.until(t, "all told", func() bool { sent, _ := l.Counts(); return sent == 10000 })
	l.set("on")
	l.until(t, "those of the lamp", func() bool { sent, _ := l.Counts(); return sent == 10100 })
}

func FuzzDecode(f *testing.F) {
	e := &entry{Subscription: one("a", "x")}
	f.Add(e.record("a").Value)
	f.Add([]byte(`{"Version":1,"Source":"x"}`))
	f.Fuzz(func(t *testing.T, b []byte) {
		if s, ok := decode(b, time.Unix(0, 0)); ok && (s.Account == "" || !s.Source.IsValid()) {
			t.Fatalf("%+v", s)
		}
	})
}
