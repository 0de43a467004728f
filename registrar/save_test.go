package registrar

import (
	"context"
	"errors"
	"fmt"
	"net/netip"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"cradle/directory"
	"cradle/registrar/siptest"
)

func status(t testing.TB, err error) int {
	t.Helper()
	var s *siptest.StatusError
	if err == nil {
		return 200
	}
	if !errors.As(err, &s) {
		t.Fatal(err)
	}
	return s.Msg.Status
}

func TestRefusals(t *testing.T) {
	h := newHouse(t, 4)
	r := h.door("127.0.0.1:0", nil)
	h.update(func(tx *directory.Tx) error {
		d := *h.phones[1]
		d.Disabled = true
		if err := tx.PutDevice(&d); err != nil {
			return err
		}
		d = *h.phones[2]
		d.SIP.AllowFrom = []string{"10.0.0.0/24", "127.0.0.77"}
		if err := tx.PutDevice(&d); err != nil {
			return err
		}
		d = *h.phones[3]
		d.Step = directory.StepSeen
		return tx.PutDevice(&d)
	})
	for name, c := range map[string]struct {
		phone  int
		change func(c *siptest.Config)
		want   int
	}{
		"right":             {0, nil, 200},
		"wrong password":    {0, func(c *siptest.Config) { c.Password = "x" }, 401},
		"nobody":            {0, func(c *siptest.Config) { c.User = "nobody" }, 401},
		"disabled":          {1, nil, 401},
		"only seen":         {3, nil, 401},
		"not from there":    {2, nil, 403},
		"from there":        {2, func(c *siptest.Config) { c.Local = "127.0.0.77" }, 200},
		"too short":         {0, func(c *siptest.Config) { c.Expires = 59 }, 423},
		"short enough":      {0, func(c *siptest.Config) { c.Expires = 60 }, 200},
		"contact a name":    {0, func(c *siptest.Config) { c.Contact = "mailto:a@b" }, 400},
		"contact unquoted":  {0, func(c *siptest.Config) { c.Contact = "sip:a@b c" }, 400},
		"long contact":      {0, func(c *siptest.Config) { c.Contact = "sip:a@" + strings.Repeat("b", 4000) }, 400},
		"another's account": {0, func(c *siptest.Config) { c.Domain = "any.where" }, 200}, // the host is ignored
	} {
		t.Run(name, func(t *testing.T) {
			p := h.phone(r, c.phone, c.change)
			m, err := p.Register(soon(t))
			if got := status(t, err); got != c.want {
				t.Fatalf("status %d, want %d", got, c.want)
			}
			if c.want == 423 && m.Get("Min-Expires") != "60" {
				t.Error("no Min-Expires")
			}
			if c.want == 200 && p.Granted() < 60 {
				t.Error("granted", p.Granted())
			}
		})
	}
}

// with sends one message of p's with credentials.
func (h *house) with(t testing.TB, p *siptest.Phone, m *siptest.Msg) *siptest.Msg {
	t.Helper()
	p.Forget()
	r, err := p.Signed(soon(t), m)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func TestNobodyRegistersSomebodyElse(t *testing.T) {
	h := newHouse(t, 2)
	r := h.door("127.0.0.1:0", nil)
	p := h.phone(r, 0, nil)
	m := p.NewRegister()
	for i := range m.Headers {
		if m.Headers[i].Name == "To" {
			m.Headers[i].Value = "<sip:" + h.account(1).User + "@acme.example>"
		}
	}
	if got := h.with(t, p, m).Status; got != 403 {
		t.Errorf("status %d", got)
	}
	if len(r.Lookup(h.account(1).User)) != 0 {
		t.Error("registered")
	}
}

func TestStarFetchAndLimit(t *testing.T) {
	h := newHouse(t, 1)
	h.update(func(tx *directory.Tx) error { return tx.SetLimit("contacts_per_account", 3) })
	r := h.door("127.0.0.1:0", nil)
	p := h.phone(r, 0, nil)
	say := func(contact, expires string) *siptest.Msg {
		t.Helper()
		m := p.NewRegister()
		var out []siptest.Header
		for _, x := range m.Headers {
			switch {
			case x.Name == "Contact" && contact == "", x.Name == "Expires" && expires == "":
				continue
			case x.Name == "Contact":
				x.Value = contact
			case x.Name == "Expires":
				x.Value = expires
			case x.Name == "Call-ID":
				x.Value = "c" + token()
			}
			out = append(out, x)
		}
		m.Headers = out
		return h.with(t, p, m)
	}
	if m := say(`<sip:a@1.1.1.1>;q=0.1;expires=600, "X" <sip:b@1.1.1.1;line=7>;expires=100`, "3600"); len(m.All("Contact")) != 2 {
		t.Fatal(m.Raw)
	} else if e, _ := strconv.Atoi(siptest.Param(m.All("Contact")[1], "expires")); e < 75 || e > 100 {
		t.Error("granted", e)
	}
	if m := say(`<sip:c@1.1.1.1>`, ""); m.Status != 200 || len(m.All("Contact")) != 3 {
		t.Fatal(m.Raw)
	}
	if m := say(`<sip:d@1.1.1.1>`, "600"); m.Status != 503 || m.Get("Retry-After") == "" {
		t.Error("past the limit: ", m.Raw)
	}
	if m := say(`<sip:c@1.1.1.1>`, "600"); m.Status != 200 {
		t.Error("refresh at the limit:", m.Raw)
	}
	if m := say("", ""); m.Status != 200 || len(m.All("Contact")) != 3 {
		t.Error("fetch:", m.Raw)
	}
	if m := say("*", "600"); m.Status != 400 {
		t.Error("star with a time:", m.Raw)
	}
	if m := say("*, <sip:a@1.1.1.1>", "0"); m.Status != 400 {
		t.Error("star and another:", m.Raw)
	}
	if m := say("*", "0"); m.Status != 200 || len(m.All("Contact")) != 0 || len(r.Lookup(p.User())) != 0 {
		t.Error("star:", m.Raw)
	}
}

func TestTheSameRequestAgain(t *testing.T) {
	h := newHouse(t, 1)
	r := h.door("127.0.0.1:0", nil)
	p := h.phone(r, 0, nil)
	m := p.NewRegister()
	if first := h.with(t, p, m); first.Status != 200 {
		t.Fatal(first.Raw)
	}
	// m now bears the credentials that were accepted. A repetition is answered again;
	// the same count with another CSeq is stale.
	if again, err := p.Ask(soon(t), m.Bytes(), nil); err != nil || again.Status != 200 {
		t.Fatal(err, again)
	}
	for i := range m.Headers {
		if m.Headers[i].Name == "CSeq" {
			m.Headers[i].Value = "77 REGISTER"
		}
	}
	if again, err := p.Ask(soon(t), m.Bytes(), nil); err != nil || again.Status != 401 || !strings.Contains(again.Get("WWW-Authenticate"), "stale=true") {
		t.Fatal(err, again)
	}
}

func TestNonceGrowsOld(t *testing.T) {
	h := newHouse(t, 1)
	now := time.Now()
	var ahead atomic.Int64
	r, err := New(context.Background(), Config{Directory: h.dir, Listen: "127.0.0.1:0", Now: func() time.Time { return now.Add(time.Duration(ahead.Load())) }})
	if err != nil {
		t.Fatal(err)
	}
	r.Run()
	defer func() { _ = r.Close(context.Background()) }()
	p := h.phone(r, 0, nil)
	mustRegister(t, p)
	ahead.Store(int64(6 * time.Minute))
	m := p.NewRegister()
	p.Sign(m)
	got, err := p.Ask(soon(t), withVia(p, m).Bytes(), nil)
	if err != nil || got.Status != 401 || !strings.Contains(got.Get("WWW-Authenticate"), "stale=true") {
		t.Fatal(err, got)
	}
	if _, err := p.Refresh(soon(t)); err != nil {
		t.Error("a stale nonce must not stop a phone:", err)
	}
}

func TestStrangersAllLookAlike(t *testing.T) {
	h := newHouse(t, 2)
	r := h.door("127.0.0.1:0", nil)
	ask := func(user, host string) string {
		p := h.phone(r, 0, func(c *siptest.Config) { c.User, c.Domain, c.Password = user, host, "" })
		m, err := p.Register(soon(t))
		if status(t, err) != 401 {
			t.Fatal(err)
		}
		v := m.Get("WWW-Authenticate")
		at := strings.Index(v, `nonce="`) + 7
		return v[:at] + strings.Repeat("n", 40) + v[at+40:]
	}
	want := ask(h.account(0).User, "acme.example")
	for _, c := range [][2]string{{"nobody", "acme.example"}, {"100", "127.0.0.1"}, {h.account(0).User, "elsewhere.example"}, {"nobody", "elsewhere.example"}} {
		if got := ask(c[0], c[1]); got != want {
			t.Errorf("%s@%s: %s, want %s", c[0], c[1], got, want)
		}
	}
}

func TestBindingsSurviveARestart(t *testing.T) {
	h := newHouse(t, 3)
	r := h.door("127.0.0.1:0", nil)
	udp := h.phone(r, 0, func(c *siptest.Config) { c.ContactParams = `;+sip.instance="<urn:uuid:1>";reg-id=1` })
	tcp := h.phone(r, 1, func(c *siptest.Config) { c.Transport = "tcp" })
	gone := h.phone(r, 2, nil)
	for _, p := range []*siptest.Phone{udp, tcp, gone} {
		mustRegister(t, p)
	}
	want := r.Lookup(udp.User())
	port := r.Addr().Port()
	if err := r.Close(context.Background()); err != nil {
		t.Fatal(err)
	}
	h.update(func(tx *directory.Tx) error { return tx.DeleteDevice(h.phones[2].ID) })
	h.reopen()
	r = h.door(fmt.Sprintf("127.0.0.1:%d", port), nil)
	if got := r.Lookup(udp.User()); len(got) != 1 || got[0] != want[0] {
		t.Errorf("%+v, want %+v", got, want)
	}
	if got := r.Lookup(tcp.User()); len(got) != 1 || !got[0].FlowLost {
		t.Errorf("%+v", got)
	}
	if got := r.Lookup(gone.User()); len(got) != 0 {
		t.Errorf("%+v", got)
	}
	if _, src, live := r.Registration(tcp.User()); live || src != netip.MustParseAddr("127.0.0.1") {
		t.Error("lost flow counts as live, or its address is forgotten")
	}
	// The phone is reached without having said a word to the new process, and
	// a nonce of the old one does not stop it.
	if err := r.Notify(soon(t), udp.User(), "check-sync", "", nil); err != nil {
		t.Error(err)
	}
	if err := r.Notify(soon(t), tcp.User(), "check-sync", "", nil); !errors.Is(err, ErrFlowLost) {
		t.Error(err)
	}
	if _, err := udp.Refresh(soon(t)); err != nil {
		t.Error(err)
	}
}

// What was answered with 200 is on disk within moments, without a Close.
func TestBindingsAreWrittenBehind(t *testing.T) {
	h := newHouse(t, 1)
	r := h.door("127.0.0.1:0", nil)
	p := h.phone(r, 0, nil)
	mustRegister(t, p)
	until(t, "written", func() bool {
		v, _ := h.dir.Shelf("bindings").Get(p.User())
		return strings.Contains(string(v), p.Contact())
	})
}

func TestChangedSecretEndsBindings(t *testing.T) {
	h := newHouse(t, 3)
	r := h.door("127.0.0.1:0", nil)
	for i := range 3 {
		mustRegister(t, h.phone(r, i, nil))
	}
	w := r.Watch()
	defer w.Close()
	h.update(func(tx *directory.Tx) error {
		if err := tx.Rearm(h.phones[0].ID); err != nil {
			return err
		}
		d := *h.phones[1]
		d.Disabled = true
		return tx.PutDevice(&d)
	})
	until(t, "gone", func() bool { return len(r.Lookup(h.account(0).User))+len(r.Lookup(h.account(1).User)) == 0 })
	if len(r.Lookup(h.account(2).User)) != 1 {
		t.Error("the other phone lost its binding")
	}
	for range 2 {
		select {
		case l := <-w.C():
			if !l[0].Gone {
				t.Errorf("%+v", l)
			}
		case <-soon(t).Done():
			t.Fatal("watch says nothing")
		}
	}
}

func TestConnectionGoneMeansFlowLost(t *testing.T) {
	h := newHouse(t, 1)
	r := h.door("127.0.0.1:0", nil)
	p := h.phone(r, 0, func(c *siptest.Config) { c.Transport = "tcp" })
	mustRegister(t, p)
	b := r.Lookup(p.User())[0]
	p.Close()
	until(t, "flow lost", func() bool { l := r.Lookup(p.User()); return len(l) == 1 && l[0].FlowLost })
	if err := r.Notify(soon(t), p.User(), "check-sync", "", nil); !errors.Is(err, ErrFlowLost) {
		t.Error(err)
	}
	// Also with a binding that was looked up before.
	if err := r.notifyOne(soon(t), b, notice{event: "check-sync"}); !errors.Is(err, ErrFlowLost) {
		t.Error(err)
	}
}

// A phone whose secret was changed is told to fetch the new one, though nothing
// else goes to it any more; a phone that was deleted is told nothing.
func TestNotifyReachesAPhoneWhoseSecretChanged(t *testing.T) {
	h := newHouse(t, 2)
	r := h.door("127.0.0.1:0", nil)
	users := []string{h.account(0).User, h.account(1).User}
	for i := range users {
		mustRegister(t, h.phone(r, i, nil))
	}
	h.update(func(tx *directory.Tx) error {
		if err := tx.Rearm(h.phones[0].ID); err != nil {
			return err
		}
		return tx.DeleteDevice(h.phones[1].ID)
	})
	until(t, "gone", func() bool { return len(r.Lookup(users[0]))+len(r.Lookup(users[1])) == 0 })
	if err := r.Notify(soon(t), users[0], "check-sync", "", nil); err != nil {
		t.Error(err)
	}
	if err := r.Notify(soon(t), users[1], "check-sync", "", nil); !errors.Is(err, ErrNotRegistered) {
		t.Error(err)
	}
}
