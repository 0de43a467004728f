package registrar

import (
	"context"
	"errors"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"cradle/registrar/siptest"
)

func TestMessage(t *testing.T) {
	h := newHouse(t, 1)
	r := h.door("127.0.0.1:0", nil)
	if err := r.Message(soon(t), h.account(0).User, "hello"); !errors.Is(err, ErrNotRegistered) {
		t.Errorf("nobody is there: %v", err)
	}
	got := make(chan *siptest.Msg, 4)
	var status atomic.Int32
	status.Store(200)
	var p *siptest.Phone
	p = h.phone(r, 0, func(c *siptest.Config) {
		c.OnRequest = func(m *siptest.Msg) bool {
			if m.Method != "MESSAGE" {
				return false
			}
			got <- m
			p.Reply(m, m.Answer(int(status.Load()), "", "t"))
			return true
		}
	})
	mustRegister(t, p)
	text := strings.Repeat("ä", 400)
	if err := r.Message(soon(t), p.User(), text); err != nil {
		t.Fatal(err)
	}
	if m := <-got; string(m.Body) != text || m.Get("Content-Type") != "text/plain;charset=UTF-8" || m.Get("Contact") != "" || m.Get("CSeq") != "1 MESSAGE" {
		t.Errorf("%+v", m)
	}
	for _, long := range []string{"", text + "x"} {
		if err := r.Message(soon(t), p.User(), long); !errors.Is(err, ErrMalformed) {
			t.Errorf("%d bytes: %v", len(long), err)
		}
	}
	status.Store(405)
	var refusal *Status
	if err := r.Message(soon(t), p.User(), "hello"); !errors.As(err, &refusal) || refusal.Code != 405 {
		t.Errorf("a phone that takes none: %v", err)
	}
}

// Whatever a phone answers, it is there.
func TestReach(t *testing.T) {
	h := newHouse(t, 1)
	r := h.door("127.0.0.1:0", nil)
	if err := r.Reach(soon(t), h.account(0).User); !errors.Is(err, ErrNotRegistered) {
		t.Errorf("nobody is there: %v", err)
	}
	var status atomic.Int32
	var p *siptest.Phone
	p = h.phone(r, 0, func(c *siptest.Config) {
		c.OnRequest = func(m *siptest.Msg) bool {
			if m.Method != "OPTIONS" {
				return false
			}
			if status.Load() > 0 {
				p.Reply(m, m.Answer(int(status.Load()), "", "t"))
			}
			return true
		}
	})
	mustRegister(t, p)
	for _, answer := range []int32{200, 405, 486} {
		status.Store(answer)
		if err := r.Reach(soon(t), p.User()); err != nil {
			t.Errorf("%d: %v", answer, err)
		}
	}
	status.Store(0)
	ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	if err := r.Reach(ctx, p.User()); !errors.Is(err, ErrNoAnswer) {
		t.Errorf("no answer: %v", err)
	}
}
