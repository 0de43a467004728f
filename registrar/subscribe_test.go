package registrar

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"cradle/directory"
	"cradle/registrar/siptest"
)

// bulb is an event package whose one resource has a text.
type bulb struct {
	mu       sync.Mutex
	r        *Registrar
	text     string
	watchers []Watcher
	status   int
}

func (b *bulb) pkg() EventPackage {
	return EventPackage{Name: "dialog", Expires: time.Hour, Accept: func(_ context.Context, w Watcher) int {
		b.mu.Lock()
		defer b.mu.Unlock()
		b.watchers = append(b.watchers, w)
		return b.status
	}, State: func(w Watcher) EventState {
		b.mu.Lock()
		defer b.mu.Unlock()
		return EventState{ContentType: "text/plain", Body: []byte(b.text + " \x00"), Watch: []string{"bulb"}, List: w.Lists}
	}}
}

func (b *bulb) set(text string) {
	b.mu.Lock()
	b.text = text
	b.mu.Unlock()
	b.r.Changed("bulb")
}

func (b *bulb) answers(status int) {
	b.mu.Lock()
	b.status = status
	b.mu.Unlock()
}

// lit is a door with the package, and one phone.
func lit(t *testing.T, phones int) (*house, *bulb, *Registrar) {
	t.Helper()
	h := newHouse(t, phones)
	b := &bulb{status: 200, text: "off"}
	b.r = h.door("127.0.0.1:0", func(r *Registrar) { r.HandlePackage(b.pkg()) })
	return h, b, b.r
}

const watched = "sip:1%3001@acme.example"

func mustSubscribe(t testing.TB, p *siptest.Phone, expires int) *siptest.Subscription {
	t.Helper()
	s, m, err := p.Subscribe(soon(t), watched, `Dialog;id=7;profile="a;b"`, expires, nil)
	if err != nil || m.Status != 200 {
		t.Fatal(m, err)
	}
	return s
}

func next(t testing.TB, s *siptest.Subscription) *siptest.Msg {
	t.Helper()
	m, err := s.Next(soon(t))
	if err != nil {
		t.Fatal("no NOTIFY: ", err)
	}
	return m
}

func TestSubscription(t *testing.T) {
	for _, transport := range []string{"udp", "tcp", "tls"} {
		t.Run(transport, func(t *testing.T) {
			h, b, r := lit(t, 1)
			p := h.phone(r, 0, func(c *siptest.Config) { c.Transport = transport })
			mustRegister(t, p)
			s, m, err := p.Subscribe(soon(t), watched, `Dialog;id=7;profile="a;b"`, 1800, func(m *siptest.Msg) { m.Add("Supported", "x, eventlist") })
			if err != nil || m.Status != 200 {
				t.Fatal(m.Raw, err)
			}
			if g, _ := strconv.Atoi(m.Get("Expires")); g < 1350 || g > 1800 {
				t.Error("granted", g)
			}
			b.mu.Lock()
			w := b.watchers[len(b.watchers)-1]
			b.mu.Unlock()
			if w.Package != "dialog" || w.Params["id"] != "7" || w.Params["profile"] != "a;b" || w.User != "1001" || w.Account.User != p.User() || !w.Lists {
				t.Errorf("%+v", w)
			}
			n := next(t, s)
			if string(n.Body) != "off 0" || siptest.Param(n.Get("From"), "tag") != siptest.Param(m.Get("To"), "tag") || n.Get("Event") != `Dialog;id=7;profile="a;b"` ||
				!strings.HasPrefix(n.Get("Subscription-State"), "active;expires=") || n.URI != p.Contact() || n.Get("Require") != "eventlist" {
				t.Error(n.Raw)
			}
			b.set("on")
			if n = next(t, s); string(n.Body) != "on 1" {
				t.Error(n.Raw)
			}
			if m, err = s.Again(soon(t), 600, nil); err != nil || m.Status != 200 {
				t.Fatal(m, err)
			}
			if n = next(t, s); string(n.Body) != "on 2" {
				t.Error("a refresh is followed by a NOTIFY:", n.Raw)
			}
			if m, err = s.Again(soon(t), 0, nil); err != nil || m.Status != 200 {
				t.Fatal(m, err)
			}
			if n = next(t, s); n.Get("Subscription-State") != "terminated;reason=timeout" {
				t.Error(n.Raw)
			}
			until(t, "nothing left", func() bool { return r.Subscriptions() == 0 })
			if m, err = s.Again(soon(t), 600, nil); err != nil || m.Status != 481 {
				t.Error(m, err)
			}
		})
	}
}

func TestFetchOnce(t *testing.T) {
	h, _, r := lit(t, 1)
	p := h.phone(r, 0, nil)
	s := mustSubscribe(t, p, 0)
	if n := next(t, s); string(n.Body) != "off 0" || n.Get("Subscription-State") != "terminated;reason=timeout" {
		t.Error(n.Raw)
	}
	until(t, "nothing left", func() bool { return r.Subscriptions() == 0 })
}

func TestSubscribeRefused(t *testing.T) {
	h, b, r := lit(t, 2)
	h.update(func(tx *directory.Tx) error { d := *h.phones[1]; d.Step = directory.StepLobby; return tx.PutDevice(&d) })
	p := h.phone(r, 0, nil)
	for _, c := range []struct {
		event, name, value string
		status             int
		header             string
	}{
		{"unknown", "", "", 489, "Allow-Events"},
		{"ua-profile", "", "", 489, "Allow-Events"},
		{"dialog", "Expires", "5", 423, "Min-Expires"},
		{"dialog", "Expires", "soon", 400, ""},
		{strings.Repeat("d", 600), "", "", 489, ""},
	} {
		_, m, err := p.Subscribe(soon(t), watched, c.event, -1, func(m *siptest.Msg) {
			if c.name != "" {
				m.Add(c.name, c.value)
			}
		})
		if err != nil || m.Status != c.status || c.header != "" && m.Get(c.header) == "" {
			t.Errorf("%s %s: %v %v", c.event, c.value, m, err)
		}
	}
	if _, m, err := h.phone(r, 1, nil).Subscribe(soon(t), watched, "dialog", 600, nil); err != nil || m.Status != 403 {
		t.Error("a phone in the lobby:", m, err)
	}
	b.answers(404)
	if _, m, err := p.Subscribe(soon(t), watched, "dialog", 600, nil); err != nil || m.Status != 404 {
		t.Error("the package says no:", m, err)
	}
	if m := ask(t, p, request(p, "SUBSCRIBE", watched, "").Add("Event", "dialog")); m.Status != 401 {
		t.Error("without credentials:", m.Raw)
	}
	if r.Subscriptions() != 0 {
		t.Error("something was taken in")
	}
	b.answers(200) // the compact form of the header is the same header
	if m := h.with(t, p, request(p, "SUBSCRIBE", watched, "").Add("o", "dialog")); m.Status != 200 {
		t.Error(m.Raw)
	}
}

// TestRefreshFromElsewhere: a SUBSCRIBE inside a dialog comes from where its
// phone is, or proves to be of it.
func TestRefreshFromElsewhere(t *testing.T) {
	h, b, r := lit(t, 2)
	p := h.phone(r, 0, nil)
	s := mustSubscribe(t, p, 600)
	next(t, s)
	foreign := h.phone(r, 1, nil)
	s.Move(foreign)
	if m, err := s.Again(soon(t), 0, nil); err != nil || m.Status != 403 {
		t.Error("another account ends it:", m, err)
	}
	moved := h.phone(r, 0, nil)
	s.Move(moved)
	if m, err := s.Again(soon(t), 600, nil); err != nil || m.Status != 200 {
		t.Fatal("the phone has another address:", m, err)
	}
	next(t, s)
	b.set("on")
	if n := next(t, s); string(n.Body) != "on 2" {
		t.Error(n.Raw)
	}
}

func TestNotifyRefused(t *testing.T) {
	h, _, r := lit(t, 1)
	p := h.phone(r, 0, nil)
	s, _, err := p.Subscribe(soon(t), watched, "dialog", 600, nil)
	if err != nil {
		t.Fatal(err)
	}
	next(t, s)
	s.Refuse(481)
	if _, err := s.Again(soon(t), 600, nil); err != nil {
		t.Fatal(err)
	}
	next(t, s)
	until(t, "the phone has ended it", func() bool { return r.Subscriptions() == 0 })
}

func TestSubscriptionCaps(t *testing.T) {
	h, _, r := lit(t, 1)
	h.update(func(tx *directory.Tx) error { return tx.SetLimit("subscriptions_per_account", 3) })
	p := h.phone(r, 0, nil)
	for i := range 4 {
		_, m, err := p.Subscribe(soon(t), fmt.Sprintf("sip:10%d@acme.example", i), "dialog", 600, nil)
		want := 200
		if i == 3 {
			want = 503
		}
		if err != nil || m.Status != want || want == 503 && m.Get("Retry-After") == "" {
			t.Fatalf("%d: %v %v", i, m, err)
		}
	}
}

// TestSubscriptionsSurvive: after a restart a phone on UDP is told at once how
// things stand, one on a stream as soon as it is back.
func TestSubscriptionsSurvive(t *testing.T) {
	h, b, r := lit(t, 2)
	addr := r.Addr().String()
	udp, tcp := h.phone(r, 0, nil), h.phone(r, 1, func(c *siptest.Config) { c.Transport = "tcp" })
	mustRegister(t, udp)
	mustRegister(t, tcp)
	one, two := mustSubscribe(t, udp, 600), mustSubscribe(t, tcp, 600)
	first := next(t, one)
	next(t, two)
	if err := r.Close(context.Background()); err != nil {
		t.Fatal(err)
	}
	h.reopen()
	b.text = "new"
	b.r = h.door(addr, func(r *Registrar) { r.HandlePackage(b.pkg()) })
	n := next(t, one)
	if !strings.HasPrefix(string(n.Body), "new ") || n.Get("Call-ID") != first.Get("Call-ID") || n.Get("From") != first.Get("From") || cseq(n) <= cseq(first) {
		t.Error(n.Raw)
	}
	if two.Waiting() != 0 {
		t.Error("a phone whose connection is gone was told something")
	}
	back := h.phone(b.r, 1, func(c *siptest.Config) { c.Transport = "tcp" })
	two.Move(back)
	mustRegister(t, back)
	if n = next(t, two); !strings.HasPrefix(string(n.Body), "new ") {
		t.Error(n.Raw)
	}
}

func cseq(m *siptest.Msg) int { n, _ := m.CSeq(); return int(n) }

// TestDisabledWatchesNothing: a phone that is taken out of service is told so.
func TestDisabledWatchesNothing(t *testing.T) {
	h, _, r := lit(t, 1)
	p := h.phone(r, 0, nil)
	mustRegister(t, p)
	s := mustSubscribe(t, p, 600)
	next(t, s)
	h.update(func(tx *directory.Tx) error {
		d := *tx.Snapshot().Device(h.phones[0].ID)
		d.Disabled = true
		return tx.PutDevice(&d)
	})
	if n := next(t, s); n.Get("Subscription-State") != "terminated;reason=rejected" {
		t.Error(n.Raw)
	}
	until(t, "gone", func() bool { return r.Subscriptions() == 0 })
	if _, err := s.Next(timeout(t, 20*time.Millisecond)); !errors.Is(err, siptest.ErrTimeout) {
		t.Error("told again")
	}
}

func timeout(t testing.TB, d time.Duration) context.Context {
	ctx, cancel := context.WithTimeout(context.Background(), d)
	t.Cleanup(cancel)
	return ctx
}
