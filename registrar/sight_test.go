package registrar

import (
	"context"
	"strings"
	"testing"
	"time"

	"cradle/registrar/siptest"
	"cradle/registrar/trace"
)

// TestTrace: what is said with a phone is kept, both ways, over every transport,
// and none of it is a secret.
func TestTrace(t *testing.T) {
	for _, transport := range []string{"udp", "tcp", "tls"} {
		t.Run(transport, func(t *testing.T) {
			h, b, r := lit(t, 2)
			change := func(c *siptest.Config) { c.Transport = transport }
			p, other := h.phone(r, 0, change), h.phone(r, 1, change)
			info, err := r.StartTrace(trace.Subject{Name: "desk", Accounts: []string{p.User()}}, "ada", time.Minute)
			if err != nil {
				t.Fatal(err)
			}
			mustRegister(t, p)
			mustRegister(t, other)
			s := mustSubscribe(t, p, 600)
			next(t, s)
			b.set("on")
			next(t, s)
			r.Traces().Stop(info.ID)
			mustRegister(t, p)
			info, list, ok := r.Traces().Get(info.ID)
			if !ok || info.Running {
				t.Fatal(info)
			}
			var said strings.Builder
			for _, m := range list {
				arrow := "> "
				if m.In {
					arrow = "< "
				}
				said.WriteString(arrow + strings.SplitN(string(m.Data), "\r\n", 2)[0] + "\n")
				if strings.Contains(string(m.Data), other.User()) || m.Remote != p.Addr() || m.Transport != transport {
					t.Errorf("of another: %s %s", m.Remote, m.Data)
				}
				if _, rest, found := strings.Cut(string(m.Data), `response="`); found && strings.Trim(rest[:32], "*") != "" {
					t.Errorf("a digest answer: %s", m.Data)
				}
			}
			for _, want := range []string{"< REGISTER", "> SIP/2.0 401", "> SIP/2.0 200 OK", "< SUBSCRIBE", "> NOTIFY", "< SIP/2.0 200 OK"} {
				if !strings.Contains(said.String(), want) {
					t.Errorf("%q was not kept:\n%s", want, said.String())
				}
			}
			if n := strings.Count(said.String(), "< REGISTER"); n != 2 {
				t.Errorf("%d REGISTERs", n)
			}
		})
	}
}

func TestPast(t *testing.T) {
	h := newHouse(t, 2)
	r := h.door("127.0.0.1:0", nil)
	p := h.phone(r, 0, func(c *siptest.Config) { c.UserAgent = "Desk 1" })
	mustRegister(t, p)
	user := p.User()
	until(t, "noted", func() bool { return len(r.Past(user).Steps) == 1 })
	if s := r.Past(user).Steps[0]; s.Kind != StepRegistered || s.Source != p.Addr().String() || s.Transport != "udp" || s.UserAgent != "Desk 1" {
		t.Errorf("%+v", s)
	}
	if _, err := p.Refresh(soon(t)); err != nil {
		t.Fatal(err)
	}
	if _, err := p.Unregister(soon(t)); err != nil {
		t.Fatal(err)
	}
	until(t, "gone", func() bool { s := r.Past(user).Steps; return len(s) == 2 && s[1].Kind == StepGone })
	if r.Past(user).Flapping {
		t.Error("twice is no flapping")
	}
	for range 2 {
		mustRegister(t, p)
		if _, err := p.Unregister(soon(t)); err != nil {
			t.Fatal(err)
		}
	}
	until(t, "flapping", func() bool { return r.Past(user).Flapping })
	for range maxSteps {
		mustRegister(t, p)
		if _, err := p.Unregister(soon(t)); err != nil {
			t.Fatal(err)
		}
	}
	mustRegister(t, p)
	until(t, "bounded", func() bool {
		s := r.Past(user).Steps
		return len(s) == maxSteps && s[maxSteps-1].Kind == StepRegistered
	})
	if err := r.Notify(soon(t), user, "check-sync", "", nil); err != nil {
		t.Fatal(err)
	}
	if r.Past(user).RoundTrip <= 0 {
		t.Error("no round trip")
	}
	before := r.Past(user).Steps
	if err := r.Close(context.Background()); err != nil {
		t.Fatal(err)
	}
	h.reopen()
	if after := h.door("127.0.0.1:0", nil).Past(user).Steps; len(after) != len(before) || !after[3].At.Equal(before[3].At) {
		t.Errorf("%d after a restart, %d before", len(after), len(before))
	}
}
