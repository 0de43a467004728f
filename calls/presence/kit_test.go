package presence_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"go.uber.org/goleak"

	"cradle/calls/calltest"
	"cradle/calls/presence"
	"cradle/directory"
	"cradle/registrar/siptest"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// house is an office with its lamps: everything real but the phones.
type house struct {
	*calltest.Bench
	t *testing.T
	p *presence.Presence
}

func open(t *testing.T, phones int) *house {
	t.Helper()
	h := &house{t: t}
	h.Bench = calltest.Start(t, calltest.NewOffice(t, phones), calltest.Settings{Ports: [2]int{34000, 34999}, Prepare: func(b *calltest.Bench) {
		h.p = presence.New(presence.Config{Directory: b.Directory, Door: b.Registrar, Calls: b.Exchange})
	}})
	t.Cleanup(func() { h.p.Close() })
	return h
}

// desk is a second phone of the office's i-th account, which watches.
func (h *house) desk(i int, change func(*siptest.Config)) *siptest.Phone {
	h.t.Helper()
	a := h.Directory.Snapshot().Device(h.Devices[i].ID).Lines[0].Account
	c := siptest.Config{Server: h.Server.String(), User: a.User, Password: a.Secret.Reveal(), Domain: "acme.example", Local: "127.0.0.1"}
	if change != nil {
		change(&c)
	}
	p, err := siptest.New(c)
	if err != nil {
		h.t.Fatal(err)
	}
	h.t.Cleanup(p.Close)
	return p
}

func soon(t *testing.T) context.Context {
	ctx, cancel := context.WithTimeout(context.Background(), calltest.Timeout)
	t.Cleanup(cancel)
	return ctx
}

// try subscribes and gives the status.
func try(t *testing.T, p *siptest.Phone, user, event string, change func(*siptest.Msg)) (*siptest.Subscription, int) {
	t.Helper()
	s, m, err := p.Subscribe(soon(t), "sip:"+user+"@acme.example", event, 600, change)
	if err != nil {
		t.Fatal(err)
	}
	return s, m.Status
}

func watch(t *testing.T, p *siptest.Phone, user, event string, change func(*siptest.Msg)) *siptest.Subscription {
	t.Helper()
	s, status := try(t, p, user, event, change)
	if status != 200 {
		t.Fatalf("SUBSCRIBE %s to %s: %d", event, user, status)
	}
	return s
}

// hears reads NOTIFYs until one has all the words and gives it.
func hears(t *testing.T, s *siptest.Subscription, words ...string) *siptest.Msg {
	t.Helper()
	last := ""
	for {
		m, err := s.Next(soon(t))
		if err != nil {
			t.Fatalf("never heard %q; last:\n%s", words, last)
		}
		if last = m.Raw + string(m.Body); all(last, words) {
			return m
		}
	}
}

func all(s string, words []string) bool {
	for _, w := range words {
		if !strings.Contains(s, w) {
			return false
		}
	}
	return true
}

// quiet makes sure that nothing more is said.
func quiet(t *testing.T, s *siptest.Subscription) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 300*time.Millisecond)
	defer cancel()
	if m, err := s.Next(ctx); err == nil {
		t.Errorf("said though nothing changed: %s", m.Raw)
	}
}

// change changes the extension of the office's i-th phone.
func (h *house) change(i int, f func(*directory.Extension)) {
	h.t.Helper()
	h.Update(h.t, func(tx *directory.Tx) error {
		e := *tx.Snapshot().Extension(h.Extensions[i].ID)
		f(&e)
		return tx.PutExtension(&e)
	})
}
